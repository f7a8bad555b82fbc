"""Explicit forms as SymPy matrices of symbols."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from symconv.forms.entries import Entry, Extreme, Factor, Power, Variable
from symconv.forms.explicit import ExplicitForm

if TYPE_CHECKING:
    import sympy


def symbol_name(variable: Variable, base: int = 0) -> str:
    """The name of a variable's symbol, with indices counted from ``base``.

    >>> symbol_name(("I", (0, 2)), base=1)
    'I_{1,3}'
    """
    name, index = variable
    return f"{name}_{{{','.join(str(step + base) for step in index)}}}" if index else name


_first = itemgetter(0)


class _SymPyWriter:
    """Entries as SymPy expressions, each symbol made once."""

    def __init__(self, numbers: Mapping[Variable, Any], base: int) -> None:
        import sympy

        self.sympy = sympy
        self.numbers = numbers
        self.base = base
        self.symbols: dict[Variable, sympy.Expr] = {}
        self.named: dict[Factor, tuple[str, sympy.Expr]] = {}

    def entry(self, entry: Entry) -> sympy.Expr:
        """The entry as an expression."""
        fast = None if self.numbers else self.distinct(entry)
        if fast is not None:
            return fast
        return self.sympy.Add(*[self.term(coefficient, factors) for coefficient, factors in entry])

    def distinct(self, entry: Entry) -> sympy.Expr | None:
        """A sum of distinct products of equally many distinct symbols, built without SymPy's sorting and collecting.

        SymPy orders products by the names of their symbols, and so does this; there is nothing to collect. None
        where the entry is of another kind.
        """
        width = len(entry[0][1]) if entry else 0
        if not width:
            return None
        keyed: list[tuple[tuple[str, ...], tuple[sympy.Symbol, ...]]] = []
        for coefficient, factors in entry:
            if coefficient != 1 or len(factors) != width:
                return None
            pairs = [self.named.get(factor) or self.name(factor) for factor in factors]
            pairs.sort(key=_first)
            names = tuple([name for name, _ in pairs])
            if not names[0] or (width > 1 and len(set(names)) != width):
                return None
            keyed.append((names, tuple([symbol for _, symbol in pairs])))
        keyed.sort(key=_first)
        product_of, sum_of = self.sympy.Mul._from_args, self.sympy.Add._from_args
        return sum_of([product_of(symbols, True) if width > 1 else symbols[0] for _, symbols in keyed], True)

    def name(self, factor: Factor) -> tuple[str, sympy.Expr]:
        """A variable's name and symbol; the empty name for a power or an extremum."""
        pair = (symbol_name(factor, self.base) if isinstance(factor, tuple) else "", self.factor(factor))
        self.named[factor] = pair
        return pair

    def term(self, coefficient: Any, factors: tuple[Factor, ...]) -> sympy.Expr:
        """One product."""
        parts = [self.factor(factor) for factor in factors]
        if coefficient != 1:
            parts.append(self.sympy.Rational(coefficient.numerator, coefficient.denominator))
        return parts[0] if len(parts) == 1 else self.sympy.Mul(*parts)

    def factor(self, factor: Factor) -> sympy.Expr:
        """One factor."""
        if isinstance(factor, Power):
            exponent = self.sympy.Rational(factor.exponent.numerator, factor.exponent.denominator)
            return self.sympy.Pow(self.entry(factor.base), exponent)
        if isinstance(factor, Extreme):
            choose = self.sympy.Max if factor.kind == "max" else self.sympy.Min
            return choose(*[self.entry(entry) for entry in factor.entries])
        found = self.symbols.get(factor)
        if found is None:
            if factor in self.numbers:
                found = self.sympy.sympify(self.numbers[factor], strict=True)
            else:
                found = self.sympy.Symbol(symbol_name(factor, self.base))
            self.symbols[factor] = found
        return found


def to_sympy_matrix(form: ExplicitForm, base: int = 0) -> Any:
    """The entries as a SymPy matrix (a column for one axis, an N-dimensional array for more than two).

    Symbols are named ``I_{0,0}``, indices counted from ``base``; known numbers are put in.
    """
    import sympy

    writer = _SymPyWriter(form.numbers, base)
    cells = [writer.entry(entry) for entry in form.entries]
    if len(form.shape) > 2:
        return sympy.ImmutableDenseNDimArray(cells, form.shape)
    rows = form.shape[0] if form.shape else 1
    return sympy.Matrix(rows, prod(form.shape[1:]), cells)
