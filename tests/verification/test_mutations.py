"""Random changes to right formulas: no ``proved`` that evaluation refutes."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from symconv.verification.prove import prove
from symconv.verification.refute import refute
from tests.verification.judge import differs
from tests.verification.mutations import cases, mutated


def run(number: int, configurations: int, seed: int) -> Counter[str]:
    """Try mutations; how many were proved equal (and agree), refuted, or neither."""
    rng, found = Random(seed), Counter[str]()
    for attempt in range(number):
        case = rng.choice(cases())
        what, claim = mutated(case, rng)
        proof = prove(claim, case.truth, case.definition, case.ranges, timeout_ms=300)
        if proof:
            where = differs(
                claim, case.truth, case.definition, case.ranges, configurations=configurations, seed=attempt
            )
            assert where is None, f"{case.id}, {what}: proved, but {where}"
            found["proved"] += 1
        else:
            search = refute(claim, case.truth, case.definition, case.ranges, seconds=0.3, most=300)
            found["refuted" if search.counterexample else "checked"] += 1
    return found


def test_no_mutation_is_proved_wrongly() -> None:
    found = run(150, 25, seed=3)
    assert found["refuted"] > 40
    assert found["proved"] > 40
    assert found["checked"] < 10


@pytest.mark.oracle
def test_no_mutation_of_3000_is_proved_wrongly_on_500_configurations() -> None:
    found = run(3000, 500, seed=5)
    print(dict(found))
    assert found["checked"] < 150
