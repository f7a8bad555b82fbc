"""The backward pass of VGG-16's convolutions: symconv's array code against PyTorch on the CPU, in one process.

Usage: ``python benchmarks/compiled.py [--batch N] [--threads N] [--repeat N] [--layers 1,2,…]``
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from symconv.compiled.arrays import run
from symconv.compiled.plan import plan
from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv2d

# (input channels, output channels, height and width), the distinct layers of arXiv:1409.1556, configuration D
LAYERS = [
    (3, 64, 224),
    (64, 64, 224),
    (64, 128, 112),
    (128, 128, 112),
    (128, 256, 56),
    (256, 256, 56),
    (256, 512, 28),
    (512, 512, 28),
    (512, 512, 14),
]


def alternate(functions: list[Callable[[], object]], repeat: int) -> list[float]:
    """Median seconds of each function, run in turn, after one unmeasured run of each."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(repeat + 1):
        for function, found in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if turn:
                found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def measure(channels: int, filters: int, size: int, batch: int, repeat: int) -> tuple[list[float], list[float]]:
    """Seconds of (∂K, ∂I) with symconv and with PyTorch; the results are compared."""
    op = Conv2d(3, padding=1, in_channels=channels, out_channels=filters, batch=True)
    rng = np.random.default_rng(0)
    arrays = {
        "I": rng.standard_normal((batch, channels, size, size), dtype=np.float32),
        "K": rng.standard_normal((filters, channels, 3, 3), dtype=np.float32),
        r"\delta": rng.standard_normal((batch, filters, size, size), dtype=np.float32),
    }
    image, kernel, delta = (torch.from_numpy(arrays[name]) for name in ("I", "K", r"\delta"))
    sizes = {"N": batch, "C": channels, "F": filters, "H": size, "W": size, "O_1": size, "O_2": size}
    plans = {}
    for name in ("K", "I"):
        derivation = derive(op, name, eliminate="none")
        plans[name] = plan(derivation.terms, derivation.target, sizes)

    def theirs(name: str) -> torch.Tensor:
        mask = [name == "I", name == "K", False]
        found = torch.ops.aten.convolution_backward(
            delta, image, kernel, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, mask
        )
        return found[0] if name == "I" else found[1]

    for name in ("K", "I"):
        expected = theirs(name).numpy()
        np.testing.assert_allclose(run(plans[name], arrays), expected, rtol=0, atol=2e-4 * np.abs(expected).max())
    times = [
        alternate([lambda name=name: run(plans[name], arrays), lambda name=name: theirs(name)], repeat)
        for name in ("K", "I")
    ]
    return [pair[0] for pair in times], [pair[1] for pair in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--layers", default="")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    chosen = [int(text) - 1 for text in options.layers.split(",") if text] or range(len(LAYERS))
    total = [0.0, 0.0]
    print(f"{'layer':>14} {'∂K ms':>9} {'torch':>9} {'ratio':>6} {'∂I ms':>9} {'torch':>9} {'ratio':>6}")
    for at in chosen:
        ours, theirs = measure(*LAYERS[at], options.batch, options.repeat)
        total = [total[0] + sum(ours), total[1] + sum(theirs)]
        cells = " ".join(f"{a * 1e3:9.1f} {b * 1e3:9.1f} {a / b:6.2f}" for a, b in zip(ours, theirs, strict=True))
        print(f"{'×'.join(map(str, LAYERS[at])):>14} {cells}", flush=True)
    print(f"all: symconv {total[0] * 1e3:.0f} ms, PyTorch {total[1] * 1e3:.0f} ms, ratio {total[0] / total[1]:.2f}")


if __name__ == "__main__":
    main()
