"""What SymPy 1.14 itself answers where a reader would write the formula directly, and what the bridge answers.

The wrong answers are asserted as they are, so that a SymPy that has learnt better is noticed.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Eq, KroneckerDelta, Mod, Piecewise, Sum

from symconv.expr.bridge import to_sympy as expression_to_sympy
from symconv.expr.nodes import Access, Binder, Expr
from symconv.expr.nodes import Sum as OurSum
from symconv.expr.sympy_index import symbol
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import derive
from symconv.gradient.sympy_form import to_sympy
from symconv.index.affine import Affine
from symconv.ops.catalogue import Conv1d, LPPool1d

D, K, M = sympy.IndexedBase(r"\delta"), sympy.IndexedBase("K"), sympy.IndexedBase("M")
i, j, m, u = sympy.symbols("i j m u", integer=True)
RIGHT = [
    D[0] * K[0],
    D[0] * K[1],
    D[0] * K[2] + D[1] * K[0],
    D[1] * K[1],
    D[1] * K[2] + D[2] * K[0],
    D[2] * K[1],
    D[2] * K[2],
]


def entries(expr: Any, count: int) -> list[Any]:
    return [expr.subs(u, value).doit() for value in range(count)]


def test_a_kronecker_delta_loses_its_divisibility_in_sympy() -> None:
    assert Sum(KroneckerDelta(m, 2 * i) * K[i], (i, 0, 3)).doit().subs(m, 1) == K[sympy.Rational(1, 2)]
    counted = Sum(KroneckerDelta(i, 2 * m), (m, 0, 10)).doit()
    assert [counted.subs(i, value) for value in range(4)] == [1, 1, 1, 1]


def test_a_stride_two_gradient_is_wrong_in_sympy_with_the_output_index_innermost() -> None:
    naive = D[i] * K[j] * KroneckerDelta(u, 2 * i + j)
    assert entries(Sum(naive, (j, 0, 2), (i, 0, 2)).doit(), 7) == RIGHT
    wrong = entries(Sum(naive, (i, 0, 2), (j, 0, 2)).doit(), 7)
    assert sum(a != b for a, b in zip(wrong, RIGHT, strict=True)) == 5


def test_a_stride_two_gradient_is_right_through_the_bridge_in_any_order() -> None:
    ours = to_sympy(derive(Conv1d(kernel_size=3, stride=2, input_size=7), "I"))
    assert isinstance(ours, Sum)
    assert len(ours.limits) == 2
    for limits in (ours.limits, ours.limits[::-1]):
        assert entries(Sum(ours.function, *limits), 7) == RIGHT


def test_a_dilation_two_gradient_is_right_through_the_bridge() -> None:
    ours = to_sympy(derive(Conv1d(kernel_size=3, dilation=2, input_size=7), "I"))
    expected = [sum(D[a] * K[b] for a in range(3) for b in range(3) if a + 2 * b == t) for t in range(7)]
    assert entries(ours, 7) == expected
    assert entries(to_sympy(derive(Conv1d(kernel_size=3, dilation=2, input_size=7), "I"), form="limits"), 7) == expected


def test_the_divisibility_is_a_condition_in_the_limits_form() -> None:
    ours = to_sympy(derive(Conv1d(stride="s", dilation="d"), "I"), form="limits")
    assert any(isinstance(side, Mod) for relation in ours.atoms(Eq) for side in relation.args)


def test_a_piecewise_in_a_nested_sum_leaks_its_index_in_sympy_and_not_through_the_bridge() -> None:
    nested = Sum(D[i] * Sum(Piecewise((K[m], Eq(m, i)), (0, True)), (m, 0, 2)), (i, 0, 2))
    assert m in nested.free_symbols
    clipped = to_sympy(derive(LPPool1d(norm_type=2, kernel_size=2, ceil_mode=True, input_size=3), "I"))
    inner = [part for part in sympy.preorder_traversal(clipped) if isinstance(part, Sum) and part != clipped]
    assert inner
    assert not any(part.has(Piecewise) for part in inner)
    outer = {limit[0] for limit in clipped.limits}
    assert not any(limit[0] in outer for part in inner for limit in part.limits)
    assert clipped.free_symbols & {i, j, m, symbol("mprime")} == set()


def test_an_empty_sum_is_negative_in_sympy_and_zero_through_the_bridge() -> None:
    assert Sum(K[i], (i, 3, 0)).doit() == -K[1] - K[2]
    lo, hi = sympy.symbols("lo hi", integer=True)
    kernel = Tensor("K", "kernel", (Affine.of(9),), ("m",), ("K1",))
    entry: Expr = Access(kernel, (Affine.of("i"),))
    ours = expression_to_sympy(OurSum(entry, (Binder("i", Affine.of("lo"), Affine.of("hi")),)))
    assert ours.subs({lo: 3, hi: 0}).doit() == 0
    assert ours.subs({lo: 2, hi: 3}).doit() == K[2] + K[3]
    limits = to_sympy(derive(Conv1d(kernel_size=1, stride="s"), "I"), form="limits")
    # s = 3 skips u = 1 and u = 2: the sum over i has the limits ⌈u/3⌉ … ⌊u/3⌋
    sizes = {symbol("s"): 3, symbol("O_1"): 2}
    assert entries(limits.subs(sizes), 4) == [D[0] * K[0], 0, 0, D[1] * K[0]]
