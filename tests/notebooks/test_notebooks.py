"""The notebooks run, print what is stored in them, and give the right numbers.

nbformat and nbclient are imported where they are used: every ``make`` target reads this file, and only
``make notebooks`` has them installed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NAMES = ("01-first-derivation", "02-convolution-by-hand", "03-verify-a-formula")
Outputs = list[list[dict[str, str]]]

pytestmark = pytest.mark.notebooks


@cache
def executed(name: str) -> Outputs:
    """What each code cell displays when the notebook is run from its beginning by this interpreter."""
    from nbclient import NotebookClient

    notebook = read(name)
    with pytest.MonkeyPatch.context() as patch:
        # the kernel of this environment, not one that the user installed; and this checkout
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=300, kernel_name="python3", coalesce_streams=True).execute()
    return outputs(notebook)


def stored(name: str) -> Outputs:
    """What is stored in the notebook."""
    return outputs(read(name))


def read(name: str) -> Any:
    import nbformat

    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def outputs(notebook: Any) -> Outputs:
    """For each code cell its outputs, each as format → text."""
    return [[_formats(output) for output in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]


def _formats(output: Any) -> dict[str, str]:
    return {"text/plain": output.text} if output.output_type == "stream" else dict(output.data)


def formulas(name: str) -> list[str]:
    """All LaTeX that is displayed."""
    return [shown["text/latex"] for cell in executed(name) for shown in cell if "text/latex" in shown]


def text(name: str) -> str:
    """All that is displayed as text."""
    return "\n".join(shown["text/plain"].rstrip("\n") for cell in executed(name) for shown in cell)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_valid_and_complete(name: str) -> None:
    import nbformat

    notebook = read(name)
    nbformat.validate(notebook)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_notebook_displays_what_is_stored_in_it(name: str) -> None:
    for found, expected in zip(executed(name), stored(name), strict=True):
        assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_formulas_stand_between_dollars(name: str) -> None:
    found = formulas(name)
    assert found
    assert all(re.fullmatch(r"\$\$.+\$\$|\$\\displaystyle .+\$", formula, re.DOTALL) for formula in found)
    assert not any("align*" in formula for formula in found)


def test_first_derivation() -> None:
    shown = text("01-first-derivation")
    assert "passed: True | cases: 100 | mismatches: 0" in shown
    assert "array([[ 41,  61],\n       [141, 161]])" in shown
    assert "[[24 28]\n [44 48]]\n[[1 2 1 2 0]\n [3 4 3 4 0]\n [1 2 1 2 0]\n [3 4 3 4 0]]" in shown
    assert r"[K[0]*\delta[0], K[1]*\delta[0], K[0]*\delta[1], K[1]*\delta[1], 0]" in shown
    assert any(r"\operatorname{rot180}(K)" in formula for formula in formulas("01-first-derivation"))


NUMBERS = {
    "output size": "81 x 81 x 12323",
    "I * K": "[1 6 0 9]",
    "kernel gradient": "[[-1  7 -2]\n [-1  2  2]\n [ 0 12 -2]]",
    "image gradient": "[[0 1 1 1 1]\n [1 0 1 0 0]\n [0 2 1 2 1]\n [1 0 1 0 0]\n [0 1 0 1 0]]",
    "indicator": "M is 36 x 25 with 36 ones",
    "max pooling": "[1 5 1 5]",
    "max pooling's gradient": "[[1 0 0 0 0]\n [0 0 0 0 0]\n [0 1 0 2 0]\n [0 0 0 0 0]\n [0 0 0 0 0]]",
    "two channels": "[[1 7]\n [2 8]]",
    "true convolution": "[[ 2  6]\n [ 2 11]]",
    "turned kernel": "[[1 6]\n [0 9]]",
}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_convolution_by_hand(number: str) -> None:
    assert number in text("02-convolution-by-hand")


def test_gradients_by_hand_agree_on_every_way() -> None:
    """By the layer and by the matrix product."""
    shown = text("02-convolution-by-hand")
    assert shown.count(NUMBERS["kernel gradient"]) == 2
    assert shown.count(NUMBERS["image gradient"]) == 2


FORMULAS = {
    "first row of the im2row matrix": r"\phi(I) = \begin{bmatrix} 1 & 1 & -2 & 1 & 0 & 0 & 0 & 1 & 0 \\",
    "matrix of I * K": r"\begin{bmatrix} 1 & 6 \\ 0 & 9 \end{bmatrix}",
    "matrix of the kernel gradient": r"\begin{bmatrix} -1 & 7 & -2 \\ -1 & 2 & 2 \\ 0 & 12 & -2 \end{bmatrix}",
    "matrix of the image gradient": r"\begin{bmatrix} 0 & 1 & 1 & 1 & 1 \\ 1 & 0 & 1 & 0 & 0 \\ 0 & 2 & 1 & 2 & 1 \\",
    "matrix of the pooled image": r"\begin{bmatrix} 1 & 5 \\ 1 & 5 \end{bmatrix}",
    "arithmetic of a kernel entry": r"1 \cdot 1 + 1 \cdot 0 + 1 \cdot 1 + 1 \cdot 5 = 7",
    "the definition counts from 1": r"\sum_{m=1}^{k_1} \sum_{n=1}^{k_2} K_{m,n} \cdot I_{s(i-1)+m,s(j-1)+n}",
    "kernel gradient as a product": r"\phi(I)^\top \frac{\partial L}{\partial Y}",
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_convolution_by_hand_formulas(formula: str) -> None:
    assert any(_bare(formula) in _bare(found) for found in formulas("02-convolution-by-hand"))


def test_verify_a_formula() -> None:
    shown = text("03-verify-a-formula").splitlines()
    assert "missing_stride" in shown
    assert "refuted - line 3 is the first that is wrong" in shown
    assert "  assuming: entries of K outside its range are read as zero" in shown
    assert "proved ()" in shown
    assert [line for line in shown if line.startswith("  read as: indices")][
        -1
    ] == "  read as: indices are counted from 1"
    assert any(r"W(i - s_h i', j - s_w j', k_{in}, k)" in formula for formula in formulas("03-verify-a-formula"))


def _bare(formula: str) -> str:
    """Without white space and alignment at equal signs."""
    return "".join(formula.split()).replace("&=", "=")
