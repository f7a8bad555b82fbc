"""Outputs, gradients and derivatives written out, against the reference evaluator, which knows them by dual numbers.

The evaluator is told the layer's definition only: an output is its body, a gradient comes from dual numbers. What the
resolver writes names inputs, parameters and the upstream gradient only, and must have the same value at every position,
inside of the arrays and one beyond.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

import symconv as sc
from symconv.errors import SizeError
from symconv.evaluate.dependence import needs_floats
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import (
    NOTHING,
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
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses, walk
from symconv.gradient.derivation import gradient_of
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import AtMost, Range
from symconv.meaning.errors import MeaningError
from symconv.meaning.resolve import Resolver
from symconv.meaning.symbols import symbols_for
from tests.catalogue import ENTRIES

#: layers of every kind whose formulas are cheap to differentiate entry by entry
IDS = (
    "conv1d-plain", "conv1d-symbols", "conv1d-stride 3, dilation 2", "conv1d-same", "conv1d-reflect",
    "conv1d-replicate", "conv1d-circular", "conv1d-groups", "conv1d-bias per entry", "conv1d-stride i", "conv2d-plain",
    "conv2d-stride", "conv2d-per axis", "conv2d-true convolution", "conv2d-channel bias", "convtranspose1d-symbols",
    "maxpool1d-symbols", "maxpool1d-plain", "avgpool1d-symbols", "avgpool1d-ceil", "lppool1d-norm 3",
    "dense-bias and batch", "pad-symbols", "flatten-channels and batch",
)  # fmt: skip
LAYERS = {entry.id: entry.operation.definition for entry in ENTRIES if entry.id in IDS}
CONFIGURATIONS = 12
#: an author's indices are marked, so that none meets a size of its name (the stride i of one of the layers)
NAMES = ("@m", "@n", "@i", "@j", "@c")


def test_the_layers_are_there() -> None:
    assert sorted(LAYERS) == sorted(IDS)


def position(tensor: Tensor, names: tuple[str, ...], beyond: int) -> tuple[Access, dict[str, Range]]:
    """An entry at free indices that run over the tensor, and as far as said beyond both of its ends."""
    used = names[: tensor.rank]
    spans = {name: Range(Affine.of(-beyond), size - 1 + beyond) for name, size in zip(used, tensor.shape, strict=True)}
    return Access(tensor, tuple(map(Affine.of, used))), spans


def statements(definition: Definition) -> Iterator[tuple[str, Expr, dict[str, Range]]]:
    """What a formula may name: the output, every gradient, every derivative of an entry of the output."""
    for beyond in (0, 1):
        where = "beyond the ends" if beyond else "inside"
        output, spans = position(definition.output, NAMES, beyond)
        yield f"output {where}", output, spans
        for tensor in definition.inputs:
            entry, ranges = position(tensor, NAMES, beyond)
            yield f"gradient by {tensor.name} {where}", Access(gradient_of(tensor), entry.indices), ranges
            by, more = position(tensor, tuple(f"{name}'" for name in NAMES), beyond)
            yield f"derivative by {tensor.name} {where}", Derivative(output, by), {**spans, **more}
            yield f"derivative of {tensor.name} by itself {where}", Derivative(entry, by), {**ranges, **more}


def values_of(definition: Definition, sizes: dict[str, int], rng: Random) -> dict[str, Any]:
    # p-norms have roots: there the entries are positive
    low = 1 if needs_floats(definition.body) else -30
    tensors = (*definition.inputs, definition.upstream)

    def filled(shape: list[int]) -> Any:
        return rng.randint(low, 30) if not shape else [filled(shape[1:]) for _ in range(shape[0])]

    return {tensor.name: filled([size.value(sizes) for size in tensor.shape]) for tensor in tensors}


def agree(found: Any, right: Any) -> bool:
    return bool(found == right or abs(found - right) <= 1e-9 * max(1, abs(right)))


@pytest.mark.parametrize("name", IDS)
def test_values_are_those_of_dual_numbers(name: str) -> None:
    definition, rng = LAYERS[name], Random(name)
    resolver = Resolver(symbols_for(definition, None, None))
    written = [(what, expr, ranges, resolver(expr, ranges)) for what, expr, ranges in statements(definition)]
    known = {tensor.name for tensor in (*definition.inputs, definition.upstream)}
    for what, _, _, made in written:
        assert {entry.tensor.name for entry in accesses(made)} <= known, what
        assert not any(isinstance(node, Derivative) for node in walk(made)), what
    for _ in range(CONFIGURATIONS):
        sizes = sample_sizes(definition, rng, work=60)
        assert sizes is not None
        values = values_of(definition, sizes, rng)
        for what, expr, ranges, made in written:
            at = {n: rng.randint(span.lo.value(sizes), span.hi.value(sizes)) for n, span in ranges.items()}
            try:
                right = evaluate(expr, Environment(sizes, values, {definition.output.name: definition}, at))
            except SizeError:
                # one beyond the output no entry of a window is left; there the evaluator has no value
                assert "beyond" in what
                continue
            found = evaluate(made, Environment(sizes, values, {}, at))
            assert agree(found, right), (what, sizes, at)


# around what is resolved ---------------------------------------------------------------------------------------------

CONV = sc.Conv1d(stride="s", padding="p").definition
OUTPUT, IMAGE, KERNEL = CONV.output, *CONV.inputs


def entry(tensor: Tensor, *indices: str) -> Access:
    return Access(tensor, tuple(map(Affine.of, indices)))


def outputs(name: str) -> Binder:
    return Binder(name, ZERO, OUTPUT.shape[0] - 1)


FREE = {"u": Range(ZERO, IMAGE.shape[0] - 1)}
# Each is evaluated with and without resolving it: every node must pass the ranges on and leave the rest as it is.
NODES = {
    "the chain rule": Sum(
        Mul((entry(CONV.upstream, "i"), Derivative(entry(OUTPUT, "i"), entry(IMAGE, "u")))), (outputs("i"),)
    ),
    "the chain rule, its index named like the layer's": Sum(
        Mul((entry(CONV.upstream, "m"), Derivative(entry(OUTPUT, "m"), entry(IMAGE, "u")))), (outputs("m"),)
    ),
    "a sum of terms": Add((entry(IMAGE, "u"), Access(gradient_of(IMAGE), (Affine.of("u"),)), Scalar(ONE))),
    "a power": Pow(Access(OUTPUT, (Affine.of("u"),)), Scalar(Affine.of(2))),
    "a maximum of outputs": Reduce("max", entry(OUTPUT, "i"), (outputs("i"),), (), "first"),
    "a bracket": Mul((Bracket((AtMost(ONE, Affine.of("u")),)), Access(gradient_of(IMAGE), (Affine.of("u") - 1,)))),
    "where a maximum is taken": Winner(
        Reduce("max", entry(OUTPUT, "i"), (outputs("i"),), (), "first"), (Affine.of("u"),)
    ),
    "the derivative of a product": Derivative(Mul((entry(OUTPUT, "u"), entry(OUTPUT, "u"))), entry(KERNEL, "u")),
    "the derivative of a sum of outputs": Derivative(Sum(entry(OUTPUT, "i"), (outputs("i"),)), entry(KERNEL, "u")),
    "a gradient at a moving position": Sum(
        Access(gradient_of(KERNEL), (Affine.of("u") - "i",)), (Binder("i", ZERO, Affine.of("u")),)
    ),
}


@pytest.mark.parametrize("name", NODES)
def test_nodes_around(name: str) -> None:
    expr, rng = NODES[name], Random(name)
    made = Resolver(symbols_for(CONV, None, None))(expr, FREE)
    for _ in range(30):
        sizes = sample_sizes(CONV, rng, work=40)
        assert sizes is not None
        values = values_of(CONV, sizes, rng)
        at = {"u": rng.randrange(sizes["W"])}
        right = evaluate(expr, Environment(sizes, values, {OUTPUT.name: CONV}, at))
        assert evaluate(made, Environment(sizes, values, {}, at)) == right, (sizes, at)


def test_a_gradient_by_the_pre_activation_has_the_slope_as_a_factor() -> None:
    """∂L/∂z_u = f'(z_u)·∂L/∂x_u, and ∂y_i/∂z_u = ∂y_i/∂x_u·f'(z_u), for x = f(z)."""
    symbols = symbols_for(CONV, {"z": "pre_activation"}, None, activation="f")
    assert symbols.before is not None
    assert symbols.slope is not None
    resolver, rng = Resolver(symbols), Random(1)
    ranges = {**FREE, "i": Range(ZERO, OUTPUT.shape[0] - 1)}
    pairs = [
        (Access(gradient_of(symbols.before), (Affine.of("u"),)), Access(gradient_of(IMAGE), (Affine.of("u"),))),
        (Derivative(entry(OUTPUT, "i"), entry(symbols.before, "u")), Derivative(entry(OUTPUT, "i"), entry(IMAGE, "u"))),
    ]
    for by_z, by_x in pairs:
        made = resolver(by_z, ranges)
        for _ in range(30):
            sizes = sample_sizes(CONV, rng, work=40)
            assert sizes is not None
            values = values_of(CONV, sizes, rng)
            slopes = [rng.randint(-9, 9) for _ in range(sizes["W"])]
            at = {"u": rng.randrange(sizes["W"]), "i": rng.randrange(sizes["O_1"])}
            right = slopes[at["u"]] * evaluate(by_x, Environment(sizes, values, {OUTPUT.name: CONV}, at))
            assert evaluate(made, Environment(sizes, {**values, symbols.slope.name: slopes}, {}, at)) == right


def test_a_slope_beyond_the_array_is_not_read() -> None:
    """One beyond its ends z has no entry, and the derivative by it is 0, whatever f' might be there."""
    symbols = symbols_for(CONV, {"z": "pre_activation"}, None, activation="f")
    assert symbols.before is not None
    made = Resolver(symbols)(Derivative(entry(OUTPUT, "i"), entry(symbols.before, "u")), {})
    sizes = {"W": 2, "k_1": 2, "O_1": 2, "s": 2, "p": 1}
    values = {"I": [3, 5], "K": [7, 11], "f'(z)": [1, 1]}
    for u in (-1, 2):
        assert evaluate(made, Environment(sizes, values, {}, {"i": 0, "u": u})) == 0


def test_what_does_not_depend_on_an_entry_has_no_derivative() -> None:
    resolver = Resolver(symbols_for(CONV, None, None))
    assert resolver(Derivative(entry(KERNEL, "i"), entry(IMAGE, "u")), {}) == NOTHING


@pytest.mark.parametrize(
    ("expr", "sentence"),
    [
        pytest.param(
            Derivative(entry(IMAGE, "i"), entry(OUTPUT, "j")), "a derivative by O is not understood", id="by the output"
        ),
        pytest.param(
            Derivative(entry(IMAGE, "i"), entry(CONV.upstream, "j")),
            r"a derivative by \delta is not understood",
            id="by the upstream gradient",
        ),
        pytest.param(
            Access(Tensor("dq", "gradient", (), (), (), of="q"), ()), "the layer has no tensor q", id="of another layer"
        ),
    ],
)
def test_what_is_refused(expr: Expr, sentence: str) -> None:
    with pytest.raises(MeaningError) as found:
        Resolver(symbols_for(CONV, None, None))(expr, {})
    assert str(found.value) == sentence
