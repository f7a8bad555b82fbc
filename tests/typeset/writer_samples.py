"""Hand-made boxes for the writers: name → (box, its LaTeX, its one line of Unicode). Shared with the document tests."""

from __future__ import annotations

from symconv.typeset.layout import (
    Big,
    Box,
    Break,
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
    Symbol,
    Text,
    row,
)  # fmt: skip
from symconv.typeset.spacing import flat


def s(name: str, primes: int = 0) -> Symbol:
    return Symbol(name, primes)


def n(value: int) -> Number:
    return Number(str(value))


def sub(base: Box | str, *index: Box | str) -> Box:
    return Script(s(base) if isinstance(base, str) else base, comma(*index))


def comma(*items: Box | str) -> Box:
    parts: list[Box] = []
    for item in items:
        parts += [Sign(","), s(item) if isinstance(item, str) else item]
    return row(*parts[1:])


def access(name: str, *index: Box | str) -> Box:
    return row(s(name), Fence("[", comma(*index), "]"))


def big_sum(index: Box | str, low: Box, high: Box) -> Box:
    return Big("sum", row(s(index) if isinstance(index, str) else index, Sign("="), low), high)


def minus_one(box: Box) -> Box:
    return row(box, Sign("-"), n(1))


PLUS, MINUS, EQUALS, DOT = Sign("+"), Sign("-"), Sign("="), Sign("\\cdot")
K1, K2 = sub("k", n(1)), sub("k", n(2))
O1, O2 = sub("O", n(1)), sub("O", n(2))
DELTA, PARTIAL = s("\\delta"), s("\\partial")
DLDK = Fraction(row(PARTIAL, s("L")), row(PARTIAL, sub("K", s("m", 1), s("n", 1))))
DLDK_SLASH = Fraction(row(PARTIAL, s("L")), row(PARTIAL, access("K", s("m", 1), s("n", 1))), inline=True)
FLOOR = Fence("lfloor", Fraction(row(s("p", 1), PLUS, s("P")), s("s")), "rfloor")
CEIL = Fence("lceil", Fraction(row(s("p", 1), PLUS, s("P"), MINUS, s("k"), PLUS, n(1)), s("s")), "rceil")
STRIDED = row(s("s"), s("i"), PLUS, s("d"), s("m"), MINUS, s("p"))

