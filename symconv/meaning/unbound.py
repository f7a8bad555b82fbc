"""Indices that nothing binds: linked by the layer, summed by the chain rule, or read as “for all”."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.expr.nodes import UNIT, Access, Add, Binder, Bracket, Derivative, Expr, Mul, Scalar, Sum
from symconv.expr.walk import accesses, bound_names, free_names, walk
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Equal, Range
from symconv.meaning.arithmetic import INDEX
from symconv.meaning.context import State
from symconv.meaning.errors import UnboundError
from symconv.meaning.layer import hyper_of
from symconv.meaning.windows import in_window

GUESSED = "bound by no sum"
"""Stands in the sentence of every reading that binds an index for the author."""
Bound = tuple[Expr, dict[str, Range], tuple[str, ...]]


def bind(state: State, left: Expr, right: Expr, ranges: Mapping[str, Range]) -> Bound:
    """The right side with its unbound indices bound; the ranges and names of those that stay free."""
    known = {*ranges, *free_names(left)}
    names = sorted(name for name in free_names(right) - known if name.startswith(INDEX) and not _implied(name))
    implied = {name for name in free_names(left) | free_names(right) if _implied(name)}
    more = {name: _implied_range(state, name) for name in implied}
    if not names:
        return right, more, ()
    spans = {name: range_of(state, name, right) for name in names}
    shown = ", ".join(name.removeprefix(INDEX) for name in names)
    missing = [name for name, span in spans.items() if span is None]
    linked = _linked(state, left, right, names)
    if linked is not None:
        state.choices.say(f"{shown}: {GUESSED}; read as the positions that the layer links to the others")
        return linked, more, ()
    if missing:
        what = missing[0].removeprefix(INDEX)
        raise UnboundError(f"the index {what} is bound by no sum and does not stand on the left side")
    found = {name: span for name, span in spans.items() if span is not None}
    if _is_chain(right, names):
        state.choices.say(f"a product of derivatives is summed over the indices between them: {shown}")
        binders = tuple(Binder(name, span.lo, span.hi) for name, span in found.items())
        return Sum(right, binders), more, ()
    windowed = _for_all_windows(state, left, right, names)
    plain = tuple(name.removeprefix(INDEX) for name in names)
    if windowed is not None:
        state.choices.say(f"{shown}: any window that the entry lies in")
        return windowed, {**more, **found}, ()
    return right, {**more, **found}, plain


def _implied(name: str) -> bool:
    return name.startswith(("@sample", "@channel"))


def _implied_range(state: State, name: str) -> Range:
    kind = name[-1]
    definition = state.symbols.definition
    for tensor in (definition.output, *definition.inputs):
        if kind in tensor.axes:
            return Range(ZERO, tensor.shape[tensor.axes.index(kind)] - 1)
    raise UnboundError(f"the layer has no axis {kind}")


def range_of(state: State, name: str, expr: Expr) -> Range | None:
    """The positions of an axis along which the index runs alone."""
    entries = [*accesses(expr), *(node.by for node in walk(expr) if isinstance(node, Derivative))]
    for entry in entries:
        starts = state.starts.of(entry.tensor)
        for form, start, size in zip(entry.indices, starts, entry.tensor.shape, strict=True):
            if form + start == Affine.of(name):
                return Range(start, size - 1 + start)
    return None


def _is_chain(expr: Expr, names: list[str]) -> bool:
    """Whether every unbound index stands in two derivatives or gradients that are multiplied."""
    if not isinstance(expr, Mul):
        return False
    for name in names:
        holding = [factor for factor in expr.factors if name in free_names(factor)]
        if len(holding) != 2 or not any(isinstance(factor, Derivative) for factor in holding):
            return False
        if not all(isinstance(f, Derivative) or _is_gradient(f) for f in holding):
            return False
    return True


def _is_gradient(expr: Expr) -> bool:
    return isinstance(expr, Access) and expr.tensor.role in ("upstream", "gradient")


def _linked(state: State, left: Expr, right: Expr, names: list[str]) -> Expr | None:
    """Unbound output positions or taps of an input gradient, as the layer's relation fixes them."""
    hyper = hyper_of(state.symbols.definition)
    entries = [node.by for node in walk(left) if isinstance(node, Derivative)] + list(accesses(left))
    targets = [e for e in entries if any(kind[0] == "S" for kind in e.tensor.axes) and e.tensor.role != "upstream"]
    if hyper is None or not targets:
        return None
    position = [f for f, kind in zip(targets[0].indices, targets[0].tensor.axes, strict=True) if kind[0] == "S"]
    outs = _spatial(right, "O")
    taps = _spatial(right, "K")
    if outs is None or taps is None:
        return None
    guards = []
    for at, (place, out, tap) in enumerate(zip(position, outs, taps, strict=True)):
        guards.append(Equal(hyper.position(at, out, tap), place))
    covered = frozenset().union(*(guard.left.names() for guard in guards))
    if not set(names) <= covered & _alone(state, right, names):
        return None
    binders: list[Binder] = []
    for name in names:
        span = range_of(state, name, right)
        if span is None:
            return None
        binders.append(Binder(name, span.lo, span.hi))
    return _under(right, Bracket(tuple(guards)), tuple(binders), frozenset(covered))


def _alone(state: State, expr: Expr, names: list[str]) -> frozenset[str]:
    """Those of the names that stand alone at the upstream gradient or the kernel, and nowhere else."""
    places: dict[str, bool] = {}
    for entry in accesses(expr):
        starts = state.starts.of(entry.tensor)
        for form, start in zip(entry.indices, starts, strict=True):
            for name in form.names() & set(names):
                alone = form + start == Affine.of(name) and entry.tensor.role in ("upstream", "kernel", "weight")
                places[name] = places.get(name, True) and alone
    return frozenset(name for name, alone in places.items() if alone)


def _under(expr: Expr, bracket: Bracket, binders: tuple[Binder, ...], names: frozenset[str]) -> Expr:
    """The bracket and its sum put as deep as its indices are in scope."""
    if isinstance(expr, Sum) and bound_names(expr) & names:
        return Sum(_under(expr.body, bracket, binders, names), expr.binders)
    return Sum(Mul((bracket, expr)), binders)


def _spatial(expr: Expr, kind: str) -> list[Affine] | None:
    for entry in accesses(expr):
        if any(axis[0] == kind for axis in entry.tensor.axes):
            return [f for f, axis in zip(entry.indices, entry.tensor.axes, strict=True) if axis[0] == kind]
    return None


def _for_all_windows(state: State, left: Expr, right: Expr, names: list[str]) -> Expr | None:
    """An unbound output position of a pooling gradient: the claim is made of any window that holds the entry."""
    if state.window is None or hyper_of(state.symbols.definition) is None:
        return None
    outs = _spatial(right, "O")
    if outs is None or not set(names) <= frozenset().union(*(form.names() for form in outs)):
        return None
    entries = [e for e in accesses(left) if any(kind[0] == "S" for kind in e.tensor.axes)]
    if not entries:
        return None
    position = [f for f, kind in zip(entries[0].indices, entries[0].tensor.axes, strict=True) if kind[0] == "S"]
    guards = tuple(in_window(state, outs, position))
    away = Mul((Bracket(guards), right))
    # outside of the window nothing is claimed: there the left side stands for itself
    elsewhere = Add((UNIT, Mul((Scalar(Affine.of(-1)), Bracket(guards)))))
    return Add((away, Mul((elsewhere, left))))
