"""Mistakes in the gradients of pooling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.typeset.layout import Big, Box, Cases, Fence, Fraction, Number, Row, Script, Sign, Text
from symconv.verification.mistakes.arithmetic import Items
from symconv.verification.mistakes.edit import Edit, Path, Splice, at_path, row_items
from symconv.verification.mistakes.formula import Entry, Formula
from symconv.verification.mistakes.indices import spatial
from symconv.verification.mistakes.mistake import mistake, shown, slot_edit
from symconv.verification.mistakes.operators import rights
from symconv.verification.mistakes.windows import every_window


@mistake(
    "index_space_confusion",
    "{old} {old:is a position/are positions} of the input; the "
    "output that {old:it belongs/they belong} to is at {new}.",
)
def index_space_confusion(formula: Formula) -> Iterator[Edit]:
    """Input u lies in the window of output ⌊u/k⌋; δ and O are read at positions of the output."""
    for entry, slot, axis in spatial(formula):
        for step in dict.fromkeys((axis.stride, axis.kernel)):
            if step is not None and slot.axis[0] == "O":
                new: Box = Fence("lfloor", Fraction(_box(slot.items), step, True), "rfloor")
                yield from slot_edit(slot, (new,), shown(step), entry.role)
    for edit, plain in every_window(formula):
        if plain:
            yield edit


def _box(items: Items) -> Box:
    return Row(items) if len(items) > 1 else items[0]


@mistake(
    "missing_divisibility",
    "The condition{new:/s} {new} {new:is/are} missing: only then is there an entry at that place.",
)
def missing_divisibility(formula: Formula) -> Iterator[Edit]:
    """With the stride s, the input u and the offset m belong to an output only if s divides u − m; with the dilation d,
    an entry of the kernel stands at the offset u − i only if d divides it.
    """
    steps = dict.fromkeys(step for axis in formula.words.axes for step in (axis.stride, axis.dilation))
    for entry, slot, _ in spatial(formula):
        if len(slot.items) != 1 and Sign("/") not in slot.items:
            continue
        for step in steps:
            above = None if step is None else _quotient(_box(slot.items), step)
            if step is not None and above is not None:
                guard = Fence("[", Row((step, Sign(r"\mid"), *row_items(above))), "]")
                exact = Fraction(above, step, True)
                insert = Splice(entry.row, entry.start, entry.start, (guard,))
                words = {"new": shown(guard)}
                yield Edit((insert,), ("guard",), words)
                yield Edit((insert, slot.put((exact,))), ("exact",), words)


def _quotient(box: Box, stride: Box) -> Box | None:
    """The numerator of ``⌊e/s⌋`` or ``e/s``."""
    inner = box.body if isinstance(box, Fence) and box.open in ("lfloor", "lceil", "(") else box
    match inner:
        case Fraction(num, den) if den == stride:
            return num.body if isinstance(num, Fence) and num.open == "(" else num
        case Row((num, Sign("/"), den)) if den == stride:
            return num.body if isinstance(num, Fence) and num.open == "(" else num
        case _:
            return None


@mistake("missing_winner_condition", "Only the largest entry of a window gets the gradient: {new} is missing.")
def missing_winner_condition(formula: Formula) -> Iterator[Edit]:
    """Max pooling sends the gradient of an output to the entry that won its window, and 0 to all others."""
    left = next((entry for entry in formula.entries if entry.left and entry.derived), None)
    output = formula.words.word("output")
    below = _below(formula, left)
    if output is None or below is None or not formula.words.pools:
        return
    for entry in formula.right_entries:
        if entry.role != "upstream":
            continue
        reads = _moved(formula, entry, output.symbol)
        condition = Row((*below, Sign("="), *reads))
        guard = Fence("[", condition, "]")
        words = {"new": shown(*below, Sign("="), *reads)}
        yield Edit((Splice(entry.row, entry.stop, entry.stop, (guard,)),), ("bracket",), words)
        for path, start, stop in formula.rights:
            value = row_items(at_path(formula.box, path))[start:stop]
            cases = Cases(((_box(value), Row((Text("if "), *condition.items))), (Number("0"), Text("otherwise"))))
            if value and not any(isinstance(item, (Cases, Big)) for item in value):
                yield Edit((Splice(path, start, stop, (cases,)),), ("cases",), words)


def _below(formula: Formula, entry: Entry | None) -> Items | None:
    """The entry of the input in the left side's ∂L/∂I."""
    fraction = entry.boxes(formula.box)[0] if entry is not None else None
    return row_items(fraction.den)[1:] if isinstance(fraction, Fraction) else None


def _moved(formula: Formula, entry: Entry, symbol: Box) -> Items:
    """The output where the upstream gradient is read."""
    boxes = entry.boxes(formula.box)
    if entry.derived and isinstance(boxes[0], Fraction):
        return row_items(boxes[0].den)[1:]
    first = boxes[0]
    return (Script(symbol, first.sub), *boxes[1:]) if isinstance(first, Script) else (symbol, *boxes[1:])


@mistake("argmax_of_wrong_tensor", "The winner is found among the entries of the input {new}, not of {old}.")
def argmax_of_wrong_tensor(formula: Formula) -> Iterator[Edit]:
    """The largest entry of the window of the input wins, not the largest gradient or output."""
    word = formula.words.word("input")
    if word is None:
        return
    for path, items in rights(formula):
        for at, item in enumerate(items):
            if isinstance(item, Big) and item.name in ("argmax", "max", "argmin", "min"):
                for entry in formula.right_entries:
                    if entry.row == path and entry.start > at and entry.word.role != "input":
                        old = at_path(formula.box, entry.symbol)
                        splice = _symbol(entry, path, items, old, word.symbol)
                        words = {"old": shown(*entry.boxes(formula.box)[:1]), "new": shown(word.symbol)}
                        yield Edit((splice,), ("tensor",), words)


def _symbol(entry: Entry, path: Path, items: Items, old: Box, symbol: Box) -> Splice:
    if entry.derived:  # max ∂L/∂O_{…}: the entry of the input takes the place of the whole fraction
        fraction = items[entry.start]
        assert isinstance(fraction, Fraction)
        below = row_items(fraction.den)[1:]
        new = (replace(below[0], base=symbol), *below[1:]) if isinstance(below[0], Script) else (symbol, *below[1:])
        return Splice(path, entry.start, entry.stop, new)
    return Splice(entry.symbol, 0, len(row_items(old)), (symbol,))


@mistake("wrong_extremum", "It must be {new}, not {old}.")
def wrong_extremum(formula: Formula) -> Iterator[Edit]:
    """Max pooling takes the largest entry, average pooling the mean, a convolution the sum."""
    others = {"max": ("min", "sum"), "min": ("max",), "argmax": ("argmin",), "argmin": ("argmax",), "sum": ("max",)}
    for path, items in rights(formula):
        for at, item in enumerate(items):
            if isinstance(item, Big) and item.under is not None:
                for other in others.get(item.name, ()):
                    new = Big(other, item.under, item.over)  # type: ignore[arg-type]
                    words = {"old": item.name, "new": other}
                    yield Edit((Splice(path, at, at + 1, (new,)),), (item.name, other), words)
