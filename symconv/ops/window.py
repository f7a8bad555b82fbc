"""The moving window that all pooling layers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from symconv.expr.nodes import Access, Binder, binder
from symconv.expr.tensor import Tensor
from symconv.index.affine import ONE, ZERO, Affine, extremum
from symconv.index.domain import AtMost
from symconv.ops.axes import Axes, Forms, per_axis, window_sizes
from symconv.ops.operation import OUTPUT, TAP
from symconv.ops.padding import Padding, Pairs, read_padding
from symconv.ops.sizes import Ledger, Size, Sizes, ceil_output, spread, window_output


class Pooling(Protocol):
    """What a pooling layer has."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def rank(self) -> int: ...  # noqa: D102
    @property
    def kernel_size(self) -> Sizes: ...  # noqa: D102
    @property
    def stride(self) -> Sizes: ...  # noqa: D102
    @property
    def ceil_mode(self) -> bool: ...  # noqa: D102
    @property
    def in_channels(self) -> Size: ...  # noqa: D102
    @property
    def out_channels(self) -> Size: ...  # noqa: D102
    @property
    def channels(self) -> bool: ...  # noqa: D102
    @property
    def batch(self) -> bool: ...  # noqa: D102
    @property
    def input_size(self) -> Sizes: ...  # noqa: D102
    @property
    def output_size(self) -> Sizes: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Window:
    """The sizes and tensors of a pooling layer, and the position that tap m of window i reads."""

    ledger: Ledger
    input: Tensor
    output: Tensor
    sizes: Forms
    kernel: Forms
    stride: Forms
    pads: Pairs
    reads: Forms
    taps: tuple[Binder, ...]

    @property
    def read(self) -> Access:
        """The entry under the tap."""
        lead = tuple(map(Affine.of, self.input.indices[: self.input.rank - len(self.reads)]))
        return Access(self.input, (*lead, *self.reads))


def pooling_window(layer: Pooling, *, padding: Padding, dilation: Sizes = 1) -> Window:
    """Read the layer's sizes; PyTorch's rule that the padding is at most half of the kernel is checked."""
    rank, ledger = layer.rank, Ledger(layer.name)
    sizes, kernel = window_sizes(ledger, layer, rank)
    stride = kernel if layer.stride is None else per_axis(ledger, layer.stride, "stride", "s", rank)
    dilations = per_axis(ledger, dilation, "dilation", "d", rank)
    spans = tuple(d * (k - 1) for d, k in zip(dilations, kernel, strict=True))
    pads = read_padding(ledger, padding, rank, spans, stride)
    for pair, span in zip(pads, spans, strict=True):
        for pad in dict.fromkeys(pair):
            ledger.require(
                AtMost(2 * pad, span + 1),
                f"padding of {layer.name} must be at most half of the kernel size: "
                "twice the padding is {0}, the kernel spans {1}",
            )
    given = spread(layer.output_size, f"output_size of {layer.name}", rank)
    size_rule = ceil_output if layer.ceil_mode else window_output
    out = tuple(size_rule(ledger, a + 1, given[a], sizes[a], spans[a] + 1, stride[a], *pads[a]) for a in range(rank))
    channel: Forms = ()
    if layer.channels or layer.in_channels is not None or layer.out_channels is not None:
        given_channels = layer.out_channels if layer.in_channels is None else layer.in_channels
        channel = (ledger.read(given_channels, "in_channels", default="C", role="in_channels"),)
        if layer.in_channels is not None and layer.out_channels is not None:
            # another name for the same number
            ledger.output(layer.out_channels, "F", "out_channels", channel[0], ())
    axes = Axes(rank, batch=layer.batch, channels=bool(channel), ledger=ledger)
    reads = tuple(stride[a] * Affine.of(OUTPUT[a]) + dilations[a] * Affine.of(TAP[a]) - pads[a][0] for a in range(rank))
    taps = tuple(binder(TAP[a], kernel[a]) for a in range(rank))
    input_, output = axes.input(sizes, "I", *channel), axes.output(out, "O", *channel, index="c")
    return Window(ledger, input_, output, sizes, kernel, stride, pads, reads, taps)


def entries(window: Window, *, include_pad: bool, clipped: bool) -> Affine:
    """How many entries window (i, j, …) has: the product over the axes of :func:`_entries_on`."""
    count = ONE
    for axis in range(len(window.sizes)):
        count = count * _entries_on(window, axis, include_pad=include_pad, clipped=clipped)
    return count


def _entries_on(window: Window, axis: int, *, include_pad: bool, clipped: bool) -> Affine:
    """``min(s·i − p + k, end) − max(s·i − p, start)``, where ``clipped`` windows may hang over the padded end."""
    (before, after), size = window.pads[axis], window.sizes[axis]
    start = window.stride[axis] * Affine.of(OUTPUT[axis]) - before
    stop = start + window.kernel[axis]
    if include_pad:
        return extremum("min", [stop, size + after]) - start if clipped else window.kernel[axis]
    if before == ZERO and after == ZERO and not clipped:
        return window.kernel[axis]
    first = start if before == ZERO else extremum("max", [ZERO, start])
    return extremum("min", [stop, size]) - first
