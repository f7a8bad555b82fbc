"""Wrong formulas that other tools give or accept (docs/wrong-formulas.md), with the mistakes that they have."""

from __future__ import annotations

import pytest

import symconv as sc
from symconv.ops.operation import Operation
from tools.documents import DOCUMENTS, commands

BY_INPUT = r"\frac{\partial L}{\partial I_u} = "
BY_KERNEL = r"\frac{\partial L}{\partial K_{p,q}} = "
SUMS = r"\sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} \frac{\partial L}{\partial O_{i,j}} I_{i+p,j+q}"
WRONG: dict[str, tuple[Operation, str, str]] = {
    "SymPy's stride, one entry": (
        sc.Conv1d(kernel_size=1, stride=2),
        BY_INPUT + r"\delta_{\lfloor u/2 \rfloor} K_0",
        "missing_divisibility",
    ),
    "SymPy's stride": (
        sc.Conv1d(stride=2),
        BY_INPUT + r"\sum_{m=0}^{k_1-1} \delta_{\lfloor (u-m)/2 \rfloor} K_m",
        "missing_divisibility",
    ),
    "SymPy's stride, with limits": (
        sc.Conv1d(stride=2),
        BY_INPUT + r"\sum_{j=0}^{k_1-1} \begin{cases} \delta_{\lfloor (u-j)/2 \rfloor} K_j & \text{for } "
        r"0 \le u-j \le 2(O_1-1) \\ 0 & \text{otherwise} \end{cases}",
        "missing_divisibility",
    ),
    "Math-Verify: limit": (
        sc.Conv2d(),
        BY_KERNEL + SUMS.replace("O_1-1", "k_1-1").replace("O_2-1", "k_2-1"),
        "wrong_limits",
    ),
    "Math-Verify: sign": (sc.Conv2d(), BY_KERNEL + SUMS.replace("i+p,j+q", "i-p,j-q"), "flipped_kernel"),
}


@pytest.mark.parametrize(("layer", "formula", "mistake"), WRONG.values(), ids=WRONG)
def test_refuted_with_its_mistake(layer: Operation, formula: str, mistake: str) -> None:
    verdict = sc.verify(formula, layer)
    assert verdict.status == "refuted"
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.mistake == mistake
    assert verdict.diagnosis.corrected is not None
    assert sc.verify(verdict.diagnosis.corrected, layer).status == "proved"


def test_sympys_dilation_is_refuted() -> None:
    formula = BY_INPUT + r"\sum_{i=0}^{O_1-1} \delta_i K_{\lfloor (u-i)/2 \rfloor}"
    assert sc.verify(formula, sc.Conv1d(dilation=2)).status == "refuted"
    right = formula.replace(r"\delta_i", r"[2 \mid u-i] \delta_i")
    assert sc.verify(right, sc.Conv1d(dilation=2)).status == "proved"


def test_sympys_own_latex_is_refuted() -> None:
    """The answer for all sizes as SymPy 1.14 prints it: entries at halves are not said to be zero."""
    printed = (
        r"\sum_{j=0}^{k_{1} - 1} \begin{cases} {G}_{- \frac{j}{2} + \frac{u}{2}} {K}_{j} & \text{for}\: O_{1} \geq "
        r"- \frac{j}{2} + \frac{u}{2} + 1 \wedge \frac{j}{2} - \frac{u}{2} \leq 0 \\0 & \text{otherwise} \end{cases}"
    )
    assert sc.verify(BY_INPUT + printed, sc.Conv1d(stride=2), roles={"G": "upstream"}).status == "refuted"


def test_the_page_shows_wrong_formulas() -> None:
    page = next(document for document in DOCUMENTS if document.name == "wrong-formulas.md")
    assert sum(command.output.startswith("refuted") for command in commands(page)) == 6
