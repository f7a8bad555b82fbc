"""Random changes to right formulas: most make them wrong, some are harmless, and the prover must never err."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from symconv.expr.nodes import Access, Binder, Expr, Scalar
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import derive, forward_terms
from symconv.index.affine import ONE, ZERO, Affine, Quotient, extremum_args, floor_div, quotient
from symconv.index.domain import AtMost, Divides, Equal, Guard, Range, guard_parts
from symconv.rewrite.normal import Term, from_terms, scalar_product, to_terms
from symconv.rewrite.rule import Eliminate
from symconv.verification.conditions import map_compounds
from tests.catalogue import ENTRIES

Terms = tuple[Term, ...]
WAYS: tuple[Eliminate, ...] = ("auto", "tap", "output", "none")
#: layers whose formulas are cheap to evaluate; every kind of relation is among them
IDS = (
    "conv1d-symbols", "conv1d-stride 3, dilation 2", "conv1d-same", "conv1d-reflect", "conv1d-circular",
    "conv1d-groups", "conv1d-bias per entry", "conv2d-plain", "conv2d-stride", "conv2d-per axis",
    "conv2d-true convolution",
    "convtranspose1d-symbols", "convtranspose1d-groups", "maxpool1d-symbols", "maxpool1d-plain", "avgpool1d-symbols",
    "avgpool1d-plain", "avgpool1d-ceil", "avgpool1d-without padding in the count", "lppool1d-norm 3",
    "dense-bias and batch", "pad-symbols", "flatten-channels and batch",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A right formula: what it is of, its truth in another form, and its free indices."""

    id: str
    definition: Definition
    terms: Terms
    truth: Expr
    ranges: Mapping[str, Range]


@cache
def cases() -> tuple[Case, ...]:
    """The forward formula and every gradient of the layers, each in every form."""
    found: list[Case] = []
    for entry in ENTRIES:
        if entry.id not in IDS:
            continue
        definition = entry.operation.definition
        ranges = definition.output.ranges()
        found.append(Case(f"{entry.id} forward", definition, forward_terms(definition), definition.body, ranges))
        found.append(Case(f"{entry.id} body", definition, to_terms(definition.body), definition.body, ranges))
        for wrt in entry.tensors:
            truth = derive(definition, wrt)
            free = truth.target.tensor.ranges(tuple(map(str, truth.target.indices)))
            seen: set[Terms] = set()
            for way in WAYS:
                terms = derive(definition, wrt, eliminate=way).terms
                if terms not in seen:
                    seen.add(terms)
                    found.append(Case(f"{entry.id} d{wrt} {way}", definition, terms, truth.result, free))
    return tuple(found)


def mutated(case: Case, rng: Random) -> tuple[str, Expr]:
    """The case's formula with one or two random changes, and what they are."""
    terms, done = case.terms, []
    for _ in range(rng.choice((1, 1, 1, 2))):
        change = rng.choice(CHANGES)
        new = change(terms, case, rng)
        if new is not None:
            terms = new
            done.append(change.__name__)
    return "+".join(done) or "nothing", from_terms(terms)


def _one(change: Callable[[Term, Case, Random], Term | None]) -> Callable[[Terms, Case, Random], Terms | None]:
    def apply(terms: Terms, case: Case, rng: Random) -> Terms | None:
        if not terms:
            return None
        place = rng.randrange(len(terms))
        new = change(terms[place], case, rng)
        return None if new is None else (*terms[:place], new, *terms[place + 1 :])

    apply.__name__ = change.__name__
    return apply


def _symbol(case: Case, rng: Random) -> Affine:
    names = sorted(case.definition.assumptions.lower)
    return Affine.of(rng.choice(names)) if names else ONE


def _binder(term: Term, rng: Random) -> Binder | None:
    return rng.choice(term.binders) if term.binders else None


def _with_binder(term: Term, old: Binder, new: Binder) -> Term:
    return replace(term, binders=tuple(new if each is old else each for each in term.binders))


def limit(term: Term, case: Case, rng: Random) -> Term | None:
    """A limit is moved by one."""
    each = _binder(term, rng)
    if each is None or each.lo is None or each.hi is None:
        return None
    step = rng.choice((-1, 1))
    moved = replace(each, lo=each.lo + step) if rng.random() < 0.5 else replace(each, hi=each.hi + step)
    return _with_binder(term, each, moved)


