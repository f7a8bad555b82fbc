"""The reference evaluator: plain loops over an expression, for any element type.

It is slow and meant to be obviously right: everything else (the derivation, the compiler, the prover) is judged by
it, so it knows the meaning of the nodes and nothing of the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, TypeAlias, assert_never

from symconv.errors import NameLookupError, ShapeError, SizeError
from symconv.evaluate.dual import Position, Seeded, dual_extremum, dual_power, entry_of, primal, slope_at
from symconv.evaluate.elements import Element, ratio, shares
from symconv.evaluate.windows import all_hold, inside, positions
from symconv.expr.nodes import (
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
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine

Names: TypeAlias = Mapping[str, int]
Table: TypeAlias = tuple[Sequence[str | Affine], Expr, Sequence[int | Affine]]


@dataclass(frozen=True)
class Environment:
    """Values for everything that an expression names.

    ``sizes`` and ``indices`` give integers; ``tensors`` the entries, as nested lists or anything indexed by
    a tuple. A tensor that is not there but is the output of one of the ``definitions`` (by name) evaluates its body;
    a gradient that is not there is the derivative of L = Σ_o upstream[o] · O[o] by dual numbers.
    """

    sizes: Names = field(default_factory=dict)
    tensors: Mapping[str, Any] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    indices: Names = field(default_factory=dict)


def evaluate(expr: Expr, env: Environment) -> Element:
    """The value of an expression, all its free names given by ``env``.

    >>> from symconv.expr.nodes import Access, Mul, Sum, binder
    >>> x = Tensor("x", "input", (Affine.of("n"),), ("i",), ("S1",))
    >>> entry = Access(x, (Affine.of("i"),))
    >>> evaluate(Sum(Mul((entry, entry)), (binder("i", "n"),)), Environment({"n": 3}, {"x": [1, 2, 3]}))
    14

    Errors: :class:`NameLookupError` for a tensor without values, :class:`ShapeError` for values of another shape
    than the tensor's, :class:`SizeError` for a sum without limits or the extremum of an empty window.
    """
    return _Evaluation(env).value(expr, {**env.sizes, **env.indices})


def tabulate(what: Definition | Table, env: Environment) -> Any:
    """A definition's output, or an expression over free indices (indices, expression, shape), as nested lists.

    >>> from symconv.expr.nodes import number
    >>> tabulate((("i", "j"), number(Affine.of("i") * 10 + "j"), (2, 3)), Environment())
    [[0, 1, 2], [10, 11, 12]]
    """
    evaluation = _Evaluation(env)
    if isinstance(what, Definition):
        names, body, shape = what.indices, what.body, evaluation.shape(what.output)
    else:
        indices, body, sizes = what
        names = tuple(index if isinstance(index, str) else str(index) for index in indices)
        shape = tuple(Affine.of(size).value(env.sizes) for size in sizes)
    base = {**env.sizes, **env.indices}

    def fill(position: Position) -> Any:
        if len(position) == len(shape):
            return evaluation.value(body, {**base, **dict(zip(names, position, strict=True))})
        return [fill((*position, index)) for index in range(shape[len(position)])]

    return fill(())


def gradient(definition: Definition, wrt: Tensor, env: Environment) -> Any:
    """∂L/∂wrt for L = Σ_o upstream[o] · O[o] as nested lists, every entry by dual numbers in one pass."""
    evaluation = _Evaluation(_seeded(env, wrt.name, None))
    loss = evaluation.loss(definition)
    shape = evaluation.shape(wrt)

    def fill(position: Position) -> Any:
        if len(position) == len(shape):
            return slope_at(loss, position)
        return [fill((*position, index)) for index in range(shape[len(position)])]

    return fill(())


def _seeded(env: Environment, name: str, only: Position | None) -> Environment:
    """The environment in which an entry t of that tensor reads as x[t] + ε_t."""
    array = env.tensors[name] if name in env.tensors else tabulate(_definition_of(env, name), env)
    return replace(env, tensors={**env.tensors, name: Seeded(array, only)})


def _definition_of(env: Environment, name: str) -> Definition:
    try:
        return env.definitions[name]
    except KeyError:
        known = ", ".join(sorted({*env.tensors, *env.definitions})) or "none"
        raise NameLookupError(f"no values are given for the tensor {name}; given are: {known}") from None


class _Evaluation:
    """One walk over an expression; the tensors' shapes are worked out, and compared with their values, once."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.shapes: dict[str, Position] = {}

    def value(self, expr: Expr, names: Names) -> Element:
        match expr:
            case Access():
                return self.read(expr.tensor, tuple([index.value(names) for index in expr.indices]))
            case Mul():
                return self.product(expr, names)
            case Sum():
                return self.total(expr, names)
            case Scalar(num, den):
                return ratio(num.value(names), den.value(names))
            case Bracket(guards):
                return int(all_hold(guards, names))
            case Add(terms):
                return sum((self.value(term, names) for term in terms), 0)
            case Pow(base, exponent):
                return dual_power(self.value(base, names), ratio(exponent.num.value(names), exponent.den.value(names)))
            case Reduce():
                return self.extremum(expr, names)
            case Winner():
                return self.share(expr, names)
            case Derivative(of, by):
                at = tuple(index.value(names) for index in by.indices)
                return self.derivative(of, by.tensor, at, names)
            case _:
                assert_never(expr)

    def product(self, expr: Mul, names: Names) -> Element:
        """The product of the factors; a false bracket makes it 0 before any other factor is looked at."""
        factors: list[Expr] = []
        for factor in _factors(expr):
            if not isinstance(factor, Bracket):
                factors.append(factor)
            elif not all_hold(factor.guards, names):
                return 0
        result: Element = 1
        for factor in factors:
            result = result * self.value(factor, names)
        return result

    def total(self, expr: Sum, names: Names) -> Element:
        body = expr.body
        parts = _factors(body) if isinstance(body, Mul) else (body,)
        guards = [guard for part in parts if isinstance(part, Bracket) for guard in part.guards]
        result: Element = 0
        for inner in positions(expr.binders, guards, names):
            result = result + self.value(body, inner)
        return result

    def window(self, expr: Reduce, names: Names) -> dict[Position, Element]:
        """Window position → value, in row-major order, where all guards hold."""
        found: dict[Position, Element] = {}
        for inner in positions(expr.binders, expr.guards, names):
            if all_hold(expr.guards, inner):
                found[tuple(inner[binder.index] for binder in expr.binders)] = self.value(expr.body, inner)
        return dict(sorted(found.items()))

    def extremum(self, expr: Reduce, names: Names) -> Element:
        window = self.window(expr, names)
        if not window:
            over = ", ".join(binder.index for binder in expr.binders)
            where = ", ".join(f"{name} = {value}" for name, value in names.items())
            raise SizeError(f"the {expr.kind} over {over} is taken over an empty window at {where}")
        return dual_extremum(list(window.values()), expr.kind, expr.ties)

    def share(self, expr: Winner, names: Names) -> Element:
        window = self.window(expr.window, names)
        at = tuple(index.value(names) for index in expr.at)
        if at not in window:
            return 0
        values = [primal(value) for value in window.values()]
        return shares(values, expr.window.kind, expr.window.ties)[list(window).index(at)]

    def shape(self, tensor: Tensor) -> Position:
        if tensor.name not in self.shapes:
            self.shapes[tensor.name] = tuple(size.value(self.env.sizes) for size in tensor.shape)
            if tensor.name in self.env.tensors:
                _check_extents(tensor, self.shapes[tensor.name], self.env.tensors[tensor.name])
        return self.shapes[tensor.name]

    def read(self, tensor: Tensor, at: Position) -> Element:
        """The entry, or what the tensor's padding says where the position is outside its shape."""
        where = inside(tensor, at, self.shape(tensor))
        if where is None:
            return 0
        if tensor.name in self.env.tensors:
            return entry_of(self.env.tensors[tensor.name], where)
        if tensor.role == "gradient" and tensor.of is not None and tensor.name not in self.env.definitions:
            return self.gradient_entry(tensor.of, where)
        definition = _definition_of(self.env, tensor.name)
        return self.value(definition.body, {**self.env.sizes, **dict(zip(definition.indices, where, strict=True))})

    def derivative(self, of: Expr, by: Tensor, at: Position, names: Names) -> Element:
        """∂of/∂by[at]."""
        if inside(replace(by, outside="zero"), at, self.shape(by)) is None:
            return 0
        return slope_at(_Evaluation(_seeded(self.env, by.name, at)).value(of, names), at)

    def gradient_entry(self, name: str, at: Position) -> Element:
        read = {tensor.name for definition in self.env.definitions.values() for tensor in definition.inputs}
        last = [definition for definition in self.env.definitions.values() if definition.output.name not in read]
        if len(last) != 1:
            raise NameLookupError(f"the gradient by {name} needs exactly one final definition; given are {len(last)}")
        return slope_at(_Evaluation(_seeded(self.env, name, at)).loss(last[0]), at)

    def loss(self, definition: Definition) -> Element:
        """L = Σ_o upstream[o] · O[o]."""
        upstream, result = definition.upstream, 0
        for at in product(*map(range, self.shape(definition.output))):
            names = {**self.env.sizes, **dict(zip(definition.indices, at, strict=True))}
            result = result + self.read(upstream, at) * self.value(definition.body, names)
        return result


def _factors(expr: Mul) -> Iterator[Expr]:
    """The factors, those of nested products included."""
    for factor in expr.factors:
        if isinstance(factor, Mul):
            yield from _factors(factor)
        else:
            yield factor


def _check_extents(tensor: Tensor, shape: Position, array: Any) -> None:
    """Compare the values' extents with the shape, as far as the values tell them."""
    if isinstance(array, Seeded):
        array = array.array
    found: list[int] = []
    extents = getattr(array, "shape", None)
    while extents is None and isinstance(array, (list, tuple)):
        found.append(len(array))
        array = array[0] if array else None
    actual = tuple(found) if extents is None else tuple(extents)
    if actual != shape:
        raise ShapeError(f"the tensor {tensor.name} has shape {shape}, but its values have shape {actual}")


__all__ = ["Element", "Environment", "Table", "evaluate", "gradient", "tabulate"]
