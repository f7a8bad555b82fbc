"""The counterexample is the smallest: exhaustive search finds none with a smaller sum of sizes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

import symconv as sc
from symconv.errors import SymconvError
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import admitted
from symconv.expr.nodes import Access, Expr, Mul, Pow, Scalar, Sum, binder
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses
from symconv.gradient.derivation import derive
from symconv.index.affine import ONE, Affine
from symconv.verification.configurations import configurations
from symconv.verification.decide import decide
from symconv.verification.products import Products
from symconv.verification.refute import refute
from tests.verification.judge import _filled
from tests.verification.planted import Planted, planted

of = Affine.of


def all_sizes(definition: Definition, total: int) -> Iterator[dict[str, int]]:
    """Every admitted choice of sizes with that sum, by trying every choice there is."""
    lower = dict(sorted(definition.assumptions.lower.items()))
    spans = [range(low, total - sum(lower.values()) + low + 1) for low in lower.values()]
    for values in product(*spans):
        sizes = dict(zip(lower, values, strict=True))
        if sum(values) == total and admitted(definition, sizes):
            yield sizes


def wrong_at(case: Planted, sizes: dict[str, int]) -> bool:
    """Whether some entry differs, on random data."""
    tensors = {entry.tensor.name: entry.tensor for side in (case.claim, case.truth) for entry in accesses(side)}
    rng = Random(0)
    values = {
        name: _filled([size.value(sizes) for size in tensor.shape], rng, 10**9) for name, tensor in tensors.items()
    }
    spans = [range(span.lo.value(sizes), span.hi.value(sizes) + 1) for span in case.ranges.values()]  # type: ignore[union-attr]
    for at in product(*spans):
        env = Environment(sizes, values, {}, dict(zip(case.ranges, at, strict=True)))
        try:
            if evaluate(case.claim, env) != evaluate(case.truth, env):
                return True
        except (SymconvError, ArithmeticError):
            return True
    return False


@pytest.mark.parametrize("case", planted(), ids=lambda case: case.id)
def test_the_counterexample_is_the_smallest(case: Planted) -> None:
    search = refute(case.claim, case.truth, case.definition, case.ranges, seconds=20)
    found = search.counterexample
    assert found is not None
    assert wrong_at(case, dict(found.sizes))
    least = sum(case.definition.assumptions.lower.values())
    for total in range(least, found.total):
        assert not any(wrong_at(case, sizes) for sizes in all_sizes(case.definition, total))
    first = next(sizes for sizes in all_sizes(case.definition, found.total) if wrong_at(case, sizes))
    assert first == found.sizes


@pytest.mark.parametrize("case", planted(), ids=lambda case: case.id)
def test_planted_mistakes_are_refuted_within_a_second(case: Planted) -> None:
    verdict = decide(case.claim, case.truth, case.definition, case.ranges)
    assert verdict.status == "refuted"
    assert verdict.seconds < 1
    assert verdict.counterexample is not None
    assert verdict.counterexample.problem or verdict.counterexample.claim != verdict.counterexample.truth


def test_the_first_differing_products_are_named() -> None:
    case = next(case for case in planted() if case.id == "limit one too small")
    found = refute(case.claim, case.truth, case.definition, case.ranges).counterexample
    assert found is not None
    assert (found.surplus, found.missing) == ("0", r"I[0] \delta[0]")
    assert str(found) == (
        r"at O_1 = 1, W = 1, k_1 = 1, entry m' = 0: the claim gives 0, right is 6 (the claim lacks I[0] \delta[0])"
    )


def test_configurations_come_in_order_and_none_is_left_out() -> None:
    definition = sc.Conv1d(stride="s", padding="p").definition
    found = list(configurations(definition, most=300, seconds=20))
    assert found == sorted(found)
    assert len(set(found)) == len(found)
    for total in range(found[0].total, found[-1].total):
        expected = [tuple(sizes.values()) for sizes in all_sizes(definition, total)]
        assert [each.values for each in found if each.total == total] == expected


def test_a_claim_without_a_value_is_reported() -> None:
    derivation = derive(sc.Conv1d(padding="p"), "K")
    ranges = derivation.target.tensor.ranges(tuple(map(str, derivation.target.indices)))
    claim = Mul((Scalar(ONE, of("p")), derivation.result))
    found = refute(claim, derivation.result, derivation.definition, ranges).counterexample
    assert found is not None
    assert found.problem == "a divisor is zero"


def test_ties_tell_rules_apart() -> None:
    first, split = (derive(sc.MaxPool1d(2, ties=ties), "I") for ties in ("first", "split"))  # type: ignore[arg-type]
    ranges = first.target.tensor.ranges(tuple(map(str, first.target.indices)))
    found = refute(split.result, first.result, first.definition, ranges).counterexample
    assert found is not None
    assert found.sizes["W"] == 2


def test_the_search_is_bounded() -> None:
    derivation = derive(sc.Conv1d(), "K")
    ranges = derivation.target.tensor.ranges(tuple(map(str, derivation.target.indices)))
    search = refute(derivation.result, derivation.result, derivation.definition, ranges, most=7)
    assert (search.counterexample, search.configurations, search.ended) == (None, 7, "number")
    search = refute(derivation.result, derivation.result, derivation.definition, ranges, seconds=0.05)
    assert search.ended == "time"
    assert search.seconds < 1


@pytest.mark.parametrize(
    "factor", [Sum(Scalar(ONE), (binder("q", 10**12),)), Pow(Scalar(of("W")), Scalar(of(10**9)))], ids=["sum", "power"]
)
def test_endless_evaluations_are_not_begun(factor: Expr) -> None:
    derivation = derive(sc.Conv1d(), "K")
    ranges = derivation.target.tensor.ranges(tuple(map(str, derivation.target.indices)))
    claim = Mul((factor, derivation.result))
    search = refute(claim, derivation.result, derivation.definition, ranges)
    assert (search.configurations, search.ended) == (0, "work")
    verdict = decide(claim, derivation.result, derivation.definition, ranges)
    assert verdict.status == "checked"
    assert verdict.seconds < 3


def test_products_are_polynomials() -> None:
    a, b = Products.entry("a"), Products.entry("b")
    assert ((a + b) ** 2 - a * a - b * b).text() == "2 a b"
    x = sc.Conv1d().definition.inputs[0]
    read = Access(x, (of("i"),))
    env = Environment({"W": 2}, {"I": [a, b]})
    assert evaluate(Sum(read, (binder("i", "W"),)), env).text() == "a + b"
