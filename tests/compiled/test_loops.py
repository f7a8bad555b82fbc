"""The array code against plain loops written from the mathematical definition, for every shape of layer."""

from itertools import product

import numpy as np
import pytest

from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.dense import Dense
from symconv.ops.pooling_ranks import AvgPool1d, LPPool1d, MaxPool1d
from symconv.ops.shaping import Flatten
from symconv.ops.transposed import ConvTranspose1d

# (input size, kernel, stride, padding, dilation)
WINDOWS = [
    pytest.param(7, 3, 1, 0, 1, id="plain"),
    pytest.param(8, 3, 2, 0, 1, id="tail"),
    pytest.param(9, 3, 3, 1, 1, id="stride-is-kernel"),
    pytest.param(11, 2, 4, 0, 1, id="stride-over-kernel"),
    pytest.param(9, 3, 2, 1, 2, id="dilated-strided"),
    pytest.param(10, 3, 4, 2, 3, id="dilation-and-stride-coprime"),
    pytest.param(9, 2, 2, 0, 4, id="dilation-a-multiple-of-stride"),
    pytest.param(5, 1, 2, 0, 1, id="one-tap"),
    pytest.param(4, 2, 1, 3, 1, id="padding-over-kernel"),
    pytest.param(1, 1, 1, 0, 1, id="one-entry"),
    pytest.param(1, 3, 2, 2, 1, id="one-entry-padded"),
    pytest.param(2, 5, 1, 4, 1, id="kernel-over-input"),
]


def integers(rng, *shape):
    return rng.integers(-9, 10, shape)


