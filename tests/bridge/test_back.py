"""Reading SymPy objects back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from symconv.errors import NameLookupError, ShapeError, SymconvError, UnsupportedError
from symconv.evaluate.reference import Environment, evaluate, tabulate
from symconv.expr.bridge_back import from_sympy
from symconv.expr.tensor import Tensor
from symconv.gradient.sympy_form import to_sympy
from symconv.index.affine import Affine
from tests.bridge.cases import LINEAR, POSITIVE
from tests.bridge.judge import Case

x = sympy.IndexedBase("x")
i, j, n = sympy.symbols("i j n", integer=True)
X = Tensor("x", "input", (Affine.of("n"),), ("i",), ("S1",))


@pytest.mark.parametrize("form", ["sum", "limits"])
@pytest.mark.parametrize("name", [*LINEAR, *POSITIVE])
def test_what_is_written_reads_back_to_the_same_numbers(name: str, form: str) -> None:
    op, values = (LINEAR[name], range(-4, 5)) if name in LINEAR else (POSITIVE[name], range(1, 5))
    case = Case(op, 1, values)
    for formula in case.formulas():
        back = from_sympy(to_sympy(formula.what, form=form), case.tensors)  # type: ignore[arg-type]
        shape = np.array(formula.expected).shape
        found = tabulate((formula.indices, back, shape), case.environment)
        np.testing.assert_allclose(np.array(found, float), np.array(formula.expected, float), rtol=1e-9)


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (sympy.Sum(x[i], (i, 0, n - 1)), 1 + 20 + 300),
        (sympy.Sum(x[i] * x[j], (j, 0, i), (i, 0, n - 1)), 1 * 1 + 20 * 21 + 300 * 321),  # a triangle: nested limits
        (x[0] / 2 - x[1] ** 2 / n, sympy.Rational(1, 2) - sympy.Rational(400, 3)),
        (x[sympy.floor(n / 2)] + x[sympy.ceiling(n / 2)], 320),
        (sympy.Sum(sympy.Piecewise((x[i], sympy.Eq(sympy.Mod(i, 2), 0)), (0, True)), (i, 0, n - 1)), 301),
        (sympy.Sum(sympy.Piecewise((x[i], sympy.And(i > 0, i < n - 1)), (0, True)), (i, 0, n - 1)), 20),
        (sympy.Sum(sympy.Piecewise((x[i / 2], sympy.Eq(sympy.Mod(i, 2), 0)), (0, True)), (i, 0, 2 * n - 2)), 321),
        (x[sympy.Min(n, 5) - sympy.Max(1, n - 1)] + x[sympy.Abs(1 - n)], 320),
        (x[n], 0),  # an entry outside
        (sympy.sqrt(n + 1) * x[1], 40.0),
    ],
)
def test_reading_users_formulas(expr: Any, value: Any) -> None:
    env = Environment({"n": 3}, {"x": [1, 20, 300]})
    assert evaluate(from_sympy(expr, {"x": X}), env) == value


@pytest.mark.parametrize(
    ("expr", "error", "message"),
    [
        (sympy.sin(x[0]), UnsupportedError, "the SymPy class sin (sin(x[0])) cannot be read among the entries"),
        (x[sympy.sign(n)], UnsupportedError, "the SymPy class sign (sign(n)) cannot be read in a limit, index"),
        (sympy.Max(x[0], x[1]), UnsupportedError, "the SymPy class Max (Max(x[0], x[1])) cannot be read among"),
        (sympy.pi * x[0], UnsupportedError, "the SymPy class Pi (pi) cannot be read in a limit, index or scalar"),
        (x[sympy.Symbol("t")], UnsupportedError, "make it Symbol('t', integer=True)"),
        (x[0, 1], ShapeError, "x[0, 1] has 2 indices, but the tensor x has 1 axes"),
        (sympy.IndexedBase("y")[0], NameLookupError, "reads the tensor y; the tensors given are: x"),
        (sympy.Piecewise((x[0], n > 1), (x[1], True)), UnsupportedError, "one branch and is 0 otherwise"),
        (sympy.Piecewise((x[0], sympy.Ne(n, 1)), (0, True)), UnsupportedError, "SymPy class Unequality"),
        (sympy.Piecewise((x[0], x[0] > 0), (0, True)), UnsupportedError, "the SymPy class Indexed (x[0])"),
        (sympy.Sum(x[i], (i, 3, 0)), UnsupportedError, "its limits run backwards"),
        ("x[0]", UnsupportedError, "is a str, not a SymPy expression"),
    ],
)
def test_everything_else_is_refused_by_name(expr: Any, error: type[SymconvError], message: str) -> None:
    with pytest.raises(error) as caught:
        from_sympy(expr, {"x": X})
    assert message in str(caught.value)
