"""SymPy's numbers equal the plain loops': sizes random, tails included."""

from __future__ import annotations

import warnings

import pytest

from tests.bridge.cases import ALL
from tests.bridge.judge import Case


@pytest.mark.parametrize("name", ALL)
def test_lambdify_of_the_sum_form_agrees_with_plain_loops(name: str) -> None:
    op, values = ALL[name]
    compared = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no division by zero behind a condition
        for seed in (0, 1):
            for formula in Case(op, seed, values).formulas():
                compared += formula.by_lambdify("sum", None, sizes_first=seed == 1)
                compared += formula.by_lambdify("sum", "math", sizes_first=seed == 0)
    assert compared >= 8


@pytest.mark.parametrize("name", ALL)
def test_lambdify_of_the_limits_form_agrees_under_the_math_module(name: str) -> None:
    op, values = ALL[name]
    cases = [Case(op, seed, values) for seed in (4, 21)]
    compared = sum(formula.by_lambdify("limits", "math") for case in cases for formula in case.formulas())
    assert compared >= 4


@pytest.mark.parametrize("form", ["sum", "limits"])
@pytest.mark.parametrize("name", ALL)
def test_doit_and_subs_agree_with_plain_loops(name: str, form: str) -> None:
    op, values = ALL[name]
    for formula in Case(op, 7, values, work=24).formulas():
        formula.by_doit(form, entries=1)
