"""One differentiation rule per node; the leaves ∂X[a]/∂X[b] become Iverson brackets in a second pass."""

from __future__ import annotations

from functools import singledispatch

from symconv.expr.nodes import (
    NOTHING,
    UNIT,
    Access,
    Add,
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
from symconv.index.affine import Affine
from symconv.index.domain import AtMost, Equal, Guard
from symconv.rewrite.normal import scalar_product
from symconv.rewrite.rule import Context, Rule

CHAIN = Rule(
    "chain rule",
    r"∂L/∂T[t] = Σ_o ∂L/∂O[o] · ∂O[o]/∂T[t]",
    "Every output entry may depend on the entry, so all of them contribute.",
)
DEFINITION = Rule("definition", r"O[o] := body", "Insert the definition of the layer.")
LINEARITY = Rule(
    "differentiate",
    r"∂ Σ wᵢtᵢ = Σ wᵢ ∂tᵢ, ∂(u·v) = ∂u·v + u·∂v, ∂uʳ = r·uʳ⁻¹·∂u, ∂max = Σ winner · ∂entry",
    "The derivative passes inside the sums; factors that do not depend on the entry stay.",
)
KRONECKER = Rule(
    "brackets",
    r"∂X[a]/∂X[b] = [a = b]",
    "An entry depends on another one only if it is the same entry.",
)
COLLECT = Rule("one sum", r"Σ_i Σ_j = Σ_{i,j}", "Collect everything under one sum.")


@singledispatch
def differentiate(expr: Expr, by: Access) -> Expr:
    """∂expr/∂by, with ∂X[a]/∂X[b] left standing as :class:`Derivative` leaves; zero terms are dropped."""
    raise TypeError(f"no case for {type(expr).__name__}")


@differentiate.register(Scalar)
@differentiate.register(Bracket)
@differentiate.register(Winner)
def _constant(expr: Expr, by: Access) -> Expr:
    """Constants: numbers, brackets, and the winner of a window (constant almost everywhere)."""
    return NOTHING


@differentiate.register
def _(expr: Access, by: Access) -> Expr:
    """An entry: left to the Kronecker rule; an entry of another tensor does not depend on it."""
    return Derivative(expr, by) if expr.tensor.name == by.tensor.name else NOTHING


@differentiate.register
def _(expr: Add, by: Access) -> Expr:
    """Linearity: ∂ Σ tᵢ = Σ ∂tᵢ."""
    terms = tuple(part for term in expr.terms if (part := differentiate(term, by)) != NOTHING)
    if len(terms) < 2:
        return terms[0] if terms else NOTHING
    return Add(terms)


@differentiate.register
def _(expr: Mul, by: Access) -> Expr:
    """Product rule: ∂ Π fᵢ = Σᵢ ∂fᵢ · Π_{j≠i} fⱼ."""
    terms: list[Expr] = []
    for position, factor in enumerate(expr.factors):
        part = differentiate(factor, by)
        if part != NOTHING:
            terms.append(Mul((*expr.factors[:position], part, *expr.factors[position + 1 :])))
    if len(terms) < 2:
        return terms[0] if terms else NOTHING
    return Add(tuple(terms))


@differentiate.register
def _(expr: Pow, by: Access) -> Expr:
    """Power rule: ∂uʳ = r · uʳ⁻¹ · ∂u for constant r."""
    inner = differentiate(expr.base, by)
    if inner == NOTHING:
        return NOTHING
    exponent = expr.exponent
    lowered = scalar_product(Scalar(exponent.num - exponent.den, exponent.den))
    power: tuple[Expr, ...] = ()
    if lowered.num.terms:
        power = (expr.base,) if lowered == UNIT else (Pow(expr.base, lowered),)
    return Mul((exponent, *power, inner))


@differentiate.register
def _(expr: Sum, by: Access) -> Expr:
    """Linearity: ∂ Σ_v f(v) = Σ_v ∂f(v)."""
    body = differentiate(expr.body, by)
    return NOTHING if body == NOTHING else Sum(body, expr.binders)


@differentiate.register
def _(expr: Reduce, by: Access) -> Expr:
    """∂ max_v f(v) = Σ_v winner(v) · ∂f(v), the winner chosen by the tie rule."""
    body = differentiate(expr.body, by)
    if body == NOTHING:
        return NOTHING
    winner = Winner(expr, tuple(Affine.of(binder.index) for binder in expr.binders))
    brackets: tuple[Expr, ...] = (Bracket(expr.guards),) if expr.guards else ()
    return Sum(Mul((*brackets, winner, body)), expr.binders)


@differentiate.register
def _(expr: Derivative, by: Access) -> Expr:
    raise TypeError("second derivatives are not defined here")


def resolve(expr: Expr, context: Context) -> Expr:
    """Replace every leaf ∂X[a]/∂X[b] by Iverson brackets."""
    match expr:
        case Derivative(Access() as entry, by):
            return kronecker(entry, by, context)
        case Add(terms):
            return Add(tuple(resolve(term, context) for term in terms))
        case Mul(factors):
            return Mul(tuple(resolve(factor, context) for factor in factors))
        case Sum(body, binders):
            inner = Context(context.assumptions, {**context.ranges, **{b.index: b.range for b in binders}})
            return Sum(resolve(body, inner), binders)
        case _:
            return expr


def kronecker(entry: Access, by: Access, context: Context) -> Expr:
    """∂X[a]/∂X[b] = Π_k [a_k = b_k]; under a padding map, a sum over the positions that read the entry.

    The padding must be at most the size (``circular``, ``replicate``: any) or smaller (``reflect``), as in PyTorch.
    """
    tensor = entry.tensor
    guards: list[Guard] = []
    sums: list[Expr] = []
    for read, target, size in zip(entry.indices, by.indices, tensor.shape, strict=True):
        inside = tensor.outside == "zero" or (
            context.assumptions.nonnegative(read, context.ranges)
            and context.assumptions.nonnegative(size - 1 - read, context.ranges)
        )
        if inside:
            guards.append(Equal(read, target))
        else:
            sums.append(Add(tuple(Bracket(branch) for branch in _preimages(tensor.outside, read, target, size))))
    plain: tuple[Expr, ...] = (Bracket(tuple(guards)),) if guards or not sums else ()
    factors = (*plain, *sums)
    return factors[0] if len(factors) == 1 else Mul(factors)


def _preimages(outside: str, read: Affine, target: Affine, size: Affine) -> tuple[tuple[Guard, ...], ...]:
    """The disjoint conditions under which position ``read`` of the padded tensor shows entry ``target``."""
    below, above = AtMost(read, Affine.of(-1)), AtMost(size, read)
    inside = (Equal(read, target),)
    last = size - 1
    if outside == "reflect":
        return (inside, (Equal(read, -target), below), (Equal(read, 2 * last - target), above))
    if outside == "replicate":
        return (inside, (Equal(target, Affine.of(0)), below), (Equal(target, last), above))
    if outside == "circular":
        return (inside, (Equal(read, target - size),), (Equal(read, target + size),))
    raise ValueError(f"no padding map {outside!r}")
