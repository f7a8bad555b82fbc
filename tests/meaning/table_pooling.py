"""Maxima in many spellings: windows by limits, by sets and by words, and where a maximum is taken."""

from __future__ import annotations

import symconv as sc
from tests.meaning.spelled import Layer, Spelling

LINE = Layer(sc.MaxPool1d(kernel_size="k", stride="s"), "max", kernel=lambda sizes: [sizes["k"]])
SQUARE = Layer(sc.MaxPool2d(kernel_size="k", stride="s"), "max", kernel=lambda sizes: [sizes["k"]] * 2)
APART = Layer(sc.MaxPool2d(kernel_size="k"), "max", kernel=lambda sizes: [sizes["k"]] * 2, stride=lambda z: z["k"])
CHANNELS = Layer(
    sc.MaxPool2d(kernel_size="k", stride="s", channels=True, batch=True), "max", kernel=lambda sizes: [sizes["k"]] * 2
)
AVERAGE = Layer(sc.AvgPool2d(kernel_size="k", stride="s"), "avg", kernel=lambda sizes: [sizes["k"]] * 2)
DI = r"\frac{\partial L}{\partial I_{u,v}} ="
DO = r"\frac{\partial O_{i,j}}{\partial I_{u,v}} ="
PLACE = r"\lfloor u/k \rfloor,\lfloor v/k \rfloor"
CASES = r"\begin{{cases}} {value} & \text{{if }} {where} \\ 0 & \text{{otherwise}} \end{{cases}}"

