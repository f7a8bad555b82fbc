"""Sums that are missing or too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.typeset.layout import Big, Box, Cases, Number, Row, Sign, Symbol
from symconv.verification.mistakes.arithmetic import Items, shifted
from symconv.verification.mistakes.edit import Edit, Path, Splice, at_path, listed, row_items, walk
from symconv.verification.mistakes.formula import Formula, Slot, SumSign, names_in
from symconv.verification.mistakes.limits import unbound_names
from symconv.verification.mistakes.mistake import mistake, shown
from symconv.verification.mistakes.names import name_of
from symconv.verification.mistakes.windows import every_window

FRESH = {
    "C": ("c", "q", "r"),
    "F": ("f", "g", "t"),
    "N": ("b", "n", "N"),
    "O": ("i", "j", "x", "y"),
    "K": ("m", "n", "a", "b"),
}


@mistake("missing_sum", "The sum{index:/s} over {index} {index:is/are} missing.")
def missing_sum(formula: Formula) -> Iterator[Edit]:
    """Every path from the entry to the loss counts: the gradient sums over all output channels, the whole batch and all
    positions that the left side does not fix.
    """
    if not _in_cases(formula):
        yield from _unbound(formula)
    yield from _repeated(formula)


@mistake(
    "missing_window_sum",
    "The sum{index:/s} over {index} {index:is/are} missing: overlapping windows each send a gradient.",
)
def missing_window_sum(formula: Formula) -> Iterator[Edit]:
    """An input that several windows contain gets the sum of what each of them sends."""
    if _in_cases(formula):
        yield from _unbound(formula)
    for edit, plain in every_window(formula):
        if not plain:
            yield edit


def _in_cases(formula: Formula) -> bool:
    return any(isinstance(item, (Cases, Big)) and _choice(item) for _, items in formula.rows for item in items)


def _choice(box: Box) -> bool:
    return isinstance(box, Cases) or (isinstance(box, Big) and box.name in ("argmax", "argmin"))


def _unbound(formula: Formula) -> Iterator[Edit]:
    """Sums over what nothing binds: over all of it at once, or over each alone."""
    names = unbound_names(formula)
    if _in_cases(formula) and not names:
        names = tuple(name for name in formula.spelling if name in _output_names(formula) and name not in formula.names)
    words = {"index": listed([shown(formula.spelling[name]) for name in names])}
    for path, start, stop in formula.rights:
        if names and start < stop:
            signs = [_sign(formula, name) for name in names]
            where = _front(formula, path, start, stop, names)
            joint: Items = (Big("sum", Row(_with_commas([formula.spelling[name] for name in names])), None),)
            for place in where:
                yield Edit((Splice(path, place, place, tuple(signs)),), (), words)
                if len(names) > 1:
                    yield Edit((Splice(path, place, place, joint),), (), words)


def _output_names(formula: Formula) -> set[str]:
    return {
        name
        for entry in formula.right_entries
        if entry.role == "upstream"
        for s in entry.slots
        for name in names_in(s.items)
    }


def _front(formula: Formula, path: Path, start: int, stop: int, names: Sequence[str]) -> list[int]:
    """Before the whole right side, and before the term that has the first of the indices (a bias stays outside)."""
    items = row_items(at_path(formula.box, path))[start:stop]
    first = next((at for at, item in enumerate(items) if _has(item, names)), 0)
    before = [at + 1 for at in range(first) if items[at] in (Sign("+"), Sign("-"))]
    return [start + place for place in dict.fromkeys((before[-1] if before else 0, 0))]


def _has(item: Box, names: Sequence[str]) -> bool:
    return any(name_of(part) in names for _, part in walk(item))


def _with_commas(boxes: Sequence[Box]) -> Items:
    return tuple(part for box in boxes for part in (Sign(","), box))[1:]


def _sign(formula: Formula, name: str) -> Big:
    """A sum over an index, with limits if the formula's other sums have some."""
    index = formula.spelling[name]
    slot = _alone(formula, name)
    size = None if slot is None else formula.words.size_of(slot.axis)
    limited = any(each.high is not None for each in formula.sums)
    bare = bool(formula.sums) and not limited
    if size is None or bare:
        return Big("sum", index)
    return limited_sum(formula, index, size)


