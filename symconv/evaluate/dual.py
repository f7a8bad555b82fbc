"""Dual numbers: forward-mode differentiation as one more element type.

``Dual(v, {t: a, …})`` is v + Σ_t a·ε_t with ε_t·ε_u = 0. Evaluating a definition on a tensor whose entry t reads as
x[t] + ε_t gives every partial derivative at once, with no rule in common with the symbolic derivation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from symconv.evaluate.elements import Element, extremum_of, plain, power, shares
from symconv.expr.nodes import Ties

Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dual:
    """``value + Σ partials[t]·ε_t``, over any element type.

    >>> x = Dual(3, {(0,): 1})
    >>> (x * x + 2 * x).partials
    {(0,): 8}
    """

    value: Element
    partials: Mapping[Position, Element]

    def __add__(self, other: Element) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.partials)
        total = dict(self.partials)
        for position, slope in other.partials.items():
            total[position] = total[position] + slope if position in total else slope
        return Dual(self.value + other.value, total)

    __radd__ = __add__

    def __mul__(self, other: Element) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, {t: slope * other for t, slope in self.partials.items()})
        left = Dual(0, {t: slope * other.value for t, slope in self.partials.items()})
        right = Dual(0, {t: slope * self.value for t, slope in other.partials.items()})
        return Dual(self.value * other.value, (left + right).partials)

    __rmul__ = __mul__


@dataclass(frozen=True, slots=True)
class Seeded:
    """A tensor whose entry t reads as x[t] + ε_t; ``only`` restricts that to one entry."""

    array: Any
    only: Position | None = None

    def __getitem__(self, position: Position) -> Element:
        value = entry_of(self.array, position)
        return Dual(value, {position: 1}) if self.only in (None, position) else value


def entry_of(array: Any, position: Position) -> Element:
    """One entry of a nested list, of an array indexed by a tuple, or of a bare number (for rank 0)."""
    if isinstance(array, (list, tuple)):
        for index in position:
            array = array[index]
        return plain(array)
    if position or isinstance(array, Seeded):
        return plain(array[position])
    return plain(array)


def dual_power(base: Element, exponent: int | Fraction) -> Element:
    """``base ** exponent``, with slope ``exponent · base ** (exponent − 1)``."""
    if not isinstance(base, Dual):
        return power(base, exponent)
    slope = exponent * power(base.value, exponent - 1) if exponent else 0
    return Dual(power(base.value, exponent), {t: slope * part for t, part in base.partials.items()})


def dual_extremum(values: list[Element], kind: Literal["max", "min"], ties: Ties) -> Element:
    """The extremum; its slope is that of the extreme entries, each by its share under the tie rule."""
    if not any(isinstance(value, Dual) for value in values):
        return extremum_of(values, kind)
    plains = [primal(value) for value in values]
    total = Dual(extremum_of(plains, kind), {})
    for value, share in zip(values, shares(plains, kind, ties), strict=True):
        if isinstance(value, Dual) and share != 0:
            total = total + Dual(0, {t: share * slope for t, slope in value.partials.items()})
    return total


def primal(value: Element) -> Element:
    """The value without its partials."""
    return value.value if isinstance(value, Dual) else value


def slope_at(value: Element, position: Position) -> Element:
    """The partial derivative by one seeded entry (0 where the value does not depend on it)."""
    return value.partials.get(position, 0) if isinstance(value, Dual) else 0
