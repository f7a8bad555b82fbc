"""Whether an expression reads entries outside their tensors: the condition of the strict reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from symconv.errors import SymconvError
from symconv.expr.nodes import Access, Bracket, Derivative, Expr, Mul, Reduce, Sum, Winner
from symconv.expr.tensor import Definition
from symconv.expr.walk import children, substitute
from symconv.index.affine import Affine
from symconv.index.domain import Guard, Range, substitute_guard
from symconv.rewrite.normal import to_terms
from symconv.time_limit import OutOfTime, time_limit
from symconv.verification.conditions import Condition, NonNegative, condition_of, floored, range_conditions
from symconv.verification.configurations import configurations
from symconv.verification.domain import Domain
from symconv.verification.reads import Read, first_read_outside
from symconv.verification.skeleton import UnprovableError
from symconv.verification.work import work_at

_MOST_WORK = 300_000


@dataclass(frozen=True)
class Outside:
    """``never``, ``possible`` with a witness, or ``unknown``."""

    status: Literal["never", "possible", "unknown"]
    sizes: Mapping[str, int] | None = None
    read: Read | None = None


def reads_outside(
    expr: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    *,
    allowed: Collection[str] | None = None,
    given: tuple[Guard, ...] = (),
    seconds: float = 0.2,
    proof_seconds: float = 0.7,
) -> Outside:
    """Whether the expression reads a tensor outside its range for some admitted sizes.

    Tensors in ``allowed`` may be read outside; by default those that the definition itself reads there (a padded
    input). A read counts only where every bracket around it holds. Z3 is asked for a proof that there is none, for
    ``proof_seconds``; without one, the smallest configurations are searched for a witness for ``seconds``.
    """
    domain = Domain(definition, ranges, given)
    try:
        with time_limit(proof_seconds):
            allowed = padded_tensors(definition) if allowed is None else allowed
            if _never(expr, domain, allowed):
                return Outside("never")
    except OutOfTime:
        if allowed is None:
            return Outside("unknown")
    try:
        with time_limit(seconds):
            return _witness(expr, domain, allowed)
    except OutOfTime:
        return Outside("unknown")


def _witness(expr: Expr, domain: Domain, allowed: Collection[str]) -> Outside:
    """The first read outside at the smallest sizes, if one is found."""
    ranges = domain.ranges
    for configuration in configurations(domain.definition, most=300, given=domain.given):
        if work_at(expr, ranges, configuration.sizes) > _MOST_WORK:
            break
        try:
            read = first_read_outside(expr, ranges, configuration.sizes, allowed)
        except (ArithmeticError, KeyError, SymconvError):
            continue  # an index has no value here, which is another mistake
        if read is not None:
            return Outside("possible", configuration.sizes, read)
    return Outside("unknown")


def padded_tensors(definition: Definition) -> frozenset[str]:
    """The inputs that the definition itself may read outside their range: there, zeros are the layer's own."""
    ranges = definition.output.ranges()
    found = set()
    for tensor in definition.inputs:
        others = {other.name for other in definition.inputs} - {tensor.name}
        if not _never(definition.body, Domain(definition, ranges), others):
            found.add(tensor.name)
    return frozenset(found)


def _never(expr: Expr, domain: Domain, allowed: Collection[str]) -> bool:
    try:
        return all(_inside(factor, conditions, domain, 0, allowed) for factor, conditions in _contexts(expr))
    except UnprovableError:
        return False


def _contexts(expr: Expr) -> list[tuple[Expr, tuple[Condition, ...]]]:
    found: list[tuple[Expr, tuple[Condition, ...]]] = []
    for term in to_terms(expr):
        moved = {binder.index: Affine.of(f"~a{number}") for number, binder in enumerate(term.binders)}
        conditions = [c for b in term.binders for c in range_conditions(moved[b.index], b.range)]
        free = replace(term, binders=()).substitute(moved)
        conditions += map(condition_of, free.guards)
        found += [(factor, tuple(conditions)) for factor in free.factors]
    return found


def _inside(
    expr: Expr, conditions: tuple[Condition, ...], domain: Domain, depth: int, allowed: Collection[str]
) -> bool:
    """Whether every read of the expression is inside its tensor under the conditions."""
    match expr:
        case Access(tensor, indices):
            if tensor.outside != "zero" or tensor.name in allowed:
                return True
            theory = domain.theory(*conditions)
            return all(
                theory.proves(goal)
                for form, size in zip(indices, tensor.shape, strict=True)
                for goal in (NonNegative(floored(form)), NonNegative(floored(size) - 1 - floored(form)))
            )
        case Sum(body, binders) | Reduce(_, body, binders, _, _):
            moved = {binder.index: Affine.of(f"~a{depth}_{number}") for number, binder in enumerate(binders)}
            more = [c for b in binders for c in range_conditions(moved[b.index], b.range)]
            if isinstance(expr, Reduce):
                more += [condition_of(substitute_guard(guard, moved)) for guard in expr.guards]
            return _inside(substitute(body, moved), (*conditions, *more), domain, depth + 1, allowed)
        case Mul(factors):
            guards = [guard for factor in factors if isinstance(factor, Bracket) for guard in factor.guards]
            inner = (*conditions, *map(condition_of, guards))
            return all(_inside(factor, inner, domain, depth + 1, allowed) for factor in factors)
        case Winner(window, _):
            return _inside(window, conditions, domain, depth + 1, allowed)
        case Derivative():
            return False
        case _:
            return all(_inside(child, conditions, domain, depth + 1, allowed) for child in children(expr))
