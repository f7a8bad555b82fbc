"""The gradients of an explicit loss, entry by entry, by SymPy's ``diff``: the judge that knows nothing of us."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from symconv.expr.sympy_index import indexed_base, symbol
from symconv.gradient.derivation import derive
from symconv.gradient.sympy_form import to_sympy
from symconv.ops.catalogue import AvgPool2d, Conv2d, ConvTranspose2d, LPPool2d
from symconv.ops.operation import Operation


def symbols_for(op: Operation, name: str) -> Any:
    tensor = op.definition.upstream if name == r"\delta" else op.tensors[name]
    rows, columns = (size.value({}) if size.constant is None else size.constant for size in tensor.shape)
    return sympy.Matrix(rows, columns, lambda a, b: indexed_base(name)[a, b])


CASES = {
    "conv2d stride 2, dilation 2, padding 1": Conv2d(kernel_size=2, stride=2, dilation=2, padding=1, input_size=(5, 6)),
    "conv2d stride 3 with a tail": Conv2d(kernel_size=(2, 1), stride=(3, 2), input_size=(4, 4)),
    "conv2d flipped same": Conv2d(kernel_size=3, padding="same", flip=True, input_size=(3, 3)),
    "conv2d reflect": Conv2d(kernel_size=(3, 1), padding=(1, 0), stride=2, padding_mode="reflect", input_size=(4, 3)),
    "conv2d circular": Conv2d(kernel_size=2, padding=((0, 0), (1, 1)), padding_mode="circular", input_size=(2, 3)),
    "transposed": ConvTranspose2d(kernel_size=3, stride=2, padding=1, input_size=(2, 3)),
    "average": AvgPool2d(kernel_size=2, stride=1, padding=1, count_include_pad=False, input_size=(3, 3)),
    "square root pooling": LPPool2d(2, kernel_size=2, stride=1, input_size=(3, 3)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_equal_the_entrywise_derivative_of_the_explicit_loss(name: str) -> None:
    op = CASES[name]
    given = {tensor.name: symbols_for(op, tensor.name) for tensor in op.definition.inputs}
    output, upstream = op.forward(**given), symbols_for(op, r"\delta")
    assert output.shape == upstream.shape
    loss = sum(upstream.multiply_elementwise(output))
    gradients = op.backward(upstream, **given)
    for tensor, matrix in given.items():
        derivation = derive(op, tensor)
        formula = to_sympy(derivation)
        names = [symbol(str(index)) for index in derivation.target.indices]
        for position in [(a, b) for a in range(matrix.rows) for b in range(matrix.cols)]:
            expected = sympy.diff(loss, matrix[position])
            written_out = formula.subs(dict(zip(names, position, strict=True))).doit()
            assert sympy.expand(gradients[tensor][position] - expected) == 0, position
            assert sympy.expand(written_out - expected) == 0, position


def test_the_forward_definition_written_out_is_the_forward_pass() -> None:
    op = CASES["conv2d stride 2, dilation 2, padding 1"]
    output = op.forward(I=symbols_for(op, "I"), K=symbols_for(op, "K"))
    formula = to_sympy(op)
    for a in range(output.rows):
        for b in range(output.cols):
            written_out = formula.subs({symbol("i"): a, symbol("j"): b}).doit()
            assert sympy.expand(written_out - output[a, b]) == 0
