"""Names as they are written, and what they show: the key without style, the mark of a layer, single letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Number, Row, Script, Sign, Symbol, Text

ARROWS = (r"\overrightarrow", r"\vec")
_STYLE = re.compile(
    r"\\(mathrm|mathbf|mathit|mathsf|mathcal|mathscr|mathbb|boldsymbol|text|textrm|textit|operatorname|displaystyle)"
    r"(?![A-Za-z])|[{}\s]|\\[,;:! ]"
)
_MARK = re.compile(r"(?P<letter>L|l|\\ell)?(?P<offset>[+-]?\d+)?")
_TRANSPOSES = frozenset({"T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}", r"\mathbf{T}", "t"})


def key(name: str) -> str:
    r"""A name without style and braces, so that ``H_{\mathrm{out}}`` and ``H_{out}`` meet.

    >>> key(r"H_{\mathrm{out}}"), key(r"\mathbf{X}")
    ('H_out', 'X')
    """
    return _STYLE.sub("", name).replace("^'", "'").replace(r"^\prime", "'")


def plain(name: str) -> str:
    r"""A key without arrows: ``\vec{r}`` and ``r_1`` speak of one vector."""
    found = key(name)
    for arrow in ARROWS:
        found = found.removeprefix(arrow)
    return found


def name_of(box: Box) -> str | None:
    """The key of a symbol, a word or a symbol with subscript; None for anything else."""
    match box:
        case Symbol() | Text():
            return key(write_latex(box))
        case Script(base, sub, None) if sub is not None and name_of(base) is not None:
            return key(write_latex(box))
        case _:
            return None


def written_name(box: Box) -> str | None:
    """Like :func:`name_of`, but a superscript may belong to the name too, as in ``i^{l+1}``; and ``{x}`` is x."""
    if isinstance(box, Script) and box.sup is not None and name_of(box.base) is not None:
        return key(write_latex(box))
    if isinstance(box, Row) and len(box.items) == 1:
        return written_name(box.items[0])
    return name_of(box)


def letters(box: Box) -> list[Box]:
    """``ij`` as i and j, ``11`` as 1 and 1; anything else stays one box."""
    match box:
        case Symbol(name, primes) if len(name) > 1 and name.isascii() and name.isalpha():
            return [*(Symbol(letter) for letter in name[:-1]), Symbol(name[-1], primes)]
        case Number(text) if len(text) > 1 and text.isdigit():
            return [Number(digit) for digit in text]
        case Script(base, sub, sup) if len(parts := letters(base)) > 1:
            return [*parts[:-1], Script(parts[-1], sub, sup)]
        case _:
            return [box]


@dataclass(frozen=True, order=True)
class Mark:
    """Which layer a symbol belongs to: ``l`` is 0, ``l+1`` is 1; a plain number counts itself (``numeric``)."""

    offset: int
    numeric: bool = False
    letter: str = ""


def mark_of(sup: Box | None) -> Mark | None:
    """The mark that a superscript is, if it is one and nothing else: ``l``, ``(l)``, ``[l+1]``, ``L``, ``(2)``, ``0``.

    >>> from symconv.parse.read import read_latex
    >>> mark_of(read_latex("x^{(l-1)}").sup), mark_of(read_latex("x^2").sup), mark_of(read_latex("x^{(2)}").sup)
    (Mark(offset=-1, numeric=False, letter='l'), None, Mark(offset=2, numeric=True, letter=''))
    """
    if sup is None:
        return None
    fenced = isinstance(sup, Fence) and sup.open in ("(", "[") and sup.close in (")", "]")
    text = key(write_latex(sup.body if isinstance(sup, Fence) and fenced else sup))
    found = _MARK.fullmatch(text)
    if found is None or not text or (found["letter"] is None and not fenced):
        return None
    if found["letter"] is None and not (found["offset"] or "").isdigit():
        return None
    return Mark(int(found["offset"] or 0), found["letter"] is None, (found["letter"] or "").replace(r"\ell", "l"))


def is_transpose(box: Box | None) -> bool:
    """Whether a superscript says “transposed”."""
    return isinstance(box, (Symbol, Text)) and write_latex(box).strip() in _TRANSPOSES | {r"\text{T}"}


def is_number(box: Box) -> bool:
    """Whether the box is a numeral."""
    return isinstance(box, Number) and box.text.isdigit()


def is_dots(box: Box) -> bool:
    """Whether the box is an ellipsis."""
    return isinstance(box, Sign) and box.name in (r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots")


def is_d(box: Box) -> bool:
    """Whether the box is the d or ∂ of a derivative."""
    return isinstance(box, Symbol) and not box.primes and box.name in (r"\partial", r"\mathrm{d}", "d")
