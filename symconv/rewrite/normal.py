"""The normal form: a sum of terms ``coefficient · Σ_binders [guards] · product of factors``.

It is the common currency of the derivation, the prover, the compiler and the recogniser of operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import gcd

from symconv.expr.nodes import (
    NOTHING,
    Access,
    Add,
    Binder,
    Bracket,
    Derivative,
    Expr,
    Mul,
    Pow,
    Reduce,
    Scalar,
    Sum,
    Winner,
)
from symconv.expr.walk import free_names, fresh, substitute
from symconv.index.affine import ONE, ZERO, Affine, Atom, Monomial, shared_factors
from symconv.index.domain import AtMost, Guard, guard_parts, substitute_guard
from symconv.time_limit import check_time


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient · Σ_binders [guards] · Π factors``; every name bound once, no factor a sum, product or scalar."""

    coefficient: Scalar
    binders: tuple[Binder, ...] = ()
    guards: tuple[Guard, ...] = ()
    factors: tuple[Expr, ...] = ()

    @property
    def bound(self) -> frozenset[str]:
        """The names of the binders."""
        return frozenset(binder.index for binder in self.binders)

    def binder(self, index: str) -> Binder:
        """The binder of that index."""
        return next(binder for binder in self.binders if binder.index == index)

    def drop(self, index: str) -> Term:
        """The term without that binder."""
        return replace(self, binders=tuple(binder for binder in self.binders if binder.index != index))

    def substitute(self, values: Mapping[str, Affine]) -> Term:
        """Replace names in limits, guards, coefficient and factors (the names must not be bound any more)."""
        return Term(
            scalar_product(Scalar(self.coefficient.num.substitute(values), self.coefficient.den.substitute(values))),
            tuple(
                Binder(
                    binder.index,
                    None if binder.lo is None else binder.lo.substitute(values),
                    None if binder.hi is None else binder.hi.substitute(values),
                )
                for binder in self.binders
            ),
            tuple(substitute_guard(guard, values) for guard in self.guards),
            tuple(substitute(factor, values) for factor in self.factors),
        )

    def names(self) -> frozenset[str]:
        """Every name in the term outside its factors' own binders."""
        found = set(self.bound | self.coefficient.num.names() | self.coefficient.den.names())
        for guard in self.guards:
            for part in guard_parts(guard):
                found |= part.names()
        for factor in self.factors:
            found |= free_names(factor)
        for binder in self.binders:
            for end in (binder.lo, binder.hi):
                if end is not None:
                    found |= end.names()
        return frozenset(found)


def scalar_product(*scalars: Scalar) -> Scalar:
    """The product, reduced by common monomials and by equal numerator and denominator."""
    num, den = ONE, ONE
    for scalar in scalars:
        num, den = num * scalar.num, den * scalar.den
    return reduced(num, den)


def reduced(num: Affine, den: Affine) -> Scalar:
    """``num/den`` in lowest terms as far as monomials and integer multiples reach.

    >>> from symconv.index.affine import Affine
    >>> k = Affine.of("k")
    >>> reduced(2 * k * k, 4 * k) == Scalar(k, Affine.of(2))
    True
    """
    if den == ONE:
        return Scalar(num)
    if not num.terms:
        return NOTHING
    if num == den:
        return Scalar(ONE)
    terms = (*num.terms, *den.terms)
    common = gcd(*(factor for _, factor in terms))
    if all(factor < 0 for _, factor in den.terms):
        common = -common
    shared = shared_factors(terms)
    return Scalar(_divided(num, shared, common), _divided(den, shared, common))


