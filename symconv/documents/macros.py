"""Macros without arguments that a document defines, put in by substitution of text, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symconv.documents.items import Rewritten

DEEPEST = 50
LARGEST = 20_000
DEFINITION = re.compile(
    r"\\(?P<how>newcommand|renewcommand|providecommand|DeclareMathOperator|def|gdef)(?![A-Za-z])\*?\s*"
    r"(?:\{\s*(?P<braced>\\[A-Za-z]+)\s*\}|(?P<bare>\\[A-Za-z]+))\s*(?P<arguments>\[[^{}]*|#[^{}]*)?(?=\{)"
)
_NAME = re.compile(r"\\([A-Za-z]+)|\\[^A-Za-z]|%[^\n]*")
_BRACE = re.compile(r"\\(?s:.)|[{}]")
_TAKES = re.compile(r"(?:[_^]|\\(?:[dtc]?frac|sqrt|bar|hat|tilde|vec|dot|overline|widehat|widetilde|math[a-z]+))\s*\Z")
_FRACTION = re.compile(r"\\[dtc]?frac\s*\Z")


def brace_end(text: str, start: int, longest: int = 10_000) -> int | None:
    """Where the group ends that the brace at ``start`` opens; None if it is not closed.

    >>> brace_end("{a{b}}c", 0)
    6
    """
    depth = 0
    for step in _BRACE.finditer(text, start, min(len(text), start + longest)):
        depth += {"{": 1, "}": -1}.get(step.group(), 0)
        if depth == 0:
            return step.end()
        if depth > DEEPEST:
            return None
    return None


@dataclass
class Macros:
    """The macros known so far, in the order of the document: a later definition replaces an earlier one."""

    bodies: dict[str, str] = field(default_factory=dict)

    def define(self, text: str, match: re.Match[str]) -> int:
        r"""Learn the definition that was matched, and say where it ends; one with arguments is only passed over.

        >>> macros = Macros()
        >>> macros.define(r"\newcommand{\dL}{\partial L}", DEFINITION.match(r"\newcommand{\dL}{\partial L}"))
        28
        >>> macros.expand(r"\frac{\dL}{x}").text
        '\\frac{\\partial L}{x}'
        """
        end = brace_end(text, match.end())
        if end is None:
            return match.end()
        name, body = (match["braced"] or match["bare"])[1:], text[match.end() + 1 : end - 1]
        if match["how"] == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        if match["arguments"]:
            self.bodies.pop(name, None)
        elif match["how"] != "providecommand" or name not in self.bodies:
            self.bodies[name] = re.sub(r"\\xspace(?![A-Za-z])|\\ensuremath(?![A-Za-z])\s*", "", body).strip()
        return end

    def expand(self, text: str) -> Rewritten:
        """The text with the macros put in; as it is where that would become too long or deep."""
        if not self.bodies:
            return Rewritten(text)
        known: dict[str, str | None] = {}
        written, at = "", 0
        parts: list[tuple[int, int, bool]] = []
        for match in _NAME.finditer(text):
            if match[1] not in self.bodies:
                continue
            body = self._body(match[1], DEEPEST, known)
            if body is None or len(written) + len(body) > LARGEST:
                return Rewritten(text)
            parts.append((len(written), at, True))
            written += text[at : match.start()]
            if _is_argument(written[-2000:]):
                body = f"{{{body}}}"
            elif re.search(r"\\[A-Za-z]+\Z", body) and text[match.end() : match.end() + 1].isalpha():
                body += " "
            parts.append((len(written), match.start(), False))
            written += body
            at = match.end()
        return Rewritten(written + text[at:], (*parts, (len(written), at, True)))

    def _body(self, name: str, depth: int, known: dict[str, str | None]) -> str | None:
        """The body with the macros in it put in, too; None beyond the bounds (a macro that contains itself, say)."""
        if name in known:
            return known[name]
        known[name] = None  # what a macro finds that is met again inside itself
        body, written, at = self.bodies[name], "", 0
        for match in _NAME.finditer(body):
            if match[1] in self.bodies:
                inner = self._body(match[1], depth - 1, known) if depth else None
                if inner is None or len(written) + len(inner) > LARGEST:
                    return None
                written += body[at : match.start()] + inner
                at = match.end()
        known[name] = written + body[at:]
        return known[name]


def _is_argument(before: str) -> bool:
    r"""Whether TeX takes what comes next as one argument: after ``_``, ``\frac`` or ``\frac{…}``, say."""
    if _TAKES.search(before):
        return True
    before = before.rstrip()
    if not before.endswith("}"):
        return False
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += {"}": 1, "{": -1}.get(before[at], 0)
        if depth == 0:
            return _FRACTION.search(before[:at]) is not None
    return False
