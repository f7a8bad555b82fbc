r"""LaTeX text to layout boxes: scan, nest, parse by the grammar, build.

Nothing is guessed and nothing is dropped: what is not understood is refused, with its line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symconv.errors import SymconvError
from symconv.parse.bars import pair_bars
from symconv.parse.boxes import build
from symconv.parse.errors import ReadError
from symconv.parse.nest import nest
from symconv.parse.places import Reading
from symconv.parse.scan import Piece, scan
from symconv.typeset.layout import Box, Row

if TYPE_CHECKING:
    from lark import Lark, Token

_AFTER_NOTHING = {
    "SUB": "a subscript stands after nothing: it needs a name, or {} before it",
    "SUP": "a superscript stands after nothing: it needs a name, or {} before it",
    "PRIME": "a prime stands after nothing",
}
_MISPLACED = {
    "OVER": "\\over divides a group in braces into two, and there is one already or there are no braces",
    "AMP": "& stands between the cells of a matrix or the sides of an equation, not here",
    "NEWLINE": "\\\\ ends a line, and an argument or a script is missing before it",
    "OPEN": "a bracket cannot be an argument or a script without braces: write {(…)}",
    "SWITCH": "a change of style such as \\bf stands at the beginning of a group in braces",
}


def read_latex(text: str) -> Box:
    r"""The layout boxes of a formula; a :class:`ReadError` names the place of what is not understood.

    >>> read_latex(r"2k' - 1")
    Row(items=(Number(text='2'), Symbol(name='k', primes=1), Sign(name='-'), Number(text='1')))
    >>> read_latex(r"a + \foo")
    Traceback (most recent call last):
    symconv.parse.errors.ReadError: line 1, column 5: the command \foo is not understood
      a + \foo
          ^
    """
    return read(text).box


def read(text: str) -> Reading:
    r"""The formula with the place of every box.

    >>> reading = read("x_i = y")
    >>> reading.place(reading.box.right)
    (1, 7)
    """
    if not isinstance(text, str):
        raise SymconvError(f"a formula is a string of LaTeX, got a {type(text).__name__}")
    pieces, remarks = scan(text)
    pieces = pair_bars(text, nest(text, pieces))
    box, places, labels = build(text, _parse(text, pieces))
    if box == Row(()):
        raise ReadError(text, 0, "there is no formula here")
    return Reading(text, box, (*remarks, *labels), places.table(box))


def _parse(text: str, pieces: Sequence[Piece]) -> Any:
    from lark import UnexpectedInput, UnexpectedToken

    try:
        return _grammar().parse(pieces)
    except UnexpectedToken as error:
        token = error.token
        at = len(text) if token.type == "$END" else token.start_pos or 0
        raise ReadError(text, at, _complaint(token, pieces)) from None
    except UnexpectedInput as error:
        raise ReadError(text, error.pos_in_stream or 0, "this is not understood") from None


def _complaint(token: Token, pieces: Sequence[Piece]) -> str:
    before = next((piece for piece in reversed(pieces) if piece.end <= (token.start_pos or 0)), None)
    if token.type == "$END":
        before = pieces[-1] if pieces else None
    if before is not None and before.type in ("SUB", "SUP"):
        return f"{before.value} needs a script after it" if token.type != "OPEN" else _MISPLACED["OPEN"]
    if token.type in ("$END", "RBRACE", "CLOSE", "END", "AMP", "NEWLINE") and before is not None:
        return f"an argument is missing after {before.value}"
    return _AFTER_NOTHING.get(token.type) or _MISPLACED.get(token.type) or f"{token} is not understood here"


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    class Pieces(Lexer):
        """What Lark calls a lexer; the text was cut into pieces before."""

        def __init__(self, lexer_conf: object) -> None:
            pass

        def lex(self, pieces: Any) -> Iterator[Token]:  # type: ignore[override]
            for piece in pieces:
                yield Token(piece.type, piece.value, piece.start, end_pos=piece.end)

    source = Path(__file__).with_name("latex.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", lexer=Pieces, maybe_placeholders=False)
