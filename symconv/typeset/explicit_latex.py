r"""LaTeX of large explicit matrices, straight from the light data: no boxes but one for each variable."""

from __future__ import annotations

import re
from fractions import Fraction

from symconv.expr.tensor import Tensor
from symconv.forms.entries import Entry, Factor
from symconv.forms.explicit import ExplicitForm
from symconv.typeset.explicit_boxes import EntryWriter
from symconv.typeset.latex import write_latex
from symconv.typeset.notation import Notation


def latex_matrix(form: ExplicitForm, notation: Notation) -> str:
    r"""The matrix of symbols (rows of the last axis) as one ``matrix`` in brackets, however large it is.

    It reads like the typeset explicit form, but nothing is broken into lines: it is meant for files, not for a page.

    >>> from symconv.expr.nodes import Access, Mul
    >>> from symconv.expr.tensor import Definition, Tensor
    >>> from symconv.forms.explicit import explicit
    >>> from symconv.index.affine import Affine
    >>> i = Affine.of("i")
    >>> names = (("a", "input"), ("b", "bias"), ("c", "output"))
    >>> a, b, c = (Tensor(name, role, (Affine.of(2),), ("i",), ("S1",)) for name, role in names)
    >>> product = Definition("product", c, Mul((Access(a, (i,)), Access(b, (i,)))), (a, b))
    >>> print(latex_matrix(explicit(product), Notation(name="plain")))
    \left[\begin{matrix}a_{0} b_{0} & a_{1} b_{1}\end{matrix}\right]
    """
    writer = EntryWriter(form, notation)
    known: dict[Factor, str] = {}
    places: dict[str, int] = {}
    templates = {name: _template(writer, tensor) for name, tensor in writer.tensors.items()}
    sign = f" {notation.product} " if notation.product else " "
    for place, role in enumerate(notation.factor_order):
        places.update({name: place for name, tensor in writer.tensors.items() if tensor.role == role})

    def text_of(factor: Factor) -> str:
        if isinstance(factor, tuple):
            name, index = factor
            pieces = [part if isinstance(part, str) else str(index[part[0]] + part[1]) for part in templates[name]]
            text = "".join(pieces)
        else:
            text = write_latex(writer.factor(factor))
        known[factor] = text
        return text

    def cell(entry: Entry) -> str:
        parts: list[str] = []
        for coefficient, factors in entry:
            if len(factors) > 1:
                factors = tuple(writer.order(factors)) if len(factors) > 2 else _ordered(factors, places)
            body = sign.join([known.get(factor) or text_of(factor) for factor in factors])
            if coefficient != 1 or not factors:
                body = f"{_number(-coefficient if coefficient < 0 else coefficient)} {body}".rstrip()
            parts.append((" - " if coefficient < 0 else " + ") + body)
        text = "".join(parts) or " + 0"
        return text[3:] if text.startswith(" + ") else "-" + text[3:]

    breadth = form.shape[-1] if form.shape else 1
    cells = [cell(entry) for entry in form.entries]
    rows = [" & ".join(cells[start : start + breadth]) for start in range(0, len(cells), breadth)]
    return r"\left[\begin{matrix}" + "\\\\\n".join(rows) + r"\end{matrix}\right]"


def _template(writer: EntryWriter, tensor: Tensor) -> list[str | tuple[int, int]]:
    """The LaTeX of an entry cut at its indices: text, and (axis, base) where an index stands.

    Found by typesetting one entry whose indices are numbers that occur nowhere else.
    """
    marks = {str(_MARK + axis * 10 + base): (axis, base) for axis in range(tensor.rank) for base in (0, 1)}
    text = write_latex(writer.variable((tensor.name, tuple(_MARK + axis * 10 for axis in range(tensor.rank)))))
    return [marks.get(part, part) for part in re.split(rf"({'|'.join(marks)})", text)] if marks else [text]


_MARK = 7_310_000_000


def _ordered(pair: tuple[Factor, ...], places: dict[str, int]) -> tuple[Factor, ...]:
    first, second = pair
    if isinstance(first, tuple) and isinstance(second, tuple) and places.get(second[0], 99) < places.get(first[0], 99):
        return (second, first)
    return pair


def _number(value: int | Fraction) -> str:
    return str(value) if value.denominator == 1 else f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
