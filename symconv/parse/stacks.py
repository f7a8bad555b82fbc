r"""Columns without brackets: conditions of a ``\substack``, and lines that a wide formula was cut into."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symconv.parse import tables
from symconv.parse.places import Places
from symconv.typeset.layout import Big, Box, Fence, Matrix, Row, Sign

_COMMA = Sign(",")


def goes_on(box: Matrix) -> bool:
    """One column whose lines go on: after a comma, a sign or a big operator, or with a sign or an index in brackets."""
    lines = [cells[0] for cells in box.rows if len(cells) == 1 and cells[0] is not None]
    ends = [(line.items[0], line.items[-1]) if isinstance(line, Row) and line.items else (line, line) for line in lines]
    return len(lines) == len(box.rows) and all(
        last == _COMMA or _operator(last) or isinstance(last, Big) or _operator(first) or _index(first)
        for (_, last), (first, _) in pairwise(ends)
    )


def unstacked(box: Box, places: Places) -> Box:
    """A column without brackets as its lines side by side; any other box as it is."""
    if not isinstance(box, Matrix) or box.open or box.close or any(len(cells) != 1 for cells in box.rows):
        return box
    lines = [list(cell.items) if isinstance(cell, Row) else [cell] for (cell,) in box.rows if cell is not None]
    if goes_on(box):
        return places.over(Row(tuple(item for line in lines for item in line)), [box])
    return conditions([[line] for line in lines], places, places.span(box).end)


def conditions(lines: Sequence[Sequence[Sequence[Box]]], places: Places, at: int) -> Box:
    """Lines that are conditions, side by side with commas between them."""
    items: list[Box] = []
    for line in lines:
        if items and items[-1] != _COMMA:
            end = places.span(items[-1]).end
            items.append(places.put(Sign(","), end, end))
        items.extend(item for cell in line for item in cell)
    return places.row(items, at)


def _operator(box: Box) -> bool:
    return isinstance(box, Sign) and (box.name in tables.BINARY or box.name in tables.RELATIONS)


def _index(box: Box) -> bool:
    return isinstance(box, Fence) and box.open == "["
