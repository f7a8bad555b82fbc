r"""What the SymPy objects are: names, shape, printing, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy

from symconv.errors import SizeError, SymconvError, UnsupportedError
from symconv.expr.bridge import to_sympy as expression_to_sympy
from symconv.expr.nodes import (
    NODES,
    Access,
    Add,
    Binder,
    Bracket,
    Derivative,
    Expr,
    Mul,
    Pow,
    Reduce,
    Scalar,
    Sum,
    Winner,
    binder,
    number,
)
from symconv.expr.sympy_index import bound_symbol, indexed_base, padded_index, symbol
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import derive
from symconv.gradient.sympy_form import to_sympy
from symconv.index.affine import Affine
from symconv.index.domain import AtMost, Divides
from symconv.ops.catalogue import Conv1d, Conv2d, MaxPool1d
from tests.bridge.cases import ALL

A = Affine.of
X = Tensor("x", "input", (A(3),), ("i",), ("S1",))
x = indexed_base("x")
WINDOW = Reduce("min", Access(X, (A("m"),)), (binder("m", 2),), (), "first")
SAMPLES: dict[type, tuple[Expr, object]] = {
    Scalar: (Scalar(A("k") + 1, A(2)), (symbol("k") + 1) / 2),
    Access: (Access(X, (A(1),)), x[1]),
    Add: (Add((number(1), Access(X, (A(0),)))), x[0] + 1),
    Mul: (Mul((number("k"), Access(X, (A(0),)))), symbol("k") * x[0]),
    Pow: (Pow(Access(X, (A(2),)), Scalar(A(1), A("q"))), x[2] ** (1 / symbol("q"))),
    Sum: (Sum(Access(X, (A("m"),)), (binder("m", 3),)), sympy.Sum(x[symbol("m")], (symbol("m"), 0, 2))),
    Bracket: (
        Bracket((Divides(A(2), A("u")),)),
        sympy.Piecewise((1, sympy.Eq(sympy.Mod(symbol("u"), 2), 0)), (0, True)),
    ),
    Reduce: (WINDOW, sympy.Min(x[0], x[1])),
    Winner: (Winner(WINDOW, (A(1),)), sympy.Piecewise((1, x[0] > x[1]), (0, True))),
}


def test_every_node_class_has_a_case() -> None:
    assert set(NODES) == {*SAMPLES, Derivative}
    for expr, expected in SAMPLES.values():
        assert expression_to_sympy(expr) == expected
    entry = Access(X, (A("i"),))
    with pytest.raises(UnsupportedError, match="an unevaluated derivative has no SymPy form"):
        expression_to_sympy(Derivative(entry, entry))


@pytest.mark.parametrize("name", ALL)
def test_every_sum_is_flat(name: str) -> None:
    op, _ = ALL[name]
    for tensor in op.definition.inputs:
        result = to_sympy(derive(op, tensor.name))
        for term in sympy.Add.make_args(result):
            sums = [part for part in sympy.preorder_traversal(term) if isinstance(part, sympy.Sum)]
            assert len(sums) <= 1 or "lp" in name
            assert all(isinstance(limit, sympy.Tuple) and len(limit) == 3 for total in sums for limit in total.limits)


def test_products_of_sums_over_one_index_are_kept_apart() -> None:
    total: Expr = Sum(Access(X, (A("m"),)), (binder("m", 3),))
    squared = expression_to_sympy(Mul((total, total)))
    assert isinstance(squared, sympy.Sum)
    assert sympy.expand(squared.doit() - (x[0] + x[1] + x[2]) ** 2) == 0


def test_an_index_named_like_a_size_or_an_outer_index_is_kept_apart() -> None:
    entry: Expr = Access(X, (A("m"),))
    assert expression_to_sympy(Sum(entry, (binder("m", "m"),))).subs(symbol("m"), 2).doit() == x[0] + x[1]
    inner: Expr = Sum(Mul((entry, Sum(entry, (binder("m", 2),)))), (binder("m", 3),))
    expected = (x[0] + x[1]) * (x[0] + x[1] + x[2])
    assert sympy.expand(expression_to_sympy(inner).doit() - expected) == 0


def test_an_inner_limit_may_name_an_outer_index() -> None:
    triangle: Expr = Sum(Sum(Access(X, (A("n"),)), (Binder("n", A(0), A("m")),)), (binder("m", 3),))
    written = expression_to_sympy(triangle)  # SymPy's doit leaves a sum with such limits as it is
    assert sympy.lambdify([x], written, modules="math")([1, 10, 100]) == 3 * 1 + 2 * 10 + 100


def test_an_unbounded_sum_runs_over_all_integers() -> None:
    guards = (AtMost(A(0), A("m")), AtMost(A("m"), A(1)))
    everywhere = expression_to_sympy(Sum(Bracket(guards), (Binder("m", None, None),)))
    assert everywhere.limits == ((symbol("m"), -sympy.oo, sympy.oo),)


def test_latex_keeps_the_readers_names() -> None:
    gradient = to_sympy(derive(Conv1d(batch=True, channels=True), "I"))
    text = sympy.latex(gradient)
    for part in (r"{\delta}_{\nu',f,i}", r"{K}_{f,c',m}", "k_{1} - 1", "O_{1} - 1"):
        assert part in text
    kernel = sympy.latex(to_sympy(derive(Conv1d(batch=True, channels=True), "K")))
    assert r"{\delta}_{\nu,f',i}" in kernel


def test_names_of_bound_indices_are_identifiers_and_new() -> None:
    names = [bound_symbol(name, {"m", "nu"}).name for name in ("m", r"\nu", "x^{l}", r"\lambda", "m''", "for", "1")]
    assert names == ["m_1", "nu_1", "x_l", "lamda", "mprimeprime", "i_for", "i_1"]
    assert all(name.isidentifier() for name in names)


def test_padding_maps_as_index_arithmetic() -> None:
    spans = {"reflect": range(-3, 7), "replicate": range(-5, 9), "circular": range(-4, 8)}
    expected = {
        "reflect": [3, 2, 1, 0, 1, 2, 3, 2, 1, 0],
        "replicate": [0] * 5 + [0, 1, 2, 3] + [3] * 5,
        "circular": [0, 1, 2, 3] * 3,
    }
    for outside, span in spans.items():
        assert [padded_index(at, 4, outside) for at in span] == expected[outside]  # type: ignore[arg-type]


def test_sizes_are_put_in_and_derived_sizes_follow() -> None:
    op = Conv2d(stride="s", kernel_size=2)
    result = to_sympy(derive(op, "K"), {"H": 5, "W": 4, "s": 2})
    assert [limit[2] for limit in result.limits] == [1, 1]
    assert {name.name for name in result.free_symbols if name.is_integer} == {"m'", "n'"}


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"Q": 2}, "sizes: Conv1d has no size 'Q'; its sizes are O_1, W, k_1, s"),
        ({"s": 0}, "sizes: s must be an integer of at least 1, got 0"),
        ({"W": 2, "k_1": 3}, "the kernel spans 3 entries on spatial axis 1, more than the 2 of the padded input"),
        ({"W": 5, "k_1": 2, "s": 2, "O_1": 3}, "sizes: O_1 must be 2 for the other sizes, got 3"),
    ],
)
def test_wrong_sizes_are_reported(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(SizeError) as caught:
        to_sympy(derive(Conv1d(stride="s"), "K"), sizes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("what", "form", "message"),
    [
        (MaxPool1d(), "sum", "has a SymPy form only where its window has integer size"),
        (Conv1d(), "matrix", "form of to_sympy must be 'sum' or 'limits', got 'matrix'"),
        ("Conv1d", "sum", "takes an expression, a definition, a derivation or an operation, got str"),
    ],
)
def test_what_has_no_form_is_refused(what: object, form: str, message: str) -> None:
    with pytest.raises(SymconvError) as caught:
        to_sympy(what, form=form)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_a_symbolic_window_has_a_form_once_its_size_is_given() -> None:
    result = to_sympy(MaxPool1d(), {"k_1": 2, "W": 4})
    assert result.subs(symbol("i"), 1) == sympy.Max(indexed_base("I")[2], indexed_base("I")[3])


def test_importing_the_bridge_does_not_import_sympy() -> None:
    modules = "symconv.expr.bridge, symconv.expr.bridge_back, symconv.gradient.sympy_form"
    code = f"import sys, {modules}; print('sympy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
