r"""Expressions as SymPy objects on which SymPy's own ``doit``, ``subs``, ``latex`` and ``lambdify`` are right.

Every term is one flat ``Sum`` over a ``Piecewise`` that holds all its conditions, since SymPy 1.14 loses the index of
a ``Piecewise`` in a nested sum (sympy #12631, #27359); a sum that must be nested (under a root) multiplies by
:func:`~symconv.expr.sympy_index.indicator` instead. A sum whose limits may cross ends at ``Max(lo − 1, hi)``, since
SymPy continues a sum over ``lo > hi + 1`` with negative terms (Karr's convention). A read that may lie outside a
zero-padded tensor has its range as a condition *and* its index held inside the tensor, because ``numpy.select``
evaluates both branches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from symconv.errors import UnsupportedError
from symconv.expr.nodes import (
    Access,
    Add,
    Binder,
    Bracket,
    Derivative,
    Expr,
    Mul,
    Pow,
    Reduce,
    Scalar,
    Sum,
    Winner,
)
from symconv.expr.sympy_index import (
    Names,
    Sympy,
    affine_to_sympy,
    bound_symbol,
    guard_to_sympy,
    has_quotient,
    indexed_base,
    indicator,
    padded_index,
    symbol,
)
from symconv.expr.tensor import Tensor
from symconv.expr.walk import accesses, free_names, fresh, substitute
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Assumptions, AtMost, Guard, Range, substitute_guard


def to_sympy(
    expr: Expr,
    sizes: Mapping[str, int] | None = None,
    *,
    assumptions: Assumptions | None = None,
    ranges: Mapping[str, Range] | None = None,
    clamp: bool = True,
) -> Sympy:
    r"""The expression as a SymPy object.

    Tensors are ``IndexedBase`` objects, sizes and indices integer symbols of the same LaTeX names (see
    :mod:`symconv.expr.sympy_index`); a tensor without axes is a plain symbol. ``sizes`` are put in first.
    ``assumptions`` on the sizes and ``ranges`` of the free indices decide which reads lie inside their tensor for
    certain; without them, nothing is known but that no size is negative. ``clamp=False`` leaves the index of a
    conditional read as it is (for reading, not for ``lambdify``).

    >>> from symconv.expr.nodes import binder
    >>> x = Tensor("x", "input", (Affine.of("n"),), ("i",), ("S1",))
    >>> total = to_sympy(Sum(Access(x, (Affine.of("i"),)), (binder("i", "n"),)))
    >>> total, total.subs("n", 3), total.subs(symbol("n"), 3).doit()
    (Sum(x[i], (i, 0, n - 1)), Sum(x[i], (i, 0, n - 1)), x[0] + x[1] + x[2])

    Errors: :class:`UnsupportedError` for a maximum over a window whose size is no integer, and for an unevaluated
    derivative.
    """
    values = {name: Affine.of(int(value)) for name, value in (sizes or {}).items()}
    expr = substitute(expr, values)
    shapes = [size.substitute(values) for entry in accesses(expr) for size in entry.tensor.shape]
    free = free_names(expr).union(*(size.names() for size in shapes))
    scope = _Scope(
        _known(assumptions, values) if assumptions else Assumptions(dict.fromkeys(free, 0)),
        {name: _substituted(span, values) for name, span in (ranges or {}).items()},
        {name: symbol(name) for name in free},
        values,
        free | {entry.tensor.name for entry in accesses(expr)},
        clamp,
    )
    return _value(expr, scope, nested=False)


def _known(assumptions: Assumptions, values: Mapping[str, Affine]) -> Assumptions:
    return Assumptions(
        {name: low for name, low in assumptions.lower.items() if name not in values},
        tuple(fact.substitute(values) for fact in assumptions.facts),
        {name: form.replace(values) for name, form in assumptions.equal.items() if name not in values},
    )


def _substituted(span: Range, values: Mapping[str, Affine]) -> Range:
    lo, hi = (None if end is None else end.substitute(values) for end in (span.lo, span.hi))
    return Range(lo, hi)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known where an expression stands: names in use, their ranges, and conditions that hold anyway."""

    assumptions: Assumptions
    ranges: Mapping[str, Range]
    names: Names
    values: Mapping[str, Affine]
    taken: frozenset[str]
    clamp: bool
    given: frozenset[Guard] = frozenset()

    def affine(self, form: Affine) -> Sympy:
        return affine_to_sympy(form, self.names)

    def implies(self, guard: Guard) -> bool:
        return guard in self.given or self.assumptions.implies(guard, self.ranges)


@dataclass(frozen=True, slots=True)
class _Flat:
    """``scale · Σ_limits [guards] [conditions] · body``; the guards in the names of the scope where they stood."""

    body: Sympy
    scale: Sympy = 1
    limits: tuple[tuple[Sympy, Sympy, Sympy], ...] = ()
    guards: tuple[tuple[Guard, Names], ...] = ()
    conditions: tuple[Sympy, ...] = ()

    def times(self, other: _Flat) -> _Flat:
        return _Flat(
            self.body * other.body,
            self.scale * other.scale,
            (*self.limits, *other.limits),
            (*self.guards, *other.guards),
            (*self.conditions, *other.conditions),
        )


