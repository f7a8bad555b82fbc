r"""What stands inside ``\text{…}``: words, and mathematics between dollars."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symconv.parse.errors import ReadError

_ESCAPES = {
    "\\textbackslash{}": "\\", "\\textasciicircum{}": "^", "\\textasciitilde{}": "~", "\\ldots{}": "…", "\\dots": "…",
    "\\ldots": "…", "$<$": "<", "$>$": ">", "$|$": "|", "``": "“", "''": "”", "`": "‘", "---": "—", "--": "–",
    "$\\partial$": "∂", "$\\delta$": "δ", "$\\Sigma$": "Σ", "$\\sum$": "∑", "$\\cdot$": "·", "$\\times$": "×",
    "$\\le$": "≤", "$\\ge$": "≥", "$\\ne$": "≠", "$\\mid$": "∣", "$\\star$": "⋆", "$\\ast$": "∗", "$-$": "−",
    "$\\lfloor$": "⌊", "$\\rfloor$": "⌋", "$\\lceil$": "⌈", "$\\rceil$": "⌉", "$\\otimes$": "⊗", "$\\to$": "→",
    "$\\in$": "∈", "$'$": "′", "$^\\top$": "ᵀ", "$\\top$": "⊤", "$\\varphi$": "φ", "$\\phi$": "φ",
    "$\\infty$": "∞", "$_i$": "ᵢ",
    "\\$": "$", "\\{": "{", "\\}": "}", "\\&": "&", "\\%": "%", "\\#": "#", "\\_": "_", "\\ ": " ", "\\,": " ",
    "\\;": " ", "\\:": " ", "\\!": "", "\\quad": " ", "\\qquad": " ", "~": " ", "'": "’",
}  # fmt: skip
"""The inverse of what the LaTeX writer does to plain text, and the usual spacing."""
_PART = re.compile(
    "|".join(
        re.escape(key) + ("(?![A-Za-z])" if key[-1].isalpha() else "")
        for key in sorted(_ESCAPES, key=len, reverse=True)
    )
    + r"|(?P<math>\$(?:[^$\\]|\\.)*\$)|(?P<space>\s+)|(?P<bad>\\[A-Za-z]+|\\.|\$|[#%&^_])|(?P<brace>[{}])|(?P<plain>.)"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Words, or the source ``start:end`` of mathematics."""

    text: str
    start: int
    end: int
    mathematics: bool = False


def split_text(source: str, start: int, end: int) -> list[Part]:
    r"""The parts of the text ``source[start:end]``; blanks at both ends are kept.

    >>> [part.text for part in split_text(r"if $x$ or 5\%", 0, 13)]
    ['if ', 'x', ' or 5%']
    """
    parts: list[Part] = []
    words: list[str] = []
    begin = at = start
    while at < end:
        match = _PART.match(source, at, end)
        assert match is not None
        if match.lastgroup == "math":
            if words:
                parts.append(Part("".join(words), begin, at))
            parts.append(Part(match.group()[1:-1], at + 1, match.end() - 1, True))
            words, begin = [], match.end()
        elif match.lastgroup == "bad":
            raise ReadError(source, at, f"{match.group()} is not understood inside \\text{{…}}; write words, or $…$")
        elif match.lastgroup == "space":
            words.append(" ")
        elif match.lastgroup != "brace":
            words.append(_ESCAPES.get(match.group(), match.group()))
        at = match.end()
    if words or not parts:
        parts.append(Part("".join(words), begin, end))
    return parts
