"""Names that a user chooses never capture an index or a symbol that was left open."""

from __future__ import annotations

from random import Random

import pytest

import symconv as sc
from symconv.errors import SizeError
from symconv.expr.walk import bound_names


@pytest.mark.parametrize(
    "name", ["i", "j", "m", "n", "u", "v", "c", "f", "H", "W", "k_1", "O_1", "s", r"\nu", r"\gamma"]
)
def test_a_stride_of_any_name(name: str) -> None:
    op = sc.Conv2d(stride=name, channels=True, batch=True)
    definition = op.definition
    assert name in definition.assumptions.lower
    assert name not in bound_names(definition.body) | set(definition.indices)
    for tensor in ("I", "K"):
        report = sc.validate(sc.derive(op, tensor), cases=12)
        assert report.passed, report


def test_open_symbols_stay_fresh() -> None:
    """The stride H is not the input's height, which is left open."""
    size = sc.Conv1d(stride="W").output_size
    assert [str(each) for each in size] == ["1 + floor((W' - k_1)/(W))"]


def test_one_name_for_two_sizes_ties_them() -> None:
    op = sc.Conv2d(kernel_size="k", padding="p")
    assert op.tensors["K"].shape[0] == op.tensors["K"].shape[1]


def test_sizes_named_like_indices_on_random_layers() -> None:
    rng = Random(5)
    for _ in range(10):
        names = rng.sample(["i", "m", "u", "n", "w", "c", "f", "v"], 5)
        op = sc.Conv2d(
            kernel_size=(names[0], names[1]), stride=names[2], input_size=(names[3], names[4]), channels=True
        )
        assert sc.validate(sc.derive(op, "I"), cases=6).passed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"n_\textrm{h}", r"n_{\textrm{h}}"),
        (r"\text{kernel\_size}", r"\text{kernel\_size}"),
        (r"\tilde n", r"\tilde{n}"),
        ("stride[0]", "stride_0"),
        ("n_H^{[l]}", "n_H^{[l]}"),
        ("H^{l+1}", "H^{l+1}"),
        ("k1", "k_1"),
    ],
)
def test_names_as_people_write_them(written: str, kept: str) -> None:
    op = sc.Conv1d(kernel_size=written)
    assert op.tensors["K"].shape[0].names() == {kept}
    assert sc.validate(sc.derive(op, "I"), cases=5).passed
    assert sc.latex(op.definition)


def test_one_name_for_the_output_of_a_square_layer() -> None:
    op = sc.Conv2d(kernel_size="k", input_size="H", output_size=r"H_{out}")
    assert op.tensors["O"].shape[0] == op.tensors["O"].shape[1]


def test_an_output_size_stated_in_other_sizes_is_a_constraint() -> None:
    op = sc.Conv2d(kernel_size="k", padding="p", input_size="n", output_size="n")
    assert sc.validate(sc.derive(op, "I"), cases=20).passed
    with pytest.raises(SizeError, match="output_size of Conv2d is stated as 4, but the layer gives 5"):
        op.forward(I=[[0] * 4] * 4, K=[[0] * 2] * 2, sizes={"p": 1})


def test_other_names_of_one_size() -> None:
    assert sc.Dense(input_size=3, output_size=2).tensors["W"].shape == sc.Dense(3, 2).tensors["W"].shape
    with pytest.raises(SizeError, match="in_features and input_size of Dense are one size, got 3 and 4"):
        sc.Dense(3, input_size=4)


def test_padding_in_the_order_of_pytorch() -> None:
    """F.pad's list: before and after, the last axis first."""
    assert sc.Pad([1, 2, 0, 3], input_size=(4, 5)).output_size == (7, 8)
