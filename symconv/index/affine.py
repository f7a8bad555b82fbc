"""Exact index arithmetic: integer polynomials that are affine in every index.

An :class:`Affine` is a sum of integer multiples of monomials, and a monomial is a product of atoms. An atom
is a name (an index such as ``i`` or a size such as ``k_1``), a :class:`Quotient` (floor, ceiling or exact
division) or an :class:`Extremum` (minimum or maximum). Indices and sizes share one ring, so that one
substitution serves both; which names are indices is known to the sum that binds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

Atom: TypeAlias = Union[str, "Quotient", "Extremum"]
Monomial: TypeAlias = tuple[Atom, ...]
IntoAffine: TypeAlias = Union[int, str, "Affine"]

Rounding = Literal["floor", "ceil", "exact"]


class _Ordered:
    """Compound atoms sort after names, and among themselves by their text, so that a polynomial has one form."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return False if isinstance(other, str) else str(self) < str(other)

    def __gt__(self, other: object) -> bool:
        return True if isinstance(other, str) else str(self) > str(other)


@dataclass(frozen=True, slots=True)
class Quotient(_Ordered):
    """``⌊num/den⌋``, ``⌈num/den⌉``, or ``num/den`` where den is known to divide num (``exact``); den ≥ 1."""

    num: Affine
    den: Affine
    rounding: Rounding

    def __str__(self) -> str:
        return f"{self.rounding}(({self.num})/({self.den}))"


@dataclass(frozen=True, slots=True)
class Extremum(_Ordered):
    """``min`` or ``max`` of at least two affine forms."""

    kind: Literal["min", "max"]
    args: tuple[Affine, ...]

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(map(str, self.args))})"


