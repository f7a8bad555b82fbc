"""Where the author counts positions from: 0, 1, or the middle of the kernel; for each tensor and axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.expr.tensor import Tensor
from symconv.index.affine import ZERO, Affine, exact_div
from symconv.meaning.choices import Choices, Option
from symconv.meaning.names import key
from symconv.meaning.symbols import Symbols

Base = int | Mapping[str, int | Mapping[str, int]]
"""Where positions begin: everywhere, by symbol, or by symbol and axis (letters N, C, F, D, H, W)."""
Place = tuple[str, int]
"""A tensor's name and the number of its axis."""


@dataclass(frozen=True)
class Starts:
    """The first position of every axis, as far as it is known; ``evidence`` are lower limits of sums over an axis."""

    symbols: Symbols
    choices: Choices
    given: Base | None = None
    evidence: Mapping[Place, Affine] = field(default_factory=dict)

    def of(self, tensor: Tensor) -> tuple[Affine, ...]:
        """The first position of every axis; gradients are counted like the tensors they belong to."""
        return tuple(self._start(tensor, axis) for axis in range(tensor.rank))

    def _start(self, tensor: Tensor, axis: int) -> Affine:
        name = place_name(tensor)
        told = self._told(tensor, axis)
        if told is not None:
            return Affine.of(told)
        if isinstance(self.given, int):
            return Affine.of(self.given)
        found = self.evidence.get((name, axis))
        if found is not None:
            return found
        if self._centred(tensor, axis):
            return -exact_div(tensor.shape[axis] - 1, 2)
        return Affine.of(self._base(tensor.axes[axis][0] not in "SOK"))

    def _told(self, tensor: Tensor, axis: int) -> int | None:
        if not isinstance(self.given, Mapping):
            return None
        for symbol, start in self.given.items():
            meaning = self.symbols.meaning(key(symbol))
            if meaning is not None and place_name(tensor) in (place_name(meaning.low), place_name(meaning.high)):
                return start if isinstance(start, int) else start.get(axis_letter(tensor, axis))
        return None

    def _base(self, channel: bool) -> int:
        """0 or 1 for everything that nothing else is known of."""
        lows = {
            form.constant
            for (name, axis), form in self.evidence.items()
            if form.constant in (0, 1) and self._is_channel(name, axis) == channel
        }
        if channel and not lows:
            lows = {form.constant for form in self.evidence.values() if form.constant in (0, 1)}
        if len(lows) == 1:
            (low,) = lows
            assert low is not None
            self.choices.say(f"indices are counted from {low}")
            return low
        return self.choices.pick("base", [Option(n, f"indices are counted from {n}") for n in (0, 1)])

    def _is_channel(self, name: str, axis: int) -> bool:
        definition = self.symbols.definition
        for tensor in (*definition.inputs, definition.output):
            if tensor.name == name:
                return tensor.axes[axis][0] not in "SOK"
        return False

    def _centred(self, tensor: Tensor, axis: int) -> bool:
        """Whether an axis like one that is counted from its middle is counted from its middle too."""
        if tensor.axes[axis][0] not in "SOK":
            return False
        image = place_name(self.symbols.input) if self.symbols.definition.inputs else None
        return any(form.constant is None and name == image for (name, _), form in self.evidence.items())


def consistent(evidence: Mapping[Place, Affine], symbols: Symbols) -> dict[Place, Affine]:
    """The evidence for all spatial axes of a tensor; none where they would be counted from different numbers."""
    definition = symbols.definition
    kept = dict(evidence)
    for tensor in (*definition.inputs, definition.output):
        spatial = [(tensor.name, axis) for axis, kind in enumerate(tensor.axes) if kind[0] in "SOK"]
        numbers = {evidence[place].constant for place in spatial if place in evidence}
        if len(numbers) > 1 and numbers != {None}:
            kept = {place: form for place, form in kept.items() if place not in spatial}
        elif len(numbers) == 1 and None not in numbers:
            # the axes of one tensor are counted alike
            kept |= dict.fromkeys(spatial, next(evidence[place] for place in spatial if place in evidence))
    return kept


SPATIAL = {1: "WHL", 2: "HW", 3: "DHW"}


def axis_letter(tensor: Tensor, axis: int) -> str:
    """The letter of an axis in a layout: N, C, F, or D, H, W for space."""
    kind = tensor.axes[axis]
    rank = sum(each[0] in "SOK" for each in tensor.axes)
    return SPATIAL[rank][int(kind[1:]) - 1] if kind[0] in "SOK" else kind


def place_name(tensor: Tensor) -> str:
    """The name under which a tensor's positions are kept: a gradient is counted like its tensor."""
    return tensor.of or tensor.name


def from_zero(position: Affine, start: Affine) -> Affine:
    """The position counted from 0."""
    return position - start if start != ZERO else position
