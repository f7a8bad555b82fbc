"""Operators are recognised in the normal form, and lower back to sums with the same values."""

from __future__ import annotations

import pytest

from symconv.evaluate.reference import tabulate
from symconv.forms.operator import OperatorForm, OperatorPart, lower, matrix_product
from symconv.forms.recognise import recognise
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool2d, LPPool1d, MaxPool1d
from symconv.ops.transposed import ConvTranspose1d
from tests.forms.layers import AVERAGES, CONVOLUTIONS, DENSE, TRANSPOSED, environment

LAYERS = CONVOLUTIONS | TRANSPOSED | DENSE | AVERAGES
CASES = [(name, wrt) for name, op in LAYERS.items() for wrt in (None, *(t.name for t in op.definition.inputs))]


@pytest.mark.parametrize(("name", "wrt"), CASES, ids=lambda value: str(value))
def test_form_has_the_value_of_the_sum(name: str, wrt: str | None) -> None:
    op = LAYERS[name]
    derivation = None if wrt is None else derive(op, wrt)
    form = recognise(op if derivation is None else derivation)
    assert form is not None
    for seed in range(4):
        env = environment(op.definition, seed)
        lowered = tabulate((form.indices, lower(form), form.target.tensor.shape), env)
        if derivation is None:
            assert lowered == tabulate(op.definition, env)
        else:
            assert lowered == env.tensors[derivation.target.tensor.name]


def only(form: OperatorForm | None) -> OperatorPart:
    assert form is not None
    (part,) = form.parts
    return part


def described(part: OperatorPart) -> tuple[str, ...]:
    right = "" if part.right is None else part.right.tensor.name
    words = [
        f"{name}={value}"
        for axis in part.axes[:1]
        for name, value in (
            ("stride", axis.stride),
            ("left_dilation", axis.left_dilation),
            ("dilation", axis.dilation),
            ("offset", axis.offset),
            ("flip_right", axis.flip_right),
            ("flip_result", axis.flip_result),
        )
        if str(value) not in ("1", "0", "False") or (name.endswith(("stride", "dilation")) and str(value) == "0")
    ]
    return (part.kind, part.left.tensor.name, right, *words)


@pytest.mark.parametrize(
    ("op", "wrt", "expected"),
    [
        (Conv2d(), None, ("cross-correlation", "I", "K")),
        (Conv2d(stride="s"), "K", ("cross-correlation", "I", r"\delta", "dilation=s")),
        (Conv2d(dilation="d"), "K", ("cross-correlation", "I", r"\delta", "stride=d")),
        (Conv2d(padding="p"), "K", ("cross-correlation", "I", r"\delta", "offset=p")),
        (Conv2d(), "I", ("convolution", r"\delta", "K")),
        (Conv2d(stride="s"), "I", ("convolution", r"\delta", "K", "left_dilation=s")),
        (Conv2d(stride=3, kernel_size=2), "I", ("convolution", r"\delta", "K", "left_dilation=3")),
        (
            Conv2d(stride="s", dilation="d", padding="p"),
            "I",
            ("convolution", r"\delta", "K", "left_dilation=s", "dilation=d", "offset=p"),
        ),
        (Conv1d(flip=True, stride="s"), None, ("cross-correlation", "I", "K", "stride=s", "flip_right=True")),
        (Conv1d(flip=True), "I", ("convolution", r"\delta", "K", "flip_right=True")),
        (Conv1d(flip=True), "K", ("cross-correlation", "I", r"\delta", "flip_result=True")),
        (ConvTranspose1d(stride="s"), None, ("convolution", "I", "K", "left_dilation=s")),
        (ConvTranspose1d(stride="s"), "I", ("cross-correlation", r"\delta", "K", "stride=s")),
        (ConvTranspose1d(stride="s"), "K", ("cross-correlation", r"\delta", "I", "dilation=s")),
        (AvgPool2d(kernel_size=3, stride="s"), None, ("cross-correlation", "I", r"\mathbf{1}", "stride=s")),
        (AvgPool2d(kernel_size=3, stride="s"), "I", ("convolution", r"\delta", r"\mathbf{1}", "left_dilation=s")),
    ],
    ids=lambda value: value.name if isinstance(value, Operation) else "",
)
def test_operator_and_its_parameters(op: Operation, wrt: str | None, expected: tuple[str, ...]) -> None:
    assert described(only(recognise(op if wrt is None else derive(op, wrt)))) == expected


def test_channels_and_batch_are_contracted() -> None:
    op = Conv2d(channels=True, batch=True)
    assert [b.index for b in only(recognise(derive(op, "K"))).binders] == [r"\nu"]
    assert [b.index for b in only(recognise(derive(op, "I"))).binders] == ["f"]


def test_bias_gradient_is_a_sum_over_batch_and_positions() -> None:
    part = only(recognise(derive(Conv2d(channels=True, batch=True, bias=True), "b")))
    assert (part.kind, [b.index for b in part.binders]) == ("sum", [r"\nu", "i", "j"])


@pytest.mark.parametrize("eliminate", ["auto", "tap", "output"])
def test_recognised_whatever_index_was_eliminated(eliminate: str) -> None:
    derivation = derive(Conv1d(stride="s", padding="p"), "I", eliminate=eliminate)  # type: ignore[arg-type]
    assert only(recognise(derivation)).kind == "convolution"


def test_true_convolution_is_told_from_correlation() -> None:
    assert not only(recognise(Conv1d())).is_true_convolution
    assert only(recognise(Conv1d(flip=True))).is_true_convolution
    assert only(recognise(derive(Conv1d(), "I"))).is_true_convolution
    assert not only(recognise(derive(Conv1d(flip=True), "I"))).is_true_convolution


@pytest.mark.parametrize(
    "op",
    [
        MaxPool1d(),
        LPPool1d(),
        Conv1d(padding=1, padding_mode="reflect"),
        AvgPool2d(padding=1, kernel_size=3, count_include_pad=False),
    ],
    ids=lambda op: op.name,
)
def test_no_operator_where_there_is_none(op: Operation) -> None:
    assert recognise(derive(op, "I")) is None


@pytest.mark.parametrize(
    ("batch", "wrt", "expected"),
    [
        (False, None, ("W", False, "x", False)),
        (False, "W", (r"\delta", False, "x", True)),
        (False, "x", ("W", True, r"\delta", False)),
        (True, None, ("x", False, "W", True)),
        (True, "W", (r"\delta", True, "x", False)),
        (True, "x", (r"\delta", False, "W", False)),
    ],
)
def test_dense_layers_are_matrix_products(batch: bool, wrt: str | None, expected: tuple[str, bool, str, bool]) -> None:
    op = Dense(batch=batch)
    form = recognise(op if wrt is None else derive(op, wrt))
    assert form is not None
    found = matrix_product(form)
    assert found is not None
    assert (
        found.left.tensor.name, found.left_transposed, found.right.tensor.name, found.right_transposed,
    ) == expected  # fmt: skip
