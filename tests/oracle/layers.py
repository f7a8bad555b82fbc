"""Random layers for the comparison with PyTorch: hyperparameters with tails and degenerate cases, and torch's part.

Each draw gives the operation of symconv, the shapes of its arrays, and a function of torch tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import torch
import torch.nn.functional as F

import symconv as sc

MODES = ("zeros", "reflect", "replicate", "circular")


@dataclass(frozen=True)
class Layer:
    op: sc.Operation
    shapes: dict[str, tuple[int, ...]]
    run: Callable[[dict[str, torch.Tensor]], torch.Tensor]
    smooth: bool = False
    linear: bool = True


def draw(rng: Random) -> Layer:
    """One random layer of a random kind."""
    return rng.choice((convolution, convolution, transposed, max_pool, avg_pool, lp_pool, dense, pad, flatten))(rng)


def _sizes(rng: Random, rank: int, low: int = 1, high: int = 7) -> tuple[int, ...]:
    return tuple(rng.randint(low, high if rank < 3 else min(high, 4)) for _ in range(rank))


def _space(rng: Random, rank: int, spans: tuple[int, ...], pads: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Input sizes that hold the kernel, often with a tail, sometimes exactly one window."""
    return tuple(
        max(1, span - a - b + rng.choice((0, 0, 1, 2, 3, 4))) for span, (a, b) in zip(spans, pads, strict=True)
    )


def _maybe(rng: Random, value: tuple[Any, ...]) -> Any:
    """A tuple, or its only value where all axes agree."""
    return value[0] if len(set(value)) == 1 and rng.random() < 0.7 else value


