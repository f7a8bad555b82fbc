"""Where a maximum is taken: ``(u, v) = argmax …``, ``x_{u,v} = max …``, ``(u, v) = (u^*, v^*)``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.expr.nodes import Access, Bracket, Expr, Mul, Reduce, Ties, Winner
from symconv.index.affine import ONE, Affine, floor_div
from symconv.index.domain import Divides, Equal, Guard
from symconv.meaning.arithmetic import INDEX, Scope
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import key, written_name
from symconv.meaning.prose import is_joining, words
from symconv.meaning.rows import is_sign, items_of, split, tuple_of
from symconv.meaning.starts import from_zero
from symconv.meaning.windows import spatial_start, window_index, winner_at
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fence, Row, Script, Sign

NO_TIES = "the maximum of every window is taken at one entry only (no ties)"
ALL_DIFFERENT = "no two entries of the input are equal (no ties)"
WINDOW = words("window windows pool pooling max pooled patch region receptive field inside within")


def winner(state: State, read: Read, parts: Sequence[Sequence[Box]], signs: Sequence[str], scope: Scope) -> Expr | None:
    """``(i,j) = argmax …``, ``x_{i,j} = max …``, ``(i,j) = (i^*, j^*)``."""
    if list(signs) == [r"\in"] and any(isinstance(item, Big) and item.name == "argmax" for item in parts[1]):
        return _among_maxima(state, read, parts[0], parts[1], scope)
    if list(signs) != ["="]:
        return None
    for left, right in ((parts[0], parts[1]), (parts[1], parts[0])):
        big = next((item for item in right if isinstance(item, Big) and item.name == "argmax"), None)
        positions = tuple_of(left) or ([list(left)] if len(left) == 1 or big is not None else [])
        if big is not None and positions:
            state.assume(NO_TIES)
            return _argmax(state, read, positions, big, list(right), scope)
        starred = tuple_of(right)
        if starred and positions and all(_is_starred(part) for part in starred):
            _check_order(positions, starred)
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
    positions = tuple_of(left) or [list(left)]
    return Winner(replace(window, ties=ties), tuple(arithmetic.form(part) for part in positions))


def _output_position(state: State, read: Read, left: Sequence[Box], right: Sequence[Box], scope: Scope) -> Expr | None:
    """``x_{u,v} = y_{i,j}``: an entry of the input is the maximum of a window."""
    if len(left) != 1 or len(right) != 1 or not all(isinstance(side[0], Script) for side in (left, right)):
        return None
    try:
        with state.tentative():
            entry, value = read(left, scope).body, read(right, scope).body
    except MeaningError:
        return None
    definition = state.symbols.definition
    if not isinstance(entry, Access) or not isinstance(value, Access):
        return None
    if entry.tensor != state.symbols.input or value.tensor != definition.output:
        return None
    out = [f for f, kind in zip(value.indices, value.tensor.axes, strict=True) if kind[0] == "O"]
    place = [f for f, kind in zip(entry.indices, entry.tensor.axes, strict=True) if kind[0] == "S"]
    state.assume(ALL_DIFFERENT)
    return winner_at(state, out, place)


def _is_starred(part: Sequence[Box]) -> bool:
    """``i^*`` or ``i_{\\max}``: the position of the maximum."""
    if len(part) != 1 or not isinstance(part[0], Script):
        return False
    text = key(write_latex(part[0]))
    return text.endswith(("^*", r"^\ast", r"^\star", r"_\max", "_max"))


def _check_order(positions: Sequence[Sequence[Box]], starred: Sequence[Sequence[Box]]) -> None:
    """``(u, v) = (v^*, u^*)`` exchanges rows and columns."""
    own = [key(write_latex(part[0])) for part in positions if len(part) == 1]
    bases = [key(write_latex(part[0].base)) for part in starred if isinstance(part[0], Script)]
    if own != bases and (set(own) == set(bases) or bases == sorted(bases, reverse=True)):
        raise MeaningError("the position of the maximum has its indices in another order", starred[0][0])


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
    before, rest = right[: right.index(big)], right[right.index(big) + 1 :]
    if before:
        # u = k i + argmax …: the maximum is at u − k i
        if len(positions) != 1 or before[-1] != Sign("+"):
            raise MeaningError(f"{shown(*before)} before a position of the maximum is not understood", before[0])
        positions = [[*positions[0], Sign("-"), Fence("(", Row(tuple(before[:-1])), ")")]]
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
    if out is None and rest and not all(is_joining(item, WINDOW) for item in rest):
        searched = read(rest, scope)
        found = searched.body
        fixed = isinstance(found, Access) and not searched.rank and all(f.constant is not None for f in found.indices)
        if not isinstance(found, Access) or found.tensor != state.symbols.input or fixed:
            raise MeaningError(f"the maximum of {shown(*rest)} is not that of the window's entries", rest[0])
    return winner_at(state, out if out is not None else _current(state), _positions(state, positions, scope))


def _check_searched(state: State, read: Read, names: Sequence[Box], rest: Sequence[Box], scope: Scope) -> None:
    """That an argmax over positions in a window searches the input at these positions."""
    written = [written_name(part[0]) for part in tuple_of(names) or split(names, (",",)) if len(part) == 1]
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
    if big.under is None:
        # “the maximum of the pool window”, in words
        if not right[1:] or not all(is_joining(item, WINDOW) for item in right[1:]):
            raise MeaningError(f"{shown(*right)}: it is not clear which maximum is meant", big)
        state.assume(ALL_DIFFERENT)
        return winner_at(state, _current(state), spatial)
    state.assume(ALL_DIFFERENT)
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
