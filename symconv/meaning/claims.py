"""What a formula claims of a layer: equalities between expressions in inputs, parameters and the upstream gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from symconv.expr.nodes import Bracket, Expr, Mul
from symconv.expr.tensor import Definition
from symconv.expr.walk import free_names, substitute
from symconv.index.affine import Affine
from symconv.index.domain import Guard, Range, substitute_guard
from symconv.meaning.activation import activation_in
from symconv.meaning.arithmetic import INDEX, Scope
from symconv.meaning.arrays import Algebra, Array, Same
from symconv.meaning.beside import restricted
from symconv.meaning.chains import Chain, Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context, of_no_layer, public
from symconv.meaning.context import State
from symconv.meaning.entries import Entries
from symconv.meaning.errors import BoundTwiceError, MeaningError, RankError, UnboundError, shown
from symconv.meaning.explained import tell_numbers, without_names
from symconv.meaning.free import entries_of, free_ranges, position_of
from symconv.meaning.generic import Unify, closed, is_open, letters_in, nothing
from symconv.meaning.heads import bound_in, has_big, index_names, names_in, with_output
from symconv.meaning.levels import in_two_layers, is_delta, levels_in, named_levels
from symconv.meaning.names import key
from symconv.meaning.reader import read_items
from symconv.meaning.rebase import rebased
from symconv.meaning.resolve import Resolver
from symconv.meaning.sides import matched
from symconv.meaning.starts import Place, Starts, consistent
from symconv.meaning.sums import BOUND_TWICE
from symconv.meaning.symbols import CUSTOMARY, LOSSES, Symbols, symbols_for, symbols_of_letters
from symconv.meaning.unbound import bind
from symconv.parse.places import walk as walk_boxes
from symconv.typeset.layout import Box, Script, Symbol

MOST_SIZES = 40


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
    boxes = [item for chain in statement.chains for member in chain.members for item in member.items]
    noticed = _evidence(statement, context, symbols, sizes)
    state = _state(context, symbols, choices, noticed, sizes, boxes)
    if context.definition is None:
        tell_numbers(state)
    if symbols.before is None and symbols.levels and is_delta(boxes[0] if boxes else None):
        choices.say("no activation stands between the layers: δ is the derivative by the layer's input")
    before = symbols.before
    if before is not None and before.name != "z" and before.name not in {key(symbol) for symbol in context.roles or {}}:
        choices.say(f"{before.name} is the pre-activation")
    found: list[Claim] = []
    chains = without_names(state, statement.chains)
    for chain in chains:
        found += _Chain(state, chain, statement).claims()
    if not found:
        raise MeaningError("there is no equation here")
    return tuple(found)


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
    activation, before = activation_in(boxes, told, _of_others(context.definition))
    if before is not None and before not in told and activation is not None:
        told = {**told, before: "pre_activation"}
    own = {key(tensor.name): tensor.role for tensor in (*context.definition.inputs, context.definition.output)}
    levels = levels_in(boxes, told, own)
    named = named_levels(statement.chains, context.definition)
    return symbols_for(
        context.definition, told, context.sizes, activation=activation, levels=levels or tuple(sorted(named.values())),
        named_levels=named, moving=in_two_layers(boxes),
    )  # fmt: skip


def _of_others(definition: Definition) -> frozenset[str]:
    """The symbols of weights, biases and outputs: none of them is what an activation is taken of."""
    own = {key(tensor.name) for tensor in (*definition.inputs[1:], definition.output)}
    return frozenset(own.union(LOSSES - {"z"}, *(CUSTOMARY[role] for role in ("kernel", "bias"))))


def _with_wrt(statement: Statement, context: Context) -> Mapping[str, str]:
    """The roles, and that of the symbol that a left side ∂L/∂X differentiates by."""
    from symconv.meaning.differentiated import symbol_of

    told = dict(context.roles or {})
    assert context.definition is not None
    wanted = next((t.role for t in context.definition.inputs if context.wrt in (t.name, t.role)), context.wrt)
    if wanted in told.values():
        return told
    if context.wrt is not None and statement.chains:
        name = symbol_of(statement.chains[0].members[0].items)
        own = next((t for t in (*context.definition.inputs, context.definition.output) if key(t.name) == name), None)
        if own is not None and name not in {key(symbol) for symbol in told} and own.role != wanted:
            raise MeaningError(f"wrt is {context.wrt}, but the left side differentiates by {name}")
        if name is not None and name not in told and not (wanted == "input" and "pre_activation" in told.values()):
            told[name] = context.wrt if wanted is None else wanted
    return told


def _state(
    context: Context,
    symbols: Symbols,
    choices: Choices,
    noticed: Mapping[Place, Affine],
    sizes: Mapping[str, Affine],
    boxes: Sequence[Box] = (),
) -> State:
    algebra = Algebra(_sameness(symbols.definition, sizes))
    starts = Starts(symbols, choices, context.index_base, noticed)
    entries = Entries(algebra, starts, dict(context.layout or {}), bound_in(boxes))
    made = State(symbols, choices, algebra, starts, entries, dict(context.infix or {}), sizes=sizes)
    made.written = frozenset(names_in([part for box in boxes for part in walk_boxes(box)]))
    return made


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
            scope = Scope(index_names(with_output(state, chain.members[0].items, left=True)))
            try:
                read_items(state, with_output(state, member.items, left=member is chain.members[0]), scope)
            except (MeaningError, RecursionError):
                continue
    return consistent(state.noticed, symbols)


@dataclass
class _Chain:
    state: State
    chain: Chain
    statement: Statement
    names: frozenset[str] = field(default_factory=frozenset)

    def claims(self) -> list[Claim]:
        state, members = self.state, self.chain.members
        if len(members) < 2:
            raise MeaningError("there is no equation here: a formula needs both sides")
        first = with_output(state, members[0].items, left=True)
        state.unbound.clear()
        self.names = frozenset() if has_big(first) else _single_names(state, index_names(first))
        state.free = self.names
        left = self._left(first)
        everything = [item for member in members for item in member.items]
        state.indices = self.names | bound_in(everything)
        state.order = list(state.unbound) if has_big(first) else []
        self.names |= frozenset(state.unbound)
        state.free = self.names
        ranges, values, guards = free_ranges(state, left, self._first_right())
        state.position = position_of(state, left)
        self._window(left)
        found: list[Claim] = []
        for member in members[1:]:
            state.unbound.clear()
            state.assumed.clear()
            state.by_place.clear()
            state.shared = None
            right = read_items(state, with_output(state, member.items), Scope(self.names))
            if state.shared is not None:
                raise MeaningError(
                    "the number of largest entries stands without the entries that share", member.items[0]
                )
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
            state.forget(kept)
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
        for entry in entries_of(left.body):
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
        other, only, unused = restricted(state, self.names, self.statement, other, line, everything)
        one, other = (substitute(side, values) for side in (one, other))
        twice = self.names & bound_in([item for member in self.chain.members for item in member.items])
        _check_names(state, (one, other), everything, twice)
        resolver = Resolver(state.symbols)
        truth, claim = rebased(resolver(one, everything)), rebased(resolver(other, everything))
        guards = [*guards, *(substitute_guard(guard, values) for guard in only)]
        if guards:
            inside = Bracket(tuple(guards))
            truth, claim = Mul((inside, truth)), Mul((inside, claim))
        made = Claim(
            claim, truth, everything, line, tuple(state.assumed), unbound, state.symbols.definition, tuple(guards),
            unused,
        )  # fmt: skip
        return public(made if state.symbols.definition.inputs else of_no_layer(made))


def _single_names(state: State, names: frozenset[str]) -> frozenset[str]:
    """Without words such as iW, which are an index times a size."""
    sizes = {name for name in state.symbols.sizes if len(name) == 1 and name.isupper()}
    return frozenset(n for n in names if not (n.isalpha() and len(n) > 1 and sizes & set(n)) and n not in sizes)


def _check_names(state: State, sides: Sequence[Expr], ranges: Mapping[str, Range], twice: frozenset[str]) -> None:
    """That every index of both sides has a range.

    Errors: :class:`UnboundError` for one that nothing explains, :class:`BoundTwiceError` where, besides, the indices
    ``twice`` stand on the left side and below a sum.
    """
    known = ranges.keys() | state.symbols.definition.assumptions.lower.keys()
    for side in sides:
        strange = sorted(name for name in free_names(side) - known if name.startswith(INDEX))
        if strange:
            shown_name = strange[0].removeprefix(INDEX)
            if twice:
                names = ", ".join(sorted(twice))
                raise BoundTwiceError(f"{names}: {BOUND_TWICE}; what {shown_name} is, nothing says")
            raise UnboundError(f"the index {shown_name} is bound by no sum, and no entry shows how far it runs")
