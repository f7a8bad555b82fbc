"""Everything that a layer defines, written out: its output, its gradients, derivatives of one entry by another.

What is left names only inputs, parameters and the upstream gradient, so that two sides can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from symconv.expr.nodes import NOTHING, Access, Bracket, Derivative, Expr, Mul, Reduce, Sum
from symconv.expr.rename import rename
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import bound_names, free_names, map_children, substitute
from symconv.gradient.derivation import derive
from symconv.gradient.differentiate import differentiate, resolve
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Guard, Range, within
from symconv.meaning.errors import MeaningError
from symconv.meaning.symbols import Symbols
from symconv.rewrite.rule import Context

Ranges = Mapping[str, Range]


@dataclass(frozen=True)
class Resolver:
    """Writes out what the layer of ``symbols`` defines."""

    symbols: Symbols
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, expr: Expr, ranges: Ranges) -> Expr:
        """The expression without outputs, gradients and derivatives; ``ranges`` are those of its free indices."""
        match expr:
            case Access():
                return self._entry(expr, ranges)
            case Derivative(of, by):
                return self._derivative(self(of, ranges), by, ranges)
            case Sum(_, binders) | Reduce(_, _, binders, _, _):
                inner = {**ranges, **{binder.index: binder.range for binder in binders}}
                return map_children(expr, lambda body: self(body, inner))
            case _:
                return map_children(expr, lambda part: self(part, ranges))

    def _entry(self, entry: Access, ranges: Ranges) -> Expr:
        tensor, definition = entry.tensor, self.symbols.definition
        if tensor == definition.output:
            body = self._apart(definition.body)
            body = substitute(body, dict(zip(definition.indices, entry.indices, strict=True)))
            return self._inside(entry, ranges, body)
        if tensor.role == "gradient":
            return self._inside(entry, ranges, self._gradient(tensor, entry.indices))
        return entry

    def _gradient(self, gradient: Tensor, at: tuple[Affine, ...]) -> Expr:
        definition, before, slope = self.symbols.definition, self.symbols.before, self.symbols.slope
        if before is not None and gradient.of == before.name:
            assert slope is not None
            return Mul((Access(slope, at), self._derived(definition, definition.inputs[0].name, at)))
        if gradient.of not in {tensor.name for tensor in definition.inputs}:
            raise MeaningError(f"the layer has no tensor {gradient.of}")
        return self._derived(definition, gradient.of or "", at)

    def _derived(self, definition: Definition, name: str, at: tuple[Affine, ...]) -> Expr:
        derivation = derive(definition, name, eliminate="none")
        result = self._apart(derivation.result)
        return substitute(result, dict(zip(map(str, derivation.target.indices), at, strict=True)))

    def _derivative(self, of: Expr, by: Access, ranges: Ranges) -> Expr:
        before, slope, definition = self.symbols.before, self.symbols.slope, self.symbols.definition
        if by.tensor.role in ("upstream", "gradient", "output"):
            raise MeaningError(f"a derivative by {by.tensor.name} is not understood")
        factor: tuple[Expr, ...] = ()
        if before is not None and by.tensor == before:
            assert slope is not None
            factor, by = (Access(slope, by.indices),), Access(definition.inputs[0], by.indices)
        inner = differentiate(self._apart(of), by)
        if inner == NOTHING:
            return NOTHING
        made = resolve(inner, Context(definition.assumptions, dict(ranges)))
        inside = self._inside(by, ranges, made)
        return Mul((*factor, inside)) if factor else inside

    def _inside(self, entry: Access, ranges: Ranges, value: Expr) -> Expr:
        """The value where the entry exists, else 0."""
        guards: list[Guard] = []
        for form, size in zip(entry.indices, entry.tensor.shape, strict=True):
            if not self._surely_inside(form, size, ranges):
                guards += within(form, size)
        return Mul((Bracket(tuple(guards)), value)) if guards else value

    def _surely_inside(self, form: Affine, size: Affine, ranges: Ranges) -> bool:
        names = form.names()
        for name in names:
            span = ranges.get(name)
            if span is not None and span.lo is not None and span.hi is not None and form.is_affine_in(name):
                low, high = form.substitute({name: span.lo}), form.substitute({name: span.hi})
                if low == ZERO and high == size - 1:
                    return True
        known = self.symbols.definition.assumptions
        return known.nonnegative(form, ranges) and known.nonnegative(size - 1 - form, ranges)

    def _apart(self, body: Expr) -> Expr:
        """The body with bound indices that occur nowhere else."""
        names = {name: f"@:{next(self.numbers)}" for name in sorted(bound_names(body) - free_names(body))}
        return rename(body, names) if names else body
