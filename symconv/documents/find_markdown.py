"""Formulas and bindings in Markdown (GitHub's and Pandoc's rules); code and HTML comments hold no formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symconv.documents.delimiters import ENVIRONMENTS, LONGEST, Ahead, Span, closing_dollar, enclosed, inner_span
from symconv.documents.items import Formula, Item, Remark, Rewritten
from symconv.documents.macros import DEFINITION, Macros

LONGEST_CODE = 2_000
"""Characters of the longest code in a line of text."""
_TOKEN = re.compile(
    r"""(?P<comment><!--)
      | (?P<html><(?P<tag>pre|code|script|style)\b)
      | (?P<fence>^(?:[ \t>]|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*(?P<ticks>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)$)
      | (?P<code>`+)
      | (?P<begin>\\begin\s*\{\s*(?P<name>[A-Za-z]+)\*?\s*\})
      | (?P<open>\\{1,2}[\[(])
      | (?P<escaped>\\[^A-Za-z\n])
      | (?P<dollar>\$\$?)""",
    re.VERBOSE | re.MULTILINE,
)
_BINDING = re.compile(r"<!--+\s*symconv\s*:\s*(.*?)\s*--+>", re.DOTALL)
_MATH = re.compile(r"\s*(?:math|\{math\})\s*\Z", re.IGNORECASE)
_MYST_OPTION = re.compile(r"\s*:[a-z-]+:[^\n]*\n")
_QUOTED = re.compile(r"^[ \t]*>(?:[ \t]*>)*", re.MULTILINE)
_QUOTED_LATER = re.compile(r"(?<=\n)[ \t]*>(?:[ \t]*>)*")
_LIST = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]|\Z)")


def find_markdown(text: str, start: int = 0, macros: Macros | None = None) -> list[Item]:
    r"""The formulas and bindings of a Markdown text from ``start`` on, in order.

    >>> for item in find_markdown("<!-- symconv: conv1d -->\nFor $5 or $6: `$a$`, $b = 1$.\n\n$$\nO_i = x\n$$\n"):
    ...     print(type(item).__name__, item.start, item.text)
    Remark 14 conv1d
    Formula 47 b = 1
    Formula 59 O_i = x
    """
    macros = Macros() if macros is None else macros
    return list(_walk(text, start, macros))


def _walk(text: str, at: int, macros: Macros) -> Iterator[Item]:
    ahead, code = Ahead(text), iter(_indented_code(text))
    block = next(code, None)
    while (token := _TOKEN.search(text, at)) is not None:
        while block is not None and block[1] <= token.start():
            block = next(code, None)
        if block is not None and block[0] <= token.start():
            at = block[1]
            continue
        at, span = token.end(), None
        if token["comment"]:
            binding = _BINDING.match(text, token.start())
            if binding is not None:
                yield Remark(binding[1], binding.start(1))
            at = _after("-->", ahead, at)
        elif token["html"]:
            at = _after(f"</{token['tag']}", ahead, at)
        elif token["fence"] is not None:
            at, span = _fence(text, token)
        elif token["begin"]:
            span = enclosed(ahead, token, tex=False) if token["name"] in ENVIRONMENTS else None
        elif token["open"]:
            span = enclosed(ahead, token, tex=False)
        elif token["code"] or token["dollar"]:
            at, span = _code(text, token) if token["code"] else _dollars(text, token)
        if span is not None:
            at = span.after
            yield from _formula(text, span, macros, quoted=_is_quoted(text, token.start()))


def _is_quoted(text: str, at: int) -> bool:
    """Whether the line belongs to a quotation: its ``>`` and those of the lines after it are no signs of a formula."""
    return text[text.rfind("\n", 0, at) + 1 : at + 1].lstrip(" \t").startswith(">")


def _formula(text: str, span: Span, macros: Macros, *, quoted: bool) -> Iterator[Formula]:
    """The formula, as MathJax reads it: macros that it defines are known from there on."""
    start, source = span.start, text[span.start : span.end]
    plain = source
    if quoted:
        begins = not text[text.rfind("\n", 0, start) + 1 : start].strip()
        marks = _QUOTED if begins else _QUOTED_LATER
        plain = marks.sub(lambda match: " " * len(match.group()), source)
        lead = len(plain) - len(plain.lstrip())
        plain = plain.strip()
        start, source = start + lead, source[lead : lead + len(plain)]
    while (definition := DEFINITION.search(plain)) is not None:
        end = macros.define(plain, definition)
        plain = plain[: definition.start()] + " " * (end - definition.start()) + plain[end:]
    if plain.strip():
        reading = Rewritten(plain) if not macros.bodies else macros.expand(plain)
        yield Formula(source, start, span.display, reading)


def _fence(text: str, token: re.Match[str]) -> tuple[int, Span | None]:
    """Where a fenced block ends, and its formula if it is a ``math`` block."""
    ticks = token["ticks"]
    closer = re.compile(rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.MULTILINE).search(
        text, token.end()
    )
    end, after = closer.span() if closer else (len(text), len(text))
    begin = min(token.end() + 1, end)
    if not _MATH.match(token["info"]):
        return after, None
    while (option := _MYST_OPTION.match(text, begin, end)) is not None:
        begin = option.end()
    return after, inner_span(text, begin, end, after, display=True)


def _code(text: str, token: re.Match[str]) -> tuple[int, None]:
    """Where a span of code ends; backticks that nothing closes are plain text."""
    ticks = token["code"]
    paragraph = re.compile(r"\n[ \t]*\n").search(text, token.end(), token.end() + LONGEST_CODE)
    limit = paragraph.start() if paragraph else min(len(text), token.end() + LONGEST_CODE)
    closer = re.compile(rf"(?<!`){ticks}(?!`)").search(text, token.end(), limit)
    return (closer.end() if closer else token.end()), None


def _dollars(text: str, token: re.Match[str]) -> tuple[int, Span | None]:
    """Where to go on, and the formula, if there is one."""
    sign, begin = token["dollar"], token.end()
    if len(sign) == 1 and text.startswith("`", begin):
        end = text.find("`$", begin + 1, begin + LONGEST)
        if end > 0 and "\n\n" not in text[begin:end]:
            return end + 2, inner_span(text, begin + 1, end, end + 2, display=False)
    if len(sign) == 1 and text[begin : begin + 1].isspace():
        return begin, None
    close = closing_dollar(text, begin, sign, tex=False)
    after = begin if close is None else close + len(sign)
    if close is None or (len(sign) == 1 and _is_price(text, begin, close)):
        return begin, None
    return after, inner_span(text, begin, close, after, display=len(sign) == 2)


def _is_price(text: str, begin: int, close: int) -> bool:
    """``$5 and $6`` is no formula, and code such as `` `$a` `` goes before dollars."""
    return text[close - 1].isspace() or text[close + 1 : close + 2].isdigit() or "`" in text[begin:close]


def _indented_code(text: str) -> Iterator[tuple[int, int]]:
    """The lines of code that are only indented: by four spaces, after a blank line, and not in a list."""
    at, blank, in_list = 0, True, False
    for line in text.split("\n"):
        empty = not line.strip()
        if _LIST.match(line):
            in_list = True
        elif not empty and blank and line[0] not in " \t":
            in_list = False
        if not empty and blank and not in_list and line.startswith(("    ", "\t")):
            yield at, at + len(line)
        elif not empty:
            blank = False
        blank = blank or empty
        at += len(line) + 1


def _after(words: str, ahead: Ahead, at: int) -> int:
    """The end of these words; where they do not come, nothing is passed over."""
    end = ahead.find(words, at)
    return end + len(words) if end < len(ahead.text) else at
