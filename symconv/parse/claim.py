"""What a formula claims of a layer: which tensor it defines, by which free indices, as which expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from symconv.expr.nodes import Expr, Scalar
from symconv.expr.rename import rename
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import bound_names, fresh, substitute
from symconv.gradient.derivation import gradient_of
from symconv.index.affine import Affine
from symconv.parse.arithmetic import INDEX, Arithmetic
from symconv.parse.entries import Base
from symconv.parse.expression import Reader, derivative_parts
from symconv.parse.meaning import MeaningError, shown
from symconv.parse.rows import is_sign, items_of, split
from symconv.parse.symbols import Symbols, letters, name_of, symbols_for, written_name
from symconv.typeset.layout import Box, Display, Fence, Fraction, Line, Row, Script, row

What = Literal["forward", "gradient", "output_size", "parameters"]
EQUALS = ("=", r"\equiv", r":=", r"\triangleq", r"\coloneqq")
GUESSES = {
    "kernel": ("w", "W", "k", "K", "f", "F", "h", r"\theta", r"\omega"),
    "input": ("x", "X", "a", "A", "I", "h", "u", "v"),
    "output": ("y", "Y", "z", "Z", "o", "O", "s", "S"),
    "bias": ("b", "B", r"\beta"),
    "upstream": (r"\delta", "g", "G"),
}


@dataclass(frozen=True)
class Claim:
    """``tensor[indices] = expr``, counted from 0; for a size or a count the tensor is None.

    ``axis`` is the output axis of a size in a product of sizes ``48 × 48``, else None.
    """

    what: What
    tensor: Tensor | None
    indices: tuple[str, ...]
    expr: Expr
    line: int
    axis: int | None = None


@dataclass(frozen=True)
class Context:
    """What a user says of a formula beside the formula itself."""

    definition: Definition
    what: str | None = None
    wrt: str | None = None
    roles: Mapping[str, str] | None = None
    sizes: Mapping[str, str] | None = None
    layout: Mapping[str, str] | None = None


def read_claims(box: Box, context: Context, base: Base) -> tuple[Claim, ...]:
    """The claims of a formula, one for each right side; MeaningError where something has no meaning."""
    symbols = _symbols(box, context)
    reader = Reader(symbols, base, dict(context.layout or {}))
    if context.what in ("output_size", "parameters"):
        return tuple(_size_claims(box, context.what, symbols))
    claims: list[Claim] = []
    head: tuple[What, Tensor, tuple[str, ...]] | None = None
    for number, left, right in sides(box):
        head = _head(left, reader, context) if left is not None else head
        if head is None:
            raise MeaningError("the formula has no left side that says what it defines")
        what, tensor, names = head
        indices = frozenset(name.removeprefix(INDEX) for name in names)
        start = reader.entries.base_of(tensor)
        expr = reader.expression(right, indices)
        if start:
            expr = substitute(expr, {name: Affine.of(name) + start for name in names})
        claims.append(_public(Claim(what, tensor, names, expr, number), context))
    return tuple(claims)


def _public(claim: Claim, context: Context) -> Claim:
    """The author's index names without their mark, primed where a size has the name already."""
    taken = set(context.definition.assumptions.lower)
    names: dict[str, str] = {}
    for marked in sorted({*claim.indices, *bound_names(claim.expr)}):
        if marked.startswith(INDEX):
            names[marked] = fresh(marked.removeprefix(INDEX), taken)
            taken.add(names[marked])
    indices = tuple(names[index] for index in claim.indices)
    return replace(claim, indices=indices, expr=rename(claim.expr, names))


def sides(box: Box) -> Iterator[tuple[int, list[Box] | None, list[Box]]]:
    """Line number, left side (None where a chain goes on) and right side of every equality."""
    lines = box.lines if isinstance(box, Display) else (box if isinstance(box, Line) else Line(None, None, box),)
    for number, line in enumerate(lines, start=1):
        parts = split(
            items_of(row(*(item for item in (line.left, line.relation, line.right) if item is not None))), EQUALS
        )
        if len(parts) == 1:
            yield number, None, parts[0]
        for position, right in enumerate(parts[1:]):
            yield number, (parts[0] or None) if position == 0 else None, _without_punctuation(right)


def _without_punctuation(items: list[Box]) -> list[Box]:
    while items and is_sign(items[-1], (",", ".", ";")):
        items = items[:-1]
    return items


