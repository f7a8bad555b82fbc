"""Limits of time: they nest, end computations wherever these are, and are told in the verdict."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import symconv as sc
from symconv.time_limit import OutOfTime, check_time, limit_of, seconds_left, time_limit
from symconv.verification.formula import NOT_ALL, TOO_LONG
from symconv.verification.prove import prove
from symconv.verification.refute import refute

FORWARD = r"O_i = \sum_{m=0}^{k_1-1} K_m I_{i+m}"


def test_an_inner_limit_is_never_longer_than_one_around_it() -> None:
    assert seconds_left() == float("inf")
    with time_limit(10), time_limit(1000) as inner:
        assert inner.left <= 10
        assert limit_of(1000).end == inner.end
        with time_limit(1):
            assert seconds_left() <= 1
        assert seconds_left() > 1
    check_time()


def test_time_that_is_over_is_an_error_that_no_mistake_of_a_user_is() -> None:
    with time_limit(0), pytest.raises(OutOfTime):
        check_time()
    assert not issubclass(OutOfTime, sc.SymconvError)


def test_a_limit_belongs_to_its_thread() -> None:
    with time_limit(0), ThreadPoolExecutor(1) as other:
        assert other.submit(seconds_left).result() == float("inf")


def test_a_proof_and_a_search_end_with_the_time() -> None:
    definition = sc.Conv2d(stride="s").definition
    body, ranges = definition.body, definition.output.ranges()
    with time_limit(0):
        proof = prove(body, body, definition, ranges)
        search = refute(body, body, definition, ranges)
    assert (proof.status, proof.timed_out, proof.why) == ("unknown", True, "the time is over")
    assert (search.ended, search.counterexample, search.configurations) == ("time", None, 0)


def test_a_formula_that_there_is_no_time_for_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symconv.verification.formula.SECONDS", 0)
    verdict = sc.verify(FORWARD, sc.Conv1d())
    assert (verdict.status, verdict.message) == ("not_understood", TOO_LONG)


def test_readings_that_there_is_no_time_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = r"\frac{\partial L}{\partial I} = \delta * K"
    assert NOT_ALL not in sc.verify(wrong, sc.Conv1d()).reading
    monkeypatch.setattr("symconv.verification.formula.TRYING", 0)
    assert NOT_ALL in sc.verify(wrong, sc.Conv1d()).reading
