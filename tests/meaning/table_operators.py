"""Operators on whole arrays: convolution signs and words, turned kernels, dilation, padding, matrices of windows."""

from __future__ import annotations

import symconv as sc
from tests.meaning.spelled import Layer, Spelling
from tests.meaning.table_indices import BATCH, CHANNELS, PLAIN, STRIDED

CONV = Layer(sc.Conv1d())
STRIDE = Layer(sc.Conv1d(stride="s"))
PADDED = Layer(sc.Conv2d(padding="p"))
TRUE = Layer(sc.Conv2d(flip=True), flip=True)
DENSE = Layer(sc.Dense())
BIASED = Layer(sc.Dense(bias=True))
ROWS = Layer(sc.Dense(batch=True, bias=True))
CORR, CONVOLUTION = {"infix": {r"\ast": "correlation"}}, {"infix": {r"\ast": "convolution"}}
STAR = {"infix": {r"\star": "correlation"}}
DI = r"\frac{\partial L}{\partial I} ="
DK = r"\frac{\partial L}{\partial K} ="
XFY = {"roles": {"Y": "output", "X": "input", "F": "kernel"}}
FRONT = {"roles": {"z": "pre_activation", "f": "activation"}}


OPERATORS = (
    # the layer itself
    Spelling("a star", r"O = I \star K", PLAIN, "O", STAR, wrong=((r"I \star K", r"I \star I"),
             (r"\star K", r"\star K^T"))),
    Spelling("an asterisk, told", r"O = I \ast K", PLAIN, "O", CORR,
             wrong=((r"\ast K", r"\ast \operatorname{rot180}(K)"),)),
    Spelling("an asterisk, not told", r"O = I * K", PLAIN, "O", wrong=(("I * K", "2 I * K"),)),
    Spelling("a true convolution with a turned kernel", r"O = I \ast \operatorname{rot180}(K)", PLAIN, "O",
             CONVOLUTION, wrong=((r"\operatorname{rot180}(K)", "K"),)),
    Spelling("a true convolution", r"O = I \ast K", TRUE, "O", CONVOLUTION,
             wrong=(("K", r"\operatorname{flip}(K)"),)),
    Spelling("the kernel first", r"O = K \ast I", PLAIN, "O", CORR),
    Spelling("at one position", r"O_{i,j} = (I \star K)_{i,j}", PLAIN, "O", wrong=(("_{i,j} = (I", "_{j,i} = (I"),)),
    Spelling("at one position, in brackets", r"O(r,c) = (I \ast K)(r,c)", PLAIN, "O",
             wrong=(("(r,c) = ", "(c,r) = "),)),
    Spelling("the word conv", r"O = \operatorname{conv}(I, K)", PLAIN, "O", wrong=(("(I, K)", "(I, I)"),)),
    Spelling("the word correlate", r"O = \operatorname{correlate}(I, K)", PLAIN, "O",
             wrong=(("correlate}(I, K)", r"correlate}(I, \operatorname{rot180}(K))"),)),
    Spelling("a padded layer", r"O = I \star K", PADDED, "O", STAR),
    Spelling("the padding written", r"O = \operatorname{pad}(I, p) \star_{valid} K", PADDED, "O", STAR,
             wrong=(("(I, p)", "(I, 2p)"), (r"\star_{valid}", r"\star_{full}"))),
    Spelling("the padding below", r"O = \operatorname{pad}_p(I) \star_{valid} K", PADDED, "O", STAR,
             wrong=(("_p(", "_{2p}("),)),
    Spelling("the padded input as a name", r"O_{i,j} = \sum_{m,n} K_{m,n} I^{\mathrm{pad}}_{i+m,j+n}", PADDED, "O",
             wrong=((r"I^{\mathrm{pad}}", "I"), ("i+m,", "i+m-p,"))),
    Spelling("channels", r"O = I \star K", CHANNELS, "O", STAR, wrong=((r"I \star K", r"- I \star K"),)),
    Spelling("with a bias", r"O = I \star K + b", BATCH, "O", STAR, wrong=(("+ b", "- b"), (" + b", ""))),
    # gradients
    Spelling("the kernel's gradient", rf"{DK} I \star \delta", PLAIN, "K", STAR,
             wrong=((r"I \star \delta", r"K \star \delta"),)),
    Spelling("the kernel's gradient, valid", rf"{DK} I \ast_{{valid}} \frac{{\partial L}}{{\partial O}}", PLAIN, "K",
             CORR, wrong=(("_{valid}", "_{full}"), (r"\partial O", r"\partial I"))),
    Spelling("the kernel's gradient with turned δ", rf"{DK} I \ast_{{valid}} \operatorname{{rot180}}(\delta)", PLAIN,
             "K", CONVOLUTION, wrong=((r"\operatorname{rot180}(\delta)", r"\delta"),)),
    Spelling("a strided layer's kernel", rf"{DK} I \star \operatorname{{dil}}_s(\delta)", STRIDE, "K", STAR,
             wrong=((r"\operatorname{dil}_s(\delta)", r"\delta"), ("dil}_s", "dil}_2"))),
    Spelling("a padded layer's kernel", rf"{DK} \operatorname{{pad}}(I, p) \star_{{valid}} \delta", PADDED, "K", STAR,
             wrong=(("(I, p)", "(I, p + 1)"), (r"\delta", "O"))),
    Spelling("full", rf"{DI} \delta \ast_{{full}} \operatorname{{rot180}}(K)", PLAIN, "I", CORR,
             wrong=((r"\operatorname{rot180}(K)", "K"), ("_{full}", "_{valid}"), (r"\delta \ast", r"I \ast"))),
    Spelling("rot with 180 below", rf"{DI} \delta \ast_{{full}} \operatorname{{rot}}_{{180}}(K)", PLAIN, "I", CORR),
    Spelling("rot with degrees", rf"{DI} \delta \ast_{{full}} \operatorname{{rot}}_{{180^\circ}}(K)", PLAIN, "I",
             CORR),
    Spelling("rot as text", rf"{DI} \delta \ast_{{full}} \text{{rot180}}(K)", PLAIN, "I", CORR,
             wrong=(("(K)", "(I)"),)),
    Spelling("rotate180 with braces", rf"{DI} \delta \ast_{{full}} \mathrm{{rot180}}\{{K\}}", PLAIN, "I", CORR),
    Spelling("flip", rf"{DI} \delta \ast_{{full}} \operatorname{{flip}}(K)", PLAIN, "I", CORR,
             wrong=((r"\operatorname{flip}(K)", r"\operatorname{flip}(\operatorname{flip}(K))"),)),
    Spelling("a label at the kernel", rf"{DI} \delta \ast_{{full}} K^{{rot180}}", PLAIN, "I", CORR,
             wrong=(("K^{rot180}", "K"),)),
    Spelling("a tilde over the kernel", rf"{DI} \delta \ast_{{full}} \tilde{{K}}", PLAIN, "I", CORR),
    Spelling("a true convolution, full", rf"{DI} \delta \ast_{{full}} K", PLAIN, "I", CONVOLUTION,
             wrong=((r"\ast_{full} K", r"\ast_{full} \operatorname{rot180}(K)"), ("_{full}", "_{same}"))),
    Spelling("full, told in words", rf"{DI} \delta * K", PLAIN, "I", {"infix": {"*": "full convolution"}},
             wrong=(("* K", r"* \operatorname{rot180}(K)"),)),
    Spelling("full as an exponent", rf"{DI} \delta \ast^{{full}} K", PLAIN, "I", CONVOLUTION),
    Spelling("MATLAB", rf"{DI} \operatorname{{conv2}}(\delta, K, \text{{'full'}})", PLAIN, "I",
             wrong=(("'full'", "'valid'"), ("K,", r"\operatorname{rot180}(K),"))),
    Spelling("conv with a mode below", rf"{DI} \operatorname{{conv}}_{{full}}(\delta, \operatorname{{rot180}}(K))",
             PLAIN, "I", {"infix": {"conv": "correlation"}}, wrong=((r"\operatorname{rot180}(K)", "K"),
             ("_{full}", "_{valid}"))),
    Spelling("a strided layer's input", rf"{DI} \operatorname{{dil}}_s(\delta) \ast_{{full}} "
             rf"\operatorname{{rot180}}(K)", STRIDE, "I", CORR, wrong=(("dil}_s", "dil}_2"),
             (r"\operatorname{dil}_s(\delta)", r"\delta"))),
    Spelling("indices that only name", r"\frac{\partial L}{\partial I_{i,j}} = \delta_{i,j} * w_{-m,-n}", PLAIN, "I",
             {"infix": {"*": "correlation"}}, wrong=(("w_{-m,-n}", "w_{m,n}"),)),
    Spelling("a gradient at one position", r"\frac{\partial L}{\partial I_{u,v}} = (\delta \ast_{full} K)_{u,v}",
             PLAIN, "I", CONVOLUTION, wrong=(("K)_{u,v}", "K)_{v,u}"),)),
    Spelling("a bias is the sum", r"\frac{\partial L}{\partial b} = \operatorname{sum}(\delta)",
             Layer(sc.Conv2d(in_channels=1, out_channels=1, bias=True)),
             lambda values, sizes: values[r"\delta"].sum(),
             {"layout": {"input": "HW", "kernel": "HW", "output": "HW"}},
             wrong=((r"\operatorname{sum}(\delta)", r"2\operatorname{sum}(\delta)"),)),
    # dense layers
    Spelling("a dense layer", "y = W x", DENSE, "O", wrong=(("W x", "W^T x"), ("W x", "x W"), ("W x", "2 W x"))),
    Spelling("a dense layer with a bias", "y = W x + b", BIASED, "O", wrong=(("+ b", "- b"),
             ("W x + b", "W (x + b)"))),
    Spelling("a dense layer with a dot", r"\mathbf{y} = \mathbf{W} \cdot \mathbf{x} + \mathbf{b}", BIASED, "O"),
    Spelling("rows of a batch", "y = x W^T + b", ROWS, "O", wrong=(("W^T", "W"), ("x W^T", "W x^T"))),
    Spelling("the weight's gradient", r"\frac{\partial L}{\partial W} = \delta x^T", DENSE, "K",
             wrong=((r"\delta x^T", r"x \delta^T"), (r"\delta x^T", r"\delta^T x"), ("x^T", "y^T"))),
    Spelling("the weight's gradient as ⊗", r"\frac{\partial L}{\partial W} = \delta \otimes x", DENSE, "K",
             wrong=((r"\delta \otimes x", r"x \otimes \delta"),)),
    Spelling("the weight's gradient of a batch", r"\frac{\partial L}{\partial W} = \delta^\top x", ROWS, "K",
             wrong=((r"\delta^\top x", r"x^\top \delta"), (r"\delta^\top", r"\delta"))),
    Spelling("the input's gradient", r"\nabla_x L = W^T \delta", DENSE, "I", wrong=(("W^T", "W"), (r"\delta", "y"))),
    Spelling("the input's gradient of a batch", r"\frac{\partial L}{\partial x} = \delta W", ROWS, "I",
             wrong=((r"\delta W", r"\delta W^T"), (r"\delta W", r"W \delta"))),
    Spelling("the bias' gradient of a batch", r"\frac{\partial L}{\partial b_i} = \sum_n \delta_{n,i}", ROWS, "b",
             wrong=((r"\delta_{n,i}", r"\delta_{i,n}"),)),
    Spelling("behind an activation", r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(z^{l})", DENSE, "z", FRONT,
             wrong=((r"(W^{l+1})^T", "W^{l+1}"), (r" \odot f'(z^{l})", ""), ("f'(z^{l})", "f'(z^{l+1})"),
             ("f'", "f"))),
    Spelling("behind an activation, a diagonal", r"\delta^{l} = \operatorname{diag}(f'(z^{l})) (W^{l+1})^T "
             r"\delta^{l+1}", DENSE, "z", FRONT,
             wrong=((r"\operatorname{diag}(f'(z^{l})) (W^{l+1})^T", r"(W^{l+1})^T \operatorname{diag}(f'(z^{l}))"),)),
    Spelling("a Jacobian", r"\frac{\partial y}{\partial x} = W", DENSE, lambda values, sizes: values["W"],
             wrong=(("= W", "= 2 W"), ("= W", "= x"))),
    Spelling("a transposed Jacobian", r"\frac{\partial L}{\partial x} = \left( \frac{\partial y}{\partial x} "
             r"\right)^T \delta", DENSE, "I", wrong=((r"\delta", "x"), (r"\delta", r"2 \delta"))),
    Spelling("a transposed Jacobian of a square layer", r"\frac{\partial L}{\partial x} = \left( \frac{\partial "
             r"y}{\partial x} " r"\right)^T \delta", Layer(sc.Dense(in_features="n", out_features="n")), "I",
             wrong=((r"\delta", r"2 \delta"),)),
    # matrices of windows; the digits of a column-major vector come in reverse order
    Spelling("vec of the output", r"\operatorname{vec}(O) = \phi(I) \operatorname{vec}(K)", PLAIN, "O^T",
             wrong=((r"\phi(I)", r"\phi(I)^T"), (r"\phi(I) ", r"\phi(O) "), ("vec}(O)", "vec}(I)"))),
    Spelling("vec of the output by rows", r"\operatorname{vec}_r(O) = \operatorname{im2row}(I) "
             r"\operatorname{vec}_r(K)", STRIDED, "O", wrong=(("vec}_r(O)", "vec}_c(O)"), ("im2row", "im2col"))),
    Spelling("a product with the matrix of windows", r"Y = \phi(X) F", CHANNELS, "O^T", XFY,
             wrong=((r"\phi(X) F", r"F \phi(X)"), (r"\phi(X)", r"\phi(X)^T"), ("F", "2 F"))),
    Spelling("its gradient", r"\frac{\partial L}{\partial F} = \phi(X)^T \frac{\partial L}{\partial Y}", CHANNELS,
             "K^T", XFY, wrong=((r"\phi(X)^T", r"\phi(X)"), (r"\frac{\partial L}{\partial Y}", "Y"))),
)  # fmt: skip
