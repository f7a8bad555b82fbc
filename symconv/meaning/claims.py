"""What a formula claims of a layer: equalities between expressions in inputs, parameters and the upstream gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from symconv.expr.nodes import Access, Bracket, Derivative, Expr, Mul, Scalar
from symconv.expr.rename import rename
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses, bound_names, free_names, fresh, substitute, walk
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Assumptions, AtMost, Guard, Range, substitute_guard
from symconv.meaning.arithmetic import GUESS, INDEX, Scope
from symconv.meaning.activation import activation_in
from symconv.meaning.arrays import Algebra, Array, Same, scalar
from symconv.meaning.chains import Chain, Statement
from symconv.meaning.choices import Choices, Option
from symconv.meaning.conditions import relations_of
from symconv.meaning.context import State
from symconv.meaning.entries import Entries
from symconv.meaning.errors import MeaningError, RankError, ShapeError, UnboundError, shown
from symconv.meaning.generic import Unify, closed, is_open, letters_in, nothing
from symconv.meaning.heads import has_big, index_names, with_output
from symconv.meaning.levels import levels_in, named_levels
from symconv.meaning.names import key
from symconv.meaning.operators import regrouped
from symconv.meaning.reader import read_items
from symconv.meaning.resolve import Resolver
from symconv.meaning.starts import Base, Place, Starts
from symconv.meaning.symbols import Symbols, symbols_for, symbols_of_letters
from symconv.meaning.unbound import bind, range_of
from symconv.meaning.whole import widenable, widened
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Number, Script, Symbol, Text


MOST_SIZES = 40


@dataclass(frozen=True)
class Context:
    """What a user says of a formula beside the formula itself."""

    definition: Definition | None
    what: str | None = None
    wrt: str | None = None
    roles: Mapping[str, str] | None = None
    sizes: Mapping[str, str] | None = None
    layout: Mapping[str, str] | None = None
    index_base: Base | None = None
    infix: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Claim:
    """``claim = truth`` for all ``ranges`` of the free indices, in line ``line`` of the formula.

    ``assumptions`` are sentences that the reading needs; ``unbound`` are indices that the formula leaves unbound: it is
    read as a claim for all their values.
    """

    claim: Expr
    truth: Expr
    ranges: Mapping[str, Range]
    line: int
    assumptions: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    definition: Definition = field(default_factory=nothing)


def read_claims(statement: Statement, context: Context, choices: Choices) -> tuple[Claim, ...]:
    """The equalities of a formula under one reading; MeaningError where something has no meaning.

    Sizes of letters that belong to no layer are found out on the way: each time two of them must be equal, the
    reading begins again with that.
    """
    sizes: dict[str, Affine] = {}
    for _ in range(MOST_SIZES):
        try:
            return _read_claims(statement, context, choices, sizes)
        except Unify as found:
            sizes[found.name] = found.size
    raise MeaningError("the sizes of the matrices cannot be found out")


def _read_claims(
    statement: Statement, context: Context, choices: Choices, sizes: Mapping[str, Affine]
) -> tuple[Claim, ...]:
    symbols = _symbols(statement, context, sizes)
    noticed = _evidence(statement, context, symbols, sizes)
    state = _state(context, symbols, choices, noticed, sizes)
    found: list[Claim] = []
    chains = _without_names(state, statement.chains)
    for chain in chains:
        found += _Chain(state, chain, statement.conditions, statement.remarks).claims()
    if not found:
        raise MeaningError("there is no equation here")
    return tuple(found)


def _without_names(state: State, chains: Sequence[Chain]) -> list[Chain]:
    """The chains that claim something; ``\\tilde x = pad(x, p)`` only says what a name of the others stands for."""
    kept: list[Chain] = []
    for chain in chains:
        first = chain.members[0].items
        name = key(write_latex(first[0])) if len(first) == 1 and isinstance(first[0], Symbol) else None
        free = name is not None and len(chains) > 1 and len(chain.members) == 2 and state.symbols.meaning(name) is None
        if free and name is not None and name not in state.symbols.sizes:
            try:
                value = read_items(state, chain.members[1].items, Scope())
            except MeaningError:
                kept.append(chain)
                continue
            state.named[name] = value
            state.choices.say(f"{name} stands for what the formula says it does")
        else:
            kept.append(chain)
    return kept


def symbols_of(statement: Statement, context: Context) -> Symbols:
    """What the symbols of a formula stand for."""
    return _symbols(statement, context, {})


def _symbols(statement: Statement, context: Context, sizes: Mapping[str, Affine]) -> Symbols:
    boxes = [item for chain in statement.chains for member in chain.members for item in member.items]
    roles = dict(context.roles or {})
    if context.definition is None:
        letters = letters_in(boxes, roles, sizes)
        return symbols_of_letters(nothing(), letters, roles)
    told = _with_wrt(statement, context)
    activation, before = activation_in(boxes, told)
    if before is not None and before not in told and activation is not None:
        told = {**told, before: "pre_activation"}
    levels, named = levels_in(boxes, told), named_levels(statement.chains, context.definition)
    return symbols_for(
        context.definition, told, context.sizes, activation=activation, levels=levels or tuple(sorted(named.values())),
        named_levels=named,
    )  # fmt: skip


def _with_wrt(statement: Statement, context: Context) -> Mapping[str, str]:
    """The roles, and that of the symbol that a left side ∂L/∂X differentiates by."""
    from symconv.meaning.differentiated import symbol_of

    told = dict(context.roles or {})
    assert context.definition is not None
    if context.wrt is not None and statement.chains:
        name = symbol_of(statement.chains[0].members[0].items)
        role = next((t.role for t in context.definition.inputs if context.wrt in (t.name, t.role)), context.wrt)
        if name is not None and name not in told and not (role == "input" and "pre_activation" in told.values()):
            told[name] = role
    return told


def _state(
    context: Context, symbols: Symbols, choices: Choices, noticed: Mapping[Place, Affine], sizes: Mapping[str, Affine]
) -> State:
    algebra = Algebra(_sameness(symbols.definition, sizes))
    starts = Starts(symbols, choices, context.index_base, noticed)
    entries = Entries(algebra, starts, dict(context.layout or {}))
    return State(symbols, choices, algebra, starts, entries, dict(context.infix or {}), sizes=sizes)


def _sameness(definition: Definition, sizes: Mapping[str, Affine]) -> Same:
    known = definition.assumptions

    def same(left: Affine, right: Affine) -> bool:
        left, right = closed(left, sizes), closed(right, sizes)
        if left == right:
            return True
        for one, other in ((left, right), (right, left)):
            if (name := is_open(one)) is not None and name not in other.names():
                raise Unify(name, other)
        gap = left.substitute(definition.derived) - right.substitute(definition.derived)
        if not gap.terms:
            return True
        return known.nonnegative(left - right, {}) and known.nonnegative(right - left, {})

    return same


def _evidence(
    statement: Statement, context: Context, symbols: Symbols, sizes: Mapping[str, Affine]
) -> dict[Place, Affine]:
    """Where axes are counted from, as lower limits of sums show it: read once with everything counted from 0."""
    choices = Choices()
    state = _state(replace(context, index_base=0), symbols, choices, {}, sizes)
    state.choices.values["base"] = 0
    for chain in statement.chains:
        for member in chain.members:
            scope = Scope(index_names(with_output(state, chain.members[0].items)))
            try:
                read_items(state, with_output(state, member.items), scope)
            except (MeaningError, RecursionError):
                continue
    return state.noticed


@dataclass
class _Chain:
    state: State
    chain: Chain
    conditions: tuple[tuple[Box, ...], ...] = ()
    remarks: tuple[str, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    def claims(self) -> list[Claim]:
        state, members = self.state, self.chain.members
        if len(members) < 2:
            raise MeaningError("there is no equation here: a formula needs both sides")
        first = with_output(state, members[0].items)
        state.unbound.clear()
        self.names = frozenset() if has_big(first) else _single_names(state, index_names(first))
        state.free = self.names
        left = self._left(first)
        state.order = list(state.unbound) if has_big(first) else []
        self.names |= frozenset(state.unbound)
        state.free = self.names
        ranges, values, guards = _free_ranges(state, left, self._first_right())
        state.position = _position(state, left)
        self._window(left)
        found: list[Claim] = []
        for member in members[1:]:
            state.unbound.clear()
            state.assumed.clear()
            state.by_place.clear()
            right = read_items(state, with_output(state, member.items), Scope(self.names))
            found.append(self._claim(left, right, member.line, ranges, values, guards))
        return found

    def _first_right(self) -> Expr | None:
        """The first right side: it may show how far an index runs that stands nowhere alone on the left."""
        state = self.state
        kept = dict(state.unbound)
        try:
            items = with_output(state, self.chain.members[1].items)
            return read_items(state, items, Scope(self.names)).body
        except MeaningError:
            return None
        finally:
            state.unbound.clear()
            state.unbound.update(kept)
            state.by_place.clear()

    def _left(self, items: Sequence[Box]) -> Array:
        """The left side; a mistake in it says more of the layer that is meant than of the formula."""
        try:
            return read_items(self.state, items, Scope(self.names))
        except RankError as problem:
            raise MeaningError(f"the left side: {problem}", problem.box) from None
        except MeaningError as problem:
            if len(items) == 1 and isinstance(items[0], (Symbol, Script)):
                what = "neither an entry of a tensor of the layer nor a derivative: say in roles what it is"
                raise MeaningError(f"{shown(items[0])} is {what}", items[0]) from None
            raise problem

    def _window(self, left: Array) -> None:
        """The output position that a derivative of one output names, and the channels of the left side."""
        state = self.state
        for entry in _entries(left.body):
            for form, kind in zip(entry.indices, entry.tensor.axes, strict=True):
                if kind[0] not in "SOK":
                    state.channels.setdefault(kind, form)
            if entry.tensor == state.symbols.definition.output:
                spatial = [f for f, k in zip(entry.indices, entry.tensor.axes, strict=True) if k[0] == "O"]
                state.window = tuple(spatial)

    def _claim(
        self, left: Array, right: Array, line: int, ranges: Mapping[str, Range], values: Mapping[str, Affine],
        guards: Sequence[Guard],
    ) -> Claim:  # fmt: skip
        state = self.state
        one, other, more = matched(state, left, right)
        everything = {**ranges, **more}
        other, bound, unbound = bind(state, one, other, everything)
        everything |= bound
        other, restricted = self._restricted(other)
        one, other = (substitute(side, values) for side in (one, other))
        resolver = Resolver(state.symbols)
        truth, claim = resolver(one, everything), resolver(other, everything)
        guards = [*guards, *(substitute_guard(guard, values) for guard in restricted)]
        if guards:
            inside = Bracket(tuple(guards))
            truth, claim = Mul((inside, truth)), Mul((inside, claim))
        made = Claim(claim, truth, everything, line, tuple(state.assumed), unbound, state.symbols.definition)
        return public(made if state.symbols.definition.inputs else of_no_layer(made))


    def _restricted(self, right: Expr) -> tuple[Expr, tuple[Guard, ...]]:
        """The right side where it is 0 unless a condition behind the formula holds, or what the claim is restricted to."""
        state = self.state
        scope = Scope(self.names | frozenset(n.removeprefix(INDEX) for n in free_names(right) if n.startswith(INDEX)))
        guards: list[Guard] = []
        otherwise = any("otherwise" in remark or "else" in remark for remark in self.remarks)
        for condition in self.conditions:
            otherwise |= any(isinstance(item, Text) and "otherwise" in item.text for item in condition)
            kept = [item for item in condition if not (isinstance(item, Text) or _is_nought(item))]
            try:
                guards += relations_of(state.arithmetic(scope), kept)
            except MeaningError:
                state.choices.say(f"the condition {shown(*condition)} is not used")
        if otherwise and guards:
            return Mul((Bracket(tuple(guards)), right)), ()
        return right, tuple(guards)


def _single_names(state: State, names: frozenset[str]) -> frozenset[str]:
    """Without words such as iW, which are an index times a size."""
    sizes = {name for name in state.symbols.sizes if len(name) == 1 and name.isupper()}
    return frozenset(n for n in names if not (n.isalpha() and len(n) > 1 and sizes & set(n)) and n not in sizes)


def _is_nought(box: Box) -> bool:
    return isinstance(box, Number) and box.text == "0"


def _entries(expr: Expr) -> list[Access]:
    found: list[Access] = []
    for node in walk(expr):
        if isinstance(node, Access):
            found.append(node)
        elif isinstance(node, Derivative):
            found.append(node.by)
    return found


def _free_ranges(state: State, left: Array, right: Expr | None) -> tuple[dict[str, Range], dict[str, Affine], list[Guard]]:
    """Ranges of the free indices, what replaces those that stand nowhere alone, and when the entries exist."""
    bound = bound_names(left.body) | {digit.index for digit in left.digits}
    ranges: dict[str, Range] = {}
    rest: list[tuple[Affine, Affine]] = []
    for entry in _entries(left.body):
        for form, size in zip(entry.indices, entry.tensor.shape, strict=True):
            names = [name for name in form.names() if name.startswith(INDEX) and name not in bound]
            if form.names() & bound:
                continue
            name = names[0] if len(names) == 1 else None
            if name is not None and (form - name).names().isdisjoint({name}) and not (form - name).names() - _sizes(state):
                shift = form - name
                span = Range(-shift, size - 1 - shift)
                if name not in ranges:
                    ranges[name] = span
                elif ranges[name] != span:
                    rest.append((form, size))
            else:
                rest.append((form, size))
    values: dict[str, Affine] = {}
    for name, span in list(ranges.items()):
        if span.lo is not None and span.hi is not None and any(not isinstance(a, str) for a in span.lo.atoms()):
            # counted from the middle of an axis: whole numbers only if its size is odd, so that 0 is the better start
            values[name] = Affine.of(f"{name}'") + span.lo
            ranges[f"{name}'"] = Range(ZERO, span.hi - span.lo)
            del ranges[name]
    guards: list[Guard] = []
    for form, size in rest:
        form = form.substitute(values)
        free = [n for n in sorted(form.names()) if n.startswith(INDEX) and n not in ranges]
        for name in free if len(free) > 1 and right is not None else ():
            span = range_of(state, name, right) if right is not None else None
            if span is not None:
                ranges[name] = span
        free = [n for n in free if n not in ranges]
        sign = form.coefficient(free[0]).constant if free else None
        if free and sign in (1, -1) and form.is_affine_in(free[0]):
            name = free[0]
            place = f"{name}'"
            values[name] = (Affine.of(place) - form.without(name)) * sign
            ranges[place] = Range(ZERO, size - 1)
        elif free:
            raise MeaningError("the left side has an index that no entry names alone")
        elif not _always(state, form, size, ranges):
            guards += [AtMost(ZERO, form), AtMost(form, size - 1)]
    return ranges, values, guards


def _position(state: State, left: Array) -> tuple[tuple[str, Affine, Affine], ...]:
    """The left side's spatial indices: name, first position, size; nothing where they are no plain names."""
    if not isinstance(left.body, Access) or left.rank:
        return ()
    found: list[tuple[str, Affine, Affine]] = []
    tensor = left.body.tensor
    for form, kind, start, size in zip(
        left.body.indices, tensor.axes, state.starts.of(tensor), tensor.shape, strict=True
    ):
        if kind[0] in "SOK":
            names = [name for name in form.names() if name.startswith(INDEX)]
            if len(names) != 1 or form + start != Affine.of(names[0]):
                return ()
            found.append((names[0], start, size))
    return tuple(found)


