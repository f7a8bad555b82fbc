"""Operations with small sizes for them: every kind of formula that has to be typeset."""

from __future__ import annotations

from typing import Any, NamedTuple

from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool1d, AvgPool2d, LPPool1d, MaxPool1d, MaxPool2d
from symconv.ops.shaping import Flatten, Pad
from symconv.ops.transposed import ConvTranspose1d


class Sample(NamedTuple):
    id: str
    operation: Operation
    sizes: dict[str, int]


def sample(name: str, operation: Operation, **sizes: Any) -> Sample:
    return Sample(name, operation, sizes)


#: strides leave a tail, paddings reach outside, dilations need the divisibility condition
SAMPLES: tuple[Sample, ...] = (
    sample("conv1d", Conv1d(), W=5, k_1=3),
    sample("conv1d-stride", Conv1d(stride="s"), W=8, k_1=3, s=2),
    sample("conv1d-stride-padding", Conv1d(stride="s", padding="p"), W=6, k_1=3, s=3, p=2),
    sample("conv1d-all", Conv1d(stride="s", padding="p", dilation="d"), W=6, k_1=3, s=2, p=2, d=2),
    sample("conv1d-numbers", Conv1d(kernel_size=3, stride=2, padding=1, input_size=6)),
    sample("conv1d-flip", Conv1d(flip=True, padding="full"), W=4, k_1=3),
    sample("conv1d-reflect", Conv1d(padding="p", padding_mode="reflect"), W=4, k_1=2, p=2),
    sample("conv2d", Conv2d(stride="s", padding="p"), H=4, W=5, k_1=2, k_2=3, s=2, p=1),
    sample("conv2d-channels", Conv2d(channels=True, bias=True), H=3, W=3, k_1=2, k_2=2, C=2, F=2),
    sample("conv1d-batch", Conv1d(channels=True, batch=True, stride="s"), W=5, k_1=2, s=2, C=2, F=2, N=2),
    sample("conv1d-groups", Conv1d(channels=True, groups="g"), W=3, k_1=2, C=4, F=4, g=2),
    sample("transposed", ConvTranspose1d(stride="s", padding="p"), W=3, k_1=3, s=2, p=1),
    sample("max", MaxPool1d(), W=7, k_1=3),
    sample("max-overlap", MaxPool1d(kernel_size="k", stride="s", padding="p"), W=6, k=3, s=2, p=1),
    sample("max2d-channels", MaxPool2d(channels=True), H=4, W=5, k_1=2, k_2=2, C=2),
    sample("average", AvgPool2d(), H=5, W=4, k_1=2, k_2=2),
    sample("average-clipped", AvgPool1d(kernel_size="k", stride="s", padding="p", ceil_mode=True,
                                        count_include_pad=False), W=6, k=3, s=2, p=1),
    sample("power", LPPool1d(stride="s"), W=5, k_1=2, s=1),
    sample("dense", Dense(bias=True, batch=True), n=3, m=2, N=2),
    sample("flatten", Flatten(), H=2, W=3),
    sample("pad", Pad(1), H=2, W=3),
)  # fmt: skip
