"""Counting from 1: the same formula with every index shifted to the base in which a notation counts it.

The change is exact and only one of display: each 1-based index v is replaced by v − 1 wherever it stands, its limits
go up by one, and so does every position of an entry along a 1-based axis.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from symconv.index.affine import Affine, extremum, extremum_args
from symconv.index.domain import substitute_guard
from symconv.typeset.scope import Scope


def rebase(expr: Expr, scope: Scope) -> Expr:
    """The expression in which every index counts from the base of its kind of axis."""
    shift = {index: Affine.of(index) - 1 for index in scope.kinds if scope.base(index)}
    if not shift and not any(scope.notation.base_of(axis) for t in scope.tensors.values() for axis in t.axes):
        return expr
    return _shift(expr, scope, shift)


def _shift(expr: Expr, scope: Scope, shift: Mapping[str, Affine]) -> Expr:
    match expr:
        case Scalar(num, den):
            return Scalar(num.substitute(shift), den.substitute(shift))
        case Access():
            return _shift_access(expr, scope, shift)
        case Add(terms):
            return Add(tuple(_shift(term, scope, shift) for term in terms))
        case Mul(factors):
            return Mul(tuple(_shift(factor, scope, shift) for factor in factors))
        case Pow(base, exponent):
            return Pow(_shift(base, scope, shift), exponent)
        case Bracket(guards):
            return Bracket(tuple(substitute_guard(guard, shift) for guard in guards))
        case Sum(body, binders):
            return Sum(_shift(body, scope, shift), _shift_binders(binders, scope, shift))
        case Reduce():
            return _shift_window(expr, scope, shift)
        case Winner(window, at):
            bases = [scope.base(binder.index) for binder in window.binders]
            moved = tuple(index.substitute(shift) + base for index, base in zip(at, bases, strict=True))
            return Winner(_shift_window(window, scope, shift), moved)
        case Derivative(of, by):
            return Derivative(_shift(of, scope, shift), _shift_access(by, scope, shift))
        case _:
            assert_never(expr)


def _shift_access(access: Access, scope: Scope, shift: Mapping[str, Affine]) -> Access:
    bases = [scope.notation.base_of(axis) for axis in access.tensor.axes]
    moved = tuple(raise_by(index.substitute(shift), base) for index, base in zip(access.indices, bases, strict=True))
    return Access(access.tensor, moved)


def _shift_window(window: Reduce, scope: Scope, shift: Mapping[str, Affine]) -> Reduce:
    guards = tuple(substitute_guard(guard, shift) for guard in window.guards)
    body = _shift(window.body, scope, shift)
    return Reduce(window.kind, body, _shift_binders(window.binders, scope, shift), guards, window.ties)


def _shift_binders(binders: tuple[Binder, ...], scope: Scope, shift: Mapping[str, Affine]) -> tuple[Binder, ...]:
    moved: list[Binder] = []
    for binder in binders:
        base = scope.base(binder.index)
        lo, hi = (None if end is None else raise_by(end.substitute(shift), base) for end in (binder.lo, binder.hi))
        moved.append(Binder(binder.index, lo, hi))
    return tuple(moved)


def raise_by(form: Affine, base: int) -> Affine:
    """``form + base``, the addition carried inside a maximum or minimum."""
    if not base:
        return form
    for kind in ("max", "min"):
        args = extremum_args(form, kind)
        if len(args) > 1:
            return extremum(kind, [arg + base for arg in args])
    return form + base
