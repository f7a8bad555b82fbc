"""Entries at linear positions as strided views, with everything outside an array filled in as its tensor says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from symconv.compiled.entries import Array
from symconv.expr.tensor import Outside


def block(array: Array, spans: Sequence[tuple[int, int]], outside: Outside) -> Array:
    """The entries ``lo..hi`` of each axis, also outside the array; a view where nothing is outside.

    >>> block(np.array([1, 2, 3]), [(-2, 1)], "reflect")
    array([3, 2, 1, 2])
    """
    if outside == "zero":
        return _zero_padded(array, spans)
    for axis, ((low, high), size) in enumerate(zip(spans, array.shape, strict=True)):
        if low >= 0 and high < size:
            array = array[(slice(None),) * axis + (slice(low, high + 1),)]
        else:
            array = np.take(array, _mapped(np.arange(low, high + 1), size, outside), axis)
    return array


def _zero_padded(array: Array, spans: Sequence[tuple[int, int]]) -> Array:
    inside = tuple(
        slice(min(max(low, 0), size), max(min(high + 1, size), 0))
        for (low, high), size in zip(spans, array.shape, strict=True)
    )
    if all(low >= 0 and high < size for (low, high), size in zip(spans, array.shape, strict=True)):
        return array[inside]
    result = np.zeros([high - low + 1 for low, high in spans], dtype=array.dtype)
    if all(part.start < part.stop for part in inside):
        place = tuple(slice(part.start - low, part.stop - low) for part, (low, _) in zip(inside, spans, strict=True))
        result[place] = array[inside]
    return result


def _mapped(positions: Array, size: int, outside: Outside) -> Array:
    """The position inside that a position shows under a padding map (PyTorch's meanings)."""
    if outside == "replicate" or size == 1:
        return np.asarray(np.clip(positions, 0, size - 1))
    if outside == "circular":
        return np.asarray(positions % size)
    folded = positions % (2 * (size - 1))
    return np.asarray(np.minimum(folded, 2 * (size - 1) - folded))


def gather(array: Array, indices: Sequence[Array], outside: Outside) -> Array:
    """The entries at arrays of positions (which broadcast), zero or mapped outside the array."""
    shape = np.broadcast_shapes(*(index.shape for index in indices))
    if not array.size:
        return np.zeros(shape, dtype=array.dtype)
    if outside != "zero":
        return np.asarray(
            array[tuple(_mapped(index, size, outside) for index, size in zip(indices, array.shape, strict=True))]
        )
    valid = np.ones((1,) * len(shape), dtype=bool)
    for index, size in zip(indices, array.shape, strict=True):
        valid = valid & (index >= 0) & (index < size)
    clipped = tuple(np.clip(index, 0, size - 1) for index, size in zip(indices, array.shape, strict=True))
    return np.where(valid, array[clipped], np.zeros((), dtype=array.dtype))


def strided(
    array: Array,
    forms: Sequence[tuple[Sequence[int], int]],
    box: Sequence[tuple[int, int]],
    outside: Outside,
) -> Array:
    """``array[forms(x)]`` for x in the box: one axis per box axis (size 1 where nothing depends on it), read-only.

    ``forms`` gives for each axis of the array the coefficients by box axis and the constant.
    """
    used = [any(factors[axis] for factors, _ in forms) for axis in range(len(box))]
    shape = [max(0, high - low + 1) if used[axis] else 1 for axis, (low, high) in enumerate(box)]
    if 0 in shape or not array.size:
        return np.zeros(shape, dtype=array.dtype)
    spans = [span(form, [ends if used[axis] else (0, 0) for axis, ends in enumerate(box)]) for form in forms]
    data = block(array, spans, outside)
    return placed(data, forms, box, [low for low, _ in spans], writeable=False)


def span(form: tuple[Sequence[int], int], box: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The smallest and largest value of a linear form over a box."""
    factors, low = form
    high = low
    for factor, (start, stop) in zip(factors, box, strict=True):
        low += min(factor * start, factor * stop)
        high += max(factor * start, factor * stop)
    return low, high


def placed(
    data: Array,
    forms: Sequence[tuple[Sequence[int], int]],
    box: Sequence[tuple[int, int]],
    origin: Sequence[int],
    *,
    writeable: bool,
) -> Array:
    """``data[forms(x) − origin]`` for x in the box as a strided view; every position must be inside."""
    strides = [0] * len(box)
    used = [False] * len(box)
    start: list[Any] = []
    for (factors, constant), low, stride in zip(forms, origin, data.strides, strict=True):
        first = constant - low
        for axis, factor in enumerate(factors):
            strides[axis] += factor * stride
            used[axis] = used[axis] or factor != 0
            first += factor * box[axis][0]
        start.append(slice(first, None))
    shape = [high - low + 1 if used[axis] else 1 for axis, (low, high) in enumerate(box)]
    start.append(Ellipsis)
    corner = data[tuple(start)]  # the ellipsis keeps a view where there is no axis at all
    return as_strided(corner, shape=shape, strides=strides, writeable=writeable)
