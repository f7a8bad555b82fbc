"""Mistakes in an index: padding, the kernel turned the wrong way round, counting from 0 or 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.typeset.layout import Box, Fence, Number, Row, Script, Symbol
from symconv.verification.mistakes.arithmetic import (
    Items,
    Term,
    items_of_terms,
    minus,
    plus,
    shifted,
    sums,
    terms_of,
    times,
    without_factor,
)  # fmt: skip
from symconv.verification.mistakes.edit import Edit, row_items
from symconv.verification.mistakes.formula import Formula, names_in
from symconv.verification.mistakes.indices import spatial
from symconv.verification.mistakes.mistake import mistake, shown, slot_edit


@mistake("flipped_kernel", "{what}: it must be {new}, not {old}.")
def flipped_kernel(formula: Formula) -> Iterator[Edit]:
    """A cross-correlation reads the input at i + m, a true convolution at i − m (or the kernel from its other end);
    in the gradient by the input the kernel is read the other way round than in the layer.
    """
    what = _turned(formula)
    for entry, slot, axis in spatial(formula):
        if entry.role not in ("input", "kernel", "upstream"):
            continue
        terms = terms_of(slot.items) or ()
        for at, term in enumerate(terms):
            if len(terms) > 1 and set(names_in(term.items)) - formula.words.known:
                new = items_of_terms((*terms[:at], term.negated, *terms[at + 1 :]))
                yield from slot_edit(slot, new, "sign", str(at), entry.role, what=what)
                if entry.role == "input" and axis.kernel is not None:
                    yield from slot_edit(
                        slot, _from_behind(formula, terms, at, axis.kernel), "behind", str(at), entry.role, what=what
                    )
        if len(terms) > 1:
            new = items_of_terms([term.negated for term in terms])
            yield from slot_edit(slot, new, "negative", entry.role, what=what)
        if entry.role == "kernel" and axis.kernel is not None:
            end = shifted(row_items(axis.kernel), 2 * formula.words.start - 1)
            turned = None if end is None else minus(end, slot.items)
            yield from slot_edit(slot, turned, "end", entry.role, what=what)


def _from_behind(formula: Formula, terms: tuple[Term, ...], at: int, kernel: Box) -> Items | None:
    """The offset m counted from the other end of the kernel: ``i + m`` as ``i + k − 1 − m``."""
    end = shifted(row_items(kernel), 2 * formula.words.start - 1)
    rest = items_of_terms((*terms[:at], *terms[at + 1 :]))
    moved = None if end is None or terms[at].sign < 0 else plus(rest, end)
    return None if moved is None else minus(moved, terms[at].items)


def _turned(formula: Formula) -> str:
    if any(entry.derived for entry in formula.entries):
        return "The kernel is read the wrong way round"
    if formula.words.flips:
        return "This is a cross-correlation, but the layer is a true convolution, which flips the kernel"
    return "This is a true convolution, but the layer is a cross-correlation, which does not flip the kernel"


@mistake("missing_padding", "The padding{padding:/s} {padding} {padding:is/are} missing: it must be {new}, not {old}.")
def missing_padding(formula: Formula) -> Iterator[Edit]:
    """With p rows of padding in front, output i reads the input at s·i + m − p."""
    for entry, slot, axis in spatial(formula):
        if axis.padding is not None:
            padding = row_items(axis.padding)
            words = {"padding": shown(axis.padding)}
            yield from slot_edit(slot, minus(slot.items, padding), "minus", entry.role, **words)
            yield from slot_edit(slot, plus(slot.items, padding), "plus", entry.role, **words)


@mistake("wrong_padding_sign", "The padding{padding:/s} {padding} {padding:has/have} the wrong sign: {new}, not {old}.")
def wrong_padding_sign(formula: Formula) -> Iterator[Edit]:
    """Padding moves the input to the right: the input is read at s·i + m − p, the kernel at u + p − s·i."""
    for entry, slot, axis in spatial(formula):
        terms = terms_of(slot.items) or ()
        for at, term in enumerate(terms):
            if axis.padding is not None and _is_padding(term, axis.padding):
                new = items_of_terms((*terms[:at], term.negated, *terms[at + 1 :]))
                yield from slot_edit(slot, new, "sign", entry.role, padding=shown(axis.padding))


@mistake("double_padding", "The padding counts once in an index, {new}; {old} counts it on both sides.")
def double_padding(formula: Formula) -> Iterator[Edit]:
    """An index moves by the padding in front, p; 2p belongs to the size of the output."""
    for entry, slot, axis in spatial(formula):
        terms = terms_of(slot.items) or ()
        for at, term in enumerate(terms):
            bare = without_factor(term.items, Number("2"))
            if axis.padding is not None and bare is not None and _is_padding(replace(term, items=bare), axis.padding):
                new = items_of_terms((*terms[:at], replace(term, items=bare), *terms[at + 1 :]))
                yield from slot_edit(slot, new, "once", entry.role)


@mistake("extra_padding", "There is a padding of {extra} too much: {new}, not {old}.")
def extra_padding(formula: Formula) -> Iterator[Edit]:
    """Without padding, output i reads the input from s·i on."""
    for entry, slot, _ in spatial(formula):
        terms = terms_of(slot.items) or ()
        for at, term in enumerate(terms):
            if len(terms) > 1 and not set(names_in(term.items)) & set(formula.names) and abs(term.number or 2) > 1:
                new = items_of_terms((*terms[:at], *terms[at + 1 :]))
                yield from slot_edit(slot, new, "extra", entry.role, extra=shown(*term.items))


def _is_padding(term: Term, padding: Box) -> bool:
    return term.items == row_items(padding) or term.items == (Fence("(", padding, ")"),)


@mistake(
    "off_by_one",
    "{new:An index is/Indices are} off by one: with positions counted "
    "from {start} {new:it is/they are} {new}, not {old}.",
)
def off_by_one(formula: Formula) -> Iterator[Edit]:
    """Counted from 1, position i has i − 1 positions before it: s(i − 1) + m; the last position of a kernel that is
    counted from 0 is k − 1.
    """
    start = str(formula.words.start)
    for entry, slot, axis in spatial(formula):
        for by in (-1, 1):
            for items, kind in _at_step(slot.items, axis.stride, by) if axis.stride is not None else ():
                yield from slot_edit(slot, items, "step", str(by), kind, start=start)
            yield from slot_edit(slot, shifted(slot.items, by), "whole", str(by), entry.role, start=start)
            for items, kind in _inside(slot.items, by):
                yield from slot_edit(slot, items, "inside", str(by), kind, start=start)


def _at_step(items: Items, step: Box, by: int) -> Iterator[tuple[Items, str]]:
    """The shift at the position that the stride multiplies, ``i s + m − 1`` as ``s(i − 1) + m``, or only that shift."""
    terms = terms_of(items) or ()
    for at, term in enumerate(terms):
        bare = without_factor(term.items, step)
        inner = None if bare is None else shifted(bare, by)
        if inner is None or not names_in(bare or ()):
            continue
        moved = replace(term, items=times(step, inner))
        new = [moved if each is term else each for each in terms]
        yield items_of_terms([each for each in new if each.number is None]), f"only {at}"
        yield items_of_terms(new), f"also {at}"


def _inside(items: Items, by: int) -> Iterator[tuple[Items, str]]:
    """The shift in parentheses, or at the last factor of a term: ``s i`` as ``s(i − 1)``."""
    for at, body in sums(items):
        new = shifted(body, by)
        if new is not None:
            inner: Box = Fence("(", Row(new), ")") if len(new) > 1 else new[0]
            yield (*items[:at], inner, *items[at + 1 :]), f"parentheses {at}"
    for at, item in enumerate(items):
        follows = at > 0 and isinstance(items[at - 1], (Symbol, Script, Number))
        if follows and isinstance(item, Symbol):
            shift = shifted((item,), by)
            if shift is not None:
                yield (*items[:at], Fence("(", Row(shift), ")"), *items[at + 1 :]), f"factor {at}"
