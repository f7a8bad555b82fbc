"""Claims that hold only where some division leaves no rest, or where fractional positions count as zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symconv.expr.nodes import Access, Bracket, Expr, Mul, Reduce, Scalar, Sum, Winner
from symconv.expr.tensor import Definition
from symconv.expr.walk import map_children, walk
from symconv.index.affine import Affine, Quotient
from symconv.index.domain import Divides, Guard, Range, guard_parts, holds
from symconv.verification.concrete import decide_concrete
from symconv.verification.conditions import exact_quotients
from symconv.verification.configurations import configurations
from symconv.verification.decide import decide
from symconv.verification.domain import Domain
from symconv.verification.reads import free_positions
from symconv.verification.verdict import Verdict

FRACTIONAL = "entries at positions that are not whole numbers count as zero"


def decide_under(claim: Expr, truth: Expr, definition: Definition, ranges: Mapping[str, Range]) -> Verdict:
    """The verdict, with the divisibility that the claim needs among its assumptions, if that makes it right."""
    concrete = decide_concrete(claim, truth, definition, ranges)
    if concrete is not None:
        return concrete
    sizes = frozenset(definition.assumptions.lower)
    whole = Domain(definition, ranges).exact_sizes
    exact = [atom for atom in exact_quotients(_forms(claim)) if atom not in whole]
    if not exact:
        return decide(claim, truth, definition, ranges)
    plain = decide(claim, truth, definition, ranges)
    if plain.status == "proved":
        return plain
    given = tuple(Divides(atom.den, atom.num) for atom in exact if atom.num.names() | atom.den.names() <= sizes)
    moving = [atom for atom in exact if not atom.num.names() | atom.den.names() <= sizes]
    guarded = _guarded(claim, frozenset(moving)) if moving else claim
    verdict = decide(guarded, truth, definition, ranges, given=given)
    if verdict.status == "proved" or (verdict.status == "checked" and verdict.configurations):
        words = (FRACTIONAL,) if moving else ()
        return replace(
            verdict,
            assumptions=(*words, *verdict.assumptions),
            counterexample=plain.counterexample or verdict.counterexample,
        )
    return verdict if verdict.status == "refuted" and plain.status != "refuted" else plain


def exists(guards: Sequence[Guard], definition: Definition, ranges: Mapping[str, Range]) -> bool:
    """Whether some position satisfies the guards at some small admitted sizes."""
    for configuration in configurations(definition, seconds=0.3, most=200):
        for at in free_positions(ranges, configuration.sizes):
            names = {**configuration.sizes, **at}
            try:
                if all(holds(guard, names) for guard in guards):
                    return True
            except ArithmeticError:
                continue
    return False


def _forms(expr: Expr) -> list[Affine]:
    found: list[Affine] = []
    for node in walk(expr):
        match node:
            case Access(_, indices) | Winner(_, indices):
                found += indices
            case Scalar(num, den):
                found += [num, den]
            case Bracket(guards):
                found += [part for guard in guards for part in guard_parts(guard)]
            case Sum(_, binders) | Reduce(_, _, binders, _, _):
                found += [end for each in binders for end in (each.lo, each.hi) if end is not None]
            case _:
                pass
    return found


def _guarded(expr: Expr, atoms: frozenset[Quotient]) -> Expr:
    """Entries at fractional positions with the bracket that makes them zero."""
    match expr:
        case Access(_, indices):
            here: list[Guard] = [Divides(a.den, a.num) for a in exact_quotients(indices) if a in atoms]
            return Mul((Bracket(tuple(here)), expr)) if here else expr
        case Mul(factors):
            return Mul(tuple(_flat(_guarded(factor, atoms) for factor in factors)))
        case Reduce() | Winner():
            return expr  # a zero that no entry has could win a maximum
        case _:
            return map_children(expr, lambda part: _guarded(part, atoms))


def _flat(factors: Iterator[Expr]) -> Iterator[Expr]:
    # a bracket protects only what stands in the same product
    for factor in factors:
        if isinstance(factor, Mul):
            yield from factor.factors
        else:
            yield factor
