"""Boxes as Unicode text for the terminal: in two dimensions, or as one readable line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from symconv.typeset.breaking import split
from symconv.typeset.canvas import EMPTY, Canvas, beside, columns, delimiter, fenced, grid, line, over, scripted
from symconv.typeset.layout import (
    Big,
    Box,
    Break,
    Cases,
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
from symconv.typeset.spacing import Delim, Item, condition_needs_if, flat, gap, kinds, needs_parentheses
from symconv.typeset.symbols import BIG_NAMES, DELIMITERS, Kind, glyph, read_name, subscript, superscript

_PRIMES = {0: "", 1: "′", 2: "″", 3: "‴"}
_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_RADICAL = str.maketrans("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ")
_GAP = 4


# One line -------------------------------------------------------------------------------------------------------------


def write_line(box: Box) -> str:
    """The box as one line of text (a display as one line for each of its lines).

    >>> from symconv.typeset.layout import row
    >>> write_line(row(Script(Symbol("K"), row(Symbol("m"), Sign(","), Symbol("n"))), Sign("-"), Symbol("m", 1)))
    'K_{m,n} − m′'
    """
    return _text(box, False)


def _text(box: Box, tight: bool) -> str:
    match box:
        case Symbol():
            return _symbol(box)
        case Number(text) | Text(text):
            return text
        case Sign():
            return glyph(box).char
        case Row():
            return _row_text(tuple(flat(box)), tight)
        case Script():
            return _script_text(box)
        case Break():
            return ""
        case Fraction(num, den):
            return f"{_side(num, tight, False)}/{_side(den, tight, True)}"
        case Root(body, degree):
            radical = _radical(degree)
            inner = _text(body, tight)
            return f"{radical}{inner}" if isinstance(body, Symbol | Number | Script) else f"{radical}({inner})"
        case Big(name, under, over_):
            operator = "Σ" if name == "sum" else BIG_NAMES[name]
            return operator + _marked("_", under) + _marked("^", over_)
        case Fence(left, body, right):
            return f"{DELIMITERS[left]}{_text(body, tight)}{DELIMITERS[right]}"
        case Matrix(rows, opening, closing):
            inner = ", ".join(f"[{', '.join('' if c is None else _text(c, tight) for c in cells)}]" for cells in rows)
            return f"{DELIMITERS[opening]}{inner}{DELIMITERS[closing]}"
        case Cases(rows):
            return "{" + "; ".join(f"{_text(value, tight)}{_condition(when)}" for value, when in rows) + "}"
        case Line():
            words = [_text(part, False) for part in (box.left, box.relation) if part is not None]
            words.append(_row_text(tuple(flat(box.right)), False, "relation" if box.relation else "open"))
            return " ".join(words) + (f"    ({box.reason})" if box.reason else "")
        case Display(lines):
            return "\n".join(_text(part, False) for part in lines)


def _row_text(items: Sequence[Item], tight: bool, previous: Kind = "open") -> str:
    items = [item for item in items if not isinstance(item, Break)]
    out: list[str] = []
    left: Item | None = None
    before: Kind = previous
    for item, kind in zip(items, kinds(items, previous), strict=True):
        if left is not None and gap(left, before, item, kind, tight):
            out.append(" ")
        out.append(DELIMITERS[item.name] if isinstance(item, Delim) else _text(item, tight))
        left, before = item, kind
    return "".join(out)


def _symbol(box: Symbol) -> str:
    name = read_name(box.name)
    text = name.text
    if name.accents:
        marks = "".join(name.accents)
        text = unicodedata.normalize("NFC", "".join(char + marks for char in text))
    return text + _PRIMES.get(box.primes, "′" * box.primes)


def _script_text(box: Script) -> str:
    base, sub, sup = _text(box.base, True), box.sub, box.sup
    if not isinstance(box.base, Symbol | Number | Text | Fence | Matrix | Sign):
        base = f"({base})"
    below = _text(sub, True) if sub is not None else ""
    above = _text(sup, True) if sup is not None else ""
    small_below, small_above = subscript(below), superscript(above)
    # What has characters of its own comes first: I⁽ˡ⁾_{i,j} is easier to read than I_{i,j}⁽ˡ⁾.
    written = base + (small_below or "") + (small_above or "")
    return written + (f"_{{{below}}}" if small_below is None else "") + (_raised(above) if small_above is None else "")


def _raised(text: str) -> str:
    return text if text in ("∗", "*") else f"^{{{text}}}"


def _marked(mark: str, box: Box | None) -> str:
    if box is None:
        return ""
    text = _text(box, True)
    return mark + (text if columns(text) == 1 else f"{{{text}}}")


def _side(box: Box, tight: bool, below: bool) -> str:
    return f"({_text(box, tight)})" if needs_parentheses(box, below) else _text(box, tight)


def _condition(when: Box) -> str:
    return (" if " if condition_needs_if(when) else " ") + _text(when, False).strip()


def _radical(degree: Box | None) -> str:
    text = "2" if degree is None else _text(degree, True)
    return _ROOTS.get(text) or text.translate(_RADICAL) + "√"


# Two dimensions -------------------------------------------------------------------------------------------------------


def write_unicode(box: Box, width: int = 100) -> str:
    """The box in two dimensions, in lines of at most ``width`` columns where they can be broken.

    >>> from symconv.typeset.layout import row
    >>> total = Big("sum", row(Symbol("i"), Sign("="), Number("0")), row(Symbol("n"), Sign("-"), Number("1")))
    >>> print(write_unicode(row(total, Script(Symbol("x"), Symbol("i")))))
    n−1
     Σ  xᵢ
    i=0
    """
    match box:
        case Display(lines):
            return _display(lines, width)
        case Line():
            return _display((box,), width)
        case _:
            pieces = split(box, _measure, width, width - 4)
            blocks = [_row(piece, False, "ordinary" if at else "open") for at, piece in enumerate(pieces)]
            return _stacked([beside([line("    "), part]) if at else part for at, part in enumerate(blocks)])


def _measure(items: Sequence[Item]) -> float:
    return _row(items, False, "ordinary").width + 1


def _draw(box: Box, tight: bool) -> Canvas:
    match box:
        case Row():
            return _row(tuple(flat(box)), tight)
        case Script():
            return _script(box)
        case Fraction(num, den, inline) if not (inline or tight):
            top, bottom = _draw(num, False), _draw(den, False)
            return over(top, line("─" * max(top.width, bottom.width)), bottom)
        case Fraction(num, den):
            return beside([_draw_side(num, tight, False), line("/"), _draw_side(den, tight, True)])
        case Root(body, degree):
            inner = _draw(body, tight)
            if inner.height == 1:
                return line(_text(box, tight))
            return beside([line(_radical(degree)), fenced("(", inner, ")")])
        case Big(name, under, above):
            operator = line("Σ" if name == "sum" else BIG_NAMES[name])
            limits = [None if part is None else _draw(part, True) for part in (above, under)]
            return over(limits[0], operator, limits[1])
        case Fence(left, body, right):
            return fenced(DELIMITERS[left], _draw(body, tight), DELIMITERS[right])
        case Matrix(rows, left, right):
            cells = grid([[EMPTY if cell is None else _draw(cell, False) for cell in row] for row in rows])
            return fenced(DELIMITERS[left], cells, DELIMITERS[right])
        case Cases(rows):
            cells = grid(
                [[_draw(value, False), beside([line("if "), _draw(when, False)]) if condition_needs_if(when)
                  else _draw(when, False)] for value, when in rows], left=True
            )  # fmt: skip
            return beside([delimiter("{", cells), line(" "), cells])
        case Line():
            parts = [part for part in (box.left, box.relation, box.right) if part is not None]
            return _row([item for part in parts for item in flat(part)], False)
        case Display(lines):
            return grid([[_draw(part, tight)] for part in lines], left=True)
        case _:
            return line(_text(box, tight))


def _row(items: Sequence[Item], tight: bool, previous: Kind = "open") -> Canvas:
    items = [item for item in items if not isinstance(item, Break)]
    drawn = [EMPTY if isinstance(item, Delim) else _draw(item, tight) for item in items]
    tallest = max(drawn, key=lambda part: part.height, default=EMPTY)
    parts: list[Canvas] = []
    left: Item | None = None
    before: Kind = previous
    for item, canvas, kind in zip(items, drawn, kinds(items, previous), strict=True):
        # A minus that touched a fraction's bar would look like a part of it.
        if left is not None and (gap(left, before, item, kind, tight) or (before == "prefix" and canvas.height > 1)):
            parts.append(line(" "))
        parts.append(
            delimiter(DELIMITERS[item.name], tallest if item.large else EMPTY) if isinstance(item, Delim) else canvas
        )
        left, before = item, kind
    return beside(parts)


def _script(box: Script) -> Canvas:
    base = _draw(box.base, True)
    if base.height == 1:
        text = _text(box.base, True)
        if not isinstance(box.base, Symbol | Number | Text | Fence | Sign):
            text = f"({text})"
        small = [
            (None if part is None else smaller(_text(part, True)))
            for part, smaller in ((box.sub, subscript), (box.sup, superscript))
        ]
        base = line(text + (small[0] or "") + (small[1] or ""))
        sub = box.sub if small[0] is None else None
        sup = box.sup if small[1] is None else None
    else:
        sub, sup = box.sub, box.sup
        if not isinstance(box.base, Symbol | Number | Text | Fence | Matrix):
            base = fenced("(", base, ")")
    if sub is None and sup is None:
        return base
    if sub is None and sup is not None and _text(sup, True) in ("∗", "*"):
        return beside([base, line(_text(sup, True))])
    return scripted(base, *(None if part is None else _draw(part, True) for part in (sub, sup)))


def _draw_side(box: Box, tight: bool, below: bool) -> Canvas:
    inner = _draw(box, tight)
    return fenced("(", inner, ")") if needs_parentheses(box, below) else inner


def _stacked(blocks: Sequence[Canvas]) -> str:
    """Blocks one under the other, with an empty row between two of which one is tall."""
    out: list[str] = []
    for at, block in enumerate(blocks):
        if at and (block.height > 1 or blocks[at - 1].height > 1):
            out.append("")
        out.append(str(block))
    return "\n".join(out)


def _display(lines: Sequence[Line], width: int) -> str:
    """Lines aligned at their relations, with reasons beside them if all fit there, else under them."""
    lefts = [EMPTY if part.left is None else _draw(part.left, False) for part in lines]
    widest = max((left.width for left in lefts), default=0)
    apart = widest > width // 2
    column = 2 if apart else widest + (1 if widest else 0)
    rights = [_right(part, width - column) for part in lines]
    edge = column + max((block.width for blocks in rights for block in blocks), default=0) + _GAP
    reasons = max((columns(part.reason) + 2 for part in lines if part.reason), default=0)
    beside_them = edge + reasons <= width
    out: list[Canvas] = []
    for part, left, blocks in zip(lines, lefts, rights, strict=True):
        if apart and part.left is not None:
            pieces = split(part.left, _measure, width, width - 4)
            out.append(_row(pieces[0], False))
            out += [beside([line("    "), _row(piece, False, "ordinary")]) for piece in pieces[1:]]
            left = EMPTY
        for at, block in enumerate(blocks):
            shown = EMPTY if at or apart else left
            gap_after = 1 if shown.width else 0
            row = [line(" " * (column - shown.width - gap_after)), shown, line(" " * gap_after)]
            if at == 0 and part.reason and beside_them:
                out.append(beside([*row, block, line(" " * (edge - column - block.width) + f"({part.reason})")]))
            else:
                out.append(beside([*row, block]))
        if part.reason and not beside_them:
            out[-1] = _with_reason(out[-1], part.reason, column + 2, width)
    return _stacked(out)


def _right(part: Line, room: int) -> list[Canvas]:
    """The relation and what follows it, in as many lines as it needs."""
    sign = "" if part.relation is None else _text(part.relation, False) + " "
    indent = columns(sign) + 2
    pieces = split(part.right, _measure, room - columns(sign), room - indent)
    blocks = [beside([line(sign), _row(pieces[0], False, "relation" if sign else "open")])]
    return blocks + [beside([line(" " * indent), _row(piece, False, "ordinary")]) for piece in pieces[1:]]


def _with_reason(block: Canvas, reason: str, indent: int, width: int) -> Canvas:
    """The reason in rows of its own under the last block of its line."""
    rows = list(block.rows)
    current = ""
    for word in f"({reason})".split():
        if current and indent + columns(current) + 1 + columns(word) > width:
            rows.append(" " * indent + current)
            current = ""
        current += f" {word}" if current else word
    rows.append(" " * indent + current)
    return Canvas(tuple(rows), block.baseline, max(map(columns, rows)))
