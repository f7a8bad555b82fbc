"""Sliding windows and what stands beside them against numpy and plain loops: 1-D, 2-D, channels, sizes of 1."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symconv.index.affine import ONE, ZERO, Affine
from symconv.meaning.convolve import Kind, Mode, Window, dilated, padded, rotated, slide, window_of
from symconv.meaning.errors import MeaningError
from symconv.meaning.whole import about_origin
from tests.meaning.by_numbers import algebra, computed, entries, outside, shape_of, whole

SEEDS = st.integers(0, 10**6)
KINDS: tuple[Kind, ...] = ("correlation", "convolution")
MODES: tuple[Mode, ...] = ("valid", "full", "same")


def of(numbers: Sequence[int]) -> tuple[Affine, ...]:
    return tuple(Affine.of(each) for each in numbers)


def looped(
    x: np.ndarray, w: np.ndarray, kind: Kind, strides: Sequence[int], dilations: Sequence[int], before: Sequence[int],
    outputs: Sequence[int],
) -> np.ndarray:  # fmt: skip
    """Σ_m w[m]·x[s·i + d·m − p] by loops, reads outside of x being 0; a convolution reads w backwards."""
    made = np.zeros(tuple(outputs), dtype=int)
    for at in product(*map(range, outputs)):
        for tap in product(*map(range, w.shape)):
            place = tuple(s * i + d * m - p for s, i, d, m, p in zip(strides, at, dilations, tap, before, strict=True))
            if all(0 <= each < size for each, size in zip(place, x.shape, strict=True)):
                weight = (
                    w[tap] if kind == "correlation" else w[tuple(k - 1 - m for k, m in zip(w.shape, tap, strict=True))]
                )
                made[at] += weight * x[place]
    return made


# numpy's own words in one dimension ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(n=st.integers(1, 7), k=st.integers(1, 5), seed=SEEDS)
def test_the_modes_in_1d_are_numpys(kind: Kind, mode: Mode, n: int, k: int, seed: int) -> None:
    # numpy exchanges its operands if the second is longer, and "same" has a middle for odd kernels only
    assume(k <= n)
    assume(mode != "same" or k % 2 == 1)
    rng, g = np.random.default_rng(seed), algebra()
    values = {"x": entries(rng, n), "w": entries(rng, k)}
    x, w = whole(g, "x", ("n",), ("S1",)), whole(g, "w", ("k",), ("K1",), "kernel")
    made = slide(g, x, w, kind, window_of(x, w, mode))
    apply = np.correlate if kind == "correlation" else np.convolve
    right = apply(values["x"], values["w"], mode)
    assert shape_of(made, {"n": n, "k": k}) == right.shape
    assert computed(made, values, {"n": n, "k": k}).tolist() == right.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_window_longer_than_the_array(kind: Kind) -> None:
    g, sizes = algebra(), {"n": 2, "k": 5}
    values = {"x": np.array([3, 5]), "w": np.array([1, 2, 4, 8, 16])}
    x, w = whole(g, "x", ("n",), ("S1",)), whole(g, "w", ("k",), ("K1",), "kernel")
    made = slide(g, x, w, kind, window_of(x, w, "full"))
    kernel = values["w"] if kind == "convolution" else values["w"][::-1]
    assert computed(made, values, sizes).tolist() == np.convolve(values["x"], kernel).tolist()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(n=st.integers(1, 5), k=st.integers(1, 4), seed=SEEDS)
def test_aligned_is_the_definition_for_all_integers(kind: Kind, n: int, k: int, seed: int) -> None:
    """(x ∗ w)[i] = Σ_m w[m]·x[i − m], and i + m for the correlation, both with the arrays' own positions."""
    rng, g, sizes = np.random.default_rng(seed), algebra(), {"n": n, "k": k}
    values = {"x": entries(rng, n), "w": entries(rng, k)}
    x, w = whole(g, "x", ("n",), ("S1",)), whole(g, "w", ("k",), ("K1",), "kernel")
    made = slide(g, x, w, kind, window_of(x, w, "aligned"))
    sign = 1 if kind == "correlation" else -1
    for i in range(-k - 1, n + k + 1):
        right = sum(values["w"][m] * values["x"][i + sign * m] for m in range(k) if 0 <= i + sign * m < n)
        assert outside(made, [i], values, sizes) == right


