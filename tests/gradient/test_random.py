"""Derivations of random operations agree with dual numbers and finite differences, and each step with the next."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.evaluate.check import validate
from symconv.evaluate.reference import Environment, tabulate
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import derive, forward_terms
from symconv.rewrite.normal import from_terms
from symconv.rewrite.rule import Eliminate
from tests.samples import average_blocks, conv, conv2d, flatten, grouped, maximum, root_blocks, squares
from tests.strategies import definitions


@settings(max_examples=60)
@given(definitions(), st.sampled_from(["w", "x"]), st.integers(0, 999))
def test_a_random_multilinear_operation(definition: Definition, wrt: str, seed: int) -> None:
    report = validate(derive(definition, wrt), cases=6, seed=seed)
    assert report.passed, str(report)


@settings(max_examples=25)
@given(definitions(), st.sampled_from(["tap", "output", "none"]), st.integers(0, 999))
def test_whatever_index_is_eliminated(definition: Definition, eliminate: Eliminate, seed: int) -> None:
    report = validate(derive(definition, "x", eliminate=eliminate), cases=6, seed=seed)
    assert report.passed, str(report)


CASES: dict[str, Definition] = {
    "conv": conv(),
    "conv s d p": conv("s", "d", "p"),
    "conv 2 3 1": conv(2, 3, 1),
    "conv reflect": conv("s", "d", "p", "reflect"),
    "conv replicate": conv("s", "d", "p", "replicate"),
    "conv circular": conv("s", "d", "p", "circular"),
    "conv circular 2 1 1": conv(2, 1, 1, "circular"),
    "conv2d": conv2d(2),
    "average": average_blocks(),
    "max first": maximum("first"),
    "max split": maximum("split", padding="p"),
    "max all": maximum("all", stride=2),
    "root": root_blocks(2),
    "cubic root": root_blocks(3),
    "grouped": grouped(),
    "flatten": flatten(),
    "squares": squares(),
}


@pytest.mark.parametrize("name", CASES)
def test_a_known_operation(name: str) -> None:
    for tensor in CASES[name].inputs:
        report = validate(derive(CASES[name], tensor.name), cases=50, seed=1)
        assert report.passed, str(report)
        assert report.cases == 50


@pytest.mark.parametrize("name", CASES)
def test_the_forward_normal_form_has_the_value_of_the_body(name: str) -> None:
    from random import Random

    from symconv.evaluate.sample import sample_sizes

    definition, rng = CASES[name], Random(3)
    for _ in range(10):
        sizes = sample_sizes(definition, rng)
        assert sizes is not None

        def filled(shape: list[int]) -> object:
            return [filled(shape[1:]) for _ in range(shape[0])] if shape else rng.randint(1, 99)

        tensors = {each.name: filled([size.value(sizes) for size in each.shape]) for each in definition.inputs}
        env = Environment(sizes, tensors)
        table = (definition.indices, from_terms(forward_terms(definition)), definition.output.shape)
        assert tabulate(table, env) == tabulate(definition, env)
