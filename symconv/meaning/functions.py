"""Functions of whole arrays by their names: rot180, flip, vec, diag, dil, pad, conv."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symconv.expr.nodes import Access
from symconv.index.affine import Affine
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, Digit
from symconv.meaning.choices import Option
from symconv.meaning.context import Read, State
from symconv.meaning.convolve import Window, check_space, dilated, padded, rotated, slide, spatial
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import is_transpose, key
from symconv.meaning.operators import Operator, convolved, kind_of, told
from symconv.meaning.rows import items_of, split
from symconv.meaning.whole import about_origin, of_position, widened
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Script, Symbol, Text

_DEGREES = re.compile(r"[_^]?\(?180(\^?\\circ|°)?\)?")
_WORDS = re.compile(r"[a-z]+")
CONVOLUTIONS = frozenset(
    {"conv", "convolve", "convolution", "corr", "xcorr", "correlate", "correlation", "crosscorrelation"}
)
ADJECTIVES = frozenset({"full", "valid", "same", "cross", "d"})
_STRIDE = re.compile(r"stride=?(\d+)")


@dataclass(frozen=True)
class Function:
    """A function's plain name and what is written below and above it."""

    name: str
    sub: Box | None = None
    sup: Box | None = None
    words: frozenset[str] = frozenset()


NAMES = {
    "rot": "rot180", "rot180": "rot180", "rotate180": "rot180", "flip": "rot180", "rotate": "rot180",
    "vec": "vec", "diag": "diag", "dil": "dil", "dilate": "dil", "pad": "pad", "conv": "conv", "conv2": "conv",
    "conv2d": "conv", "im2row": "im2row", "im2col": "im2col", "unroll": "im2row", "unfold": "im2row", "phi": "im2row",
    "varphi": "im2row", "prod": "prod", "tr": "trace", "sum": "sum",
}  # fmt: skip


def function_of(box: Box) -> Function | None:
    """The function that a box names."""
    sub, sup = (box.sub, box.sup) if isinstance(box, Script) else (None, None)
    box = box.base if isinstance(box, Script) else box
    if not isinstance(box, (Symbol, Text)) or (isinstance(box, Symbol) and box.primes):
        return None
    written = key(write_latex(box))
    found = function_name(written)
    return None if found is None else Function(found, sub, sup, words_of(written))


def function_name(written: str) -> str | None:
    """The plain name of a function, by the key of its symbol."""
    written = written.lstrip("\\").replace("operatorname", "").lower()
    found = NAMES.get(_DEGREES.sub("", written) if "180" in written else written)
    if found is not None:
        return found
    words = set(_WORDS.findall(written.replace("\\_", "_")))
    return "conv" if words & CONVOLUTIONS and words <= CONVOLUTIONS | ADJECTIVES else None


def words_of(written: str) -> frozenset[str]:
    """The words of a function's name, such as full and convolution."""
    return frozenset(_WORDS.findall(written.lower()))


def apply(state: State, read: Read, function: Function, argument: Box, scope: Scope) -> Array:
    """The function of its argument in brackets."""
    algebra = state.algebra
    _check_scripts(function)
    parts = [part for part in split(items_of(argument), (",",)) if part]
    if function.name in ("conv", "prod"):
        return _several(state, read, function, parts, scope)
    if function.name == "pad" and len(parts) > 1:
        pads = [state.arithmetic(scope).form(part) for part in parts[1:]]
        return _padded(state, read(parts[0], scope), pads)
    values = [read(part, scope) for part in parts]
    if len(values) != 1:
        raise MeaningError(f"{function.name} takes one array, here are {len(values)}: {shown(argument)}", argument)
    (value,) = values
    match function.name:
        case "im2row" | "im2col":
            rows = unrolled(state, value)
            return rows if function.name == "im2row" else algebra.transpose(rows)
        case "rot180":
            return _rotated(state, value)
        case "vec":
            order = "column" if value.rank < 2 else _said_order(function.sub) or vec_order(state)
            return algebra.vec(value, order)
        case "diag":
            return algebra.diagonal(value)
        case "sum":
            return algebra.total(value)
        case "dil":
            return dilated(algebra, value, _fitting(value, _sizes(state, function.sub, scope)))
        case "pad":
            return _padded(state, value, _sizes(state, function.sub, scope))
        case _:
            raise MeaningError(f"the function {function.name} is not understood")


def _check_scripts(function: Function) -> None:
    """That nothing stands above or below a function's name that would change its meaning.

    Errors: :class:`MeaningError` for a script that is not understood there.
    """
    scripts = [each for each in (function.sub, function.sup) if each is not None and not is_transpose(each)]
    if function.name == "rot180":
        scripts = [each for each in scripts if "180" not in key(write_latex(each)) or not _is_angle(each)]
    elif function.name in ("vec", "dil", "pad"):
        scripts = [each for each in scripts if each is not function.sub]
    elif function.name == "conv":
        scripts = []
    if scripts:
        raise MeaningError(f"{shown(scripts[0])} at {function.name} is not understood", scripts[0])


def _is_angle(box: Box) -> bool:
    return _DEGREES.fullmatch(key(write_latex(box))) is not None


def _fitting(value: Array, sizes: Sequence[Affine]) -> Sequence[Affine]:
    """One size for all axes of space, or one for each."""
    axes = len(spatial(value))
    if len(sizes) not in (1, axes):
        raise MeaningError(f"one size or one for each axis of space is needed: here are {len(sizes)} for {axes}")
    return sizes