@settings(max_examples=20)
@given(n=st.integers(1, 5), k=st.integers(1, 4), seed=SEEDS)
def test_aligned_with_a_kernel_turned_about_its_origin(n: int, k: int, seed: int) -> None:
    """w_{−m} runs from −(k − 1) to 0; a convolution with it is Σ_m w[m]·x[i + m], so that it turns back."""
    rng, g, sizes = np.random.default_rng(seed), algebra(), {"n": n, "k": k}
    values = {"x": entries(rng, n), "w": entries(rng, k)}
    x, w = whole(g, "x", ("n",), ("S1",)), whole(g, "w", ("k",), ("K1",), "kernel")
    turned = about_origin(w)
    (digit,) = turned.digits
    assert (digit.first.value(sizes), digit.size.value(sizes)) == (1 - k, k)
    assert computed(turned, values, sizes).tolist() == values["w"][::-1].tolist()
    made = slide(g, x, turned, "convolution", window_of(x, turned, "aligned"))
    for i in range(n):
        right = sum(values["w"][m] * values["x"][i + m] for m in range(k) if i + m < n)
        assert outside(made, [i], values, sizes) == right


# strides, dilations, paddings ----------------------------------------------------------------------------------------


@st.composite
def windows(draw: st.DrawFn, rank: int) -> dict[str, list[int]]:
    """Numbers for every axis of a window, few enough for loops."""

    def each(low: int, high: int) -> list[int]:
        return draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank))

    return {
        "n": each(1, 6 - rank), "k": each(1, 4 - rank), "strides": each(1, 3), "dilations": each(1, 3),
        "before": each(0, 2), "outputs": each(1, 5 - rank),
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", [1, 2])
@settings(max_examples=25)
@given(data=st.data(), seed=SEEDS)
def test_strides_dilations_and_paddings(kind: Kind, rank: int, data: st.DataObject, seed: int) -> None:
    """Outputs may lie beyond the last full window: what is read there is 0."""
    drawn = data.draw(windows(rank))
    rng, g = np.random.default_rng(seed), algebra()
    values = {"x": entries(rng, *drawn["n"]), "w": entries(rng, *drawn["k"])}
    x = whole(g, "x", drawn["n"], [f"S{at + 1}" for at in range(rank)])
    w = whole(g, "w", drawn["k"], [f"K{at + 1}" for at in range(rank)], "kernel")
    hyper = [drawn[name] for name in ("strides", "dilations", "before", "outputs")]
    made = slide(g, x, w, kind, Window(*map(of, hyper)))
    right = looped(values["x"], values["w"], kind, *hyper)
    assert computed(made, values).tolist() == right.tolist()
    assert [digit.kind for digit in made.digits] == [f"P{at + 1}" for at in range(rank)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", MODES)
def test_the_modes_in_2d(kind: Kind, mode: Mode) -> None:
    g, rng = algebra(), np.random.default_rng(3)
    for n, k in (((4, 5), (3, 1)), ((3, 3), (3, 3)), ((1, 4), (1, 3)), ((1, 1), (1, 1))):
        values = {"x": entries(rng, *n), "w": entries(rng, *k)}
        x, w = whole(g, "x", n, ("S1", "S2")), whole(g, "w", k, ("K1", "K2"), "kernel")
        made = slide(g, x, w, kind, window_of(x, w, mode))
        before = {"valid": (0, 0), "full": (k[0] - 1, k[1] - 1), "same": ((k[0] - 1) // 2, (k[1] - 1) // 2)}[mode]
        sizes = [a + {"valid": 1 - b, "full": b - 1, "same": 0}[mode] for a, b in zip(n, k, strict=True)]
        right = looped(values["x"], values["w"], kind, (1, 1), (1, 1), before, sizes)
        assert computed(made, values).tolist() == right.tolist()


def test_a_convolution_is_a_correlation_with_the_turned_kernel() -> None:
    g, rng = algebra(), np.random.default_rng(4)
    values = {"x": entries(rng, 4, 4), "w": entries(rng, 2, 3)}
    x, w = whole(g, "x", (4, 4), ("S1", "S2")), whole(g, "w", (2, 3), ("K1", "K2"), "kernel")
    window = window_of(x, w, "full")
    one = slide(g, x, w, "convolution", window)
    other = slide(g, x, rotated(g, w), "correlation", window)
    assert computed(one, values).tolist() == computed(other, values).tolist()


# channels ------------------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(
    sizes=st.fixed_dictionaries({name: st.integers(1, 3) for name in ("N", "C", "F", "H", "W", "k", "q")}), seed=SEEDS
)
def test_channels_that_both_have_are_summed(sizes: dict[str, int], seed: int) -> None:
    assume(sizes["k"] <= sizes["H"] and sizes["q"] <= sizes["W"])
    rng, g = np.random.default_rng(seed), algebra()
    x = whole(g, "x", ("N", "C", "H", "W"), ("N", "C", "S1", "S2"))
    w = whole(g, "w", ("F", "C", "k", "q"), ("F", "C", "K1", "K2"), "kernel")
    values = {
        "x": entries(rng, *(sizes[name] for name in ("N", "C", "H", "W"))),
        "w": entries(rng, *(sizes[name] for name in ("F", "C", "k", "q"))),
    }
    made = slide(g, x, w, "correlation", window_of(x, w, "valid"))
    outputs = (sizes["H"] - sizes["k"] + 1, sizes["W"] - sizes["q"] + 1)
    right = np.zeros((sizes["N"], sizes["F"], *outputs), dtype=int)
    for sample, filter_, channel in product(range(sizes["N"]), range(sizes["F"]), range(sizes["C"])):
        right[sample, filter_] += looped(
            values["x"][sample, channel], values["w"][filter_, channel], "correlation", (1, 1), (1, 1), (0, 0), outputs
        )
    assert [digit.kind for digit in made.digits] == ["N", "F", "P1", "P2"]
    assert computed(made, values, sizes).tolist() == right.tolist()


def test_channels_of_one_side_stay() -> None:
    """An input with channels under a kernel without: each channel by itself."""
    g, rng, sizes = algebra(), np.random.default_rng(6), {"C": 2, "n": 4, "k": 2}
    values = {"x": entries(rng, 2, 4), "w": entries(rng, 2)}
    x, w = whole(g, "x", ("C", "n"), ("C", "S1")), whole(g, "w", ("k",), ("K1",), "kernel")
    made = slide(g, x, w, "correlation", window_of(x, w, "valid"))
    right = [np.correlate(row, values["w"], "valid").tolist() for row in values["x"]]
    assert computed(made, values, sizes).tolist() == right


# what stands beside a window -----------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(sizes=st.fixed_dictionaries({name: st.integers(1, 4) for name in ("C", "k", "q")}), seed=SEEDS)
def test_rotated_turns_space_and_leaves_channels(sizes: dict[str, int], seed: int) -> None:
    rng, g = np.random.default_rng(seed), algebra()
    values = {"w": entries(rng, sizes["C"], sizes["k"], sizes["q"])}
    made = rotated(g, whole(g, "w", ("C", "k", "q"), ("C", "K1", "K2"), "kernel"))
    assert computed(made, values, sizes).tolist() == values["w"][:, ::-1, ::-1].tolist()
    assert computed(rotated(g, made), values, sizes).tolist() == values["w"].tolist()


def test_rotated_without_named_axes() -> None:
    """A matrix that is no tensor of a layer is turned as a whole, a vector along its one axis."""
    g, rng = algebra(), np.random.default_rng(7)
    values = {"A": entries(rng, 2, 3), "v": entries(rng, 4)}
    assert computed(rotated(g, whole(g, "A", (2, 3))), values).tolist() == np.rot90(values["A"], 2).tolist()
    assert computed(rotated(g, whole(g, "v", (4,))), values).tolist() == values["v"][::-1].tolist()


@settings(max_examples=25)
@given(n=st.integers(1, 4), m=st.integers(1, 4), s=st.integers(1, 3), t=st.integers(1, 3), seed=SEEDS)
def test_dilated_puts_zeros_between(n: int, m: int, s: int, t: int, seed: int) -> None:
    rng, g, sizes = np.random.default_rng(seed), algebra(), {"n": n, "m": m, "s": s, "t": t}
    values = {"x": entries(rng, n, m)}
    made = dilated(g, whole(g, "x", ("n", "m"), ("O1", "O2")), (Affine.of("s"), Affine.of("t")))
    right = np.zeros((s * (n - 1) + 1, t * (m - 1) + 1), dtype=int)
    right[::s, ::t] = values["x"]
    assert shape_of(made, sizes) == right.shape
    assert computed(made, values, sizes).tolist() == right.tolist()
    # beyond its entries there are zeros, so that a window may hang over
    assert outside(made, [right.shape[0] - 1 + s, 0], values, sizes) == 0
    assert outside(made, [-s, 0], values, sizes) == 0


def test_dilated_by_one_number_on_every_axis() -> None:
    g, rng = algebra(), np.random.default_rng(8)
    values = {"x": entries(rng, 2, 3, 2)}
    made = dilated(g, whole(g, "x", (2, 3, 2), ("C", "O1", "O2")), (Affine.of(2),))
    right = np.zeros((2, 5, 3), dtype=int)
    right[:, ::2, ::2] = values["x"]
    assert computed(made, values).tolist() == right.tolist()
    assert computed(dilated(g, whole(g, "x", (2, 3, 2)), (ONE,)), values).tolist() == values["x"].tolist()


@settings(max_examples=25)
@given(
    sizes=st.fixed_dictionaries({name: st.integers(1, 3) for name in ("C", "n", "m")}),
    pads=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    seed=SEEDS,
)
def test_padded(sizes: dict[str, int], pads: list[int], seed: int) -> None:
    rng, g = np.random.default_rng(seed), algebra()
    values = {"x": entries(rng, sizes["C"], sizes["n"], sizes["m"])}
    x = whole(g, "x", ("C", "n", "m"), ("C", "S1", "S2"))
    made = padded(g, x, of(pads[:2]), of(pads[2:]))
    right = np.pad(values["x"], ((0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    assert shape_of(made, sizes) == right.shape
    assert computed(made, values, sizes).tolist() == right.tolist()
    assert outside(made, [0, -1, 0], values, sizes) == outside(made, [0, 0, right.shape[2]], values, sizes) == 0


def test_what_is_put_together() -> None:
    """∂L/∂I of a strided layer: δ dilated, under the full window of the turned kernel."""
    g, rng, s = algebra(), np.random.default_rng(9), 2
    values = {"d": entries(rng, 3), "w": entries(rng, 3)}
    delta, w = whole(g, "d", (3,), ("O1",)), whole(g, "w", (3,), ("K1",), "kernel")
    spread = dilated(g, delta, (Affine.of(s),))
    turned = rotated(g, w)
    made = slide(g, spread, turned, "correlation", window_of(spread, turned, "full"))
    right = np.zeros(s * 2 + 3, dtype=int)
    for i, m in product(range(3), range(3)):
        right[s * i + m] += values["d"][i] * values["w"][m]
    assert computed(made, values).tolist() == right.tolist()


def test_a_window_over_a_window_reads_no_partial_results() -> None:
    """Beyond the inner result there are zeros, although the inner window would still touch the array there."""
    g = algebra()
    values = {"x": np.array([1, 10, 100]), "w": np.array([1, 1])}
    x, w = whole(g, "x", (3,), ("S1",)), whole(g, "w", (2,), ("K1",), "kernel")
    inner = slide(g, x, w, "correlation", window_of(x, w, "valid"))
    made = slide(g, inner, w, "correlation", window_of(inner, w, "full"))
    assert computed(made, values).tolist() == np.convolve([11, 110], [1, 1]).tolist()


# refused -------------------------------------------------------------------------------------------------------------


def test_what_is_refused() -> None:
    g = algebra()
    plain = Window((ONE,), (ONE,), (ZERO,), (Affine.of("n"),))
    x, w = whole(g, "x", ("n",), ("S1",)), whole(g, "w", ("k",), ("K1",), "kernel")
    with pytest.raises(MeaningError) as turned:
        slide(g, about_origin(x), w, "correlation", plain)
    assert str(turned.value) == "an array turned about its origin is understood as the second operand only"
    with pytest.raises(MeaningError) as ranks:
        slide(g, x, whole(g, "w", ("k", "k"), ("K1", "K2"), "kernel"), "correlation", plain)
    assert str(ranks.value) == "a sliding window over 1 axes has a kernel with 2"
    with pytest.raises(MeaningError) as digits:
        rotated(g, g.vec(whole(g, "A", ("a", "b"))))
    assert str(digits.value) == "rot180 of a vector of several digits is not understood"
