"""Activations in front of a layer: f(z) is the layer's input, f'(z) an array of factors of its own."""

from __future__ import annotations

from dataclasses import replace

from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Scalar, Sum
from symconv.expr.tensor import Tensor
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError
from symconv.meaning.names import key, mark_of
from symconv.meaning.rows import items_of
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Row, Script, Symbol, Text


def activation_at(state: State, read: Read, name: Box, argument: Box, scope: Scope) -> Array | None:
    """``f(z)`` or ``f'(z)``; None where the symbol is no activation or the argument no pre-activation."""
    split = function_and_primes(name)
    if split is None:
        return None
    base, primes = split
    told = state.symbols.activation
    written = key(write_latex(base))
    own = {key(tensor.name) for tensor in state.symbols.definition.inputs} | state.symbols.told
    before = state.symbols.before
    other = told is not None and written != key(told) and written not in own
    if other and before is not None and _names(argument, before.name):
        raise MeaningError(f"{written} and {told} cannot both be the activation", name)
    if state.symbols.meaning(written) is not None and written != key(told or ""):
        return None
    if told is not None and written != key(told):
        return None
    before, slope = state.symbols.before, state.symbols.slope
    assert before is not None
    assert slope is not None
    if primes > 1:
        raise MeaningError("a second derivative of the activation is not understood", name)
    kept = state.default
    state.default = "low"
    try:
        with state.tentative():
            inner = read(items_of(argument), scope)
    except MeaningError:
        if told is not None:
            raise
        return None
    finally:
        state.default = kept
    target = slope if primes else state.symbols.input
    body = mapped(inner.body, before, target)
    if body is None:
        output = state.symbols.definition.output
        function = written + "'" * primes
        after = replace(output, name=f"{function}({output.name})", role="input", outside="zero")
        body = mapped(inner.body, output, after)
        if body is not None:
            state.choices.say(f"{function} is taken of the layer's output")
    if body is None:
        if told is not None:
            raise MeaningError(f"the activation {written} is understood of the pre-activation only", argument)
        return None
    return Array(inner.axes, body, inner.orientation, inner.numerator)


def _names(argument: Box, name: str) -> bool:
    """Whether the argument is an entry of that name."""
    items = items_of(argument)
    first = items[0].base if len(items) == 1 and isinstance(items[0], Script) else items[0] if items else None
    return isinstance(first, (Symbol, Text)) and key(write_latex(first)) == key(name)


def function_and_primes(name: Box) -> tuple[Symbol | Text, int] | None:
    """``f``, ``f'`` and ``f^{[l]\\prime}`` as the name of a function and its primes; None for anything else."""
    primes = 0
    if isinstance(name, Script) and name.sub is None and isinstance(name.base, (Symbol, Text)):
        inner = items_of(name.sup) if name.sup is not None else []
        rest = [item for item in inner if not (isinstance(item, Symbol) and item.name == r"\prime")]
        mark = mark_of(rest[0] if len(rest) == 1 else Row(tuple(rest)))
        primes = len(inner) - len(rest)
        primed = primes or (isinstance(name.base, Symbol) and name.base.primes)
        if rest and (mark is None or (mark.numeric and primed)):
            return None  # f^{-1}, f'^2, f'^{(2)}
        name = name.base
    if isinstance(name, Symbol) and name.name.startswith((r"\bar", r"\tilde", r"\hat", r"\overline")):
        return None
    if isinstance(name, Symbol):
        return Symbol(name.name), name.primes + primes
    return (name, primes) if isinstance(name, Text) else None


def mapped(body: Expr, before: Tensor, target: Tensor) -> Expr | None:
    """The entry of another array of the same shape; None for anything but one entry of ``before``, 0 elsewhere."""
    match body:
        case Access(tensor, indices) if tensor == before:
            return Access(target, indices)
        case Mul(factors) if all(isinstance(factor, (Bracket, Access)) for factor in factors):
            made = [mapped(f, before, target) if isinstance(f, Access) else f for f in factors]
            return None if any(f is None for f in made) else Mul(tuple(f for f in made if f is not None))
        case Scalar() | Add() | Sum():
            return None
        case _:
            return None
