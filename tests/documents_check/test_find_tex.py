r"""What counts as a formula in a LaTeX document, where it begins, and which remarks bind a layer."""

from __future__ import annotations

import pytest

from symconv.documents.find_tex import find_tex
from symconv.documents.items import Formula, Remark
from symconv.documents.places import Page


def found(text: str) -> list[tuple[int, int, str]]:
    """Line, column and text of every formula; each stands in the document at that place."""
    page, formulas = Page("a.tex", None, text), [item for item in find_tex(text) if isinstance(item, Formula)]
    assert all(text.startswith(formula.text, formula.start) for formula in formulas)
    places = [page.place(formula.start) for formula in formulas]
    return [(place.line, place.column, formula.text) for place, formula in zip(places, formulas, strict=True)]


FORMULAS = [
    pytest.param(r"a \[ x = 1 \] b", [(1, 6, "x = 1")], id="brackets"),
    pytest.param("\\[\n  x\n  = 1\n\\]", [(2, 3, "x\n  = 1")], id="brackets over lines"),
    pytest.param(r"$$x$$ and $y$ and \(z\)", [(1, 3, "x"), (1, 12, "y"), (1, 21, "z")], id="dollars and parentheses"),
    pytest.param("$a$$b$", [(1, 2, "a"), (1, 5, "b")], id="two formulas that touch"),
    pytest.param(
        "\\begin{equation}\\label{eq}\n x\n\\end{equation}",
        [(1, 1, "\\begin{equation}\\label{eq}\n x\n\\end{equation}")],
        id="an environment stays with its formula",
    ),
    *(
        pytest.param(f"\\begin{{{name}}}x\\end{{{name}}}", [(1, 1, f"\\begin{{{name}}}x\\end{{{name}}}")], id=name)
        for name in ("equation*", "align", "align*", "alignat*", "gather", "gather*", "multline", "eqnarray*", "math")
    ),
    pytest.param(r"\begin{itemize} $x$ \end{itemize}", [(1, 18, "x")], id="another environment is text"),
    # what only looks like a formula
    pytest.param("% $x$\n\\% $y$ % $z$", [(2, 5, "y")], id="comments, and the percent sign"),
    pytest.param(r"costs 5\$ or 6\$, $x$", [(1, 20, "x")], id="dollar signs"),
    pytest.param(r"a \\[1ex] b \\$x$", [(1, 16, "x")], id="the end of a line is no bracket"),
    pytest.param(
        "\\begin{verbatim}\n$x$ \\end{foo}\n\\end{verbatim} $y$", [(3, 17, "y")], id="verbatim, whatever stands in it"
    ),
    pytest.param("\\begin{lstlisting}[language=C]\n$x$\n\\end{lstlisting}", [], id="lstlisting"),
    pytest.param("\\begin{minted}{python}\n$x$\n\\end{minted}", [], id="minted"),
    pytest.param("\\begin{comment}\n$x$\n\\end{comment}", [], id="the comment environment"),
    pytest.param(r"\verb|$x$| \verb*+$y$+ \lstinline!$z$! $w$", [(1, 41, "w")], id="verbatim in a line"),
    pytest.param(r"\mintinline{c}|$x$| \lstinline[style=a]{$y$}", [], id="minted and listings in a line"),
    pytest.param("\\iffalse $x$ \\fi $y$", [(1, 19, "y")], id="what iffalse hides"),
    pytest.param(r"\url{a%b$c} $x$", [(1, 14, "x")], id="an address"),
    pytest.param("$x\n\ny$", [], id="a blank line ends a paragraph, and no formula goes over it"),
    pytest.param(r"\[ x", [(1, 1, r"\[ x")], id="a bracket without end"),
    pytest.param(r"\( x", [], id="a parenthesis without end"),
    pytest.param(
        r"\begin{equation} x" + "\n\n$y$", [(1, 1, r"\begin{equation} x"), (3, 2, "y")], id="an environment without end"
    ),
    pytest.param("$$\\frac{a}{b$$ $c$", [(1, 3, r"\frac{a}{b"), (1, 17, "c")], id="a brace without end"),
    pytest.param(r"$x % $ y" + "\n$", [(1, 2, "x % $ y")], id="a dollar in a comment inside a formula"),
    pytest.param(r"$a \text{ if $b$}$", [(1, 2, r"a \text{ if $b$}")], id="a dollar inside text inside a formula"),
    pytest.param(r"\[ a \\ b \] $c$", [(1, 4, r"a \\ b"), (1, 15, "c")], id="lines in a display"),
    pytest.param("\\[\n a % \\]\n\\]", [(2, 2, "a % \\]")], id="an end in a comment"),
    pytest.param("$ $ $$ $$ \\[ \\]", [], id="nothing inside"),
    pytest.param(r"\newcommand{\x}[1]{$#1 = 2$} $y$", [(1, 31, "y")], id="a definition is no formula"),
    # the preamble
    pytest.param(
        "\\newcolumntype{L}{>{$}l<{$}}\n$a$\n\\begin{document}\n$b$\n\\end{document}\n$c$",
        [(4, 2, "b")],
        id="before and after the body",
    ),
    pytest.param("% \\begin{document}\n$a$", [(2, 2, "a")], id="a body that is only a comment"),
]


@pytest.mark.parametrize(("text", "formulas"), FORMULAS)
def test_formulas(text: str, formulas: list[tuple[int, int, str]]) -> None:
    assert found(text) == formulas


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        pytest.param("% symconv: conv1d stride=2\n", ["conv1d stride=2"], id="a comment"),
        pytest.param("%%symconv :  conv1d  \nx", ["conv1d"], id="without spaces, or with more"),
        pytest.param("x % symconv: off", ["off"], id="after text"),
        pytest.param("\\[\n% symconv: conv1d\nx = 1\\]", ["conv1d"], id="inside a display"),
        pytest.param("% symconv: conv1d\n\\begin{document}", ["conv1d"], id="in the preamble"),
        pytest.param("% write % symconv: conv1d", [], id="a comment that only mentions one"),
        pytest.param("% symconv is a library", [], id="a comment about something else"),
        pytest.param(r"\% symconv: conv1d", [], id="a percent sign"),
        pytest.param("\\begin{verbatim}\n% symconv: conv1d\n\\end{verbatim}", [], id="an example"),
    ],
)
def test_remarks(text: str, remarks: list[str]) -> None:
    items = [item for item in find_tex(text) if isinstance(item, Remark)]
    assert [item.text for item in items] == remarks
    assert all(text.startswith(item.text, item.start) for item in items)


def test_a_binding_inside_a_display_comes_before_its_formula() -> None:
    first, second = find_tex("\\[\n% symconv: conv1d\nx = 1\\]")
    assert (type(first), type(second)) == (Remark, Formula)


def test_displays_and_inline_formulas() -> None:
    text = r"$a$ \(b\) $$c$$ \[d\] \begin{align}e\end{align} \begin{math}f\end{math}"
    assert [item.display for item in find_tex(text) if isinstance(item, Formula)] == [
        *(False, False),
        *(True, True, True),
        False,
    ]
