r"""Boxes as LaTeX that needs amsmath only, compiles in pdfTeX and is valid in KaTeX and MathJax.

A :class:`~symconv.typeset.layout.Display` becomes a whole ``align*`` environment; everything else becomes a formula to
be put between ``$`` or ``\[ \]``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.typeset.breaking import split
from symconv.typeset.displays import INDENT, break_left, break_right, paragraph, plan_display, points
from symconv.typeset.document import escape_text
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
from symconv.typeset.metrics import MAX_MATRIX_COLUMNS, tall, text_width
from symconv.typeset.metrics import width as width_of
from symconv.typeset.spacing import Delim, Item, condition_needs_if, flat, kinds, needs_parentheses
from symconv.typeset.symbols import Kind

TEXT_WIDTH = 345
"""Width in points of a line in LaTeX's article class at 10pt."""

_DELIMITERS: dict[Delimiter, str] = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": "\\{", "}": "\\}", "|": "|", "": ".",
    "lfloor": "\\lfloor", "rfloor": "\\rfloor", "lceil": "\\lceil", "rceil": "\\rceil",
    "llbracket": "[", "rrbracket": "]", "langle": "\\langle", "rangle": "\\rangle", "Vert": "\\Vert",
}  # fmt: skip
_BIG = {
    "sum": "\\sum", "prod": "\\prod", "max": "\\max", "min": "\\min",
    "argmax": "\\operatorname*{arg\\,max}", "argmin": "\\operatorname*{arg\\,min}",
}  # fmt: skip
_MATRICES = {("[", "]"): "bmatrix", ("(", ")"): "pmatrix", ("|", "|"): "vmatrix", ("\\{", "\\}"): "Bmatrix"}
# Signs whose usual names need packages beyond amsmath, or do not exist in KaTeX.
_SIGNS = {
    "\\leqslant": "\\le",
    "\\geqslant": "\\ge",
    "\\nmid": "\\not\\mid",
    "\\coloneqq": ":=",
    "\\lt": "<",
    "\\gt": ">",
}
_ONE_TOKEN = re.compile(r"[A-Za-z0-9*]\Z|\\[A-Za-z]+\Z")
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+\Z")
_QUAD = 10.0
_LONG_SOURCE = 60
"""Characters beyond which a matrix has one line of source for each row."""


def write_latex(box: Box, *, width: int | None = None) -> str:
    r"""LaTeX of the box.

    A display is broken into lines of at most ``width`` points (by default the 345pt of an article at 10pt). A line
    that fits is one formula, and else a display; any other box is one formula, on one line unless a ``width`` is
    given that it does not fit.

    >>> from symconv.typeset.layout import row
    >>> print(write_latex(row(Big("sum", Symbol("m")), Script(Symbol("K"), row(Symbol("m"), Sign("+"), Number("1"))))))
    \sum_m K_{m+1}
    """
    match box:
        case Display(lines):
            return _display(lines, float(width or TEXT_WIDTH))
        case Line():
            room = float(width or TEXT_WIDTH)
            return _one_line(box) if _line_width(box) <= room else _display((box,), room)
        case _:
            pieces = split(box, points, float(width), width - INDENT) if width else []
            if len(pieces) > 1:
                body = " \\\\\n&\\quad ".join(_continued(piece, at == 0) for at, piece in enumerate(pieces))
                return f"\\begin{{aligned}}\n&{body}\n\\end{{aligned}}"
            return _tex(box, False)


# Formulas -------------------------------------------------------------------------------------------------------------


