"""The mistake in a refuted formula: the library's edits, tried under the reading that was refuted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from symconv.errors import SymconvError
from symconv.expr.tensor import Definition
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.claims import symbols_of
from symconv.meaning.formulas import Claims, claims_of
from symconv.meaning.sums import AS_FAR
from symconv.meaning.unbound import GUESSED
from symconv.time_limit import OutOfTime, seconds_left, time_limit
from symconv.typeset.layout import Box, Line, Row
from symconv.verification.claims import decide_all
from symconv.verification.mistakes.diagnose import diagnose
from symconv.verification.mistakes.edit import at_path, row_items, walk
from symconv.verification.mistakes.formula import Formula
from symconv.verification.mistakes.of_definition import vocabulary_of
from symconv.verification.mistakes.vocabulary import Vocabulary
from symconv.verification.outside import reads_outside
from symconv.verification.refute import differs_at
from symconv.verification.verdict import Diagnosis, Verdict


def diagnosis_of(
    box: Box,
    context: Context,
    made: Mapping[str, object],
    verdict: Verdict,
    seconds: float = 1.0,
) -> Diagnosis | None:
    """The mistake whose undoing makes the formula right, or None where none of the library does.

    ``made`` are the answers of the reading that was refuted; an edited formula is read in the same way, compared at the
    counterexample first, and then decided like any other.
    """
    if context.definition is None:
        return None
    try:
        with time_limit(seconds):
            return _diagnosis_of(box, context, context.definition, made, verdict)
    except (SymconvError, ArithmeticError, LookupError, ValueError, RecursionError, OutOfTime):
        return None


def _diagnosis_of(
    box: Box, context: Context, definition: Definition, made: Mapping[str, object], verdict: Verdict
) -> Diagnosis | None:
    base = made.get("base", context.index_base if context.index_base is not None else 0)
    symbols = symbols_of(statement_of(box), context)
    vocabulary = vocabulary_of(symbols, definition, base, box, context.layout)  # type: ignore[arg-type]
    judge = _Judge(box, context, made, verdict)
    steps = steps_of(box, vocabulary)
    if len(steps) > 1:  # the mistake is in the first step that does not hold
        box = next((step for step in steps if not judge.grade(step)), box)
        judge = _Judge(box, context, made, replace(verdict, counterexample=None))
        judge.grade(box)
    return diagnose(box, vocabulary, judge.grade, seconds=seconds_left())


def steps_of(box: Box, vocabulary: Vocabulary) -> tuple[Box, ...]:
    """A chain ``a = b = c`` as the equations ``a = b`` and ``a = c``."""
    lines = [part for _, part in walk(box) if isinstance(part, Line)]
    left = next((line.left for line in lines if line.left is not None), None)
    if not lines or left is None or any(line.left not in (None, left) for line in lines):
        return ()
    rights = Formula(box, vocabulary).rights
    return tuple(
        replace(lines[0], left=left, right=Row(row_items(at_path(box, path))[start:stop]))
        for path, start, stop in rights
        if stop > start
    )


class _Judge:
    """Whether an edited formula is right, and whether it needs an assumption that the refuted one did not need."""

    def __init__(
        self,
        box: Box,
        context: Context,
        made: Mapping[str, object],
        verdict: Verdict,
    ) -> None:
        self.box, self.context, self.made = box, context, made
        self.counted = _counted(verdict.reading)
        self.strained = any(AS_FAR in sentence for sentence in verdict.reading)
        self.refuting = [verdict.counterexample.sizes] if verdict.counterexample is not None else []

    def grade(self, edited: Box) -> int:
        """0 where the formula is wrong, else 2; 1 where it needs what the refuted one did not.

        That are zeros outside, a sum whose range only a kernel with a compound index shows, or another counting.
        """
        try:
            choices = Choices(values=dict(self.made))
            claims = self._claims(edited, choices)
            if any(GUESSED in sentence for sentence in choices.sentences):
                return 0  # a correction leaves nothing to be guessed
            if any(self._differs(claim) for claim in claims if isinstance(claim, Claim)):
                return 0
            found = decide_all(claims, self.context.definition)
        except (SymconvError, ArithmeticError, LookupError):
            return 0
        if found.status == "refuted" and found.counterexample is not None:
            self.refuting.append(found.counterexample.sizes)
        if found.status != "proved" or any("divides" in sentence for sentence in found.assumptions):
            return 0
        strained = any(AS_FAR in sentence for sentence in choices.sentences) and not self.strained
        recounted = self.counted != _counted(choices.sentences)
        return 1 if strained or recounted or (_by_zeros(found) and not self.reads_outside) else 2

    def _claims(self, box: Box, choices: Choices) -> Claims:
        return claims_of(statement_of(box), self.context, choices)

    def _differs(self, claim: Claim) -> bool:
        if claim.definition is not self.context.definition:
            return False
        return bool(claim.unbound) or any(
            differs_at(claim.claim, claim.truth, claim.ranges, sizes) for sizes in reversed(self.refuting)
        )

    @cached_property
    def reads_outside(self) -> bool:
        """Whether the refuted formula reads entries outside their tensors."""
        try:
            claims = self._claims(self.box, Choices(values=dict(self.made)))
            return any(
                reads_outside(claim.claim, claim.definition, claim.ranges).status != "never"
                for claim in claims
                if isinstance(claim, Claim)
            )
        except (SymconvError, ArithmeticError, LookupError):
            return True


def _counted(sentences: Iterable[str]) -> frozenset[str]:
    """From where indices are counted, as the sentences of a reading tell."""
    return frozenset(s for s in sentences if "counted from" in s and not s.startswith("otherwise"))


def _by_zeros(verdict: Verdict) -> bool:
    return any("zero" in sentence for sentence in verdict.assumptions)
