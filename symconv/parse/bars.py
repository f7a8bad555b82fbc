"""Tells the meanings of a plain ``|`` apart: absolute value, divides or such that, value at.

A bar that is alone between commas is a sign. Two bars that stand around something are a fence. Where bars could be
paired in more than one way, the formula is refused.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.parse.errors import ReadError
from symconv.parse.scan import Piece
from symconv.parse.tables import RELATIONS

_OPENERS = frozenset(["LBRACE", "OPEN", "LOPT", "BEGIN_MATRIX", "BEGIN_CASES", "BEGIN_LINES"])
_CLOSERS = frozenset(["RBRACE", "CLOSE", "ROPT", "END"])
_OPERAND_ENDS = frozenset(["LETTER", "DIGIT", "TEXT", "RBRACE", "CLOSE", "END", "PRIME", "BIG"])
_APART = frozenset([",", ";", "\\quad", "\\qquad"])
_WORDS = frozenset(["and", "or", "if", "for", "where", "with"])
_ADVICE = "write \\lvert … \\rvert for an absolute value and \\mid for “divides” or “such that”"


def pair_bars(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces, which are nested rightly, with every ``BAR`` as ``OPEN``, ``CLOSE`` or ``SIGN``."""
    if not any(piece.type == "BAR" for piece in pieces):
        return pieces
    found: list[Piece | None] = list(pieces)
    levels: list[list[int]] = [[]]
    for at, piece in enumerate(pieces):
        if piece.type == "BAR":
            levels[-1].append(at)
        elif piece.type in _OPENERS:
            levels.append([])
        elif piece.type in _CLOSERS:
            _settle(text, pieces, levels.pop(), found)
        elif piece.type in ("AMP", "NEWLINE", "OVER") or (piece.type == "SIGN" and piece.value in _APART):
            _settle(text, pieces, levels[-1], found)
            levels[-1] = []
    _settle(text, pieces, levels[-1], found)
    return [piece for piece in found if piece is not None]


def _settle(text: str, pieces: list[Piece], bars: list[int], found: list[Piece | None]) -> None:
    """Decides the bars of one level between two commas."""
    if len(bars) == 1 and pieces[bars[0]].value == "|":
        at = bars[0]
        scripted = at + 1 < len(pieces) and pieces[at + 1].type in ("SUB", "SUP")
        found[at] = replace(pieces[at], type="SIGN", value="|" if scripted else "\\mid")
        return
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    closing: set[int] = set()
    for at in bars:
        before = pieces[at - 1] if at else None
        ended = before is not None and (before.type in _OPERAND_ENDS or at - 1 in closing)
        if waiting and ended and pieces[waiting[-1]].value == pieces[at].value:
            pairs.append((waiting.pop(), at))
            closing.add(at)
        else:
            waiting.append(at)
    if waiting:
        raise ReadError(text, pieces[waiting[-1]].start, f"it is not clear what this | belongs to: {_ADVICE}")
    for left, right in pairs:
        if _doubtful(pieces, left, right):
            raise ReadError(
                text, pieces[left].start, f"it is not clear whether this | and the next are a pair: {_ADVICE}"
            )
        found[left] = replace(pieces[left], type="OPEN")
        found[right] = replace(pieces[right], type="CLOSE")
    for left, right in pairs:
        if (left + 1, right - 1) in pairs and _touch(pieces, left) and _touch(pieces, right - 1):
            # ||x|| is a norm.
            found[left] = Piece("OPEN", "Vert", pieces[left].start, pieces[left + 1].end)
            found[right] = Piece("CLOSE", "Vert", pieces[right - 1].start, pieces[right].end)
            found[left + 1] = found[right - 1] = None


def _touch(pieces: list[Piece], at: int) -> bool:
    return pieces[at].end == pieces[at + 1].start and pieces[at].value == pieces[at + 1].value == "|"


def _doubtful(pieces: list[Piece], left: int, right: int) -> bool:
    """A relation or a conjunction between two bars: they may be two signs."""
    depth = 0
    for piece in pieces[left + 1 : right]:
        depth += (piece.type in _OPENERS) - (piece.type in _CLOSERS)
        if depth == 0 and piece.type == "SIGN" and piece.value in RELATIONS:
            return True
        if depth == 0 and piece.type == "TEXT" and piece.value.strip() in _WORDS:
            return True
    return False
