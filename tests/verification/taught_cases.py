"""Wrong formulas with the diagnosis that a teacher would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import symconv as sc
from tests.verification.mistake_case import by


@dataclass(frozen=True)
class Taught:
    """A wrong formula; ``sentence`` and ``corrected`` are parts of what must be said."""

    mistake: str
    latex: str
    op: sc.Operation | None
    context: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    corrected: str = ""

    @property
    def id(self) -> str:
        """What the test is called."""
        return f"{self.mistake}: {self.latex}"


UPSTREAM = {r"\delta": "upstream"}
LAYER = {"x": "pre_activation", "w": "kernel", "E": "loss", **UPSTREAM}
KEYS = {"Y": "input", "Z": "output", "W": "kernel"}
LAST = {"input": "HWC", "kernel": "HWCF", "output": "HWF"}
AVERAGE = sc.AvgPool2d(kernel_size="k", stride="s")
X = {"x": "input", "w": "kernel", "y": "output", **UPSTREAM}

TAUGHT = (
    # steps that stand in a quotient
    Taught(
        "missing_divisibility",
        by("I_u") + r" = \sum_i \delta_i K_{\lfloor (u-i)/2 \rfloor}",
        sc.Conv1d(dilation=2),
        sentence="The condition [2 ∣ u − i] is missing",
    ),
    Taught(
        "missing_divisibility",
        by("I_u") + r" = \sum_i \delta_i K_{\lfloor (u-i)/d \rfloor}",
        sc.Conv1d(dilation="d"),
        corrected=r"[d \mid u - i]",
    ),
    Taught(
        "missing_divisibility",
        by("x_{i,j}") + r" = \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} "
        r"\delta_{\lfloor (i-m)/s \rfloor, \lfloor (j-n)/s \rfloor} w_{m,n}",
        sc.Conv2d(kernel_size="k", stride="s"),
        {"roles": X},
        "The conditions [s ∣ i − m] and [s ∣ j − n] are missing",
    ),
    Taught("missing_dilation", by("I_u") + r" = \sum_i \delta_i K_{u-i}", sc.Conv1d(dilation=2)),
    Taught(
        "missing_dilation",
        by("I_u") + r" = \sum_i \delta_i K_{u-i}",
        sc.Conv1d(dilation="d"),
        sentence="The dilation d is missing",
        corrected=r"[d \mid u - i] K_{\frac{u-i}{d}}",
    ),
    Taught(
        "stride_on_wrong_index",
        by("I_u") + r" = \sum_m K_m \delta_{u-2m}",
        sc.Conv1d(stride=2),
        corrected=r"[2 \mid u - m] \delta_{\frac{u-m}{2}}",
    ),
    Taught(
        "off_by_one",
        r"y_{ij} = \sum_{u=1}^{k} \sum_{v=1}^{k} w_{uv} x_{is+u-1,js+v-1}",
        sc.Conv2d(kernel_size="k", stride="s"),
        {"roles": X, "index_base": 1},
        "Indices are off by one: with positions counted from 1 they are s(i − 1) + u and s(j − 1) + v",
    ),
    # pooling
    Taught(
        "index_space_confusion",
        by("I(i,j)") + rf" = \frac{{1}}{{k^2}} {by('S(i,j)')}",
        AVERAGE,
        {"roles": {"I": "input", "S": "output"}},
        "i and j are positions of the input",
        r"[0 \le i - s p < k]",
    ),
    Taught(
        "missing_window_sum",
        by("x_{i,j}") + r" = \frac{1}{k^2} \delta_{\lfloor i/s \rfloor, \lfloor j/s \rfloor}",
        AVERAGE,
        {"roles": X},
        "The sums over p and q are missing",
    ),
    Taught(
        "index_space_confusion",
        by("I_u") + r" = \delta_u [I_u = O_{\lfloor u/k \rfloor}]",
        sc.MaxPool1d(kernel_size="k"),
        sentence="u is a position of the input; the output that it belongs to is at ⌊u/k⌋.",
    ),
    # sums and factors
    Taught(
        "extra_divisor",
        by("b") + r" = \frac{1}{N} \sum_n \sum_i \delta_{n,i}",
        sc.Conv1d(bias=True, batch=True),
        sentence="The factor 1/N is too much",
    ),
    Taught(
        "extra_sum",
        by("K_{f,c,m,n}")
        + r" = \sum_{f'=0}^{F-1} \sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} "
        + by("O_{f',i,j}")
        + " I_{c,i+m,j+n}",
        sc.Conv2d(channels=True),
        sentence="There is a sum over f′ too much.",
    ),
    Taught(
        "missing_upstream",
        r"\frac{\partial Z(i',j',k)}{\partial Y(i,j,c)} = \sum_k \sum_{i'} \sum_{j'} W(i-i', j-j', c, k)",
        sc.Conv2d(channels=True),
        {"what": "gradient", "wrt": "input", "roles": KEYS, "layout": LAST, "index_base": 0},
    ),
    Taught(
        "missing_offset",
        by("K_{i,j}") + r" = \sum_m \sum_n X_i(m, n) \cdot \delta_j(m, n)",
        sc.Conv2d(channels=True),
        {"roles": {"X": "input"}, "layout": {"kernel": "CFHW"}, "index_base": 0},
        "The offsets a and b are missing",
        "X_i(m + a, n + b)",
    ),
    Taught(
        "missing_activation_derivative",
        r"\delta^l_{i,j} = \sum_{a=0}^{k-1} \sum_{b=0}^{k-1} w^{l+1}_{a,b} \delta^{l+1}_{i-a,j-b}",
        sc.Conv2d(kernel_size="k"),
        {"what": "recursion", "wrt": "input", "roles": {"w": "kernel", "z": "pre_activation", **UPSTREAM}},
    ),
    # the kernel turned round
    Taught(
        "flipped_kernel",
        by("x_{i,j}") + r" = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} \delta_{i+m,j+n} w_{m,n}",
        sc.Conv2d(),
        {"roles": X},
        "it must be i − m and j − n",
    ),
    Taught(
        "missing_flip",
        by("I") + r" = \operatorname{conv2}(\delta, k, \text{'full'})",
        sc.Conv2d(flip=True),
        {"roles": {"k": "kernel", **UPSTREAM}},
        "The kernel must be flipped: rot180(k), not k.",
    ),
    Taught(
        "missing_flip",
        by("k") + r" = \operatorname{conv2}(x, \operatorname{rot180}(\delta), \text{'valid'})",
        sc.Conv2d(flip=True),
        {"roles": {"k": "kernel", "x": "input", **UPSTREAM}},
    ),
    Taught(
        "channels_swapped",
        by("I_c") + r" = \sum_f \delta_f * K_{c,f}",
        sc.Conv2d(channels=True),
        {"infix": {"*": "full convolution"}},
        "it must be f, c, not c, f",
    ),
    Taught(
        "channels_swapped",
        by("K_{f,c}") + r" = X_f \star \delta_c",
        sc.Conv2d(channels=True),
        {"roles": {"X": "input"}, "index_base": 0, "infix": {r"\star": "correlation"}},
    ),
    Taught(
        "double_flip",
        r"\frac{\partial E}{\partial x_{i',j'}^l} = \delta^{l+1}_{i',j'} * \text{rot}_{180^\circ}"
        r"\left\{ w_{m,n}^{l+1} \right\} f'\left(x_{i',j'}^l\right)",
        sc.Conv2d(),
        {"what": "recursion", "wrt": "input", "roles": LAYER, "infix": {"*": "convolution"}, "index_base": 0},
    ),
    Taught(
        "rot_of_sum",
        r"\frac{\partial E}{\partial x_{i',j'}^l} = \text{rot}_{180^\circ} \left\{ \sum_{m=0}^{k_1-1} "
        r"\sum_{n=0}^{k_2-1} \delta^{l+1}_{i'+m,j'+n} w_{m,n}^{l+1} \right\} f'\left(x_{i',j'}^l\right)",
        sc.Conv2d(),
        {"what": "recursion", "wrt": "input", "roles": LAYER, "index_base": 0},
    ),
    Taught(
        "axes_swapped",
        r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} K_{m,n} I_{j+m,i+n}",
        sc.Conv2d(),
        sentence="Two axes are swapped",
    ),
    # limits
    Taught(
        "lower_limit_off_by_one",
        by("I_{i,j}") + r" = \sum_{m=\max(0,i-O_1+2)}^{\min(k_1-1,i)} \sum_{n=\max(0,j-O_2+2)}^{\min(k_2-1,j)} "
        rf"{by('O_{i-m,j-n}')} K_{{m,n}}",
        sc.Conv2d(),
        sentence="The sums over m and n begin at max(0, i − O₁ + 1) and max(0, j − O₂ + 1)",
    ),
    Taught(
        "wrong_limits",
        by("W(i,j)") + r" = \sum_{p=0}^{f_h-1} \sum_{q=0}^{f_w-1} " + by("Z(p,q)") + r" Y(p s_h + i, q s_w + j)",
        sc.Conv2d(kernel_size=("f_h", "f_w"), stride=("s_h", "s_w")),
        {"roles": KEYS, "index_base": 0},
        "they go to O_1 − 1 and O_2 − 1, not to f_h − 1 and f_w − 1",
    ),
    Taught(
        "missing_stride",
        by("Y(i,j)") + r" = \sum_p \sum_q " + by("Z(p,q)") + " W(i - p, j - q)",
        sc.Conv2d(stride=("s_h", "s_w")),
        {"roles": KEYS, "index_base": 0},
        "The strides s_h and s_w are missing",
    ),
    # sizes
    Taught(
        "missing_dilation_in_size",
        r"o = \left\lfloor \frac{i+2p-dk}{s} \right\rfloor + 1",
        sc.Conv1d(input_size="i", output_size="o", padding="p", dilation="d", kernel_size="k", stride="s"),
        {"what": "output_size"},
    ),
    Taught(
        "size_off_by_one",
        r"o' = s i' + k - 2p",
        sc.ConvTranspose2d(input_size="i'", output_size="o'", kernel_size="k", padding="p", stride="s"),
        {"what": "output_size"},
        "s(i′ − 1)",
    ),
    # chains
    Taught(
        "flipped_kernel",
        r"\begin{aligned} \frac{\partial L}{\partial x_{u,v}} &= \sum_i \sum_j \delta_{i,j} w_{u-i,v-j} \\ "
        r"&= \sum_m \sum_n \delta_{u+m,v+n} w_{m,n} \end{aligned}",
        sc.Conv2d(),
        {"what": "gradient", "wrt": "input", "roles": X, "index_base": 0},
        "it must be u − m and v − n",
    ),
)
