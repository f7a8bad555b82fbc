"""CONTRIBUTING's recipe: one definition and one line in the catalogue give derivation, LaTeX, validation, commands."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

import symconv as sc
from symconv.cli import main
from symconv.expr.nodes import Access, Mul, Scalar, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ONE, Affine
from symconv.ops import catalogue
from symconv.ops.operation import Operation
from symconv.ops.sizes import Ledger, Size, window_output

ZERO = Affine.of(0)


# [begin: the operation of CONTRIBUTING.md]
@dataclass(frozen=True)
class BoxBlur(Operation):
    """O[i] = 1/k · Σ_m I[i + m]: every window's mean, one step apart."""

    kernel_size: Size = None

    def define(self) -> Definition:
        """See the class's formula."""
        sizes = Ledger(self.name)
        width = sizes.read(None, "input_size", default="W", role="input_1")
        kernel = sizes.read(self.kernel_size, "kernel_size", default="k_1", role="kernel_1")
        out = window_output(sizes, 1, None, width, kernel, ONE, ZERO, ZERO)
        image = Tensor("I", "input", (width,), ("u",), ("S1",))
        blurred = Tensor("O", "output", (out,), ("i",), ("O1",))
        entry = Access(image, (Affine.of("i") + Affine.of("m"),))
        return sizes.definition(blurred, Mul((Scalar(ONE, kernel), Sum(entry, (binder("m", kernel),)))), (image,))


# [end]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.OPERATIONS, "boxblur", BoxBlur)


def test_derivation_and_validation() -> None:
    derivation = sc.derive(BoxBlur(), "I")
    assert sc.validate(derivation, cases=40).passed
    assert r"\frac{1}{k_1}" in sc.latex(derivation)


def test_arrays() -> None:
    assert BoxBlur(kernel_size=2).forward(I=np.array([1.0, 3.0, 5.0])).tolist() == [2.0, 4.0]


def test_command_line(registered: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["derive", "boxblur", "--kernel-size", "3", "--json"])
    assert done.value.code == 0
    assert json.loads(capsys.readouterr().out)["gradients"][0]["tensor"] == "I"
