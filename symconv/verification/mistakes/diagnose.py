"""The diagnosis: which mistake of the library, undone, makes a refuted formula right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from symconv.time_limit import OutOfTime, check_time, time_limit
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
    holds: Callable[[Box], int],
    *,
    seconds: float = 1.0,
    library: Sequence[Mistake] = LIBRARY,
) -> Diagnosis | None:
    """The first mistake, in the order of the library, whose undoing makes the formula right; else the first two.

    ``holds`` says whether an edited formula is right, under the reading under which ``box`` was refuted: 0 for no,
    1 where that needs an assumption that the formula did not need, 2 for yes. A correction that needs no assumption
    wins, and of those done at several places at once the one with the fewest. None where no mistake fits, or none was
    found in ``seconds``.
    """
    search = _Search(holds)
    with time_limit(seconds):
        try:
            return _one(box, vocabulary, library, search) or _two(vocabulary, library, search)
        except OutOfTime:
            return _diagnosis(*search.weak) if search.weak else None


def _one(box: Box, vocabulary: Vocabulary, library: Sequence[Mistake], search: _Search) -> Diagnosis | None:
    """A single mistake."""
    whole = spread(box, vocabulary)
    search.tried |= {box, whole}
    for candidate in candidates(whole, vocabulary, library):
        grade = search.grade(candidate.box)
        if grade:
            candidate, grade = search.smaller(candidate, whole, grade)
            if grade > 1:
                return _diagnosis(candidate)
            search.weak = search.weak or (candidate,)
        search.single.append(candidate)
    return _diagnosis(*search.weak) if search.weak else None


def _two(vocabulary: Vocabulary, library: Sequence[Mistake], search: _Search) -> Diagnosis | None:
    """Two mistakes at once."""
    for one, two in _pairs(search.single, vocabulary, library):
        grade = search.grade(two.box)
        if grade > 1:
            return _diagnosis(one, two)
        if grade:
            search.weak = search.weak or (one, two)
    return _diagnosis(*search.weak) if search.weak else None


class _Search:
    """What has been tried: each single mistake undone, and the first whose correction needs an assumption (weak)."""

    def __init__(self, holds: Callable[[Box], int]) -> None:
        self.holds = holds
        self.tried: set[Box] = set()
        self.single: list[Candidate] = []
        self.weak: tuple[Candidate, ...] = ()

    def grade(self, box: Box) -> int:
        """The grade of a formula that was not tried before. Errors: :class:`OutOfTime`."""
        check_time()
        if box in self.tried:
            return 0
        self.tried.add(box)
        return int(self.holds(box))

    def smaller(self, candidate: Candidate, whole: Box, grade: int) -> tuple[Candidate, int]:
        """Of an edit at several places, the part that does as well."""
        for part in candidate.edit.parts:
            box = apply(whole, part.splices)
            found = self.grade(box)
            if found >= grade:
                return Candidate(candidate.mistake, part, box), found
        return candidate, grade


def candidates(box: Box, vocabulary: Vocabulary, library: Sequence[Mistake]) -> Iterator[Candidate]:
    """The formula with one mistake undone, for each mistake that it may have; ``box`` is :func:`spread`.

    What was done wrong on one axis was mostly done wrong on the other, too: edits of single axes come last.
    """
    formula = Formula(box, vocabulary)
    later: list[tuple[Mistake, Edit]] = []
    for each in library:
        parts: list[Edit] = []
        for edit in together(tuple(each.edits(formula))):
            parts += edit.parts
            if not edit.parts and any(edit is part for part in parts):
                later.append((each, edit))
            else:
                yield Candidate(each, edit, apply(box, edit.splices))
    for each, edit in later:
        yield Candidate(each, edit, apply(box, edit.splices))


def _pairs(
    first: Sequence[Candidate], vocabulary: Vocabulary, library: Sequence[Mistake]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Two mistakes, the likely ones before the others: by the sum of their places in the library."""
    place = {each.id: at for at, each in enumerate(library)}
    for total in range(2 * len(library) - 1):
        for one in first:
            at = total - place[one.mistake.id]
            if 0 <= at < len(library):
                check_time()
                for two in candidates(one.box, vocabulary, library[at : at + 1]):
                    yield one, two


def _diagnosis(*found: Candidate) -> Diagnosis:
    names = list(dict.fromkeys(each.mistake.id for each in found))
    told = list(dict.fromkeys(each.mistake.told(each.edit) for each in found))
    return Diagnosis(" + ".join(names), " ".join(told), write_latex(found[-1].box))
