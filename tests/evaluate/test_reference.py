"""The reference evaluator against NumPy written out by hand, over every element type."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from symconv.errors import NameLookupError, ShapeError, SizeError
from symconv.evaluate.reference import Environment, evaluate, gradient, tabulate
from symconv.expr.nodes import Access, Binder, Bracket, Derivative, Mul, Pow, Reduce, Scalar, Sum, Ties, Winner, binder
from symconv.expr.tensor import Outside, Tensor
from symconv.index.affine import ONE, exact_div
from symconv.index.domain import AtMost, Divides, Equal
from tests.samples import average_blocks, conv, conv2d, flatten, grouped, maximum, root_blocks, vector
from tests.strategies import of

RNG = np.random.default_rng(0)


def window_sizes(height: int, kernel: int, s: int, d: int, p: int) -> dict[str, int]:
    out = (height + 2 * p - d * (kernel - 1) - 1) // s + 1
    return {"H": height, "k": kernel, "O": out, "s": s, "d": d, "p": p}


# H, k, stride, dilation, padding: tails, k = 1, s > k, p ≥ k, d > 1, H = 1, O = 1
WINDOWS = [
    (7, 3, 1, 1, 0),
    (8, 3, 2, 1, 0),
    (5, 1, 1, 1, 0),
    (9, 2, 4, 1, 1),
    (4, 2, 1, 1, 3),
    (9, 3, 2, 2, 1),
    (1, 1, 3, 1, 0),
]


PADDINGS = [("zero", "constant"), ("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]


@pytest.mark.parametrize(("height", "kernel", "s", "d", "p"), WINDOWS)
@pytest.mark.parametrize(("outside", "mode"), PADDINGS)
def test_convolution(height: int, kernel: int, s: int, d: int, p: int, outside: Outside, mode: str) -> None:
    p = min(p, height - 1) if outside == "reflect" else min(p, height) if outside == "circular" else p
    sizes = window_sizes(height, kernel, s, d, p)
    if sizes["O"] < 1:
        sizes = window_sizes(height, kernel, s, 1, p)
        d = 1
    x, w = RNG.integers(-9, 9, height), RNG.integers(-9, 9, kernel)
    padded = np.pad(x, p, mode=mode)  # type: ignore[call-overload]
    expected = [int(sum(w[m] * padded[s * i + d * m] for m in range(kernel))) for i in range(sizes["O"])]
    assert tabulate(conv("s", "d", "p", outside), Environment(sizes, {"I": x, "K": w})) == expected


def test_convolution_in_two_dimensions_with_a_tail() -> None:
    x, w = RNG.integers(-9, 9, (6, 8)), RNG.integers(-9, 9, (3, 2))
    sizes = {"H": 6, "W": 8, "k_1": 3, "k_2": 2, "O_1": 2, "O_2": 4}
    expected = [[int((x[2 * i : 2 * i + 3, 2 * j : 2 * j + 2] * w).sum()) for j in range(4)] for i in range(2)]
    assert tabulate(conv2d(2), Environment(sizes, {"I": x, "K": w})) == expected


def test_other_definitions() -> None:
    x = [3, 1, 4, 1, 5, 9]
    env = Environment({"k": 2, "O": 3}, {"I": x})
    assert tabulate(average_blocks(), env) == [2, Fraction(5, 2), 7]
    assert tabulate(root_blocks(2), env) == pytest.approx([math.hypot(3, 1), math.hypot(4, 1), math.hypot(5, 9)])
    assert tabulate(grouped(), Environment({"g": 2, "e": 3}, {"I": [10, 100], "K": [1, 2, 3, 4, 5, 6]})) == [
        10, 20, 30, 400, 500, 600,
    ]  # fmt: skip
    cube = np.arange(12).reshape(2, 3, 2)
    assert tabulate(flatten(), Environment({"C": 2, "H": 3, "W": 2}, {"I": cube})) == list(range(12))
    assert tabulate(maximum("first"), Environment(window_sizes(6, 2, 2, 1, 0), {"I": x})) == [3, 4, 9]


def dot() -> Sum:
    x, y = vector("x", "input", "n", "i"), vector("y", "input", "n", "i")
    return Sum(Mul((Access(x, (of("i"),)), Access(y, (of("i"),)))), (binder("i", "n"),))


a, b = sympy.symbols("a b")
DOTS = {
    "int": ([1, 2], [3, 4], 11),
    "big int": ([2**62, 2], [8, 4], 2**65 + 8),
    "fraction": ([Fraction(1, 3), 2], [3, Fraction(1, 2)], 2),
    "float": ([0.5, 2.0], [3.0, 4.0], 9.5),
    "complex": ([1j, 2], [1j, 1], 1),
    "numpy int64": (np.array([2**62, 2]), np.array([8, 4]), 2**65 + 8),
    "numpy float32": (np.array([0.5, 2], np.float32), np.array([3, 4], np.float32), 9.5),
    "numpy object": (np.array([a, b], object), np.array([b, 2], object), a * b + 2 * b),
    "symbols": ([a, b], [b, a], 2 * a * b),
    "nan": ([math.nan, 1.0], [1.0, 1.0], math.nan),
}


@pytest.mark.parametrize("case", DOTS)
def test_element_types(case: str) -> None:
    x, y, expected = DOTS[case]
    found = evaluate(dot(), Environment({"n": 2}, {"x": x, "y": y}))
    assert found == expected or (found != found and expected != expected)


def test_matrices_of_symbols() -> None:
    x = Tensor("x", "input", (of("n"), of("n")), ("i", "j"), ("S1", "S2"))
    trace = Sum(Access(x, (of("i"), of("i"))), (binder("i", "n"),))
    assert evaluate(trace, Environment({"n": 2}, {"x": sympy.Matrix([[a, 0], [0, b]])})) == a + b


POWERS = [
    (3, (2, 1), 9),
    (2, (-1, 1), Fraction(1, 2)),
    (Fraction(2, 3), (-2, 1), Fraction(9, 4)),
    (16, (1, 2), 4.0),
    (-2.0, (3, 1), -8.0),
    (1j, (2, 1), -1),
    (a, (1, 2), sympy.sqrt(a)),
    (0, (0, 1), 1),
    (0, (-1, 2), math.inf),
]


@pytest.mark.parametrize(("base", "exponent", "expected"), POWERS)
def test_powers(base: object, exponent: tuple[int, int], expected: object) -> None:
    x = Tensor("x", "input", (), (), ())
    power = Pow(Access(x, ()), Scalar(of(exponent[0]), of(exponent[1])))
    found = evaluate(power, Environment({}, {"x": base}))
    assert found == expected
    assert type(found) is type(expected) or isinstance(base, complex)


def test_the_root_of_a_negative_float_is_nan_as_in_numpy() -> None:
    x = Tensor("x", "input", (), (), ())
    found = evaluate(Pow(Access(x, ()), Scalar(ONE, of(2))), Environment({}, {"x": -1.0}))
    assert math.isnan(found)


def test_a_false_bracket_hides_what_has_no_value() -> None:
    x = vector("x", "input", "n", "i")
    half = Access(x, (exact_div("i", 2),))
    even = Bracket((Divides(of(2), of("i")),))
    for product in (Mul((even, half)), Mul((half, even)), Mul((half, Mul((even, even))))):
        table = tabulate((("i",), product, (5,)), Environment({"n": 3}, {"x": [7, 8, 9]}))
        assert table == [7, 0, 8, 0, 9]
    with pytest.raises(ArithmeticError, match="2 does not divide 1"):
        evaluate(half, Environment({"n": 3, "i": 1}, {"x": [7, 8, 9]}))
    # a false bracket makes even NaN disappear; a zero factor does not
    nan = Environment({"n": 1, "i": 1}, {"x": [math.nan]})
    assert evaluate(Mul((Access(x, (of(0),)), even)), nan) == 0
    assert math.isnan(evaluate(Mul((Access(x, (of(0),)), Scalar(of(0)))), nan))


def test_a_guard_without_a_value_does_not_matter_beside_a_false_one() -> None:
    half_is_small = AtMost(exact_div("i", 2), of(1))
    even = Divides(of(2), of("i"))
    assert evaluate(Bracket((half_is_small, even)), Environment({"i": 1})) == 0
    assert evaluate(Bracket((half_is_small, even)), Environment({"i": 2})) == 1
    with pytest.raises(ArithmeticError):
        evaluate(Bracket((half_is_small,)), Environment({"i": 1}))


def test_unbounded_sums_take_their_limits_from_the_guards() -> None:
    free = (Binder("i", None, None), Binder("j", None, None))
    inside = Bracket((AtMost(of(0), of("i")), AtMost(of("i"), of(3)), Equal(of("j") * 2, of("i"))))
    assert evaluate(Sum(Mul((inside, Scalar(of("j") + 1))), free), Environment()) == 3
    with pytest.raises(SizeError, match="the sum over j has no limits, and no condition bounds it"):
        evaluate(Sum(Bracket((AtMost(of(0), of("j")),)), free[1:]), Environment())


def test_an_empty_sum_is_zero_and_a_limit_never_sees_the_sums_own_index() -> None:
    assert evaluate(Sum(Scalar(ONE), (Binder("i", of(3), of(2)),)), Environment()) == 0
    assert evaluate(Sum(Scalar(of("i")), (Binder("i", of(0), of("i")),)), Environment({"i": 3})) == 6


def extremum(kind: str = "max", ties: Ties = "first") -> Reduce:
    x = vector("x", "input", "n", "i")
    return Reduce(kind, Access(x, (of("i"),)), (binder("i", "n"),), (), ties)  # type: ignore[arg-type]


def shares(values: list[object], kind: str = "max", ties: Ties = "first") -> list[object]:
    table = (("t",), Winner(extremum(kind, ties), (of("t"),)), (len(values),))
    result: list[object] = tabulate(table, Environment({"n": len(values)}, {"x": values}))
    return result


def test_winners_under_each_tie_rule() -> None:
    assert shares([2, 5, 5, 5]) == [0, 1, 0, 0]
    assert shares([2, 5, 5, 5], ties="split") == [0, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]
    assert shares([2, 5, 5, 5], ties="all") == [0, 1, 1, 1]
    assert shares([2, 5, 2], "min") == [1, 0, 0]
    assert shares([1.0, math.nan, 3.0]) == [0, 1, 0]
    outside = Winner(extremum(), (of(9),))
    assert evaluate(outside, Environment({"n": 2}, {"x": [1, 2]})) == 0


def test_nan_passes_through_an_extremum() -> None:
    for kind in ("max", "min"):
        assert math.isnan(evaluate(extremum(kind), Environment({"n": 3}, {"x": [1.0, math.nan, 3.0]})))
    assert evaluate(extremum(), Environment({"n": 2}, {"x": [1.0, math.inf]})) == math.inf


@pytest.mark.parametrize("ties", ["first", "split", "all"])
@pytest.mark.parametrize("kind", ["max", "min"])
def test_winners_among_symbols_are_piecewise(kind: str, ties: Ties) -> None:
    x, y, z = sympy.symbols("x y z", real=True)
    symbolic = shares([x, y, z], kind, ties)
    for numbers in [(1, 2, 3), (3, 1, 2), (2, 2, 1), (1, 2, 2), (2, 1, 2), (4, 4, 4)]:
        found = [sympy.sympify(each).subs(dict(zip((x, y, z), numbers, strict=True))) for each in symbolic]
        assert found == shares(list(numbers), kind, ties)
    best = evaluate(extremum(kind), Environment({"n": 2}, {"x": [x, y]}))
    assert best == (sympy.Max(x, y) if kind == "max" else sympy.Min(x, y))


def test_the_output_and_gradients_evaluate_their_definitions() -> None:
    definition = conv()
    sizes = {"H": 3, "k": 2, "O": 2}
    env = Environment(sizes, {"I": [1, 2, 3], "K": [10, 1], r"\delta": [5, 7]}, {"O": definition})
    read = Access(definition.output, (of("t"),))
    assert tabulate((("t",), read, (3,)), env) == [12, 23, 0]
    by_kernel = Access(Tensor("dK", "gradient", (of("k"),), ("m",), ("K1",), of="K"), (of("t"),))
    assert tabulate((("t",), by_kernel, (2,)), env) == [5 * 1 + 7 * 2, 5 * 2 + 7 * 3]
    assert gradient(definition, definition.tensor("I"), env) == [50, 5 + 70, 7]
    slope = Derivative(read, Access(definition.tensor("I"), (of("u"),)))
    assert [[evaluate(slope, Environment(sizes, env.tensors, env.definitions, {"t": t, "u": u})) for u in range(-1, 4)]
            for t in range(2)] == [[0, 10, 1, 0, 0], [0, 0, 10, 1, 0]]  # fmt: skip


@pytest.mark.parametrize(("ties", "expected"), [("first", [1, 0]), ("split", [0.5, 0.5]), ("all", [1, 1])])
def test_dual_numbers_follow_the_tie_rule(ties: Ties, expected: list[float]) -> None:
    definition = maximum(ties)
    env = Environment(window_sizes(2, 2, 1, 1, 0), {"I": [4, 4], r"\delta": [1]})
    assert gradient(definition, definition.tensor("I"), env) == expected


def test_mistakes_are_named() -> None:
    env = Environment({"n": 2}, {"x": [1, 2]})
    with pytest.raises(NameLookupError, match="no values are given for the tensor y; given are: x"):
        evaluate(dot(), env)
    with pytest.raises(ShapeError, match=r"the tensor x has shape \(3,\), but its values have shape \(2,\)"):
        evaluate(extremum(), Environment({"n": 3}, {"x": [1, 2]}))
    with pytest.raises(SizeError, match="the max over i is taken over an empty window"):
        evaluate(extremum(), Environment({"n": 0}, {"x": []}))
    mirrored = vector("x", "input", "n", "i", "reflect")
    with pytest.raises(ShapeError, match="reflect padding of x reads position -2 of axis 1, which is too far"):
        evaluate(Access(mirrored, (of(-2),)), env)
