"""Expressions and definitions as boxes, under a notation. The rules of precedence are the table :class:`Level`."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import assert_never

from symconv.expr.nodes import (
    UNIT,
    Access,
    Add,
    Binder,
    Bracket,
    Derivative,
    Expr,
    Mul,
    Pow,
    Reduce,
    Scalar,
    Sum,
    Winner,
)
from symconv.expr.tensor import Definition
from symconv.index.affine import ONE, Affine
from symconv.typeset.affine_boxes import EQUALS, MINUS, PLUS, affine_box, guards_box, iverson, needs_fence
from symconv.typeset.entries import derivative_box, entry_box
from symconv.typeset.layout import Big, Box, Break, Fence, Fraction, Line, Number, Root, Row, Script, Sign, Symbol, row
from symconv.typeset.limits import range_box, ranges_box
from symconv.typeset.notation import Notation
from symconv.typeset.order import arrange_binders, arrange_factors
from symconv.typeset.rebase import rebase
from symconv.typeset.scope import Scope, scope_for
from symconv.typeset.windows import apart, winner_box


class Level(IntEnum):
    """How tightly the surroundings bind: a weaker node gets parentheses."""

    SUM = 0
    PRODUCT = 1
    POWER = 2


def expression_box(expr: Expr, notation: Notation, context: Scope | Definition | None = None) -> Box:
    r"""The expression under the notation.

    ``context`` is the definition that the expression comes from, or the scope of a whole derivation, so that a name
    looks the same on every line. Without one, names of the canonical indices (``i``, ``m``, …) are indices.
    """
    expr = apart(expr)
    scope = context if isinstance(context, Scope) else scope_for(notation, context, [expr])
    return node_box(rebase(expr, scope), scope)


def definition_box(definition: Definition, notation: Notation, scope: Scope | None = None) -> Line:
    """``output = body``."""
    left = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    scope = scope or scope_for(notation, definition, [left, definition.body])
    return Line(expression_box(left, notation, scope), EQUALS, expression_box(definition.body, notation, scope))


def where_boxes(definition: Definition, notation: Notation, scope: Scope | None = None) -> tuple[Line, ...]:
    r"""The derived sizes, one line each: ``O_1 = ⌊(H + 2p − d(k_1 − 1) − 1)/s⌋ + 1``."""
    scope = scope or scope_for(notation, definition)
    return tuple(
        Line(scope.name(name), EQUALS, affine_box(form, scope, small=False))
        for name, form in definition.derived.items()
    )


def node_box(expr: Expr, scope: Scope, level: Level = Level.SUM) -> Box:
    """The boxes of an expression that already counts from the notation's base."""
    match expr:
        case Scalar():
            return scalar_box(expr, scope, level)
        case Access():
            return entry_box(expr, scope)
        case Add(terms):
            return _fenced(_add_box(terms, scope), level > Level.SUM and len(terms) != 1)
        case Mul(factors):
            return _mul_box(factors, scope, level)
        case Pow():
            return _pow_box(expr, scope, level)
        case Sum(body, binders):
            signs = [part for sign in _sum_signs(binders, scope) for part in (Break(8), sign)][1:]
            box = row(*signs, Break(5), node_box(body, scope, Level.PRODUCT))
            return _fenced(box, level == Level.POWER)
        case Bracket(guards):
            return iverson(guards_box(guards, scope), scope)
        case Reduce(kind, body, binders, guards, _):
            box = row(Big(kind, under=ranges_box(binders, guards, scope)), node_box(body, scope, Level.PRODUCT))
            return _fenced(box, level == Level.POWER)
        case Winner():
            return winner_box(expr, scope, node_box(expr.window.body, scope, Level.PRODUCT))
        case Derivative(of, by):
            if isinstance(of, Access):
                return derivative_box(entry_box(of, scope), entry_box(by, scope))
            operator = Fraction(Symbol(r"\partial"), row(Symbol(r"\partial"), entry_box(by, scope)))
            return row(operator, node_box(of, scope, Level.PRODUCT))
        case _:
            assert_never(expr)


def scalar_box(scalar: Scalar, scope: Scope, level: Level = Level.SUM) -> Box:
    """A number or quotient; a sum or a sign in front gets parentheses inside a product."""
    if scalar.den != ONE:
        box: Box = Fraction(affine_box(scalar.num, scope, small=False), affine_box(scalar.den, scope, small=False))
        return _fenced(box, level == Level.POWER)
    return _fenced(affine_box(scalar.num, scope, small=False), level > Level.SUM and needs_fence(scalar.num, scope))


def _fenced(box: Box, when: bool) -> Box:
    return Fence("(", box, ")") if when else box


def _add_box(terms: tuple[Expr, ...], scope: Scope) -> Box:
    if not terms:
        return Number("0")
    ordered = list(terms)
    if scope.notation.bias == "first":
        ordered.sort(key=lambda term: not (isinstance(term, Access) and term.tensor.role == "bias"))
    items: list[Box] = []
    for position, term in enumerate(ordered):
        negative, rest = _take_sign(term)
        if negative:
            items += [Break(0), MINUS] if position else [MINUS]
        elif position:
            items += [Break(0), PLUS]
        items.append(node_box(rest, scope, Level.PRODUCT if isinstance(rest, Add) else Level.SUM))
    return row(*items)


def _take_sign(term: Expr) -> tuple[bool, Expr]:
    """Whether the term has a minus sign in front, and the term without it."""
    match term:
        case Scalar(num, den) if len(num.terms) == 1 and num.terms[0][1] < 0:
            return True, Scalar(-num, den)
        case Mul(factors):
            for position, factor in enumerate(factors):
                if isinstance(factor, Scalar):
                    negative, rest = _take_sign(factor)
                    if negative:
                        others = (*factors[:position], *factors[position + 1 :])
                        return True, Mul(others if rest == UNIT and others else (rest, *others))
    return False, term


