"""What a term becomes, and what a caller's mistake says."""

import numpy as np
import pytest

from symconv.compiled.arrays import compute, run
from symconv.compiled.plan import Contraction, plan
from symconv.derive.derivation import derive
from symconv.errors import NameLookupError, ShapeError, SizeError
from symconv.expr.nodes import Access, Binder, Bracket, Mul, Reduce, Scalar, Sum, binder
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine, ceil_div, extremum, floor_div
from symconv.index.domain import AtMost, Divides, Equal
from symconv.ops.convolution import Conv2d
from symconv.rewrite.normal import Term, to_terms

ONE = Affine.of(1)
i, j, m, u = map(Affine.of, "ijmu")


def vector(name, size):
    return Tensor(name, "input", (Affine.of(size),), ("i",), ("S1",))


@pytest.mark.parametrize("eliminate", ["auto", "none", "tap", "output"])
@pytest.mark.parametrize("stride", [1, 2, "s"])
@pytest.mark.parametrize("wrt", ["I", "K"])
def test_convolutions_are_matrix_products_in_every_form(eliminate, stride, wrt):
    op = Conv2d(3, stride, 1, batch=True, in_channels=64, out_channels=128)
    sizes = {"N": 4, "H": 56, "W": 56, "s": 2, "O_1": 56 if stride == 1 else 28, "O_2": 56 if stride == 1 else 28}
    derivation = derive(op, wrt, eliminate=eliminate)
    (item,) = plan(derivation.terms, derivation.target, sizes).terms
    assert isinstance(item.contraction, Contraction)
    assert len(item.contraction.groups) == 2
    assert not item.contraction.masked
    # no loop runs over more than the nine taps
    loops = [item.contraction.shape[axis] for axis in item.contraction.loops]
    assert np.prod(loops, dtype=int) <= 9


def test_a_plan_runs_on_many_arrays():
    derivation = derive(Conv2d(2), "I", eliminate="none")
    planned = plan(derivation.terms, derivation.target, {"H": 4, "W": 5, "O_1": 3, "O_2": 4})
    kernel = np.array([[1, 2], [3, 4]])
    for factor in (1, 10):
        delta = np.zeros((3, 4), dtype=int)
        delta[1, 2] = factor
        expected = np.zeros((4, 5), dtype=int)
        expected[1:3, 2:4] = factor * kernel
        np.testing.assert_array_equal(run(planned, {r"\delta": delta, "K": kernel}), expected)


def test_no_terms_and_empty_targets():
    x = vector("x", "n")
    target = Access(vector("y", "q"), (i,))
    zero = compute((), target, {"n": 2, "q": 3}, {"x": np.ones(2)})
    assert zero.tolist() == [0.0, 0.0, 0.0]
    assert zero.dtype == np.float64
    term = Term(Scalar(ONE), factors=(Access(x, (i,)),))
    assert compute((term,), target, {"n": 0, "q": 0}, {"x": np.ones(0)}).shape == (0,)
    empty = Term(Scalar(ONE), (binder("m", "n"),), (), (Access(x, (m,)),))
    assert compute((empty,), target, {"n": 0, "q": 2}, {"x": np.ones(0)}).tolist() == [0, 0]


def test_an_empty_batch():
    op = Conv2d(3, padding=1, batch=True, in_channels=2, out_channels=4)
    derivation = derive(op, "K")
    arrays = {"I": np.ones((0, 2, 5, 5)), r"\delta": np.ones((0, 4, 5, 5))}
    found = compute(derivation.terms, derivation.target, {"N": 0, "H": 5, "W": 5, "O_1": 5, "O_2": 5}, arrays)
    np.testing.assert_array_equal(found, np.zeros((4, 2, 3, 3)))


def by_loops(condition, size, ranges):
    """Σ over the ranges of value(…) where condition(u, …) holds, for each u."""
    from itertools import product

    return [sum(condition(at, *rest) for rest in product(*ranges)) for at in range(size)]


