"""What stands beside a formula: conditions that restrict it, ranges, and what is said of the layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.expr.nodes import Bracket, Expr, Mul
from symconv.expr.walk import free_names
from symconv.index.affine import Affine
from symconv.index.domain import AtMost, Guard, Range, guard_parts
from symconv.meaning.arithmetic import INDEX, Scope
from symconv.meaning.chains import EQUALS, Statement
from symconv.meaning.conditions import relations_of, without_remark
from symconv.meaning.conjunctions import RELATIONS
from symconv.meaning.context import State
from symconv.meaning.errors import MeaningError, ShapeError, spoken
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import key, name_of
from symconv.meaning.rows import is_sign, split, without_brackets
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Number, Script, Symbol, Text


def restricted(
    state: State, names: frozenset[str], statement: Statement, right: Expr, line: int, ranges: Mapping[str, Range]
) -> tuple[Expr, tuple[Guard, ...], str]:
    """The right side, 0 where a condition behind the formula fails, or what the claim is restricted to.

    Last, a condition that is not understood: a claim that is right without it is right with it.
    """
    scope = Scope(names | frozenset(n.removeprefix(INDEX) for n in free_names(right) if n.startswith(INDEX)))
    guards: list[Guard] = []
    unused = ""
    otherwise = any("otherwise" in remark or "else" in remark for remark in statement.remarks)
    for condition in statement.conditions:
        if condition.line not in (None, line):
            continue
        otherwise |= any(isinstance(item, Text) and "otherwise" in item.text for item in condition.items)
        kept = without_remark(condition.items)
        if _is_said_already(state, kept):
            continue
        try:
            found = tuple(relations_of(state.arithmetic(scope), kept))
            _check_known(state, found, scope)
        except MeaningError:
            if _is_definition(state, condition.items) or not _may_be_condition(kept):
                raise MeaningError(f"{spoken(condition.items)} is not understood", condition.items[0]) from None
            unused = unused or spoken(condition.items)
            state.choices.say(f"the condition {spoken(condition.items)} is not used")
        else:
            _check_ends(state, found, ranges)
            guards += found
    if unused:
        guards = []  # part of a condition alone might say less, or something else
    if otherwise and unused:
        raise MeaningError(f"the condition {unused} is not understood")
    if otherwise and guards:
        return Mul((Bracket(tuple(guards)), right)), (), unused
    return right, tuple(guards), unused


def _is_said_already(state: State, items: Sequence[Box]) -> bool:
    """``with s = 2, p = 0`` where these are the layer's numbers.

    Errors: :class:`MeaningError` where the layer has others.
    """
    hyper = hyper_of(state.symbols.definition)
    found: list[bool] = []
    for part in split([item for item in items if not isinstance(item, Text)], (",",)):
        sides = split(part, ("=",))
        if hyper is None or len(sides) != 2 or [len(side) for side in sides] != [1, 1]:
            return False
        name, value = name_of(sides[0][0]) or "", sides[1][0]
        if name in state.symbols.sizes or not isinstance(value, Number) or not value.text.isdigit():
            return False
        known = hyper.is_known(name, int(value.text))
        if known is None:
            return False
        if not known:
            raise MeaningError(f"the layer has another value than {name} = {value.text}", sides[0][0])
        found.append(known)
    return bool(found)


def _check_known(state: State, guards: Sequence[Guard], scope: Scope) -> None:
    """That a condition speaks of indices and sizes that there are. Errors: :class:`MeaningError`."""
    names = {name for guard in guards for part in guard_parts(guard) for name in part.names()}
    strange = sorted(n for n in names if n.startswith(INDEX) and n.removeprefix(INDEX) not in scope.names)
    if strange:
        raise MeaningError(f"{strange[0].removeprefix(INDEX)} is neither an index nor a size here")


def _check_ends(state: State, guards: Sequence[Guard], ranges: Mapping[str, Range]) -> None:
    """That “for i = 0, …, n” names no position that the left side does not have.

    Errors: :class:`ShapeError`.
    """
    definition = state.symbols.definition
    for guard in guards:
        for name, span in ranges.items():
            if not isinstance(guard, AtMost) or span.lo is None or span.hi is None:
                continue
            here, beyond = Affine.of(name), None
            if guard.right == here and not guard.left.names() & ranges.keys():
                beyond = span.lo - guard.left - 1
            elif guard.left == here and not guard.right.names() & ranges.keys():
                beyond = guard.right - span.hi - 1
            if beyond is not None and definition.assumptions.nonnegative(beyond.substitute(definition.derived), {}):
                ends = f"{span.lo} to {span.hi}"
                raise ShapeError(
                    f"{name.removeprefix(INDEX)} has the positions {ends}, the condition goes beyond", certain=True
                )


def _is_definition(state: State, items: Sequence[Box]) -> bool:
    """``where \\delta_i := …``: the condition says what a symbol of the formula is."""
    parts = split([item for item in without_brackets(items) if not isinstance(item, Text)], EQUALS)
    first = parts[0][0] if len(parts) > 1 and len(parts[0]) == 1 else None
    base = first.base if isinstance(first, Script) else first
    name = key(write_latex(base)) if isinstance(base, Symbol) else ""
    return name in state.symbols.losses or state.symbols.meaning(name) is not None


def _may_be_condition(items: Sequence[Box]) -> bool:
    """Whether a relation stands in the boxes, or nothing but words and names; ``with + b`` goes on with the formula."""
    plain = all(isinstance(item, (Text, Symbol, Script)) or is_sign(item, (",",)) for item in items)
    return plain or any(is_sign(item, RELATIONS) for item in items)
