"""Axes shared by the spatial layers: batch and channels in front, then space; which tensor has which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from symconv.expr.tensor import Outside, Tensor
from symconv.index.affine import Affine
from symconv.ops.operation import BATCH, INPUT, INPUT_SIZES, OUTPUT, TAP
from symconv.ops.sizes import Ledger, Size, Sizes

Forms = tuple[Affine, ...]


class Strided(Protocol):
    """A layer with a window that moves over space."""

    @property
    def kernel_size(self) -> Sizes: ...  # noqa: D102
    @property
    def stride(self) -> Sizes: ...  # noqa: D102
    @property
    def input_size(self) -> Sizes: ...  # noqa: D102


class Dilated(Strided, Protocol):
    """A strided layer with dilation."""

    @property
    def dilation(self) -> Sizes: ...  # noqa: D102


class Grouped(Protocol):
    """A layer with channels, possibly in groups."""

    @property
    def in_channels(self) -> Size: ...  # noqa: D102
    @property
    def out_channels(self) -> Size: ...  # noqa: D102
    @property
    def groups(self) -> Size: ...  # noqa: D102
    @property
    def channels(self) -> bool: ...  # noqa: D102


def per_axis(ledger: Ledger, value: Sizes, option: str, symbol: str, rank: int, minimum: int = 1) -> Forms:
    """One hyperparameter for every axis: None is one shared symbol (``s``), a tuple may name one per axis (``s_1``)."""
    shared = not isinstance(value, (tuple, list))
    defaults = (symbol,) * rank if shared else tuple(f"{symbol}_{a}" for a in range(1, rank + 1))
    roles = (option,) * rank if shared else tuple(f"{option}_{a}" for a in range(1, rank + 1))
    return ledger.per_axis(value, option, rank, defaults=defaults, roles=roles, minimum=minimum)


def window_sizes(ledger: Ledger, layer: Strided, rank: int) -> tuple[Forms, Forms]:
    """Input and kernel sizes."""
    numbers = range(1, rank + 1)
    roles = tuple(f"input_{a}" for a in numbers)
    sizes = ledger.per_axis(layer.input_size, "input_size", rank, defaults=INPUT_SIZES[rank], roles=roles)
    names, roles = tuple(f"k_{a}" for a in numbers), tuple(f"kernel_{a}" for a in numbers)
    return sizes, ledger.per_axis(layer.kernel_size, "kernel_size", rank, defaults=names, roles=roles)


def spatial_sizes(ledger: Ledger, layer: Dilated, rank: int) -> tuple[Forms, Forms, Forms, Forms]:
    """Input size, kernel size, stride and dilation, one form per axis each."""
    sizes, kernel = window_sizes(ledger, layer, rank)
    stride = per_axis(ledger, layer.stride, "stride", "s", rank)
    return sizes, kernel, stride, per_axis(ledger, layer.dilation, "dilation", "d", rank)


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels in and out, the groups, and the channels of one group."""

    into: Affine
    out: Affine
    groups: Affine
    into_share: Affine
    out_share: Affine


def channel_sizes(ledger: Ledger, layer: Grouped) -> Channels | None:
    """The channels, or None for a layer without; the groups must divide both numbers of channels."""
    if not (layer.channels or layer.groups != 1 or layer.in_channels is not None or layer.out_channels is not None):
        return None
    into = ledger.read(layer.in_channels, "in_channels", default="C", role="in_channels")
    out = ledger.read(layer.out_channels, "out_channels", default="F", role="out_channels")
    groups = ledger.read(layer.groups, "groups", default="g", role="groups")
    owner = ledger.owner
    into_share = ledger.divide(into, groups, f"groups of {owner} must divide in_channels: {{0}} does not divide {{1}}")
    out_share = ledger.divide(out, groups, f"groups of {owner} must divide out_channels: {{0}} does not divide {{1}}")
    return Channels(into, out, groups, into_share, out_share)


@dataclass(frozen=True, slots=True)
class Axes:
    """Builds the tensors of a spatial layer."""

    rank: int
    batch: bool
    channels: bool
    ledger: Ledger

    @property
    def batch_index(self) -> Forms:
        """The batch index, where there is one."""
        return (Affine.of(BATCH),) if self.batch else ()

    def _lead(self) -> tuple[Forms, tuple[str, ...], tuple[str, ...]]:
        if not self.batch:
            return (), (), ()
        return (self.ledger.read(None, "batch", default="N", role="batch"),), (BATCH,), ("N",)

    def input(self, sizes: Forms, name: str, *channels: Affine, outside: Outside = "zero", index: str = "c") -> Tensor:
        """The input: batch, channels, space."""
        return self._spatial(name, "input", sizes, INPUT, "S", channels, index, "C", outside)

    def small(self, sizes: Forms, name: str, *channels: Affine) -> Tensor:
        """The input of a transposed convolution: its positions are those that a convolution's output would have."""
        return self._spatial(name, "input", sizes, OUTPUT, "S", channels, "c", "C", "zero")

    def output(self, sizes: Forms, name: str, *channels: Affine, index: str = "f", large: bool = False) -> Tensor:
        """The output: batch, channels, space (``large``: with the positions of a convolution's input)."""
        axis = "F" if index == "f" else "C"
        return self._spatial(name, "output", sizes, INPUT if large else OUTPUT, "O", channels, index, axis, "zero")

    def _spatial(
        self,
        name: str,
        role: str,
        sizes: Forms,
        indices: tuple[str, ...],
        letter: str,
        channels: Forms,
        channel_index: str,
        channel_axis: str,
        outside: Outside,
    ) -> Tensor:
        assert role in ("input", "output")
        shape, names, kinds = self._lead()
        if channels:
            shape, names, kinds = (*shape, *channels), (*names, channel_index), (*kinds, channel_axis)
        space = tuple(f"{letter}{axis}" for axis in range(1, self.rank + 1))
        return Tensor(
            name,
            "input" if role == "input" else "output",
            (*shape, *sizes),
            (*names, *indices[: self.rank]),
            (*kinds, *space),
            outside,
        )

    def kernel(self, sizes: Forms, name: str, *channels: tuple[Affine, Affine], first: str = "f") -> Tensor:
        """The kernel: channels out and in (``first`` says which of the two leads), then the taps."""
        lead = channels[0] if channels else ()
        names = (("f", "c") if first == "f" else ("c", "f")) if channels else ()
        kinds = (("F", "C") if first == "f" else ("C", "F")) if channels else ()
        taps = tuple(f"K{axis}" for axis in range(1, self.rank + 1))
        return Tensor(name, "kernel", (*lead, *sizes), (*names, *TAP[: self.rank]), (*kinds, *taps))

    def bias(self, output: Tensor, *, per_entry: bool) -> Tensor:
        """One number per output channel (or one at all, without channels), or one per output entry."""
        keep = [position for position, axis in enumerate(output.axes) if axis == "F" or (per_entry and axis != "N")]
        return Tensor(
            "b",
            "bias",
            tuple(output.shape[position] for position in keep),
            tuple(output.indices[position] for position in keep),
            tuple(output.axes[position] for position in keep),
        )
