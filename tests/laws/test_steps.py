"""Law 3: every step of every derivation keeps its value, and so does every line that a reader sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from math import isclose
from random import Random
from typing import Any

import pytest

from symconv.evaluate.check import validate_steps
from symconv.expr.nodes import Derivative
from symconv.expr.walk import walk
from symconv.gradient.derivation import Derivation
from symconv.rewrite.rule import Eliminate
from symconv.typeset.build import expression_box
from symconv.typeset.layout import Box
from symconv.typeset.narrate import derivation_scope, narrate, with_plain_target
from symconv.typeset.notation import Notation
from symconv.typeset.presets import notations
from symconv.typeset.scope import Scope
from tests.catalogue import PAIRS, Entry
from tests.laws.cases import case, derivation
from tests.laws.conftest import Triple
from tests.typeset.paper import bindings, paper

ELIMINATE: tuple[Eliminate, ...] = ("auto", "tap", "output", "none")
PAIR_IDS = [f"{entry.id}-{name}" for entry, name in PAIRS]
CASES = 4
"""Random sizes for each derivation; every second one holds a size at its minimum."""

RESULT_ENTRIES, LINE_ENTRIES = 5, 1


@pytest.mark.parametrize("eliminate", ELIMINATE)
@pytest.mark.parametrize(("entry", "wrt"), PAIRS, ids=PAIR_IDS)
def test_every_step_equals_the_step_before(entry: Entry, wrt: str, eliminate: Eliminate) -> None:
    assert _steps_hold(entry, wrt, eliminate) == ""


@cache
def _steps_hold(entry: Entry, wrt: str, eliminate: Eliminate) -> str:
    report = validate_steps(derivation(entry, wrt, eliminate), cases=CASES, seed=len(entry.id))
    return "" if report.passed else str(report)


@pytest.mark.parametrize("notation", notations.values(), ids=lambda notation: notation.name)
@pytest.mark.parametrize(("entry", "wrt"), PAIRS, ids=PAIR_IDS)
def test_every_line_on_paper_has_the_value_of_the_gradient(
    entry: Entry, wrt: str, notation: Notation, covered: Callable[[Triple, bool], None]
) -> None:
    """From the brackets on, the lines of a derivation hold no derivative, and can be read back and evaluated."""
    found = list(_mismatches(entry, wrt, notation))
    covered((entry.id, wrt, notation.name), not found and not _steps_hold(entry, wrt, notation.eliminate))
    assert found == []


def _mismatches(entry: Entry, wrt: str, notation: Notation) -> Iterator[str]:
    whole = derivation(entry, wrt, notation.eliminate)
    alone = with_plain_target(whole) if notation.plain_targets else whole
    result = narrate(whole, notation, steps=False).display.lines[0].right
    yield from _compare(alone, derivation_scope(alone, notation), result, entry, wrt, RESULT_ENTRIES)
    scope = derivation_scope(whole, notation)
    lines = _without_derivatives(whole, notation, scope)
    assert lines
    for line in lines:
        yield from _compare(whole, scope, line, entry, wrt, LINE_ENTRIES)


def _without_derivatives(whole: Derivation, notation: Notation, scope: Scope) -> list[Box]:
    """The displayed right-hand sides behind the last one that still holds a derivative."""
    symbolic = [step.after for step in whole.steps if any(isinstance(node, Derivative) for node in walk(step.after))]
    last = expression_box(symbolic[-1], notation, scope)
    shown = [line.right for line in narrate(whole, notation, steps=True).display.lines]
    return shown[shown.index(last) + 1 :]


def _compare(shown: Derivation, scope: Scope, box: Box, entry: Entry, wrt: str, entries: int) -> Iterator[str]:
    """The displayed value at a few random entries against the gradient by dual numbers."""
    data = case(entry)
    reader = paper(data.definition, data.arrays, scope.notation)
    names = bindings(scope, data.sizes)
    free = [next(iter(index.names())) for index in shown.target.indices]
    places = list(data.gradients[wrt])
    Random(f"{entry.id} {wrt} {scope.notation.name}").shuffle(places)
    for at in islice(places, entries):
        counted = {scope.names[name]: value + scope.base(name) for name, value in zip(free, at, strict=True)}
        found, expected = reader.value(box, {**names, **counted}), data.gradients[wrt][at]
        if not _agree(found, expected):
            yield f"entry {at} is {found}, expected {expected}, for {data.sizes}"


def _agree(found: Any, expected: Any) -> bool:
    if isinstance(found, float) or isinstance(expected, float):
        return isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    return bool(found == expected)
