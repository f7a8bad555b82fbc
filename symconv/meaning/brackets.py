"""Brackets: conditions, arrays with indices behind them, powers, or just a part of a formula."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import UNIT, Pow, Scalar
from symconv.index.affine import Affine
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, scalar
from symconv.meaning.conditions import has_relation, indicator
from symconv.meaning.context import Read, State
from symconv.meaning.entries import run_together
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import is_number, is_transpose
from symconv.meaning.rows import items_of, split
from symconv.typeset.layout import (
    Box,
    Fence,
    Matrix,
    Number,
    Row,
    Script,
)


def powered(base: Array, exponent: Scalar) -> Array:
    """A number to a power."""
    if base.rank:
        raise MeaningError("a power of an array is not understood")
    return scalar(base.body if exponent == UNIT else Pow(base.body, exponent))


def bracket(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """What stands in brackets, with its indices or its power, and where it ends; None where there is no bracket."""
    item = items[at]
    if isinstance(item, Script) and isinstance(item.base, (Fence, Row, Matrix)):
        return _scripted_fence(state, read, item, scope), at + 1
    if not isinstance(item, Fence):
        return None
    if has_relation(item.body) and item.open in ("[", "(", "llbracket", "{"):
        return scalar(indicator(state, read, item.body, scope)), at + 1
    entry = indexed(state, read, items, at, scope)
    if entry is not None:
        return entry
    if item.open == "|" and item.close == "|":
        inner = read(items_of(item.body), scope)
        if inner.rank != 2 or not state.symbols.definition.inputs:
            raise MeaningError("an absolute value is not understood here", item)
        state.choices.say("bars around a matrix are its brackets")
        return inner, at + 1
    if is_round(item):
        try:
            return read(items_of(item.body), scope), at + 1
        except MeaningError as problem:
            try:
                # arithmetic in brackets, such as a mod
                return scalar(state.arithmetic(scope).scalar([item])), at + 1
            except MeaningError:
                raise problem from None
    return None


def is_round(fence: Fence) -> bool:
    """Whether a fence only groups: parentheses, brackets or braces, and no bars or floors."""
    return (fence.open, fence.close) in (("(", ")"), ("[", "]"), ("{", "}"))


def indexed(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``(x * k)(r, c)`` and ``[\\mathbf{X}][i][j]``: an array in brackets with its indices behind it."""
    item = items[at]
    if not isinstance(item, Fence) or at + 1 >= len(items):
        return None
    groups: list[Box] = []
    end = at + 1
    while end < len(items) and isinstance(fence := items[end], Fence) and (fence.open == "[" or not groups):
        if fence.open not in ("(", "["):
            break
        groups.append(fence.body)
        end += 1
        if fence.open == "(":
            break
    if not groups:
        return None
    kept, unbound = list(state.choices.sentences), dict(state.unbound)
    try:
        with state.tentative():
            value = read(items_of(item.body), scope)
    except MeaningError:
        return None
    parts = [part for group in groups for part in split(items_of(group), (",",))]
    if value.rank == 0 or len(parts) != value.rank:
        state.choices.sentences[:] = kept
        state.forget(unbound)
        return None
    return taken(state, value, parts, scope), end


def _scripted_fence(state: State, read: Read, item: Script, scope: Scope) -> Array:
    """``(…)_{i,j}``, ``(…)^T``, ``(…)^2``."""
    base = item.base
    inner = items_of(base.body) if isinstance(base, Fence) else [base] if isinstance(base, Matrix) else items_of(base)
    if isinstance(base, Fence) and base.open in ("lfloor", "lceil"):
        return scalar(state.arithmetic(scope).scalar([item]))
    even = isinstance(item.sup, Number) and item.sup.text.isdigit() and int(item.sup.text) % 2 == 0
    if isinstance(base, Fence) and not is_round(base) and not (base.open == "|" and even):
        raise MeaningError(f"{shown(base)} with a script is not understood", item)
    value = read(inner, scope)
    if item.sup is not None:
        if is_transpose(item.sup):
            value = state.algebra.transpose(value)
        elif is_number(item.sup):
            value = powered(value, Scalar(Affine.of(int(item.sup.text))))  # type: ignore[union-attr]
        elif value.rank == 0 and not isinstance(item.sup, Fence):
            power = state.arithmetic(scope).scalar(item.sup)
            value = powered(value, power)
        else:
            raise MeaningError(f"the superscript of {shown(item)} is not understood", item)
    if item.sub is not None:
        parts = [part for part in split(items_of(item.sub), (",",)) if part]
        if len(parts) < value.rank:
            parts = [piece for part in parts for piece in run_together(part, value.rank - len(parts) + 1)]
        value = taken(state, value, parts, scope)
    return value


def taken(state: State, value: Array, parts: Sequence[Sequence[Box]], scope: Scope) -> Array:
    """The entry of an array at the written position."""
    if len(parts) != value.rank or any(len(axis) != 1 for axis in value.axes):
        number = f"{value.rank} {'axis' if value.rank == 1 else 'axes'}"
        raise MeaningError(f"the array in brackets has {number}, but {len(parts)} indices are written")
    arithmetic = state.arithmetic(scope)
    starts = state.starts_of(value)
    forms = [arithmetic.form(part) - start for part, start in zip(parts, starts, strict=True)]
    return scalar(value.at(forms))
