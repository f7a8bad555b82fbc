r"""LaTeX text as tokens: spaces, comments and looks are left out, synonyms made one, everything unknown refused.

Every letter and digit is a token of its own, as in TeX, where ``x_12`` has 1 below and 2 beside, and ``\frac12`` is a
half; the words and numerals are put together later, from tokens that touch each other. A control word always ends
where its letters end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from symconv.parse import tables
from symconv.parse.errors import ReadError, visible
from symconv.parse.words import split_text

MAX_LENGTH = 20_000
_NAME = r"(?:arg(?:\\[,;:!> ]|[~\s])*)?(?:max|min)"
_SPACED = r"\s*(?:\\[,;:!> ]\s*)*"
_LENGTH = r"-?[0-9]*\.?[0-9]+\s*(?:pt|ex|em|mm|cm|in|mu|sp|bp|pc)"
_UPRIGHT = "text|textrm|textit|textbf|textsf|texttt|textnormal|textup|textsc|mbox|hbox"
_BODY = r"\{((?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.)*\})*\})*)\}"
_END = r"(?![A-Za-z])"
_RAW = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("LETTER", r"[A-Za-z]"),
            ("SPACE", r"(?:[ \t\r\n\u00a0\u2000-\u200a\u202f\u3000~]|%[^\n]*)+"),
            ("DIGIT", r"1\s*(?:\\!\s*)+(?:1|l|\\mathrm\s*\{?\s*[1l]\s*\}?)|[0-9]"),
            ("NEWLINE", rf"(?:\\\\|\\(?:newline|cr|tabularnewline){_END})\*?(?:\s*\[\s*{_LENGTH}\s*\])?"),
            ("DOUBLE", r"\[(?:\s*\\!)+\s*\[|\](?:\s*\\!)+\s*\]"),
            ("JOINED", r"\\mathrel\s*\{\s*[+:-]\s*\}\s*=|[+:-]\s*=|\.\.\.|<=|>=|!=|->|\*\*|\\not"
             + _END + r"\s*(?:\\[a-z]+|.)"),
            ("EXTREME", rf"\\(?:(?:operatorname\*?|mathrm|mathop|{_UPRIGHT}|mathsf)\s*\{{\s*{_NAME}\s*\}}"
                        rf"|arg{_SPACED}\\(?:max|min){_END}|mathop\s*\{{\s*\\arg{_SPACED}\\(?:max|min)\s*\}})"),
            ("OPERATOR", r"\\operatorname\*?\s*\{(?:[A-Za-z0-9 -]|\\[,;:! _]|~)+\}"),
            ("TEXT", rf"\\(?:{_UPRIGHT}){_END}\s*{_BODY}"),
            ("COLOR", r"\\(?:text)?color" + _END + r"\s*(?:\[[^\[\]{}]*\]\s*)?\{[^{}\\]*\}"),
            ("REMARK", rf"\\(?:tag\*?|label)\s*{_BODY}"),
            ("BLANK", r"\\[hv]space\*?\s*\{[^{}]*\}|\\[hvm]skip" + _END + rf"\s*{_LENGTH}|\\(?:ref|eqref|cite)" + _END
             + r"\s*\{[^{}]*\}"),
            ("EDGE", r"\\(?:begin|end)\s*\{\s*[A-Za-z]+\*?\s*\}"),
            ("ENTITY", r"&(?:lt|gt|amp|nbsp|quot|#[0-9]+);"),
            ("LITERAL", r"(?:(?<=[,(])|(?<=, ))'[A-Za-z]{2,}'"),
            ("COMMAND", r"\\[A-Za-z]+"),
            ("ESCAPED", r"\\(?s:.)"),
            ("OTHER", r"(?s:.)"),
        )
    )
)  # fmt: skip
_SIZED = re.compile(r"\s*(\\[A-Za-z]+|\\[{}|]|.)", re.DOTALL)
_COLUMNS = re.compile(r"\s*(?:\[[a-z]\]\s*)?\{[lcr|@{}\s,\\;!]*\}")
_COUNT = re.compile(r"\s*\{[0-9]+\}")
_POSITION = re.compile(r"\[[tcbrl]\]")
"""The optional argument of ``aligned`` and its like."""
_WHOLE = (
    (re.compile(r"\s*\\\[(.*)\\\]\s*\Z", re.DOTALL), 1),
    (re.compile(r"\s*\\\((.*)\\\)\s*\Z", re.DOTALL), 1),
    (re.compile(r"\s*\$\$([^$]*)\$\$\s*\Z"), 1),
    (re.compile(r"\s*\$([^$]*)\$\s*\Z"), 1),
)
_PRIMES = {"'": 1, "’": 1, "′": 1, "″": 2, "‴": 3, '"': 2}
_JOINED = {"...": "\\dots", "<=": "\\le", ">=": "\\ge", "!=": "\\ne", "->": "\\to", "**": "**"}
_PLAIN_SIGNS = frozenset("+-*/=<>,;:.!")


@dataclass(frozen=True, slots=True)
class Piece:
    """A token: its type in the grammar, what it says, and the part ``start:end`` of the source that it is."""

    type: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands beside a formula and is no part of it: a tag, a label, the words under a brace."""

    text: str
    start: int
    end: int


