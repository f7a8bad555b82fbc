"""What a term becomes, and what a caller's mistake says."""

import numpy as np
import pytest

from symconv.compiled.arrays import compute, run
from symconv.compiled.plan import Contraction, plan
from symconv.errors import NameLookupError, ShapeError, SizeError
from symconv.expr.nodes import Access, Binder, Bracket, Mul, Reduce, Scalar, Sum, binder
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import derive
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
    # with the output position eliminated, limits of the taps that name the free index stay brackets
    assert not item.contraction.masked or eliminate == "output"
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


ROWS, TAPS = binder("i", 3), binder("m", 3)

# name → (the range of m, guards, the condition in plain Python); the term is Σ_i Σ_m [guards] x[i], for u in 0..6
ODD_TERMS = {
    "common-factor": (TAPS, (Equal(2 * u, 2 * i + 4 * m),), lambda u, i, m: 2 * u == 2 * i + 4 * m),
    "no-unit": (TAPS, (Equal(3 * u, 2 * i + m * 4),), lambda u, i, m: 3 * u == 2 * i + 4 * m),
    "divides": (TAPS, (Divides(Affine.of(3), u + i - m),), lambda u, i, m: (u + i - m) % 3 == 0),
    "triangle": (TAPS, (AtMost(m, i),), lambda u, i, m: m <= i),
    "band": (TAPS, (AtMost(i, u + m), AtMost(u, i + 1)), lambda u, i, m: i - m <= u <= i + 1),
    "floor-and-ceiling": (
        Binder("m", floor_div(u, 2), ceil_div(u + 3, 2)),
        (),
        lambda u, i, m: u // 2 <= m <= -(-(u + 3) // 2),
    ),
    "limits-name-binders": (
        Binder("m", i - 1, extremum("min", [u, i + 1])),
        (),
        lambda u, i, m: i - 1 <= m <= min(u, i + 1),
    ),
    "unbounded": (Binder("m", None, None), (Equal(u, i + 2 * m),), lambda u, i, m: u == i + 2 * m),
    "quotient-relation": (TAPS, (Equal(floor_div(u, 2), i),), lambda u, i, m: u // 2 == i),
}


@pytest.mark.parametrize("name", ODD_TERMS)
def test_relations_that_no_layer_has(name):
    inner, guards, condition = ODD_TERMS[name]
    x = [1, 10, 100]
    term = Term(Scalar(ONE), (ROWS, inner), guards, (Access(vector("x", 3), (i,)),))
    found = compute((term,), Access(vector("y", 7), (u,)), {}, {"x": np.array(x)})
    span = range(3) if inner is TAPS else range(-9, 12)
    assert found.tolist() == [sum(x[a] for a in range(3) for b in span if condition(at, a, b)) for at in range(7)]


def test_positions_in_two_axes_at_once():
    square = Tensor("y", "output", (Affine.of(3), Affine.of(3)), ("u", "v"), ("O1", "O2"))
    v, x = Affine.of("v"), vector("x", 3)
    diagonal = Term(Scalar(ONE), (ROWS,), (Equal(u, i), Equal(v, i)), (Access(x, (i,)),))
    found = compute((diagonal,), Access(square, (u, v)), {}, {"x": np.array([1, 2, 3])})
    np.testing.assert_array_equal(found, np.diag([1, 2, 3]))
    trace = Term(Scalar(ONE), (ROWS,), (), (Access(square, (i, i)), Access(x, (u,))))
    arrays = {"x": np.array([1, 2, 3]), "y": np.arange(9).reshape(3, 3)}
    found = compute((trace,), Access(vector("z", 3), (u,)), {}, arrays)
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


def test_tensors_without_axes():
    x, scalar = vector("x", 3), Tensor("y", "output", (), (), ())
    total = Term(Scalar(ONE), (ROWS,), (), (Access(x, (i,)),))
    assert compute((total,), Access(scalar, ()), {}, {"x": np.array([1, 2, 3])}).item() == 6
    spread = Term(Scalar(ONE), (), (), (Access(scalar, ()),))
    assert compute((spread,), Access(x, (i,)), {}, {"y": np.array(7)}).tolist() == [7, 7, 7]
