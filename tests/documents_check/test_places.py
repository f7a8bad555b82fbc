r"""Laws of places: every formula that is found is a part of the document, at the place that is reported."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.documents.document import read_document
from symconv.documents.find_markdown import find_markdown
from symconv.documents.find_tex import find_tex
from symconv.documents.items import Formula, Remark
from symconv.documents.places import BindingError, DocumentError, Page
from symconv.documents.words import read_line
from symconv.parse.errors import line_and_column

PARTS = [
    *(
        "$",
        "$$",
        r"\[",
        r"\]",
        r"\(",
        r"\)",
        r"\\",
        r"\$",
        r"\%",
        "%",
        "{",
        "}",
        "`",
        "```",
        "```math",
        "~~~",
        "\n",
        "\n\n",
    ),
    *(r"\begin{align}", r"\end{align}", r"\begin{verbatim}", r"\end{verbatim}", r"\begin{document}", r"\end{document}"),
    *(
        "% symconv: conv1d\n",
        "<!-- symconv: conv1d -->",
        "<!-- ",
        " -->",
        "> ",
        "    ",
        "- ",
        "---\n",
        "<pre>",
        "</pre>",
    ),
    *(
        r"\def\x{a b}",
        r"\newcommand{\y}{\x}",
        r"\x",
        r"\y ",
        "O_i",
        "=",
        r"\sum_m K_m I_{i+m}",
        "ä",
        "∑",
        " ",
        "5",
        "x",
    ),
]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)


@pytest.mark.parametrize("find", [find_tex, find_markdown], ids=["TeX", "Markdown"])
@given(text=TEXTS)
def test_formulas_are_where_they_are_said_to_be(find: object, text: str) -> None:
    assert callable(find)
    page, lines, end = Page("a", None, text), text.split("\n"), 0
    for item in find(text):
        assert isinstance(item, (Formula, Remark))
        place = page.place(item.start)
        assert (place.line, place.column) == line_and_column(text, item.start)
        assert "\n".join(lines[place.line - 1 :])[place.column - 1 :].startswith(item.text)
        if isinstance(item, Formula):
            assert item.text.strip()
            assert item.start >= end, "two formulas overlap"
            end = item.start + len(item.text)
            sources = [item.reading.source_of(at) for at in range(len(item.reading.text))]
            assert sources == sorted(sources)
            assert all(0 <= source < len(item.text) for source in sources)


@given(text=TEXTS)
def test_a_formula_without_macros_is_read_as_it_stands(text: str) -> None:
    plain = text.replace("\\def", "").replace("\\newcommand", "").replace(">", "")
    for find in (find_tex, find_markdown):
        for item in find(plain):
            assert isinstance(item, Remark) or item.text == item.reading.text


@pytest.mark.parametrize("name", ["a.tex", "a.md"])
@given(text=TEXTS)
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(text, encoding="utf-8", newline="")
        for found in read_document(str(path)):
            assert text.startswith(found.formula.text, found.formula.start)


@given(st.text(alphabet='conv2d stride=s|wrt=K,role x(){}[]"*\n', max_size=60))
def test_any_binding_is_read_or_refused(text: str) -> None:
    at = 100
    try:
        words = read_line(text, 100)
    except BindingError as error:
        at = error.at
        words = None
    assert 100 <= at <= 100 + len(text)
    for word in (words.layer, *words.options, *words.context) if words else ():
        assert text.startswith(word.name, word.at - 100)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.tex", "a.md", "a.ipynb"):
            path = Path(folder, name)
            path.write_bytes(data)
            with contextlib.suppress(DocumentError):
                read_document(str(path))


def openings(sign: str, length: int = 60_000) -> str:
    return (sign * (length // len(sign) + 1))[:length]


@pytest.mark.parametrize(
    "sign", [r"\[", r"\begin{align}", "$x ", "$$ a", "${", "<!-- ", "<pre>", "` ``` ", r"\def\a{", "> $$\n"]
)
def test_openings_without_end_are_cheap(sign: str) -> None:
    """Each of them takes minutes where every opening searches the rest of the document."""
    assert all(len(find(openings(sign))) <= 60_000 for find in (find_tex, find_markdown))
