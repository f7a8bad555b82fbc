"""What stands in a formula that is well formed but has no meaning for the layer."""

from __future__ import annotations

from symconv.errors import SymconvError
from symconv.typeset.layout import Box
from symconv.typeset.unicode import write_line


class MeaningError(SymconvError):
    """A part of the formula has no meaning for the layer: an unknown name, a wrong number of indices, a free index."""


def shown(*boxes: Box) -> str:
    """The boxes in one line, for a message."""
    return " ".join(write_line(box) for box in boxes)
