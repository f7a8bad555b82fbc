"""Sums, sets and conditions in many spellings: what a sum runs over, brackets, cases, indicators, words."""

from __future__ import annotations

import symconv as sc
from tests.meaning.spelled import Layer, Spelling
from tests.meaning.table_indices import DILATED, LINE, PLAIN, STRIDED

CONV = Layer(sc.Conv1d())
TWO = Layer(sc.Conv1d(kernel_size=2), kernel=lambda sizes: [2])
NAMED = Layer(sc.Conv1d(output_size="M", kernel_size="k", input_size="n"), kernel=lambda sizes: [sizes["k"]])
AVERAGE = Layer(sc.AvgPool1d(kernel_size="k", stride="s"), "avg", kernel=lambda sizes: [sizes["k"]])
AVERAGE_2 = Layer(
    sc.AvgPool2d(kernel_size="k"), "avg", kernel=lambda sizes: [sizes["k"]] * 2, stride=lambda sizes: sizes["k"]
)
G = {"roles": {"g": "upstream", r"\delta": "indicator"}}
DI = r"\frac{\partial L}{\partial I_u} ="
DI2 = r"\frac{\partial L}{\partial I_{u,v}} ="
DK = r"\frac{\partial L}{\partial K_m} ="

SUMS = (
    # what a sum runs over
    Spelling("no limits", r"O_i = \sum_m K_m I_{si+m-p}", LINE, "O", wrong=(("I_{si+m-p}", "I_{s(i+m)-p}"),)),
    Spelling("both limits", r"O_i = \sum_{m=0}^{k_1-1} K_m I_{si+m-p}", LINE, "O", wrong=(("{k_1-1}", "{k_1-2}"),)),
    Spelling("a chain", r"O_i = \sum_{0 \le m < k_1} K_m I_{si+m-p}", LINE, "O", wrong=((r"0 \le", "0 <"),
             ("< k_1", "< k_1 - 1"))),
    Spelling("a chain downwards", r"O_i = \sum_{k_1 > m \ge 0} K_m I_{si+m-p}", LINE, "O",
             wrong=((r"\ge 0", r"\ge 1"),)),
    Spelling("two chains", r"O_{ij} = \sum_{0 \le m < k_1,\ 0 \le n < k_2} K_{mn} I_{si+m-p,sj+n-p}", STRIDED, "O",
             wrong=(("< k_1,", "< k_2,"), (r"0 \le n", r"1 \le n"))),
    Spelling("one chain for two", r"O_{ij} = \sum_{0 \le m,n < k} K_{mn} I_{i+m,j+n}",
             Layer(sc.Conv2d(kernel_size="k"), kernel=lambda sizes: [sizes["k"]] * 2), "O",
             wrong=(("< k", "< k-1"),)),
    Spelling("one equation for two", r"O_{ij} = \sum_{m,n=0}^{k-1} K_{mn} I_{i+m,j+n}",
             Layer(sc.Conv2d(kernel_size="k"), kernel=lambda sizes: [sizes["k"]] * 2), "O",
             wrong=(("m,n=0", "m,n=1"),)),
    Spelling("substack", r"O_{ij} = \sum_{\substack{0 \le m < k_1 \\ 0 \le n < k_2}} K_{mn} I_{si+m-p,sj+n-p}",
             STRIDED, "O", wrong=(("m < k_1", "m < k_1 - 1"), (r"0 \le n", r"0 < n"))),
    Spelling("a set", r"O_i = \sum_{m \in \{0,\dots,k_1-1\}} K_m I_{si+m-p}", LINE, "O", wrong=(("k_1-1", "k_1-2"),
             ("{0,", "{1,"))),
    Spelling("an interval", r"O_i = \sum_{m \in [0,k_1)} K_m I_{si+m-p}", LINE, "O", wrong=(("[0,", "[1,"),)),
    Spelling("a closed interval", r"O_i = \sum_{m \in [0,k_1-1]} K_m I_{si+m-p}", LINE, "O", wrong=(("-1]", "-2]"),)),
    Spelling("a list", r"O_i = \sum_{m=0,\dots,k_1-1} K_m I_{si+m-p}", LINE, "O", wrong=(("=0,", "=1,"),)),
    Spelling("all integers", r"O_i = \sum_{u=-\infty}^{\infty} I_u K_{u-si+p}", LINE, "O",
             wrong=(("u-si+p", "u-si-p"), ("u-si+p", "si-u+p"))),
    Spelling("over the input", r"O_i = \sum_{u=0}^{W-1} I_u K_{u-si+p}", LINE, "O", wrong=(("W-1", "W-2"),
             ("u=0", "u=1"))),
    Spelling("the other way round", r"O_i = \sum_{m=0}^{k_1-1} K_{k_1-1-m} I_{si+k_1-1-m-p}", LINE, "O",
             wrong=(("si+k_1-1-m", "si+m"),)),
    Spelling("taps named in brackets", r"O_{ij} = \sum_{(m,n)} K_{mn} I_{si+m-p,sj+n-p}", STRIDED, "O"),
    Spelling("sums behind each other", rf"{DI2} \sum_{{i=0}}^{{O_1-1}} \sum_{{j=0}}^{{O_2-1}} \delta_{{i,j}} "
             rf"K_{{u-i,v-j}}", PLAIN, "I", wrong=(("u-i,v-j", "u-j,v-i"), ("O_1-1", "O_1-2"),
             (r"\delta_{i,j}", r"\delta_{j,i}"))),
    Spelling("limits with rounding", rf"{DI} \sum_{{i=\max(0,\lceil (u+p-k_1+1)/s \rceil)}}^{{\min(O_1-1,"
             r"\lfloor (u+p)/s \rfloor)} \delta_i K_{u+p-si}", LINE, "I",
             wrong=((r"\lfloor (u+p)/s \rfloor", r"\lfloor u/s \rfloor"), ("u+p-k_1+1", "u+p-k_1+1+s"),
             ("u+p-k_1+1", "u+p-k_1+2"))),
    Spelling("a sum inside of brackets", r"O_i = 2 \left( \sum_{m} K_m I_{si+m-p} \right) - \sum_m K_m I_{si+m-p}",
             LINE, "O", wrong=((r"\right) - \sum_m", r"\right) + \sum_m"),)),
    # conditions
    Spelling("a condition under the sign", rf"{DI} \sum_{{(i,m) : si+m-p=u}} \delta_i K_m", LINE, "I",
             wrong=(("si+m-p", "si+m+p"), ("si+m-p", "si-m-p"))),
    Spelling("nothing but a condition", rf"{DI} \sum_{{si+m-p=u}} \delta_i K_m", LINE, "I",
             wrong=(("si+m-p", "si+m"),)),
    Spelling("two conditions under the sign", rf"{DI2} \sum_{{\substack{{i,j,m,n \\ i+m=u \\ j+n=v}}}} "
             rf"\delta_{{ij}} K_{{mn}}", PLAIN, "I", wrong=(("i+m=u", "i+n=u"),)),
    Spelling("Iverson brackets", rf"{DI} \sum_i \sum_m [si+m-p=u]\, \delta_i K_m", LINE, "I",
             wrong=(("si+m-p=u", r"si+m-p \ne u"), ("si+m", "si+2m"))),
    Spelling("double brackets", rf"{DI} \sum_{{i,m}} \llbracket u = si+m-p \rrbracket \delta_i K_m", LINE, "I",
             wrong=(("u =", "u + 1 ="),)),
    Spelling("brackets with two conditions", rf"{DI2} \sum_{{i,j,m,n}} [u=i+m, v=j+n]\, \delta_{{ij}} K_{{mn}}",
             PLAIN, "I", wrong=((", v=j+n", ""),)),
    Spelling("brackets around a pair", rf"{DI2} \sum_{{i,j,m,n}} [(u,v)=(i+m,j+n)]\, \delta_{{ij}} K_{{mn}}", PLAIN,
             "I", wrong=(("(i+m,j+n)", "(j+n,i+m)"),)),
    Spelling("an indicator", rf"{DI} \sum_{{i,m}} \mathbb{{1}}[u=si+m-p] \delta_i K_m", LINE, "I",
             wrong=(("u=si", r"u \le si"),)),
    Spelling("an indicator with a script", rf"{DI} \sum_{{i,m}} \mathbb{{1}}_{{\{{u=si+m-p\}}}} \delta_i K_m", LINE,
             "I", wrong=(("m-p", "m-s"),)),
    Spelling("a 1 with a script", rf"{DI} \sum_{{i,m}} 1_{{u=si+m-p}} \delta_i K_m", LINE, "I"),
    Spelling("Kronecker's delta", rf"{DI} \sum_{{i,m}} \delta_{{u,si+m-p}}\, g_i K_m", LINE, "I", G,
             wrong=(("u,si", "u+1,si"), ("g_i", "g_m"))),
    Spelling("Kronecker's delta, run together", r"\frac{\partial K_m}{\partial K_n} = \delta_{mn}", CONV, "K/K", G,
             wrong=((r"\delta_{mn}", r"\delta_{nn}"),)),
    Spelling("divisibility", rf"{DI} \sum_m [s \mid u+p-m]\, \delta_{{(u+p-m)/s}} K_m", LINE, "I",
             wrong=(("u+p-m]", "u-m]"), (r"{(u+p-m)/s}", r"{(u-m)/s}")), fractional=True),
    Spelling("modulo", rf"{DI} \sum_m [(u+p-m) \bmod s = 0]\, \delta_{{(u+p-m)/s}} K_m", LINE, "I",
             wrong=(("= 0]", "= 1]"),), fractional=True),
    Spelling("congruence", rf"{DI} \sum_m [u+p \equiv m \pmod s]\, \delta_{{\lfloor (u+p-m)/s \rfloor}} K_m", LINE,
             "I", wrong=((r"\equiv m", r"\equiv 0"), ("u+p-m", "u-m"))),
    Spelling("an entry at a fraction", rf"{DI} \sum_m \delta_{{(u+p-m)/s}} K_m", LINE, "I",
             wrong=(("(u+p-m)/s", "(u-p-m)/s"),), fractional=True),
    Spelling("an entry at a rounded fraction", rf"{DI} \sum_m [s \lfloor (u+p-m)/s \rfloor = u+p-m]\, "
             r"\delta_{\lfloor (u+p-m)/s \rfloor} K_m", LINE, "I", wrong=((r"[s \lfloor", r"[\lfloor"),)),
    Spelling("stride and dilation", rf"{DI} \sum_i \sum_m [si+dm-p=u] \delta_i K_m", DILATED, "I",
             wrong=(("si+dm", "di+sm"), ("dm-p", "dm-dp"))),
    # cases and words
    Spelling("cases", r"\frac{\partial O_i}{\partial K_m} = \begin{cases} I_{si+m-p} & \text{if } 0 \le si+m-p < W "
             r"\\ " r"0 & \text{otherwise} \end{cases}", LINE, "O/K", wrong=(("< W", "< W - 1"), (r"0 \le", "0 <"))),
    Spelling("three cases", r"\frac{\partial O_i}{\partial I_u} = \begin{cases} K_0 & u = i \\ K_1 & u = i+1 \\ "
             r"0 & \text{else} \end{cases}", TWO, "O/I", wrong=(("u = i+1", "u = i-1"),
             (r"K_0 & u = i \\", r"K_1 & u = i \\"))),
    Spelling("a value for the rest", r"\frac{\partial O_i}{\partial I_u} = \begin{cases} 0 & u < i \\ 0 & u > i + 1 "
             r"\\ " r"K_{u-i} & \text{otherwise} \end{cases}", TWO, "O/I", wrong=(("u < i", r"u \le i"),
             ("i + 1", "i"))),
    Spelling("conditions that overlap", r"\frac{\partial O_i}{\partial I_u} = \begin{cases} 0 & u < i \\ K_{u-i} & "
             r"u < i + k_1 \\ 0 & \text{otherwise} \end{cases}", CONV, "O/I",
             wrong=(("u < i + k_1", "u < i + k_1 - 1"),)),
    Spelling("words behind the formula", r"\frac{\partial O_i}{\partial I_u} = K_{u-i} \text{ for } 0 \le u-i < k_1 "
             r"\text{ and } 0 \text{ otherwise}", CONV, "O/I", wrong=(("K_{u-i}", "K_{i-u}"),
             ("< k_1", "< k_1 - 1"))),
    Spelling("a restriction", rf"{DI} \sum_{{m=0}}^{{k_1-1}} \delta_{{u-m}} K_m \quad \text{{for }} k_1 - 1 \le u < "
             rf"O_1", CONV, "I", wrong=((r"\delta_{u-m}", r"\delta_{u+m}"), ("k_1-1} ", "k_1-2} "))),
    Spelling("a restriction that is needed", rf"{DI} \delta_u K_0 \quad \text{{if }} u = 0", CONV, "I",
             wrong=(("u = 0", r"u \le 1"), (r"\delta_u K_0", r"\delta_0 K_1"))),
    Spelling("an implication", rf"p = 0 \implies {DI} \sum_i \delta_i K_{{u-si}}", LINE, "I",
             wrong=(("p = 0", r"p \le 1"), ("u-si", "u-i"))),
    Spelling("where names are explained", rf"{DK} \sum_i \delta_i \tilde{{x}}_{{si+m}}, \quad \text{{where }} "
             r"\tilde{x} = \operatorname{pad}(I, p)", LINE, "K", wrong=((r"(I, p)", "(I, s)"), ("si+m", "si+m-p"))),
    Spelling("where names are explained by an equation", rf"{DK} \sum_i \delta_i \tilde{{x}}_{{si+m}} \\ "
             r"\tilde{x} = \operatorname{pad}_p(I)", LINE, "K", wrong=(("pad}_p(I)", "pad}_s(I)"),)),
    Spelling("sizes of the layer's own names", r"\frac{\partial L}{\partial I_u} = "
             r"\sum_{i=\max(0,u-k+1)}^{\min(M-1,u)} " r"\delta_i K_{u-i}", NAMED, "I", wrong=(("M-1", "M-2"),
             ("u-k+1", "u-k+2"), ("M-1", "k-1"))),
    # averages
    Spelling("an average", r"O_i = \frac{1}{k} \sum_{m=0}^{k-1} I_{si+m}", AVERAGE, "O",
             wrong=((r"\frac{1}{k}", r"\frac{1}{s}"), (r"\frac{1}{k} ", ""), ("si+m", "ki+m"))),
    Spelling("an average's gradient", rf"{DI} \frac{{1}}{{k}} \sum_i [0 \le u - si < k]\, \delta_i", AVERAGE, "I",
             wrong=(("u - si", "u - i"), ("< k]", r"\le k]"))),
    Spelling("an average over a fraction line", r"O_{ij} = \frac{\sum_{m=0}^{k-1} \sum_{n=0}^{k-1} "
             r"I_{ki+m,kj+n}}{k^2}", AVERAGE_2, "O", wrong=(("{k^2}", "{2k}"), ("kj+n", "kj+m"))),
)  # fmt: skip
