"""Words, conditions and scripts that change what a formula says are read or refused, never passed over."""

from __future__ import annotations

from typing import Any

import pytest

import symconv as sc
from tests.meaning.adverse import judged
from tests.meaning.table_words import NOT_PROVED, PROVED


@pytest.mark.parametrize(("formula", "op", "context"), [pytest.param(*row, id=row[0][:90]) for row in NOT_PROVED])
def test_not_proved(formula: str, op: sc.Operation | None, context: dict[str, Any]) -> None:
    assert judged(formula, op, **context).status in ("refuted", "not_understood")


@pytest.mark.parametrize(("formula", "op", "context"), [pytest.param(*row, id=row[0][:90]) for row in PROVED])
def test_proved(formula: str, op: sc.Operation | None, context: dict[str, Any]) -> None:
    verdict = judged(formula, op, **context)
    assert verdict.status == "proved", verdict


def test_words_beside_a_formula_are_told() -> None:
    verdict = judged(r"O_i = \sum_{m=0}^{k_1-1} K_m I_{i+m} \quad \text{(is wrong)}", sc.Conv1d())
    assert verdict.status == "proved"
    assert "the words “is wrong” are no part of the formula" in verdict.reading


def test_a_condition_that_is_not_understood_is_told() -> None:
    right = judged(r"O_i = \sum_{m=0}^{k_1-1} K_m I_{i+m} \quad \text{for even } i", sc.Conv1d())
    assert right.status == "proved"
    assert "the condition for even i is not used" in right.reading
    wrong = judged(r"O_i = \sum_{m=0}^{k_1-1} K_m I_{m} \quad \text{for even } i", sc.Conv1d())
    assert wrong.status == "not_understood"
    assert wrong.message == "the condition for even i is not understood, and without it the formula is wrong"
