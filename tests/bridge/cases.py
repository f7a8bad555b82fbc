"""Operations with symbolic sizes, small enough for SymPy; each with the reason why it is here."""

from __future__ import annotations

from symconv.ops.catalogue import (
    AvgPool1d,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Dense,
    Flatten,
    LPPool1d,
    LPPool2d,
    MaxPool1d,
    MaxPool2d,
    Pad,
)
from symconv.ops.operation import Operation

# every sum can be read back
LINEAR: dict[str, Operation] = {
    "conv stride padding dilation": Conv1d(stride="s", padding="p", dilation="d"),
    "conv batch channels bias": Conv1d(batch=True, channels=True, bias=True),
    "conv bias without channels: a tensor of no axes": Conv1d(bias=True),
    "conv groups with quotients of sizes": Conv1d(stride=2, padding="p", groups="g", channels=True, bias=True),
    "conv depthwise": Conv1d(groups="C", in_channels="C"),
    "conv groups of integers": Conv1d(groups=2, in_channels=2, out_channels=4),
    "conv same: a floor in the index": Conv1d(padding="same", dilation="d"),
    "conv flipped same": Conv1d(padding="same", flip=True, dilation=2),
    "conv size expression": Conv1d(kernel_size="2k+1", padding="k", stride="s"),
    "conv reflect": Conv1d(padding="p", padding_mode="reflect"),
    "conv reflect same: a floor under the padding map": Conv1d(padding="same", padding_mode="reflect"),
    "conv circular": Conv1d(padding=1, padding_mode="circular"),
    "conv replicate": Conv1d(padding=1, padding_mode="replicate", stride=2),
    "conv2d": Conv2d(stride="s", padding="p", dilation="d"),
    "conv2d asymmetric": Conv2d(kernel_size=2, stride=2, padding=((1, 0), (0, 2)), flip=True),
    "conv3d": Conv3d(kernel_size=(2, 1, 2), stride=(1, 2, 1), padding=(0, 0, 1)),
    "transposed": ConvTranspose1d(stride="s", padding="p", dilation="d", output_padding="q"),
    "transposed groups": ConvTranspose1d(stride="s", groups="g"),
    "transposed 2d": ConvTranspose2d(kernel_size=2, stride=2, padding=1),
    "average": AvgPool2d(),
    "average clipped windows": AvgPool1d(stride="s", padding="p", ceil_mode=True, count_include_pad=False),
    "dense": Dense(bias=True, batch=True),
    "pad reflect": Pad(dims=1, mode="reflect"),
    "pad constant": Pad(dims=1, value=3),
    "flatten": Flatten(channels=True, batch=True),
}
POSITIVE: dict[str, Operation] = {
    "lp: a sum under a root": LPPool1d(stride="s"),
    "lp 2d": LPPool2d(kernel_size=2),
    "lp clipped windows": LPPool1d(norm_type=3, ceil_mode=True),
}
WINDOWS: dict[str, Operation] = {
    "max padding": MaxPool1d(3, padding=1, stride="s"),
    "max split clipped": MaxPool1d(2, dilation="d", ties="split", ceil_mode=True),
    "max all": MaxPool1d(2, stride=1, ties="all"),
    "max 2d overlapping": MaxPool2d(2, stride=1, padding=1),
}
ALL: dict[str, tuple[Operation, range]] = {
    **{name: (op, range(-4, 5)) for name, op in LINEAR.items()},
    **{name: (op, range(1, 5)) for name, op in POSITIVE.items()},
    # few different values, so that ties are common
    **{name: (op, range(-1, 2)) for name, op in WINDOWS.items()},
}
