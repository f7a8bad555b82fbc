"""No tensor looks like a size or an index of the same formula."""

from __future__ import annotations

from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d
from symconv.typeset.api import latex


def test_a_size_named_like_the_kernel_of_the_notation() -> None:
    op = Conv1d(kernel_size="k", stride=2)
    assert latex(op, notation="gatech") == r"y(r) = \sum_{a=0}^{k-1} x(2 r + a) K(a)"
    shown = latex(derive(op, "K", eliminate="output"), notation="gatech", steps=False)
    assert shown.startswith(r"\frac{\partial L}{\partial K(a')} = ")


def test_an_index_named_like_the_bias_of_the_notation() -> None:
    shown = latex(Conv2d(bias=True), notation="gatech")
    assert shown == r"y(r, c) = \sum_{a=0}^{k_1-1} \sum_{b=0}^{k_2-1} x(r + a, c + b) k(a, b) + B"


def test_without_a_clash_the_notation_keeps_its_names() -> None:
    assert latex(Conv1d(bias=True), notation="gatech") == r"y(r) = \sum_{a=0}^{k_1-1} x(r + a) k(a) + b"
