"""What stands on the paper is the gradient: the boxes of every result, read back, give its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import isclose
from typing import Any

import pytest

from symconv.expr.nodes import Access, Derivative
from symconv.expr.walk import walk
from symconv.gradient.derivation import derive
from symconv.index.affine import Affine
from symconv.typeset.build import definition_box, expression_box
from symconv.typeset.narrate import derivation_scope, narrate, with_plain_target
from symconv.typeset.notation import Notation, RangeStyle
from symconv.typeset.presets import DEFAULT, notations
from symconv.typeset.scope import scope_for
from tests.typeset.paper import arrays_of, bindings, paper
from tests.typeset.samples import SAMPLES, Sample
from tests.typeset.values import gradient, output

RANGES: tuple[RangeStyle, ...] = ("limits", "brackets", "cases", "implicit")
VARIANTS: tuple[Notation, ...] = (
    *notations.values(),
    *(replace(DEFAULT, name=f"default-{ranges}", ranges=ranges) for ranges in RANGES[1:]),
    replace(DEFAULT, name="one-based-brackets", base=1, ranges="brackets", sums="joint", index_style="tight"),
    replace(DEFAULT, name="output-implicit", eliminate="output", ranges="implicit", base=1, gradient="bar"),
    replace(DEFAULT, name="tap-cases", eliminate="tap", ranges="cases", product=r"\times"),
)


def environment(given: Sample) -> dict[str, int]:
    definition = given.operation.definition
    env = dict(given.sizes)
    for name, form in definition.derived.items():
        env[name] = form.value(env)
    return env


def cases() -> Iterator[Any]:
    for given in SAMPLES:
        for notation in VARIANTS:
            for tensor in given.operation.definition.inputs:
                yield pytest.param(given, notation, tensor.name, id=f"{given.id}-{notation.name}-{tensor.name}")


@pytest.mark.parametrize(("given", "notation", "wrt"), list(cases()))
def test_result_on_paper_is_the_gradient(given: Sample, notation: Notation, wrt: str) -> None:
    definition, env = given.operation.definition, environment(given)
    arrays = arrays_of(definition, env)
    derivation = derive(given.operation, wrt, eliminate=notation.eliminate)
    line = narrate(derivation, notation, steps=False).display.lines[0]
    shown = with_plain_target(derivation) if notation.plain_targets else derivation
    scope = derivation_scope(shown, notation)
    names = bindings(scope, env)
    reader = paper(definition, arrays, scope.notation)
    free = [next(iter(index.names())) for index in shown.target.indices]
    for at, expected in gradient(definition, derivation.wrt, env, arrays).items():
        counted = {scope.names[name]: value + scope.base(name) for name, value in zip(free, at, strict=True)}
        actual = reader.value(line.right, {**names, **counted})
        if isinstance(expected, Fraction) or expected == int(expected):
            assert actual == expected, (at, actual, expected)
        else:
            assert isclose(actual, expected, rel_tol=1e-6, abs_tol=1e-6), (at, actual, expected)


@pytest.mark.parametrize("notation", VARIANTS, ids=lambda notation: notation.name)
@pytest.mark.parametrize("given", SAMPLES, ids=lambda given: given.id)
def test_definition_on_paper_is_the_definition(given: Sample, notation: Notation) -> None:
    definition, env = given.operation.definition, environment(given)
    arrays = arrays_of(definition, env)
    line = definition_box(definition, notation)
    left = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    scope = scope_for(notation, definition, [left, definition.body])
    reader = paper(definition, arrays, scope.notation)
    for at, expected in output(definition, env, arrays).items():
        counted = {
            scope.names[name]: value + scope.base(name) for name, value in zip(definition.indices, at, strict=True)
        }
        actual = reader.value(line.right, {**bindings(scope, env), **counted})
        assert isclose(actual, expected) if isinstance(actual, float) else actual == expected, (at, actual, expected)


STEP_NOTATIONS = ("default", "deepteaching", "oxford", "wu")


@pytest.mark.parametrize("notation", [notations[name] for name in STEP_NOTATIONS], ids=STEP_NOTATIONS)
@pytest.mark.parametrize("given", SAMPLES, ids=lambda given: given.id)
def test_every_line_on_paper_is_the_gradient(given: Sample, notation: Notation) -> None:
    """From the brackets on, each line of the derivation of ∂L/∂input has the value of the gradient."""
    definition, env = given.operation.definition, environment(given)
    arrays = arrays_of(definition, env)
    tensor = definition.inputs[0]
    derivation = derive(given.operation, tensor.name, eliminate=notation.eliminate)
    scope = derivation_scope(derivation, notation)
    reader, names = paper(definition, arrays, scope.notation), bindings(scope, env)
    free = [next(iter(index.names())) for index in derivation.target.indices]
    lines = [step.after for step in derivation.steps if not any(isinstance(n, Derivative) for n in walk(step.after))]
    assert len(lines) >= 2
    for at, expected in list(gradient(definition, tensor, env, arrays).items())[::3]:
        counted = {scope.names[name]: value + scope.base(name) for name, value in zip(free, at, strict=True)}
        for line in lines:
            actual = reader.value(expression_box(line, notation, scope), {**names, **counted})
            assert isclose(actual, expected, rel_tol=1e-6, abs_tol=1e-6), (at, actual, expected)