def limit_argument(term: Term, case: Case, rng: Random) -> Term | None:
    """One argument of max(…) or min(…) in a limit is all that stays, or is left out."""
    each = _binder(term, rng)
    if each is None or each.lo is None or each.hi is None:
        return None
    los, his = extremum_args(each.lo, "max"), extremum_args(each.hi, "min")
    return _with_binder(term, each, replace(each, lo=rng.choice(los), hi=rng.choice(his)))


def rounding(term: Term, case: Case, rng: Random) -> Term | None:
    """A floor in a limit becomes a ceiling, or the other way round."""
    each = _binder(term, rng)
    if each is None or each.lo is None or each.hi is None:
        return None

    def turned(form: Affine) -> Affine:
        def change(atom: object) -> Affine:
            if isinstance(atom, Quotient):
                return quotient(atom.num, atom.den, "ceil" if atom.rounding == "floor" else "floor")
            return Affine((((atom,), 1),))  # type: ignore[arg-type]

        return map_compounds(form, change)

    return _with_binder(term, each, replace(each, lo=turned(each.lo), hi=turned(each.hi)))


def zero_limit(term: Term, case: Case, rng: Random) -> Term | None:
    """A lower limit becomes 0."""
    each = _binder(term, rng)
    return None if each is None else _with_binder(term, each, replace(each, lo=ZERO))


def drop_guard(term: Term, case: Case, rng: Random) -> Term | None:
    """A condition is left out."""
    if not term.guards:
        return None
    gone = rng.choice(term.guards)
    return replace(term, guards=tuple(guard for guard in term.guards if guard is not gone))


def change_guard(term: Term, case: Case, rng: Random) -> Term | None:
    """A condition is moved by one, flipped, or made an equation or inequality."""
    if not term.guards:
        return None
    old = rng.choice(term.guards)
    first, second = guard_parts(old)
    new: Guard
    if isinstance(old, Divides):
        new = rng.choice(
            (Divides(first, second + 1), Divides(first * 2, second), Equal(floor_div(second, first), ZERO))
        )
    else:
        kinds = (
            AtMost(second, first),
            Equal(first, second),
            type(old)(first, second + 1),
            type(old)(first + 1, second),
        )
        new = rng.choice((*kinds, AtMost(first, second)))
    return replace(term, guards=tuple(new if guard is old else guard for guard in term.guards))


def add_guard(term: Term, case: Case, rng: Random) -> Term | None:
    """A condition on an index is added."""
    names = sorted(term.bound | case.ranges.keys())
    if not names:
        return None
    here = Affine.of(rng.choice(names))
    new = rng.choice((AtMost(ZERO, here), AtMost(here, _symbol(case, rng) - 1), Divides(Affine.of(2), here)))
    return replace(term, guards=(*term.guards, new))


def coefficient(term: Term, case: Case, rng: Random) -> Term | None:
    """The coefficient is multiplied, divided, negated or increased."""
    size = _symbol(case, rng)
    new = rng.choice((Scalar(Affine.of(-1)), Scalar(Affine.of(2)), Scalar(size), Scalar(ONE, size)))
    if rng.random() < 0.25:
        return replace(term, coefficient=Scalar(term.coefficient.num + 1, term.coefficient.den))
    return replace(term, coefficient=scalar_product(term.coefficient, new))


def _access(term: Term, rng: Random) -> tuple[int, Access] | None:
    found = [(n, factor) for n, factor in enumerate(term.factors) if isinstance(factor, Access) and factor.indices]
    return rng.choice(found) if found else None


def _with_index(term: Term, at: int, entry: Access, axis: int, form: Affine) -> Term:
    indices = (*entry.indices[:axis], form, *entry.indices[axis + 1 :])
    factors = (*term.factors[:at], Access(entry.tensor, indices), *term.factors[at + 1 :])
    return replace(term, factors=factors)


def shift_index(term: Term, case: Case, rng: Random) -> Term | None:
    """An index of an entry is moved by one or by a size."""
    found = _access(term, rng)
    if found is None:
        return None
    at, entry = found
    axis = rng.randrange(len(entry.indices))
    step = rng.choice((ONE, -ONE, _symbol(case, rng), -_symbol(case, rng)))
    return _with_index(term, at, entry, axis, entry.indices[axis] + step)


