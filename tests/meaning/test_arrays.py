"""Operations on whole arrays against numpy: every entry of every result, on random sizes with axes of length 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.nodes import NOTHING, Access, Add, Scalar
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.meaning.arrays import Algebra, Array, Digit, scalar
from symconv.meaning.errors import MeaningError, ShapeError
from tests.meaning.by_numbers import algebra, computed, entries, shape_of, whole

SIZES = st.fixed_dictionaries({name: st.integers(1, 4) for name in ("a", "b", "c", "d")})
SEEDS = st.integers(0, 10**6)


def column(made_by: Algebra, name: str, size: str) -> Array:
    return whole(made_by, name, (size,))


def row(made_by: Algebra, name: str, size: str) -> Array:
    return made_by.transpose(column(made_by, name, size))


# Each case builds a result from P, Q and R (their sizes by name) and says what numpy makes of the same arrays. Vectors
# are 1-D for numpy, so that a row and a column differ only in what may be done with them.
Case = tuple[dict[str, tuple[str, ...]], Callable[..., Array], Callable[..., Any]]
OPERATIONS: dict[str, Case] = {
    # entrywise
    "add": ({"P": ("a", "b"), "Q": ("a", "b")}, lambda g, p, q: g.add(p, q), lambda p, q: p + q),
    "add, vectors": ({"P": ("a",), "Q": ("a",)}, lambda g, p, q: g.add(p, q), lambda p, q: p + q),
    "add, three axes": ({"P": ("a", "b", "c"), "Q": ("a", "b", "c")}, lambda g, p, q: g.add(p, q), lambda p, q: p + q),
    "add to itself": ({"P": ("a", "b")}, lambda g, p: g.add(p, p), lambda p: 2 * p),
    "add a number": ({"P": ("a", "b")}, lambda g, p: g.add(p, scalar(Scalar(Affine.of(7)))), lambda p: p + 7),
    "add to a number": ({"P": ("a", "b")}, lambda g, p: g.add(scalar(Scalar(Affine.of(7))), p), lambda p: 7 + p),
    "hadamard": ({"P": ("a", "b"), "Q": ("a", "b")}, lambda g, p, q: g.hadamard(p, q), lambda p, q: p * q),
    "hadamard with a sum": (
        {"P": ("a", "b"), "Q": ("a", "b"), "R": ("a", "b")},
        lambda g, p, q, r: g.hadamard(p, g.add(q, r)),
        lambda p, q, r: p * (q + r),
    ),
    "hadamard, rows": (
        {"P": ("a",), "Q": ("a",)},
        lambda g, p, q: g.hadamard(g.transpose(p), g.transpose(q)),
        lambda p, q: p * q,
    ),
    "a number times an array": (
        {"P": ("a", "b")},
        lambda g, p: g.hadamard(scalar(Scalar(Affine.of(3))), p),
        lambda p: 3 * p,
    ),
    "negate": ({"P": ("a", "b")}, lambda g, p: g.negate(p), lambda p: -p),
    "scale": ({"P": ("a", "b")}, lambda g, p: g.scale(Scalar(Affine.of(5)), p), lambda p: 5 * p),
    # matrix products, in every orientation
    "matrix times matrix": ({"P": ("a", "b"), "Q": ("b", "c")}, lambda g, p, q: g.matmul(p, q), lambda p, q: p @ q),
    "matrix times column": ({"P": ("a", "b"), "Q": ("b",)}, lambda g, p, q: g.matmul(p, q), lambda p, q: p @ q),
    "row times matrix": (
        {"P": ("a",), "Q": ("a", "b")},
        lambda g, p, q: g.matmul(g.transpose(p), q),
        lambda p, q: p @ q,
    ),
    "row times column": (
        {"P": ("a",), "Q": ("a",)},
        lambda g, p, q: g.matmul(g.transpose(p), q),
        lambda p, q: p @ q,
    ),
    "column times row": (
        {"P": ("a",), "Q": ("b",)},
        lambda g, p, q: g.matmul(p, g.transpose(q)),
        np.outer,
    ),
    "a vector times itself": ({"P": ("a",)}, lambda g, p: g.matmul(g.transpose(p), p), lambda p: p @ p),
    "a square matrix squared": ({"P": ("a", "a")}, lambda g, p: g.matmul(p, p), lambda p: p @ p),
    "matrix times number": (
        {"P": ("a", "b")},
        lambda g, p: g.matmul(p, scalar(Scalar(Affine.of(2)))),
        lambda p: 2 * p,
    ),
    "three matrices": (
        {"P": ("a", "b"), "Q": ("b", "c"), "R": ("c", "d")},
        lambda g, p, q, r: g.matmul(g.matmul(p, q), r),
        lambda p, q, r: p @ q @ r,
    ),
    "A^T A": ({"P": ("a", "b")}, lambda g, p: g.matmul(g.transpose(p), p), lambda p: p.T @ p),
    "transpose": ({"P": ("a", "b")}, lambda g, p: g.transpose(p), lambda p: p.T),
    "transpose twice": ({"P": ("a", "b")}, lambda g, p: g.transpose(g.transpose(p)), lambda p: p),
    "transpose of a product": (
        {"P": ("a", "b"), "Q": ("b", "c")},
        lambda g, p, q: g.transpose(g.matmul(p, q)),
        lambda p, q: q.T @ p.T,
    ),
    # contraction over chosen axes
    "contract nothing": (
        {"P": ("a", "b"), "Q": ("c",)},
        lambda g, p, q: g.contract(p, q, [], "here"),
        lambda p, q: np.einsum("ij,k->ijk", p, q),
    ),
    "contract both axes": (
        {"P": ("a", "b"), "Q": ("a", "b")},
        lambda g, p, q: g.contract(p, q, [(0, 0), (1, 1)], "here"),
        lambda p, q: np.sum(p * q),
    ),
    "contract crosswise": (
        {"P": ("a", "b"), "Q": ("b", "a")},
        lambda g, p, q: g.contract(p, q, [(0, 1), (1, 0)], "here"),
        lambda p, q: np.trace(p @ q),
    ),
    "contract the outer axes": (
        {"P": ("a", "b", "c"), "Q": ("d", "a", "c")},
        lambda g, p, q: g.contract(p, q, [(0, 1), (2, 2)], "here"),
        lambda p, q: np.einsum("abc,dac->bd", p, q),
    ),
    # vec and ⊗
    "vec by columns": ({"P": ("a", "b")}, lambda g, p: g.vec(p), lambda p: p.reshape(-1, order="F")),
    "vec by rows": ({"P": ("a", "b")}, lambda g, p: g.vec(p, "row"), lambda p: p.reshape(-1, order="C")),
    "vec by columns, 3-D": ({"P": ("a", "b", "c")}, lambda g, p: g.vec(p), lambda p: p.reshape(-1, order="F")),
    "vec by rows, 3-D": ({"P": ("a", "b", "c")}, lambda g, p: g.vec(p, "row"), lambda p: p.reshape(-1, order="C")),
    "vec of a vector": ({"P": ("a",)}, lambda g, p: g.vec(p), lambda p: p),
    "vec of vec": ({"P": ("a", "b")}, lambda g, p: g.vec(g.vec(p)), lambda p: p.reshape(-1, order="F")),
    "kron": ({"P": ("a", "b"), "Q": ("c", "d")}, lambda g, p, q: g.kron(p, q), np.kron),
    "kron of vectors": ({"P": ("a",), "Q": ("b",)}, lambda g, p, q: g.kron(p, q), np.kron),
    "kron of three": (
        {"P": ("a", "b"), "Q": ("c", "d"), "R": ("b", "a")},
        lambda g, p, q, r: g.kron(p, g.kron(q, r)),
        lambda p, q, r: np.kron(p, np.kron(q, r)),
    ),
    "kron with itself": ({"P": ("a", "b")}, lambda g, p: g.kron(p, p), lambda p: np.kron(p, p)),
    "kron times vec": (
        {"P": ("a", "b"), "Q": ("c", "d"), "R": ("d", "b")},
        lambda g, p, q, r: g.matmul(g.kron(p, q), g.vec(r)),
        # vec(Q R P^T) = (P ⊗ Q) vec(R)
        lambda p, q, r: (q @ r @ p.T).reshape(-1, order="F"),
    ),
    "kron times kron": (
        {"P": ("a", "b"), "Q": ("c", "d"), "R": ("b", "c")},
        lambda g, p, q, r: g.matmul(g.kron(p, q), g.kron(r, g.transpose(q))),
        lambda p, q, r: np.kron(p @ r, q @ q.T),
    ),
    # diagonals and sums
    "diagonal": ({"P": ("a",)}, lambda g, p: g.diagonal(p), np.diag),
    "diagonal of a row": ({"P": ("a",)}, lambda g, p: g.diagonal(g.transpose(p)), np.diag),
    "diagonal of vec": (
        {"P": ("a", "b")},
        lambda g, p: g.diagonal(g.vec(p)),
        lambda p: np.diag(p.reshape(-1, order="F")),
    ),
    "diagonal times matrix": (
        {"P": ("a",), "Q": ("a", "b")},
        lambda g, p, q: g.matmul(g.diagonal(p), q),
        lambda p, q: np.diag(p) @ q,
    ),
    "total": ({"P": ("a", "b")}, lambda g, p: g.total(p), np.sum),
    "total of kron": (
        {"P": ("a",), "Q": ("b",)},
        lambda g, p, q: g.total(g.kron(p, q)),
        lambda p, q: p.sum() * q.sum(),
    ),
    "total of a number": ({}, lambda g: g.total(scalar(Scalar(Affine.of(4)))), lambda: np.array(4)),
}


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=20)
@given(sizes=SIZES, seed=SEEDS)
def test_operations(name: str, sizes: dict[str, int], seed: int) -> None:
    shapes, build, expected = OPERATIONS[name]
    rng, g = np.random.default_rng(seed), algebra()
    values = {each: entries(rng, *(sizes[size] for size in shape)) for each, shape in shapes.items()}
    result = build(g, *(whole(g, each, shape) for each, shape in shapes.items()))
    right = np.asarray(expected(*values.values()))
    assert shape_of(result, sizes) == right.shape
    assert computed(result, values, sizes).tolist() == right.tolist()


def test_every_size_of_1() -> None:
    """The property above draws 1 often; here every operation has all its axes of length 1 at once."""
    sizes = dict.fromkeys("abcd", 1)
    for shapes, build, expected in OPERATIONS.values():
        g = algebra()
        values = {each: np.full((1,) * len(shape), 3 + at) for at, (each, shape) in enumerate(shapes.items())}
        result = build(g, *(whole(g, each, shape) for each, shape in shapes.items()))
        assert computed(result, values, sizes).tolist() == np.asarray(expected(*values.values())).tolist()


def test_identity() -> None:
    g = algebra()
    axis = (Digit(g.fresh(), Affine.of("n")),)
    assert computed(g.identity(axis), {}, {"n": 4}).tolist() == np.eye(4, dtype=int).tolist()
    assert computed(g.identity(axis), {}, {"n": 1}).tolist() == [[1]]


def test_identity_on_an_axis_of_two_digits_is_the_kronecker_product_of_two() -> None:
    g = algebra()
    axis = (Digit(g.fresh(), Affine.of("n")), Digit(g.fresh(), Affine.of("m")))
    made = computed(g.identity(axis), {}, {"n": 2, "m": 3})
    assert made.tolist() == np.kron(np.eye(2, dtype=int), np.eye(3, dtype=int)).tolist()


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([[1, 2, 3], [4, 5, 6]], id="2 by 3"),
        pytest.param([[1, 2], [0, 3]], id="with a zero"),
        pytest.param([[0, 0], [0, 0]], id="nothing but zeros"),
        pytest.param([[7]], id="one entry"),
        pytest.param([[1], [2], [3]], id="one column"),
        pytest.param([[1, 2, 3]], id="one row"),
    ],
)
def test_explicit(rows: list[list[int]]) -> None:
    g = algebra()
    cells = [[NOTHING if value == 0 else Scalar(Affine.of(value)) for value in each] for each in rows]
    made = g.explicit(cells)
    right = np.array(rows)
    # one column and one row are vectors of their orientation
    expected = right.reshape(-1) if 1 in right.shape else right
    assert made.orientation == ("row" if right.shape[0] == 1 and right.shape[1] > 1 else "column")
    assert shape_of(made) == expected.shape
    assert computed(made, {}).tolist() == expected.tolist()


def test_an_explicit_matrix_is_zero_outside() -> None:
    """Positions that a matrix does not have are 0, as with every other array."""
    made = algebra().explicit([[Scalar(Affine.of(1)), Scalar(Affine.of(2))]])
    (digit,) = made.digits
    for at in (-1, 2, 3):
        assert evaluate(made.body, Environment({}, {}, {}, {digit.index: at})) == 0


@settings(max_examples=20)
@given(sizes=SIZES, seed=SEEDS)
def test_a_bias_is_added_to_every_position_of_its_channel(sizes: dict[str, int], seed: int) -> None:
    rng, g = np.random.default_rng(seed), algebra()
    array, bias = whole(g, "P", ("a", "b", "c"), ("F", "O1", "O2")), whole(g, "b", ("a",), ("F",), "bias")
    values = {"P": entries(rng, sizes["a"], sizes["b"], sizes["c"]), "b": entries(rng, sizes["a"])}
    right = values["P"] + values["b"][:, None, None]
    assert computed(g.add(array, bias), values, sizes).tolist() == right.tolist()
    assert computed(g.add(bias, array), values, sizes).tolist() == right.tolist()


def test_a_bias_with_a_batch_in_front() -> None:
    g, sizes = algebra(), {"a": 2, "b": 3, "c": 2}
    rng = np.random.default_rng(0)
    array, bias = whole(g, "P", ("a", "b", "c"), ("N", "F", "O1")), whole(g, "b", ("b",), ("F",), "bias")
    values = {"P": entries(rng, 2, 3, 2), "b": entries(rng, 3)}
    assert computed(g.add(array, bias), values, sizes).tolist() == (values["P"] + values["b"][None, :, None]).tolist()


def test_no_index_is_captured() -> None:
    """(P P)(P P) binds its inner indices twice; each sum must have names of its own."""
    g, sizes = algebra(), {"a": 3}
    p = whole(g, "P", ("a", "a"))
    squared = g.matmul(p, p)
    values = {"P": entries(np.random.default_rng(5), 3, 3)}
    right = np.linalg.matrix_power(values["P"], 4)
    assert computed(g.matmul(squared, squared), values, sizes).tolist() == right.tolist()
    assert (
        computed(g.hadamard(squared, g.transpose(squared)), values, sizes).tolist()
        == ((values["P"] @ values["P"]) * (values["P"] @ values["P"]).T).tolist()
    )


def test_reads_outside_of_a_tensor_are_zero() -> None:
    x = Tensor("x", "input", (Affine.of(2),), ("i",), ("S1",))
    made = Array(((Digit("i", Affine.of(6)),),), Add((Access(x, (Affine.of("i") - 2,)),)))
    assert computed(made, {"x": np.array([5, 6])}).tolist() == [0, 0, 5, 6, 0, 0]


# What has no meaning is refused: the sentence says what the two sides are.
def three_axes(g: Algebra) -> Array:
    return whole(g, "P", ("a", "b", "c"))


REFUSED = [
    pytest.param(
        lambda g: g.add(whole(g, "P", ("a", "b")), whole(g, "Q", ("a", "c"))),
        ShapeError,
        "a sum of arrays of different sizes: b against c",
        id="a sum of two sizes",
    ),
    pytest.param(
        lambda g: g.add(column(g, "P", "a"), row(g, "Q", "a")),
        ShapeError,
        "a sum of arrays of different sizes: they have 1 and 1 axes",
        id="a column plus a row",
    ),
    pytest.param(
        lambda g: g.hadamard(whole(g, "P", ("a", "b")), whole(g, "Q", ("a",))),
        ShapeError,
        "an entrywise product of arrays of different sizes: they have 2 and 1 axes",
        id="entrywise, different ranks",
    ),
    pytest.param(
        lambda g: g.transpose(three_axes(g)), MeaningError, "an array with 3 axes has no transpose", id="transpose, 3-D"
    ),
    pytest.param(
        lambda g: g.matmul(whole(g, "P", ("a", "b")), whole(g, "Q", ("c", "d"))),
        ShapeError,
        "a matrix product of sizes that do not fit: b against c",
        id="matrices that do not fit",
    ),
    pytest.param(
        lambda g: g.matmul(column(g, "P", "a"), column(g, "Q", "a")),
        ShapeError,
        "a matrix product of sizes that do not fit: a column times a column",
        id="two columns",
    ),
    pytest.param(
        lambda g: g.matmul(whole(g, "P", ("a", "b")), row(g, "Q", "b")),
        ShapeError,
        "a matrix product of sizes that do not fit: a matrix times a row",
        id="matrix times row",
    ),
    pytest.param(
        lambda g: g.matmul(column(g, "Q", "a"), whole(g, "P", ("a", "b"))),
        ShapeError,
        "a matrix product of sizes that do not fit: a column times a matrix",
        id="column times matrix",
    ),
    pytest.param(
        lambda g: g.matmul(three_axes(g), column(g, "Q", "c")),
        ShapeError,
        "a matrix product of sizes that do not fit: a array with 3 axes times a column",
        id="3-D times a column",
    ),
    pytest.param(
        lambda g: g.kron(whole(g, "P", ("a", "b")), column(g, "Q", "a")),
        MeaningError,
        "⊗ between a matrix and a column",
        id="kron of two ranks",
    ),
    pytest.param(
        lambda g: g.kron(three_axes(g), three_axes(g)),
        MeaningError,
        "⊗ between a array with 3 axes and a array with 3 axes",
        id="kron, 3-D",
    ),
    pytest.param(
        lambda g: g.diagonal(whole(g, "P", ("a", "b"))),
        MeaningError,
        "diag takes a vector, not a matrix",
        id="diag of a matrix",
    ),
    pytest.param(
        lambda g: g.diagonal(scalar(NOTHING)), MeaningError, "diag takes a vector, not a number", id="diag of a number"
    ),
    pytest.param(
        lambda g: g.add(g.vec(whole(g, "P", ("a", "b"))), column(g, "Q", "a")),
        ShapeError,
        "a sum of arrays of different sizes: b·a against a",
        id="an axis of two digits and one of one",
    ),
]


@pytest.mark.parametrize(("build", "error", "sentence"), REFUSED)
def test_what_is_refused(build: Callable[[Algebra], Array], error: type[MeaningError], sentence: str) -> None:
    with pytest.raises(error) as found:
        build(algebra())
    assert str(found.value) == sentence


def test_sizes_that_surely_differ_are_marked_so() -> None:
    """Digits of different number never fit; two single names might be one size by another name."""
    g = algebra()
    with pytest.raises(ShapeError) as sure:
        g.add(g.vec(whole(g, "P", ("a", "b"))), column(g, "Q", "a"))
    with pytest.raises(ShapeError) as unsure:
        g.add(column(g, "P", "a"), column(g, "Q", "b"))
    assert (sure.value.certain, unsure.value.certain) == (True, False)
