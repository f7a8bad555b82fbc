"""Every number of docs/errata.md."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pytest

ERRATA = Path(__file__).parents[2] / "docs" / "errata.md"
WU = np.array([[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]])


def correlate(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """Plain loops over a valid cross-correlation."""
    rows = (image.shape[0] - kernel.shape[0]) // stride + 1
    columns = (image.shape[1] - kernel.shape[1]) // stride + 1
    found = np.zeros((rows, columns), dtype=int)
    for i in range(rows):
        for j in range(columns):
            for m in range(kernel.shape[0]):
                for n in range(kernel.shape[1]):
                    found[i, j] += kernel[m, n] * image[stride * i + m, stride * j + n]
    return found


def test_the_page_names_every_text() -> None:
    text = ERRATA.read_text()
    assert all(f"## {name} " in text for name in ("wu", "oxford", "deepteaching", "gatech", "simple-cnn"))


def test_wu_limits_one_too_large() -> None:
    ones = np.ones((2, 2), dtype=int)
    assert correlate(WU, ones).tolist() == [[12, 16, 11], [24, 28, 17]]
    printed = [(i, j, d) for i in range(2 + 1) for j in range(2 + 1) for d in range(1 + 1)]
    assert len(printed) == 18
    assert sum(WU[i, j] for i, j, d in printed if d == 0) == 45
    with pytest.raises(IndexError):
        ones[2, 0]


def test_wu_winner_compares_with_the_input() -> None:
    x = np.array([[1, 2], [3, 4]])
    y = np.array([[x.max()]])
    assert y.tolist() == [[4]]
    assert all(x[1, 1] >= x[i, j] for i in range(2) for j in range(2))
    with pytest.raises(IndexError):
        y[1, 1]


def test_wu_map_is_not_one_to_one() -> None:
    pairs = {(i, j, m, n): (i + m, j + n) for i in range(2) for j in range(3) for m in range(2) for n in range(2)}
    assert len(pairs) == 24
    assert len(set(pairs.values())) == WU.size == 12
    assert sum(WU[at] == 5 for at in pairs.values()) == 4


def test_oxford_rows_and_columns() -> None:
    rows = ((1, 2, 3), (4, 5, 6))
    image = {(row, column): rows[row - 1][column - 1] for row in (1, 2) for column in (1, 2, 3)}
    s, j, k = 1, 1, 1
    assert image[s * 0 + j, s * 1 + k] == 2
    y, x = 0, 1
    assert image[s * x + j, s * y + k] == 4
    y, x = 0, 2
    assert (s * x + j, s * y + k) == (3, 1)
    assert (3, 1) not in image


def test_oxford_missing_sum() -> None:
    a = {1: 1, 2: 2, 3: 3}
    products = [a[i + 1 - 1] for i in (1, 2)]
    assert products == [1, 2]
    assert sum(products) == 3
    loss = [sum(w1 * a[i] + 5 * a[i + 1] for i in (1, 2)) for w1 in (7, 8)]
    assert loss[1] - loss[0] == 3


def test_deepteaching_derivative_of_a_matrix() -> None:
    image = np.array([[1, 1, -2, 0, 1], [1, 0, 0, 2, 1], [0, 1, 0, 5, -1], [-2, 1, 0, -1, 1], [0, 1, 0, 5, -1]])
    kernel = np.array([[0, 1, 1], [1, 0, 0], [0, 1, 0]])
    assert correlate(image, kernel, 2).tolist() == [[1, 6], [0, 9]]
    moved = kernel.copy()
    moved[0, 0] += 1
    derivative = correlate(image, moved, 2) - correlate(image, kernel, 2)
    assert derivative.tolist() == [[1, -2], [0, 0]]
    assert sum(image[2 * i, 2 * j] for i in range(2) for j in range(2)) == derivative.sum() == -1


def test_deepteaching_limits_and_size() -> None:
    kernel = np.array([[2, 3, 5]])
    assert correlate(np.array([[1, 1, 1, 1]]), kernel, 2).shape == (1, 1)
    assert correlate(np.array([[1, 1, 1, 9]]), kernel, 2) == correlate(np.array([[1, 1, 1, 1]]), kernel, 2)
    printed = sum(kernel[0, 4 - 2 * (i - 1) - 1] for i in range(1, 9) if 1 <= 4 - 2 * (i - 1) <= 3)
    assert printed == kernel[0, 1]
    assert Fraction(4 - 3, 2) + 1 == Fraction(3, 2)
    assert floor(Fraction(4 - 3, 2)) + 1 == 1


def test_gatech() -> None:
    x, k = (1, 2, 3), (1, 10)
    y = [sum(x[r + a] * k[a] for a in range(2)) for r in range(2)]
    assert y == [21, 32]
    assert list(np.ndindex(2, 2))[-1] == (1, 1)
    assert Fraction(2 - 1, 2) == Fraction(1, 2)
    assert Fraction(6 - 3, 2) + 1 == Fraction(5, 2)
    assert correlate(np.ones((6, 6), dtype=int), np.ones((3, 3), dtype=int), 2).shape == (2, 2)


def test_simple_cnn_valid_is_a_correlation() -> None:
    printed = np.array([[1, 10, 0], [0, 1, 10]]) @ np.array([1, 2, 3])
    assert printed.tolist() == [21, 32]
    assert np.convolve([1, 2, 3], [1, 10], "valid").tolist() == [12, 23]
    assert np.correlate([1, 2, 3], [1, 10], "valid").tolist() == [21, 32]
