"""Where a formula ends: the closing dollars, brackets and environments."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 40_000
"""Characters of the longest formula that is looked for; ``verify`` itself reads 20,000."""
DEEPEST = 50
ENVIRONMENTS = frozenset(
    ["equation", "align", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath", "math", "dmath"]
)
_BLANK = r"\n[ \t]*(?=\n)"
_TEX = re.compile(rf"\\(?s:.)|%[^\n]*|\$\$?|[{{}}]|{_BLANK}")
_MARKDOWN = re.compile(rf"\\(?s:.)|\$\$?|[{{}}]|{_BLANK}")


class Ahead:
    """Where words stand next in a text; each part of the text is searched once, so that openings without end are cheap.

    >>> ahead = Ahead("a b b")
    >>> ahead.find("b", 0), ahead.find("b", 3), ahead.find("c", 0)
    (2, 4, 5)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[str, tuple[int, int]] = {}

    def find(self, words: str, at: int) -> int:
        """The next place from ``at`` on; the text's length where there is none."""
        begin, found = self.known.get(words, (0, -1))
        if not begin <= at <= found:
            found = self.text.find(words, at)
            found = len(self.text) if found < 0 else found
            self.known[words] = (at, found)
        return found


_PARAGRAPH = re.compile(r"\n[ \t]*\n|\\end\s*\{document\}")


@dataclass(frozen=True)
class Span:
    """A formula's own text, without what encloses it and the space around it, and where the enclosure ends."""

    start: int
    end: int
    after: int
    display: bool


def inner_span(text: str, start: int, end: int, after: int, *, display: bool) -> Span | None:
    """The span without the space at its ends; None where nothing is left."""
    inner = text[start:end]
    if not inner.strip():
        return None
    return Span(start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip()), after, display)


def closing_dollar(text: str, start: int, sign: str, *, tex: bool) -> int | None:
    r"""Where the ``$`` or ``$$`` stands that closes a formula which begins at ``start``; None if nothing closes it.

    A dollar in braces belongs to a ``\text{…}``, and a formula has no blank line. In TeX ``%`` hides the rest of a
    line; in Markdown the dollars are found before mathematics is read.

    >>> closing_dollar(r"$a \text{ if $b$}$ c", 1, "$", tex=True)
    17

    A ``$$`` in braces closes a display in which a brace was forgotten, if nothing better does: the reader says so.
    """
    depth, forgotten = 0, None
    for step in (_TEX if tex else _MARKDOWN).finditer(text, start, min(len(text), start + LONGEST)):
        token = step.group()
        if token == "{" and depth < DEEPEST:
            depth += 1
        elif token == "}" and depth:
            depth -= 1
        elif token[0] in "{}\n":
            return forgotten
        elif token[0] == "$" and depth == 0:
            return step.start() if token == sign or sign == "$" else forgotten
        elif token == sign == "$$" and forgotten is None:
            forgotten = step.start()
    return forgotten


def closing(ahead: Ahead, start: int, closer: str, *, tex: bool, blank: bool) -> tuple[int, int] | None:
    r"""Where the closer (``\]``, ``\)`` or ``\end{name}``) begins and ends; ``blank``: blank lines may come before it.

    >>> closing(Ahead(r"a \\[1ex] b % \]" + "\n" + r"\] c"), 0, r"\]", tex=True, blank=False)
    (17, 19)
    """
    text = ahead.text
    if ahead.find(closer, start) >= min(start + LONGEST, len(text)):
        return None
    for step in (_TEX if tex else _MARKDOWN).finditer(text, start, min(len(text), start + LONGEST)):
        if step.group()[0] == "\\" and text.startswith(closer, step.start()):
            return step.start(), step.start() + len(closer)
        if step.group()[0] == "\n" and not blank:
            return None
    return None


def enclosed(ahead: Ahead, opening: re.Match[str], *, tex: bool) -> Span | None:
    r"""The formula that ``\[``, ``\(``, ``\\[`` or ``\\(`` opens, or of ``\begin{name}``, which belongs to it."""
    sign = opening.group()
    if sign.startswith("\\begin"):
        name = sign[sign.index("{") + 1 : -1].strip()
        end = closing(ahead, opening.end(), f"\\end{{{name}}}", tex=tex, blank=True)
        if end is None and tex:
            return _unclosed(ahead.text, opening)
        return None if end is None else Span(opening.start(), end[1], end[1], name.rstrip("*") != "math")
    closer = sign[:-1] + {"[": "]", "(": ")"}[sign[-1]]
    end = closing(ahead, opening.end(), closer, tex=tex, blank=sign[-1] == "[")
    if end is None and tex and sign == r"\[":
        return _unclosed(ahead.text, opening)
    return None if end is None else inner_span(ahead.text, opening.end(), end[0], end[1], display=sign[-1] == "[")


def _unclosed(text: str, opening: re.Match[str]) -> Span | None:
    """A display without its end reaches to the next blank line: the reader says what is missing."""
    stop = _PARAGRAPH.search(text, opening.end(), opening.end() + LONGEST)
    last = stop.start() if stop else min(len(text), opening.end() + LONGEST)
    return inner_span(text, opening.start(), last, last, display=True)
