"""The positions that a sum or window runs over, and what a read outside a tensor's shape means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symconv.errors import ShapeError, SizeError
from symconv.expr.nodes import Binder
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.index.domain import Divides, Equal, Guard, guard_parts, holds
from symconv.time_limit import check_time


def all_hold(guards: Iterable[Guard], names: Mapping[str, int]) -> bool:
    """Whether every guard holds; a quotient without a value does not matter where another guard is false anyway."""
    undefined: ArithmeticError | None = None
    for guard in guards:
        try:
            if not holds(guard, names):
                return False
        except ArithmeticError as error:
            undefined = error
    if undefined is not None:
        raise undefined
    return True


def positions(
    binders: Sequence[Binder], guards: Sequence[Guard], names: Mapping[str, int]
) -> Iterator[Mapping[str, int]]:
    """``names`` extended by every position of the binders, the last binder running fastest.

    A limit is evaluated outside the sum. A binder without limits runs over the integers that the guards leave
    it; the other guards are not applied here.
    """
    if not binders:
        yield names
        return
    outside = {name: value for name, value in names.items() if name not in {binder.index for binder in binders}}
    ends = [(binder.index, _end(binder.lo, names), _end(binder.hi, names)) for binder in binders]
    yield from _run(ends, guards, outside)


def _end(limit: Affine | None, names: Mapping[str, int]) -> int | None:
    return None if limit is None else limit.value(names)


def _run(
    ends: list[tuple[str, int | None, int | None]], guards: Sequence[Guard], names: Mapping[str, int]
) -> Iterator[Mapping[str, int]]:
    if not ends:
        yield names
        return
    choice, (index, lo, hi) = next(((place, span) for place, span in enumerate(ends) if None not in span), (0, ends[0]))
    if lo is None or hi is None:
        for place, (name, low, high) in enumerate(ends):
            low, high = _bounded(name, low, high, guards, names)
            if low is not None and high is not None:
                choice, index, lo, hi = place, name, low, high
                break
        else:
            over = ", ".join(end[0] for end in ends)
            raise SizeError(f"the sum over {over} has no limits, and no condition bounds it")
    rest = ends[:choice] + ends[choice + 1 :]
    for value in range(lo, hi + 1):
        check_time()
        yield from _run(rest, guards, {**names, index: value})


def _bounded(
    index: str, lo: int | None, hi: int | None, guards: Sequence[Guard], names: Mapping[str, int]
) -> tuple[int | None, int | None]:
    """The limits that guards in known names put on an index: ``c·v + r ≥ 0`` (or ``= 0``)."""
    for guard in guards:
        left, right = guard_parts(guard)
        form = right - left
        if isinstance(guard, Divides) or not form.is_affine_in(index) or not form.names() <= {*names, index}:
            continue
        slope, rest = form.coefficient(index).value(names), form.without(index).value(names)
        for factor, offset in [(slope, rest)] + ([(-slope, -rest)] if isinstance(guard, Equal) else []):
            if factor > 0:
                lo = -(offset // factor) if lo is None else max(lo, -(offset // factor))
            elif factor < 0:
                hi = offset // -factor if hi is None else min(hi, offset // -factor)
    return lo, hi


def inside(tensor: Tensor, at: Sequence[int], shape: Sequence[int]) -> tuple[int, ...] | None:
    """The entry that a read at a position shows; None where it is a zero outside the shape.

    ``reflect`` mirrors without repeating the border, ``replicate`` repeats the border, ``circular`` wraps around
    (PyTorch's meanings): a reflection reaches at most size − 1, a wrap at most size positions outside.
    """
    found: list[int] = []
    for axis, (position, size) in enumerate(zip(at, shape, strict=True)):
        if 0 <= position < size:
            found.append(position)
        elif tensor.outside == "zero":
            return None
        elif tensor.outside == "replicate":
            found.append(0 if position < 0 else size - 1)
        else:
            below = position < 0
            mirrored = -position if below else 2 * (size - 1) - position
            wrapped = position + size if below else position - size
            entry = mirrored if tensor.outside == "reflect" else wrapped
            if not 0 <= entry < size:
                raise ShapeError(
                    f"{tensor.outside} padding of {tensor.name} reads position {position} of axis {axis + 1}, "
                    f"which is too far outside its size {size}"
                )
            found.append(entry)
    return tuple(found)
