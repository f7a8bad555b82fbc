"""What the names in layout boxes stand for: characters, kinds of signs and delimiters.

Names are LaTeX, because that is what people write; the writers for MathML and for the terminal need the characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from symconv.typeset.layout import BigName, Delimiter, Sign

Kind = Literal[
    "ordinary", "prefix", "binary", "relation", "punctuation", "operator", "function", "open", "close", "space"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glyph:
    """A sign's kind (which decides the space around it) and its character."""

    kind: Kind
    char: str


_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ",
    "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
NAMED = _GREEK | {
    "partial": "∂", "ell": "ℓ", "nabla": "∇", "infty": "∞", "top": "⊤", "emptyset": "∅", "prime": "′", "hbar": "ℏ",
    "imath": "ı", "jmath": "ȷ", "aleph": "ℵ", "Re": "ℜ", "Im": "ℑ",
    "log": "log", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos", "tanh": "tanh", "max": "max", "min": "min",
    "det": "det", "dim": "dim", "ker": "ker", "gcd": "gcd", "arg": "arg",
}  # fmt: skip
_FUNCTIONS = frozenset({"log", "ln", "exp", "sin", "cos", "tanh", "max", "min", "det", "dim", "ker", "gcd", "arg"})

SIGNS = {
    "+": Glyph("binary", "+"), "-": Glyph("binary", "−"), "*": Glyph("binary", "∗"), "\\ast": Glyph("binary", "∗"),
    "\\cdot": Glyph("binary", "·"), "\\times": Glyph("binary", "×"), "\\star": Glyph("binary", "⋆"),
    "\\circ": Glyph("binary", "∘"), "\\odot": Glyph("binary", "⊙"), "\\otimes": Glyph("binary", "⊗"),
    "\\oplus": Glyph("binary", "⊕"), "\\pm": Glyph("binary", "±"), "\\wedge": Glyph("binary", "∧"),
    "\\land": Glyph("binary", "∧"), "\\vee": Glyph("binary", "∨"), "\\lor": Glyph("binary", "∨"),
    "\\bmod": Glyph("binary", "mod"), "\\div": Glyph("binary", "÷"), "\\setminus": Glyph("binary", "∖"),
    "=": Glyph("relation", "="), "<": Glyph("relation", "<"), ">": Glyph("relation", ">"),
    "\\lt": Glyph("relation", "<"), "\\gt": Glyph("relation", ">"), ":=": Glyph("relation", "≔"),
    "\\le": Glyph("relation", "≤"), "\\leq": Glyph("relation", "≤"), "\\leqslant": Glyph("relation", "≤"),
    "\\ge": Glyph("relation", "≥"), "\\geq": Glyph("relation", "≥"), "\\geqslant": Glyph("relation", "≥"),
    "\\ne": Glyph("relation", "≠"), "\\neq": Glyph("relation", "≠"), "\\mid": Glyph("relation", "∣"),
    "\\nmid": Glyph("relation", "∤"), "\\in": Glyph("relation", "∈"), "\\notin": Glyph("relation", "∉"),
    "\\to": Glyph("relation", "→"), "\\gets": Glyph("relation", "←"), "\\mapsto": Glyph("relation", "↦"),
    "\\equiv": Glyph("relation", "≡"), "\\approx": Glyph("relation", "≈"), "\\sim": Glyph("relation", "∼"),
    "\\coloneqq": Glyph("relation", "≔"), "\\Rightarrow": Glyph("relation", "⇒"), "\\iff": Glyph("relation", "⟺"),
    "\\Leftrightarrow": Glyph("relation", "⇔"), "\\subset": Glyph("relation", "⊂"),
    "\\subseteq": Glyph("relation", "⊆"), "\\propto": Glyph("relation", "∝"), ":": Glyph("relation", ":"),
    ",": Glyph("punctuation", ","), ";": Glyph("punctuation", ";"), "\\colon": Glyph("punctuation", ":"),
    ".": Glyph("ordinary", "."), "!": Glyph("ordinary", "!"), "/": Glyph("ordinary", "/"), "|": Glyph("ordinary", "|"),
    "\\dots": Glyph("ordinary", "…"), "\\ldots": Glyph("ordinary", "…"), "\\cdots": Glyph("ordinary", "⋯"),
    "\\vdots": Glyph("ordinary", "⋮"), "\\ddots": Glyph("ordinary", "⋱"), "\\forall": Glyph("ordinary", "∀"),
    "\\exists": Glyph("ordinary", "∃"), "\\neg": Glyph("prefix", "¬"), "\\top": Glyph("ordinary", "⊤"),
    "\\prime": Glyph("ordinary", "′"), "\\partial": Glyph("ordinary", "∂"), "\\infty": Glyph("ordinary", "∞"),
    "\\,": Glyph("space", " "), "\\;": Glyph("space", " "), "\\:": Glyph("space", " "), "\\ ": Glyph("space", " "),
    "\\quad": Glyph("space", "  "), "\\qquad": Glyph("space", "    "), "\\!": Glyph("space", ""),
}  # fmt: skip

