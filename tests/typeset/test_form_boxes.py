"""What operator, matrix and explicit forms look like."""

from __future__ import annotations

import pytest
import sympy

from symconv.errors import UnsupportedError
from symconv.forms.explicit import explicit
from symconv.forms.kronecker import matrix_derivation
from symconv.forms.operator import OperatorForm
from symconv.forms.recognise import recognise
from symconv.forms.structured import explicit_matrix, im2row, toeplitz, toeplitz_equation
from symconv.forms.symbols import to_sympy_matrix
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool1d, LPPool1d, MaxPool1d
from symconv.typeset.api import to_box
from symconv.typeset.explicit_boxes import number_box
from symconv.typeset.explicit_latex import latex_matrix
from symconv.typeset.form_boxes import explanation, words
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Display
from symconv.typeset.presets import get_notation
from symconv.typeset.unicode import write_unicode
from tests.forms.test_explicit import IMAGE, KERNEL

DEFAULT = get_notation("default")


def operator(op: Operation, wrt: str | None = None) -> OperatorForm:
    form = recognise(op if wrt is None else derive(op, wrt))
    assert form is not None
    return form


def text(value: object, notation: str = "default", *, steps: bool = False) -> str:
    return write_latex(to_box(value, get_notation(notation), steps=steps))


@pytest.mark.parametrize(
    ("op", "wrt", "expected"),
    [
        (Conv2d(), None, r"O = I \star K"),
        (Conv2d(), "K", r"\frac{\partial L}{\partial K} = I \star \frac{\partial L}{\partial O}"),
        (
            Conv1d(stride="s", channels=True, batch=True),
            "K",
            r"\frac{\partial L}{\partial K_{f',c'}} = \sum_{\nu=0}^{N-1} \left( I_{\nu,c'} \star "
            r"\operatorname{dil}_s \left( \frac{\partial L}{\partial O_{\nu,f'}} \right) \right)",
        ),
        (
            Conv1d(),
            "I",
            r"\frac{\partial L}{\partial I} = \frac{\partial L}{\partial O} \; {\star}_{\text{full}} \; "
            r"\operatorname{rot180}(K)",
        ),
        (Conv1d(flip=True), None, r"O = I \star \operatorname{rot180}(K)"),
        (Conv1d(padding="p", stride=2), None, r"O = \operatorname{sample}_2(\operatorname{pad}_p(I) \star K)"),
        (Dense(bias=True), None, "y = W x + b"),
        (Dense(), "W", r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial y} x^\top"),
        (Dense(), "x", r"\frac{\partial L}{\partial x} = W^\top \frac{\partial L}{\partial y}"),
        (AvgPool1d(kernel_size=2), None, r"O = \frac{1}{2} \operatorname{sample}_2(I \star \mathbf{1}_2)"),
    ],
)
def test_operators(op: Operation, wrt: str | None, expected: str) -> None:
    assert text(operator(op, wrt)) == expected


def test_operator_signs_and_names_follow_the_notation() -> None:
    assert text(operator(Conv2d()), "deepteaching") == r"(I \ast K) = I \ast K"
    assert r"\frac{\partial\ell}{\partial\mathbf{F}[u][i]}" in text(operator(Conv1d(channels=True), "K"), "oxford")


def test_words_of_an_operator_are_explained() -> None:
    form = operator(Conv1d(stride="s", dilation="d", padding="p"), "I")
    assert words(form) == ("dil", "crop", "full", "rot180")
    assert "rot180 turns every axis around" in text(form, steps=True)
    assert "entries outside are zero, and the result has the size of the left side." in explanation(form)
    reflected = operator(Conv1d(padding=1, padding_mode="reflect"))
    assert explanation(reflected) == (
        "Here pad with p puts p entries in front, by reflect padding; the result has the size of the left side."
    )
    assert explanation(operator(Dense())) == ""
    assert "⋆" in write_unicode(to_box(form, DEFAULT), 100)


def test_matrix_equations() -> None:
    assert text(toeplitz_equation(Conv1d())) == r"\operatorname{vec}(O) = T(K) \operatorname{vec}(I)"
    result = matrix_derivation(Conv2d(channels=True), "K")
    assert text(result) == r"\frac{\partial L}{\partial F} = \phi (I)^\top \frac{\partial L}{\partial Y}"
    result = matrix_derivation(Conv2d(channels=True), "I", "column")
    assert r"= M^T \operatorname{vec} \left( \left[" not in text(result, "wu")
    assert text(result, "wu").endswith(r"= M^T \operatorname{vec} \left( \frac{\partial z}{\partial Y} F^T \right)")


