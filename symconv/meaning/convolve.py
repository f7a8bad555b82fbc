"""Convolution and cross-correlation of whole arrays, and what stands beside them: rot180, dilation, padding.

Every operation is its definition in indices. An array may have channel axes (batch, channels) before its spatial ones;
axes of one kind that both operands have are summed over, as in a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from symconv.expr.nodes import Binder, Bracket, Expr, Mul, Sum
from symconv.expr.walk import substitute
from symconv.index.affine import ONE, ZERO, Affine, exact_div
from symconv.index.domain import Divides, Guard, within
from symconv.meaning.arrays import Algebra, Array, Axis, Digit
from symconv.meaning.errors import MeaningError

Kind = Literal["correlation", "convolution"]
Mode = Literal["valid", "full", "same", "aligned"]
WORDS = {"correlation": "cross-correlation", "convolution": "true convolution"}


@dataclass(frozen=True)
class Window:
    """How the second array moves over the first: stride, dilation and padding on each axis.

    ``aligned`` is the definition for all integers, Σ_m kernel[m]·image[i ± m], with the arrays' own positions.
    """

    strides: tuple[Affine, ...]
    dilations: tuple[Affine, ...]
    before: tuple[Affine, ...]
    outputs: tuple[Affine, ...]
    aligned: bool = False


def is_channel(axis: Axis) -> bool:
    """Whether an axis is batch or channels."""
    return len(axis) == 1 and axis[0].kind in ("N", "C", "F")


def spatial(array: Array) -> list[Axis]:
    """The spatial axes."""
    return [axis for axis in array.axes if not is_channel(axis)]


def slide(algebra: Algebra, image: Array, kernel: Array, kind: Kind, window: Window) -> Array:
    """``Σ_m kernel[m] · image[s·i + d·m − p]``, for true convolution with the kernel read backwards."""
    image, kernel = algebra.renamed(image), algebra.renamed(kernel)
    over, taps = spatial(image), spatial(kernel)
    if any(axis[0].first != ZERO for axis in over):
        raise MeaningError("an array turned about its origin is understood as the second operand only")
    if len(over) != len(taps) or any(len(axis) != 1 for axis in (*over, *taps)):
        raise MeaningError(f"a sliding window over {len(over)} axes has a kernel with {len(taps)}")
    out: list[Digit] = []
    reads: dict[str, Affine] = {}
    binders: list[Binder] = []
    for at, ((here,), (tap,)) in enumerate(zip(over, taps, strict=True)):
        index = algebra.fresh()
        out.append(Digit(index, window.outputs[at], f"P{at + 1}"))
        if window.aligned:
            step = Affine.of(tap.index) if kind == "correlation" else -Affine.of(tap.index)
        else:
            step = Affine.of(tap.index) if kind == "correlation" else tap.size - 1 - tap.index
        reads[here.index] = window.strides[at] * index + window.dilations[at] * step - window.before[at]
        binders.append(Binder(tap.index, tap.first, tap.first + tap.size - 1))
    kept, shared = _channels(image, kernel)
    for mine, other in shared:
        binders.append(Binder(mine.index, ZERO, mine.size - 1))
        reads[other.index] = Affine.of(mine.index)
    body = substitute(image.body, {name: form for name, form in reads.items() if name in _names(image)})
    weights = substitute(kernel.body, {name: form for name, form in reads.items() if name in _names(kernel)})
    inside = _within(over, reads)
    axes = (*((digit,) for digit in kept), *((digit,) for digit in out))
    return Array(axes, Sum(Mul((Bracket(inside), weights, body)), tuple(binders)))


def _within(over: Sequence[Axis], reads: dict[str, Affine]) -> tuple[Guard, ...]:
    """That the window's position lies inside the array (beyond it there are zeros)."""
    found: list[Guard] = []
    for (digit,) in over:
        found += within(reads[digit.index], digit.size)
    return tuple(found)


def _names(array: Array) -> frozenset[str]:
    return frozenset(digit.index for digit in array.digits)


