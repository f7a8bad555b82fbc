"""Reads a size expression such as ``2k+1`` or ``n_{H_{prev}}`` into an affine form; nothing is evaluated.

Grammar: sums and products (``*``, ``\\cdot`` or juxtaposition) of integers, names, parentheses, non-negative integer
powers; ``a/b`` is an exact quotient, ``a//b`` and ``\\lfloor a/b \\rfloor`` are floors, ``\\lceil a/b \\rceil``
ceilings. A name is a letter, a word or a LaTeX command with optional scripts; ``k1`` is read as ``k_1``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from symconv.errors import SizeError
from symconv.index.affine import Affine, Quotient, exact_div, floor_div, quotient

MAX_LENGTH, MAX_DEPTH, MAX_INTEGER, MAX_POWER, MAX_TERMS = 200, 20, 10**9, 4, 200
EXAMPLE = "write for example 3, s, k_1 or 2k+1"
_WORD = re.compile(r"\\[A-Za-z]+|[A-Za-z]+")
_SPACE = re.compile(r"(?:\s|\\[,;! ]|\\left(?![A-Za-z])|\\right(?![A-Za-z]))*")
_DIGITS, _ENTRY, _POWER = re.compile(r"[0-9]+"), re.compile(r"\[([0-9]{1,2})\]"), re.compile(r"\^\s*\{?\s*[0-9]")
STYLES = frozenset(
    {r"\tilde", r"\hat", r"\bar", r"\vec", r"\mathbf", r"\mathit", r"\mathrm", r"\mathcal", r"\boldsymbol"}
    | {r"\text", r"\textrm", r"\textit", r"\operatorname"}
)
_TIMES = re.compile(r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|\*")


def read_size(text: str, option: str) -> Affine:
    """The affine form that ``text`` means; ``option`` names where it stood, for the error.

    >>> str(read_size("2(k_1 - 1)d", "padding"))
    '-2*d + 2*d*k_1'
    """
    if len(text) > MAX_LENGTH:
        raise SizeError(f"{option}: a size expression has at most {MAX_LENGTH} characters, this one has {len(text)}")
    reader = _Reader(text, option)
    value = reader.sum(0)
    if reader.peek():
        reader.fail(f"unexpected {reader.peek()!r}")
    return value


@dataclass(slots=True)
class _Reader:
    text: str
    option: str
    at: int = 0

    def fail(self, what: str) -> None:
        shown = self.text if self.text.isprintable() else ascii(self.text)
        raise SizeError(f"{self.option}: {shown!r} is not a size expression: {what} at column {self.at + 1}; {EXAMPLE}")

    def peek(self) -> str:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def take(self, token: str) -> bool:
        self.peek()
        if self.text.startswith(token, self.at) and not (
            token.startswith("\\") and self.text[self.at + len(token) : self.at + len(token) + 1].isalpha()
        ):
            self.at += len(token)
            return True
        return False

    def sum(self, depth: int) -> Affine:
        if depth > MAX_DEPTH:
            self.fail(f"more than {MAX_DEPTH} nested parentheses")
        self.take("+")
        value = self.product(depth)
        while True:
            if self.take("+"):
                value = value + self.product(depth)
            elif self.take("-"):
                value = value - self.product(depth)
            else:
                return value
            if len(value.terms) > MAX_TERMS:
                self.fail(f"more than {MAX_TERMS} terms")

    def product(self, depth: int) -> Affine:
        if self.take("-"):
            return -self.product(depth)
        value = self.power(depth)
        while True:
            head = self.peek()
            times = _TIMES.match(self.text, self.at)
            if times:
                self.at = times.end()
                value = value * self.power(depth)
            elif self.take("//"):
                value = floor_div(value, self.divisor(depth))
            elif self.take("/"):
                value = exact_div(value, self.divisor(depth))
            elif head == "(" or (
                ((head.isascii() and head.isalnum()) or head == "\\")
                and not self.text.startswith((r"\rfloor", r"\rceil"), self.at)
            ):
                value = value * self.power(depth)
            else:
                return value
            if len(value.terms) > MAX_TERMS:
                self.fail(f"more than {MAX_TERMS} terms")

    def divisor(self, depth: int) -> Affine:
        value = self.power(depth)
        constant = value.constant
        if constant is not None and constant < 1:
            self.fail("a divisor must be at least 1")
        return value

    def power(self, depth: int) -> Affine:
        value = self.primary(depth)
        if self.take("^"):
            braces = self.take("{")
            exponent = self.integer()
            if braces and not self.take("}"):
                self.fail("expected '}'")
            if exponent > MAX_POWER:
                self.fail(f"a power above {MAX_POWER}")
            value = value**exponent
        return value

    def primary(self, depth: int) -> Affine:
        head = self.peek()
        if self.take("("):
            return self.closed(depth, ")")
        if self.take(r"\lfloor"):
            return _rounded(self.closed(depth, r"\rfloor"), "floor")
        if self.take(r"\lceil"):
            return _rounded(self.closed(depth, r"\rceil"), "ceil")
        if head.isascii() and head.isdigit():
            return Affine.of(self.integer())
        word = _WORD.match(self.text, self.at)
        if word is None:
            self.fail("expected a number, a name or '('")
            raise AssertionError
        return Affine.of(self.name(word))

    def closed(self, depth: int, close: str) -> Affine:
        value = self.sum(depth + 1)
        if not self.take(close):
            self.fail(f"expected {close!r}")
        return value

    def integer(self) -> int:
        self.peek()
        match = re.compile(r"[0-9]+").match(self.text, self.at)
        if match is None:
            self.fail("expected an integer")
            raise AssertionError
        if len(match[0]) > 10 or int(match[0]) > MAX_INTEGER:
            self.fail(f"an integer above {MAX_INTEGER}")
        self.at = match.end()
        return int(match[0])

    def name(self, word: re.Match[str]) -> str:
        name = self.styled(word)
        digits = _DIGITS.match(self.text, self.at)
        if digits:
            self.at = digits.end()
            return f"{name}{_script('_', digits[0])}"
        entry = _ENTRY.match(self.text, self.at)
        if entry:  # stride[0], as code writes it
            self.at = entry.end()
            return f"{name}{_script('_', entry[1])}"
        while self.at < len(self.text) and self.text[self.at] in "_^'":
            mark = self.text[self.at]
            if mark == "'":
                name, self.at = name + "'", self.at + 1
                continue
            if mark == "^" and _POWER.match(self.text, self.at):
                break
            self.at += 1
            name += _script(mark, self.script())
        return name

    def styled(self, word: re.Match[str]) -> str:
        """A word, or an accent or style with its argument: ``\\tilde n``, ``\\mathrm{out}``."""
        self.at = word.end()
        if word[0] not in STYLES:
            return word[0]
        self.peek()
        if self.text.startswith("{", self.at):
            return f"{word[0]}{{{self.group()}}}"
        letter = re.compile(r"[A-Za-z]|\\[A-Za-z]+").match(self.text, self.at)
        if letter is None:
            self.fail(f"expected what {word[0]} stands above or styles")
            raise AssertionError
        self.at = letter.end()
        return f"{word[0]}{{{letter[0]}}}"

    def script(self) -> str:
        """What stands in a subscript or superscript: one word or digit run, or a balanced group."""
        word = _WORD.match(self.text, self.at)
        if word and word[0] in STYLES:
            return self.styled(word)
        plain = re.compile(r"\\[A-Za-z]+|[A-Za-z0-9]+").match(self.text, self.at)
        if plain:
            self.at = plain.end()
            return plain[0]
        return self.group()

    def group(self) -> str:
        """The inside of a balanced group in braces."""
        start, depth = self.at + 1, 0
        for position in range(self.at, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[position], 0)
            if depth == 0 and position > self.at:
                inner = self.text[start:position]
                if not re.fullmatch(r"[A-Za-z0-9_{},' \\+\-()\[\]^]+", inner):
                    break
                self.at = position + 1
                return inner
            if depth == 0:
                break
        self.fail("expected a name or a group in braces")
        raise AssertionError


def _script(mark: str, body: str) -> str:
    return f"{mark}{body}" if len(body) == 1 else f"{mark}{{{body}}}"


def _rounded(value: Affine, rounding: Literal["floor", "ceil"]) -> Affine:
    """⌊a/b⌋ or ⌈a/b⌉, where a/b was read as an exact quotient; an integer is its own floor."""
    whole = Affine.of(0)
    for monomial, factor in value.terms:
        atom = monomial[0] if len(monomial) == 1 else None
        if isinstance(atom, Quotient) and atom.rounding == "exact" and factor == 1:
            whole = whole + quotient(atom.num, atom.den, rounding)
        else:
            whole = whole + Affine(((monomial, factor),))
    return whole
