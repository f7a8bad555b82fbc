"""Indices in many spellings: commas, brackets, primes, marks of layers, layouts, where positions are counted from."""

from __future__ import annotations

import symconv as sc
from tests.meaning.spelled import Layer, Spelling

PLAIN = Layer(sc.Conv2d())
STRIDED = Layer(sc.Conv2d(stride="s", padding="p"))
LINE = Layer(sc.Conv1d(stride="s", padding="p"))
DILATED = Layer(sc.Conv1d(stride="s", padding="p", dilation="d"))
CHANNELS = Layer(sc.Conv2d(channels=True))
BATCH = Layer(sc.Conv2d(channels=True, batch=True, bias=True))
DEPTHWISE = Layer(sc.Conv2d(groups="C", in_channels="C", out_channels="C"), depthwise=True)
CENTRED = Layer(sc.Conv2d(kernel_size="2k+1", padding="k"), pads=lambda sizes: sizes["k"])
CENTRED_LINE = Layer(sc.Conv1d(kernel_size="2k+1", padding="k"), pads=lambda sizes: sizes["k"])
SUMS = r"\sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1}"
XYW = {"x": "input", "y": "output", "w": "kernel"}
HWC = {"input": "HWC", "kernel": "HWCF", "output": "HWF"}

INDICES = (
    # how indices stand at a letter
    Spelling("commas", rf"O_{{i,j}} = {SUMS} K_{{m,n}} I_{{si+m-p,sj+n-p}}", STRIDED, "O",
             wrong=(("sj+n-p", "sj+n+p"), ("si+m", "i+m"), ("k_2-1", "k_2-2"), ("m=0", "m=1"))),
    Spelling("run together", r"O_{ij} = \sum_{mn} K_{mn} I_{si+m-p,sj+n-p}", STRIDED, "O",
             wrong=(("K_{mn}", "K_{nm}"),)),
    Spelling("brackets", rf"O[i][j] = {SUMS} K[m][n] I[si+m-p][sj+n-p]", STRIDED, "O",
             wrong=(("[si+m-p]", "[si-m-p]"), ("K[m][n]", "K[n][m]"))),
    Spelling("one bracket", rf"O[i,j] = {SUMS} K[m,n]\, I[s i + m - p,\; s j + n - p]", STRIDED, "O",
             wrong=(("K[m,n]", "K[n,m]"),)),
    Spelling("parentheses", r"y(r,c) = \sum_{a,b} w(a,b)\, x(s r + a - p,\, s c + b - p)", STRIDED, "O",
             {"roles": XYW}, wrong=(("s r + a", "s c + a"), ("w(a,b)", "w(b,a)"))),
    Spelling("parentheses without names told", r"y(r,c) = \sum_{a,b} w(a,b)\, x(s r + a - p, s c + b - p)", STRIDED,
             "O", wrong=(("b - p)", "b - s)"),)),
    Spelling("semicolons", r"O_{i;j} = \sum_{m}\sum_{n} K_{m;n} I_{si+m-p;sj+n-p}", STRIDED, "O"),
    Spelling("products written out", r"O_i = \sum_m K_m \cdot I_{s \cdot i + d \cdot m - p}", DILATED, "O",
             wrong=((r"d \cdot m", r"s \cdot m"), (r"- p", "- d"))),
    Spelling("products as times and star", r"O_i = \sum_m K_m \times I_{s \times i + d * m - p}", DILATED, "O"),
    Spelling("indices in parentheses", r"O_{(i)(j)} = \sum_{m,n} K_{(m)(n)} I_{(si+m-p)(sj+n-p)}", STRIDED, "O",
             wrong=(("(si+m-p)(sj+n-p)", "(sj+n-p)(si+m-p)"),)),
    Spelling("expression in parentheses", r"O_i = \sum_m K_m I_{s i - (p - m)}", LINE, "O",
             wrong=(("(p - m)", "(p + m)"), ("(p - m)", "p - m"))),
    Spelling("Greek indices", r"O_{\alpha\beta} = \sum_{\mu,\nu} K_{\mu\nu} I_{s\alpha+\mu-p,s\beta+\nu-p}", STRIDED,
             "O", wrong=((r"s\beta", r"s\alpha"),)),
    Spelling("fonts", r"\mathbf{O}_{i,j} = \sum_{m,n} \mathbf{K}_{m,n} \mathrm{I}_{si+m-p,sj+n-p}", STRIDED, "O"),
    Spelling("braces around letters", r"{O}_{i,j} = \sum_{m,n} {K}_{m,n} {I}_{{si+m-p},{sj+n-p}}", STRIDED, "O"),
    Spelling("primes", r"\frac{\partial L}{\partial K_{m',n'}} = \sum_{i,j} \delta_{i,j} I_{si+m'-p,sj+n'-p}",
             STRIDED, "K", wrong=(("si+m'", "si+n'"), (r"\delta_{i,j}", r"\delta_{j,i}"), ("sj+n'", "sj+n"))),
    Spelling("several primes", r"O_{i'} = \sum_{i''} K_{i''} I_{si'+i''-p}", LINE, "O", wrong=(("K_{i''}", "K_{i'}"),
             ("si'+i''", "si''+i'"))),
    Spelling("index names with numbers", r"O_{i_1,i_2} = \sum_{m_1,m_2} K_{m_1,m_2} I_{si_1+m_1-p,si_2+m_2-p}",
             STRIDED, "O", wrong=(("si_2+m_2", "si_1+m_2"), ("K_{m_1,m_2}", "K_{m_2,m_1}"))),
    # marks of layers
    Spelling("marks of layers", r"z^{l+1}_{i,j} = \sum_{m,n} w^{l+1}_{m,n} a^{l}_{si+m-p,sj+n-p}", STRIDED, "O",
             {"roles": {"z": "output", "a": "input", "w": "kernel"}}, wrong=(("a^{l}_{si+m", "a^{l}_{si+n"),)),
    Spelling("marks in brackets", r"Z^{[l]}_{ij} = \sum_m \sum_n W^{[l]}_{mn} A^{[l-1]}_{si+m-p,sj+n-p}", STRIDED,
             "O", {"roles": {"Z": "output", "A": "input", "W": "kernel"}}, wrong=(("sj+n-p", "j+n-p"),)),
    Spelling("an activation with a mark", r"Z^{[l]}_{ij} = \sum_m \sum_n W^{[l]}_{mn} A^{[l-1]}_{si+m-p,sj+n-p}",
             STRIDED, "O", {"roles": {"Z": "output", "A": "activation", "W": "kernel"}},
             wrong=(("A^{[l-1]}", "A^{[l+1]}"),)),
    Spelling("marks as numbers", r"y^{(2)}_i = \sum_m w^{(2)}_m x^{(1)}_{si+m-p}", LINE, "O", {"roles": XYW}),
    Spelling("mark and index above", r"y^{l+1,f}_{i,j} = \sum_{c} \sum_{m,n} w^{l+1,f}_{c,m,n} x^{l,c}_{i+m,j+n}",
             CHANNELS, "O", {"roles": XYW}, wrong=(("x^{l,c}", "x^{l,f}"), ("w^{l+1,f}_{c,", "w^{l+1,c}_{f,"))),
    Spelling("channels above", r"O^f_{i,j} = \sum_c \sum_{m,n} K^{f,c}_{m,n} I^c_{i+m,j+n}", CHANNELS, "O",
             wrong=(("I^c", "I^f"), (r"\sum_c ", ""), ("K^{f,c}", "K^{c,f}"))),
    Spelling("channels below, space in parentheses", r"O_f(i,j) = \sum_c \sum_{m,n} K_{f,c}(m,n)\, I_c(i+m,j+n)",
             CHANNELS, "O", wrong=(("I_c(i+m,j+n)", "I_c(i+n,j+m)"), ("K_{f,c}", "K_{c,f}"))),
    Spelling("everything below", r"O_{b,f,i,j} = b_f + \sum_{c,m,n} K_{f,c,m,n} I_{b,c,i+m,j+n}", BATCH, "O",
             wrong=(("b_f +", "b_f -"), ("I_{b,c", "I_{c,b"))),
    # layouts
    Spelling("rows, columns, channels", r"O_{i,j,f} = \sum_{m,n,c} K_{m,n,c,f} I_{i+m,j+n,c}", CHANNELS, "O",
             {"layout": HWC}, wrong=(("K_{m,n,c,f}", "K_{m,n,f,c}"), ("I_{i+m,j+n,c}", "I_{c,i+m,j+n}"))),
    Spelling("channels in the middle", r"O_{i,f,j} = \sum_{m,n,c} K_{f,m,c,n} I_{i+m,c,j+n}", CHANNELS, "O",
             {"layout": {"input": "HCW", "kernel": "FHCW", "output": "HFW"}},
             wrong=(("K_{f,m,c,n}", "K_{f,n,c,m}"),)),
    Spelling("columns first", r"O_{j,i} = \sum_{m,n} K_{n,m} I_{sj+n-p,si+m-p}", STRIDED, "O",
             {"layout": {"input": "WH", "kernel": "WH", "output": "WH"}}, wrong=(("K_{n,m}", "K_{m,n}"),)),
    Spelling("one sample of the batch", r"O_{f,i,j} = b_f + \sum_{c,m,n} K_{f,c,m,n} I_{c,i+m,j+n}", BATCH, "O",
             {"layout": {"input": "CHW", "kernel": "FCHW", "output": "FHW"}}, wrong=((r"I_{c,i+m", r"I_{f,i+m"),)),
    Spelling("one output channel", r"O_{i,j} = b + \sum_{c,m,n} K_{c,m,n} I_{c,i+m,j+n}", BATCH, "O",
             {"layout": {"input": "CHW", "kernel": "CHW", "output": "HW"}}, wrong=(("b +", "2b +"), ("i+m", "i-m"))),
    Spelling("depthwise", r"O_{c,i,j} = \sum_{m,n} K_{c,m,n} I_{c,i+m,j+n}", DEPTHWISE, "O",
             wrong=(("K_{c,m,n} I_{c,i+m,j+n}", r"\sum_a K_{c,m,n} I_{a,i+m,j+n}"),)),
    # where positions are counted from
    Spelling("counted from 1", r"O_{i,j} = \sum_{m=1}^{k_1} \sum_{n=1}^{k_2} K_{m,n} I_{s(i-1)+m-p,s(j-1)+n-p}",
             STRIDED, "O", wrong=(("s(j-1)", "sj"), ("s(i-1)+m", "s(i-1)+m-1"), ("n=1", "n=2"))),
    Spelling("counted from 1, said", r"O_i = \sum_m K_m I_{si+m-p-s}", LINE, "O", {"index_base": 1},
             wrong=(("-p-s", "-p"), ("-p-s", "-p-1"))),
    Spelling("counted from 0, said", r"O_i = \sum_m K_m I_{si+m-p}", LINE, "O", {"index_base": 0},
             wrong=(("si+m-p", "s(i-1)+m-p"), ("si+m-p", "si+m-p+1"))),
    Spelling("each letter by itself", r"O_i = \sum_{m=1}^{k_1} K_m I_{si+m-1-p}", LINE, "O",
             {"index_base": {"K": 1, "I": 0, "O": 0}}, wrong=(("m-1-p", "m-p"), ("^{k_1}", "^{k_1-1}"))),
    Spelling("a kernel around its middle", r"O_{i,j} = \sum_{m=-k}^{k} \sum_{n=-k}^{k} K_{m,n} I_{i+m,j+n}", CENTRED,
             "O", wrong=(("i+m", "i-m"), ("i+m,j+n", "i+n,j+m"), ("n=-k", "n=-k+1"))),
    Spelling("around its middle, both signs", r"O_i = \sum_{-k \le m \le k} K_m I_{i+m}", CENTRED_LINE, "O",
             wrong=((r"m \le k", "m < k"), (r"i+m", "i+m+k"))),
    Spelling("around its middle, gradient", r"\frac{\partial L}{\partial I_u} = \sum_{m=-k}^{k} \delta_{u-m} K_m",
             CENTRED_LINE, "I", wrong=(("u-m", "u+m"), (r"\delta_{u-m}", r"\delta_{u-m-k}"))),
    # names of sizes
    Spelling("sizes of other names", r"O_{i,j} = \sum_{m=0}^{R-1} \sum_{n=0}^{S-1} K_{m,n} I_{si+m-p,sj+n-p}",
             STRIDED, "O", {"sizes": {"R": "k_1", "S": "k_2"}}, wrong=(("{R-1}", "{S-1}"), ("{S-1}", "{S-2}"))),
    Spelling("a size as a word", r"\frac{\partial L}{\partial K_m} = \sum_{i=0}^{H_{\mathrm{out}}-1} \delta_i "
             r"I_{si+m-p}", LINE, "K", {"sizes": {r"H_{\mathrm{out}}": "O_1"}},
             wrong=((r"\delta_i I_{si+m", r"\delta_i I_{si-m"),)),
    Spelling("sizes that the limits show", r"\frac{\partial L}{\partial K_{mn}} = \sum_{i=0}^{A-1} \sum_{j=0}^{B-1} "
             r"\delta_{ij} I_{si+m-p,sj+n-p}", STRIDED, "K", wrong=(("A-1", "A-2"), ("B-1", "A-1"), ("i=0", "i=2"))),
)  # fmt: skip
