"""Ranges of bound indices as relations: ``0 ≤ m < k``."""

from __future__ import annotations

from symconv.expr.nodes import Binder
from symconv.index.domain import Guard
from symconv.typeset.affine_boxes import AT_MOST, LESS, affine_box, guards_box, separated
from symconv.typeset.layout import Box, row
from symconv.typeset.scope import Scope


def range_box(binder: Binder, scope: Scope) -> Box:
    """``lo ≤ v ≤ hi``, or ``lo ≤ v < hi + 1`` where that is shorter; a missing end is left out."""
    box = scope.name(binder.index)
    if binder.lo is not None:
        box = row(affine_box(binder.lo, scope), AT_MOST, box)
    if binder.hi is None:
        return box
    above = binder.hi + 1
    if len(above.terms) < len(binder.hi.terms):
        return row(box, LESS, affine_box(above, scope))
    return row(box, AT_MOST, affine_box(binder.hi, scope))


def ranges_box(binders: tuple[Binder, ...], guards: tuple[Guard, ...], scope: Scope) -> Box:
    """The ranges of all binders, and the conditions on them, with commas."""
    items = [range_box(binder, scope) for binder in binders]
    if guards:
        items.append(guards_box(guards, scope))
    return separated(items)