def _mul_box(factors: tuple[Expr, ...], scope: Scope, level: Level) -> Box:
    flat = _flattened(factors)
    negative, rest = _take_sign(Mul(flat))
    assert isinstance(rest, Mul)
    kept = [factor for factor in rest.factors if factor != UNIT]
    below = [inverse for factor in kept if (inverse := _inverse(factor)) is not None]
    above = [factor for factor in kept if _inverse(factor) is None]
    if below:
        plain = [factor for factor in above if _fits_above(factor)]
        others = [factor for factor in above if factor not in plain]
        quotient = Fraction(_product(plain, scope), _product(below, scope))
        box = row(*_spaced([*(_factor_boxes(others, scope))], quotient))
    else:
        box = _product(above, scope)
    box = row(MINUS, box) if negative else box
    return _fenced(box, level == Level.POWER or (negative and level == Level.PRODUCT))


def _fits_above(factor: Expr) -> bool:
    """Whether the factor looks well above a fraction bar: an entry that is no derivative itself, or its power."""
    entry = factor.base if isinstance(factor, Pow) else factor
    return isinstance(entry, Access) and entry.tensor.role not in ("upstream", "gradient")


def _spaced(front: list[Box], last: Box) -> list[Box]:
    return [*front, Break(2), last] if front else [last]


def _flattened(factors: tuple[Expr, ...]) -> tuple[Expr, ...]:
    flat: list[Expr] = []
    for factor in factors:
        flat.extend(_flattened(factor.factors) if isinstance(factor, Mul) else (factor,))
    return tuple(flat)


def _inverse(factor: Expr) -> Expr | None:
    """``x`` where the factor is ``x`` to a negative number: it is written under a fraction bar."""
    if isinstance(factor, Pow) and (value := factor.exponent.num.constant) is not None and value < 0:
        exponent = replace(factor.exponent, num=-factor.exponent.num)
        return factor.base if exponent == UNIT else Pow(factor.base, exponent)
    return None


def _product(factors: list[Expr], scope: Scope) -> Box:
    if not factors:
        return Number("1")
    if len(factors) == 1:
        return node_box(factors[0], scope)
    return row(*_factor_boxes(factors, scope))


def _factor_boxes(factors: list[Expr], scope: Scope) -> list[Box]:
    """The factors in reading order; between entries stands the notation's product sign."""
    ordered = arrange_factors(tuple(factors), scope)
    items: list[Box] = []
    for position, factor in enumerate(ordered):
        last = position == len(ordered) - 1
        box = node_box(factor, scope, Level.PRODUCT)
        if isinstance(factor, (Sum, Reduce)) and not last:
            box = Fence("(", box, ")")
        if position:
            before = ordered[position - 1]
            items.append(Break(_break_level(before, factor)))
            if scope.notation.product and _is_entry(before) and _is_entry(factor):
                items.append(Sign(scope.notation.product))
        items.append(box)
    return items


def _break_level(before: Expr, after: Expr) -> int:
    """Before a sum a line breaks best, then at a bracket, then between entries."""
    if isinstance(after, (Sum, Reduce)):
        return 1
    return 2 if isinstance(before, (Bracket, Winner)) or isinstance(after, (Bracket, Winner)) else 3


def _is_entry(expr: Expr) -> bool:
    return isinstance(expr, (Access, Derivative)) or (isinstance(expr, Pow) and isinstance(expr.base, Access))


def _pow_box(power: Pow, scope: Scope, level: Level) -> Box:
    inverse = _inverse(power)
    if inverse is not None:
        return Fraction(Number("1"), node_box(inverse, scope))
    exponent = power.exponent
    if exponent.num == ONE and exponent.den != ONE:
        degree = None if exponent.den == Affine.of(2) else affine_box(exponent.den, scope)
        return Root(node_box(power.base, scope), degree)
    raised: Box = affine_box(exponent.num, scope)
    if exponent.den != ONE:
        raised = Fraction(affine_box(exponent.num, scope), affine_box(exponent.den, scope), inline=True)
    base = node_box(power.base, scope, Level.POWER)
    if isinstance(base, (Fraction, Row)) and isinstance(power.base, Access) and _has_fraction(base):
        base = Fence("(", base, ")")
    if isinstance(base, Script):
        return Script(base.base, base.sub, raised) if base.sup is None else Script(Fence("(", base, ")"), sup=raised)
    return _fenced(Script(base, sup=raised), False)


def _has_fraction(box: Box) -> bool:
    return isinstance(box, Fraction) or (isinstance(box, Row) and any(map(_has_fraction, box.items)))


def _sum_signs(binders: tuple[Binder, ...], scope: Scope) -> list[Box]:
    if scope.notation.sums == "joint" and len(binders) > 1:
        return [Big("sum", under=ranges_box(arrange_binders(binders, scope), (), scope))]
    signs: list[Box] = []
    for binder in arrange_binders(binders, scope):
        name = scope.name(binder.index)
        if binder.lo is None and binder.hi is None:
            signs.append(Big("sum", under=name))
        elif binder.lo is None or binder.hi is None:
            signs.append(Big("sum", under=range_box(binder, scope)))
        else:
            under = row(name, EQUALS, affine_box(binder.lo, scope))
            signs.append(Big("sum", under=under, over=affine_box(binder.hi, scope)))
    return signs
