r"""A name as written in LaTeX (``k_1``, ``x^{l}``, ``n_{H_{prev}}``, ``(I*K)``) as boxes."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from symconv.errors import SymconvError
from symconv.typeset.layout import Box, Delimiter, Fence, Number, Row, Script, Sign, Symbol, row

_TOKEN = re.compile(r"\s*(\\[A-Za-z]+|\\_|[A-Za-z]+|[0-9]+|[_^{}()\[\]'+\-*,])")
_STYLES = frozenset(
    {r"\mathbf", r"\mathrm", r"\mathit", r"\mathsf", r"\mathcal", r"\boldsymbol"}
    | {r"\text", r"\textrm", r"\textit", r"\operatorname"}
    | {r"\bar", r"\hat", r"\tilde", r"\vec", r"\overline"}
)
_FENCES: dict[str, tuple[Delimiter, Delimiter]] = {"(": ("(", ")"), "[": ("[", "]")}
_SIGNS = {"*": r"\ast", "+": "+", "-": "-", ",": ","}


@lru_cache(maxsize=1024)
def name_box(name: str) -> Box:
    r"""The boxes of a name; a :class:`SymconvError` where it is not one.

    >>> name_box(r"x^{l}")
    Script(base=Symbol(name='x', primes=0), sub=None, sup=Symbol(name='l', primes=0))
    >>> name_box("m'")
    Symbol(name='m', primes=1)
    """
    return _Names(name).read()


class _Names:
    """A recursive reader of names; positions only move forward, so it ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error(f"{text[position]!r} cannot stand in a name")
            self.tokens.append(match.group(1))
            position = match.end()
        self.position = 0

    def read(self) -> Box:
        box = self._sequence("")
        if self._peek():
            raise self._error(f"{self._peek()!r} is one too many")
        return box

    def _error(self, what: str) -> SymconvError:
        return SymconvError(f"the name {self.text!r} is not a LaTeX name such as k_1, x^{{l}} or \\mathbf{{I}}: {what}")

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise self._error("it ends too early")
        self.position += 1
        return token

    def _sequence(self, close: str) -> Box:
        items: list[Box] = []
        while self._peek() not in ("", "}", ")", "]"):
            items.append(self._scripted())
        if close and self._next() != close:
            raise self._error(f"{close!r} is missing")
        if not items:
            raise self._error("something is empty")
        return row(*items)

    def _scripted(self) -> Box:
        base = self._atom()
        sub: Box | None = None
        sup: Box | None = None
        while self._peek() in ("'", "_", "^"):
            kind = self._next()
            if kind == "'":
                base = primed(base, 1)
            elif kind == "_" and sub is None:
                sub = self._argument()
            elif kind == "^" and sup is None:
                sup = self._argument()
            else:
                raise self._error("a second subscript or superscript")
        return base if sub is None and sup is None else Script(base, sub, sup)

    def _argument(self) -> Box:
        if self._peek() == "{":
            self._next()
            return self._sequence("}")
        return self._atom()

    def _atom(self) -> Box:
        token = self._next()
        if token in _STYLES:
            return Symbol(f"{token}{{{self._letters()}}}")
        if token == "{":
            return self._sequence("}")
        if token in _FENCES:
            opening, closing = _FENCES[token]
            return Fence(opening, self._sequence(closing), closing)
        if token in _SIGNS:
            return Sign(_SIGNS[token])
        if token.isdigit():
            return Number(token)
        if token.startswith("\\") or token.isalpha():
            return Symbol(token)
        raise self._error(f"{token!r} has nothing before it")

    def _letters(self) -> str:
        token = self._next()
        if token != "{":
            return token
        letters = ""
        while self._peek() not in ("", "}"):
            letters += self._next()
        if self._next() != "}" or not letters:
            raise self._error("a style such as \\mathbf needs letters in braces")
        return letters


def primed(box: Box, primes: int) -> Box:
    """The name with that many primes more: they stand at its letter, before any superscript."""
    if not primes:
        return box
    if isinstance(box, Symbol):
        return replace(box, primes=box.primes + primes)
    if isinstance(box, Script):
        return replace(box, base=primed(box.base, primes))
    if isinstance(box, Row):
        return Row((*box.items[:-1], primed(box.items[-1], primes)))
    return Script(box, sup=row(*(Symbol(r"\prime"),) * primes))


def styled(box: Box, style: str) -> Box:
    r"""The name under an accent such as ``\bar``, which covers its letter only."""
    if isinstance(box, Symbol):
        return Symbol(f"{style}{{{box.name}}}", box.primes)
    if isinstance(box, Script):
        return replace(box, base=styled(box.base, style))
    return box
