"""The window of a layer that moves over its input: which one is meant, what lies in it, where its maximum is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.expr.nodes import Bracket, Expr, Mul, Reduce, Winner
from symconv.expr.walk import substitute
from symconv.index.affine import ONE, ZERO, Affine, exact_div
from symconv.index.domain import AtMost, Divides, Guard
from symconv.meaning.arithmetic import Scope
from symconv.meaning.context import State
from symconv.meaning.errors import MeaningError
from symconv.meaning.layer import hyper_of, reduction_of
from symconv.meaning.names import key, letters
from symconv.meaning.prose import words
from symconv.meaning.rows import items_of, split
from symconv.meaning.starts import from_zero
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Script, Symbol, Text

LONGEST = 3
"""Letters of an abbreviation."""
WINDOWS = words("window win patch pool region field area block neighborhood neighbourhood support")
ACCENTED = tuple(
    rf"\{each}" for each in words("bar overline hat tilde widehat widetilde neg not complement emptyset varnothing")
)


def window_index(state: State, items: Sequence[Box], scope: Scope) -> tuple[Affine, ...] | None:
    """The output position k, l of a window that is written ``\\Omega(k,l)`` or ``\\mathrm{window}_{k,l}``, from 0."""
    if not items:
        return None
    box = items[0]
    body: Box | None = None
    if len(items) == 2 and isinstance(items[1], Fence) and isinstance(box, (Symbol, Text)):
        body = items[1].body
    elif len(items) == 1 and isinstance(box, Script) and box.sup is not None:
        return None
    elif len(items) == 1 and isinstance(box, Script) and box.sub is not None and isinstance(box.base, (Symbol, Text)):
        if state.symbols.meaning(key(write_latex(box.base))) is not None:
            return None
        body = box.sub
    elif len(items) == 1 and isinstance(box, Script) and isinstance(box.base, (Symbol, Text)):
        return None
    base = box.base if isinstance(box, Script) else box
    if not _names_window(base):
        return None
    if body is None or (isinstance(box, Symbol) and state.symbols.meaning(key(write_latex(box))) is not None):
        return None
    hyper = hyper_of(state.symbols.definition)
    if hyper is None:
        return None
    parts = [part for part in split(items_of(body), (",",)) if part]
    if len(parts) == 1 and len(hyper.places) > 1:
        parts = [[letter] for item in parts[0] for letter in letters(item)]
    if len(parts) != len(hyper.places):
        return None
    start = spatial_start(state, output=True)
    arithmetic = state.arithmetic(scope)
    return tuple(from_zero(arithmetic.form(part), s) for part, s in zip(parts, start, strict=True))


def _names_window(base: Box) -> bool:
    """Whether the name may be that of a window: a letter such as Ω or R, or a word for it."""
    if isinstance(base, Text):
        word = base.text.strip().lower()
        return len(word) <= LONGEST or word in WINDOWS
    return isinstance(base, Symbol) and not base.name.startswith(ACCENTED)


def spatial_start(state: State, output: bool = False) -> tuple[Affine, ...]:
    """Where positions of the input or the output are counted from."""
    definition = state.symbols.definition
    tensor = definition.output if output else definition.inputs[0]
    starts = state.starts.of(tensor)
    return tuple(start for start, kind in zip(starts, tensor.axes, strict=True) if kind[0] in "SO")


def in_window(state: State, out: Sequence[Affine], positions: Sequence[Affine]) -> Iterator[Guard]:
    """That input positions belong to the window of an output position."""
    hyper = hyper_of(state.symbols.definition)
    if hyper is None or len(positions) != len(hyper.places):
        raise MeaningError("this layer has no window over its input")
    for at, (place, position) in enumerate(zip(out, positions, strict=True)):
        offset = position - hyper.strides[at] * place + hyper.before[at]
        yield AtMost(ZERO, offset)
        yield AtMost(offset, hyper.dilations[at] * (hyper.kernel[at] - 1))
        if hyper.dilations[at] != ONE:
            yield Divides(hyper.dilations[at], offset)


def winner_at(state: State, out: Sequence[Affine], positions: Sequence[Affine]) -> Expr:
    """The share of an input position in the maximum of the layer's window at an output position."""
    definition = state.symbols.definition
    hyper, body = hyper_of(definition), reduction_of(definition)
    if hyper is None or body is None:
        raise MeaningError("this layer takes no maximum")
    channels = {index: state_form for index, kind, state_form in _channel_positions(state) if kind[0] not in "SO"}
    places = dict(zip(hyper.places, out, strict=True))
    window = substitute(body, {**channels, **places})
    assert isinstance(window, Reduce)
    at: list[Affine] = []
    guards: list[Guard] = []
    for axis, position in enumerate(positions):
        offset = position - hyper.strides[axis] * out[axis] + hyper.before[axis]
        if hyper.dilations[axis] != ONE:
            guards.append(Divides(hyper.dilations[axis], offset))
            offset = exact_div(offset, hyper.dilations[axis])
        at.append(offset)
    winner = Winner(window, tuple(at))
    return Mul((Bracket(tuple(guards)), winner)) if guards else winner


def _channel_positions(state: State) -> Iterator[tuple[str, str, Affine]]:
    """The sample and channel of the window: those of the entry that the formula defines."""
    definition = state.symbols.definition
    for index, kind in zip(definition.indices, definition.output.axes, strict=True):
        if kind[0] not in "SO":
            form = state.channels.get(kind)
            if form is None:
                raise MeaningError("it is not clear which channel the window belongs to")
            yield index, kind, form
