"""Whole arrays as index expressions: what ``W^T δ``, ``A ⊗ B`` or ``vec(X)`` is, entry by entry.

An :class:`Array` is a function from positions to an expression. Every operation on arrays is written down here as its
definition in indices, so that a matrix formula becomes a formula in sums, and is proved like one. An axis may consist
of several digits, the most significant first: vec(X) has the digits (column, row), because column-major order runs
through the rows fastest. Digits keep products with ⊗ and vec free of floors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from symconv.expr.nodes import NOTHING, Access, Add, Binder, Bracket, Expr, Mul, Scalar, Sum
from symconv.expr.walk import substitute
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import Equal
from symconv.meaning.errors import MeaningError, ShapeError

Same = Callable[[Affine, Affine], bool]


@dataclass(frozen=True)
class Digit:
    """An index of its own name that takes ``size`` values from ``first`` on.

    ``kind`` is the tensor's axis that it is (``N``, ``S1``). Only an array turned about its origin begins below 0.
    """

    index: str
    size: Affine
    kind: str = ""
    first: Affine = ZERO


Axis = tuple[Digit, ...]


@dataclass(frozen=True)
class Array:
    """``body`` for every position of the ``axes``.

    ``orientation`` of a vector is ``column`` or ``row``; ``numerator`` is the number of axes, from the first, that
    belong to the numerator of a derivative of one array by another.
    """

    axes: tuple[Axis, ...]
    body: Expr
    orientation: str = "column"
    numerator: int | None = None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.axes)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of all axes in order."""
        return tuple(digit for axis in self.axes for digit in axis)

    def at(self, position: Sequence[Affine]) -> Expr:
        """The entry at a position, one form for each digit."""
        names = [digit.index for digit in self.digits]
        return substitute(self.body, dict(zip(names, position, strict=True)))


def scalar(body: Expr) -> Array:
    """An expression as an array without axes."""
    return Array((), body)


