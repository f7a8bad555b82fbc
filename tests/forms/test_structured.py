"""Structured matrices: the numbers of the notes, and the equations that define them, by plain matrix arithmetic."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from symconv.errors import UnsupportedError
from symconv.evaluate.reference import tabulate
from symconv.forms.explicit import values
from symconv.forms.matrix_algebra import Named, Order, cols, rows, side_size
from symconv.forms.structured import (
    explicit_matrix,
    im2col,
    im2row,
    indicator,
    jacobian,
    pooling_matrix,
    side_of,
    toeplitz,
)
from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import LPPool1d, MaxPool1d, MaxPool2d
from tests.forms.layers import AVERAGES, CONVOLUTIONS, DENSE, MAXIMA, TRANSPOSED, array_for, environment, flat
from tests.forms.test_explicit import IMAGE

ORDERS: tuple[Order, ...] = ("row", "column")
WU = [[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]]


def times(matrix: list[list[Any]], vector: list[Any]) -> list[Any]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def vec(array: Any, axes: tuple[str, ...], order: Order) -> list[Any]:
    """The entries with channels slower than space, and space in row-major or column-major order."""
    rank = len(axes)
    space = [at for at in range(rank) if axes[at][0] in "SOK"]
    rest = [at for at in range(rank) if at not in space]
    run = rest + (space if order == "row" else space[::-1])
    shape, inner = [], array
    while isinstance(inner, list):
        shape.append(len(inner))
        inner = inner[0]
    entries: list[Any] = []

    def visit(position: list[int], at: int) -> None:
        if at == rank:
            entry = array
            for step in position:
                entry = entry[step]
            entries.append(entry)
            return
        for step in range(shape[run[at]]):
            position[run[at]] = step
            visit(position, at + 1)

    visit([0] * rank, 0)
    return entries


def numbers(matrix: Named, op: Operation, env: Any) -> list[list[Any]]:
    arrays = {tensor.name: env.tensors[tensor.name] for tensor in op.definition.inputs}
    return values(explicit_matrix(matrix, op, env.sizes, arrays))


def test_im2col_of_wu() -> None:
    op = Conv2d(kernel_size=2, input_size=(3, 4))
    phi = values(explicit_matrix(im2row(op, "column"), op, arrays={"I": WU}))
    assert [list(column) for column in zip(*phi, strict=True)] == [
        [1, 4, 2, 5, 3, 6], [4, 7, 5, 8, 6, 9], [2, 5, 3, 6, 1, 1], [5, 8, 6, 9, 1, 1],
    ]  # fmt: skip
    assert times(phi, [1, 1, 1, 1]) == [12, 24, 16, 28, 11, 17]
    assert rows(im2col(op, "column")) == cols(im2row(op, "column"))


def test_im2row_of_deepteaching() -> None:
    op = Conv2d(kernel_size=3, stride=2, input_size=5)
    phi = values(explicit_matrix(im2row(op), op, arrays={"I": IMAGE}))
    assert phi[0] == [1, 1, -2, 1, 0, 0, 0, 1, 0]
    assert (len(phi), len(phi[0])) == (4, 9)
    assert times(phi, [0, 1, 1, 1, 0, 0, 0, 1, 0]) == [1, 6, 0, 9]


def test_pooling_of_wu_collects_overlapping_windows() -> None:
    op = MaxPool2d(kernel_size=2, stride=1, input_size=(3, 3))
    image = [[0, 0, 0], [0, 9, 0], [0, 0, 0]]
    matrix = values(explicit_matrix(pooling_matrix(op), op, arrays={"I": image}))
    centre = [row[4] for row in matrix]
    assert centre == [1, 1, 1, 1]
    # entry (2, 2) of the notes' example is the maximum of the windows (1, 1) and (1, 2)
    image = [[0, 0, 0], [0, 9, 0], [10, 0, 11]]
    matrix = values(explicit_matrix(pooling_matrix(op), op, arrays={"I": image}))
    assert [row[4] for row in matrix] == [1, 1, 0, 0]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", CONVOLUTIONS | TRANSPOSED | AVERAGES | DENSE)
def test_toeplitz(name: str, order: Order) -> None:
    op = (CONVOLUTIONS | TRANSPOSED | AVERAGES | DENSE)[name]
    for seed in range(2):
        env = environment(op.definition, seed)
        tensor = op.definition.tensor("input")
        zeros = {
            other.name: array_for(other, dict(env.sizes), Random(0), 0, 0)
            for other in op.definition.inputs
            if other.role == "bias"
        }
        env = replace(env, tensors={**env.tensors, **zeros})
        matrix = numbers(toeplitz(op, order), op, env)
        output = tabulate(op.definition, env)
        image = vec(env.tensors[tensor.name], tensor.axes, order)
        assert times(matrix, image) == vec(output, op.definition.output.axes, order)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", [name for name in CONVOLUTIONS | TRANSPOSED if "groups" not in name])
def test_im2row_and_indicator(name: str, order: Order) -> None:
    op = (CONVOLUTIONS | TRANSPOSED)[name]
    tensor, kernel, output = op.definition.tensor("input"), op.definition.tensor("kernel"), op.definition.output
    for seed in range(2):
        env = environment(op.definition, seed)
        phi = numbers(im2row(op, order), op, env)
        matrix = numbers(indicator(op, order), op, env)
        assert {entry for row in matrix for entry in row} <= {0, 1}
        image = vec(env.tensors[tensor.name], tensor.axes, order)
        stacked = flat(phi) if order == "row" else [row[q] for q in range(len(phi[0])) for row in phi]
        assert times(matrix, image) == stacked
        assert len(phi) == side_size(side_of(output, output.indices, order, "F")).value(env.sizes)
        assert len(phi[0]) == side_size(side_of(kernel, kernel.indices, order, "F")).value(env.sizes)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", MAXIMA | AVERAGES)
def test_pooling_matrix(name: str, order: Order) -> None:
    op = (MAXIMA | AVERAGES)[name]
    tensor = op.definition.tensor("input")
    for seed in range(3):
        env = environment(op.definition, seed)
        matrix = numbers(pooling_matrix(op, order), op, env)
        image = vec(env.tensors[tensor.name], tensor.axes, order)
        assert times(matrix, image) == vec(tabulate(op.definition, env), op.definition.output.axes, order)


def test_symbols_in_a_toeplitz_matrix() -> None:
    op = Conv1d(kernel_size=2, input_size=3)
    form = explicit_matrix(toeplitz(op), op)
    assert form.shape == (2, 3)
    assert form.entry(0, 2) == ()
    assert form.entry(1, 2) == ((1, (("K", (1,)),)),)


def test_matrices_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="is not linear in I"):
        toeplitz(MaxPool1d())
    with pytest.raises(UnsupportedError, match="each group has an im2row matrix of its own"):
        im2row(Conv1d(groups=2, in_channels=4, out_channels=2))
    with pytest.raises(UnsupportedError, match="no maximum or average"):
        pooling_matrix(LPPool1d())
    with pytest.raises(UnsupportedError, match="tie rule 'first' or 'split'"):
        pooling_matrix(MaxPool1d(ties="all"))
    with pytest.raises(UnsupportedError, match="MaxPool1d has no kernel"):
        im2row(MaxPool1d())


def test_jacobian_of_a_layer_by_its_kernel() -> None:
    op = Conv1d(kernel_size=2, input_size=3)
    form = explicit_matrix(jacobian(op, "K"), op)
    assert form.entry(1, 0) == ((1, (("I", (1,)),)),)
