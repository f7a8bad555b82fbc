"""The ring of index forms: laws and identities, by evaluation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.index.affine import (
    ONE,
    ZERO,
    Affine,
    ceil_div,
    exact_div,
    extremum,
    floor_div,
)
from tests.strategies import compounds, divisors, forms, of

values = st.fixed_dictionaries({name: st.integers(1, 6) for name in ("H", "k", "s", "d")} | {"p": st.integers(0, 6)})
rich = compounds(forms())


@given(rich, rich, rich)
def test_ring_laws_hold_as_equal_forms(a: Affine, b: Affine, c: Affine) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a + ZERO == a
    assert a * ONE == a
    assert a * 0 == ZERO
    assert a - a == ZERO
    assert hash(a * (b + c)) == hash(a * b + a * c)


@given(rich, rich, values)
def test_value_is_a_homomorphism(a: Affine, b: Affine, env: dict[str, int]) -> None:
    assert (a + b).value(env) == a.value(env) + b.value(env)
    assert (a - b).value(env) == a.value(env) - b.value(env)
    assert (a * b).value(env) == a.value(env) * b.value(env)
    assert (a**3).value(env) == a.value(env) ** 3


@given(forms(), divisors, values)
def test_floor_and_ceiling(num: Affine, den: Affine, env: dict[str, int]) -> None:
    n, d = num.value(env), den.value(env)
    assert floor_div(num, den).value(env) == math.floor(n / d)
    assert ceil_div(num, den).value(env) == math.ceil(n / d)


@given(forms(), divisors, values)
def test_exact_quotients_have_a_value_exactly_where_they_divide(num: Affine, den: Affine, env: dict[str, int]) -> None:
    assert exact_div(num * den, den).value(env) == num.value(env)
    if num.value(env) % den.value(env):
        with pytest.raises(ArithmeticError, match="does not divide"):
            exact_div(num, den).value(env)
    else:
        assert exact_div(num, den).value(env) * den.value(env) == num.value(env)


@pytest.mark.parametrize("num", range(-7, 8))
@pytest.mark.parametrize("den", [1, 2, 3])
def test_quotients_of_integers_are_integers(num: int, den: int) -> None:
    assert floor_div(num, den).constant == num // den
    assert ceil_div(num, den).constant == -(-num // den)
    # an inexact exact quotient must not turn into an integer
    assert exact_div(num, den).constant == (num // den if num % den == 0 else None)


@given(st.lists(rich, min_size=2, max_size=4), values)
def test_extrema(args: list[Affine], env: dict[str, int]) -> None:
    found = [arg.value(env) for arg in args]
    assert extremum("max", args).value(env) == max(found)
    assert extremum("min", args).value(env) == min(found)


@given(rich, st.dictionaries(st.sampled_from(["H", "k", "p", "s"]), forms(), max_size=3), values)
def test_substitution_is_evaluation_in_a_changed_environment(
    a: Affine, replaced: dict[str, Affine], env: dict[str, int]
) -> None:
    inner = {**env, **{name: form.value(env) for name, form in replaced.items()}}
    if inner["s"] < 1 or inner["k"] < 1:
        replaced = {name: form for name, form in replaced.items() if name not in ("s", "k")}
        inner = {**inner, "s": env["s"], "k": env["k"]}
    assert a.substitute(replaced).value(env) == a.value(inner)


@given(forms(), st.sampled_from(["H", "k", "s", "d", "p"]), values)
def test_a_form_is_its_coefficient_times_the_name_plus_the_rest(a: Affine, name: str, env: dict[str, int]) -> None:
    if a.is_affine_in(name):
        assert a == a.coefficient(name) * name + a.without(name)
        assert name not in a.coefficient(name).names() | a.without(name).names()
    else:
        assert name in a.coefficient(name).names()


def test_a_form_is_not_affine_in_a_name_under_a_quotient_or_an_extremum() -> None:
    assert not (of("H") + floor_div(of("H"), "s")).is_affine_in("H")
    assert not extremum("max", [of("H"), of("k")]).is_affine_in("k")
    assert floor_div(of("H"), "s").is_affine_in("k")
