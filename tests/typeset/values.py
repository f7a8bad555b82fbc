"""A plain evaluator of expressions on integers: loops and nothing else, and exact gradients by differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Pow, Reduce, Scalar, Sum
from symconv.expr.tensor import Definition, Tensor
from symconv.index.domain import holds

Env = Mapping[str, int]
Arrays = Mapping[str, Mapping[tuple[int, ...], Any]]


def positions(tensor: Tensor, env: Env) -> Iterator[tuple[int, ...]]:
    return product(*(range(size.value(env)) for size in tensor.shape))


def read(access: Access, env: Env, arrays: Arrays) -> Any:
    sizes = [size.value(env) for size in access.tensor.shape]
    at = [index.value(env) for index in access.indices]
    for axis, size in enumerate(sizes):
        if access.tensor.outside == "reflect":
            at[axis] = abs(at[axis]) if at[axis] < size else 2 * (size - 1) - at[axis]
        elif access.tensor.outside == "circular":
            at[axis] %= size
        elif access.tensor.outside == "replicate":
            at[axis] = min(max(at[axis], 0), size - 1)
    return arrays[access.tensor.name].get(tuple(at), 0)


def evaluate(expr: Expr, env: Env, arrays: Arrays) -> Any:
    match expr:
        case Scalar(num, den):
            return Fraction(num.value(env), den.value(env))
        case Access():
            return read(expr, env, arrays)
        case Add(terms):
            return sum(evaluate(term, env, arrays) for term in terms)
        case Mul(factors):
            total: Any = 1
            for factor in sorted(factors, key=lambda factor: not isinstance(factor, Bracket)):
                total = total * evaluate(factor, env, arrays)
                if not total:
                    return 0
            return total
        case Pow(base, exponent):
            power = Fraction(exponent.num.value(env), exponent.den.value(env))
            value = evaluate(base, env, arrays)
            return value**power.numerator if power.denominator == 1 and power > 0 else float(value) ** float(power)
        case Bracket(guards):
            return int(all(holds(guard, env) for guard in guards))
        case Sum(body, binders):
            return sum(evaluate(body, inner, arrays) for inner in inside(binders, env))
        case Reduce(kind, body, binders, guards, _):
            choose = max if kind == "max" else min
            admitted = (inner for inner in inside(binders, env) if all(holds(guard, inner) for guard in guards))
            return choose(evaluate(body, inner, arrays) for inner in admitted)
        case _:
            raise AssertionError(f"{type(expr).__name__} is no part of a definition")


def inside(binders: Any, env: Env) -> Iterator[Env]:
    spans = [range(b.lo.value(env), b.hi.value(env) + 1) for b in binders]
    for values in product(*spans):
        yield {**env, **dict(zip((b.index for b in binders), values, strict=True))}


def output(definition: Definition, env: Env, arrays: Arrays) -> dict[tuple[int, ...], Any]:
    found: dict[tuple[int, ...], Any] = {}
    for at in positions(definition.output, env):
        inner = {**env, **dict(zip(definition.indices, at, strict=True))}
        found[at] = evaluate(definition.body, inner, arrays)
    return found


def gradient(definition: Definition, tensor: Tensor, env: Env, arrays: Arrays) -> dict[tuple[int, ...], Any]:
    """∂L/∂tensor by differences: exact where the output is piecewise linear and the entries are whole numbers."""
    delta = arrays["delta"]
    linear = not any(isinstance(node, Pow) for node in _nodes(definition.body))
    step: Any = Fraction(1, 1000) if linear else 1e-5
    found: dict[tuple[int, ...], Any] = {}
    for at in positions(tensor, env):
        outputs = []
        for sign in (1, -1):
            changed = dict(arrays[tensor.name])
            changed[at] = changed[at] + sign * step
            outputs.append(output(definition, env, {**arrays, tensor.name: changed}))
        high, low = outputs
        found[at] = sum(delta[o] * (high[o] - low[o]) for o in high) / (2 * step)
    return found


def _nodes(expr: Expr) -> Iterator[Expr]:
    from symconv.expr.walk import walk

    return walk(expr)
