"""Mistakes in an index: steps (stride, dilation) that are missing or stand in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.typeset.layout import Box, Fence, Fraction, Row, Sign
from symconv.verification.mistakes.arithmetic import (
    Items,
    Term,
    collected,
    fenced,
    items_of_terms,
    sums,
    terms_of,
    times,
    without_factor,
)  # fmt: skip
from symconv.verification.mistakes.edit import Edit, Splice
from symconv.verification.mistakes.formula import Entry, Formula, Slot, names_in
from symconv.verification.mistakes.mistake import mistake, shown, slot_edit
from symconv.verification.mistakes.vocabulary import AxisWords


def spatial(formula: Formula) -> Iterator[tuple[Entry, Slot, AxisWords]]:
    """Every index of a spatial axis on a right side, with the words of that axis."""
    for entry in formula.right_entries:
        for slot in entry.slots:
            if slot.axis[1:].isdigit() and int(slot.axis[1:]) <= len(formula.words.axes):
                yield entry, slot, formula.words.axes[int(slot.axis[1:]) - 1]


@mistake("missing_stride", "The stride{step:/s} {step} {step:is/are} missing: it must be {new}, not {old}.")
def missing_stride(formula: Formula) -> Iterator[Edit]:
    """Neighbouring outputs see windows that are s apart: output i reads the input at s·i + m."""
    for entry, slot, axis in spatial(formula):
        if axis.stride is not None:
            yield from _stepped(entry, slot, axis.stride)
            yield from _divided(entry, slot, axis.stride)


@mistake("missing_dilation", "The dilation{step:/s} {step} {step:is/are} missing: it must be {new}, not {old}.")
def missing_dilation(formula: Formula) -> Iterator[Edit]:
    """The entries of a dilated kernel lie d apart: entry m of the kernel meets the input at s·i + d·m."""
    for entry, slot, axis in spatial(formula):
        if axis.dilation is not None:
            yield from _stepped(entry, slot, axis.dilation)
            yield from _divided(entry, slot, axis.dilation, "kernel")


def _stepped(entry: Entry, slot: Slot, step: Box) -> Iterator[Edit]:
    """Each term multiplied by the step; a number beside an index that is counted from 1 goes with it."""
    terms = terms_of(slot.items) or ()
    words = {"step": shown(step)}
    for at, term in enumerate(terms):
        if not names_in(term.items) or without_factor(term.items, step) is not None:
            continue
        new = replace(term, items=times(step, term.items))
        yield from slot_edit(
            slot, items_of_terms((*terms[:at], new, *terms[at + 1 :])), "all", str(at), entry.role, **words
        )
        for place, number in enumerate(terms):
            if number.number is not None:
                inner = items_of_terms((replace(term, sign=1), replace(number, sign=number.sign * term.sign)))
                rest = [each for where, each in enumerate(terms) if where not in (at, place)]
                wide = Term(term.sign, times(step, inner))
                yield from slot_edit(slot, items_of_terms((wide, *rest)), "number", str(at), entry.role, **words)


def _divided(entry: Entry, slot: Slot, step: Box, role: str = "upstream") -> Iterator[Edit]:
    """``δ_{u−m}`` as ``[s ∣ u − m] δ_{(u−m)/s}``: the output that reads a pixel, if there is one. A dilated kernel has
    an entry only at every d-th offset: ``K_{u−i}`` as ``[d ∣ u − i] K_{(u−i)/d}``.
    """
    if entry.role != role or entry.row == slot.path:
        return
    quotient = Fraction(Row(slot.items) if len(slot.items) > 1 else slot.items[0], step)
    bracket = Fence("[", Row((step, Sign(r"\mid"), *slot.items)), "]")
    yield Edit(
        (slot.put((quotient,)), Splice(entry.row, entry.start, entry.start, (bracket,))),
        ("divided", slot.axis),
        {"step": shown(step), "old": shown(*slot.items), "new": shown(quotient)},
    )


@mistake(
    "stride_on_wrong_index", "The stride{step:/s} {step} {step:belongs/belong} to the output index: {new}, not {old}."
)
def stride_on_wrong_index(formula: Formula) -> Iterator[Edit]:
    """In s·i + m the stride multiplies the position of the output, not the offset in the window, and not the sum."""
    for entry, slot, axis in spatial(formula):
        if axis.stride is not None:
            yield from _moved(entry, slot, axis.stride)
            yield from _taken_out(entry, slot, axis.stride)


@mistake(
    "dilation_on_wrong_index",
    "The dilation{step:/s} {step} {step:belongs/belong} to the kernel index: {new}, not {old}.",
)
def dilation_on_wrong_index(formula: Formula) -> Iterator[Edit]:
    """In i + d·m the dilation multiplies the offset in the window, not the position of the output."""
    for entry, slot, axis in spatial(formula):
        if axis.dilation is not None:
            yield from _moved(entry, slot, axis.dilation)


def _moved(entry: Entry, slot: Slot, step: Box) -> Iterator[Edit]:
    """The step taken from one term to another, or out of parentheses to one of the terms inside."""
    terms = terms_of(slot.items) or ()
    for at, term in enumerate(terms):
        bare = without_factor(term.items, step)
        if bare is None:
            continue
        for to, other in enumerate(terms):
            if to != at and names_in(other.items):
                new = list(terms)
                new[at], new[to] = replace(term, items=bare), replace(other, items=times(step, other.items))
                yield from slot_edit(slot, items_of_terms(new), "moved", f"{at} {to}", entry.role, step=shown(step))
        for _, body in sums(bare) if len(bare) == 1 else ():
            inside = terms_of(body) or ()
            for to, other in enumerate(inside):
                spread = [
                    replace(
                        each, sign=each.sign * term.sign, items=times(step, each.items) if each is other else each.items
                    )
                    for each in inside
                ]
                new = [*terms[:at], *spread, *terms[at + 1 :]]
                yield from slot_edit(slot, items_of_terms(collected(new)), "out", str(to), entry.role, step=shown(step))


@mistake("stride_dilation_exchanged", "Stride and dilation are exchanged: {new}, not {old}.")
def stride_dilation_exchanged(formula: Formula) -> Iterator[Edit]:
    """The stride goes with the output position and the dilation with the kernel index: s·i + d·m."""
    for entry, slot, axis in spatial(formula):
        if axis.stride is not None and axis.dilation is not None:
            new = _exchanged(slot.items, axis.stride, axis.dilation)
            yield from slot_edit(slot, new, "exchanged", entry.role)


def _exchanged(items: Items, one: Box, two: Box) -> Items:
    pairs = {fenced(one): fenced(two), fenced(two): fenced(one)}
    return tuple(pairs.get(item, item) for item in items)


def _taken_out(entry: Entry, slot: Slot, step: Box) -> Iterator[Edit]:
    """``δ_{u−sm}`` as ``[s ∣ u − m] δ_{(u−m)/s}``: the stride divides the position, it does not multiply the offset."""
    terms = terms_of(slot.items) or ()
    for at, term in enumerate(terms):
        bare = without_factor(term.items, step)
        if bare is not None and len(terms) > 1:
            items = items_of_terms((*terms[:at], replace(term, items=bare), *terms[at + 1 :]))
            for edit in _divided(entry, replace(slot, items=items), step):
                yield replace(edit, words={**edit.words, "old": shown(*slot.items)})
