"""Equality of sums of several terms with the same heads: the total coefficient of every place is the same.

Where each term's indices are determined by the coordinates x, the coefficient of the product at x is Σ_t k_t [R_t(x)],
and Z3 is asked for a place where the two sides' totals differ. The terms need not be disjoint.
"""

from __future__ import annotations

from symconv.index.affine import Affine
from symconv.verification.conditions import NonNegative, expand
from symconv.verification.domain import Domain
from symconv.verification.relations import Relation, Solved, solve
from symconv.verification.theory import Literals


def equal_totals(left: list[Relation], right: list[Relation], domain: Domain) -> bool:
    """Whether the two sums agree at every place; False where no proof was found."""
    every = [*left, *right]
    place = tuple(Affine.of(f"~x{number}") for number in range(len(every[0].place)))
    solved = [solve(relation, place, domain) for relation in every]
    if any(each.loose for each in solved):
        return False
    weights = _weights(solved)
    if weights is None:
        return False
    theory = domain.theory(indices=tuple(map(str, place)))
    terms: list[tuple[int, Literals]] = []
    for number, (weight, each) in enumerate(zip(weights, solved, strict=True)):
        bounds, zeros = [], []
        for condition in each.conditions:
            form = theory.value(condition.form)
            if isinstance(condition, NonNegative):
                bounds += [theory.named(part) for part in expand(form, theory.names.keys())]
            else:
                zeros.append(theory.named(form))
        terms.append((weight if number < len(left) else -weight, (tuple(bounds), tuple(zeros))))
    return theory.vanishes(terms)


def _weights(solved: list[Solved]) -> list[int] | None:
    """Integers k_t with numerator_t = k_t · n for one n, all divisors being the same; None where there are none."""
    base = solved[0]
    found: list[int] = []
    for each in solved:
        if each.den != base.den or not each.num.terms or not base.num.terms:
            return None
        factor, rest = divmod(each.num.terms[0][1], base.num.terms[0][1])
        if rest or each.num != base.num * factor:
            return None
        found.append(factor)
    return found
