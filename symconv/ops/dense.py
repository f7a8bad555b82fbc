"""The fully connected layer (PyTorch's ``Linear``): y[i] = Σ_j W[i,j] · x[j] + b[i]."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from symconv.errors import SizeError
from symconv.expr.nodes import Access, Add, Expr, Mul, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine
from symconv.ops.operation import BATCH, Operation
from symconv.ops.sizes import Ledger, Size


@dataclass(frozen=True)
class Dense(Operation):
    """y = W x + b with W (m,n), x (n,), b (m,), y (m,); ``batch`` adds N in front of x and y.

    ``input_size`` and ``output_size`` are other names of ``in_features`` and ``out_features``.

    >>> Dense(3, 2).tensors["W"].shape[0].constant
    2
    """

    in_features: Size = None
    out_features: Size = None
    _: KW_ONLY
    bias: bool = False
    batch: bool = False
    input_size: Size = None
    output_size: Size = None

    def define(self) -> Definition:
        """See the module's formula."""
        ledger = Ledger(self.name)
        width = ledger.read(self._either("in_features", "input_size"), "in_features", default="n", role="in_features")
        height = ledger.read(
            self._either("out_features", "output_size"), "out_features", default="m", role="out_features"
        )
        lead = (ledger.read(None, "batch", default="N", role="batch"),) if self.batch else ()
        names = (BATCH,) if self.batch else ()
        kinds = ("N",) if self.batch else ()
        row, column, sample = Affine.of("i"), Affine.of("j"), tuple(map(Affine.of, names))
        x = Tensor("x", "input", (*lead, width), (*names, "j"), (*kinds, "C"))
        weight = Tensor("W", "weight", (height, width), ("i", "j"), ("F", "C"))
        y = Tensor("y", "output", (*lead, height), (*names, "i"), (*kinds, "F"))
        body: Expr = Sum(Mul((Access(weight, (row, column)), Access(x, (*sample, column)))), (binder("j", width),))
        inputs: tuple[Tensor, ...] = (x, weight)
        if self.bias:
            b = Tensor("b", "bias", (height,), ("i",), ("F",))
            inputs = (*inputs, b)
            body = Add((body, Access(b, (row,))))
        return ledger.definition(y, body, inputs)

    def _either(self, name: str, other: str) -> Size:
        first, second = vars(self)[name], vars(self)[other]
        if first is not None and second is not None and first != second:
            raise SizeError(f"{name} and {other} of {self.name} are one size, got {first} and {second}")
        return second if first is None else first


Linear = Dense
