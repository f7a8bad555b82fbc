"""A formula as somebody writes it, with what it means in numbers, and the slips that would make it wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import numpy as np

import symconv as sc
from symconv.errors import SymconvError
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import Expr
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses
from symconv.index.domain import holds
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.formulas import claims_of
from symconv.parse.read import read
from symconv.verification.formula import judge
from symconv.verification.verdict import Verdict
from tests.meaning.loops import Arrays, Numbers, convolution, jacobian, pooling

Sizes = Mapping[str, int]
Expected = Callable[[Arrays, Sizes], np.ndarray]


@dataclass(frozen=True)
class Layer:
    """A layer; ``pooling`` is max or avg, ``pads`` and ``kernel`` are the numbers where they are not p and k_1, k_2."""

    op: sc.Operation
    pooling: str = ""
    pads: Callable[[Sizes], int] = lambda sizes: sizes.get("p", 0)
    kernel: Callable[[Sizes], Sequence[int]] = lambda sizes: [sizes["k_1"], sizes.get("k_2", 1)]
    stride: Callable[[Sizes], int] = lambda sizes: sizes.get("s", 1)
    flip: bool = False
    depthwise: bool = False


@dataclass(frozen=True)
class Spelling:
    """``latex`` says of ``layer`` what ``of`` is: O, I, K, b (gradients), O/K (a Jacobian), z, or a function;
    ``O^T`` is O with its axes in reverse order.

    ``wrong`` are slips, as (what is written, what is written instead), each of which makes the formula wrong. ``of``
    may be several where the formula makes several claims. ``fractional`` allows a right side without a value.
    """

    id: str
    latex: str
    layer: Layer
    of: str | Expected | tuple[str | Expected, ...]
    context: Mapping[str, Any] = field(default_factory=dict)
    wrong: tuple[tuple[str, str], ...] = ()
    fractional: bool = False


@dataclass(frozen=True)
class Judged:
    """A verdict with the claims of the reading under which it was given."""

    verdict: Verdict
    claims: tuple[Any, ...] = ()


def judged(spelling: Spelling, latex: str | None = None) -> Judged:
    """The verdict on a spelling, or on another formula in its context, and how it was read."""
    return reread(latex or spelling.latex, spelling.layer.op.definition, spelling.context)


def reread(latex: str, definition: Definition | None, given: Mapping[str, Any]) -> Judged:
    """The verdict, and the claims of the reading that it speaks of."""
    context = Context(definition, **given)
    try:
        reading = read(latex)
        verdict, made = judge(reading, context)
        if verdict.status == "not_understood":
            return Judged(verdict)
        return Judged(verdict, claims_of(statement_of(reading.box), context, Choices(values=dict(made))))
    except SymconvError as error:
        # also a formula that is refuted because it has no meaning, such as one with an index too many
        return Judged(Verdict("not_understood", message=str(error)))


# numbers -------------------------------------------------------------------------------------------------------------


def drawn(definition: Definition, sides: Sequence[Expr], sizes: Sizes, rng: Random) -> Arrays:
    """Random entries for all tensors of a layer and of the sides of a claim; distinct enough that products show."""
    top = rng.choice((3, 1000))
    tensors = {tensor.name: tensor for tensor in (*definition.inputs, definition.upstream)}
    tensors |= {entry.tensor.name: entry.tensor for side in sides for entry in accesses(side)}
    return {name: _filled(tensor, sizes, rng, top) for name, tensor in tensors.items()}


def _filled(tensor: Tensor, sizes: Sizes, rng: Random, top: int) -> np.ndarray:
    shape = [size.value(sizes) for size in tensor.shape]
    flat = [rng.randint(1, top) * rng.choice((-1, 1)) for _ in range(int(np.prod(shape)))]
    return np.array(flat, dtype=np.int64).reshape(shape)


def expected(spelling: Spelling, what: str | Expected, values: Arrays, sizes: Sizes) -> np.ndarray:
    """What the formula's left side is, by loops."""
    layer, definition = spelling.layer, spelling.layer.op.definition
    if not isinstance(what, str):
        return what(values, sizes)
    if what.endswith("^T"):
        return expected(spelling, what.removesuffix("^T"), values, sizes).T
    if what == "K/K":
        return np.eye(sizes["k_1"], dtype=int)
    if "/" in what:
        shape = [size.value(sizes) for size in definition.output.shape]
        _, by = what.split("/")
        found = {}
        for place in product(*map(range, shape)):
            delta = np.zeros(shape, dtype=np.int64)
            delta[place] = 1
            found[place] = _results(layer, definition, {**values, r"\delta": delta}, sizes)[by]
        # a derivative's indices come first: those of what it differentiates by
        made = jacobian(found, shape)
        return np.moveaxis(made, range(len(shape)), range(made.ndim - len(shape), made.ndim))
    if what == "z":
        slope = next(array for name, array in values.items() if "'" in name)
        return slope * _results(layer, definition, values, sizes)["I"]
    return _results(layer, definition, values, sizes)[what]


