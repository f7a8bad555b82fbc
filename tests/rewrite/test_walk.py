"""Substitution without capture, and a case in every pass for every node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.evaluate.reference import Environment, evaluate
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
from symconv.expr.walk import accesses, bound_names, children, free_names, fresh, substitute, walk
from symconv.gradient.differentiate import differentiate, resolve
from symconv.index.affine import Affine
from symconv.index.domain import AtMost
from symconv.rewrite.normal import from_terms, to_terms
from tests.rewrite.helpers import SIZES, data
from tests.rewrite.test_normal import expressions
from tests.strategies import CONTEXT, Y, forms, of

ENTRY = Access(Y, (of("u"),))
WINDOW = Reduce("max", Access(Y, (of("u") + "i",)), (binder("i", "k"),), (AtMost(of("u") + "i", of("H") - 1),), "first")
EXAMPLES: dict[type, Expr] = {
    Scalar: Scalar(of("u") + 1, of("k")),
    Access: ENTRY,
    Add: Add((ENTRY, number("u"))),
    Mul: Mul((ENTRY, number("u"), ENTRY)),
    Pow: Pow(ENTRY, number(3)),
    Sum: Sum(Access(Y, (of("u") + "i",)), (Binder("i", of(0), of("u")),)),
    Bracket: Bracket((AtMost(of("u"), of("k")),)),
    Reduce: WINDOW,
    Winner: Winner(WINDOW, (of(0),)),
    Derivative: Derivative(Mul((ENTRY, ENTRY)), Access(Y, (of("v"),))),
}


def test_every_node_has_an_example() -> None:
    assert set(EXAMPLES) == set(NODES)


@pytest.fixture(params=NODES, ids=lambda node: node.__name__)
def example(request: pytest.FixtureRequest) -> Expr:
    return EXAMPLES[request.param]


def value(expr: Expr, **indices: int) -> object:
    sizes = {"H": 3, "k": 2, "s": 1, "d": 1, "p": 0}
    return evaluate(expr, Environment({**sizes, **indices}, data(sizes, 1)))


def test_every_pass_has_a_case_for_every_node(example: Expr) -> None:
    assert all(isinstance(child, NODES) for child in children(example))
    assert "u" in free_names(example)
    assert "i" not in free_names(example)
    moved = substitute(example, {"u": of("v") + 1})
    assert type(moved) is type(example)
    assert "u" not in free_names(moved)
    assert value(moved, u=9, v=0) == value(example, u=1, v=0)
    assert value(from_terms(to_terms(example)), u=1, v=0) == value(example, u=1, v=0)


def test_differentiation_has_a_case_for_every_node(example: Expr) -> None:
    by = Access(Y, (of("t"),))
    if isinstance(example, Derivative):
        with pytest.raises(TypeError, match="second derivatives"):
            differentiate(example, by)
        return
    result = resolve(differentiate(example, by), CONTEXT)
    assert not any(isinstance(node, Derivative) for node in walk(result))
    for at in range(3):
        assert value(result, u=1, t=at) == value(Derivative(example, by), u=1, t=at)


def test_what_is_no_node_is_refused() -> None:
    with pytest.raises(TypeError, match="no case for int"):
        substitute(3, {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no case for int"):
        differentiate(3, ENTRY)  # type: ignore[arg-type]


targets = st.sampled_from([of("i"), of("v"), of("u") + "v", of("k") - 1, of("i'"), of("i") * 2 - "u"])


@given(expressions, st.dictionaries(st.sampled_from(["u", "v", "i", "k"]), targets, min_size=1), st.integers(0, 20))
def test_substitution_is_evaluation_in_a_changed_environment(expr: Expr, values: dict[str, Affine], seed: int) -> None:
    sizes = SIZES[seed % len(SIZES)]
    env = {**sizes, "u": 1, "v": 2, "i": 0, "i'": 1}
    # k is a shape, so it may be replaced only by itself
    values = {name: form for name, form in values.items() if name != "k"}
    inner = {**env, **{name: form.value(env) for name, form in values.items()}}
    tensors = data(sizes, seed)
    before = evaluate(expr, Environment(inner, tensors))
    assert evaluate(substitute(expr, values), Environment(env, tensors)) == before


@given(expressions, forms(("i", "v"), terms=2))
def test_free_names_after_a_substitution(expr: Expr, form: Affine) -> None:
    expected = (free_names(expr) - {"u"}) | (form.names() if "u" in free_names(expr) else set())
    # a product with a zero form loses names, never gains any
    assert free_names(substitute(expr, {"u": form})) <= expected


def test_a_bound_index_makes_room() -> None:
    total = Sum(Access(Y, (of("u") + "i",)), (binder("i", "k"),))
    moved = substitute(total, {"u": of("i")})
    assert isinstance(moved, Sum)
    (inner,) = moved.binders
    assert inner.index == "i'"
    assert free_names(moved) == {"i", "k"}
    assert bound_names(moved) == {"i'"}
    assert [access.indices for access in accesses(moved)] == [(of("i") + "i'",)]


def test_fresh_names() -> None:
    assert fresh("i", set()) == "i"
    assert fresh("i", {"i", "i'"}) == "i''"
