"""The closed set of expression nodes.

Every pass (evaluation, differentiation, substitution, typesetting, the bridge to SymPy) has a case for every
class in :data:`NODES`; a test holds them to it. Scalars are quotients of our own integer polynomials rather
than SymPy expressions: they are exact, hashable and cheap, and deriving does not import SymPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

from symconv.expr.tensor import Tensor
from symconv.index.affine import ONE, ZERO, Affine, IntoAffine
from symconv.index.domain import Guard, Range

Ties = Literal["first", "split", "all"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """``num/den``: a number or a quotient of forms in sizes (and, for a clipped window, indices)."""

    num: Affine
    den: Affine = ONE


@dataclass(frozen=True, slots=True)
class Access:
    """One entry of a tensor. An entry outside the tensor's range is what the tensor's ``outside`` says."""

    tensor: Tensor
    indices: tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """The sum of the terms (zero for none)."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """The product of the factors (one for none). A bracket that is 0 makes the product 0, whatever else it holds."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Pow:
    """``base ** exponent`` for a positive base or an integer exponent."""

    base: Expr
    exponent: Scalar


@dataclass(frozen=True, slots=True)
class Binder:
    """A bound index running over ``lo..hi``, both included; None is unbounded (all integers)."""

    index: str
    lo: Affine | None
    hi: Affine | None

    @property
    def range(self) -> Range:
        """The binder's range."""
        return Range(self.lo, self.hi)


@dataclass(frozen=True, slots=True)
class Sum:
    """``Σ body`` over several binders. A limit may name the free indices, never another binder of the same sum."""

    body: Expr
    binders: tuple[Binder, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Iverson bracket: 1 where all guards hold, else 0."""

    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Reduce:
    """The maximum or minimum of ``body`` over the binders where all guards hold.

    ``ties`` is the convention for its derivative where several entries are extreme: the ``first`` in row-major
    order (PyTorch's rule), ``split`` evenly, or ``all``.
    """

    kind: Literal["max", "min"]
    body: Expr
    binders: tuple[Binder, ...]
    guards: tuple[Guard, ...]
    ties: Ties


@dataclass(frozen=True, slots=True)
class Winner:
    """The weight of the window position ``at`` in the derivative of ``window``: the entry's share of the extremum.

    1 for the extreme entry and 0 elsewhere; under the tie rule ``split`` an equal share of 1 for each tied entry.
    """

    window: Reduce
    at: tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Derivative:
    """The unevaluated partial derivative ``∂of/∂by``."""

    of: Expr
    by: Access


Expr: TypeAlias = Union[Scalar, Access, Add, Mul, Pow, Sum, Bracket, Reduce, Winner, Derivative]
NODES: tuple[type, ...] = (Scalar, Access, Add, Mul, Pow, Sum, Bracket, Reduce, Winner, Derivative)

NOTHING = Scalar(ZERO)
UNIT = Scalar(ONE)


def number(value: IntoAffine) -> Scalar:
    """An integer, name or affine form as a scalar."""
    return Scalar(Affine.of(value))


def binder(index: str, size: IntoAffine) -> Binder:
    """The binder ``0 ≤ index ≤ size − 1``."""
    return Binder(index, ZERO, Affine.of(size) - 1)
