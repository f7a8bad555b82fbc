"""The operator form as data: cross-correlations, convolutions, products and sums that a normal form amounts to.

Channels and batch keep their indices, space does not: ``∂L/∂K_{f,c} = Σ_b I_{b,c} ⋆ δ_{b,f}``. On each spatial axis

    cross-correlation:  result[u] = Σ_y left[stride·u + dilation·y − offset] · right[y]
    convolution:        result[u] = Σ_{x,y} [u = left_dilation·x + dilation·y − offset] left[x] · right[y]

so that the offset pads the left operand of a cross-correlation and crops the full result of a convolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symconv.expr.nodes import UNIT, Access, Add, Binder, Bracket, Expr, Mul, Scalar, Sum
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import Equal, Guard

Kind = Literal["cross-correlation", "convolution", "product", "sum", "entry"]
ONES = r"\mathbf{1}"


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor with its indices: None on a spatial axis, over which the operator runs."""

    tensor: Tensor
    indices: tuple[Affine | None, ...]

    @property
    def is_ones(self) -> bool:
        """Whether the operand is a window of ones (the kernel of an average)."""
        return self.tensor.name == ONES

    def read(self, positions: tuple[Affine, ...]) -> Access:
        """The entry at the spatial positions."""
        rest = iter(positions)
        return Access(self.tensor, tuple(next(rest) if index is None else index for index in self.indices))

    @property
    def spatial_sizes(self) -> tuple[Affine, ...]:
        """The sizes of the spatial axes."""
        return tuple(size for size, index in zip(self.tensor.shape, self.indices, strict=True) if index is None)


@dataclass(frozen=True, slots=True)
class AxisForm:
    """How the operator acts along one spatial axis (see the module's formulas).

    ``flip_right`` reads the right operand backwards (rot180), ``flip_result`` writes the result backwards. ``left``
    and ``right`` are the index names of the operands' positions, ``result`` that of the result's.
    """

    result: str
    left: str
    right: str
    stride: Affine = ONE
    left_dilation: Affine = ONE
    dilation: Affine = ONE
    offset: Affine = ZERO
    flip_right: bool = False
    flip_result: bool = False


@dataclass(frozen=True, slots=True)
class OperatorPart:
    """``coefficient · Σ_binders [guards] left ∘ right``; ``right`` is None for a sum or a single entry.

    The binders run over channels and batch (for a ``sum`` also over space).
    """

    kind: Kind
    left: Operand
    right: Operand | None
    axes: tuple[AxisForm, ...] = ()
    binders: tuple[Binder, ...] = ()
    guards: tuple[Guard, ...] = ()
    coefficient: Scalar = UNIT

    @property
    def is_true_convolution(self) -> bool:
        """Whether the right operand is read backwards: a full convolution as it stands, a flipped correlation."""
        return (self.kind == "convolution") != any(axis.flip_right for axis in self.axes)


@dataclass(frozen=True, slots=True)
class OperatorForm:
    """``target = Σ parts`` for an entry of ``definition``'s output or of a gradient; its spatial indices are None."""

    target: Operand
    indices: tuple[Affine, ...]
    parts: tuple[OperatorPart, ...]
    definition: Definition


def lower(form: OperatorForm) -> Expr:
    """The form as a sum again, in the indices ``form.indices`` of the target's entry."""
    terms = tuple(lower_part(part, form.target) for part in form.parts)
    return terms[0] if len(terms) == 1 else Add(terms)


def lower_part(part: OperatorPart, target: Operand, *, relational: bool = False) -> Expr:
    """One part as a sum over all positions of its operands.

    ``relational`` sums a cross-correlation over both operands' positions, tied by a bracket, as for a convolution: the
    same value where the left operand is read as zero outside its range.
    """
    guards, binders = list(part.guards), list(part.binders)
    lefts: list[Affine] = []
    rights: list[Affine] = []
    left_sizes = part.left.spatial_sizes
    right_sizes = () if part.right is None else part.right.spatial_sizes
    for place, axis in enumerate(part.axes):
        result, x, y = Affine.of(axis.result), Affine.of(axis.left), Affine.of(axis.right)
        if axis.flip_result:
            result = target.spatial_sizes[place] - 1 - result
        tap = right_sizes[place] - 1 - y if axis.flip_right else y
        binders.append(Binder(axis.right, ZERO, right_sizes[place] - 1))
        if part.kind == "cross-correlation":
            position = axis.stride * result + axis.dilation * tap - axis.offset
            if relational:
                binders.append(Binder(axis.left, ZERO, left_sizes[place] - 1))
                guards.append(Equal(x, position))
            else:
                x = position
        else:
            binders.append(Binder(axis.left, ZERO, left_sizes[place] - 1))
            guards.append(Equal(result, axis.left_dilation * x + axis.dilation * tap - axis.offset))
        lefts.append(x)
        rights.append(y)
    factors: list[Expr] = [Bracket(tuple(guards))] if guards else []
    if part.coefficient != UNIT:
        factors.append(part.coefficient)
    factors.append(part.left.read(tuple(lefts)))
    if part.right is not None and not part.right.is_ones:
        factors.append(part.right.read(tuple(rights)))
    body = factors[0] if len(factors) == 1 else Mul(tuple(factors))
    return Sum(body, tuple(binders)) if binders else body


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """``left · right`` as matrices and column vectors, each transposed or not."""

    left: Operand
    left_transposed: bool
    right: Operand
    right_transposed: bool


def matrix_product(form: OperatorForm) -> MatrixProduct | None:
    """The only ``product`` part as a product of matrices: W x, Wᵀ δ, δ xᵀ, X Wᵀ.

    A vector is a column. None where the operands have more than two axes or are not contracted like matrices.
    """
    products = [part for part in form.parts if part.kind == "product"]
    if len(products) != 1 or not 1 <= len(form.indices) <= 2:
        return None
    part = products[0]
    assert part.right is not None
    if part.guards or part.coefficient != UNIT or any(operand.tensor.rank > 2 for operand in (part.left, part.right)):
        return None
    rows = _names(form.indices)[0]
    columns = _names(form.indices)[1] if len(form.indices) == 2 else None
    contracted = part.binders[0].index if len(part.binders) == 1 else None
    if len(part.binders) > 1:
        return None
    for first, second in ((part.left, part.right), (part.right, part.left)):
        left = _transposed(first, (rows, contracted))
        right = _transposed(second, (contracted, columns))
        if left is not None and right is not None:
            return MatrixProduct(first, left, second, right)
    return None


def _names(indices: tuple[Affine | None, ...]) -> tuple[str, ...]:
    return tuple(next(iter(index.names())) for index in indices if index is not None)


def _transposed(operand: Operand, wanted: tuple[str | None, str | None]) -> bool | None:
    """Whether the operand must be transposed to have these row and column indices; None where it has others."""
    names = _names(operand.indices)
    present = tuple(name for name in wanted if name is not None)
    if len(names) != operand.tensor.rank or sorted(names) != sorted(present):
        return None
    if len(names) == 1:
        return wanted[0] is None
    return names != present
