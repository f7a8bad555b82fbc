"""Conditions in a formula: Iverson brackets, cases, indicators, and where a maximum is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symconv.expr.nodes import UNIT, Add, Bracket, Expr, Mul, Scalar
from symconv.expr.walk import accesses
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import AtMost, Divides, Equal, Guard
from symconv.meaning.arithmetic import MOD, Arithmetic, Scope
from symconv.meaning.binders import AT_LEAST, AT_MOST, LESS, MORE, enumerated, interval
from symconv.meaning.conjunctions import RELATIONS, conjunction
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.maxima import winner
from symconv.meaning.names import written_name
from symconv.meaning.prose import ELSE, FIELD, is_joining
from symconv.meaning.rows import is_sign, items_of, split, tuple_of, without_brackets
from symconv.meaning.starts import from_zero
from symconv.meaning.windows import in_window, spatial_start, window_index
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Cases, Fence, Number, Row, Sign, Text


def has_relation(box: Box) -> bool:
    """Whether the box states a condition."""
    return any(is_sign(item, RELATIONS) for item in items_of(box))


def indicator(state: State, read: Read, box: Box, scope: Scope) -> Expr:
    """1 where the condition holds, else 0."""
    factors: list[Expr] = []
    guards: list[Guard] = []
    for part in conjunction(items_of(box)):
        for found in _part(state, read, part, scope):
            if isinstance(found, (Equal, AtMost, Divides)):
                guards.append(found)
            else:
                factors.append(found)
    if guards:
        factors.insert(0, Bracket(tuple(guards)))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def cases(state: State, read: Read, box: Cases, scope: Scope) -> Expr:
    """``Σ value · [its condition and none before]``."""
    terms: list[Expr] = []
    before: list[Expr] = []
    if len([None for _, condition in box.rows if has_relation(condition)]) > 1:
        state.choices.say("where several cases hold, the first counts")
    for number, (value, condition) in enumerate(box.rows, start=1):
        here = items_of(value)
        reached: tuple[Expr, ...] = tuple(_not(each) for each in before)
        last = all(is_joining(item, frozenset(ELSE)) or is_sign(item, (",", ".")) for item in items_of(condition))
        if last and number < len(box.rows):
            raise MeaningError("only the last of several cases is without a condition", condition)
        if here and not _is_zero(here):
            state.window = _window_in(state, read, here, scope) or state.window
        holds = UNIT if last else indicator(state, read, _without_if(condition), scope)
        if not _is_zero(here):
            found = read(here, scope)
            if found.rank:
                raise MeaningError("a case has an array as its value", value)
            terms.append(Mul((*reached, holds, found.body)) if reached or holds != UNIT else found.body)
        before.append(holds)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _not(condition: Expr) -> Expr:
    return Add((UNIT, Mul((Scalar(Affine.of(-1)), condition))))


def _is_zero(items: Sequence[Box]) -> bool:
    return len(items) == 1 and write_latex(items[0]).strip() == "0"


def _without_if(box: Box) -> Box:
    items = items_of(box)
    while items and isinstance(items[0], Text) and items[0].text.strip(" :").lower() in ("if", "when", "for", "where"):
        items = items[1:]
    return Row(tuple(items))


def _part(state: State, read: Read, items: Sequence[Box], scope: Scope) -> Iterator[Guard | Expr]:
    signs = [item.name for item in items if isinstance(item, Sign) and item.name in RELATIONS]
    parts = split(items, RELATIONS)
    if not signs:
        raise MeaningError(f"{shown(*items)} is no condition", items[0])
    arithmetic = state.arithmetic(scope)
    top = winner(state, read, parts, signs, scope)
    if top is not None:
        yield top
        return
    if any(is_sign(item, MOD) for item in items) or _modular(items):
        yield from _congruence(state, items, scope)
        return
    for name, left, right in zip(signs, parts, parts[1:], strict=False):
        if name == r"\in":
            yield from _member(state, left, right, scope)
            continue
        tuples = [tuple_of(side) for side in (left, right)]
        if name == "=" and tuples[0] and tuples[1] and len(tuples[0]) == len(tuples[1]):
            for a, b in zip(*tuples, strict=True):
                yield Equal(arithmetic.form(a), arithmetic.form(b))
            continue
        for each in split(left, (",",)):
            yield _relation(name, arithmetic.form(each), arithmetic.form(right))


def relations_of(arithmetic: Arithmetic, items: Sequence[Box]) -> Iterator[Guard]:
    """Conditions on sizes beside a formula: ``a \\in \\{0,…,s-1\\}``, ``k \\le n``; words that join do not matter."""
    strange = next((item for item in items if isinstance(item, Text) and not is_joining(item, FIELD)), None)
    if strange is not None:
        raise MeaningError(f"“{strange.text.strip()}” in a condition is not understood", strange)
    for part in conjunction(items):
        part = [item for item in part if not isinstance(item, Text)]
        listed = _listed(arithmetic, part)
        if listed:
            yield from listed
            continue
        signs = [item.name for item in part if isinstance(item, Sign) and item.name in RELATIONS]
        parts = split(part, RELATIONS)
        for name, left, right in zip(signs, parts, parts[1:], strict=False):
            if name == r"\in":
                ends = interval(right, arithmetic.form)
                if ends is None:
                    raise MeaningError(f"{shown(*part)} is no condition on sizes", part[0])
                yield AtMost(ends[0], arithmetic.form(left))
                yield AtMost(arithmetic.form(left), ends[1])
                continue
            found = _relation(name, arithmetic.form(left), arithmetic.form(right))
            if not isinstance(found, (Equal, AtMost, Divides)):
                raise MeaningError(f"{shown(*part)} is no condition on sizes", part[0])
            yield found
        if part and not signs and not all(_is_name(arithmetic, each) for each in split(part, (",",))):
            raise MeaningError(f"{shown(*part)} is no condition on sizes", part[0])


def _is_name(arithmetic: Arithmetic, items: Sequence[Box]) -> bool:
    """Whether “for all i” speaks of an index or size that there is."""
    parts = tuple_of(items) or [list(items)]
    names = [written_name(part[0]) if len(part) == 1 else None for part in parts]
    return all(name in arithmetic.scope.names or name in arithmetic.symbols.sizes for name in names)


def _listed(arithmetic: Arithmetic, part: Sequence[Box]) -> tuple[Guard, ...]:
    """``i = 0, 1, …, n`` as 0 ≤ i ≤ n; nothing for anything else."""
    sides = split(part, ("=",))
    if len(sides) != 2 or not any(is_sign(item, (",",)) for item in sides[1]):
        return ()
    lo, hi = enumerated(sides[1], arithmetic.form)
    here = arithmetic.form(sides[0])
    return AtMost(lo, here), AtMost(here, hi)


def _relation(name: str, left: Affine, right: Affine) -> Guard | Expr:
    if name in ("=", r"\equiv"):
        return Equal(left, right)
    if name == r"\ne":
        return _not(Bracket((Equal(left, right),)))
    if name == r"\mid":
        return Divides(left, right)
    if name == r"\nmid":
        return _not(Bracket((Divides(left, right),)))
    if name in (*AT_MOST, *LESS):
        return AtMost(left + (1 if name in LESS else 0), right)
    if name in (*MORE, *AT_LEAST):
        return AtMost(right + (1 if name in MORE else 0), left)
    raise MeaningError(f"the relation {name} has no meaning between positions")


def _modular(items: Sequence[Box]) -> bool:
    return any(isinstance(item, Fence) and any(is_sign(part, MOD) for part in items_of(item.body)) for item in items)


def _congruence(state: State, items: Sequence[Box], scope: Scope) -> Iterator[Guard]:
    """``a \\bmod s = 0``, and ``a \\equiv b \\pmod s``."""
    arithmetic = state.arithmetic(scope)
    left, *rest = split(items, ("=", r"\equiv"))
    modulus: Affine | None = None
    if rest and rest[-1] and isinstance(rest[-1][-1], Fence) and is_sign(items_of(rest[-1][-1].body)[0], MOD):
        modulus = arithmetic.form(items_of(rest[-1][-1].body)[1:])
        rest[-1] = rest[-1][:-1]
    if modulus is not None and len(rest) == 1:
        yield Divides(modulus, arithmetic.form(left) - arithmetic.form(rest[0]))
        return
    at = next((n for n, item in enumerate(left) if is_sign(item, MOD)), None)
    if len(rest) == 1 and at and arithmetic.form(rest[0]) == ZERO:
        yield Divides(arithmetic.form(left[at + 1 :]), arithmetic.form(left[:at]))
        return
    tuples = [tuple_of(side) for side in (left, *rest)]
    pairs = zip(*tuples, strict=True) if all(tuples) and len({len(t) for t in tuples}) == 1 else [(left, *rest)]
    for pair in pairs:
        forms = [arithmetic.form(side) for side in pair]
        for a, b in pairwise(forms):
            yield Equal(a, b)


def _member(state: State, left: Sequence[Box], right: Sequence[Box], scope: Scope) -> Iterator[Guard]:
    """``i \\in \\{0,…,k-1\\}``, ``(i,j) \\in \\Omega(k,l)``."""
    arithmetic = state.arithmetic(scope)
    names = tuple_of(left) or split(left, (",",))
    out = window_index(state, right, scope)
    if out is None:
        ends = interval(right, arithmetic.form)
        if ends is None:
            raise MeaningError(f"{shown(*right)} is no set of positions that is understood", right[0])
        for name in names:
            yield AtMost(ends[0], arithmetic.form(name))
            yield AtMost(arithmetic.form(name), ends[1])
        return
    start = spatial_start(state)
    forms = [from_zero(arithmetic.form(name), s) for name, s in zip(names, start, strict=True)]
    yield from in_window(state, out, forms)


def _window_in(state: State, read: Read, items: Sequence[Box], scope: Scope) -> tuple[Affine, ...] | None:
    """The output position that an entry of the upstream gradient or output in a value names."""
    window = state.window
    try:
        with state.tentative():
            body = read(items, scope).body
    except MeaningError:
        return None
    finally:
        state.window = window
    for entry in accesses(body):
        if entry.tensor.role in ("upstream", "output"):
            return tuple(f for f, kind in zip(entry.indices, entry.tensor.axes, strict=True) if kind[0] == "O")
    return None


def without_remark(condition: Sequence[Box]) -> list[Box]:
    """A condition without the words and the 0 of “and 0 otherwise”, and without the brackets around it."""
    condition = without_brackets(condition)
    items = [item for item in condition if not is_joining(item, frozenset(ELSE))]
    words = [isinstance(item, Text) for item in condition]
    noughts = [
        item
        for at, item in enumerate(condition)
        if item == Number("0") and (at == 0 or words[at - 1]) and (at + 1 == len(condition) or words[at + 1])
    ]
    return [item for item in items if not any(item is nought for nought in noughts)]