def _value(expr: Expr, scope: _Scope, *, nested: bool) -> Sympy:
    """The sum of the flat terms; ``nested``: inside another sum, where conditions become factors."""
    import sympy

    if nested:  # a factor 0 does not keep the entry from being read
        scope = replace(scope, clamp=True)
    return sympy.Add(*(_close(flat, nested=nested) for flat in _flats(expr, scope)))


def _close(flat: _Flat, *, nested: bool) -> Sympy:
    import sympy

    bound = {limit[0] for limit in flat.limits}
    scale = sympy.sympify(flat.scale, strict=True)
    # a quotient may have no value where a condition fails, so it stays under the conditions
    inside = scale.free_symbols & bound or (flat.guards and scale.has(sympy.Min, sympy.Max, sympy.floor, sympy.ceiling))
    body, front = (scale * flat.body, 1) if inside else (sympy.sympify(flat.body, strict=True), scale)
    if nested:
        body = sympy.Mul(*(indicator(guard, names) for guard, names in flat.guards), body)
    conditions = [] if nested else [guard_to_sympy(guard, names) for guard, names in flat.guards]
    every = sympy.And(*conditions, *flat.conditions)
    if every is not sympy.true:
        body = sympy.Piecewise((body, every), (0, True))
    return front * (sympy.Sum(body, *flat.limits) if flat.limits and body != 0 else body)


def _flats(expr: Expr, scope: _Scope) -> list[_Flat]:
    """The flat terms of an expression: products are distributed over sums, and sums over sums are one sum."""
    match expr:
        case Scalar(num, den):
            return [_Flat(1, scope.affine(num) / scope.affine(den))] if num.terms else []
        case Access():
            return [_read(expr, scope)]
        case Add(terms):
            return [flat for term in terms for flat in _flats(term, scope)]
        case Mul(factors):
            return _product(factors, scope)
        case Pow(base, exponent):
            power = scope.affine(exponent.num) / scope.affine(exponent.den)
            return [_Flat(_value(base, scope, nested=True) ** power)]
        case Sum(body, binders):
            return _sum(body, binders, scope)
        case Bracket(guards):
            return [_Flat(1, guards=tuple((guard, scope.names) for guard in guards if not scope.implies(guard)))]
        case Reduce():
            return [_Flat(_extremum(expr, scope))]
        case Winner():
            return [_winner(expr, scope)]
        case Derivative():
            raise UnsupportedError(
                "an unevaluated derivative has no SymPy form, since SymPy takes it to be 0 inside a sum; "
                "convert the derivation's result instead"
            )


def _product(factors: tuple[Expr, ...], scope: _Scope) -> list[_Flat]:
    flats = [_Flat(1)]
    for factor in factors:
        used = frozenset(limit[0].name for flat in flats for limit in flat.limits)
        right = _flats(factor, replace(scope, taken=scope.taken | used))
        flats = [a.times(b) for a in flats for b in right]
    return flats


def _sum(body: Expr, binders: tuple[Binder, ...], scope: _Scope) -> list[_Flat]:
    import sympy

    names, ranges, taken = dict(scope.names), dict(scope.ranges), set(scope.taken)
    limits: list[tuple[Sympy, Sympy, Sympy]] = []
    moved: dict[str, Affine] = {}
    used = {*names, *free_names(body), *(b.index for b in binders)}
    for binder in binders:
        index = binder.index
        if index in scope.names:  # a size, or an outer index, of the same name
            index = fresh(index, used)
            used.add(index)
            moved[binder.index] = Affine.of(index)
        names[index] = bound_symbol(index, taken)
        taken.add(names[index].name)
        ranges[index] = binder.range
        lo = -sympy.oo if binder.lo is None else scope.affine(binder.lo)
        hi = sympy.oo if binder.hi is None else scope.affine(binder.hi)
        if binder.lo is not None and binder.hi is not None and not _ordered(binder.lo, binder.hi, scope):
            hi = sympy.Max(lo - 1, hi)
        limits.append((names[index], lo, hi))
    inner = replace(scope, names=names, ranges=ranges, taken=frozenset(taken))
    flats = _flats(substitute(body, moved) if moved else body, inner)
    return [replace(flat, limits=(*flat.limits, *limits)) for flat in flats]


def _ordered(lo: Affine, hi: Affine, scope: _Scope) -> bool:
    known, ranges = scope.assumptions, scope.ranges
    return known.at_most(lo, hi, ranges) or known.nonnegative(hi - lo + 1, ranges)


