"""Sifting, pinning and limits keep the value of every term, and what they have done stays done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.expr.nodes import Access, Binder, Scalar
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import derive
from symconv.index.affine import ONE, ceil_div, extremum, floor_div
from symconv.index.domain import AtMost, Divides, Equal
from symconv.rewrite.normal import Term, from_term, from_terms
from symconv.rewrite.rule import Context, TermRule
from symconv.rewrite.sums import limits, pin, sift, simplify
from tests.rewrite.helpers import same
from tests.strategies import CONTEXT, X, Y, definitions, of, terms

RULES: dict[str, TermRule] = {"sift": sift, "pin": pin, "limits": limits, "simplify": simplify}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@settings(max_examples=120)
@given(term=terms(), seed=st.integers(0, 99))
def test_a_rule_keeps_the_value(rule: TermRule, term: Term, seed: int) -> None:
    assert same(from_term(term), from_terms(rule(term, CONTEXT)), seed)


@pytest.mark.parametrize("rule", [sift, pin], ids=["sift", "pin"])
@given(term=terms())
def test_a_rule_is_idempotent(rule: TermRule, term: Term) -> None:
    once = rule(term, CONTEXT)
    assert tuple(again for each in once for again in rule(each, CONTEXT)) == once


@given(definitions(), st.sampled_from(["w", "x"]))
def test_the_result_of_a_derivation_is_simplified(definition: Definition, wrt: str) -> None:
    derivation = derive(definition, wrt)
    names = tuple(str(index) for index in derivation.target.indices)
    context = Context(definition.assumptions, derivation.wrt.ranges(names))
    for term in derivation.terms:
        assert simplify(term, context) == (term,)


@given(term=terms(), seed=st.integers(0, 99))
def test_every_way_to_eliminate_keeps_the_value(term: Term, seed: int) -> None:
    for way in ("auto", "tap", "output", "none"):
        after = simplify(term, replace(CONTEXT, eliminate=way))
        assert same(from_term(term), from_terms(after), seed, count=2), way


def y_at(index: str) -> Access:
    return Access(Y, (of(index),))


def term_of(binders: tuple[Binder, ...], *conditions: AtMost | Equal | Divides, at: str = "i") -> Term:
    return Term(Scalar(ONE), binders, conditions, (y_at(at),))


I_ = Binder("i", of(0), of("H") - 1)


def test_sifting_by_a_stride_keeps_the_divisibility() -> None:
    (after,) = sift(term_of((I_,), Equal(of("s") * "i", of("u"))), CONTEXT)
    assert after.binders == ()
    assert Divides(of("s"), of("u")) in after.guards
    assert AtMost(of("u"), of("s") * of("H") - of("s")) in after.guards


@pytest.mark.parametrize(
    ("divisor", "value"),
    [(of(2), of("H") * 2 + 1), (of(2), of(3)), (of("s"), of("s") * "u" + 1), (of("s") * 2, of("s") * 3)],
    ids=["2∣2H+1", "2∣3", "s∣su+1", "2s∣3s"],
)
def test_a_divisibility_is_dropped_only_where_it_holds(divisor, value) -> None:  # type: ignore[no-untyped-def]
    term = term_of((I_,), Divides(divisor, value))
    assert limits(term, CONTEXT)[0].guards == (Divides(divisor, value),)
    held = term_of((I_,), Divides(divisor, value * divisor))
    assert limits(held, CONTEXT)[0].guards == ()


def test_two_equations_that_share_a_quotient_keep_its_divisibility() -> None:
    """Σ_m Σ_n Σ_i [i = 2m + 2n] [m = u]: solved for m, then for n, the condition 2 ∣ i stays."""
    both = (I_, Binder("m", of(0), of("H") - 1), Binder("n", of(0), of("k") - 1))
    term = term_of(both, Equal(of("i"), of("m") * 2 + of("n") * 2), Equal(of("m"), of("u")))
    for way in ("auto", "tap", "output"):
        after = simplify(term, replace(CONTEXT, eliminate=way))
        assert same(from_term(term), from_terms(after), count=12), way


def test_limits_of_a_strided_sum() -> None:
    low, high = AtMost(of("u") - "k" + 1, of("s") * "i"), AtMost(of("s") * "i", of("u"))
    (after,) = limits(term_of((I_,), low, high), CONTEXT)
    (found,) = after.binders
    assert after.guards == ()
    assert found.lo == extremum("max", [of(0), ceil_div(of("u") - "k" + 1, "s")])
    # u ≤ H − 1 does not bound ⌊u/s⌋ more tightly than H − 1 does, so only the floor is left
    assert found.hi == floor_div("u", "s")


def test_an_empty_range_is_the_empty_sum() -> None:
    assert limits(term_of((I_,), AtMost(of("i"), of(-1))), CONTEXT) == ()
    assert limits(term_of((I_,), AtMost(of("H"), of("i"))), CONTEXT) == ()
    assert sift(term_of((I_,), Equal(of("i"), of("H"))), CONTEXT) == ()


def test_pinning_leaves_one_term() -> None:
    low, high = AtMost(of("k") * "i", of("u")), AtMost(of("u") - of("k") * "i", of("k") - 1)
    (after,) = pin(term_of((I_,), low, high), CONTEXT)
    assert after.binders == ()
    assert after.factors == (Access(Y, (floor_div("u", "k"),)),)
    assert after.guards == ()


@pytest.mark.parametrize("step", ["p", "t"], ids=["may be zero", "unknown"])
def test_a_step_that_may_be_zero_is_neither_pinned_nor_divided_by(step: str) -> None:
    low, high = AtMost(of(step) * "i", of("u")), AtMost(of("u") - of(step) * "i", of(step) - 1)
    assert pin(term_of((I_,), low, high), CONTEXT)[0].binders == (I_,)
    assert limits(term_of((I_,), low), CONTEXT)[0].guards == (low,)
    equation = Equal(of(step) * "i", of("u"))
    assert sift(term_of((I_,), equation), CONTEXT)[0].guards == (equation,)


def test_a_guard_in_two_binders_stays_a_guard() -> None:
    both = (I_, Binder("m", of(0), of("k") - 1))
    guard = AtMost(of("i") + "m", of("u"))
    (after,) = limits(term_of(both, guard), CONTEXT)
    assert after.guards == (guard,)
    assert after.binders == both


def test_a_read_outside_is_zero_not_an_error() -> None:
    term = Term(Scalar(ONE), (I_,), (), (Access(X, (of("i") * 2 - 1, of("v"))),))
    assert same(from_term(term), from_terms(simplify(term, CONTEXT)))
