"""Every formula of the catalogue, in every form that the derivation offers, is proved equal to the others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from time import perf_counter

import pytest

from symconv.expr.nodes import Access, Expr, Mul, Scalar, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.gradient.derivation import derive, forward_terms
from symconv.gradient.differentiate import KRONECKER
from symconv.index.affine import ONE, Affine, exact_div, floor_div
from symconv.index.domain import Assumptions, AtMost, Divides, Range
from symconv.rewrite.normal import Term, from_term, from_terms
from symconv.verification.prove import prove
from tests.catalogue import ENTRIES, PAIRS, Entry
from tests.samples import conv
from tests.verification.judge import differs
from tests.verification.mutations import WAYS

of = Affine.of


def forms(entry: Entry, name: str) -> tuple[list[Expr], dict[str, Range]]:
    """The gradient in every form, and the ranges of its free indices."""
    found: dict[Expr, None] = {}
    for way in WAYS:
        derivation = derive(entry.operation, name, eliminate=way)
        found[derivation.result] = None
    target = derivation.target
    return list(found), target.tensor.ranges(tuple(map(str, target.indices)))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_forward_forms_are_equal(entry: Entry) -> None:
    definition = entry.operation.definition
    solved = from_terms(forward_terms(definition))
    proof = prove(solved, definition.body, definition, definition.output.ranges())
    assert proof.status == "proved", proof.why


@pytest.mark.parametrize(("entry", "name"), PAIRS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_gradient_forms_are_equal(entry: Entry, name: str) -> None:
    found, ranges = forms(entry, name)
    for left, right in combinations(found, 2):
        proof = prove(left, right, entry.operation.definition, ranges)
        assert proof.status == "proved", proof.why


@pytest.mark.parametrize(("entry", "name"), PAIRS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_the_result_follows_from_the_chain_rule(entry: Entry, name: str) -> None:
    derivation = derive(entry.operation, name)
    start = next(step.after for step in derivation.steps if step.rule is KRONECKER)
    ranges = derivation.target.tensor.ranges(tuple(map(str, derivation.target.indices)))
    proof = prove(derivation.result, start, derivation.definition, ranges)
    assert proof.status == "proved", proof.why


@pytest.mark.oracle
@pytest.mark.parametrize(("entry", "name"), PAIRS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_proved_forms_agree_on_500_configurations(entry: Entry, name: str) -> None:
    found, ranges = forms(entry, name)
    for other in found[1:]:
        assert differs(found[0], other, entry.operation.definition, ranges, configurations=500, seed=0) is None


N, AT = of("n"), of("i")
X = Tensor("x", "input", (N,), ("i",), ("S1",))
Y = Tensor("y", "input", (N,), ("i",), ("S1",))
SIZES = Assumptions({"n": 1, "s": 1, "p": 0})
LINE = Definition("line", Tensor("o", "output", (), (), ()), Scalar(of("n") + "s" + "p"), (X, Y), SIZES)
x, y = Access(X, (AT,)), Access(Y, (AT,))
over = (binder("i", "n"),)


def equal(left: Expr, right: Expr, **options: object) -> bool:
    return prove(left, right, LINE, {}, **options).status == "proved"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(Sum(x, over), Sum(Access(X, (N - 1 - AT,)), over), id="backwards"),
        pytest.param(Sum(Mul((x, y)), over), Sum(Mul((y, x)), over), id="factors commute"),
        pytest.param(Sum(x, over), Sum(x, (binder("i", N + of("p")),)), id="zeros outside"),
        pytest.param(Sum(x, (binder("i", N), binder("j", "s"))), Mul((Scalar(of("s")), Sum(x, over))), id="counting"),
        pytest.param(
            Sum(Mul((x, Access(X, (N - 1 - AT,)))), over),
            Sum(Mul((Access(X, (N - 1 - AT,)), x)), over),
            id="one tensor",
        ),
        pytest.param(
            Sum(x, over),
            from_terms(
                (
                    Term(Scalar(ONE), over, (AtMost(AT, of("s")),), (x,)),
                    Term(Scalar(ONE), over, (AtMost(of("s") + 1, AT),), (x,)),
                )
            ),
            id="two parts",
        ),
        pytest.param(
            from_term(Term(Scalar(ONE), (binder("j", "n"),), (Divides(of("s"), of("j")),), (Access(X, (of("j"),)),))),
            from_term(Term(Scalar(ONE), (binder("i", "n"),), (), (Access(X, (of("s") * "i",)),))),
            id="multiples",
        ),
    ],
)
def test_equal(left: Expr, right: Expr) -> None:
    assert equal(left, right)
    assert differs(left, right, LINE, {}, configurations=500, seed=1, entries=1) is None


def test_a_sum_that_counts_one_entry_twice_is_not_the_entry_once() -> None:
    twice = Sum(Access(X, (floor_div(of("i"), 2),)), (binder("i", 2 * N),))
    assert not equal(twice, Sum(x, over))
    assert differs(twice, Sum(x, over), LINE, {}, configurations=20, seed=0)


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (Sum(Access(X, (exact_div(AT, "s"),)), over), "may not divide"),
        (Sum(Access(X, (floor_div(AT, "p"),)), over), "is not known to be at least 1"),
        (Sum(Mul((Scalar(ONE, of("p")), x)), over), "may be zero"),
        (Sum(Access(X, (of("z"),)), over), "nothing is known of z"),
        (Sum(x, (binder("i", "n"), binder("i", "s"))), "summed over twice"),
    ],
)
def test_what_may_have_no_value_is_not_proved(left: Expr, why: str) -> None:
    proof = prove(left, left, LINE, {})
    assert proof.status == "unknown"
    assert why in proof.why


def test_made_up_names_are_refused() -> None:
    proof = prove(x, x, LINE, {"#0": Range(of(0), of("n") - 1), "i": Range(of(0), N - 1)})
    assert "cannot be the name of a free index" in proof.why


def test_the_strict_reading_needs_limits() -> None:
    definition = conv("s", "d", "p")
    exact = derive(definition, "I")
    ranges = exact.target.tensor.ranges(tuple(map(str, exact.target.indices)))
    (term,) = exact.terms
    (each,) = term.binders
    wide = from_term(Term(term.coefficient, (binder(each.index, "O"),), term.guards, term.factors))
    assert prove(wide, exact.result, definition, ranges).status == "proved"
    assert (
        prove(wide, exact.result, definition, ranges, outside="forbidden").why
        == "an entry outside its tensor may be read"
    )
    assert prove(exact.result, wide, definition, ranges, outside="forbidden").status == "proved"


def test_the_padded_input_may_be_read_outside_in_the_strict_reading() -> None:
    definition = conv("s", 1, "p")
    kernel = derive(definition, "K")
    ranges = kernel.target.tensor.ranges(tuple(map(str, kernel.target.indices)))
    assert prove(kernel.result, kernel.result, definition, ranges, outside="forbidden").status == "proved"


def test_a_condition_given_is_used_and_listed() -> None:
    given = (Divides(of("s"), N),)
    left, right = Scalar(floor_div(N, "s")), Scalar(N, of("s"))
    assert not equal(left, right)
    proof = prove(left, right, LINE, {}, given=given)
    assert (proof.status, proof.assumptions) == ("proved", given)


def hard() -> Iterator[Expr]:
    """A sum of two parts, split in a way that needs Z3."""
    first = Term(Scalar(ONE), over, (AtMost(AT * AT, of("s") * "s"),), (x,))
    second = Term(Scalar(ONE), over, (AtMost(of("s") + 1, AT),), (x,))
    yield from_terms((first, second))


def test_the_time_limit_holds_and_is_reported() -> None:
    (left,) = hard()
    start = perf_counter()
    proof = prove(left, Sum(x, over), LINE, {}, timeout_ms=1)
    assert perf_counter() - start < 1
    assert (proof.status, proof.timed_out) == ("unknown", True)
