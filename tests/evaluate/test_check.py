"""Validation passes right derivations, catches wrong ones, and says how it checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from symconv.errors import SizeError
from symconv.evaluate.check import validate, validate_steps
from symconv.evaluate.dependence import Dependence, dependence, needs_floats
from symconv.expr.nodes import Access, Expr, Mul, Reduce, Sum, Winner, number
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import walk
from symconv.gradient.derivation import Derivation, derive
from symconv.index.domain import Assumptions
from symconv.rewrite.normal import Term, from_term
from symconv.rewrite.rule import Rule, Step
from tests.samples import average_blocks, conv, conv2d, maximum, root_blocks, squares, vector
from tests.strategies import of


def test_a_convolution_is_checked_exactly() -> None:
    report = validate(derive(conv2d(2), "I"), cases=60, seed=3)
    assert report.passed
    assert (report.cases, report.mismatches, report.worst_error, report.failure) == (60, 0, 0.0, None)
    assert "L(T + E) − L(T) = ⟨∂L/∂T, E⟩" in report.how[0]
    text = str(report)
    assert text.startswith("∂L/∂I of conv2d: passed, 0 of 60 random cases differ (exact, ")
    assert "seed 3" in text
    data = json.loads(json.dumps(report.as_dict()))
    assert data["passed"] is True
    assert data["failure"] is None


def test_max_pooling_is_checked_by_rational_steps_and_ties() -> None:
    report = validate(derive(maximum("split", padding="p"), "I"), cases=40)
    assert report.passed
    assert report.worst_error == 0
    assert "no winner changes" in report.how[0]
    assert "ties" in report.how[1]


def test_roots_are_checked_by_the_complex_step() -> None:
    report = validate(derive(root_blocks(2), "I"), cases=40)
    assert report.passed
    assert 0 < report.worst_error < 1e-9
    assert "complex step" in report.how[0]
    assert validate(derive(squares(), "I"), cases=20).passed
    assert "integers, exactly" in validate(derive(squares(), "K"), cases=5).how[0]


@dataclass(frozen=True)
class Claim:
    """A result that somebody claims for a derivation."""

    definition: Definition
    wrt: Tensor
    target: Access
    result: Expr
    steps: tuple[Step, ...] = ()


def claim(derivation: Derivation, change: Callable[[Term], Term]) -> Claim:
    """The derivation's result with its terms changed."""
    (term,) = derivation.terms
    return Claim(derivation.definition, derivation.wrt, derivation.target, from_term(change(term)))


def one_too_many(term: Term) -> Term:
    (only,) = term.binders
    assert only.hi is not None
    return replace(term, binders=(replace(only, hi=only.hi + 1),))


def one_too_few(term: Term) -> Term:
    (only,) = term.binders
    assert only.hi is not None
    return replace(term, binders=(replace(only, hi=only.hi - 1),))


def unguarded(term: Term) -> Term:
    return replace(term, guards=(), factors=tuple(map(rounded, term.factors)))


def rounded(factor: Expr) -> Expr:
    """Exact quotients as floors, as a writer who forgets the divisibility would have them."""
    from symconv.index.affine import Quotient, floor_div

    assert isinstance(factor, Access)
    (index,) = factor.indices
    for atom in index.atoms():
        if isinstance(atom, Quotient):
            return Access(factor.tensor, (floor_div(atom.num, atom.den),))
    return factor


def doubled(term: Term) -> Term:
    return replace(term, coefficient=number(2))


WRONG = {
    "last output missing": (conv("s", 1, "p"), "I", one_too_few),
    "last output missing in the kernel's sum": (conv(1, 1, 0, "replicate"), "K", one_too_few),
    "divisibility missing": (conv("s", "d", "p"), "I", unguarded),
    "doubled": (conv("s"), "K", doubled),
    "average not divided": (average_blocks(), "I", doubled),
    "root": (root_blocks(2), "I", doubled),
    "maximum": (maximum("first"), "I", doubled),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_caught(name: str) -> None:
    definition, wrt, change = WRONG[name]
    report = validate(claim(derive(definition, wrt), change), cases=40)
    assert not report.passed
    assert report.mismatches > 0
    assert report.worst_error > 0
    assert report.failure is not None
    assert report.failure.expected != report.failure.found
    assert len(report.failure.entry) == 1
    assert "FAILED" in str(report)
    assert "first difference: " in str(report)
    assert report.as_dict()["failure"]["expected"] == str(report.failure.expected)


def test_a_harmless_change_is_not_a_mistake() -> None:
    """An output position too many reads the upstream gradient outside its shape, which is zero."""
    assert validate(claim(derive(conv("s"), "K"), one_too_many), cases=40).passed


def test_the_wrong_tie_rule_is_caught_by_ties_alone() -> None:
    right = derive(maximum("first"), "I")
    wrong = Claim(right.definition, right.wrt, right.target, _with_ties(right.result))
    report = validate(wrong, cases=20)
    assert not report.passed
    assert report.failure is not None
    assert report.failure.check == "tied entries against dual numbers"


def _with_ties(expr: Expr) -> Expr:
    if isinstance(expr, Sum):
        return replace(expr, body=_with_ties(expr.body))
    if isinstance(expr, Mul):
        return Mul(tuple(map(_with_ties, expr.factors)))
    return replace(expr, window=replace(expr.window, ties="all")) if isinstance(expr, Winner) else expr


def test_a_wrong_step_is_caught_even_if_the_result_is_right() -> None:
    right = derive(conv(), "I")
    nonsense = Step(Rule("nonsense", "1 = 2", "Nothing holds."), right.steps[2].before, number(0))
    steps = (*right.steps[:2], nonsense, *right.steps[3:])
    wrong = Claim(right.definition, right.wrt, right.target, right.result, steps)
    report = validate_steps(wrong, cases=5)
    assert not report.passed
    assert report.failure is not None
    assert report.failure.check == f"step 3 of {len(right.steps)}"
    assert not validate(wrong, cases=5).passed
    assert validate_steps(right, cases=5).passed


def test_progress_and_seeds() -> None:
    seen: list[tuple[int, int]] = []
    first = validate(derive(conv("s"), "K"), cases=4, seed=9, progress=lambda done, cases: seen.append((done, cases)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    again = validate(derive(conv("s"), "K"), cases=4, seed=9)
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


def test_impossible_sizes_are_an_error() -> None:
    x = vector("x", "input", "n", "t")
    known = Assumptions({"n": 1}, (of(0) - "n",))
    definition = Definition("never", vector("y", "output", "n", "i"), Access(x, (of("i"),)), (x,), known)
    with pytest.raises(SizeError, match="no small sizes satisfy what never demands of its sizes"):
        validate(derive(definition, "x"))


def test_dependence_is_read_off_the_expression() -> None:
    assert dependence(conv().body, "K") == Dependence.LINEAR
    assert dependence(conv().body, "Z") == Dependence.NONE
    assert dependence(maximum("first").body, "I") == Dependence.PIECEWISE
    assert dependence(root_blocks(2).body, "I") == Dependence.SMOOTH
    assert dependence(squares().body, "I") == Dependence.SMOOTH
    assert [needs_floats(definition.body) for definition in (conv(), squares(), root_blocks(2))] == [False, False, True]
    windows = [node for node in walk(maximum("first").body) if isinstance(node, Reduce)]
    assert dependence(Winner(windows[0], (of(0),)), "I") == Dependence.SMOOTH
