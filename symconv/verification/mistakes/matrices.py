"""Mistakes in matrix forms: transposes, the order of factors, entrywise products, activation derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from symconv.typeset.layout import Box, Fence, Row, Script, Sign, Symbol
from symconv.verification.mistakes.edit import Edit, Splice, row_items, walk
from symconv.verification.mistakes.formula import COMMA, TURNED, Entry, Formula
from symconv.verification.mistakes.mistake import mistake, shown, splice_edit
from symconv.verification.mistakes.names import is_sign, name_of
from symconv.verification.mistakes.operators import rights

Items = tuple[Box, ...]
MATRIX_TIMES = (r"\cdot", r"\times", "*")


@mistake("transposed", "A matrix is transposed: {new}, not {old}.")
def transposed(formula: Formula) -> Iterator[Edit]:
    """For y = W x the gradients are ∂L/∂x = Wᵀ δ and ∂L/∂W = δ xᵀ: shapes must fit."""
    dagger = _mark(formula)
    for path, items in rights(formula):
        factors = _factors(formula, items)
        for (a, b), (c, d) in pairwise(factors):
            one, two = items[a:b], items[c:d]
            if COMMA in items[b:c]:
                continue  # arguments of a function
            for left, right in _orders(two, one, dagger):
                yield from splice_edit(items[a:d], Splice(path, a, d, (*left, *items[b:c], *right)), "order")
        for low, high in factors:
            for turned in _turned(items[low:high], dagger):
                yield from splice_edit(items[low:high], Splice(path, low, high, turned), "turned")
    if not formula.words.axes:
        yield from _indices(formula)


def _indices(formula: Formula) -> Iterator[Edit]:
    """``W_{j,i}`` for ``W_{i,j}``."""
    for entry in formula.right_entries:
        if entry.word.role in ("weight", "kernel") and len(entry.slots) == 2:
            one, two = entry.slots
            new = (one.put(two.items), two.put(one.items))
            words = {"old": shown(*one.items, COMMA, *two.items), "new": shown(*two.items, COMMA, *one.items)}
            yield Edit(new, ("indices",), words)
    single = [entry.slots[0] for entry in formula.right_entries if len(entry.slots) == 1]
    for one, two in pairwise(single):
        if one.items != two.items:
            words = {"old": shown(*one.items, COMMA, *two.items), "new": shown(*two.items, COMMA, *one.items)}
            yield Edit((one.put(two.items), two.put(one.items)), ("names",), words)


def _mark(formula: Formula) -> Box:
    """The author's sign of the transpose."""
    for _, part in walk(formula.box):
        if isinstance(part, Script) and part.sup is not None and name_of(part.sup) in TURNED:
            return part.sup
    return Symbol(r"\top")


def _orders(one: Items, two: Items, dagger: Box) -> Iterator[tuple[Items, Items]]:
    """The factors the other way round, as they are, and with the transposes exchanged: a δᵀ as δ aᵀ."""
    yield one, two
    ones, twos = list(_turned(one, dagger)), list(_turned(two, dagger))
    yield from ((left, right) for left in ones for right in twos)
    yield from ((left, two) for left in ones)
    yield from ((one, right) for right in twos)


def _turned(items: Items, dagger: Box) -> Iterator[Items]:
    """The factor with its transpose taken away or added."""
    if len(items) != 1:
        return
    box = items[0]
    if isinstance(box, Script) and box.sup == dagger:
        base: Box = box.base if box.sub is None else Script(box.base, box.sub)
        fenced = base.body if isinstance(base, Fence) else None
        yield (fenced,) if fenced is not None and len(row_items(fenced)) == 1 else (base,)
    elif isinstance(box, Script) and box.sup is not None:
        yield (Script(Fence("(", box, ")"), None, dagger),)
    elif isinstance(box, Script):
        yield (replace(box, sup=dagger),)
    else:
        yield (Script(box, None, dagger),)


def _factors(formula: Formula, items: Items) -> list[tuple[int, int]]:
    """The factors that are whole tensors: W, δ^T, (a)^T."""
    return [(at, at + 1) for at, item in enumerate(items) if _tensor(formula, item) and not _is_entry(formula, item)]