def scan(text: str) -> tuple[list[Piece], list[Remark]]:
    r"""The tokens of a formula, with or without ``$ … $``, ``\[ … \]`` or ``\( … \)`` around it.

    >>> [piece.value for piece in scan(r"$x_{i}' \leq \mathbf{y}$")[0]]
    ['x', '_', '{', 'i', '}', "'", '\\le', '\\mathbf', '{', 'y', '}']
    """
    if len(text) > MAX_LENGTH:
        raise ReadError(text[:200], 0, f"a formula has at most {MAX_LENGTH} characters, this one has {len(text)}")
    _refuse_invisible(text)
    start, end = 0, len(text)
    for pattern, group in _WHOLE:
        whole = pattern.match(text)
        if whole is not None:
            start, end = whole.span(group)
            break
    return _Scanner(text).run(start, end)


def _refuse_invisible(text: str) -> None:
    for at, char in enumerate(text):
        if not (char.isprintable() or char in "\n\r\t" or (char.isspace() and char > "\u009f")):
            name = f"the character U+{ord(char):04X}"
            raise ReadError(text, at, f"{name} cannot be seen and is not allowed in a formula: delete it")


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.remarks: list[Remark] = []

    def run(self, start: int, end: int) -> tuple[list[Piece], list[Remark]]:
        return list(self.pieces(start, end)), self.remarks

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        at = start
        while at < end:
            match = _RAW.match(self.text, at, end)
            assert match is not None  # OTHER takes any character
            at = match.end()
            kind, value = _group(match), match.group()
            if kind in ("LETTER", "DIGIT"):
                yield self.letter(kind, value, match.start(), at)
            elif kind == "COMMAND":
                if value in tables.LARGER:
                    piece = self.sized(value, match.start(), end)
                    at = piece.end
                    yield piece
                else:
                    yield from self.command(value, match.start(), at)
            elif kind == "EDGE":
                piece = self.edge(value, match.start(), at, end)
                at = piece.end
                yield piece
            elif kind == "TEXT":
                yield from self.words(match)
            elif kind not in ("SPACE", "COLOR", "BLANK"):
                yield from self.other(kind, value, match.start(), at, end)

    def letter(self, kind: str, value: str, start: int, end: int) -> Piece:
        if len(value) > 1:
            return Piece("LETTER", "\\mathbb{1}", start, end)
        return Piece(kind, value, start, end)

    def other(self, kind: str, value: str, start: int, end: int, limit: int) -> Iterator[Piece]:
        match kind:
            case "NEWLINE":
                yield Piece("NEWLINE", "\\\\", start, end)
            case "DOUBLE":
                opens = value[0] == "["
                yield Piece("OPEN" if opens else "CLOSE", "llbracket" if opens else "rrbracket", start, end)
            case "JOINED":
                yield Piece("SIGN", self.joined(value, start), start, end)
            case "EXTREME":
                yield from self.extreme(value, start, end, limit)
            case "OPERATOR":
                name = re.sub(r"\\[,;:! ]|[~\s]", "", value[value.index("{") + 1 : -1])
                yield Piece("LETTER", f"\\operatorname{{{name}}}", start, end)
            case "REMARK":
                self.remarks.append(Remark(value, start, end))
            case "ENTITY":
                raise ReadError(self.text, start, f"{value} is HTML: write the character itself")
            case "LITERAL":
                yield Piece("TEXT", value[1:-1], start, end)
            case "ESCAPED":
                yield from self.escaped(value, start, end, limit)
            case _:
                yield from self.character(value, start, end)

    def joined(self, value: str, start: int) -> str:
        if value in _JOINED:
            return _JOINED[value]
        if not value.startswith("\\not"):
            return next(char for char in value.removeprefix("\\mathrel") if char in "+:-") + "="
        sign = value[4:].strip()
        if sign not in tables.NEGATED:
            raise ReadError(self.text, start, f"\\not is understood before =, \\in and \\mid, not before {sign}")
        return tables.NEGATED[sign]

    def extreme(self, value: str, start: int, end: int, limit: int) -> Iterator[Piece]:
        """max, min, arg max and arg min in roman letters; as a text only what is used as an operator is one."""
        name = ("argmax" if "max" in value else "argmin") if "arg" in value else ("max" if "max" in value else "min")
        follows = re.compile(r"\s*(?:[_^(\[{]|\\left|\\\{|\\limits)").match(self.text, end, limit)
        if name.startswith("arg") or follows or value.startswith(("\\operatorname", "\\mathop")):
            yield Piece("BIG", name, start, end)
        elif value.startswith(("\\mathrm", "\\mathsf")):
            yield Piece("LETTER", f"{value[:7]}{{{name}}}", start, end)
        else:
            yield Piece("TEXT", value[value.index("{") + 1 : -1], start, end)

    def words(self, match: re.Match[str]) -> Iterator[Piece]:
        r"""A ``\text{…}``; mathematics between dollars inside it belongs to the formula."""
        inner_start = match.start() + match.group().index("{") + 1
        parts = split_text(self.text, inner_start, match.end() - 1)
        for part in parts:
            if part.mathematics:
                yield from self.pieces(part.start, part.end)
            else:
                alone = len(parts) == 1
                start, end = (match.start(), match.end()) if alone else (part.start, part.end)
                yield Piece("TEXT", part.text, start, end)

    def sized(self, command: str, start: int, limit: int) -> Piece:
        match = _SIZED.match(self.text, start + len(command), limit)
        if match is None:
            raise ReadError(self.text, start, f"{command} has no delimiter after it")
        name, side, end = match.group(1), tables.LARGER[command], match.end()
        name = tables.UNICODE.get(name, name)
        name = {"<": "\\langle", ">": "\\rangle"}.get(name, name)
        if side == "middle" and name in tables.BARS:
            return Piece("SIGN", "\\mid", start, end)
        if side in ("left", "right") and name == ".":
            return Piece(side.upper(), "", start, end)
        if side == "either" and name in tables.BARS:
            return Piece("BAR", tables.BARS[name], start, end)
        found = tables.OPENING.get(name) or tables.CLOSING.get(name) or tables.BARS.get(name)
        if found is None or side == "middle":
            raise ReadError(
                self.text,
                match.start(1),
                f"{command} makes a delimiter larger, and {_shown(name)} is none",
            )
        if side in ("left", "right"):
            return Piece(side.upper(), found, start, end)
        opens = side == "open" or (side == "either" and name in tables.OPENING)
        return Piece("OPEN" if opens else "CLOSE", found, start, end)

    def edge(self, value: str, start: int, end: int, limit: int) -> Piece:
        name = value[value.index("{") + 1 : -1].strip()
        plain = name.rstrip("*")
        begins = value.startswith("\\begin")
        if plain in tables.MATRIX_ENVIRONMENTS:
            kind = "MATRIX"
        elif plain in tables.CASE_ENVIRONMENTS:
            kind = "CASES"
        elif plain in tables.LINE_ENVIRONMENTS:
            kind = "LINES"
        else:
            known = [*tables.LINE_ENVIRONMENTS, *tables.MATRIX_ENVIRONMENTS, *tables.CASE_ENVIRONMENTS]
            raise ReadError(self.text, start, f"the environment {name} is not understood{_near(plain, known)}")
        if begins and plain in ("array", "subarray"):
            columns = _COLUMNS.match(self.text, end, limit)
            if columns is None:
                raise ReadError(self.text, end, f"\\begin{{{plain}}} needs its columns in braces, such as {{lcr}}")
            end = columns.end()
        elif begins and plain in ("alignat", "alignedat"):
            count = _COUNT.match(self.text, end, limit)
            if count is None:
                raise ReadError(self.text, end, f"\\begin{{{plain}}} needs its number of columns in braces")
            end = count.end()
        position = _POSITION.match(self.text, end, limit) if begins else None
        end = position.end() if position else end
        return Piece(f"BEGIN_{kind}" if begins else "END", plain, start, end)

    def command(self, value: str, start: int, end: int) -> Iterator[Piece]:
        if value in tables.IGNORED:
            return
        kind, name = _classify(value)
        if value in tables.WIDE:
            yield Piece("SIGN", "\\qquad", start, end)
        elif value == "\\degree":
            yield Piece("SUP", "^", start, start)
            yield Piece("SIGN", "\\circ", start, end)
        elif kind:
            yield Piece(kind, name, start, end)
        elif value in tables.FORBIDDEN:
            raise ReadError(
                self.text,
                start,
                f"{value} is not mathematics: definitions, files and programs are never read; write the formula itself",
            )
        elif value in _WITH_BRACES:
            raise ReadError(self.text, start, f"{value} needs its words in braces, with at most two levels inside them")
        else:
            raise ReadError(self.text, start, f"the command {value} is not understood{_near(value, _COMMANDS)}")

    def escaped(self, value: str, start: int, end: int, limit: int) -> Iterator[Piece]:
        r"""``\{`` and its like; Markdown's ``\_``, ``\*``, ``\[`` and ``\]`` are the characters themselves."""
        if value in tables.IGNORED or value.isspace() or value == "\\\n":
            return
        if value == "\\_":
            braced = re.compile(r"\s*\{").match(self.text, end, limit)
            yield Piece("SUB", "_", start, end) if braced else Piece("LETTER", "\\_", start, end)
        elif value == "\\|":
            yield Piece("BAR", "Vert", start, end)
        elif value in ("\\{", "\\}"):
            yield Piece(*(("OPEN", "{") if value == "\\{" else ("CLOSE", "}")), start, end)
        elif value in ("\\*", "\\[", "\\]", "\\^"):
            yield from self.character(value[1], start, end)
        elif value == "\\%":
            yield Piece("SIGN", "\\%", start, end)
        else:
            raise ReadError(self.text, start, f"{_shown(value)} is not understood in a formula")

    def character(self, value: str, start: int, end: int) -> Iterator[Piece]:
        value = tables.UNICODE.get(value, value)
        if value in _FIXED:
            yield Piece(*_FIXED[value], start, end)
        elif value in _PRIMES:
            for _ in range(_PRIMES[value]):
                yield Piece("PRIME", "'", start, end)
        elif value in tables.SUBSCRIPTS or value in tables.SUPERSCRIPTS:
            yield from self.raised(value, start, end)
        elif value.startswith("\\mathbb"):
            yield Piece("LETTER", value, start, end)
        elif value == "\\|":
            yield Piece("BAR", "Vert", start, end)
        elif value.startswith("\\"):
            yield from (replace(piece, start=start, end=end) for piece in self.command(value, start, end))
        elif value == ":=":
            yield Piece("SIGN", value, start, end)
        elif value == "$":
            raise ReadError(self.text, start, "a dollar sign stands only around the whole formula or inside \\text{…}")
        else:
            raise ReadError(self.text, start, f"{visible(value)} is not understood in a formula{_code(value)}")

    def raised(self, value: str, start: int, end: int) -> Iterator[Piece]:
        """A subscript or superscript character; neighbours are joined to one script when they are paired."""
        below = value in tables.SUBSCRIPTS
        plain = tables.SUBSCRIPTS[value] if below else tables.SUPERSCRIPTS[value]
        before = self.text[start - 1 : start]
        after = self.text[end : end + 1]
        family = tables.SUBSCRIPTS if below else tables.SUPERSCRIPTS
        if before not in family or not before:
            yield Piece("SUB" if below else "SUP", "_" if below else "^", start, start)
            yield Piece("LBRACE", "{", start, start)
        if plain.isalpha():
            yield Piece("LETTER", plain, start, end)
        elif plain.isdigit():
            yield Piece("DIGIT", plain, start, end)
        else:
            yield Piece(*_FIXED[plain], start, end)
        if after not in family or not after:
            yield Piece("RBRACE", "}", end, end)