# name: (box, LaTeX, one line of Unicode)
FORMULAS: dict[str, tuple[Box, str, str]] = {
    "subscript": (sub("x", "i"), "x_i", "xᵢ"),
    "two-subscripts": (sub("K", "m", "n"), "K_{m,n}", "K_{m,n}"),
    "prime": (s("m", 1), "m'", "m′"),
    "prime-subscript": (Script(s("x", 1), s("i")), "x'_i", "x′ᵢ"),
    "prime-superscript": (Script(s("x", 1), None, n(2)), "{x'}^2", "x′²"),
    "double-prime-both": (Script(s("x", 2), s("i"), n(2)), "{x''}_i^2", "x″ᵢ²"),
    "script-of-script": (Script(sub("x", "i"), None, n(2)), "{x_i}^2", "(xᵢ)²"),
    "layer": (Script(s("I"), comma("i", "j"), Fence("(", s("l"), ")")), "I_{i,j}^{(l)}", "I⁽ˡ⁾_{i,j}"),
    "transpose": (Script(s("W"), None, s("\\top")), "W^\\top", "Wᵀ"),
    "bold": (Script(s("\\mathbf{I}"), s("i")), "\\mathbf{I}_i", "𝐈ᵢ"),
    "accent": (s("\\bar{O}"), "\\bar{O}", "Ō"),
    "greek-then-letter": (row(DELTA, s("x")), "\\delta x", "δ x"),
    "index-arithmetic": (access("I", "c", STRIDED), "I[c, s i + d m - p]", "I[c, s i + d m − p]"),
    "prefix-minus": (row(MINUS, s("x"), MINUS, s("y")), "-x - y", "−x − y"),
    "minus-after-equals": (row(s("a"), EQUALS, MINUS, s("b")), "a = -b", "a = −b"),
    "minus-in-fence": (row(s("a"), Fence("(", row(MINUS, n(1)), ")")), "a(-1)", "a(−1)"),
    "number-times-letter": (row(n(2), s("k"), PLUS, n(1)), "2 k + 1", "2k + 1"),
    "fraction": (Fraction(n(1), row(K1, K2)), "\\frac{1}{k_1 k_2}", "1/(k₁ k₂)"),
    "slash": (Fraction(n(1), row(K1, K2), inline=True), "1/(k_1 k_2)", "1/(k₁ k₂)"),
    "slash-sum": (Fraction(row(s("a"), PLUS, n(1)), s("b"), inline=True), "(a + 1)/b", "(a + 1)/b"),
    "derivative": (DLDK, "\\frac{\\partial L}{\\partial K_{m',n'}}", "∂L/∂K_{m′,n′}"),
    "derivative-slash": (DLDK_SLASH, "\\partial L/\\partial K[m', n']", "∂L/∂K[m′, n′]"),
    "root": (Root(row(s("x"), PLUS, n(1))), "\\sqrt{x+1}", "√(x + 1)"),
    "cube-root": (Root(s("x"), n(3)), "\\sqrt[{3}]{x}", "∛x"),
    "floor": (FLOOR, "\\left\\lfloor \\frac{p'+P}{s} \\right\\rfloor", "⌊(p′ + P)/s⌋"),
    "plain-floor": (
        Fence("lfloor", Fraction(s("a"), s("b"), inline=True), "rfloor"),
        "\\lfloor a/b\\rfloor",
        "⌊a/b⌋",
    ),
    "absolute": (Fence("|", s("x"), "|"), "\\lvert x\\rvert", "|x|"),
    "iverson": (
        Fence("llbracket", row(s("s"), Sign("\\mid"), s("a"), MINUS, s("m")), "rrbracket"),
        "[s \\mid a - m]",
        "[s ∣ a − m]",
    ),
    "sum": (
        row(big_sum("m", n(0), minus_one(K1)), DELTA, DOT, sub("K", "m")),
        "\\sum_{m=0}^{k_1-1} \\delta \\cdot K_m",
        "Σ_{m=0}^{k₁−1} δ · Kₘ",
    ),
    "max": (
        row(Big("max", row(n(0), Sign("\\le"), s("m"), Sign("<"), s("k"))), sub("I", row(s("i"), PLUS, s("m")))),
        "\\max_{0\\le m<k} I_{i+m}",
        "max_{0≤m<k} Iᵢ₊ₘ",
    ),
    "argmax": (
        row(Big("argmax", s("m")), sub("I", "m")),
        "\\operatorname*{arg\\,max}_m I_m",
        "arg max_m Iₘ",
    ),
    "function": (row(s("\\operatorname{vec}"), Fence("(", s("X"), ")")), "\\operatorname{vec}(X)", "vec(X)"),
    "cross-correlation": (row(s("I"), Sign("\\star"), DELTA), "I \\star \\delta", "I ⋆ δ"),
    "matrix": (
        Matrix(((n(1), MINUS_TWO := row(MINUS, n(2))), (None, s("x")))),
        "\\begin{bmatrix} 1 & -2 \\\\  & x \\end{bmatrix}",
        "[[1, −2], [, x]]",
    ),
    "column": (
        Matrix(((Fence("[", s("a"), "]"),), (Fence("[", s("b"), "]"),)), "(", ")"),
        "\\begin{pmatrix} {}[a] \\\\ {}[b] \\end{pmatrix}",
        "([[a]], [[b]])",
    ),
    "cases": (
        Cases(((s("x"), row(s("x"), Sign(">"), n(0))), (n(0), Text("otherwise")))),
        "\\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
        "{x if x > 0; 0 otherwise}",
    ),
    "text": (row(Text("50% & more "), s("x")), "\\text{50\\% \\& more } x", "50% & more x"),
}


