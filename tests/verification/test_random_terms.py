"""Random terms, with every kind of guard, against their simplified form and against each other."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symconv.errors import SymconvError
from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.nodes import Binder, Expr, Scalar
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import AtMost
from symconv.rewrite.normal import Term, from_terms, scalar_product
from symconv.rewrite.sums import simplify
from symconv.verification.prove import prove
from tests.strategies import ASSUMPTIONS, CONTEXT, FREE, X, Y, all_sizes, environments, terms

of = Affine.of
HERE = Definition("here", Tensor("o", "output", (), (), ()), Scalar(of("H")), (X, Y), ASSUMPTIONS)
SIZES = [sizes for sizes in all_sizes(3) if Random(str(sizes)).random() < 0.2]


def first_difference(claim: Expr, truth: Expr) -> dict[str, int] | None:
    """Where two expressions differ; a claim without a value differs from every truth that has one."""
    rng = Random(1)
    for sizes in SIZES:
        values = {
            "x": [[rng.randrange(1, 10**9) for _ in range(sizes["k"])] for _ in range(sizes["H"])],
            "y": [rng.randrange(1, 10**9) for _ in range(sizes["H"])],
        }
        for env in environments(sizes, FREE):
            here = Environment(sizes, values, {}, {name: env[name] for name in FREE})
            try:
                right = evaluate(truth, here)
            except (ArithmeticError, SymconvError):
                continue
            try:
                if evaluate(claim, here) != right:
                    return env
            except (ArithmeticError, SymconvError):
                return env
    return None


def check(claim: Expr, truth: Expr) -> bool:
    """Whether the two are proved equal; then they must agree everywhere."""
    proof = prove(claim, truth, HERE, FREE, timeout_ms=300)
    if proof:
        assert first_difference(claim, truth) is None
    return bool(proof)


quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(terms())
def test_a_term_and_its_simplified_form(term: Term) -> None:
    check(from_terms(simplify(term, CONTEXT)), from_terms((term,)))


@quick
@given(terms(), terms())
def test_two_terms(first: Term, second: Term) -> None:
    check(from_terms((first,)), from_terms((second,)))


@quick
@given(terms(), st.sampled_from(["H", "k", "s", "d", "p"]), st.sampled_from(["H", "k", "s", "d", "p"]))
def test_sums_over_indices_that_select_nothing(term: Term, size: str, other: str) -> None:
    """Σ over an extra index, with a guard on it or not, against the term multiplied and against another such sum."""
    extra = Term(term.coefficient, (*term.binders, Binder("e", ZERO, of(size) - 1)), term.guards, term.factors)
    times = Term(scalar_product(term.coefficient, Scalar(of(other))), term.binders, term.guards, term.factors)
    check(from_terms((extra,)), from_terms((times,)))
    half = Term(extra.coefficient, extra.binders, (*extra.guards, AtMost(of("e"), of(other))), extra.factors)
    shifted = Binder("f", of(1), of(size))
    moved = Term(
        term.coefficient, (*term.binders, shifted), (*term.guards, AtMost(of("f"), of(other) + 1)), term.factors
    )
    check(from_terms((half,)), from_terms((moved,)))
    check(from_terms((half,)), from_terms((extra,)))


@quick
@given(terms(), st.integers(-2, 2), st.sampled_from(["H", "k", "s", "u", "v"]))
def test_a_term_in_two_parts(term: Term, step: int, name: str) -> None:
    """A cut through any of the indices; with a wrong step the parts overlap or leave a gap."""
    index = term.binders[0].index if term.binders else "u"
    low = Term(term.coefficient, term.binders, (*term.guards, AtMost(of(index), of(name))), term.factors)
    high = Term(term.coefficient, term.binders, (*term.guards, AtMost(of(name) + step, of(index))), term.factors)
    check(from_terms((low, high)), from_terms((term,)))
