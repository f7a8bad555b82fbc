"""Text in two dimensions: rows of characters of one width, with a baseline on which neighbours meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_TALL = {
    "(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "|": "│││", "⌊": "⎢⎢⎣", "⌋": "⎥⎥⎦", "⌈": "⎡⎢⎢", "⌉": "⎤⎥⎥",
    "‖": "‖‖‖",
}  # fmt: skip


def columns(text: str) -> int:
    """Columns that the text takes in a terminal: combining accents take none."""
    return len(text) if text.isascii() else sum(1 for char in text if not unicodedata.combining(char))


@dataclass(frozen=True, slots=True)
class Canvas:
    """Rows of equal width; ``baseline`` is the number of the row on which the text stands."""

    rows: tuple[str, ...]
    baseline: int
    width: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __str__(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


EMPTY = Canvas(("",), 0, 0)


def line(text: str) -> Canvas:
    """One row of text."""
    return Canvas((text,), 0, columns(text))


def beside(parts: Sequence[Canvas]) -> Canvas:
    """The parts side by side, their baselines on one row.

    >>> print(beside([line("x = "), over(line("1"), line("─"), line("2"))]))
        1
    x = ─
        2
    """
    if not parts:
        return EMPTY
    above = max(part.baseline for part in parts)
    below = max(part.height - part.baseline for part in parts)
    rows = [""] * (above + below)
    for part in parts:
        first = above - part.baseline
        for at in range(len(rows)):
            rows[at] += part.rows[at - first] if 0 <= at - first < part.height else " " * part.width
    return Canvas(tuple(rows), above, sum(part.width for part in parts))


def over(top: Canvas | None, middle: Canvas, bottom: Canvas | None) -> Canvas:
    """The parts one above the other, centred; the baseline is the middle's."""
    parts = [part for part in (top, middle, bottom) if part is not None]
    width = max(part.width for part in parts)
    rows = tuple(_centred(row, part.width, width) for part in parts for row in part.rows)
    return Canvas(rows, (top.height if top is not None else 0) + middle.baseline, width)


def scripted(base: Canvas, sub: Canvas | None, sup: Canvas | None) -> Canvas:
    """A base with scripts in rows of their own, below and above it on the right."""
    width = max(part.width for part in (sub, sup) if part is not None)
    blank = " " * width
    above = [row + " " * (width - sup.width) for row in sup.rows] if sup is not None else []
    below = [row + " " * (width - sub.width) for row in sub.rows] if sub is not None else []
    rows = [" " * base.width + row for row in above]
    rows += [row + blank for row in base.rows]
    rows += [" " * base.width + row for row in below]
    return Canvas(tuple(rows), len(above) + base.baseline, base.width + width)


def grid(cells: Sequence[Sequence[Canvas]], *, left: bool = False, separation: int = 2) -> Canvas:
    """Cells in columns, centred or on the left; the baseline is the middle row."""
    count = max((len(row) for row in cells), default=0)
    widths = [max((row[at].width for row in cells if at < len(row)), default=0) for at in range(count)]
    rows: list[str] = []
    for index, row in enumerate(cells):
        padded = [_padded(row[at] if at < len(row) else EMPTY, widths[at], left) for at in range(count)]
        spaced = [part for at, part in enumerate(padded) for part in ([line(" " * separation)] if at else []) + [part]]
        block = beside(spaced)
        if index and (block.height > 1 or max((cell.height for cell in cells[index - 1]), default=1) > 1):
            rows.append(" " * block.width)
        rows += block.rows
    return Canvas(tuple(rows) or ("",), max(len(rows) - 1, 0) // 2, columns(rows[0]) if rows else 0)


def fenced(left: str, body: Canvas, right: str) -> Canvas:
    """The body between delimiters as tall as it is."""
    return beside([delimiter(left, body), body, delimiter(right, body)])


def delimiter(char: str, body: Canvas) -> Canvas:
    """A delimiter as tall as the body that it stands beside."""
    if not char:
        return EMPTY
    if body.height == 1:
        return line(char)
    rows: tuple[str, ...]
    if char in "{}":
        corner, middle, foot = ("⎧", "⎨", "⎩") if char == "{" else ("⎫", "⎬", "⎭")
        half = body.height // 2
        rows = (corner, *["⎪"] * (half - 1), middle, *["⎪"] * (body.height - half - 2), foot)
        if body.height == 2:
            rows = ("⎰", "⎱") if char == "{" else ("⎱", "⎰")
    elif char in "⟨⟩":
        upper, lower = "╱╲" if char == "⟨" else "╲╱"
        rows = (upper,) * (body.height // 2) + (char,) * (body.height % 2) + (lower,) * (body.height // 2)
    else:
        pieces = _TALL[char]
        rows = (pieces[0], *[pieces[1]] * (body.height - 2), pieces[2])
    return Canvas(rows, body.baseline, 1)


def _centred(row: str, have: int, want: int) -> str:
    before = (want - have) // 2
    return " " * before + row + " " * (want - have - before)


def _padded(part: Canvas, want: int, left: bool) -> Canvas:
    before = 0 if left else (want - part.width) // 2
    rows = tuple(" " * before + row + " " * (want - part.width - before) for row in part.rows)
    return Canvas(rows, part.baseline, want)
