"""What stands in a formula that is well formed but has no meaning for the layer."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.errors import SymconvError
from symconv.typeset.layout import Box
from symconv.typeset.unicode import write_line


class MeaningError(SymconvError):
    """A part of the formula has no meaning for the layer: an unknown name, a wrong number of indices.

    ``box`` is the part of the formula that the message speaks of, if there is one.
    """

    def __init__(self, message: str, box: Box | None = None) -> None:
        super().__init__(message)
        self.box = box


class UnboundError(MeaningError):
    """An index that no sum binds and that does not stand on the left side."""


class BoundTwiceError(MeaningError):
    """An index of the left side is the index of a sum, too, and what the formula says of it is not clear."""


class RankError(MeaningError):
    """A tensor with more or fewer indices than it has axes."""


class ShapeError(MeaningError):
    """Matrices whose sizes do not fit; ``certain`` where no other meaning of the formula is likely."""

    def __init__(self, message: str, box: Box | None = None, certain: bool = False) -> None:
        super().__init__(message, box)
        self.certain = certain


def shown(*boxes: Box) -> str:
    """The boxes in one line, for a message."""
    return " ".join(write_line(box) for box in boxes)


def spoken(items: Sequence[Box]) -> str:
    """Boxes with words among them on one line, with single spaces."""
    return " ".join(shown(*items).split())
