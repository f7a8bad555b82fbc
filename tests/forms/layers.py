"""Layers for the tests of the forms, with small random sizes and integer arrays for them."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

from symconv.evaluate.reference import Environment, gradient
from symconv.evaluate.sample import sample_sizes
from symconv.expr.tensor import Definition, Tensor
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense
from symconv.ops.pooling_ranks import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from symconv.ops.transposed import ConvTranspose1d, ConvTranspose2d

EVERYTHING = {"stride": "s", "padding": "p", "dilation": "d"}

CONVOLUTIONS = {
    "conv1d": Conv1d(),
    "conv1d, stride, padding, dilation": Conv1d(**EVERYTHING),
    "conv1d, stride 2 padding 2 dilation 2": Conv1d(kernel_size=3, stride=2, padding=2, dilation=2),
    "conv1d, stride above kernel size": Conv1d(kernel_size=2, stride=3),
    "conv1d, full padding": Conv1d(padding="full"),
    "conv2d, channels, batch, bias": Conv2d(**EVERYTHING, channels=True, batch=True, bias=True),
    "conv2d, stride per axis": Conv2d(stride=(2, 3), padding=(1, 0), channels=True),
    "conv2d, asymmetric padding": Conv2d(padding=((1, 0), (0, 2))),
    "conv3d": Conv3d(stride="s"),
    "true convolution": Conv1d(flip=True),
    "true convolution, stride, padding, dilation": Conv2d(flip=True, **EVERYTHING),
    "groups": Conv1d(groups="g", stride="s", padding=1),
    "bias per entry": Conv1d(channels=True, batch=True, bias="entry"),
}
TRANSPOSED = {
    "transposed 1-D": ConvTranspose1d(),
    "transposed 2-D, stride, padding, dilation": ConvTranspose2d(**EVERYTHING, channels=True, batch=True, bias=True),
    "transposed, output padding": ConvTranspose1d(kernel_size=3, stride=2, padding=1, output_padding=1),
    "transposed, groups": ConvTranspose1d(groups="g", stride="s"),
}
DENSE = {
    "dense": Dense(),
    "dense, bias": Dense(bias=True),
    "dense, batch, bias": Dense(bias=True, batch=True),
}
AVERAGES = {
    "average 1-D": AvgPool1d(),
    "average 2-D, stride, padding": AvgPool2d(kernel_size=3, stride="s", padding=1, channels=True),
}
MAXIMA = {
    "maximum 1-D": MaxPool1d(stride="s"),
    "maximum 2-D, overlapping": MaxPool2d(kernel_size=2, stride=1, channels=True, batch=True),
    "maximum, padding": MaxPool1d(kernel_size=3, stride=2, padding=1),
    "maximum, split": MaxPool1d(kernel_size=2, stride=1, ties="split"),
}


def sizes_for(definition: Definition, seed: int, work: int = 150) -> dict[str, int]:
    """Small admitted sizes."""
    sizes = sample_sizes(definition, Random(seed), work=work)
    assert sizes is not None
    return sizes


def array_for(tensor: Tensor, sizes: dict[str, int], rng: Random, low: int = -9, high: int = 9) -> Any:
    """Random integers of the tensor's shape, as nested lists."""
    shape = [size.value(sizes) for size in tensor.shape]

    def fill(axes: list[int]) -> Any:
        return [fill(axes[1:]) for _ in range(axes[0])] if axes else rng.randint(low, high)

    return fill(shape)


def environment(definition: Definition, seed: int, work: int = 150) -> Environment:
    """Sizes and integer arrays for every input, the upstream gradient and the gradients by the inputs."""
    rng = Random(seed)
    sizes = sizes_for(definition, seed, work)
    tensors = {tensor.name: array_for(tensor, sizes, rng) for tensor in definition.inputs}
    tensors[definition.upstream.name] = array_for(definition.upstream, sizes, rng)
    env = Environment(sizes, tensors, {definition.output.name: definition})
    gradients = {f"d{tensor.name}": gradient(definition, tensor, env) for tensor in definition.inputs}
    return Environment(sizes, {**tensors, **gradients}, {definition.output.name: definition})


def flat(array: Any) -> list[Any]:
    """The entries of nested lists in row-major order."""
    return [entry for item in array for entry in flat(item)] if isinstance(array, list) else [array]


def positions(shape: list[int]) -> list[tuple[int, ...]]:
    """The indices of an array of that shape in row-major order."""
    return list(product(*map(range, shape)))
