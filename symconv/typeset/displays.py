"""How a display of several lines is laid out on paper: where its reasons stand, and where its lines break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.typeset.breaking import split
from symconv.typeset.layout import Box, Line, Matrix
from symconv.typeset.metrics import row_width, text_width, width
from symconv.typeset.narrow import narrowed
from symconv.typeset.spacing import Item

INDENT = 10.0
"""Points by which a continued line and a reason under its line stand to the right of the relation."""

_GAP = 24.0
_SLACK = 8.0
_RELATION_SPACE = 5.6


@dataclass(frozen=True, slots=True)
class Plan:
    """``apart``: left sides get lines of their own; ``beside``: reasons do not; ``free``: points for right sides."""

    apart: bool
    beside: bool
    free: float


def plan_display(lines: Sequence[Line], room: float) -> Plan:
    """The layout of a display in ``room`` points: reasons stand beside the lines only if all of them fit there."""
    widest = max((width(line.left) for line in lines if line.left is not None), default=0.0)
    apart = widest > 0.45 * room
    free = room - (2 * INDENT if apart else widest) - _SLACK
    reasons = max((text_width(line.reason) + 8.0 for line in lines if line.reason), default=0.0)
    beside = bool(reasons) and all(_relation(line) + width(line.right) + _GAP + reasons <= free for line in lines)
    return Plan(apart, beside, free)


def break_right(line: Line, free: float) -> list[list[Item]]:
    """The right side in lines that fit ``free`` points; a matrix that is still too wide is set in small print."""
    first = free - _relation(line)
    rest = free - (2 * INDENT if line.relation is not None else INDENT)
    pieces = split(narrowed(line.right, rest), points, first, rest)
    return [_shrunk(piece, rest if at else first) for at, piece in enumerate(pieces)]


def break_left(left: Box, room: float) -> list[list[Item]]:
    """A left side that stands on lines of its own, above its relation."""
    return split(left, points, room, room - INDENT)


def points(items: Sequence[Item]) -> float:
    """Estimated width in points of items that follow an operand."""
    return row_width(items, previous="ordinary")


def paragraph(text: str, room: float) -> list[str]:
    """Words cut into lines of at most ``room`` points.

    >>> paragraph("the chain rule over all outputs", 80)
    ['the chain rule', 'over all outputs']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _relation(line: Line) -> float:
    return 0.0 if line.relation is None else width(line.relation) + _RELATION_SPACE


def _shrunk(items: Sequence[Item], room: float) -> list[Item]:
    if points(items) <= room:
        return list(items)
    return [replace(item, small=True) if isinstance(item, Matrix) else item for item in items]
