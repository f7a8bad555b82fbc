"""The free indices of a left side: how far each runs, and where the entry that it names exists."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.expr.nodes import Access, Derivative, Expr
from symconv.expr.walk import bound_names, walk
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Guard, Range, within
from symconv.meaning.arithmetic import INDEX
from symconv.meaning.arrays import Array
from symconv.meaning.context import State
from symconv.meaning.errors import MeaningError
from symconv.meaning.unbound import range_of


def entries_of(expr: Expr) -> list[Access]:
    """Every entry in an expression, those that it is differentiated by included."""
    found: list[Access] = []
    for node in walk(expr):
        if isinstance(node, Access):
            found.append(node)
        elif isinstance(node, Derivative):
            found.append(node.by)
    return found


def free_ranges(
    state: State, left: Array, right: Expr | None
) -> tuple[dict[str, Range], dict[str, Affine], list[Guard]]:
    """Ranges of the free indices, what replaces those that stand nowhere alone, and when the entries exist."""
    bound = bound_names(left.body) | {digit.index for digit in left.digits}
    ranges: dict[str, Range] = {}
    rest: list[tuple[Affine, Affine]] = []
    for entry in entries_of(left.body):
        plain = [name for name in map(str, entry.indices) if name.removeprefix(INDEX) in state.free]
        if len(set(plain)) < len(plain):
            raise MeaningError("the left side has the same index twice")
        for form, size in zip(entry.indices, entry.tensor.shape, strict=True):
            names = [name for name in form.names() if name.startswith(INDEX) and name not in bound]
            if form.names() & bound:
                continue
            name = names[0] if len(names) == 1 else None
            if (
                name is not None
                and (form - name).names().isdisjoint({name})
                and not (form - name).names() - _sizes(state)
            ):
                shift = form - name
                span = Range(-shift, size - 1 - shift)
                if name not in ranges:
                    ranges[name] = span
                elif ranges[name] != span:
                    rest.append((form, size))
            else:
                rest.append((form, size))
    values: dict[str, Affine] = {}
    for name, span in list(ranges.items()):
        if span.lo is not None and span.hi is not None and any(not isinstance(a, str) for a in span.lo.atoms()):
            # counted from the middle of an axis: whole numbers only if its size is odd, so that 0 is the better start
            values[name] = Affine.of(f"{name}'") + span.lo
            ranges[f"{name}'"] = Range(ZERO, span.hi - span.lo)
            del ranges[name]
    guards: list[Guard] = []
    for form, size in rest:
        form = form.substitute(values)
        free = [n for n in sorted(form.names()) if n.startswith(INDEX) and n not in ranges]
        for name in free if len(free) > 1 and right is not None else ():
            found = range_of(state, name, right) if right is not None else None
            if found is not None:
                ranges[name] = found
        free = [n for n in free if n not in ranges]
        sign = form.coefficient(free[0]).constant if free else None
        if free and sign in (1, -1) and form.is_affine_in(free[0]):
            name = free[0]
            place = f"{name}'"
            values[name] = (Affine.of(place) - form.without(name)) * sign
            ranges[place] = Range(ZERO, size - 1)
        elif free:
            raise MeaningError("the left side has an index that no entry names alone")
        elif _never(state, form, size, ranges):
            raise MeaningError(f"the left side names position {form} of an axis with {size} entries (counted from 0)")
        elif not _always(state, form, size, ranges):
            guards += within(form, size)
    return ranges, values, guards


def position_of(state: State, left: Array) -> tuple[tuple[str, Affine, Affine], ...]:
    """The left side's spatial indices: name, first position, size; nothing where they are no plain names."""
    if not isinstance(left.body, Access) or left.rank:
        return ()
    found: list[tuple[str, Affine, Affine]] = []
    tensor = left.body.tensor
    for form, kind, start, size in zip(
        left.body.indices, tensor.axes, state.starts.of(tensor), tensor.shape, strict=True
    ):
        if kind[0] in "SOK":
            names = [name for name in form.names() if name.startswith(INDEX)]
            if len(names) != 1 or form + start != Affine.of(names[0]):
                return ()
            found.append((names[0], start, size))
    return tuple(found)


def _never(state: State, form: Affine, size: Affine, ranges: Mapping[str, Range]) -> bool:
    known = state.symbols.definition.assumptions
    return known.nonnegative(-form - 1, ranges) or known.nonnegative(form - size, ranges)


def _always(state: State, form: Affine, size: Affine, ranges: Mapping[str, Range]) -> bool:
    known = state.symbols.definition.assumptions
    return known.nonnegative(form, ranges) and known.nonnegative(size - 1 - form, ranges)


def _sizes(state: State) -> frozenset[str]:
    return frozenset(state.symbols.definition.assumptions.lower)
