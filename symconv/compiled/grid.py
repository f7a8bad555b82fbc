"""Every node of the expression language, evaluated on a whole box of indices at once.

This is the general path: it is right for every expression, reads linear positions through strided views, and is what
the contraction uses for each factor. An array here has one axis per index of the box, of size 1 where it does not
depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, assert_never

import numpy as np

from symconv.compiled.bounds import limit_names, linear
from symconv.compiled.entries import (
    Array,
    numbers,
    object_extreme,
    object_shares,
    object_sum,
    power,
)
from symconv.compiled.views import gather, strided
from symconv.errors import UnsupportedError
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
from symconv.index.affine import Affine, Extremum, Quotient
from symconv.index.domain import AtMost, Equal, Guard, guard_parts


@dataclass(frozen=True, slots=True)
class Grid:
    """The box of indices, in axis order, and the arrays by tensor name, all of the working element type."""

    box: tuple[tuple[str, int, int], ...]
    arrays: Mapping[str, Array]
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each index."""
        return tuple(max(0, high - low + 1) for _, low, high in self.box)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The first and last value of each index."""
        return tuple((low, high) for _, low, high in self.box)

    def extended(self, index: str, low: int, high: int) -> Grid:
        """The grid with one more axis; an index of the same name is hidden by it."""
        hidden = tuple(("" if name == index else name, first, last) for name, first, last in self.box)
        return Grid((*hidden, (index, low, high)), self.arrays, self.dtype)

    def index(self, name: str) -> Array:
        """The values of an index along its axis."""
        axis = next(axis for axis, (other, _, _) in enumerate(self.box) if other == name)
        shape = [1] * len(self.box)
        shape[axis] = -1
        _, low, high = self.box[axis]
        return np.arange(low, high + 1).reshape(shape)

    def form(self, form: Affine) -> Array:
        """The values of an affine form."""
        result = np.zeros((1,) * len(self.box), dtype=np.int64)
        for monomial, factor in form.terms:
            product: Array | int = factor
            for atom in monomial:
                product = product * (self.index(atom) if isinstance(atom, str) else self._atom(atom))
            result = result + product
        return result

    def _atom(self, atom: Quotient | Extremum) -> Array:
        if isinstance(atom, Extremum):
            pick = np.minimum if atom.kind == "min" else np.maximum
            return np.asarray(reduce(pick, map(self.form, atom.args)))
        num, den = self.form(atom.num), np.maximum(self.form(atom.den), 1)
        return np.asarray(-(-num // den) if atom.rounding == "ceil" else num // den)

    def holds(self, guards: tuple[Guard, ...]) -> Array:
        """Where all guards hold."""
        result = np.ones((1,) * len(self.box), dtype=bool)
        for guard in guards:
            first, second = map(self.form, guard_parts(guard))
            if isinstance(guard, Equal):
                result = result & (first == second)
            elif isinstance(guard, AtMost):
                result = result & (first <= second)
            else:
                result = result & (second % np.maximum(first, 1) == 0)
        return result

    def evaluate(self, expr: Expr) -> Array:
        """The values of the expression over the box."""
        match expr:
            case Scalar(num, den):
                return numbers(self.form(num), self.form(den), self.dtype)
            case Bracket(guards):
                return self._typed(self.holds(guards))
            case Access():
                return self._entries(expr)
            case Add(terms):
                return np.asarray(sum(map(self.evaluate, terms), self._zero()))
            case Mul(factors):
                return self._product(factors)
            case Pow(base, exponent):
                top, bottom = exponent.num.constant, exponent.den.constant
                if top is None or bottom is None:
                    raise UnsupportedError("an exponent must be a number once all sizes are given")
                return power(self.evaluate(base), top, bottom)
            case Sum(body, binders):
                return self._sum(body, binders)
            case Reduce():
                return self._window(expr)[0]
            case Winner(window, at):
                return self._winner(window, at)
            case Derivative():
                raise UnsupportedError("an unevaluated derivative has no value: derive it first")
            case _:
                assert_never(expr)

    def _zero(self) -> Array:
        return np.zeros((1,) * len(self.box), dtype=self.dtype)

    def _typed(self, values: Array) -> Array:
        """Booleans or integers in the element type (Python integers for objects)."""
        return values.astype(np.int64).astype(self.dtype)

    def _entries(self, access: Access) -> Array:
        array = self.arrays[access.tensor.name]
        outside = access.tensor.outside
        forms: list[tuple[list[int], int]] = []
        for index in access.indices:
            parts = linear(index)
            if parts is None:
                return gather(array, [self.form(index) for index in access.indices], outside)
            factors, constant = parts
            forms.append(([factors.get(name, 0) for name, _, _ in self.box], constant))
        return strided(array, forms, self.spans, outside)

    def _product(self, factors: tuple[Expr, ...]) -> Array:
        """The product; a bracket that fails makes it zero whatever the other factors are."""
        guards = tuple(guard for factor in factors if isinstance(factor, Bracket) for guard in factor.guards)
        rest = [self.evaluate(factor) for factor in factors if not isinstance(factor, Bracket)]
        if not rest:
            return self._typed(self.holds(guards))
        product = reduce(np.multiply, rest)
        return np.where(self.holds(guards), product, self._zero()) if guards else np.asarray(product)

    def _bind(self, binders: tuple[Binder, ...]) -> tuple[Grid, tuple[Guard, ...]]:
        """The grid with the binders' axes, and the guards that limits which are not constant leave."""
        grid, guards = self, list[Guard]()
        waiting = list(binders)
        while waiting:
            inner = {binder.index for binder in waiting}
            binder = next(binder for binder in waiting if not limit_names(binder) & inner)
            waiting.remove(binder)
            assert binder.lo is not None
            assert binder.hi is not None
            low, high = grid.form(binder.lo), grid.form(binder.hi)
            index = Affine.of(binder.index)
            first, last = (int(low.min()), int(high.max())) if low.size and high.size else (0, -1)
            grid = grid.extended(binder.index, first, last)
            guards += [AtMost(binder.lo, index)] if binder.lo.constant is None else []
            guards += [AtMost(index, binder.hi)] if binder.hi.constant is None else []
        return grid, tuple(guards)

    def _sum(self, body: Expr, binders: tuple[Binder, ...]) -> Array:
        grid, guards = self._bind(binders)
        values = grid.evaluate(Mul((Bracket(guards), body)) if guards else body)
        depth = len(self.box)
        full = np.broadcast_to(values, (*values.shape[:depth], *grid.shape[depth:]))
        axes = tuple(range(depth, full.ndim))
        if 0 in grid.shape[depth:]:
            return np.zeros(values.shape[:depth], dtype=self.dtype)
        summed = object_sum(full, axes) if self.dtype.kind == "O" else np.asarray(full.sum(axis=axes, keepdims=True))
        return summed.reshape(values.shape[:depth])

    def _open(self, window: Reduce) -> tuple[Array, Array, Grid]:
        """The entries of the window and which count, with one flat last axis over the window in row-major order."""
        grid, limits = self._bind(window.binders)
        depth = len(self.box)
        values = grid.evaluate(window.body)
        valid = grid.holds((*window.guards, *limits))
        shape = np.broadcast_shapes(values.shape, valid.shape)[:depth]
        inner = grid.shape[depth:]
        flat = (*shape, int(np.prod(inner)))
        values = np.broadcast_to(values, shape + inner).reshape(flat)
        return values, np.broadcast_to(valid, shape + inner).reshape(flat), grid

    def _window(self, window: Reduce) -> tuple[Array, Array, Array, Grid]:
        """The extremum, the window's entries, which of them count, and the grid that they stand on."""
        values, valid, grid = self._open(window)
        if self.dtype.kind == "O":
            best = np.empty(values.shape[:-1], dtype=object)
            rows = zip(*(part.reshape(best.size, values.shape[-1]) for part in (values, valid)), strict=True)
            best.ravel()[:] = [
                object_extreme(window.kind, list(row[counts])) if counts.any() else 0 for row, counts in rows
            ]
            return best, values, valid, grid
        pick = np.maximum if window.kind == "max" else np.minimum
        best = np.full(values.shape[:-1], _worst(window.kind, self.dtype), dtype=self.dtype)
        for at in range(values.shape[-1]):
            pick(best, values[..., at], out=best, where=valid[..., at])
        return best, values, valid, grid

    def _winner(self, window: Reduce, at: tuple[Affine, ...]) -> Array:
        best, values, valid, grid = self._window(window)
        inner = grid.shape[len(self.box) :]
        starts = [low for _, low, _ in grid.box[len(self.box) :]]
        offsets = [self.form(index) - low for index, low in zip(at, starts, strict=True)]
        inside = np.ones((1,) * len(self.box), dtype=bool)
        place = np.zeros((1,) * len(self.box), dtype=np.int64)
        for offset, size in zip(offsets, inner, strict=True):
            inside = inside & (offset >= 0) & (offset < size)
            place = place * size + offset
        shares = self._shares(window, best, values, valid)
        place = np.where(inside, place, 0)
        shape = np.broadcast_shapes(shares.shape[:-1], place.shape)
        full = np.broadcast_to(shares, (*shape, shares.shape[-1]))
        chosen = np.take_along_axis(full, np.broadcast_to(place, shape)[..., None], axis=-1)[..., 0]
        return np.where(inside, chosen, self._zero())

    def _shares(self, window: Reduce, best: Array, values: Array, valid: Array) -> Array:
        """Each entry's share of the extremum, along the window's axis."""
        if self.dtype.kind == "O":
            shares = np.zeros(values.shape, dtype=object)
            rows = (part.reshape(best.size, values.shape[-1]) for part in (shares, values, valid))
            for target, row, counts in zip(*rows, strict=True):
                if counts.any():
                    target[counts] = object_shares(window.kind, window.ties, list(row[counts]))
            return shares
        hit = valid & ((values == best[..., None]) | ((values != values) & (best != best)[..., None]))
        if window.ties == "first":
            hit &= np.cumsum(hit, axis=-1) == 1
        if window.ties != "split":
            return self._typed(hit)
        return numbers(hit.astype(np.int64), hit.sum(axis=-1, keepdims=True), self.dtype)


def _worst(kind: str, dtype: np.dtype[Any]) -> Any:
    """The value that every other one beats."""
    if dtype.kind in "iu":
        return np.iinfo(dtype).min if kind == "max" else np.iinfo(dtype).max
    return -np.inf if kind == "max" else np.inf