def _is_entry(formula: Formula, box: Box) -> bool:
    """``W_{i,j}`` with two indices: they are exchanged instead."""
    if not isinstance(box, Script) or box.sub is None or name_of(box) in formula.words.tensors:
        return False
    return any(is_sign(item, (",",)) for item in row_items(box.sub))


def _tensor(formula: Formula, box: Box) -> bool:
    match box:
        case Script(base, _, _):
            return (name_of(box) in formula.words.tensors) or _tensor(formula, base)
        case Fence("(", body, ")"):
            return len(row_items(body)) == 1 and _tensor(formula, body)
        case _:
            return name_of(box) in formula.words.tensors


@mistake("matrix_for_entrywise", "The derivative of the activation acts entry by entry: {new}, not {old}.")
def matrix_for_entrywise(formula: Formula) -> Iterator[Edit]:
    """An activation acts on each entry alone, so its derivative multiplies entry by entry (⊙)."""
    for path, items in rights(formula):
        for at, item in enumerate(items):
            if is_sign(item, MATRIX_TIMES):
                yield from splice_edit((item,), Splice(path, at, at + 1, (Sign(r"\odot"),)), "entrywise")
            primed = (
                isinstance(item, Symbol) and item.primes and at + 1 < len(items) and isinstance(items[at + 1], Fence)
            )
            if primed and at and not isinstance(items[at - 1], Sign):
                words = {"old": shown(*items[at : at + 2]), "new": shown(Sign(r"\odot"), *items[at : at + 2])}
                yield Edit((Splice(path, at, at, (Sign(r"\odot"),)),), ("sign",), words)


@mistake("missing_activation_derivative", "The derivative of the activation is missing: the factor {new}.")
def missing_activation_derivative(formula: Formula) -> Iterator[Edit]:
    """Through an activation a = f(z) the gradient passes with the factor f′(z)."""
    pre = formula.words.word("pre_activation")
    if pre is None or any(isinstance(part, Symbol) and part.primes for _, part in walk(formula.box)):
        return
    entry = next((each for each in formula.right_entries if each.word == pre), None)
    argument = entry.boxes(formula.box) if entry is not None else _like_left(formula, pre.symbol)
    for name in ("f", r"\sigma", "g"):
        factor = (Symbol(name, 1), Fence("(", Row(argument), ")"))
        for path, start, stop in formula.rights:
            if start < stop:
                words = {"new": shown(*factor)}
                dotted = (Sign(r"\odot"), *factor)
                yield Edit((Splice(path, stop, stop, dotted),), (), words)
                yield Edit((Splice(path, stop, stop, factor),), (), words)


def _like_left(formula: Formula, symbol: Box) -> Items:
    """The pre-activation with the marks and indices of the left side: ``δ^l`` gives ``z^l``."""
    left: Entry | None = next((entry for entry in formula.entries if entry.left), None)
    boxes = left.boxes(formula.box) if left is not None and not left.derived else ()
    if boxes and isinstance(boxes[0], Script):
        return (replace(boxes[0], base=symbol), *boxes[1:])
    return (symbol, *boxes[1:])


@mistake("activation_for_derivative", "The chain rule needs the derivative of the activation, {new}, not {old}.")
def activation_for_derivative(formula: Formula) -> Iterator[Edit]:
    """Through a = f(z) the gradient passes with f′(z), not with f(z)."""
    pre = formula.words.word("pre_activation")
    for path, items in rights(formula):
        for at, item in enumerate(items[:-1]):
            argument = items[at + 1]
            of_pre = pre is not None and any(part == pre.symbol for _, part in walk(argument))
            known = name_of(item) in formula.words.tensors and not of_pre
            known = known or name_of(item) in formula.words.known
            if isinstance(item, Symbol) and isinstance(argument, Fence) and not known and not item.primes:
                new = replace(item, primes=1)
                words = {"old": shown(item, argument), "new": shown(new, argument)}
                yield Edit((Splice(path, at, at + 1, (new,)),), ("prime",), words)
