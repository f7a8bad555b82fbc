"""The gradient of a pooling layer as a sum over all windows that contain an entry."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.typeset.layout import Big, Box, Fence, Fraction, Number, Row, Sign, Symbol
from symconv.verification.mistakes.arithmetic import Items, minus, terms_of, times
from symconv.verification.mistakes.edit import Edit, Splice, listed, row_items
from symconv.verification.mistakes.formula import Entry, Formula, Slot, names_in
from symconv.verification.mistakes.mistake import shown
from symconv.verification.mistakes.vocabulary import AxisWords

FRESH = ("p", "q", "r", "a", "b", "c", "h", "w")


def every_window(formula: Formula) -> Iterator[tuple[Edit, bool]]:
    r"""``δ_{i}`` or ``δ_{⌊i/s⌋}`` of an average as ``\sum_p [0 ≤ i − s p][i − s p < k] δ_p``, and whether it named
    the entry's own position (i).
    """
    if not formula.words.pools or formula.sums or formula.words.start:
        return
    if any(entry.role == "output" for entry in formula.right_entries):
        return  # the winner of a window is asked for: max pooling
    for entry in formula.right_entries:
        slots = [slot for slot in entry.slots if slot.axis[:1] == "O"]
        if entry.role != "upstream" or not slots or len(slots) != len(formula.words.axes):
            continue
        letters = _fresh(formula, len(slots))
        signs: list[Box] = []
        guards: list[Box] = []
        splices: list[Splice] = []
        plain = all(len(slot.items) == 1 and not isinstance(slot.items[0], Fence) for slot in slots)
        for slot, letter, axis in zip(slots, letters, formula.words.axes, strict=False):
            position = _position(formula, slot)
            if position is None or axis.kernel is None:
                break
            offset = minus(position, (letter,) if axis.stride is None else times(axis.stride, (letter,)))
            if offset is None:
                break
            signs.append(Big("sum", letter))
            guards += _inside(offset, axis)
            splices.append(slot.put((letter,)))
        if len(splices) < len(slots):
            continue
        yield _edit(formula, entry, splices, signs, guards, slots, letters), plain


def _edit(
    formula: Formula,
    entry: Entry,
    splices: list[Splice],
    signs: list[Box],
    guards: list[Box],
    slots: list[Slot],
    letters: list[Box],
) -> Edit:
    path, start, _ = formula.rights[-1]
    guard = Splice(entry.row, entry.start, entry.start, tuple(guards))
    front = Splice(path, start, start, tuple(signs))
    if front.path == guard.path and front.start == guard.start:
        inserted = [Splice(path, start, start, (*signs, *guards))]
    else:
        inserted = [front, guard]
    index = listed([shown(letter) for letter in letters])
    words = {
        "index": index,
        "old": listed([shown(*slot.items) for slot in slots]),
        "new": f"all {index} whose window contains it",
    }
    return Edit((*inserted, *splices), ("windows",), words)


def _inside(offset: Items, axis: AxisWords) -> Iterator[Box]:
    """The offset lies in the window."""
    assert axis.kernel is not None
    yield Fence("[", Row((Number("0"), Sign(r"\le"), *offset, Sign("<"), *row_items(axis.kernel))), "]")


def _position(formula: Formula, slot: Slot) -> Items | None:
    """The entry's position in ``i`` or ``⌊i/s⌋``."""
    item = slot.items[0]
    if isinstance(item, Fence) and len(slot.items) == 1:
        inner = item.body
        above = inner.num if isinstance(inner, Fraction) else row_items(inner)[0]
        items = row_items(above.body if isinstance(above, Fence) else above)
    else:
        items = slot.items
    names = names_in(items)
    return items if len(names) == 1 and names[0] in formula.left_names and terms_of(items) is not None else None


def _fresh(formula: Formula, count: int) -> list[Box]:
    taken = {*formula.spelling, *formula.words.known, *formula.words.tensors}
    letters: list[Box] = [Symbol(name) for name in FRESH if name not in taken]
    return letters[:count]