@dataclass(frozen=True, slots=True, repr=False)
class Affine:
    """An integer polynomial in canonical form: sorted monomials, no zero coefficients.

    >>> s, i, p = map(Affine.of, "sip")
    >>> str(s * (i - 1) + 3 - p)
    '3 + i*s - p - s'
    >>> (s * i - p).coefficient("i") == s
    True
    """

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: IntoAffine) -> Affine:
        """An integer, a name or an affine form as an affine form."""
        if isinstance(value, Affine):
            return value
        if isinstance(value, str):
            return Affine((((value,), 1),))
        return Affine((((), value),)) if value else ZERO

    def __add__(self, other: IntoAffine) -> Affine:
        if not isinstance(other, Affine):
            other = Affine.of(other)
        if not other.terms:
            return self
        if not self.terms:
            return other
        total = dict(self.terms)
        for monomial, factor in other.terms:
            total[monomial] = total.get(monomial, 0) + factor
        return _canonical(total)

    __radd__ = __add__

    def __neg__(self) -> Affine:
        return Affine(tuple([(monomial, -factor) for monomial, factor in self.terms]))

    def __sub__(self, other: IntoAffine) -> Affine:
        if not isinstance(other, Affine):
            other = Affine.of(other)
        if not other.terms:
            return self
        total = dict(self.terms)
        for monomial, factor in other.terms:
            total[monomial] = total.get(monomial, 0) - factor
        return _canonical(total)

    def __rsub__(self, other: IntoAffine) -> Affine:
        return Affine.of(other) - self

    def __mul__(self, other: IntoAffine) -> Affine:
        if not isinstance(other, Affine):
            other = Affine.of(other)
        if self.terms == _ONE_TERMS:
            return other
        if other.terms == _ONE_TERMS:
            return self
        total: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in other.terms:
                monomial = tuple(sorted(left + right)) if left and right else left or right
                total[monomial] = total.get(monomial, 0) + a * b
        return _canonical(total)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Affine:
        result = ONE
        for _ in range(exponent):
            result = result * self
        return result

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __repr__(self) -> str:
        return f"Affine({str(self)!r})"

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        parts: list[str] = []
        for monomial, factor in self.terms:
            body = "*".join(([] if abs(factor) == 1 and monomial else [str(abs(factor))]) + [str(a) for a in monomial])
            parts.append(("- " if factor < 0 else "+ ") + body)
        text = " ".join(parts)
        return text[2:] if text.startswith("+ ") else "-" + text[2:]

    @property
    def constant(self) -> int | None:
        """The integer that this form is, or None where it depends on a name."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and not self.terms[0][0]:
            return self.terms[0][1]
        return None

    def names(self) -> frozenset[str]:
        """Every name in the form, those inside quotients and extrema included."""
        found: set[str] = set()
        for monomial, _ in self.terms:
            for atom in monomial:
                if isinstance(atom, str):
                    found.add(atom)
                else:
                    for part in parts_of(atom):
                        found |= part.names()
        return frozenset(found)

    def atoms(self) -> frozenset[Atom]:
        """The atoms of the monomials themselves (not those inside a quotient or extremum)."""
        return frozenset(atom for monomial, _ in self.terms for atom in monomial)

    def coefficient(self, name: str) -> Affine:
        """The factor c of ``name`` in ``c·name + rest`` (zero where the name does not occur at the top level)."""
        found: dict[Monomial, int] = {}
        for monomial, factor in self.terms:
            if name in monomial:
                position = monomial.index(name)
                rest = monomial[:position] + monomial[position + 1 :]
                found[rest] = found.get(rest, 0) + factor
        return _canonical(found) if found else ZERO

    def without(self, name: str) -> Affine:
        """The terms in which ``name`` does not occur at the top level."""
        return Affine(tuple(term for term in self.terms if name not in term[0]))

    def is_affine_in(self, name: str) -> bool:
        """Whether ``name`` occurs at most linearly and never inside a quotient or extremum."""
        for monomial, _ in self.terms:
            count = 0
            for atom in monomial:
                if isinstance(atom, str):
                    count += atom == name
                elif any(name in part.names() for part in parts_of(atom)):
                    return False
            if count > 1:
                return False
        return True

    def substitute(self, values: Mapping[str, Affine]) -> Affine:
        """Replace names by affine forms everywhere, simplifying quotients and extrema on the way."""
        return cancel_exact(self.replace(values))

    def replace(self, values: Mapping[str, Affine]) -> Affine:
        """Like :meth:`substitute`, but ``d · (e/d)`` stays as it is (for proofs that write F as g · (F/g))."""
        if not any(self._touches(monomial, values) for monomial, _ in self.terms):
            return self
        result = ZERO
        for monomial, factor in self.terms:
            if not self._touches(monomial, values):
                result = result + Affine(((monomial, factor),))
                continue
            product = Affine.of(factor)
            for atom in monomial:
                product = product * _substitute_atom(atom, values)
            result = result + product
        return result

    @staticmethod
    def _touches(monomial: Monomial, values: Mapping[str, Affine]) -> bool:
        return any(
            atom in values if isinstance(atom, str) else any(part.names() & values.keys() for part in parts_of(atom))
            for atom in monomial
        )

    def value(self, env: Mapping[str, int]) -> int:
        """The integer value, every name given. Floor and ceiling are exact; an inexact ``exact`` raises."""
        total = 0
        for monomial, factor in self.terms:
            for atom in monomial:
                factor *= env[atom] if isinstance(atom, str) else _atom_value(atom, env)
            total += factor
        return total


ZERO = Affine(())
ONE = Affine((((), 1),))
_ONE_TERMS = ONE.terms


def _canonical(total: Mapping[Monomial, int]) -> Affine:
    return Affine(tuple(sorted([(monomial, factor) for monomial, factor in total.items() if factor])))


def parts_of(atom: Quotient | Extremum) -> tuple[Affine, ...]:
    """The affine forms inside a compound atom."""
    return (atom.num, atom.den) if isinstance(atom, Quotient) else atom.args


def _substitute_atom(atom: Atom, values: Mapping[str, Affine]) -> Affine:
    if isinstance(atom, str):
        return values[atom] if atom in values else Affine.of(atom)
    return map_parts(atom, lambda part: part.replace(values))


def map_parts(atom: Quotient | Extremum, change: Callable[[Affine], Affine]) -> Affine:
    """The compound atom with every part changed, simplified again."""
    if isinstance(atom, Quotient):
        return quotient(change(atom.num), change(atom.den), atom.rounding)
    return extremum(atom.kind, [change(part) for part in atom.args])


def _atom_value(atom: Quotient | Extremum, env: Mapping[str, int]) -> int:
    if isinstance(atom, Extremum):
        values = [part.value(env) for part in atom.args]
        return min(values) if atom.kind == "min" else max(values)
    num, den = atom.num.value(env), atom.den.value(env)
    if atom.rounding == "ceil":
        return -(-num // den)
    if atom.rounding == "exact" and num % den:
        raise ArithmeticError(f"{den} does not divide {num} in the exact quotient {atom}")
    return num // den


def quotient(num: Affine, den: Affine, rounding: Rounding) -> Affine:
    """``num/den`` rounded, for den ≥ 1; whatever den divides term by term is pulled out.

    ``⌊(q − c·H·W)/W⌋ = ⌊q/W⌋ − c·H`` holds because the part pulled out is an integer.
    """
    pulled: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    if num == den:
        return ONE
    if len(den.terms) == 1:
        (divisor, scale), *_ = den.terms
        for monomial, factor in num.terms:
            left = _divide_monomial(monomial, divisor)
            if left is not None and factor % scale == 0:
                pulled[left] = pulled.get(left, 0) + factor // scale
            else:
                rest[monomial] = factor
    else:
        rest = dict(num.terms)
    whole = _canonical(pulled)
    if not rest:
        return whole
    remainder = _canonical(rest)
    value, divisor_value = remainder.constant, den.constant
    if value is not None and divisor_value is not None and rounding != "exact":
        return whole + (value // divisor_value if rounding == "floor" else -(-value // divisor_value))
    if rounding != "exact" and value == (-1 if rounding == "floor" else 1):
        return whole + value  # ⌊−1/d⌋ = −1 and ⌈1/d⌉ = 1 for every d ≥ 1
    return whole + Affine((((Quotient(remainder, den, rounding),), 1),))


def shared_factors(terms: Sequence[tuple[Monomial, int]]) -> list[Atom]:
    """The names and quotients that all the products contain, as often as all do.

    >>> k, s = Affine.of("k"), Affine.of("s")
    >>> shared_factors((k * k * s + k * k).terms)
    ['k', 'k']
    """
    shared = list(terms[0][0])
    for monomial, _ in terms[1:]:
        rest, common = list(monomial), []
        for atom in shared:
            if atom in rest:
                rest.remove(atom)
                common.append(atom)
        shared = common
    return shared


def cancel_exact(form: Affine) -> Affine:
    """``d · (e/d) = e`` for exact quotients by one monomial.

    >>> d, e = Affine.of("d"), Affine.of("e")
    >>> str(cancel_exact(d * exact_div(e, d) + 1))
    '1 + e'
    """
    for monomial, factor in form.terms:
        for atom in monomial:
            if isinstance(atom, Quotient) and atom.rounding == "exact" and len(atom.den.terms) == 1:
                (divisor, scale), *_ = atom.den.terms
                rest = list(monomial)
                rest.remove(atom)
                left = _divide_monomial(tuple(rest), divisor)
                if left is not None and factor % scale == 0:
                    others = Affine(tuple(term for term in form.terms if term[0] != monomial))
                    return cancel_exact(others + Affine(((left, factor // scale),)) * atom.num)
    return form


def _divide_monomial(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    left = list(monomial)
    for atom in divisor:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def floor_div(num: IntoAffine, den: IntoAffine) -> Affine:
    """``⌊num/den⌋``.

    >>> str(floor_div(Affine.of("H") * 2 + 5, 2))
    '2 + H'
    """
    return quotient(Affine.of(num), Affine.of(den), "floor")


def ceil_div(num: IntoAffine, den: IntoAffine) -> Affine:
    """``⌈num/den⌉``."""
    return quotient(Affine.of(num), Affine.of(den), "ceil")


def exact_div(num: IntoAffine, den: IntoAffine) -> Affine:
    """``num/den`` where den divides num (a guard or an assumption says so)."""
    return quotient(Affine.of(num), Affine.of(den), "exact")


def extremum(kind: Literal["min", "max"], args: Iterable[Affine]) -> Affine:
    """The minimum or maximum, flattened; equal arguments and integers are merged.

    >>> str(extremum("max", [Affine.of(0), Affine.of(-3), Affine.of("a")]))
    'max(0, a)'
    """
    flat: list[Affine] = []
    for arg in args:
        atom = _single_atom(arg)
        flat.extend(atom.args if isinstance(atom, Extremum) and atom.kind == kind else (arg,))
    constants = [arg.constant for arg in flat if arg.constant is not None]
    merged = [arg for arg in dict.fromkeys(flat) if arg.constant is None]
    if constants:
        merged.insert(0, Affine.of(min(constants) if kind == "min" else max(constants)))
    return merged[0] if len(merged) == 1 else Affine((((Extremum(kind, tuple(merged)),), 1),))


def _single_atom(value: Affine) -> Atom | None:
    if len(value.terms) == 1 and value.terms[0][1] == 1 and len(value.terms[0][0]) == 1:
        return value.terms[0][0][0]
    return None


def extremum_args(value: Affine, kind: Literal["min", "max"]) -> tuple[Affine, ...]:
    """The arguments of a minimum or maximum, or the value itself as its only argument."""
    atom = _single_atom(value)
    return atom.args if isinstance(atom, Extremum) and atom.kind == kind else (value,)