def _long_sum(terms: int) -> Box:
    parts: list[Box] = []
    for at in range(terms):
        parts += [Break(), PLUS] if at else []
        parts += [sub("\\delta", n(at // 3), n(at % 3)), DOT, sub("K", row(n(2), MINUS, n(at // 3)), n(at % 3))]
    return Row(tuple(parts))


def _six_binders() -> Box:
    names = ("n", "f", "i", "j", "m", "n")
    tops = (s("N"), s("F"), O1, O2, K1, K2)
    sums = [big_sum(name, n(0), minus_one(top)) for name, top in zip(names, tops, strict=True)]
    return row(
        *sums, Break(2), access("\\delta", "n", "f", "i", "j"), DOT,
        access("K", "f", "c", "m", "n"), Break(1), DOT,
        Fence("llbracket", row(s("p", 1), EQUALS, STRIDED), "rrbracket"), Break(1), DOT,
        Fence("llbracket", row(s("q", 1), EQUALS, STRIDED), "rrbracket"),
    )  # fmt: skip


def _limits() -> Box:
    low = row(s("\\max"), Fence("(", comma(n(0), CEIL), ")"))
    high = row(s("\\min"), Fence("(", comma(minus_one(O1), FLOOR), ")"))
    return row(
        big_sum("i", low, high),
        access("\\delta", "i"),
        DOT,
        access("K", row(s("p", 1), PLUS, s("P"), MINUS, s("s"), s("i"))),
    )


def _toeplitz(rows: int, columns: int) -> Matrix:
    return Matrix(
        tuple(tuple(sub("K", n(q - p)) if 0 <= q - p < 3 else n(0) for q in range(columns)) for p in range(rows))
    )


DISPLAYS: dict[str, Display] = {
    "short-with-reasons": Display(
        (
            Line(
                DLDK,
                EQUALS,
                row(big_sum("i", n(0), minus_one(O1)), sub("\\delta", "i"), sub("I", row(s("i"), PLUS, s("m", 1)))),
                "sifting",
            ),
            Line(None, EQUALS, row(s("I"), Sign("\\star"), DELTA), "operator form"),
        )
    ),
    "derivation": Display(
        (
            Line(
                DLDK_SLASH,
                EQUALS,
                _six_binders(),
                "chain rule over all outputs: every entry of the output depends on the kernel, so all of them add up",
            ),
            Line(None, EQUALS, _limits(), "the bracket fixes m, and what is left of it are the limits of the sum"),
            Line(None, EQUALS, _long_sum(9)),
            Line(None, EQUALS, row(MINUS, _long_sum(30)), "written out"),
        )
    ),
    "sum-in-fence": Display((Line(s("y"), EQUALS, row(s("a"), Fence("(", _long_sum(14), ")"))),)),
    "sum-in-tall-fence": Display(
        (
            Line(
                s("y"),
                EQUALS,
                row(s("a"), Fence("(", row(Fraction(n(1), n(2)), _long_sum(14)), ")"), Break(), PLUS, n(1)),
            ),
        )
    ),
    "wide-left": Display(
        (
            Line(
                row(s("\\operatorname{vec}"), Fence("(", _long_sum(4), ")")),
                EQUALS,
                _long_sum(6),
                "a left side wider than half a line",
            ),
            Line(None, EQUALS, n(0), "of course"),
        )
    ),
    "no-relation": Display((Line(None, None, row(MINUS, _long_sum(12))),)),
    "unmarked": Display(
        (Line(s("y"), EQUALS, row(*(item for item in flat(_long_sum(12)) if not isinstance(item, Break)))),)
    ),
    "unmarked-product": Display((Line(s("y"), EQUALS, row(*(access("K", "f", "c", "m", n(at)) for at in range(12)))),)),
    "matrix-10": Display((Line(row(s("T"), Fence("(", s("K"), ")")), EQUALS, _toeplitz(8, 10)),)),
    "matrix-14": Display((Line(s("T"), EQUALS, _toeplitz(12, 14)),)),
    "matrix-25": Display((Line(s("M"), EQUALS, _toeplitz(9, 25), "the indicator"),)),
    "brackets-first": Display(
        (
            Line(Fence("[", s("a"), "]"), EQUALS, s("b")),
            Line(Fence("[", s("c"), "]"), EQUALS, s("d")),
            Line(Sign("*"), EQUALS, s("d")),
        )
    ),
    "matrix-product": Display(
        (
            Line(
                s("y"),
                EQUALS,
                row(
                    _toeplitz(2, 4),
                    Matrix(tuple((sub("x", n(i)),) for i in range(4))),
                    Break(),
                    EQUALS,
                    Matrix(((Fraction(n(1), n(2)),), (row(MINUS, Fraction(s("a"), s("b"))),))),
                ),
            ),
        )
    ),
    "cases": Display(
        (Line(s("y"), EQUALS, Cases(((_limits(), row(s("x"), Sign(">"), n(0))), (n(0), Text("otherwise"))))),)
    ),
    "reason-escapes": Display((Line(s("x"), EQUALS, s("y"), "100% of {x_1} & #2 ~ $3 \\ a^b “quoted” ⌊δ⌋ ≤ ∂L… é"),)),
}
