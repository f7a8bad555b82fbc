"""Names in boxes, as the meaning of a formula is read: the one place where the library leans on that."""

from __future__ import annotations

from collections.abc import Collection

from symconv.parse.symbols import is_layer_mark, key, letters, name_of
from symconv.typeset.layout import Box, Sign

__all__ = ["is_layer_mark", "is_sign", "key", "letters", "name_of"]


def is_sign(box: Box, names: Collection[str]) -> bool:
    """Whether the box is one of the signs."""
    return isinstance(box, Sign) and box.name in names
