"""Contexts and formulas that are refused before they are read: each with its sentence."""

from __future__ import annotations

from typing import Any

import pytest

import symconv as sc
from symconv.meaning.extent import check_extent
from symconv.parse.read import read
from tests.meaning.table_limits import CONTEXTS, EXTENTS, LAYERS, SIDES

FORWARD = r"O_i = \sum_m K_m I_{i+m}"


@pytest.mark.parametrize(("context", "sentence"), CONTEXTS)
def test_a_context_that_is_not_right(context: dict[str, Any], sentence: str) -> None:
    verdict = sc.verify(FORWARD, sc.Conv1d(), **context)
    assert (verdict.status, verdict.message) == ("not_understood", sentence)


@pytest.mark.parametrize(("latex", "sentence"), [*EXTENTS, *SIDES])
def test_a_formula_that_is_too_large_or_has_an_empty_side(latex: str, sentence: str) -> None:
    verdict = sc.verify(latex, sc.Conv1d())
    assert (verdict.status, verdict.message) == ("not_understood", sentence)


@pytest.mark.parametrize(("layer", "sentence"), LAYERS)
def test_a_layer_that_is_none(layer: Any, sentence: str) -> None:
    verdict = sc.verify(FORWARD, layer)
    assert (verdict.status, verdict.message) == ("not_understood", sentence)


def test_what_course_notes_write_is_not_too_large() -> None:
    check_extent(
        read(r"\frac{\partial L}{\partial x} = " + "+".join([r"\sum_{i} \delta_{i,j} w_{i-m,j-n}^2"] * 20)).box
    )
