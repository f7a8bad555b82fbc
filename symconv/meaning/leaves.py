"""Names that are no tensors: functions, gradient signs, indicators, names that the formula itself explains."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import Access, Bracket, Derivative
from symconv.index.domain import Equal
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, scalar
from symconv.meaning.brackets import taken
from symconv.meaning.conditions import has_relation, indicator
from symconv.meaning.context import Read, State
from symconv.meaning.derivatives import are_names, nabla
from symconv.meaning.elementwise import activation_at
from symconv.meaning.entries import run_together
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.functions import apply, argument_after, function_of, vec_order
from symconv.meaning.layer import reduction_of
from symconv.meaning.maxima import NO_TIES
from symconv.meaning.names import is_transpose, key, letters, name_of
from symconv.meaning.references import reference_of
from symconv.meaning.rows import items_of, split
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import (
    Box,
    Fence,
    Number,
    Script,
    Symbol,
    Text,
)

INDICATORS = frozenset(
    {r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\mathds{1}", r"\mathbf{I}", r"\chi", r"\mathbb{𝟏}"}
)


def _named(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """A name that the formula itself explains (``where \\tilde x = pad(x, p)``), with its indices."""
    item = items[at]
    base = item.base if isinstance(item, Script) else item
    if not isinstance(base, (Symbol, Text)) or not state.named:
        return None
    value = state.named.get(key(write_latex(base)))
    if value is None:
        return None
    value = state.algebra.renamed(value)
    if isinstance(item, Script) and item.sup is not None:
        if not is_transpose(item.sup):
            raise MeaningError(f"the superscript of {shown(item)} is not understood", item)
        value = state.algebra.transpose(value)
    if not isinstance(item, Script) or item.sub is None:
        return value, at + 1
    parts = [part for part in split(items_of(item.sub), (",",)) if part]
    if len(parts) < value.rank:
        parts = [piece for part in parts for piece in run_together(part, value.rank - len(parts) + 1)]
    return taken(state, value, parts, scope), at + 1


def _gradient_sign(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\nabla_K L`` and ``\\partial_K L``."""
    item = items[at]
    if isinstance(item, Script) and isinstance(item.base, Symbol) and item.base.name in (r"\nabla", r"\partial"):
        if item.sup is not None:
            raise MeaningError(f"{shown(item)}: a second derivative is not understood", item)
        if item.sub is None or at + 1 >= len(items):
            raise MeaningError(f"{shown(item)} needs below it what it differentiates by, and a function after it", item)
        made = nabla(state, read, item.sub, items[at + 1], scope)
        following = items[at + 2] if at + 2 < len(items) else None
        if isinstance(following, Fence) and following.open in ("(", "[") and made.rank:
            parts = [part for part in split(items_of(following.body), (",",)) if part]
            if len(parts) == made.rank:
                return taken(state, made, parts, scope), at + 3
            if not are_names(following.body):
                raise MeaningError(f"{shown(following)} behind the loss is not understood", following)
            return made, at + 3  # the arguments of the loss
        return made, at + 2
    return None


