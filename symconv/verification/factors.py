"""What is known of single factors: where they are zero, and where they may have no value at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from symconv.expr.nodes import Access, Binder, Expr, Pow, Reduce, Winner
from symconv.expr.walk import walk
from symconv.index.affine import ONE, ZERO, Affine, Quotient
from symconv.index.domain import AtMost, Divides, Guard, guard_parts, substitute_guard
from symconv.verification.conditions import Condition, NonNegative, compounds, condition_of, floored
from symconv.verification.domain import Domain
from symconv.verification.skeleton import UnprovableError

LARGEST_POWER = 4


def spread(factors: tuple[Expr, ...]) -> Iterator[Expr]:
    """The factors, a small whole power of an entry written out."""
    for factor in factors:
        if isinstance(factor, Pow) and isinstance(factor.base, Access) and factor.exponent.den == ONE:
            times = factor.exponent.num.constant
            if times is not None and 1 <= times <= LARGEST_POWER:
                yield from (factor.base,) * times
                continue
        yield factor


def nonzero_where(factors: Collection[Expr], domain: Domain) -> tuple[Condition, ...]:
    """Conditions outside of which the product is zero: entries inside their tensors, winners inside their windows.

    None where some factor may have no value (a root or negative power, a maximum): such a product must agree with
    another wherever it is evaluated, not only where it is not zero.
    """
    if any(map(_may_fail, factors)):
        return ()
    found: list[Condition] = []
    for factor in factors:
        if isinstance(factor, Access) and factor.tensor.outside == "zero":
            for form, size in zip(factor.indices, factor.tensor.shape, strict=True):
                found += [NonNegative(floored(form)), NonNegative(floored(size) - 1 - floored(form))]
        elif isinstance(factor, Winner):
            found += map(condition_of, _in_window(factor, domain))
    return tuple(found)


def _may_fail(factor: Expr) -> bool:
    """Whether the factor may have no value at some position."""
    if isinstance(factor, (Access, Winner)):
        return False
    return any(isinstance(node, (Pow, Reduce)) and not _whole_power(node) for node in walk(factor))


def _whole_power(node: Expr) -> bool:
    if not isinstance(node, Pow):
        return False
    times = node.exponent.num.constant
    return node.exponent.den == ONE and times is not None and times >= 0


def _in_window(winner: Winner, domain: Domain) -> tuple[Guard, ...]:
    """That the position is one of the window's: elsewhere its share is 0."""
    window = winner.window
    place = {binder.index: at for binder, at in zip(window.binders, winner.at, strict=True)}
    guards: list[Guard] = []
    for binder in window.binders:
        guards += _within(binder, place[binder.index])
    guards += [substitute_guard(guard, place) for guard in window.guards]
    return tuple(guard for guard in guards if _plain(guard, domain))


def _within(binder: Binder, at: Affine) -> Iterator[Guard]:
    if binder.lo is not None:
        yield AtMost(binder.lo, at)
    if binder.hi is not None:
        yield AtMost(at, binder.hi)


def _plain(guard: Guard, domain: Domain) -> bool:
    """Whether the guard has a value for all integers, so that it can be used without asking further."""
    atoms = [atom for part in guard_parts(guard) for atom in compounds(part) if isinstance(atom, Quotient)]
    divisors = [atom.den for atom in atoms] + ([guard.divisor] if isinstance(guard, Divides) else [])
    exact = [atom for atom in atoms if atom.rounding == "exact" and atom not in domain.exact_sizes]
    return not exact and all(map(domain.positive, divisors))


def within_reach(factors: Collection[Expr]) -> tuple[Condition, ...]:
    """That no padding map is read too far outside: a reflection reaches size − 1 positions, a wrap size positions.

    Errors: :class:`UnprovableError` where such a read stands inside a window or a power.
    """
    found: list[Condition] = []
    for factor in factors:
        if not isinstance(factor, Access):
            if any(isinstance(node, Access) and _is_limited(node) for node in walk(factor)):
                raise UnprovableError("a padding map is read inside a window or a power")
        elif _is_limited(factor):
            for form, size in zip(factor.indices, factor.tensor.shape, strict=True):
                reach = floored(size) - (1 if factor.tensor.outside == "reflect" else ZERO)
                found += [NonNegative(floored(form) + reach), NonNegative(floored(size) - 1 + reach - floored(form))]
    return tuple(found)


def _is_limited(entry: Access) -> bool:
    return entry.tensor.outside in ("reflect", "circular")
