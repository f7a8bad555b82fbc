"""IPython's own formatters, with and without the extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import symconv as sc
from symconv.expr.tensor import Definition
from symconv.forms.explicit import explicit
from symconv.forms.kronecker import matrix_derivation
from symconv.forms.structured import im2row_equation
from symconv.index.affine import Affine
from symconv.notebook import show
from symconv.ops.catalogue import OPERATIONS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

pytestmark = pytest.mark.notebooks

CONV = sc.Conv2d(stride="s")
SHOWN = {
    "operation": (CONV, r"\left\lfloor", "⎣"),
    "definition": (CONV.definition, r"\left\lfloor", "⎣"),
    "derivation": (sc.derive(CONV, "I"), r"\text{(The definition of the layer.)}", "(The definition of the layer.)"),
    "step": (sc.derive(CONV, "I").steps[0], r"\sum_{i=0}^{O_1-1}", "Σ"),
    "expression": (sc.derive(CONV, "I").result, r"\sum", "Σ"),
    "size": (Affine.of("k_1") * 2, "2 k_1", "2k₁"),
    "matrix equation": (im2row_equation(CONV), r"Y = \phi(I) F", "Y = ϕ(I) F"),
    "matrix derivation": (matrix_derivation(CONV, "K"), r"\begin{aligned}", "∂Y"),
    "explicit form": (explicit(sc.Conv1d(kernel_size=2, input_size=3)), r"\begin{bmatrix}", "K₁ I₁"),
}


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    # here, because every make target reads this file, and only `make notebooks` has IPython installed
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.extension_manager.load_extension("symconv.notebook")
    yield shell
    shell.extension_manager.unload_extension("symconv.notebook")


@pytest.mark.parametrize(("value", "latex", "text"), SHOWN.values(), ids=SHOWN)
def test_shown_as_latex_and_text_and_nothing_else(shell: InteractiveShell, value: Any, latex: str, text: str) -> None:
    formats, _ = shell.display_formatter.format(value)
    assert set(formats) == {"text/latex", "text/plain"}
    assert latex in formats["text/latex"]
    assert formats["text/latex"].startswith("$$")
    assert formats["text/latex"].endswith("$$")
    assert text in formats["text/plain"]


@pytest.mark.parametrize("kind", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_shows_its_definition(shell: InteractiveShell, kind: type[sc.Operation]) -> None:
    formats, _ = shell.display_formatter.format(kind())
    assert "=" in formats["text/latex"]
    assert kind.__name__ not in formats["text/plain"]


def test_an_operation_of_ones_own(shell: InteractiveShell) -> None:
    @dataclass(frozen=True)
    class Mine(sc.Operation):
        def define(self) -> Definition:
            return sc.Conv1d().definition

    formats, _ = shell.display_formatter.format(Mine())
    assert r"\sum_{m=0}^{k_1-1} K_m I_{i+m}" in formats["text/latex"]


def test_unloading_restores_pythons_display(shell: InteractiveShell) -> None:
    shell.extension_manager.unload_extension("symconv.notebook")
    formats, _ = shell.display_formatter.format(sc.Conv1d())
    assert set(formats) == {"text/plain"}
    assert formats["text/plain"].startswith("Conv1d(")


def test_other_values_keep_their_display(shell: InteractiveShell) -> None:
    assert shell.display_formatter.format([1, 2])[0] == {"text/plain": "[1, 2]"}


def test_show_takes_form_notation_and_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    show(sc.derive(CONV, "K"), notation="gatech", steps=False)
    show(sc.derive(sc.Conv1d(kernel_size=2), "K"), form="explicit", W=3)
    assert r"x(s r + a', s c + b')" in shown[0]["text/latex"]
    assert r"\delta_0 I_0" in shown[1]["text/latex"]
    assert "δ₀ I₀" in shown[1]["text/plain"]
    with pytest.raises(sc.SymconvError, match="did you mean 'wu'"):
        show(CONV, notation="wuu")
