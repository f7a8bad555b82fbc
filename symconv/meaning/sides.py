"""Two sides brought to one position: scalars, arrays and Jacobians compared entry by entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from symconv.expr.nodes import Access, Expr
from symconv.expr.walk import free_names, fresh
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import Range
from symconv.meaning.arithmetic import INDEX
from symconv.meaning.arrays import Array, scalar
from symconv.meaning.choices import Option
from symconv.meaning.context import State
from symconv.meaning.errors import MeaningError, ShapeError
from symconv.meaning.operators import regrouped
from symconv.meaning.whole import widenable, widened


def matched(state: State, left: Array, right: Array) -> tuple[Expr, Expr, dict[str, Range]]:
    """Both sides at one position, and the ranges of the indices of that position."""
    if left.rank and widenable(state, right):
        right = widened(state, right)
    left, right = _ranked(state, left, right)
    if (left.rank and right.rank and left.rank != right.rank) or any(len(axis) > 1 for axis in right.axes):
        left = _like(left, right)
    if left.rank == 0 and right.rank == 0:
        return left.body, right.body, {}
    if left.rank != right.rank:
        raise ShapeError(f"the left side has {_axes(left)}, the right side {_axes(right)}")
    if left.rank == 1 and left.orientation != right.orientation:
        raise ShapeError(f"the left side is a {left.orientation}, the right side a {right.orientation}")
    right = _arranged(left, right)
    for a, b in zip(left.axes, right.axes, strict=True):
        if len(a) != len(b):
            raise MeaningError("the two sides are vectors of different make-up")
        for mine, other in zip(a, b, strict=True):
            if not state.algebra.same(mine.size, other.size):
                if not (other.kind.startswith("P") or mine.kind.startswith("P")):
                    raise ShapeError(
                        f"the left side has {mine.size} entries along an axis, the right side {other.size}"
                    )
                state.choices.say("beyond its entries the result of the sliding window is cut, or continued by zeros")
    names = _position_names(left, {*free_names(right.body), *(INDEX + name for name in state.unbound)})
    ranges = {
        name: Range(digit.first, digit.first + digit.size - 1) for name, digit in zip(names, left.digits, strict=True)
    }
    position = [Affine.of(name) for name in names]
    return left.at(position), right.at(position), ranges


def _like(left: Array, right: Array) -> Array:
    """The left side as a matrix, where the right side is one of the same axes (Y = φ(X)·F)."""
    if right.rank > 2 or not right.axes or (left.rank <= right.rank and all(len(axis) == 1 for axis in right.axes)):
        return left
    if left.rank == right.rank and all(len(a) == len(b) for a, b in zip(left.axes, right.axes, strict=True)):
        return left
    made = regrouped(left, right.axes[0])
    if made is None or made.rank != right.rank:
        return left
    if right.rank == 2 and {d.kind for d in made.axes[1]} == {d.kind for d in right.axes[1]}:
        kinds = {digit.kind: digit for digit in made.axes[1]}
        return replace(made, axes=(made.axes[0], tuple(kinds[d.kind] for d in right.axes[1])))
    return made


def _axes(array: Array) -> str:
    return "no axes" if array.rank == 0 else f"{array.rank} {'axis' if array.rank == 1 else 'axes'}"


def _ranked(state: State, left: Array, right: Array) -> tuple[Array, Array]:
    """Sides of one rank, as far as a reading makes them so."""
    if left.numerator is not None and left.rank == left.numerator and right.rank == 0 and left.rank:
        state.choices.say("a derivative of all outputs is that of their sum (the upstream gradient is 1 everywhere)")
        return state.algebra.total(left), right
    if left.rank == 0 and right.rank and isinstance(left.body, Access):
        axes = [f for f, kind in zip(left.body.indices, left.body.tensor.axes, strict=True)]
        spatial = [f for f, kind in zip(left.body.indices, left.body.tensor.axes, strict=True) if kind[0] in "SOK"]
        for forms in (spatial, axes):
            if len(forms) == len(right.digits):
                state.choices.say(
                    "arrays with indices under an operator stand for the whole; it is taken at the left side's"
                )
                return left, scalar(right.at(forms))
    if left.rank == 2 and right.rank == 2 and (left.numerator == 1) != (right.numerator == 1):
        turned = state.choices.pick(
            "jacobian",
            [
                Option(False, "a row of a derivative belongs to an entry of the numerator (numerator layout)"),
                Option(True, "a column of a derivative belongs to an entry of the numerator (denominator layout)"),
            ],
        )
        if turned:
            if left.numerator == 1:
                return state.algebra.transpose(left), right
            return left, state.algebra.transpose(right)
    if left.rank == 0 and right.rank and all(d.size == ONE for d in right.digits):
        return left, scalar(right.at([ZERO] * len(right.digits)))
    if left.rank == 0 and right.rank and len(right.digits) == len(state.order):
        state.choices.say("an operator's result is taken at the position that the left side names")
        starts = state.starts_of(right)
        return left, scalar(right.at([Affine.of(INDEX + n) - s for n, s in zip(state.order, starts, strict=True)]))
    if left.rank and right.rank == 0 and left.numerator is None:
        state.choices.say("the right side is one number for all entries")
        return left, replace(state.algebra.renamed(left), body=right.body)
    if left.rank and right.rank == 0 and all(d.size == ONE for d in left.digits):
        return scalar(left.at([ZERO] * len(left.digits))), right
    return left, right


def _arranged(left: Array, right: Array) -> Array:
    """The right side's axes in the order of the left side's, where their kinds tell."""
    mine = [axis[0].kind for axis in left.axes if len(axis) == 1]
    others = [axis[0].kind for axis in right.axes if len(axis) == 1]
    channels = {"N", "C", "F"}
    if len(mine) != left.rank or len(others) != right.rank or len(set(others)) != len(others):
        return right
    if {k for k in mine if k in channels} != {k for k in others if k in channels} or not channels & set(mine):
        return right
    if set(mine) <= channels:
        return right  # a matrix: its rows and columns have their places
    spatial = iter([axis for axis, kind in zip(right.axes, others, strict=True) if kind not in channels])
    placed = {kind: axis for axis, kind in zip(right.axes, others, strict=True) if kind in channels}
    return replace(right, axes=tuple(placed[kind] if kind in channels else next(spatial) for kind in mine))


def _position_names(left: Array, taken: Collection[str]) -> list[str]:
    """Names for the positions of the left side that mean nothing on the right."""
    names: list[str] = []
    body = left.body
    for number, digit in enumerate(left.digits):
        name = None
        if isinstance(body, Access):
            place = next((at for at, f in enumerate(body.indices) if f == Affine.of(digit.index)), None)
            name = INDEX + body.tensor.indices[place] if place is not None else None
        name = name or INDEX + "ijkluvwxyz"[min(number, 9)]
        names.append(fresh(name, {*names, *taken}))
    return names
