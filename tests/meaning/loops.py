"""Layers by plain loops over numpy arrays: outputs and gradients from the definition, one product at a time.

A dense layer is a convolution without space. Nothing of symconv is used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Numbers:
    """Stride, padding in front and dilation on each axis."""

    strides: Sequence[int]
    pads: Sequence[int]
    dilations: Sequence[int]
    flip: bool = False
    depthwise: bool = False


def convolution(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, delta: np.ndarray, numbers: Numbers) -> Arrays:
    """O, ∂L/∂I, ∂L/∂K and ∂L/∂b for x (N, C, space), w (F, C, taps), b (F), δ (N, F, places)."""
    out, dx, dw = np.zeros_like(delta), np.zeros_like(x), np.zeros_like(w)
    taps = list(product(*map(range, w.shape[2:])))
    for n, f, c in product(range(x.shape[0]), range(w.shape[0]), range(w.shape[1])):
        channel = f if numbers.depthwise else c
        for place, tap in product(product(*map(range, delta.shape[2:])), taps):
            read = tuple(k - 1 - m if numbers.flip else m for k, m in zip(w.shape[2:], tap, strict=True))
            at = tuple(
                s * i + d * m - p
                for s, i, d, m, p in zip(numbers.strides, place, numbers.dilations, read, numbers.pads, strict=True)
            )
            if all(0 <= a < size for a, size in zip(at, x.shape[2:], strict=True)):
                out[(n, f, *place)] += w[(f, c, *tap)] * x[(n, channel, *at)]
                dx[(n, channel, *at)] += delta[(n, f, *place)] * w[(f, c, *tap)]
                dw[(f, c, *tap)] += delta[(n, f, *place)] * x[(n, channel, *at)]
    db = delta.sum(axis=(0, *range(2, delta.ndim)))
    if b is not None:
        out = out + b.reshape(1, -1, *(1 for _ in delta.shape[2:]))
    return {"O": out, "I": dx, "K": dw, "b": db}


def pooling(x: np.ndarray, delta: np.ndarray, kernel: Sequence[int], numbers: Numbers, average: bool) -> Arrays:
    """O and ∂L/∂I for x (N, C, space); the first of equal entries wins, and padding never does."""
    out, dx = np.zeros(delta.shape, dtype=object), np.zeros(x.shape, dtype=object)
    for n, c in product(range(x.shape[0]), range(x.shape[1])):
        for place in product(*map(range, delta.shape[2:])):
            found = []
            for tap in product(*map(range, kernel)):
                at = tuple(
                    s * i + d * m - p
                    for s, i, d, m, p in zip(numbers.strides, place, numbers.dilations, tap, numbers.pads, strict=True)
                )
                if all(0 <= a < size for a, size in zip(at, x.shape[2:], strict=True)):
                    found.append((n, c, *at))
            here = (n, c, *place)
            if average:
                # the divisor is the window's size; exact, as integers over it
                out[here] = sum(int(x[at]) for at in found)
                for at in found:
                    dx[at] += int(delta[here])
            else:
                winner = max(found, key=lambda at: x[at])
                out[here] = x[winner]
                dx[winner] += delta[here]
    return {"O": out, "I": dx}


def jacobian(gradient: Mapping[tuple[int, ...], np.ndarray], places: Sequence[int]) -> np.ndarray:
    """∂O/∂T from the gradients for every δ that is 1 at one place and 0 elsewhere."""
    first = next(iter(gradient.values()))
    made = np.zeros((*places, *first.shape), dtype=first.dtype)
    for place, each in gradient.items():
        made[place] = each
    return made
