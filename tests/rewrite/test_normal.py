"""The normal form keeps the value, and no index is captured on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symconv.expr.nodes import Access, Add, Binder, Bracket, Expr, Mul, Pow, Scalar, Sum, binder, number
from symconv.expr.walk import free_names
from symconv.index.affine import ONE, Affine, exact_div
from symconv.index.domain import AtMost, Divides
from symconv.rewrite.normal import Term, from_term, from_terms, reduced, to_terms
from tests.rewrite.helpers import same
from tests.strategies import X, Y, guards, of, terms

# few names, free and bound ones alike, so that they clash all the time
CLASHING = ("u", "v", "i", "k")


@st.composite
def leaves(draw: st.DrawFn) -> Expr:
    name, other = draw(st.sampled_from(CLASHING)), draw(st.sampled_from(CLASHING))
    kind = draw(st.sampled_from(["x", "y", "scalar", "bracket", "power"]))
    if kind == "x":
        return Access(X, (of(name), of(other)))
    if kind == "scalar":
        return Scalar(of(name) + 1, of("s") * 2)
    if kind == "bracket":
        return Bracket((draw(guards((name, other))),))
    entry = Access(Y, (of(name),))
    return (
        entry
        if kind == "y"
        else Pow(Sum(Mul((entry, Access(X, (of("i"), of(other))))), (binder("i", "H"),)), number(2))
    )


@st.composite
def sums(draw: st.DrawFn, inner: st.SearchStrategy[Expr]) -> Expr:
    index = draw(st.sampled_from(("i", "u", "v")))
    hi = draw(st.sampled_from([of("H"), of("u"), of("v") + 1, of("k"), of("i")]))
    return Sum(draw(inner), (Binder(index, of(0), hi),))


def compound(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(several.map(Add), several.map(Mul), sums(inner))


expressions = st.recursive(leaves(), compound, max_leaves=5)


def closed(expr: Expr) -> Expr:
    """The index i bound, where it is free, so that only u, v and sizes are left."""
    return Sum(expr, (Binder("i", of(0), of("k")),)) if "i" in free_names(expr) else expr


@given(expressions, st.integers(0, 99))
def test_the_normal_form_keeps_the_value(expr: Expr, seed: int) -> None:
    expr = closed(expr)
    assert same(expr, from_terms(to_terms(expr)), seed, count=2)


@given(expressions)
def test_the_normal_form_binds_every_name_once_and_keeps_the_free_ones(expr: Expr) -> None:
    for term in to_terms(expr):
        names = [each.index for each in term.binders]
        assert len(names) == len(set(names))
        ends = [end for each in term.binders for end in (each.lo, each.hi) if end is not None]
        assert not frozenset().union(*(end.names() for end in ends)) & set(names)
        assert free_names(from_term(term)) <= free_names(expr)


@given(terms())
def test_a_term_is_its_own_normal_form(term: Term) -> None:
    assert same(from_term(term), from_terms(to_terms(from_term(term))), count=2)


def test_a_free_index_beside_a_sum_over_the_same_name_is_not_captured() -> None:
    total = Sum(Access(Y, (of("u"),)), (binder("u", "H"),))
    for expr in (Mul((total, Access(Y, (of("u"),)))), Mul((Access(Y, (of("u"),)), total)), Mul((total, total))):
        assert same(expr, from_terms(to_terms(expr)), count=6)


def test_an_inner_limit_in_an_outer_index_becomes_a_guard() -> None:
    triangle = Sum(Sum(Access(X, (of("i"), of("m"))), (Binder("m", of(0), of("i")),)), (binder("i", "H"),))
    (term,) = to_terms(triangle)
    assert AtMost(of("m"), of("i")) in term.guards
    assert same(triangle, from_term(term), count=6)


def test_an_outer_limit_is_not_captured_by_an_inner_binder() -> None:
    shadowed = Sum(Sum(Access(X, (of("i"), of("u"))), (binder("u", "k"),)), (Binder("i", of(0), of("u")),))
    assert same(shadowed, from_terms(to_terms(shadowed)), count=6)


def test_a_coefficient_without_a_value_stays_under_its_guard() -> None:
    half = exact_div("u", 2)
    term = Term(Scalar(half), (binder("i", "H"),), (Divides(of(2), of("u")),), (Access(Y, (of("i"),)),))
    assert same(from_term(term), from_term(term), count=6)


fractions = st.tuples(
    st.sampled_from([of(n) for n in range(-6, 7)] + [of("H") * 2, of("H") * 4 + 2, of("H") * "k", of("k") - 1]),
    st.sampled_from([of(1), of(2), of(4), of(6), of("k"), of("k") * 2, of("H") * "k" * 4, of("k") + 1]),
)


@given(fractions)
def test_a_reduced_fraction_has_the_same_value(pair: tuple[Affine, Affine]) -> None:
    num, den = pair
    assert same(Scalar(num, den), reduced(num, den))


def test_one_half_stays_one_half() -> None:
    assert reduced(of(1), of(2)) == Scalar(ONE, of(2))
    assert reduced(of(-1), of(2)) == Scalar(of(-1), of(2))
    assert reduced(of(6), of(4)) == Scalar(of(3), of(2))
    assert reduced(of(6), of(3)) == Scalar(of(2))
