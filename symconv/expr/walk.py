"""Passes that every room needs: children, substitution without capture, fresh names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import assert_never

from symconv.expr.nodes import (
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
from symconv.index.affine import Affine
from symconv.index.domain import Guard, guard_parts, substitute_guard

Substitution = Mapping[str, Affine]


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct subexpressions."""
    match expr:
        case Scalar() | Access() | Bracket():
            return ()
        case Add(terms):
            return terms
        case Mul(factors):
            return factors
        case Pow(base, exponent):
            return (base, exponent)
        case Sum(body, _) | Reduce(_, body, _, _, _):
            return (body,)
        case Winner(window, _):
            return (window,)
        case Derivative(of, by):
            return (of, by)
        case _:
            assert_never(expr)


def map_children(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node with its direct subexpressions changed; indices, limits and guards stay.

    The exponent of a power and the entry that a derivative is taken by stay as they are, too.
    Errors: :class:`TypeError` where the window of a winner would become something else.
    """
    match expr:
        case Scalar() | Access() | Bracket():
            return expr
        case Add(terms):
            return Add(tuple(map(change, terms)))
        case Mul(factors):
            return Mul(tuple(map(change, factors)))
        case Pow(base, exponent):
            return Pow(change(base), exponent)
        case Sum(body, _) | Reduce(_, body, _, _, _):
            return replace(expr, body=change(body))
        case Winner(window, at):
            made = change(window)
            if not isinstance(made, Reduce):
                raise TypeError("the window of a winner stays a window")
            return Winner(made, at)
        case Derivative(of, by):
            return Derivative(change(of), by)
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all its subexpressions, parents first."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def accesses(expr: Expr) -> Iterator[Access]:
    """Every tensor entry that the expression reads."""
    return (node for node in walk(expr) if isinstance(node, Access))


def bound_names(expr: Expr) -> frozenset[str]:
    """Every index that some sum or reduction inside the expression binds."""
    return frozenset(binder.index for node in walk(expr) if isinstance(node, (Sum, Reduce)) for binder in node.binders)


def free_names(expr: Expr) -> frozenset[str]:
    """Indices and sizes that occur free."""
    match expr:
        case Scalar(num, den):
            return num.names() | den.names()
        case Access(_, indices):
            return _names(indices)
        case Bracket(guards):
            return _guard_names(guards)
        case Add() | Mul() | Pow() | Derivative():
            return frozenset().union(*map(free_names, children(expr)))
        case Sum(body, binders):
            return (free_names(body) - _bound(binders)) | _limit_names(binders)
        case Reduce(_, body, binders, guards, _):
            return ((free_names(body) | _guard_names(guards)) - _bound(binders)) | _limit_names(binders)
        case Winner(window, at):
            return free_names(window) | _names(at)
        case _:
            assert_never(expr)


def _names(forms: Collection[Affine]) -> frozenset[str]:
    return frozenset().union(*(form.names() for form in forms))


def _guard_names(guards: Collection[Guard]) -> frozenset[str]:
    return frozenset().union(*(part.names() for guard in guards for part in guard_parts(guard)))


def _bound(binders: tuple[Binder, ...]) -> frozenset[str]:
    return frozenset(binder.index for binder in binders)


def _limit_names(binders: tuple[Binder, ...]) -> frozenset[str]:
    return _names([end for binder in binders for end in (binder.lo, binder.hi) if end is not None])


def fresh(name: str, taken: Collection[str]) -> str:
    """``name``, with as many primes as make it new.

    >>> fresh("m", {"m", "n"})
    "m'"
    """
    while name in taken:
        name += "'"
    return name


@singledispatch
def substitute(expr: Expr, values: Substitution) -> Expr:
    """Replace free names by affine forms; a bound index that would capture one is renamed first."""
    raise TypeError(f"no case for {type(expr).__name__}")


@substitute.register
def _(expr: Scalar, values: Substitution) -> Expr:
    return Scalar(expr.num.substitute(values), expr.den.substitute(values))


@substitute.register
def _(expr: Access, values: Substitution) -> Expr:
    return Access(expr.tensor, tuple(index.substitute(values) for index in expr.indices))


@substitute.register
def _(expr: Add, values: Substitution) -> Expr:
    return Add(tuple(substitute(term, values) for term in expr.terms))


@substitute.register
def _(expr: Mul, values: Substitution) -> Expr:
    return Mul(tuple(substitute(factor, values) for factor in expr.factors))


@substitute.register
def _(expr: Pow, values: Substitution) -> Expr:
    exponent = substitute(expr.exponent, values)
    assert isinstance(exponent, Scalar)
    return Pow(substitute(expr.base, values), exponent)


@substitute.register
def _(expr: Bracket, values: Substitution) -> Expr:
    return Bracket(tuple(substitute_guard(guard, values) for guard in expr.guards))


@substitute.register
def _(expr: Sum, values: Substitution) -> Expr:
    binders, inner = _open(expr, values)
    return Sum(substitute(expr.body, inner), binders)


@substitute.register
def _(expr: Reduce, values: Substitution) -> Expr:
    binders, inner = _open(expr, values)
    guards = tuple(substitute_guard(guard, inner) for guard in expr.guards)
    return Reduce(expr.kind, substitute(expr.body, inner), binders, guards, expr.ties)


@substitute.register
def _(expr: Winner, values: Substitution) -> Expr:
    window = substitute(expr.window, values)
    assert isinstance(window, Reduce)
    return Winner(window, tuple(index.substitute(values) for index in expr.at))


@substitute.register
def _(expr: Derivative, values: Substitution) -> Expr:
    by = substitute(expr.by, values)
    assert isinstance(by, Access)
    return Derivative(substitute(expr.of, values), by)


def _open(expr: Sum | Reduce, values: Substitution) -> tuple[tuple[Binder, ...], Substitution]:
    """The binders with substituted limits and safe names, and the substitution to use under them."""
    bound = _bound(expr.binders)
    inner = {name: value for name, value in values.items() if name not in bound}
    incoming = _names(list(inner.values()))
    if incoming & bound:
        taken = set(bound | incoming | free_names(expr))
        for name in sorted(incoming & bound):
            replacement = fresh(name, taken)
            taken.add(replacement)
            inner[name] = Affine.of(replacement)
    return tuple(_rebind(binder, inner, values) for binder in expr.binders), inner


def _rebind(binder: Binder, inner: Substitution, values: Substitution) -> Binder:
    (new,) = inner[binder.index].names() if binder.index in inner else (binder.index,)
    lo = None if binder.lo is None else binder.lo.substitute(values)
    hi = None if binder.hi is None else binder.hi.substitute(values)
    return Binder(new, lo, hi)
