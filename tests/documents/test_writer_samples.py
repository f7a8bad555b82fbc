"""pdfTeX and KaTeX as judges of the hand-made boxes, and the judges judged by formulas that are known to be bad."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symconv.typeset.document import escape_text, fragment, standalone
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Break, Delimiter, Display, Fence, Fraction, Line, Matrix, Row, Sign, row
from symconv.typeset.metrics import width
from symconv.typeset.symbols import SIGNS
from tests.judges.katex import refused_by_katex
from tests.judges.pdftex import compile_document, refused_by_pdftex
from tests.typeset.writer_samples import DISPLAYS, FORMULAS, n, s, sub

pytestmark = pytest.mark.documents


def _samples() -> list[Box]:
    boxes: list[Box] = [*DISPLAYS.values(), *(box for box, _, _ in FORMULAS.values())]
    pairs: list[tuple[Delimiter, Delimiter]] = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("|", "|"),
        ("lfloor", "rfloor"),
        ("lceil", "rceil"),
        ("llbracket", "rrbracket"),
        ("", ""),
    ]
    for left, right in pairs:
        boxes += [Fence(left, s("x"), right), Fence(left, Fraction(s("x"), s("y")), right)]
        boxes += [Matrix(((n(1), None), (n(0), s("x"))), left, right), Matrix(((s("x"),) * 12,), left, right)]
    return boxes


def test_pdftex_and_katex_accept_every_sample() -> None:
    bodies = [write_latex(box) for box in _samples()]
    assert refused_by_pdftex(bodies) == []
    assert refused_by_katex(bodies) == {}


def test_every_sign_is_valid() -> None:
    bodies = [write_latex(row(s("a"), sign, s("b"))) for sign in map(Sign, SIGNS)]
    assert refused_by_pdftex(bodies) == []
    assert refused_by_katex(bodies) == {}


@pytest.mark.parametrize("terms", [5, 9, 17, 40])
@pytest.mark.parametrize("room", [200, 345])
def test_long_sums_of_every_length_fit(terms: int, room: int) -> None:
    items: list[Box] = []
    for at in range(terms):
        items += [Break(), Sign("+" if at % 2 else "-")] if at else []
        items += [sub("\\delta", "i" * (at % 4 + 1)), Fraction(sub("W", "m", "n", str(at)), sub("k", n(at)))]
    body = write_latex(
        Display((Line(sub("y", "i"), Sign("="), Row(tuple(items)), "a reason in a few words"),)), width=room
    )
    assert refused_by_pdftex([body], room=room) == []


def test_width_is_estimated_within_a_few_percent(tmp_path: Path) -> None:
    boxes = [box for box, _, _ in FORMULAS.values()] + [line.right for box in DISPLAYS.values() for line in box.lines]
    probes = [f"\\setbox0\\hbox{{$\\displaystyle {write_latex(box)}$}}\\typeout{{W \\the\\wd0}}" for box in boxes]
    fine, log = compile_document(standalone(probes), tmp_path)
    assert fine, log
    measured = [float(points) for points in re.findall(r"^W ([\d.]+)pt", log, re.MULTILINE)]
    for box, points in zip(boxes, measured, strict=True):
        assert 0.98 * points - 2 <= width(box) <= 1.2 * points + 6, write_latex(box)


def test_text_is_escaped() -> None:
    printable = "".join(map(chr, range(32, 127))) + "–—“”‘’…∂δΣ∑·×≤≥≠∣⋆∗−⌊⌋⌈⌉⊗→∈′⊤φ∞é"
    assert refused_by_pdftex([f"\\text{{{escape_text(printable)}}}"], tolerance=10_000) == []
    assert refused_by_katex([f"\\text{{{escape_text(printable)}}}"]) == {}


def test_fragment_is_an_input_and_standalone_is_a_document(tmp_path: Path) -> None:
    body = write_latex(DISPLAYS["derivation"])
    (tmp_path / "part.tex").write_text(fragment(body), encoding="utf-8")
    host = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}Text \\input{part} text.\\end{document}"
    fine, log = compile_document(host, tmp_path)
    assert fine, log
    fine, log = compile_document(standalone([body, body], "Gradients of 50% & more"), tmp_path)
    assert fine, log
    assert "Overfull" not in log


def test_judges_see_bad_formulas() -> None:
    wide = " + ".join("x" * 9 for _ in range(12))
    bodies = ["x", "\\undefinedcommand", "y", wide, "x^2^3"]
    found = refused_by_pdftex(bodies)
    assert [finding.item for finding in found] == [1, 3, 4]
    assert found[1].excess > 10
    assert set(refused_by_katex(bodies)) == {1, 4}
