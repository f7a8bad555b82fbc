"""Conditions on integers in one language: ``form ≥ 0`` and ``form = 0``, with floors as the only division.

An exact quotient e/d is written ⌊e/d⌋ here; that it is exact is a condition of its own (``d·⌊e/d⌋ = e``), which is
proved or assumed, never implied by the notation. So every form has a value for all integers with positive divisors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, Union

from symconv.index.affine import ZERO, Affine, Extremum, Quotient, extremum, floor_div, parts_of, quotient
from symconv.index.domain import Divides, Equal, Guard, Range

Compound: TypeAlias = Union[Quotient, Extremum]


@dataclass(frozen=True, slots=True)
class NonNegative:
    """``form ≥ 0``."""

    form: Affine


@dataclass(frozen=True, slots=True)
class Zero:
    """``form = 0``."""

    form: Affine


Condition: TypeAlias = Union[NonNegative, Zero]


def map_compounds(form: Affine, change: Callable[[Compound], Affine]) -> Affine:
    """Replace every compound atom of the monomials by what ``change`` gives."""
    if all(isinstance(atom, str) for monomial, _ in form.terms for atom in monomial):
        return form
    result = ZERO
    for monomial, factor in form.terms:
        product = Affine((((), factor),))
        for atom in monomial:
            product = product * (Affine.of(atom) if isinstance(atom, str) else change(atom))
        result = result + product
    return result


def floored(form: Affine) -> Affine:
    """The form with every exact quotient, however deep, as a floor.

    >>> from symconv.index.affine import exact_div
    >>> str(floored(exact_div(Affine.of("u"), "s") + 1))
    '1 + floor((u)/(s))'
    """

    def change(atom: Compound) -> Affine:
        parts = [floored(part) for part in parts_of(atom)]
        if isinstance(atom, Quotient):
            return quotient(parts[0], parts[1], "floor" if atom.rounding == "exact" else atom.rounding)
        return extremum(atom.kind, parts)

    return map_compounds(form, change)


def condition_of(guard: Guard) -> Condition:
    """The guard as a condition; ``d ∣ e`` is ``d·⌊e/d⌋ = e``."""
    if isinstance(guard, Divides):
        divisor, value = floored(guard.divisor), floored(guard.value)
        return Zero(divisor * floor_div(value, divisor) - value)
    gap = floored(guard.right) - floored(guard.left)
    return Zero(gap) if isinstance(guard, Equal) else NonNegative(gap)


def range_conditions(index: Affine, span: Range) -> tuple[Condition, ...]:
    """``lo ≤ index ≤ hi``, as far as the range has ends."""
    ends: list[Condition] = []
    if span.lo is not None:
        ends.append(NonNegative(index - floored(span.lo)))
    if span.hi is not None:
        ends.append(NonNegative(floored(span.hi) - index))
    return tuple(ends)


def substituted(condition: Condition, values: dict[str, Affine]) -> Condition:
    """The condition with names replaced (quotients are simplified, no exact one exists here)."""
    return type(condition)(condition.form.replace(values))


def split(form: Affine, atom: Compound) -> tuple[Affine, Affine] | None:
    """``form = factor·atom + rest``; None where the atom occurs more than linearly, or inside another atom."""
    factor: list[tuple[tuple[object, ...], int]] = []
    rest = []
    for monomial, number in form.terms:
        count = monomial.count(atom)
        if count > 1:
            return None
        if count:
            left = list(monomial)
            left.remove(atom)
            factor.append((tuple(left), number))
        else:
            rest.append((monomial, number))
    return Affine(tuple(sorted(factor))), Affine(tuple(rest))  # type: ignore[arg-type]


def expand(form: Affine, keep: Collection[Compound] = ()) -> tuple[Affine, ...]:
    """Forms that are all ≥ 0 if and only if ``form`` is, with fewer floors and extrema.

    min(a, b) + r ≥ 0 ⟺ a + r ≥ 0 and b + r ≥ 0, and likewise −max; for integer r and d ≥ 1:
    ⌊n/d⌋ + r ≥ 0 ⟺ n + d·r ≥ 0;  r − ⌊n/d⌋ ≥ 0 ⟺ d·(r+1) − 1 − n ≥ 0;  ⌈n/d⌉ + r ≥ 0 ⟺ n + d·(r+1) − 1 ≥ 0;
    r − ⌈n/d⌉ ≥ 0 ⟺ d·r − n ≥ 0. Atoms in ``keep`` stay.

    >>> [str(each) for each in expand(floor_div(Affine.of("u"), "s") - "i")]
    ['-i*s + u']
    """
    for atom in form.atoms():
        if isinstance(atom, str) or atom in keep:
            continue
        parts = split(form, atom)
        sign = parts[0].constant if parts else None
        if parts is None or sign is None:
            continue
        factor, rest = parts
        if isinstance(atom, Extremum):
            if (sign > 0) == (atom.kind == "min"):
                return tuple(each for arg in atom.args for each in expand(rest + factor * arg, keep))
            continue
        if abs(sign) != 1 or not all(isinstance(other, str) or other in keep for other in rest.atoms()):
            continue
        den, num = atom.den, atom.num
        if sign == 1:
            return expand(num + den * rest if atom.rounding != "ceil" else num + den * (rest + 1) - 1, keep)
        return expand(den * (rest + 1) - 1 - num if atom.rounding != "ceil" else den * rest - num, keep)
    return (form,)


def compounds(form: Affine) -> Iterator[Compound]:
    """Every quotient and extremum of the form, those inside others included."""
    for atom in form.atoms():
        if not isinstance(atom, str):
            yield atom
            for part in parts_of(atom):
                yield from compounds(part)


def exact_quotients(forms: Iterable[Affine]) -> dict[Quotient, None]:
    """The exact quotients of the forms, in order."""
    return {
        atom: None
        for form in forms
        for atom in compounds(form)
        if isinstance(atom, Quotient) and atom.rounding == "exact"
    }


def exactness(atom: Quotient) -> Condition:
    """``den·⌊num/den⌋ = num``."""
    num, den = floored(atom.num), floored(atom.den)
    return Zero(den * quotient(num, den, "floor") - num)
