"""Convolution in one, two and three dimensions (PyTorch's ``Conv1d`` … ``Conv3d``).

    O[f,i,j] = Σ_c Σ_m Σ_n K[f,c,m,n] · I[c, s·i + d·m − p, s·j + d·n − p] + b[f]

In g groups, output channel f belongs to group γ, f = γ·F/g + φ, and sees the input channels γ·C/g + c.
True convolution (``flip``) reads the kernel backwards: tap m meets position s·i + d·(k − 1 − m) − p.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal

from symconv.errors import SizeError
from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Sum, binder
from symconv.expr.tensor import Definition, Outside, Tensor
from symconv.index.affine import ONE, Affine
from symconv.index.domain import AtMost, Equal
from symconv.ops.axes import Axes, channel_sizes, spatial_sizes
from symconv.ops.operation import OUTPUT, TAP, Operation
from symconv.ops.padding import Padding, Pairs, read_padding
from symconv.ops.sizes import Ledger, Size, Sizes, spread, window_output

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
Bias = Literal[False, True, "channel", "entry"]
OUTSIDE: dict[str, Outside] = {"zeros": "zero", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


@dataclass(frozen=True)
class Convolution(Operation):
    """Cross-correlation of an input with a kernel, as neural networks use it.

    Sizes and hyperparameters are integers, names (``"s"``, ``"k_1"``), expressions (``"2k+1"``), SymPy expressions, or
    None for a fresh symbol. ``padding`` is one value, one per axis, a pair (before, after) per axis, or ``"same"``,
    ``"valid"``, ``"full"``. ``bias`` is one number per output channel, or ``"entry"`` for one per output entry.
    ``flip=True`` is true convolution. Channels are there when asked for (``channels=True``, or a number of
    channels or groups is given). Source: V. Dumoulin and F. Visin, arXiv:1603.07285; PyTorch's ``Conv2d``.
    """

    kernel_size: Sizes = None
    stride: Sizes = 1
    padding: Padding = 0
    dilation: Sizes = 1
    groups: Size = 1
    _: KW_ONLY
    in_channels: Size = None
    out_channels: Size = None
    channels: bool = False
    batch: bool = False
    bias: Bias = False
    padding_mode: PaddingMode = "zeros"
    flip: bool = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        rank, ledger = self.rank, Ledger(self.name)
        if self.padding_mode not in OUTSIDE:
            raise SizeError(
                f"padding_mode of {self.name} must be one of {', '.join(OUTSIDE)}, got {self.padding_mode!r}"
            )
        if self.bias not in (False, True, "channel", "entry"):
            raise SizeError(f"bias of {self.name} must be False, True, 'channel' or 'entry', got {self.bias!r}")
        sizes, kernel, stride, dilation = spatial_sizes(ledger, self, rank)
        spans = tuple(d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
        pads = read_padding(ledger, self.padding, rank, spans, stride)
        padding_fits(ledger, OUTSIDE[self.padding_mode], pads, sizes)
        given = spread(self.output_size, f"output_size of {self.name}", rank)
        out = tuple(
            window_output(ledger, axis + 1, given[axis], sizes[axis], spans[axis] + 1, stride[axis], *pads[axis])
            for axis in range(rank)
        )
        channels = channel_sizes(ledger, self)
        axes = Axes(rank, batch=self.batch, channels=channels is not None, ledger=ledger)
        has_channels = () if channels is None else (channels,)
        input_, kernel_, output = (
            axes.input(sizes, "I", *(c.into for c in has_channels), outside=OUTSIDE[self.padding_mode]),
            axes.kernel(kernel, "K", *((c.out, c.into_share) for c in has_channels)),
            axes.output(out, "O", *(c.out for c in has_channels)),
        )
        reads = tuple(
            stride[a] * Affine.of(OUTPUT[a])
            + (spans[a] - dilation[a] * Affine.of(TAP[a]) if self.flip else dilation[a] * Affine.of(TAP[a]))
            - pads[a][0]
            for a in range(rank)
        )
        taps = tuple(binder(TAP[a], kernel[a]) for a in range(rank))
        weights = Access(kernel_, tuple(map(Affine.of, kernel_.indices)))
        lead = axes.batch_index
        if channels is None:
            body: Expr = Sum(Mul((weights, Access(input_, (*lead, *reads)))), taps)
        elif channels.groups == ONE:
            body = Sum(
                Mul((weights, Access(input_, (*lead, Affine.of("c"), *reads)))), (binder("c", channels.into), *taps)
            )
        else:
            group, member = Affine.of(r"\gamma"), Affine.of(r"\phi")
            belongs = Bracket((Equal(Affine.of("f"), group * channels.out_share + member),))
            read = Access(input_, (*lead, group * channels.into_share + Affine.of("c"), *reads))
            inner = (binder(r"\gamma", channels.groups), binder(r"\phi", channels.out_share))
            body = Sum(Mul((belongs, weights, read)), (*inner, binder("c", channels.into_share), *taps))
        inputs: tuple[Tensor, ...] = (input_, kernel_)
        if self.bias:
            bias = axes.bias(output, per_entry=self.bias == "entry")
            inputs = (*inputs, bias)
            body = Add((body, Access(bias, tuple(map(Affine.of, bias.indices)))))
        return ledger.definition(output, body, inputs)


def padding_fits(ledger: Ledger, outside: Outside, pads: Pairs, sizes: tuple[Affine, ...]) -> None:
    """PyTorch's limits: reflection needs padding < size, wrapping around padding ≤ size."""
    room = {"reflect": 1, "circular": 0}.get(outside)
    if room is None:
        return
    words = "smaller than" if room else "at most"
    for pair, size in zip(pads, sizes, strict=True):
        for pad in dict.fromkeys(pair):
            ledger.require(
                AtMost(pad, size - room),
                f"padding of {ledger.owner} must be {words} the input size under {outside} padding: "
                "the padding is {0}, at most {1} is allowed",
            )


@dataclass(frozen=True)
class Conv1d(Convolution):
    """Convolution over one axis: I (C,W), K (F,C,k), O (F,O); see :class:`Convolution`.

    >>> Conv1d(kernel_size=3, stride=2, input_size=9).output_size
    (4,)
    """

    rank: ClassVar[int] = 1


@dataclass(frozen=True)
class Conv2d(Convolution):
    """Convolution over two axes: I (C,H,W), K (F,C,k1,k2), O (F,O1,O2); see :class:`Convolution`.

    >>> Conv2d(kernel_size=40, stride=2, in_channels=3, out_channels=12323, input_size=200).output_size
    (81, 81)
    """

    rank: ClassVar[int] = 2


@dataclass(frozen=True)
class Conv3d(Convolution):
    """Convolution over three axes: I (C,D,H,W), K (F,C,k1,k2,k3), O (F,O1,O2,O3); see :class:`Convolution`.

    >>> Conv3d(kernel_size=3, padding="same", input_size=(4, 5, 6)).output_size
    (4, 5, 6)
    """

    rank: ClassVar[int] = 3
