"""Arithmetic that depends on the element type: powers, and the extremum of a window with its ties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from symconv.expr.nodes import Ties

# int, Fraction, float, complex, SymPy expressions, and dual numbers over any of them
Element: TypeAlias = Any


def plain(value: Element) -> Element:
    """A NumPy scalar as the Python number of the same value (so that integers never overflow); others unchanged."""
    return value.item() if hasattr(value, "dtype") and hasattr(value, "item") else value


def is_symbolic(value: Element) -> bool:
    """Whether the value is an expression with free symbols (and so has no order)."""
    return bool(getattr(value, "free_symbols", None))


def is_sympy(value: Element) -> bool:
    """Whether the value is a SymPy expression."""
    return hasattr(value, "free_symbols")


def ratio(num: int, den: int) -> int | Fraction:
    """``num/den``, an int where it is whole."""
    value = Fraction(num, den)
    return value.numerator if value.denominator == 1 else value


def power(base: Element, exponent: int | Fraction) -> Element:
    """``base ** exponent``.

    An integer exponent is exact (``2 ** −1`` is ``Fraction(1, 2)``). Otherwise ints and fractions become
    floats, the root of a negative float is NaN, as in NumPy, and SymPy stays symbolic.

    >>> power(2, -2), power(9, Fraction(1, 2))
    (Fraction(1, 4), 3.0)
    """
    if is_sympy(base):
        import sympy

        return base ** sympy.Rational(exponent.numerator, exponent.denominator)
    if exponent.denominator == 1:
        whole = int(exponent)
        return Fraction(base) ** whole if isinstance(base, int) and whole < 0 else base**whole
    if isinstance(base, complex):
        return base ** float(exponent)
    number = float(base)
    if number == 0 and exponent < 0:
        return math.inf
    return math.nan if number < 0 else number ** float(exponent)


def extremum_of(values: Sequence[Element], kind: Literal["max", "min"]) -> Element:
    """The maximum or minimum; NaN wins, as in NumPy; symbols give ``Max``/``Min``; complex numbers go by real part.

    >>> extremum_of([1, 3, 2], "max")
    3
    """
    if any(map(is_symbolic, values)):
        import sympy

        return sympy.Max(*values) if kind == "max" else sympy.Min(*values)
    return values[_extreme_positions(values, kind)[0]]


def shares(values: Sequence[Element], kind: Literal["max", "min"], ties: Ties) -> list[Element]:
    """Each value's share of the derivative of the extremum.

    ``first``: 1 for the first extreme value; ``all``: 1 for each; ``split``: 1/n for each of n. Among
    symbols the shares are piecewise expressions.

    >>> shares([5, 7, 7], "max", "first"), shares([5, 7, 7], "max", "split")
    ([0, 1, 0], [0, Fraction(1, 2), Fraction(1, 2)])
    """
    if any(map(is_symbolic, values)):
        return _symbolic_shares(values, kind, ties)
    extreme = _extreme_positions(values, kind)
    if ties == "first":
        extreme = extreme[:1]
    share = ratio(1, len(extreme)) if ties == "split" else 1
    return [share if position in extreme else 0 for position in range(len(values))]


def _extreme_positions(values: Sequence[Element], kind: Literal["max", "min"]) -> list[int]:
    unordered = [position for position, value in enumerate(values) if value != value]
    if unordered:
        return unordered
    # the complex step differentiates along the imaginary axis, so the real part decides
    ordered = [value.real if isinstance(value, complex) else value for value in values]
    best = max(ordered) if kind == "max" else min(ordered)
    return [position for position, value in enumerate(ordered) if value == best]


def _symbolic_shares(values: Sequence[Element], kind: Literal["max", "min"], ties: Ties) -> list[Element]:
    import sympy

    sign = 1 if kind == "max" else -1
    gaps = [[sign * (here - other) for other in values] for here in values]
    result: list[Element] = []
    for position, row in enumerate(gaps):
        before = [gap > 0 if ties == "first" else gap >= 0 for gap in row[:position]]
        wins = sympy.And(*before, *(gap >= 0 for gap in row[position + 1 :]))
        share: Element = sympy.Integer(1)
        if ties == "split":
            share = 1 / sum(sympy.Piecewise((1, sympy.Eq(gap, 0)), (0, True)) for gap in row)
        result.append(sympy.Piecewise((share, wins), (0, True)))
    return result
