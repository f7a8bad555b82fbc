"""Element types: what stays exact, what becomes a float, and what NaN and infinity touch."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.pooling_ranks import AvgPool1d, LPPool1d, MaxPool1d

BIG = 2**40


@pytest.mark.parametrize(
    ("given", "expected"),
    [("bool", "int64"), ("int8", "int64"), ("uint8", "int64"), ("int64", "int64"), ("uint64", "uint64")]
    + [(kind, kind) for kind in ("float16", "float32", "float64", "complex64", "complex128", "object")],
)
def test_the_element_type_of_a_product(given, expected):
    result = Conv1d(2).forward(I=np.array([1, 1, 0, 1], dtype=given), K=np.array([1, 1], dtype=given))
    assert result.dtype == expected
    assert result.tolist() == [2, 1, 1]


def test_averages_of_integers_are_floats_and_of_objects_exact():
    assert AvgPool1d(2).forward(I=np.array([1, 2, 3, 5])).tolist() == [1.5, 4.0]
    exact = AvgPool1d(3).forward(I=np.array([1, 2, 2], dtype=object))
    assert exact.tolist() == [Fraction(5, 3)]
    assert isinstance(exact[0], Fraction)
    x = sympy.symbols("x:3")
    (mean,) = AvgPool1d(3).forward(I=np.array(x, dtype=object))
    assert sympy.expand(mean - sum(x) / 3) == 0


def test_integers_wrap_as_in_numpy_and_are_exact_up_to_there():
    rng = np.random.default_rng(0)
    x, kernel = rng.integers(-BIG, BIG, (3, 6)), rng.integers(-BIG, BIG, (2, 3, 2))
    wide = Conv1d(2, channels=True).forward(I=x.astype(object), K=kernel.astype(object))
    assert max(map(abs, wide.ravel())) > 2**63
    wrapped = Conv1d(2, channels=True).forward(I=x, K=kernel)
    np.testing.assert_array_equal(wrapped, [[(v + 2**63) % 2**64 - 2**63 for v in row] for row in wide])
    odd = 2**53 + 1
    assert Conv1d(1, channels=True).forward(I=np.array([[odd], [0]]), K=np.array([[[1], [1]]])).tolist() == [[odd]]


def test_symbols():
    x, k, delta = sympy.symbols("x:4"), sympy.symbols("k:2"), sympy.symbols("d:3")
    found = Conv1d(2).backward(np.array(delta), I=np.array(x), K=np.array(k))
    loss = sum(delta[i] * k[m] * x[i + m] for i in range(3) for m in range(2))
    assert [sympy.expand(a - sympy.diff(loss, b)) for a, b in zip(found["K"], k, strict=True)] == [0, 0]
    assert [sympy.expand(a - sympy.diff(loss, b)) for a, b in zip(found["I"], x, strict=True)] == [0] * 4


@pytest.mark.parametrize("ties", ["first", "split", "all"])
def test_the_winner_of_symbols_is_piecewise(ties):
    x = np.array(sympy.symbols("x:4"))
    pool = MaxPool1d(3, 1, ties=ties)
    assert pool.forward(I=x).tolist() == [sympy.Max(*x[:3]), sympy.Max(*x[1:])]
    symbolic = pool.backward(np.array([6, 12], dtype=object), I=x)["I"]
    for values in ([1, 5, 2, 3], [4, 4, 1, 1], [2, 2, 2, 2], [0, 1, 2, 2]):
        bound = dict(zip(x, values, strict=True))
        numeric = pool.backward(np.array([6, 12]), I=np.array(values))["I"]
        assert [float(entry.subs(bound)) for entry in symbolic] == numeric.tolist()


def test_roots_of_symbols_stay_symbolic():
    x, y = sympy.symbols("x y", positive=True)
    assert LPPool1d(2, 2).forward(I=np.array([x, y])).tolist() == [sympy.sqrt(x**2 + y**2)]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_reaches_only_what_reads_it(value):
    x, kernel, delta = np.ones(6), np.array([1.0, value, 2.0]), np.ones(6)
    found = Conv1d(3, padding=1).backward(delta, I=x, K=kernel)
    assert np.isfinite(found["K"]).all()
    # position u meets tap 1 through output u, everywhere
    assert not np.isfinite(found["I"]).any()
    edge = Conv1d(3, padding=1).backward(delta, I=x, K=np.array([value, 1.0, 2.0]))["I"]
    # position u meets tap 0 through output u + 1, which the last position does not have
    assert np.isfinite(edge).tolist() == [False] * 5 + [True]
    channels = Conv2d(3, padding=1, channels=True)
    weights = np.ones((64, 2, 3, 3))
    weights[5, 1, 0, 0] = value
    found = channels.backward(np.ones((64, 40, 40)), I=np.ones((2, 40, 40)), K=weights)["I"]
    expected = np.ones((2, 40, 40), dtype=bool)
    expected[1, :39, :39] = False
    np.testing.assert_array_equal(np.isfinite(found), expected)


@pytest.mark.parametrize("ties", ["first", "split", "all"])
def test_nan_wins_a_window(ties):
    x = np.array([1.0, np.nan, 3.0, 4.0])
    pool = MaxPool1d(2, ties=ties)
    np.testing.assert_array_equal(pool.forward(I=x), [np.nan, 4.0])
    np.testing.assert_array_equal(pool.backward(np.array([5.0, 7.0]), I=x)["I"], [0, 5, 0, 7])


def test_the_smallest_integers_still_win():
    low = np.iinfo(np.int64).min
    pool = MaxPool1d(2, 2, 1)
    assert pool.forward(I=np.array([low, low])).tolist() == [low, low]
    assert pool.backward(np.array([3, 4]), I=np.array([low, low]))["I"].tolist() == [3, 4]
    infinite = np.array([-np.inf, -np.inf])
    assert pool.backward(np.array([3.0, 4.0]), I=infinite)["I"].tolist() == [3, 4]


def test_arrays_are_not_changed_and_not_shared():
    x = np.arange(12.0).reshape(3, 4).T[::-1]
    kernel = np.ones((1, 1))
    copies = x.copy(), kernel.copy()
    result = Conv2d(1).forward(I=x, K=kernel)
    np.testing.assert_array_equal(result, x)
    result += 1
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(kernel, copies[1])


@pytest.mark.parametrize("layout", ["C", "F", "reversed", "strided", "read-only"])
def test_any_memory_layout(layout):
    rng = np.random.default_rng(1)

    def laid_out(*shape):
        plain = rng.standard_normal(shape)
        if layout == "reversed":
            return plain[..., ::-1]
        if layout == "strided":
            return np.repeat(plain, 2, axis=-1)[..., ::2]
        array = np.array(plain, order="F" if layout == "F" else "C")
        array.setflags(write=layout != "read-only")
        return array

    op = Conv2d(3, 2, 1, batch=True, in_channels=4, out_channels=6)
    x, kernel, delta = laid_out(2, 4, 8, 9), laid_out(6, 4, 3, 3), laid_out(2, 6, 4, 5)
    found = op.backward(delta, I=x, K=kernel)
    expected = op.backward(*(np.ascontiguousarray(a) for a in (delta,)), I=x.copy(order="C"), K=kernel.copy(order="C"))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    columns = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]
    np.testing.assert_allclose(found["K"], np.einsum("bfij,bcijmn->fcmn", delta, columns), atol=1e-12)
    np.testing.assert_allclose(found["I"], expected["I"], atol=1e-12)