POOLING = (
    # the layer
    Spelling("limits", r"O_{i,j} = \max_{0 \le m < k} \max_{0 \le n < k} I_{si+m,sj+n}", SQUARE, "O",
             wrong=((r"\max_{0 \le n", r"\min_{0 \le n"), ("si+m", "i+m"), ("sj+n", "sj+m"))),
    Spelling("limits for two", r"O_{i,j} = \max_{0 \le m, n < k} I_{si+m,sj+n}", SQUARE, "O",
             wrong=((r"0 \le m", r"1 \le m"), ("< k", "< k - 1"))),
    Spelling("no limits", r"O_{i,j} = \max_{m,n} I_{si+m,sj+n}", SQUARE, "O", wrong=((r"\max", r"\min"),
             ("sj+n", "sj-n"))),
    Spelling("limits as an equation", r"O_i = \max_{m=0,\dots,k-1} I_{si+m}", LINE, "O", wrong=(("k-1", "k-2"),
             ("=0", "=1"))),
    Spelling("counted from 1", r"O_i = \max_{1 \le m \le k} I_{s(i-1)+m}", LINE, "O", wrong=((r"\le k", "< k"),
             ("s(i-1)", "si"))),
    Spelling("a set of taps", r"O_i = \max_{m \in \{0,\dots,k-1\}} I_{si+m}", LINE, "O", wrong=(("{0,", "{1,"),)),
    Spelling("a window as a set", r"O_{i,j} = \max_{(u,v) \in \Omega(i,j)} I_{u,v}", SQUARE, "O",
             wrong=((r"\Omega(i,j)", r"\Omega(j,i)"), ("I_{u,v}", "I_{v,u}"), ("= ", "= 2 "))),
    Spelling("a window with a script", r"O_{i,j} = \max_{(u,v) \in R_{ij}} I_{u,v}", SQUARE, "O",
             wrong=(("R_{ij}", "R_{ji}"),)),
    Spelling("brackets", r"O[i][j] = \max_{m,n} I[ki+m][kj+n]", APART, "O", wrong=(("[ki+m]", "[kj+m]"),)),
    Spelling("channels", r"O_{b,c,i,j} = \max_{m,n} I_{b,c,si+m,sj+n}", CHANNELS, "O", wrong=(("I_{b,c", "I_{c,b"),)),
    Spelling("channels left out", r"O_{i,j} = \max_{m,n} I_{si+m,sj+n}", CHANNELS, "O",
             {"layout": {"input": "HW", "output": "HW"}}, wrong=(("si+m", "si+n"),)),
    # the gradient
    Spelling("winners by a position", rf"{DI} \sum_{{i,j}} \delta_{{i,j}} [(u,v) = \arg\max_{{(a,b) \in "
             rf"\Omega(i,j)}} I_{{a,b}}]", SQUARE, "I", wrong=((r"\delta_{i,j}", r"\delta_{j,i}"),
             ("(u,v) =", "(v,u) ="), ("I_{a,b}", "I_{b,a}"))),
    Spelling("winners by a value", rf"{DI} \sum_{{i,j}} \delta_{{i,j}} \mathbb{{1}}[I_{{u,v}} = \max_{{m,n}} "
             rf"I_{{si+m,sj+n}}]", SQUARE, "I", wrong=((r"\max_{m,n}", r"\min_{m,n}"), (r"\delta_{i,j} ", ""))),
    Spelling("winners among the taps", r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i [u - si = \arg\max_{0 "
             r"\le m < k} " r"I_{si+m}]", LINE, "I", wrong=(("u - si", "u - i"), (r"\arg\max", r"\arg\min"))),
    Spelling("an output's derivative",
             rf"{DO} " + CASES.format(value="1", where=r"I_{u,v} = \max_{m,n} I_{si+m,sj+n}"), SQUARE, "O/I",
             wrong=(("1 & ", "2 & "), (r"\max_{m,n}", r"\min_{m,n}"))),
    Spelling("an output's derivative, by the argmax",
             rf"{DO} " + CASES.format( value="1", where=r"(u,v) = \arg\max_{(a,b) \in \Omega(i,j)} I_{a,b}"), SQUARE,
             "O/I", wrong=((r"\Omega(i,j)", r"\Omega(j,i)"), ("0 & ", "1 & "))),
    Spelling("windows that do not overlap", rf"{DI} " + CASES.format(value=rf"\delta_{{{PLACE}}}",
             where=rf"I_{{u,v}} = O_{{{PLACE}}}"), APART, "I", wrong=((r"\delta_{\lfloor u/k", r"\delta_{\lfloor v/k"),
             (r"\text{if } I", r"\text{if } 2 I"))),
    Spelling("the matrix that picks the largest entries", r"\operatorname{vec}(y) = S(x) \operatorname{vec}(x)",
             SQUARE, "O^T", {"roles": {"x": "input", "y": "output", "S": "indicator"}}, wrong=(("S(x) ", "S(x)^T "),
             ("S(x) ", "2 S(x) "))),
    Spelling("its transpose", r"\frac{\partial L}{\partial \operatorname{vec}(x)} = S(x)^T \operatorname{vec}"
             r"\left(\frac{\partial L}{\partial y}\right)", SQUARE, "I^T",
             {"roles": {"x": "input", "y": "output", "S": "indicator"}}, wrong=(("S(x)^T", "S(x)"),
             (r"\partial y", r"\partial x"))),
    Spelling("an average", r"O_{i,j} = \frac{1}{k^2} \sum_{m,n=0}^{k-1} I_{si+m,sj+n}", AVERAGE, "O",
             wrong=(("{k^2}", "{k}"), ("m,n=0", "m,n=1"), ("si+m", "si+n"))),
    Spelling("an average over a window", r"O_{i,j} = \frac{1}{k^2} \sum_{(u,v) \in \Omega(i,j)} I_{u,v}", AVERAGE,
             "O", wrong=((r"\Omega(i,j)", r"\Omega(j,i)"), (r"\frac{1}{k^2} ", ""))),
    Spelling("an average's gradient over windows", rf"{DI} \frac{{1}}{{k^2}} \sum_{{i,j}} \delta_{{i,j}} [(u,v) \in "
             rf"\Omega(i,j)]", AVERAGE, "I", wrong=((r"\Omega(i,j)", r"\Omega(j,i)"), ("[(u,v)", "[(v,u)"))),
)  # fmt: skip