def _tex(box: Box, tight: bool) -> str:
    """The box in mathematics mode; ``tight`` in scripts, where the source has no blanks around signs."""
    match box:
        case Symbol(name, primes):
            return name + "'" * primes
        case Number(text):
            return text
        case Sign(name):
            return _SIGNS.get(name, name)
        case Row(items):
            return _row(items, tight)
        case Script():
            return _script(box)
        case Text(text):
            return f"\\text{{{escape_text(text)}}}"
        case Break():
            return ""
        case Fraction(num, den, inline):
            if inline:
                return f"{_slashed(num, tight, False)}/{_slashed(den, tight, True)}"
            return f"\\frac{{{_tex(num, True)}}}{{{_tex(den, True)}}}"
        case Root(body, degree):
            return f"\\sqrt{'' if degree is None else f'[{{{_tex(degree, True)}}}]'}{{{_tex(body, True)}}}"
        case Big(name, under, over):
            return _BIG[name] + _scripts(under, over)
        case Fence(left, body, right):
            inner = _tex(body, tight)
            if tall(body):
                return f"\\left{_DELIMITERS[left]} {inner} \\right{_DELIMITERS[right]}"
            return _plain(left, True) + inner + _plain(right, False)
        case Matrix():
            return _matrix(box)
        case Cases(rows):
            values = [f"{_first(_tex(value, False))} & {_condition(when)}" for value, when in rows]
            return "\\begin{cases} " + " \\\\ ".join(values) + " \\end{cases}"
        case Line():
            return _one_line(box)
        case Display(lines):
            inner = " \\\\ ".join(f"{_tex(line.left, False) if line.left else ''} &{_right(line)}" for line in lines)
            return f"\\begin{{aligned}} {inner} \\end{{aligned}}"


def _row(items: Sequence[Item], tight: bool, previous: Kind = "open") -> str:
    parts: list[Item] = [part for item in items for part in (flat(item) if isinstance(item, Row) else (item,))]
    out, before = "", previous
    for item, kind in zip(parts, kinds(parts, previous), strict=True):
        text = _delim(item) if isinstance(item, Delim) else _tex(item, tight)
        if not text:
            continue
        if out and (_must_part(out, text) or (not tight and _should_part(before, kind, item))):
            out += " "
        out += text
        before = kind
    return out


def _must_part(left: str, right: str) -> bool:
    """A control word would swallow the letter after it; ``x_12`` would read as if 12 were the subscript."""
    return right[0].isalnum() and left[-1].isalnum()


def _should_part(before: Kind, kind: Kind, item: Item) -> bool:
    if before in ("open", "prefix") or kind in ("punctuation", "close"):
        return False
    opens = kind == "open" or (isinstance(item, Fence) and not tall(item.body))
    return not (opens and before in ("ordinary", "close", "function"))


def _delim(item: Delim) -> str:
    name = _DELIMITERS[item.name]
    if item.large:
        return f"\\big{'l' if item.opening else 'r'}{name}" if item.name else ""
    return _plain(item.name, item.opening)


def _plain(name: Delimiter, opening: bool) -> str:
    """A delimiter that keeps its size."""
    if name == "|":
        return "\\lvert " if opening else "\\rvert"
    if not name:
        return ""
    text = _DELIMITERS[name]
    return f"{text} " if opening and _ENDS_IN_COMMAND.search(text) else text


def _script(box: Script) -> str:
    base = _tex(box.base, False)
    match box.base:
        case Symbol(name, primes):
            # x'^2 would be a double superscript.
            atomic = not (primes and box.sup is not None) and "_" not in name and "^" not in name
        case Number() | Text() | Fence() | Matrix():
            atomic = True
        case _:
            atomic = False
    return (base if atomic else f"{{{base}}}") + _scripts(box.sub, box.sup)


def _scripts(sub: Box | None, sup: Box | None) -> str:
    return "".join(
        mark + (text if _ONE_TOKEN.match(text) else f"{{{text}}}")
        for mark, part in (("_", sub), ("^", sup))
        if part is not None
        for text in (_tex(part, True),)
    )


def _slashed(box: Box, tight: bool, below: bool) -> str:
    """A side of an inline fraction, in parentheses where the slash would bind otherwise."""
    inner = _tex(box, tight)
    return f"({inner})" if needs_parentheses(box, below) else inner


def _condition(when: Box) -> str:
    return f"\\text{{if }} {_tex(when, False)}" if condition_needs_if(when) else _tex(when, False)


def _first(cell: str) -> str:
    """A line must not begin with ``[`` or ``*``: LaTeX would read it as an argument of the line end before it."""
    return "{}" + cell if cell[:1] in ("[", "*") else cell


