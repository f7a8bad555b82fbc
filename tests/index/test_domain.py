"""The sound check: whatever it claims is confirmed by enumeration and by Z3."""

from __future__ import annotations

from collections.abc import Mapping

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.index.affine import Affine, ceil_div, extremum, floor_div
from symconv.index.domain import Assumptions, AtMost, Divides, Equal, Guard, Range, holds
from tests.judges.z3forms import refutation
from tests.strategies import ASSUMPTIONS, FREE, all_sizes, compounds, environments, forms, linear, of

SIZES = list(all_sizes(3))
INDEXED = {**FREE, "m": Range(extremum("max", [of(0), of("u") - "k"]), of("H") - 1)}
candidates = compounds(st.one_of(forms(), linear(("u", "v")), linear(("u", "m"))))


def everywhere(ranges: Mapping[str, Range]) -> list[dict[str, int]]:
    """Every admitted choice of small sizes and of the indices, outer indices first."""
    found: list[dict[str, int]] = []
    for sizes in SIZES:
        partial = [dict(sizes)]
        for name, span in ranges.items():
            assert span.lo is not None
            assert span.hi is not None
            partial = [
                {**env, name: value} for env in partial for value in range(span.lo.value(env), span.hi.value(env) + 1)
            ]
        found += partial
    return found


POSITIONS = everywhere(INDEXED)


@settings(max_examples=300)
@given(candidates)
def test_a_form_said_to_be_nonnegative_is(form: Affine) -> None:
    if ASSUMPTIONS.nonnegative(form, INDEXED):
        assert all(form.value(env) >= 0 for env in POSITIONS)


@settings(max_examples=200)
@given(candidates, candidates)
def test_what_is_said_of_a_guard_is_true(left: Affine, right: Affine) -> None:
    for guard in (
        AtMost(left, right),
        Equal(left, right),
        Equal(left, left),
        Divides(of("s"), left),
        Divides(of(1), left),
    ):
        if ASSUMPTIONS.implies(guard, INDEXED):
            assert all(holds(guard, env) for env in POSITIONS)
        if ASSUMPTIONS.refutes(guard, INDEXED):
            assert not any(holds(guard, env) for env in POSITIONS)


@settings(max_examples=60)
@given(candidates)
def test_z3_confirms_for_all_sizes(form: Affine) -> None:
    """Not only for small sizes: the negation has no model (Z3 may give up on products, but never find one)."""
    if ASSUMPTIONS.nonnegative(form, INDEXED):
        assert refutation(form, ASSUMPTIONS, INDEXED) != z3.sat


# Claims that the derivations live on: these must be provable, or limits would be cluttered.
PROVABLE: dict[str, Affine] = {
    "an index in its range": of("H") - 1 - "u",
    "the padded window fits": of("H") + 2 * of("p") - "k",
    "a fact with slack": of("H") + 3 * of("p") - "k" + 2,
    "a product of indices' sizes": of("H") * "k" - "k" * of("u") - "v",
    "a floor of something nonnegative": floor_div(of("u") + "p", "s"),
    "a floor below its bound": of("H") - 1 - floor_div("u", "s"),
    "a ceiling below its bound": of("u") - ceil_div("u", "s"),
    "a maximum above its argument": extremum("max", [of("u"), of("k")]) - "u",
    "a range with a maximum as its end": of("m"),
}


def test_what_the_derivations_need_is_provable() -> None:
    unproved = [name for name, form in PROVABLE.items() if not ASSUMPTIONS.nonnegative(form, INDEXED)]
    assert unproved == []


def test_a_size_that_may_be_zero_is_not_positive() -> None:
    assert not ASSUMPTIONS.nonnegative(of("p") - 1, {})
    assert not ASSUMPTIONS.nonnegative(of("p") * "H" - 1, {})
    assert ASSUMPTIONS.nonnegative(of("p") * "H", {})
    assert not ASSUMPTIONS.nonnegative(-of("p"), {})


def test_an_unknown_name_proves_nothing() -> None:
    assert not ASSUMPTIONS.nonnegative(of("t"), {})
    assert not ASSUMPTIONS.nonnegative(of("H") * "t" * "t" + 1, {})
    assert not ASSUMPTIONS.nonnegative(of("u"), {"u": Range(None, of("H"))})
    assert not Assumptions({}).implies(AtMost(of(0), floor_div("t", 2)), {})


def test_sizes_rewritten_as_other_forms() -> None:
    groups = Assumptions({"g": 1, "e": 1, "F": 1}, equal={"F": of("g") * "e"})
    ranges = {"a": Range(of(0), of("g") - 1), "b": Range(of(0), of("e") - 1)}
    position = of("e") * "a" + "b"
    guard: Guard = AtMost(position, of("F") - 1)
    assert groups.implies(guard, ranges)
    assert not groups.implies(AtMost(position + 1, of("F") - 1), ranges)
    assert all(
        holds(guard, {**env, "F": env["g"] * env["e"]})
        for g in range(1, 4)
        for e in range(1, 4)
        for env in environments({"g": g, "e": e}, ranges)
    )
