"""Equations solved for an index and inequalities as limits, against brute force."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symconv.index.affine import Affine, exact_div
from symconv.index.domain import AtMost, Divides, Equal, Range, holds
from symconv.index.solve import limit_from, solve_for
from tests.strategies import linear, of

values = st.fixed_dictionaries(
    {name: st.integers(1, 4) for name in ("H", "k", "s", "d")}
    | {"p": st.integers(0, 4), "u": st.integers(-5, 9), "i": st.integers(-5, 9)}
)
window = range(-60, 61)


def applies_to(factor: Affine, env: dict[str, int]) -> bool:
    """What the callers of both functions know: the coefficient, its first number made positive, is at least 1."""
    return (factor if factor.terms[0][1] > 0 else -factor).value(env) >= 1


@given(linear(("v", "u", "i")), linear(("v", "u")), st.sampled_from([of(0), of("u"), -of("p")]), values)
def test_a_solution_is_the_only_one_and_its_guards_say_when_there_is_one(
    left: Affine, right: Affine, lo: Affine, env: dict[str, int]
) -> None:
    span = Range(lo, of("H") + "k")
    solution = solve_for(Equal(left, right), "v", span)
    factor = (left - right).coefficient("v")
    if solution is None:
        assert not factor.terms
        return
    if not applies_to(factor, env):
        return
    solutions = [
        v
        for v in range(lo.value(env), env["H"] + env["k"] + 1)
        if left.value({**env, "v": v}) == right.value({**env, "v": v})
    ]
    applies = all(holds(guard, env) for guard in solution.guards)
    assert ([solution.value.value(env)] if applies else []) == solutions
    assert solution.needs_division == (factor.constant not in (1, -1))


@given(linear(("v", "u", "i")), linear(("v", "u")), values)
def test_a_limit_says_exactly_where_the_inequality_holds(left: Affine, right: Affine, env: dict[str, int]) -> None:
    limit = limit_from(AtMost(left, right), "v")
    factor = (right - left).coefficient("v")
    if limit is None:
        assert not factor.terms
        return
    if not applies_to(factor, env):
        return
    lo, hi = (None if end is None else end.value(env) for end in limit)
    for v in window:
        within = (lo is None or lo <= v) and (hi is None or v <= hi)
        assert within == (left.value({**env, "v": v}) <= right.value({**env, "v": v}))


def test_the_divisibility_guard_is_kept() -> None:
    solution = solve_for(Equal(of("s") * "i" + "m", of("u")), "i", Range(of(0), of("H") - 1))
    assert solution is not None
    assert Divides(of("s"), of("u") - "m") in solution.guards
    assert str(solution.value) == "exact((-m + u)/(s))"


def test_the_guard_names_only_what_the_quotient_does() -> None:
    """2i + 2m = t gives m = t/2 − i if 2 ∣ t; solved for i next, i = t/2 − u must not cancel the guard."""
    solution = solve_for(Equal(of("t"), of("i") * 2 + of("m") * 2), "m", Range(of(0), of("k") - 1))
    assert solution is not None
    assert solution.guards[0] == Divides(of(2), of("t"))
    assert solution.value == exact_div("t", 2) - "i"


def test_unbounded_ranges_add_no_limits() -> None:
    solution = solve_for(Equal(of("i") - "m", of("u")), "i", Range(None, None))
    assert solution is not None
    assert solution.guards == ()
    assert solution.value == of("m") + "u"


def test_an_index_inside_a_quotient_is_not_solved_for() -> None:
    from symconv.index.affine import floor_div

    equation = Equal(of("i") + floor_div("i", "s"), of("u"))
    assert solve_for(equation, "i", Range(of(0), of("H"))) is None
    assert limit_from(AtMost(equation.left, equation.right), "i") is None
