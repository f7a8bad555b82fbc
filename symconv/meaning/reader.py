"""From boxes to arrays over the tensors of a layer: sums of terms, terms of factors."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import Expr, Scalar
from symconv.index.affine import ONE, Affine
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, Digit, scalar
from symconv.meaning.brackets import bracket, powered
from symconv.meaning.conditions import cases
from symconv.meaning.context import Read, State
from symconv.meaning.derivatives import derivative, is_derivative
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.folding import folded
from symconv.meaning.generic import IDENTITIES, closed
from symconv.meaning.leaves import LEAVES
from symconv.meaning.names import is_dots, key
from symconv.meaning.operators import Operator, combine, operator_of
from symconv.meaning.rows import is_sign, items_of, signed_terms
from symconv.meaning.sums import reduced, summed
from symconv.meaning.tensors import tensor_entry
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import (
    Big,
    Box,
    Cases,
    Fence,
    Fraction,
    Matrix,
    Number,
    Root,
    Sign,
    Symbol,
)

LOOSE = (r"\otimes", r"\odot")


def read_items(state: State, items: Sequence[Box], scope: Scope) -> Array:
    """A sum of terms."""
    total: Array | None = None
    for sign, term in signed_terms(folded(state.symbols, items)):
        value = _term(state, term, scope)
        value = value if sign > 0 else state.algebra.negate(value)
        total = value if total is None else state.algebra.add(total, value)
    assert total is not None
    return total


def _read(state: State) -> Read:
    return lambda items, scope: read_items(state, items, scope)


def _term(state: State, items: Sequence[Box], scope: Scope) -> Array:
    """A product; a sum sign reaches to the end of it."""
    if not items:
        raise MeaningError("something is missing beside a sign")
    looser = [n for n, item in enumerate(items) if is_sign(item, LOOSE) and 0 < n < len(items) - 1]
    if looser and not any(isinstance(item, Big) for item in items[: looser[-1]]):
        # the product beside ⊗ and ⊙ comes first: A B ⊗ C is (A B) ⊗ C
        left, right = items[: looser[-1]], items[looser[-1] + 1 :]
        return combine(state, operator_of(items[looser[-1]]), _term(state, left, scope), _term(state, right, scope))
    result: Array | None = None
    operator: Operator | None = None
    at = 0
    while at < len(items):
        item = items[at]
        found = None if _is_called(items, at) else operator_of(item)
        if found is not None:
            if result is None or operator is not None:
                raise MeaningError(f"the sign {shown(item)} has nothing before it", item)
            operator, at = found, at + 1
            continue
        if is_sign(item, ("/",)):
            if at + 1 >= len(items) or result is None:
                raise MeaningError("a slash has nothing beside it", item)
            value = state.arithmetic(scope).scalar([items[at + 1]])
            result, at = state.algebra.scale(Scalar(value.den, value.num), result), at + 2
            continue
        factor, at = _factor(state, items, at, scope)
        result = factor if result is None else combine(state, operator, result, factor)
        operator = None
    if result is None or operator is not None:
        raise MeaningError("a product ends with a sign", items[-1])
    return result


def _is_called(items: Sequence[Box], at: int) -> bool:
    """``conv(I, K)`` is a function, ``I conv K`` an operator."""
    item, following = items[at], items[at + 1] if at + 1 < len(items) else None
    commas = isinstance(following, Fence) and any(is_sign(part, (",",)) for part in items_of(following.body))
    return isinstance(item, Symbol) and commas


def _factor(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int]:
    item = items[at]
    read = _read(state)
    match item:
        case Big():
            return _big(state, item, items, at, scope)
        case Cases():
            return scalar(cases(state, read, item, scope)), at + 1
        case Matrix():
            return _matrix(state, item, scope), at + 1
        case Fraction():
            if is_derivative(item):
                return derivative(state, read, item, items[at + 1 :], scope, at)
            return _fraction(state, item, scope), at + 1
        case Root(body, degree):
            power = ONE * 2 if degree is None else state.arithmetic(scope).form(degree)
            inner = read(items_of(body), scope)
            return powered(inner, Scalar(ONE, power)), at + 1
        case Sign() if is_dots(item):
            raise MeaningError("an ellipsis is not understood: write the sum", item)
        case Sign():
            raise MeaningError(f"the sign {shown(item)} has no meaning between entries here", item)
    for attempt in (*LEAVES, tensor_entry, bracket):
        found = attempt(state, read, items, at, scope)
        if found is not None:
            return found
    return _scalar(state, item, scope), at + 1


def _scalar(state: State, item: Box, scope: Scope) -> Array:
    if isinstance(item, Number) and "." in item.text:
        whole, _, rest = item.text.partition(".")
        if len(whole) + len(rest) <= 9:
            return scalar(Scalar(Affine.of(int(whole + rest)), Affine.of(10 ** len(rest))))
    try:
        return scalar(state.arithmetic(scope).scalar([item]))
    except MeaningError:
        if key(write_latex(item)) not in IDENTITIES or isinstance(item, Number):
            raise
    state.identities += 1
    size = closed(Affine.of(f"n_{{I,{state.identities}}}"), state.sizes)
    state.choices.say(f"{shown(item)} is the identity matrix")
    return state.algebra.identity((Digit(state.algebra.fresh(), size, "M"),))


def _big(state: State, item: Big, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int]:
    read, rest = _read(state), items[at + 1 :]
    if item.name == "sum":
        return summed(state, read, item, rest, scope), len(items)
    if item.name in ("max", "min"):
        if item.under is None and rest and isinstance(rest[0], Fence):
            return scalar(state.arithmetic(scope).scalar([item, rest[0]])), at + 2
        return scalar(reduced(state, read, item, rest, scope)), len(items)
    raise MeaningError(f"the sign {item.name} has no meaning here", item)


def _matrix(state: State, item: Matrix, scope: Scope) -> Array:
    rows: list[list[Expr]] = []
    for cells in item.rows:
        entries: list[Expr] = []
        for cell in cells:
            if cell is None:
                raise MeaningError("a cell of the matrix is empty", item)
            value = _cell(state, cell, scope)
            if value.rank:
                raise MeaningError("a matrix of matrices is not understood", cell)
            entries.append(value.body)
        rows.append(entries)
    if item.open == "|":
        state.choices.say("bars around a matrix are its brackets, not a determinant")
    return state.algebra.explicit(rows)


def _cell(state: State, cell: Box, scope: Scope) -> Array:
    """A cell; a letter that names a whole tensor is a number of its own there."""
    kept, state.in_matrix = state.in_matrix, True
    try:
        return read_items(state, items_of(cell), scope)
    finally:
        state.in_matrix = kept


def _is_argmax(box: Box) -> bool:
    items = items_of(box)
    return bool(items) and isinstance(items[0], Big) and items[0].name == "argmax"


def _fraction(state: State, item: Fraction, scope: Scope) -> Array:
    if isinstance(item.den, Fence) and item.den.open == "|" and _is_argmax(item.den.body):
        state.shared = tuple(items_of(item.den.body))
        return read_items(state, items_of(item.num), scope)
    try:
        return scalar(state.arithmetic(scope).scalar([item]))
    except MeaningError:
        above = read_items(state, items_of(item.num), scope)
    try:
        below = state.arithmetic(scope).scalar(item.den)
    except MeaningError:
        under = read_items(state, items_of(item.den), scope)
        return state.algebra.hadamard(above, powered(under, Scalar(Affine.of(-1))))
    if not below.num.terms:
        raise MeaningError("a division by zero", item)
    return state.algebra.scale(Scalar(below.den, below.num), above)
