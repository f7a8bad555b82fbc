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
