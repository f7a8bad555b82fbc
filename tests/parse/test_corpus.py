"""Published formulas, as they were written: all of them are read, nothing of them is lost, and quickly."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from symconv.parse.places import Reading, walk
from symconv.parse.read import read, read_latex
from symconv.parse.scan import scan
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import BOXES, Big, Box, Number, Symbol
from tests.parse.canonical import canonical

FORMULAS: list[str] = json.loads((Path(__file__).parent / "data" / "formulas.json").read_text(encoding="utf-8"))
_STYLE = re.compile(r"\\[A-Za-z]+\{|\}")


def letters(box: Box) -> Counter[str]:
    """The letters, digits and big operators of the boxes, without styles, accents and primes."""
    found: Counter[str] = Counter()
    for part in walk(box):
        if isinstance(part, Symbol):
            found.update(_letters(part.name))
        elif isinstance(part, Number):
            found.update(part.text.replace(".", ""))
        elif isinstance(part, Big):
            found[part.name] += 1
    return found


def written(reading: Reading) -> Counter[str]:
    """The same of the source's tokens, those in remarks left out."""
    found: Counter[str] = Counter()
    for piece in scan(reading.text)[0]:
        if any(remark.start <= piece.start < remark.end for remark in reading.remarks):
            continue
        if piece.type in ("LETTER", "DIGIT"):
            found.update(_letters(piece.value))
        elif piece.type == "BIG":
            found[piece.value] += 1
    return found


def _letters(name: str) -> list[str]:
    plain = _STYLE.sub("", name)
    if plain == "\\prime":
        return []
    return [plain] if plain.startswith("\\") and plain != "\\_" else list(plain.replace("\\_", "_"))


def check_places(reading: Reading) -> None:
    """Every box has a place inside the source, and a name stands where its place says."""
    for box in walk(reading.box):
        span = reading.span(box)
        assert 0 <= span.start <= span.end <= len(reading.text)
        if isinstance(box, Symbol) and box.name.isalpha() and box.name.isascii() and not box.primes:
            assert reading.text[span.start : span.end] in (box.name, *"ᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓₐₑₕⁱⁿˡᵏᵐᵀ")


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_read_and_nothing_lost(formula: str) -> None:
    reading = read(formula)
    assert letters(reading.box) == written(reading)
    check_places(reading)


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_written_again_reads_the_same(formula: str) -> None:
    box = read_latex(formula)
    assert canonical(read_latex(write_latex(box))) == canonical(box)


def test_environments_and_dollars_around_a_formula_change_nothing() -> None:
    for formula in FORMULAS[::7]:
        box = read_latex(formula)
        if "&" in formula or "\\\\" in formula:
            continue
        for before, after in (("$", "$"), ("\\[", "\\]"), ("\\begin{equation}", "\\end{equation}"), ("{", "}")):
            assert read_latex(before + formula + after) == box


def test_places_of_equal_boxes_differ() -> None:
    reading = read("x = x\n + sx")
    first, second = (box for box in walk(reading.box) if box == Symbol("x"))
    assert (reading.place(first), reading.place(second)) == ((1, 1), (1, 5))
    word = next(box for box in walk(reading.box) if box == Symbol("sx"))
    assert reading.place(word, 1) == (2, 5)
    error = reading.error(word, "x has no meaning here", 1)
    assert str(error) == "line 2, column 5: x has no meaning here\n   + sx\n      ^"


def test_remarks_are_kept() -> None:
    reading = read(r"\underbrace{a}_{\text{sum}} \overset{!}{=} b \tag{3}")
    assert sorted(remark.text for remark in reading.remarks) == ["!", r"\tag{3}", r"_{\text{sum}"]


def test_every_box_class_is_walked() -> None:
    source = r"""a' &= \frac{1}{\sqrt{2}} \left[ x_i \right] \sum_j \text{in} \begin{cases} 1 & b \end{cases} \\
        &= \begin{matrix} 1 \end{matrix}"""
    kinds = {type(box).__name__ for box in walk(read_latex(source))}
    assert kinds == {each.__name__ for each in BOXES} - {"Break"}


def test_a_formula_takes_less_than_three_milliseconds() -> None:
    read("x")
    times = []
    for formula in FORMULAS:
        start = time.perf_counter()
        read(formula)
        times.append(time.perf_counter() - start)
    assert median(times) < 3e-3
