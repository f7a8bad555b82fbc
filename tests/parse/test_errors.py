"""What is not understood is refused: one sentence, the place, and a caret under it."""

from __future__ import annotations

import contextlib
import pickle
import time

import pytest

from symconv.errors import SymconvError
from symconv.parse.errors import ReadError
from symconv.parse.read import read, read_latex

NEVER = "is not mathematics: definitions, files and programs are never read; write the formula itself"
UNSEEN = "cannot be seen and is not allowed in a formula: delete it"

# (source, line, column, sentence)
REFUSED = [
    (r"a + \foo", 1, 5, r"the command \foo is not understood"),
    (r"\fracc{a}{b}", 1, 1, r"the command \fracc is not understood; did you mean \frac?"),
    (r"\begin{alignn} a \end{alignn}", 1, 1, "the environment alignn is not understood; did you mean align?"),
    ("a\n  + \\foo", 2, 5, r"the command \foo is not understood"),
    # brackets and braces
    (r"(a + b", 1, 1, "( is never closed"),
    (r"a + b)", 1, 6, ") closes nothing"),
    (r"{(a}", 1, 4, "} cannot close (, which is still open"),
    (r"{a)}", 1, 3, ") closes nothing: no bracket is open since {"),
    (r"\left( a )", 1, 10, r") cannot close \left(, which is still open"),
    (r"\lfloor a \rceil", 1, 11, r"\rceil cannot close \lfloor, which is still open"),
    (r"\begin{matrix} a \end{pmatrix}", 1, 18, r"\end{pmatrix} cannot close \begin{matrix}, which is still open"),
    (r"\begin{matrix} (a & b) \end{matrix}", 1, 19, "& cannot stand here, ( is still open"),
    (r"\left a", 1, 7, r"\left makes a delimiter larger, and a is none"),
    # scripts
    (r"x_1_2", 1, 4, "a second subscript: put braces around what both belong to"),
    (r"x^a^b", 1, 4, "a second superscript: put braces around what both belong to"),
    (r"x^2'", 1, 4, "a prime after a superscript: write the prime first, or braces"),
    (r"_i", 1, 1, "a subscript stands after nothing: it needs a name, or {} before it"),
    (r"'", 1, 1, "a prime stands after a name, and there is none before it"),
    (r"x_", 1, 3, "_ needs a script after it"),
    (r"x_(i)", 1, 3, "a bracket cannot be an argument or a script without braces: write {(…)}"),
    (r"x_12", 1, 2,
     "LaTeX takes only 1 as the script; if that is meant, leave a space after it, and else write _{12…}"),
    # arguments
    (r"\frac{a}", 1, 9, r"an argument is missing after }"),
    (r"(\sqrt)", 1, 7, r"an argument is missing after \sqrt"),
    (r"\bar{a+b}", 1, 1, r"\bar stands over a name, not over a whole formula"),
    (r"a \over b", 1, 3,
     r"\over divides a group in braces into two, and there is one already or there are no braces"),
    (r"\overset{a}{x}", 1, 1, r"\overset is understood around a sign or an operator only"),
    (r"\text{a", 1, 1, r"\text needs its words in braces, with at most two levels inside them"),
    (r"\text{a \foo}", 1, 9, r"\foo is not understood inside \text{…}; write words, or $…$"),
    (r"\begin{array} a \end{array}", 1, 14, r"\begin{array} needs its columns in braces, such as {lcr}"),
    (r"a \not+ b", 1, 3, r"\not is understood before =, \in and \mid, not before +"),
    # bars that could be paired in more than one way
    (r"|a = b|", 1, 1,
     "it is not clear whether this | and the next are a pair: write \\lvert … \\rvert for an absolute "
     "value and \\mid for “divides” or “such that”"),
    (r"a | |b|", 1, 3, "it is not clear what this | belongs to: write \\lvert … \\rvert for an absolute "
     "value and \\mid for “divides” or “such that”"),
    # characters
    ("x\u200by", 1, 2, f"the character U+200B {UNSEEN}"),
    ("x\u202ey", 1, 2, f"the character U+202E {UNSEEN}"),
    ("\ufeffx", 1, 1, f"the character U+FEFF {UNSEEN}"),
    ("x\x00", 1, 2, f"the character U+0000 {UNSEEN}"),
    ("\x1b[31m", 1, 1, f"the character U+001B {UNSEEN}"),
    ("\ud800", 1, 1, f"the character U+D800 {UNSEEN}"),
    ("х + 1", 1, 1, "'х' is not understood in a formula: it is U+0445"),
    ("x # y", 1, 3, "'#' is not understood in a formula"),
    ("a &lt; b", 1, 3, "&lt; is HTML: write the character itself"),
    ("a $ b", 1, 3, r"a dollar sign stands only around the whole formula or inside \text{…}"),
    # TeX's machinery
    (r"\input{/etc/passwd}", 1, 1, rf"\input {NEVER}"),
    (r"x \write18{ls}", 1, 3, rf"\write {NEVER}"),
    (r"\def\x{y}", 1, 1, rf"\def {NEVER}"),
    (r"\newcommand{\x}{y}", 1, 1, rf"\newcommand {NEVER}"),
    (r"\catcode`\@=11", 1, 1, rf"\catcode {NEVER}"),
    (r"\csname x\endcsname", 1, 1, rf"\csname {NEVER}"),
    # limits
    ("", 1, 1, "there is no formula here"),
    (" % only a comment", 1, 1, "there is no formula here"),
    ("x + " + "9" * 400, 1, 5, "a number has at most 20 digits, this one has 400"),
    ("{" * 61 + "}" * 61, 1, 61, "more than 60 brackets, braces and environments are open here"),
    (r"\bar" * 131 + " x", 1, 521, "more than 130 commands stand in each other here"),
    ("{" * 10**6, 1, 1, "a formula has at most 20000 characters, this one has 1000000"),
    # a published formula with one bracket too many
    (r"\boldsymbol{\frac{∂C}{∂z^{l}}=(W^{l+1 T})\frac{∂C}{∂z^{l+1}})g'(z^{l})}", 1, 61,
     ") closes nothing: no bracket is open since {"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_refused(source: str, line: int, column: int, sentence: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_latex(source)
    error = caught.value
    assert (error.line, error.column, error.message) == (line, column, sentence)


def test_message_shows_the_line_and_a_caret() -> None:
    with pytest.raises(ReadError) as caught:
        read_latex("a = b \\\\\nc = \\foo + d")
    assert str(caught.value).split("\n") == [
        "line 2, column 5: the command \\foo is not understood",
        "  c = \\foo + d",
        "      ^",
    ]


def test_long_lines_are_cut_around_the_caret() -> None:
    with pytest.raises(ReadError) as caught:
        read_latex("x + " * 500 + "\\foo" + " + y" * 500)
    error = caught.value
    assert error.column == 2001
    assert len(error.source) <= 78
    assert error.source[error.caret.index("^") :].startswith("\\foo")
    assert error.source.startswith("…")
    assert error.source.endswith("…")


def test_errors_travel_between_processes() -> None:
    with pytest.raises(ReadError) as caught:
        read_latex("a + (")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.column) == (str(caught.value), 5)


def test_only_text_is_read() -> None:
    with pytest.raises(SymconvError, match="a formula is a string of LaTeX, got a int"):
        read_latex(3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "source",
    [
        "\\mathrm {" + " " * 19_000, "\\arg" + " " * 19_000, "\\color" + " " * 19_000, "1" + "\\!" * 9_000,
        "|" * 20_000, "|x" * 9_999, "&" * 20_000, "\\\\" * 9_999, "x" + "'" * 19_000, "\\text{" * 3_000,
        "\\text{{a}" * 2_000, "\\]" * 9_000, "\\[" + "\\] " * 6_000, "a=b\\\\" * 3_900, "x+" * 9_999,
        "\\sum_i^n" * 2_400,
        "\\left.\\right.\\\\" * 1_200, "\\text{" + "$x$" * 6_000 + "}", "\\_" * 9_000, "$" * 20_000, "\\" * 20_000,
        "\\begin{matrix}" + "a&" * 9_000 + "\\end{matrix}", "\\frac a" * 2_800, "\\operatorname{" * 1_400,
    ],
)  # fmt: skip
def test_long_sources_are_read_or_refused_in_time(source: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(ReadError):
        read(source)
    assert time.perf_counter() - start < 2.0
