r"""What the commands of LaTeX are for the reader: a letter, a sign, a delimiter, a command with arguments, nothing.

A command that stands in none of these tables is refused. Synonyms get one name, so that ``\leq`` and ``\le`` give
equal boxes.
"""

from __future__ import annotations

from typing import Final

from symconv.typeset.layout import Delimiter


def _commands(names: str) -> list[str]:
    return [f"\\{name}" for name in names.split()]


GREEK: Final = frozenset(
    _commands(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho "
        "varrho sigma varsigma tau upsilon phi varphi chi psi omega "
        "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
    )
)
OPERATORS: Final = frozenset(
    _commands(
        "log ln exp sin cos tan cot sinh cosh tanh coth arcsin arccos arctan det dim ker gcd lim sup inf rank tr sgn "
        "lg deg hom Pr arg"
    )
)
_NAMES = _commands(
    "partial nabla infty ell top intercal bot dagger hbar imath jmath emptyset aleph Re Im prime int iint"
)
LETTERS: Final = {name: name for name in (*GREEK, *OPERATORS, *_NAMES)} | {
    "\\varnothing": "\\emptyset", "\\eps": "\\epsilon",
}  # fmt: skip

_SIGNS = _commands(
    "ast cdot times star circ odot otimes oplus ominus pm mp wedge vee bmod div setminus circledast bullet cap cup "
    "le ge ne mid nmid in notin ni to leftarrow mapsto equiv approx sim simeq cong propto Rightarrow Leftrightarrow "
    "iff Leftarrow subset subseteq supset triangleq doteq ll gg colon dots ldots cdots vdots ddots forall exists neg "
    "quad qquad uparrow downarrow parallel perp boxtimes implies therefore because"
)
SIGNS: Final = {name: name for name in _SIGNS} | {
    "\\leq": "\\le", "\\leqslant": "\\le", "\\geq": "\\ge", "\\geqslant": "\\ge", "\\neq": "\\ne", "\\lt": "<",
    "\\gt": ">", "\\coloneqq": ":=", "\\coloneq": ":=", "\\defeq": ":=", "\\land": "\\wedge", "\\lor": "\\vee",
    "\\lnot": "\\neg", "\\gets": "\\leftarrow", "\\rightarrow": "\\to", "\\longrightarrow": "\\to",
    "\\longmapsto": "\\mapsto", "\\divides": "\\mid", "\\dotsc": "\\ldots", "\\dotsb": "\\cdots",
    "\\dotsm": "\\cdots", "\\dotso": "\\ldots", "\\cdotp": "\\cdot", "\\mod": "\\bmod", "\\asterisk": "\\ast",
    "\\Longrightarrow": "\\Rightarrow", "\\Longleftrightarrow": "\\Leftrightarrow", "\\backslash": "\\setminus",
    "\\smallsetminus": "\\setminus", "\\bigstar": "\\star", "\\slash": "/",
}  # fmt: skip
RELATIONS: Final = frozenset(
    [
        "=",
        "<",
        ">",
        ":=",
        "+=",
        "-=",
        "\\pmod",
        *_commands(
            "le ge ne equiv approx sim simeq cong propto triangleq doteq ll gg to leftarrow mapsto Rightarrow "
            "Leftrightarrow iff Leftarrow implies in notin ni subset subseteq supset"
        ),
    ]
)
"""Relation signs; ``\\mid`` and ``:`` are none here, because they mostly stand inside conditions."""
EQUALITIES: Final = frozenset(["=", ":=", "+=", "-=", "\\triangleq", "\\doteq", "\\equiv", "\\approx", "\\leftarrow"])
"""The signs at which a line without ``&`` is first divided into a left and a right side."""
BINARY: Final = frozenset(
    [
        "+",
        "-",
        "*",
        "**",
        "/",
        *_commands(
            "ast cdot times star circ odot otimes oplus ominus pm mp wedge vee bmod div setminus circledast bullet "
            "cap cup boxtimes"
        ),
    ]
)
NEGATED: Final = {"=": "\\ne", "\\in": "\\notin", "\\mid": "\\nmid", "|": "\\nmid"}

