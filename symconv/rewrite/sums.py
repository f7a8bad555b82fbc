"""Rules on sums: sifting, pinning, limits. Each maps a term to an equal sum of terms.

They end: sifting removes an equation, pinning a binder, and limits a guard, and none adds what
another removes, except that sifting adds inequalities, whose number is bounded by twice the equations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from symconv.expr.nodes import Binder
from symconv.index.affine import (
    ONE,
    ZERO,
    Affine,
    Atom,
    Quotient,
    extremum,
    extremum_args,
    floor_div,
    map_parts,
    parts_of,
)
from symconv.index.domain import AtMost, Divides, Equal, Guard, guard_parts
from symconv.index.solve import Solution, limit_from, solve_for
from symconv.rewrite.normal import Term
from symconv.rewrite.rule import Context, Rule

SIFT = Rule(
    "sift",
    r"Σ_v [v = e] f(v) = [lo ≤ e ≤ hi] f(e)",
    "A bracket [v = e] leaves one term of the sum over v: the one where v = e.",
)
DIVIDE = Rule(
    "sift with division",
    r"Σ_v [c·v = e] f(v) = [c ∣ e] [lo ≤ e/c ≤ hi] f(e/c)",
    "A bracket [c·v = e] leaves one term of the sum over v, v = e/c, and none where c does not divide e.",
)
PIN = Rule(
    "pin",
    r"Σ_v [0 ≤ e − c·v ≤ c − 1] f(v) = f(⌊e/c⌋)",
    "Exactly one multiple of the step fits, so the sum has one term.",
)
LIMITS = Rule(
    "limits",
    r"[c·v ≤ e] limits the sum over v to v ≤ ⌊e/c⌋, and [c·v ≥ e] to v ≥ ⌈e/c⌉",
    "The remaining conditions become limits of the sums; those that always hold are dropped.",
)


def sift(term: Term, context: Context) -> tuple[Term, ...]:
    """Remove every equation that some binder solves, and every sum that runs over one value only."""
    term = _without_single_values(term)
    while chosen := _solutions(term, context):
        used = {position for position, _ in chosen}
        kept = [guard for position, guard in enumerate(term.guards) if position not in used]
        values = {solution.index: solution.value for _, solution in chosen}
        new = [guard for _, solution in chosen for guard in solution.guards]
        binders = tuple(binder for binder in term.binders if binder.index not in values)
        term = replace(term, guards=(*kept, *new), binders=binders).substitute(values)
    return () if _contradicts(term, context) else (_without_trivial(term),)


def _solutions(term: Term, context: Context) -> list[tuple[int, Solution]]:
    """Equations that can be solved at once: equally preferred, and no value names another's index."""
    bound = term.bound
    found: list[tuple[int, int, str, Solution]] = []
    for position, guard in enumerate(term.guards):
        if isinstance(guard, Equal):
            for index in _candidates(guard, bound, context):
                span = term.binder(index).range
                solution = solve_for(guard, index, span)
                if solution is not None and _admitted(solution, guard, context):
                    if _is_plain(solution) and context.ranges.get(str(solution.value)) == span:
                        solution = replace(solution, guards=())
                    found.append((_rank(solution, context), position, index, solution))
    found.sort(key=lambda item: item[:3])
    chosen: list[tuple[int, Solution]] = []
    positions: set[int] = set()
    indices: set[str] = set()
    named: set[str] = set()
    for rank, position, index, solution in found:
        names = solution.value.names()
        free = position not in positions and index not in named | indices and not names & indices
        if free and rank == found[0][0]:
            chosen.append((position, solution))
            positions.add(position)
            indices.add(index)
            named |= names
    return chosen


def _candidates(guard: Equal, bound: frozenset[str], context: Context) -> Collection[str]:
    """The binders to solve for: where a division is the last resort, those with coefficient ±1 if there are any."""
    names = bound & (guard.left.names() | guard.right.names())
    if context.eliminate in ("tap", "output") or len(names) < 2:
        return names
    form = guard.left - guard.right
    plain = [name for name in names if (factor := form.coefficient(name).constant) is not None and abs(factor) == 1]
    return plain or names


def _admitted(solution: Solution, guard: Equal, context: Context) -> bool:
    if context.eliminate == "none" and not _is_plain(solution):
        return False
    return not solution.needs_division or _positive(_factor_of(guard, solution.index), context)


