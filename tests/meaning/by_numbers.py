"""Arrays of the room, evaluated entry by entry with the reference evaluator, so that numpy can judge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.nodes import Access
from symconv.expr.tensor import Role, Tensor
from symconv.index.affine import Affine
from symconv.meaning.arrays import Algebra, Array, Digit

Values = Mapping[str, np.ndarray]


def algebra() -> Algebra:
    """An algebra in which sizes are equal only if they are the same form."""
    return Algebra(lambda left, right: left == right)


def whole(
    made_by: Algebra, name: str, sizes: Sequence[str | int], kinds: Sequence[str] | None = None, role: Role = "input"
) -> Array:
    """A tensor as an array over all of its axes; a size is a name, so that one array serves for every size."""
    shape = tuple(Affine.of(size) for size in sizes)
    axes = tuple(kinds) if kinds is not None else ("M",) * len(shape)
    tensor = Tensor(name, role, shape, tuple("ijkl"[: len(shape)]), axes)
    digits = tuple(Digit(made_by.fresh(), size, kind) for size, kind in zip(shape, axes, strict=True))
    return Array(tuple((digit,) for digit in digits), Access(tensor, tuple(Affine.of(digit.index) for digit in digits)))


def computed(array: Array, values: Values, sizes: Mapping[str, int] | None = None) -> np.ndarray:
    """Every entry, an axis of several digits counted with the first digit as the most significant.

    Positions run through the sizes that the array itself states.
    """
    known = dict(sizes or {})
    env = Environment(known, values)
    spans = [range(d.first.value(known), d.first.value(known) + d.size.value(known)) for d in array.digits]
    flat = [
        evaluate(array.body, Environment(known, env.tensors, {}, dict(zip(_names(array), at, strict=True))))
        for at in product(*spans)
    ]
    return np.array(flat, dtype=object).reshape(shape_of(array, known)).astype(int)


def shape_of(array: Array, sizes: Mapping[str, int] | None = None) -> tuple[int, ...]:
    """The length of every axis: the product of its digits' sizes."""
    known = dict(sizes or {})
    return tuple(int(np.prod([digit.size.value(known) for digit in axis])) for axis in array.axes)


def outside(array: Array, at: Sequence[int], values: Values, sizes: Mapping[str, int] | None = None) -> int:
    """The value at one position, which may lie outside of the array."""
    env = Environment(dict(sizes or {}), values, {}, dict(zip(_names(array), at, strict=True)))
    return int(evaluate(array.body, env))


def _names(array: Array) -> list[str]:
    return [digit.index for digit in array.digits]


def entries(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Random entries; none is 0, so that an entry that is lost shows."""
    found = rng.integers(1, 50, size=shape)
    return found * rng.choice((-1, 1), size=shape)
