"""The claims of one reading of a formula decided together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.expr.tensor import Definition
from symconv.meaning.claim import Claim
from symconv.meaning.errors import MeaningError
from symconv.meaning.formulas import Claims
from symconv.meaning.sizes import SizeClaim
from symconv.verification.conditional import decide_under, exists
from symconv.verification.size_claims import decide_size
from symconv.verification.verdict import Verdict


def decide_all(claims: Claims, definition: Definition | None) -> Verdict:
    """The verdict on all claims together: that of the first that fails, else the weakest."""
    found: Verdict | None = None
    for claim in claims:
        verdict = _decide(claim, definition)
        if verdict.status not in ("proved", "checked"):
            where = f"line {claim.line} is the first that is wrong" if len(claims) > 1 else ""
            if isinstance(claim, Claim) and claim.unbound:
                where = f"{_named(claim.unbound)} bound by no sum and not on the left side"
            return replace(verdict, message=verdict.message or where)
        found = verdict if found is None else _both(found, verdict)
    assert found is not None
    return found


def _named(indices: Sequence[str]) -> str:
    return f"the index {indices[0]} is" if len(indices) == 1 else f"the indices {', '.join(indices)} are"


def _decide(claim: Claim | SizeClaim, definition: Definition | None) -> Verdict:
    if isinstance(claim, SizeClaim):
        layer = claim.definition or definition
        assert layer is not None
        verdict = decide_size(claim.claim, claim.truth, layer, given=claim.given)
        if not verdict.configurations:
            raise MeaningError("the conditions of the formula hold for no small sizes of the layer")
        return verdict
    if claim.guards and not exists(claim.guards, claim.definition, claim.ranges):
        raise MeaningError("the formula speaks of positions that do not exist for any small sizes")
    verdict = decide_under(claim.claim, claim.truth, claim.definition, claim.ranges)
    if claim.unused and verdict.status == "refuted":
        raise MeaningError(f"the condition {claim.unused} is not understood, and without it the formula is wrong")
    if verdict.status == "checked" and not verdict.configurations:
        raise MeaningError(
            "the formula could not be compared at any sizes: its sums have too many terms, or no small sizes fit"
        )
    if claim.assumptions and verdict.status in ("proved", "checked"):
        verdict = replace(verdict, assumptions=(*claim.assumptions, *verdict.assumptions))
    return verdict


def _both(first: Verdict, second: Verdict) -> Verdict:
    weaker = second if second.status == "checked" else first
    return replace(
        weaker,
        assumptions=tuple(dict.fromkeys((*first.assumptions, *second.assumptions))),
        counterexample=first.counterexample or second.counterexample,
        configurations=min(first.configurations, second.configurations),
    )
