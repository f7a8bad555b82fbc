"""The ways to state a padding: one value, one per axis, a pair per axis, or ``same``, ``valid``, ``full``."""

from __future__ import annotations

from typing import TypeAlias, Union

from symconv.errors import SizeError
from symconv.index.affine import ONE, ZERO, Affine, floor_div
from symconv.ops.sizes import Ledger, Size, spread, unmarked

AxisPadding: TypeAlias = Union[Size, tuple[Size, Size]]
Padding: TypeAlias = Union[AxisPadding, tuple[AxisPadding, ...], list[AxisPadding]]
WORDS = ("same", "valid", "full")
Pairs: TypeAlias = tuple[tuple[Affine, Affine], ...]


def read_padding(
    ledger: Ledger,
    value: Padding,
    rank: int,
    spans: tuple[Affine, ...],
    strides: tuple[Affine, ...],
    *,
    flat: bool = False,
) -> Pairs:
    """(before, after) for each axis; ``spans`` are d·(k−1), the padding that keeps (or fully grows) the size.

    ``same`` pads ⌊d(k−1)/2⌋ before and the rest after, as PyTorch does, and needs stride 1. ``flat`` also takes
    PyTorch's list for ``pad``: before and after for each axis, the last axis first.
    """
    option = f"padding of {ledger.owner}"
    if value == "valid":
        return ((ZERO, ZERO),) * rank
    if value == "full":
        return tuple((span, span) for span in spans)
    if value == "same":
        if any(stride != ONE for stride in strides):
            raise SizeError(f"{option} 'same' needs stride 1, got stride {', '.join(map(unmarked, strides))}")
        return tuple((half := floor_div(span, 2), span - half) for span in spans)
    if isinstance(value, str) and value.lower() in (*WORDS, "zeros", "reflect", "replicate", "circular"):
        raise SizeError(f"{option} is a size or one of {', '.join(WORDS)}, got {value!r}")
    if value is None or not isinstance(value, (tuple, list)):
        return (_pair(ledger, value, "p", "padding"),) * rank
    if flat and len(value) == 2 * rank and not any(isinstance(each, (tuple, list)) for each in value):
        ends = [each for each in value if not isinstance(each, (tuple, list))]
        # PyTorch's order: the last axis first
        value = tuple((ends[2 * axis], ends[2 * axis + 1]) for axis in reversed(range(rank)))
    if rank == 1 and len(value) == 2:
        raise SizeError(f"{option} takes one value; a pair (before, after) is written (({value[0]}, {value[1]}),)")
    return tuple(
        _pair(ledger, each, f"p_{axis}", f"padding_{axis}")
        for axis, each in enumerate(spread(value, option, rank), start=1)
    )


def _pair(ledger: Ledger, value: AxisPadding, default: str, role: str) -> tuple[Affine, Affine]:
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise SizeError(f"padding of {ledger.owner}: an axis takes one value or (before, after), got {value!r}")
        before, after = (
            ledger.read(each, "padding", default=f"{default}{mark}", role=f"{role}{mark}", minimum=0)
            for each, mark in zip(value, ("^-", "^+"), strict=True)
        )
        return before, after
    both = ledger.read(value, "padding", default=default, role=role, minimum=0)
    return both, both
