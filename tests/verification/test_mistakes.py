"""Every mistake of the library is found where it is planted, named, explained and undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from symconv.parse.read import read_latex
from symconv.typeset.latex import write_latex
from symconv.verification.mistakes.diagnose import candidates, diagnose
from symconv.verification.mistakes.formula import spread
from symconv.verification.mistakes.library import LIBRARY
from symconv.verification.mistakes.mistake import Mistake
from symconv.verification.verdict import Diagnosis
from tests.verification.mistake_adapter import comparer, same, verifier, vocabulary
from tests.verification.mistake_case import Case
from tests.verification.mistake_cases import ENTRIES, PAIRS
from tests.verification.mistake_table import PAGE, page
from tests.verification.more_mistake_cases import COMPARED, SIZES

VERIFIED = (*ENTRIES, *SIZES)
ALL = (*VERIFIED, *COMPARED)


def _cases(cases: tuple[Case, ...]) -> Iterator[object]:
    return (pytest.param(case, id=case.id) for case in cases)


def _check(case: Case, found: Diagnosis | None) -> None:
    assert found is not None
    assert found.corrected is not None
    assert found.mistake == case.mistake, found
    assert found.sentence.endswith(".")
    assert _letters(found.corrected) == _letters(case.right)


def _letters(latex: str) -> str:
    """The formula without blanks and sizes of brackets; juxtaposed letters count as one word."""
    return re.sub(r"\\left|\\right|[\s{}]", "", write_latex(same(latex)).replace(r"\,", ""))


@pytest.mark.parametrize("case", _cases(VERIFIED))
def test_a_planted_mistake_is_found(case: Case) -> None:
    holds = verifier(case)
    assert not holds(read_latex(case.wrong))
    found = diagnose(read_latex(case.wrong), vocabulary(case), holds, seconds=60)
    _check(case, found)
    assert found is not None
    assert holds(read_latex(found.corrected or ""))


@pytest.mark.parametrize("case", _cases(COMPARED))
def test_edits_reach_the_right_formula(case: Case) -> None:
    _check(case, diagnose(read_latex(case.wrong), vocabulary(case), comparer(case), seconds=60))


@pytest.mark.parametrize("case", _cases(PAIRS))
def test_two_mistakes(case: Case) -> None:
    _check(case, diagnose(read_latex(case.wrong), vocabulary(case), verifier(case), seconds=60))


def test_every_mistake_has_a_case_and_a_name_of_its_own() -> None:
    names = [mistake.id for mistake in LIBRARY]
    assert len(set(names)) == len(names)
    assert set(names) == {case.mistake for case in ALL}


@pytest.mark.parametrize("mistake", LIBRARY, ids=lambda mistake: mistake.id)
def test_a_mistake_says_what_is_right(mistake: Mistake) -> None:
    assert mistake.law.endswith(".")
    assert mistake.sentence.endswith(".")


@pytest.mark.parametrize("case", _cases((*ALL, *PAIRS)))
def test_every_edit_changes_the_formula_and_can_be_read_back(case: Case) -> None:
    words = vocabulary(case)
    whole = spread(read_latex(case.wrong), words)
    for candidate in candidates(whole, words, LIBRARY):
        assert candidate.box != whole, candidate.mistake.id
        text = write_latex(candidate.box)
        assert write_latex(read_latex(text)) == text, candidate.mistake.id
        sentence = candidate.mistake.told(candidate.edit)
        assert sentence.endswith(".")
        assert not any(place in sentence for place in _places(candidate.mistake.sentence))


def _places(sentence: str) -> list[str]:
    return [f"{{{name}}}" for _, name, _, _ in Formatter().parse(sentence) if name]


def test_no_mistake_fits() -> None:
    case = VERIFIED[0]
    assert diagnose(read_latex(case.wrong), vocabulary(case), lambda box: False, seconds=0.2) is None


def test_the_page_of_mistakes_is_up_to_date() -> None:
    """``python -m tests.verification.mistake_table`` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
