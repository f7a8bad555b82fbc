"""The symbol X of a left side ``∂L/∂X`` or ``∇_X L``."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.meaning.functions import function_of
from symconv.meaning.names import is_d, key
from symconv.meaning.rows import items_of
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Fraction, Row, Script, Symbol, Text


def symbol_of(items: Sequence[Box]) -> str | None:
    """The key of the symbol that the left side differentiates by; None where it is no derivative."""
    if not items:
        return None
    item = items[0]
    if isinstance(item, Fraction):
        below = items_of(item.den)
        if len(below) > 1 and is_d(below[0]):
            called = function_of(below[1]) is not None and len(below) > 2
            return _base(below[2] if called else below[1])
        if below and isinstance(below[0], (Symbol, Script)):
            name = _base(below[0])
            return name[1:] if name and name.startswith("d") and len(name) > 1 else None
    if isinstance(item, Script) and isinstance(item.base, Symbol) and item.base.name in (r"\nabla", r"\partial"):
        return _base(item.sub) if item.sub is not None else None
    return None


def _base(box: Box) -> str | None:
    while isinstance(box, (Script, Fence, Row)):
        items = items_of(box.body) if isinstance(box, Fence) else items_of(box) if isinstance(box, Row) else [box.base]
        if not items:
            return None
        box = items[1] if len(items) > 1 and function_of(items[0]) is not None else items[0]
    return key(write_latex(box)) if isinstance(box, (Symbol, Text)) else None