_FIXED: dict[str, tuple[str, str]] = {
    "{": ("LBRACE", "{"), "}": ("RBRACE", "}"), "_": ("SUB", "_"), "^": ("SUP", "^"), "&": ("AMP", "&"),
    "|": ("BAR", "|"), "(": ("OPEN", "("), ")": ("CLOSE", ")"), "[": ("OPEN", "["), "]": ("CLOSE", "]"),
    **{sign: ("SIGN", sign) for sign in _PLAIN_SIGNS},
}  # fmt: skip


def _table() -> dict[str, tuple[str, str]]:
    """Every command with its token, in the order of precedence of the tables."""
    found: dict[str, tuple[str, str]] = {}
    for names, kind in (
        (tables.LETTERS, "LETTER"), (tables.SIGNS, "SIGN"), (tables.BIGS, "BIG"), (tables.ACCENTS, "ACCENT"),
        (tables.STYLES, "STYLE"), (tables.SWITCHES, "SWITCH"), (tables.OPENING, "OPEN"), (tables.CLOSING, "CLOSE"),
        (tables.BARS, "BAR"),
    ):  # fmt: skip
        found |= {command: (kind, name) for command, name in names.items() if command.startswith("\\")}
    for same, kind in (
        (tables.WRAPPERS, "WRAP"), (tables.BRACES, "BRACE"), (tables.STACKS, "STACK"), (tables.FRACTIONS, "FRAC"),
    ):  # fmt: skip
        found |= {command: (kind, command) for command in same}
    return found | {
        "\\sqrt": ("SQRT", "\\sqrt"),
        "\\over": ("OVER", "\\over"),
        "\\substack": ("SUBSTACK", "\\substack"),
    }


_COMMANDS = _table()
_WITH_BRACES = frozenset(
    f"\\{name}" for name in [*_UPRIGHT.split("|"), "tag", "label", "color", "textcolor", "begin", "end"]
)


def _classify(command: str) -> tuple[str, str]:
    return _COMMANDS.get(command, ("", ""))


def _group(match: re.Match[str]) -> str:
    return match.lastgroup or ""


def _near(name: str, known: object) -> str:
    found = get_close_matches(name, list(known) if hasattr(known, "__iter__") else [], n=1, cutoff=0.75)
    return f"; did you mean {found[0]}?" if found else ""


def _code(char: str) -> str:
    """The code point of a character that may look like another one."""
    return "" if char.isascii() or not char.isprintable() else f": it is U+{ord(char):04X}"


def _shown(text: str) -> str:
    return text if text.isprintable() else visible(text[-1])