def _always(state: State, form: Affine, size: Affine, ranges: Mapping[str, Range]) -> bool:
    known = state.symbols.definition.assumptions
    return known.nonnegative(form, ranges) and known.nonnegative(size - 1 - form, ranges)


def _sizes(state: State) -> frozenset[str]:
    return frozenset(state.symbols.definition.assumptions.lower)


# Two sides ------------------------------------------------------------------------------------------------------------


def matched(state: State, left: Array, right: Array) -> tuple[Expr, Expr, dict[str, Range]]:
    """Both sides at one position, and the ranges of the indices of that position."""
    if left.rank and widenable(state, right):
        right = widened(state, right)
    left, right = _ranked(state, left, right)
    if left.rank and right.rank and left.rank != right.rank or any(len(axis) > 1 for axis in right.axes):
        left = _like(left, right)
    if left.rank == 0 and right.rank == 0:
        return left.body, right.body, {}
    if left.rank != right.rank:
        raise ShapeError(f"the left side has {_axes(left)}, the right side {_axes(right)}")
    if left.rank == 1 and left.orientation != right.orientation:
        raise ShapeError(f"the left side is a {left.orientation}, the right side a {right.orientation}")
    right = _arranged(left, right)
    for a, b in zip(left.axes, right.axes, strict=True):
        if len(a) != len(b):
            raise MeaningError("the two sides are vectors of different make-up")
        for mine, other in zip(a, b, strict=True):
            if not state.algebra.same(mine.size, other.size):
                if not (other.kind.startswith("P") or mine.kind.startswith("P")):
                    raise ShapeError(f"the left side has {mine.size} entries along an axis, the right side {other.size}")
                state.choices.say("beyond its entries the result of the sliding window is cut, or continued by zeros")
    names = _position_names(left)
    ranges = {
        name: Range(digit.first, digit.first + digit.size - 1) for name, digit in zip(names, left.digits, strict=True)
    }
    position = [Affine.of(name) for name in names]
    return left.at(position), right.at(position), ranges


