"""Equality of normal forms up to the names of bound indices and the order of factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.expr.nodes import Access, Binder, Expr
from symconv.index.affine import Affine, extremum_args
from symconv.index.domain import AtMost, Divides, Equal, Guard
from symconv.rewrite.normal import Term

Ends = tuple[str, frozenset[Affine] | None, frozenset[Affine] | None]


def same_terms(left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether two normal forms are the same term by term, in order; False may also mean “not seen to be”."""
    return len(left) == len(right) and all(same_term(a, b) for a, b in zip(left, right, strict=True))


def same_term(left: Term, right: Term) -> bool:
    """Whether two terms are the same up to the names of their binders.

    The renaming is read off the indices that are a bare name, else names are kept; every factor must be an entry of
    another tensor.
    """
    first, second = _by_tensor(left), _by_tensor(right)
    if first is None or second is None or first.keys() != second.keys() or len(left.binders) != len(right.binders):
        return False
    renaming: dict[str, Affine] = {}
    for name, access in first.items():
        for ours, theirs in zip(access.indices, second[name].indices, strict=True):
            old = _bare(ours)
            if old in left.bound and _bare(theirs) in right.bound:
                renaming.setdefault(str(old), theirs)
    for name in left.bound - renaming.keys():
        # a binder that no factor shows bare can only be matched by its name
        if name in right.bound:
            renaming[name] = Affine.of(name)
    if renaming.keys() != left.bound or len({str(value) for value in renaming.values()}) != len(renaming):
        return False
    moved = replace(left, binders=()).substitute(renaming)
    binders = tuple(Binder(str(renaming[b.index]), b.lo, b.hi) for b in left.binders)
    return (
        moved.coefficient == right.coefficient
        and _by_tensor(moved) == second
        and set(map(_canonical, moved.guards)) == set(map(_canonical, right.guards))
        and {_ends(b) for b in binders} == {_ends(b) for b in right.binders}
    )


def _by_tensor(term: Term) -> dict[str, Access] | None:
    found: dict[str, Access] = {}
    factor: Expr
    for factor in term.factors:
        if not isinstance(factor, Access) or factor.tensor.name in found:
            return None
        found[factor.tensor.name] = factor
    return found


def _bare(form: Affine) -> str | None:
    match form.terms:
        case (((str() as name,), 1),):
            return name
        case _:
            return None


def _canonical(guard: Guard) -> Guard:
    zero = Affine(())
    if isinstance(guard, Divides):
        negative = bool(guard.value.terms) and guard.value.terms[0][1] < 0
        return Divides(guard.divisor, -guard.value if negative else guard.value)
    form = guard.right - guard.left
    if isinstance(guard, AtMost):
        return AtMost(zero, form)
    return Equal(zero, -form if form.terms and form.terms[0][1] < 0 else form)


def _ends(binder: Binder) -> Ends:
    return (
        binder.index,
        None if binder.lo is None else frozenset(extremum_args(binder.lo, "max")),
        None if binder.hi is None else frozenset(extremum_args(binder.hi, "min")),
    )