def test_kronecker_derivation_gives_its_reasons() -> None:
    box = to_box(matrix_derivation(Conv2d(channels=True, bias=True), "I", "column"), DEFAULT, steps=True)
    assert isinstance(box, Display)
    assert all(line.reason for line in box.lines)
    assert "column by column" in box.lines[0].reason


def test_numbers_with_their_arithmetic() -> None:
    op = Conv2d(kernel_size=3, stride=2, input_size=5)
    lines = text(explicit(op, arrays={"I": IMAGE, "K": KERNEL}), "deepteaching", steps=True)
    assert r"(I \ast K)_{1,1} &= 0 \cdot 1 + 1 \cdot 1 + 1 \cdot (-2) + 1 \cdot 1" in lines
    assert r"(I \ast K) &= \begin{bmatrix} 1 & 6 \\ 0 & 9 \end{bmatrix}" in lines


def test_symbols_in_a_matrix_or_entry_by_entry() -> None:
    small = text(explicit(derive(Conv1d(kernel_size=2, input_size=3), "I")))
    assert r"\begin{bmatrix} \delta_0 K_0 & \delta_0 K_1 + \delta_1 K_0 & \delta_1 K_1 \end{bmatrix}" in small
    assert r"\delta &= \frac{\partial L}{\partial O}" in small
    large = text(explicit(Conv2d(kernel_size=3, input_size=6)))
    assert large.count("O_{") == 16


def test_more_than_two_axes_are_shown_slice_by_slice() -> None:
    assert text(explicit(Conv3d(kernel_size=1, input_size=(2, 1, 1)))).count("bmatrix") == 4


def test_common_coefficient_and_roots_and_extrema() -> None:
    assert r"\frac{1}{2}(I_0 + I_1)" in text(explicit(AvgPool1d(kernel_size=2, input_size=2)))
    assert r"\sqrt{" in text(explicit(LPPool1d(norm_type=2, kernel_size=2, input_size=2)))
    assert r"\max (I_0, I_1)" in text(explicit(MaxPool1d(kernel_size=2, input_size=2)))


def test_toeplitz_matrix_of_symbols() -> None:
    op = Conv1d(kernel_size=2, input_size=3)
    assert text(explicit_matrix(toeplitz(op), op)) == (
        r"T(K) = \begin{bmatrix} K_0 & K_1 & 0 \\ 0 & K_0 & K_1 \end{bmatrix}"
    )
    square = Conv2d(kernel_size=3, input_size=4)
    assert text(explicit_matrix(im2row(square), square)).count("bmatrix") == 2
    listed = text(explicit_matrix(im2row(square), square), "pytorch")
    assert (listed.count("bmatrix"), listed.count("&=")) == (0, 36)
    listed = text(explicit_matrix(toeplitz(square), square, {}, {"K": [[10**9] * 3] * 3}))
    assert (listed.count("&="), listed.count("All other entries are 0")) == (36, 1)
    wide = Conv2d(kernel_size=3, input_size=12)
    with pytest.raises(UnsupportedError, match="too wide for a page"):
        text(explicit_matrix(toeplitz(wide), wide))


@pytest.mark.parametrize(("value", "expected"), [(-2, "-2"), (2.5, "2.5"), (sympy.Rational(1, 3), r"\text{1/3}")])
def test_numbers(value: object, expected: str) -> None:
    assert write_latex(number_box(value)) == expected


def test_fast_latex_of_a_large_matrix() -> None:
    op = Conv2d(kernel_size=2, stride=1, padding=1, input_size=(3, 2))
    form = explicit(derive(op, "I"))
    source = latex_matrix(form, DEFAULT)
    rows = source.removeprefix(r"\left[\begin{matrix}").removesuffix(r"\end{matrix}\right]").split("\\\\\n")
    matrix = to_sympy_matrix(form)
    assert [len(row.split(" & ")) for row in rows] == [2, 2, 2]
    for place, row in enumerate(rows):
        for column, cell in enumerate(row.split(" & ")):
            products = sorted(tuple(sorted(product.split(" "))) for product in cell.split(" + "))
            terms = [tuple(sorted(map(str, term.args))) for term in sympy.Add.make_args(matrix[place, column])]
            assert products == sorted(terms)


def test_fast_latex_counts_from_the_notations_base() -> None:
    source = latex_matrix(explicit(Conv1d(kernel_size=1, input_size=1)), get_notation("deepteaching"))
    assert source == r"\left[\begin{matrix}K_{1} \cdot I_{1}\end{matrix}\right]"
