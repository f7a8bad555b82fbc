"""Tensors in a formula, with the indices, labels and arguments behind them."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import Access, Scalar
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, scalar
from symconv.meaning.brackets import indexed, powered
from symconv.meaning.choices import Option
from symconv.meaning.conditions import has_relation
from symconv.meaning.context import Read, State
from symconv.meaning.convolve import padded, rotated
from symconv.meaning.errors import MeaningError
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import is_transpose, key
from symconv.meaning.references import Reference, reference_of
from symconv.meaning.rows import is_sign, items_of, split
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import (
    Box,
    Fence,
    Script,
    Symbol,
)


def tensor_entry(state: State, read: Read, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """A tensor: one entry, a part, or the whole."""
    item = items[at]
    if isinstance(item, Fence) and item.open == "[" and at + 1 < len(items):
        return None if not isinstance(items[at + 1], Fence) else indexed(state, read, items, at, scope)
    found = reference_of(state, item, state.default)
    if found is None:
        return None
    at += 1
    groups = list(found.groups)
    while at < len(items) and isinstance(fence := items[at], Fence) and found.tensor.rank:
        if (fence.open, fence.close) not in (("(", ")"), ("[", "]")):
            break
        argument = _is_argument(state, item, found, fence)
        if fence.open == "(" and not argument and _holds_arrays(state, fence, scope):
            break  # A (B X) is a product
        if has_relation(fence.body) or (groups and not _speaks_of_axes(found, groups)):
            break
        if argument:
            at += 1
            break
        groups.append(fence.body)
        at += 1
        if fence.open == "(":
            break
    following = items[at] if at < len(items) else None
    turned = isinstance(following, Script) and isinstance(following.base, Fence) and is_transpose(following.sup)
    if turned and not groups and found.tensor.rank and _is_argument(state, item, found, following.base):  # type: ignore[union-attr, arg-type]
        return state.algebra.transpose(_referred(state, found, groups, scope)), at + 1
    raised = isinstance(following, Script) and isinstance(following.base, Fence) and not groups and found.tensor.rank
    if raised and _is_argument(state, item, found, following.base):  # type: ignore[union-attr, arg-type]
        raise MeaningError("a power of a function is not understood: write it around the function", following)
    if state.in_matrix and not groups and found.tensor.rank:
        name = write_latex(item).strip()
        return scalar(Access(Tensor(name, "input", (), (), ()), ())), at
    return _referred(state, found, groups, scope), at


def _holds_arrays(state: State, fence: Fence, scope: Scope) -> bool:
    """Whether arrays stand in the brackets, and not indices."""
    if any(is_sign(item, (",", ";")) for item in items_of(fence.body)):
        return False
    for box in items_of(fence.body):
        base = box.base if isinstance(box, Script) else box
        if isinstance(base, Symbol) and key(write_latex(base)) not in scope.names | state.symbols.sizes.keys():
            meaning = state.symbols.meaning(key(write_latex(base)))
            told = key(write_latex(base)) in state.symbols.told or not state.symbols.definition.inputs
            if meaning is not None and meaning.low.rank and told and key(write_latex(base)) not in state.indices:
                return True
    return False


def _speaks_of_axes(found: Reference, groups: Sequence[Box]) -> bool:
    """``X_c(i, j)``: the indices below are fewer than the axes."""
    written = sum(len([part for part in split(items_of(group), (",",)) if part]) for group in groups)
    return written < found.tensor.rank


def _is_argument(state: State, symbol: Box, found: Reference, fence: Fence) -> bool:
    """``\\phi(x^l)`` and ``GAP(X) =``: what stands in the brackets is the array that the symbol is a function of.

    Only a Greek letter or a word that the user gave a role is a function, or the output on a left side.
    """
    if not state.symbols.definition.inputs:
        return False
    items = items_of(fence.body)
    inner = reference_of(state, items[0], state.default) if len(items) == 1 else None
    if inner is None or inner.groups or inner.tensor != state.symbols.input:
        return False
    if found.tensor.role == "upstream":
        return False  # \\delta x^T is a product
    base = symbol.base if isinstance(symbol, Script) else symbol
    name = key(write_latex(base))
    functional = name.startswith("\\") or len(name) > 1
    return name in state.symbols.told and functional and name != key(write_latex(items[0]))


def _check_letters(state: State, found: Reference) -> None:
    """That no two letters are taken for one tensor by custom alone, such as f and h for the kernel."""
    if not found.name or not state.symbols.definition.inputs or found.tensor.role in ("gradient", "upstream"):
        return
    other = state.letters.setdefault(found.tensor.name, found.name)
    if other[:1].lower() != found.name[:1].lower():
        raise MeaningError(f"{other} and {found.name} would both be {found.tensor.name}: say in roles what they are")


def _referred(state: State, found: Reference, groups: Sequence[Box], scope: Scope) -> Array:
    _check_letters(state, found)
    value = state.entries.read(found.tensor, groups, state.arithmetic(scope))
    if found.transposed and found.tensor.rank and value.rank == 0:
        value = _transposed_entry(state, found.tensor, value)
    if found.rotated:
        if found.renamed and value.rank == 0:
            value = _exchanged(state, found.tensor, value)
        if value.rank == 0 and found.tensor.rank:
            whole = rotated(state.algebra, state.entries.whole(found.tensor))
            value = _at_entry(whole, value)
        else:
            value = rotated(state.algebra, value)
    if found.padded:
        value = _padded(state, found, value)
    if found.transposed:
        value = state.algebra.transpose(value)
    if found.exponent is not None:
        return powered(value, state.arithmetic(scope).scalar(found.exponent))
    return value if found.power == 1 else powered(value, Scalar(Affine.of(found.power)))


def _transposed_entry(state: State, tensor: Tensor, entry: Array) -> Array:
    """``W^T_{ij}`` = ``W_{ji}``."""
    starts = state.entries.starts.of(tensor)
    if tensor.rank != 2 or starts[0] != starts[1]:
        raise MeaningError(f"an entry of the transposed {tensor.name} is understood of a matrix only")
    assert isinstance(entry.body, Access)
    return scalar(Access(tensor, entry.body.indices[::-1]))


def _exchanged(state: State, tensor: Tensor, entry: Array) -> Array:
    """A kernel of another name on the left: turned, and perhaps with its channel axes exchanged."""
    if not {"C", "F"} <= set(tensor.axes):
        return entry
    swap = state.choices.pick("exchanged", [Option(False), Option(True, "its channel axes are exchanged, too")])
    if not swap:
        return entry
    assert isinstance(entry.body, Access)
    forms = list(entry.body.indices)
    c, f = tensor.axes.index("C"), tensor.axes.index("F")
    forms[c], forms[f] = forms[f], forms[c]
    return scalar(Access(tensor, tuple(forms)))


def _at_entry(whole: Array, entry: Array) -> Array:
    assert isinstance(entry.body, Access)
    if len(whole.digits) != len(entry.body.indices):
        raise MeaningError("a part of a rotated kernel is not understood")
    return scalar(whole.at(entry.body.indices))


def _padded(state: State, found: Reference, value: Array) -> Array:
    """``x^{pad}``: the padded input; the input itself where the layer has no padding."""
    hyper = hyper_of(state.symbols.definition)
    if found.tensor != state.symbols.input:
        raise MeaningError(f"the label pad is understood at the input of a layer, not at {found.tensor.name}")
    if hyper is None or not any(pad.terms for pad in hyper.before):
        state.choices.say("the padded input is the layer's input, which has no padding")
        return value
    if value.rank:
        return padded(state.algebra, value, hyper.before, hyper.before)
    assert isinstance(value.body, Access)
    tensor, forms = value.body.tensor, list(value.body.indices)
    spatial = [axis for axis, kind in enumerate(tensor.axes) if kind[0] == "S"]
    for axis, pad in zip(spatial, hyper.before, strict=True):
        forms[axis] = forms[axis] - pad
    return scalar(Access(tensor, tuple(forms)))
