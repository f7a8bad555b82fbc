"""Formulas of sizes, operators, matrices and choices, each with a mistake, and the formula as it should be."""

from __future__ import annotations

import symconv as sc
from tests.verification.mistake_case import (
    COUNT,
    COUNTED,
    FLOOR,
    SIMPLE,
    SIZE,
    SIZED,
    SQUARE,
    Case,
    by,
)

SIZES = (
    Case(
        "ceil_for_floor",
        SIMPLE,
        r"o = \left\lceil \frac{n+2p-k}{s} \right\rceil + 1",
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case(
        "single_padding",
        SIMPLE,
        r"o = \left\lfloor \frac{n+p-k}{s} \right\rfloor + 1",
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case(
        "missing_padding_in_size",
        SIMPLE,
        r"o = \left\lfloor \frac{n-k}{s} \right\rfloor + 1",
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case(
        "missing_dilation_in_size",
        SIZED,
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        r"o = \left\lfloor \frac{n+2p-d(k-1)-1}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case(
        "missing_stride_in_size", SIMPLE, r"o = n+2p-k+1", r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1", SIZE
    ),
    Case(
        "one_inside_fraction",
        SIMPLE,
        r"o = \left\lfloor \frac{n+2p-k+1}{s} \right\rfloor",
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case(
        "size_off_by_one",
        SIMPLE,
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor",
        r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1",
        SIZE,
    ),
    Case("size_off_by_one", sc.Conv1d(input_size="n", kernel_size="k"), r"o = n - k", r"o = n - k + 1", SIZE),
    Case("missing_bias", COUNTED, r"k_1 k_2 C F", r"k_1 k_2 C F + F", COUNT),
    Case("extra_bias", sc.Conv2d(channels=True), r"k_1 k_2 C F + F", r"k_1 k_2 C F", COUNT),
    Case("extra_bias", COUNTED, r"k_1 k_2 C F + 2F", r"k_1 k_2 C F + F", COUNT),
    Case("one_bias_only", COUNTED, r"k_1 k_2 C F + 1", r"k_1 k_2 C F + F", COUNT),
    Case("missing_channels", COUNTED, r"k_1 k_2 F + F", r"k_1 k_2 F C + F", COUNT),
    Case("leading_order_only", sc.Conv2d(kernel_size="2q+1"), r"4 q^2", r"(2q+1)^2", COUNT),
    Case(
        "wrong_size_symbol",
        sc.Conv1d(kernel_size="k", input_size="n", stride="s"),
        r"o = \left\lfloor \frac{n-k}{k} \right\rfloor + 1",
        r"o = \left\lfloor \frac{n-k}{s} \right\rfloor + 1",
        SIZE,
    ),
)

FULL = sc.Conv2d()
LAYERS: dict[str, str] = {"z": "pre_activation", r"\delta": "upstream"}
CHOICE = (
    rf"\begin{{cases}} {by('O_{i,j}')} & \text{{if }} I_{{u,v}} = O_{{i,j}} \\ 0 & \text{{otherwise}} \end{{cases}}"
)
COMPARED = (
    Case("missing_floor", SIMPLE, r"o = \frac{n+2p-k}{s} + 1", r"o = \lfloor \frac{n+2p-k}{s} \rfloor + 1"),
    Case("missing_floor", SIMPLE, r"o = (n+2p-k)/s + 1", r"o = \lfloor (n+2p-k)/s \rfloor + 1"),
    Case(
        "same_padding_without_stride",
        sc.Conv1d(kernel_size="k", stride="s", padding="p", input_size="n"),
        r"p = \frac{k-1}{2}",
        r"p = \frac{s(n-1)-n+k}{2}",
    ),
    Case(
        "missing_window_sum",
        sc.MaxPool2d(stride="s"),
        by("I_{u,v}") + f" = {CHOICE}",
        by("I_{u,v}") + rf" = \sum_{{i,j}} {CHOICE}",
    ),
    Case(
        "missing_winner_condition",
        sc.MaxPool1d(kernel_size="k"),
        by("I_u") + rf" = {by(FLOOR)}",
        by("I_u") + rf" = {by(FLOOR)} [I_u = O_{{\lfloor u/k \rfloor}}]",
    ),
    Case(
        "missing_winner_condition",
        sc.MaxPool1d(kernel_size="k"),
        by("I_u") + rf" = {by(FLOOR)}",
        by("I_u") + rf" = \begin{{cases}} {by(FLOOR)} & \text{{if }} I_u = O_{{\lfloor u/k \rfloor}} \\ "
        r"0 & \text{otherwise} \end{cases}",
    ),
    Case(
        "argmax_of_wrong_tensor",
        sc.MaxPool1d(),
        by("I_u") + r" = \sum_i \delta_i [u = \operatorname*{arg\,max}_{m} \delta_m]",
        by("I_u") + r" = \sum_i \delta_i [u = \operatorname*{arg\,max}_{m} I_m]",
    ),
    Case("double_flip", FULL, by("I") + r" = \delta \ast \text{rot180}(K)", by("I") + r" = \delta \ast K"),
    Case(
        "double_flip",
        FULL,
        r"\delta_j^l = f'(u_j^l) \odot conv2(\delta_j^{l+1}, rot180(K_j^{l+1}), \text{full})",
        r"\delta_j^l = f'(u_j^l) \odot conv2(\delta_j^{l+1}, K_j^{l+1}, \text{full})",
    ),
    Case("missing_flip", FULL, by("I") + r" = \delta \star K", by("I") + r" = \delta \star \operatorname{rot180}(K)"),
    Case(
        "rot_of_sum", FULL, by("I") + r" = \text{rot180}(\delta \star K)", by("I") + r" = \delta \star \text{rot180}(K)"
    ),
    Case("wrong_operator", FULL, by("K") + r" = I \ast \delta", by("K") + r" = I \star \delta"),
    Case(
        "wrong_mode",
        FULL,
        by("I") + r" = \delta \ast_{\text{valid}} K",
        by("I") + r" = \delta \ast_{\text{full}} K",
    ),
    Case("operands_swapped", FULL, by("K") + r" = \delta \star I", by("K") + r" = I \star \delta"),
    Case(
        "missing_dilated_upstream",
        SQUARE,
        by("K") + r" = I \star \delta",
        by("K") + r" = I \star \operatorname{dil}_s(\delta)",
    ),
    Case("transposed", sc.Dense(), by("x") + r" = W \delta", by("x") + r" = W^\top \delta"),
    Case("transposed", sc.Dense(), r"\nabla_W L = x \delta^T", r"\nabla_W L = \delta x^T"),
    Case(
        "matrix_for_entrywise",
        sc.Dense(),
        r"\delta^l = W^\top \delta^{l+1} \cdot f'(z^l)",
        r"\delta^l = W^\top \delta^{l+1} \odot f'(z^l)",
        extra=LAYERS,
    ),
    Case(
        "missing_activation_derivative",
        sc.Dense(),
        r"\delta^l = W^\top \delta^{l+1}",
        r"\delta^l = W^\top \delta^{l+1} \odot f'(z^l)",
        extra=LAYERS,
    ),
    Case(
        "activation_for_derivative",
        sc.Dense(),
        r"\delta^l = W^\top \delta^{l+1} \odot f(z^l)",
        r"\delta^l = W^\top \delta^{l+1} \odot f'(z^l)",
        extra=LAYERS,
    ),
    Case(
        "wrong_layer_mark",
        sc.Dense(),
        r"\delta^l = W^\top \delta^{l+1} \odot f'(z^{l+1})",
        r"\delta^l = W^\top \delta^{l+1} \odot f'(z^l)",
        extra=LAYERS,
    ),
)
