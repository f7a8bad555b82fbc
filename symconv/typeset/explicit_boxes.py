"""Explicit matrices as boxes: symbols, numbers, and the arithmetic of every entry written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction as Rational
from itertools import product
from typing import Any

from symconv.errors import UnsupportedError
from symconv.expr.nodes import Access
from symconv.expr.tensor import Tensor
from symconv.forms.entries import Entry, Extreme, Factor, Power, Variable, value_of
from symconv.forms.explicit import ExplicitForm, variables
from symconv.forms.matrix_algebra import Named
from symconv.forms.operator import Operand
from symconv.index.affine import Affine
from symconv.typeset.affine_boxes import EQUALS, MINUS, PLUS, separated
from symconv.typeset.api import to_box
from symconv.typeset.entries import entry_box, tensor_box
from symconv.typeset.form_boxes import operand_box
from symconv.typeset.layout import (
    Big,
    Box,
    Break,
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
    row,
)
from symconv.typeset.matrix_boxes import matrix_box
from symconv.typeset.metrics import width
from symconv.typeset.names import name_box
from symconv.typeset.notation import Notation
from symconv.typeset.rebase import rebase
from symconv.typeset.scope import Scope, scope_for

ROOM = 320.0
_LISTED = 100


class EntryWriter:
    """Boxes for the entries of one explicit form under a notation, each variable made once.

    A derivative by the output written as a fraction is too tall for a matrix, so the upstream gradient is δ here.
    """

    def __init__(self, form: ExplicitForm, notation: Notation) -> None:
        short = notation.upstream in ("fraction", "bracket")
        self.notation = replace(notation, upstream="delta") if short else notation
        self.form = form
        definition = form.definition
        self.tensors = {tensor.name: tensor for tensor in (*definition.inputs, definition.upstream)}
        self.scope: Scope = scope_for(self.notation, definition)
        self.plain: Scope = scope_for(notation, definition)
        self._boxes: dict[Variable, Box] = {}

    def variable(self, variable: Variable) -> Box:
        """One entry of a tensor, its indices counted from the notation's base."""
        found = self._boxes.get(variable)
        if found is None:
            name, index = variable
            found = self._boxes[variable] = self._at(self.tensors[name], index, self.scope)
        return found

    @staticmethod
    def _at(tensor: Tensor, index: Sequence[int], scope: Scope) -> Box:
        entry = rebase(Access(tensor, tuple(map(Affine.of, index))), scope)
        assert isinstance(entry, Access)
        return entry_box(entry, scope)

    def target(self, index: Sequence[int]) -> Box:
        """The entry that the form gives, at an index."""
        of = self.form.of
        if isinstance(of, Named):
            box = matrix_box(of, self.notation)
            base = self.notation.base
            below = separated([Number(str(step + base)) for step in index])
            return Script(Fence("(", box, ")") if isinstance(box, Row) else box, below)
        return self._at(of, index, self.plain)

    def label(self, lead: Sequence[int] = ()) -> Box:
        """The matrix as a whole; for more than two axes the slice at the leading indices."""
        of = self.form.of
        if isinstance(of, Named):
            return matrix_box(of, self.notation)
        rest = of.rank - len(lead)
        return operand_box(Operand(of, (*map(Affine.of, lead), *((None,) * rest))), self.plain)

    def legend(self) -> list[Line]:
        """What δ means, where the notation writes the upstream gradient as a derivative and the entries show δ."""
        upstream = self.form.definition.upstream
        shown = (v for entry in self.form.entries for v in variables(entry) if v not in self.form.numbers)
        if self.notation.upstream == self.plain.notation.upstream or all(name != upstream.name for name, _ in shown):
            return []
        delta = name_box(self.notation.symbols.get("upstream", upstream.name))
        return [Line(delta, EQUALS, tensor_box(upstream, self.plain))]

    def order(self, factors: Sequence[Factor]) -> list[Factor]:
        """The factors in the notation's order of tensors."""
        places = {role: place for place, role in enumerate(self.notation.factor_order)}

        def place(factor: Factor) -> int:
            return places.get(self.tensors[factor[0]].role, len(places)) if isinstance(factor, tuple) else len(places)

        return sorted(factors, key=place)

    def symbols(self, entry: Entry) -> Box:
        """The entry as a sum of products of symbols; known numbers are not put in."""
        shared = {coefficient for coefficient, _ in entry}
        if len(entry) > 1 and len(shared) == 1 and shared != {1} and shared != {-1}:
            (common,) = shared
            plain = tuple((1, factors) for _, factors in entry)
            scale = number_box(abs(common))
            scale = replace(scale, inline=False) if isinstance(scale, Fraction) else scale
            front = [MINUS, scale] if common < 0 else [scale]
            return row(*front, Fence("(", self.symbols(plain), ")"))
        items: list[Box] = []
        for coefficient, factors in entry:
            if items:
                items.append(Break(0))
            if coefficient < 0:
                items.append(MINUS)
            elif items:
                items.append(PLUS)
            items.append(self._product(-coefficient if coefficient < 0 else coefficient, factors))
        return row(*items) if items else Number("0")

    def _product(self, coefficient: int | Rational, factors: Sequence[Factor]) -> Box:
        """The product; powers with a negative exponent stand under a fraction line."""
        below = [factor for factor in factors if isinstance(factor, Power) and factor.exponent < 0]
        if below:
            above = [factor for factor in factors if factor not in below]
            turned = [replace(factor, exponent=-factor.exponent) for factor in below]
            return Fraction(self._product(coefficient, above), self._product(1, turned))
        # 1/4 x may be read as 1/(4x), so that a fraction before a symbol has a line
        number = number_box(coefficient)
        number = replace(number, inline=False) if isinstance(number, Fraction) and factors else number
        items: list[Box] = [] if coefficient == 1 and factors else [number]
        sign = self.notation.product
        for position, factor in enumerate(self.order(factors)):
            if position and sign:
                items.append(Sign(sign))
            items.append(self.factor(factor))
        return row(*items)

    def factor(self, factor: Factor) -> Box:
        """One factor of a product."""
        if isinstance(factor, Power):
            return self._power(factor)
        if isinstance(factor, Extreme):
            name = "max" if factor.kind == "max" else "min"
            listed = separated([self.symbols(entry) for entry in factor.entries], breaking=True)
            return row(Big("max" if name == "max" else "min"), Fence("(", listed, ")"))
        return self.variable(factor)

    def _power(self, power: Power) -> Box:
        exponent, base = power.exponent, self.symbols(power.base)
        if exponent == Rational(1, 2):
            return Root(base)
        sup = number_box(exponent)
        if isinstance(base, Script) and base.sup is None:
            return replace(base, sup=sup)
        return Script(base if isinstance(base, Symbol) else Fence("(", base, ")"), sup=sup)

    def arithmetic(self, entry: Entry) -> Box:
        """The entry with numbers put in, product by product: ``1·1 + (−2)·0``."""
        items: list[Box] = []
        for coefficient, factors in entry:
            if items:
                items += [Break(0), PLUS]
            numbers = [] if coefficient == 1 and factors else [coefficient]
            parts: list[Box] = [factor_number(value) for value in numbers]
            parts += [self._factor_arithmetic(factor) for factor in self.order(factors)]
            for position, part in enumerate(parts):
                items += [Sign(r"\cdot"), part] if position else [part]
        return row(*items) if items else Number("0")

    def _factor_arithmetic(self, factor: Factor) -> Box:
        if isinstance(factor, Power):
            base = self.arithmetic(factor.base)
            if factor.exponent == Rational(1, 2):
                return Root(base)
            return Script(Fence("(", base, ")"), sup=number_box(factor.exponent))
        if isinstance(factor, Extreme):
            listed = separated([self.arithmetic(entry) for entry in factor.entries], breaking=True)
            return row(Big("max" if factor.kind == "max" else "min"), Fence("(", listed, ")"))
        return factor_number(self.form.numbers[factor])

    def value(self, entry: Entry) -> Box:
        """The entry's number."""
        return number_box(value_of(entry, self.form.numbers.__getitem__))

    def cell(self, entry: Entry) -> Box:
        """The number of the entry where all its variables have one, else its symbols."""
        return self.value(entry) if all(v in self.form.numbers for v in variables(entry)) else self.symbols(entry)


