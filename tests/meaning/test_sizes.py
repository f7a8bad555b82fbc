"""Formulas for sizes, counts, regions and receptive fields: what they mean, and that one slip makes them wrong."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import sample_sizes
from symconv.index.domain import holds
from tests.meaning.adverse import judged
from tests.meaning.spelled import reread
from tests.meaning.table_sizes import REGIONS, SIZES, Quantity

EVERYTHING = (*SIZES, *REGIONS)


def slips(table: Sequence[Quantity]) -> list[pytest.param]:
    found = []
    for each in table:
        for old, new in each.wrong:
            assert old in each.latex, (each.id, old)
            found.append(pytest.param(each, each.latex.replace(old, new), id=f"{each.id}: {old} → {new}"))
    return found


@pytest.mark.parametrize("quantity", [pytest.param(each, id=each.id) for each in SIZES])
def test_both_sides_have_the_value(quantity: Quantity) -> None:
    found = reread(quantity.latex, quantity.op.definition, quantity.context)
    assert found.verdict.status == "proved", found.verdict
    (claim,) = found.claims
    rng, compared = Random(quantity.id), 0
    for _ in range(2000):
        sizes = sample_sizes(quantity.op.definition, rng, work=10**6)
        assert sizes is not None
        value = quantity.value(sizes)
        # the formula says something exactly where the table does
        if value is None or not all(holds(guard, sizes) for guard in claim.given):
            assert value is None or not claim.given
            continue
        for side in (claim.claim, claim.truth):
            assert evaluate(side, Environment(sizes)) == value, sizes
        compared += 1
        if compared == 50:
            break
    assert compared >= 20


@pytest.mark.parametrize("quantity", [pytest.param(each, id=each.id) for each in REGIONS])
def test_regions_and_fields_hold(quantity: Quantity) -> None:
    verdict = judged(quantity.latex, quantity.op, **quantity.context)
    assert verdict.status in ("proved", "checked"), verdict


@pytest.mark.parametrize(("quantity", "latex"), slips(EVERYTHING))
def test_a_slip_is_refuted(quantity: Quantity, latex: str) -> None:
    verdict = judged(latex, quantity.op, **quantity.context)
    assert verdict.status == "refuted", verdict
    assert verdict.counterexample is not None
