"""How large a formula may be, before its meaning is sought: what is multiplied out grows much faster than its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from math import prod

from symconv.meaning.errors import MeaningError
from symconv.meaning.operators import SLIDING
from symconv.meaning.rows import items_of, split
from symconv.parse.places import walk
from symconv.typeset.layout import Big, Box, Cases, Fence, Fraction, Number, Script, Sign, Symbol

MAX_BOXES = 1_000
"""Symbols, signs, fractions and brackets of a formula (those of course notes have up to 200)."""
MAX_TERMS = 1_000
"""Terms of a part of the formula when it is multiplied out."""
MAX_DEGREE = 100
"""Factors of a term, a power counting as many."""
MAX_SUMS = 12
"""Sums, maxima and convolutions in one product."""
MAX_CASES = 3
"""Cases in cases."""
MAX_SIDES = 40
"""Sides of equations."""
MAX_PRIMES = 9
"""Primes at a symbol."""
MAX_FRACTIONS = 8
"""Fractions in fractions: each doubles what is multiplied out."""


@dataclass(frozen=True)
class Extent:
    """Upper bounds for a part of a formula: its terms, and the factors, sums and nested cases of a term."""

    terms: int = 1
    degree: int = 0
    sums: int = 0
    cases: int = 0


def count(box: Box) -> int:
    """The symbols, signs, fractions and brackets of a formula."""
    return sum(1 for _ in walk(box))


def check_extent(box: Box) -> None:
    """Raise :class:`~symconv.meaning.errors.MeaningError` for a formula that is too large to be multiplied out.

    >>> from symconv.parse.read import read
    >>> check_extent(read("(a+b)^2").box)
    >>> check_extent(read("(a+b)^{20}").box)
    Traceback (most recent call last):
    symconv.meaning.errors.MeaningError: multiplied out, a part of the formula has more than 1000 terms
    """
    boxes = count(box)
    if boxes > MAX_BOXES:
        raise MeaningError(f"a formula has at most {MAX_BOXES} symbols, signs and brackets, this one has {boxes}")
    sides = 1 + sum(1 for each in walk(box) if each == Sign("="))
    if sides > MAX_SIDES:
        raise MeaningError(f"a formula has at most {MAX_SIDES} sides, this one has {sides}")
    if any(isinstance(each, Symbol) and each.primes > MAX_PRIMES for each in walk(box)):
        raise MeaningError(f"a symbol has at most {MAX_PRIMES} primes")
    if _fractions(box) > MAX_FRACTIONS:
        raise MeaningError(f"more than {MAX_FRACTIONS} fractions stand in each other")
    _extent(box)


def _fractions(box: Box) -> int:
    """How deep fractions stand in each other."""
    return max((_fractions(each) for each in _children(box)), default=0) + isinstance(box, Fraction)


def _extent(box: Box) -> Extent:
    items = items_of(box)
    if len(items) == 1:
        return _allowed(_one(items[0]))
    parts = [part for part in split(items, (",", "=", "+", "-", r"\pm")) if part]
    listed = any(isinstance(item, Sign) and item.name in (",", "=") for item in items)
    found = [_product([_extent(item) for item in part]) for part in parts]
    return _allowed(
        Extent(
            1 if listed else sum(each.terms for each in found),
            max((each.degree for each in found), default=0),
            max((each.sums for each in found), default=0),
            max((each.cases for each in found), default=0),
        )
    )


def _one(box: Box) -> Extent:
    if isinstance(box, Fence):
        return _extent(box.body)
    if isinstance(box, Script):
        return _raised(box)
    inner = [_extent(each) for each in _children(box)]
    cases = max((each.cases for each in inner), default=0)
    match box:
        case Fraction():
            return _product(inner)
        case Big():
            return Extent(sums=1, cases=cases)
        case Cases():
            return Extent(sum(each.terms for each in inner), cases=cases + 1)
        case Sign(name):
            return Extent(sums=int(name in SLIDING))
        case _:
            return Extent(degree=max((each.degree for each in inner), default=1), cases=cases)


def _raised(box: Script) -> Extent:
    below, power = _extent(box.base), _power(box.sup)
    scripts = [_extent(each) for each in (box.sub, box.sup) if each is not None]
    cases = max((below.cases, *(each.cases for each in scripts)))
    return Extent(min(below.terms**power, MAX_TERMS + 1), max(below.degree, 1) * power, below.sums, cases)


def _power(sup: Box | None) -> int:
    items = items_of(sup) if sup is not None else ()
    number = items[0] if len(items) == 1 else None
    if isinstance(number, Number) and number.text.isdigit():
        return min(max(int(number.text), 1), MAX_DEGREE + 1)
    return 1


def _product(factors: list[Extent]) -> Extent:
    return Extent(
        prod(each.terms for each in factors),
        sum(each.degree for each in factors),
        sum(each.sums for each in factors),
        max((each.cases for each in factors), default=0),
    )


def _allowed(extent: Extent) -> Extent:
    if extent.terms > MAX_TERMS:
        raise MeaningError(f"multiplied out, a part of the formula has more than {MAX_TERMS} terms")
    if extent.degree > MAX_DEGREE:
        raise MeaningError(f"a term of the formula has more than {MAX_DEGREE} factors")
    if extent.sums > MAX_SUMS:
        raise MeaningError(f"a term of the formula has more than {MAX_SUMS} sums, maxima and convolutions")
    if extent.cases > MAX_CASES:
        raise MeaningError(f"more than {MAX_CASES} cases stand in each other")
    return extent


def _children(box: Box) -> Iterator[Box]:
    """The boxes directly inside of one."""
    pending: list[object] = [getattr(box, field.name) for field in fields(box)]
    while pending:
        part = pending.pop()
        if isinstance(part, tuple):
            pending += part
        elif is_dataclass(part):
            yield part  # type: ignore[misc]
