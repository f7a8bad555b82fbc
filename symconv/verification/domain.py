"""What is known wherever a claim about a definition is made: its sizes, and the ranges of the free indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from symconv.expr.nodes import Access, Reduce, Scalar, Sum, Winner
from symconv.expr.tensor import Definition
from symconv.expr.walk import walk
from symconv.index.affine import Affine, Atom, Quotient
from symconv.index.domain import Divides, Guard, Range, guard_parts
from symconv.verification.conditions import (
    Condition,
    NonNegative,
    Zero,
    compounds,
    condition_of,
    exact_quotients,
    exactness,
    floored,
    range_conditions,
)
from symconv.verification.skeleton import UnprovableError
from symconv.verification.theory import Theory

#: names that begin like this are made up during a proof
RESERVED = ("#", "~", "@")


@dataclass(frozen=True)
class Domain:
    """A definition's admitted sizes, the free indices with their ranges, and conditions assumed besides (``given``).

    Admitted are the sizes that satisfy the definition's assumptions and constraints, give every tensor at least one
    entry, and make the definition's own exact quotients of sizes whole.
    """

    definition: Definition
    ranges: Mapping[str, Range]
    given: tuple[Guard, ...] = ()

    @cached_property
    def exact_sizes(self) -> frozenset[Quotient]:
        """The exact quotients of sizes that the definition itself writes: admitted sizes make them whole."""
        return frozenset(
            atom
            for atom in exact_quotients(self._forms())
            if atom.num.names() | atom.den.names() <= self.sizes and self.positive(atom.den)
        )

    def _forms(self) -> list[Affine]:
        definition = self.definition
        known = definition.assumptions
        forms = [size for tensor in (definition.output, *definition.inputs) for size in tensor.shape]
        forms += [*known.facts, *known.equal.values(), *known.derived.values(), *definition.derived.values()]
        forms += [part for each in definition.constraints for part in guard_parts(each.guard)]
        for node in walk(definition.body):
            match node:
                case Access(_, indices) | Winner(_, indices):
                    forms += indices
                case Scalar(num, den):
                    forms += [num, den]
                case Sum(_, binders) | Reduce(_, _, binders, _, _):
                    forms += [end for each in binders for end in (each.lo, each.hi) if end is not None]
                case _:
                    pass
        return forms

    @cached_property
    def sizes(self) -> frozenset[str]:
        """Every size symbol that the definition knows."""
        definition = self.definition
        known = definition.assumptions
        shapes = [size.names() for tensor in (definition.output, *definition.inputs) for size in tensor.shape]
        forms = [form.names() for form in (*known.facts, *definition.derived.values(), *known.equal.values())]
        return frozenset(known.lower).union(definition.derived, known.equal, *shapes, *forms)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that holds for admitted sizes and free indices in their ranges."""
        definition = self.definition
        known = definition.assumptions
        found: list[Condition] = [NonNegative(Affine.of(name) - low) for name, low in known.lower.items()]
        found += [exactness(atom) for atom in self.exact_sizes]
        found += [NonNegative(floored(fact)) for fact in known.facts]
        for table in (definition.derived, known.equal):
            found += [Zero(floored(form) - name) for name, form in table.items()]
        found += [condition_of(constraint.guard) for constraint in definition.constraints]
        shapes = [size for tensor in (definition.output, *definition.inputs) for size in tensor.shape]
        found += [NonNegative(floored(size) - 1) for size in dict.fromkeys(shapes) if size.constant is None]
        for name, span in self.ranges.items():
            found += range_conditions(Affine.of(name), span)
        found += map(condition_of, self.given)
        return tuple(dict.fromkeys(found))

    def check(self) -> None:
        """Errors: :class:`UnprovableError` where a divisor in what is known may be zero, or two things share a name."""
        reserved = [name for name in (*self.sizes, *self.ranges) if name[:1] in RESERVED]
        shared = self.ranges.keys() & self.sizes
        if reserved or shared:
            raise UnprovableError(f"{', '.join(sorted({*reserved, *shared}))} cannot be the name of a free index here")
        forms = [*self._forms(), *(part for guard in self.given for part in guard_parts(guard))]
        forms += [end for span in self.ranges.values() for end in (span.lo, span.hi) if end is not None]
        divisors = [atom.den for form in forms for atom in compounds(form) if isinstance(atom, Quotient)]
        known = [*(each.guard for each in self.definition.constraints), *self.given]
        divisors += [guard.divisor for guard in known if isinstance(guard, Divides)]
        for divisor in dict.fromkeys(divisors):
            if not self.positive(divisor):
                raise UnprovableError(f"the divisor {divisor} is not known to be at least 1")

    def theory(self, *more: Condition, indices: tuple[str, ...] = ()) -> Theory:
        """The consequences of all this and more."""
        lower = self.definition.assumptions.lower
        return Theory((*self.conditions, *more), lower, (*indices, *self.ranges))

    def positive(self, form: Affine) -> bool:
        """Whether a form in sizes is at least 1, by its factors or by bounds (no solver, no quotient's definition)."""
        known = self.definition.assumptions
        if len(form.terms) == 1 and form.terms[0][1] > 0 and all(map(self._atom_positive, form.terms[0][0])):
            return True
        return known.nonnegative(form - 1, {})

    def _atom_positive(self, atom: Atom) -> bool:
        known = self.definition.assumptions
        if isinstance(atom, str):
            return known.lower.get(atom, 0) >= 1
        form = Affine((((atom,), 1),)) - 1
        return floored(form) in self._floored_facts or known.nonnegative(form, {})

    @cached_property
    def _floored_facts(self) -> frozenset[Affine]:
        # a quotient of sizes that is whole is its own floor
        return frozenset(floored(fact) for fact in self.definition.assumptions.facts)
