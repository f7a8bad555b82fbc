"""A term as a relation: which factors meet at which coordinates, for which values of its sum's indices.

A term  c · Σ_b [guards] Π_j F_j(a_j(free, b))  relates the free indices with the coordinates x_j = a_j(free, b).
:func:`solve` finds, for given coordinates, the only b that can reach them, and the conditions under which it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from symconv.expr.nodes import Scalar
from symconv.index.affine import ZERO, Affine, Quotient, extremum, quotient
from symconv.index.domain import Divides, guard_parts
from symconv.rewrite.normal import Term, scalar_product
from symconv.verification.conditions import (
    Condition,
    NonNegative,
    Zero,
    compounds,
    condition_of,
    exact_quotients,
    exactness,
    expand,
    floored,
    map_compounds,
    range_conditions,
    split,
    substituted,
)
from symconv.verification.domain import Domain
from symconv.verification.factors import LARGEST_POWER, nonzero_where, spread, within_reach
from symconv.verification.skeleton import Head, UnprovableError, head_and_coordinates

_CANDIDATES = 6


@dataclass(frozen=True)
class Relation:
    """The sum's indices, the conditions on them, and the factors' heads and coordinates.

    The indices have names of their own; ``endless`` have no range.
    ``limits`` are the ranges of the sum, ``guards`` the brackets, ``inside`` where the product is not zero for certain,
    ``reach`` what must hold wherever it is evaluated. ``whole`` are the exact quotients that must be whole where the
    limits and guards hold, ``guards_whole`` those where the ``plain_guards`` (which have none) hold, and
    ``limits_whole`` those that must be whole before any guard.
    """

    indices: tuple[str, ...]
    endless: tuple[str, ...]
    limits: tuple[Condition, ...]
    guards: tuple[Condition, ...]
    inside: tuple[Condition, ...]
    reach: tuple[Condition, ...]
    heads: tuple[Head, ...]
    coordinates: tuple[tuple[Affine, ...], ...]
    num: Affine
    den: Affine
    limits_whole: tuple[Quotient, ...]
    guards_whole: tuple[Quotient, ...]
    whole: tuple[Quotient, ...]
    plain_guards: tuple[Condition, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that an index assignment that contributes satisfies."""
        return (*self.limits, *self.guards, *self.inside)

    @property
    def place(self) -> tuple[Affine, ...]:
        """All coordinates in one row."""
        return tuple(form for each in self.coordinates for form in each)

    def arrangements(self) -> Iterator[Relation]:
        """The relation with factors of one head in every order (they commute)."""
        groups = [[i for i, other in enumerate(self.heads) if other == head] for head in dict.fromkeys(self.heads)]
        if all(len(group) == 1 for group in groups):
            yield self
            return
        orders: list[dict[int, int]] = [{}]
        for group in groups:
            if len(group) > LARGEST_POWER:
                raise UnprovableError("one tensor occurs more than four times in a product")
            orders = [order | dict(zip(group, p, strict=True)) for order in orders for p in permutations(group)]
        for order in orders:
            yield replace(self, coordinates=tuple(self.coordinates[order[i]] for i in range(len(self.heads))))


def relation_of(term: Term, domain: Domain, mark: str) -> Relation:
    """The term's relation; its indices are named ``mark0``, ``mark1``, … so that they meet no other name.

    Errors: :class:`UnprovableError` where the term is not of a form that is understood here: a divisor that may be
    zero or negative, an index without a range that is free in no other way, a name that nothing explains.
    """
    _check_names(term, domain)
    moved = {binder.index: f"~{mark}{number}" for number, binder in enumerate(term.binders)}
    free = replace(term, binders=()).substitute({old: Affine.of(new) for old, new in moved.items()})
    outer = frozenset((*moved.values(), *domain.ranges))
    spread_out = tuple(spread(free.factors))
    factors = sorted((head_and_coordinates(factor, outer) for factor in spread_out), key=lambda pair: repr(pair[0]))
    ends = [end for binder in term.binders for end in (binder.lo, binder.hi) if end is not None]
    conditions = [part for guard in free.guards for part in guard_parts(guard)]
    forms = [form for _, coordinates in factors for form in coordinates]
    forms += [free.coefficient.num, free.coefficient.den]
    divisors = [guard.divisor for guard in free.guards if isinstance(guard, Divides)]
    _check_divisors([*ends, *conditions, *forms], divisors, domain)
    limits = [
        condition
        for binder in term.binders
        for condition in range_conditions(Affine.of(moved[binder.index]), binder.range)
    ]
    return Relation(
        tuple(moved.values()),
        tuple(moved[binder.index] for binder in term.binders if binder.lo is None or binder.hi is None),
        tuple(limits),
        tuple(condition_of(guard) for guard in free.guards),
        nonzero_where(spread_out, domain),
        within_reach(spread_out),
        tuple(head for head, _ in factors),
        tuple(tuple(map(floored, coordinates)) for _, coordinates in factors),
        floored(free.coefficient.num),
        floored(free.coefficient.den),
        _to_show(ends, domain),
        _to_show(conditions, domain),
        _to_show(forms, domain),
        tuple(condition_of(guard) for guard in free.guards if not _to_show([*guard_parts(guard)], domain)),
    )


