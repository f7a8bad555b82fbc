r"""Styles and accents become part of a name: ``\mathbf x_i`` is the name ``\mathbf{x}`` with an index."""

from __future__ import annotations

from symconv.parse import tables
from symconv.parse.places import Places
from symconv.typeset.layout import Box, Number, Row, Script, Symbol


def accented(accent: str, box: Box, places: Places) -> Box | None:
    """The name under an accent, which covers its letter only; None if the box is no name."""
    made: Box
    match box:
        case Symbol(name, primes):
            made = Symbol(f"{accent}{{{name}}}", primes)
        case Number(text):
            made = Symbol(f"{accent}{{{text}}}")
        case Script(base, sub, sup):
            inner = accented(accent, base, places)
            if inner is None:
                return None
            made = Script(inner, sub, sup)
        case _:
            return None
    return places.over(made, [box])


def styled(style: str, box: Box, places: Places, alone: bool = True) -> Box:
    """The letters of the box in a style; what is no letter has no style. A numeral alone may be a name (𝟏)."""
    made: Box
    match box:
        case Symbol(name, primes) if _takes_style(name):
            made = Symbol(f"{style}{{{name}}}", primes)
        case Number(text) if alone and style in ("\\mathbf", "\\mathbb", "\\boldsymbol"):
            made = Symbol(f"{style}{{{text}}}")
        case Script(base, sub, sup):
            made = Script(styled(style, base, places, alone), sub, sup)
        case Row(items) if items:
            made = Row(tuple(styled(style, item, places, alone=False) for item in items))
        case _:
            return box
    return places.over(made, [box])


def _takes_style(name: str) -> bool:
    return not name.startswith("\\") or name in tables.GREEK or name.partition("{")[0] in tables.ACCENTS
