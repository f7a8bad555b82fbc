r"""LaTeX documents around formulas: fragments for ``\input``, standalone documents, and plain text made safe."""

from __future__ import annotations

from collections.abc import Sequence

_NEEDS = "% needs: \\usepackage{amsmath}"

_ESCAPES = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "%": "\\%", "#": "\\#", "_": "\\_",
    "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$",
    "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "…": "\\ldots{}", "\u00a0": "~",
    "∂": "$\\partial$", "δ": "$\\delta$", "Σ": "$\\Sigma$", "∑": "$\\sum$", "·": "$\\cdot$", "×": "$\\times$",
    "≤": "$\\le$", "≥": "$\\ge$", "≠": "$\\ne$", "∣": "$\\mid$", "⋆": "$\\star$", "∗": "$\\ast$", "−": "$-$",
    "⌊": "$\\lfloor$", "⌋": "$\\rfloor$", "⌈": "$\\lceil$", "⌉": "$\\rceil$", "⊗": "$\\otimes$", "→": "$\\to$",
    "∈": "$\\in$", "′": "$'$", "ᵀ": "$^\\top$", "⊤": "$\\top$", "φ": "$\\phi$", "∞": "$\\infty$", "ᵢ": "$_i$",
}  # fmt: skip
_TABLE = str.maketrans(_ESCAPES)


def escape_text(text: str) -> str:
    r"""Plain text as LaTeX text, in paragraphs or inside ``\text{…}``; mathematical characters become mathematics.

    >>> print(escape_text("50% of x_1 & δ ≤ 3"))
    50\% of x\_1 \& $\delta$ $\le$ 3
    """
    return text.translate(_TABLE)


def display(body: str) -> str:
    r"""A formula as displayed mathematics: ``align*`` stays as it is, anything else goes between ``\[`` and ``\]``."""
    return body if body.startswith("\\begin{align*}") else f"\\[\n{body}\n\\]"


def fragment(body: str) -> str:
    r"""Text to ``\input`` into any document that loads amsmath; it loads nothing and changes nothing outside itself.

    >>> print(fragment("x = 1"))
    % needs: \usepackage{amsmath}
    \begingroup\allowdisplaybreaks
    x = 1
    \endgroup
    <BLANKLINE>
    """
    return f"{_NEEDS}\n\\begingroup\\allowdisplaybreaks\n{body}\n\\endgroup\n"


def standalone(bodies: Sequence[str], title: str | None = None) -> str:
    r"""A complete article at 10pt with the bodies one after another; ``title`` is plain text.

    It needs what every TeX has (``amsmath``), and lets long derivations continue on the next page.
    """
    head = ["\\documentclass[10pt]{article}", "\\usepackage{amsmath}", "\\allowdisplaybreaks"]
    body = ["\\begin{document}"]
    if title is not None:
        head += [f"\\title{{{escape_text(title)}}}", "\\author{}", "\\date{}"]
        body.append("\\maketitle")
    for part in bodies:
        # A blank line before a display would leave an empty paragraph above it.
        body += [part] if part.startswith(("\\begin{align*}", "\\[")) else ["", part]
    return "\n".join([*head, *body, "\\end{document}", ""])
