"""The forms of a derivation or definition: sum, operator, matrix and explicit, each ready to be typeset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symconv.errors import UnsupportedError
from symconv.expr.tensor import Definition
from symconv.forms.explicit import explicit
from symconv.forms.kronecker import dense_equation, matrix_derivation
from symconv.forms.matrix_algebra import MatrixEquation, Order
from symconv.forms.recognise import recognise
from symconv.forms.structured import im2row_equation, pooling_equation, toeplitz_equation
from symconv.gradient.derivation import Derivation
from symconv.typeset import explicit_boxes, form_boxes, matrix_boxes
from symconv.typeset.api import to_box
from symconv.typeset.layout import Box, Display, Line
from symconv.typeset.notation import Notation

REGISTERED = (explicit_boxes, form_boxes, matrix_boxes)


def form_box(x: Any, form: str, notation: Notation, *, steps: bool, values: Mapping[str, Any]) -> Box:
    """The boxes of ``x`` in a form; ``values`` are sizes and arrays, which the explicit form alone takes."""
    if form == "explicit":
        known = (x if isinstance(x, Definition) else x.definition).assumptions.lower
        sizes = {name: value for name, value in values.items() if name in known}
        arrays = {name: value for name, value in values.items() if name not in known}
        return to_box(explicit(x, sizes, arrays or None), notation, steps=steps)
    if values:
        raise UnsupportedError(f"form {form!r} holds for all sizes and takes none, got {', '.join(values)}")
    if form == "operator":
        operator = recognise(x)
        if operator is None:
            raise UnsupportedError(f"{_name(x)} has no operator form: it is no convolution, correlation or product")
        return to_box(operator, notation, steps=steps)
    if form == "matrix":
        return _matrix_box(x, notation, steps)
    return to_box(x, notation, steps=steps)


def _matrix_box(x: Any, notation: Notation, steps: bool) -> Box:
    if isinstance(x, Derivation):
        derivation = matrix_derivation(x.definition, x.wrt.name, notation.vec)
        return to_box(derivation, notation, steps=steps)
    definition = x if isinstance(x, Definition) else x.definition
    lines = [to_box(equation, notation) for equation in matrix_equations(definition, notation.vec)]
    return lines[0] if len(lines) == 1 else Display(tuple(line for line in lines if isinstance(line, Line)))


def matrix_equations(definition: Definition, order: Order) -> tuple[MatrixEquation, ...]:
    """The forward pass as products of matrices: every equation that the definition has."""
    roles = {tensor.role for tensor in definition.inputs}
    if "weight" in roles:
        return (dense_equation(definition),)
    if "kernel" not in roles:
        return (pooling_equation(definition, order),)
    try:
        return (im2row_equation(definition, order), toeplitz_equation(definition, order))
    except UnsupportedError:
        return (toeplitz_equation(definition, order),)


def _name(x: Any) -> str:
    if isinstance(x, Derivation):
        return f"∂L/∂{x.wrt.name} of {x.definition.name}"
    return str(getattr(x, "name", type(x).__name__))
