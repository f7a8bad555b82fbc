"""A reading of no formula: the state that the room's functions are called with."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.gradient.derivation import HasDefinition
from symconv.meaning.arrays import Algebra
from symconv.meaning.choices import Choices
from symconv.meaning.context import State
from symconv.meaning.entries import Entries
from symconv.meaning.starts import Base, Starts
from symconv.meaning.symbols import symbols_for


def state_of(op: HasDefinition, *, base: Base = 0, layout: Mapping[str, str] | None = None, **answers: object) -> State:
    """The state for a layer; ``answers`` are what the reading takes where it has a choice, by key."""
    definition = op.definition
    choices = Choices(values=dict(answers))
    symbols = symbols_for(definition, None, None)
    algebra = Algebra(lambda left, right: left == right)
    starts = Starts(symbols, choices, base, {})
    return State(symbols, choices, algebra, starts, Entries(algebra, starts, dict(layout or {})))