def _to_show(forms: list[Affine], domain: Domain) -> tuple[Quotient, ...]:
    return tuple(atom for atom in exact_quotients(forms) if atom not in domain.exact_sizes)


def _check_names(term: Term, domain: Domain) -> None:
    bound = [binder.index for binder in term.binders]
    if len(set(bound)) < len(bound):
        raise UnprovableError("one index is summed over twice")
    for binder in term.binders:
        for end in (binder.lo, binder.hi):
            if end is not None and end.names() & set(bound):
                raise UnprovableError(f"a limit of {binder.index} names another index of the same sum")
    unknown = term.names() - set(bound) - domain.ranges.keys() - domain.sizes
    if unknown:
        raise UnprovableError(f"nothing is known of {', '.join(sorted(unknown))}")


def _check_divisors(forms: list[Affine], divisors: list[Affine], domain: Domain) -> None:
    found = [atom.den for form in forms for atom in compounds(form) if isinstance(atom, Quotient)]
    for den in dict.fromkeys([*found, *divisors]):
        if not domain.positive(den):
            raise UnprovableError(f"the divisor {den} is not known to be at least 1")


def undefined(relation: Relation, domain: Domain) -> str | None:
    """What may have no value although the conditions hold: a quotient that is not whole, or a coefficient's divisor."""
    if relation.limits_whole:
        theory = domain.theory()
        for atom in relation.limits_whole:
            if not theory.proves(exactness(atom)):
                return f"{atom.den} may not divide {atom.num} in a limit"
    if relation.guards_whole:
        theory = domain.theory(*relation.limits, *relation.plain_guards, indices=relation.indices)
        for atom in relation.guards_whole:
            if not theory.proves(exactness(atom)):
                return f"{atom.den} may not divide {atom.num} in a condition"
    if not relation.whole and not relation.reach and domain.positive(relation.den):
        return None
    # not the conditions `inside`: an index must have a value even where another factor is 0
    theory = domain.theory(*relation.limits, *relation.guards, indices=relation.indices)
    for atom in relation.whole:
        if not theory.proves(exactness(atom)):
            return f"{atom.den} may not divide {atom.num}"
    if not all(theory.proves(condition) for condition in relation.reach):
        return "a padding map may be read too far outside its tensor"
    if not any(theory.proves(NonNegative(each - 1)) for each in (relation.den, -relation.den)):
        return f"the divisor {relation.den} may be zero"
    return None


@dataclass(frozen=True)
class Solved:
    """The conditions under which given coordinates are reached, by exactly one assignment of the indices, and the
    coefficient there. ``loose`` are indices that the coordinates do not determine; they stand in the conditions.
    """

    conditions: tuple[Condition, ...]
    num: Affine
    den: Affine
    loose: tuple[str, ...]


def solve(relation: Relation, place: tuple[Affine, ...], domain: Domain) -> Solved:
    """Solve ``coordinates = place`` and the guards' equations for the indices.

    An index is determined if an equation in no other open index has it with coefficient c = ±1 (v = ∓rest) or with c a
    positive size (v = ⌊e/c⌋, and the equation c·⌊e/c⌋ = e stays as a condition), or if the conditions confine it to one
    value ⌊e/c⌋ (shown by the theory of the domain). Substituting is then equivalent to ∃v, and v is unique.
    """
    equations = [Zero(form - value) for form, value in zip(relation.place, place, strict=True)]
    found = Solved((*equations, *relation.conditions), relation.num, relation.den, relation.indices)
    while found.loose:
        value = _plain(found) or _divided(found, domain)
        opened = None if value else _opened(found)
        if opened is not None:
            found = opened
            continue
        value = value or _confined(found, domain)
        if value is None:
            break
        found = _put(found, *value)
    return found