def _size_claims(box: Box, what: What | str, symbols: Symbols) -> Iterator[Claim]:
    assert what in ("output_size", "parameters")
    arithmetic = Arithmetic(symbols, frozenset())
    axes = [at for at, axis in enumerate(symbols.definition.output.axes) if axis[0] == "O"]
    channels = [at for at, axis in enumerate(symbols.definition.output.axes) if axis[0] in "FC"]
    for number, left, right in sides(box):
        # H_out = (H - 1) × s is one size, but H_out × W_out = … and a bare 48 × 48 are one for each axis
        several = left is None or any(is_sign(item, (r"\times",)) for item in left)
        parts = split(right, (r"\times",)) if several else [right]
        places = {len(axes): axes, len(axes) + len(channels): [*axes, *channels]}.get(len(parts), [])
        if what == "output_size" and len(parts) > 1 and places:
            for axis, part in zip(places, parts, strict=True):
                yield Claim("output_size", None, (), arithmetic.scalar(part), number, axis)
        else:
            value: Scalar = arithmetic.scalar(right)
            yield Claim("output_size" if what == "output_size" else "parameters", None, (), value, number)


def _head(left: Sequence[Box], reader: Reader, context: Context) -> tuple[What, Tensor, tuple[str, ...]]:
    """What the left side defines."""
    item = left[0]
    parts = derivative_parts(item) if isinstance(item, Fraction) and len(left) == 1 else None
    if parts is not None:
        above, below = parts
        if len(above) != 1 or name_of(above[0]) not in reader.symbols.losses:
            raise MeaningError(f"{shown(*above)} is not known as the loss: say so in roles")
        entry = reader.entries.take(below, 0, _names_in(below))
        if entry is None or entry[1] != len(below) or entry[0].tensor.role in ("output", "upstream"):
            raise MeaningError(f"{shown(*below)} is no entry of an input, kernel, weight or bias of the layer")
        tensor = entry[0].tensor
        return "gradient", gradient_of(tensor), _free(entry[0].indices, reader.entries.base_of(tensor))
    convolved = _convolved(left, context.definition)
    if convolved is not None:
        positions = reader.entries.positions(context.definition.output, [convolved], _names_in([convolved]))
        start = reader.entries.base_of(context.definition.output)
        return "forward", context.definition.output, _free(positions, start)
    entry = reader.entries.take(left, 0, _names_in(left))
    if entry is None or entry[1] != len(left) or entry[0].tensor.role != "output":
        raise MeaningError(f"{shown(*left)} is neither an entry of the output nor a derivative of the loss")
    return "forward", entry[0].tensor, _free(entry[0].indices, reader.entries.base_of(entry[0].tensor))


def _convolved(left: Sequence[Box], definition: Definition) -> Box | None:
    """The indices of ``(I \\ast K)_{i,j}`` or ``(x * k)(r, c)``."""
    item = left[0]
    if len(left) == 1 and isinstance(item, Script) and isinstance(item.base, Fence) and item.sub is not None:
        return item.sub
    if len(left) == 2 and isinstance(item, Fence) and isinstance(left[1], Fence):
        return left[1].body
    return None


def _free(positions: Sequence[Affine], start: int) -> tuple[str, ...]:
    """The indices of the left side, one plain name for each axis."""
    written = [position + start for position in positions]
    names = tuple(str(form) for form in written)
    if any(not name.startswith(INDEX) or form != Affine.of(name) for name, form in zip(names, written, strict=True)):
        raise MeaningError("the left side must have plain indices, one name for each axis")
    if len(set(names)) != len(names):
        raise MeaningError("the left side has the same index twice")
    return names


def _names_in(boxes: Sequence[Box]) -> frozenset[str]:
    """Every name inside scripts and fences: on a left side they are indices."""
    found: set[str] = set()
    for box in boxes:
        name = written_name(box)
        if name is not None:
            found |= {name, *(letter for piece in letters(box) if (letter := name_of(piece)) is not None)}
        match box:
            case Script(base, sub, sup):
                found |= _names_in([part for part in (base, sub, sup) if part is not None])
            case Fence(_, body, _):
                found |= _names_in(items_of(body))
            case Row():
                found |= _names_in(items_of(box))
            case _:
                pass
    return frozenset(found)


def _symbols(box: Box, context: Context) -> Symbols:
    """The symbols, with the customary letters for what is not said otherwise."""
    definition = context.definition
    told = dict(context.roles or {})
    if context.wrt is not None:
        symbol = _differentiated(box)
        if symbol is not None:
            told.setdefault(symbol, _role_of(definition, context.wrt))
    plain = symbols_for(definition, told, context.sizes)
    roles = {tensor.role for name, tensor in plain.tensors.items() if name in {*map(str, told)}}
    for role, customary in GUESSES.items():
        for letter in customary:
            if letter not in plain.tensors and letter not in told and role not in roles and letter not in plain.losses:
                told.setdefault(letter, role)
    return symbols_for(definition, told, context.sizes)


def _role_of(definition: Definition, wrt: str) -> str:
    return next((tensor.role for tensor in definition.inputs if wrt in (tensor.name, tensor.role)), wrt)


def _differentiated(box: Box) -> str | None:
    """The symbol X of a left side ∂L/∂X."""
    for _, left, _ in sides(box):
        if left and isinstance(left[0], Fraction):
            parts = derivative_parts(left[0])
            if parts is not None and parts[1]:
                first = parts[1][0]
                return name_of(first.base if isinstance(first, Script) else first)
    return None