def convolution(rng: Random) -> Layer:
    rank = rng.choice((1, 1, 2, 2, 3))
    kernel, stride = _sizes(rng, rank, 1, 3), _sizes(rng, rank, 1, 4)
    dilation = tuple(rng.choice((1, 1, 2, 3)) for _ in range(rank))
    spans = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    mode = rng.choice(MODES)
    style = rng.choice(("number", "pairs", "same", "valid", "full"))
    if style == "same":
        stride = (1,) * rank
        pads = tuple(((s - 1) // 2, s - 1 - (s - 1) // 2) for s in spans)
    elif style == "full":
        pads = tuple((s - 1, s - 1) for s in spans)
    elif style == "pairs":
        pads = tuple((rng.randint(0, 3), rng.randint(0, 3)) for _ in range(rank))
    else:
        p = 0 if style == "valid" else rng.randint(0, 3)
        pads = ((p, p),) * rank
    size = list(_space(rng, rank, spans, pads))
    room = {"reflect": 1, "circular": 0}.get(mode)
    if room is not None:
        size = [max(n, max(pair) + room) for n, pair in zip(size, pads, strict=True)]
    channels = rng.random() < 0.6
    groups = rng.choice((1, 1, 2, 3)) if channels else 1
    into, out = groups * rng.randint(1, 2), groups * rng.randint(1, 2)
    batch, bias, flip = rng.random() < 0.4, rng.choice((False, True, "entry")), rng.random() < 0.25
    padding: Any = {"number": pads[0][0], "pairs": pads}.get(style, style)
    cls = (sc.Conv1d, sc.Conv2d, sc.Conv3d)[rank - 1]
    op = cls(
        _maybe(rng, kernel), _maybe(rng, stride), padding, _maybe(rng, dilation), groups,
        channels=channels, in_channels=into if channels and rng.random() < 0.5 else None,
        batch=batch, bias=bias, padding_mode=mode, flip=flip,
    )  # fmt: skip
    n = rng.randint(1, 2)
    space = tuple((h + a + b - span) // s + 1 for h, (a, b), span, s in zip(size, pads, spans, stride, strict=True))
    lead = ((n,) if batch else ()) + ((into,) if channels else ())
    shapes = {"I": (*lead, *size), "K": ((out, into // groups) if channels else ()) + kernel}
    if bias:
        shapes["b"] = ((out,) if channels else ()) + (space if bias == "entry" else ())
    conv = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        x = t["I"].reshape(n if batch else 1, into if channels else 1, *size)
        k = t["K"].reshape(out if channels else 1, into // groups if channels else 1, *kernel)
        if flip:
            k = k.flip(tuple(range(2, 2 + rank)))
        flat = [edge for pair in reversed(pads) for edge in pair]
        x = F.pad(x, flat, mode={"zeros": "constant"}.get(mode, mode))
        y = conv(x, k, stride=stride, dilation=dilation, groups=groups)
        y = y.reshape(((n,) if batch else ()) + ((out,) if channels else ()) + tuple(y.shape[2:]))
        if bias:
            b = t["b"] if bias == "entry" or not channels else t["b"].reshape(out, *(1,) * rank)
            y = y + b
        return y

    return Layer(op, shapes, run)


def transposed(rng: Random) -> Layer:
    rank = rng.choice((1, 1, 2, 2, 3))
    kernel, stride = _sizes(rng, rank, 1, 3), _sizes(rng, rank, 1, 3)
    dilation = tuple(rng.choice((1, 1, 2)) for _ in range(rank))
    extra = tuple(rng.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True))
    size = _sizes(rng, rank, 1, 4)
    out_size = [
        (h - 1) * s + d * (k - 1) + q + 1 for h, s, d, k, q in zip(size, stride, dilation, kernel, extra, strict=True)
    ]
    p = rng.randint(0, min(2, (min(out_size) - 1) // 2))
    channels = rng.random() < 0.6
    groups = rng.choice((1, 1, 2)) if channels else 1
    into, out = groups * rng.randint(1, 2), groups * rng.randint(1, 2)
    batch, bias, n = rng.random() < 0.4, rng.random() < 0.5, 2
    cls = (sc.ConvTranspose1d, sc.ConvTranspose2d, sc.ConvTranspose3d)[rank - 1]
    op = cls(
        _maybe(rng, kernel), _maybe(rng, stride), p, _maybe(rng, extra), groups, _maybe(rng, dilation),
        channels=channels, out_channels=out if channels else None, batch=batch, bias=bias,
    )  # fmt: skip
    lead = ((n,) if batch else ()) + ((into,) if channels else ())
    shapes = {"I": (*lead, *size), "K": ((into, out // groups) if channels else ()) + kernel}
    if bias:
        shapes["b"] = (out,) if channels else ()
    conv = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[rank - 1]

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        x = t["I"].reshape(n if batch else 1, into if channels else 1, *size)
        k = t["K"].reshape(into if channels else 1, out // groups if channels else 1, *kernel)
        b = t["b"].reshape(-1) if bias else None
        y = conv(x, k, b, stride=stride, padding=p, output_padding=extra, groups=groups, dilation=dilation)
        return y.reshape(((n,) if batch else ()) + ((out,) if channels else ()) + tuple(y.shape[2:]))

    return Layer(op, shapes, run)


def _pool_input(rng: Random, size: tuple[int, ...]) -> tuple[bool, bool, tuple[int, ...]]:
    channels, batch = rng.random() < 0.5, rng.random() < 0.4
    return channels, batch, ((2,) if batch else ()) + ((2,) if channels else ()) + size


def _pooled(t: torch.Tensor, channels: bool, batch: bool, size: tuple[int, ...], apply: Any) -> torch.Tensor:
    y = apply(t.reshape(2 if batch else 1, 2 if channels else 1, *size))
    return y.reshape(((2,) if batch else ()) + ((2,) if channels else ()) + tuple(y.shape[2:]))


def max_pool(rng: Random) -> Layer:
    rank = rng.choice((1, 1, 2, 2, 3))
    kernel, dilation = _sizes(rng, rank, 1, 3), tuple(rng.choice((1, 1, 2)) for _ in range(rank))
    stride = None if rng.random() < 0.4 else _sizes(rng, rank, 1, 4)
    spans = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    # a dilated window with large padding may lie in the padding altogether: PyTorch then gives -inf
    p = rng.randint(0, min(k // 2 for k in kernel)) if max(dilation) == 1 else 0
    ceil = rng.random() < 0.4
    if ceil:
        dilation, spans = (1,) * rank, kernel
    size = _space(rng, rank, spans, ((p, p) if rank < 3 else (0, 0),) * rank)
    channels, batch, shape = _pool_input(rng, size)
    cls = (sc.MaxPool1d, sc.MaxPool2d, sc.MaxPool3d)[rank - 1]
    op = cls(_maybe(rng, kernel), stride, p, _maybe(rng, dilation), ceil, channels=channels, batch=batch)
    pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        def apply(x: torch.Tensor) -> torch.Tensor:
            return pool(x, kernel, stride or kernel, p, dilation, ceil_mode=ceil)

        return _pooled(t["I"], channels, batch, size, apply)

    return Layer(op, {"I": shape}, run, linear=False)


def avg_pool(rng: Random) -> Layer:
    rank = rng.choice((1, 1, 2, 2, 3))
    kernel = _sizes(rng, rank, 1, 3)
    stride = None if rng.random() < 0.4 else _sizes(rng, rank, 1, 4)
    p, ceil, include = rng.randint(0, min(k // 2 for k in kernel)), rng.random() < 0.4, rng.random() < 0.5
    divisor = rng.choice((None, None, 3)) if rank > 1 else None
    # PyTorch's pooling over three axes refuses an input smaller than the kernel, whatever the padding
    size = _space(rng, rank, kernel, ((p, p) if rank < 3 else (0, 0),) * rank)
    channels, batch, shape = _pool_input(rng, size)
    cls = (sc.AvgPool1d, sc.AvgPool2d, sc.AvgPool3d)[rank - 1]
    op = cls(_maybe(rng, kernel), stride, p, ceil, include, divisor, channels=channels, batch=batch)
    pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[rank - 1]
    extra = (divisor,) if rank > 1 else ()

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        def apply(x: torch.Tensor) -> torch.Tensor:
            return pool(x, kernel, stride or kernel, p, ceil, include, *extra)

        return _pooled(t["I"], channels, batch, size, apply)

    return Layer(op, {"I": shape}, run)


def lp_pool(rng: Random) -> Layer:
    rank = rng.choice((1, 2, 3))
    kernel, norm = _sizes(rng, rank, 1, 3), rng.choice((1, 2, 2, 3))
    stride, ceil = None if rng.random() < 0.5 else _sizes(rng, rank, 1, 3), rng.random() < 0.4
    size = _space(rng, rank, kernel, ((0, 0),) * rank)
    channels, batch, shape = _pool_input(rng, size)
    cls = (sc.LPPool1d, sc.LPPool2d, sc.LPPool3d)[rank - 1]
    op = cls(norm, _maybe(rng, kernel), stride, ceil, channels=channels, batch=batch)
    pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[rank - 1]

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        def apply(x: torch.Tensor) -> torch.Tensor:
            window, step = (kernel[0], (stride or kernel)[0]) if rank == 1 else (kernel, stride or kernel)
            return pool(x, float(norm), window, step, ceil)

        return _pooled(t["I"], channels, batch, size, apply)

    return Layer(op, {"I": shape}, run, smooth=True)


def dense(rng: Random) -> Layer:
    wide, high, batch, bias = rng.randint(1, 6), rng.randint(1, 6), rng.random() < 0.5, rng.random() < 0.5
    op = sc.Dense(wide if rng.random() < 0.5 else None, high if rng.random() < 0.5 else None, bias=bias, batch=batch)
    shapes = {"x": (3, wide) if batch else (wide,), "W": (high, wide)}
    if bias:
        shapes["b"] = (high,)
    return Layer(op, shapes, lambda t: F.linear(t["x"], t["W"], t.get("b")))


def pad(rng: Random) -> Layer:
    rank, mode = rng.choice((1, 2, 3)), rng.choice((*MODES, "constant"))
    pads = tuple((rng.randint(0, 2), rng.randint(0, 2)) for _ in range(rank))
    size = tuple(rng.randint(3, 5) for _ in range(rank))
    value = rng.choice((0, 2, -1)) if mode == "constant" else 0
    channels, batch, shape = _pool_input(rng, size)
    op = sc.Pad(pads, mode, value, dims=rank, channels=channels, batch=batch)
    flat = [edge for pair in reversed(pads) for edge in pair]

    def run(t: dict[str, torch.Tensor]) -> torch.Tensor:
        def apply(x: torch.Tensor) -> torch.Tensor:
            if mode in ("zeros", "constant"):
                return F.pad(x, flat, mode="constant", value=value)
            return F.pad(x, flat, mode=mode)

        return _pooled(t["I"], channels, batch, size, apply)

    return Layer(op, {"I": shape}, run)


def flatten(rng: Random) -> Layer:
    rank = rng.choice((1, 2, 3))
    size = _sizes(rng, rank, 1, 4)
    channels, batch, shape = _pool_input(rng, size)
    op = sc.Flatten(rank, channels=channels, batch=batch)
    return Layer(op, {"I": shape}, lambda t: t["I"].flatten(1 if batch else 0))