def _is_plain(solution: Solution) -> bool:
    """Whether the equation only renames: ``v = w`` or ``v = 3``."""
    value = solution.value
    return value.constant is not None or value == Affine.of(min(value.names(), default=""))


def _factor_of(guard: Equal | AtMost, index: str) -> Affine:
    """The coefficient of an index in a relation, its sign turned so that the first number is positive."""
    factor = (guard.right - guard.left).coefficient(index)
    return -factor if factor.terms and factor.terms[0][1] < 0 else factor


def _positive(factor: Affine, context: Context) -> bool:
    """Whether a product of sizes is known to be at least 1 (a padding may be 0: nothing is divided by it)."""
    lower = context.assumptions.lower

    def atom_positive(atom: Atom) -> bool:
        if isinstance(atom, str):
            return lower.get(atom, 0) >= 1
        return isinstance(atom, Quotient) and atom.rounding == "exact" and _positive(atom.num, context)

    if len(factor.terms) == 1 and factor.terms[0][1] > 0 and all(map(atom_positive, factor.terms[0][0])):
        return True
    return context.assumptions.nonnegative(factor - 1, {})


def _rank(solution: Solution, context: Context) -> int:
    """Renamings ``v = w`` first, then the preferred kind of index, then whichever needs no division."""
    if _is_plain(solution):
        return 0
    tap, division = solution.index in context.taps, solution.needs_division
    if context.eliminate in ("output", "tap"):
        return 2 * (tap != (context.eliminate == "tap")) + division
    return 2 * division + (not tap)


def _without_trivial(term: Term) -> Term:
    kept = tuple(guard for guard in term.guards if not (isinstance(guard, Equal) and guard.left == guard.right))
    return replace(term, guards=kept)


def _contradicts(term: Term, context: Context) -> bool:
    """Whether some guard on free indices alone can never hold."""
    bound = term.bound
    return any(
        not _guard_names(guard) & bound and context.assumptions.refutes(guard, context.ranges) for guard in term.guards
    )


def pin(term: Term, context: Context) -> tuple[Term, ...]:
    """Replace a sum by its only term where ``0 ≤ e − c·v ≤ c − 1`` is among the guards."""
    while context.eliminate != "none":
        slack = [(g, g.right - g.left) for g in term.guards if isinstance(g, AtMost)]
        choices = [(b.index, pinned) for b in term.binders for pinned in _pinned(term, b, slack, context)]
        if not choices:
            break
        # a value in free indices alone leaves the other sums as they are
        index, (value, guards) = min(choices, key=lambda choice: bool(choice[1][0].names() & term.bound))
        term = replace(term, guards=guards).drop(index).substitute({index: value})
        term = drop_implied(term, context)
    return (term,)


def _pinned(
    term: Term, binder: Binder, slack: list[tuple[AtMost, Affine]], context: Context
) -> Iterator[tuple[Affine, tuple[Guard, ...]]]:
    """For each pair of guards that pins the binder: its only value, and the guards without the pair."""
    index = binder.index
    near = [(guard, form) for guard, form in slack if form.coefficient(index).terms and form.is_affine_in(index)]
    for low, low_form in near:
        factor = -low_form.coefficient(index)
        if not factor.terms or factor == ONE or not _positive(factor, context):
            continue
        for high, high_form in near:
            # e − c·v ≥ 0 and c − 1 − (e − c·v) ≥ 0
            if low_form + high_form == factor - 1 and high is not low:
                value = floor_div(low_form.without(index), factor)
                guards = [guard for guard in term.guards if guard is not low and guard is not high]
                guards += [AtMost(binder.lo, value)] if binder.lo is not None else []
                guards += [AtMost(value, binder.hi)] if binder.hi is not None else []
                yield value, tuple(guards)


def limits(term: Term, context: Context) -> tuple[Term, ...]:
    """Turn inequalities into limits of the sums, and drop every guard that the ranges imply."""
    term = drop_implied(term, context)
    if _contradicts(term, context):
        return ()
    if context.eliminate == "none":
        return (term,)
    kept: list[Guard] = []
    ends: dict[str, list[tuple[Affine | None, Affine | None]]] = {}
    indices = term.bound | context.ranges.keys()
    for guard in term.guards:
        names = _guard_names(guard) & term.bound
        limit = None
        if isinstance(guard, AtMost) and len(names) == 1:
            (index,) = names
            if _positive(_factor_of(guard, index), context):
                limit = limit_from(guard, index)
        if limit is None:
            kept.append(guard)
        else:
            lo, hi = (None if end is None else _everywhere(end, indices) for end in limit)
            ends.setdefault(index, []).append((lo, hi))
    binders = tuple(_tighten(binder, ends.get(binder.index, []), context) for binder in term.binders)
    if any(binder is None for binder in binders):
        return ()
    limited = replace(term, guards=tuple(kept), binders=tuple(binder for binder in binders if binder))
    single = _without_single_values(limited)
    # an index that takes one value only may leave a condition on one other index, so that it is a limit now
    return (limited,) if single is limited else limits(single, context)


