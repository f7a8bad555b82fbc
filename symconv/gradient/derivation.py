"""A derivation is data: a definition, a tensor, and the steps from the chain rule to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, get_args

from symconv.errors import NameLookupError, UnsupportedError
from symconv.expr.nodes import Access, Derivative, Expr, Mul, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import bound_names, free_names, fresh
from symconv.gradient.differentiate import (
    CHAIN,
    COLLECT,
    DEFINITION,
    KRONECKER,
    LINEARITY,
    differentiate,
    resolve,
)
from symconv.index.affine import Affine
from symconv.index.domain import Divides, Range
from symconv.rewrite.normal import Term, from_terms, to_terms
from symconv.rewrite.rule import Context, Eliminate, Rule, Step
from symconv.rewrite.sums import DIVIDE, LIMITS, PIN, SIFT, limits, pin, sift


@dataclass(frozen=True, slots=True)
class Derivation:
    """The gradient of the loss with respect to ``wrt``: ``target = steps[-1].after``."""

    definition: Definition
    wrt: Tensor
    target: Access
    steps: tuple[Step, ...]
    terms: tuple[Term, ...]

    @property
    def result(self) -> Expr:
        """The final expression."""
        return self.steps[-1].after


class HasDefinition(Protocol):
    """Anything that is its forward definition."""

    @property
    def definition(self) -> Definition:
        """The forward definition."""


def derive(op: HasDefinition | Definition, wrt: str, *, eliminate: Eliminate = "auto") -> Derivation:
    """Derive ∂L/∂``wrt`` from the forward definition, for all sizes, recording every step.

    ``wrt`` is a tensor's name or role. ``eliminate`` says which index an equation between an input position and
    an output position removes: the kernel ``tap``, the ``output`` position, neither (``none``: the equation and
    every other condition stay as brackets), or the one that needs no divisibility condition (``auto``).
    """
    definition = op if isinstance(op, Definition) else getattr(op, "definition", None)
    if not isinstance(definition, Definition):
        raise UnsupportedError(f"derive takes an operation or a definition, got {type(op).__name__}")
    if eliminate not in get_args(Eliminate):
        raise UnsupportedError(f"eliminate must be one of {', '.join(get_args(Eliminate))}, got {eliminate!r}")
    tensor = find_tensor(definition, wrt)
    target = Access(gradient_of(tensor), target_indices(definition, tensor))
    context = _context(definition, target, eliminate)
    entry = Access(tensor, target.indices)
    output = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    upstream = Access(definition.upstream, output.indices)
    binders = tuple(map(binder, definition.indices, definition.output.shape))

    def under_chain(inner: Expr) -> Expr:
        return Sum(Mul((upstream, inner)), binders) if binders else Mul((upstream, inner))

    steps: list[Step] = []
    current: Expr = target

    def record(rule: Rule, after: Expr) -> None:
        nonlocal current
        if after != current:
            steps.append(Step(rule, current, after))
            current = after

    record(CHAIN, under_chain(Derivative(output, entry)))
    record(DEFINITION, under_chain(Derivative(definition.body, entry)))
    inner = differentiate(definition.body, entry)
    record(LINEARITY, under_chain(inner))
    resolved = resolve(inner, replace(context, ranges={**context.ranges, **definition.output.ranges()}))
    record(KRONECKER, under_chain(resolved))
    terms = to_terms(current)
    record(COLLECT, from_terms(terms))
    for rule, apply in _TERM_RULES:
        terms = tuple(new for term in terms for new in apply(term, context))
        divided = rule is SIFT and any(isinstance(guard, Divides) for term in terms for guard in term.guards)
        record(DIVIDE if divided else rule, from_terms(terms))
    return Derivation(definition, tensor, target, tuple(steps), terms)


_TERM_RULES: tuple[tuple[Rule, Callable[[Term, Context], tuple[Term, ...]]], ...] = (
    (SIFT, sift),
    (PIN, pin),
    (LIMITS, limits),
)


def find_tensor(definition: Definition, name: str) -> Tensor:
    """The input named ``name`` (or of that role); the error names the tensors that there are."""
    try:
        return definition.tensor(name)
    except KeyError:
        allowed = ", ".join(f"{tensor.name} ({tensor.role})" for tensor in definition.inputs)
        raise NameLookupError(f"{definition.name} has no tensor {name!r}; its tensors are {allowed}") from None


def gradient_of(tensor: Tensor) -> Tensor:
    """∂L/∂tensor, of the tensor's shape."""
    return Tensor(f"d{tensor.name}", "gradient", tensor.shape, tensor.indices, tensor.axes, of=tensor.name)


def target_indices(definition: Definition, tensor: Tensor) -> tuple[Affine, ...]:
    """The free indices of the result: the axis names, primed where the definition already uses them.

    A size may carry an axis's usual name (a kernel of ``m`` taps), so the sizes count as used.
    """
    taken = {*definition.indices, *bound_names(definition.body), *free_names(definition.body)}
    taken.update(definition.assumptions.lower, *(size.names() for size in tensor.shape))
    names: list[str] = []
    for name in tensor.indices:
        names.append(fresh(name, taken))
        taken.add(names[-1])
    return tuple(map(Affine.of, names))


def _context(definition: Definition, target: Access, eliminate: Eliminate) -> Context:
    names = tuple(next(iter(index.names())) for index in target.indices)
    ranges: dict[str, Range] = target.tensor.ranges(names)
    taps = tuple(sorted(bound_names(definition.body)))
    return Context(definition.assumptions, ranges, taps, definition.indices, eliminate)


def forward_terms(definition: Definition) -> tuple[Term, ...]:
    """The definition's body in normal form: relations solved, exact limits."""
    ranges = definition.output.ranges()
    taps = tuple(sorted(bound_names(definition.body)))
    context = Context(definition.assumptions, ranges, taps, ())
    terms = to_terms(definition.body)
    for _, apply in _TERM_RULES:
        terms = tuple(new for term in terms for new in apply(term, context))
    return terms
