"""A planted mistake, and what the planted mistakes have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import symconv as sc


@dataclass(frozen=True)
class Case:
    """A planted mistake. ``extra`` gives roles of symbols that the layer alone does not have."""

    mistake: str
    op: sc.Operation
    wrong: str
    right: str
    context: dict[str, Any] = field(default_factory=dict)
    base: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What the test is called."""
        return f"{self.mistake}: {self.wrong}"


def by(tensor: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {tensor}}}"


STRIDED = sc.Conv1d(stride="s")
PADDED = sc.Conv1d(stride="s", padding="p")
SQUARE = sc.Conv2d(stride="s")
DILATED = sc.Conv1d(stride="s", dilation="d")
CHANNELS = sc.Conv1d(channels=True)
SIZED = sc.Conv1d(stride="s", padding="p", dilation="d", kernel_size="k", input_size="n")
SIMPLE = sc.Conv1d(stride="s", padding="p", kernel_size="k", input_size="n")
COUNTED = sc.Conv2d(channels=True, bias=True)
SIZE: dict[str, Any] = {"what": "output_size"}
COUNT: dict[str, Any] = {"what": "parameters"}
FLOOR, FLOORS = r"O_{\lfloor u/k \rfloor}", r"O_{\lfloor i/k \rfloor,\lfloor j/k \rfloor}"
SUM_I, SUM_M = r"\sum_{i=0}^{O_1-1}", r"\sum_{m=0}^{k_1-1}"
