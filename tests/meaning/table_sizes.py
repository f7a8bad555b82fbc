"""Sizes, counts, regions and receptive fields in many spellings, with what Python's integers make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import symconv as sc

Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Quantity:
    """A formula for a number; ``value`` gives it from the sizes, or None where the formula says nothing."""

    id: str
    latex: str
    op: sc.Operation
    value: Callable[[Sizes], int | None]
    context: Mapping[str, Any] = field(default_factory=lambda: {"what": "output_size"})
    wrong: tuple[tuple[str, str], ...] = ()


NAMED = sc.Conv1d(kernel_size="k", stride="s", padding="p", input_size="n", output_size="o")
DILATED = sc.Conv1d(kernel_size="k", stride="s", padding="p", dilation="d", input_size="n", output_size="o")
TRANSPOSED = sc.ConvTranspose1d(kernel_size="k", stride="s", padding="p", input_size="n", output_size="o")
PLANE = sc.Conv2d(kernel_size="k", input_size=("H", "W"), output_size=(r"H_{out}", r"W_{out}"))
DEEP = sc.Conv2d(kernel_size="k", channels=True, bias=True)
BARE = sc.Conv2d(kernel_size="k", channels=True)
POOL = sc.MaxPool1d(kernel_size="k", stride="s", input_size="n", output_size="o")
COUNT, NUMBER = {"what": "parameters"}, {"what": "arithmetic"}


def strided(sizes: Sizes) -> int:
    return (sizes["n"] + 2 * sizes["p"] - sizes["k"]) // sizes["s"] + 1


def whole(sizes: Sizes) -> int | None:
    """The size where the stride leaves no rest."""
    return None if (sizes["n"] + 2 * sizes["p"] - sizes["k"]) % sizes["s"] else strided(sizes)


def same(sizes: Sizes) -> int | None:
    """The size where stride 1 and the right padding keep it."""
    return sizes["n"] if sizes["s"] == 1 and sizes["k"] == 2 * sizes["p"] + 1 else None


SIZES = (
    Quantity("the floor of a fraction", r"o = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1", NAMED, strided,
             wrong=(("2p", "p"), ("+ 1", "- 1"), (r"{s}", "{s + 1}"))),
    Quantity("the floor of a slash", r"o = \lfloor (n + 2p - k)/s \rfloor + 1", NAMED, strided, wrong=((" + 1", ""),
             ("- k", "+ k"))),
    Quantity("the floor in words", r"o = \operatorname{floor}((n + 2p - k)/s) + 1", NAMED, strided,
             wrong=(("- k", "- k + 1"),)),
    Quantity("the 1 inside", r"o = \left\lfloor \frac{n + 2p - k + s}{s} \right\rfloor", NAMED, strided,
             wrong=(("+ s}", "+ 1}"),)),
    Quantity("a ceiling", r"o = \left\lceil \frac{n + 2p - k + 1}{s} \right\rceil", NAMED, strided,
             wrong=(("k + 1", "k"),)),
    Quantity("no floor", r"o = \frac{n + 2p - k}{s} + 1", NAMED, whole, wrong=(("2p", "p"),)),
    Quantity("a floor in square brackets", r"o = \left[ \frac{n + 2p - k}{s} \right] + 1", NAMED, strided,
             {"what": "output_size", "infix": {"[]": "floor"}}, wrong=(("+ 1", "+ 2"),)),
    Quantity("with a dilation", r"o = \left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1", DILATED,
             lambda z: (z["n"] + 2 * z["p"] - z["d"] * (z["k"] - 1) - 1) // z["s"] + 1, wrong=(("d(k - 1)", "dk"),
             (" - 1}", "}"))),
    Quantity("a transposed layer", r"o = s(n - 1) + k - 2p", TRANSPOSED,
             lambda z: z["s"] * (z["n"] - 1) + z["k"] - 2 * z["p"], wrong=(("n - 1", "n"), ("- 2p", "+ 2p"))),
    Quantity("a transposed layer, times written", r"o = (n - 1) \times s - 2 \times p + k", TRANSPOSED,
             lambda z: z["s"] * (z["n"] - 1) + z["k"] - 2 * z["p"], wrong=(("+ k", "+ s"),)),
    Quantity("pooling", r"o = \left\lfloor \frac{n - k}{s} \right\rfloor + 1", POOL,
             lambda z: (z["n"] - z["k"]) // z["s"] + 1, wrong=(("n - k", "n"),)),
    Quantity("one of two axes", r"H_{out} = H - k + 1", PLANE, lambda z: z["H"] - z["k"] + 1,
             wrong=(("H - k", "W - k"), ("k + 1", "k - 1"))),
    Quantity("the other one", r"W_{\text{out}} = W - (k - 1)", PLANE, lambda z: z["W"] - z["k"] + 1,
             wrong=(("W - (", "H - ("),)),
    Quantity("under a condition", r"o = n \quad \text{for } s = 1 \text{ and } k = 2p + 1", NAMED, same,
             wrong=(("2p + 1", "2p"), ("o = n", "o = n + 1"))),
    Quantity("under conditions with a comma", r"o = n \quad \text{for } s = 1,\ k = 2p + 1", NAMED, same,
             wrong=(("2p + 1", "2p"), ("o = n", "o = n + 1"))),
    Quantity("weights and biases", r"N = F (k^2 C + 1)", DEEP, lambda z: z["F"] * (z["k"] ** 2 * z["C"] + 1), COUNT,
             wrong=((" + 1", ""), ("k^2", "k"))),
    Quantity("weights and biases, written out", r"(k \cdot k \cdot C) \cdot F + F", DEEP,
             lambda z: z["F"] * (z["k"] ** 2 * z["C"] + 1), COUNT, wrong=(("+ F", "+ C"),)),
    Quantity("weights", r"k \times k \times C \times F", BARE, lambda z: z["k"] ** 2 * z["C"] * z["F"], COUNT,
             wrong=((r"\times F", r"+ F"),)),
    Quantity("the size of a dilated kernel", r"\hat{k} = k + (k - 1)(d - 1)", DILATED,
             lambda z: z["d"] * (z["k"] - 1) + 1, NUMBER, wrong=(("(k - 1)", "k"), ("(d - 1)", "d"))),
)  # fmt: skip
"""What a formula says of a size; the last reading's two sides are compared with ``value``."""

