r"""Spellings and the boxes that they are: one table for every kind of notation that people use.

The names at the top keep the table readable: ``sub("x", "i")`` is x with the index i.
"""

from __future__ import annotations

import pytest

from symconv.parse.read import read_latex
from symconv.typeset.layout import (
    Big,
    Box,
    Cases,
    Display,
    Fence,
    Fraction,
    Line,
    Matrix,
    Number,
    Root,
    Row,
    Script,
    Sign,
    Text,
    row,
)  # fmt: skip
from tests.typeset.writer_samples import comma, n, s

EQ, PLUS, MINUS, DOT = Sign("="), Sign("+"), Sign("-"), Sign("\\cdot")


def sub(base: Box | str, index: Box | str) -> Script:
    return Script(_box(base), _box(index))


def sup(base: Box | str, above: Box | str) -> Script:
    return Script(_box(base), None, _box(above))


def _box(box: Box | str) -> Box:
    return s(box) if isinstance(box, str) else box


def paren(*items: Box | str) -> Fence:
    return Fence("(", row(*map(_box, items)), ")")


def line(left: Box | str, right: Box | str, sign: str = "=") -> Line:
    return Line(_box(left), Sign(sign), _box(right))


def is_between(name: str) -> list[Box]:
    return [n(0), Sign("\\le"), s(name), Sign("<"), s("k")]


INTERVAL = row(*is_between("m"), Sign(","), *is_between("n"))
D_K = Fraction(row(s("\\partial"), s("L")), row(s("\\partial"), sub("K", "m")))

