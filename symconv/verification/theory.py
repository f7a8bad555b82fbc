"""What follows from a set of conditions, for all integers.

:class:`Theory` first solves equations for names with coefficient ±1, which makes most goals identities; the rest is
asked of Z3, first with every product of names as an opaque integer and a few products of the conditions with sizes
as lemmas, then with real products. The answer ``True`` is a proof; ``False`` means no proof was found in the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import gcd
from typing import Any, TypeAlias

from symconv.index.affine import (
    Affine,
    Extremum,
    Monomial,
    Quotient,
    Rounding,
    extremum,
    parts_of,
    quotient,
    shared_factors,
)
from symconv.time_limit import check_time, seconds_left
from symconv.verification.conditions import Compound, Condition, NonNegative, Zero, expand, map_compounds
from symconv.verification.z3_terms import Encoder, unsatisfiable, z3

_ROUNDS = 3
_LONGEST = 5.0
"""Seconds for one question to Z3 where no limit is set."""
Literals: TypeAlias = tuple[tuple[Affine, ...], tuple[Affine, ...]]
"""Forms that must be ≥ 0, and forms that must be 0."""


class Theory:
    """The consequences of conditions.

    ``lower`` gives the minima of the sizes that have one (they are conditions too), ``indices`` the names that
    equations are solved for first.
    """

    def __init__(self, conditions: Iterable[Condition], lower: Mapping[str, int], indices: Collection[str]) -> None:
        self.lower = dict(lower)
        self.indices = frozenset(indices)
        self.values: dict[str, Affine] = {}
        self.names: dict[Compound, str] = {}
        self.meanings: dict[str, Affine] = {}
        self.equations: list[Affine] = []
        self.bounds: list[Affine] = []
        self.choices: list[tuple[Affine, ...]] = []
        self.inconsistent = False
        self._products: list[Affine] | None = None
        conditions = list(conditions)
        for condition in conditions:
            if isinstance(condition, Zero):
                self.equations.append(self.named(condition.form))
        for condition in conditions:
            if isinstance(condition, NonNegative):
                self.bounds += [self.named(part) for part in expand(condition.form, self.names.keys())]
        self._eliminate()
        self._tidy()
        for bound in self.bounds:
            # what a quotient of sizes is known to be at least (F/g ≥ 1) serves like the minimum of a size
            variable, least = _variable(bound), -_constant(bound)
            if len(variable) == 1 and variable[0][1] == 1 and len(variable[0][0]) == 1 and least >= 0:
                name = str(variable[0][0][0])
                if name.startswith("#"):
                    self.lower[name] = max(least, self.lower.get(name, 0))

    # -- names for quotients and extrema, and what defines them

    def named(self, form: Affine) -> Affine:
        """The form with every quotient and extremum as a name; its definition becomes a condition."""
        return map_compounds(form, self._name).replace(self.values) if self.values else map_compounds(form, self._name)

    def _name(self, atom: Compound) -> Affine:
        return self._lookup(self._rebuilt(atom, [self.named(part) for part in parts_of(atom)]))

    def _lookup(self, form: Affine) -> Affine:
        return map_compounds(form, self._define)

    def _define(self, atom: Compound) -> Affine:
        check_time()
        name = self.names.get(atom)
        if name is None:
            pinned = self._pinned(atom) if isinstance(atom, Quotient) else None
            if pinned is not None:
                return pinned
            name = f"#{len(self.names)}"
            self.names[atom] = name
            self.meanings[name] = Affine((((atom,), 1),))
            here = Affine.of(name)
            if isinstance(atom, Quotient):
                num, den = atom.num, atom.den
                over = den * here - num if atom.rounding == "ceil" else num - den * here
                self._learn([over, den - 1 - over])
            else:
                gaps = [arg - here if atom.kind == "min" else here - arg for arg in atom.args]
                self._learn(gaps)
                self.choices.append(tuple(gaps))
        return self.values.get(name, Affine.of(name))

    def _pinned(self, atom: Quotient) -> Affine | None:
        """The value X of ⌊n/d⌋ where 0 ≤ n − d·X ≤ d − 1 are conditions already (X = 0, or read off the conditions)."""
        if atom.rounding == "ceil":
            return None
        num, den = atom.num, atom.den
        for bound in (num, *self.bounds):
            value = quotient(num - bound, den, "floor")
            if any(not isinstance(part, str) for part in value.atoms()) or value * den + bound != num:
                continue
            if self._evident(num - den * value) and self._evident(den - 1 - num + den * value):
                return value
        return None

    def _learn(self, bounds: list[Affine]) -> None:
        self.bounds += bounds
        self._products = None

    # -- equations

    def _eliminate(self) -> None:
        """Solve equations for names with coefficient ±1: indices first, then quotients, then sizes."""
        self._solve()
        for atom, name in list(self.names.items()):
            # a goal meets the quotient as it looks under the solved equations, where two may turn out to be the same
            moved = map_compounds(Affine((((atom,), 1),)), self._moved)
            if len(moved.terms) == 1 and moved.terms[0][1] == 1 and len(moved.terms[0][0]) == 1:
                (same,) = moved.terms[0][0]
                if not isinstance(same, str) and self.names.setdefault(same, name) != name:
                    self.equations.append((Affine.of(name) - self.names[same]).replace(self.values))
        self._solve()

    def _solve(self) -> None:
        while True:
            found = min(
                (
                    (self._rank(name), position, name)
                    for position, form in enumerate(self.equations)
                    for name in _unit_names(form)
                ),
                default=None,
            )
            if found is None:
                break
            _, position, name = found
            form = self.equations.pop(position)
            sign = form.coefficient(name).constant
            assert sign in (1, -1)
            value = {name: form.without(name) * -sign}
            self.values = {other: known.replace(value) for other, known in self.values.items()} | value
            self.equations = [each for form in self.equations if (each := form.replace(value)).terms]
            self.bounds = [bound.replace(value) for bound in self.bounds]
            self.choices = [tuple(gap.replace(value) for gap in gaps) for gaps in self.choices]

    def _moved(self, atom: Compound) -> Affine:
        return self._rebuilt(atom, [part.replace(self.values) for part in parts_of(atom)])

    def _rebuilt(self, atom: Compound, parts: list[Affine]) -> Affine:
        if isinstance(atom, Extremum):
            return extremum(atom.kind, parts)
        return self._quotient(parts[0], parts[1], atom.rounding)

    def _quotient(self, num: Affine, den: Affine, rounding: Rounding) -> Affine:
        """``num/den`` rounded, without the factors of both that are known to be positive: ⌊c·g/(q·g)⌋ = ⌊c/q⌋."""
        for atom in shared_factors([*num.terms, *den.terms]) if num.terms else []:
            if isinstance(atom, str) and self.lower.get(atom, 0) >= 1:
                num, den = _without_factor(num, atom), _without_factor(den, atom)
        return quotient(num, den, rounding)

    def _rank(self, name: str) -> int:
        if name in self.indices:
            return 0
        return 1 if name.startswith("#") else 2

    def _tidy(self) -> None:
        kept: dict[Affine, None] = {}
        for bound in self.bounds:
            form = self._reduced(bound)
            value = form.constant
            if value is None:
                kept[form] = None
            elif value < 0:
                self.inconsistent = True
        self.bounds = list(kept)
        self.inconsistent |= any((form.constant or 0) != 0 for form in self.equations)

    def _primitive(self, form: Affine) -> Affine:
        """The form without the common factors of its products that are known to be positive."""
        if not form.terms:
            return form
        for atom in shared_factors(form.terms):
            if isinstance(atom, str) and self.lower.get(atom, 0) >= 1:
                form = form.coefficient(atom) if form.is_affine_in(atom) else _without_factor(form, atom)
        return form

    def _reduced(self, form: Affine) -> Affine:
        """An equivalent of ``form ≥ 0``: without common positive factors, of which a rest is rounded away."""
        form = self._primitive(form)
        divisor = gcd(*(factor for monomial, factor in form.terms if monomial))
        if divisor > 1:
            form = Affine(tuple((m, f // divisor) for m, f in form.terms if f // divisor))
        return form

    # -- goals

    def proves(self, goal: Condition) -> bool:
        """Whether the goal follows from the conditions; False where no proof was found."""
        if self.inconsistent:
            return True
        form = self.value(goal.form)
        if isinstance(goal, Zero):
            named = self._primitive(self.named(form))
            value = named.constant
            if value is not None:
                return value == 0 or self.contradictory()
            return self._ask(named) and self._ask(-named)
        return all(self._holds(self.named(part)) for part in expand(form, self.names.keys()))

    def value(self, form: Affine) -> Affine:
        """The form under the solved equations; quotients simplify on the way, those that have a name take it."""

        def change(atom: Compound) -> Affine:
            if atom in self.names:
                return self._define(atom)
            return self._rebuilt(atom, [self.value(part) for part in parts_of(atom)])

        return map_compounds(form, change).replace(self.values)

    def vanishes(self, terms: list[tuple[int, Literals]]) -> bool:
        """Whether Σ_t k_t [all bounds ≥ 0 and all zeros = 0] = 0 everywhere."""
        if self.inconsistent:
            return True
        solver = z3()
        for linear, share in ((True, 0.25), (False, 1.0)):
            left = _milliseconds(share)
            encoder = Encoder(linear)
            total, lemmas = [], []
            for weight, (bounds, zeros) in terms:
                parts = [encoder.nonnegative(form) for form in bounds] + [encoder.zero(form) for form in zeros]
                total.append(solver.If(solver.And([*parts, solver.BoolVal(True, encoder.context)]), weight, 0))
                if linear:
                    lemmas += [
                        solver.If(
                            encoder.nonnegative(form),
                            encoder.nonnegative(form * factor),
                            encoder.nonnegative((-form - 1) * factor),
                        )
                        for form in bounds
                        for factor in self._multipliers()
                    ]
            known = [bound * factor for bound in self.bounds for factor in self._multipliers()] if linear else []
            facts = self._formulas(encoder, [*self.bounds, *known], Affine.of(0))
            if unsatisfiable([*facts, *lemmas, solver.Sum(total) != 0], left, encoder.context):
                return True
        return False

    def contradictory(self) -> bool:
        """Whether the conditions themselves cannot hold."""
        return self.inconsistent or self._ask(Affine.of(-1))

    def _holds(self, form: Affine) -> bool:
        form = self._reduced(form)
        value = form.constant
        if value is not None:
            return value >= 0 or self.contradictory()
        return self._evident(form) or self._evident_below(form) or self._ask(form)

    def _evident_below(self, form: Affine) -> bool:
        """Whether ``form ≥ 0`` is evident once named floors are written as what they are floors of."""
        below = map_names(form, self.meanings)
        return below != form and all(
            all(isinstance(atom, str) for atom in part.atoms()) and self._evident(part) for part in expand(below)
        )

    def _evident(self, form: Affine) -> bool:
        """Whether ``form ≥ 0`` is one of the conditions, up to a constant, or has no negative part."""
        form = self._reduced(form)
        if all(factor >= 0 and self._nonnegative(monomial) for monomial, factor in form.terms):
            return True
        here = _variable(form)
        return any(_variable(bound) == here and _constant(bound) <= _constant(form) for bound in self.bounds)

    def _nonnegative(self, monomial: Monomial) -> bool:
        return all(isinstance(atom, str) and self.lower.get(atom, -1) >= 0 for atom in monomial)

    def _ask(self, form: Affine) -> bool:
        """``form ≥ 0`` by Z3: with opaque products, then with real ones."""
        negated = -form - 1
        relevant = self._relevant(negated)
        for linear, share in ((True, 0.25), (False, 1.0)):
            left = _milliseconds(share)
            encoder = Encoder(linear)
            if unsatisfiable(self._formulas(encoder, relevant, negated), left, encoder.context):
                return True
        return False

    def _formulas(self, encoder: Encoder, relevant: list[Affine], negated: Affine) -> list[Any]:
        formulas = [encoder.nonnegative(form) for form in (negated, *relevant)]
        if encoder.linear:
            formulas += [encoder.nonnegative(negated * factor) for factor in self._multipliers()]
        formulas += [encoder.zero(form) for form in self.equations]
        formulas += [z3().Or(*(encoder.zero(gap) for gap in gaps)) for gaps in self.choices]
        if not encoder.linear:
            formulas += [encoder.nonnegative(bound) for bound in self.bounds]
        return formulas

    def _multipliers(self) -> list[str]:
        """Sizes ≥ 0 that occur in a product: multiplying a condition by them may connect it with another."""
        forms = (*self.bounds, *self.equations)
        products = {atom for form in forms for monomial, _ in form.terms if len(monomial) > 1 for atom in monomial}
        return sorted(atom for atom in products if isinstance(atom, str) and self.lower.get(atom, -1) >= 0)

    def _relevant(self, goal: Affine) -> list[Affine]:
        """The conditions, and their products with sizes, that share products with the goal, directly or by others."""
        if self._products is None:
            simple = [bound for bound in self.bounds if max(len(m) for m, _ in bound.terms) < 3]
            self._products = [bound * factor for bound in simple for factor in self._multipliers()]
        seen = self._linking(goal).union(*(self._linking(goal * factor) for factor in self._multipliers()))
        found: dict[Affine, None] = {}
        for _ in range(_ROUNDS):
            chosen = [
                form
                for form in (*self.bounds, *self._products)
                if form not in found and any(monomial in seen for monomial, _ in form.terms)
            ]
            found |= dict.fromkeys(chosen)
            seen = seen.union(*map(self._linking, chosen))
        names = {atom for form in found for monomial, _ in form.terms for atom in monomial}
        return [*found, *(form for form in self.bounds if form not in found and form.names() <= names)]

    def _linking(self, form: Affine) -> set[Monomial]:
        """The products of the form, and its names other than sizes."""
        return {
            monomial for monomial, _ in form.terms if len(monomial) > 1 or (monomial and monomial[0] not in self.lower)
        }


def _milliseconds(share: float) -> int:
    """That part of the time that is left, for one question to Z3. Errors: :class:`OutOfTime` where none is."""
    check_time()
    return int(1000 * share * min(seconds_left(), _LONGEST))


def map_names(form: Affine, meanings: Mapping[str, Affine]) -> Affine:
    """The form with the names that stand for quotients written out (once)."""
    return form.replace({name: meanings[name] for name in form.names() & meanings.keys()})


def _unit_names(form: Affine) -> list[str]:
    names: dict[str, int] = {}
    for monomial, _ in form.terms:
        for atom in monomial:
            names[str(atom)] = names.get(str(atom), 0) + 1
    return [
        monomial[0]
        for monomial, factor in form.terms
        if len(monomial) == 1 and factor in (1, -1) and isinstance(monomial[0], str) and names[monomial[0]] == 1
    ]


def _without_factor(form: Affine, name: str) -> Affine:
    terms = []
    for monomial, factor in form.terms:
        left = list(monomial)
        left.remove(name)
        terms.append((tuple(left), factor))
    return Affine(tuple(sorted(terms)))


def _variable(form: Affine) -> tuple[tuple[Monomial, int], ...]:
    return tuple(term for term in form.terms if term[0])


def _constant(form: Affine) -> int:
    return form.terms[0][1] if form.terms and not form.terms[0][0] else 0
