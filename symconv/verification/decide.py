"""The order of work: refute on the smallest configurations, prove, and otherwise search on."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from symconv.expr.nodes import Expr
from symconv.expr.tensor import Definition
from symconv.index.domain import Guard, Range
from symconv.verification.outside import reads_outside
from symconv.verification.prove import Proof, Reading, prove
from symconv.verification.refute import Counterexample, Search, refute
from symconv.verification.verdict import Verdict, sentence_of


def decide(
    claim: Expr,
    truth: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    *,
    outside: Reading | None = None,
    given: tuple[Guard, ...] = (),
    first_seconds: float = 0.1,
    more_seconds: float = 0.5,
    timeout_ms: int = 800,
) -> Verdict:
    """Whether ``claim = truth`` for all admitted sizes and all indices in ``ranges``.

    ``outside`` fixes what a read beyond a tensor is; None examines both readings: a claim that is right only with zeros
    there is ``proved`` with this assumption, and its counterexample shows the first such read. The status is
    ``proved`` only if at least one configuration was examined and none refutes.
    """
    start = monotonic()
    reading: Reading = outside or "zero"
    search = refute(claim, truth, definition, ranges, outside=reading, given=given, seconds=first_seconds, most=400)
    proof: Proof | None = None
    if search.counterexample is None:
        proof = prove(claim, truth, definition, ranges, outside=reading, given=given, timeout_ms=timeout_ms)
        if not proof or search.configurations == 0:
            search = _on(claim, truth, definition, ranges, reading, given, search, more_seconds)
    seconds = monotonic() - start
    examined = search.configurations
    if search.counterexample is not None:
        return Verdict("refuted", counterexample=search.counterexample, configurations=examined, seconds=seconds)
    assert proof is not None
    if not proof or examined == 0:
        why = "the proof timed out" if proof.timed_out else proof.why or "no admitted sizes were found"
        return Verdict("checked", message=why, configurations=examined, timed_out=proof.timed_out, seconds=seconds)
    assumptions, witness = zeros_needed(claim, definition, ranges, given) if outside is None else ((), None)
    return Verdict(
        "proved",
        assumptions=(*map(sentence_of, given), *assumptions),
        counterexample=witness,
        configurations=examined,
        seconds=monotonic() - start,
    )


def _on(
    claim: Expr,
    truth: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    outside: Reading,
    given: tuple[Guard, ...],
    search: Search,
    seconds: float,
) -> Search:
    return refute(
        claim, truth, definition, ranges, outside=outside, given=given, seconds=seconds, skip=search.configurations
    )


def zeros_needed(
    claim: Expr, definition: Definition, ranges: Mapping[str, Range], given: tuple[Guard, ...]
) -> tuple[tuple[str, ...], Counterexample | None]:
    """The assumption that outside reads are zero, where the claim needs it, with the first such read."""
    found = reads_outside(claim, definition, ranges, given=given)
    if found.status == "possible" and found.read is not None and found.sizes is not None:
        sentence = f"entries of {found.read.tensor} outside its range are read as zero"
        return (sentence,), Counterexample(found.sizes, dict(found.read.at), "", "", problem=str(found.read))
    if found.status == "unknown":
        return ("entries outside their tensors, should any be read, are zero",), None
    return (), None
