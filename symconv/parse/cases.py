r"""The rows of ``cases``: a value, and the condition behind ``&``, a comma or the word “if”."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.parse.places import Places
from symconv.typeset.layout import Box, Cases, Sign, Text

_IF = frozenset(["if", "if:", "when", "for"])
_OPENERS = ("if", "when", "for", "otherwise", "else", "where")
_TRAILING = (Sign(","), Sign(";"), Sign("\\quad"), Sign("\\qquad"))


def cases_box(rows: Sequence[Sequence[Sequence[Box]]], places: Places, at: int) -> Box:
    """The rows as ``(value, condition)``; a condition that is not there is an empty row.

    Punctuation behind either and a first word “if” only divide the two, and are left out.
    """
    return Cases(tuple(_row(cells, places, at) for cells in rows))


def _row(cells: Sequence[Sequence[Box]], places: Places, at: int) -> tuple[Box, Box]:
    value, rest = list(cells[0]), [item for cell in cells[1:] for item in cell]
    if len(cells) == 1:
        value, rest = _divide(value)
    while value and value[-1] in _TRAILING:
        value.pop()
    while rest and rest[0] in _TRAILING:
        rest.pop(0)
    while rest and (rest[-1] in _TRAILING or rest[-1] == Sign(".")):
        rest.pop()
    if len(rest) > 1 and isinstance(rest[0], Text) and rest[0].text.strip() in _IF:
        rest.pop(0)
    end = places.span(value[-1]).end if value else at
    return places.row(value, end), places.row(rest, end)


def _divide(items: list[Box]) -> tuple[list[Box], list[Box]]:
    """A row without ``&``: the condition begins at the word “if”, or behind the only comma."""
    for at, item in enumerate(items):
        if isinstance(item, Text) and item.text.strip().startswith(_OPENERS):
            return items[:at], items[at:]
    commas = [at for at, item in enumerate(items) if item == Sign(",")]
    return (items[: commas[0]], items[commas[0] + 1 :]) if len(commas) == 1 else (items, [])
