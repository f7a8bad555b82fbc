"""Where something stands in a document, and the error that says so."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from symconv.errors import SymconvError

LARGEST = 20_000_000
"""Bytes of the largest document that is read."""


@dataclass(frozen=True)
class Place:
    """A file, for a notebook the number of a cell, and a line and column; all are counted from 1.

    >>> str(Place("notes.tex", None, 3, 7)), str(Place("notes.ipynb", 2, 1, 5))
    ('notes.tex:3:7', 'notes.ipynb:cell 2:1:5')
    """

    path: str
    cell: int | None
    line: int
    column: int

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.path}:{cell}{self.line}:{self.column}"


class DocumentError(SymconvError):
    """A document cannot be read, or a binding in it is wrong."""


class BindingError(SymconvError):
    """A binding is wrong at the character ``at`` of the text that it stands in."""

    def __init__(self, at: int, message: str) -> None:
        self.at = at
        self.message = message
        super().__init__(message)

    def __reduce__(self) -> tuple[type[BindingError], tuple[int, str]]:
        return BindingError, (self.at, self.message)


@dataclass(frozen=True)
class Page:
    """A text with places of its own: a document, or one cell of a notebook."""

    path: str
    cell: int | None
    text: str

    def place(self, at: int) -> Place:
        r"""The place of a character.

        >>> str(Page("a.md", None, "one\ntwo").place(5))
        'a.md:2:2'
        """
        line = bisect_right(self._lines, at)
        return Place(self.path, self.cell, line, at - self._lines[line - 1] + 1)

    @cached_property
    def _lines(self) -> list[int]:
        """Where the lines begin."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]


def read_text(path: str) -> str:
    """The text of a UTF-8 file, its lines ended by ``\\n``; the error names the file and what is wrong with it."""
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise DocumentError(f"{path}: a document has at most {LARGEST:,} bytes, this one has {size:,}")
        data = Path(path).read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot read it: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise DocumentError(f"{path}:{line}:{column}: this is not UTF-8; save the document as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
