"""Conditions in a formula: Iverson brackets, cases, indicators, and where a maximum is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from symconv.expr.nodes import UNIT, Access, Add, Bracket, Expr, Mul, Reduce, Scalar, Ties, Winner
from symconv.expr.walk import accesses
from symconv.index.affine import ONE, ZERO, Affine, floor_div
from symconv.index.domain import AtMost, Divides, Equal, Guard
from symconv.meaning.arithmetic import INDEX, MOD, Arithmetic, Scope
from symconv.meaning.binders import AT_LEAST, AT_MOST, LESS, MORE, interval
from symconv.meaning.conjunctions import RELATIONS, conjunction
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import key, written_name
from symconv.meaning.rows import is_sign, items_of, split
from symconv.meaning.starts import from_zero
from symconv.meaning.windows import in_window, spatial_start, window_index, winner_at
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Cases, Fence, Row, Script, Sign, Text

ELSE = ("otherwise", "else", "sonst", "elsewhere")
NO_TIES = "the maximum of every window is taken at one entry only (no ties)"


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
    for value, condition in box.rows:
        here = items_of(value)
        reached: tuple[Expr, ...] = tuple(_not(each) for each in before)
        words = " ".join(item.text for item in items_of(condition) if isinstance(item, Text)).strip().lower()
        last = not items_of(condition) or (words.strip(" .,").startswith(ELSE) and not has_relation(condition))
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
    winner = _winner(state, read, parts, signs, scope)
    if winner is not None:
        yield winner
        return
    if any(is_sign(item, MOD) for item in items) or _modular(items):
        yield from _congruence(state, items, scope)
        return
    for name, left, right in zip(signs, parts, parts[1:], strict=False):
        if name == r"\in":
            yield from _member(state, left, right, scope)
            continue
        tuples = [_tuple(side) for side in (left, right)]
        if name == "=" and tuples[0] and tuples[1] and len(tuples[0]) == len(tuples[1]):
            for a, b in zip(*tuples, strict=True):
                yield Equal(arithmetic.form(a), arithmetic.form(b))
            continue
        for each in split(left, (",",)):
            yield _relation(name, arithmetic.form(each), arithmetic.form(right))


def relations_of(arithmetic: Arithmetic, items: Sequence[Box]) -> Iterator[Guard]:
    """Conditions on sizes beside a formula: ``a \\in \\{0,…,s-1\\}``, ``k \\le n``; words before them are left out."""
    items = [item for item in items if not isinstance(item, Text)]
    for part in conjunction(items):
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
    tuples = [_tuple(side) for side in (left, *rest)]
    pairs = zip(*tuples, strict=True) if all(tuples) and len({len(t) for t in tuples}) == 1 else [(left, *rest)]
    for pair in pairs:
        forms = [arithmetic.form(side) for side in pair]
        for a, b in pairwise(forms):
            yield Equal(a, b)


def _tuple(items: Sequence[Box]) -> list[list[Box]]:
    """``(i, j)`` as its parts; nothing for anything else."""
    if len(items) == 1 and isinstance(items[0], Fence) and items[0].open in ("(", "["):
        return split(items_of(items[0].body), (",",))
    return []


def _member(state: State, left: Sequence[Box], right: Sequence[Box], scope: Scope) -> Iterator[Guard]:
    """``i \\in \\{0,…,k-1\\}``, ``(i,j) \\in \\Omega(k,l)``."""
    arithmetic = state.arithmetic(scope)
    names = _tuple(left) or split(left, (",",))
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
    kept, window = dict(state.unbound), state.window
    try:
        body = read(items, scope).body
    except MeaningError:
        state.unbound.clear()
        state.unbound.update(kept)
        return None
    finally:
        state.window = window
    for entry in accesses(body):
        if entry.tensor.role in ("upstream", "output"):
            return tuple(f for f, kind in zip(entry.indices, entry.tensor.axes, strict=True) if kind[0] == "O")
    return None


def _winner(
    state: State, read: Read, parts: Sequence[Sequence[Box]], signs: Sequence[str], scope: Scope
) -> Expr | None:
    """``(i,j) = argmax …``, ``x_{i,j} = max …``, ``(i,j) = (i^*, j^*)``."""
    if list(signs) == [r"\in"] and any(isinstance(item, Big) and item.name == "argmax" for item in parts[1]):
        return _among_maxima(state, read, parts[0], parts[1], scope)
    if list(signs) != ["="]:
        return None
    for left, right in ((parts[0], parts[1]), (parts[1], parts[0])):
        big = next((item for item in right if isinstance(item, Big) and item.name == "argmax"), None)
        positions = _tuple(left) or ([list(left)] if len(left) == 1 or big is not None else [])
        if big is not None and positions:
            state.assume(NO_TIES)
            return _argmax(state, read, positions, big, list(right), scope)
        starred = _tuple(right)
        if starred and positions and all(_is_starred(part) for part in starred):
            state.assume(NO_TIES)
            return winner_at(state, _current(state), _positions(state, positions, scope))
        output = _output_position(state, read, left, right, scope)
        if output is not None:
            return output
        top = next((item for item in right if isinstance(item, Big) and item.name == "max"), None)
        if top is not None and right and right[0] is top:
            return _equals_max(state, read, left, list(right), scope)
    return None


def _among_maxima(state: State, read: Read, left: Sequence[Box], right: Sequence[Box], scope: Scope) -> Expr:
    """``m ∈ argmax …``: every entry that is largest; 1/|argmax …| before it makes it an equal share."""
    big = next(item for item in right if isinstance(item, Big))
    rest = list(right[list(right).index(big) + 1 :])
    window = _reduce(read, Big("max", big.under, big.over), rest, scope)
    ties: Ties = "split" if state.shared == tuple(right) else "all"
    state.shared = None
    arithmetic = state.arithmetic(scope)
    positions = _tuple(left) or [list(left)]
    return Winner(replace(window, ties=ties), tuple(arithmetic.form(part) for part in positions))


def _output_position(state: State, read: Read, left: Sequence[Box], right: Sequence[Box], scope: Scope) -> Expr | None:
    """``x_{u,v} = y_{i,j}``: an entry of the input is the maximum of a window."""
    kept = dict(state.unbound)
    if len(left) != 1 or len(right) != 1 or not all(isinstance(side[0], Script) for side in (left, right)):
        return None
    try:
        entry, value = read(left, scope).body, read(right, scope).body
    except MeaningError:
        state.unbound.clear()
        state.unbound.update(kept)
        return None
    definition = state.symbols.definition
    if not isinstance(entry, Access) or not isinstance(value, Access):
        return None
    if entry.tensor != state.symbols.input or value.tensor != definition.output:
        return None
    out = [f for f, kind in zip(value.indices, value.tensor.axes, strict=True) if kind[0] == "O"]
    place = [f for f, kind in zip(entry.indices, entry.tensor.axes, strict=True) if kind[0] == "S"]
    state.assume(NO_TIES)
    return winner_at(state, out, place)


def _is_starred(part: Sequence[Box]) -> bool:
    """``i^*`` or ``i_{\\max}``: the position of the maximum."""
    if len(part) != 1 or not isinstance(part[0], Script):
        return False
    text = key(write_latex(part[0]))
    return text.endswith(("^*", r"^\ast", r"^\star", r"_\max", "_max"))


def _positions(state: State, parts: Sequence[Sequence[Box]], scope: Scope) -> list[Affine]:
    start = spatial_start(state)
    if len(parts) != len(start):
        raise MeaningError("a position in the input has one index for each spatial axis", parts[0][0])
    arithmetic = state.arithmetic(scope)
    return [from_zero(arithmetic.form(part), s) for part, s in zip(parts, start, strict=True)]


def _current(state: State) -> tuple[Affine, ...]:
    if state.window is None:
        raise MeaningError("it is not clear which window is meant")
    return state.window


def _argmax(
    state: State, read: Read, positions: Sequence[Sequence[Box]], big: Big, right: list[Box], scope: Scope
) -> Expr:
    """The indicator that the positions are those of the maximum."""
    rest = right[right.index(big) + 1 :]
    if len(rest) == 1 and isinstance(rest[0], Fence) and big.under is None:
        rest = items_of(rest[0].body)
    if big.under is not None:
        under = items_of(big.under)
        at = next((n for n, item in enumerate(under) if is_sign(item, (r"\in",))), None)
        if at is not None:
            out = window_index(state, under[at + 1 :], scope) or state.window
            if out is not None:
                _check_searched(state, read, under[:at], rest, scope)
                return winner_at(state, out, _positions(state, positions, scope))
        window = _reduce(read, Big("max", big.under, big.over), rest, scope)
        forms = [state.arithmetic(scope).form(part) for part in positions]
        return Winner(window, tuple(forms))
    out = window_index(state, rest, scope)
    return winner_at(state, out if out is not None else _current(state), _positions(state, positions, scope))


def _check_searched(state: State, read: Read, names: Sequence[Box], rest: Sequence[Box], scope: Scope) -> None:
    """That an argmax over positions in a window searches the input at these positions."""
    written = [written_name(part[0]) for part in _tuple(names) or split(names, (",",)) if len(part) == 1]
    known = [name for name in written if name is not None]
    if not rest:
        return
    found = read(rest, scope.with_names(known)).body
    start = spatial_start(state)
    if isinstance(found, Access) and found.tensor == state.symbols.input:
        spatial = [f for f, kind in zip(found.indices, found.tensor.axes, strict=True) if kind[0] == "S"]
        wanted = [from_zero(Affine.of(INDEX + name), s) for name, s in zip(known, start, strict=False)]
        if spatial == wanted:
            return
    raise MeaningError(
        f"the maximum over {shown(*names)} of {shown(*rest)} is not one over the window's entries", rest[0]
    )


def _equals_max(state: State, read: Read, left: Sequence[Box], right: list[Box], scope: Scope) -> Expr:
    """``x_{i,j} = \\max …``: the entry is the one at which the maximum is taken."""
    big = right[0]
    assert isinstance(big, Big)
    entry = read(left, scope)
    if not isinstance(entry.body, Access) or entry.rank or entry.body.tensor != state.symbols.input:
        raise MeaningError(f"{shown(*left)} is no entry of the input", left[0])
    spatial = [f for f, kind in zip(entry.body.indices, entry.body.tensor.axes, strict=True) if kind[0] == "S"]
    state.assume(NO_TIES)
    if big.under is None:
        # “the maximum of the pool window”, in words
        if not any(isinstance(item, Text) and "window" in item.text for item in right):
            raise MeaningError(f"{shown(*right)}: it is not clear which maximum is meant", big)
        return winner_at(state, _current(state), spatial)
    window = _reduce(read, big, right[1:], scope)
    return _at_entry(window, entry.body)


def _at_entry(window: Reduce, entry: Access) -> Expr:
    """The share of an entry in the maximum of a window that reads the same tensor."""
    body = window.body
    if not isinstance(body, Access) or body.tensor != entry.tensor:
        raise MeaningError("the maximum is taken over another tensor than the entry's")
    taps = [binder.index for binder in window.binders]
    at: dict[str, Affine] = {}
    guards: list[Guard] = []
    for read, form in zip(body.indices, entry.indices, strict=True):
        here = [tap for tap in taps if tap in read.names()]
        if not here:
            guards.append(Equal(read, form))
            continue
        if len(here) > 1:
            raise MeaningError("an index of the maximum's window stands beside another one in one position")
        (tap,) = here
        step = read.coefficient(tap)
        gap = form - read.without(tap)
        if step != ONE:
            guards.append(Divides(step, gap))
        at[tap] = gap if step == ONE else floor_div(gap, step)
    winner = Winner(window, tuple(at[tap] for tap in taps))
    return Mul((Bracket(tuple(guards)), winner)) if guards else winner


def _reduce(read: Read, big: Big, rest: Sequence[Box], scope: Scope) -> Reduce:
    """The maximum that a sign and what follows it mean."""
    found = read([big, *rest], scope).body
    if not isinstance(found, Reduce):
        raise MeaningError("the maximum is not understood", big)
    return found
