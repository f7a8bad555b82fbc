"""What entries are: the working element type, and the operations that object entries need.

Integers stay integers (Booleans and short ones become int64, as in ``np.sum``) until a fraction occurs, and then
become floats, as in ``np.mean``. Object arrays stay exact: integers with a fraction become
:class:`~fractions.Fraction`, and SymPy expressions stay SymPy expressions.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def working_type(types: Iterable[np.dtype[Any]], fractional: bool) -> np.dtype[Any]:
    """The element type of the result for arrays of these types.

    >>> working_type([np.dtype(bool)], False), working_type([np.dtype(np.int64)], True)
    (dtype('int64'), dtype('float64'))
    """
    found = list(types)
    result = np.result_type(*found) if found else np.dtype(np.int64)
    if result.kind in "biu" and fractional:
        return np.dtype(np.float64)
    if result.kind in "biu" and result.itemsize < 8:
        return np.dtype(np.int64)
    return result


def numbers(num: Array | int, den: Array | int, dtype: np.dtype[Any]) -> Array:
    """``num/den`` in the element type; where den is 0 (only at positions that are dropped) the quotient is 0."""
    top, bottom = np.asarray(num), np.asarray(den)
    if dtype.kind == "O":
        return _fractions(top.astype(object), bottom.astype(object))
    if dtype.kind in "iu":
        return (top // np.where(bottom == 0, 1, bottom)).astype(dtype)
    return np.where(bottom == 0, 0, top / np.where(bottom == 0, 1, bottom)).astype(dtype)


def _fraction(num: int, den: int) -> int | Fraction:
    if den == 0 or num % den == 0:
        return num // den if den else 0
    return Fraction(num, den)


def _fractions(num: Array, den: Array) -> Array:
    return _elementwise(_fraction, num, den)


def _elementwise(function: Any, *arrays: Array) -> Array:
    """The function of each entry, as an object array of the broadcast shape (also for a single entry)."""
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    result = np.empty(shape, dtype=object)
    flat = [np.broadcast_to(array, shape).ravel() for array in arrays]
    result.ravel()[:] = [function(*entries) for entries in zip(*flat, strict=True)]
    return result


def power(base: Array, num: int, den: int) -> Array:
    """``base ** (num/den)``; for objects a whole power is exact, and a root is a float or a SymPy expression."""
    exponent = Fraction(num, den)
    if base.dtype.kind != "O":
        with np.errstate(divide="ignore", invalid="ignore"):
            if exponent.denominator == 1 and (base.dtype.kind != "i" or exponent >= 0):
                return np.asarray(base**exponent.numerator)
            return np.asarray(base ** float(exponent))
    return _elementwise(lambda entry: _object_power(entry, exponent), base)


def _object_power(entry: Any, exponent: Fraction) -> Any:
    if hasattr(entry, "free_symbols"):
        from sympy import Rational

        return entry ** Rational(exponent.numerator, exponent.denominator)
    if exponent < 0 and not entry:
        return float("inf")
    if exponent.denominator == 1:
        return (Fraction(entry) if isinstance(entry, int) and exponent < 0 else entry) ** exponent.numerator
    if isinstance(entry, complex):
        return entry ** float(exponent)
    return float(entry) ** float(exponent) if entry >= 0 else float("nan")


def is_symbolic(entry: Any) -> bool:
    """Whether the entry is a SymPy expression that may not have an order (so that its maximum stays written)."""
    return bool(getattr(entry, "free_symbols", False))


def total(entries: list[Any]) -> Any:
    """The sum of object entries; SymPy expressions are added all at once, which is linear in their number."""
    if any(hasattr(entry, "free_symbols") for entry in entries):
        from sympy import Add

        return Add(*entries)
    return sum(entries[1:], entries[0]) if entries else 0


def object_sum(array: Array, axes: tuple[int, ...]) -> Array:
    """The sum over the axes of an object array, kept as axes of size 1."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    shape = tuple(1 if axis in axes else array.shape[axis] for axis in range(array.ndim))
    counts = [int(np.prod([array.shape[axis] for axis in group])) for group in (kept, axes)]
    rows = array.transpose(*kept, *axes).reshape(*counts)
    result = np.empty(len(rows), dtype=object)
    result[:] = [total(list(row)) for row in rows]
    return result.reshape(shape)


def object_extreme(kind: Literal["max", "min"], entries: list[Any]) -> Any:
    """The largest or smallest object entry; of symbols, SymPy's ``Max`` or ``Min``."""
    if any(map(is_symbolic, entries)):
        from sympy import Max, Min

        return (Max if kind == "max" else Min)(*entries)
    pick = max if kind == "max" else min
    return reduce(lambda best, entry: best if best != best or entry == best else pick(best, entry), entries)


def object_shares(kind: Literal["max", "min"], ties: str, entries: list[Any]) -> list[Any]:
    """Each entry's share of the extremum under the tie rule; of symbols, as SymPy ``Piecewise``."""
    if not any(map(is_symbolic, entries)):
        best = object_extreme(kind, entries)
        hits = [int(entry == best or (best != best and entry != entry)) for entry in entries]
        if ties == "first":
            return [int(bool(hit) and not any(hits[:at])) for at, hit in enumerate(hits)]
        return hits if ties == "all" else [_fraction(hit, sum(hits)) for hit in hits]
    from sympy import Add, And, Ge, Gt, Le, Lt, Piecewise

    above, strictly = (Ge, Gt) if kind == "max" else (Le, Lt)

    def wins(at: int, first: bool) -> Any:
        others = enumerate(entries)
        rivals = [(strictly if first and j < at else above)(entries[at], other) for j, other in others if j != at]
        return Piecewise((1, And(*rivals)), (0, True))

    shares = [wins(at, ties == "first") for at in range(len(entries))]
    return shares if ties != "split" else [share / Add(*shares) for share in shares]
