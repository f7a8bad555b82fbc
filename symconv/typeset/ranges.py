"""How a result shows its range conditions: as limits, as brackets, as cases, or left to the zeros outside.

Every variant has the same value as the derived terms. ``limits`` is what the derivation gives. ``brackets`` lets each
sum run over the whole range of its index and puts the rest of the condition into an Iverson bracket. ``implicit``
drops what only says that an entry which the term reads lies inside its tensor: outside it is zero anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from symconv.expr.nodes import Access, Binder, Expr, Reduce, Sum, Winner
from symconv.expr.tensor import Definition
from symconv.expr.walk import children, walk
from symconv.index.affine import ONE, ZERO, Affine, Atom, Quotient, extremum_args
from symconv.index.domain import Assumptions, AtMost, Guard, Range
from symconv.rewrite.normal import Term
from symconv.typeset.notation import RangeStyle

OUTSIDE_SENTENCE = "Entries outside the range of a tensor are zero."


def display_terms(terms: tuple[Term, ...], definition: Definition, style: RangeStyle) -> tuple[Term, ...]:
    """The terms with their range conditions as the style shows them (``cases``: as ``limits``, but on paper)."""
    whole = whole_ranges(definition)
    if style == "brackets":
        return tuple(with_brackets(term, whole) for term in terms)
    if style == "implicit":
        return tuple(without_reads(with_brackets(term, whole)) for term in terms)
    return terms


def whole_ranges(definition: Definition) -> dict[str, Range]:
    """The range of every index that the definition binds, the output's included."""
    found = dict(definition.output.ranges())
    for node in walk(definition.body):
        if isinstance(node, (Sum, Reduce)):
            found |= {binder.index: binder.range for binder in node.binders}
    return found


def with_brackets(term: Term, whole: Mapping[str, Range]) -> Term:
    """Limits as brackets under the whole sum: ``i ≥ ⌈e/c⌉`` is ``e ≤ c·i``, and ``i ≤ ⌊e/c⌋`` is ``c·i ≤ e``."""
    binders: list[Binder] = []
    guards: list[Guard] = []
    for binder in term.binders:
        span = whole.get(binder.index)
        if span is None or span == binder.range:
            binders.append(binder)
            continue
        binders.append(Binder(binder.index, span.lo, span.hi))
        index = Affine.of(binder.index)
        for low in () if binder.lo is None else extremum_args(binder.lo, "max"):
            if low != span.lo:
                guards.append(_at_least(index, low))
        for high in () if binder.hi is None else extremum_args(binder.hi, "min"):
            if high != span.hi:
                guards.append(_at_most(index, high))
    return replace(term, binders=tuple(binders), guards=(*term.guards, *_chained(guards)))


def _at_least(index: Affine, low: Affine) -> Guard:
    """``v ≥ ⌈n/c⌉ + r`` without the ceiling: ``n + c·r ≤ c·v``."""
    quotient, rest = _only_quotient(low, "ceil")
    if quotient is None:
        return AtMost(low, index)
    return AtMost(ZERO, quotient.den * (index - rest) - quotient.num)


def _at_most(index: Affine, high: Affine) -> Guard:
    """``v ≤ ⌊n/c⌋ + r`` without the floor: ``c·v ≤ n + c·r``."""
    quotient, rest = _only_quotient(high, "floor")
    if quotient is None:
        return AtMost(index, high)
    return AtMost(ZERO, quotient.num + quotient.den * (rest - index))


def _only_quotient(form: Affine, rounding: str) -> tuple[Quotient | None, Affine]:
    """``form = quotient + rest``, where that is its only quotient of that rounding."""
    found: list[Atom] = [atom for atom in form.atoms() if isinstance(atom, Quotient) and atom.rounding == rounding]
    if len(found) != 1 or not isinstance(found[0], Quotient):
        return None, form
    rest = form - Affine((((found[0],), 1),))
    return (None, form) if found[0] in rest.atoms() else (found[0], rest)


def _chained(guards: list[Guard]) -> list[Guard]:
    """Pairs ``0 ≤ x + a`` and ``0 ≤ b − x`` as ``0 ≤ x + a ≤ a + b``, in the order in which they came."""
    left = list(guards)
    result: list[Guard] = []
    while left:
        guard = left.pop(0)
        partner = next((other for other in left if _opposite(guard, other)), None)
        if partner is None:
            result.append(guard)
            continue
        left.remove(partner)
        forms = [_slack(guard), _slack(partner)]
        # the form that reads as a position: its leading index counts up
        forms.sort(key=lambda form: sum(factor < 0 for monomial, factor in form.terms if monomial))
        low, high = forms
        result += [AtMost(ZERO, low), AtMost(low, low + high)]
    return result


def _slack(guard: Guard) -> Affine:
    assert isinstance(guard, AtMost)
    return guard.right - guard.left


def _opposite(first: Guard, second: Guard) -> bool:
    if not (isinstance(first, AtMost) and isinstance(second, AtMost)):
        return False
    total = _slack(first) + _slack(second)
    return len(total.names()) < len(_slack(first).names())


def without_reads(term: Term) -> Term:
    """Drop the guards that only say that an entry, which is zero outside, is read inside its tensor."""
    inside = {form for factor in term.factors if isinstance(factor, Access) for form in _inside(factor)}
    kept = tuple(guard for guard in term.guards if not (isinstance(guard, AtMost) and _slack(guard) in inside))
    return replace(term, guards=kept)


def _inside(access: Access) -> Iterator[Affine]:
    """The forms that are ≥ 0 exactly where the entry lies inside its tensor (quotients multiplied out)."""
    if access.tensor.outside != "zero":
        return
    for index, size in zip(access.indices, access.tensor.shape, strict=True):
        num, den = index, ONE
        atom = index.terms[0][0][0] if len(index.terms) == 1 and len(index.terms[0][0]) == 1 else None
        if isinstance(atom, Quotient) and atom.rounding == "exact" and index.terms[0][1] == 1:
            num, den = atom.num, atom.den
        yield num
        yield den * (size - 1) - num


def reads_outside(term: Term, definition: Definition, ranges: Mapping[str, Range]) -> bool:
    """Whether the term may read an entry outside its tensor, so that its value there matters."""
    bracketed = with_brackets(term, whole_ranges(definition))
    known = {_slack(guard) for guard in bracketed.guards if isinstance(guard, AtMost)}
    spans = {**ranges, **{binder.index: binder.range for binder in term.binders}}
    return any(_leaves(factor, definition.assumptions, spans, known) for factor in term.factors)


def _leaves(expr: Expr, assumptions: Assumptions, spans: Mapping[str, Range], known: Collection[Affine]) -> bool:
    if isinstance(expr, (Sum, Reduce)):
        spans = {**spans, **{binder.index: binder.range for binder in expr.binders}}
    if isinstance(expr, Reduce):
        known = {*known, *(_slack(guard) for guard in expr.guards if isinstance(guard, AtMost))}
    if isinstance(expr, Winner):
        # the window of an output entry: the definition, where it is checked, reads the same entries
        return False
    if isinstance(expr, Access):
        return any(form not in known and not assumptions.nonnegative(form, spans) for form in _inside(expr))
    return any(_leaves(child, assumptions, spans, known) for child in children(expr))