def _channels(image: Array, kernel: Array) -> tuple[list[Digit], list[tuple[Digit, Digit]]]:
    mine = [axis[0] for axis in image.axes if is_channel(axis)]
    others = [axis[0] for axis in kernel.axes if is_channel(axis)]
    shared = [(a, b) for a in mine for b in others if a.kind == b.kind]
    kept = [a for a in mine if all(a is not pair[0] for pair in shared)]
    return [*kept, *(b for b in others if all(b is not pair[1] for pair in shared))], shared


def window_of(image: Array, kernel: Array, mode: Mode) -> Window:
    """Stride 1 and the padding of a mode: ``valid`` none, ``full`` k − 1, ``same`` (k − 1)/2 before (for odd k)."""
    sizes = [(a[0].size, b[0].size) for a, b in zip(spatial(image), spatial(kernel), strict=False)]
    ones = tuple(ONE for _ in sizes)
    if mode == "aligned":
        zeros = tuple(ZERO for _ in sizes)
        return Window(ones, ones, zeros, tuple(size for size, _ in sizes), aligned=True)
    before: list[Affine] = []
    outputs: list[Affine] = []
    for size, taps in sizes:
        pad = {"valid": ZERO, "full": taps - 1, "same": exact_div(taps - 1, 2)}[mode]
        before.append(pad)
        outputs.append({"valid": size - taps + 1, "full": size + taps - 1, "same": size}[mode])
    return Window(ones, ones, tuple(before), tuple(outputs))


def rotated(algebra: Algebra, array: Array) -> Array:
    """rot180: every spatial axis read backwards (for a matrix without named axes both, for a vector its one)."""
    check_space(array, "rot180")
    array = algebra.renamed(array)
    values: dict[str, Affine] = {}
    for axis in spatial(array):
        if len(axis) != 1:
            raise MeaningError("rot180 of a vector of several digits is not understood")
        values[axis[0].index] = axis[0].size - 1 - axis[0].index
    return replace(array, body=substitute(array.body, values))


def dilated(algebra: Algebra, array: Array, steps: Sequence[Affine]) -> Array:
    """dil_s: s − 1 zeros between neighbouring entries; size (n − 1)·s + 1."""

    def spread(at: int, size: Affine, index: Affine) -> tuple[Affine, Affine, tuple[Guard, ...]]:
        step = steps[min(at, len(steps) - 1)]
        guards = () if step == ONE else (Divides(step, index),)
        return step * (size - 1) + 1, exact_div(index, step), guards

    return _with_space(algebra, array, spread)


def padded(algebra: Algebra, array: Array, before: Sequence[Affine], after: Sequence[Affine]) -> Array:
    """The array with zeros around it."""

    def framed(at: int, size: Affine, index: Affine) -> tuple[Affine, Affine, tuple[Guard, ...]]:
        read = index - before[at]
        return size + before[at] + after[at], read, within(read, size)

    return _with_space(algebra, array, framed)


def check_space(array: Array, what: str) -> None:
    """Errors: :class:`MeaningError` for an array that no axis of space has."""
    if not spatial(array):
        raise MeaningError(f"{what} needs an array with axes of space")


def _with_space(
    algebra: Algebra,
    array: Array,
    space: Callable[[int, Affine, Affine], tuple[Affine, Affine, tuple[Guard, ...]]],
) -> Array:
    """The array with zeros between and around its entries.

    ``space`` gives, for the number of an axis of space, its size and an index of the new axis: the new size, the
    position that is read there, and when an entry stands there at all.
    """
    array = algebra.renamed(array)
    check_space(array, "a change of the space")
    axes: list[Axis] = []
    values: dict[str, Affine] = {}
    guards: list[Guard] = []
    at = 0
    for axis in array.axes:
        if is_channel(axis):
            axes.append(axis)
            continue
        if len(axis) != 1:
            raise MeaningError("zeros in a vector of several digits are not understood")
        (digit,) = axis
        index = algebra.fresh()
        size, values[digit.index], here = space(at, digit.size, Affine.of(index))
        axes.append((Digit(index, size, digit.kind),))
        guards += here
        at += 1
    inner: Expr = substitute(array.body, values)
    return Array(tuple(axes), Mul((Bracket(tuple(guards)), inner)) if guards else inner)
