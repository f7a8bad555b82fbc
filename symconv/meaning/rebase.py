"""Windows whose indices begin at 0, whatever the author counts from: one form for one window."""

from __future__ import annotations

from dataclasses import replace

from symconv.expr.nodes import Binder, Expr, Reduce, Winner
from symconv.expr.walk import map_children, substitute
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import substitute_guard


def rebased(expr: Expr) -> Expr:
    """The expression with every maximum taken over indices from 0.

    max_{1≤m≤k} f(m) = max_{0≤m≤k−1} f(m + 1), and the share of position p becomes that of position p − 1.
    """
    match expr:
        case Reduce():
            return _window(expr)[0]
        case Winner(window, at):
            made, starts = _window(window)
            return Winner(made, tuple(form - start for form, start in zip(at, starts, strict=True)))
        case _:
            return map_children(expr, rebased)


def _window(window: Reduce) -> tuple[Reduce, tuple[Affine, ...]]:
    starts = tuple(binder.lo if binder.lo is not None else ZERO for binder in window.binders)
    if all(start == ZERO for start in starts):
        return replace(window, body=rebased(window.body)), starts
    values = {b.index: Affine.of(b.index) + start for b, start in zip(window.binders, starts, strict=True)}
    binders = tuple(
        Binder(b.index, ZERO, None if b.hi is None else b.hi - start)
        for b, start in zip(window.binders, starts, strict=True)
    )
    # the names stay, so that nothing can be captured: each stands for the index above its start
    body = substitute(rebased(window.body), values)
    guards = tuple(substitute_guard(guard, values) for guard in window.guards)
    return Reduce(window.kind, body, binders, guards, window.ties), starts
