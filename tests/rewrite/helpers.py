"""Values of expressions on small sizes, for comparing an expression with its rewritten form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from symconv.evaluate.reference import Element, Environment, evaluate
from symconv.expr.nodes import Expr
from symconv.index.domain import Range
from tests.strategies import FREE, X, Y, all_sizes, environments

SIZES = list(all_sizes(3))


def data(sizes: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Integers for every tensor that random terms read."""
    rng = Random(seed)

    def filled(shape: list[int]) -> Any:
        return [filled(shape[1:]) for _ in range(shape[0])] if shape else rng.randint(-99, 99)

    return {tensor.name: filled([size.value(sizes) for size in tensor.shape]) for tensor in (X, Y)}


def values(expr: Expr, seed: int = 0, count: int = 4, ranges: Mapping[str, Range] = FREE) -> Iterator[Element]:
    """The expression at every position of the free indices, for a few choices of sizes."""
    for sizes in Random(seed).sample(SIZES, count):
        tensors = data(sizes, seed)
        for env in environments(sizes, ranges):
            yield evaluate(expr, Environment(env, tensors))


def same(before: Expr, after: Expr, seed: int = 0, count: int = 4) -> bool:
    """Whether two expressions have equal values everywhere on a few choices of sizes."""
    return list(values(before, seed, count)) == list(values(after, seed, count))
