"""Formulas with a part that could be overlooked or read too kindly: none of them may come out as proved or checked.

Each row was once read as the right formula next to it, because a sign, an argument or a script was passed over.
"""

from __future__ import annotations

from typing import Any

import pytest

import symconv as sc
from tests.meaning.adverse import judged

CONV1, CONV2, DENSE = sc.Conv1d(), sc.Conv2d(), sc.Dense()
STACKED = sc.Conv1d(kernel_size="k_l", stride="s_l")
POOLED = sc.MaxPool2d(kernel_size="k", stride="s")
XFY = {"roles": {"Y": "output", "X": "input", "F": "kernel"}}
CORRELATION = {"infix": {r"\ast": "correlation"}}

ROWS = [
    # A sign without an operand is not the number 1: I_{i+\cdot} is no I_{i+1}.
    pytest.param(r"O_i = K_0 I_i + K_{\cdot} I_{i+\cdot}", sc.Conv1d(kernel_size=2), {}, id="a dot alone as an index"),
    pytest.param(r"O_i = \sum_m K_m I_{i+m\cdot}", CONV1, {}, id="a product in an index that ends with its sign"),
    pytest.param(r"O_i = \sum_m K_m I_{i+m//1}", CONV1, {}, id="two slashes"),
    pytest.param(r"O_1 = W - k_1 + 1 \cdot", CONV1, {"what": "output_size"}, id="a size that ends with a sign"),
    pytest.param(r"n = k_1 \cdot", CONV1, {"what": "parameters"}, id="a count that ends with a sign"),
    pytest.param(
        r"RF_l = RF_{l-1} + (k_l - 1) j_{l-1} \cdot", STACKED, {"what": "receptive_field"}, id="a field that ends so"
    ),
    # What a sign or a function does not need is not passed over: a second end of a sum, a size for an axis that is not.
    pytest.param(r"O_i = \sum_{0 \le m < k_1}^{5} K_m I_{i+m}", CONV1, {}, id="an end of a sum that has its end"),
    pytest.param(r"O_i = \sum_m K_{,m} I_{i+m,,}", CONV1, {}, id="commas without an index"),
    pytest.param(
        r"\frac{\partial L}{\partial K} = I \star \operatorname{dil}_{s,7}(\delta)",
        sc.Conv1d(stride="s"),
        {"infix": {r"\star": "correlation"}},
        id="a step for a second axis",
    ),
    pytest.param(
        r"O = \operatorname{pad}(I, p, 7) \star_{valid} K",
        sc.Conv1d(padding="p"),
        {"infix": {r"\star": "correlation"}},
        id="a padding for a second axis",
    ),
    # An end above a sum counts, also where nothing stands below but the index.
    pytest.param(r"O_i = \sum_{m}^{k_1-2} K_m I_{i+m}", CONV1, {}, id="an upper end only"),
    pytest.param(r"O_i = \sum_m^3 K_m I_{i+m}", CONV1, {}, id="an upper end that is a number"),
    pytest.param(r"O_{i,j} = \max_{m,n}^{2} I_{si+m,sj+n}", POOLED, {}, id="an upper end of a maximum"),
    # A number above a letter is a power, unless other letters of the formula have numbers of layers.
    pytest.param(r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i x_{i+m}^2", CONV1, {}, id="the input squared"),
    pytest.param(r"\frac{\partial L}{\partial W_{ij}} = \delta_i^2 x_j", DENSE, {}, id="the error squared"),
    pytest.param(r"\frac{\partial L}{\partial W} = \delta^2 x^T", DENSE, {}, id="the error squared, an array"),
    pytest.param(r"\frac{\partial L^2}{\partial K_m} = \sum_i \delta_i I_{i+m}", CONV1, {}, id="the loss squared"),
    # A transposed matrix has its indices the other way round.
    pytest.param(
        r"O_{i,j} = \sum_{m,n} K^T_{m,n} I_{i+m,j+n}", sc.Conv2d(kernel_size="k"), {}, id="an entry of the transpose"
    ),
    pytest.param(
        r"y_i = \sum_j W^T_{ij} x_j", sc.Dense(in_features="n", out_features="n"), {}, id="a weight of the transpose"
    ),
    # What stands above a function's bracket belongs to its value.
    pytest.param(
        r"\frac{\partial L}{\partial b} = \operatorname{sum}(\delta)^2",
        sc.Conv2d(in_channels=1, out_channels=1, bias=True),
        {},
        id="a sum squared",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{full} \operatorname{rot180}(K)^2",
        CONV2,
        CORRELATION,
        id="a turned kernel squared",
    ),
    pytest.param(r"Y = \phi(X)^2 F", sc.Conv2d(channels=True), XFY, id="a matrix of windows squared"),
    # What stands at an operator says something of it: a stride, a dilation.
    pytest.param(r"O = I \star_{2} K", CONV2, {"infix": {r"\star": "correlation"}}, id="a number below an operator"),
    pytest.param(r"O = I \ast^{-1} K", CONV2, CORRELATION, id="a number above an operator"),
    pytest.param(
        r"\frac{\partial L}{\partial K_{m,n}} = \sum_{i,j} \frac{\partial L}{\partial (I^T * K)_{i,j}} I_{i+m,j+n}",
        CONV2,
        {},
        id="the convolution of another array as a name of the output",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta^{\mathrm{pad}} \ast_{full} \operatorname{rot180}(K)",
        CONV2,
        CORRELATION,
        id="the padded error",
    ),
    # Words do not make a condition go away, nor does a 0 beside them make the words go away.
    pytest.param(r"O_i = \sum_{m = \text{not } 0}^{k_1-1} K_m I_{i+m}", CONV1, {}, id="not 0"),
    pytest.param(
        r"\frac{\partial O_i}{\partial I_u} = \begin{cases} 0 & u < i \\ "
        r"K_{u-i} & \text{otherwise, if } u > 7 \end{cases}",
        CONV1,
        {},
        id="otherwise, if",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m} =", CONV1, {}, id="an equation without its end"
    ),
    # An array in brackets behind an array is a factor, unless it is the argument that the array is a function of.
    pytest.param(r"\frac{\partial L}{\partial W} = \delta x^\top (W)", DENSE, {}, id="a factor in brackets"),
    pytest.param(r"y = W x (x)", DENSE, {}, id="the input twice"),
    pytest.param(r"O = I \ast K (\delta)", CONV2, CORRELATION, id="a factor in brackets after an operator"),
    # A turn by 90°, a power of a function and a second derivative are not what they would be without the script.
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{full} \operatorname{rot}_{90}(K)",
        CONV2,
        CORRELATION,
        id="rot 90",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{full} \operatorname{rot}^{90}(K)",
        CONV2,
        CORRELATION,
        id="rot 90, above",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{full} \operatorname{flip}_{1}(K)",
        CONV2,
        CORRELATION,
        id="a flip along one axis",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{full} \operatorname{rot180}^2(K)",
        CONV2,
        CORRELATION,
        id="turned twice",
    ),
    pytest.param(r"\operatorname{vec}^{-1}(A) = \operatorname{vec}(A)", None, {}, id="the inverse of vec"),
    pytest.param(r"\nabla_W^2 L = \delta x^\top", DENSE, {}, id="a second derivative"),
    # The user said what the sign is, so (I ∗ K) is more than a name of the output.
    pytest.param(
        r"O_{i,j} = (I * K)_{i,j}", CONV2, {"infix": {"*": "convolution"}}, id="said to be a true convolution"
    ),
    pytest.param(r"O_{i,j} = (I * K)_{i,j}", CONV2, {"infix": {"*": "full convolution"}}, id="said to be full"),
    pytest.param(r"O = (I * K)", CONV2, {"infix": {"*": "convolution"}}, id="said to be a convolution, whole arrays"),
    pytest.param(
        r"O = \operatorname{conv}_{stride=2}(I, K)",
        sc.Conv1d(stride=2, kernel_size=3, input_size=8),
        {"infix": {"conv": "convolution"}},
        id="said to be a convolution, with its stride",
    ),
    # The mode is said, so that a kernel turned about its origin does not slide over all positions instead.
    pytest.param(
        r"\frac{\partial L}{\partial I} = \delta \ast_{valid} \operatorname{rot180}(K)",
        CONV2,
        CORRELATION,
        id="valid instead of full",
    ),
    # Sizes that are still open must not become 1 only because both sides agree then.
    pytest.param(r"\mathbf{x}^T \mathbf{y} = \mathbf{y} \mathbf{x}^T", None, {}, id="an inner and an outer product"),
    pytest.param(r"\mathbf{x}^T \mathbf{y} = \mathbf{x} \mathbf{y}^T", None, {}, id="the transpose at the other one"),
    pytest.param(r"\mathbf{x}^T \mathbf{x} = \mathbf{x} \mathbf{x}^T", None, {}, id="a square and a projection"),
    # 0 ≤ m, i < O_1 says 0 ≤ m < O_1 and 0 ≤ i < O_1; a kernel longer than the output loses its end.
    pytest.param(r"O_i = \sum_{m=0}^{k_1-1} [0 \le m, i < O_1] K_m I_{i+m}", CONV1, {}, id="two indices in one chain"),
    # With positions counted from 0, K has no entry −p.
    pytest.param(
        r"O_i = \sum_{m=-p}^{k_1-1-p} K_m I_{i+m}", sc.Conv1d(padding="p"), {"index_base": 0}, id="K from -p, base 0"
    ),
    # Indices that only name arrays still say which axis is which, and which of them is turned.
    pytest.param(
        r"O_{i,j} = I_{i,j} \star K_{j,i}",
        sc.Conv2d(kernel_size="k"),
        {"infix": {r"\star": "correlation"}},
        id="the kernel transposed",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I_{i,j}} = \delta_{i,j} * w_{-m,n}",
        CONV2,
        {"infix": {"*": "correlation"}},
        id="turned along one axis only",
    ),
    # The floor does something where a kernel is even.
    pytest.param(
        r"RF_l = RF_{l-1} + 2 \lfloor (k_l - 1)/2 \rfloor j_{l-1}",
        STACKED,
        {"what": "receptive_field"},
        id="a floor in a receptive field",
    ),
]


