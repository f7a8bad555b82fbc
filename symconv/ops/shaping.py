"""Layers that move entries: padding and flattening.

Pad:      O[a,b] = I[a − p₁, b − p₂], the entries outside being zero, a value, or read through a map
Flatten:  O[q] = Σ_c Σ_i Σ_j [q = (c·H + i)·W + j] I[c,i,j]
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from typing import Literal

from symconv.errors import SizeError
from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Scalar, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import AtMost, Equal, Guard
from symconv.ops.axes import Axes, Forms
from symconv.ops.convolution import OUTSIDE, padding_fits
from symconv.ops.operation import BATCH, INPUT_SIZES, OUTPUT, Operation
from symconv.ops.padding import WORDS, Padding, Pairs, read_padding
from symconv.ops.sizes import Ledger, Size, Sizes, spread

PadMode = Literal["zeros", "constant", "reflect", "replicate", "circular"]


def _input_sizes(ledger: Ledger, value: Sizes, rank: int) -> Forms:
    if rank not in INPUT_SIZES:
        raise SizeError(f"dims of {ledger.owner} must be 1, 2 or 3, got {rank!r}")
    roles = tuple(f"input_{axis}" for axis in range(1, rank + 1))
    return ledger.per_axis(value, "input_size", rank, defaults=INPUT_SIZES[rank], roles=roles)


@dataclass(frozen=True)
class Pad(Operation):
    """Pads the spatial axes: zeros, a constant ``value``, or the maps reflect, replicate and circular.

    ``padding`` is one value, one per axis, a pair (before, after) per axis, or PyTorch's flat list, the last axis
    first; ``dims`` is the number of spatial axes.

    >>> Pad(padding=((1, 2), 0), input_size=(4, 5)).output_size
    (7, 5)
    """

    padding: Padding = None
    mode: PadMode = "zeros"
    value: int | float | Fraction = 0
    _: KW_ONLY
    dims: int = 2
    in_channels: Size = None
    channels: bool = False
    batch: bool = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        ledger, rank = Ledger(self.name), self.dims
        modes = {**OUTSIDE, "constant": OUTSIDE["zeros"]}
        if self.mode not in modes:
            raise SizeError(f"mode of {self.name} must be one of {', '.join(modes)}, got {self.mode!r}")
        sizes = _input_sizes(ledger, self.input_size, rank)
        if isinstance(self.padding, str) and self.padding in WORDS:
            raise SizeError(f"padding of {self.name} has no kernel to fit: give a number, a name or pairs")
        pads = read_padding(ledger, self.padding, rank, (ZERO,) * rank, (ONE,) * rank, flat=True)
        padding_fits(ledger, modes[self.mode], pads, sizes)
        given = spread(self.output_size, f"output_size of {self.name}", rank)
        out = tuple(
            ledger.output(given[a], f"O_{a + 1}", f"output_{a + 1}", sizes[a] + pads[a][0] + pads[a][1], ())
            for a in range(rank)
        )
        channel: Forms = ()
        if self.channels or self.in_channels is not None:
            channel = (ledger.read(self.in_channels, "in_channels", default="C", role="in_channels"),)
        axes = Axes(rank, batch=self.batch, channels=bool(channel), ledger=ledger)
        input_ = axes.input(sizes, "I", *channel, outside=modes[self.mode])
        output = axes.output(out, "O", *channel, index="c")
        space = tuple(Affine.of(OUTPUT[a]) - pads[a][0] for a in range(rank))
        lead = tuple(map(Affine.of, output.indices[: output.rank - rank]))
        body: Expr = Access(input_, (*lead, *space))
        if self._exact_value() != 0:
            body = Add((body, *self._constant(ledger, space, sizes, pads)))
        return ledger.definition(output, body, (input_,))

    def _exact_value(self) -> Fraction:
        """The constant as the fraction that its decimal digits say."""
        try:
            return Fraction(str(self.value))
        except ValueError:
            raise SizeError(f"value of {self.name} must be a finite number, got {self.value!r}") from None

    def _constant(self, ledger: Ledger, space: Forms, sizes: Forms, pads: Pairs) -> tuple[Expr, ...]:
        """``value · (1 − [inside])``."""
        if self.mode not in ("zeros", "constant"):
            raise SizeError(f"value of {ledger.owner} has no meaning under mode {self.mode!r}: use mode 'constant'")
        value = self._exact_value()
        top, bottom = Affine.of(value.numerator), Affine.of(value.denominator)
        inside: tuple[Guard, ...] = tuple(
            guard
            for position, size, pair in zip(space, sizes, pads, strict=True)
            if pair != (ZERO, ZERO)
            for guard in (AtMost(ZERO, position), AtMost(position, size - 1))
        )
        return (Scalar(top, bottom), Mul((Scalar(-top, bottom), Bracket(inside)))) if inside else ()


@dataclass(frozen=True)
class Flatten(Operation):
    """Flattens channels and space into one axis, row-major; the batch axis stays (PyTorch's ``Flatten``).

    >>> Flatten(in_channels=3, input_size=(4, 5)).tensors["O"].shape[0].constant
    60
    """

    dims: int = 2
    _: KW_ONLY
    in_channels: Size = None
    channels: bool = False
    batch: bool = False
    input_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        ledger, rank = Ledger(self.name), self.dims
        sizes = _input_sizes(ledger, self.input_size, rank)
        channel: Forms = ()
        if self.channels or self.in_channels is not None:
            channel = (ledger.read(self.in_channels, "in_channels", default="C", role="in_channels"),)
        axes = Axes(rank, batch=self.batch, channels=bool(channel), ledger=ledger)
        input_ = axes.input(sizes, "I", *channel)
        names = input_.indices[: input_.rank - rank] + OUTPUT[:rank]
        inner = names[len(axes.batch_index) :]
        shape = input_.shape[len(axes.batch_index) :]
        position, length = ZERO, ONE
        for name, size in zip(inner, shape, strict=True):
            position, length = position * size + Affine.of(name), length * size
        lead = input_.shape[: len(axes.batch_index)]
        batch = (BATCH,) if self.batch else ()
        output = Tensor("O", "output", (*lead, length), (*batch, "q"), (*(("N",) if batch else ()), "O1"))
        read = Access(input_, tuple(map(Affine.of, names)))
        relation = Bracket((Equal(Affine.of("q"), position),))
        body = Sum(Mul((relation, read)), tuple(map(binder, inner, shape)))
        return ledger.definition(output, body, (input_,))
