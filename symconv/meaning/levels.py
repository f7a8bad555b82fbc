"""The marks of layers in a formula, in order: ``l`` before ``l+1``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from symconv.expr.tensor import Definition
from symconv.meaning.chains import Chain
from symconv.meaning.errors import MeaningError
from symconv.meaning.names import Mark, is_transpose, key, mark_of
from symconv.meaning.rows import items_of
from symconv.parse.places import walk
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fraction, Row, Script, Symbol, Text

LAYERED = ("activation", "pre_activation", "upstream")
WEIGHTS = frozenset({"w", "W", "k", "K", "b", "B"})
VALUES = frozenset({"a", "h", "z", "A", "Z"})
"""What a layer computes, by custom."""
ANYWAY = frozenset({key(r"\delta"), "z", "a", "h", "x", "Z", "A"})


def in_two_layers(boxes: Sequence[Box]) -> frozenset[str]:
    """The keys of symbols that stand with the marks of two layers: x^{l} and x^{l+1} are not the same.

    Indices and sizes are left out: what stands below a symbol, or below and above a sum.
    """
    found: dict[str, set[Mark]] = {}
    inside: set[str] = set()
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Script) and isinstance(part.base, (Symbol, Text)):
                mark = _plain_mark(part.sup)
                if mark is not None:
                    found.setdefault(key(write_latex(part.base)), set()).add(mark)
            scripts = (
                (part.sub,) if isinstance(part, Script) else (part.under, part.over) if isinstance(part, Big) else ()
            )
            for script in scripts:
                if script is not None:
                    inside |= {key(each.name) for each in walk(script) if isinstance(each, Symbol)}
    return frozenset(name for name, marks in found.items() if len(marks) > 1) - inside


def levels_in(boxes: Sequence[Box], roles: Mapping[str, str], own: Mapping[str, str]) -> tuple[Mark, ...]:
    """The different marks at symbols that mean other things in other layers, in order.

    ``own`` are the roles of the layer's own names. Where δ and a pre-activation or activation that is told have the
    one mark of the formula, the layer below is added: both belong to the output then.

    Errors: :class:`MeaningError` where they are not those of two layers that follow each other, or where a weight or
    bias has a mark of neither.
    """
    told = {key(symbol): role for symbol, role in roles.items()}
    marks: set[Mark] = set()
    errors: set[Mark] = set()
    values: dict[str, set[Mark]] = {}
    others: set[Mark] = set()
    lower: set[Mark] = set()
    upper: set[Mark] = set()
    plain = _plain_digits(boxes, told)
    twice = in_two_layers(boxes)
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Script) and isinstance(part.base, (Symbol, Text)):
                name = key(write_latex(part.base))
                bare = name.removeprefix("d")
                name = bare if len(bare) == 1 and (bare in told or bare in ANYWAY) else name
                layered = told.get(name) in LAYERED if name in told else name in ANYWAY
                if name in twice and not layered:
                    if (told.get(name) or own.get(name)) in ("kernel", "weight", "bias") or name in WEIGHTS:
                        raise MeaningError(f"{name} stands with the marks of two layers", part)
                    layered = True
                mark = mark_in(part.sup, plain) if layered else _plain_mark(part.sup)
                if mark is not None:
                    (marks if layered else others).add(mark)
                    role = told.get(name) or ("" if name in ANYWAY else own.get(name, ""))
                    if name == key(r"\delta") or role == "upstream":
                        errors.add(mark)
                    elif role in ("pre_activation", "activation") or (not role and name in VALUES):
                        values.setdefault(name, set()).add(mark)
                    if role == "input" or (role == "activation" and "output" in told.values()):
                        lower.add(mark)
                    elif role in ("output", "upstream", "kernel", "weight"):
                        upper.add(mark)
    if len({mark.letter for mark in (*marks, *others) if not mark.numeric}) > 1:
        raise MeaningError("the marks of layers in the formula have different letters")
    if any(below.offset > above.offset for below in lower for above in upper if below.numeric == above.numeric):
        raise MeaningError("the input has the mark of a later layer than what is computed from it")
    levels = tuple(sorted(marks))
    if len(levels) > 2 or (len(levels) == 2 and levels[1].offset - levels[0].offset != 1):
        raise MeaningError("the marks of layers in the formula are not those of two layers that follow each other")
    if any(_is_strange(mark, levels, errors) for mark in others):
        raise MeaningError("a symbol has the mark of a layer that the others do not speak of")
    if len(levels) == 1 and _of_output(levels[0], errors, values, boxes):
        return (replace(levels[0], offset=levels[0].offset - 1), *levels)
    return levels


def _is_strange(mark: Mark, levels: Sequence[Mark], errors: Collection[Mark]) -> bool:
    """Whether a weight has the mark of neither layer; in ``W^l`` l may be the layer below or the one above."""
    if not levels or mark.numeric != levels[0].numeric:
        return False
    if len(levels) == 2:
        return mark not in levels
    return mark.offset - levels[0].offset not in ((0, -1) if levels[0] in errors else (0, 1))


def _of_output(
    mark: Mark, errors: Collection[Mark], values: Mapping[str, Collection[Mark]], boxes: Sequence[Box]
) -> bool:
    """Whether a z or a with the one mark of the formula is the layer's output: δ has it, or the formula defines it."""
    first = boxes[0] if boxes else None
    above = items_of(first.num) if isinstance(first, Fraction) else [first] if first is not None else []
    scripts = [part for box in above for part in walk(box) if isinstance(part, Script)]
    if mark not in {each for marks in values.values() for each in marks}:
        return False
    if key(r"\delta") in {key(write_latex(part.base)) for part in scripts}:
        return False
    return mark in errors or any(mark_of(part.sup) == mark for part in scripts)


def _plain_mark(sup: Box | None) -> Mark | None:
    """The mark at a weight: also before a transpose sign, as in ``W^{(l)T}``."""
    found = mark_of(sup)
    if found is None and sup is not None:
        items = items_of(sup)
        if len(items) > 1 and is_transpose(items[-1]):
            return mark_of(items[0] if len(items) == 2 else Row(tuple(items[:-1])))
    return found


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


def _plain_digits(boxes: Sequence[Box], told: Mapping[str, str]) -> bool:
    """Whether plain digits above symbols are marks: there are several, as in ``l^0`` and ``l^1``; one is a power."""
    found = {
        write_latex(part.sup).strip()
        for box in boxes
        for part in walk(box)
        if isinstance(part, Script) and isinstance(part.base, (Symbol, Text)) and part.sup is not None
        if told.get(key(write_latex(part.base)), "") in (*LAYERED, "input", "output")
        or key(write_latex(part.base)) in ANYWAY - told.keys()
    }
    return len({digits for digits in found if digits.isdigit()}) > 1


def mark_in(sup: Box | None, plain: bool) -> Mark | None:
    """The mark in a superscript; where ``plain`` a digit counts, too."""
    found = mark_of(sup)
    if plain and found is None and sup is not None and write_latex(sup).strip().isdigit():
        return Mark(int(write_latex(sup).strip()), True)
    return found


def is_delta(box: Box | None) -> bool:
    """Whether the box is δ with a mark."""
    return isinstance(box, Script) and write_latex(box.base).strip() == r"\delta" and mark_of(box.sup) is not None
