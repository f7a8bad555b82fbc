"""The reads outside a tensor at given sizes, by plain loops."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from symconv.evaluate.windows import all_hold, positions
from symconv.expr.nodes import Access, Bracket, Expr, Mul, Reduce, Sum, Winner
from symconv.expr.walk import children
from symconv.index.domain import Range


@dataclass(frozen=True)
class Read:
    """A read of ``tensor[position]`` outside ``shape``, while the free indices are ``at``."""

    tensor: str
    position: tuple[int, ...]
    shape: tuple[int, ...]
    at: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {value}" for name, value in self.at)
        entry = ", ".join(map(str, self.position))
        return f"{self.tensor}[{entry}] is read, and {self.tensor} has shape {self.shape}" + (
            f" ({where})" if where else ""
        )


def free_positions(ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Every choice of the free indices, the last running fastest."""
    spans = []
    for name, span in ranges.items():
        if span.lo is None or span.hi is None:
            raise ValueError(f"the free index {name} has no range")
        spans.append(range(span.lo.value(sizes), span.hi.value(sizes) + 1))
    for at in product(*spans):
        yield dict(zip(ranges, at, strict=True))


def first_read_outside(
    expr: Expr, ranges: Mapping[str, Range], sizes: Mapping[str, int], allowed: Collection[str] = ()
) -> Read | None:
    """The first read outside a zero-padded tensor, no bracket around it being false; None where there is none.

    The tensors in ``allowed`` may be read outside. Errors: :class:`ArithmeticError` where an index has no value.
    """
    for at in free_positions(ranges, sizes):
        for entry, position in _reads(expr, {**sizes, **at}):
            if entry.tensor.name in allowed:
                continue
            shape = tuple(size.value(sizes) for size in entry.tensor.shape)
            if not all(0 <= here < size for here, size in zip(position, shape, strict=True)):
                return Read(entry.tensor.name, position, shape, tuple(at.items()))
    return None


def _reads(expr: Expr, names: Mapping[str, int]) -> Iterator[tuple[Access, tuple[int, ...]]]:
    match expr:
        case Access(tensor, indices):
            if tensor.outside == "zero":
                yield expr, tuple(index.value(names) for index in indices)
        case Mul(factors):
            flat = list(_flat(factors))
            brackets = [factor for factor in flat if isinstance(factor, Bracket)]
            if all(all_hold(bracket.guards, names) for bracket in brackets):
                for factor in flat:
                    yield from _reads(factor, names)
        case Sum(body, binders):
            guards = [guard for part in _parts(body) if isinstance(part, Bracket) for guard in part.guards]
            for inner in positions(binders, guards, names):
                yield from _reads(body, inner)
        case Reduce(_, body, binders, guards, _):
            for inner in positions(binders, guards, names):
                if all_hold(guards, inner):
                    yield from _reads(body, inner)
        case Winner(window, _):
            yield from _reads(window, names)
        case _:
            for child in children(expr):
                yield from _reads(child, names)


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return tuple(_flat(expr.factors)) if isinstance(expr, Mul) else (expr,)


def _flat(factors: tuple[Expr, ...]) -> Iterator[Expr]:
    for factor in factors:
        if isinstance(factor, Mul):
            yield from _flat(factor.factors)
        else:
            yield factor
