"""Formulas in many spellings mean what loops over their layer give, and the same spellings with one slip do not hold.

A spelling is judged like any formula; the reading under which it holds is then evaluated with the reference evaluator
on random sizes, both sides of it, and compared with numpy loops that know nothing of symconv.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from itertools import product
from random import Random

import numpy as np
import pytest

from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.walk import accesses
from symconv.meaning.claim import Claim
from tests.meaning.adverse import judged as judged_formula
from tests.meaning.spelled import Spelling, counterexamples, differences, judged, reread
from tests.meaning.table_derivatives import DERIVATIVES
from tests.meaning.table_indices import INDICES
from tests.meaning.table_matrices import IDENTITIES, Identity
from tests.meaning.table_operators import OPERATORS
from tests.meaning.table_pooling import POOLING
from tests.meaning.table_sums import SUMS

TABLES = {
    "indices": INDICES, "sums": SUMS, "derivatives": DERIVATIVES, "operators": OPERATORS, "maxima": POOLING,
}  # fmt: skip
CONFIGURATIONS = 50


def rows(tables: Mapping[str, Sequence[Spelling | Identity]]) -> list[pytest.param]:
    """One row for every spelling."""
    return [pytest.param(each, id=f"{name}: {each.id}") for name, table in tables.items() for each in table]


def slips(tables: Mapping[str, Sequence[Spelling | Identity]]) -> list[pytest.param]:
    """One row for every slip."""
    found = []
    for name, table in tables.items():
        for each in table:
            for old, new in each.wrong:
                assert old in each.latex, (each.id, old)
                spoilt = each.latex.replace(old, new)
                found.append(pytest.param(each, spoilt, id=f"{name}: {each.id}: {old} → {new}"))
    return found


def test_there_are_enough_of_them_and_none_has_the_name_of_another() -> None:
    right, wrong = rows({**TABLES, "identities": IDENTITIES}), slips({**TABLES, "identities": IDENTITIES})
    assert len(right) >= 80
    assert len(wrong) >= 60
    for each in (right, wrong):
        assert len({row.id for row in each}) == len(each)


@pytest.mark.parametrize("spelling", rows(TABLES))
def test_a_spelling_means_what_the_loops_give(spelling: Spelling) -> None:
    found = judged(spelling)
    assert found.verdict.status in ("proved", "checked"), found.verdict
    assert list(differences(spelling, found.claims, configurations=CONFIGURATIONS)) == []


@pytest.mark.parametrize(("spelling", "latex"), slips(TABLES))
def test_a_slip_is_not_proved(spelling: Spelling, latex: str) -> None:
    found = judged(spelling, latex)
    assert found.verdict.status in ("refuted", "not_understood"), found.verdict
    if found.verdict.status == "refuted" and found.verdict.counterexample is not None:
        assert counterexamples(found), found.verdict


@pytest.mark.parametrize("identity", rows({"identities": IDENTITIES}))
def test_an_identity_holds_as_numpy_says(identity: Identity) -> None:
    found = reread(identity.latex, None, identity.context)
    assert found.verdict.status in ("proved", "checked"), found.verdict
    (claim,) = found.claims
    rng = Random(identity.id)
    for _ in range(CONFIGURATIONS // 2):
        sizes = {name: rng.randint(1, 3) for name in claim.definition.assumptions.lower}
        values = _letters(claim, sizes, rng)
        right = identity.value(**{letter: values[letter] for letter in inspect.signature(identity.value).parameters})
        spans = [range(span.lo.value(sizes), span.hi.value(sizes) + 1) for span in claim.ranges.values()]
        for side in (claim.claim, claim.truth):
            flat = [
                evaluate(side, Environment(sizes, values, {}, dict(zip(claim.ranges, at, strict=True))))
                for at in product(*spans)
            ]
            assert flat == np.asarray(right).reshape(-1).tolist(), sizes


def _letters(claim: Claim, sizes: dict[str, int], rng: Random) -> dict[str, np.ndarray]:
    tensors = {entry.tensor.name: entry.tensor for side in (claim.claim, claim.truth) for entry in accesses(side)}
    found = {}
    for name, tensor in tensors.items():
        shape = tuple(size.value(sizes) for size in tensor.shape)
        found[name] = np.array([rng.randint(-9, 9) for _ in range(int(np.prod(shape)))], dtype=int).reshape(shape)
    return found


@pytest.mark.parametrize(("identity", "latex"), slips({"identities": IDENTITIES}))
def test_a_slip_in_an_identity_is_not_proved(identity: Identity, latex: str) -> None:
    verdict = judged_formula(latex, None, **identity.context)
    assert verdict.status in ("refuted", "not_understood"), verdict
