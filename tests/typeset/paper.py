"""A reader of displayed boxes for a definition: which tensors are on the paper, and where their indices start."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symconv.expr.tensor import Definition
from symconv.typeset.entries import axis_permutation
from symconv.typeset.layout import Box, Row, Symbol
from symconv.typeset.names import name_box
from symconv.typeset.notation import Notation
from symconv.typeset.scope import Scope
from tests.typeset.boxvalue import Paper
from tests.typeset.values import Arrays, positions


def arrays_of(definition: Definition, env: Mapping[str, int]) -> dict[str, dict[tuple[int, ...], Any]]:
    """Pairwise different positive integers for every input, and the upstream gradient as ``delta``."""
    rng = random.Random(7)
    found: dict[str, dict[tuple[int, ...], Any]] = {}
    for tensor in definition.inputs:
        at = list(positions(tensor, env))
        found[tensor.name] = dict(zip(at, rng.sample(range(1, 4 * len(at) + 9), len(at)), strict=True))
    found["delta"] = {at: rng.randint(-9, 9) for at in positions(definition.output, env)}
    return found


def paper(definition: Definition, arrays: Arrays, notation: Notation) -> Paper:
    """A reader that knows the tensors' names on paper, the order of their axes, and where each axis starts."""
    shown: dict[Box, tuple[Any, tuple[str, ...], tuple[int, ...], str]] = {}
    tensors = {tensor.name: tensor for tensor in (*definition.inputs, definition.output)}
    for name, tensor in tensors.items():
        box = name_box(notation.symbol(name, tensor.role))
        above = notation.superscripts.get(tensor.role, "")
        order = axis_permutation(tensor.axes, notation)
        order = (*(at for at in order if tensor.axes[at][:1] in above and above), *(
            at for at in order if not (above and tensor.axes[at][:1] in above)))  # fmt: skip
        shown[box] = (arrays.get(name, {}), tensor.axes, order, tensor.outside)
        if tensor.role == "output":
            shown[Row((Symbol(r"\partial"), box))] = (arrays["delta"], tensor.axes, order, "zero")

    def entry(name: Box, at: tuple[Any, ...]) -> Any:
        values, axes, order, outside = shown[name]
        canonical = [0] * len(axes)
        for place, position in zip(order, at, strict=True):
            moved = Fraction(position) - notation.base_of(axes[place])
            if moved.denominator != 1:
                return 0
            canonical[place] = int(moved)
        return values.get(fold(canonical, outside, values), 0)

    return Paper(entry, frozenset(box for box in shown if not isinstance(box, Row)))


def fold(at: list[int], outside: str, values: Any) -> tuple[int, ...]:
    """The position that a read outside the tensor means under its padding map."""
    if outside == "zero":
        return tuple(at)
    last = [max(place[axis] for place in values) for axis in range(len(at))]
    if outside == "reflect":
        return tuple(abs(v) if v <= top else 2 * top - v for v, top in zip(at, last, strict=True))
    if outside == "replicate":
        return tuple(min(max(v, 0), top) for v, top in zip(at, last, strict=True))
    return tuple(v % (top + 1) for v, top in zip(at, last, strict=True))


def bindings(scope: Scope, env: Mapping[str, int]) -> dict[Box, Any]:
    """The names on paper of everything that has a value."""
    return {box: env[name] for name, box in scope.names.items() if name in env}
