"""Derivatives in many spellings: ∂L/∂K inline, dW, bars, nabla, δ of a layer, the chain rule, activations in front."""

from __future__ import annotations

from itertools import product

import numpy as np

import symconv as sc
from tests.meaning.loops import Arrays
from tests.meaning.spelled import Layer, Sizes, Spelling
from tests.meaning.table_indices import BATCH, CHANNELS, LINE, PLAIN, STRIDED

CONV = Layer(sc.Conv1d())
DENSE = Layer(sc.Dense(bias=True))
ROWS = Layer(sc.Dense(bias=True, batch=True))
CHANNEL = Layer(sc.Conv2d(channels=True, bias=True))
RIGHT = r"\sum_i \delta_i I_{si+m-p}"
FRONT = {"roles": {"z": "pre_activation", "f": "activation", "w": "kernel"}}
MIXED = (("si+m-p", "si-m-p"),)


def first_kernel_entry(values: Arrays, sizes: Sizes) -> np.ndarray:
    """∂L/∂K_0 of the strided layer."""
    delta, image, s, p = values[r"\delta"], values["I"], sizes["s"], sizes["p"]
    reads = [(i, s * i - p) for i in range(len(delta))]
    return np.array(sum(delta[i] * image[u] for i, u in reads if 0 <= u < len(image)))


def slopes(values: Arrays, sizes: Sizes) -> np.ndarray:
    """∂z^{l+1}_i/∂z^l_u of the strided layer behind an activation."""
    slope = next(array for name, array in values.items() if "'" in name)
    made = np.zeros((sizes["W"], sizes["O_1"]), dtype=int)
    for i, m in product(range(sizes["O_1"]), range(sizes["k_1"])):
        u = sizes["s"] * i + m - sizes["p"]
        if 0 <= u < sizes["W"]:
            made[u, i] += values["K"][m] * slope[u]
    return made


