"""Arrays of every kind go in, the like come out; each mistake has its sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import symconv as sc
from symconv.errors import NameLookupError, ShapeError, SizeError, UnsupportedError

IMAGE = np.arange(25).reshape(5, 5)
KERNEL = np.array([[1, -1], [2, 0]])


def strided() -> sc.Operation:
    return sc.Conv2d(kernel_size=2, stride=2)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.float32, np.float64, np.complex128, object])
def test_numpy_arrays_of_any_type(kind: type) -> None:
    expected = [[KERNEL.ravel() @ IMAGE[a : a + 2, b : b + 2].ravel() for b in (0, 2)] for a in (0, 2)]
    found = strided().forward(I=IMAGE.astype(kind), K=KERNEL.astype(kind))
    assert isinstance(found, np.ndarray)
    assert found.tolist() == expected


def test_roles_stand_for_names() -> None:
    assert np.array_equal(strided().forward(input=IMAGE, kernel=KERNEL), strided().forward(I=IMAGE, K=KERNEL))


def test_nested_lists_of_fractions_stay_exact() -> None:
    op = sc.AvgPool1d(kernel_size=2)
    assert op.forward(I=[Fraction(1), Fraction(1, 3)]) == [Fraction(2, 3)]
    assert op.backward([Fraction(1)], I=[Fraction(1), Fraction(2)])["I"] == [Fraction(1, 2), Fraction(1, 2)]


def test_integers_beyond_64_bits_stay_exact() -> None:
    assert sc.Conv1d().forward(I=[2**70, 1], K=[3, 1]) == [3 * 2**70 + 1]


def test_sympy_matrices_give_sympy_matrices() -> None:
    image, kernel = sympy.Matrix(3, 3, sympy.symbols("x:9")), sympy.Matrix(2, 2, sympy.symbols("k:4"))
    op = sc.Conv2d()
    output = op.forward(I=image, K=kernel)
    assert isinstance(output, sympy.MatrixBase)
    upstream = sympy.Matrix(2, 2, sympy.symbols("g:4"))
    gradients = op.backward(upstream, I=image, K=kernel)
    loss = sum(g * o for g, o in zip(upstream, output, strict=True))
    assert gradients["K"] == kernel.applyfunc(lambda k: sympy.diff(loss, k))
    assert gradients["I"] == image.applyfunc(lambda x: sympy.diff(loss, x))


def test_a_column_matrix_is_a_vector() -> None:
    found = sc.Dense().forward(x=sympy.Matrix([1, 2]), W=sympy.Matrix([[1, 2], [3, 4], [5, 6]]))
    assert found == sympy.Matrix([5, 11, 17])


def test_sympy_arrays_of_three_axes() -> None:
    image = sympy.Array(sympy.symbols("x:8"), (2, 2, 2))
    found = sc.MaxPool2d(kernel_size=2, channels=True).forward(I=image)
    assert found.shape == (2, 1, 1)
    assert found[0, 0, 0] == sympy.Max(*sympy.symbols("x:4"))


def test_ties_split_the_gradient() -> None:
    image = [3, 3, 1]
    shares = {
        rule: sc.MaxPool1d(kernel_size=3, ties=rule).backward([6], I=image)["I"] for rule in ("first", "split", "all")
    }
    assert shares == {"first": [6, 0, 0], "split": [3, 3, 0], "all": [6, 6, 0]}


def test_nan_and_infinity_pass_through() -> None:
    image = np.array([1.0, np.nan, 3.0, np.inf])
    assert np.array_equal(
        sc.Conv1d().forward(I=image, K=np.array([1.0, 1.0])), [np.nan, np.nan, np.inf], equal_nan=True
    )
    assert np.array_equal(sc.MaxPool1d(kernel_size=2).forward(I=image), [np.nan, np.inf], equal_nan=True)
    gradient = sc.Conv1d().backward(np.array([np.nan, 1.0]), I=np.zeros(3), K=np.array([1.0, 2.0]))["I"]
    assert np.array_equal(gradient, [np.nan, np.nan, 2.0], equal_nan=True)


def test_symbolic_hyperparameters_take_values() -> None:
    op = sc.Conv2d(stride="s", padding="p")
    found = op.forward(I=IMAGE, K=KERNEL, sizes={"s": 2, "p": 1})
    assert found.tolist() == sc.Conv2d(stride=2, padding=1).forward(I=IMAGE, K=KERNEL).tolist()


def test_a_kernel_size_is_learned_through_its_expression() -> None:
    found = sc.Conv1d(kernel_size="2k+1", padding="k").forward(I=[1, 2, 3], K=[1, 1, 1])
    assert found == [3, 6, 5]


def test_backward_takes_sizes_for_an_input_that_it_does_not_read() -> None:
    gradient = sc.Conv1d(bias=True).backward([1, 2], K=[1, 1, 1], I=[0, 0, 0, 0])
    assert gradient["b"] == 3
    assert gradient["I"] == [1, 3, 3, 2]


def test_operations_differ_by_the_names_of_their_output() -> None:
    """What one layer has cached must not serve another one with other names."""
    plain, named = sc.Conv1d(2, 2), sc.Conv1d(2, 2, output_size="P")
    assert plain != named
    assert plain == sc.Conv1d(2, 2)
    for op in (plain, named):
        assert op.backward([1, 1], I=[1, 2, 3, 4], K=[1, 1])["K"] == [4, 6]


def test_a_changed_copy_has_its_own_output_size() -> None:
    assert replace(sc.Conv2d(3, input_size=7), stride=2).output_size == (3, 3)
    assert pickle.loads(pickle.dumps(sc.Conv2d(3, input_size=7))) == sc.Conv2d(3, input_size=7)


def test_lists_are_tuples() -> None:
    op = sc.Conv2d([2, 2], stride=[1, 1])
    assert op == sc.Conv2d((2, 2), stride=(1, 1))
    assert op.backward([[1]], I=[[1, 2], [3, 4]], K=[[1, 1], [1, 1]])["K"] == [[1, 2], [3, 4]]


def test_sizes_from_a_share_of_the_channels_and_from_the_upstream_gradient() -> None:
    grouped = sc.ConvTranspose1d(3, groups=3, channels=True)
    assert grouped.forward(I=np.ones((6, 2), dtype=int), K=np.ones((6, 1, 3), dtype=int)).shape == (3, 4)
    assert sc.Pad(1, dims=1).backward([5, 6, 7, 8])["I"] == [6, 7]
    flat = sc.Flatten(batch=True, in_channels=2, input_size=2)
    assert np.shape(flat.backward([[1, 2, 3, 4, 5, 6, 7, 8]])["I"]) == (1, 2, 2, 2)


MISTAKES: list[Any] = [
    pytest.param(
        lambda: strided().forward(I=IMAGE[0], K=KERNEL),
        ShapeError,
        "I of Conv2d must have 2 axes (H, W), got shape (5,)",
        id="wrong rank",
    ),
    pytest.param(
        lambda: strided().forward(I=IMAGE, K=KERNEL[:1]),
        ShapeError,
        "K of Conv2d must have shape (2, 2) (2, 2), got shape (1, 2)",
        id="wrong shape",
    ),
    pytest.param(
        lambda: strided().backward(np.ones((3, 2)), I=IMAGE, K=KERNEL),
        ShapeError,
        "upstream of Conv2d must have shape (2, 2) (O_1, O_2), got shape (3, 2)",
        id="wrong upstream",
    ),
    pytest.param(lambda: strided().forward(I=IMAGE), ShapeError, "forward of Conv2d needs K", id="missing array"),
    pytest.param(
        lambda: strided().forward(I=IMAGE, K=KERNEL, b=1),
        NameLookupError,
        "Conv2d has no tensor 'b'; its tensors are I (input), K (kernel)",
        id="unknown tensor",
    ),
    pytest.param(
        lambda: strided().forward(I=IMAGE, input=IMAGE, K=KERNEL),
        NameLookupError,
        "Conv2d got the tensor I twice: as 'input' and by its name",
        id="given twice",
    ),
    pytest.param(
        lambda: sc.Conv2d(stride="s").forward(I=IMAGE, K=KERNEL),
        SizeError,
        "Conv2d: no array determines the size s; pass sizes={'s': …} or the array that has it",
        id="unknown size",
    ),
    pytest.param(
        lambda: sc.Conv2d(stride="s").forward(I=IMAGE, K=KERNEL, sizes={"t": 1}),
        SizeError,
        "sizes: Conv2d has no size 't'; its sizes are H, O_1, O_2, W, k_1, k_2, s",
        id="size of another name",
    ),
    pytest.param(
        lambda: sc.Conv2d(stride="s").forward(I=IMAGE, K=KERNEL, sizes={"s": 0}),
        SizeError,
        "sizes: s of Conv2d must be at least 1, got 0",
        id="size below its minimum",
    ),
    pytest.param(
        lambda: sc.Conv2d(stride=2).forward(I=IMAGE[:1], K=KERNEL),
        SizeError,
        "kernel_size of Conv2d: the kernel spans 2 entries on spatial axis 1, more than the 1 of the padded input",
        id="kernel larger than this input",
    ),
    pytest.param(
        lambda: sc.Conv1d(groups="g", in_channels="C").forward(I=np.ones((3, 4)), K=np.ones((2, 1, 2)), sizes={"g": 2}),
        SizeError,
        "groups of Conv1d must divide in_channels: 2 does not divide 3",
        id="groups that do not divide these channels",
    ),
    pytest.param(
        lambda: sc.Conv1d().forward(I=["a", "b"], K=[1]),
        ShapeError,
        "an array's entries must be numbers or SymPy expressions, got ['a', 'b']",
        id="text",
    ),
    pytest.param(
        lambda: sc.Conv2d().forward(I=[[1, 2], [Fraction(3)]], K=[[1]]),
        ShapeError,
        "nested lists must have equal lengths: expected 2 entries at (1,)",
        id="ragged lists",
    ),
    pytest.param(
        lambda: sc.Conv1d(padding=(1, 2)),
        SizeError,
        "padding of Conv1d takes one value; a pair (before, after) is written ((1, 2),)",
        id="a pair on one axis",
    ),
    pytest.param(
        lambda: sc.Conv1d("k", padding="(k-1)/2").forward(I=[1, 2, 3], K=[1, 1]),
        SizeError,
        "padding of Conv1d: 2 must divide 1",
        id="half of an odd number",
    ),
    pytest.param(
        lambda: sc.Conv1d("k//2").forward(I=[1, 2, 3], K=[], sizes={"k": 1}),
        SizeError,
        "kernel_size of Conv1d must be at least 1, got 0",
        id="a quotient below its minimum",
    ),
    pytest.param(
        lambda: sc.Conv1d(channels="yes"),
        SizeError,
        "channels of Conv1d must be True or False, got 'yes'",
        id="not a flag",
    ),
    pytest.param(
        lambda: sc.Conv1d(padding="SAME"),
        SizeError,
        "padding of Conv1d is a size or one of same, valid, full, got 'SAME'",
        id="a word of another library",
    ),
    pytest.param(
        lambda: sc.Pad(1, value=float("nan")),
        SizeError,
        "value of Pad must be a finite number, got nan",
        id="a constant that is no number",
    ),
    pytest.param(
        lambda: sc.derive(3, "K"),
        UnsupportedError,
        "derive takes an operation or a definition, got int",
        id="no operation",
    ),
    pytest.param(
        lambda: sc.derive(sc.Conv1d(), "K", eliminate="foo"),
        UnsupportedError,
        "eliminate must be one of auto, tap, output, none, got 'foo'",
        id="no such choice",
    ),
    pytest.param(
        lambda: sc.validate(sc.Conv1d()),
        UnsupportedError,
        "validate takes a derivation, as derive gives it, got Conv1d",
        id="validate an operation",
    ),
    pytest.param(
        lambda: sc.validate(sc.derive(sc.Conv1d(), "K"), cases=0),
        SizeError,
        "cases must be an integer of at least 1, got 0",
        id="no cases",
    ),
    pytest.param(
        lambda: sc.Conv1d(stride=1.5),
        SizeError,
        "stride of Conv1d must be an integer, a name or an expression in names, got float 1.5",
        id="float",
    ),
]


@pytest.mark.parametrize(("call", "error", "sentence"), MISTAKES)
def test_mistakes(call: Callable[[], object], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence
