"""What the rules drop because it always holds, always holds: Z3 finds no sizes and indices where it does not.

The rules ask one question only, whether a form is never negative. Every yes that a derivation of the table is
built on is put to Z3, for all sizes at once. Some claims multiply unknowns, and Z3 may give up on those.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import z3

from symconv.gradient.derivation import derive
from symconv.index.affine import Affine
from symconv.index.domain import Assumptions, Range
from tests.catalogue import PAIRS
from tests.judges.z3forms import refutation
from tests.laws.test_steps import ELIMINATE

Claim = tuple[Assumptions, Affine, tuple[tuple[str, Range], ...]]

MILLISECONDS = 60


def closure(form: Affine, ranges: Mapping[str, Range]) -> tuple[tuple[str, Range], ...]:
    """The ranges that bear on the form: of its indices, and of the indices in those ranges."""
    wanted, found = set(form.names()), dict[str, Range]()
    while missing := sorted((wanted & ranges.keys()) - found.keys()):
        for name in missing:
            span = found[name] = ranges[name]
            wanted.update(*(end.names() for end in (span.lo, span.hi) if end is not None))
    return tuple(sorted(found.items()))


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """Every claim that the derivations of the table make, each once."""
    found: dict[Claim, None] = {}
    original = Assumptions.nonnegative

    def recording(self: Assumptions, form: Affine, ranges: Mapping[str, Range]) -> bool:
        holds = original(self, form, ranges)
        if holds and form.constant is None:
            found[self, form, closure(form, ranges)] = None
        return holds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assumptions, "nonnegative", recording)
        for entry, wrt in PAIRS:
            for eliminate in ELIMINATE:
                derive(entry.operation, wrt, eliminate=eliminate)
    return list(found)


def test_z3_refutes_no_claim_and_proves_most(claims: list[Claim]) -> None:
    answers = [refutation(form, known, dict(ranges), MILLISECONDS) for known, form, ranges in claims]
    wrong = [claim[1:] for claim, answer in zip(claims, answers, strict=True) if answer == z3.sat]
    assert wrong == []
    assert len(claims) > 200
    assert answers.count(z3.unsat) > 0.9 * len(claims), f"{answers.count(z3.unsat)} of {len(claims)}"


def test_a_wrong_claim_is_seen() -> None:
    known = Assumptions({"H": 1, "k": 1}, (Affine.of("H") - "k",))
    inside = {"u": Range(Affine.of(0), Affine.of("H") - 1)}
    assert refutation(Affine.of("k") - "u", known, inside) == z3.sat
    assert refutation(Affine.of("H") - "u" - 1, known, inside) == z3.unsat
