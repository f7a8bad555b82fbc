"""How an expression depends on a tensor: this decides how its gradient can be checked exactly."""

from __future__ import annotations

from enum import IntEnum
from typing import assert_never

from symconv.expr.nodes import (
    Access,
    Add,
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


class Dependence(IntEnum):
    """From the simplest to the most general; a sum is as general as its most general term."""

    NONE = 0
    LINEAR = 1
    """Linear up to a constant: differences are exact."""
    PIECEWISE = 2
    """The extremum of linear forms: differences are exact where no winner changes."""
    SMOOTH = 3
    """Anything else."""


def dependence(expr: Expr, name: str) -> Dependence:
    """How the expression depends on the tensor of that name.

    >>> from symconv.expr.nodes import Pow, number
    >>> from symconv.expr.tensor import Tensor
    >>> x = Access(Tensor("x", "input", (), (), ()), ())
    >>> dependence(Mul((number(3), x)), "x").name, dependence(Pow(x, number(2)), "x").name
    ('LINEAR', 'SMOOTH')
    """
    match expr:
        case Scalar() | Bracket():
            return Dependence.NONE
        case Access(tensor, _):
            return Dependence.LINEAR if tensor.name == name else Dependence.NONE
        case Add(terms):
            return max((dependence(term, name) for term in terms), default=Dependence.NONE)
        case Mul(factors):
            kinds = [kind for factor in factors if (kind := dependence(factor, name))]
            return Dependence.SMOOTH if len(kinds) > 1 else max(kinds, default=Dependence.NONE)
        case Sum(body, _):
            return dependence(body, name)
        case Pow(base, exponent):
            inner = dependence(base, name)
            return inner if exponent.num == exponent.den else Dependence(3 * bool(inner))
        case Reduce(_, body, _, _, _):
            inner = dependence(body, name)
            return Dependence.PIECEWISE if inner == Dependence.LINEAR else inner
        case Winner(window, _):
            return Dependence(3 * bool(dependence(window, name)))
        case Derivative(of, _):
            return Dependence(3 * bool(dependence(of, name)))
        case _:
            assert_never(expr)


def needs_floats(expr: Expr) -> bool:
    """Whether the expression takes a root somewhere, so that its values are not rational."""
    match expr:
        case Pow(_, exponent):
            return exponent.den.constant != 1 or exponent.num.constant is None or needs_floats(expr.base)
        case Add(parts) | Mul(parts):
            return any(map(needs_floats, parts))
        case Sum(body, _) | Reduce(_, body, _, _, _) | Winner(body, _) | Derivative(body, _):
            return needs_floats(body)
        case Scalar() | Access() | Bracket():
            return False
        case _:
            assert_never(expr)