def _like(left: Array, right: Array) -> Array:
    """The left side as a matrix, where the right side is one of the same axes (Y = φ(X)·F)."""
    if right.rank > 2 or not right.axes or left.rank <= right.rank and all(len(axis) == 1 for axis in right.axes):
        return left
    if left.rank == right.rank and all(len(a) == len(b) for a, b in zip(left.axes, right.axes, strict=True)):
        return left
    made = regrouped(left, right.axes[0])
    if made is None or made.rank != right.rank:
        return left
    if right.rank == 2 and {d.kind for d in made.axes[1]} == {d.kind for d in right.axes[1]}:
        kinds = {digit.kind: digit for digit in made.axes[1]}
        return replace(made, axes=(made.axes[0], tuple(kinds[d.kind] for d in right.axes[1])))
    return made


def _axes(array: Array) -> str:
    return "no axes" if array.rank == 0 else f"{array.rank} {'axis' if array.rank == 1 else 'axes'}"


def _ranked(state: State, left: Array, right: Array) -> tuple[Array, Array]:
    """Sides of one rank, as far as a reading makes them so."""
    if left.numerator is not None and left.rank == left.numerator and right.rank == 0 and left.rank:
        state.choices.say("a derivative of all outputs is that of their sum (the upstream gradient is 1 everywhere)")
        return state.algebra.total(left), right
    if left.rank == 0 and right.rank and isinstance(left.body, Access):
        axes = [f for f, kind in zip(left.body.indices, left.body.tensor.axes, strict=True)]
        spatial = [f for f, kind in zip(left.body.indices, left.body.tensor.axes, strict=True) if kind[0] in "SOK"]
        for forms in (spatial, axes):
            if len(forms) == len(right.digits):
                state.choices.say("arrays with indices under an operator stand for the whole; it is taken at the left side's")
                return left, scalar(right.at(forms))
    if left.rank == 2 and right.rank == 2 and (left.numerator == 1) != (right.numerator == 1):
        turned = state.choices.pick(
            "jacobian",
            [
                Option(False, "a row of a derivative belongs to an entry of the numerator (numerator layout)"),
                Option(True, "a column of a derivative belongs to an entry of the numerator (denominator layout)"),
            ],
        )
        if turned:
            if left.numerator == 1:
                return state.algebra.transpose(left), right
            return left, state.algebra.transpose(right)
    if left.rank == 0 and right.rank and all(state.algebra.same(d.size, Affine.of(1)) for d in right.digits):
        return left, scalar(right.at([ZERO] * len(right.digits)))
    if left.rank == 0 and right.rank and len(right.digits) == len(state.order):
        state.choices.say("an operator's result is taken at the position that the left side names")
        starts = state.starts_of(right)
        return left, scalar(right.at([Affine.of(INDEX + n) - s for n, s in zip(state.order, starts, strict=True)]))
    if left.rank and right.rank == 0 and left.numerator is None:
        state.choices.say("the right side is one number for all entries")
        return left, replace(state.algebra.renamed(left), body=right.body)
    if left.rank and right.rank == 0 and all(state.algebra.same(d.size, Affine.of(1)) for d in left.digits):
        return scalar(left.at([ZERO] * len(left.digits))), right
    return left, right