def _results(layer: Layer, definition: Definition, values: Arrays, sizes: Sizes) -> Arrays:
    """Output and gradients with the axes that the layer's tensors have."""
    rank = sum(kind[0] == "O" for kind in definition.output.axes)
    numbers = Numbers(
        [layer.stride(sizes)] * rank,
        [layer.pads(sizes)] * rank,
        [sizes.get("d", 1)] * rank,
        layer.flip,
        layer.depthwise,
    )
    entry, output = definition.inputs[0], definition.output
    x, delta = _full(entry, values[entry.name], "NC"), _full(output, values[r"\delta"], "NF")
    if layer.pooling:
        kernel = layer.kernel(sizes)[:rank]
        delta = _full(output, values[r"\delta"], "NC")
        made = pooling(x, delta, kernel, numbers, layer.pooling == "avg")
        if layer.pooling == "avg":
            count = int(np.prod(kernel))
            made = {name: np.vectorize(lambda total: Fraction(int(total), count))(each) for name, each in made.items()}
        return {name: _plain(tensor, made[name], sizes) for name, tensor in (("O", output), ("I", entry))}
    parameter = definition.inputs[1]
    bias = next((tensor for tensor in definition.inputs if tensor.role == "bias"), None)
    made = convolution(
        x, _full(parameter, values[parameter.name], "FC"), values[bias.name] if bias else None, delta, numbers
    )
    own = {"O": output, "I": entry, "K": parameter, **({"b": bias} if bias else {})}
    return {name: _plain(tensor, made[name], sizes) for name, tensor in own.items()}


def _full(tensor: Tensor, array: np.ndarray, channels: str) -> np.ndarray:
    """The array with all axes of its kind, those that the layer does not have with one entry."""
    for at, kind in enumerate(channels):
        if kind not in tensor.axes:
            array = np.expand_dims(array, at)
    return array


def _plain(tensor: Tensor, array: np.ndarray, sizes: Sizes) -> np.ndarray:
    return array.reshape([size.value(sizes) for size in tensor.shape])


# comparing -----------------------------------------------------------------------------------------------------------


def order_of(claim: Claim, target: np.ndarray) -> list[str]:
    """The free indices in the order of the axes: an implied sample or channel stands where the layer has its axis."""
    implied = [name for name in claim.ranges if name.startswith(("sample", "channel"))]
    rest = [name for name in claim.ranges if name not in implied]
    assert len(implied) + len(rest) == target.ndim, (dict(claim.ranges), target.shape)
    return sorted(implied, key=lambda name: not name.startswith("sample")) + rest


def differences(spelling: Spelling, claims: Sequence[Any], *, configurations: int, entries: int = 3) -> Iterator[str]:
    """Where a claim, or what the reading takes the left side for, is not what the loops give."""
    definition, rng = spelling.layer.op.definition, Random(spelling.id)
    wanted = spelling.of if isinstance(spelling.of, tuple) else (spelling.of,) * len(claims)
    assert len(wanted) == len(claims)
    for _ in range(configurations):
        sizes = sample_sizes(definition, rng, work=120)
        assert sizes is not None
        values = drawn(definition, [side for each in claims for side in (each.claim, each.truth)], sizes, rng)
        for what, claim in zip(wanted, claims, strict=True):
            target = expected(spelling, what, values, sizes)
            names = order_of(claim, target)
            for _ in range(entries):
                at = {n: rng.randint(s.lo.value(sizes), s.hi.value(sizes)) for n, s in claim.ranges.items()}
                if not all(holds(guard, {**sizes, **at}) for guard in claim.guards):
                    continue
                place = tuple(at[name] - claim.ranges[name].lo.value(sizes) for name in names)
                yield from _differing(spelling, claim, Environment(sizes, values, {}, at), target[place])


def _differing(spelling: Spelling, claim: Claim, env: Environment, right: Any) -> Iterator[str]:
    for side, expr in (("the left side", claim.truth), ("the right side", claim.claim)):
        try:
            found = evaluate(expr, env)
        except ArithmeticError:
            if spelling.fractional and side == "the right side":
                continue
            raise
        if found != right:
            yield f"{side} at {dict(env.sizes)} {dict(env.indices)}: {found}, not {right}"


def counterexamples(found: Judged) -> bool:
    """Whether a claim and its left side differ at the counterexample, the reference evaluator being the judge."""
    example = found.verdict.counterexample
    assert example is not None
    rng = Random(0)
    for claim in found.claims:
        if not set(claim.ranges) <= set(example.entry):
            continue
        for _ in range(20):
            tensors = {e.tensor.name: e.tensor for side in (claim.claim, claim.truth) for e in accesses(side)}
            values = {name: _filled(tensor, example.sizes, rng, 1000) for name, tensor in tensors.items()}
            env = Environment(example.sizes, values, {}, example.entry)
            right = evaluate(claim.truth, env)
            try:
                if evaluate(claim.claim, env) != right:
                    return True
            except (SymconvError, ArithmeticError):
                return True
    return False
