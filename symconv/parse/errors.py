"""The error of reading: what was not understood, and where it stands in the source."""

from __future__ import annotations

from symconv.errors import SymconvError

SHOWN = 76
"""Characters of a source line that a message shows around the place."""


class ReadError(SymconvError):
    """A formula could not be read.

    ``line`` and ``column`` count from 1; ``source`` is the part of the line that is shown, ``caret`` the line under it
    that points to the place, and ``message`` the sentence.
    """

    def __init__(self, text: str, offset: int, message: str) -> None:
        self.text = text
        self.offset = min(max(offset, 0), len(text))
        self.message = message
        self.line, self.column = line_and_column(text, self.offset)
        self.source, self.caret = _pointed(text, self.offset)
        super().__init__(f"line {self.line}, column {self.column}: {message}\n  {self.source}\n  {self.caret}")

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, int, str]]:
        return ReadError, (self.text, self.offset, self.message)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    r"""The place of a character, both counted from 1.

    >>> line_and_column("a\nbc", 3)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def visible(char: str) -> str:
    r"""The character as a message can show it.

    >>> visible("x"), visible("\u200b")
    ("'x'", 'the character U+200B')
    """
    return repr(char) if char.isprintable() and not char.isspace() else f"the character U+{ord(char):04X}"


def _pointed(text: str, offset: int) -> tuple[str, str]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    first = max(start, min(offset - SHOWN // 2, end - SHOWN))
    last = min(end, first + SHOWN)
    left, right = "…" if first > start else "", "…" if last < end else ""
    shown = "".join(char if char.isprintable() else " " for char in text[first:last])
    return f"{left}{shown}{right}", " " * (len(left) + offset - first) + "^"
