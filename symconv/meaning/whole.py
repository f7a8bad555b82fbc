"""Arrays written with indices that only name them: in ``δ_{i,j} ∗ w_{m,n}`` each operand is the whole array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.expr.nodes import Access
from symconv.expr.walk import free_names, substitute
from symconv.index.affine import Affine
from symconv.meaning.arithmetic import INDEX
from symconv.meaning.arrays import Array, Digit
from symconv.meaning.context import State
from symconv.meaning.convolve import is_channel

SAID = "indices under an operator on arrays only name the whole arrays"


def widenable(state: State, array: Array) -> bool:
    """Whether an entry stands for its whole array: plain indices, free ones or ones that nothing binds."""
    return _signs(state, array) is not None


def widened(state: State, array: Array) -> Array:
    """The whole array for an entry with such indices; anything else as it is.

    ``w_{-m,-n}`` is the array turned about its origin: its positions run from −(k − 1) to 0.
    """
    signs = _signs(state, array)
    if signs is None:
        return array
    assert isinstance(array.body, Access)
    tensor = array.body.tensor
    forms: list[Affine | None] = []
    for axis, form in enumerate(array.body.indices):
        spatial = tensor.axes[axis][0] in "SOK"
        for name in sorted(form.names()) if spatial else ():
            state.unbound.pop(name.removeprefix(INDEX), None)
        forms.append(None if spatial else form)
    state.choices.say(SAID)
    made = state.entries.partial(tensor, forms)
    if -1 not in signs:
        return made
    state.choices.say("an array with negative indices is turned about its origin")
    return about_origin(made, [sign == -1 for sign in signs])


def of_position(state: State, array: Array) -> Array:
    """An expression in the indices of the left side as the array of its values at all positions there."""
    names = [name for name, _, _ in state.position]
    if array.rank or not names or not set(names) <= free_names(array.body):
        return array
    axes, values = [], {}
    for at, (name, start, size) in enumerate(state.position):
        index = state.algebra.fresh()
        axes.append((Digit(index, size, f"P{at + 1}"),))
        values[name] = Affine.of(index) + start
    state.choices.say("an expression at one position, under an operator on arrays, stands for the array of its values")
    return Array(tuple(axes), substitute(array.body, values))


def about_origin(array: Array, which: Sequence[bool] | None = None) -> Array:
    """``x[-i]``: the spatial axes (or ``which`` of them) read backwards from position 0."""
    spatial = [axis for axis in array.axes if not is_channel(axis)]
    turned = [axis[0].index for axis, yes in zip(spatial, which or [True] * len(spatial), strict=True) if yes]
    forms = [-Affine.of(digit.index) if digit.index in turned else Affine.of(digit.index) for digit in array.digits]
    axes = tuple(
        tuple(replace(digit, first=1 - digit.size - digit.first) if digit.index in turned else digit for digit in axis)
        for axis in array.axes
    )
    return replace(array, axes=axes, body=array.at(forms))


def _in_place(state: State, name: str, axis: int) -> bool:
    """Whether an index of the left side stands at the axis that it stands at there."""
    names = [each for each, _, _ in state.position]
    return not names or (axis < len(names) and names[axis] == name)


def _signs(state: State, array: Array) -> list[int] | None:
    if array.rank or not isinstance(array.body, Access) or not array.body.indices:
        return None
    tensor, signs, seen = array.body.tensor, list[int](), set[str]()
    starts: Sequence[Affine] = state.starts.of(tensor)
    for axis, form in enumerate(array.body.indices):
        if tensor.axes[axis][0] not in "SOK":
            continue
        plain = form + starts[axis]
        names = [name for name in plain.names() if name.startswith(INDEX)]
        if len(names) != 1 or names[0] in seen:
            return None
        name = names[0]
        sign = plain.coefficient(name).constant
        if sign not in (1, -1) or plain != Affine.of(name) * sign:
            return None
        bare = name.removeprefix(INDEX)
        if bare not in state.free and bare not in state.unbound:
            return None
        if bare in state.free and not _in_place(state, name, len(signs)):
            return None
        seen.add(name)
        signs.append(sign)
    return signs or None