BIGS: Final = {
    "\\sum": "sum",
    "\\prod": "prod",
    "\\max": "max",
    "\\min": "min",
    "\\argmax": "argmax",
    "\\argmin": "argmin",
}

OPENING: Final[dict[str, Delimiter]] = {
    "(": "(", "[": "[", "\\{": "{", "\\lbrace": "{", "\\lbrack": "[", "\\lfloor": "lfloor", "\\lceil": "lceil",
    "\\langle": "langle", "\\llbracket": "llbracket", "\\lvert": "|", "\\lVert": "Vert", "\\lBrack": "llbracket",
}  # fmt: skip
CLOSING: Final[dict[str, Delimiter]] = {
    ")": ")", "]": "]", "\\}": "}", "\\rbrace": "}", "\\rbrack": "]", "\\rfloor": "rfloor", "\\rceil": "rceil",
    "\\rangle": "rangle", "\\rrbracket": "rrbracket", "\\rvert": "|", "\\rVert": "Vert", "\\rBrack": "rrbracket",
}  # fmt: skip
BARS: Final[dict[str, Delimiter]] = {"|": "|", "\\vert": "|", "\\|": "Vert", "\\Vert": "Vert"}
PARTNER: Final[dict[str, str]] = {
    "(": ")", "[": "]", "{": "}", "lfloor": "rfloor", "lceil": "rceil", "langle": "rangle", "llbracket": "rrbracket",
    "|": "|", "Vert": "Vert",
}  # fmt: skip
LARGER: Final = {
    f"\\{size}{side}": {"": "either", "l": "open", "r": "close", "m": "middle"}[side]
    for size in ("big", "Big", "bigg", "Bigg")
    for side in ("", "l", "r", "m")
} | {"\\left": "left", "\\right": "right", "\\middle": "middle"}
"""Commands that make the delimiter after them larger, and on which side it then stands."""

ACCENTS: Final = {
    name: name
    for name in _commands(
        "bar hat tilde vec dot ddot overline underline widehat widetilde overrightarrow overleftarrow check breve "
        "mathring acute grave"
    )
}
STYLES: Final = {
    name: name
    for name in _commands(
        "mathbf mathrm mathit mathsf mathtt mathcal mathscr mathfrak mathbb boldsymbol mathnormal"
    )
} | {
    "\\bm": "\\boldsymbol", "\\pmb": "\\boldsymbol", "\\symbf": "\\mathbf", "\\mathds": "\\mathbb",
    "\\mathbbm": "\\mathbb", "\\pmod": "\\pmod", "\\pod": "\\pmod",
    "\\boldmath": "\\boldsymbol", "\\operatorname": "\\operatorname",
}  # fmt: skip
SWITCHES: Final = {
    "\\bf": "\\mathbf", "\\rm": "\\mathrm", "\\it": "\\mathit", "\\cal": "\\mathcal", "\\sf": "\\mathsf",
    "\\tt": "\\mathtt", "\\bfseries": "\\mathbf", "\\rmfamily": "\\mathrm",
}  # fmt: skip
WRAPPERS: Final = frozenset(
    _commands("boxed mathrel mathbin mathop mathord mathopen mathclose mathinner mathpunct fbox smash ensuremath")
)
"""Commands that change the look or the spacing of their argument, not what it says."""
BRACES: Final = frozenset(["\\underbrace", "\\overbrace", "\\underbracket", "\\overbracket"])
STACKS: Final = frozenset(["\\stackrel", "\\overset", "\\underset"])
FRACTIONS: Final = frozenset(["\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac"])