def _read(entry: Access, scope: _Scope) -> _Flat:
    """One entry, with the conditions under which the read lies inside, as far as they are not certain."""
    import sympy

    tensor, indices, guards = entry.tensor, [], []
    if not entry.indices:
        return _Flat(sympy.Symbol(tensor.name))
    for form, size in zip(entry.indices, _shape(tensor, scope), strict=True):
        below, above = AtMost(ZERO, form), AtMost(form, size - 1)
        at, end = scope.affine(form), scope.affine(size)
        certain = [scope.assumptions.implies(guard, scope.ranges) for guard in (below, above)]
        if tensor.outside != "zero":
            at = at if all(certain) else padded_index(at, end, tensor.outside)
        else:
            guards += [guard for guard in (below, above) if not scope.implies(guard)]
            if scope.clamp:
                at = at if certain[1] else _at_most(at, above, scope)
                at = at if certain[0] else sympy.Max(0, at)
        indices.append(at)
    return _Flat(indexed_base(tensor.name)[tuple(indices)], guards=tuple((guard, scope.names) for guard in guards))


def _at_most(at: Sympy, above: AtMost, scope: _Scope) -> Sympy:
    """The index, or the last one of the axis if that is smaller.

    A size with a quotient would be a float to ``lambdify``, so there an index beyond the last becomes 0.
    """
    import sympy

    if has_quotient(above.right):
        return at * indicator(above, scope.names)
    return sympy.Min(scope.affine(above.right), at)


def _shape(tensor: Tensor, scope: _Scope) -> tuple[Affine, ...]:
    return tuple(size.substitute(scope.values) for size in tensor.shape)


@dataclass(frozen=True, slots=True)
class _Place:
    """One position of a window written out: its rank in row-major order, its entry, and when it is there at all."""

    rank: Sympy
    entry: Sympy
    guards: tuple[Guard, ...]
    there: Sympy


def _place(window: Reduce, at: tuple[Affine, ...], scope: _Scope) -> _Place:
    import sympy

    where = {binder.index: form for binder, form in zip(window.binders, at, strict=True)}
    guards = tuple(substitute_guard(guard, where) for guard in window.guards)
    inner = replace(scope, given=scope.given | set(guards))
    rank = ZERO
    for binder, form in zip(window.binders, at, strict=True):
        lo, hi = _ends(binder)
        rank = rank * (hi - lo + 1) + (form - lo)
    entry = _value(substitute(window.body, where), inner, nested=True)
    there = sympy.And(*(guard_to_sympy(guard, scope.names) for guard in guards if not scope.implies(guard)))
    return _Place(scope.affine(rank), entry, guards, there)


def _places(window: Reduce, scope: _Scope) -> list[_Place]:
    spans = [range(lo, hi + 1) for lo, hi in map(_ends, window.binders)]
    places = [_place(window, tuple(map(Affine.of, at)), scope) for at in product(*spans)]
    return [place for place in places if place.there != False]  # noqa: E712  (a SymPy condition)


def _ends(binder: Binder) -> tuple[int, int]:
    lo, hi = (None if end is None else end.constant for end in (binder.lo, binder.hi))
    if lo is None or hi is None:
        raise UnsupportedError(
            f"the extremum over {binder.index} has a SymPy form only where its window has integer size: "
            f"give sizes for the names in {binder.lo}..{binder.hi}"
        )
    return lo, hi


def _extremum(window: Reduce, scope: _Scope) -> Sympy:
    import sympy

    worst, best = (-sympy.oo, sympy.Max) if window.kind == "max" else (sympy.oo, sympy.Min)
    entries = [sympy.Piecewise((place.entry, place.there), (worst, True)) for place in _places(window, scope)]
    return best(*entries)


def _winner(expr: Winner, scope: _Scope) -> _Flat:
    """``at`` wins where no other position is better, and under the rule ``first`` none before it is as good."""
    import sympy

    window = expr.window
    here, others = _place(window, expr.at, scope), _places(window, scope)
    worse: Callable[[Sympy, Sympy], Sympy] = sympy.Lt if window.kind == "max" else sympy.Gt
    conditions, count = [], sympy.Integer(0)
    for other in others:
        tie = sympy.Eq(other.entry, here.entry)
        if window.ties == "first":
            tie = sympy.And(tie, sympy.Le(here.rank, other.rank))
        conditions.append(sympy.Or(sympy.Not(other.there), worse(other.entry, here.entry), tie))
        absent = [indicator(guard, scope.names) for guard in other.guards if not scope.implies(guard)]
        count += sympy.Mul(*absent) * (1 - sympy.sign(other.entry - here.entry) ** 2)
    inside = (guard for binder, at in zip(window.binders, expr.at, strict=True) for guard in _within(binder, at))
    guards = tuple((guard, scope.names) for guard in (*here.guards, *inside) if not scope.implies(guard))
    # where a condition fails there may be nothing to count, and numpy divides all the same
    share = 1 / sympy.Max(1, count) if window.ties == "split" else sympy.Integer(1)
    return _Flat(share, guards=guards, conditions=tuple(conditions))


def _within(binder: Binder, at: Affine) -> Iterator[Guard]:
    if binder.lo is not None:
        yield AtMost(binder.lo, at)
    if binder.hi is not None:
        yield AtMost(at, binder.hi)
