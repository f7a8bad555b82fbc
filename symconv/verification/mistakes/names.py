"""Names in boxes, as the meaning of a formula is read: the one place where the library leans on that."""

from __future__ import annotations

from symconv.meaning.names import is_d, key, letters, mark_of, name_of
from symconv.meaning.rows import is_sign
from symconv.parse.read import read_latex

__all__ = ["is_d", "is_layer_mark", "is_sign", "key", "letters", "name_of"]


def is_layer_mark(text: str) -> bool:
    """Whether a superscript only says which layer is meant: ``l``, ``(l)``, ``l+1``."""
    return bool(text) and mark_of(read_latex(text)) is not None