def _indicator(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\mathbb{1}[…]``, ``1_{…}``, ``\\delta_{a,b}`` of Kronecker."""
    item = items[at]
    base = item.base if isinstance(item, Script) and (item.sup is None or is_transpose(item.sup)) else item
    name = write_latex(base).strip() if isinstance(base, (Symbol, Number)) else ""
    own = isinstance(base, Symbol) and key(base.name) in state.symbols.indicators
    told = isinstance(base, Symbol) and key(base.name) in state.symbols.told and not own
    is_one = own or (name in INDICATORS and not told)
    if isinstance(base, Symbol) and name.startswith(r"\delta") and isinstance(item, Script) and item.sub is not None:
        pair = _kronecker(state, base, item.sub)
        if pair is not None:
            arithmetic = state.arithmetic(scope)
            return scalar(Bracket((Equal(*(arithmetic.form(part) for part in pair)),))), at + 1
    below = item.sub if isinstance(item, Script) else None
    inner = items_of(below) if below is not None else []
    body = inner[0].body if len(inner) == 1 and isinstance(inner[0], Fence) else below
    if body is not None and (is_one or name == "1") and has_relation(body):
        return scalar(indicator(state, read, body, scope)), at + 1
    if not is_one and not (isinstance(base, Number) and base.text == "1"):
        return None
    argument = argument_after(items, at + 1)
    if argument is not None and has_relation(argument) and not isinstance(item, Script):
        return scalar(indicator(state, read, argument, scope)), at + 2
    if is_one and reduction_of(state.symbols.definition) is not None:
        following = items[at + 1] if at + 1 < len(items) else None
        if argument is not None:
            _check_argument(state, argument)
            return selection(state), at + 2
        if isinstance(following, Script) and isinstance(following.base, Fence) and is_transpose(following.sup):
            _check_argument(state, following.base.body)
            return state.algebra.transpose(selection(state)), at + 2
    return None


def _check_argument(state: State, argument: Box) -> None:
    """That S(x) picks entries of the layer's input."""
    found = reference_of(state, argument, "low")
    if found is None or found.groups or found.tensor != state.symbols.input:
        raise MeaningError(f"{shown(argument)} is not the layer's input", argument)


def selection(state: State) -> Array:
    """S(x): the matrix that picks the largest entry of every window; vec(y) = S(x)·vec(x)."""
    definition = state.symbols.definition
    order = vec_order(state)
    output, entry = state.entries.whole(definition.output), state.entries.whole(definition.inputs[0])
    assert isinstance(entry.body, Access)
    rows, columns = (state.algebra.vec(side, order).axes[0] for side in (output, entry))
    state.assume(NO_TIES)
    return Array((rows, columns), Derivative(output.body, entry.body))


def _kronecker(state: State, base: Symbol, sub: Box) -> tuple[list[Box], list[Box]] | None:
    """The two sides of Kronecker's δ; None where δ is the upstream gradient."""
    name = key(base.name)
    parts = [part for part in split(items_of(sub), (",",)) if part]
    if len(parts) == 1:
        pieces = [letter for box in parts[0] for letter in letters(box)]
        parts = [[piece] for piece in pieces]
    if len(parts) != 2:
        return None
    meaning = state.symbols.meaning(name)
    if name in state.symbols.indicators or meaning is None:
        return parts[0], parts[1]
    letters_only = all(len(part) == 1 and name_of(part[0]) not in (None, *state.symbols.sizes) for part in parts)
    if meaning.role == "upstream" and meaning.high.rank == 1 and name not in state.symbols.told and letters_only:
        return parts[0], parts[1]  # the upstream gradient has one index only
    return None


def _call(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``rot180(K)``, ``\\operatorname{vec}(X)``, ``\\operatorname{rot}_{180} K``."""
    item = items[at]
    base = item.base if isinstance(item, Script) else item
    if isinstance(base, (Symbol, Text)) and state.symbols.meaning(key(write_latex(base))) is not None:
        return None
    function = function_of(item)
    if function is None:
        return None
    transposed = is_transpose(function.sup)
    argument = argument_after(items, at + 1)
    end = at + 2
    if argument is None and at + 1 < len(items):
        following = items[at + 1]
        if isinstance(following, Script) and isinstance(following.base, Fence) and following.sub is None:
            # vec(F)^T
            if not is_transpose(following.sup):
                raise MeaningError("a power of a function is not understood: write it around the function", following)
            argument, transposed = following.base.body, transposed != is_transpose(following.sup)
        else:
            argument = following
    if argument is None:
        raise MeaningError(f"{shown(item)} needs an argument", item)
    value = apply(state, read, function, argument, scope)
    return (state.algebra.transpose(value) if transposed else value), end


def _activation(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\sigma(z)`` and ``f'(z_{i,j})``."""
    if state.symbols.before is None:
        return None
    argument, transposed = argument_after(items, at + 1), False
    following = items[at + 1] if at + 1 < len(items) else None
    if argument is None and isinstance(following, Script) and isinstance(following.base, Fence):
        # \sigma(z)^T
        transposed = following.sub is None and is_transpose(following.sup)
        argument = following.base.body if transposed else None
    if argument is None:
        return None
    made = activation_at(state, read, items[at], argument, scope)
    if made is None:
        return None
    return (state.algebra.transpose(made) if transposed else made), at + 2


LEAVES = (_named, _gradient_sign, _indicator, _call, _activation)
"""What a name may be that is no tensor, in the order in which it is tried."""
