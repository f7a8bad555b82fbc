"""Derivatives: of the loss by an array (a gradient), of an array by an array (a Jacobian), of one entry by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.expr.nodes import Access, Bracket, Derivative, Expr, Mul
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import gradient_of
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import is_d, key, mark_of, name_of
from symconv.meaning.references import is_label
from symconv.meaning.rows import items_of, split
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Fraction, Row, Script, Symbol, Text


def is_derivative(item: Fraction) -> bool:
    """Whether a fraction is ``∂…/∂…``."""
    above, below = _behind_d(items_of(item.num)), _behind_d(items_of(item.den))
    return bool(above and below and is_d(above[0]) and is_d(below[0]) and len(below) > 1)


def derivative(
    state: State, read: Read, item: Fraction, rest: Sequence[Box], scope: Scope, at: int
) -> tuple[Array, int]:
    """The derivative, and where what belongs to it ends (behind ``∂/∂x`` the whole rest does)."""
    above, below = _behind_d(items_of(item.num))[1:], _behind_d(items_of(item.den))[1:]
    end = at + 1
    if not above:
        above, end = list(rest), at + 1 + len(rest)
        if not above:
            raise MeaningError("there is nothing behind the derivative sign", item)
    return of_by(state, read, above, below, scope), end


def nabla(state: State, read: Read, by: Box, of: Box, scope: Scope) -> Array:
    """``∇_x y``: the gradient of a loss, the transposed Jacobian of a vector."""
    return of_by(state, read, [of], items_of(by), scope)


def of_by(state: State, read: Read, above: Sequence[Box], below: Sequence[Box], scope: Scope) -> Array:
    """``∂ above / ∂ below``."""
    by = _denominator(state, read, below, scope)
    if is_loss(state, above):
        return replace(by, body=mapped_gradient(by.body, state))
    kept = state.default
    state.default = "high"
    try:
        of = read(above, scope)
    finally:
        state.default = kept
    if not isinstance(by.body, Access):
        raise MeaningError(f"a derivative by {shown(*below)} is not understood", below[0])
    of = state.algebra.renamed(of)
    axes = (*of.axes, *by.axes)
    row = by.rank == 1 and by.orientation == "row" and of.rank <= 1
    numerator = None if row or of.rank == 0 else of.rank
    return Array(axes, Derivative(of.body, by.body), "row" if row and of.rank == 0 else "column", numerator)


def _denominator(state: State, read: Read, below: Sequence[Box], scope: Scope) -> Array:
    kept = state.default
    state.default = "low"
    try:
        made = read(_unwrapped(below), scope)
    finally:
        state.default = kept
    return state.algebra.renamed(made)


def _unwrapped(below: Sequence[Box]) -> Sequence[Box]:
    """``(\\mathrm{vec}(F)^T)`` without its brackets."""
    if len(below) == 1 and isinstance(below[0], Fence) and below[0].open == "(":
        return items_of(below[0].body)
    return below


def is_loss(state: State, above: Sequence[Box]) -> bool:
    """Whether the numerator is the loss, perhaps with its arguments."""
    if not above:
        return False
    first = above[0]
    if isinstance(first, Script) and isinstance(first.base, (Symbol, Text)) and name_of(first) is None:
        if first.sup is not None and mark_of(first.sup) is None and not is_label(first.sup):
            return False
        first = first.base
    name = name_of(first) if not isinstance(first, Row) else None
    loss = name is not None and (name in state.symbols.losses or key(write_latex(first)) in state.symbols.losses)
    return loss and (len(above) == 1 or (len(above) == 2 and isinstance(above[1], Fence) and are_names(above[1].body)))


def are_names(box: Box) -> bool:
    """Whether the arguments of a function are names, as in ``L(x; W)``, and no values such as 2x."""
    parts = split(items_of(box), (",", ";", "|"))
    return all(not part or (len(part) == 1 and isinstance(part[0], (Symbol, Script, Text))) for part in parts)


def mapped_gradient(body: Expr, state: State) -> Expr:
    """Entries of a tensor as entries of the loss's derivative by it."""
    match body:
        case Access(tensor, indices):
            if tensor.role == "output":
                upstream = Tensor(r"\delta", "upstream", tensor.shape, tensor.indices, tensor.axes)
                own = tensor == state.symbols.definition.output
                return Access(state.symbols.definition.upstream if own else upstream, indices)
            if tensor.role in ("upstream", "gradient", "loss"):
                raise MeaningError(f"the derivative by the gradient {tensor.name} is not understood")
            return Access(gradient_of(tensor), indices)
        case Mul(factors) if all(isinstance(factor, (Bracket, Access)) for factor in factors):
            return Mul(tuple(mapped_gradient(f, state) if isinstance(f, Access) else f for f in factors))
        case _:
            raise MeaningError("the loss is differentiated by something that is no tensor of the layer")


def _behind_d(items: list[Box]) -> list[Box]:
    """``dL`` as d and L."""
    if items and isinstance(items[0], Symbol) and len(items[0].name) > 1 and items[0].name.startswith("d"):
        rest = Symbol(items[0].name[1:], items[0].primes)
        return [Symbol(r"\mathrm{d}"), rest, *items[1:]]
    if items and isinstance(items[0], Script) and isinstance(items[0].base, Symbol):
        base = items[0].base
        if len(base.name) > 1 and base.name.startswith("d") and base.name.isalpha():
            inner = Script(Symbol(base.name[1:], base.primes), items[0].sub, items[0].sup)
            return [Symbol(r"\mathrm{d}"), inner, *items[1:]]
    return items
