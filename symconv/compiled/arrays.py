"""Running a plan on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from symconv.compiled.blocks import contraction_blocks, grid_blocks
from symconv.compiled.contract import Memo, contract
from symconv.compiled.entries import Array, working_type
from symconv.compiled.grid import Grid
from symconv.compiled.plan import Box, Contraction, GridSum, Plan, TermPlan, plan, used_axes
from symconv.compiled.views import placed, span
from symconv.errors import NameLookupError, ShapeError
from symconv.expr.nodes import Access
from symconv.rewrite.normal import Term, from_term


def compute(terms: tuple[Term, ...], target: Access, sizes: Mapping[str, int], arrays: Mapping[str, Array]) -> Array:
    """The array with entry ``target[indices] = Σ terms``, for concrete sizes and arrays by tensor name.

    Booleans and short integers become int64, integers with fractional coefficients float64; object arrays (Python
    integers, fractions, SymPy expressions) stay exact. The given arrays are never changed.

    >>> from symconv.expr.nodes import Binder, Scalar, binder
    >>> from symconv.expr.tensor import Tensor
    >>> from symconv.index.affine import Affine
    >>> i, m = Affine.of("i"), Affine.of("m")
    >>> tensors = [Tensor(name, "input", (Affine.of(size),), ("i",), ("S1",)) for name, size in ("xn", "kq", "yo")]
    >>> term = Term(Scalar(Affine.of(1)), (binder("m", "q"),), (), (
    ...     Access(tensors[0], (2 * i + m - 1,)), Access(tensors[1], (m,))))
    >>> compute((term,), Access(tensors[2], (i,)), {"n": 4, "q": 3, "o": 2},
    ...         {"x": np.array([1, 2, 3, 4]), "k": np.array([1, 10, 100])})
    array([210, 432])
    """
    return run(plan(terms, target, sizes), arrays)


def run(plan: Plan, arrays: Mapping[str, Array]) -> Array:
    """The planned array. Errors: a tensor without an array, or an array whose shape is not its tensor's."""
    given = {name: _given(name, shape, arrays) for name, shape in plan.tensors.items()}
    known = given or {name: np.asarray(array) for name, array in arrays.items()}
    dtype = working_type((array.dtype for array in known.values()), plan.fractional)
    typed = {name: array.astype(dtype, copy=False) for name, array in given.items()}
    result = np.zeros(plan.shape, dtype=dtype)
    names = tuple(str(index) for index in plan.target.indices)
    if result.size:
        for at, item in enumerate(plan.terms):
            contraction = _chosen(item, typed, dtype)
            if contraction is None:
                _add_grid_sum(item.grid, names, result, typed)
            else:
                result = _add_contraction(contraction, result, typed, fresh=at == 0)
    return result


def _given(name: str, shape: tuple[int, ...], arrays: Mapping[str, Array]) -> Array:
    if name not in arrays:
        known = ", ".join(sorted(arrays)) or "none"
        raise NameLookupError(f"the array of the tensor {name} is missing; given are: {known}")
    array = np.asarray(arrays[name])
    if array.shape != shape:
        raise ShapeError(f"the array of the tensor {name} has shape {array.shape}, expected {shape}")
    return array


def _chosen(item: TermPlan, arrays: Mapping[str, Array], dtype: np.dtype[Any]) -> Contraction | None:
    """The fastest plan that is right for these entries; None is the grid.

    0 · ∞ is not 0, so that zeros that the formula does not read may stand only beside finite entries.
    """
    exact = dtype.kind in "iu"
    if item.contraction is None or (
        item.contraction.masked and not exact and (dtype.kind == "O" or not all(map(_finite, arrays.values())))
    ):
        return None
    if item.correlation is not None and dtype.kind != "O":
        exposed = (arrays[name] for name in item.exposed)
        if exact or all(map(_finite, exposed)):
            return item.correlation
    return item.contraction


def _finite(array: Array) -> bool:
    return bool(np.isfinite(array).all())


