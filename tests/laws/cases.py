"""What the laws are checked on: each derivation of the table once, small sizes with data, and the true gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import Any

from symconv.evaluate.dependence import Dependence, dependence, needs_floats
from symconv.evaluate.reference import Environment, gradient
from symconv.evaluate.sample import sample_sizes
from symconv.expr.tensor import Definition, Tensor
from symconv.gradient.derivation import Derivation, derive
from symconv.rewrite.rule import Eliminate
from tests.catalogue import Entry

#: products in one forward pass: enough for windows that overlap, leave a tail and reach into the padding
WORK = 60

Entries = dict[tuple[int, ...], Any]


@dataclass(frozen=True)
class Case:
    """Sizes and data for a layer, as tables position → entry; ``arrays["delta"]`` is the upstream gradient."""

    definition: Definition
    sizes: dict[str, int]
    arrays: dict[str, Entries]
    gradients: dict[str, Entries]


@cache
def derivation(entry: Entry, wrt: str, eliminate: Eliminate) -> Derivation:
    return derive(entry.operation, wrt, eliminate=eliminate)


@cache
def case(entry: Entry) -> Case:
    """The same sizes and data in every run; the gradients are taken by dual numbers from the definition."""
    definition, rng = entry.operation.definition, Random(entry.id)
    sizes = sample_sizes(definition, rng, work=WORK) or sample_sizes(definition, rng)
    assert sizes is not None, entry.id
    tensors = (*definition.inputs, definition.upstream)
    tables = {tensor.name: _filled(definition, tensor, sizes, rng) for tensor in tensors}
    nested = {tensor.name: _nested(tables[tensor.name], _shape(tensor, sizes)) for tensor in tensors}
    env = Environment(sizes, nested, {definition.output.name: definition})
    gradients = {tensor.name: dict(_flat(gradient(definition, tensor, env))) for tensor in definition.inputs}
    return Case(definition, sizes, {**tables, "delta": tables[definition.upstream.name]}, gradients)


def _shape(tensor: Tensor, sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(size.value(sizes) for size in tensor.shape)


def _filled(definition: Definition, tensor: Tensor, sizes: dict[str, int], rng: Random) -> Entries:
    """Integers, few enough for windows with ties under a tie rule; positive floats where roots are taken."""
    smooth = any(dependence(definition.body, each.name) == Dependence.SMOOTH for each in definition.inputs)
    draw = (lambda: rng.uniform(0.5, 1.5)) if smooth or needs_floats(definition.body) else (lambda: rng.randint(-4, 5))
    return {at: draw() for at in product(*map(range, _shape(tensor, sizes)))}


def _nested(table: Entries, shape: tuple[int, ...], at: tuple[int, ...] = ()) -> Any:
    if len(at) == len(shape):
        return table[at]
    return [_nested(table, shape, (*at, position)) for position in range(shape[len(at)])]


def _flat(nested: Any, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    if isinstance(nested, list):
        for position, part in enumerate(nested):
            yield from _flat(part, (*at, position))
    else:
        yield at, nested
