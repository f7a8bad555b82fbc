"""Round trip: what symconv typesets under a notation is read back as the expression that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.gradient.derivation import derive
from symconv.ops.catalogue import OPERATIONS
from symconv.ops.operation import Operation
from symconv.rewrite.rule import Eliminate
from symconv.typeset.api import latex
from symconv.typeset.notation import Notation
from symconv.typeset.presets import notations
from tests.catalogue import ENTRIES, Entry
from tests.laws.cases import derivation
from tests.laws.reading_back import problem_of_definition, problem_of_gradient

ELIMINATE: tuple[Eliminate, ...] = ("auto", "tap", "output", "none")
NAMES = tuple(notations)


def _problems(entry: Entry, wrt: str, notation: Notation, chosen: tuple[Eliminate, ...]) -> Iterator[str]:
    for eliminate in chosen:
        found = derivation(entry, wrt, eliminate)
        problem = problem_of_gradient(found, notation)
        if problem:
            yield f"∂L/∂{wrt}, eliminate {eliminate}: {latex(found, notation=notation, steps=False)}\n    {problem}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_definition_is_read_back(entry: Entry, name: str) -> None:
    assert problem_of_definition(entry.operation.definition, notations[name]) == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_gradient_is_read_back(entry: Entry, name: str) -> None:
    """Every tensor under every notation, the index form in turn; under any two neighbours all four forms."""
    place = ENTRIES.index(entry) + NAMES.index(name)
    problems = [
        problem
        for number, wrt in enumerate(entry.tensors)
        for problem in _problems(entry, wrt, notations[name], (ELIMINATE[(place + number) % 4],))
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.oracle
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_index_form_is_read_back(entry: Entry, name: str) -> None:
    """The whole product of layers, tensors, index forms and notations."""
    problems = [problem for wrt in entry.tensors for problem in _problems(entry, wrt, notations[name], ELIMINATE)]
    assert not problems, "\n".join(problems)


@st.composite
def layers(draw: st.DrawFn) -> Operation:
    """A layer of any kind with numbers and symbols for its sizes, some of them names that indices have too."""
    kind = draw(st.sampled_from(sorted(OPERATIONS)))
    options: dict[str, Any] = {}

    def choose(name: str, *values: Any) -> None:
        value = draw(st.sampled_from([None, *values]))
        if value is not None:
            options[name] = value

    if kind in ("dense", "linear"):
        choose("in_features", "n", "m", 3)
        choose("out_features", "k", 2)
        choose("bias", True)
        choose("batch", True)
        return OPERATIONS[kind](**options)
    choose("input_size", "h", 9)
    choose("channels", True)
    choose("batch", True)
    if kind in ("flatten", "pad"):
        choose("dims", 1, 2)
        return OPERATIONS[kind](**options)
    choose("kernel_size", "k", "2a+1", 1, 2, 3)
    choose("stride", "s", "i", 1, 2, 3)
    if kind.startswith("conv"):
        choose("padding", "p", 1, 2)
        choose("dilation", "d", "u", 2)
        choose("bias", True)
    if kind.startswith("lppool"):
        choose("norm_type", 1, 3, "q")
    if kind.startswith("maxpool"):
        choose("ties", "split", "all")
    return OPERATIONS[kind](**options)


@settings(max_examples=60)
@given(layers(), st.sampled_from(NAMES), st.sampled_from(ELIMINATE), st.data())
def test_random_layers_are_read_back(layer: Operation, name: str, eliminate: Eliminate, data: st.DataObject) -> None:
    assert problem_of_definition(layer.definition, notations[name]) == ""
    wrt = data.draw(st.sampled_from([tensor.name for tensor in layer.definition.inputs]))
    found = derive(layer, wrt, eliminate=eliminate)
    assert problem_of_gradient(found, notations[name]) == "", latex(found, notation=name, steps=False)
