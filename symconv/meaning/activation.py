"""The activation in front of a layer, as a formula shows it: ``f'(z)``, or a function of a pre-activation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from symconv.meaning.elementwise import function_and_primes
from symconv.meaning.functions import function_name
from symconv.meaning.names import is_transpose, key
from symconv.meaning.rows import items_of
from symconv.parse.places import walk
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Row, Script, Symbol, Text

PRE = "pre_activation"


def activation_in(
    boxes: Sequence[Box], roles: Mapping[str, str], others: frozenset[str] = frozenset()
) -> tuple[str | None, str | None]:
    """The key of f and of z; None for what the formula does not show. ``others`` are symbols of other tensors."""
    told = {key(symbol): role for symbol, role in roles.items()}
    before = next((name for name, role in told.items() if role == "pre_activation"), None)
    for function, argument in _applications(boxes):
        split = function_and_primes(function)
        if split is None:
            continue
        name, primed = key(write_latex(split[0])), split[1] == 1
        if function_name(name) is not None:
            continue
        inner = _first_name(argument)
        if inner is None or told.get(name, "activation") not in ("activation",):
            continue
        if before is not None and inner == before:
            return name, before
        if before is None and primed and inner not in others and told.get(inner, PRE) == PRE:
            return name, inner
    return None, before


def _applications(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    found: list[tuple[Box, Box]] = []
    rows: list[Sequence[Box]] = [boxes]
    for box in boxes:
        rows += [part.items for part in walk(box) if isinstance(part, Row)]
    for items in rows:
        for function, argument in pairwise(items):
            if isinstance(argument, Script) and argument.sub is None and is_transpose(argument.sup):
                argument = argument.base
            if (
                function_and_primes(function) is not None
                and isinstance(argument, Fence)
                and argument.open in ("(", "[")
            ):
                found.append((function, argument.body))
    return found


def _first_name(box: Box) -> str | None:
    """The tensor in an argument: ``z_{i,j}^l`` or ``rot180(z)``."""
    items = items_of(box)
    for item in reversed(items):
        while isinstance(item, (Script, Fence)):
            item = item.base if isinstance(item, Script) else (items_of(item.body) or [Row(())])[0]
        if isinstance(item, (Symbol, Text)):
            return key(write_latex(item))
    return None
