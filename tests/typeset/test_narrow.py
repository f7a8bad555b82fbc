"""Parts that no line break can help are stacked, and nothing else changes."""

from __future__ import annotations

from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fence, Fraction, Matrix, Number, Root, Script, Sign, Symbol, row
from symconv.typeset.metrics import width
from symconv.typeset.narrow import narrowed


def total(count: int, name: str = "x") -> Box:
    items: list[Box] = []
    for at in range(count):
        items += [Sign("+")] if at else []
        items.append(Script(Symbol(name), Number(str(at))))
    return row(*items)


def listed(count: int) -> Box:
    items: list[Box] = []
    for at in range(count):
        items += [Sign(",")] if at else []
        items.append(Script(Symbol("a"), Number(str(at))))
    return row(*items)


def test_what_fits_stays() -> None:
    box = row(Symbol("y"), Fraction(total(3), Root(total(3))), Fence("(", total(3), ")"))
    assert narrowed(box, 300) == box


def test_terms_under_a_root_are_stacked() -> None:
    box = narrowed(Root(total(20)), 120)
    assert isinstance(box, Root)
    assert isinstance(box.body, Matrix)
    assert width(box) < width(Root(total(20))) / 2
    assert all(f"x_{{{at}}}" in write_latex(box) for at in range(10, 20))


def test_conditions_under_an_operator_are_stacked_at_commas() -> None:
    box = narrowed(Big("max", listed(12)), 200)
    assert isinstance(box, Big)
    assert isinstance(box.under, Matrix)
    assert len(box.under.rows) == 12


def test_a_wide_subscript_has_two_rows() -> None:
    box = narrowed(Script(Symbol("I"), listed(40)), 200)
    assert isinstance(box, Script)
    assert isinstance(box.sub, Matrix)
    assert len(box.sub.rows) == 2


def test_arguments_in_a_fraction_are_stacked() -> None:
    entry = row(Symbol(r"\mathrm{input}"), Fence("(", listed(30), ")"))
    box = narrowed(Fraction(Number("1"), entry), 100)
    assert width(box) <= 100
    assert write_latex(box).count("a_") == 30
