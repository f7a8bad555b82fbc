"""Mistakes in which index stands where: axes, channels, index names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from symconv.typeset.layout import Box, Fence, Row, Symbol
from symconv.verification.mistakes.arithmetic import Items, items_of_terms, minus, plus, terms_of
from symconv.verification.mistakes.edit import Edit, Splice, at_path, children, listed, rebuilt, row_items
from symconv.verification.mistakes.formula import COMMA, Entry, Formula, Slot, names_in
from symconv.verification.mistakes.indices import spatial
from symconv.verification.mistakes.mistake import mistake, shown, slot_edit
from symconv.verification.mistakes.names import name_of


@mistake("axes_swapped", "Two axes are swapped: it must be {new}, not {old}.")
def axes_swapped(formula: Formula) -> Iterator[Edit]:
    """The row index of the output goes with the row of the input, the column index with the column."""
    for entry in _input_first(formula.right_entries):
        places = [slot for slot in entry.slots if slot.axis[1:].isdigit()]
        for one, two in combinations(places, 2):
            yield from _swapped(entry, one, two)
            yield from _names_swapped(entry, one, two)


@mistake("channels_swapped", "The channel indices are swapped: it must be {new}, not {old}.")
def channels_swapped(formula: Formula) -> Iterator[Edit]:
    """A kernel has an axis for the channels that come in and one for those that go out, in a fixed order."""
    for entry in formula.right_entries:
        places = [slot for slot in entry.slots if slot.axis and slot.axis[0] in "NCF"]
        if formula.words.axes:
            for one, two in combinations(places, 2):
                yield from _swapped(entry, one, two)
    alone = [(entry, slot) for entry in formula.right_entries for slot in entry.slots[:1] if slot.axis in ("C", "F")]
    for (entry, one), (other, two) in combinations(alone, 2):
        if formula.words.axes and entry.role != other.role and len(entry.slots) == len(other.slots):
            yield from _swapped(entry, one, two)


def _swapped(entry: Entry, one: Slot, two: Slot) -> Iterator[Edit]:
    if one.items != two.items:
        words = {"old": _both(one.items, two.items), "new": _both(two.items, one.items)}
        yield Edit((one.put(two.items), two.put(one.items)), ("swapped", entry.role), words)


def _both(one: Items, two: Items) -> str:
    return shown(*one, COMMA, *two)


def _input_first(entries: tuple[Entry, ...]) -> list[Entry]:
    """Where an edit in either of two entries would do, the one in the input explains better."""
    order = ("input", "kernel", "weight")
    return sorted(entries, key=lambda entry: order.index(entry.role) if entry.role in order else len(order))


def _names_swapped(entry: Entry, one: Slot, two: Slot) -> Iterator[Edit]:
    """Only the index names of terms at the same place exchanged: ``sx + j, sy + k`` as ``sy + j, sx + k``."""
    left, right = terms_of(one.items) or (), terms_of(two.items) or ()
    for first, second in zip(left, right, strict=False):
        for a, b in zip(names_in(first.items), names_in(second.items), strict=False):
            boxes = {name: box for term in (first, second) for name, box in _spelled(term.items)}
            if a != b and a in boxes and b in boxes:
                names = {a: boxes[b], b: boxes[a]}
                news = renamed(one.items, names), renamed(two.items, names)
                words = {"old": _both(one.items, two.items), "new": _both(*news)}
                yield Edit((one.put(news[0]), two.put(news[1])), ("names", entry.role), words)


def _spelled(items: Items) -> Iterator[tuple[str, Box]]:
    for item in items:
        name = name_of(item)
        if name is not None:
            yield name, item
        for part in children(item):
            if part is not None:
                yield from _spelled((part,))


def renamed(items: Items, names: Mapping[str, Box]) -> Items:
    """The boxes with other names in them."""
    return tuple(_renamed(item, names) for item in items)


def _renamed(box: Box, names: Mapping[str, Box]) -> Box:
    name = name_of(box)
    if name is not None and name in names:
        return names[name]
    return rebuilt(box, [None if part is None else _renamed(part, names) for part in children(box)])


@mistake("wrong_index", "{new:A wrong index: it/Wrong indices: they} must be {new}, not {old}.")
def wrong_index(formula: Formula) -> Iterator[Edit]:
    """Each axis is counted by its own index."""
    for entry in formula.right_entries:
        for at, slot in enumerate(entry.slots):
            for name in names_in(slot.items):
                for other in formula.names:
                    if name in formula.spelling and other != name and other in formula.spelling:
                        new = renamed(slot.items, {name: formula.spelling[other]})
                        yield from slot_edit(slot, new, name, other, f"{entry.role} {at}")


@mistake(
    "missing_offset",
    "The offset{name:/s} {name} {name:is missing in an index/are missing in indices}: it must be {new}, not {old}.",
)
def missing_offset(formula: Formula) -> Iterator[Edit]:
    """The input is read at the position of the output plus the offset in the window."""
    left_out = tuple(_positions_left_out(formula))
    if left_out:
        yield from left_out
        return
    for entry, slot, _ in sorted(spatial(formula), key=lambda found: found[0].role != "input"):
        for place, name in enumerate(formula.names):
            if name not in names_in(slot.items) and name in formula.spelling:
                box = formula.spelling[name]
                for way, new in (("+", plus(slot.items, (box,))), ("-", minus(slot.items, (box,)))):
                    if slot.axis[0] in "SO" or way == "-":
                        kind = str(place - int(slot.axis[1:]))
                        yield from slot_edit(slot, new, way, kind, entry.role, name=shown(box))


def _positions_left_out(formula: Formula) -> Iterator[Edit]:
    """``∂L/∂K_{c,f} = Σ X_c(m, n) δ_f(m, n)`` speaks of one number for each pair of channels; K has
    positions a, b, and X is read at m + a, n + b.
    """
    left = next((entry for entry in formula.entries if entry.left and entry.derived and entry.role == "kernel"), None)
    if left is None or not left.slots or {slot.axis for slot in left.slots} - {"C", "F"}:
        return
    taken = {*formula.spelling, *formula.words.known, *formula.words.tensors}
    letters = [Symbol(letter) for letter in ("a", "b", "p", "q", "u", "v") if letter not in taken]
    letters = letters[: len(formula.words.axes)]
    offsets = [box for letter in letters for box in (COMMA, letter)][1:]
    row = at_path(formula.box, left.row)
    below = (*left.row, left.start, 1) if isinstance(row, Row) else (*left.row, 1)
    end = len(row_items(at_path(formula.box, below)))
    positions = Splice(below, end, end, (Fence("(", Row(tuple(offsets)), ")"),))
    for entry in formula.right_entries:
        slots = [slot for slot in entry.slots if slot.axis[:1] == "S"]
        moved = [new for slot, letter in zip(slots, letters, strict=False) if (new := plus(slot.items, (letter,)))]
        if entry.role == "input" and slots and len(moved) == len(slots) == len(letters):
            splices = [slot.put(new) for slot, new in zip(slots, moved, strict=True)]
            words = {
                "old": listed([shown(*slot.items) for slot in slots]),
                "new": listed([shown(*new) for new in moved]),
                "name": listed([shown(letter) for letter in letters]),
            }
            yield Edit((positions, *splices), ("positions",), words)


@mistake("extra_offset", "{extra} {extra:does/do} not belong into {extra:this index/these indices}: {new}, not {old}.")
def extra_offset(formula: Formula) -> Iterator[Edit]:
    """Every term of an index has its reason: position, offset in the window, padding."""
    for entry, slot, _ in spatial(formula):
        terms = terms_of(slot.items) or ()
        for at, term in enumerate(terms):
            if len(terms) > 1 and term.number not in (1, -1):  # those are off by one
                new = items_of_terms((*terms[:at], *terms[at + 1 :]))
                yield from slot_edit(slot, new, str(at), entry.role, extra=shown(*term.items))
