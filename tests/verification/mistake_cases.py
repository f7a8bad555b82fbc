"""Formulas of entries, each with a mistake, and the formula as it should be."""

from __future__ import annotations

import symconv as sc
from tests.verification.mistake_case import (
    CHANNELS,
    DILATED,
    FLOORS,
    PADDED,
    SQUARE,
    STRIDED,
    SUM_I,
    SUM_M,
    Case,
    by,
)

ENTRIES = (
    Case(
        "missing_stride", STRIDED, by("K_m") + r" = \sum_i \delta_i I_{i+m}", by("K_m") + r" = \sum_i \delta_i I_{si+m}"
    ),
    Case(
        "missing_stride",
        SQUARE,
        by("K_{mn}") + r" = \sum_{ij} \delta_{ij} I_{i+m,j+n}",
        by("K_{mn}") + r" = \sum_{ij} \delta_{ij} I_{si+m,sj+n}",
    ),
    Case(
        "missing_stride",
        STRIDED,
        r"O_i = \sum_{m=1}^{k_1} K_m I_{i+m-1}",
        r"O_i = \sum_{m=1}^{k_1} K_m I_{s(i-1)+m}",
        base=1,
    ),
    Case(
        "missing_stride",
        STRIDED,
        by("I_u") + rf" = {SUM_M} \delta_{{u-m}} K_m",
        by("I_u") + rf" = {SUM_M} [s \mid u - m] \delta_{{\frac{{u-m}}{{s}}}} K_m",
    ),
    Case(
        "missing_dilation",
        DILATED,
        by("K_m") + r" = \sum_i \delta_i I_{si+m}",
        by("K_m") + r" = \sum_i \delta_i I_{si+dm}",
    ),
    Case("stride_on_wrong_index", STRIDED, rf"O_i = {SUM_M} K_m I_{{i+sm}}", rf"O_i = {SUM_M} K_m I_{{si+m}}"),
    Case("stride_on_wrong_index", STRIDED, rf"O_i = {SUM_M} K_m I_{{s(i+m)}}", rf"O_i = {SUM_M} K_m I_{{si+m}}"),
    Case(
        "dilation_on_wrong_index",
        sc.Conv1d(dilation="d"),
        rf"O_i = {SUM_M} K_m I_{{di+m}}",
        rf"O_i = {SUM_M} K_m I_{{i+dm}}",
    ),
    Case(
        "stride_dilation_exchanged",
        DILATED,
        by("K_m") + r" = \sum_i \delta_i I_{di+sm}",
        by("K_m") + r" = \sum_i \delta_i I_{si+dm}",
    ),
    Case("flipped_kernel", sc.Conv1d(), rf"O_i = {SUM_M} K_m I_{{i-m}}", rf"O_i = {SUM_M} K_m I_{{i+m}}"),
    Case(
        "flipped_kernel",
        sc.Conv2d(flip=True),
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{i+m,j+n} K_{m,n}",
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{i+k_1-m-1,j+k_2-n-1} K_{m,n}",
    ),
    Case(  # a cross-correlation, in a layer that is a dilated true convolution
        "flipped_kernel",
        sc.Conv1d(flip=True, dilation="d"),
        r"O_i = \sum_m K_m I_{i+dm}",
        r"O_i = \sum_m K_{k_1-m-1} I_{i+dm}",
    ),
    Case(
        "flipped_kernel",
        sc.Conv1d(),
        by("I_u") + r" = \sum_i \delta_i K_{u+i}",
        by("I_u") + r" = \sum_i \delta_i K_{u-i}",
    ),
    Case(
        "flipped_kernel",
        sc.Conv1d(),
        by("I_u") + r" = \sum_i \delta_i K_{i-u}",
        by("I_u") + r" = \sum_i \delta_i K_{u-i}",
    ),
    Case(
        "missing_padding",
        PADDED,
        by("K_m") + r" = \sum_i \delta_i I_{si+m}",
        by("K_m") + r" = \sum_i \delta_i I_{si+m-p}",
    ),
    Case(
        "wrong_padding_sign",
        PADDED,
        by("I_u") + r" = \sum_i \delta_i K_{u-p-si}",
        by("I_u") + r" = \sum_i \delta_i K_{u+p-si}",
    ),
    Case(
        "double_padding",
        PADDED,
        by("K_m") + r" = \sum_i \delta_i I_{si+m-2p}",
        by("K_m") + r" = \sum_i \delta_i I_{si+m-p}",
    ),
    Case("extra_padding", STRIDED, rf"O_i = {SUM_M} K_m I_{{si+m-2}}", rf"O_i = {SUM_M} K_m I_{{si+m}}"),
    Case(
        "limit_one_too_large",
        sc.AvgPool1d(),
        r"O_i = \frac{1}{k_1} \sum_{m=0}^{k_1} I_{k_1 i+m}",
        r"O_i = \frac{1}{k_1} \sum_{m=0}^{k_1-1} I_{k_1 i+m}",
    ),
    Case(
        "limit_one_too_large",
        sc.AvgPool2d(),
        r"O_{i,j} = \frac{1}{k_1 k_2} \sum_{m=0}^{k_1} \sum_{n=0}^{k_2} I_{k_1 i+m,k_2 j+n}",
        r"O_{i,j} = \frac{1}{k_1 k_2} \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{k_1 i+m,k_2 j+n}",
    ),
    Case(
        "limit_one_too_large",
        sc.AvgPool1d(),
        r"O_i = \frac{1}{k_1} \sum_{0 \le m \le k_1} I_{k_1 i+m}",
        r"O_i = \frac{1}{k_1} \sum_{0 \le m < k_1} I_{k_1 i+m}",
    ),
    Case(
        "limit_one_too_small",
        STRIDED,
        by("K_m") + r" = \sum_{i=0}^{O_1-2} \delta_i I_{si+m}",
        by("K_m") + rf" = {SUM_I} \delta_i I_{{si+m}}",
    ),
    Case(
        "lower_limit_off_by_one",
        sc.Conv1d(),
        r"O_i = \sum_{m=1}^{k_1-1} K_m I_{i+m}",
        r"O_i = \sum_{m=0}^{k_1-1} K_m I_{i+m}",
    ),
    Case(
        "limits_swapped",
        sc.Conv2d(),
        r"O_{i,j} = \sum_{m=0}^{k_2-1} \sum_{n=0}^{k_1-1} K_{m,n} I_{i+m,j+n}",
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} K_{m,n} I_{i+m,j+n}",
    ),
    Case(
        "wrong_limits",
        SQUARE,
        by("K_{m,n}") + r" = \sum_{i=0}^{k_1-1} \sum_{j=0}^{k_2-1} \delta_{i,j} I_{si+m,sj+n}",
        by("K_{m,n}") + r" = \sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} \delta_{i,j} I_{si+m,sj+n}",
    ),
    Case(
        "limits_not_reversed",
        sc.Conv1d(),
        r"O_i = \sum_{m=0}^{k_1-1} K_{-m} I_{i-m}",
        r"O_i = \sum_{m=-(k_1-1)}^{0} K_{-m} I_{i-m}",
    ),
    Case(
        "off_by_one",
        sc.Conv1d(stride="s"),
        by("K_m") + r" = \sum_i \delta_i I_{s(i-1)+m}",
        by("K_m") + r" = \sum_i \delta_i I_{si+m}",
    ),
    Case("off_by_one", sc.Conv1d(), rf"O_i = {SUM_M} K_m I_{{i+m+1}}", rf"O_i = {SUM_M} K_m I_{{i+m}}"),
    Case(
        "off_by_one",
        SQUARE,
        r"O_{i,j} = \sum_{m=1}^{k_1} \sum_{n=1}^{k_2} K_{m,n} I_{si+m,sj+n}",
        r"O_{i,j} = \sum_{m=1}^{k_1} \sum_{n=1}^{k_2} K_{m,n} I_{s(i-1)+m,s(j-1)+n}",
        base=1,
    ),
    Case(
        "axes_swapped",
        SQUARE,
        by("K_{m,n}") + r" = \sum_{i,j} \delta_{i,j} I_{sj+n,si+m}",
        by("K_{m,n}") + r" = \sum_{i,j} \delta_{i,j} I_{si+m,sj+n}",
    ),
    Case(
        "axes_swapped",
        SQUARE,
        by("K_{m,n}") + r" = \sum_{i,j} \delta_{i,j} I_{sj+m,si+n}",
        by("K_{m,n}") + r" = \sum_{i,j} \delta_{i,j} I_{si+m,sj+n}",
    ),
    Case(
        "channels_swapped",
        CHANNELS,
        by("I_{c,u}") + r" = \sum_f \sum_i \delta_{f,i} K_{c,f,u-i}",
        by("I_{c,u}") + r" = \sum_f \sum_i \delta_{f,i} K_{f,c,u-i}",
    ),
    Case(
        "missing_sum",
        CHANNELS,
        by("I_{c,u}") + rf" = {SUM_I} \delta_{{c,i}} K_{{c,c,u-i}}",
        by("I_{c,u}") + rf" = \sum_{{f=0}}^{{F-1}} {SUM_I} \delta_{{f,i}} K_{{f,c,u-i}}",
    ),
    Case(
        "missing_sum",
        CHANNELS,
        by("I_{c,u}") + rf" = {SUM_I} \delta_{{f,i}} K_{{f,c,u-i}}",
        by("I_{c,u}") + rf" = \sum_{{f=0}}^{{F-1}} {SUM_I} \delta_{{f,i}} K_{{f,c,u-i}}",
    ),
    Case(
        "missing_sum",
        sc.Conv1d(channels=True, bias=True),
        r"O_{f,i} = b_f + K_{f,c,m} I_{c,i+m}",
        r"O_{f,i} = b_f + \sum_{c=0}^{C-1} \sum_{m=0}^{k_1-1} K_{f,c,m} I_{c,i+m}",
    ),
    Case(
        "extra_sum",
        CHANNELS,
        by("K_{f,c,m}") + r" = \sum_{c=0}^{C-1} \sum_i \delta_{f,i} I_{c,i+m}",
        by("K_{f,c,m}") + r" = \sum_i \delta_{f,i} I_{c,i+m}",
    ),
    Case(
        "wrong_bound_index",
        sc.Conv1d(),
        r"O_i = \sum_{a=0}^{k_1-1} K_{a'} I_{i+a'}",
        r"O_i = \sum_{a'=0}^{k_1-1} K_{a'} I_{i+a'}",
    ),
    Case(
        "missing_offset", sc.Conv1d(), by("K_m") + r" = \sum_i \delta_i I_i", by("K_m") + r" = \sum_i \delta_i I_{i+m}"
    ),
    Case(
        "wrong_index",
        sc.Conv2d(),
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} K_{m,m} I_{i+m,j+n}",
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} K_{m,n} I_{i+m,j+n}",
    ),
    Case(
        "extra_offset",
        sc.Conv1d(),
        by("K_m") + r" = \sum_i \delta_{i+m} I_{i+m}",
        by("K_m") + r" = \sum_i \delta_i I_{i+m}",
    ),
    Case(
        "missing_upstream",
        SQUARE,
        by("K_{m,n}") + r" = \sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} I_{si+m,sj+n}",
        by("K_{m,n}") + rf" = \sum_{{i=0}}^{{O_1-1}} \sum_{{j=0}}^{{O_2-1}} {by('O_{i,j}')} I_{{si+m,sj+n}}",
    ),
    Case(
        "missing_upstream",
        sc.Conv1d(),
        r"\frac{\partial O_i}{\partial K_m} = \sum_{i=0}^{O_1-1} I_{i+m}",
        by("K_m") + rf" = \sum_{{i=0}}^{{O_1-1}} {by('O_i')} I_{{i+m}}",
    ),
    Case(
        "output_for_upstream",
        sc.Conv1d(),
        by("K_m") + r" = \sum_{i=0}^{O_1-1} O_i I_{i+m}",
        by("K_m") + rf" = \sum_{{i=0}}^{{O_1-1}} {by('O_i')} I_{{i+m}}",
    ),
    Case(
        "missing_divisor",
        sc.AvgPool2d(),
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{k_1 i+m,k_2 j+n}",
        r"O_{i,j} = \frac{1}{k_1 k_2} \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{k_1 i+m,k_2 j+n}",
    ),
    Case(
        "wrong_divisor",
        sc.AvgPool2d(kernel_size="k"),
        r"O_{i,j} = \frac{1}{k} \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} I_{ki+m,kj+n}",
        r"O_{i,j} = \frac{1}{k^2} \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} I_{ki+m,kj+n}",
    ),
    Case(
        "bias_inside_sum",
        sc.Conv1d(bias=True),
        rf"O_i = {SUM_M} \left(K_m I_{{i+m}} + b\right)",
        rf"O_i = {SUM_M} K_m I_{{i+m}} + b",
    ),
    Case(
        "extra_divisor", sc.Conv1d(), rf"O_i = \frac{{1}}{{k_1}} {SUM_M} K_m I_{{i+m}}", rf"O_i = {SUM_M} K_m I_{{i+m}}"
    ),
    Case(
        "transposed", sc.Dense(), by("x_j") + r" = \sum_i \delta_i W_{j,i}", by("x_j") + r" = \sum_i \delta_i W_{i,j}"
    ),
    Case(
        "missing_divisibility",
        STRIDED,
        by("I_u") + rf" = {SUM_M} \delta_{{\lfloor (u-m)/s \rfloor}} K_m",
        by("I_u") + rf" = {SUM_M} [s \mid u - m] \delta_{{\lfloor (u-m)/s \rfloor}} K_m",
    ),
    Case(
        "index_space_confusion",
        sc.AvgPool2d(kernel_size="k"),
        by("I_{i,j}") + rf" = \frac{{1}}{{k^2}} {by('O_{i,j}')}",
        by("I_{i,j}") + rf" = \frac{{1}}{{k^2}} {by(FLOORS)}",
    ),
    Case(
        "wrong_extremum",
        sc.MaxPool1d(),
        r"O_i = \min_{0 \le m < k_1} I_{k_1 i+m}",
        r"O_i = \max_{0 \le m < k_1} I_{k_1 i+m}",
    ),
    Case(
        "wrong_tensor",
        sc.Conv1d(),
        by("K_m") + r" = \sum_i \delta_i K_{i+m}",
        by("K_m") + r" = \sum_i \delta_i I_{i+m}",
    ),
    Case(
        "wrong_sign", sc.Conv1d(), by("K_m") + r" = -\sum_i \delta_i I_{i+m}", by("K_m") + r" = \sum_i \delta_i I_{i+m}"
    ),
    Case(
        "wrong_sign",
        sc.Conv1d(bias=True),
        rf"O_i = {SUM_M} K_m I_{{i+m}} - b",
        rf"O_i = {SUM_M} K_m I_{{i+m}} + b",
    ),
    Case("extra_factor", sc.Conv1d(), rf"O_i = {SUM_M} K_m I_{{i+m}} k_1", rf"O_i = {SUM_M} K_m I_{{i+m}}"),
)
PAIRS = (
    Case(
        "missing_stride + limit_one_too_large",
        sc.AvgPool1d(stride="s"),
        r"O_i = \frac{1}{k_1} \sum_{m=0}^{k_1} I_{i+m}",
        r"O_i = \frac{1}{k_1} \sum_{m=0}^{k_1-1} I_{si+m}",
    ),
    Case(
        "flipped_kernel + missing_padding",
        sc.Conv1d(padding="p"),
        by("I_u") + r" = \sum_i \delta_i K_{u+i}",
        by("I_u") + r" = \sum_i \delta_i K_{u-i+p}",
    ),
)