# Formulas without a meaning that once stopped the reading with an error of Python.
WITHOUT_MEANING = [
    pytest.param(
        r"\frac{\partial L}{\partial I_{u,v}} = \sum_{i,j} [u \in \Omega(i,j)] \delta_{i,j}",
        sc.AvgPool2d(),
        {},
        id="one position for two axes",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i [(u,v) \in \Omega(i)]",
        sc.AvgPool1d(),
        {},
        id="two positions for one axis",
    ),
    pytest.param(r"O = I \ast_{same} K", sc.Conv1d(kernel_size=2), {}, id="the middle of an even kernel"),
    pytest.param(
        r"RF_l = 1 + \sum_{i < l}^{l} (k_i - 1) j_{i-1}", STACKED, {"what": "receptive_field"}, id="no equation below"
    ),
    pytest.param(r"RF = 1 + \sum_{}^{l} (k_i - 1)", STACKED, {"what": "receptive_field"}, id="nothing below a sign"),
    pytest.param(r"O_i = 2 (\sum_m K_m I_{i+m} \in)", CONV1, {}, id="a relation without a right side"),
    pytest.param(r"(A \otimes B(K))(C \otimes D) = A", None, {}, id="a bracket between brackets"),
    pytest.param(
        r"\frac{\partial O_i}{\partial K^{\mathrm{pad}}_m} = "
        r"\begin{cases} I_{i+m-p} & i = 0 \\ 0 & \text{else} \end{cases}",
        sc.Conv1d(padding="p"),
        {},
        id="the padded kernel",
    ),
    pytest.param(
        r"\frac{\partial L}{\partial I_{u,v}} = \sum_{i,j} [I_{u,v} = \max_{m^\dagger,n} I_{si+m,sj+n}]",
        POOLED,
        {},
        id="a dagger below a maximum",
    ),
    pytest.param(
        r"RF = 1 + \prod_{=1}^{l} k_i", STACKED, {"what": "receptive_field"}, id="nothing before the equals sign"
    ),
]


@pytest.mark.parametrize(("formula", "op", "context"), WITHOUT_MEANING)
def test_refused_with_a_reason(formula: str, op: sc.Operation, context: dict[str, Any]) -> None:
    verdict = judged(formula, op, **context)
    assert verdict.status == "not_understood"
    assert verdict.message


@pytest.mark.parametrize(("formula", "op", "context"), ROWS)
def test_not_proved(formula: str, op: sc.Operation | None, context: dict[str, Any]) -> None:
    verdict = judged(formula, op, **context)
    assert verdict.status in ("refuted", "not_understood"), verdict