def _matrix(box: Matrix) -> str:
    columns = max((len(cells) for cells in box.rows), default=0)
    rows = [" & ".join("" if cell is None else _tex(cell, False) for cell in cells) for cells in box.rows]
    end = " \\\\[2pt]" if any(cell is not None and tall(cell) for cells in box.rows for cell in cells) else " \\\\"
    apart = "\n" if sum(map(len, rows)) > _LONG_SOURCE else " "
    body = apart + f"{end}{apart}".join(_first(line) for line in rows) + apart
    left, right = _DELIMITERS[box.open], _DELIMITERS[box.close]
    name = _MATRICES.get((left, right))
    if name is not None and columns <= MAX_MATRIX_COLUMNS and not box.small:
        return f"\\begin{{{name}}}{body}\\end{{{name}}}"
    if box.small:
        # A smallmatrix takes any number of columns, as an array does.
        name, preamble = "smallmatrix", ""
    elif columns > MAX_MATRIX_COLUMNS:
        name, preamble = "array", f"{{{'c' * columns}}}"
    else:
        name, preamble = "matrix", ""
    return f"\\left{left} \\begin{{{name}}}{preamble}{body}\\end{{{name}}} \\right{right}"


# Displays -------------------------------------------------------------------------------------------------------------


def _line_width(line: Line) -> float:
    reason = 2 * _QUAD + text_width(line.reason) if line.reason else 0.0
    return width_of(line) + reason


def _one_line(line: Line) -> str:
    parts = [_tex(part, False) for part in (line.left, line.relation, line.right) if part is not None]
    reason = f" \\qquad \\text{{({escape_text(line.reason)})}}" if line.reason else ""
    return " ".join(parts) + reason


def _right(line: Line) -> str:
    if line.relation is None:
        return _continued(list(flat(line.right)), True)
    return f"{_tex(line.relation, False)} {_row((line.right,), False, 'relation')}"


def _continued(items: Sequence[Item], start: bool) -> str:
    """Items at the start of a cell that amsmath begins with an empty atom: there a minus needs its own group."""
    text = _row(items, False, "open" if start else "ordinary")
    if start and items and kinds(items)[0] == "prefix":
        sign = _tex(items[0], False) if not isinstance(items[0], Delim) else ""
        return f"{{{sign}}}{text[len(sign) :]}"
    return text


def _display(lines: Sequence[Line], room: float) -> str:
    """The lines aligned at their relations; reasons beside them if all fit there, else under them."""
    plan = plan_display(lines, room)
    out: list[str] = []
    for line in lines:
        rows = _right_lines(line, plan.free)
        if line.reason and plan.beside:
            rows[0] += f" && \\text{{({escape_text(line.reason)})}}"
        elif line.reason:
            words = paragraph(f"({line.reason})", plan.free - INDENT)
            rows += [f"&\\quad \\text{{{escape_text(part)}}}" for part in words]
        if plan.apart:
            rows = [f"&\\quad {row[1:]}" for row in rows]
            if line.left is not None:
                rows = _left_lines(line.left, room) + rows
        elif line.left is not None:
            rows[0] = f"{_first(_tex(line.left, False))} {rows[0]}"
        out.extend(f"{row} \\\\" for row in rows[:-1])
        # After a reason that stands under its line a little space shows where the next step begins.
        out.append(rows[-1] + (" \\\\[1ex]" if line.reason and not plan.beside else " \\\\"))
    out[-1] = out[-1][: out[-1].rindex(" \\\\")]
    return "\\begin{align*}\n" + "\n".join(out) + "\n\\end{align*}"


def _left_lines(left: Box, room: float) -> list[str]:
    first, *rest = break_left(left, room)
    return [f"&{_continued(first, True)}", *(f"&\\quad {_continued(piece, False)}" for piece in rest)]


def _right_lines(line: Line, free: float) -> list[str]:
    pieces = break_right(line, free)
    relation = "" if line.relation is None else _tex(line.relation, False) + " "
    first = _row(pieces[0], False, "relation") if relation else _continued(pieces[0], True)
    skip = "\\quad" if line.relation is None else "\\qquad"
    return [f"&{relation}{first}", *(f"&{skip} {_continued(piece, False)}" for piece in pieces[1:])]
