"""A mistake of the library: its name, what goes wrong, what a student is told, and the edits that undo it."""

from __future__ import annotations

import re
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
        """The sentence for one edit, with all symbols written in one way."""
        words = {name: Words(word) for name, word in edit.words.items()}
        return plain(self.sentence.format_map(words))


class Words(str):
    """What fills a place of a sentence; a format chooses a form by the number: ``{step:is/are}``, ``sum{index:/s}``.

    >>> "The sum{index:/s} over {index} {index:is/are} missing.".format_map({"index": Words("i and j")})
    'The sums over i and j are missing.'
    """

    def __format__(self, form: str) -> str:
        one, slash, many = form.partition("/")
        if not slash:
            return str(self)
        return many if " and " in self else one


def mistake(name: str, sentence: str) -> Callable[[Generator], Mistake]:
    """Makes a mistake of the function that yields its edits; the function's docstring is its law."""

    def made(edits: Generator) -> Mistake:
        return Mistake(name, sentence, cleandoc(edits.__doc__ or ""), edits)

    return made


def shown(*boxes: Box) -> str:
    """Boxes in one line, for a sentence."""
    return write_line(Row(boxes))


LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+−aehijklmnoprstuvx")
"""The lowered letters and figures that Unicode has."""


def plain(text: str) -> str:
    """A sentence without marks of LaTeX. If one index cannot be lowered, none is; several stand in brackets.

    >>> print(plain("The strides sₕ and s_{w}"))
    The strides s_h and s_w
    >>> print(plain("∂L/∂O_{i,j} is missing."))
    ∂L/∂O[i,j] is missing.
    """
    text = re.sub(r"(?:_\{180(?:\^\{∘\}|°)?\}|₁₈₀)", "180", text)
    word = re.compile(r"_\{(\w+)\}")
    if word.search(text):
        text = word.sub(r"_\1", text)
        text = re.sub(f"[{''.join(map(chr, LOW))}]+", lambda found: "_" + found.group().translate(LOW), text)
    text = re.sub(r"_\{([^{}]*)\}", r"[\1]", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    return text.translate(str.maketrans("{}", "()"))


def slot_edit(slot: Slot, items: tuple[Box, ...] | None, *kind: str, **words: str) -> Iterable[Edit]:
    """One index written anew, if that is possible and changes it."""
    if items is not None and items != slot.items:
        yield Edit((slot.put(items),), kind, {"old": shown(*slot.items), "new": shown(*items), **words})


def splice_edit(old: tuple[Box, ...], splice: Splice, *kind: str, **words: str) -> Iterable[Edit]:
    """One splice, with what stood there before."""
    if splice.items != old:
        yield Edit((splice,), kind, {"old": shown(*old), "new": shown(*splice.items), **words})
