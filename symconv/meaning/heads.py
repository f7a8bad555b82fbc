"""Left sides: the names that are indices there, and ``(I ∗ K)`` as a name of the layer's output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index.affine import ONE, ZERO
from symconv.meaning.context import State
from symconv.meaning.errors import shown
from symconv.meaning.folding import folded
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import letters, name_of, written_name
from symconv.meaning.operators import SLIDING, operator_of, told
from symconv.meaning.references import reference_of
from symconv.meaning.rows import items_of, split
from symconv.meaning.symbols import one_star
from symconv.parse.places import walk
from symconv.typeset.layout import Big, Box, Fence, Fraction, Number, Row, Script, Symbol, Text

OUTPUT = Symbol(r"\operatorname{layer output}")
"""Stands for the output where the formula writes the convolution itself."""

STARS = ("*", r"\ast", r"\star", r"\circledast")
CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def with_output(state: State, items: Sequence[Box], *, left: bool = False) -> list[Box]:
    """The boxes in one spelling, with ``(I ∗ K)`` inside derivatives replaced by a name of the output.

    On a ``left`` side it is one everywhere: there it is what the formula defines.
    """
    return [_replaced(state, item, left) for item in folded(state.symbols, items)]


def _replaced(state: State, item: Box, left: bool) -> Box:
    match item:
        case Fraction(num, den, inline):
            return Fraction(_inside(state, num), _inside(state, den), inline)
        case Fence() if one_star(item) in state.symbols.outputs:
            return OUTPUT
        case Script(Fence() as base, sub, sup) if one_star(base) in state.symbols.outputs:
            return Script(OUTPUT, sub, sup)
        case _ if not left:
            return item
        case Fence("(" | "[", _, ")" | "]") if _is_layer(state, items_of(item.body)):
            return OUTPUT
        case Script(Fence("(" | "[", _, ")" | "]") as base, sub, sup) if _is_layer(state, items_of(base.body)):
            return Script(OUTPUT, sub, sup)
        case _:
            return item


def _inside(state: State, box: Box) -> Box:
    items = items_of(box)
    made = with_output(state, items, left=True)
    if len(made) > 1 and _is_layer(state, made[1:]):
        made = [made[0], OUTPUT]
    return box if made == items else Row(tuple(made))


def _is_layer(state: State, items: Sequence[Box]) -> bool:
    """Whether the boxes are the input, an operator and the kernel, and the operator may be the layer's own."""
    operator = operator_of(items[1]) if len(items) == 3 else None
    if operator is None or operator.mode or not _is_own(state, told(state.infix, operator.name)):
        return False
    if operator.name not in SLIDING and not told(state.infix, operator.name).endswith(("convolution", "correlation")):
        return False
    roles = set()
    for side in (items[0], items[2]):
        found = reference_of(state, side)
        if found is not None and found == replace(found, transposed=False, rotated=False, power=1, exponent=None):
            roles.add(found.tensor.role)
    own = bool(roles & {"input"}) and bool(roles & {"kernel", "weight"})
    if own and operator.name not in STARS:
        state.choices.say(f"{shown(items[1])} is the layer's own operation")
    if own and _does_more(state):
        state.choices.say(f"{shown(*items)} stands for the output of the layer, with all that the layer does")
    return own


def _does_more(state: State) -> bool:
    """Whether the layer does more than slide the kernel: a bias, a stride, a padding, a dilation."""
    hyper = hyper_of(state.symbols.definition)
    plain = hyper is not None and all(
        (stride, before, dilation) == (ONE, ZERO, ONE)
        for stride, before, dilation in zip(hyper.strides, hyper.before, hyper.dilations, strict=True)
    )
    return not plain or any(tensor.role == "bias" for tensor in state.symbols.definition.inputs)


def _is_own(state: State, said: str) -> bool:
    """Whether what the user says of a sign fits what the layer does."""
    hyper = hyper_of(state.symbols.definition)
    if hyper is None or not said:
        return True
    if (said.endswith("convolution") and not hyper.flipped) or (said.endswith("correlation") and hyper.flipped):
        return False
    spans = tuple(d * (k - 1) for d, k in zip(hyper.dilations, hyper.kernel, strict=True))
    return not said.startswith("full") or hyper.before == spans


def index_names(boxes: Sequence[Box]) -> frozenset[str]:
    """Every name in scripts and brackets: on a left side they are indices."""
    found: set[str] = set()
    for box in boxes:
        match box:
            case Script(base, sub, sup):
                found |= index_names([base])
                for part in (sub, sup):
                    if part is not None:
                        found |= names_in(items_of(part))
            case Fence(_, body, _):
                found |= set() if _is_product(items_of(body)) else names_in(items_of(body))
            case Fraction(num, den):
                found |= index_names(items_of(num)) | index_names(items_of(den))
            case Row():
                found |= index_names(items_of(box))
            case _:
                pass
    return frozenset(found)


def _is_product(items: Sequence[Box]) -> bool:
    """``(B X)`` behind a matrix: capital letters side by side are matrices, not indices."""
    return len(items) > 1 and all(isinstance(item, Symbol) and name_of(item) in CAPITALS for item in items)


def names_in(items: Sequence[Box]) -> set[str]:
    """Every name in some boxes, words run together also letter by letter."""
    found: set[str] = set()
    for item in items:
        name = written_name(item)
        if name is not None and not isinstance(item, Number):
            found.add(name)
            if isinstance(item, (Symbol, Script)):
                found |= {letter for piece in letters(item) if (letter := name_of(piece)) is not None}
            if isinstance(item, Text):
                found.discard(name)
        match item:
            case Script(base, sub, sup):
                found |= names_in([part for part in (base, sub, sup) if part is not None]) if name is None else set()
            case Fence(_, body, _):
                found |= names_in(items_of(body))
            case Fraction(num, den):
                found |= names_in(items_of(num)) | names_in(items_of(den))
            case Row():
                found |= names_in(items_of(item))
            case _:
                pass
    return found


def bound_in(boxes: Sequence[Box]) -> frozenset[str]:
    """Every name below a sum or maximum sign, without its limits."""
    found: set[str] = set()
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Big) and part.under is not None:
                before = split(items_of(part.under), ("=",))[0]
                found |= names_in(before)
    return frozenset(found)


def has_big(items: Sequence[Box]) -> bool:
    """Whether a sum stands in the boxes: then its own indices are bound there."""
    return any(isinstance(item, Big) for item in items)
