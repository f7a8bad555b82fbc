"""Polynomials in tensor entries: what a formula's value is made of, product by product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Union

Number = Union[int, Fraction]


@dataclass(frozen=True)
class Products:
    """``Σ coefficient · product of entries``; an element type for the reference evaluator.

    >>> x, y = Products.entry("x[0]"), Products.entry("y[1]")
    >>> (2 * x * y + x).text()
    'x[0] + 2 x[0] y[1]'
    """

    terms: Mapping[tuple[str, ...], Fraction]

    @staticmethod
    def entry(name: str) -> Products:
        """One tensor entry."""
        return Products({(name,): Fraction(1)})

    @staticmethod
    def of(value: Products | Number) -> Products:
        """A number as a polynomial."""
        if isinstance(value, Products):
            return value
        return Products({(): Fraction(value)} if value else {})

    def __add__(self, other: Products | Number) -> Products:
        total = dict(self.terms)
        for product, factor in Products.of(other).terms.items():
            total[product] = total.get(product, Fraction(0)) + factor
        return Products({product: factor for product, factor in total.items() if factor})

    __radd__ = __add__

    def __mul__(self, other: Products | Number) -> Products:
        total: dict[tuple[str, ...], Fraction] = {}
        for left, a in self.terms.items():
            for right, b in Products.of(other).terms.items():
                product = tuple(sorted(left + right))
                total[product] = total.get(product, Fraction(0)) + a * b
        return Products({product: factor for product, factor in total.items() if factor})

    __rmul__ = __mul__

    def __sub__(self, other: Products | Number) -> Products:
        return self + Products.of(other) * -1

    def __pow__(self, exponent: int) -> Products:
        if exponent < 0:
            raise TypeError("a polynomial has no negative power")
        result = Products.of(1)
        for _ in range(exponent):
            result = result * self
        return result

    def text(self) -> str:
        """The sum in reading order, ``0`` for none."""
        parts = []
        for product, factor in sorted(self.terms.items(), key=lambda item: (len(item[0]), item[0])):
            body = " ".join(product)
            if not body or abs(factor) != 1:
                body = f"{abs(factor)} {body}".strip()
            parts.append(("- " if factor < 0 else "+ ") + body)
        if not parts:
            return "0"
        text = " ".join(parts)
        return text[2:] if text.startswith("+ ") else "-" + text[2:]
