"""Integer bounds of affine forms over boxes, and the linear part of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from symconv.expr.nodes import Access, Binder
from symconv.index.affine import Affine, Atom, Extremum, extremum
from symconv.index.domain import Divides, Equal
from symconv.rewrite.normal import Term

Interval: TypeAlias = tuple[int, int]


def linear(form: Affine) -> tuple[dict[str, int], int] | None:
    """The integer coefficients by name and the constant; None where a product or compound atom occurs.

    >>> linear(2 * Affine.of("i") + Affine.of("m") - 3)
    ({'i': 2, 'm': 1}, -3)
    """
    factors: dict[str, int] = {}
    constant = 0
    for monomial, factor in form.terms:
        if not monomial:
            constant = factor
        elif len(monomial) == 1 and isinstance(monomial[0], str):
            factors[monomial[0]] = factor
        else:
            return None
    return factors, constant


def hull(form: Affine, ranges: Mapping[str, Interval]) -> Interval:
    """Bounds of the form when every name runs over its interval (interval arithmetic: sound, tight where linear).

    >>> hull(2 * Affine.of("i") - Affine.of("m"), {"i": (0, 4), "m": (0, 2)})
    (-2, 8)
    """
    low = high = 0
    for monomial, factor in form.terms:
        bounds = (factor, factor)
        for atom in monomial:
            bounds = _product(bounds, _atom_hull(atom, ranges))
        low, high = low + bounds[0], high + bounds[1]
    return low, high


def _product(a: Interval, b: Interval) -> Interval:
    ends = [x * y for x in a for y in b]
    return min(ends), max(ends)


def _atom_hull(atom: Atom, ranges: Mapping[str, Interval]) -> Interval:
    if isinstance(atom, str):
        return ranges[atom]
    if isinstance(atom, Extremum):
        parts = [hull(arg, ranges) for arg in atom.args]
        pick = min if atom.kind == "min" else max
        return pick(low for low, _ in parts), pick(high for _, high in parts)
    num = hull(atom.num, ranges)
    dens = [max(1, end) for end in hull(atom.den, ranges)]
    return min(x // den for x in num for den in dens), max(-(-x // den) for x in num for den in dens)


def binder_ranges(term: Term, ranges: Mapping[str, Interval]) -> dict[str, Interval]:
    """An interval for every binder, given the free indices' intervals; limits may name other binders."""
    known = dict(ranges)
    waiting = list(term.binders)
    while waiting:
        ready = [binder for binder in waiting if limit_names(binder) <= known.keys()]
        if not ready:
            raise ValueError(f"the limits of {', '.join(binder.index for binder in waiting)} name each other")
        for binder in ready:
            assert binder.lo is not None
            assert binder.hi is not None
            known[binder.index] = (hull(binder.lo, known)[0], hull(binder.hi, known)[1])
        waiting = [binder for binder in waiting if binder not in ready]
    return known


def limit_names(binder: Binder) -> frozenset[str]:
    """The names in a binder's limits."""
    return frozenset().union(*(end.names() for end in (binder.lo, binder.hi) if end is not None))


def bounded(term: Term, ranges: Mapping[str, Interval], sizes: Mapping[str, Affine]) -> Term:
    """The equal term in which every binder is bounded: by a relation, or by the shape of an entry that it selects.

    An entry outside a tensor that reads as zero makes the whole product zero, so that its shape bounds the index.
    """
    while any(binder.lo is None or binder.hi is None for binder in term.binders):
        constraints = list(_constraints(term, sizes))
        for position, binder in enumerate(term.binders):
            if binder.lo is None or binder.hi is None:
                ends = _ends(binder, constraints, _known(term, ranges))
                if ends is not None:
                    binders = (*term.binders[:position], ends, *term.binders[position + 1 :])
                    term = Term(term.coefficient, binders, term.guards, term.factors)
                    break
        else:
            raise ValueError("a sum over all integers has no bound")
    return term


def _known(term: Term, ranges: Mapping[str, Interval]) -> dict[str, Interval]:
    known = dict(ranges)
    for binder in term.binders:
        if binder.lo is not None and binder.hi is not None and limit_names(binder) <= known.keys():
            known[binder.index] = (hull(binder.lo, known)[0], hull(binder.hi, known)[1])
    return known


def _constraints(term: Term, sizes: Mapping[str, Affine]) -> Iterable[Affine]:
    """Forms that are ≥ 0 wherever the term is not zero."""
    for guard in term.guards:
        if not isinstance(guard, Divides):
            yield guard.right - guard.left
            if isinstance(guard, Equal):
                yield guard.left - guard.right
    for factor in term.factors:
        if isinstance(factor, Access) and factor.tensor.outside == "zero":
            for index, size in zip(factor.indices, factor.tensor.shape, strict=True):
                yield index
                yield size.substitute(sizes) - 1 - index


def _ends(binder: Binder, constraints: list[Affine], known: Mapping[str, Interval]) -> Binder | None:
    lows = [] if binder.lo is None else [binder.lo]
    highs = [] if binder.hi is None else [binder.hi]
    for form in constraints:
        factor = form.coefficient(binder.index).constant
        if not factor or not form.is_affine_in(binder.index):
            continue
        rest = form.without(binder.index)
        if not rest.names() <= known.keys():
            continue
        most = hull(rest, known)[1]
        # factor·v ≥ −rest ≥ −most
        (lows if factor > 0 else highs).append(Affine.of(-(most // factor) if factor > 0 else most // -factor))
    if not lows or not highs:
        return None
    return Binder(binder.index, extremum("max", lows), extremum("min", highs))