# Iverson brackets are written [ … ] everywhere: ⟦ needs packages beyond amsmath, and few terminals have a tall one.
DELIMITERS: dict[Delimiter, str] = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": "{", "}": "}", "|": "|", "": "",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "llbracket": "[", "rrbracket": "]",
    "langle": "⟨", "rangle": "⟩", "Vert": "‖",
}  # fmt: skip

BIG_NAMES: dict[BigName, str] = {
    "sum": "∑", "prod": "∏", "max": "max", "min": "min", "argmax": "arg max", "argmin": "arg min",
}  # fmt: skip

_ACCENTS = {
    "bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "underline": "\u0332",
}  # fmt: skip
_UPRIGHT = frozenset({"mathrm", "operatorname", "text", "textrm", "mathsf", "mathtt"})
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*(?:\{(.*)\}|(\S.*))?\Z", re.DOTALL)
_SCRIPT_EXCEPTIONS = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"}
_DOUBLE_EXCEPTIONS = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol's name as characters: its text, the accents over it (combining characters), upright or italic."""

    text: str
    accents: tuple[str, ...] = ()
    upright: bool = False
    function: bool = False


@lru_cache(maxsize=4096)
def read_name(name: str) -> Name:
    r"""A LaTeX name as characters; what is not understood stays as it is written.

    >>> read_name("\\bar{\\delta}")
    Name(text='δ', accents=('̄',), upright=False, function=False)
    """
    found = _COMMAND.match(name)
    if found is None:
        return Name(name)
    command, braced, bare = found.groups()
    argument = braced if braced is not None else bare
    if argument is None:
        function = command in _FUNCTIONS
        return Name(NAMED.get(command, command), upright=function or command in ("partial", "top"), function=function)
    if command in _ACCENTS:
        inner = read_name(argument)
        return Name(inner.text, (*inner.accents, _ACCENTS[command]), inner.upright)
    if command in _UPRIGHT:
        return Name(argument.replace("\\,", " ").replace("\\_", "_"), upright=True, function=command == "operatorname")
    inner = read_name(argument)
    return Name("".join(_styled(char, command) for char in inner.text), inner.accents, inner.upright)


def _styled(char: str, command: str) -> str:
    if not (char.isascii() and char.isalnum()):
        return char
    if command == "mathcal":
        return _SCRIPT_EXCEPTIONS.get(char) or _offset(char, 0x1D49C, 0x1D4B6, None)
    if command == "mathbb":
        return _DOUBLE_EXCEPTIONS.get(char) or _offset(char, 0x1D538, 0x1D552, 0x1D7D8)
    if command in ("mathbf", "boldsymbol", "bm", "textbf"):
        return _offset(char, 0x1D400, 0x1D41A, 0x1D7CE)
    return char


def _offset(char: str, upper: int, lower: int, digit: int | None) -> str:
    if char.isupper():
        return chr(upper + ord(char) - ord("A"))
    if char.islower():
        return chr(lower + ord(char) - ord("a"))
    return char if digit is None else chr(digit + ord(char) - ord("0"))


def glyph(sign: Sign) -> Glyph:
    """The sign's kind and character; a sign that the table does not know is taken as a binary operator."""
    known = SIGNS.get(sign.name)
    return known if known is not None else Glyph("binary", NAMED.get(sign.name.lstrip("\\"), sign.name.lstrip("\\")))


_SUBSCRIPTS = str.maketrans("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
_SUPERSCRIPTS = str.maketrans(
    "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδφχ⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵠᵡᵀ",
)


def subscript(text: str) -> str | None:
    """The text in subscript characters, or None where one is missing.

    >>> subscript("k−1"), subscript("i,j")
    ('ₖ₋₁', None)
    """
    return text.translate(_SUBSCRIPTS) if all(ord(char) in _SUBSCRIPTS for char in text) else None


def superscript(text: str) -> str | None:
    """The text in superscript characters, or None where one is missing."""
    return text.translate(_SUPERSCRIPTS) if all(ord(char) in _SUPERSCRIPTS for char in text) else None
