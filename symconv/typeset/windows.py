r"""The winner of a window: ``[(m, n) = \arg\max I]``, and what the tie rule makes of it."""

from __future__ import annotations

from dataclasses import replace

from symconv.expr.nodes import (
    Binder,
    Derivative,
    Expr,
    Reduce,
    Winner,
)
from symconv.expr.walk import free_names, fresh, map_children, substitute
from symconv.index.affine import Affine
from symconv.index.domain import substitute_guard
from symconv.typeset.affine_boxes import EQUALS, affine_box, iverson, separated
from symconv.typeset.layout import Big, Box, Break, Fence, Fraction, Number, Sign, row
from symconv.typeset.limits import ranges_box
from symconv.typeset.scope import Scope

TIE_SENTENCES = {
    "first": "Where several entries of a window are equally extreme, the first of them in row-major order counts.",
    "split": "Where several entries of a window are equally extreme, they share the gradient equally.",
    "all": "Where several entries of a window are equally extreme, each of them gets the whole gradient.",
}


def winner_box(winner: Winner, scope: Scope, body: Box) -> Box:
    """1 where the window position is the extreme one; a share of 1 under the rule ``split``."""
    window = winner.window
    positions = separated([affine_box(index, scope) for index in winner.at])
    if len(winner.at) > 1:
        positions = Fence("(", positions, ")")
    under = ranges_box(window.binders, window.guards, scope)
    extreme = row(Big("argmax" if window.kind == "max" else "argmin", under=under), body)
    relation = EQUALS if window.ties == "first" else Sign(r"\in")
    bracket = iverson(row(positions, Break(1), relation, extreme), scope)
    if window.ties == "split":
        return row(Fraction(Number("1"), Fence("|", extreme, "|")), bracket)
    return bracket


def apart(expr: Expr) -> Expr:
    """The same expression, the indices of a winner's window named apart from those of its position.

    ``[(m, n) = arg max over m, n …]`` is right, but only for a reader who knows which m is which.
    """
    match expr:
        case Derivative():
            return expr
        case Winner(window, at):
            return Winner(_renamed(window, frozenset().union(*(index.names() for index in at))), at)
        case _:
            return map_children(expr, apart)


def _renamed(window: Reduce, used: frozenset[str]) -> Reduce:
    taken = set(used | free_names(window) | {binder.index for binder in window.binders})
    names: dict[str, Affine] = {}
    binders: list[Binder] = []
    for binder in window.binders:
        index = binder.index
        if index in used:
            index = fresh(index, taken)
            taken.add(index)
            names[binder.index] = Affine.of(index)
        binders.append(replace(binder, index=index))
    if not names:
        return window
    guards = tuple(substitute_guard(guard, names) for guard in window.guards)
    return Reduce(window.kind, substitute(window.body, names), tuple(binders), guards, window.ties)