@pytest.mark.parametrize(("w", "k", "s", "p", "d"), WINDOWS)
def test_conv1d(w, k, s, p, d):
    rng = np.random.default_rng(0)
    n, c, f = 2, 3, 4
    o = (w + 2 * p - d * (k - 1) - 1) // s + 1
    x, kernel, bias, delta = integers(rng, n, c, w), integers(rng, f, c, k), integers(rng, f), integers(rng, n, f, o)
    out, d_x, d_kernel = np.zeros_like(delta), np.zeros_like(x), np.zeros_like(kernel)
    for b, g, i in product(range(n), range(f), range(o)):
        out[b, g, i] = bias[g]
        for a, m in product(range(c), range(k)):
            u = s * i + d * m - p
            if 0 <= u < w:
                out[b, g, i] += kernel[g, a, m] * x[b, a, u]
                d_x[b, a, u] += kernel[g, a, m] * delta[b, g, i]
                d_kernel[g, a, m] += x[b, a, u] * delta[b, g, i]
    op = Conv1d(k, s, p, d, batch=True, in_channels=c, out_channels=f, bias=True)
    np.testing.assert_array_equal(op.forward(I=x, K=kernel, b=bias), out)
    found = op.backward(delta, I=x, K=kernel, b=bias)
    np.testing.assert_array_equal(found["I"], d_x)
    np.testing.assert_array_equal(found["K"], d_kernel)
    np.testing.assert_array_equal(found["b"], delta.sum(axis=(0, 2)))


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_groups(groups):
    rng = np.random.default_rng(1)
    c, f, h, w, k = 6, 12, 5, 4, 2
    x, kernel, delta = integers(rng, c, h, w), integers(rng, f, c // groups, k, k), integers(rng, f, h - 1, w - 1)
    out, d_x, d_kernel = np.zeros_like(delta), np.zeros_like(x), np.zeros_like(kernel)
    for g, i, j, a, m, n in product(range(f), range(h - 1), range(w - 1), range(c // groups), range(k), range(k)):
        channel = g // (f // groups) * (c // groups) + a
        out[g, i, j] += kernel[g, a, m, n] * x[channel, i + m, j + n]
        d_x[channel, i + m, j + n] += kernel[g, a, m, n] * delta[g, i, j]
        d_kernel[g, a, m, n] += x[channel, i + m, j + n] * delta[g, i, j]
    op = Conv2d(k, groups=groups, in_channels=c, out_channels=f)
    np.testing.assert_array_equal(op.forward(I=x, K=kernel), out)
    found = op.backward(delta, I=x, K=kernel)
    np.testing.assert_array_equal(found["I"], d_x)
    np.testing.assert_array_equal(found["K"], d_kernel)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize(("w", "k", "s", "p"), [(5, 3, 1, 1), (6, 3, 2, 3), (4, 2, 3, 2), (2, 2, 1, 1)])
def test_padding_modes(mode, w, k, s, p):
    rng = np.random.default_rng(2)
    where = np.pad(np.arange(w), p, mode={"reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode])
    o = (w + 2 * p - k) // s + 1
    x, kernel, delta = integers(rng, w), integers(rng, k), integers(rng, o)
    out, d_x, d_kernel = np.zeros_like(delta), np.zeros_like(x), np.zeros_like(kernel)
    for i, m in product(range(o), range(k)):
        u = where[s * i + m]
        out[i] += kernel[m] * x[u]
        d_x[u] += kernel[m] * delta[i]
        d_kernel[m] += x[u] * delta[i]
    op = Conv1d(k, s, p, padding_mode=mode)
    np.testing.assert_array_equal(op.forward(I=x, K=kernel), out)
    found = op.backward(delta, I=x, K=kernel)
    np.testing.assert_array_equal(found["I"], d_x)
    np.testing.assert_array_equal(found["K"], d_kernel)


@pytest.mark.parametrize(("h", "k", "s", "p", "q", "d"), [(4, 3, 2, 1, 1, 1), (3, 2, 3, 0, 2, 1), (5, 3, 1, 2, 0, 2)])
def test_transposed(h, k, s, p, q, d):
    rng = np.random.default_rng(3)
    o = (h - 1) * s - 2 * p + d * (k - 1) + q + 1
    x, kernel, delta = integers(rng, 2, h), integers(rng, 2, 3, k), integers(rng, 3, o)
    out, d_x, d_kernel = np.zeros_like(delta), np.zeros_like(x), np.zeros_like(kernel)
    for a, g, i, m in product(range(2), range(3), range(h), range(k)):
        u = s * i + d * m - p
        if 0 <= u < o:
            out[g, u] += x[a, i] * kernel[a, g, m]
            d_x[a, i] += delta[g, u] * kernel[a, g, m]
            d_kernel[a, g, m] += delta[g, u] * x[a, i]
    op = ConvTranspose1d(k, s, p, q, 1, d, in_channels=2, out_channels=3)
    np.testing.assert_array_equal(op.forward(I=x, K=kernel), out)
    found = op.backward(delta, I=x, K=kernel)
    np.testing.assert_array_equal(found["I"], d_x)
    np.testing.assert_array_equal(found["K"], d_kernel)


# (input size, kernel, stride, padding, whether the last window may hang over)
POOLS = [(8, 2, 2, 0, False), (9, 3, 2, 1, False), (9, 2, 3, 1, True), (8, 3, 2, 0, True), (5, 4, 1, 2, False)]


def windows(w, k, s, p, hang):
    o = -(-(w + 2 * p - k) // s) + 1 if hang else (w + 2 * p - k) // s + 1
    if hang and (o - 1) * s >= w + p:
        o -= 1
    return [[u for u in range(s * i - p, s * i - p + k) if 0 <= u < w] for i in range(o)]


@pytest.mark.parametrize("ties", ["first", "split", "all"])
@pytest.mark.parametrize(("w", "k", "s", "p", "hang"), POOLS)
def test_max_pooling_with_ties(w, k, s, p, hang, ties):
    x = np.random.default_rng(4).integers(-2, 1, w)
    inside = windows(w, k, s, p, hang)
    delta = np.arange(1, len(inside) + 1) * 6
    d_x = np.zeros(w)
    for value, window in zip(delta, inside, strict=True):
        best = [u for u in window if x[u] == max(x[window])]
        for u in best[:1] if ties == "first" else best:
            d_x[u] += value / (len(best) if ties == "split" else 1)
    op = MaxPool1d(k, s, p, ceil_mode=hang, ties=ties)
    np.testing.assert_array_equal(op.forward(I=x), [max(x[window]) for window in inside])
    np.testing.assert_allclose(op.backward(delta, I=x)["I"], d_x, rtol=1e-14)


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize(("w", "k", "s", "p", "hang"), POOLS)
def test_average_pooling(w, k, s, p, hang, include):
    x = np.random.default_rng(5).integers(-9, 10, w)
    inside = windows(w, k, s, p, hang)
    counts = [min(s * i - p + k, w + p) - (s * i - p) if include else len(u) for i, u in enumerate(inside)]
    delta = np.arange(1.0, len(inside) + 1)
    d_x = np.zeros(w)
    for value, window, count in zip(delta, inside, counts, strict=True):
        d_x[window] += value / count
    op = AvgPool1d(k, s, p, hang, include)
    expected = [sum(x[window]) / count for window, count in zip(inside, counts, strict=True)]
    np.testing.assert_allclose(op.forward(I=x), expected, rtol=1e-14)
    np.testing.assert_allclose(op.backward(delta, I=x)["I"], d_x, rtol=1e-14)


def test_root_pooling():
    x = np.array([3.0, 4.0, 5.0, 12.0, 8.0])
    op = LPPool1d(2, 2, 2)
    np.testing.assert_allclose(op.forward(I=x), [5.0, 13.0])
    np.testing.assert_allclose(op.backward(np.array([10.0, 26.0]), I=x)["I"], [6, 8, 10, 24, 0])


def test_dense_and_flatten():
    rng = np.random.default_rng(6)
    x, w, b, delta = integers(rng, 5, 3), integers(rng, 4, 3), integers(rng, 4), integers(rng, 5, 4)
    op = Dense(batch=True, bias=True)
    np.testing.assert_array_equal(op.forward(x=x, W=w, b=b), x @ w.T + b)
    found = op.backward(delta, x=x, W=w, b=b)
    np.testing.assert_array_equal(found["x"], delta @ w)
    np.testing.assert_array_equal(found["W"], delta.T @ x)
    np.testing.assert_array_equal(found["b"], delta.sum(axis=0))
    image = integers(rng, 2, 3, 4)
    flat = Flatten(channels=True)
    np.testing.assert_array_equal(flat.forward(I=image), image.ravel())
    np.testing.assert_array_equal(flat.backward(image.ravel(), I=image)["I"], image)
