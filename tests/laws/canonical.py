"""One shape for expressions that differ only in the names of bound indices, what they count from, and the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from symconv.expr.nodes import (
    UNIT,
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
from symconv.expr.walk import substitute
from symconv.index.affine import (
    ONE,
    ZERO,
    Affine,
    Extremum,
    Quotient,
    cancel_exact,
    extremum,
    extremum_args,
    quotient,
)
from symconv.index.domain import AtMost, Divides, Equal, Guard, substitute_guard
from symconv.rewrite.normal import Term, scalar_product, to_terms

Names = Mapping[str, tuple[str, int]]
"""For an index as written: what it is called in the definition, and what the author counts it from."""


def with_own_names(expr: Expr, names: Names) -> Expr:
    """Every bound index under its name in the definition, counted from 0."""
    match expr:
        case Scalar() | Access() | Bracket() | Derivative():
            return expr
        case Add(terms):
            return Add(tuple(with_own_names(term, names) for term in terms))
        case Mul(factors):
            return Mul(tuple(with_own_names(factor, names) for factor in factors))
        case Pow(base, exponent):
            return Pow(with_own_names(base, names), exponent)
        case Sum(body, binders):
            moved = _moved(binders, names)
            return Sum(with_own_names(substitute(body, moved), names), _renamed(binders, names))
        case Reduce():
            return _window(expr, names)
        case Winner(window, at):
            starts = [names.get(binder.index, ("", 0))[1] for binder in window.binders]
            return Winner(_window(window, names), tuple(form - start for form, start in zip(at, starts, strict=True)))
        case _:
            assert_never(expr)


def _moved(binders: Iterable[Binder], names: Names) -> dict[str, Affine]:
    found = {binder.index: names[binder.index] for binder in binders if binder.index in names}
    return {written: Affine.of(name) + start for written, (name, start) in found.items()}


def _renamed(binders: Iterable[Binder], names: Names) -> tuple[Binder, ...]:
    moved = []
    for binder in binders:
        name, start = names.get(binder.index, (binder.index, 0))
        lo, hi = (None if end is None else _less(end, start) for end in (binder.lo, binder.hi))
        moved.append(Binder(name, lo, hi))
    return tuple(moved)


def _less(form: Affine, start: int) -> Affine:
    """``form − start``, the subtraction carried inside a maximum or minimum."""
    if start:
        for kind in ("max", "min"):
            args = extremum_args(form, kind)
            if len(args) > 1:
                return extremum(kind, [arg - start for arg in args])
    return form - start


def _window(window: Reduce, names: Names) -> Reduce:
    moved = _moved(window.binders, names)
    return replace(
        window,
        body=with_own_names(substitute(window.body, moved), names),
        binders=_renamed(window.binders, names),
        guards=tuple(substitute_guard(guard, moved) for guard in window.guards),
    )


def canonical(expr: Expr) -> Hashable:
    """The terms of the normal form without order: equal ones mean the same. The names of bound indices count."""
    return _counted(map(_term, to_terms(expr)))


def _term(term: Term) -> Hashable:
    factors: Counter[Hashable] = Counter()
    for factor in term.factors:
        base, exponent = _power(factor)
        times = exponent.num.constant if exponent.den == ONE else None
        if times is not None and times > 0:
            factors[base] += times
        else:
            factors[base, exponent] += 1
    coefficient = Scalar(_form(term.coefficient.num), _form(term.coefficient.den))
    binders = frozenset(map(_binder, term.binders))
    return coefficient, binders, frozenset(map(_guard, term.guards)), frozenset(factors.items())


def _power(factor: Expr) -> tuple[Hashable, Scalar]:
    """Base and exponent, powers of a root joined: the base of a root is not negative."""
    if not isinstance(factor, Pow):
        return _factor(factor), UNIT
    base, exponent = factor.base, factor.exponent
    while isinstance(base, Pow) and base.exponent.den != ONE:
        exponent = scalar_product(exponent, base.exponent)
        base = base.base
    (*others, inner) = to_terms(base)
    if not others and inner == Term(UNIT, factors=inner.factors) and len(inner.factors) == 1:
        return _factor(inner.factors[0]), exponent
    return canonical(base), exponent


def _factor(factor: Expr) -> Hashable:
    match factor:
        case Access(tensor, indices):
            return tensor, tuple(map(_form, indices))
        case Pow():
            return _power(factor)
        case Winner(window, at):
            return "winner", _factor(window), tuple(map(_form, at))
        case Reduce(kind, body, binders, guards, ties):
            # the order of the binders decides which of several equal entries is the first
            return kind, canonical(body), tuple(map(_binder, binders)), frozenset(map(_guard, guards)), ties
        case _:
            return canonical(factor)


def _binder(binder: Binder) -> Hashable:
    lows = () if binder.lo is None else extremum_args(binder.lo, "max")
    highs = () if binder.hi is None else extremum_args(binder.hi, "min")
    return binder.index, frozenset(map(_form, lows)), frozenset(map(_form, highs))


def _guard(guard: Guard) -> Guard:
    if isinstance(guard, Divides):
        value = _form(guard.value)
        return Divides(_form(guard.divisor), max(value, -value, key=str))
    form = _form(guard.right - guard.left)
    return AtMost(ZERO, form) if isinstance(guard, AtMost) else Equal(ZERO, max(form, -form, key=str))


def _form(form: Affine) -> Affine:
    """``d · (e/d)`` as e, also inside of quotients; and ``⌊n/(C/g)⌋`` as ``⌊g·n/C⌋``."""
    total = ZERO
    for monomial, factor in form.terms:
        product = Affine.of(factor)
        for atom in monomial:
            product = product * (Affine.of(atom) if isinstance(atom, str) else _atom(atom))
        total = total + product
    return cancel_exact(total)


def _atom(atom: Quotient | Extremum) -> Affine:
    if isinstance(atom, Extremum):
        return extremum(atom.kind, sorted(map(_form, atom.args), key=str))
    num, den = _form(atom.num), _form(atom.den)
    match den.terms:
        case (((Quotient(above, below, "exact"),), 1),) if atom.rounding != "exact":
            return quotient(_form(num * below), above, atom.rounding)
        case _:
            return quotient(num, den, atom.rounding)


def _counted(items: Iterable[Hashable]) -> Hashable:
    return frozenset(Counter(items).items())
