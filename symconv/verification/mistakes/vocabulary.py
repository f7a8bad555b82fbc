"""What a diagnosis knows of a formula's symbols, in the user's own writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.typeset.layout import Box


@dataclass(frozen=True)
class TensorWord:
    """A tensor of the formula: how it is written, its role, and what each axis is, in the author's order.

    Axes are named as in :class:`symconv.expr.tensor.Tensor`: ``N``, ``C``, ``F``, ``S1``, ``O1``, ``K1``, …
    """

    symbol: Box
    role: str
    axes: tuple[str, ...]


@dataclass(frozen=True)
class AxisWords:
    """How the author writes the sizes of one spatial axis; None for a stride or dilation 1, a padding 0, and what is
    not known.
    """

    stride: Box | None = None
    padding: Box | None = None
    dilation: Box | None = None
    kernel: Box | None = None
    output: Box | None = None
    input: Box | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The tensors by key (:func:`symconv.meaning.names.key`), the sizes by axis and by letter, and the conventions.

    ``sizes`` gives the boxes of the channel counts and the batch size (``C``, ``F``, ``N``); ``known`` the keys of all
    sizes. ``base`` is where positions are counted from, ``flips`` whether the layer is a true convolution,
    ``pools`` whether it is a pooling layer.
    """

    tensors: Mapping[str, TensorWord] = field(default_factory=dict)
    axes: tuple[AxisWords, ...] = ()
    sizes: Mapping[str, Box] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset({"L"})
    base: int | Mapping[str, int] = 0
    flips: bool = False
    pools: bool = False

    @property
    def start(self) -> int:
        """Where most positions are counted from."""
        return self.base if isinstance(self.base, int) else max(self.base.values(), default=0)

    def word(self, *roles: str) -> TensorWord | None:
        """The first tensor of one of the roles."""
        return next((word for role in roles for word in self.tensors.values() if word.role == role), None)

    def size_of(self, axis: str) -> Box | None:
        """How many positions an axis has, as the author writes it."""
        if axis in self.sizes:
            return self.sizes[axis]
        if axis[1:].isdigit() and int(axis[1:]) <= len(self.axes):
            words = self.axes[int(axis[1:]) - 1]
            return {"S": words.input, "O": words.output, "K": words.kernel}.get(axis[0])
        return None
