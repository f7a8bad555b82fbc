"""Explicit forms: the numbers of the notes, the reference evaluator, SymPy's own differentiation, and bad input."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from symconv.errors import NameLookupError, ShapeError, SizeError, UnsupportedError
from symconv.evaluate.reference import tabulate
from symconv.forms.entries import Extreme
from symconv.forms.explicit import explicit, values
from symconv.forms.symbols import symbol_name, to_sympy_matrix
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.pooling_ranks import AvgPool2d, LPPool1d, MaxPool1d, MaxPool2d
from tests.forms.layers import AVERAGES, CONVOLUTIONS, DENSE, MAXIMA, TRANSPOSED, environment

IMAGE = [[1, 1, -2, 0, 1], [1, 0, 0, 2, 1], [0, 1, 0, 5, -1], [-2, 1, 0, -1, 1], [0, 1, 0, 5, -1]]
KERNEL = [[0, 1, 1], [1, 0, 0], [0, 1, 0]]
PADDED = {
    "reflect": Conv1d(kernel_size=3, padding=2, padding_mode="reflect"),
    "replicate": Conv1d(kernel_size=3, padding=2, padding_mode="replicate"),
    "circular": Conv1d(kernel_size=3, padding=2, padding_mode="circular"),
}
LAYERS = CONVOLUTIONS | TRANSPOSED | DENSE | AVERAGES | MAXIMA | PADDED


def test_the_exercise_of_deepteaching() -> None:
    op = Conv2d(kernel_size=3, stride=2, input_size=5)
    arrays = {"I": IMAGE, "K": KERNEL, "upstream": 1}
    assert values(explicit(op, arrays=arrays)) == [[1, 6], [0, 9]]
    assert values(explicit(derive(op, "K"), arrays=arrays)) == [[-1, 7, -2], [-1, 2, 2], [0, 12, -2]]
    assert values(explicit(derive(op, "I"), arrays=arrays)) == [
        [0, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 2, 1, 2, 1], [1, 0, 1, 0, 0], [0, 1, 0, 1, 0],
    ]  # fmt: skip
    assert values(explicit(MaxPool2d(kernel_size=3, stride=2, input_size=5), arrays={"I": IMAGE})) == [[1, 5], [1, 5]]


def test_the_convolution_of_wu() -> None:
    image = [[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]]
    op = Conv2d(kernel_size=2, input_size=(3, 4))
    assert values(explicit(op, arrays={"I": image, "K": [[1, 1], [1, 1]]})) == [[12, 16, 11], [24, 28, 17]]


@pytest.mark.parametrize("name", LAYERS)
def test_values_equal_the_reference(name: str) -> None:
    op = LAYERS[name]
    for seed in range(3):
        env = environment(op.definition, seed)
        arrays = {tensor.name: env.tensors[tensor.name] for tensor in op.definition.inputs}
        arrays["upstream"] = env.tensors[r"\delta"]
        assert values(explicit(op, env.sizes, arrays)) == tabulate(op.definition, env)
        for tensor in op.definition.inputs:
            assert values(explicit(derive(op, tensor.name), env.sizes, arrays)) == env.tensors[f"d{tensor.name}"]


@pytest.mark.parametrize(
    "op",
    [Conv2d(kernel_size=2, stride=2, padding=1, input_size=(4, 3)), Conv1d(kernel_size=3, dilation=2, input_size=7)],
    ids=lambda op: op.name,
)
def test_symbols_equal_sympys_own_derivative(op: Conv1d | Conv2d) -> None:
    output = to_sympy_matrix(explicit(op))
    form = explicit(op)
    upstream = [sympy.Symbol(symbol_name((r"\delta", index))) for index in form.indices()]
    loss = sum(u * entry for u, entry in zip(upstream, list(output), strict=True))
    for wrt in "IK":
        gradient = explicit(derive(op, wrt))
        matrix = to_sympy_matrix(gradient)
        for index, entry in zip(gradient.indices(), list(matrix), strict=True):
            expected = sympy.expand(sympy.diff(loss, sympy.Symbol(symbol_name((wrt, index)))))
            assert entry == expected
            assert entry.args == expected.args
            assert sympy.latex(entry) == sympy.latex(expected)


def test_symbols_of_an_average_carry_their_fraction() -> None:
    matrix = to_sympy_matrix(explicit(AvgPool2d(kernel_size=2, input_size=2)))
    assert matrix == sympy.Matrix([[sympy.Add(*sympy.symbols("I_{0:2\\,0:2}")) / 4]]) or matrix[0].coeff(
        sympy.Symbol("I_{0,0}")
    ) == sympy.Rational(1, 4)


def test_numbers_and_symbols_mix() -> None:
    form = explicit(Conv1d(kernel_size=2, input_size=3), arrays={"K": [2, 3]})
    first, second = sympy.symbols("I_{0} I_{1}")
    assert not form.is_numeric
    assert to_sympy_matrix(form)[0] == 2 * first + 3 * second
    with pytest.raises(UnsupportedError, match="without numbers for I"):
        values(form)


def test_three_axes_give_a_sympy_array() -> None:
    array = to_sympy_matrix(explicit(Conv3d(kernel_size=1, input_size=(1, 2, 2))))
    assert array.shape == (1, 2, 2)


def test_maximum_of_symbols() -> None:
    form = explicit(MaxPool1d(kernel_size=2, input_size=2))
    assert isinstance(form.entries[0][0][1][0], Extreme)
    assert to_sympy_matrix(form)[0] == sympy.Max(*sympy.symbols("I_{0} I_{1}"))


def test_winners_may_be_decided_by_numbers_while_entries_stay_symbols() -> None:
    op = MaxPool1d(kernel_size=2, input_size=4)
    form = explicit(derive(op, "I"), deciding={"I": [3, 1, 2, 5]})
    delta = sympy.symbols(r"\delta_{0} \delta_{1}")
    assert list(to_sympy_matrix(form)) == [delta[0], 0, 0, delta[1]]
    with pytest.raises(UnsupportedError, match="depends on the numbers"):
        explicit(derive(op, "I"))


def test_tied_entries_split_the_gradient() -> None:
    op = MaxPool1d(kernel_size=2, input_size=2, ties="split")
    assert values(explicit(derive(op, "I"), arrays={"I": [4, 4], "upstream": 1})) == [Fraction(1, 2), Fraction(1, 2)]


def test_power_pooling_has_powers_as_factors() -> None:
    op = LPPool1d(norm_type=2, kernel_size=2, input_size=2)
    assert values(explicit(op, arrays={"I": [3, 4]})) == [5.0]
    assert to_sympy_matrix(explicit(op))[0] == sympy.sqrt(sum(x**2 for x in sympy.symbols("I_{0} I_{1}")))


@pytest.mark.parametrize(
    ("sizes", "arrays", "error", "message"),
    [
        ({"H": 3}, {}, SizeError, "needs a number for every size: W has none"),
        ({"H": 1, "W": 3}, {}, SizeError, "larger than the padded input|kernel"),
        ({"H": 3, "W": 3, "O_1": 5}, {}, SizeError, "O_1 = 5 contradicts the other sizes, which give 2"),
        ({}, {"I": [1, 2]}, ShapeError, "has 1 axes"),
        ({"H": 3, "W": 2}, {"I": [[1, 2]]}, ShapeError, r"has shape \(1, 2\); the sizes ask for shape \(3, 2\)"),
        ({}, {"I": [[1, 2], [3]]}, ShapeError, "ragged"),
        ({}, {"J": [[1]]}, NameLookupError, "has no tensor 'J'; arrays may be given for I, K, upstream"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(sizes: dict[str, int], arrays: dict[str, object], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        explicit(Conv2d(kernel_size=2), sizes, arrays)