def _padded(state: State, value: Array, pads: Sequence[Affine]) -> Array:
    pads = _fitting(value, pads)
    each = [pads[min(at, len(pads) - 1)] for at in range(len(spatial(value)))]
    return padded(state.algebra, value, each, each)


def _rotated(state: State, value: Array) -> Array:
    """rot180 of an array, or of an entry whose indices only name it."""
    value = widened(state, value)
    value = value if value.rank else of_position(state, value)
    if not value.rank:
        raise MeaningError("rot180 turns an array, not a number")
    check_space(value, "rot180")
    turned = state.choices.pick(
        "rot180", [Option(False), Option(True, "rot180 turns about the origin: position i goes to −i")]
    )
    return about_origin(value) if turned else rotated(state.algebra, value)


def unrolled(state: State, value: Array) -> Array:
    """φ(X): a row for each output position, a column for each tap (and input channel); Y = φ(X)·F."""
    definition = state.symbols.definition
    hyper, body = hyper_of(definition), value.body
    if hyper is None or not isinstance(body, Access) or body.tensor != state.symbols.input:
        raise MeaningError("the matrix of windows is that of a layer's input")
    order = vec_order(state)
    rows = [Digit(state.algebra.fresh(), size, f"O{at + 1}") for at, size in enumerate(hyper.outputs)]
    taps = [Digit(state.algebra.fresh(), size, f"K{at + 1}") for at, size in enumerate(hyper.kernel)]
    entry, position = body.tensor, list(body.indices)
    channels = [digit for digit in value.digits if digit.kind[0] not in "SO"]
    axes = [axis for axis, kind in enumerate(entry.axes) if kind[0] == "S"]
    for at, axis in enumerate(axes):
        position[axis] = hyper.position(at, Affine.of(rows[at].index), Affine.of(taps[at].index))
    samples = [digit for digit in channels if digit.kind == "N"]
    columns = [*(digit for digit in channels if digit.kind != "N"), *taps]
    if order == "column":
        rows, columns = rows[::-1], columns[::-1]
    return Array(((*samples, *rows), tuple(columns)), Access(entry, tuple(position)))


def _said_order(sub: Box | None) -> str:
    if sub is None:
        return ""
    word = key(write_latex(sub)).lower()
    order = "row" if word in ("r", "row", "rows") else "column" if word in ("c", "col", "column", "columns") else ""
    if not order:
        raise MeaningError(f"vec with {shown(sub)} below it is neither by columns (c) nor by rows (r)", sub)
    return order


def vec_order(state: State) -> str:
    """Whether vec goes column by column or row by row."""
    return state.choices.pick(
        "vec",
        [
            Option("column", "vec goes column by column"),
            Option("row", "vec goes row by row"),
        ],
    )


def _sizes(state: State, sub: Box | None, scope: Scope) -> list[Affine]:
    if sub is None:
        raise MeaningError("the function needs a size below it")
    return [state.arithmetic(scope).form(part) for part in split(items_of(sub), (",",))]


def _several(state: State, read: Read, function: Function, parts: Sequence[Sequence[Box]], scope: Scope) -> Array:
    """``conv2(δ, rot180(k), 'full')``, ``Conv_{valid}(x, k)``, ``prod(∂J/∂o, ∂o/∂h)``."""
    from symconv.meaning.operators import combine

    words = [key(write_latex(part[0])).strip("'’‘\"") for part in parts[2:] if len(part) == 1]
    if len(parts) < 2 or any(word not in ("full", "valid", "same") for word in words):
        raise MeaningError(f"{function.name} takes two arrays, and perhaps full, valid or same")
    left, right = (read(part, scope) for part in parts[:2])
    if function.name == "prod":
        return combine(state, None, left, right)
    labels = [key(write_latex(each)) for each in (function.sub, function.sup) if each is not None]
    mode = next((word for word in (*words, *labels, *function.words) if word in ("full", "valid", "same")), "")
    correlates = any("corr" in word for word in function.words)
    # MATLAB's conv2(…, 'full') flips; the word “convolution” is used for both
    said = told(state.infix, "conv") or ("correlation" if correlates else "convolution" if words else "")
    unknown = [label for label in labels if label not in ("full", "valid", "same") and not _STRIDE.fullmatch(label)]
    if unknown:
        raise MeaningError(f"{unknown[0]} at {function.name} is none of full, valid, same and a stride")
    steps = [int(found[1]) for label in labels if (found := _STRIDE.search(label))]
    if steps and steps[0] > 1:
        return _strided(state, said, steps[0], left, right)
    return convolved(state, Operator("conv", mode), said, left, right)


def _strided(state: State, said: str, step: int, left: Array, right: Array) -> Array:
    """``Conv^{stride2}``: the valid convolution of arrays of given sizes, at every second position."""
    kind = kind_of(state, Operator("conv"), said)
    sizes = [(a[0].size, b[0].size) for a, b in zip(spatial(left), spatial(right), strict=True)]
    outputs = [Affine.of((n.constant - k.constant) // step + 1) for n, k in sizes if n.constant and k.constant]
    if len(outputs) != len(sizes):
        raise MeaningError("a stride at conv is understood for arrays of given sizes only")
    ones = tuple(Affine.of(1) for _ in sizes)
    window = Window(tuple(Affine.of(step) for _ in sizes), ones, tuple(Affine.of(0) for _ in sizes), tuple(outputs))
    return slide(state.algebra, left, right, kind, window)


def argument_after(items: Sequence[Box], at: int) -> Box | None:
    """The bracket behind a function's name."""
    if at < len(items):
        item = items[at]
        if isinstance(item, Fence) and item.open in ("(", "{", "["):
            return item.body
    return None
