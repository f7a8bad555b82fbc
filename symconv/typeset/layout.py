"""Layout boxes: what formulas look like, before any output language is chosen.

The writers (LaTeX, MathML, Unicode) are passes over this closed set, and the LaTeX reader builds the same boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

BigName = Literal["sum", "prod", "max", "min", "argmax", "argmin"]
Delimiter = Literal[
    "(", ")", "[", "]", "{", "}", "|", "lfloor", "rfloor", "lceil", "rceil", "llbracket", "rrbracket",
    "langle", "rangle", "Vert", "",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name as written in LaTeX without scripts: ``k``, ``\\delta``, ``\\mathbf{I}``; primes are counted apart."""

    name: str
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Number:
    """A non-negative decimal numeral (a minus sign is a :class:`Sign`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words inside mathematics, upright: ``out``, ``if``."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A binary or prefix sign, named by its LaTeX: ``+``, ``-``, ``=``, ``\\cdot``, ``\\le``, ``\\mid``, ``\\star``."""

    name: str


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a long line may break; the lower the level, the better the place (0: between terms)."""

    level: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side."""

    items: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a subscript, a superscript, or both."""

    base: Box
    sub: Box | None = None
    sup: Box | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    """``num`` over ``den``; ``inline`` asks for a slash (in a line of text or a subscript)."""

    num: Box
    den: Box
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """A square root, or the root of the given degree."""

    body: Box
    degree: Box | None = None


@dataclass(frozen=True, slots=True)
class Big:
    """A big operator with what stands under and over it; its body follows in the row."""

    name: BigName
    under: Box | None = None
    over: Box | None = None


@dataclass(frozen=True, slots=True)
class Fence:
    """A body between two delimiters that grow with it."""

    open: Delimiter
    body: Box
    close: Delimiter


@dataclass(frozen=True, slots=True)
class Matrix:
    """A rectangular array of cells between delimiters. A None cell is empty; ``small`` asks for small print."""

    rows: tuple[tuple[Box | None, ...], ...]
    open: Delimiter = "["
    close: Delimiter = "]"
    small: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with their conditions, behind one brace."""

    rows: tuple[tuple[Box, Box], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a display: ``left relation right``, and the reason for it in words."""

    left: Box | None
    relation: Sign | None
    right: Box
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Display:
    """Lines aligned at their relation signs."""

    lines: tuple[Line, ...]


Box: TypeAlias = Union[
    Symbol, Number, Text, Sign, Break, Row, Script, Fraction, Root, Big, Fence, Matrix, Cases, Line, Display
]
BOXES: tuple[type, ...] = (
    Symbol, Number, Text, Sign, Break, Row, Script, Fraction, Root, Big, Fence, Matrix, Cases, Line, Display,
)  # fmt: skip


def row(*items: Box) -> Box:
    """The items side by side, nested rows flattened; one item stands alone."""
    flat: list[Box] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else (item,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))
