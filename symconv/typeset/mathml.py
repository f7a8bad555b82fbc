"""Boxes as presentation MathML, within MathML Core, so that browsers show it without a script."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from symconv.typeset.displays import INDENT, break_left, break_right, paragraph, plan_display
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
from symconv.typeset.metrics import tall
from symconv.typeset.spacing import Delim, Item, condition_needs_if, flat, kinds, needs_parentheses
from symconv.typeset.symbols import BIG_NAMES, DELIMITERS, Kind, glyph, read_name

_TIMES, _APPLY = "\u2062", "\u2061"
_ACCENTS = {"\u0304": "¯", "\u0302": "^", "\u0303": "~", "\u20d7": "→", "\u0307": "˙", "\u0308": "¨", "\u0332": "_"}
_PRIMES = {1: "′", 2: "″", 3: "‴"}
_NORMAL = ' mathvariant="normal"'
# MathML Core aligns cells by style only; Chromium aligns mathematics for the prefixed value, Firefox for the attribute.
_LEFT = 'columnalign="left" style="text-align:-webkit-left;padding-left:0.2em"'
_RIGHT = 'columnalign="right" style="text-align:-webkit-right;padding-right:0"'
_SKIP = '<mspace width="2em"></mspace>'
_ROOM = 520.0
"""Points at 10pt that a display may fill on a page: about 800 pixels."""


def write_mathml(box: Box) -> str:
    """One ``<math display="block">`` element; products get an invisible times, so that screen readers say them.

    >>> write_mathml(Script(Symbol("x"), Symbol("i")))
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><msub><mi>x</mi><mi>i</mi></msub></math>'
    """
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{_ml(box)}</math>'


def _ml(box: Box) -> str:
    match box:
        case Symbol():
            return _symbol(box)
        case Number(text):
            return f"<mn>{escape(text)}</mn>"
        case Sign():
            return _sign(box, glyph(box).kind)
        case Row():
            return _row(tuple(flat(box)))
        case Script():
            return _script(box)
        case Text(text):
            return f"<mtext>{escape(text).replace(' ', chr(0xA0))}</mtext>"
        case Break():
            return "<mrow></mrow>"
        case Fraction(num, den, inline):
            if inline:
                return f'<mrow>{_slashed(num, False)}<mo lspace="0" rspace="0">/</mo>{_slashed(den, True)}</mrow>'
            return f"<mfrac>{_ml(num)}{_ml(den)}</mfrac>"
        case Root(body, degree):
            return f"<msqrt>{_ml(body)}</msqrt>" if degree is None else f"<mroot>{_ml(body)}{_ml(degree)}</mroot>"
        case Big():
            return _big(box)
        case Fence(left, body, right):
            grow = tall(body)
            return f"<mrow>{_fence(left, 'prefix', grow)}{_ml(body)}{_fence(right, 'postfix', grow)}</mrow>"
        case Matrix():
            return _matrix(box)
        case Cases(rows):
            return _cases(rows)
        case Line():
            return _row(_line_items(box))
        case Display(lines):
            return _display(lines)


def _row(items: Sequence[Item], previous: Kind = "open") -> str:
    items = [item for item in items if not isinstance(item, Break)]
    out: list[str] = []
    left: Item | None = None
    before: Kind = previous
    for item, kind in zip(items, kinds(items, previous), strict=True):
        if left is not None:
            out.append(_invisible(left, before, item))
        if isinstance(item, Delim):
            out.append(_fence(item.name, "prefix" if item.opening else "postfix", False))
        else:
            out.append(_sign(item, kind) if isinstance(item, Sign) else _ml(item))
        left, before = item, kind
    return f"<mrow>{''.join(out)}</mrow>"


def _invisible(left: Item, left_kind: Kind, right: Item) -> str:
    """The operator that a reader understands between two neighbours without a sign."""
    if isinstance(left, Sign | Text | Big) or isinstance(right, Sign | Text) or left_kind == "open":
        return ""
    if left_kind == "function":
        return f"<mo>{_APPLY}</mo>"
    if left == Symbol("\\partial") or isinstance(right, Fence | Delim):
        return ""
    return f"<mo>{_TIMES}</mo>"


def _symbol(box: Symbol) -> str:
    name = read_name(box.name)
    upright = name.upright and len(name.text) == 1 and name.text != "∂"
    inner = f"<mi{_NORMAL if upright else ''}>{escape(name.text)}</mi>"
    for accent in name.accents:
        inner = f'<mover accent="true">{inner}<mo stretchy="false">{_ACCENTS[accent]}</mo></mover>'
    return f"<msup>{inner}{_prime(box)}</msup>" if box.primes else inner


def _prime(box: Symbol) -> str:
    return f'<mo lspace="0" rspace="0">{_PRIMES.get(box.primes, "′" * box.primes)}</mo>'


def _sign(sign: Sign, kind: Kind) -> str:
    char = glyph(sign).char
    if kind == "space":
        return f'<mspace width="{max(len(char), 1) * 0.5 if char else 0}em"></mspace>'
    # Without its form a sign at the start of a continued line would be set as a prefix.
    form = {"prefix": ' form="prefix"', "binary": ' form="infix"'}.get(kind, "")
    if kind == "ordinary":
        form = ' lspace="0" rspace="0"'
    elif kind == "punctuation":
        form = ' separator="true"'
    elif char == "∣":
        # The dictionary stretches this character and gives it no space; here it means "divides".
        form = ' stretchy="false" lspace="0.278em" rspace="0.278em"'
    return f"<mo{form}>{escape(char)}</mo>"


def _script(box: Script) -> str:
    base, sub, sup = box.base, box.sub, box.sup
    if isinstance(base, Symbol) and base.primes:
        prime = _prime(base)
        inner = _symbol(Symbol(base.name))
        over = prime if sup is None else f"<mrow>{prime}{_ml(sup)}</mrow>"
        return f"<msup>{inner}{over}</msup>" if sub is None else f"<msubsup>{inner}{_ml(sub)}{over}</msubsup>"
    inner = _ml(base)
    if sub is not None and sup is not None:
        return f"<msubsup>{inner}{_ml(sub)}{_ml(sup)}</msubsup>"
    if sub is not None:
        return f"<msub>{inner}{_ml(sub)}</msub>"
    return f"<msup>{inner}{_ml(sup)}</msup>" if sup is not None else inner


def _slashed(box: Box, below: bool) -> str:
    return _ml(Fence("(", box, ")")) if needs_parentheses(box, below) else _ml(box)


def _big(box: Big) -> str:
    if box.name == "sum":
        operator = '<mo largeop="true" movablelimits="false">∑</mo>'
    else:
        operator = f'<mo movablelimits="false" lspace="0.167em" rspace="0.167em">{BIG_NAMES[box.name]}</mo>'
    if box.under is not None and box.over is not None:
        return f"<munderover>{operator}{_ml(box.under)}{_ml(box.over)}</munderover>"
    if box.under is not None:
        return f"<munder>{operator}{_ml(box.under)}</munder>"
    return operator if box.over is None else f"<mover>{operator}{_ml(box.over)}</mover>"


def _fence(name: Delimiter, form: str, grow: bool = True) -> str:
    char = DELIMITERS[name]
    return (
        f'<mo fence="true" stretchy="{str(grow).lower()}" form="{form}" lspace="0" rspace="0">{char}</mo>'
        if char
        else ""
    )


def _matrix(box: Matrix) -> str:
    columns = max((len(cells) for cells in box.rows), default=0)
    rows = ""
    for cells in box.rows:
        written = "".join(f"<mtd>{'' if cell is None else _ml(cell)}</mtd>" for cell in cells)
        rows += f"<mtr>{written}{'<mtd></mtd>' * (columns - len(cells))}</mtr>"
    small = ' style="font-size:75%"' if box.small else ""
    return f"<mrow{small}>{_fence(box.open, 'prefix')}<mtable>{rows}</mtable>{_fence(box.close, 'postfix')}</mrow>"


def _cases(rows: Sequence[tuple[Box, Box]]) -> str:
    lines = "".join(
        f"<mtr><mtd {_LEFT}>{_ml(value)}</mtd><mtd {_LEFT}>"
        f"<mrow>{_ml(Text('if ')) if condition_needs_if(when) else ''}{_ml(when)}</mrow></mtd></mtr>"
        for value, when in rows
    )
    return f"<mrow>{_fence('{', 'prefix')}<mtable>{lines}</mtable></mrow>"


def _line_items(line: Line) -> list[Box]:
    parts = [part for part in (line.left, line.relation, line.right) if part is not None]
    return [*parts, *([Text(f"   ({line.reason})")] if line.reason else [])]


def _display(lines: Sequence[Line]) -> str:
    plan = plan_display(lines, _ROOM)
    rows: list[str] = []
    for line in lines:
        left = "" if line.left is None else _ml(line.left)
        if plan.apart and line.left is not None:
            first, *rest = break_left(line.left, _ROOM)
            rows += [_cells("", _row(first)), *(_cells("", _SKIP + _row(piece, "ordinary")) for piece in rest)]
            left = ""
        relation = () if line.relation is None else (line.relation,)
        for at, piece in enumerate(break_right(line, plan.free)):
            shown = _row((*relation, *piece)) if at == 0 else _SKIP + _row(piece, "ordinary")
            reason = line.reason if at == 0 and plan.beside else ""
            rows.append(_cells("" if at else left, shown, reason))
        if line.reason and not plan.beside:
            parts = paragraph(f"({line.reason})", plan.free - INDENT)
            rows += [_cells("", f"{_SKIP}<mtext>{escape(part)}</mtext>") for part in parts]
    return f'<mtable displaystyle="true">{"".join(rows)}</mtable>'


def _cells(left: str, right: str, reason: str = "") -> str:
    last = f"<mtd {_LEFT}><mtext>({escape(reason)})</mtext></mtd>" if reason else ""
    return f"<mtr><mtd {_RIGHT}>{left}</mtd><mtd {_LEFT}><mrow>{right}</mrow></mtd>{last}</mtr>"
