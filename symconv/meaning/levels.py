"""The marks of layers in a formula, in order: ``l`` before ``l+1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.expr.tensor import Definition
from symconv.meaning.chains import Chain
from symconv.meaning.names import Mark, key, mark_of
from symconv.parse.places import walk
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Script, Symbol, Text

LAYERED = ("activation", "pre_activation", "upstream")
ANYWAY = frozenset({key(r"\delta"), "z", "a", "h", "x", "Z", "A"})


def levels_in(boxes: Sequence[Box], roles: Mapping[str, str]) -> tuple[Mark, ...]:
    """The different marks at symbols that mean other things in other layers; weights and biases do not count."""
    told = {key(symbol): role for symbol, role in roles.items()}
    marks: set[Mark] = set()
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Script) and isinstance(part.base, (Symbol, Text)):
                name = key(write_latex(part.base))
                bare = name.removeprefix("d")
                name = bare if len(bare) == 1 and (bare in told or bare in ANYWAY) else name
                layered = told.get(name) in LAYERED if name in told else name in ANYWAY
                mark = mark_in(part.sup) if layered else None
                if mark is not None:
                    marks.add(mark)
    return tuple(sorted(marks))


def named_levels(chains: Sequence[Chain], definition: Definition) -> dict[str, Mark]:
    """``h`` and ``o`` in ``E_h = E_o W_o f'(Z_h)``: subscripts that name layers, where every script is one of two.

    Only for layers without space, whose arrays are written without indices otherwise.
    """
    boxes = [item for chain in chains for member in chain.members for item in member.items]
    spatial = any(kind[0] in "SO" for kind in definition.output.axes)
    parts = [part for box in boxes for part in walk(box)]
    first = chains[0].members[0].items[0] if chains else None
    if spatial or any(isinstance(part, Big) for part in parts) or not isinstance(first, Script):
        return {}
    if not isinstance(first.base, (Symbol, Text)):
        return {}
    subs = [key(write_latex(part.sub)) for part in parts if isinstance(part, Script) and part.sub is not None]
    if first.sub is not None and len(set(subs)) == 2 and len(subs) >= 4:
        low = key(write_latex(first.sub))
        (high,) = set(subs) - {low}
        return {low: Mark(0), high: Mark(1)}
    sups = [part.sup for part in parts if isinstance(part, Script) and isinstance(part.sup, (Symbol, Text))]
    words = [key(write_latex(sup)) for sup in sups if len(key(write_latex(sup))) > 2]
    if first.sup is not None and len(set(words)) == 2 and (high := key(write_latex(first.sup))) in words:
        (low,) = set(words) - {high}
        return {low: Mark(0), high: Mark(1)}
    return {}


def mark_in(sup: Box | None) -> Mark | None:
    """The mark in a superscript; a plain digit counts, too, as in ``l^0`` and ``l^1``."""
    found = mark_of(sup)
    if found is None and sup is not None and write_latex(sup).strip().isdigit():
        return Mark(int(write_latex(sup).strip()), True)
    return found
