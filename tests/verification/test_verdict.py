"""What ``decide`` says, and how it reads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import symconv as sc
from symconv.expr.nodes import Expr, Scalar, binder
from symconv.gradient.derivation import Derivation, derive
from symconv.index.affine import Affine, exact_div, floor_div
from symconv.index.domain import Range
from symconv.rewrite.normal import from_term, from_terms
from symconv.verification.decide import decide
from symconv.verification.outside import padded_tensors, reads_outside
from symconv.verification.size_claims import decide_size, prove_size, refute_size
from symconv.verification.verdict import Verdict

of = Affine.of
LAYER = sc.Conv1d(stride="s", padding="p")
BY_INPUT = derive(LAYER, "I")


def ranges_of(derivation: Derivation) -> dict[str, Range]:
    return derivation.target.tensor.ranges(tuple(map(str, derivation.target.indices)))


def judge(claim: Expr, **options: object) -> Verdict:
    return decide(claim, BY_INPUT.result, BY_INPUT.definition, ranges_of(BY_INPUT), **options)  # type: ignore[arg-type]


def wide() -> Expr:
    """The gradient with all output positions, as textbooks write it."""
    (term,) = BY_INPUT.terms
    return from_term(replace(term, binders=(binder("i", "O_1"),)))


def test_proved() -> None:
    verdict = judge(derive(LAYER, "I", eliminate="none").result)
    assert (verdict.status, verdict.assumptions, verdict.counterexample) == ("proved", (), None)
    assert verdict.configurations > 0
    assert str(verdict) == "proved for all sizes"


def test_proved_with_zeros_outside() -> None:
    verdict = judge(wide())
    assert verdict.status == "proved"
    assert verdict.assumptions == ("entries of K outside its range are read as zero",)
    assert verdict.counterexample is not None
    assert "K has shape (1,)" in str(verdict)


def test_the_strict_reading_refutes_it() -> None:
    verdict = judge(wide(), outside="forbidden")
    assert verdict.status == "refuted"
    assert verdict.counterexample is not None
    assert verdict.counterexample.problem is not None
    assert verdict.counterexample.problem.startswith("K[")


def test_a_time_out_is_checked_and_says_so() -> None:
    (term,) = derive(sc.Conv1d(groups="g", stride="s"), "K").terms
    (each,) = [each for each in term.binders if each.index == "i"]
    assert each.lo is not None
    first = replace(each, hi=floor_div(of("O_1") - 1, 2))
    second = replace(each, lo=floor_div(of("O_1") + 1, 2))
    parts = [
        replace(term, binders=tuple(new if old is each else old for old in term.binders)) for new in (first, second)
    ]
    truth = derive(sc.Conv1d(groups="g", stride="s"), "K")
    verdict = decide(
        from_terms(tuple(parts)),
        truth.result,
        truth.definition,
        ranges_of(truth),
        timeout_ms=1,
        first_seconds=0.05,
        more_seconds=0.05,
    )
    assert (verdict.status, verdict.timed_out, verdict.message) == ("checked", True, "the proof timed out")
    assert str(verdict) == (
        f"checked, not proved (exact on {verdict.configurations} configurations: the proof timed out)"
    )


def test_json_is_stable() -> None:
    (term,) = BY_INPUT.terms
    verdict = judge(from_term(replace(term, coefficient=Scalar(of(2)))))
    found = json.loads(verdict.to_json())
    assert list(found) == [
        "status",
        "assumptions",
        "counterexample",
        "diagnosis",
        "reading",
        "message",
        "configurations",
        "timed_out",
        "seconds",
    ]
    assert found["status"] == "refuted"
    assert found["counterexample"]["surplus"] == r"K[0] \delta[0]"


def test_reads_outside() -> None:
    definition = BY_INPUT.definition
    assert padded_tensors(definition) == {"I"}
    assert padded_tensors(sc.Conv1d(stride="s").definition) == frozenset()
    assert reads_outside(BY_INPUT.result, definition, ranges_of(BY_INPUT)).status == "never"
    found = reads_outside(wide(), definition, ranges_of(BY_INPUT))
    assert found.status == "possible"
    assert found.read is not None
    assert found.read.tensor == "K"


SIZE = Scalar(LAYER.definition.derived["O_1"])
W, P, K, S = map(of, ("W", "p", "k_1", "s"))


@pytest.mark.parametrize(
    ("claim", "status", "assumptions"),
    [
        pytest.param(Scalar(floor_div(W + 2 * P - K + S, S)), "proved", (), id="floor of the whole"),
        pytest.param(Scalar(W + 2 * P - K + S, S), "proved", ("s divides W - k_1 + 2*p",), id="no floor"),
        pytest.param(Scalar(exact_div(W + 2 * P - K, S) + 1), "proved", ("s divides W - k_1 + 2*p",), id="exact"),
        pytest.param(Scalar(floor_div(W + 2 * P - K, S)), "refuted", (), id="one missing"),
        pytest.param(Scalar(floor_div(W + P - K, S) + 1), "refuted", (), id="padding once"),
        pytest.param(Scalar(floor_div(W + 2 * P - K - 1, S) + 1), "refuted", (), id="off by one"),
    ],
)
def test_output_sizes(claim: Scalar, status: str, assumptions: tuple[str, ...]) -> None:
    verdict = decide_size(claim, SIZE, LAYER.definition)
    assert (verdict.status, verdict.assumptions) == (status, assumptions)
    assert (verdict.counterexample is None) == (status == "proved" and not assumptions)


def test_the_smallest_wrong_size() -> None:
    found = refute_size(Scalar(W + 2 * P - K + S, S), SIZE, LAYER.definition).counterexample
    assert found is not None
    assert found.sizes == {"O_1": 1, "W": 2, "k_1": 1, "p": 0, "s": 2}


def test_parameter_counts() -> None:
    definition = sc.Conv2d(groups="g", bias=True).definition
    share, F = exact_div(of("C"), of("g")), of("F")
    truth = Scalar(F * share * "k_1" * "k_2" + F)
    assert prove_size(Scalar(F * (share * "k_1" * "k_2" + 1)), truth, definition)
    assert prove_size(Scalar(F * "C" * "k_1" * "k_2" + F * "g", of("g")), truth, definition)
    assert refute_size(Scalar(F * "C" * "k_1" * "k_2" + F), truth, definition).counterexample is not None


def test_sizes_without_a_value() -> None:
    found = refute_size(Scalar(W, P), SIZE, LAYER.definition).counterexample
    assert found is not None
    assert found.problem == "a divisor is zero"
    assert not prove_size(Scalar(floor_div(W, P)), Scalar(floor_div(W, P)), LAYER.definition)
