"""The layers' formulas in 275 styles of writing, right and wrong ones, each with its truth.

Every record is judged as ``verify`` does, without the search for the mistake. What is proved is also evaluated with the
reference evaluator on random configurations: 20 here, 500 under ``make oracle``. A record has the fields of the
published formulas (``tools/formulas.py``); an activation in front of its layer is told by the roles.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import symconv as sc
from symconv.errors import SymconvError
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.formulas import claims_of
from symconv.meaning.sizes import SizeClaim
from symconv.parse.read import read
from symconv.verification.formula import judge
from symconv.verification.verdict import Verdict
from tests.verification.claims_judge import claim_difference, size_difference
from tools.records import context_of, options_of

RECORDS = json.loads((Path(__file__).parent / "data" / "styles.json").read_text(encoding="utf-8"))["records"]
UNDERSTOOD = 0.97


@dataclass(frozen=True)
class Style:
    """A record's verdict, and the claims of the reading under which it was given."""

    verdict: Verdict
    claims: tuple[Claim | SizeClaim, ...] = ()
    definition: Any = None


def layer_of(record: dict[str, Any]) -> sc.Operation | None:
    op = record.get("op")
    if op is None:
        return None
    return getattr(sc, op["name"])(**options_of(op))


@cache
def judged(number: int) -> Style:
    record = RECORDS[number]
    layer = layer_of(record)
    definition = None if layer is None else layer.definition
    context = Context(definition, **context_of(record))
    try:
        reading = read(record["latex"])
        verdict, made = judge(reading, context)
    except SymconvError as error:
        return Style(Verdict("not_understood", message=str(error)))
    if verdict.status != "proved":
        return Style(verdict)
    return Style(verdict, claims_of(statement_of(reading.box), context, Choices(values=dict(made))), definition)


EACH = [pytest.param(number, id=record["id"]) for number, record in enumerate(RECORDS)]


def test_the_set_is_whole() -> None:
    assert len(RECORDS) == 275
    assert len({record["id"] for record in RECORDS}) == 275
    assert Counter(record["truth"] for record in RECORDS) == {"correct": 130, "wrong": 95, "correct_if": 50}


@pytest.mark.parametrize("number", EACH)
def test_what_is_understood_agrees_with_the_truth(number: int) -> None:
    verdict, wrong = judged(number).verdict, RECORDS[number]["truth"] == "wrong"
    if verdict.status != "not_understood":
        assert (verdict.status == "refuted") == wrong, (RECORDS[number]["latex"], str(verdict))


def test_nearly_all_are_understood() -> None:
    refused = [RECORDS[number]["id"] for number in range(275) if judged(number).verdict.status == "not_understood"]
    assert len(refused) <= (1 - UNDERSTOOD) * 275, refused


@pytest.mark.parametrize("number", EACH)
def test_what_is_proved_holds_on_random_configurations(number: int) -> None:
    compare(number, configurations=20)


@pytest.mark.oracle
@pytest.mark.parametrize("number", EACH)
def test_what_is_proved_holds_on_many_configurations(number: int) -> None:
    compare(number, configurations=500)


def compare(number: int, configurations: int) -> None:
    """Both sides of every claim of a proved formula at random sizes and positions."""
    style = judged(number)
    divides = any("divides" in assumption for assumption in style.verdict.assumptions)
    for claim in style.claims:
        if isinstance(claim, SizeClaim):
            found = size_difference(
                claim, style.definition, without_rest=divides, configurations=configurations, seed=number
            )
        else:
            found = claim_difference(claim, configurations=configurations, seed=number)
        assert found is None, (RECORDS[number]["latex"], found)
