r"""What counts as a formula in Markdown, by the rules of GitHub and Pandoc."""

from __future__ import annotations

import pytest

from symconv.documents.find_markdown import find_markdown
from symconv.documents.items import Formula, Remark
from symconv.documents.places import Page


def found(text: str) -> list[tuple[int, int, str]]:
    """Line, column and text of every formula; each stands in the document at that place."""
    page, formulas = Page("a.md", None, text), [item for item in find_markdown(text) if isinstance(item, Formula)]
    assert all(text.startswith(formula.text, formula.start) for formula in formulas)
    places = [page.place(formula.start) for formula in formulas]
    return [(place.line, place.column, formula.text) for place, formula in zip(places, formulas, strict=True)]


FORMULAS = [
    pytest.param("$x$ and $$y$$", [(1, 2, "x"), (1, 11, "y")], id="dollars"),
    pytest.param("$$\nx\n$$\n", [(2, 1, "x")], id="a display"),
    pytest.param("```math\nx\n```\n$y$", [(2, 1, "x"), (4, 2, "y")], id="a math block"),
    pytest.param("~~~ math\nx\n~~~", [(2, 1, "x")], id="a math block with tildes"),
    pytest.param("```{math}\n:label: eq\nx\n```", [(3, 1, "x")], id="MyST's math block"),
    pytest.param("- ```math\n  x\n  ```", [(2, 3, "x")], id="a math block in a list"),
    pytest.param("$`x`$ and `$y$`", [(1, 3, "x")], id="GitHub's dollar with a backtick"),
    pytest.param(r"\(x\) \[y\] \\(z\\) \\[w\\]", [(1, 3, "x"), (1, 9, "y"), (1, 16, "z"), (1, 24, "w")], id="brackets"),
    pytest.param(
        "\\begin{align}\nx\n\\end{align}", [(1, 1, "\\begin{align}\nx\n\\end{align}")], id="an environment of LaTeX"
    ),
    # prices, and what a dollar needs
    pytest.param("$5 and $6", [], id="prices"),
    pytest.param("$ x$ and $x $", [], id="a space inside the dollars"),
    pytest.param("$x$5", [], id="a digit after the dollar"),
    pytest.param(r"\$x$ and \\$y$", [(1, 13, "y")], id="a dollar sign, and a backslash"),
    pytest.param("$x\n\ny$", [], id="two paragraphs"),
    pytest.param("$x\ny$", [(1, 2, "x\ny")], id="two lines"),
    pytest.param(r"$a \text{ if $b$}$", [(1, 2, r"a \text{ if $b$}")], id="a dollar inside text inside a formula"),
    pytest.param("$10\\% = x$", [(1, 2, "10\\% = x")], id="percent"),
    # code
    pytest.param("`$x$` ``a ` $y$`` $z$", [(1, 20, "z")], id="code in a line"),
    pytest.param("` $x$", [(1, 4, "x")], id="a backtick that nothing closes"),
    pytest.param("```python\n$x$\n```\n$y$", [(4, 2, "y")], id="a block of code"),
    pytest.param("````\n```\n$x$\n````\n$y$", [(5, 2, "y")], id="a block in a longer fence"),
    pytest.param("```\n$x$", [], id="a block without end"),
    pytest.param("```latex\n\\[ x \\]\n```", [], id="LaTeX as code"),
    pytest.param("text\n\n    $x$\n\n$y$", [(5, 2, "y")], id="indented code"),
    pytest.param("- item\n\n    $x$", [(3, 6, "x")], id="an indented paragraph of a list"),
    pytest.param("text\n    $x$", [(2, 6, "x")], id="an indented line of a paragraph"),
    pytest.param("<pre>\n$x$\n</pre> $y$ <code>$z$</code>", [(3, 9, "y")], id="code in HTML"),
    pytest.param("<!-- $x$ --> $y$", [(1, 15, "y")], id="a comment"),
    pytest.param("<!-- a\n\n$x$ --> $y$", [(3, 10, "y")], id="a comment over paragraphs"),
    # quotations
    pytest.param("> $$\n> x\n>  = y\n> $$", [(2, 3, "x\n>  = y")], id="a display in a quotation"),
    pytest.param("> > a $x\n> > y$", [(1, 8, "x\n> > y")], id="a formula in a quotation in a quotation"),
    pytest.param("> ```math\n> x\n> ```", [(2, 3, "x")], id="a math block in a quotation"),
    pytest.param("$$\nx\n> y\n$$", [(2, 1, "x\n> y")], id="no quotation, but a sign"),
]


@pytest.mark.parametrize(("text", "formulas"), FORMULAS)
def test_formulas(text: str, formulas: list[tuple[int, int, str]]) -> None:
    assert found(text) == formulas


def test_the_marks_of_a_quotation_are_not_read() -> None:
    quoted, plain = (find_markdown(text)[0] for text in ("> $$\n> x\n> > y\n> $$", "$$\nx\n> y\n$$"))
    assert isinstance(quoted, Formula)
    assert isinstance(plain, Formula)
    assert quoted.reading.text.split() == ["x", "y"]
    assert plain.reading.text.split() == ["x", ">", "y"]


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        pytest.param("<!-- symconv: conv1d stride=2 -->", ["conv1d stride=2"], id="a comment"),
        pytest.param("<!--symconv:conv1d-->", ["conv1d"], id="without spaces"),
        pytest.param("<!--\nsymconv: conv1d\n  stride=2\n-->", ["conv1d\n  stride=2"], id="over lines"),
        pytest.param("`<!-- symconv: conv1d -->`", [], id="an example in a line"),
        pytest.param("```\n<!-- symconv: conv1d -->\n```", [], id="an example in a block"),
        pytest.param("<!-- symconv is a library -->", [], id="a comment about something else"),
        pytest.param("<!-- a -->\nsymconv: conv1d -->", [], id="text after a comment"),
    ],
)
def test_remarks(text: str, remarks: list[str]) -> None:
    items = [item for item in find_markdown(text) if isinstance(item, Remark)]
    assert [item.text for item in items] == remarks
    assert all(text.startswith(item.text, item.start) for item in items)


def test_macros_of_mathjax() -> None:
    text = "$$\\newcommand{\\dL}{\\partial L}$$\n$$\\dL = 1$$"
    (formula,) = find_markdown(text)
    assert isinstance(formula, Formula)
    assert (formula.text, formula.reading.text) == ("\\dL = 1", "\\partial L = 1")
