"""Where boxes stand in the source: a table beside the tree, so that the boxes themselves stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import cast

from symconv.parse.errors import ReadError, line_and_column
from symconv.parse.scan import Remark
from symconv.typeset.layout import BOXES, Box, Row


@dataclass(frozen=True, slots=True)
class Span:
    """The characters ``start:end`` of the source."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula as boxes, with its source.

    The places belong to the box objects of this very tree, not to boxes that are equal to them: the two x of
    ``x + x`` stand in different places. A name of several letters keeps them together as they were written (``sx``,
    ``stride``); its letter number n stands n characters after its start, unless it has an escaped underscore.
    """

    text: str
    box: Box
    remarks: tuple[Remark, ...]
    _spans: Mapping[int, Span] = field(repr=False, compare=False)

    def knows(self, box: Box) -> bool:
        """Whether the box is one of this reading's own."""
        return id(box) in self._spans

    def span(self, box: Box) -> Span:
        """The part of the source that the box was read from."""
        found = self._spans.get(id(box))
        if found is None:
            raise KeyError("the box is none of this reading")
        return found

    def place(self, box: Box, offset: int = 0) -> tuple[int, int]:
        """Line and column, counted from 1, of the box or of the character ``offset`` further on."""
        return line_and_column(self.text, self.span(box).start + offset)

    def error(self, box: Box, message: str, offset: int = 0) -> ReadError:
        """The error that says ``message`` with a caret under the box."""
        return ReadError(self.text, self.span(box).start + offset, message)


class Places:
    """The table while the tree is built. It keeps every box that it has seen, so that no identity is used twice."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Box, Span]] = {}

    def put(self, box: Box, start: int, end: int) -> Box:
        """Notes where the box stands, and gives it back."""
        self._found[id(box)] = (box, Span(start, end))
        return box

    def span(self, box: Box) -> Span:
        """Where the box stands."""
        return self._found[id(box)][1]

    def over(self, box: Box, parts: Sequence[Box]) -> Box:
        """The box at the place of its parts."""
        spans = [self.span(part) for part in parts]
        return self.put(box, min(span.start for span in spans), max(span.end for span in spans))

    def row(self, items: Sequence[Box], at: int = 0) -> Box:
        """The items side by side; one alone is itself; none at all is an empty row at the place ``at``."""
        if len(items) == 1:
            return items[0]
        return self.over(Row(tuple(items)), items) if items else self.put(Row(()), at, at)

    def table(self, box: Box) -> dict[int, Span]:
        """The places of the boxes of the finished tree."""
        return {id(part): self.span(part) for part in walk(box)}


def walk(box: Box) -> Iterator[Box]:
    """The box and all boxes inside it, in the order of the source."""
    waiting: list[object] = [box]
    while waiting:
        part = waiting.pop()
        if isinstance(part, BOXES):
            yield (found := cast(Box, part))
            waiting.extend(getattr(found, each.name) for each in reversed(fields(found)))
        elif isinstance(part, tuple):
            waiting.extend(reversed(part))
