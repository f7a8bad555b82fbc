"""Typesetting of anything: ``latex``, ``unicode`` and ``mathml`` of expressions, definitions, steps and derivations.

:func:`to_box` is the one place where a type meets its boxes. Rooms above (and the forms) register their own types::

    @to_box.register
    def _(value: MatrixIdentity, notation: Notation, *, steps: bool = False) -> Box: ...
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from symconv.errors import UnsupportedError
from symconv.expr.nodes import NODES, Access, Expr, Scalar
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import Derivation
from symconv.index.affine import Affine
from symconv.rewrite.rule import Step
from symconv.typeset.affine_boxes import affine_box
from symconv.typeset.build import definition_box, expression_box, where_boxes
from symconv.typeset.layout import BOXES, Box, Display, Line, Sign
from symconv.typeset.narrate import narrate
from symconv.typeset.notation import Notation
from symconv.typeset.presets import get_notation
from symconv.typeset.scope import scope_for
from symconv.typeset.windows import apart

FORMS = ("sum", "operator", "matrix", "explicit")


@singledispatch
def to_box(x: Any, notation: Notation, *, steps: bool = False) -> Box:
    """The boxes of a value under a notation; ``steps`` asks for the way to the result, where there is one."""
    definition = getattr(x, "definition", None)
    if isinstance(definition, Definition):
        return to_box(definition, notation, steps=steps)
    raise UnsupportedError(
        f"cannot typeset a {type(x).__name__}: "
        "expected an expression, a definition, a derivation, a step or an operation"
    )


def _box(x: Any, notation: Notation, *, steps: bool = False) -> Box:
    """Boxes are typeset already."""
    box: Box = x
    return box


def _expression(x: Expr, notation: Notation, *, steps: bool = False) -> Box:
    return expression_box(x, notation)


for _class in BOXES:
    to_box.register(_class, _box)
for _class in NODES:
    to_box.register(_class, _expression)


@to_box.register
def _(x: Affine, notation: Notation, *, steps: bool = False) -> Box:
    """A size on its own."""
    return affine_box(x, scope_for(notation, None, [Scalar(x)]), small=False)


@to_box.register
def _(x: Definition, notation: Notation, *, steps: bool = False) -> Box:
    """The formula of the layer; with ``steps`` also those of its derived sizes."""
    left = Access(x.output, tuple(map(Affine.of, x.indices)))
    scope = scope_for(notation, x, [left, x.body])
    line = definition_box(x, notation, scope)
    return Display((line, *where_boxes(x, notation, scope))) if steps else line


@to_box.register
def _(x: Step, notation: Notation, *, steps: bool = False) -> Box:
    """``before = after``, with the reason."""
    scope = scope_for(notation, None, [apart(x.before), apart(x.after)])
    left, right = (expression_box(side, notation, scope) for side in (x.before, x.after))
    return Line(left, Sign("="), right, x.why)


@to_box.register
def _(x: Derivation, notation: Notation, *, steps: bool = False) -> Box:
    narration = narrate(x, notation, steps=steps)
    return narration.whole if steps else narration.display.lines[0]


def boxes_of(x: Any, form: str, notation: str | Notation, steps: bool | None, sizes: Mapping[str, Any]) -> Box:
    """The boxes of ``x`` in the form; the errors name the forms that there are.

    ``steps`` None shows the steps of a derivation, and of anything else the formula alone.
    """
    steps = isinstance(x, Derivation) if steps is None else steps
    if form not in FORMS:
        raise UnsupportedError(f"no form {form!r} of a {type(x).__name__}; the forms are {', '.join(FORMS)}")
    if form == "sum" and sizes:
        raise UnsupportedError(f"form 'sum' holds for all sizes and takes none, got {', '.join(sizes)}")
    from symconv.typeset.forms import form_box  # registers the forms' boxes with to_box

    return form_box(x, form, get_notation(notation), steps=steps, values=sizes)


def latex(
    x: Any, /, form: str = "sum", notation: str | Notation = "default", steps: bool | None = None, **sizes: Any
) -> str:
    r"""LaTeX of an expression, definition, step, derivation or operation; several lines are an ``align*`` environment.

    ``form`` is ``sum``, ``operator``, ``matrix`` or ``explicit`` (which takes sizes and arrays by name); ``steps``
    says whether the way to the result is shown, as it is for a derivation unless it is False.

    >>> from symconv.expr.nodes import Access
    >>> from symconv.expr.tensor import Tensor
    >>> from symconv.index.affine import Affine
    >>> s, i, m, p = map(Affine.of, "simp")
    >>> image = Tensor("I", "input", (Affine.of("H"),), ("u",), ("S1",))
    >>> latex(Access(image, (s * i + m - p,)))
    'I_{s i+m-p}'
    """
    from symconv.typeset.latex import write_latex

    return write_latex(boxes_of(x, form, notation, steps, sizes))


def unicode(
    x: Any,
    /,
    form: str = "sum",
    notation: str | Notation = "default",
    steps: bool | None = None,
    width: int = 100,
    **sizes: Any,
) -> str:
    """Text for a terminal of that width."""
    from symconv.typeset.unicode import write_unicode

    return write_unicode(boxes_of(x, form, notation, steps, sizes), width)


def mathml(
    x: Any, /, form: str = "sum", notation: str | Notation = "default", steps: bool | None = None, **sizes: Any
) -> str:
    """MathML of the same."""
    from symconv.typeset.mathml import write_mathml

    return write_mathml(boxes_of(x, form, notation, steps, sizes))
