"""Every form of every layer under every notation compiles in pdfTeX and parses in KaTeX."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from symconv.errors import UnsupportedError
from symconv.forms.explicit import explicit
from symconv.forms.kronecker import matrix_derivation
from symconv.forms.recognise import recognise
from symconv.forms.structured import explicit_matrix, im2row, indicator, pooling_matrix, toeplitz
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool2d, LPPool1d, MaxPool2d
from symconv.ops.transposed import ConvTranspose2d
from symconv.typeset import explicit_boxes, form_boxes, matrix_boxes
from symconv.typeset.api import to_box
from symconv.typeset.explicit_latex import latex_matrix
from symconv.typeset.latex import write_latex
from symconv.typeset.notation import Notation
from symconv.typeset.presets import notations
from tests.forms.layers import AVERAGES, CONVOLUTIONS, DENSE, TRANSPOSED
from tests.forms.test_explicit import IMAGE, KERNEL
from tests.judges.katex import refused_by_katex
from tests.judges.pdftex import refused_by_pdftex

pytestmark = pytest.mark.documents
REGISTERED = (explicit_boxes, form_boxes, matrix_boxes)
EXPLICIT: tuple[tuple[Operation, dict[str, object]], ...] = (
    (Conv2d(kernel_size=3, stride=2, input_size=5), {"I": IMAGE, "K": KERNEL, "upstream": 1}),
    (Conv2d(kernel_size=2, input_size=10), {"I": [[-12] * 10] * 10, "K": [[3, -4], [5, 6]], "upstream": -7}),
    (Conv3d(kernel_size=2, input_size=3), {}),
    (Conv1d(kernel_size=2, input_size=4, in_channels=2, out_channels=2), {}),
    (AvgPool2d(kernel_size=2, stride=1, input_size=4), {"I": [[0.5] * 4] * 4, "upstream": 1}),
    (MaxPool2d(kernel_size=2, input_size=4), {"I": [[1, 2, 3, 4]] * 4, "upstream": 2}),
    (LPPool1d(norm_type=2, kernel_size=2, input_size=4), {}),
    (Dense(in_features=3, out_features=2, bias=True), {}),
)


def boxes() -> Iterator[object]:
    for op in (CONVOLUTIONS | TRANSPOSED | AVERAGES | DENSE).values():
        yield recognise(op)
        for tensor in op.definition.inputs:
            yield recognise(derive(op, tensor.name))
            for order in ("row", "column"):
                try:
                    yield matrix_derivation(op, tensor.name, order)  # type: ignore[arg-type]
                except UnsupportedError:
                    continue
    for op, arrays in EXPLICIT:
        yield explicit(op, arrays=arrays)
        for tensor in op.definition.inputs:
            if arrays or not isinstance(op, LPPool1d):
                yield explicit(derive(op, tensor.name), arrays=arrays)
    small = Conv2d(kernel_size=2, input_size=(3, 3))
    for make in (toeplitz, im2row, indicator):
        yield explicit_matrix(make(small), small)
    pooling = MaxPool2d(kernel_size=2, stride=1, input_size=3)
    yield explicit_matrix(pooling_matrix(pooling), pooling, arrays={"I": [[1, 2, 3]] * 3})
    yield to_box(recognise(ConvTranspose2d(stride=(2, 3))), Notation())


def bodies(notation: Notation) -> list[str]:
    pairs = [(value, steps) for value in boxes() for steps in (False, True)]
    found = [write_latex(to_box(value, notation, steps=steps), width=345) for value, steps in pairs]
    return [*found, latex_matrix(explicit(Conv1d(kernel_size=1, input_size=2)), notation)]


@pytest.mark.parametrize("name", sorted(notations))
def test_forms_compile(name: str) -> None:
    assert refused_by_pdftex(bodies(notations[name])) == []


@pytest.mark.parametrize("name", sorted(notations))
def test_forms_parse_in_katex(name: str) -> None:
    assert refused_by_katex(bodies(notations[name])) == {}
