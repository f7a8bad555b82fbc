"""Transposed convolution (PyTorch's ``ConvTranspose1d`` … ``ConvTranspose3d``): the adjoint of convolution.

    O[f,u,v] = Σ_c Σ_i Σ_j Σ_m Σ_n [u = s·i + d·m − p] [v = s·j + d·n − p] I[c,i,j] · K[c,f,m,n] + b[f]

The relation between positions is the convolution's, with the parts of input and output exchanged.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from symconv.errors import SizeError
from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ONE, Affine, extremum
from symconv.index.domain import AtMost, Equal
from symconv.ops.axes import Axes, channel_sizes, per_axis, spatial_sizes
from symconv.ops.convolution import Bias
from symconv.ops.operation import INPUT, OUTPUT, TAP, Operation
from symconv.ops.padding import Padding, read_padding
from symconv.ops.sizes import Ledger, Size, Sizes, spread


@dataclass(frozen=True)
class TransposedConvolution(Operation):
    """The adjoint of convolution with the same stride, padding and dilation: O = (H−1)s − 2p + d(k−1) + q + 1.

    q is ``output_padding``, smaller than the stride or the dilation. The kernel is (C, F/g, k…), as in PyTorch.
    Source: V. Dumoulin and F. Visin, arXiv:1603.07285, section 4; PyTorch's ``ConvTranspose2d``.
    """

    kernel_size: Sizes = None
    stride: Sizes = 1
    padding: Padding = 0
    output_padding: Sizes = 0
    groups: Size = 1
    dilation: Sizes = 1
    _: KW_ONLY
    in_channels: Size = None
    out_channels: Size = None
    channels: bool = False
    batch: bool = False
    bias: Bias = False
    input_size: Sizes = None
    output_size: Sizes = None

    def define(self) -> Definition:
        """See the module's formula."""
        rank, ledger = self.rank, Ledger(self.name)
        if self.bias not in (False, True, "channel", "entry"):
            raise SizeError(f"bias of {self.name} must be False, True, 'channel' or 'entry', got {self.bias!r}")
        sizes, kernel, stride, dilation = spatial_sizes(ledger, self, rank)
        spans = tuple(d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
        pads = read_padding(ledger, self.padding, rank, spans, stride)
        extra = per_axis(ledger, self.output_padding, "output_padding", "q", rank, minimum=0)
        given = spread(self.output_size, f"output_size of {self.name}", rank)
        out: list[Affine] = []
        for a in range(rank):
            ledger.require(
                AtMost(extra[a] + 1, extremum("max", [stride[a], dilation[a]])),
                f"output_padding of {self.name} must be smaller than the stride or the dilation: "
                "at least {0} is needed, the larger of the two is {1}",
            )
            size = (sizes[a] - 1) * stride[a] - pads[a][0] - pads[a][1] + spans[a] + extra[a] + 1
            ledger.require(
                AtMost(ONE, size),
                f"padding of {self.name} leaves nothing on spatial axis {a + 1}: "
                "the output size must be at least {0}, got {1}",
            )
            facts = (Affine.of("$O") - 1,)
            out.append(ledger.output(given[a], f"O_{a + 1}", f"output_{a + 1}", size, facts))
        channels = channel_sizes(ledger, self)
        axes = Axes(rank, batch=self.batch, channels=channels is not None, ledger=ledger)
        has_channels = () if channels is None else (channels,)
        input_ = axes.small(sizes, "I", *(c.into for c in has_channels))
        kernel_ = axes.kernel(kernel, "K", *((c.into, c.out_share) for c in has_channels), first="c")
        output = axes.output(tuple(out), "O", *(c.out for c in has_channels), large=True)
        relation = tuple(
            Equal(
                Affine.of(INPUT[a]),
                stride[a] * Affine.of(OUTPUT[a]) + dilation[a] * Affine.of(TAP[a]) - pads[a][0],
            )
            for a in range(rank)
        )
        inner = tuple(binder(OUTPUT[a], sizes[a]) for a in range(rank)) + tuple(
            binder(TAP[a], kernel[a]) for a in range(rank)
        )
        read = Access(input_, tuple(map(Affine.of, input_.indices)))
        weights = Access(kernel_, tuple(map(Affine.of, kernel_.indices)))
        if channels is not None and channels.groups != ONE:
            group, member, sibling = map(Affine.of, (r"\gamma", r"\phi", "c"))
            relation = (Equal(Affine.of("f"), group * channels.out_share + member), *relation)
            channel = group * channels.into_share + sibling
            read = Access(input_, (*axes.batch_index, channel, *read.indices[-rank:]))
            weights = Access(kernel_, (channel, member, *weights.indices[-rank:]))
            inner = (
                binder(r"\gamma", channels.groups),
                binder(r"\phi", channels.out_share),
                binder("c", channels.into_share),
                *inner,
            )
        elif channels is not None:
            inner = (binder("c", channels.into), *inner)
        body: Expr = Sum(Mul((Bracket(relation), read, weights)), inner)
        inputs: tuple[Tensor, ...] = (input_, kernel_)
        if self.bias:
            bias = axes.bias(output, per_entry=self.bias == "entry")
            inputs = (*inputs, bias)
            body = Add((body, Access(bias, tuple(map(Affine.of, bias.indices)))))
        return ledger.definition(output, body, inputs)


@dataclass(frozen=True)
class ConvTranspose1d(TransposedConvolution):
    """Transposed convolution over one axis; see :class:`TransposedConvolution`.

    >>> ConvTranspose1d(kernel_size=3, stride=2, output_padding=1, input_size=4).output_size
    (10,)
    """

    rank: ClassVar[int] = 1


@dataclass(frozen=True)
class ConvTranspose2d(TransposedConvolution):
    """Transposed convolution over two axes; see :class:`TransposedConvolution`.

    >>> ConvTranspose2d(kernel_size=4, stride=2, padding=1, input_size=(7, 8)).output_size
    (14, 16)
    """

    rank: ClassVar[int] = 2


@dataclass(frozen=True)
class ConvTranspose3d(TransposedConvolution):
    """Transposed convolution over three axes; see :class:`TransposedConvolution`.

    >>> ConvTranspose3d(kernel_size=2, stride=2, input_size=(2, 3, 4)).output_size
    (4, 6, 8)
    """

    rank: ClassVar[int] = 3
