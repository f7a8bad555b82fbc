"""What symconv typesets is read back as the same boxes: the base of the law parse(typeset(e)) = e."""

from __future__ import annotations

from typing import get_args

import pytest

from symconv.errors import UnsupportedError
from symconv.parse.read import read_latex
from symconv.parse.words import split_text
from symconv.typeset.api import boxes_of
from symconv.typeset.document import escape_text
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, BigName, Box, Delimiter, Fence, Fraction, Matrix, Script, Sign, row
from symconv.typeset.presets import notations
from symconv.typeset.symbols import SIGNS
from tests.catalogue import ENTRIES
from tests.laws.cases import derivation
from tests.parse.canonical import canonical
from tests.typeset.writer_samples import DISPLAYS, FORMULAS, n, s, sub

SAMPLES: dict[str, Box] = {name: box for name, (box, _, _) in FORMULAS.items()} | DISPLAYS
PAIRS: dict[Delimiter, Delimiter] = {
    "(": ")", "[": "]", "{": "}", "|": "|", "lfloor": "rfloor", "lceil": "rceil", "llbracket": "rrbracket",
    "langle": "rangle", "Vert": "Vert", "": "",
}  # fmt: skip


def same(box: Box, width: int | None = None) -> None:
    source = write_latex(box, width=width)
    assert canonical(read_latex(source)) == canonical(box), source


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [None, 60, 200, 345])
def test_samples(name: str, width: int | None) -> None:
    same(SAMPLES[name], width)


def test_every_delimiter_is_read_back() -> None:
    assert set(get_args(Delimiter)) == {*PAIRS, *PAIRS.values()}
    for left, right in PAIRS.items():
        for body in (s("x"), Fraction(s("x"), s("y")), sub("x", "i")):
            same(row(s("a"), Fence(left, body, right)))
        same(Matrix(((n(1), None), (n(0), s("x"))), left, right))
        same(Matrix(((s("x"),) * 12,), left, right))


def test_every_sign_is_read_back() -> None:
    for sign in map(Sign, SIGNS):
        same(row(s("a"), sign, s("b")))
        same(Script(s("a"), row(s("b"), sign, s("c"))))


def test_every_big_operator_is_read_back() -> None:
    for name in get_args(BigName):
        for under, over in ((None, None), (s("i"), None), (row(s("i"), Sign("="), n(0)), s("k"))):
            same(row(Big(name, under, over), sub("x", "i")))


def test_every_escaped_character_is_read_back() -> None:
    for char in map(chr, range(32, 127)):
        text = f"a {char} b"
        (part,) = split_text(escape_text(text), 0, len(escape_text(text)))
        assert part.text == " ".join(text.replace("'", "’").replace("`", "‘").split())


@pytest.mark.parametrize("notation", notations)
def test_catalogue(notation: str) -> None:
    """Every layer and every gradient of it under every notation; with all steps under the first."""
    preset = notations[notation]
    for entry in ENTRIES:
        for what in (entry.operation, *(derivation(entry, name, preset.eliminate) for name in entry.tensors)):
            same(boxes_of(what, "sum", preset, notation == "default", {}))


@pytest.mark.parametrize("form", ["operator", "matrix"])
def test_forms(form: str) -> None:
    count = 0
    for entry in ENTRIES:
        for what in (entry.operation, *(derivation(entry, name, "tap") for name in entry.tensors)):
            for steps in (False, True):
                try:
                    box = boxes_of(what, form, "default", steps, {})
                except UnsupportedError:
                    continue
                same(box)
                count += 1
    assert count > 100