@dataclass(frozen=True)
class Algebra:
    """Operations on arrays. ``same`` says whether two sizes are equal (or makes them so, or raises)."""

    same: Same
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fresh(self) -> str:
        """An index name that occurs nowhere else."""
        return f"@.{next(self.numbers)}"

    def renamed(self, array: Array) -> Array:
        """The array with index names of its own."""
        names = {digit.index: self.fresh() for digit in array.digits}
        axes = tuple(tuple(replace(digit, index=names[digit.index]) for digit in axis) for axis in array.axes)
        body = substitute(array.body, {old: Affine.of(new) for old, new in names.items()})
        return replace(array, axes=axes, body=body)

    # Axes -------------------------------------------------------------------------------------------------------------

    def fits(self, left: Axis, right: Axis) -> bool:
        """Whether two axes have the same digits."""
        return len(left) == len(right) and all(self.same(a.size, b.size) for a, b in zip(left, right, strict=True))

    def on(self, array: Array, axes: Sequence[Axis]) -> Expr:
        """The body of ``array`` in the indices of other axes of the same sizes."""
        return array.at([Affine.of(digit.index) for axis in axes for digit in axis])

    def _check(self, left: Axis, right: Axis, what: str) -> None:
        if not self.fits(left, right):
            certain = len(left) > 1 or len(right) > 1
            raise ShapeError(f"{what}: {_shown(left)} against {_shown(right)}", certain=certain)

    # Entrywise --------------------------------------------------------------------------------------------------------

    def add(self, left: Array, right: Array) -> Array:
        """Entrywise sum; a number is added to every entry."""
        left, right = self._with_bias(left, right), self._with_bias(right, left)
        return self._entrywise(left, right, lambda a, b: Add((a, b)), "a sum of arrays of different sizes")

    def _with_bias(self, array: Array, other: Array) -> Array:
        """A bias, one number for each channel, at every position of the array that it is added to."""
        entry = array.body
        if not isinstance(entry, Access) or entry.tensor.role != "bias" or not 0 < array.rank < other.rank:
            return array
        kinds = [digit.kind for digit in array.digits]
        other = self.renamed(other)
        places = [digit.index for digit in other.digits if digit.kind in kinds]
        if len(places) != len(kinds):
            return array
        return replace(other, body=array.at([Affine.of(place) for place in places]))

    def hadamard(self, left: Array, right: Array) -> Array:
        """Entrywise product; a number multiplies every entry."""
        return self._entrywise(left, right, _times, "an entrywise product of arrays of different sizes")

    def _entrywise(self, left: Array, right: Array, join: Callable[[Expr, Expr], Expr], what: str) -> Array:
        if left.rank == 0 or right.rank == 0:
            whole = self.renamed(left if left.rank else right)
            first, second = (left.body, whole.body) if left.rank == 0 else (whole.body, right.body)
            return replace(whole, body=join(first, second))
        if left.rank != right.rank or (left.rank == 1 and left.orientation != right.orientation):
            raise ShapeError(f"{what}: they have {left.rank} and {right.rank} axes")
        left = self.renamed(left)
        for a, b in zip(left.axes, right.axes, strict=True):
            self._check(a, b, what)
        return replace(left, body=join(left.body, self.on(right, left.axes)))

    def negate(self, array: Array) -> Array:
        """Every entry with the other sign."""
        return replace(array, body=Mul((Scalar(Affine.of(-1)), array.body)))

    def scale(self, factor: Scalar, array: Array) -> Array:
        """Every entry times a number."""
        return replace(array, body=_times(factor, array.body))

    # Matrices ---------------------------------------------------------------------------------------------------------

    def transpose(self, array: Array) -> Array:
        """Axes in reverse order; a column becomes a row."""
        if array.rank == 1:
            return replace(array, orientation="row" if array.orientation == "column" else "column")
        if array.rank > 2:
            raise MeaningError(f"an array with {array.rank} axes has no transpose")
        # a matrix of derivatives is an ordinary matrix when it is transposed: its first axis is not the numerator's
        return replace(array, axes=array.axes[::-1], numerator=None if array.rank == 2 else array.numerator)

    def contract(self, left: Array, right: Array, pairs: Sequence[tuple[int, int]], what: str) -> Array:
        """``Σ left · right`` over pairs of axes; the axes left over stay, those of ``left`` first."""
        left, right = self.renamed(left), self.renamed(right)
        binders: list[Binder] = []
        values: dict[str, Affine] = {}
        for a, b in pairs:
            self._check(left.axes[a], right.axes[b], what)
            for mine, other in zip(left.axes[a], right.axes[b], strict=True):
                binders.append(Binder(mine.index, ZERO, mine.size - 1))
                values[other.index] = Affine.of(mine.index)
        body = _times(left.body, substitute(right.body, values))
        axes = [axis for at, axis in enumerate(left.axes) if at not in {a for a, _ in pairs}]
        axes += [axis for at, axis in enumerate(right.axes) if at not in {b for _, b in pairs}]
        return Array(tuple(axes), Sum(body, tuple(binders)) if binders else body)

    def matmul(self, left: Array, right: Array) -> Array:
        """The matrix product of matrices, columns and rows."""
        if left.rank == 0 or right.rank == 0:
            return self.hadamard(left, right)
        what = "a matrix product of sizes that do not fit"
        match (left.rank, left.orientation if left.rank == 1 else "", right.rank, right.orientation):
            case (2, _, 2, _):
                return self.contract(left, right, [(1, 0)], what)
            case (2, _, 1, "column"):
                return self.contract(left, right, [(1, 0)], what)
            case (1, "row", 2, _):
                return replace(self.contract(left, right, [(0, 0)], what), orientation="row")
            case (1, "row", 1, "column"):
                return self.contract(left, right, [(0, 0)], what)
            case (1, "column", 1, "row"):
                return self.contract(left, right, [], what)
            case _:
                raise ShapeError(f"{what}: a {_kind(left)} times a {_kind(right)}")

    def vec(self, array: Array, order: str = "column") -> Array:
        """The entries one below another: column by column (``column``), or row by row."""
        if array.rank < 2:
            return array
        axes = array.axes[::-1] if order == "column" else array.axes
        return Array((tuple(digit for axis in axes for digit in axis),), array.body)

    def kron(self, left: Array, right: Array) -> Array:
        """``(A ⊗ B)[(i,k),(j,l)] = A[i,j]·B[k,l]``."""
        if left.rank != right.rank or left.rank > 2:
            raise MeaningError(f"⊗ between a {_kind(left)} and a {_kind(right)}")
        left, right = self.renamed(left), self.renamed(right)
        axes = tuple((*a, *b) for a, b in zip(left.axes, right.axes, strict=True))
        return Array(axes, _times(left.body, right.body))

    def diagonal(self, array: Array) -> Array:
        """The matrix with a vector on its diagonal."""
        if array.rank != 1:
            raise MeaningError(f"diag takes a vector, not a {_kind(array)}")
        array, other = self.renamed(array), self.renamed(array)
        equal = tuple(
            Equal(Affine.of(a.index), Affine.of(b.index)) for a, b in zip(array.digits, other.digits, strict=True)
        )
        return Array((array.axes[0], other.axes[0]), Mul((Bracket(equal), array.body)))

    def identity(self, axis: Axis) -> Array:
        """The identity matrix on an axis."""
        ones = Array((axis,), Scalar(ONE))
        return self.diagonal(ones)

    def total(self, array: Array) -> Array:
        """The sum of all entries."""
        array = self.renamed(array)
        binders = tuple(Binder(digit.index, ZERO, digit.size - 1) for digit in array.digits)
        return scalar(Sum(array.body, binders) if binders else array.body)

    def explicit(self, rows: Sequence[Sequence[Expr]]) -> Array:
        """A matrix given entry by entry; one column is a column, one row a row."""
        height, width = len(rows), len(rows[0])
        row, column = self.fresh(), self.fresh()
        down = (Digit(row, Affine.of(height)),)
        along = (Digit(column, Affine.of(width)),)
        terms: list[Expr] = []
        for i, entries in enumerate(rows):
            for j, entry in enumerate(entries):
                place: list[Equal] = []
                if height > 1 or width == 1:
                    place.append(Equal(Affine.of(row), Affine.of(i)))
                if width > 1:
                    place.append(Equal(Affine.of(column), Affine.of(j)))
                if entry != NOTHING:
                    terms.append(Mul((Bracket(tuple(place)), entry)))
        body: Expr = Add(tuple(terms))
        if width == 1:
            return Array((down,), body)
        if height == 1:
            return Array((along,), body, orientation="row")
        return Array((down, along), body)


def _times(left: Expr, right: Expr) -> Expr:
    factors: list[Expr] = []
    for side in (left, right):
        factors += side.factors if isinstance(side, Mul) else (side,)
    return Mul(tuple(factors))


def _shown(axis: Axis) -> str:
    return "·".join(str(digit.size) for digit in axis)


def _kind(array: Array) -> str:
    if array.rank == 1:
        return array.orientation
    return {0: "number", 2: "matrix"}.get(array.rank, f"array with {array.rank} axes")
