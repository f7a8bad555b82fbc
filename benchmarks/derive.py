"""The gradients of a 2-D convolution with batch and channels at stride 2: symconv with steps against tensorgrad.

Run ``make bench``. The figures are medians of 9 in one process; symconv must be at least 10 times faster.
"""

from __future__ import annotations

import sys

import sympy
from tensorgrad import Derivative, Product, Variable
from tensorgrad.functions import Convolution
from tensorgrad.tensor import Tensor

import symconv as sc
from benchmarks.timing import seconds

REQUIRED = 10.0


def peer_loss() -> tuple[Tensor, Tensor, Tensor]:
    """⟨G, conv(X, K)⟩ in tensorgrad, and its two variables."""
    n, c, f, h, w, k, m, o, q = sympy.symbols("n c f h w k m o q")
    image = Variable("X", b=n, c=c, h=h, w=w)
    kernel = Variable("K", f=f, c=c, k=k, m=m)
    upstream = Variable("G", b=n, f=f, o=o, q=q)
    rows = Convolution(h=h, k=k, o=o, _stride=2)
    columns = Convolution(w=w, m=m, q=q, _stride=2)
    return Product([upstream, image, kernel, rows, columns]), image, kernel


def main() -> int:
    loss, image, kernel = peer_loss()
    op = sc.Conv2d(stride=2, channels=True, batch=True)
    _ = op.definition
    slow = 0
    print(f"{'':6}{'tensorgrad':>14}{'symconv':>14}{'ratio':>8}")
    for name, variable in (("K", kernel), ("X", image)):
        theirs = seconds(lambda v=variable: Derivative(loss, v).full_simplify())
        tensor = "I" if name == "X" else "K"
        ours = seconds(lambda t=tensor: sc.derive(op, t))
        ratio = theirs / ours
        slow += ratio < REQUIRED
        print(f"∂L/∂{name:2}{theirs * 1e3:11.2f} ms{ours * 1e3:11.2f} ms{ratio:7.1f}×")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