# terms over x[i] = 1, 10, 100, … that no operation produces: (binders, guards, value by loops)
ODD_TERMS = {
    "two-free-multiples": (
        (binder("i", 3), binder("m", 3)), (Equal(2 * u, 2 * i + 4 * m),), lambda at, i, m: 2 * at == 2 * i + 4 * m
    ),
    "no-unit": ((binder("i", 3), binder("m", 3)), (Equal(3 * u, 2 * i + m * 4),), lambda at, i, m: 3 * at == 2 * i + 4 * m),
    "divides": ((binder("i", 3), binder("m", 3)), (Divides(Affine.of(3), u + i - m),), lambda at, i, m: (at + i - m) % 3 == 0),
    "triangle": ((binder("i", 3), binder("m", 3)), (AtMost(m, i),), lambda at, i, m: m <= i),
    "band": (
        (binder("i", 3), binder("m", 3)), (AtMost(i, u + m), AtMost(u, i + 1)), lambda at, i, m: i <= at + m and at <= i + 1
    ),
    "floor": (
        (binder("i", 3), Binder("m", floor_div(u, 2), ceil_div(u + 3, 2))),
        (),
        lambda at, i, m: at // 2 <= m <= -(-(at + 3) // 2),
    ),
    "limits-name-binders": (
        (binder("i", 3), Binder("m", i - 1, extremum("min", [u, i + 1]))), (), lambda at, i, m: i - 1 <= m <= min(at, i + 1)
    ),
    "unbounded": ((binder("i", 3), Binder("m", None, None)), (Equal(u, i + 2 * m),), lambda at, i, m: at == i + 2 * m),
    "quotient-relation": (
        (binder("i", 3), binder("m", 3)), (Equal(floor_div(u, 2), i),), lambda at, i, m: at // 2 == i
    ),
}


@pytest.mark.parametrize("name", ODD_TERMS)
def test_relations_that_no_layer_has(name):
    binders, guards, condition = ODD_TERMS[name]
    x = np.array([1, 10, 100])
    term = Term(Scalar(ONE), binders, guards, (Access(vector("x", 3), (i,)),))
    found = compute((term,), Access(vector("y", 7), (u,)), {}, {"x": x})
    expected = by_loops(lambda at, i, m: int(x[i]) * condition(at, i, m), 7, (range(3), range(-9, 12)))
    if binders[1] == binder("m", 3):
        expected = by_loops(lambda at, i, m: int(x[i]) * condition(at, i, m), 7, (range(3), range(3)))
    assert found.tolist() == expected


def test_positions_in_two_axes_at_once():
    square = Tensor("y", "output", (Affine.of(3), Affine.of(3)), ("u", "v"), ("O1", "O2"))
    diagonal = Term(Scalar(ONE), (binder("i", 3),), (Equal(u, i), Equal(Affine.of("v"), i)), (Access(vector("x", 3), (i,)),))
    found = compute((diagonal,), Access(square, (u, Affine.of("v"))), {}, {"x": np.array([1, 2, 3])})
    np.testing.assert_array_equal(found, np.diag([1, 2, 3]))
    trace = Term(Scalar(ONE), (binder("i", 3),), (), (Access(square, (i, i)), Access(vector("x", 3), (u,))))
    found = compute((trace,), Access(vector("z", 3), (u,)), {}, {"x": np.array([1, 2, 3]), "y": np.arange(9).reshape(3, 3)})
    assert found.tolist() == [12, 24, 36]


def test_every_node_inside_a_factor():
    x = vector("x", 5)
    window = Reduce("min", Access(x, (u + m,)), (binder("m", 2),), (AtMost(u + m, Affine.of(4)),), "first")
    inner = Sum(Mul((Bracket((AtMost(j, u),)), Access(x, (j,)))), (binder("j", 5),))
    entries = np.array([4, 1, 5, 2, 3])
    found = compute(to_terms(Mul((window, inner))), Access(vector("y", 5), (u,)), {}, {"x": entries})
    assert found.tolist() == [entries[at : at + 2].min() * entries[: at + 1].sum() for at in range(5)]


def test_mistakes_are_named():
    x, target = vector("x", "n"), Access(vector("y", "n"), (i,))
    term = Term(Scalar(Affine.of("k")), factors=(Access(x, (i,)),))
    with pytest.raises(SizeError, match=r"the size n of the tensor y has no value: give an integer for it"):
        plan((term,), target, {})
    with pytest.raises(SizeError, match=r"the size k has no value: give an integer for it"):
        plan((term,), target, {"n": 3})
    with pytest.raises(NameLookupError, match=r"the array of the tensor x is missing; given are: y"):
        compute((term,), target, {"n": 3, "k": 1}, {"y": np.ones(3)})
    with pytest.raises(ShapeError, match=r"the array of the tensor x has shape \(2,\), expected \(3,\)"):
        compute((term,), target, {"n": 3, "k": 1}, {"x": np.ones(2)})