def _divided(form: Affine, shared: list[Atom], common: int) -> Affine:
    terms: list[tuple[Monomial, int]] = []
    for monomial, factor in form.terms:
        left = list(monomial)
        for atom in shared:
            left.remove(atom)
        terms.append((tuple(left), factor // common))
    return Affine(tuple(sorted(terms)))


def to_terms(expr: Expr) -> tuple[Term, ...]:
    """Distribute products over sums and flatten, renaming bound indices that would collide."""
    match expr:
        case Scalar(num, _):
            return (Term(expr),) if num.terms else ()
        case Bracket(guards):
            return (Term(Scalar(ONE), guards=guards),)
        case Add(terms):
            return tuple(term for part in terms for term in to_terms(part))
        case Mul(factors):
            return _expand(factors)
        case Sum(body, binders):
            return tuple(_bind(term, binders) for term in to_terms(body))
        case Access() | Pow() | Reduce() | Winner() | Derivative():
            return (Term(Scalar(ONE), factors=(expr,)),)


def _expand(factors: tuple[Expr, ...]) -> tuple[Term, ...]:
    if not any(isinstance(factor, (Add, Sum, Mul)) for factor in factors):
        return _flat_product(factors)
    choices = [to_terms(factor) for factor in factors]
    return tuple(_multiply(choice) for choice in product(*choices))


def _flat_product(factors: tuple[Expr, ...]) -> tuple[Term, ...]:
    scalars = [factor for factor in factors if isinstance(factor, Scalar)]
    guards = tuple(guard for factor in factors if isinstance(factor, Bracket) for guard in factor.guards)
    rest = tuple(factor for factor in factors if not isinstance(factor, (Scalar, Bracket)))
    coefficient = scalar_product(*scalars)
    return (Term(coefficient, (), guards, rest),) if coefficient.num.terms else ()


def _multiply(terms: Iterable[Term]) -> Term:
    check_time()
    result = Term(Scalar(ONE))
    for term in terms:
        clash = term.bound & result.names() if term.binders else frozenset()
        if clash:
            term = _rename(term, clash, result.names() | term.names())
        captured = result.bound & term.names() if result.binders else frozenset()
        if captured:
            result = _rename(result, captured, result.names() | term.names())
        result = Term(
            scalar_product(result.coefficient, term.coefficient),
            result.binders + term.binders,
            result.guards + term.guards,
            result.factors + term.factors,
        )
    return result


def _rename(term: Term, names: frozenset[str], taken: frozenset[str]) -> Term:
    used = set(taken)
    values: dict[str, Affine] = {}
    binders: list[Binder] = []
    for binder in term.binders:
        index = binder.index
        if index in names:
            index = fresh(index, used)
            used.add(index)
            values[binder.index] = Affine.of(index)
        binders.append(Binder(index, binder.lo, binder.hi))
    moved = replace(term, binders=()).substitute(values)
    return replace(moved, binders=tuple(binders))


def _bind(term: Term, binders: tuple[Binder, ...]) -> Term:
    outer = frozenset(binder.index for binder in binders)
    limits = frozenset().union(*(_limit_names(binder) for binder in binders))
    clash = (outer | limits) & term.bound
    if clash:
        term = _rename(term, clash, term.names() | outer | limits)
    for name in sorted(outer & limits):
        # Σ_{m=0}^{m−1}: the limit's m is not the index m, so the index takes another name
        index = fresh(name, term.names() | outer | limits)
        term = term.substitute({name: Affine.of(index)})
        binders = tuple(replace(each, index=index) if each.index == name else each for each in binders)
        outer = frozenset(binder.index for binder in binders)
    if any(_limit_names(binder) & outer for binder in term.binders):
        term = _limits_as_guards(term, outer)
    return replace(term, binders=binders + term.binders)


def _limit_names(binder: Binder) -> frozenset[str]:
    return frozenset().union(*(end.names() for end in (binder.lo, binder.hi) if end is not None))


def _limits_as_guards(term: Term, outer: frozenset[str]) -> Term:
    """A limit that names an index of the sum around becomes a guard: one sum's limits never name its own binders."""
    binders: list[Binder] = []
    guards: list[Guard] = []
    for binder in term.binders:
        here = Affine.of(binder.index)
        lo, hi = binder.lo, binder.hi
        if lo is not None and lo.names() & outer:
            guards.append(AtMost(lo, here))
            lo = None
        if hi is not None and hi.names() & outer:
            guards.append(AtMost(here, hi))
            hi = None
        binders.append(Binder(binder.index, lo, hi))
    return replace(term, binders=tuple(binders), guards=(*guards, *term.guards))


def from_term(term: Term) -> Expr:
    """The term as an expression; a coefficient free of bound indices stands in front of the sum.

    A coefficient with a quotient or an extremum may have no value where a guard fails, so it stays under the guards.
    """
    inside: list[Expr] = [Bracket(term.guards)] if term.guards else []
    outside: list[Expr] = []
    coefficient = term.coefficient
    if coefficient != Scalar(ONE):
        names = coefficient.num.names() | coefficient.den.names()
        compound = not all(isinstance(atom, str) for atom in coefficient.num.atoms() | coefficient.den.atoms())
        stays = names & term.bound or not term.binders or (term.guards and compound)
        (inside if stays else outside).append(coefficient)
    inside.extend(term.factors)
    body = inside[0] if len(inside) == 1 else Mul(tuple(inside))
    if not term.binders:
        return body if inside else Scalar(ONE)
    total = Sum(body if inside else Scalar(ONE), term.binders)
    return Mul((*outside, total)) if outside else total


def from_terms(terms: tuple[Term, ...]) -> Expr:
    """The sum of the terms as an expression."""
    if not terms:
        return Scalar(ZERO)
    return from_term(terms[0]) if len(terms) == 1 else Add(tuple(from_term(term) for term in terms))
