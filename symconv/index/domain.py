"""Ranges, guards and assumptions, and a small sound check of what they imply.

The check never calls a solver. It answers ``True`` only with a proof by bounds: an index is replaced by the end
of its range that makes the form smallest, a quotient by the inequality that defines it, and the polynomial
in sizes that is left must have no negative coefficient once every size is written as its minimum plus a
non-negative rest. The tests confirm every ``True`` with Z3 and by enumeration.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, Union

from symconv.index.affine import (
    ONE,
    ZERO,
    Affine,
    Atom,
    Extremum,
    Monomial,
    Quotient,
    extremum_args,
    parts_of,
    quotient,
)
from symconv.index.witness import fails, find_witnesses


@dataclass(frozen=True, slots=True)
class Equal:
    """The relation ``left = right``."""

    left: Affine
    right: Affine


@dataclass(frozen=True, slots=True)
class AtMost:
    """The relation ``left ≤ right``."""

    left: Affine
    right: Affine


@dataclass(frozen=True, slots=True)
class Divides:
    """The relation ``divisor ∣ value``, for divisor ≥ 1."""

    divisor: Affine
    value: Affine


Guard: TypeAlias = Union[Equal, AtMost, Divides]
Polynomial: TypeAlias = dict[Monomial, int]


def guard_parts(guard: Guard) -> tuple[Affine, Affine]:
    """The two affine forms of a guard, in reading order."""
    return (guard.divisor, guard.value) if isinstance(guard, Divides) else (guard.left, guard.right)


def within(position: Affine, size: Affine) -> tuple[AtMost, AtMost]:
    """0 ≤ position ≤ size − 1."""
    return AtMost(Affine.of(0), position), AtMost(position, size - 1)


def substitute_guard(guard: Guard, values: Mapping[str, Affine]) -> Guard:
    """The guard with names replaced."""
    first, second = guard_parts(guard)
    return type(guard)(first.substitute(values), second.substitute(values))


def holds(guard: Guard, env: Mapping[str, int]) -> bool:
    """Whether the guard is true for the integers in ``env``."""
    first, second = (part.value(env) for part in guard_parts(guard))
    if isinstance(guard, Equal):
        return first == second
    if isinstance(guard, AtMost):
        return first <= second
    return second % first == 0


@dataclass(frozen=True, slots=True)
class Range:
    """The integers ``lo..hi``, both ends included; an end of None is unbounded."""

    lo: Affine | None
    hi: Affine | None


@dataclass(frozen=True)
class Assumptions:
    """What is known of the sizes.

    ``lower`` maps a size symbol to its minimum; ``facts`` are forms that are never negative (for example
    ``H + 2p − d(k−1) − 1`` and what defines a derived size); ``equal`` rewrites a size as another form of it
    (``F = g · (F/g)`` where g divides F); ``derived`` gives derived sizes as formulas in the others.
    """

    lower: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[Affine, ...] = ()
    equal: Mapping[str, Affine] = field(default_factory=dict)
    derived: Mapping[str, Affine] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.lower.items())), self.facts))

    @cached_property
    def _witnesses(self) -> tuple[dict[str, int], ...]:
        rewritten = {name: form for name, form in self.equal.items() if name not in form.names()}
        return find_witnesses(self.lower, {**rewritten, **self.derived}, self.facts)

    @cached_property
    def _shifted_facts(self) -> tuple[Polynomial, ...]:
        return tuple(_shift(fact, self.lower) for fact in self.facts)

    def nonnegative(self, form: Affine, ranges: Mapping[str, Range]) -> bool:
        """Whether ``form ≥ 0`` provably holds for all indices in their ranges and all admitted sizes."""
        if any(fails(form, ranges, witness) for witness in self._witnesses):
            return False
        return _Proof(self, ranges).nonnegative(form, depth=4)

    def at_most(self, left: Affine, right: Affine, ranges: Mapping[str, Range]) -> bool:
        """Whether ``left ≤ right`` provably holds (a maximum on the left, a minimum on the right: each argument)."""
        return all(
            self.nonnegative(high - low, ranges)
            for low in extremum_args(left, "max")
            for high in extremum_args(right, "min")
        )

    def implies(self, guard: Guard, ranges: Mapping[str, Range]) -> bool:
        """Whether the guard provably holds everywhere on the ranges."""
        if isinstance(guard, AtMost):
            return self.at_most(guard.left, guard.right, ranges)
        if isinstance(guard, Equal):
            gap = guard.left - guard.right
            return not gap.terms or (self.nonnegative(gap, ranges) and self.nonnegative(-gap, ranges))
        return guard.divisor == ONE

    def refutes(self, guard: Guard, ranges: Mapping[str, Range]) -> bool:
        """Whether the guard provably fails everywhere on the ranges."""
        if isinstance(guard, AtMost):
            return self.nonnegative(guard.left - guard.right - 1, ranges)
        if isinstance(guard, Equal):
            gap = guard.left - guard.right
            return self.nonnegative(gap - 1, ranges) or self.nonnegative(-gap - 1, ranges)
        return False


@dataclass(frozen=True, slots=True)
class _Proof:
    assumptions: Assumptions
    ranges: Mapping[str, Range]

    def nonnegative(self, form: Affine, depth: int) -> bool:
        return self._bounded(form.replace(self.assumptions.equal) if self.assumptions.equal else form, depth)

    def _bounded(self, form: Affine, depth: int) -> bool:
        constant = form.constant
        if constant is not None:
            return constant >= 0
        if depth == 0:
            return False
        return any(self.nonnegative(smaller, depth - 1) for smaller in self._smaller(form)) or self._by_sizes(form)

    def _smaller(self, form: Affine) -> Iterator[Affine]:
        """Forms that are nowhere larger than ``form`` and have one index or compound atom fewer."""
        for name in sorted(form.names() & self.ranges.keys()):
            factor = form.coefficient(name)
            if not factor.terms or not form.is_affine_in(name):
                continue
            sign = self._sign(factor)
            if sign == 0:
                continue
            span = self.ranges[name]
            end = span.lo if sign > 0 else span.hi
            if end is not None:
                rest = form.without(name)
                for choice in extremum_args(end, "max" if sign > 0 else "min"):
                    yield rest + factor * choice
            return
        for atom in form.atoms():
            if isinstance(atom, Quotient):
                yield from self._quotient_bounds(form, atom)
            elif isinstance(atom, Extremum):
                yield from self._extremum_bounds(form, atom)

    def _quotient_bounds(self, form: Affine, atom: Quotient) -> Iterator[Affine]:
        """``⌊n/d⌋ + r ≥ 0 ⟺ n + d·r ≥ 0`` and ``r − ⌊n/d⌋ ≥ 0 ⟺ d·(r+1) − 1 − n ≥ 0``, for integer r."""
        factor, rest = _split(form, atom)
        if rest is None:
            return
        if factor == ONE:
            slack = {"floor": ZERO, "ceil": atom.den - 1, "exact": ZERO}[atom.rounding]
            yield atom.num + atom.den * rest + slack
        elif factor == -ONE:
            slack = {"floor": atom.den - 1, "ceil": ZERO, "exact": ZERO}[atom.rounding]
            yield atom.den * rest + slack - atom.num
        elif sign := self._sign(factor):
            for num in self._smaller(atom.num) if sign > 0 else map(operator.neg, self._smaller(-atom.num)):
                yield rest + factor * quotient(num, atom.den, atom.rounding)

    def _extremum_bounds(self, form: Affine, atom: Extremum) -> Iterator[Affine]:
        """``max(a, b) ≥ a`` and ``−min(a, b) ≥ −a``."""
        factor, rest = _split(form, atom)
        if rest is not None and self._sign(factor) == (1 if atom.kind == "max" else -1):
            for arg in atom.args:
                yield rest + factor * arg

    def _sign(self, factor: Affine) -> int:
        """1 or −1 where every monomial of a form in sizes is known to be ≥ 0 or ≤ 0 (0: not known)."""
        if self._by_sizes(factor):
            return 1
        return -1 if self._by_sizes(-factor) else 0

    def _by_sizes(self, form: Affine) -> bool:
        """Write each size as minimum + rest, rest ≥ 0: no negative coefficient means the form is ≥ 0."""
        if any(atom in self.ranges for atom in form.atoms()):
            return False
        if not all(map(self._atom_nonnegative, form.atoms())):
            return False
        return self._covered(_shift(form, self.assumptions.lower), facts=2)

    def _covered(self, shifted: Polynomial, facts: int) -> bool:
        """Whether the shifted form is a sum of at most ``facts`` facts and terms that are never negative."""
        negative = next((monomial for monomial, factor in shifted.items() if factor < 0), None)
        if negative is None:
            return True
        if facts == 0:
            return False
        for fact in self.assumptions._shifted_facts:
            # a fact helps only if it accounts for the negative term
            if fact.get(negative, 0) < 0:
                rest = dict(shifted)
                for monomial, factor in fact.items():
                    rest[monomial] = rest.get(monomial, 0) - factor
                if self._covered(rest, facts - 1) and all(map(self._atom_nonnegative, _atoms_of(rest))):
                    return True
        return False

    def _atom_nonnegative(self, atom: Atom) -> bool:
        if isinstance(atom, str):
            return atom in self.assumptions.lower
        if isinstance(atom, Quotient):
            return self._bounded(atom.num, depth=2)
        signs = [self._bounded(arg, depth=2) for arg in parts_of(atom)]
        return all(signs) if atom.kind == "min" else any(signs)


def _shift(form: Affine, lower: Mapping[str, int]) -> Polynomial:
    """The coefficients after writing each size as its minimum plus a rest (compound atoms stay as they are)."""
    total: dict[Monomial, int] = {}
    for monomial, factor in form.terms:
        partial: list[tuple[Monomial, int]] = [((), factor)]
        for atom in monomial:
            minimum = lower.get(atom, 0) if isinstance(atom, str) else 0
            grown = [((*left, atom), value) for left, value in partial]
            partial = grown + [(left, value * minimum) for left, value in partial] if minimum else grown
        for left, value in partial:
            total[left] = total.get(left, 0) + value
    return total


def _atoms_of(form: Polynomial) -> set[Atom]:
    return {atom for monomial, factor in form.items() if factor for atom in monomial}


def _split(form: Affine, atom: Quotient | Extremum) -> tuple[Affine, Affine | None]:
    """``form = factor·atom + rest``; rest is None where the atom occurs more than linearly."""
    factor, rest = ZERO, ZERO
    for monomial, number in form.terms:
        count = monomial.count(atom)
        if count > 1:
            return ZERO, None
        if count:
            left = list(monomial)
            left.remove(atom)
            factor = factor + Affine(((tuple(left), number),))
        else:
            rest = rest + Affine(((monomial, number),))
    return factor, rest
