"""A mistake of the library: its name, what goes wrong, what a student is told, and the edits that undo it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc

from symconv.typeset.layout import Box, Row
from symconv.typeset.unicode import write_line
from symconv.verification.mistakes.edit import Edit, Splice
from symconv.verification.mistakes.formula import Formula, Slot

Generator = Callable[[Formula], Iterable[Edit]]


@dataclass(frozen=True)
class Mistake:
    """``law`` says what is right and what goes wrong; the words of an edit fill the places in ``sentence``."""

    id: str
    sentence: str
    law: str
    edits: Generator

    def told(self, edit: Edit) -> str:
        """The sentence for one edit."""
        return self.sentence.format_map(edit.words)


def mistake(name: str, sentence: str) -> Callable[[Generator], Mistake]:
    """Makes a mistake of the function that yields its edits; the function's docstring is its law."""

    def made(edits: Generator) -> Mistake:
        return Mistake(name, sentence, cleandoc(edits.__doc__ or ""), edits)

    return made


def shown(*boxes: Box) -> str:
    """Boxes in one line, for a sentence."""
    return write_line(Row(boxes))


def slot_edit(slot: Slot, items: tuple[Box, ...] | None, *kind: str, **words: str) -> Iterable[Edit]:
    """One index written anew, if that is possible and changes it."""
    if items is not None and items != slot.items:
        yield Edit((slot.put(items),), kind, {"old": shown(*slot.items), "new": shown(*items), **words})


def splice_edit(old: tuple[Box, ...], splice: Splice, *kind: str, **words: str) -> Iterable[Edit]:
    """One splice, with what stood there before."""
    if splice.items != old:
        yield Edit((splice,), kind, {"old": shown(*old), "new": shown(*splice.items), **words})
