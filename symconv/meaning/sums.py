"""Sums and maxima: their indices, what they run over where nothing is said, and conditions below the sign."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import Access, Binder, Bracket, Expr, Mul, Reduce, Sum
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses, substitute
from symconv.index.affine import ONE, ZERO, Affine, Extremum, Quotient
from symconv.index.domain import Guard, substitute_guard, within
from symconv.meaning.arithmetic import GUESS, INDEX, Scope
from symconv.meaning.arrays import Array
from symconv.meaning.binders import Bound, Limits, bound_of
from symconv.meaning.conditions import indicator
from symconv.meaning.context import Read, State
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.heads import names_in
from symconv.meaning.layer import hyper_of, reduction_of
from symconv.meaning.names import key
from symconv.meaning.rows import items_of
from symconv.meaning.starts import place_name
from symconv.meaning.windows import spatial_start, window_index
from symconv.parse.places import walk
from symconv.typeset.layout import Big, Box, Fence, Row, Symbol, Text


def summed(state: State, read: Read, big: Big, rest: Sequence[Box], scope: Scope) -> Array:
    """The sum of everything behind the sign."""
    bound, inner = _bound(state, big, rest, scope)
    body = read(rest, inner) if rest else None
    if body is None:
        raise MeaningError("there is nothing behind the sum sign", big)
    binders, values, conditions, _ = _ranges(state, read, bound, body.body, inner)
    if state.by_place and state.by_place[0] in {limit.index for limit in bound.limits}:
        state.by_place.clear()  # the outermost sum is read
    expr = substitute(body.body, values) if values else body.body
    total = Sum(Mul((*conditions, expr)) if conditions else expr, binders)
    return Array(body.axes, total, body.orientation, body.numerator)


def reduced(state: State, read: Read, big: Big, rest: Sequence[Box], scope: Scope) -> Reduce:
    """The maximum of everything behind the sign."""
    bound, inner = _bound(state, big, rest, scope)
    if len(rest) == 1 and isinstance(rest[0], Fence) and rest[0].open == "{":
        rest = items_of(rest[0].body)
    body = read(rest, inner)
    if body.rank:
        raise MeaningError("the maximum of an array is not understood", big)
    binders, values, conditions, guards = _ranges(state, read, bound, body.body, inner, taps=True)
    if conditions:
        guards = (*guards, *_as_guards(conditions, big))
    own = reduction_of(state.symbols.definition)
    expr = substitute(body.body, values)
    if own is not None and own.guards and not guards:
        # padded entries never win: the layer's own convention
        guards = _inside(expr)
        state.choices.say("positions outside the input never win the maximum")
    kind = "max" if big.name in ("max", "argmax") else "min"
    return Reduce(kind, expr, binders, guards, own.ties if own is not None else "first")  # type: ignore[arg-type]


def _as_guards(conditions: Sequence[Expr], big: Big) -> tuple[Guard, ...]:
    found: list[Guard] = []
    for condition in conditions:
        if not isinstance(condition, Bracket):
            raise MeaningError("the condition below max is not understood", big)
        found += condition.guards
    return tuple(found)


def _inside(expr: Expr) -> tuple[Guard, ...]:
    found: list[Guard] = []
    for entry in accesses(expr):
        for form, size, kind in zip(entry.indices, entry.tensor.shape, entry.tensor.axes, strict=True):
            if kind[0] == "S":
                found += within(form, size)
    return tuple(found)


def _bound(state: State, big: Big, rest: Sequence[Box], scope: Scope) -> tuple[Bound, Scope]:
    limits = state.arithmetic(scope, limit=True)
    bound = bound_of(big, limits.form, _words_in(rest))
    bound = _with_undeclared(state, bound, scope)
    if any(is_infinite(part) for part in (big.under, big.over) if part is not None):
        state.assume(OUTSIDE)
    names = [limit.index for limit in bound.limits] + [name for names, _ in bound.sets for name in names]
    again = [name for name in names if name in scope.names]
    if again:
        shown_names = ", ".join(again)
        state.choices.say(f"{shown_names}: {BOUND_TWICE}")
    several = dict(scope.several)
    words = big.under is not None and any(isinstance(item, Text) for item in items_of(big.under))
    hyper = hyper_of(state.symbols.definition)
    if words and len(names) == 1 and hyper is not None and len(hyper.places) > 1:
        several[names[0]] = tuple(f"{names[0]}_{n}" for n in range(1, len(hyper.places) + 1))
        spread = tuple(Limits(name) for name in several[names[0]])
        bound = Bound(spread, (), bound.conditions)
        names = list(several[names[0]])
    state.by_place += [limit.index for limit in bound.limits]
    return bound, Scope(scope.names | frozenset(names), several)


def is_infinite(box: Box) -> bool:
    """Whether a limit is ∞."""
    return any(isinstance(part, Symbol) and part.name == r"\infty" for part in walk(box))


def _with_undeclared(state: State, bound: Bound, scope: Scope) -> Bound:
    """Indices that only a condition names are bound, too: ``\\sum_{s + t = p}`` runs over s and t."""
    declared = {limit.index for limit in bound.limits} | {name for names, _ in bound.sets for name in names}
    more: list[Limits] = []
    for condition in bound.conditions:
        for name in sorted(names_in(condition)):
            known = name in declared or name in scope.names or name in state.symbols.sizes
            if not known and len(name) == 1 and name.isalpha():
                declared.add(name)
                more.append(Limits(name))
    return Bound((*bound.limits, *more), bound.sets, bound.conditions)


def _words_in(boxes: Sequence[Box]) -> frozenset[str]:
    """Names of several letters that are parts of an index (alone below a letter they are indices run together)."""
    rows = [part.items for box in boxes for part in walk(box) if isinstance(part, Row)]
    found = [item for items in rows for item in items]
    return frozenset(key(part.name) for part in found if isinstance(part, Symbol) and len(part.name) > 1)


BOUND_TWICE = "bound by a sum, and also an index outside of it"
AS_FAR = "runs as far as the kernel reaches"
OUTSIDE = "entries outside their tensors are read as zero"
Ranges = tuple[tuple[Binder, ...], dict[str, Affine], list[Expr], tuple[Guard, ...]]


def _ranges(state: State, read: Read, bound: Bound, body: Expr, scope: Scope, taps: bool = False) -> Ranges:
    """Binders, what replaces indices that run over a window, conditions as factors, guards of a window."""
    binders: list[Binder] = []
    values: dict[str, Affine] = {}
    guards: list[Guard] = []
    for limit in bound.limits:
        binders.append(_binder(state, limit, body, taps, scope))
    for names, box in bound.sets:
        out = window_index(state, items_of(box), scope)
        if out is None:
            raise MeaningError(f"{shown(box)} is no set of positions that is understood", box)
        more, moved, inside = _over_window(state, names, out)
        binders += more
        values |= moved
        guards += inside
    conditions = [indicator(state, read, Row(part), scope) for part in bound.conditions]
    return tuple(binders), values, conditions, tuple(guards)


def _over_window(
    state: State, names: Sequence[str], out: Sequence[Affine]
) -> tuple[list[Binder], dict[str, Affine], list[Guard]]:
    """Indices that run over the positions of a window, written as its taps."""
    hyper = hyper_of(state.symbols.definition)
    own = reduction_of(state.symbols.definition)
    if hyper is None or len(names) != len(hyper.places):
        raise MeaningError("a window has one index for each spatial axis")
    starts = spatial_start(state)
    binders: list[Binder] = []
    values: dict[str, Affine] = {}
    renaming: dict[str, Affine] = dict(zip(hyper.places, out, strict=True))
    for at, name in enumerate(names):
        tap = state.algebra.fresh()
        binders.append(Binder(tap, ZERO, hyper.kernel[at] - 1))
        form = hyper.position(at, out[at], Affine.of(tap))
        values[INDEX + name] = form + starts[at]
        renaming[hyper.taps[at]] = Affine.of(tap)
    guards = [substitute_guard(guard, renaming) for guard in own.guards] if own is not None else []
    return binders, values, guards


# Ranges ---------------------------------------------------------------------------------------------------------------


def _may_name(state: State, word: str, size: Affine) -> bool:
    """Whether a name that the layer does not know may stand for a size of it.

    Not an index of the formula; not where the user gave the size a name (but K_1 for k_1 is a slip of the pen), nor
    where the name differs from a known one only in its number.
    """
    if word in state.indices or any(word.lower() == known.lower() for known in state.guesses):
        return False
    if word.lower() in {str(size).lower(), key(str(size)).lower()}:
        return True
    named = state.symbols.definition.size_roles.keys()
    base = word.partition("_")[0]
    numbered = word.partition("_")[2].strip("{}").isdigit()
    alike = numbered and any(known.partition("_")[0] == base and known != word for known in state.symbols.sizes)
    roles = state.symbols.definition.size_roles
    families = {roles.get(name, "").rstrip("0123456789") for name in size.names()}
    siblings = {name for name, role in roles.items() if role.rstrip("0123456789") in families}
    return size.names() <= named and not alike and not {key(name) for name in siblings} & state.written


def _counts(lo: Affine | None, hi: Affine | None, guess: str, size: Affine) -> bool:
    """Whether the limits are exactly as many as the axis has positions, if the unknown name is its size."""
    if lo is None or hi is None:
        return False
    for first in (3, 5, 7):
        names = {name: first + 2 * at for at, name in enumerate(sorted(size.names() | lo.names() | hi.names()))}
        try:
            values = {**names, guess: size.value(names)}
            if hi.value(values) - lo.value(values) + 1 != values[guess]:
                return False
        except (ArithmeticError, KeyError):
            return False
    return True


def _binder(state: State, limit: Limits, body: Expr, taps: bool, scope: Scope) -> Binder:
    name = INDEX + limit.index
    lo, hi = limit.lo, limit.hi
    natural = _natural_range(state, name, body)
    if (natural is not None or (lo is not None and hi is not None)) and limit.index in state.by_place:
        state.by_place.remove(limit.index)
    ends = [end for end in (lo, hi) if end is not None]
    for guess in sorted({name for end in ends for name in end.names() if name.startswith(GUESS)}):
        size = None if natural is None else natural[1] - natural[0] + 1
        word = guess.removeprefix(GUESS)
        if size is None or not _counts(lo, hi, guess, size) or not _may_name(state, word, size):
            known = ", ".join(sorted({*scope.names, *state.symbols.sizes}))
            raise MeaningError(f"{word} is neither an index nor a size here; known are {known}", limit.box)
        state.guesses[word] = size
        state.choices.say(f"{word} is the size {size}")
        lo, hi = (None if end is None else end.substitute({guess: size}) for end in (lo, hi))
    if natural is not None:
        _notice(state, name, lo, body)
    if lo is None or hi is None:
        pooled = reduction_of(state.symbols.definition) is not None or not _has_kernel(state.symbols.definition)
        found = natural or _shifted(state, name, body, scope) or _by_place(state, limit.index, taps or pooled)
        lo = found[0] if lo is None else lo
        hi = found[1] if hi is None else hi
    return Binder(name, lo, hi)


def _notice(state: State, name: str, lo: Affine | None, body: Expr) -> None:
    """The lower limit as evidence of where an axis is counted from."""
    if lo is None:
        return
    constant = lo.constant
    moving = any(n[0] in (INDEX, GUESS) for n in lo.names())
    rounded = any(isinstance(atom, Extremum) or _is_rounded(atom) for atom in lo.atoms())
    for entry, axis in _plain(state, name, body):
        kernel = entry.tensor.role in ("kernel", "weight")
        number = constant in (0, 1) or (constant is not None and constant < 0 and kernel)
        middle = constant is None and not moving and not rounded and (kernel or entry.tensor.role == "input")
        if number or middle:
            state.noticed.setdefault((place_name(entry.tensor), axis), lo)


def _is_rounded(atom: object) -> bool:
    return isinstance(atom, Quotient) and atom.rounding != "exact"


def _plain(state: State, name: str, body: Expr) -> list[tuple[Access, int]]:
    """The entries along whose axis the index runs alone."""
    found: list[tuple[Access, int]] = []
    for entry in accesses(body):
        starts = state.starts.of(entry.tensor)
        for axis, (index, start) in enumerate(zip(entry.indices, starts, strict=True)):
            if index + start == Affine.of(name):
                found.append((entry, axis))
    return found


def _natural_range(state: State, name: str, body: Expr) -> tuple[Affine, Affine] | None:
    """The positions of the axis along which the index runs alone; upstream gradient and output show it best."""
    found = [
        (_rank(entry.tensor), state.starts.of(entry.tensor)[axis], entry.tensor.shape[axis])
        for entry, axis in _plain(state, name, body)
    ]
    if not found:
        return None
    _, start, size = min(found, key=lambda item: item[0])
    return start, size - 1 + start


def _has_kernel(definition: Definition) -> bool:
    return any(tensor.role in ("kernel", "weight") for tensor in definition.inputs)


def _shifted(state: State, name: str, body: Expr, scope: Scope) -> tuple[Affine, Affine] | None:
    """The positions of a kernel's axis along which the index runs backwards or shifted: ``K_{k-1-m}``, ``K_{u-i}``.

    Outside of them the kernel is read as zero, so that a sum without limits has no other terms.
    """
    known = {INDEX + other for other in scope.names} - {name}
    for entry in accesses(body):
        if entry.tensor.role not in ("kernel", "weight"):
            continue
        for form, size in zip(entry.indices, entry.tensor.shape, strict=True):
            if not form.is_affine_in(name) or form.coefficient(name).constant not in (1, -1):
                continue
            rest = form.without(name)
            if any(other.startswith(INDEX) and other not in known for other in rest.names()):
                continue
            state.choices.say(f"the sum over {name.removeprefix(INDEX)} {AS_FAR}")
            first, last = -rest, size - 1 - rest
            lo, hi = (first, last) if form.coefficient(name) == ONE else (-last, -first)
            return lo, hi
    return None


def _by_place(state: State, index: str, taps: bool) -> tuple[Affine, Affine]:
    """All positions along one axis of the output (under max: of the window), where nothing else says how far to go."""
    definition = state.symbols.definition
    hyper = hyper_of(definition)
    stack = state.by_place
    # the sums of a formula go through rows, then columns: the innermost one that says nothing is the last axis
    last = len(stack) - stack.index(index) if index in stack else 0
    at = -1 if hyper is None else len(hyper.places) - last
    if hyper is None or not 0 <= at < len(hyper.places):
        raise MeaningError(f"the sum over {index} has no limits, and no entry shows how far it runs")
    if taps:
        state.choices.say(f"{index} runs over the window of the layer")
        return ZERO, hyper.kernel[at] - 1
    output = definition.output
    axis = [n for n, kind in enumerate(output.axes) if kind[0] == "O"][at]
    start = state.starts.of(output)[axis]
    state.choices.say(f"the sum over {index} runs over all positions of the output")
    return start, start + output.shape[axis] - 1


def _rank(tensor: Tensor) -> int:
    return {"upstream": 0, "output": 0, "kernel": 1, "weight": 1}.get(tensor.role, 2)
