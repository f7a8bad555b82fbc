"""Matrix derivations: every line equals the line before, lowered to sums and as plain matrix arithmetic."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from symconv.errors import UnsupportedError
from symconv.evaluate.reference import Environment, evaluate
from symconv.forms.kronecker import MatrixDerivation, dense_equation, matrix_derivation
from symconv.forms.matrix_algebra import (
    Axis,
    Gradient,
    Identity,
    Jacobian,
    Kronecker,
    Matrix,
    MatrixEquation,
    Named,
    Ones,
    Order,
    Plus,
    Product,
    Side,
    Transposed,
    Vec,
    cols,
    lower,
    rows,
)
from symconv.forms.structured import im2row_equation, indicator_equation, pooling_equation, toeplitz_equation
from symconv.index.affine import Affine
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool1d, AvgPool2d, LPPool1d, MaxPool1d
from symconv.ops.shaping import Flatten, Pad
from symconv.ops.transposed import ConvTranspose1d
from tests.forms.layers import DENSE, EVERYTHING, environment

ORDERS: tuple[Order, ...] = ("row", "column")
LAYERS: dict[str, Operation] = {
    "conv1d": Conv1d(),
    "conv1d, several channels": Conv1d(channels=True),
    "conv2d": Conv2d(**EVERYTHING),
    "conv2d, channels, bias": Conv2d(kernel_size=2, channels=True, bias=True),
    "conv2d, channels, batch": Conv2d(kernel_size=2, stride=2, channels=True, batch=True),
    "conv3d": Conv3d(kernel_size=(1, 2, 2)),
    "reflecting padding": Conv1d(kernel_size=3, padding=1, padding_mode="reflect"),
    "transposed": ConvTranspose1d(stride="s", channels=True),
    "bias without channels": Conv1d(kernel_size=2, bias=True),
    "average": AvgPool1d(kernel_size=3, stride=2),
    "maximum": MaxPool1d(kernel_size=2, stride=1),
    "maximum, split": MaxPool1d(kernel_size=2, stride=1, ties="split"),
    "padding": Pad(1),
    "flattening": Flatten(channels=True),
    **DENSE,
}
CASES = [
    (name, tensor.name, order) for name, op in LAYERS.items() for tensor in op.definition.inputs for order in ORDERS
]


def entries(matrix: Matrix, env: Environment) -> list[list[Any]]:
    """The matrix by its lowered entries."""
    row_axes = [Axis(f"R{at}", axis.size) for at, axis in enumerate(rows(matrix))]
    col_axes = [Axis(f"Q{at}", axis.size) for at, axis in enumerate(cols(matrix))]
    entry = lower(
        matrix,
        tuple(Affine.of(axis.index) for axis in row_axes),
        tuple(Affine.of(axis.index) for axis in col_axes),
    )

    def at(row: tuple[int, ...], col: tuple[int, ...]) -> Any:
        names = {axis.index: value for axis, value in zip([*row_axes, *col_axes], [*row, *col], strict=True)}
        return evaluate(entry, Environment(env.sizes, env.tensors, env.definitions, names))

    return [[at(row, col) for col in steps(col_axes, env)] for row in steps(row_axes, env)]


def steps(side: list[Axis] | Side, env: Environment) -> list[tuple[int, ...]]:
    return list(product(*[range(axis.size.value(env.sizes)) for axis in side]))


def arithmetic(matrix: Matrix, env: Environment) -> list[list[Any]]:
    """The matrix by matrix arithmetic on the values of its parts, which knows nothing of multi-indices."""
    match matrix:
        case Product(factors):
            total = arithmetic(factors[0], env)
            for factor in factors[1:]:
                total = times(total, arithmetic(factor, env))
            return total
        case Plus(terms):
            parts = [arithmetic(term, env) for term in terms]
            return [[sum(cell) for cell in zip(*lines, strict=True)] for lines in zip(*parts, strict=True)]
        case Transposed(of):
            return [list(column) for column in zip(*arithmetic(of, env), strict=True)]
        case Kronecker(left, right):
            a, b = arithmetic(left, env), arithmetic(right, env)
            return [[x * y for x in above for y in below] for above in a for below in b]
        case Vec(of, order):
            inner = arithmetic(of, env)
            lines = inner if order == "row" else [list(column) for column in zip(*inner, strict=True)]
            return [[entry] for line in lines for entry in line]
        case Identity(side):
            size = len(steps(side, env))
            return [[int(row == col) for col in range(size)] for row in range(size)]
        case Ones(side):
            return [[1] for _ in steps(side, env)]
        case Gradient(Vec(of, order)):
            return arithmetic(Vec(Gradient(of), order), env)
        case Named() | Gradient() | Jacobian():
            return entries(matrix, env)


def times(left: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def lines(derivation: MatrixDerivation) -> list[tuple[Matrix, Matrix]]:
    return [(step.before, step.after) for step in (*derivation.steps, *derivation.conclusion)]


@pytest.mark.parametrize(("name", "wrt", "order"), CASES, ids=lambda value: str(value))
def test_every_line_equals_the_line_before(name: str, wrt: str, order: Order) -> None:
    op = LAYERS[name]
    derivation = matrix_derivation(op, wrt, order)
    env = environment(op.definition, 1, work=60)
    assert derivation.steps[0].before == derivation.start
    for step, following in zip(derivation.steps, derivation.steps[1:], strict=False):
        assert step.after == following.before
    for before, after in lines(derivation):
        assert entries(before, env) == entries(after, env)
        assert arithmetic(after, env) == entries(after, env)
    for equation in derivation.given:
        assert entries(equation.left, env) == entries(equation.right, env)


def shape(matrix: Matrix) -> str:
    """A matrix expression in one line of text."""
    match matrix:
        case Named():
            return f"vec({matrix.name})" if matrix.vectorised else matrix.name
        case Identity():
            return "Id"
        case Ones():
            return "1"
        case Product(factors):
            return " ".join(map(shape, factors))
        case Plus(terms):
            return " + ".join(map(shape, terms))
        case Transposed(of):
            return f"{shape(of)}ᵀ" if isinstance(of, (Named, Identity)) else f"({shape(of)})ᵀ"
        case Kronecker(left, right):
            return f"({shape(left)} ⊗ {shape(right)})"
        case Vec(of, _):
            return f"vec({shape(of)})"
        case Gradient(of):
            return f"∂{shape(of)}"
        case Jacobian(of, by):
            return f"[{shape(of)} by {shape(by)}]"


def equation(value: MatrixEquation) -> str:
    return f"{shape(value.left)} = {shape(value.right)}"


def test_the_derivations_of_wu() -> None:
    op = Conv2d(channels=True)
    by_filters = matrix_derivation(op, "K", "column")
    assert [shape(step.after) for step in by_filters.steps][3:] == [
        r"([(Idᵀ ⊗ \phi) vec(F) by vec(F)])ᵀ ∂vec(Y)",
        r"((Idᵀ ⊗ \phi))ᵀ ∂vec(Y)",
        r"((Idᵀ)ᵀ ⊗ \phiᵀ) ∂vec(Y)",
        r"(Id ⊗ \phiᵀ) ∂vec(Y)",
        r"(Id ⊗ \phiᵀ) vec(∂Y)",
        r"vec(\phiᵀ ∂Y Idᵀ)",
        r"vec(\phiᵀ ∂Y Id)",
        r"vec(\phiᵀ ∂Y)",
    ]
    assert equation(by_filters.result) == r"∂F = \phiᵀ ∂Y"
    by_input = matrix_derivation(op, "I", "column")
    assert equation(by_input.result) == "∂vec(I) = Mᵀ vec(∂Y Fᵀ)"
    assert [equation(given) for given in by_input.given] == [r"Y = \phi F", r"vec(\phi) = M vec(I)"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("batch", "wrt", "expected"),
    [
        (False, "W", "∂W = ∂y xᵀ"),
        (False, "x", "∂x = Wᵀ ∂y"),
        (True, "W", "∂W = ∂yᵀ x"),
        (True, "x", "∂x = ∂y W"),
    ],
)
def test_dense_layers(batch: bool, wrt: str, expected: str, order: Order) -> None:
    text = equation(matrix_derivation(Dense(batch=batch, bias=True), wrt, order).result)
    assert text.replace("(∂y)ᵀ", "∂yᵀ") == expected


@pytest.mark.parametrize("order", ORDERS)
def test_equations_of_layers_with_bias(order: Order) -> None:
    cases = [
        (im2row_equation, Conv1d(channels=True, batch=True, bias=True)),
        (im2row_equation, Conv1d(channels=True, batch=True, bias="entry")),
        (im2row_equation, Conv1d(bias=True)),
        (toeplitz_equation, Conv2d(kernel_size=2, channels=True, batch=True, bias=True)),
        (toeplitz_equation, Conv1d(channels=True, batch=True, bias="entry")),
        (toeplitz_equation, Conv1d(bias=True)),
        (toeplitz_equation, ConvTranspose1d(stride=2)),
        (indicator_equation, Conv2d(kernel_size=2, padding=1)),
        (pooling_equation, MaxPool1d(kernel_size=2, stride=1)),
        (pooling_equation, AvgPool2d(kernel_size=2, stride=1, channels=True)),
    ]
    for make, op in cases:
        for seed in range(2):
            env = environment(op.definition, seed)
            value = make(op, order)
            assert entries(value.left, env) == entries(value.right, env)
            assert arithmetic(value.right, env) == entries(value.right, env)


def test_dense_equation_holds() -> None:
    for op in DENSE.values():
        env = environment(op.definition, 2)
        value = dense_equation(op)
        assert entries(value.left, env) == entries(value.right, env)


def test_layers_without_a_matrix_derivation_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="LPPool1d is no maximum or average"):
        matrix_derivation(LPPool1d(), "I")
    with pytest.raises(UnsupportedError, match="Pad adds a constant, so it is no product with a matrix"):
        matrix_derivation(Pad(1, "constant", 3), "I")
    with pytest.raises(UnsupportedError, match="no matrix derivation of the gradient by its bias"):
        matrix_derivation(Conv1d(channels=True, batch=True, bias="entry"), "b")


def test_the_gradient_by_a_bias() -> None:
    derivation = matrix_derivation(Conv2d(channels=True, bias=True), "b")
    assert shape(derivation.result.right) == "(∂Y)ᵀ 1"