def _arranged(left: Array, right: Array) -> Array:
    """The right side's axes in the order of the left side's, where their kinds tell."""
    mine = [axis[0].kind for axis in left.axes if len(axis) == 1]
    others = [axis[0].kind for axis in right.axes if len(axis) == 1]
    channels = {"N", "C", "F"}
    if len(mine) != left.rank or len(others) != right.rank or len(set(others)) != len(others):
        return right
    if {k for k in mine if k in channels} != {k for k in others if k in channels} or not channels & set(mine):
        return right
    if set(mine) <= channels:
        return right  # a matrix: its rows and columns have their places
    spatial = iter([axis for axis, kind in zip(right.axes, others, strict=True) if kind not in channels])
    placed = {kind: axis for axis, kind in zip(right.axes, others, strict=True) if kind in channels}
    return replace(right, axes=tuple(placed[kind] if kind in channels else next(spatial) for kind in mine))


def _position_names(left: Array) -> list[str]:
    names: list[str] = []
    body = left.body
    for number, digit in enumerate(left.digits):
        name = None
        if isinstance(body, Access):
            place = next((at for at, f in enumerate(body.indices) if f == Affine.of(digit.index)), None)
            name = INDEX + body.tensor.indices[place] if place is not None else None
        name = name or INDEX + "ijkluvwxyz"[min(number, 9)]
        names.append(fresh(name, names))
    return names


