"""The diagnosis: which mistake of the library, undone, makes a refuted formula right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box
from symconv.verification.mistakes.edit import Edit, apply, together
from symconv.verification.mistakes.formula import Formula, spread
from symconv.verification.mistakes.library import LIBRARY
from symconv.verification.mistakes.mistake import Mistake
from symconv.verification.mistakes.vocabulary import Vocabulary
from symconv.verification.verdict import Diagnosis


@dataclass(frozen=True)
class Candidate:
    """A formula with one mistake undone."""

    mistake: Mistake
    edit: Edit
    box: Box


def diagnose(
    box: Box,
    vocabulary: Vocabulary,
    holds: Callable[[Box], bool],
    *,
    seconds: float = 1.0,
    library: Sequence[Mistake] = LIBRARY,
) -> Diagnosis | None:
    """The first mistake, in the order of the library, whose undoing makes the formula right; else the first two.

    ``holds`` says whether an edited formula is right, under the reading under which ``box`` was refuted. None where no
    mistake fits, or none was found in ``seconds``.
    """
    end = monotonic() + seconds
    whole = spread(box, vocabulary)
    tried = {box, whole}
    first: list[Candidate] = []
    for candidate in candidates(whole, vocabulary, library):
        if monotonic() > end:
            return None
        if candidate.box not in tried:
            tried.add(candidate.box)
            if holds(candidate.box):
                return _diagnosis(candidate)
            first.append(candidate)
    for one, two in _pairs(first, vocabulary, library, end):
        if monotonic() > end:
            return None
        if two.box not in tried:
            tried.add(two.box)
            if holds(two.box):
                return _diagnosis(one, two)
    return None


def candidates(box: Box, vocabulary: Vocabulary, library: Sequence[Mistake]) -> Iterator[Candidate]:
    """The formula with one mistake undone, for each mistake that it may have; ``box`` is :func:`spread`."""
    formula = Formula(box, vocabulary)
    for each in library:
        for edit in together(tuple(each.edits(formula))):
            yield Candidate(each, edit, apply(box, edit.splices))


def _pairs(
    first: Sequence[Candidate], vocabulary: Vocabulary, library: Sequence[Mistake], end: float
) -> Iterator[tuple[Candidate, Candidate]]:
    """Two mistakes, the likely ones before the others: by the sum of their places in the library."""
    place = {each.id: at for at, each in enumerate(library)}
    for total in range(2 * len(library) - 1):
        for one in first:
            at = total - place[one.mistake.id]
            if 0 <= at < len(library):
                if monotonic() > end:
                    return
                for two in candidates(one.box, vocabulary, library[at : at + 1]):
                    yield one, two


def _diagnosis(*found: Candidate) -> Diagnosis:
    names = list(dict.fromkeys(each.mistake.id for each in found))
    told = list(dict.fromkeys(each.mistake.told(each.edit) for each in found))
    return Diagnosis(" + ".join(names), " ".join(told), write_latex(found[-1].box))
