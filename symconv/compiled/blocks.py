"""A large box cut into blocks, so that what a block copies stays in the cache and memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod

from symconv.compiled.bounds import Interval, hull
from symconv.compiled.plan import Box, Contraction, GridSum, used_axes
from symconv.expr.nodes import Binder, Expr, Reduce, Sum
from symconv.expr.walk import accesses, walk
from symconv.index.affine import Affine, extremum
from symconv.rewrite.normal import Term

# measured on the layers of VGG-16: larger blocks leave the cache, smaller ones make thin matrices
BLOCK = 1 << 21
GRID = 1 << 20


def contraction_blocks(item: Contraction, limit: int = BLOCK) -> Iterator[Box]:
    """The box in blocks whose operands and result have at most about ``limit`` values each.

    The longest side of the matrix product is cut, and there the outermost axis, so that the matrices stay
    thick and the copies have long runs; an axis that only repeats the product (a batch) is cut first.
    """
    names = [name for name, _, _ in item.box]
    operands = [used_axes(group, names, list(item.shape)) for group in item.groups]
    operands.append(frozenset(axis for axis in item.keep if item.shape[axis] > 1))
    ranks = [*(_ranks(item, at) for at in range(len(item.groups))), _output_ranks(item)]
    yield from _cut(item.box, operands, ranks, limit)


def _cut(box: Box, operands: list[frozenset[int]], ranks: list[dict[int, int]], limit: int) -> Iterator[Box]:
    shape = [high - low + 1 for _, low, high in box]
    values = [prod(shape[axis] for axis in axes) for axes in operands]
    largest = max(range(len(operands)), key=lambda at: values[at])
    if values[largest] <= limit:
        yield box
        return
    sides: dict[tuple[bool, ...], list[int]] = {}
    for axis in operands[largest]:
        if shape[axis] > 1:
            sides.setdefault(tuple(axis in axes for axes in operands), []).append(axis)
    side = max(sides, key=lambda key: (all(key), prod(shape[axis] for axis in sides[key])))
    axis = min(sides[side], key=lambda axis: (ranks[largest].get(axis, axis), -shape[axis]))
    name, low, high = box[axis]
    step = max(1, -(-shape[axis] // -(-values[largest] // limit)))
    for first in range(low, high + 1, step):
        part = (name, first, min(high, first + step - 1))
        yield from _cut((*box[:axis], part, *box[axis + 1 :]), operands, ranks, limit)


def _ranks(item: Contraction, at: int) -> dict[int, int]:
    """For each axis the first tensor axis that it moves along: the outermost has the longest step in memory."""
    ranks: dict[int, int] = {}
    for access in accesses(item.groups[at]):
        for position, index in enumerate(access.indices):
            for axis, (name, _, _) in enumerate(item.box):
                if name in index.names():
                    ranks.setdefault(axis, position)
    return ranks


def _output_ranks(item: Contraction) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for position, (factors, _) in enumerate(item.outputs):
        for axis, factor in enumerate(factors):
            if factor:
                ranks.setdefault(axis, position)
    return ranks


def grid_blocks(item: GridSum, targets: tuple[str, ...], limit: int = GRID) -> Iterator[tuple[Box, Term]]:
    """Boxes of target indices, each with the term to add there, so that a grid has at most about ``limit`` values."""
    depth = max([1, *(_depth(factor, item.ranges) for factor in item.term.factors)])
    ranges = dict(item.ranges)
    waiting = [ranges]
    while waiting:
        ranges = waiting.pop()
        extents = {name: high - low + 1 for name, (low, high) in ranges.items()}
        size = depth * prod(extents.values())
        pool = [name for name in targets if extents[name] > 1] or [name for name in extents if extents[name] > 1]
        if size <= limit or not pool:
            box = tuple((name, *ranges[name]) for name in targets)
            yield box, _restricted(item, ranges)
            continue
        name = max(pool, key=lambda name: extents[name])
        low, high = ranges[name]
        step = max(1, -(-extents[name] // -(-size // limit)))
        waiting += [{**ranges, name: (first, min(high, first + step - 1))} for first in range(low, high + 1, step)]


def _restricted(item: GridSum, ranges: Mapping[str, Interval]) -> Term:
    """The term with every binder that was cut limited to its part."""

    def limited(binder: Binder) -> Binder:
        if ranges[binder.index] == item.ranges[binder.index]:
            return binder
        assert binder.lo is not None
        assert binder.hi is not None
        low, high = map(Affine.of, ranges[binder.index])
        return Binder(binder.index, extremum("max", [low, binder.lo]), extremum("min", [high, binder.hi]))

    return replace(item.term, binders=tuple(map(limited, item.term.binders)))


def _depth(factor: Expr, ranges: Mapping[str, Interval]) -> int:
    """About how many values the sums and windows inside a factor run over."""
    size = 1
    for node in walk(factor):
        if isinstance(node, (Sum, Reduce)):
            for binder in node.binders:
                ends = [end for end in (binder.lo, binder.hi) if end is not None and end.names() <= ranges.keys()]
                if len(ends) == 2:
                    size *= max(1, hull(ends[1], ranges)[1] - hull(ends[0], ranges)[0] + 1)
    return size
