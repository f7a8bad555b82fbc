"""The worked numbers of the five course notes (deepteaching, wu, oxford, gatech, simple-cnn), reproduced."""

from __future__ import annotations

import numpy as np
import pytest

import symconv as sc
from symconv.forms.count import parameters
from symconv.forms.explicit import values
from symconv.forms.structured import explicit_matrix, im2row

IMAGE = np.array([[1, 1, -2, 0, 1], [1, 0, 0, 2, 1], [0, 1, 0, 5, -1], [-2, 1, 0, -1, 1], [0, 1, 0, 5, -1]])
KERNEL = np.array([[0, 1, 1], [1, 0, 0], [0, 1, 0]])
ONES = np.ones((2, 2), dtype=int)


def strided() -> sc.Operation:
    return sc.Conv2d(kernel_size=3, stride=2)


def test_deepteaching_convolution() -> None:
    assert strided().forward(I=IMAGE, K=KERNEL).tolist() == [[1, 6], [0, 9]]


def test_deepteaching_kernel_gradient() -> None:
    gradient = strided().backward(ONES, I=IMAGE, K=KERNEL)["K"]
    assert gradient.tolist() == [[-1, 7, -2], [-1, 2, 2], [0, 12, -2]]


def test_deepteaching_input_gradient() -> None:
    gradient = strided().backward(ONES, I=IMAGE, K=KERNEL)["I"]
    expected = [[0, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 2, 1, 2, 1], [1, 0, 1, 0, 0], [0, 1, 0, 1, 0]]
    assert gradient.tolist() == expected


def test_deepteaching_im2row() -> None:
    op = strided()
    matrix = values(explicit_matrix(im2row(op), op, arrays={"I": IMAGE, "K": KERNEL}))
    assert [list(row) for row in matrix] == [
        [1, 1, -2, 1, 0, 0, 0, 1, 0],
        [-2, 0, 1, 0, 2, 1, 0, 5, -1],
        [0, 1, 0, -2, 1, 0, 0, 1, 0],
        [0, 5, -1, 0, -1, 1, 0, 5, -1],
    ]


def test_wu_im2col() -> None:
    op = sc.Conv2d(kernel_size=2)
    image = [[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]]
    rows = values(explicit_matrix(im2row(op, "column"), op, arrays={"I": image}))
    assert [list(column) for column in zip(*rows, strict=True)] == [
        [1, 4, 2, 5, 3, 6],
        [4, 7, 5, 8, 6, 9],
        [2, 5, 3, 6, 1, 1],
        [5, 8, 6, 9, 1, 1],
    ]


def test_deepteaching_max_pooling() -> None:
    assert sc.MaxPool2d(kernel_size=3, stride=2).forward(I=IMAGE).tolist() == [[1, 5], [1, 5]]


def test_deepteaching_output_size() -> None:
    op = sc.Conv2d(kernel_size=40, stride=2, in_channels=3, out_channels=12323, input_size=200)
    assert [size.constant for size in op.tensors["O"].shape] == [12323, 81, 81]


def test_wu_figure_3() -> None:
    image = [[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]]
    op = sc.Conv2d(kernel_size=2)
    assert op.forward(I=image, K=[[1, 1], [1, 1]]) == [[12, 16, 11], [24, 28, 17]]


def test_wu_overlapping_max_pooling_collects_two_upstream_gradients() -> None:
    """With 2×2 windows at stride 1, the entry 9 at (2,2) is the maximum of windows (1,1) and (1,2)."""
    image = np.array([[1, 2, 3, 1], [4, 5, 6, 1], [7, 8, 9, 1]])
    upstream = np.array([[1, 10, 100], [1000, 10000, 100000]])
    gradient = sc.MaxPool2d(kernel_size=2, stride=1).backward(upstream, I=image)["I"]
    assert gradient[2, 2] == upstream[1, 1] + upstream[1, 2]


def test_oxford_output_size() -> None:
    assert sc.Conv2d(kernel_size=5, stride=2, input_size=100).output_size == (48, 48)


def test_gatech_patch() -> None:
    patch = [[200, 150, 150], [100, 50, 100], [25, 25, 10]]
    sobel = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    assert sc.Conv2d(kernel_size=3).forward(I=patch, K=sobel) == [[65]]
    assert sc.Conv2d(kernel_size=3, bias=True).forward(I=patch, K=sobel, b=7) == [[65 + 7]]
    assert sc.AvgPool2d(kernel_size=3).forward(I=patch) == [[90]]
    assert sc.MaxPool2d(kernel_size=3).forward(I=patch) == [[200]]


def test_gatech_parameters() -> None:
    op = sc.Conv2d(kernel_size=3, in_channels=3, out_channels=4, bias=True)
    assert parameters(op.definition).constant == 112


@pytest.mark.parametrize(
    ("stride", "expected"),
    [
        pytest.param(1, ["a*k_1 + b*k_2", "b*k_1 + c*k_2", "c*k_1 + d*k_2"], id="stride 1"),
        pytest.param(2, ["a*k_1 + b*k_2", "c*k_1 + d*k_2"], id="stride 2"),
        pytest.param(3, ["a*k_1 + b*k_2"], id="stride 3 drops the tail"),
    ],
)
def test_simple_cnn_strides(stride: int, expected: list[str]) -> None:
    import sympy

    a, b, c, d, k1, k2 = sympy.symbols("a b c d k_1 k_2")
    found = sc.Conv1d(stride=stride).forward(I=[a, b, c, d], K=[k1, k2])
    assert [str(entry) for entry in found] == expected
