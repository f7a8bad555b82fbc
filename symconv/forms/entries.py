"""Explicit entries as light data: a sum of products of single tensor entries with exact coefficients.

A variable is a tensor name and a tuple of integer indices; a product a coefficient and its factors; an entry a
tuple of products. They are plain tuples, because a layer of moderate size already has tens of
thousands of them. Powers and extrema, which no product of variables can hold, are small classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias, Union

from symconv.errors import SizeError, UnsupportedError
from symconv.expr.nodes import Access, Add, Bracket, Derivative, Expr, Mul, Pow, Reduce, Scalar, Sum, Winner
from symconv.expr.tensor import Outside
from symconv.index.affine import Affine
from symconv.index.domain import Divides, Equal, Guard, guard_parts
from symconv.rewrite.normal import Term, to_terms

Variable: TypeAlias = tuple[str, tuple[int, ...]]
Factor: TypeAlias = Union[Variable, "Power", "Extreme"]
Coefficient: TypeAlias = int | Fraction
Product: TypeAlias = tuple[Coefficient, tuple[Factor, ...]]
Entry: TypeAlias = tuple[Product, ...]
Lookup: TypeAlias = Callable[[Variable], Any]


@dataclass(frozen=True, slots=True)
class Power:
    """``base ** exponent``."""

    base: Entry
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Extreme:
    """The ``max`` or ``min`` of the entries."""

    kind: str
    entries: tuple[Entry, ...]


def value_of(entry: Entry, lookup: Lookup) -> Any:
    """The entry's value, each variable looked up; exact for exact numbers.

    >>> value_of(((2, (("I", (0,)), ("K", (1,)))), (1, ())), lambda variable: 3)
    19
    """
    total: Any = 0
    for coefficient, factors in entry:
        part: Any = coefficient
        for factor in factors:
            part = part * _factor_value(factor, lookup)
        total = total + part
    return total


def _factor_value(factor: Factor, lookup: Lookup) -> Any:
    if isinstance(factor, Power):
        base = value_of(factor.base, lookup)
        if factor.exponent.denominator == 1:
            return base**factor.exponent.numerator if factor.exponent >= 0 else Fraction(1) * base**factor.exponent
        return base ** float(factor.exponent)
    if isinstance(factor, Extreme):
        values = [value_of(entry, lookup) for entry in factor.entries]
        return max(values) if factor.kind == "max" else min(values)
    return lookup(factor)


def source_position(outside: Outside, position: int, size: int) -> int | None:
    """The stored position that a read at ``position`` of an axis of that size shows; None for zero.

    >>> [source_position("reflect", position, 3) for position in (-1, 2, 3)]
    [1, 2, 1]
    """
    if 0 <= position < size:
        return position
    match outside:
        case "zero":
            return None
        case "replicate":
            return 0 if position < 0 else size - 1
        case "circular":
            return position % size
        case "reflect":
            return -position if position < 0 else 2 * (size - 1) - position


Values: TypeAlias = tuple[int, ...]
_Form: TypeAlias = Callable[[Values], int]


@dataclass(frozen=True, slots=True)
class Expander:
    """Writes normal-form terms out, entry by entry, for given sizes.

    ``deciding`` gives the numbers that decide which entry of a window is the extreme one; without it a
    term that asks for a winner is refused.
    """

    sizes: Mapping[str, int]
    deciding: Lookup | None = None

    def size(self, form: Affine) -> int:
        """The value of a form in sizes; the error names the sizes that have no value."""
        missing = sorted(form.names() - self.sizes.keys())
        if missing:
            raise SizeError(f"an explicit form needs a number for every size; {', '.join(missing)} has none")
        return form.value(self.sizes)

    def shape(self, forms: Iterable[Affine]) -> tuple[int, ...]:
        """The values of the sizes."""
        return tuple(self.size(form) for form in forms)

    def table(self, terms: Sequence[Term], names: Sequence[str], shape: Sequence[int]) -> tuple[Entry, ...]:
        """The entries for all values of the free indices ``names``, in row-major order."""
        writers = [self._writer(term, tuple(names)) for term in terms]
        cells: list[Entry] = []
        for values in product(*map(range, shape)):
            products: list[Product] = []
            for write in writers:
                write(values, products)
            cells.append(_merged(products))
        return tuple(cells)

    def at(self, expr: Expr, env: Mapping[str, int]) -> Entry:
        """One expression written out, every free index given a value."""
        names, values = tuple(env), tuple(env.values())
        products: list[Product] = []
        for term in to_terms(expr):
            self._writer(term, names)(values, products)
        return _merged(products)

    def _writer(self, term: Term, names: tuple[str, ...]) -> Callable[[Values, list[Product]], None]:
        slots = {name: slot for slot, name in enumerate((*names, *(binder.index for binder in term.binders)))}
        free = {name: slots[name] for name in names}
        ends: list[tuple[_Form, _Form]] = []
        for binder in term.binders:
            if binder.lo is None or binder.hi is None:
                raise UnsupportedError(f"the sum over {binder.index} has no end, so it cannot be written out")
            ends.append((self._form(binder.lo, free), self._form(binder.hi, free)))
        # divisibility first: the other guards may hold quotients that it makes exact
        ordered = sorted(term.guards, key=lambda guard: not isinstance(guard, Divides))
        guards = [self._guard(guard, slots) for guard in ordered]
        coefficient = self._scalar(term.coefficient, slots)
        reads = [self._factor(factor, slots) for factor in term.factors]

        def write(values: Values, products: list[Product]) -> None:
            ranges = [range(lo(values), hi(values) + 1) for lo, hi in ends]
            for inner in product(*ranges):
                at = values + inner
                if guards and not all(guard(at) for guard in guards):
                    continue
                number: Coefficient = coefficient if isinstance(coefficient, (int, Fraction)) else coefficient(at)
                factors: list[Factor] = []
                for read in reads:
                    found = read(at)
                    if isinstance(found, (int, Fraction)):
                        if not found:
                            break
                        number = number * found
                    else:
                        factors.append(found)
                else:
                    products.append((number, tuple(factors)))

        return write

    def _form(self, form: Affine, slots: Mapping[str, int]) -> _Form:
        """An affine form as a function of the index values; sizes are numbers by now."""
        known = {name: Affine.of(self.sizes[name]) for name in form.names() - slots.keys() if name in self.sizes}
        form = form.substitute(known)
        unknown = sorted(form.names() - slots.keys())
        if unknown:
            raise SizeError(f"an explicit form needs a number for every size; {', '.join(unknown)} has none")
        constant = 0
        linear: list[tuple[int, int]] = []
        for monomial, factor in form.terms:
            if not monomial:
                constant = factor
            elif len(monomial) == 1 and isinstance(monomial[0], str):
                linear.append((factor, slots[monomial[0]]))
            else:
                pairs = tuple(slots.items())
                return lambda at: form.value({name: at[slot] for name, slot in pairs if slot < len(at)})
        match linear:
            case []:
                return lambda at: constant
            case [(1, slot)] if not constant:
                return lambda at: at[slot]
            case [(factor, slot)]:
                return lambda at: factor * at[slot] + constant
            case [(factor, slot), (other, place)]:
                return lambda at: factor * at[slot] + other * at[place] + constant
            case _:
                return lambda at: sum(factor * at[slot] for factor, slot in linear) + constant

    def _guard(self, guard: Guard, slots: Mapping[str, int]) -> Callable[[Values], bool]:
        left, right = (self._form(part, slots) for part in guard_parts(guard))
        if isinstance(guard, Equal):
            return lambda at: left(at) == right(at)
        if isinstance(guard, Divides):
            return lambda at: right(at) % left(at) == 0
        return lambda at: left(at) <= right(at)

    def _scalar(self, scalar: Scalar, slots: Mapping[str, int]) -> Coefficient | Callable[[Values], Coefficient]:
        num, den = self._form(scalar.num, slots), self._form(scalar.den, slots)
        if not (scalar.num.names() | scalar.den.names()) & slots.keys():
            return _exact(num(()), den(()))
        return lambda at: _exact(num(at), den(at))

    def _factor(self, factor: Expr, slots: Mapping[str, int]) -> Callable[[Values], Factor | Coefficient]:
        match factor:
            case Access():
                return self._access(factor, slots)
            case Pow(base, exponent):
                power = Fraction(self.size(exponent.num), self.size(exponent.den))
                return lambda at: Power(self.at(base, _env(slots, at)), power)
            case Reduce():
                return lambda at: Extreme(
                    factor.kind, tuple(entry for _, entry in self._window(factor, _env(slots, at)))
                )
            case Winner(window, position):
                forms = [self._form(index, slots) for index in position]
                return lambda at: self._share(window, tuple(form(at) for form in forms), _env(slots, at))
            case Derivative():
                raise UnsupportedError("an explicit form needs the derivative carried out")
            case Scalar() | Add() | Mul() | Sum() | Bracket():
                raise TypeError("no factor of a normal form is a sum, product, bracket or scalar")

    def _access(self, access: Access, slots: Mapping[str, int]) -> Callable[[Values], Factor | Coefficient]:
        name, outside = access.tensor.name, access.tensor.outside
        shape = self.shape(access.tensor.shape)
        forms = [self._form(index, slots) for index in access.indices]
        pairs = tuple(zip(forms, shape, strict=True))
        # an entry is read many times: one tuple serves all products
        seen: dict[Values, Variable] = {}

        def read(at: Values) -> Factor | Coefficient:
            position: list[int] = []
            for form, size in pairs:
                index = form(at)
                if not 0 <= index < size:
                    source = source_position(outside, index, size)
                    if source is None:
                        return 0
                    index = source
                position.append(index)
            key = tuple(position)
            found = seen.get(key)
            if found is None:
                found = seen[key] = (name, key)
            return found

        return read

    def _window(self, window: Reduce, env: Mapping[str, int]) -> list[tuple[Values, Entry]]:
        """The positions of a window and their entries, in row-major order."""
        outer = tuple(env)
        slots = {name: slot for slot, name in enumerate((*outer, *(binder.index for binder in window.binders)))}
        values = tuple(env.values())
        guards = [self._guard(guard, slots) for guard in window.guards]
        ranges: list[range] = []
        for binder in window.binders:
            assert binder.lo is not None
            assert binder.hi is not None
            ranges.append(range(self._form(binder.lo, slots)(values), self._form(binder.hi, slots)(values) + 1))
        found: list[tuple[Values, Entry]] = []
        for inner in product(*ranges):
            at = values + inner
            if all(guard(at) for guard in guards):
                found.append((inner, self.at(window.body, _env(slots, at))))
        return found

    def _share(self, window: Reduce, position: Values, env: Mapping[str, int]) -> Coefficient:
        """The share of a window position in the derivative of the window's extremum."""
        if self.deciding is None:
            raise UnsupportedError(
                "which entry of a window is the extreme one depends on the numbers; "
                "give them as arrays (or as deciding, to keep symbols in the entries)"
            )
        lookup = self.deciding
        values = [(inner, value_of(entry, lookup)) for inner, entry in self._window(window, env)]
        if not values:
            return 0
        best = max(value for _, value in values) if window.kind == "max" else min(value for _, value in values)
        winners = [inner for inner, value in values if value == best]
        if position not in winners:
            return 0
        if window.ties == "split":
            return _exact(1, len(winners))
        return 1 if window.ties == "all" or position == winners[0] else 0


def _env(slots: Mapping[str, int], at: Values) -> dict[str, int]:
    return {name: at[slot] for name, slot in slots.items() if slot < len(at)}


def _exact(num: int, den: int) -> Coefficient:
    return num // den if num % den == 0 else Fraction(num, den)


def _merged(products: list[Product]) -> Entry:
    """The products with equal factors added up and zeros dropped (a padding map reads an entry more than once)."""
    total: dict[tuple[Factor, ...], Coefficient] = {}
    for coefficient, factors in products:
        total[factors] = total[factors] + coefficient if factors in total else coefficient
    return tuple([(coefficient, factors) for factors, coefficient in total.items() if coefficient])
