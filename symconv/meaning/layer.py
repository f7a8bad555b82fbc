"""What a definition shows of its layer: stride, dilation and padding on each axis, and how its window moves."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.expr.nodes import Expr, Reduce
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses, walk
from symconv.index.affine import ONE, ZERO, Affine
from symconv.meaning.convolve import Window


@dataclass(frozen=True)
class Hyper:
    """Stride, dilation, padding in front, and the sizes, of a layer whose window moves over space.

    ``taps`` and ``places`` are the definition's own indices of a tap m and of an output i.
    """

    strides: tuple[Affine, ...]
    dilations: tuple[Affine, ...]
    before: tuple[Affine, ...]
    kernel: tuple[Affine, ...]
    outputs: tuple[Affine, ...]
    sizes: tuple[Affine, ...]
    taps: tuple[str, ...]
    places: tuple[str, ...]
    flipped: bool

    @property
    def forward(self) -> Window:
        """The window of the layer itself."""
        return Window(self.strides, self.dilations, self.before, self.outputs)

    def position(self, axis: int, place: Affine, tap: Affine) -> Affine:
        """Where an output reads the input by a tap: s·i + d·m − p; the kernel of a true convolution lies backwards."""
        step = self.kernel[axis] - 1 - tap if self.flipped else tap
        return self.strides[axis] * place + self.dilations[axis] * step - self.before[axis]

    def is_known(self, letter: str, number: int) -> bool | None:
        """Whether “with s = 2” is what the layer has anyway; None for a letter that is no customary hyperparameter."""
        forms = {"s": self.strides, "p": self.before, "d": self.dilations}.get(letter)
        return None if forms is None else all(form == Affine.of(number) for form in forms)

    @property
    def words(self) -> str:
        """What of stride, padding and dilation there is."""
        named = (("stride", self.strides, ONE), ("padding", self.before, ZERO), ("dilation", self.dilations, ONE))
        parts = [
            f"{word} {', '.join(map(str, dict.fromkeys(forms)))}" for word, forms, none in named if set(forms) != {none}
        ]
        return " and ".join(parts)


def hyper_of(definition: Definition) -> Hyper | None:
    """The hyperparameters that the definition's own read of its input shows; None for a layer without a window."""
    if not definition.inputs:
        return None
    entry = definition.inputs[0]
    read = next((node for node in accesses(definition.body) if node.tensor == entry), None)
    if read is None:
        return None
    spans = _taps(definition.body)
    axes = [at for at, kind in enumerate(entry.axes) if kind[0] == "S"]
    places = [index for index, kind in zip(definition.indices, definition.output.axes, strict=True) if kind[0] == "O"]
    outputs = [
        size for size, kind in zip(definition.output.shape, definition.output.axes, strict=True) if kind[0] == "O"
    ]
    strides, dilations, before, taps, sizes = [], [], [], [], []
    if not axes or len(axes) != len(places):
        return None
    flipped = False
    for at, place in zip(axes, places, strict=True):
        form = read.indices[at]
        tap = next((name for name in form.names() if name in spans), None)
        if tap is None or not form.is_affine_in(tap) or not form.is_affine_in(place):
            return None
        rest = form.without(place).without(tap)
        step, stride = form.coefficient(tap), form.coefficient(place)
        if any(value < 0 for _, value in step.terms) and all(value < 0 for _, value in step.terms):
            step, flipped = -step, True
            rest = rest - step * (spans[tap] - 1)
        if not stride.terms or rest.names() & {place, tap}:
            return None
        strides.append(stride)
        dilations.append(step)
        before.append(-rest)
        taps.append(tap)
        sizes.append(spans[tap])
    shapes = tuple(entry.shape[at] for at in axes)
    return Hyper(
        tuple(strides), tuple(dilations), tuple(before), tuple(sizes), tuple(outputs), shapes,
        tuple(taps), tuple(places), flipped,
    )  # fmt: skip


def _taps(body: Expr) -> dict[str, Affine]:
    """The indices bound from 0 to some size − 1, with that size."""
    found: dict[str, Affine] = {}
    for node in walk(body):
        for binder in getattr(node, "binders", ()):
            if binder.lo == ZERO and binder.hi is not None:
                found[binder.index] = binder.hi + 1
    return found


def reduction_of(definition: Definition) -> Reduce | None:
    """The maximum that a max pooling layer takes."""
    return definition.body if isinstance(definition.body, Reduce) else None
