"""The three writers on hand-made boxes: exact outputs, line breaking, alignment, and the rules that keep them valid."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import cast, get_args

import pytest

from symconv.typeset.canvas import columns
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import (
    BOXES,
    Box,
    Break,
    Delimiter,
    Display,
    Fence,
    Fraction,
    Line,
    Script,
    Sign,
    Symbol,
    row,
)
from symconv.typeset.mathml import write_mathml
from symconv.typeset.metrics import width
from symconv.typeset.spacing import kinds
from symconv.typeset.symbols import SIGNS, read_name
from symconv.typeset.unicode import write_line, write_unicode
from tests.typeset.writer_samples import DISPLAYS, EQUALS, FORMULAS, MINUS, access, comma, n, s, sub

MATHML = "{http://www.w3.org/1998/Math/MathML}"
EVERYTHING: dict[str, Box] = {name: entry[0] for name, entry in FORMULAS.items()}
EVERYTHING |= DISPLAYS


def _inside(box: Box) -> list[Box]:
    """The box and every box in it."""
    found: list[Box] = [box]
    for field in box.__dataclass_fields__:
        waiting = [getattr(box, field)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, tuple):
                waiting.extend(value)
            elif isinstance(value, BOXES):
                found.extend(_inside(cast(Box, value)))
    return found


def test_samples_cover_every_box() -> None:
    seen = {type(part) for box in EVERYTHING.values() for part in _inside(box)}
    assert seen == set(BOXES)


@pytest.mark.parametrize("name", FORMULAS)
def test_latex_of_formula(name: str) -> None:
    box, latex, _ = FORMULAS[name]
    assert write_latex(box) == latex


@pytest.mark.parametrize("name", FORMULAS)
def test_line_of_formula(name: str) -> None:
    box, _, line = FORMULAS[name]
    assert write_line(box) == line


@pytest.mark.parametrize("name", EVERYTHING)
def test_mathml_is_well_formed(name: str) -> None:
    root = ElementTree.fromstring(write_mathml(EVERYTHING[name]))
    assert root.tag == f"{MATHML}math"
    assert root.get("display") == "block"
    for element in root.iter():
        expected = {
            "mfrac": 2,
            "msub": 2,
            "msup": 2,
            "msubsup": 3,
            "munder": 2,
            "mover": 2,
            "munderover": 3,
            "mroot": 2,
        }
        count = expected.get(element.tag.removeprefix(MATHML))
        assert count is None or len(element) == count, element.tag


def test_mathml_shows_each_name_and_number() -> None:
    text = "".join(ElementTree.fromstring(write_mathml(FORMULAS["sum"][0])).itertext())
    assert text.replace("\u2062", "") == "∑m=0k1−1δ·Km"
    assert "<mo>\u2062</mo>" in write_mathml(row(s("s"), s("i")))


def test_mathml_minus_is_prefix_or_infix() -> None:
    assert 'form="prefix">−' in write_mathml(row(MINUS, s("x")))
    assert 'form="infix">−' in write_mathml(row(s("y"), MINUS, s("x")))


@pytest.mark.parametrize("name", EVERYTHING)
def test_latex_braces_and_environments_match(name: str) -> None:
    text = write_latex(EVERYTHING[name])
    bare = re.sub(r"\\[{}]", "", text)
    depth = 0
    for char in bare:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    begins = re.findall(r"\\begin\{(\w+\*?)\}", text)
    assert sorted(begins) == sorted(re.findall(r"\\end\{(\w+\*?)\}", text))


def test_latex_uses_no_package_but_amsmath() -> None:
    text = "\n".join(write_latex(box) for box in EVERYTHING.values())
    for command in ("llbracket", "mathbb", "coloneqq", "leqslant", "dcases", "intertext"):
        assert f"\\{command}" not in text


def test_continued_line_begins_with_its_sign() -> None:
    lines = write_latex(DISPLAYS["derivation"]).splitlines()
    continued = [line for line in lines if line.startswith("&\\qquad")]
    assert len(continued) > 5
    assert all(re.match(r"&\\qquad (\+|\\cdot) ", line) for line in continued)


def test_short_display_is_not_broken_and_has_reasons_beside() -> None:
    assert write_latex(DISPLAYS["short-with-reasons"]) == (
        "\\begin{align*}\n"
        "\\frac{\\partial L}{\\partial K_{m',n'}} &= \\sum_{i=0}^{O_1-1} \\delta_i I_{i+m'} && \\text{(sifting)} \\\\\n"
        "&= I \\star \\delta && \\text{(operator form)}\n"
        "\\end{align*}"
    )


def test_broken_lines_keep_every_term_once() -> None:
    text = write_latex(DISPLAYS["derivation"], width=200)
    for p in range(10):
        for q in range(3):
            assert text.count(f"\\delta_{{{p},{q}}} ") == (2 if p < 3 else 1)


def test_line_never_begins_with_an_optional_argument() -> None:
    text = write_latex(DISPLAYS["brackets-first"])
    assert not re.search(r"\\\\\s*[\[*]", text)
    assert "{}[c] &= d" in text


def test_formula_is_broken_only_if_a_width_is_given() -> None:
    box = DISPLAYS["no-relation"].lines[0].right
    assert "\n" not in write_latex(box)
    assert write_latex(box, width=150).startswith("\\begin{aligned}\n&{-}\\delta")


def test_wide_matrices_use_array_or_small_print() -> None:
    from symconv.typeset.layout import Matrix

    eleven = Matrix((tuple(n(0) for _ in range(11)),))
    assert write_latex(eleven).startswith("\\left[ \\begin{array}{ccccccccccc} 0 & 0")
    assert "smallmatrix" in write_latex(DISPLAYS["matrix-25"])
    assert "\\begin{bmatrix}" in write_latex(DISPLAYS["matrix-10"])


@pytest.mark.parametrize("name", DISPLAYS)
@pytest.mark.parametrize("room", [60, 90, 140])
def test_unicode_keeps_to_its_width(name: str, room: int) -> None:
    if name in ("matrix-10", "matrix-14", "matrix-25", "cases") and room < 90:
        room = 100  # a matrix and a brace cannot be broken
    assert max(columns(line) for line in write_unicode(DISPLAYS[name], width=room).splitlines()) <= room


def test_unicode_of_a_derivation() -> None:
    top, *_ = DISPLAYS["short-with-reasons"].lines
    display = Display((top, Line(None, EQUALS, row(s("I"), Sign("\\star"), s("\\delta")), "operator form")))
    assert write_unicode(display).splitlines() == [
        "  ∂L      O₁−1",
        "─────── =  Σ   δᵢ I        (sifting)",
        "∂K        i=0      i+m′",
        "  m′,n′",
        "",
        "        = I ⋆ δ            (operator form)",
    ]


def test_unicode_brackets_grow() -> None:
    assert write_unicode(FORMULAS["floor"][0]).splitlines() == ["⎢p′ + P⎥", "⎢──────⎥", "⎣  s   ⎦"]
    assert write_unicode(FORMULAS["cases"][0]).splitlines() == ["⎰ x  if x > 0", "⎱ 0  otherwise"]


def test_unicode_minus_stands_off_a_fraction_bar() -> None:
    assert write_unicode(row(MINUS, Fraction(s("a"), s("b")))).splitlines()[1] == "− ─"


def test_line_of_the_design_page() -> None:
    left = Fraction(row(s("\\partial"), s("L")), row(s("\\partial"), access("K", s("m", 1), s("n", 1))), inline=True)
    box = Line(left, EQUALS, FORMULAS["sum"][0])
    assert write_line(box) == "∂L/∂K[m′, n′] = Σ_{m=0}^{k₁−1} δ · Kₘ"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("\\delta", "δ"),
        ("\\mathbf{I}", "𝐈"),
        ("\\mathcal{L}", "ℒ"),
        ("\\operatorname{vec}", "vec"),
        ("\\bar O", "O"),
        ("K", "K"),
    ],
)
def test_names(name: str, text: str) -> None:
    assert read_name(name).text == text


def test_every_delimiter_is_written_by_every_writer() -> None:
    for name in get_args(Delimiter):
        for body in (s("x"), Fraction(s("x"), s("y"))):
            box = Fence(name, body, name)
            assert "x" in write_latex(box)
            ElementTree.fromstring(write_mathml(box))
            assert "x" in write_unicode(box)


def test_signs_have_characters() -> None:
    assert all(len(glyph.char) <= 4 and "\\" not in glyph.char for glyph in SIGNS.values())


def test_kinds_follow_tex() -> None:
    assert kinds((s("a"), MINUS, MINUS, s("b"))) == ["ordinary", "binary", "prefix", "ordinary"]
    assert kinds((MINUS,)) == ["ordinary"]
    assert kinds((s("a"), EQUALS, MINUS, Break(), s("b"))) == ["ordinary", "relation", "prefix", "space", "ordinary"]


def test_width_grows_with_the_formula() -> None:
    short, longer = sub("x", "i"), row(sub("x", "i"), Sign("+"), sub("x", "j"))
    assert 0 < width(short) < width(longer)
    assert width(Script(Symbol("x"), comma("i", "j"))) < width(row(s("x"), comma("i", "j")))