def number_box(value: Any) -> Box:
    """An integer, fraction or decimal number with its sign; anything else as text."""
    if isinstance(value, Rational) and value.denominator != 1:
        size = Fraction(Number(str(abs(value.numerator))), Number(str(value.denominator)), inline=True)
        return row(MINUS, size) if value < 0 else size
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    digits = text.removeprefix("-")
    if not digits.replace(".", "", 1).isdigit():
        return Text(text)
    return row(MINUS, Number(digits)) if text.startswith("-") else Number(digits)


def factor_number(value: Any) -> Box:
    """A number inside a product: in parentheses where it is negative or a fraction."""
    box = number_box(value)
    return Fence("(", box, ")") if isinstance(box, (Row, Fraction)) else box


@to_box.register
def _(x: ExplicitForm, notation: Notation, *, steps: bool = False) -> Box:
    """The matrix, or its entries below each other where it is too wide; ``steps`` writes the arithmetic out."""
    writer = EntryWriter(x, notation)
    if steps and x.is_numeric:
        return Display((*_arithmetic_lines(x, writer), *_matrix_lines(x, writer)))
    lines = [*_matrix_lines(x, writer), *writer.legend()]
    return lines[0] if len(lines) == 1 else Display(tuple(lines))


def _arithmetic_lines(form: ExplicitForm, writer: EntryWriter) -> Iterator[Line]:
    for index, entry in zip(form.indices(), form.entries, strict=True):
        yield Line(writer.target(index), EQUALS, row(writer.arithmetic(entry), Break(0), EQUALS, writer.value(entry)))


def _matrix_lines(form: ExplicitForm, writer: EntryWriter) -> list[Line]:
    rank = len(form.shape)
    lead_shape = form.shape[: max(rank - 2, 0)]
    height = form.shape[-2] if rank > 1 else 1
    breadth = form.shape[-1] if rank else 1
    lines: list[Line] = []
    for place, lead in enumerate(product(*map(range, lead_shape))):
        start = place * height * breadth
        entries = form.entries[start : start + height * breadth]
        label = writer.label(lead)
        cells = [writer.cell(entry) for entry in entries]
        if not rank:
            lines.append(Line(label, EQUALS, cells[0]))
            continue
        matrix = Matrix(tuple(tuple(cells[r * breadth : (r + 1) * breadth]) for r in range(height)))
        room = ROOM - width(label)
        fitting = next((each for each in (matrix, replace(matrix, small=True)) if width(each) <= room), None)
        if fitting is not None:
            lines.append(Line(label, EQUALS, fitting))
        elif isinstance(form.of, Named) and len(cells) > _LISTED:
            raise UnsupportedError(
                f"a matrix of {height} rows and {breadth} columns is too wide for a page; choose smaller sizes"
            )
        else:
            lines += [
                Line(writer.target((*lead, *inner)), EQUALS, cell)
                for inner, cell in zip(product(*map(range, form.shape[len(lead) :])), cells, strict=True)
                if not (isinstance(form.of, Named) and cell == Number("0"))
            ]
            if isinstance(form.of, Named) and len(lines) < len(cells):
                lines[-1] = replace(lines[-1], reason="All other entries are 0.")
    return lines
