"""A small language of matrix expressions whose rows and columns are multi-indices.

A side of a matrix is a tuple of axes from slowest to fastest, so that a Kronecker product joins sides,
``vec`` puts columns before rows (column-major) or after them (row-major), and every matrix identity lowers to sums
over entries without floor and remainder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from typing import Literal, TypeAlias, Union

from symconv.errors import UnsupportedError
from symconv.expr.nodes import UNIT, Access, Add, Bracket, Derivative, Expr, Mul, Sum, binder
from symconv.expr.tensor import Tensor
from symconv.expr.walk import fresh, substitute
from symconv.gradient.derivation import gradient_of
from symconv.gradient.differentiate import differentiate, resolve
from symconv.index.affine import Affine
from symconv.index.domain import Assumptions, Equal
from symconv.rewrite.rule import Context

Order = Literal["row", "column"]
Indices: TypeAlias = tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """An index name and its size."""

    index: str
    size: Affine


Side: TypeAlias = tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A matrix given by its entries: ``entry`` is an expression in the index names of rows and columns.

    ``argument`` names the tensor that it is built from (K in T(K)); ``vectorised`` says that it is the vec of the
    tensor ``name``. A side without axes has size 1, so a column vector has ``cols = ()``.
    """

    name: str
    rows: Side
    cols: Side
    entry: Expr
    argument: str | None = None
    vectorised: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity matrix on a side."""

    side: Side


@dataclass(frozen=True, slots=True)
class Ones:
    """The column vector of ones."""

    side: Side


@dataclass(frozen=True, slots=True)
class Product:
    """The product of the factors, in order."""

    factors: tuple[Matrix, ...]


@dataclass(frozen=True, slots=True)
class Plus:
    """The sum of the terms."""

    terms: tuple[Matrix, ...]


@dataclass(frozen=True, slots=True)
class Transposed:
    """The transpose."""

    of: Matrix


@dataclass(frozen=True, slots=True)
class Kronecker:
    """The Kronecker product ``left ⊗ right``: the blocks ``left[i,j] · right``."""

    left: Matrix
    right: Matrix


@dataclass(frozen=True, slots=True)
class Vec:
    """The entries in one column, column by column or row by row."""

    of: Matrix
    order: Order


@dataclass(frozen=True, slots=True)
class Gradient:
    """``∂L/∂of``, of the shape of ``of``."""

    of: Matrix


@dataclass(frozen=True, slots=True)
class Jacobian:
    """``∂of/∂byᵀ`` for column vectors: row r, column c holds ``∂of[r]/∂by[c]``."""

    of: Matrix
    by: Matrix


Matrix: TypeAlias = Union[Named, Identity, Ones, Product, Plus, Transposed, Kronecker, Vec, Gradient, Jacobian]
MATRICES: tuple[type, ...] = (
    Named, Identity, Ones, Product, Plus, Transposed, Kronecker, Vec, Gradient, Jacobian,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatrixEquation:
    """``left = right``."""

    left: Matrix
    right: Matrix


def rows(matrix: Matrix) -> Side:
    """The axes of the rows."""
    match matrix:
        case Named(_, side, _, _, _, _) | Identity(side) | Ones(side):
            return side
        case Product(factors) | Plus(factors):
            return rows(factors[0])
        case Transposed(of):
            return cols(of)
        case Kronecker(left, right):
            return rows(left) + rows(right)
        case Vec(of, order):
            return cols(of) + rows(of) if order == "column" else rows(of) + cols(of)
        case Gradient(of) | Jacobian(of, _):
            return rows(of)


def cols(matrix: Matrix) -> Side:
    """The axes of the columns."""
    match matrix:
        case Named(_, _, side, _, _, _) | Identity(side):
            return side
        case Ones() | Vec():
            return ()
        case Product(factors) | Plus(factors):
            return cols(factors[-1])
        case Transposed(of):
            return rows(of)
        case Kronecker(left, right):
            return cols(left) + cols(right)
        case Gradient(of):
            return cols(of)
        case Jacobian(_, by):
            return rows(by)


def side_size(side: Side) -> Affine:
    """The number of rows or columns: the product of the sizes.

    >>> str(side_size((Axis("i", Affine.of("O_1")), Axis("j", Affine.of("O_2")))))
    'O_1*O_2'
    """
    total = Affine.of(1)
    for axis in side:
        total = total * axis.size
    return total


@singledispatch
def lower(matrix: Matrix, row: Indices, col: Indices) -> Expr:
    """The entry at a row and a column multi-index, as sums over entries of tensors.

    >>> from symconv.expr.nodes import Access
    >>> i, j, n = Affine.of("i"), Affine.of("j"), Affine.of("n")
    >>> tensor = Tensor("W", "weight", (n, n), ("i", "j"), ("F", "C"))
    >>> w = Named("W", (Axis("i", n),), (Axis("j", n),), Access(tensor, (i, j)))
    >>> lower(Transposed(w), (i,), (j,)) == Access(tensor, (j, i))
    True
    """
    raise TypeError(f"no case for {type(matrix).__name__}")


@lower.register
def _(matrix: Named, row: Indices, col: Indices) -> Expr:
    names = [axis.index for axis in (*matrix.rows, *matrix.cols)]
    return substitute(matrix.entry, dict(zip(names, (*row, *col), strict=True)))


@lower.register
def _(matrix: Identity, row: Indices, col: Indices) -> Expr:
    equations = tuple(Equal(left, right) for left, right in zip(row, col, strict=True))
    return Bracket(equations) if equations else UNIT


@lower.register
def _(matrix: Ones, row: Indices, col: Indices) -> Expr:
    return UNIT


@lower.register
def _(matrix: Product, row: Indices, col: Indices) -> Expr:
    taken = _names((*row, *col))
    binders: list[Axis] = []
    factors: list[Expr] = []
    left = row
    for factor in matrix.factors[:-1]:
        inner = tuple(_bind(axis, taken) for axis in cols(factor))
        binders.extend(inner)
        middle = tuple(Affine.of(axis.index) for axis in inner)
        factors.append(lower(factor, left, middle))
        left = middle
    factors.append(lower(matrix.factors[-1], left, col))
    body = factors[0] if len(factors) == 1 else Mul(tuple(factors))
    return Sum(body, tuple(binder(axis.index, axis.size) for axis in binders)) if binders else body


def _names(indices: Iterable[Affine]) -> set[str]:
    return {name for index in indices for name in index.names()}


def _bind(axis: Axis, taken: set[str]) -> Axis:
    name = fresh(axis.index, taken)
    taken.add(name)
    return Axis(name, axis.size)


@lower.register
def _(matrix: Plus, row: Indices, col: Indices) -> Expr:
    return Add(tuple(lower(term, row, col) for term in matrix.terms))


@lower.register
def _(matrix: Transposed, row: Indices, col: Indices) -> Expr:
    return lower(matrix.of, col, row)


@lower.register
def _(matrix: Kronecker, row: Indices, col: Indices) -> Expr:
    split, cut = len(rows(matrix.left)), len(cols(matrix.left))
    return Mul((lower(matrix.left, row[:split], col[:cut]), lower(matrix.right, row[split:], col[cut:])))


@lower.register
def _(matrix: Vec, row: Indices, col: Indices) -> Expr:
    if matrix.order == "column":
        split = len(cols(matrix.of))
        return lower(matrix.of, row[split:], row[:split])
    split = len(rows(matrix.of))
    return lower(matrix.of, row[:split], row[split:])


@lower.register
def _(matrix: Gradient, row: Indices, col: Indices) -> Expr:
    entry = lower(matrix.of, row, col)
    if not isinstance(entry, Access):
        raise UnsupportedError("the gradient by a matrix needs a matrix whose entries are a tensor's")
    return Access(_gradient(entry.tensor), entry.indices)


def _gradient(tensor: Tensor) -> Tensor:
    if tensor.role == "output":
        return Tensor(r"\delta", "upstream", tensor.shape, tensor.indices, tensor.axes, of=tensor.name)
    return gradient_of(tensor)


@lower.register
def _(matrix: Jacobian, row: Indices, col: Indices) -> Expr:
    by = lower(matrix.by, col, ())
    if not isinstance(by, Access):
        raise UnsupportedError("the derivative by a vector needs a vector whose entries are a tensor's")
    of = lower(matrix.of, row, ())
    if isinstance(of, Access) and of.tensor.role == "output":
        # the output depends on everything, by a definition that is not in the matrix
        return Derivative(of, by)
    return resolve(differentiate(of, by), Context(Assumptions(), {}))
