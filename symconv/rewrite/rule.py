"""Rules and steps: the derivation is what the rules did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from symconv.expr.nodes import Binder, Expr
from symconv.index.domain import Assumptions, Range
from symconv.rewrite.normal import Term

Eliminate = Literal["auto", "tap", "output", "none"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may use: the assumptions on sizes, the ranges of the free indices, and which sum index to prefer.

    ``taps`` are the indices that the definition sums over, ``outputs`` the ones of the chain rule.
    """

    assumptions: Assumptions
    ranges: Mapping[str, Range]
    taps: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    eliminate: Eliminate = "auto"

    def with_binders(self, binders: tuple[Binder, ...]) -> Mapping[str, Range]:
        """The ranges of the free indices and of the binders."""
        return {**self.ranges, **{binder.index: binder.range for binder in binders}}


TermRule: TypeAlias = Callable[[Term, Context], tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: its law, and a sentence for the reader."""

    name: str
    law: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded application: ``before = after`` by ``rule``."""

    rule: Rule
    before: Expr
    after: Expr

    @property
    def why(self) -> str:
        """The sentence for the reader."""
        return self.rule.sentence
