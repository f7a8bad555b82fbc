"""Entries of tensors and derivatives by them, as a notation writes them."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.expr.nodes import Access
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.typeset.affine_boxes import affine_box, separated
from symconv.typeset.layout import Box, Fence, Fraction, Script, Symbol, row
from symconv.typeset.names import name_box, styled
from symconv.typeset.notation import IndexStyle, Notation
from symconv.typeset.scope import Scope

PARTIAL = Symbol(r"\partial")


@dataclass(frozen=True, slots=True)
class Indices:
    """The index boxes of one entry, below and above, and how they are written; ``may_touch`` if commas can go."""

    below: list[Box]
    above: list[Box]
    style: IndexStyle
    may_touch: bool


def entry_box(access: Access, scope: Scope) -> Box:
    """One entry: of a tensor, or of a gradient as the derivative of the loss by an entry."""
    tensor, notation = access.tensor, scope.notation
    if tensor.of is None:
        role: str = tensor.role
        style = "entry"
    else:
        role = _source_role(tensor, scope)
        style = notation.upstream if tensor.role == "upstream" else notation.gradient
    order = axis_permutation(tensor.axes, notation)
    above = [at for at in order if style != "bracket" and tensor.axes[at][:1] in notation.superscripts.get(role, "")]
    below = [at for at in order if at not in above]
    indices = Indices(
        [affine_box(access.indices[at], scope) for at in below],
        [affine_box(access.indices[at], scope) for at in above],
        notation.style(tensor.of or tensor.name, role),
        all(_is_name(access.indices[at]) for at in below),
    )
    if style == "entry":
        return indexed(tensor_box(tensor, scope), indices)
    name = name_box(notation.symbol(tensor.of or "", role))
    if style == "delta":
        return indexed(name_box(notation.symbols.get("upstream", r"\delta")), indices)
    if style == "bar":
        return indexed(styled(name, r"\bar"), indices)
    if style == "bracket":
        whole = Fence("[", derivative_of_loss(name, scope), "]")
        return Script(whole, separated(indices.below)) if indices.below else whole
    return derivative_of_loss(indexed(name, indices), scope)


def tensor_box(tensor: Tensor, scope: Scope) -> Box:
    """The tensor as a whole: its name, or the derivative of the loss by it."""
    if tensor.of is not None:
        return derivative_of_loss(name_box(scope.notation.symbol(tensor.of, _source_role(tensor, scope))), scope)
    return name_box(scope.notation.symbol(tensor.name, tensor.role))


def axis_permutation(axes: tuple[str, ...], notation: Notation) -> tuple[int, ...]:
    """The positions of the axes in the notation's order: batch and channels first or last, the kernel's own way."""
    positions = range(len(axes))
    if any(axis.startswith("K") for axis in axes):
        if not notation.kernel_axes:
            return tuple(positions)
        rank = {letter: place for place, letter in enumerate(notation.kernel_axes)}
        return tuple(sorted(positions, key=lambda position: rank.get(axes[position][:1], -1)))
    place = {"N": -2 if notation.batch == "first" else 2, "C": -1 if notation.channels == "first" else 1}
    place["F"] = place["C"]
    if not any(axis[:1] in ("S", "O") for axis in axes):
        return tuple(positions)
    return tuple(sorted(positions, key=lambda position: place.get(axes[position][:1], 0)))


def indexed(name: Box, indices: Indices) -> Box:
    """The name with its indices, in one of the index styles."""
    if indices.above:
        joined = separated([*([name.sup] if isinstance(name, Script) and name.sup else []), *indices.above])
        name = Script(name.base, name.sub, joined) if isinstance(name, Script) else Script(name, sup=joined)
    if not indices.below:
        return name
    if indices.style == "brackets":
        return row(name, *(Fence("[", index, "]") for index in indices.below))
    if indices.style == "call":
        return row(name, Fence("(", separated(indices.below), ")"))
    joined = row(*indices.below) if indices.style == "tight" and indices.may_touch else separated(indices.below)
    if isinstance(name, Script):
        if name.sub is None:
            return Script(name.base, joined, name.sup)
        return Script(Fence("(", name, ")"), joined)
    return Script(name, joined)


def _is_name(form: Affine) -> bool:
    """Whether the index is a single name, so that it can stand next to another one without a comma."""
    return len(form.terms) == 1 and len(form.terms[0][0]) == 1 and form.terms[0][1] == 1


def derivative_of_loss(entry: Box, scope: Scope) -> Box:
    """``∂L/∂entry``."""
    return derivative_box(name_box(scope.notation.loss), entry)


def derivative_box(above: Box, below: Box) -> Box:
    """``∂above/∂below``."""
    return Fraction(row(PARTIAL, above), row(PARTIAL, below))


def _source_role(tensor: Tensor, scope: Scope) -> str:
    """The role of the tensor that this one is the gradient of."""
    return scope.roles.get(tensor.of or "", "output" if tensor.role == "upstream" else "")
