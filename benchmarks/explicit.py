"""Both gradients of an H×H image with a 3×3 kernel as matrices of SymPy symbols, and their LaTeX.

Against SymPy differentiating the explicit loss entry by entry, and ``sympy.latex`` of the same matrices.
Run: ``python benchmarks/explicit.py`` (the peer takes about a minute at 32×32), or with sizes: ``… 8 16``.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import sympy

from symconv.forms.explicit import ExplicitForm, explicit
from symconv.forms.symbols import symbol_name, to_sympy_matrix
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv2d
from symconv.typeset.explicit_latex import latex_matrix
from symconv.typeset.presets import get_notation

OURS, PEER_LIMIT, GROWTH = 9, 32, (16, 32, 64)


def timed(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    seconds, result = [], None
    for _ in range(repeats):
        sympy.core.cache.clear_cache()
        gc.collect()
        gc.disable()  # as timeit does, for both sides
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
        gc.enable()
    return median(seconds), result


def forms(size: int) -> list[ExplicitForm]:
    op = Conv2d(kernel_size=3, input_size=size)
    return [explicit(derive(op, wrt)) for wrt in "KI"]


def ours(size: int) -> list[sympy.Matrix]:
    return [to_sympy_matrix(form) for form in forms(size)]


def peer(size: int) -> list[sympy.Matrix]:
    """The explicit loss, differentiated by every entry."""
    out = size - 2

    def symbols(name: str, n: int) -> sympy.Matrix:
        return sympy.Matrix(n, n, lambda a, b: sympy.Symbol(symbol_name((name, (a, b)))))

    image, kernel, upstream = symbols("I", size), symbols("K", 3), symbols(r"\delta", out)
    taps = [(m, n) for m in range(3) for n in range(3)]
    loss = sympy.Add(*[
        upstream[i, j] * sympy.Add(*[kernel[m, n] * image[i + m, j + n] for m, n in taps])
        for i in range(out) for j in range(out)
    ])  # fmt: skip
    return [matrix.applyfunc(lambda entry: sympy.diff(loss, entry)) for matrix in (kernel, image)]


def main(sizes: list[int]) -> None:
    notation = get_notation("default")
    print("gradients as matrices of SymPy symbols: symconv, SymPy's diff, factor")
    for size in sizes:
        mine, result = timed(lambda size=size: ours(size), OURS)
        theirs, expected = timed(lambda size=size: peer(size), 1 if size >= PEER_LIMIT else 3)
        same = all(a.expand() == b.expand() for a, b in zip(result, expected, strict=True))
        assert same, f"the gradients at {size} × {size} differ"
        print(f"  {size:2d} × {size:2d} {mine:10.4f} s {theirs:10.3f} s {theirs / mine:8.0f}")
    print("their LaTeX: symconv, sympy.latex, factor")
    for size in sizes:
        light, matrices = forms(size), ours(size)
        mine, _ = timed(lambda light=light: [latex_matrix(form, notation) for form in light], OURS)
        theirs, _ = timed(lambda matrices=matrices: [sympy.latex(matrix) for matrix in matrices], 3)
        print(f"  {size:2d} × {size:2d} {mine:10.4f} s {theirs:10.3f} s {theirs / mine:8.0f}")
    print("growth of the gradients: seconds, products, µs per product")
    for size in GROWTH:
        seconds, _ = timed(lambda size=size: ours(size), OURS)
        terms = 2 * 9 * (size - 2) ** 2
        print(f"  {size:2d} × {size:2d} {seconds:10.4f} s {terms:10d} {seconds / terms * 1e6:10.2f}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [8, 16, 32])
