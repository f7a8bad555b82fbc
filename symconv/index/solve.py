"""One affine equation, solved for one index; one inequality, turned into a limit of one index."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.index.affine import ONE, Affine, Quotient, ceil_div, exact_div, floor_div
from symconv.index.domain import AtMost, Divides, Equal, Guard, Range


@dataclass(frozen=True, slots=True)
class Solution:
    """The index's value under an equation, and the guards under which it is one of the range's integers."""

    index: str
    value: Affine
    guards: tuple[Guard, ...]

    @property
    def needs_division(self) -> bool:
        """Whether a divisibility guard was needed."""
        return any(isinstance(guard, Divides) for guard in self.guards)


def solve_for(equation: Equal, index: str, span: Range) -> Solution | None:
    """Solve ``c·v + r = 0`` for v in lo..hi.

    For c = ±1 the value is ∓r, with the guard that it lies in lo..hi. Otherwise the value is ``−r/c``, with the
    guards ``c ∣ −r`` (without the terms of r that c divides) and ``c·lo ≤ −r ≤ c·hi``; the divisibility guard is never
    dropped. The caller
    knows that c, its first number made positive, is at least 1. None where the equation is not affine in the index.
    """
    form = equation.left - equation.right
    factor = form.coefficient(index)
    if not factor.terms or not form.is_affine_in(index):
        return None
    rest = form.without(index)
    if factor.terms[0][1] < 0:
        factor, rest = -factor, -rest
    target = -rest
    if factor == ONE:
        ends = [AtMost(span.lo, target)] if span.lo is not None else []
        return Solution(index, target, (*ends, AtMost(target, span.hi)) if span.hi is not None else tuple(ends))
    guards: list[Guard] = []
    value = exact_div(target, factor)
    if factor != ONE:
        guards.append(Divides(factor, _undivided(value, target, factor)))
    if span.lo is not None:
        guards.append(AtMost(factor * span.lo, target))
    if span.hi is not None:
        guards.append(AtMost(target, factor * span.hi))
    return Solution(index, value, tuple(guards))


def _undivided(value: Affine, target: Affine, factor: Affine) -> Affine:
    """The part of ``target`` that is still inside the exact quotient by ``factor``, or all of it.

    The guard must not name what was pulled out of the quotient: a later solution for such an index contains the
    quotient itself, and inserting it would cancel the very guard that gives the quotient its meaning.
    """
    for atom in value.atoms():
        if isinstance(atom, Quotient) and (value - Affine((((atom,), 1),))) * factor + atom.num == target:
            return atom.num
    return target


def limit_from(guard: AtMost, index: str) -> tuple[Affine | None, Affine | None] | None:
    """The limit (lower, upper) that ``left ≤ right`` puts on an index: one of the two is None.

    ``c·v ≤ e`` with c > 0 becomes ``v ≤ ⌊e/c⌋``; with the sign turned, ``v ≥ ⌈e/c⌉``. The caller knows that c, its
    first number made positive, is at least 1. None where the guard does not limit the index this way.
    """
    form = guard.right - guard.left
    factor = form.coefficient(index)
    if not factor.terms or not form.is_affine_in(index):
        return None
    rest = form.without(index)
    if factor.terms[0][1] > 0:
        return ceil_div(-rest, factor), None
    return None, floor_div(rest, -factor)
