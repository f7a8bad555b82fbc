"""What no line break can help: a formula under a root, in a fraction or under an operator that is too wide in itself.

Its parts are stacked: the conditions under an operator, the terms under a root, the arguments of an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from symconv.typeset.breaking import split
from symconv.typeset.layout import Big, Box, Fence, Fraction, Matrix, Root, Row, Script, Sign, row
from symconv.typeset.metrics import DISPLAY, SCRIPT, TEXT, row_width, width
from symconv.typeset.spacing import Delim, Item, flat

_UNDER = 0.4
"""The share of a line that the conditions under an operator may take side by side."""

_ROOT = 16.0
"""Points for the sign of a root, or for the brackets around arguments."""


def narrowed(box: Box, room: float) -> Box:
    """The box with its unbreakable parts that are wider than ``room`` points stacked."""
    return row(*(_part(item, room) for item in flat(box))) if isinstance(box, Row) else _part(box, room)


def _part(box: Box, room: float, style: int = DISPLAY) -> Box:
    match box:
        case Big(_, under, _) if under is not None and width(under) > _UNDER * room:
            return replace(box, under=_stack(_at_commas(under), small=True))
        case Fence(left, body, right):
            return Fence(left, narrowed(body, room), right)
        case _ if width(box, style) <= room:
            return box
        case Root(body, degree):
            return Root(_inside(body, room - _ROOT), degree)
        case Fraction(num, den, inline):
            return Fraction(_inside(num, room), _inside(den, room), inline)
        case Script(base, sub, sup):
            if sub is not None and width(sub, SCRIPT) > room / 2:
                sub = _stack(_halves(_at_commas(sub)), small=True)
            return Script(_inside(base, room - _ROOT), sub, sup)
        case _:
            return box


def _inside(box: Box, room: float) -> Box:
    """Where lines cannot break: stacked terms, and in each of them stacked arguments."""
    if width(box, TEXT) <= room:
        return box
    if isinstance(box, Row) and not _is_entry(box):
        pieces = split(box, _points, room, room)
        if len(pieces) > 1 and not any(isinstance(item, Delim) for piece in pieces for item in piece):
            parts = [row(*(item for item in piece if not isinstance(item, Delim))) for piece in pieces]
            return _stack([_inside(part, room) for part in parts])
    if isinstance(box, Row):
        return row(*(_inside(item, room) if width(item, TEXT) > room / 2 else item for item in box.items))
    if isinstance(box, Fence):
        parts = _at_commas(box.body)
        body = _stack(parts) if len(parts) > 1 else _inside(box.body, room - _ROOT)
        return Fence(box.open, body, box.close)
    return _part(box, room, TEXT)


def _is_entry(box: Row) -> bool:
    """``input(a, b)``: a name with its arguments."""
    return len(box.items) == 2 and isinstance(box.items[1], Fence)


def _points(items: Sequence[Item]) -> float:
    return row_width(items, TEXT)


def _at_commas(box: Box) -> list[Box]:
    """The parts between commas, each with its comma."""
    items = list(flat(box))
    ends = [0, *(place + 1 for place, item in enumerate(items) if item == Sign(",")), len(items)]
    return [row(*items[begin:end]) for begin, end in pairwise(ends) if begin < end]


def _halves(parts: list[Box]) -> list[Box]:
    """The parts in two rows of about the same width."""
    widths = [width(part, SCRIPT) for part in parts]
    cut = min(range(1, len(parts) + 1), key=lambda place: abs(sum(widths[:place]) - sum(widths[place:])))
    return [row(*half) for half in (parts[:cut], parts[cut:]) if half]


def _stack(parts: list[Box], *, small: bool = False) -> Box:
    return Matrix(tuple((part,) for part in parts), "", "", small) if len(parts) > 1 else parts[0]
