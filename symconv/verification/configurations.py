"""All admitted sizes and hyperparameters of a definition, in order of their sum, then of their values."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symconv.evaluate.sample import admitted, complete_sizes, size_symbols
from symconv.expr.tensor import Definition
from symconv.index.domain import Guard, holds
from symconv.time_limit import limit_of


@dataclass(frozen=True, order=True)
class Configuration:
    """Values for all size symbols; ``total`` is their sum, and the order is by total, then by the values."""

    total: int
    values: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """Name → value."""
        return dict(zip(self.names, self.values, strict=True))


def configurations(
    definition: Definition,
    *,
    given: Sequence[Guard] = (),
    seconds: float = 1.0,
    most: int = 10_000,
    largest: int = 60,
) -> Iterator[Configuration]:
    """The admitted configurations, smallest sum first, until the time, the number, or the sum ``largest`` is reached.

    The sum counts every size symbol, derived ones included; among equal sums the values decide, the symbols taken in
    alphabetical order. Free symbols are chosen, derived ones computed from them.

    >>> import symconv as sc
    >>> definition = sc.Conv1d().definition
    >>> [each.sizes for each in configurations(definition, most=2)]
    [{'O_1': 1, 'W': 1, 'k_1': 1}, {'O_1': 1, 'W': 2, 'k_1': 2}]
    """
    names = size_symbols(definition)
    known = definition.assumptions
    computed = {**known.equal, **definition.derived}
    computed = {name: form for name, form in computed.items() if name not in form.names()}
    free = [name for name in names if name not in computed]
    lows = [known.lower.get(name, 1) for name in free]
    slack = sum(known.lower.get(name, 1) for name in computed)
    limit, given_out = limit_of(seconds), 0
    waiting: list[Configuration] = []
    for excess in range(largest + 1):
        for extra in _compositions(excess, len(free)):
            if limit.over:
                # every smaller configuration has been seen already only for those below this sum
                yield from _ready(waiting, sum(lows) + excess + slack, most - given_out)
                return
            chosen = {name: low + more for name, low, more in zip(free, lows, extra, strict=True)}
            sizes = _completed(definition, computed, chosen, given)
            if sizes is not None:
                values = tuple(sizes[name] for name in names)
                heapq.heappush(waiting, Configuration(sum(values), values, names))
        for each in _ready(waiting, sum(lows) + excess + 1 + slack, most - given_out):
            given_out += 1
            yield each
            if limit.over:
                return
        if given_out >= most or not free:
            break
    yield from _ready(waiting, largest * 1000, most - given_out) if not free else ()


def _ready(waiting: list[Configuration], below: int, most: int) -> Iterator[Configuration]:
    """Those whose sum is less than any that is still to come."""
    while waiting and waiting[0].total < below and most > 0:
        most -= 1
        yield heapq.heappop(waiting)


def _completed(
    definition: Definition, computed: Mapping[str, object], chosen: dict[str, int], given: Sequence[Guard]
) -> dict[str, int] | None:
    sizes = complete_sizes(computed, chosen)  # type: ignore[arg-type]
    if sizes is None or not admitted(definition, sizes):
        return None
    try:
        return sizes if all(holds(guard, sizes) for guard in given) else None
    except ArithmeticError:
        return None


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All tuples of ``parts`` non-negative integers with that sum, in lexicographic order."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