def _without_single_values(term: Term) -> Term:
    """Without the sums that run over one value only."""
    for binder in term.binders:
        if binder.lo is not None and binder.lo == binder.hi:
            term = term.drop(binder.index).substitute({binder.index: binder.lo})
    return term


def _everywhere(form: Affine, indices: Collection[str]) -> Affine:
    """Exact quotients of indices as floors: equal where the divisibility guard holds, and with a value elsewhere.

    A limit is evaluated before the guards under its sum are.
    """
    if not _has_exact(form):
        return form
    result = ZERO
    for monomial, number in form.terms:
        product = Affine.of(number)
        for atom in monomial:
            product = product * _atom_everywhere(atom, indices)
        result = result + product
    return result


def _has_exact(form: Affine) -> bool:
    return any(
        not isinstance(atom, str)
        and ((isinstance(atom, Quotient) and atom.rounding == "exact") or any(map(_has_exact, parts_of(atom))))
        for monomial, _ in form.terms
        for atom in monomial
    )


def _atom_everywhere(atom: Atom, indices: Collection[str]) -> Affine:
    if isinstance(atom, str):
        return Affine.of(atom)
    if isinstance(atom, Quotient) and atom.rounding == "exact" and atom.num.names() & frozenset(indices):
        return floor_div(_everywhere(atom.num, indices), atom.den)
    return map_parts(atom, lambda part: _everywhere(part, indices))


def _guard_names(guard: Guard) -> frozenset[str]:
    first, second = guard_parts(guard)
    return first.names() | second.names()


def _tighten(binder: Binder, ends: list[tuple[Affine | None, Affine | None]], context: Context) -> Binder | None:
    """The binder with the tighter limits; None where it provably runs over nothing."""
    if not ends:
        return binder
    los = [end for end in (binder.lo, *(lo for lo, _ in ends)) if end is not None]
    his = [end for end in (binder.hi, *(hi for _, hi in ends)) if end is not None]
    los = [arg for lo in los for arg in extremum_args(lo, "max")]
    his = [arg for hi in his for arg in extremum_args(hi, "min")]
    los = _undominated(los, 1, context)
    his = _undominated(his, -1, context)
    if any(_variable_part(lo) == _variable_part(hi) and (hi - lo).value({}) < 0 for lo in los for hi in his):
        return None
    return Binder(binder.index, extremum("max", los) if los else None, extremum("min", his) if his else None)


def _variable_part(form: Affine) -> tuple[object, ...]:
    return tuple(term for term in form.terms if term[0])


def _undominated(ends: list[Affine], sign: int, context: Context) -> list[Affine]:
    """Without the ends that another one makes superfluous: the larger one wins for sign 1, the smaller for −1."""
    kept = list(dict.fromkeys(ends))
    for end in list(kept):
        gaps = (other - end if sign > 0 else end - other for other in kept if other is not end)
        if any(context.assumptions.nonnegative(gap, context.ranges) for gap in gaps):
            kept.remove(end)
    return kept


def drop_implied(term: Term, context: Context) -> Term:
    """Without the guards that hold on the whole ranges of the sums and free indices."""
    ranges = context.with_binders(term.binders)
    kept: list[Guard] = []
    for guard in dict.fromkeys(term.guards):
        if context.assumptions.implies(guard, ranges) or _divides_exactly(guard, context.assumptions.equal):
            continue
        kept.append(guard)
    return replace(term, guards=tuple(kept))


def _divides_exactly(guard: Guard, equal: Mapping[str, Affine]) -> bool:
    if not isinstance(guard, Divides):
        return False
    value, divisor = guard.value.replace(equal), guard.divisor.replace(equal)
    return floor_div(value, divisor) * divisor == value


def simplify(term: Term, context: Context) -> tuple[Term, ...]:
    """Sift, pin and limit: the normal form of one term."""
    return tuple(
        final for sifted in sift(term, context) for pinned in pin(sifted, context) for final in limits(pinned, context)
    )
