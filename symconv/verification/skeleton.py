"""A factor as a head, which says what it is, and coordinates, which say where.

Two factors with the same head are one function of their coordinates, so that equal coordinates mean equal values.
A tensor entry's coordinates are its indices. In a power, a maximum over a window or a winner, every integer form is
written as (part in the factor's own bound indices) + (rest): the first belongs to the head, the rest is a coordinate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

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
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import AtMost, guard_parts

Head: TypeAlias = tuple[object, ...]


class UnprovableError(Exception):
    """No proof is attempted; the message says why. Never reaches a user."""


@dataclass
class _Taking:
    """Coordinates collected while a head is built; ``outer`` are the names that vary outside the factor."""

    outer: frozenset[str]
    coordinates: list[Affine] = field(default_factory=list)
    binders: int = 0

    def form(self, form: Affine, inner: Mapping[str, str]) -> Affine:
        """The part of the form in bound indices, under their canonical names; the rest becomes a coordinate."""
        own = tuple(term for term in form.terms if Affine((term,)).names() & inner.keys())
        part = Affine(own)
        if part.names() & (self.outer - inner.keys()):
            raise UnprovableError("a window's position depends on its own index and on an outer one in one product")
        self.coordinates.append(form - part)
        return part.substitute({old: Affine.of(new) for old, new in inner.items()})

    def head(self, expr: Expr, inner: Mapping[str, str]) -> Head:
        """The head of an expression, its bound indices renamed in order of appearance."""
        match expr:
            case Access(tensor, indices):
                return (
                    "entry",
                    tensor.name,
                    tensor.shape,
                    tensor.outside,
                    *(self.form(index, inner) for index in indices),
                )
            case Scalar(num, den):
                return ("number", self.form(num, inner), self.form(den, inner))
            case Add(terms):
                return ("sum of", *(self.head(term, inner) for term in terms))
            case Mul(factors):
                return ("product of", *(self.head(factor, inner) for factor in factors))
            case Pow(base, exponent):
                return ("power", self.head(base, inner), self.head(exponent, inner))
            case Bracket(guards):
                return ("bracket", *(self._guard(guard, inner) for guard in guards))
            case Sum(body, binders):
                ends, names = self._binders(binders, inner)
                return ("sum", ends, self.head(body, names))
            case Reduce(kind, body, binders, guards, ties):
                ends, names = self._binders(binders, inner)
                conditions = tuple(self._guard(guard, names) for guard in guards)
                return ("window", kind, ties, ends, conditions, self.head(body, names))
            case Winner(window, at):
                return ("winner", self.head(window, inner), *(self.form(index, inner) for index in at))
            case Derivative():
                raise UnprovableError("an unevaluated derivative has no coordinates")

    def _guard(self, guard: object, inner: Mapping[str, str]) -> Head:
        first, second = guard_parts(guard)  # type: ignore[arg-type]
        if isinstance(guard, AtMost):
            # a ≤ b depends on b − a only, so that a < n and a ≤ n − 1 are one condition
            return ("AtMost", self.form(second - first, inner))
        return (type(guard).__name__, self.form(first, inner), self.form(second, inner))

    def _binders(self, binders: tuple[Binder, ...], inner: Mapping[str, str]) -> tuple[Head, dict[str, str]]:
        ends: list[object] = []
        for binder in binders:
            for end in (binder.lo, binder.hi):
                ends.append(None if end is None else self.form(end, inner))
        names = {**inner}
        for binder in binders:
            names[binder.index] = f"@{self.binders}"
            self.binders += 1
        return tuple(ends), names


def head_and_coordinates(factor: Expr, outer: frozenset[str]) -> tuple[Head, tuple[Affine, ...]]:
    """What a factor is and where; ``outer`` are the free and bound indices around it.

    Errors: :class:`UnprovableError` where a form mixes inner and outer indices in one product.
    """
    if isinstance(factor, Access):
        tensor = factor.tensor
        return ("entry", tensor.name, tensor.shape, tensor.outside, *(ZERO for _ in factor.indices)), factor.indices
    taking = _Taking(outer)
    head = taking.head(factor, {})
    return head, tuple(taking.coordinates)
