"""The indices and limits of a big operator: ``\\sum_{m=0}^{k-1}``, ``\\sum_{i,j}``, ``\\max_{0 \\le m < k}``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symconv.index.affine import Affine
from symconv.parse.arithmetic import Arithmetic
from symconv.parse.meaning import MeaningError, shown
from symconv.parse.rows import is_sign, items_of, split
from symconv.parse.symbols import letters, written_name
from symconv.typeset.layout import Big, Box, Sign

AT_MOST, LESS = (r"\le", r"\leq", r"\leqslant"), ("<",)
RELATIONS = ("=", *AT_MOST, *LESS)


@dataclass(frozen=True)
class Limits:
    """One bound index as written, in the author's counting; None where nothing is said."""

    index: str
    lo: Affine | None
    hi: Affine | None


def limits_of(big: Big, arithmetic: Arithmetic) -> tuple[Limits, ...]:
    """The bound indices of a big operator."""
    if big.under is None:
        raise MeaningError(f"the sign {big.name} has no index")
    found: list[Limits] = []
    hi = None if big.over is None else arithmetic.form(big.over)
    for items in _conditions(items_of(big.under)):
        relations = [item for item in items if is_sign(item, RELATIONS)]
        parts = split(items, RELATIONS)
        if not relations:
            found += [Limits(_index(part), None, None) for part in split(items, (",",)) for part in _single(part)]
        elif [sign.name for sign in relations if isinstance(sign, Sign)] == ["="]:
            lo = arithmetic.form(parts[1])
            found += [Limits(_index(part), lo, hi) for part in split(parts[0], (",",))]
        elif len(relations) == 2:
            found += _chained(parts, relations, arithmetic)
        else:
            raise MeaningError(f"{shown(*items)} under a sign {big.name} is no range: write m=0 or 0 ≤ m < k")
    return tuple(found)


def _conditions(items: Sequence[Box]) -> list[list[Box]]:
    """The parts between commas, joined again where a part has no relation of its own (``m,n=0``)."""
    parts = split(items, (",",))
    if not any(is_sign(item, RELATIONS) for item in items):
        return [list(items)]
    joined: list[list[Box]] = []
    waiting: list[Box] = []
    for part in parts:
        waiting = [*waiting, Sign(","), *part] if waiting else list(part)
        if any(is_sign(item, RELATIONS) for item in part) and _closed(waiting):
            joined.append(waiting)
            waiting = []
    return [*joined, waiting] if waiting else joined


def _closed(items: Sequence[Box]) -> bool:
    """Whether the relation is complete: an equation, or a chain with both ends (``0 ≤ m,n < k`` waits for its end)."""
    names = [item.name for item in items if isinstance(item, Sign) and item.name in RELATIONS]
    return "=" in names or len(names) == 2


def _chained(parts: list[list[Box]], relations: list[Box], arithmetic: Arithmetic) -> list[Limits]:
    lo = arithmetic.form(parts[0]) + (1 if is_sign(relations[0], LESS) else 0)
    hi = arithmetic.form(parts[2]) - (1 if is_sign(relations[1], LESS) else 0)
    return [Limits(_index(part), lo, hi) for part in split(parts[1], (",",))]


def _single(items: Sequence[Box]) -> list[list[Box]]:
    """``ij`` without a comma is i and j."""
    return [[letter] for item in items for letter in letters(item)]


def _index(items: Sequence[Box]) -> str:
    name = written_name(items[0]) if len(items) == 1 else None
    if name is None:
        raise MeaningError(f"{shown(*items)} is not the name of an index")
    return name