# What is written on the left is the box on the right.
SPELLINGS: dict[str, Box] = {
    # names: letters that touch are one word, digits that touch one numeral
    r"x": s("x"),
    r"sx + j": row(s("sx"), PLUS, s("j")),
    r"s x": row(s("s"), s("x")),
    r"2k1": row(n(2), s("k1")),
    r"conv2": s("conv2"),
    r"rot180(k)": row(s("rot180"), paren("k")),
    r"kernel\_size": s("kernel\\_size"),
    r"\delta x": row(s("\\delta"), s("x")),
    r"0.5x": row(Number("0.5"), s("x")),
    r"10^{-3}": sup(n(10), row(MINUS, n(3))),
    r"1, 2": row(n(1), Sign(","), n(2)),
    r"\frac12": Fraction(n(1), n(2)),
    # subscripts and superscripts, in any order, with and without braces
    r"x_i": sub("x", "i"),
    r"x _ { i }": sub("x", "i"),
    r"x_{ij}": sub("x", "ij"),
    r"x_{i j}": sub("x", row(s("i"), s("j"))),
    r"x_{i,j}": sub("x", comma("i", "j")),
    r"x_{(1+i)j}": sub("x", row(paren(n(1), PLUS, "i"), s("j"))),
    r"x_i^l": Script(s("x"), s("i"), s("l")),
    r"x^l_i": Script(s("x"), s("i"), s("l")),
    r"x^{l+1}_{i}": Script(s("x"), s("i"), row(s("l"), PLUS, n(1))),
    r"x_{i_j}": sub("x", sub("i", "j")),
    r"{x_i}^2": Script(sub("x", "i"), None, n(2)),
    r"x_i2": row(sub("x", "i"), n(2)),
    r"\sum_p2": row(Big("sum", s("p")), n(2)),
    r"x_\text{in}": sub("x", Text("in")),
    r"n_\textrm{h}": sub("n", Text("h")),
    r"x_\mathrm{out}": sub("x", "\\mathrm{out}"),
    r"x_\alpha": sub("x", "\\alpha"),
    r"{}^T x": row(Script(Row(()), None, s("T")), s("x")),
    r"(X)^T": sup(paren("X"), "T"),
    r"X^\top": sup("X", "\\top"),
    r"X^\intercal": sup("X", "\\intercal"),
    r"i^*": sup("i", Sign("*")),
    # layers
    r"\delta^{(l)}": sup("\\delta", paren("l")),
    r"a^{[l]}_{i}": Script(s("a"), s("i"), Fence("[", s("l"), "]")),
    # primes
    r"m'": s("m", 1),
    r"m''_i": sub(s("m", 2), "i"),
    r"m_i'": sub(s("m", 1), "i"),
    r"m^\prime": s("m", 1),
    r"m^{\prime}": s("m", 1),
    r"m^{\prime\prime}": s("m", 2),
    r"m^{'}": s("m", 1),
    r"m^{''}": s("m", 2),
    r"x'^2": Script(s("x", 1), None, n(2)),
    r"x^{\prime 2}": Script(s("x", 1), None, n(2)),
    r"{x_i}'": sub(s("x", 1), "i"),
    r"(f)'": sup(paren("f"), "\\prime"),
    'i"': s("i", 2),
    r"\sigma_c'^2": Script(s("\\sigma", 1), s("c"), n(2)),
    # styles and accents are part of the name
    r"\mathbf{x}_i": sub("\\mathbf{x}", "i"),
    r"\mathbf x_i": sub("\\mathbf{x}", "i"),
    r"\mathbf{x_i}": sub("\\mathbf{x}", "i"),
    r"{\bf x}_i": sub("\\mathbf{x}", "i"),
    r"\bm{\delta}": s("\\boldsymbol{\\delta}"),
    r"\mathcal{L}": s("\\mathcal{L}"),
    r"\mathrm{vec}(X)": row(s("\\mathrm{vec}"), paren("X")),
    r"\operatorname{vec}(X)": row(s("\\operatorname{vec}"), paren("X")),
    r"\operatorname{rot\,180}": s("\\operatorname{rot180}"),
    r"\mathbf{1}": s("\\mathbf{1}"),
    r"\mathbb 1": s("\\mathbb{1}"),
    r"\mathds{1}": s("\\mathbb{1}"),
    r"1\!\!1_{x}": sub("\\mathbb{1}", "x"),
    r"\bar O": s("\\bar{O}"),
    r"\hat{\mathbf y}": s("\\hat{\\mathbf{y}}"),
    r"\tilde l^0": sup("\\tilde{l}", n(0)),
    r"\bar{x_i}": sub("\\bar{x}", "i"),
    r"\overrightarrow{a^{F}}": sup("\\overrightarrow{a}", "F"),
    r"\boldsymbol{a + 1}": row(s("\\boldsymbol{a}"), PLUS, n(1)),
    # fractions
    r"\frac{\partial L}{\partial K_m}": D_K,
    r"\dfrac{\partial L}{\partial K_m}": D_K,
    r"\frac { \partial L } { \partial K_{m} }": D_K,
    r"{\partial L \over \partial K_m}": D_K,
    r"\partial L/\partial K": row(s("\\partial"), s("L"), Sign("/"), s("\\partial"), s("K")),
    r"dy/dx": row(s("dy"), Sign("/"), s("dx")),
    r"\sqrt{x}": Root(s("x")),
    r"\sqrt[3]{x}": Root(s("x"), n(3)),
    r"\sqrt2": Root(n(2)),
    # big operators: limits in any order and place
    r"\sum_{m=0}^{k} x": row(Big("sum", row(s("m"), EQ, n(0)), s("k")), s("x")),
    r"\sum^{k}_{m=0} x": row(Big("sum", row(s("m"), EQ, n(0)), s("k")), s("x")),
    r"\sum\limits_{m=0}^k x": row(Big("sum", row(s("m"), EQ, n(0)), s("k")), s("x")),
    r"\sum_{i,j} x": row(Big("sum", comma("i", "j")), s("x")),
    r"\sum_{ijk} x": row(Big("sum", s("ijk")), s("x")),
    r"\sum x": row(Big("sum"), s("x")),
    r"\sum_{m,n=0}^{k} x": row(Big("sum", row(comma("m", "n"), EQ, n(0)), s("k")), s("x")),
    r"\prod_i s_i": row(Big("prod", s("i")), sub("s", "i")),
    r"\max_{0 \le m < k,\, 0 \le n < k} x": row(Big("max", INTERVAL), s("x")),
    r"\max_{\substack{0\le m<k \\ 0\le n<k}} x": row(Big("max", INTERVAL), s("x")),
    r"\max_{\substack{0\le m<k, \\ 0\le n<k}} x": row(Big("max", INTERVAL), s("x")),
    r"\max_{\begin{subarray}{c} 0\le m<k \\ 0\le n<k\end{subarray}} x": row(Big("max", INTERVAL), s("x")),
    r"\underset{m}{\max} x": row(Big("max", s("m")), s("x")),
    r"\max(0, x)": row(Big("max"), Fence("(", row(n(0), Sign(","), s("x")), ")")),
    r"\mathrm{max}(0, x)": row(Big("max"), Fence("(", row(n(0), Sign(","), s("x")), ")")),
    r"x_{\mathrm{max}}": sub("x", "\\mathrm{max}"),
    **{
        spelling: row(Big("argmax", s("i")), s("x"))
        for spelling in (
            r"\operatorname{argmax}_i x", r"\operatorname*{arg\,max}_{i} x", r"\arg\max_i x", r"\arg\!\max_{i} x",
            r"\text{argmax}_i x", r"\mathrm{argmax}_i x", r"\mathop{\arg\max}_i x", r"\argmax_i x",
            r"\underset{i}{\operatorname{argmax}} x", r"\mathop{\mathrm{argmax}}\limits_i x",
        )
    },
    # brackets
    r"I[i][j]": row(s("I"), Fence("[", s("i"), "]"), Fence("[", s("j"), "]")),
    r"stride\[0\]": row(s("stride"), Fence("[", n(0), "]")),
    r"x(r+a, c)": row(s("x"), paren("r", PLUS, "a", Sign(","), "c")),
    r"x\left(i\right)": row(s("x"), paren("i")),
    r"x\bigl(i\bigr)": row(s("x"), paren("i")),
    r"x\Big(i\Big)": row(s("x"), paren("i")),
    r"\lfloor x \rfloor": Fence("lfloor", s("x"), "rfloor"),
    r"\left\lceil x \right\rceil": Fence("lceil", s("x"), "rceil"),
    r"[\![ x ]\!]": Fence("llbracket", s("x"), "rrbracket"),
    r"\llbracket x \rrbracket": Fence("llbracket", s("x"), "rrbracket"),
    r"\{i\}": Fence("{", s("i"), "}"),
    r"\langle x, y \rangle": Fence("langle", comma("x", "y"), "rangle"),
    r"[0, 1)": Fence("[", row(n(0), Sign(","), n(1)), ")"),
    # bars: absolute value, norm, divides, value at
    r"|x|": Fence("|", s("x"), "|"),
    r"\lvert x\rvert": Fence("|", s("x"), "|"),
    r"|x| + |y|": row(Fence("|", s("x"), "|"), PLUS, Fence("|", s("y"), "|")),
    r"||x||": Fence("Vert", s("x"), "Vert"),
    r"\|x\|^2": Script(Fence("Vert", s("x"), "Vert"), None, n(2)),
    r"[s \mid a - m]": Fence("[", row(s("s"), Sign("\\mid"), s("a"), MINUS, s("m")), "]"),
    r"[s | a - m]": Fence("[", row(s("s"), Sign("\\mid"), s("a"), MINUS, s("m")), "]"),
    r"\left.f\right|_{x}": sub(Fence("", s("f"), "|"), "x"),
    r"f\Big|_{x}": row(s("f"), sub(Sign("|"), "x")),
    # signs: synonyms are one
    r"a \leq b": line("a", "b", "\\le"),
    r"a \geqslant b": line("a", "b", "\\ge"),
    r"a <= b": line("a", "b", "\\le"),
    r"a \neq b": line("a", "b", "\\ne"),
    r"a \not= b": line("a", "b", "\\ne"),
    r"a := b": line("a", "b", ":="),
    r"a \mathrel{+}= b": line("a", "b", "+="),
    r"a \stackrel{\text{def}}{=} b": line("a", "b"),
    r"a \overset{!}{=} b": line("a", "b"),
    r"a \rightarrow b": line("a", "b", "\\to"),
    r"a ** b": row(s("a"), Sign("**"), s("b")),
    r"a \* b": row(s("a"), Sign("*"), s("b")),
    r"\delta *_{\mathrm{full}} K": row(s("\\delta"), sub(Sign("*"), "\\mathrm{full}"), s("K")),
    r"\delta \overset{full}{\ast} K": row(s("\\delta"), sup(Sign("\\ast"), "full"), s("K")),
    r"i \bmod s": row(s("i"), Sign("\\bmod"), s("s")),
    r"i \pmod{s}": row(s("i"), Fence("(", row(Sign("\\bmod"), s("s")), ")")),
    r"1 + ... + k": row(n(1), PLUS, Sign("\\dots"), PLUS, s("k")),
    r"180^\circ": sup(n(180), Sign("\\circ")),
    r"X \circledast Y": row(s("X"), Sign("\\circledast"), s("Y")),
    # Unicode is the same as the commands
    "∂L/∂K": row(s("\\partial"), s("L"), Sign("/"), s("\\partial"), s("K")),
    "δᵢ₊₁ · x′": row(sub("\\delta", row(s("i"), PLUS, n(1))), DOT, s("x", 1)),
    "∑ᵢ xᵢ − 1": row(Big("sum", s("i")), sub("x", "i"), MINUS, n(1)),
    "a × b": row(s("a"), Sign("\\times"), s("b")),
    "⌊x⌋": Fence("lfloor", s("x"), "rfloor"),
    "a ≤ b": line("a", "b", "\\le"),
    "Xᵀ": sup("X", "T"),
    # looks, numbers and comments change nothing
    r"\displaystyle x\,+\;\!y \tag{3}\label{eq:x}": row(s("x"), PLUS, s("y")),
    r"{\color{red} x}_i": sub("x", "i"),
    r"\textcolor{red}{x} + y": row(s("x"), PLUS, s("y")),
    r"\color{green}{x} y": row(s("x"), s("y")),
    r"\boxed{a = b}": line("a", "b"),
    r"\underbrace{a + b}_{\text{sum}} c": row(s("a"), PLUS, s("b"), s("c")),
    "x % the input\n + y": row(s("x"), PLUS, s("y")),
    "$x$": s("x"),
    "$$ x $$": s("x"),
    r"\[ x \]": s("x"),
    r"\( x \)": s("x"),
    # words; \quad is kept, because equation numbers and conditions stand behind it
    r"x \quad (12)": row(s("x"), Sign("\\quad"), paren(n(12))),
    r"x \text{ if $i$ is even}": row(s("x"), Text(" if "), s("i"), Text(" is even")),
    r"\text{50\% of }x": row(Text("50% of "), s("x")),
    r"conv2(x, 'full')": row(s("conv2"), paren("x", Sign(","), Text("full"))),
    # matrices
    r"\begin{pmatrix} a & b \\ c & d \\ \end{pmatrix}": Matrix(((s("a"), s("b")), (s("c"), s("d"))), "(", ")"),
    r"\left(\begin{array}{c|c} a & b \end{array}\right)": Matrix(((s("a"), s("b")),), "(", ")"),
    r"\left[ \begin{matrix} a \\ b \end{matrix} \right]": Matrix(((s("a"),), (s("b"),))),
    r"\begin{vmatrix} a \end{vmatrix}": Matrix(((s("a"),),), "|", "|"),
    r"\begin{bmatrix} a & \\ & b \end{bmatrix}": Matrix(((s("a"), None), (None, s("b")))),
    r"\begin{smallmatrix} a \\[2pt] b \end{smallmatrix}": Matrix(((s("a"),), (s("b"),)), "", "", True),
    # cases: the comma and the word if divide, and are no part of value or condition
    **{
        rf"\begin{{cases}} x {first} \\ 0 {last} \end{{cases}}": Cases(
            ((s("x"), row(s("x"), Sign(">"), n(0))), (n(0), Text("otherwise")))
        )
        for first, last in (
            (r"& x > 0", r"& \text{otherwise}"),
            (r", & x > 0,", r", & \text{otherwise}"),
            (r"& \text{if } x > 0", r"& \text{otherwise}"),
            (r"& \quad \mbox{if}\ x > 0", r"& \quad \text{otherwise}"),
            (r"\text{if } x > 0", r"\quad \text{otherwise}"),
            (r", x > 0", r", \text{otherwise}"),
        )
    },
    r"\left\{ \begin{array}{ll} x, & x > 0 \\ 0, & \text{otherwise} \end{array} \right.": Cases(
        ((s("x"), row(s("x"), Sign(">"), n(0))), (n(0), Text("otherwise")))
    ),
    # lines
    r"a = b": line("a", "b"),
    r"a &= b": line("a", "b"),
    r"a =& b": line("a", "b"),
    r"a &=& b": line("a", "b"),
    r"&= b": Line(None, EQ, s("b")),
    r"a = b = c": line("a", row(s("b"), EQ, s("c"))),
    r"0 \le a = b": line(row(n(0), Sign("\\le"), s("a")), "b"),
    **{
        spelling: Display((line("a", "b"), Line(None, EQ, s("c"))))
        for spelling in (
            r"a &= b \\ &= c", r"a = b \\ = c", r"\begin{align} a &= b \\ &= c \end{align}",
            r"\begin{align*}a&=b\nonumber\\[1ex]&=c\\ \end{align*}",
            r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}",
            r"\begin{equation}\begin{split} a &= b \\ &= c \end{split}\end{equation}",
            r"\[\begin{aligned}[t] a &= b \\ &= c \end{aligned}\]", r"a \\ &= b \\ &= c",
        )
    },
    r"a &= b \\ &\quad + c": line("a", row(s("b"), PLUS, s("c"))),
    r"a = b + \\ c": line("a", row(s("b"), PLUS, s("c"))),
    r"a = ( b \\ + c )": line("a", paren("b", PLUS, "c")),
    r"a = \left( b \right. \\ \left. + c \right)": line("a", paren("b", PLUS, "c")),
    r"\begin{gather} a = b \\ c = d \end{gather}": Display((line("a", "b"), line("c", "d"))),
    r"\begin{align} a &= b & c &= d \end{align}": Display((line("a", "b"), line("c", "d"))),
    r"\begin{align} a &= b && \text{(sum)} \end{align}": Line(s("a"), EQ, s("b"), "sum"),
    r"a \\ b": Display((Line(None, None, s("a")), Line(None, None, s("b")))),
    r"a = b, \quad i < n": line("a", row(s("b"), Sign(","), Sign("\\quad"), s("i"), Sign("<"), s("n"))),
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling(spelling: str) -> None:
    assert read_latex(spelling) == SPELLINGS[spelling]
