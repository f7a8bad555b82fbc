"""Renaming every occurrence of a name, bound or free: for names that are already distinct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.index.domain import substitute_guard

Names = Mapping[str, str]


def rename_tensor(tensor: Tensor, names: Names) -> Tensor:
    """The tensor with its sizes and indices renamed."""
    values = {old: Affine.of(new) for old, new in names.items()}
    return replace(
        tensor,
        shape=tuple(size.substitute(values) for size in tensor.shape),
        indices=tuple(names.get(index, index) for index in tensor.indices),
    )


def rename(expr: Expr, names: Names) -> Expr:
    """The expression with every name replaced, the binders' too; the new names must not occur in it."""
    values = {old: Affine.of(new) for old, new in names.items()}
    match expr:
        case Scalar(num, den):
            return Scalar(num.substitute(values), den.substitute(values))
        case Access(tensor, indices):
            return Access(rename_tensor(tensor, names), tuple(index.substitute(values) for index in indices))
        case Add(terms):
            return Add(tuple(rename(term, names) for term in terms))
        case Mul(factors):
            return Mul(tuple(rename(factor, names) for factor in factors))
        case Pow(base, exponent):
            return Pow(rename(base, names), Scalar(exponent.num.substitute(values), exponent.den.substitute(values)))
        case Sum(body, binders):
            return Sum(rename(body, names), _binders(binders, names))
        case Bracket(guards):
            return Bracket(tuple(substitute_guard(guard, values) for guard in guards))
        case Reduce(kind, body, binders, guards, ties):
            kept = tuple(substitute_guard(guard, values) for guard in guards)
            return Reduce(kind, rename(body, names), _binders(binders, names), kept, ties)
        case Winner(window, at):
            inner = rename(window, names)
            assert isinstance(inner, Reduce)
            return Winner(inner, tuple(index.substitute(values) for index in at))
        case Derivative(of, by):
            entry = rename(by, names)
            assert isinstance(entry, Access)
            return Derivative(rename(of, names), entry)
        case _:
            assert_never(expr)


def _binders(binders: tuple[Binder, ...], names: Names) -> tuple[Binder, ...]:
    values = {old: Affine.of(new) for old, new in names.items()}
    return tuple(
        Binder(
            names.get(binder.index, binder.index),
            None if binder.lo is None else binder.lo.substitute(values),
            None if binder.hi is None else binder.hi.substitute(values),
        )
        for binder in binders
    )
