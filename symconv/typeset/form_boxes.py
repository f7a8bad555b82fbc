r"""Operator forms as boxes: ``∂L/∂K_{f,c} = Σ_b I_{b,c} ⋆ dil_s(∂L/∂O_{b,f})``, with the words that it needs.

The notation's operator sign always stands for a cross-correlation; a convolution is one with ``rot180`` of the right
operand. Space has no indices here; channels and batch keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.expr.nodes import UNIT, Access, Binder, Bracket, Expr, Sum
from symconv.expr.tensor import Tensor
from symconv.expr.walk import free_names
from symconv.forms.operator import (
    AxisForm,
    MatrixProduct,
    Operand,
    OperatorForm,
    OperatorPart,
    lower,
    matrix_product,
)
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import substitute_guard
from symconv.typeset.affine_boxes import EQUALS, PLUS, affine_box, guards_box, iverson, separated
from symconv.typeset.api import to_box
from symconv.typeset.build import node_box, scalar_box
from symconv.typeset.entries import entry_box, tensor_box
from symconv.typeset.layout import Big, Box, Break, Fence, Line, Row, Script, Sign, Symbol, Text, row
from symconv.typeset.notation import Notation
from symconv.typeset.rebase import rebase
from symconv.typeset.scope import Scope, scope_for

WORDS = {
    "dil": "dil puts zeros between neighbouring entries, s - 1 of them for dil with s",
    "sample": "sample with s keeps every s-th entry",
    "pad": "pad with p puts p zeros in front",
    "crop": "crop with p leaves out the first p entries",
    "full": "full: all positions where the two overlap",
    "rot180": "rot180 turns every axis around",
}


def function(name: str, argument: Box, below: Box | None = None) -> Box:
    """``name_below(argument)`` with an upright name."""
    symbol = Symbol(rf"\operatorname{{{name}}}")
    return row(symbol if below is None else Script(symbol, below), Fence("(", argument, ")"))


def transposed(box: Box, notation: Notation) -> Box:
    """The transpose of a matrix: of a name with its argument, the sign stands behind the argument."""
    sign = Symbol(notation.transpose)
    if isinstance(box, Row):
        *front, last = box.items
        if len(front) == 1 and isinstance(last, Fence):
            return row(*front, Script(last, sup=sign))
        return Script(Fence("(", box, ")"), sup=sign)
    if isinstance(box, (Symbol, Fence)):
        return Script(box, sup=sign)
    return Script(Fence("(", box, ")"), sup=sign)


@to_box.register
def operator_box(x: OperatorForm, notation: Notation, *, steps: bool = False) -> Box:
    """``target = parts``; with ``steps`` the words that the formula uses are explained beside it."""
    if notation.plain_targets:
        x = with_plain_target(x)
    scope = scope_for(notation, x.definition, [Access(x.target.tensor, x.indices), lower(x)])
    product = matrix_product(x)
    if product is not None:
        left = tensor_box(x.target.tensor, scope)
        right = row(*_joined([_matrix_product_box(product, scope), *_bias_boxes(x, scope)]))
        return Line(left, EQUALS, right)
    parts = row(*_joined([_part_box(part, x, scope) for part in x.parts]))
    return Line(operand_box(x.target, scope), EQUALS, parts, explanation(x) if steps else "")


def with_plain_target(form: OperatorForm) -> OperatorForm:
    """The target's entry named by unprimed indices wherever the form does not use them otherwise."""
    used = frozenset().union(*(free_names(lower(form)), *({b.index for b in part.binders} for part in form.parts)))
    primed = {name for index in form.indices for name in index.names() if name.endswith("'")}
    new = {name: Affine.of(name.rstrip("'")) for name in sorted(primed) if name.rstrip("'") not in used}

    def renamed(operand: Operand) -> Operand:
        return replace(
            operand, indices=tuple(None if index is None else index.substitute(new) for index in operand.indices)
        )

    def limit(end: Affine | None) -> Affine | None:
        return None if end is None else end.substitute(new)

    parts = tuple(
        replace(
            part,
            left=renamed(part.left),
            right=None if part.right is None else renamed(part.right),
            binders=tuple(Binder(b.index, limit(b.lo), limit(b.hi)) for b in part.binders),
            guards=tuple(substitute_guard(guard, new) for guard in part.guards),
            axes=tuple(
                replace(axis, result=axis.result.rstrip("'")) if axis.result in new else axis for axis in part.axes
            ),
        )
        for part in form.parts
    )
    indices = tuple(index.substitute(new) for index in form.indices)
    return replace(form, target=renamed(form.target), indices=indices, parts=parts)


