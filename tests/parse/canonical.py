r"""The normal form of boxes in which what is written and what is read back are equal.

Only what LaTeX cannot show is levelled: rows in rows, marks for line breaks, thin spaces, an inline fraction and its
slash, ⟦ ⟧ that are written [ ], names with two spellings, a formula's relation as a line or as a sign in a row, chains
of equations on one line or several, and fences without delimiters. Reading never needs more than this.
"""

from __future__ import annotations

from functools import singledispatch

from symconv.parse.tables import RELATIONS, SIGNS
from symconv.typeset.layout import (
    Big,
    Box,
    Break,
    Cases,
    Delimiter,
    Display,
    Fence,
    Fraction,
    Line,
    Matrix,
    Number,
    Root,
    Row,
    Script,
    Sign,
    Symbol,
    Text,
)  # fmt: skip
from symconv.typeset.spacing import needs_parentheses

THIN = frozenset(["\\,", "\\;", "\\:", "\\!", "\\ "])
LETTERS = frozenset(["\\top", "\\prime", "\\partial", "\\infty"])
_DELIMITERS: dict[Delimiter, Delimiter] = {"llbracket": "[", "rrbracket": "]"}


def canonical(box: Box) -> Box:
    """The box in normal form."""
    parts = pieces(box)
    return parts[0] if len(parts) == 1 else Row(tuple(parts))


@singledispatch
def pieces(box: Box) -> list[Box]:
    """The boxes that stand side by side in the normal form of a box."""
    raise TypeError(type(box))


@pieces.register(Symbol)
def _(box: Symbol) -> list[Box]:
    if box.name in ("\\max", "\\min"):
        return [Big(box.name[1:])]  # type: ignore[arg-type]
    if box.name.startswith("\\text{"):
        return [Text(box.name[6:-1])]
    return [box]


@pieces.register(Number)
def _(box: Number) -> list[Box]:
    return [box]


@pieces.register(Text)
def _(box: Text) -> list[Box]:
    words = " ".join(box.text.replace("\u00a0", " ").replace("'", "’").split(" "))
    return [Text(words)]


@pieces.register(Sign)
def _(box: Sign) -> list[Box]:
    if box.name in THIN:
        return []
    if box.name == "|":
        return [Sign("\\mid")]
    return [Symbol(box.name)] if box.name in LETTERS else [Sign(SIGNS.get(box.name, box.name))]


@pieces.register(Break)
def _(box: Break) -> list[Box]:
    return []


@pieces.register(Row)
def _(box: Row) -> list[Box]:
    return [part for item in box.items for part in pieces(item)]


@pieces.register(Script)
def _(box: Script) -> list[Box]:
    base, sub, sup = canonical(box.base), _inside(box.sub), _inside(box.sup)
    return [Script(base, sub, sup)]


@pieces.register(Fraction)
def _(box: Fraction) -> list[Box]:
    if not box.inline:
        return [Fraction(canonical(box.num), canonical(box.den))]
    sides = [
        [Fence("(", canonical(side), ")")] if needs_parentheses(side, below) else pieces(side)
        for side, below in ((box.num, False), (box.den, True))
    ]
    return [*sides[0], Sign("/"), *sides[1]]


@pieces.register(Root)
def _(box: Root) -> list[Box]:
    return [Root(canonical(box.body), _inside(box.degree))]


@pieces.register(Big)
def _(box: Big) -> list[Box]:
    return [Big(box.name, _inside(box.under), _inside(box.over))]


@pieces.register(Fence)
def _(box: Fence) -> list[Box]:
    if box.open == box.close == "":
        return pieces(box.body)
    body = canonical(box.body)
    return [Fence(_delimiter(box.open), body, _delimiter(box.close))]


@pieces.register(Matrix)
def _(box: Matrix) -> list[Box]:
    rows = tuple(tuple(_inside(cell) for cell in cells) for cells in box.rows)
    return [Matrix(rows, _delimiter(box.open), _delimiter(box.close))]


@pieces.register(Cases)
def _(box: Cases) -> list[Box]:
    return [Cases(tuple((canonical(value), canonical(when)) for value, when in box.rows))]


@pieces.register(Line)
def _(box: Line) -> list[Box]:
    """A line is its row, with the reason behind it."""
    sides = [part for part in (box.left, box.relation, box.right) if part is not None]
    reason = pieces(Text(f"({box.reason})")) if box.reason else []
    return [*(piece for side in sides for piece in pieces(side)), *reason]


@pieces.register(Display)
def _(box: Display) -> list[Box]:
    lines: list[Line] = []
    for line in map(_line, box.lines):
        if lines and line.left is None and line.relation is not None and not lines[-1].reason:
            # A chain of equations that was broken at its relation.
            before = lines.pop()
            right = canonical(Row((before.right, line.relation, line.right)))
            lines.append(Line(before.left, before.relation, right, line.reason))
        else:
            lines.append(line)
    return pieces(lines[0]) if len(lines) == 1 else [Display(tuple(lines))]


def _line(line: Line) -> Line:
    left = None if line.left is None else canonical(line.left)
    relation = None if line.relation is None else Sign(SIGNS.get(line.relation.name, line.relation.name))
    reason = pieces(Text(line.reason))[0]
    assert isinstance(reason, Text)
    assert relation is None or relation.name in RELATIONS
    return Line(left, relation, canonical(line.right), " ".join(reason.text.split()))


def _inside(box: Box | None) -> Box | None:
    return None if box is None else canonical(box)


def _delimiter(name: Delimiter) -> Delimiter:
    return _DELIMITERS.get(name, name)
