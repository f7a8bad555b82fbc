"""The words of the operator form mean what they say: dil, pad, sample, crop, full and rot180 as plain loops in 1-D."""

from __future__ import annotations

import pytest

from symconv.evaluate.reference import tabulate
from symconv.forms.operator import OperatorPart
from symconv.forms.recognise import recognise
from symconv.gradient.derivation import derive
from symconv.index.affine import Affine
from symconv.ops.convolution import Conv1d
from symconv.ops.operation import Operation
from symconv.ops.transposed import ConvTranspose1d
from tests.forms.layers import EVERYTHING, environment

Vector = list[int]
LAYERS: dict[str, Operation] = {
    "convolution": Conv1d(**EVERYTHING),
    "true convolution": Conv1d(flip=True, **EVERYTHING),
    "transposed": ConvTranspose1d(**EVERYTHING),
    "stride above kernel": Conv1d(kernel_size=2, stride=3),
}


def dil(x: Vector, step: int) -> Vector:
    return [x[at // step] if at % step == 0 else 0 for at in range((len(x) - 1) * step + 1)]


def correlate(signal: Vector, kernel: Vector, size: int) -> Vector:
    """The first ``size`` entries; the signal is zero behind its end."""
    padded = signal + [0] * (size + len(kernel))
    return [sum(padded[u + v] * kernel[v] for v in range(len(kernel))) for u in range(size)]


def full(signal: Vector, kernel: Vector) -> Vector:
    """The cross-correlation at all positions where the two overlap."""
    margin = len(kernel) - 1
    return correlate([0] * margin + signal, kernel, len(signal) + margin)


def by_words(part: OperatorPart, left: Vector, right: Vector, size: int, sizes: dict[str, int]) -> Vector:
    (axis,) = part.axes

    def number(form: Affine) -> int:
        return form.value(sizes)

    right = dil(right, number(axis.dilation))
    if part.is_true_convolution:
        right = right[::-1]
    if part.kind == "convolution":
        result = full(dil(left, number(axis.left_dilation)), right)[number(axis.offset) :]
        return (result + [0] * size)[:size]
    stride = number(axis.stride)
    result = correlate([0] * number(axis.offset) + left, right, stride * size)[::stride]
    return result[::-1] if axis.flip_result else result


@pytest.mark.parametrize("wrt", [None, "I", "K"])
@pytest.mark.parametrize("name", LAYERS)
def test_words(name: str, wrt: str | None) -> None:
    op = LAYERS[name]
    form = recognise(op if wrt is None else derive(op, wrt))
    assert form is not None
    (part,) = form.parts
    assert part.right is not None
    for seed in range(12):
        env = environment(op.definition, seed)
        expected = tabulate(op.definition, env) if wrt is None else env.tensors[f"d{wrt}"]
        left, right = env.tensors[part.left.tensor.name], env.tensors[part.right.tensor.name]
        assert by_words(part, left, right, len(expected), dict(env.sizes)) == expected