def explanation(form: OperatorForm) -> str:
    """What the words of the formula mean, and what it leaves unsaid about sizes."""
    modes = {p.left.tensor.outside for p in form.parts if p.kind in ("cross-correlation", "convolution")}
    said = [WORDS[word] for word in words(form)]
    if "zero" not in modes and "pad" in words(form):
        said[words(form).index("pad")] = f"pad with p puts p entries in front, by {min(modes)} padding"
    if modes:
        outside = "entries outside are zero, and " if modes == {"zero"} else ""
        said.append(f"{outside}the result has the size of the left side")
    text = "; ".join(said)
    return f"Here {text}." if text else ""


def words(form: OperatorForm) -> tuple[str, ...]:
    """The function words that the form is written with, in the order of :data:`WORDS`."""
    used: set[str] = set()
    for part in form.parts:
        if part.kind in ("cross-correlation", "convolution"):
            used |= set(_words(part))
    return tuple(word for word in WORDS if word in used)


def _words(part: OperatorPart) -> Iterator[str]:
    full = part.kind == "convolution"
    if full:
        yield "full"
    if _turned(part) or any(axis.flip_result for axis in part.axes):
        yield "rot180"
    for axis in part.axes:
        if axis.offset != ZERO:
            yield "crop" if full else "pad"
        if axis.stride != ONE:
            yield "sample"
        if axis.dilation != ONE or axis.left_dilation != ONE:
            yield "dil"


def _turned(part: OperatorPart) -> bool:
    """Whether the right operand of the cross-correlation is rot180 of the tensor (a window of ones looks the same)."""
    return part.right is not None and not part.right.is_ones and part.is_true_convolution


def _joined(boxes: list[Box]) -> list[Box]:
    items: list[Box] = []
    for box in boxes:
        items += [Break(0), PLUS, box] if items else [box]
    return items


def _matrix_product_box(product: MatrixProduct, scope: Scope) -> Box:
    factors: list[Box] = []
    for operand, turned in ((product.left, product.left_transposed), (product.right, product.right_transposed)):
        box = tensor_box(operand.tensor, scope)
        factors.append(transposed(box, scope.notation) if turned else box)
    return row(*factors)


def _bias_boxes(form: OperatorForm, scope: Scope) -> list[Box]:
    """The bias of a dense layer; in a batch every row gets it."""
    found: list[Box] = []
    for part in form.parts:
        if part.kind == "entry":
            box = tensor_box(part.left.tensor, scope)
            batch = len(form.indices) > part.left.tensor.rank
            found.append(row(Symbol(r"\mathbf{1}"), transposed(box, scope.notation)) if batch else box)
    return found


def operand_box(operand: Operand, scope: Scope) -> Box:
    """The tensor with its batch and channel indices."""
    tensor = operand.tensor
    if operand.is_ones:
        return Script(Symbol(r"\mathbf{1}"), _by_axis(operand.tensor.shape, scope, joined=r"\times"))
    kept = [at for at, index in enumerate(operand.indices) if index is not None]
    slice_ = Tensor(
        tensor.name, tensor.role,
        tuple(tensor.shape[at] for at in kept), tuple(tensor.indices[at] for at in kept),
        tuple(tensor.axes[at] for at in kept), tensor.outside, tensor.of,
    )  # fmt: skip
    indices = tuple(index for index in operand.indices if index is not None)
    entry = rebase(Access(slice_, indices), scope)
    assert isinstance(entry, Access)
    return entry_box(entry, scope)


