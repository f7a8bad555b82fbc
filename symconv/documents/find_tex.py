"""Formulas and bindings in a LaTeX document; comments, verbatim text and the preamble hold no formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symconv.documents.delimiters import ENVIRONMENTS, Ahead, Span, closing_dollar, enclosed, inner_span
from symconv.documents.items import Formula, Item, Remark
from symconv.documents.macros import DEFINITION, Macros, brace_end

VERBATIM = frozenset(
    ["verbatim", "Verbatim", "BVerbatim", "LVerbatim", "alltt", "lstlisting", "minted", "comment", "filecontents"]
)
_TOKEN = re.compile(
    r"""(?P<comment>%[^\n]*)
      | (?P<end>\\end\s*\{document\})
      | (?P<begin>\\begin\s*\{\s*[A-Za-z]+\*?\s*\})
      | (?P<never>\\iffalse(?![A-Za-z]))
      | (?P<verb>\\(?:verb\*?|lstinline|mintinline)(?![A-Za-z]))
      | (?P<address>\\(?:url|href|includegraphics|input|include)(?![A-Za-z])\s*(?:\[[^\]\n]*\])?\s*(?=\{))
      | (?P<open>\\\[|\\\()
      | (?P<escaped>\\[^A-Za-z])
      | (?P<word>\\[A-Za-z]+)
      | (?P<dollar>\$\$?)""",
    re.VERBOSE,
)
_BINDING = re.compile(r"%+[ \t]*symconv[ \t]*:[ \t]*([^\n]*)")
_COMMENT = re.compile(r"\\(?s:.)|%[^\n]*")
_VERB = re.compile(
    r"(?:\[[^\]\n]*\])?(?:\{[A-Za-z]+\}(?=[{|!]))?(?:\{[^{}\n]*\}|(?P<mark>[^\sA-Za-z*])[^\n]*?(?P=mark))"
)
_NEVER = re.compile(r"\\fi(?![A-Za-z])")


def find_tex(text: str) -> list[Item]:
    r"""The formulas and bindings of a LaTeX text, in order.

    >>> for item in find_tex("% symconv: conv1d\n\\[ O_i = x \\] and $a$ % $b$"):
    ...     print(type(item).__name__, item.start, item.text)
    Remark 11 conv1d
    Formula 21 O_i = x
    Formula 37 a
    """
    found: list[Item] = []
    for item in _walk(text, Macros()):
        if item is None:
            found = [earlier for earlier in found if isinstance(earlier, Remark)]
        else:
            found.append(item)
    return found


def _walk(text: str, macros: Macros) -> Iterator[Item | None]:
    """The items; None where the document's body begins, before which there are no formulas."""
    at, ahead = 0, Ahead(text)
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        kind, sign = token.lastgroup, token.group()
        span: Span | None = None
        if kind == "end":
            return
        if kind == "comment":
            yield from _remarks(text, token.start(), at)
        elif kind == "begin":
            name = sign[sign.index("{") + 1 : -1].strip().rstrip("*")
            if name == "document":
                yield None
            elif name in ENVIRONMENTS:
                span = enclosed(ahead, token, tex=True)
            elif name in VERBATIM:
                at = _after(re.compile(r"\\end\s*\{" + name + r"\*?\}"), text, at)
        elif kind == "open":
            span = enclosed(ahead, token, tex=True)
        elif kind == "dollar":
            at, span = _dollars(text, token.start(), sign)
        elif kind in ("never", "verb", "address"):
            at = _passed(kind, text, at)
        elif kind == "word":
            definition = DEFINITION.match(text, token.start())
            at = macros.define(text, definition) if definition else at
        if span is not None:
            at = span.after
            source = text[span.start : span.end]
            yield from _remarks(text, span.start, span.end)
            yield Formula(source, span.start, span.display, macros.expand(source))


def _dollars(text: str, start: int, sign: str) -> tuple[int, Span | None]:
    """Where to go on, and the formula, if there is one."""
    begin = start + len(sign)
    end = closing_dollar(text, begin, sign, tex=True)
    if end is None:
        return begin, None
    after = end + len(sign)
    return after, inner_span(text, begin, end, after, display=len(sign) == 2)


def _remarks(text: str, start: int, end: int) -> Iterator[Remark]:
    """The bindings in the comments of a part of the text; one inside a display counts for that display, too."""
    for comment in _COMMENT.finditer(text, start, end):
        match = _BINDING.match(text, comment.start())
        if match is not None:
            yield Remark(match[1].rstrip(), match.start(1))


def _passed(kind: str, text: str, at: int) -> int:
    r"""The end of what holds no mathematics: ``\verb|…|``, an address, what ``\iffalse`` hides."""
    if kind == "never":
        return _after(_NEVER, text, at)
    if kind == "address":
        return brace_end(text, at) or at
    match = _VERB.match(text, at)
    return match.end() if match else at


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.search(text, at)
    return match.end() if match else len(text)
