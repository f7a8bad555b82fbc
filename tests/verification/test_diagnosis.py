"""The diagnosis from the formula on: the mistake that a teacher would name, its sentence, the corrected formula."""

from __future__ import annotations

from typing import Any

import pytest

import symconv as sc
from symconv.meaning.claim import Context
from symconv.parse.read import read
from symconv.verification.diagnosing import diagnosis_of
from symconv.verification.formula import judge
from symconv.verification.mistakes.mistake import Words, plain
from symconv.verification.verdict import Diagnosis
from tests.verification.taught_cases import TAUGHT, Taught


def diagnosed(case: Taught, seconds: float = 60.0) -> Diagnosis | None:
    """As ``verify`` does it, with time enough on a busy machine."""
    context = Context(None if case.op is None else case.op.definition, **case.context)
    reading = read(case.latex)
    verdict, made = judge(reading, context)
    assert verdict.status == "refuted"
    return diagnosis_of(
        reading.box,
        context,
        made,
        verdict,
        seconds=seconds,
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in TAUGHT])
def test_the_mistake_that_a_teacher_would_name(case: Taught) -> None:
    found = diagnosed(case)
    assert found is not None
    assert found.mistake == case.mistake, found
    assert case.sentence in found.sentence
    assert not set("{}\\") & set(found.sentence)
    assert case.corrected.replace(" ", "") in (found.corrected or "").replace(" ", "")
    again = sc.verify(found.corrected or "", case.op, **case.context)
    assert again.status == "proved", again


def test_a_single_axis_is_corrected_alone() -> None:
    left = r"\frac{\partial L}{\partial K_{p,q}}"
    wrong = rf"{left} = \sum_{{i=0}}^{{O_1-2}} \sum_{{j=0}}^{{O_2-1}} \delta_{{i,j}} I_{{i+p,j+q}}"
    found = diagnosed(Taught("", wrong, sc.Conv2d()))
    assert found is not None
    assert found.sentence == "The sum over i ends one too early: it goes to O₁ − 1, not to O₁ − 2."


def test_words_have_a_number() -> None:
    words: dict[str, Any] = {"one": Words("s"), "two": Words("s and t")}
    assert "{one:is/are} {two:is/are} {two}".format_map(words) == "is are s and t"


def test_symbols_are_written_in_one_way() -> None:
    assert plain("sₕ and s_{w}") == "s_h and s_w"
    assert plain("sₕ and O₁") == "sₕ and O₁"
    assert plain("Z_{i,j} and a^{−1}") == "Z[i,j] and a^(−1)"
    assert plain("rot_{180^{∘}}{K_{m,n}}") == "rot180(K[m,n])"