IGNORED: Final = frozenset(
    [f"\\{char}" for char in ",;:!> /"]
    + _commands(
        "limits nolimits displaylimits nonumber notag displaystyle textstyle scriptstyle scriptscriptstyle enspace "
        "thinspace medspace thickspace negthinspace negmedspace negthickspace allowbreak nobreak "
        "break noindent centering small large normalsize relax strut mathstrut nobreakspace space "
        "hline qedhere par protect null footnotesize scriptsize"
    )
)
"""Spacing, sizes and numbering: they do not change what a formula says."""
WIDE: Final = frozenset(_commands("hfill hfil hfilneg dotfill"))
"""Spaces that part a formula from what stands beside it, like ``\\qquad``."""
FORBIDDEN: Final = frozenset(
    _commands(
        "input include includeonly InputIfFileExists subfile import write immediate openin openout read closein "
        "closeout def edef gdef xdef let futurelet newcommand renewcommand providecommand DeclareMathOperator "
        "DeclareRobustCommand newenvironment renewenvironment newtheorem catcode csname endcsname expandafter "
        "noexpand loop repeat usepackage RequirePackage documentclass special directlua luaexec ShellEscape verb "
        "href url includegraphics jobname the count newcount advance multiply toks newtoks begingroup endgroup "
        "makeatletter makeatother global long outer uppercase lowercase scantokens afterassignment aftergroup "
        "newread newwrite string meaning number romannumeral ifx if else fi ifnum ifcat iffalse iftrue lstinputlisting "
        "verbatiminput pdffiledump filedump errmessage message show showthe batchmode scrollmode "
        "nonstopmode errorstopmode char mathchar mathchardef chardef newif setcounter addtocounter newcounter"
    )
)
"""Commands that define, load, write or run: never read."""

LINE_ENVIRONMENTS: Final = frozenset(
    [
        "equation",
        "align",
        "aligned",
        "alignedat",
        "alignat",
        "flalign",
        "split",
        "gather",
        "gathered",
        "multline",
        "eqnarray",
        "displaymath",
        "math",
        "dmath",
    ]
)
SEPARATE: Final = frozenset(["gather", "gathered"])
"""Environments whose lines are formulas of their own."""
MATRIX_ENVIRONMENTS: Final[dict[str, tuple[Delimiter, Delimiter]]] = {
    "matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"),
    "Vmatrix": ("Vert", "Vert"), "smallmatrix": ("", ""), "array": ("", ""), "subarray": ("", ""),
    "psmallmatrix": ("(", ")"), "bsmallmatrix": ("[", "]"),
}  # fmt: skip
CASE_ENVIRONMENTS: Final = frozenset(["cases", "dcases"])

UNICODE: Final = {
    "−": "-", "–": "-", "‐": "-", "·": "\\cdot", "⋅": "\\cdot", "×": "\\times", "∗": "\\ast", "⋆": "\\star",
    "★": "\\star", "⊗": "\\otimes", "⊙": "\\odot", "⊛": "\\circledast", "∘": "\\circ", "⊕": "\\oplus", "±": "\\pm",
    "÷": "\\div", "≤": "\\le", "≥": "\\ge", "⩽": "\\le", "⩾": "\\ge", "≠": "\\ne", "≈": "\\approx", "≡": "\\equiv",
    "∈": "\\in", "∉": "\\notin", "→": "\\to", "←": "\\leftarrow", "↦": "\\mapsto", "⇒": "\\Rightarrow",
    "⇔": "\\Leftrightarrow", "∣": "\\mid", "∤": "\\nmid", "≜": "\\triangleq", "≔": ":=", "∧": "\\wedge", "∨": "\\vee",
    "¬": "\\neg", "∼": "\\sim", "∝": "\\propto", "…": "\\dots", "⋯": "\\cdots", "⋮": "\\vdots", "⋱": "\\ddots",
    "∀": "\\forall", "∃": "\\exists", "⊂": "\\subset", "⊆": "\\subseteq", "∖": "\\setminus",
    "∂": "\\partial", "∇": "\\nabla", "∞": "\\infty", "ℓ": "\\ell", "⊤": "\\top", "∅": "\\emptyset", "ϕ": "\\phi",
    "φ": "\\varphi", "ϵ": "\\epsilon", "ε": "\\varepsilon", "∑": "\\sum", "∏": "\\prod", "∫": "\\int",
    "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "⟨": "\\langle", "⟩": "\\rangle",
    "⟦": "\\llbracket", "⟧": "\\rrbracket", "‖": "\\|", "∥": "\\|", "µ": "\\mu", "°": "\\degree", "𝟙": "\\mathbb{1}",
    **dict(zip("αβγδζηθικλμνξπρστυχψω", _commands(
        "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi omega"
    ), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", _commands("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"), strict=True)),
}  # fmt: skip
"""Characters and the LaTeX that they are."""
SUBSCRIPTS: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿˡᵏᵐᵀ", "0123456789+-=()inlkmT", strict=True))
