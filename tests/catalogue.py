"""Representative layers of every operation in the catalogue: the table that the laws and the documents run over.

Each entry has an id, the operation's name in :data:`symconv.ops.catalogue.OPERATIONS`, and its options. Together
they vary every field of every operation at least once (``tests/laws/test_catalogue.py`` holds them to it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symconv.ops.catalogue import OPERATIONS
from symconv.ops.operation import Operation

#: stride, padding and dilation as symbols, shared by all axes
SYMBOLS = {"stride": "s", "padding": "p", "dilation": "d"}


@dataclass(frozen=True, eq=False)
class Entry:
    """One configured layer."""

    id: str
    kind: str
    options: Mapping[str, Any]

    @cached_property
    def operation(self) -> Operation:
        return OPERATIONS[self.kind](**self.options)

    @property
    def tensors(self) -> tuple[str, ...]:
        """The names of the tensors that the loss is differentiated by."""
        return tuple(tensor.name for tensor in self.operation.definition.inputs)


def _entry(name: str, kind: str, **options: Any) -> Entry:
    return Entry(f"{kind}-{name}", kind, options)


CONVOLUTIONS: tuple[Entry, ...] = (
    _entry("plain", "conv1d"),
    _entry("symbols", "conv1d", **SYMBOLS),
    _entry("numbers", "conv1d", kernel_size=3, stride=2, padding=1, dilation=2, input_size=9),
    # a dilation that the stride does not divide: the divisibility condition cannot be left out
    _entry("stride 3, dilation 2", "conv1d", kernel_size=3, stride=3, dilation=2, padding=2),
    _entry("stride above kernel", "conv1d", kernel_size=2, stride=3),
    _entry("expressions", "conv1d", kernel_size="2k+1", stride="s+1", padding="k", input_size="2n"),
    _entry("same", "conv1d", padding="same", dilation="d"),
    _entry("full", "conv1d", padding="full", kernel_size="k"),
    _entry("reflect", "conv1d", padding="p", padding_mode="reflect", stride="s"),
    _entry("replicate", "conv1d", padding=1, padding_mode="replicate", kernel_size=3),
    _entry("circular", "conv1d", padding="p", padding_mode="circular"),
    _entry("groups", "conv1d", groups="g", **SYMBOLS),
    _entry("depthwise", "conv1d", groups=4, in_channels=4, out_channels=4, kernel_size=3),
    _entry("bias per entry", "conv1d", channels=True, batch=True, bias="entry"),
    # names of hyperparameters that are also names of indices
    _entry("stride i", "conv1d", stride="i", padding="m", dilation="u"),
    _entry("output size named", "conv1d", kernel_size="k", input_size="n", output_size="M", stride=2),
    _entry("plain", "conv2d"),
    _entry("stride", "conv2d", stride="s"),
    _entry("everything", "conv2d", **SYMBOLS, groups="g", batch=True, bias=True),
    _entry("channels", "conv2d", stride="s", channels=True, batch=True, bias=True),
    _entry("per axis", "conv2d", kernel_size=(3, 2), stride=("s_1", 2), padding=(1, 0), dilation=(1, "d_2")),
    _entry("asymmetric", "conv2d", padding=((1, 0), ("a", "b")), stride=2, kernel_size="k"),
    _entry("valid", "conv2d", padding="valid", in_channels=3, out_channels="F"),
    _entry("true convolution", "conv2d", flip=True, **SYMBOLS),
    _entry("numbers", "conv2d", kernel_size=3, stride=2, input_size=5),
    _entry("channel bias", "conv2d", channels=True, bias="channel", padding_mode="zeros", padding=1),
    _entry("plain", "conv3d"),
    _entry("channels", "conv3d", stride="s", channels=True, bias=True),
    _entry("mixed", "conv3d", kernel_size=(1, 2, "k"), stride=(1, 2, 3), padding=(0, 1, "p"), padding_mode="circular"),
)

TRANSPOSED: tuple[Entry, ...] = (
    _entry("plain", "convtranspose1d"),
    _entry("symbols", "convtranspose1d", **SYMBOLS, output_padding="q"),
    _entry("output padding", "convtranspose1d", kernel_size=3, stride=2, padding=1, output_padding=1),
    _entry("groups", "convtranspose1d", groups="g", stride="s"),
    _entry("names", "convtranspose1d", input_size="n", output_size="M", kernel_size="k", bias="entry", channels=True),
    _entry("everything", "convtranspose2d", **SYMBOLS, channels=True, batch=True, bias=True),
    _entry("per axis", "convtranspose2d", kernel_size=(2, 3), stride=(2, "s"), output_padding=(1, 0), dilation=(1, 2)),
    _entry("asymmetric", "convtranspose2d", in_channels=2, out_channels=2, padding=((1, 0), 0), kernel_size=2),
    _entry("plain", "convtranspose3d"),
    _entry("stride", "convtranspose3d", stride=2, kernel_size=2, channels=True),
)

MAXIMA: tuple[Entry, ...] = (
    _entry("plain", "maxpool1d"),
    _entry("symbols", "maxpool1d", kernel_size="k", **SYMBOLS),
    _entry("split", "maxpool1d", kernel_size=2, stride=1, ties="split"),
    _entry("all", "maxpool1d", kernel_size=3, stride="s", ties="all"),
    _entry("ceil", "maxpool1d", kernel_size=3, stride=2, padding=1, ceil_mode=True),
    _entry("blocks", "maxpool2d", channels=True),
    _entry("overlapping", "maxpool2d", kernel_size=2, stride=1, in_channels=3, batch=True),
    _entry("sizes", "maxpool2d", kernel_size="k", input_size=("H", "W"), output_size=("M", "N"), ties="first"),
    _entry("stride j", "maxpool2d", kernel_size=2, stride="j", dilation=2),
    _entry("plain", "maxpool3d"),
    _entry("padding", "maxpool3d", kernel_size=2, stride=2, padding=1),
    _entry("channels out", "maxpool1d", kernel_size=2, out_channels="F"),
)

AVERAGES: tuple[Entry, ...] = (
    _entry("plain", "avgpool1d"),
    _entry("symbols", "avgpool1d", kernel_size="k", stride="s", padding="p"),
    _entry("ceil", "avgpool1d", kernel_size="k", stride="s", padding="p", ceil_mode=True),
    _entry("without padding in the count", "avgpool1d", kernel_size=3, stride=2, padding=1, count_include_pad=False),
    _entry("ceil, without padding", "avgpool1d", kernel_size="k", padding="p", ceil_mode=True, count_include_pad=False),
    _entry("blocks", "avgpool2d", channels=True, batch=True),
    _entry("divisor", "avgpool2d", kernel_size=(2, 3), stride="s", divisor_override="D", in_channels=2),
    _entry("sizes", "avgpool2d", kernel_size="k", stride="s", input_size=("H", "W"), output_size=("M", "N")),
    _entry("plain", "avgpool3d"),
    _entry("channels out", "avgpool1d", kernel_size=2, out_channels=2),
    _entry("ceil", "avgpool3d", kernel_size=2, stride=3, ceil_mode=True, divisor_override=5),
)

POWERS: tuple[Entry, ...] = (
    _entry("square root", "lppool1d"),
    _entry("norm 1", "lppool1d", norm_type=1, kernel_size="k", stride="s"),
    _entry("norm 3", "lppool1d", norm_type=3, kernel_size=2, stride=1),
    _entry("norm q", "lppool1d", norm_type="q", kernel_size="k", stride="s"),
    _entry("ceil", "lppool1d", norm_type=2, kernel_size=3, stride=2, ceil_mode=True),
    _entry("overlapping", "lppool2d", kernel_size=2, stride="s", channels=True, batch=True),
    _entry("sizes", "lppool2d", kernel_size="k", in_channels="C", input_size=("H", "W"), output_size=("M", "N")),
    _entry("channels out", "lppool1d", kernel_size=2, in_channels="C", out_channels="C"),
    _entry("plain", "lppool3d"),
)

OTHERS: tuple[Entry, ...] = (
    _entry("plain", "dense"),
    _entry("bias and batch", "dense", bias=True, batch=True),
    _entry("sizes", "dense", in_features="2a+1", out_features=3, bias=True),
    _entry("other names", "dense", input_size="k", output_size=3),
    _entry("alias", "linear", in_features="n", out_features="m"),
    _entry("symbols", "pad"),
    _entry("value", "pad", padding=((1, 2), 0), value=3, mode="constant", channels=True),
    _entry("reflect", "pad", padding="p", mode="reflect", dims=1, batch=True),
    _entry("replicate", "pad", padding=1, mode="replicate", dims=1, in_channels=2),
    _entry("circular", "pad", padding=(("a", "b"),), mode="circular", dims=1, input_size="n"),
    _entry("sizes", "pad", padding=1, dims=1, input_size=4, output_size=6),
    _entry("plain", "flatten"),
    _entry("channels and batch", "flatten", channels=True, batch=True),
    _entry("one axis", "flatten", dims=1, in_channels=3, input_size="n"),
    _entry("three axes", "flatten", dims=3),
)

ENTRIES: tuple[Entry, ...] = (*CONVOLUTIONS, *TRANSPOSED, *MAXIMA, *AVERAGES, *POWERS, *OTHERS)

#: (layer, tensor) for every layer of the table and each of its tensors
PAIRS: tuple[tuple[Entry, str], ...] = tuple((entry, name) for entry in ENTRIES for name in entry.tensors)
