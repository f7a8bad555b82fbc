"""Golden files: the LaTeX of a dozen derivations, definitions and forms, exactly as it was last read by a person."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.dense import Dense
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool2d, LPPool2d, MaxPool2d
from symconv.ops.shaping import Flatten, Pad
from symconv.ops.transposed import ConvTranspose1d
from symconv.typeset.api import latex
from symconv.typeset.document import display, fragment
from symconv.typeset.presets import notations

FOLDER = Path(__file__).parents[1] / "golden"
IMAGE = [[1, 1, 1, 2, 0], [1, 2, 0, 3, 1], [1, 1, 0, 0, 0], [0, 1, 2, 1, 0], [1, 0, 1, 0, 2]]


def _gradient(op: Operation, wrt: str, notation: str, *, steps: bool = True, form: str = "sum") -> str:
    return latex(derive(op, wrt, eliminate=notations[notation].eliminate), form, notation, steps)


GOLDEN: dict[str, Callable[[], str]] = {
    "conv2d-default-kernel": lambda: _gradient(Conv2d(stride="s"), "K", "default"),
    "conv2d-default-input": lambda: _gradient(Conv2d(stride="s", padding="p"), "I", "default"),
    "conv2d-channels-pytorch-input": lambda: _gradient(Conv2d(channels=True, batch=True), "I", "pytorch"),
    "conv1d-dilated-oxford-input": lambda: _gradient(Conv1d(stride="s", dilation="d"), "I", "oxford"),
    "conv1d-groups-wu-kernel": lambda: _gradient(Conv1d(groups="g"), "K", "wu"),
    "conv2d-operator-gatech": lambda: _gradient(Conv2d(stride="s"), "I", "gatech", form="operator"),
    "conv2d-matrix-wu": lambda: _gradient(Conv2d(channels=True), "I", "wu", form="matrix"),
    "conv2d-definition-deepteaching": lambda: latex(Conv2d(stride="s"), "sum", "deepteaching", True),
    "transposed-simple-cnn-kernel": lambda: _gradient(ConvTranspose1d(stride="s", padding="p"), "K", "simple-cnn"),
    "maxpool2d-wu-input": lambda: _gradient(MaxPool2d(kernel_size="k", stride="s"), "I", "wu"),
    "avgpool2d-oxford-layers-input": lambda: _gradient(AvgPool2d(channels=True), "I", "oxford-layers"),
    "lppool2d-default-input": lambda: _gradient(LPPool2d(kernel_size="k"), "I", "default"),
    "dense-default-weight": lambda: _gradient(Dense(bias=True, batch=True), "W", "default"),
    "dense-matrix-default-weight": lambda: _gradient(Dense(), "W", "default", form="matrix"),
    "pad-reflect-default-input": lambda: _gradient(Pad("p", "reflect", dims=1), "I", "default", steps=False),
    "flatten-deepteaching-input": lambda: _gradient(Flatten(channels=True), "I", "deepteaching"),
    "conv2d-explicit-deepteaching": lambda: latex(
        Conv2d(kernel_size=2, stride=3, input_size=5), "explicit", "deepteaching", True, I=IMAGE, K=[[1, -2], [0, 3]]
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_latex_is_the_golden_file(name: str) -> None:
    path, text = FOLDER / f"{name}.tex", fragment(display(GOLDEN[name]()))
    if os.environ.get("SYMCONV_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.tex")} == set(GOLDEN)


def test_every_notation_has_a_file() -> None:
    assert all(any(f"-{notation}" in name for name in GOLDEN) for notation in notations)
