"""Which formulas are asked for a layer, and which of those with a layer are not worth a question."""

from __future__ import annotations

import pytest

from symconv.documents.likely import has_relation, is_setting, looks_like_a_layer

LIKELY = [
    r"\frac{\partial L}{\partial W_{ij}} = \delta_i x_j",
    r"\frac{\partial \mathcal{L}}{\partial W} = X^T D",
    r"\frac{dL}{dw} = x",
    r"\partial L / \partial w = x",
    r"\nabla_W L = x y^T",
    r"y_i = \sum_m w_m x_{i+m}",
    r"y[i] = \sum\limits_{m=0}^{k-1} w[m] x[i+m]",
    r"O_1 = \left\lfloor \frac{W - k}{s} \right\rfloor + 1",
    "o = ⌊(i - k)/s⌋ + 1",
    r"Y = X \star K",
    r"Y = X * \mathrm{rot180}(K)",
    r"Y = \operatorname{conv}(X, K)",
    r"\begin{align} Y &= X \ast K \end{align}",
]
UNLIKELY = [
    r"\eta = 0.1",
    r"\frac{\partial L}{\partial W}",  # no relation
    r"x^* = y",
    r"s_n = \sum_{i=1}^n i",
    r"p = \frac{k - 1}{2}",
    r"n = \lfloor x \rfloor",
    r"\sum_{m=0}^{k-1} w_m x_m",
    r"x \ne y * z",
]


@pytest.mark.parametrize("formula", LIKELY)
def test_likely(formula: str) -> None:
    assert looks_like_a_layer(formula)


@pytest.mark.parametrize("formula", UNLIKELY)
def test_unlikely(formula: str) -> None:
    assert not looks_like_a_layer(formula)


@pytest.mark.parametrize("formula", ["x = y", r"x \equiv y", "x := y", r"x \overset{!}{=} y", r"x \coloneqq y"])
def test_relation(formula: str) -> None:
    assert has_relation(formula)


@pytest.mark.parametrize("formula", ["x", r"\sum_{i=0}^{n}", r"x \le y", "x != y", r"x \neq y", r"x \not= y", "x >= y"])
def test_no_relation(formula: str) -> None:
    assert not has_relation(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "s = 2",
        "k_1 = k_2 = 3",
        r"(k_1, k_2) = (3, 5)",
        r"s=1,\ p=0",
        r"H \times W = 4 \times 5",
        "x",
        "O = Y.",
        "f' = g",
    ],
)
def test_setting(formula: str) -> None:
    assert is_setting(formula)


@pytest.mark.parametrize("formula", ["O_1 = W - k_1 + 1", "k = 2k'+1", r"y_i = w x_i", r"z = \frac{1}{2}", "y = 2x"])
def test_no_setting(formula: str) -> None:
    assert not is_setting(formula)
