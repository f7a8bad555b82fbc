"""Every way to run a term against the reference evaluator, on random sizes of every operation and every solved form."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from symconv.compiled import arrays as running
from symconv.compiled.plan import plan
from symconv.evaluate.reference import Environment, gradient, tabulate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import Access
from symconv.gradient.derivation import derive, forward_terms
from symconv.index.affine import Affine
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense
from symconv.ops.pooling_ranks import AvgPool1d, AvgPool2d, LPPool1d, LPPool2d, MaxPool1d, MaxPool2d
from symconv.ops.shaping import Flatten, Pad
from symconv.ops.transposed import ConvTranspose1d, ConvTranspose2d
from symconv.rewrite.normal import to_terms

GENERAL = {"stride": "s", "padding": "p", "dilation": "d"}
POOL = {"kernel_size": "k", "stride": "s", "padding": "p"}
FULL = {"channels": True, "batch": True}
OPERATIONS = {
    "conv1d": Conv1d(**GENERAL),
    "conv1d-full": Conv1d(**GENERAL, **FULL, bias=True),
    "conv1d-flip": Conv1d(**GENERAL, flip=True),
    "conv1d-full-padding": Conv1d(padding="full"),
    "conv1d-same": Conv1d(padding="same", dilation="d"),
    "conv1d-reflect": Conv1d(stride="s", padding="p", padding_mode="reflect"),
    "conv1d-replicate": Conv1d(stride="s", padding="p", padding_mode="replicate", channels=True),
    "conv1d-circular": Conv1d(stride="s", padding="p", padding_mode="circular"),
    "conv2d": Conv2d(**GENERAL, **FULL, bias=True),
    "conv2d-unit-stride": Conv2d(3, padding=1, channels=True),
    "conv2d-groups": Conv2d(stride="s", padding="p", groups="g", **FULL),
    "conv2d-entry-bias": Conv2d(bias="entry"),
    "conv2d-reflect": Conv2d(3, padding=1, padding_mode="reflect"),
    "conv3d": Conv3d(stride="s", padding="p"),
    "transposed1d": ConvTranspose1d(**GENERAL, output_padding="q"),
    "transposed1d-groups": ConvTranspose1d(stride="s", padding="p", groups="g", channels=True),
    "transposed2d": ConvTranspose2d(stride="s", padding="p", **FULL, bias=True),
    "max1d": MaxPool1d(**POOL, dilation="d"),
    "max1d-ceil": MaxPool1d(**POOL, ceil_mode=True, **FULL),
    "max1d-split": MaxPool1d("k", "s", ties="split"),
    "max1d-all": MaxPool1d("k", "s", ties="all"),
    "max2d": MaxPool2d(**POOL, channels=True),
    "max2d-apart": MaxPool2d(2, channels=True),
    "average1d": AvgPool1d(**POOL),
    "average1d-ceil": AvgPool1d(**POOL, ceil_mode=True, count_include_pad=False),
    "average2d": AvgPool2d(**POOL, count_include_pad=False, channels=True),
    "average2d-apart": AvgPool2d("k", **FULL),
    "average2d-divisor": AvgPool2d("k", divisor_override="D"),
    "root1d": LPPool1d(2, "k", "s"),
    "root1d-cubic": LPPool1d(3, "k"),
    "root2d-ceil": LPPool2d(2, "k", "s", ceil_mode=True, channels=True),
    "dense": Dense(batch=True, bias=True),
    "pad-reflect": Pad("p", "reflect", channels=True),
    "pad-constant": Pad(1, "constant", 5),
    "flatten": Flatten(channels=True),
}


def filled(shape, kind, rng, *, positive):
    """A read-only array of small entries: integers, Fortran-ordered floats, or fractions."""
    entries = [rng.randint(1 if positive else -3, 4) for _ in range(int(np.prod(shape)))]
    if kind == "object":
        array = np.empty(len(entries), dtype=object)
        array[:] = [Fraction(entry, 2) for entry in entries]
        array = array.reshape(shape)
    else:
        array = np.array(entries, dtype=kind).reshape(shape, order="F")
    array.setflags(write=False)
    return array


def close(found, expected):
    return found.shape == expected.shape and np.allclose(
        found.astype(float), expected.astype(float), rtol=1e-9, atol=1e-9, equal_nan=True
    )


@pytest.fixture(params=[None, 5], ids=["whole", "tiny-blocks"])
def block_limit(request, monkeypatch):
    """With tiny blocks every box is cut, so that every sum over blocks is tested."""
    if request.param is not None:
        for name in ("contraction_blocks", "grid_blocks"):
            cut = getattr(running, name)
            monkeypatch.setattr(running, name, lambda *parts, cut=cut: cut(*parts, request.param))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.usefixtures("block_limit")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_way_agrees_with_the_reference(name):
    op = OPERATIONS[name]
    definition = op.definition
    rng = Random(name)
    for kind in ("int64", "float64", "object"):
        sizes = sample_sizes(definition, rng, work=250)
        assert sizes is not None
        tensors = (*definition.inputs, definition.upstream)
        arrays = {
            tensor.name: filled(
                [size.value(sizes) for size in tensor.shape], kind, rng, positive=name.startswith("root")
            )
            for tensor in tensors
        }
        env = Environment(sizes, {key: array.astype(object) for key, array in arrays.items()})
        output = Access(definition.output, tuple(map(Affine.of, definition.indices)))
        whole = np.array(tabulate(definition, env), dtype=object)
        jobs = [(to_terms(definition.body), output, whole), (forward_terms(definition), output, whole)]
        for tensor in definition.inputs:
            expected = np.array(gradient(definition, tensor, env), dtype=object)
            for eliminate in ("none", "auto", "tap", "output"):
                derivation = derive(op, tensor.name, eliminate=eliminate)
                jobs.append((derivation.terms, derivation.target, expected))
        for terms, target, expected in jobs:
            planned = plan(terms, target, sizes)
            for changes in ({}, {"correlation": None}, {"contraction": None}):
                way = replace(planned, terms=tuple(replace(item, **changes) for item in planned.terms))
                assert close(running.run(way, arrays), expected), (sizes, kind, changes, target.tensor.name)