DERIVATIVES = (
    # the derivative by the kernel
    Spelling("a fraction", rf"\frac{{\partial L}}{{\partial K_m}} = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("upright d", rf"\frac{{\mathrm{{d}} L}}{{\mathrm{{d}} K_m}} = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("d in italics", rf"\frac{{dL}}{{dK_m}} = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("behind the fraction", rf"\frac{{\partial}}{{\partial K_m}} L = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("in a line", rf"\partial L / \partial K_m = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("in a line, d", rf"dL/dK_m = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("dK", rf"dK_m = {RIGHT}", LINE, "K", wrong=(("dK_m", "dI_m"),)),
    Spelling("dK of a kernel in brackets", r"dK[m][n] = \sum_i \sum_j dO[i][j]\, I[si+m-p][sj+n-p]", STRIDED, "K",
             wrong=(("dO[i][j]", "dO[j][i]"), ("dO[i][j]", "O[i][j]"))),
    Spelling("bars", r"\bar{K}_m = \sum_i \bar{O}_i I_{si+m-p}", LINE, "K", wrong=((r"\bar{O}", "O"),)),
    Spelling("nabla, an entry", rf"\nabla_{{K_m}} L = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("nabla in brackets", rf"(\nabla_K L)_m = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("a small derivative sign", rf"\partial_{{K_m}} L = {RIGHT}", LINE, "K", wrong=MIXED),
    Spelling("a calligraphic loss", rf"\frac{{\partial \mathcal{{L}}}}{{\partial K_m}} = {RIGHT}", LINE, "K"),
    Spelling("a loss J", rf"\frac{{\partial J}}{{\partial K_m}} = {RIGHT}", LINE, "K"),
    Spelling("a loss with arguments", rf"\frac{{\partial L(y, t)}}{{\partial K_m}} = {RIGHT}", LINE, "K"),
    Spelling("an error E", r"\frac{\partial E}{\partial w_m} = \sum_i \frac{\partial E}{\partial y_i} x_{si+m-p}",
             LINE, "K", wrong=((r"\partial y_i", r"\partial x_i"), ("x_{si+m-p}", "x_{s(i+m)-p}"))),
    Spelling("upstream in full", r"\frac{\partial L}{\partial K_m} = \sum_i \frac{\partial L}{\partial O_i} "
             r"I_{si+m-p}", LINE, "K", wrong=((r"\partial O_i", r"\partial O_m"),)),
    Spelling("upstream of the convolution", r"\frac{\partial L}{\partial K_{m,n}} = \sum_{i,j} "
             r"\frac{\partial L}{\partial (I * K)_{i,j}} I_{i+m,j+n}", PLAIN, "K",
             wrong=(("I_{i+m,j+n}", "I_{i-m,j-n}"),)),
    Spelling("the output by another name", r"\frac{\partial L}{\partial w_m} = \sum_i \frac{\partial L}{\partial "
             r"z_i} " r"a_{si+m-p}", LINE, "K", {"roles": {"w": "kernel", "z": "output", "a": "input"}},
             wrong=((r"\partial z_i", r"\partial a_i"),)),
    Spelling("wrt told", r"\frac{\partial L}{\partial \theta_m} = \sum_i \delta_i I_{si+m-p}", LINE, "K",
             {"wrt": "K"}, wrong=MIXED),
    Spelling("a left side with the index elsewhere", r"\frac{\partial L}{\partial K_{u-i}} = \sum_j \delta_j "
             r"I_{j+u-i}", CONV, "K", wrong=(("j+u-i", "j+u"),)),
    Spelling("entries 0 and 1", r"\frac{\partial L}{\partial K_0} = \sum_i \delta_i I_{si-p}", LINE,
             first_kernel_entry, wrong=(("si-p", "si+1-p"),)),
    # the chain rule
    Spelling("the chain rule", r"\frac{\partial L}{\partial K_m} = \sum_i \frac{\partial L}{\partial O_i} "
             r"\frac{\partial O_i}{\partial K_m}", LINE, "K", wrong=((r"\sum_i ", "2 "),
             (r"\partial O_i}{\partial K_m", r"\partial O_m}{\partial K_i"))),
    Spelling("the chain rule without a sum", r"\frac{\partial L}{\partial K_m} = \frac{\partial L}{\partial O_i} "
             r"\frac{\partial O_i}{\partial K_m}", LINE, "K",
             wrong=((r"\partial O_i}{\partial K_m", r"\partial O_i}{\partial I_m"),)),
    Spelling("several lines", r"\begin{align*} \frac{\partial L}{\partial K_m} &= \sum_i \frac{\partial L}{\partial "
             r"O_i} " r"\frac{\partial O_i}{\partial K_m} \\ &= \sum_i \delta_i I_{si+m-p} \end{align*}", LINE, "K",
             wrong=MIXED),
    Spelling("two formulas", r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{si+m-p}, \quad "
             r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i K_{u+p-si}", LINE, ("K", "I"),
             wrong=(("u+p-si", "u-p-si"), ("I_{si+m-p}", "I_{si+m+p}"))),
    Spelling("the derivative of an output by the kernel", r"\frac{\partial O_i}{\partial K_m} = I_{si+m-p}", LINE,
             "O/K", wrong=(("si+m-p", "i+m-p"), ("I_{si+m-p}", "K_m I_{si+m-p}"))),
    Spelling("the derivative of an output by the input", r"\frac{\partial O_i}{\partial I_u} = K_{u+p-si}", LINE,
             "O/I", wrong=(("u+p-si", "u+p-i"), ("u+p-si", "si-u-p"))),
    Spelling("the input's derivative, a sum over taps", r"\frac{\partial L}{\partial I_{u}} = \sum_m \delta_{u-m} "
             r"K_m", CONV, "I", wrong=(("u-m", "u+m"), ("K_m", "K_{-m}"))),
    Spelling("turned kernel in a sum", r"\frac{\partial L}{\partial I_u} = \sum_{m=0}^{k_1-1} \delta_{u-k_1+1+m} "
             r"K_{k_1-1-m}", CONV, "I", wrong=(("K_{k_1-1-m}", "K_m"),)),
    # bias and channels
    Spelling("a bias", r"\frac{\partial L}{\partial b_f} = \sum_{i,j} \delta_{f,i,j}", CHANNEL, "b",
             wrong=((r"\sum_{i,j}", r"\sum_{f,i,j}"), (r"\delta_{f,i,j}", r"2 \delta_{f,i,j}"),
             (r"\sum_{i,j}", r"\sum_{i}"))),
    Spelling("a bias with a batch", r"\frac{\partial L}{\partial b_f} = \sum_{n} \sum_{i,j} \delta_{n,f,i,j}", BATCH,
             "b", wrong=((r"\delta_{n,f", r"\delta_{f,n"),)),
    Spelling("a kernel with channels", r"\frac{\partial L}{\partial K_{f,c,m,n}} = \sum_{i,j} \delta_{f,i,j} "
             r"I_{c,i+m,j+n}", CHANNELS, "K", wrong=((r"\delta_{f,i,j} I_{c,", r"\delta_{c,i,j} I_{f,"),
             ("I_{c,i+m,j+n}", "I_{c,i+n,j+m}"))),
    Spelling("an input with channels", r"\frac{\partial L}{\partial I_{c,u,v}} = \sum_f \sum_{i,j} \delta_{f,i,j} "
             r"K_{f,c,u-i,v-j}", CHANNELS, "I", wrong=((r"\sum_f ", ""), ("K_{f,c,", "K_{c,f,"))),
    # dense layers, entry by entry
    Spelling("a weight", r"\frac{\partial L}{\partial W_{ij}} = \delta_i x_j", DENSE, "K",
             wrong=((r"\delta_i x_j", r"\delta_j x_i"), ("x_j", "W_{ij}"))),
    Spelling("a weight, three factors", r"\frac{\partial L}{\partial W_{ij}} = \sum_k \frac{\partial L}{\partial "
             r"y_k} " r"\frac{\partial y_k}{\partial W_{ij}}", DENSE, "K"),
    Spelling("the input of a dense layer", r"\frac{\partial L}{\partial x_j} = \sum_i W_{ij} \delta_i", DENSE, "I",
             wrong=(("W_{ij}", "W_{ji}"), (r"\sum_i W_{ij} \delta_i", r"\sum_j W_{ij} \delta_j"))),
    Spelling("an entry of the transposed weight", r"\frac{\partial L}{\partial x_j} = \sum_i W^T_{ji} \delta_i",
             DENSE, "I", wrong=(("W^T_{ji}", "W^T_{ij}"), ("W^T_{ji}", "W_{ji}"))),
    Spelling("rows of a batch", r"\frac{\partial L}{\partial W_{ij}} = \sum_n \delta_{ni} x_{nj}", ROWS, "K",
             wrong=(("x_{nj}", "x_{jn}"), (r"\sum_n ", ""))),
    # an activation in front
    Spelling("an error of the layer below", r"\delta^{l}_u = f'(z^{l}_u) \sum_i \delta^{l+1}_i w^{l+1}_{u+p-si}",
             LINE, "z", FRONT, wrong=((r"f'(z^{l}_u) ", ""), (r"\delta^{l+1}_i", r"\delta^{l+1}_u"), ("f'(z", "f(z"),
             ("u+p-si", "u+p+si"))),
    Spelling("an error in two dimensions", r"\delta^{l}_{i,j} = \sum_{m} \sum_{n} \delta^{l+1}_{i-m,j-n}\, "
             r"w^{l+1}_{m,n}\, " r"f'(z^{l}_{i,j})", PLAIN, "z", FRONT, wrong=(("w^{l+1}_{m,n}", "w^{l+1}_{n,m}"),
             ("f'(z^{l}_{i,j})", "f'(z^{l}_{j,i})"))),
    Spelling("a derivative by z", r"\frac{\partial L}{\partial z_u} = \sigma'(z_u) \sum_i \delta_i w_{u+p-si}", LINE,
             "z", {"roles": {"z": "pre_activation", r"\sigma": "activation", "w": "kernel"}},
             wrong=((r"\sigma'(z_u) ", ""), (r"\sigma'(z_u)", r"\sigma'(z_i)"))),
    Spelling("the kernel behind an activation", r"\frac{\partial L}{\partial w_m} = \sum_i \delta_i f(z_{si+m-p})",
             LINE, "K", FRONT, wrong=(("f(z", "f'(z"), ("f(z_{si+m-p})", "z_{si+m-p}"))),
    Spelling("a derivative of a pre-activation", r"\frac{\partial z^{l+1}_i}{\partial z^{l}_u} = w_{u+p-si} "
             r"f'(z^{l}_u)", LINE, slopes, FRONT, wrong=((" f'(z^{l}_u)", ""),)),
)  # fmt: skip