FIELD = {"what": "receptive_field"}
STACKED = sc.Conv1d(kernel_size="k_l", stride="s_l")
WINDOW = sc.Conv1d(kernel_size="k", stride="s", padding="p")
REGIONS = (
    Quantity("positions that an output sees", r"s i - p \le r < s i - p + k", WINDOW, lambda z: None, FIELD,
             wrong=(("< s", r"\le s"), (" - p + k", " + k"), ("s i - p \\le", "s i \\le"))),
    Quantity("one layer more", r"RF_l = RF_{l-1} + (k_l - 1) \prod_{i=1}^{l-1} s_i", STACKED, lambda z: None, FIELD,
             wrong=(("{l-1} s_i", "{l} s_i"), ("(k_l - 1)", "k_l"), ("i=1", "i=2"))),
    Quantity("with the jump", r"RF_l = RF_{l-1} + (k_l - 1) j_{l-1}", STACKED, lambda z: None, FIELD,
             wrong=(("j_{l-1}", "j_l"), ("(k_l - 1)", "(k_{l-1} - 1)"))),
    Quantity("the jump", r"j_l = j_{l-1} s_l", STACKED, lambda z: None, FIELD, wrong=(("s_l", "k_l"),
             ("s_l", "s_{l-1}"))),
    Quantity("all layers", r"RF_l = 1 + \sum_{i=1}^{l} (k_i - 1) \prod_{j=1}^{i-1} s_j", STACKED, lambda z: None,
             FIELD, wrong=(("1 + ", ""), ("{i-1}", "{i}"), ("k_i - 1", "k_i"))),
    Quantity("from the last layer down", r"r_{l-1} = s_l r_l + (k_l - s_l)", STACKED, lambda z: None, FIELD,
             wrong=(("k_l - s_l", "k_l - 1"), ("s_l r_l", "r_l"))),
)  # fmt: skip
"""Regions and receptive fields, which are compared as relations or on stacks of layers."""
