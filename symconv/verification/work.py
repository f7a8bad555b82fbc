"""How much work an evaluation is, before it is begun: a claim may sum over 10¹² terms."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.expr.nodes import Expr, Pow, Reduce, Sum
from symconv.expr.walk import children
from symconv.index.domain import Range

LARGEST_POWER = 64
TOO_MUCH = 10**30


def work_at(expr: Expr, ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> int:
    """About how many entries are read to evaluate the expression at every position of the free indices.

    Limits are taken at the first and at the last position of the indices that they depend on; a power above 64
    counts as too much. A limit without a value counts as one: the evaluation will say what is wrong.

    >>> from symconv.expr.nodes import Sum, binder, number
    >>> work_at(Sum(number(1), (binder("i", "n"), binder("j", 10**12))), {}, {"n": 3})
    3000000000000
    """
    positions, first, last = 1, dict(sizes), dict(sizes)
    for name, span in ranges.items():
        if span.lo is not None and span.hi is not None:
            first[name], last[name] = span.lo.value(sizes), span.hi.value(sizes)
            positions *= max(0, last[name] - first[name] + 1)
    return positions * max(_reads(expr, first), _reads(expr, last))


def _reads(expr: Expr, names: Mapping[str, int]) -> int:
    inner, times = dict(names), 1
    if isinstance(expr, (Sum, Reduce)):
        for binder in expr.binders:
            inner[binder.index] = 0
            if binder.lo is not None and binder.hi is not None:
                try:
                    inner[binder.index] = binder.lo.value(names)
                    times *= max(1, binder.hi.value(names) - binder.lo.value(names) + 1)
                except (ArithmeticError, KeyError):
                    continue
    if isinstance(expr, Pow):
        try:
            if abs(expr.exponent.num.value(names)) > LARGEST_POWER * abs(expr.exponent.den.value(names)):
                return TOO_MUCH
        except (ArithmeticError, KeyError):
            pass
    return times * max(1, sum(_reads(child, inner) for child in children(expr)))
