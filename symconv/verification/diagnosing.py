"""The mistake in a refuted formula: the library's edits, tried under the reading that was refuted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symconv.errors import SymconvError
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.claims import symbols_of
from symconv.meaning.formulas import Claims
from symconv.meaning.unbound import GUESSED
from symconv.typeset.layout import Box
from symconv.verification.mistakes.diagnose import diagnose
from symconv.verification.mistakes.of_definition import vocabulary_of
from symconv.verification.refute import differs_at
from symconv.verification.verdict import Diagnosis, Verdict

Decide = Callable[[Claims], Verdict]
ReadClaims = Callable[[Box, Choices], Claims]


def diagnosis_of(
    box: Box,
    context: Context,
    made: Mapping[str, object],
    verdict: Verdict,
    read: ReadClaims,
    decide: Decide,
    seconds: float = 1.0,
) -> Diagnosis | None:
    """The mistake whose undoing makes the formula right, or None where none of the library does.

    ``made`` are the answers of the reading that was refuted; an edited formula is read in the same way, compared at the
    counterexample first, and then decided like any other.
    """
    if context.definition is None:
        return None
    base = made.get("base", context.index_base if context.index_base is not None else 0)
    symbols = symbols_of(statement_of(box), context)
    vocabulary = vocabulary_of(symbols, context.definition, base, box, context.layout)  # type: ignore[arg-type]
    sizes = verdict.counterexample.sizes if verdict.counterexample is not None else None

    def holds(edited: Box) -> bool:
        try:
            choices = Choices(values=dict(made))
            claims = read(edited, choices)
            if any(GUESSED in sentence for sentence in choices.sentences):
                return False  # a correction leaves nothing to be guessed
            for claim in claims:
                if sizes is None or not isinstance(claim, Claim) or claim.definition is not context.definition:
                    continue
                if claim.unbound or differs_at(claim.claim, claim.truth, claim.ranges, sizes):
                    return False
            found = decide(claims)
        except (SymconvError, ArithmeticError, LookupError):
            return False
        return found.status == "proved" and not any("divides" in sentence for sentence in found.assumptions)

    try:
        return diagnose(box, vocabulary, holds, seconds=seconds)
    except (SymconvError, ArithmeticError, LookupError):
        return None