def _by_axis(values: tuple[Affine, ...], scope: Scope, joined: str = ",") -> Box:
    """One value where all axes share it, else one for each axis."""
    if joined == "," and len(set(values)) == 1:
        return affine_box(values[0], scope)
    boxes = [affine_box(value, scope) for value in values]
    if joined == ",":
        return separated(boxes)
    items: list[Box] = []
    for box in boxes:
        items += [Sign(joined), box] if items else [box]
    return row(*items)


def _applied(
    name: str, box: Box, part: OperatorPart, value: Callable[[AxisForm], Affine], none: Affine, scope: Scope
) -> Box:
    """``name_value(box)``, or the box itself where the value does nothing on every axis."""
    values = tuple(value(axis) for axis in part.axes)
    return box if all(each == none for each in values) else function(name, box, _by_axis(values, scope))


def _part_box(part: OperatorPart, form: OperatorForm, scope: Scope) -> Box:
    if part.kind in ("sum", "entry", "product"):
        return _plain_box(part, scope)
    assert part.right is not None
    left, right = operand_box(part.left, scope), operand_box(part.right, scope)
    right = _applied("dil", right, part, lambda axis: axis.dilation, ONE, scope)
    if _turned(part):
        right = function("rot180", right)
    star = Sign(scope.notation.operator)
    if part.kind == "convolution":
        left = _applied("dil", left, part, lambda axis: axis.left_dilation, ONE, scope)
        thick = Sign(r"\;")  # a scripted sign is no binary operator to TeX
        box = row(left, Break(2), thick, Script(star, Text("full")), thick, right)
        box = _applied("crop", box, part, lambda axis: axis.offset, ZERO, scope)
    else:
        left = _applied("pad", left, part, lambda axis: axis.offset, ZERO, scope)
        box = row(left, Break(2), star, right)
        box = _applied("sample", box, part, lambda axis: axis.stride, ONE, scope)
        if any(axis.flip_result for axis in part.axes):
            box = function("rot180", box)
    wrapped = isinstance(box, Row) and len(box.items) == 2 and isinstance(box.items[1], Fence)
    front = _front(part, scope)
    if front and not wrapped:
        box = Fence("(", box, ")")
    return row(*front, box)


def _front(part: OperatorPart, scope: Scope) -> list[Box]:
    """Coefficient, sums over channels and batch, and the conditions on them."""
    items: list[Box] = [] if part.coefficient == UNIT else [scalar_box(part.coefficient, scope)]
    if part.binders:
        shifted = rebase(Sum(UNIT, part.binders), scope)
        assert isinstance(shifted, Sum)
        for binder in shifted.binders:
            assert binder.lo is not None
            assert binder.hi is not None
            under = row(scope.name(binder.index), EQUALS, affine_box(binder.lo, scope))
            items.append(Big("sum", under=under, over=affine_box(binder.hi, scope)))
    if part.guards:
        bracket = rebase(Bracket(part.guards), scope)
        assert isinstance(bracket, Bracket)
        items.append(iverson(guards_box(bracket.guards, scope), scope))
    return items


def _plain_box(part: OperatorPart, scope: Scope) -> Box:
    """A sum or an entry as it is: its spatial indices are names."""
    factors: list[Expr] = [Access(part.left.tensor, tuple(index for index in part.left.indices if index is not None))]
    if part.right is not None:
        factors.append(Access(part.right.tensor, tuple(index for index in part.right.indices if index is not None)))
    boxes = [node_box(rebase(factor, scope), scope) for factor in factors]
    return row(*_front(part, scope), *boxes)