def _opened(solved: Solved) -> Solved | None:
    """An equation ⌊n/d⌋ = e with an open index in n, as 0 ≤ n − d·e ≤ d − 1, and ⌊n/d⌋ replaced by e elsewhere."""
    open_ = frozenset(solved.loose)
    for position, condition in enumerate(solved.conditions):
        if not isinstance(condition, Zero):
            continue
        for atom in condition.form.atoms():
            if not isinstance(atom, Quotient) or not atom.num.names() & open_:
                continue
            parts = split(condition.form, atom)
            sign = parts[0].constant if parts else None
            if parts is None or sign not in (1, -1):
                continue
            value = parts[1] * -sign
            over = atom.num - atom.den * value if atom.rounding != "ceil" else atom.den * value - atom.num

            def put(form: Affine, atom: Quotient = atom, value: Affine = value) -> Affine:
                return map_compounds(form, lambda other: value if other == atom else Affine((((other,), 1),)))

            others = solved.conditions[:position] + solved.conditions[position + 1 :]
            kept = [type(each)(put(each.form)) for each in others]
            return Solved(
                (NonNegative(over), NonNegative(atom.den - 1 - over), *kept),
                put(solved.num),
                put(solved.den),
                solved.loose,
            )
    return None


def _put(solved: Solved, index: str, value: Affine) -> Solved:
    values = {index: value}
    conditions = [substituted(condition, values) for condition in solved.conditions]
    return Solved(
        tuple(dict.fromkeys(each for each in conditions if each.form.terms)),
        solved.num.replace(values),
        solved.den.replace(values),
        tuple(name for name in solved.loose if name != index),
    )


def _plain(solved: Solved) -> tuple[str, Affine] | None:
    """An index with coefficient ±1 in some equation (whose other indices may still be open)."""
    for condition in solved.conditions:
        if isinstance(condition, Zero):
            for index in solved.loose:
                sign = condition.form.coefficient(index).constant
                if sign in (1, -1) and condition.form.is_affine_in(index):
                    return index, condition.form.without(index) * -sign
    return None


def _divided(solved: Solved, domain: Domain) -> tuple[str, Affine] | None:
    """An index with a positive coefficient in an equation that has no other open index."""
    open_ = frozenset(solved.loose)
    for condition in solved.conditions:
        if isinstance(condition, Zero):
            here = open_ & condition.form.names()
            if len(here) == 1:
                (index,) = here
                form = condition.form
                if not form.is_affine_in(index):
                    continue
                for signed in (form, -form):
                    factor = signed.coefficient(index)
                    if factor.terms and not factor.names() & domain.ranges.keys() and domain.positive(factor):
                        return index, quotient(-signed.without(index), factor, "floor")
    return None


def _confined(solved: Solved, domain: Domain) -> tuple[str, Affine] | None:
    """An index that inequalities leave one value only, as 0 ≤ f − γ·c ≤ c − 1 leaves γ = ⌊f/c⌋."""
    open_ = frozenset(solved.loose)
    bounds = [part for each in solved.conditions if isinstance(each, NonNegative) for part in expand(each.form)]
    for index in solved.loose:
        tried: dict[Affine, None] = {}
        for bound in bounds:
            factor = -bound.coefficient(index)
            rest = bound.without(index)
            if not factor.terms or not bound.is_affine_in(index) or rest.names() & open_:
                continue
            if not factor.names() & domain.ranges.keys() and domain.positive(factor):
                tried[quotient(rest, factor, "floor")] = None
        if not tried:
            continue
        theory = domain.theory(*solved.conditions, indices=solved.loose)
        for value in list(tried)[:_CANDIDATES]:
            if theory.proves(Zero(Affine.of(index) - value)):
                return index, value
    return None


def counted(term: Term) -> Term:
    """A sum over an index that occurs nowhere under it is the number of its values: max(0, hi − lo + 1)."""
    for binder in term.binders:
        rest = term.drop(binder.index)
        if binder.lo is not None and binder.hi is not None and binder.index not in rest.names():
            number = extremum("max", [ZERO, binder.hi - binder.lo + 1])
            return counted(replace(rest, coefficient=scalar_product(rest.coefficient, Scalar(number))))
    return term
