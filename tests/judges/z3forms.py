"""Index forms as Z3 terms, for judging what the bounds check claims."""

from __future__ import annotations

from collections.abc import Mapping

import z3

from symconv.index.affine import Affine, Extremum, Quotient
from symconv.index.domain import Assumptions, Range


def to_z3(form: Affine, solver: z3.Solver) -> z3.ArithRef:
    """The form; what defines its quotients is added to the solver."""
    total: z3.ArithRef = z3.IntVal(0)
    for monomial, factor in form.terms:
        part: z3.ArithRef = z3.IntVal(factor)
        for atom in monomial:
            part = part * (z3.Int(atom) if isinstance(atom, str) else _atom(atom, solver))
        total = total + part
    return total


def _atom(atom: Quotient | Extremum, solver: z3.Solver) -> z3.ArithRef:
    if isinstance(atom, Quotient):
        num, den = to_z3(atom.num, solver), to_z3(atom.den, solver)
        # one unknown for each quotient, so that equal quotients are equal
        value = z3.Int(str(atom))
        if atom.rounding == "ceil":
            solver.add(den * (value - 1) < num, num <= den * value)
        elif atom.rounding == "exact":
            solver.add(den * value == num)
        else:
            solver.add(den * value <= num, num < den * (value + 1))
        return value
    first, *others = (to_z3(arg, solver) for arg in atom.args)
    for other in others:
        first = z3.If((other < first) if atom.kind == "min" else (other > first), other, first)
    return first


def refutation(
    form: Affine, assumptions: Assumptions, ranges: Mapping[str, Range], milliseconds: int = 300
) -> z3.CheckSatResult:
    """Whether Z3 finds admitted sizes and indices with ``form < 0``: ``unsat`` is a proof that there are none."""
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    for name, low in assumptions.lower.items():
        solver.add(z3.Int(name) >= low)
    for fact in assumptions.facts:
        solver.add(to_z3(fact, solver) >= 0)
    for name, value in {**assumptions.equal, **assumptions.derived}.items():
        solver.add(z3.Int(name) == to_z3(value, solver))
    for name, span in ranges.items():
        if span.lo is not None:
            solver.add(z3.Int(name) >= to_z3(span.lo, solver))
        if span.hi is not None:
            solver.add(z3.Int(name) <= to_z3(span.hi, solver))
    solver.add(to_z3(form, solver) < 0)
    return solver.check()