def limited_sum(formula: Formula, index: Box, size: Box) -> Big:
    """``\\sum_{i=0}^{n−1}`` or ``\\sum_{i=1}^{n}``, as the author counts."""
    start = formula.words.start
    end = row_items(size) if start else shifted(row_items(size), -1)
    return Big(
        "sum", Row((index, Sign("="), Number(str(start)))), Row(end or ()) if len(end or ()) != 1 else (end or ())[0]
    )


def _alone(formula: Formula, name: str) -> Slot | None:
    """Where an index stands alone: that shows which axis it counts."""
    for entry in formula.right_entries:
        for slot in entry.slots:
            if len(slot.items) == 1 and name_of(slot.items[0]) == name:
                return slot
    return None


def _repeated(formula: Formula) -> Iterator[Edit]:
    """One index stands for two axes, ``δ_{c,i} K_{c,c,u−i}``: one of the axes gets an index and a sum of its own."""
    for axis in ("F", "C", "N"):
        slots = [slot for entry in formula.right_entries for slot in entry.slots if slot.axis == axis]
        size = formula.words.size_of(axis)
        taken = {*formula.spelling, *formula.words.known, *formula.words.tensors}
        letter = next((letter for letter in FRESH[axis] if letter not in taken), None)
        if len(slots) < 2 or size is None or letter is None:
            continue
        index = Symbol(letter)
        for path, start, stop in formula.rights:
            here = tuple(slot.put((index,)) for slot in slots if slot.path[: len(path)] == path)
            limited = any(each.high is not None for each in formula.sums) or not formula.sums
            sign = limited_sum(formula, index, size) if limited else Big("sum", index)
            if here and start < stop:
                yield Edit((Splice(path, start, start, (sign,)), *here), (), {"index": letter})


@mistake("extra_sum", "There {index:is a sum/are sums} over {index} too much.")
def extra_sum(formula: Formula) -> Iterator[Edit]:
    """What the left side fixes is not summed over, and a sum over an index that the summand lacks counts only."""
    for each in formula.sums:
        if each.big.name == "sum":
            words = {"index": listed([shown(formula.spelling[n]) for n in each.names if n in formula.spelling])}
            yield Edit((Splice(each.row, each.at, each.at + 1, ()),), ("sum",), words)
            yield from _fixed(formula, each, words)
            under = row_items(each.big.under) if each.big.under is not None else ()
            for at, item in enumerate(under):
                name = name_of(item)
                if len(each.names) > 1 and name in each.names:
                    lo, hi = (at, at + 2) if at + 1 < len(under) and under[at + 1] == Sign(",") else (at - 1, at + 1)
                    if lo >= 0:
                        yield Edit((Splice((*each.path, 0), lo, hi, ()),), ("index",), {"index": shown(item)})


def _fixed(formula: Formula, each: SumSign, words: dict[str, str]) -> Iterator[Edit]:
    """The sum goes, and its index is the one that the left side has on the same axis."""
    fixed = {slot.axis: slot.items for entry in formula.entries if entry.left for slot in entry.slots}
    for name in each.names if len(each.names) == 1 else ():
        slots = [slot for entry in formula.right_entries for slot in entry.slots if name in names_in(slot.items)]
        axes = {slot.axis for slot in slots if len(slot.items) == 1}
        if len(axes) == 1 and all(len(slot.items) == 1 for slot in slots) and (new := fixed.get(axes.pop())):
            splices = tuple(slot.put(new) for slot in slots if slot.path[: len(each.row)] == each.row)
            yield Edit((Splice(each.row, each.at, each.at + 1, ()), *splices), (), words)