def swap_indices(term: Term, case: Case, rng: Random) -> Term | None:
    """Two indices of an entry change places."""
    found = _access(term, rng)
    if found is None or len(found[1].indices) < 2:
        return None
    at, entry = found
    i, j = rng.sample(range(len(entry.indices)), 2)
    indices = list(entry.indices)
    indices[i], indices[j] = indices[j], indices[i]
    return replace(term, factors=(*term.factors[:at], replace(entry, indices=tuple(indices)), *term.factors[at + 1 :]))


def forget_symbol(term: Term, case: Case, rng: Random) -> Term | None:
    """In one index a size is replaced: the stride by 1, the padding by 0 or its negative."""
    found = _access(term, rng)
    if found is None:
        return None
    at, entry = found
    axis = rng.randrange(len(entry.indices))
    names = sorted(entry.indices[axis].names() & case.definition.assumptions.lower.keys())
    if not names:
        return None
    name = rng.choice(names)
    value = rng.choice((ONE, ZERO, -Affine.of(name), _symbol(case, rng)))
    try:
        return _with_index(term, at, entry, axis, entry.indices[axis].substitute({name: value}))
    except ArithmeticError:
        return None


def wrong_index(term: Term, case: Case, rng: Random) -> Term | None:
    """An index of an entry is another index."""
    found = _access(term, rng)
    names = sorted(term.bound | case.ranges.keys())
    if found is None or not names:
        return None
    at, entry = found
    return _with_index(term, at, entry, rng.randrange(len(entry.indices)), Affine.of(rng.choice(names)))


def missing_sum(term: Term, case: Case, rng: Random) -> Term | None:
    """A sum keeps its first value only."""
    each = _binder(term, rng)
    if each is None or each.lo is None:
        return None
    return term.drop(each.index).substitute({each.index: each.lo})


def extra_sum(term: Term, case: Case, rng: Random) -> Term | None:
    """A sum over an index that occurs nowhere."""
    return replace(term, binders=(*term.binders, Binder("extra", ZERO, _symbol(case, rng) - 1)))


def reverse(term: Term, case: Case, rng: Random) -> Term | None:
    """Harmless: the sum runs backwards."""
    each = _binder(term, rng)
    if each is None or each.lo is None or each.hi is None:
        return None
    here = {each.index: each.lo + each.hi - Affine.of(each.index)}
    inner = replace(term, binders=()).substitute(here)
    return replace(inner, binders=term.binders)


def shift_sum(term: Term, case: Case, rng: Random) -> Term | None:
    """Harmless: the index is counted from another number."""
    each = _binder(term, rng)
    if each is None or each.lo is None or each.hi is None:
        return None
    step = rng.choice((ONE, _symbol(case, rng)))
    inner = replace(term, binders=()).substitute({each.index: Affine.of(each.index) - step})
    moved = replace(each, lo=each.lo + step, hi=each.hi + step)
    return _with_binder(replace(inner, binders=term.binders), each, moved)


def split_sum(terms: Terms, case: Case, rng: Random) -> Terms | None:
    """Nearly harmless: a sum in two parts (wrong where the first part is longer than the sum)."""
    if not terms or not terms[0].binders:
        return None
    each = rng.choice(terms[0].binders)
    if each.lo is None or each.hi is None:
        return None
    first, second = replace(each, hi=each.lo), replace(each, lo=each.lo + 1)
    return (_with_binder(terms[0], each, first), _with_binder(terms[0], each, second), *terms[1:])


def repeat_term(terms: Terms, case: Case, rng: Random) -> Terms | None:
    """A term stands twice, or once with either sign."""
    if not terms:
        return None
    term = rng.choice(terms)
    negated = replace(term, coefficient=scalar_product(term.coefficient, Scalar(Affine.of(-1))))
    return rng.choice(((*terms, term), (*terms, term, negated)))


def drop_term(terms: Terms, case: Case, rng: Random) -> Terms | None:
    """A term is left out."""
    return terms[1:] if len(terms) > 1 else None


CHANGES: tuple[Callable[[Terms, Case, Random], Terms | None], ...] = (
    *map(
        _one,
        (
            limit, limit, limit_argument, rounding, zero_limit, drop_guard, change_guard, change_guard, add_guard,
            coefficient, shift_index, swap_indices, forget_symbol, wrong_index, missing_sum, extra_sum,
            reverse, shift_sum,
        ),
    ),
    split_sum,
    repeat_term,
    drop_term,
)  # fmt: skip
