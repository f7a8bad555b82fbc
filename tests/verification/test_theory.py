"""The theory never proves what some integers refute: random conditions against enumeration."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.index.affine import Affine, Extremum, Quotient
from symconv.index.domain import holds
from symconv.time_limit import OutOfTime, time_limit
from symconv.verification.conditions import Condition, NonNegative, Zero, condition_of, expand, floored
from symconv.verification.theory import Theory
from tests.strategies import LOWER, compounds, guards, linear

of = Affine.of
INDICES = ("i", "m")
TOP = 3


def environments() -> list[dict[str, int]]:
    """All small sizes with all positions from −2 to 3."""
    spans = [range(low, TOP + 1) for low in LOWER.values()]
    names = (*LOWER, *INDICES)
    return [dict(zip(names, at, strict=True)) for at in product(*spans, *(range(-2, 4) for _ in INDICES))]


ENVIRONMENTS = environments()[::7]
MINIMA = [NonNegative(of(name) - low) for name, low in LOWER.items()]


def true(condition: Condition, env: dict[str, int]) -> bool:
    value = condition.form.value(env)
    return value >= 0 if isinstance(condition, NonNegative) else value == 0


def proved(theory: Theory, goal: Condition) -> bool:
    with time_limit(0.3):
        try:
            return theory.proves(goal)
        except OutOfTime:
            return False


@settings(max_examples=120, deadline=None)
@given(st.lists(guards(INDICES), max_size=4), compounds(linear(INDICES)), st.booleans())
def test_what_is_proved_holds(known: list[object], form: Affine, as_zero: bool) -> None:
    conditions = [*MINIMA, *(condition_of(guard) for guard in known)]  # type: ignore[arg-type]
    goal = Zero(floored(form)) if as_zero else NonNegative(floored(form))
    if proved(Theory(conditions, LOWER, INDICES), goal):
        for env in ENVIRONMENTS:
            if all(holds(guard, env) for guard in known):  # type: ignore[arg-type]
                assert true(goal, env), env


@settings(max_examples=200, deadline=None)
@given(st.lists(guards(INDICES), min_size=1, max_size=3), st.data())
def test_consequences_are_found(known: list[object], data: st.DataObject) -> None:
    conditions = [*MINIMA, *(condition_of(guard) for guard in known)]  # type: ignore[arg-type]
    goal = data.draw(st.sampled_from(conditions))
    assert Theory(conditions, LOWER, INDICES).proves(goal)


@settings(max_examples=300, deadline=None)
@given(compounds(linear(INDICES)))
def test_expanding_keeps_the_meaning(form: Affine) -> None:
    parts = expand(floored(form))
    for env in ENVIRONMENTS[::11]:
        assert (form.value(env) >= 0) == all(part.value(env) >= 0 for part in parts)


def test_a_sum_of_two_quotients_bounds_neither() -> None:
    first, second = (of_atom(Quotient(of(name), of("s"), "floor")) for name in INDICES)
    theory = Theory([*MINIMA, NonNegative(first + second)], LOWER, INDICES)
    assert not proved(theory, NonNegative(first))
    assert not proved(theory, NonNegative(second))


def of_atom(atom: Quotient | Extremum) -> Affine:
    return Affine((((atom,), 1),))
