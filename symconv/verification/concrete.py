"""Layers without a symbolic size: finitely many entries, each compared as a polynomial, which decides the claim."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from symconv.errors import SymconvError
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import size_symbols
from symconv.expr.nodes import Expr
from symconv.expr.tensor import Definition
from symconv.index.domain import Range
from symconv.time_limit import OutOfTime, time_limit
from symconv.verification.decide import zeros_needed
from symconv.verification.entries import tensors_of, values_for
from symconv.verification.products import Products
from symconv.verification.reads import free_positions
from symconv.verification.refute import refute
from symconv.verification.verdict import Verdict
from symconv.verification.work import work_at

_MOST_WORK = 200_000


def decide_concrete(claim: Expr, truth: Expr, definition: Definition, ranges: Mapping[str, Range]) -> Verdict | None:
    """The verdict where all sizes are numbers; None where they are not, or where a side is no polynomial.

    Entries of tensors are independent variables, so that two polynomials in them are equal if and only if they have
    the same coefficients.
    """
    if size_symbols(definition):
        return None
    start = monotonic()
    if work_at(claim, ranges, {}) + work_at(truth, ranges, {}) > _MOST_WORK:
        return None
    try:
        with time_limit(0.5):
            values = values_for(tensors_of(claim, truth), {}, "products")
            for at in free_positions(ranges, {}):
                env = Environment({}, values, {}, at)
                gap = Products.of(evaluate(claim, env)) - Products.of(evaluate(truth, env))
                if gap.terms:
                    found = refute(claim, truth, definition, ranges, most=1).counterexample
                    if found is None:
                        return None
                    return Verdict("refuted", counterexample=found, configurations=1, seconds=monotonic() - start)
    except (TypeError, ValueError, AttributeError, ArithmeticError, SymconvError, OutOfTime):
        return None
    assumptions, witness = zeros_needed(claim, definition, ranges, ())
    return Verdict(
        "proved", assumptions=assumptions, counterexample=witness, configurations=1, seconds=monotonic() - start
    )