def _add_contraction(item: Contraction, result: Array, arrays: Mapping[str, Array], *, fresh: bool) -> Array:
    """The result with the contraction added block by block; positions outside it fall on a margin that is cut off.

    ``fresh`` says that the result still is zero everywhere, so that the first value of an entry can be assigned.
    """
    blocks = list(contraction_blocks(item))
    if fresh and len(blocks) == 1 and _is_plain(item, result.shape):
        values = _values(item, blocks[0], arrays, result.dtype, _Latest())
        order = [next(axis for axis, factor in enumerate(factors) if factor) for factors, _ in item.outputs]
        values = values.transpose(*order, *(axis for axis in range(values.ndim) if axis not in order))
        values = np.ascontiguousarray(values.reshape(values.shape[: result.ndim]))
        shared = any(np.may_share_memory(values, array) for array in arrays.values())
        if values.shape == result.shape and values.flags.writeable and not shared:
            return values
    spans = [(low, high) for _, low, high in item.box]
    reach = [span(form, spans) for form in item.outputs]
    margin = [(min(0, low), max(size - 1, high)) for (low, high), size in zip(reach, result.shape, strict=True)]
    data = result
    if any(ends != (0, size - 1) for ends, size in zip(margin, result.shape, strict=True)):
        data = np.zeros([high - low + 1 for low, high in margin], dtype=result.dtype)
        fresh = True
    origin = [low for low, _ in margin]
    latest = _Latest()
    for box in blocks:
        values = _values(item, box, arrays, result.dtype, latest)
        view = placed(data, item.outputs, [(low, high) for _, low, high in box], origin, writeable=True)
        ends = zip(box, item.box, strict=True)
        first = all(part[1] == whole[1] for axis, (part, whole) in enumerate(ends) if axis not in item.keep)
        if fresh and first and not item.loops:
            view[...] = values
        else:
            _add(view, values, item.loops)
    if data is not result:
        result += data[tuple(slice(-low, size - low) for low, size in zip(origin, result.shape, strict=True))]
    return result


@dataclass(frozen=True, slots=True)
class _Latest:
    """The operands of the block before: most cuts leave one of the two as it is."""

    parts: dict[int, tuple[Box, Array]] = field(default_factory=dict)
    memo: Memo = field(default_factory=dict)


def _values(item: Contraction, box: Box, arrays: Mapping[str, Array], dtype: np.dtype[Any], latest: _Latest) -> Array:
    """The values of one block, with one axis per index of the box."""
    grid = Grid(box, arrays, dtype)
    names, extents = [name for name, _, _ in box], list(item.shape)
    for at, group in enumerate(item.groups):
        part = tuple(box[axis] for axis in sorted(used_axes(group, names, extents)))
        if at not in latest.parts or latest.parts[at][0] != part:
            latest.parts[at] = (part, grid.evaluate(group))
    values = contract([latest.parts[at][1] for at in range(len(item.groups))], grid.shape, item.keep, latest.memo)
    return _scaled(values, item.num, item.den)


def _is_plain(item: Contraction, shape: tuple[int, ...]) -> bool:
    """Whether every axis of the target is one whole axis of the box, each another one, and nothing else is kept."""
    axes: list[int] = []
    for (factors, constant), size in zip(item.outputs, shape, strict=True):
        found = [axis for axis, factor in enumerate(factors) if factor]
        if len(found) != 1 or factors[found[0]] != 1 or constant or item.box[found[0]][1:] != (0, size - 1):
            return False
        axes += found
    return len(set(axes)) == len(axes)


def _scaled(values: Array, num: int, den: int) -> Array:
    if den == 1:
        return values if num == 1 else np.asarray(values * num)
    if values.dtype.kind == "O":
        return np.asarray(values * Fraction(num, den))
    return np.asarray((values * num / den).astype(values.dtype, copy=False))


def _add(view: Array, values: Array, loops: tuple[int, ...]) -> None:
    """``view += values``, one value of each loop axis at a time: the view overlaps itself along those."""
    for position in product(*(range(view.shape[axis]) for axis in loops)):
        there = [slice(None)] * view.ndim
        here = [slice(None)] * view.ndim
        for axis, at in zip(loops, position, strict=True):
            there[axis] = slice(at, at + 1)
            here[axis] = slice(at, at + 1) if values.shape[axis] > 1 else slice(None)
        view[tuple(there)] += values[tuple(here)]


def _add_grid_sum(item: GridSum, names: tuple[str, ...], result: Array, arrays: Mapping[str, Array]) -> None:
    for box, term in grid_blocks(item, names):
        place = tuple(slice(low, high + 1) for _, low, high in box)
        result[place] += Grid(box, arrays, result.dtype).evaluate(from_term(term))
