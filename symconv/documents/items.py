"""What is found in a text: formulas, and remarks that bind a layer to the formulas after them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Rewritten:
    """A text made from another one, and which character of the source each of its characters comes from.

    ``parts`` are (begin, source, copied): from ``begin`` on the text is copied from ``source`` on, or replaces what
    stands at ``source``.

    >>> Rewritten("ab-c", ((0, 0, True), (2, 2, False), (3, 6, True))).source_of(3)
    6
    """

    text: str
    parts: tuple[tuple[int, int, bool], ...] = ((0, 0, True),)

    def source_of(self, at: int) -> int:
        """The place in the source."""
        begin, source, copied = self.parts[bisect_right(self.parts, at, key=lambda part: part[0]) - 1]
        return source + at - begin if copied else source


@dataclass(frozen=True)
class Formula:
    """A formula: the text ``start`` … as it stands in the document, and what is read of it.

    ``reading`` differs from ``text`` where macros were expanded or the marks of a Markdown quotation taken out.
    """

    text: str
    start: int
    display: bool
    reading: Rewritten


@dataclass(frozen=True)
class Remark:
    """What a comment says after ``symconv:``, and where that begins."""

    text: str
    start: int


Item = Formula | Remark
