"""Products of one or two arrays on a common box, summed over some axes: matrix products wherever there is a sum.

An array has one axis per index of the box, of size 1 where it does not depend on it.
"""

from __future__ import annotations

from functools import reduce
from typing import TypeAlias

import numpy as np

from symconv.compiled.entries import Array, object_sum, total

EXACT_IN_FLOAT = 2**53


# for the left and the right operand: the array that came last and the matrix made of it
Memo: TypeAlias = dict[str, tuple[Array, Array]]


def contract(factors: list[Array], shape: tuple[int, ...], keep: frozenset[int], memo: Memo | None = None) -> Array:
    """``Σ Π factors`` over every axis that is not kept; a summed axis that nothing depends on counts its values.

    With a ``memo`` an operand that is the same array as in the call before is not copied again.

    >>> a, b = np.arange(6).reshape(2, 3, 1), np.arange(3).reshape(1, 3, 1)
    >>> contract([a, b], (2, 3, 4), frozenset({0})).ravel()
    array([20, 56])
    """
    summed = [axis for axis in range(len(shape)) if axis not in keep]
    used = [_axes(factor) for factor in factors]
    count = 1
    for axis in summed:
        holders = [at for at, axes in enumerate(used) if axis in axes]
        if not holders:
            count *= shape[axis]
    result = _pair(factors[0], factors[1], keep, memo) if len(factors) == 2 else _sum(factors[0], keep)
    return result if count == 1 else result * count


def _axes(array: Array) -> frozenset[int]:
    return frozenset(axis for axis, size in enumerate(array.shape) if size > 1)


def _sum(array: Array, keep: frozenset[int]) -> Array:
    axes = tuple(sorted(_axes(array) - keep))
    if not axes:
        return array
    if array.dtype.kind == "O":
        return object_sum(array, axes)
    return np.asarray(array.sum(axis=axes, keepdims=True, dtype=array.dtype))


def _pair(left: Array, right: Array, keep: frozenset[int], memo: Memo | None) -> Array:
    own, other = _axes(left), _axes(right)
    left, right = _sum(left, keep | other), _sum(right, keep | own)
    own, other = _axes(left), _axes(right)
    inner = (own & other) - keep
    if not inner:
        return np.asarray(left * right)
    batch = own & other & keep
    return _matrix_product(left, right, batch, inner, own - other, other - own, {} if memo is None else memo)


def _matrix_product(
    left: Array,
    right: Array,
    batch: frozenset[int],
    inner: frozenset[int],
    rows: frozenset[int],
    columns: frozenset[int],
    memo: Memo,
) -> Array:
    """Group the axes, copy what is no matrix yet (this is im2col), and multiply."""
    large = left if left.size * max(1, len(rows)) > right.size * max(1, len(columns)) else right
    batch_axes, inner_axes = _by_stride(large, batch), _by_stride(large, inner)
    row_axes, column_axes = _by_stride(left, rows), _by_stride(right, columns)
    a = _remembered("left", left, (batch_axes, row_axes, inner_axes), memo)
    b = _remembered("right", right, (batch_axes, inner_axes, column_axes), memo)
    product = _multiply(a, b)
    order = (*batch_axes, *row_axes, *column_axes)
    sizes = [max(left.shape[axis], right.shape[axis]) for axis in order]
    missing = [axis for axis in range(left.ndim) if axis not in order]
    spread = product.reshape(*sizes, *(1 for _ in missing))
    return spread.transpose(np.argsort((*order, *missing)))


def _remembered(side: str, array: Array, groups: tuple[tuple[int, ...], ...], memo: Memo) -> Array:
    key = f"{side} {groups}"
    if key not in memo or memo[key][0] is not array:
        memo[key] = (array, _matrix(array, *groups))
    return memo[key][1]


def _by_stride(array: Array, axes: frozenset[int]) -> tuple[int, ...]:
    """The axes from the longest step in memory to the shortest, the longest run last among equal steps."""
    return tuple(sorted(axes, key=lambda axis: (-abs(array.strides[axis]), array.shape[axis])))


def _matrix(array: Array, batch: tuple[int, ...], rows: tuple[int, ...], columns: tuple[int, ...]) -> Array:
    """``array`` as (batch, rows, columns), laid out so that the copy, if one is needed, has long runs."""
    rest = tuple(axis for axis in range(array.ndim) if axis not in (*batch, *rows, *columns))

    def arranged(first: tuple[int, ...], second: tuple[int, ...]) -> Array:
        sizes = [int(np.prod([array.shape[axis] for axis in group])) for group in (batch, first, second)]
        return array.transpose(*batch, *first, *second, *rest).reshape(*sizes)

    def run(axes: tuple[int, ...]) -> tuple[int, int]:
        return (-abs(array.strides[axes[-1]]), array.shape[axes[-1]]) if axes else (-(2**62), 0)

    return arranged(rows, columns) if run(columns) >= run(rows) else arranged(columns, rows).transpose(0, 2, 1)


def _multiply(a: Array, b: Array) -> Array:
    """The matrix product: BLAS for floats, and for integers where every sum is exact in a float64."""
    if a.dtype.kind == "O":
        return _object_product(a, b)
    if a.shape[0] == 1:
        return _multiply_one(a[0], b[0])[None]
    return np.stack([_multiply_one(x, y) for x, y in zip(a, b, strict=True)])


def _multiply_one(a: Array, b: Array) -> Array:
    if a.dtype.kind in "iu" and a.size and b.size:
        largest = reduce(lambda x, y: x * y, (max(abs(int(m.min())), abs(int(m.max()))) for m in (a, b)))
        if largest * a.shape[1] < EXACT_IN_FLOAT:
            return np.asarray((a.astype(np.float64) @ b.astype(np.float64)).astype(a.dtype))
    if a.dtype == np.float16:
        return np.asarray((a.astype(np.float32) @ b.astype(np.float32)).astype(np.float16))
    return np.asarray(a @ b)


def _object_product(a: Array, b: Array) -> Array:
    result = np.empty((a.shape[0], a.shape[1], b.shape[2]), dtype=object)
    for at in range(a.shape[0]):
        columns = [list(column) for column in b[at].T]
        for row, entries in enumerate(map(list, a[at])):
            for column, others in enumerate(columns):
                result[at, row, column] = total([x * y for x, y in zip(entries, others, strict=True)])
    return result
