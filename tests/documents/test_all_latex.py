"""All LaTeX compiles: every layer of the table × tensor × form × notation, with and without steps and numbers.

Nothing runs more than 10 points into the margin of a text 345 points wide, and KaTeX refuses nothing in strict mode.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from symconv.typeset.api import FORMS
from symconv.typeset.presets import notations
from tests.documents.formulas import formulas
from tests.judges.katex import refused_by_katex
from tests.judges.pdftex import compile_document, refused_by_pdftex
from tests.typeset.test_golden_tex import FOLDER

pytestmark = pytest.mark.documents


@pytest.mark.parametrize("notation", notations)
def test_every_formula_compiles_and_fits(notation: str) -> None:
    found = formulas(notation)
    refused = refused_by_pdftex([formula.body for formula in found])
    assert [f"{found[each.item].id}: {each.message}" for each in refused] == []


@pytest.mark.parametrize("notation", notations)
def test_every_formula_parses_in_katex(notation: str) -> None:
    found = formulas(notation)
    refused = refused_by_katex([formula.body for formula in found])
    assert [f"{found[at].id}: {message}" for at, message in refused.items()] == []


def test_every_form_is_typeset() -> None:
    """No form went missing because a layer that has it was refused."""
    count = {form: sum(formula.form == form for formula in formulas("default")) for form in FORMS}
    assert count["sum"] > 400
    assert min(count.values()) > 250


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.tex")), ids=lambda path: path.stem)
def test_golden_files_can_be_input(path: Path, tmp_path: Path) -> None:
    (tmp_path / "part.tex").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    host = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}Text \\input{part} text.\\end{document}"
    fine, log = compile_document(host, tmp_path, draft=True)
    assert fine, log
    assert "Overfull" not in log
