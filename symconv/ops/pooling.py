"""Pooling (PyTorch's ``MaxPool``, ``AvgPool`` and ``LPPool`` in one, two and three dimensions).

    max:      O[c,i,j] = max over the window of I[c, s·i + d·m − p, s·j + d·n − p], padding never wins
    average:  O[c,i,j] = 1/(k₁k₂) · Σ_m Σ_n I[c, s·i + m − p, s·j + n − p]
    L_q:      O[c,i,j] = (Σ_m Σ_n I[c, s·i + m, s·j + n]^q)^(1/q), the “square-root pooling” for q = 2

A stride left open is the kernel size, as in PyTorch.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from symconv.errors import SizeError
from symconv.expr.nodes import UNIT, Expr, Mul, Pow, Reduce, Scalar, Sum, Ties, number
from symconv.expr.tensor import Definition
from symconv.index.affine import ONE, ZERO, Affine
from symconv.index.domain import AtMost, Guard
from symconv.ops.operation import Operation
from symconv.ops.padding import Padding
from symconv.ops.sizes import Size, Sizes
from symconv.ops.window import Window, entries, pooling_window
from symconv.rewrite.normal import reduced


@dataclass(frozen=True)
class MaxPooling(Operation):
    """Max pooling. ``ties`` is the rule for the gradient where several entries of a window are largest.

    ``first`` in row-major order (PyTorch's rule), ``split`` evenly, or ``all`` get the upstream gradient.
    The padding must be at most half of the (dilated) kernel; padded entries never win.
    """

    kernel_size: Sizes = None
    stride: Sizes = None
    padding: Padding = 0
    dilation: Sizes = 1
    ceil_mode: bool = False
    _: KW_ONLY
    ties: Ties = "first"
    in_channels: Size = None
    out_channels: Size = None
    channels: bool = False
    batch: bool = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        if self.ties not in ("first", "split", "all"):
            raise SizeError(f"ties of {self.name} must be 'first', 'split' or 'all', got {self.ties!r}")
        window = pooling_window(self, padding=self.padding, dilation=self.dilation)
        guards: list[Guard] = []
        for read, size, pair in zip(window.reads, window.sizes, window.pads, strict=True):
            if pair[0] != ZERO:
                guards.append(AtMost(ZERO, read))
            if pair[1] != ZERO or self.ceil_mode:
                guards.append(AtMost(read, size - 1))
        body = Reduce("max", window.read, window.taps, tuple(guards), self.ties)
        return window.ledger.definition(window.output, body, (window.input,))


@dataclass(frozen=True)
class AveragePooling(Operation):
    """Average pooling: the window's sum over the number of its entries.

    The number is k₁k₂; under ``ceil_mode`` only the entries of the padded input count, with
    ``count_include_pad=False`` only those of the input itself; ``divisor_override`` fixes it.
    """

    kernel_size: Sizes = None
    stride: Sizes = None
    padding: Padding = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: Size = None
    _: KW_ONLY
    in_channels: Size = None
    out_channels: Size = None
    channels: bool = False
    batch: bool = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        window = pooling_window(self, padding=self.padding)
        body = Mul((Scalar(ONE, self._divisor(window)), Sum(window.read, window.taps)))
        return window.ledger.definition(window.output, body, (window.input,))

    def _divisor(self, window: Window) -> Affine:
        if self.divisor_override is not None:
            return window.ledger.read(self.divisor_override, "divisor_override", default="D", role="divisor")
        return entries(window, include_pad=self.count_include_pad, clipped=self.ceil_mode)


@dataclass(frozen=True)
class PowerPooling(Operation):
    """L_q pooling: the q-th root of the window's sum of q-th powers, for q ≥ 1 (PyTorch's ``norm_type``).

    Under ``ceil_mode`` a clipped window is scaled up to the full number of entries, as PyTorch does. For odd q
    the sum must be positive, or the root is not a real number.
    """

    norm_type: Size = 2
    kernel_size: Sizes = None
    stride: Sizes = None
    ceil_mode: bool = False
    _: KW_ONLY
    in_channels: Size = None
    out_channels: Size = None
    channels: bool = False
    batch: bool = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        window = pooling_window(self, padding=0)
        norm = window.ledger.read(self.norm_type, "norm_type", default="q", role="norm")
        powers = window.read if norm == ONE else Pow(window.read, Scalar(norm))
        total: Expr = Sum(powers, window.taps)
        if self.ceil_mode:
            full = number(1)
            for size in window.kernel:
                full = number(full.num * size)
            scale = reduced(full.num, entries(window, include_pad=True, clipped=True))
            total = total if scale == UNIT else Mul((scale, total))
        body = total if norm == ONE else Pow(total, Scalar(ONE, norm))
        return window.ledger.definition(window.output, body, (window.input,))
