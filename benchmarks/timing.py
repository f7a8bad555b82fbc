"""Medians of repeated runs, in one process."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(run: Callable[[], object], repeats: int = 9) -> float:
    """The median time of ``run``, after one run that warms up."""
    run()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return median(times)
