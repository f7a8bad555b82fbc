"""Forward and all gradients of random layers equal PyTorch's autograd in float64: exactly where integers allow."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch

from tests.oracle.layers import Layer, draw

pytestmark = pytest.mark.oracle

BLOCKS, PER_BLOCK = 25, 100


@pytest.mark.parametrize("block", range(BLOCKS))
def test_forward_and_gradients_equal_autograd(block: int) -> None:
    rng = Random(f"pytorch {block}")
    for number in range(PER_BLOCK):
        layer = draw(rng)
        message = f"block {block}, layer {number}: {layer.op} on {layer.shapes}"
        _compare(layer, np.random.default_rng(1000 * block + number), message)


def _compare(layer: Layer, rng: np.random.Generator, message: str) -> None:
    # positive entries keep the roots of L_q pooling real; small ranges give ties to max pooling
    low, high = (1, 9) if layer.smooth else (-4, 5)
    arrays = {name: rng.integers(low, high, shape) for name, shape in layer.shapes.items()}
    tensors = {n: torch.tensor(a, dtype=torch.float64, requires_grad=True) for n, a in arrays.items()}
    expected = layer.run(tensors)
    upstream = rng.integers(-4, 5, tuple(expected.shape))
    expected.backward(torch.tensor(upstream, dtype=torch.float64))
    given = {n: a.astype(float) if layer.smooth else a for n, a in arrays.items()}
    found = {"output": layer.op.forward(**given), **layer.op.backward(upstream, **given)}
    wanted = {
        "output": expected.detach().numpy(),
        **{n: t.grad.numpy() for n, t in tensors.items() if t.grad is not None},
    }
    assert found.keys() == {"output", *tensors}, message
    for name, values in wanted.items():
        assert found[name].shape == values.shape, f"{message}: shape of {name}"
        if found[name].dtype.kind == "i":
            assert np.array_equal(found[name], values), f"{message}: {name}\n{found[name]}\n{values}"
        else:
            np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-12, err_msg=f"{message}: {name}")
