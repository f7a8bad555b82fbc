"""Matrix equations and Kronecker derivations as boxes."""

from __future__ import annotations

from symconv.expr.walk import accesses
from symconv.forms.kronecker import MatrixDerivation
from symconv.forms.matrix_algebra import (
    Gradient,
    Identity,
    Jacobian,
    Kronecker,
    Matrix,
    MatrixEquation,
    Named,
    Ones,
    Plus,
    Product,
    Transposed,
    Vec,
)
from symconv.typeset.affine_boxes import EQUALS, PLUS
from symconv.typeset.api import to_box
from symconv.typeset.entries import derivative_box
from symconv.typeset.form_boxes import function, transposed
from symconv.typeset.layout import Box, Break, Display, Fence, Line, Sign, Symbol, row
from symconv.typeset.names import name_box
from symconv.typeset.notation import Notation

GIVEN = "The layer as a product of matrices."


def matrix_box(matrix: Matrix, notation: Notation) -> Box:
    """A matrix expression."""
    match matrix:
        case Named():
            return _named_box(matrix, notation)
        case Identity():
            return Symbol(r"\mathrm{Id}")
        case Ones():
            return Symbol(r"\mathbf{1}")
        case Product(factors):
            items: list[Box] = []
            for factor in factors:
                items += [Break(3)] if items else []
                items.append(_factor_box(factor, notation))
            return row(*items)
        case Plus(terms):
            items = []
            for term in terms:
                items += [Break(0), PLUS] if items else []
                items.append(matrix_box(term, notation))
            return row(*items)
        case Transposed(of):
            return _transposed_box(of, notation)
        case Kronecker(left, right):
            return row(_kronecker_side(left, notation), Sign(r"\otimes"), _kronecker_side(right, notation))
        case Vec(of, _):
            return function("vec", matrix_box(of, notation))
        case Gradient(of):
            return derivative_box(name_box(notation.loss), _below(of, notation))
        case Jacobian(of, by):
            return derivative_box(_below(of, notation), _transposed_box(by, notation))


def _named_box(matrix: Named, notation: Notation) -> Box:
    roles = {access.tensor.name: access.tensor.role for access in accesses(matrix.entry)}
    if matrix.vectorised:
        return function("vec", name_box(notation.symbol(matrix.name, roles.get(matrix.name, ""))))
    if matrix.name in roles:
        return name_box(notation.symbol(matrix.name, roles[matrix.name]))
    name = name_box(matrix.name)
    if matrix.argument is None:
        return name
    return row(name, Fence("(", name_box(notation.symbol(matrix.argument, roles.get(matrix.argument, ""))), ")"))


def _below(matrix: Matrix, notation: Notation) -> Box:
    """What stands behind a ∂: a sum or product in parentheses."""
    box = matrix_box(matrix, notation)
    return Fence("(", box, ")") if isinstance(matrix, (Product, Plus, Kronecker)) else box


def _factor_box(matrix: Matrix, notation: Notation) -> Box:
    box = matrix_box(matrix, notation)
    return Fence("(", box, ")") if isinstance(matrix, (Plus, Kronecker)) else box


def _kronecker_side(matrix: Matrix, notation: Notation) -> Box:
    box = matrix_box(matrix, notation)
    return Fence("(", box, ")") if isinstance(matrix, (Plus, Kronecker, Product)) else box


def _transposed_box(of: Matrix, notation: Notation) -> Box:
    return transposed(matrix_box(of, notation), notation)


@to_box.register
def _(x: MatrixEquation, notation: Notation, *, steps: bool = False) -> Box:
    return Line(matrix_box(x.left, notation), EQUALS, matrix_box(x.right, notation))


@to_box.register
def _(x: MatrixDerivation, notation: Notation, *, steps: bool = False) -> Box:
    """The lines with their reasons, or the result alone."""
    if not steps:
        return to_box(x.result, notation)
    lines = [
        Line(matrix_box(given.left, notation), EQUALS, matrix_box(given.right, notation), reason)
        for given, reason in zip(x.given, _reasons(x), strict=True)
    ]
    for chain in (x.steps, x.conclusion):
        for at, step in enumerate(chain):
            left = matrix_box(step.before, notation) if at == 0 else None
            lines.append(Line(left, EQUALS, matrix_box(step.after, notation), step.why))
    return Display(tuple(lines))


def _reasons(derivation: MatrixDerivation) -> list[str]:
    orders = {"row": "row by row", "column": "column by column"}
    found = sorted({orders[order] for step in derivation.steps for order in _orders(step.after)})
    arranged = f" Here vec stacks a matrix {found[0]}." if found else ""
    first = GIVEN + arranged
    return [first, *("Every entry of it is an entry of the input, and M says which." for _ in derivation.given[1:])]


def _orders(matrix: Matrix) -> set[str]:
    match matrix:
        case Vec(of, order):
            return {order} | _orders(of)
        case Product(parts) | Plus(parts):
            return set().union(*(_orders(part) for part in parts))
        case Kronecker(left, right) | Jacobian(left, right):
            return _orders(left) | _orders(right)
        case Transposed(of) | Gradient(of):
            return _orders(of)
        case Named() | Identity() | Ones():
            return set()