def of_no_layer(claim: Claim) -> Claim:
    """The claim with a definition that only says that every size of its arrays is at least 1."""
    tensors = {node.tensor.name: node.tensor for side in (claim.claim, claim.truth) for node in accesses(side)}
    sizes = {name for tensor in tensors.values() for size in tensor.shape for name in size.names()}
    sizes |= {n for side in (claim.claim, claim.truth) for n in free_names(side) if not n.startswith(INDEX)}
    sizes |= {n for span in claim.ranges.values() for end in (span.lo, span.hi) if end is not None for n in end.names()}
    lower = {name: 1 for name in sorted(sizes) if not name.startswith(INDEX)}
    own = replace(claim.definition, inputs=tuple(tensors.values()), assumptions=Assumptions(lower))
    return replace(claim, definition=own)


def public(claim: Claim) -> Claim:
    """The claim with the author's index names without their mark, primed where a size has the name already."""
    taken = set(claim.definition.assumptions.lower)
    names: dict[str, str] = {}
    everything = {*claim.ranges, *bound_names(claim.claim), *bound_names(claim.truth)}
    everything |= free_names(claim.claim) | free_names(claim.truth)
    for marked in sorted(everything):
        if marked.startswith(INDEX):
            plain = marked.removeprefix(INDEX).replace(".", "v").replace(":", "w")
            names[marked] = fresh(plain, taken)
            taken.add(names[marked])
        if marked.startswith(GUESS):
            raise UnboundError(f"{marked.removeprefix(GUESS)} is no size of the layer")
    moved = {old: Affine.of(new) for old, new in names.items()}
    ranges = {
        names.get(name, name): Range(
            None if span.lo is None else span.lo.substitute(moved), None if span.hi is None else span.hi.substitute(moved)
        )
        for name, span in claim.ranges.items()
    }
    return replace(
        claim, claim=rename(claim.claim, names), truth=rename(claim.truth, names), ranges=ranges,
        unbound=tuple(names.get(name, name) for name in claim.unbound),
    )  # fmt: skip


def is_count(expr: Expr) -> bool:
    """Whether an expression is a number or a size only."""
    return isinstance(expr, Scalar)
