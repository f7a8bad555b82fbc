"""The presets print the definitions of the reference texts (where a text is wrong, the right ones: docs/errata.md)."""

from __future__ import annotations

import pytest

from symconv.gradient.derivation import derive
from symconv.ops.convolution import Conv2d, Conv3d
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import AvgPool2d, MaxPool2d
from symconv.typeset.api import to_box
from symconv.typeset.build import definition_box, where_boxes
from symconv.typeset.latex import write_latex
from symconv.typeset.narrate import narrate
from symconv.typeset.presets import get_notation

WIDE = 1000
"""Points: no formula here is broken."""


def forward(operation: Operation, notation: str) -> str:
    return write_latex(definition_box(operation.definition, get_notation(notation)))


def gradient(operation: Operation, wrt: str, notation: str) -> str:
    chosen = get_notation(notation)
    line = to_box(derive(operation, wrt, eliminate=chosen.eliminate), chosen)
    return write_latex(line, width=WIDE)


PLAIN, STRIDED = Conv2d(), Conv2d(stride="s")

FORWARD = (
    # Eq. (1)
    ("deepteaching", STRIDED,
     r"(I \ast K)_{i j} = \sum_{m=1}^{k_1} \sum_{n=1}^{k_2} K_{m,n} \cdot I_{s(i-1)+m,s(j-1)+n}"),
    # the layer's definition, with rows before columns
    ("oxford", Conv2d(stride="s", channels=True, bias=True),
     r"\mathbf{O}[u][y][x] = \mathbf{B}[u] + \sum_{i=1}^{C_I} \sum_{j=1}^{H_F} \sum_{k=1}^{W_F} "
     r"\mathbf{I}[i][s y + j][s x + k] \times \mathbf{F}[u][i][j][k]"),
    # the preactivation of layer l + 1
    ("oxford-layers", Conv2d(channels=True, bias=True),
     r"z_{i',j',f'}^{l+1} = b^{l+1,f'} + \sum_{i=1}^{W_f} \sum_{j=1}^{H_f} \sum_{f=1}^{F_l} "
     r"a_{i'+i-1,j'+j-1,f}^l \cdot w_{i,j,f}^{l+1,f'}"),
    # cross-correlation
    ("gatech", PLAIN, r"y(r, c) = \sum_{a=0}^{k_1-1} \sum_{b=0}^{k_2-1} x(r + a, c + b) k(a, b)"),
    # Eq. (15), with the right limits
    ("wu", Conv2d(channels=True),
     r"y_{i^{l+1},j^{l+1},d} = \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} \sum_{d^l=0}^{D^l-1} "
     r"f_{i,j,d^l,d} \times x_{i^{l+1}+i,j^{l+1}+j,d^l}^l"),
    # Eq. (48)
    ("wu", MaxPool2d(channels=True),
     r"y_{i^{l+1},j^{l+1},d^l} = \max_{0\le i<H,0\le j<W} x_{i^{l+1}\times H+i,j^{l+1}\times W+j,d^l}^l"),
    # Eq. (49)
    ("wu", AvgPool2d(channels=True),
     r"y_{i^{l+1},j^{l+1},d^l} = \frac{1}{H W} \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} "
     r"x_{i^{l+1}\times H+i,j^{l+1}\times W+j,d^l}^l"),
    ("simple-cnn", PLAIN, r"r_{i,j} = \sum_{m=1}^{k_1} \sum_{n=1}^{k_2} k_{m,n} \cdot a_{i+m-1,j+n-1}"),
    # MaxPool2d of torch.nn
    ("pytorch", MaxPool2d(kernel_size=None, stride="s", channels=True, batch=True),
     r"\mathrm{out}(b, c, h, w) = \max_{0\le m<\mathrm{kH},0\le n<\mathrm{kW}} "
     r"\mathrm{input}(b, c, s \times h + m, s \times w + n)"),
    ("default", Conv2d(stride="s", padding="p", dilation="d", channels=True, batch=True),
     r"O_{\nu,f,i,j} = \sum_{c=0}^{C-1} \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} "
     r"K_{f,c,m,n} I_{\nu,c,s i+d m-p,s j+d n-p}"),
)  # fmt: skip

GRADIENTS = (
    # Eq. (2), with the upstream gradient that it leaves out
    ("deepteaching", STRIDED, "K",
     r"\frac{\partial L}{\partial K_{m',n'}} = \sum_{i=1}^{c_1} \sum_{j=1}^{c_2} "
     r"\frac{\partial L}{\partial(I \ast K)_{i j}} \cdot I_{s(i-1)+m',s(j-1)+n'}"),
    # the additional notes, with the limits and the upstream gradient that they leave out
    ("deepteaching", STRIDED, "I",
     r"\frac{\partial L}{\partial I_{m',n'}} = "
     r"\sum_{i=\max(1,\lceil (m'-k_1)/s\rceil+1)}^{\min(c_1,\lfloor (m'-1)/s\rfloor+1)} "
     r"\sum_{j=\max(1,\lceil (n'-k_2)/s\rceil+1)}^{\min(c_2,\lfloor (n'-1)/s\rfloor+1)} "
     r"\frac{\partial L}{\partial(I \ast K)_{i j}} \cdot K_{m'-s(i-1),n'-s(j-1)}"),
    ("oxford-layers", Conv2d(channels=True, bias=True), "K",
     r"\frac{\partial\ell}{\partial w_{i,j,f}^{l+1,f'}} = \sum_{i'=1}^{m_{l+1}} \sum_{j'=1}^{n_{l+1}} "
     r"\frac{\partial\ell}{\partial z_{i',j',f'}^{l+1}} \cdot a_{i'+i-1,j'+j-1,f}^l"),
    ("gatech", Conv2d(padding=((0, "k_1-1"), (0, "k_2-1")), output_size=("H_y", "W_y")), "K",
     r"\frac{\partial L}{\partial k(a',b')} = \sum_{r=0}^{H_y-1} \sum_{c=0}^{W_y-1} "
     r"\frac{\partial L}{\partial y(r,c)} x(r + a', c + b')"),
    ("gatech", PLAIN, "I",
     r"\frac{\partial L}{\partial x(r',c')} = \sum_{a=0}^{k_1-1} \sum_{b=0}^{k_2-1} "
     r"\frac{\partial L}{\partial y(r'-a,c'-b)} k(a, b)"),
    ("wu", Conv2d(channels=True), "K",
     r"\left[ \frac{\partial z}{\partial f} \right]_{i,j,d^l,d} = \sum_{i^{l+1}=0}^{H^{l+1}-1} "
     r"\sum_{j^{l+1}=0}^{W^{l+1}-1} \left[ \frac{\partial z}{\partial y} \right]_{i^{l+1},j^{l+1},d} \times "
     r"x_{i^{l+1}+i,j^{l+1}+j,d^l}^l"),
    ("default", STRIDED, "K",
     r"\frac{\partial L}{\partial K_{m',n'}} = \sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} "
     r"\frac{\partial L}{\partial O_{i,j}} I_{s i+m',s j+n'}"),
)  # fmt: skip


@pytest.mark.parametrize(("notation", "operation", "expected"), FORWARD, ids=lambda value: str(value)[:24])
def test_forward(notation: str, operation: Operation, expected: str) -> None:
    assert forward(operation, notation) == expected


@pytest.mark.parametrize(("notation", "operation", "wrt", "expected"), GRADIENTS, ids=lambda value: str(value)[:24])
def test_gradient(notation: str, operation: Operation, wrt: str, expected: str) -> None:
    assert gradient(operation, wrt, notation) == expected


def test_gatech_states_its_convention() -> None:
    narration = narrate(derive(PLAIN, "I", eliminate="output"), get_notation("gatech"))
    assert narration.conventions == ("Entries outside the range of a tensor are zero.",)
    exact = narrate(derive(PLAIN, "I"), get_notation("default"))
    assert exact.conventions == ()


def test_output_sizes() -> None:
    rows, _ = where_boxes(STRIDED.definition, get_notation("deepteaching"))
    assert write_latex(rows) == r"c_1 = \left\lfloor \frac{i_1-k_1}{s} \right\rfloor + 1"
    rows, _ = where_boxes(Conv2d(stride=None, padding=None, dilation=None).definition, get_notation("pytorch"))
    assert write_latex(rows) == (
        r"H_{\mathrm{out}} = \left\lfloor \frac{H_{\mathrm{in}}+2\times\mathrm{padding}"
        r"-\mathrm{dilation}\times(\mathrm{kH}-1)-1}{\mathrm{stride}} \right\rfloor + 1"
    )


def test_names_that_a_user_gave_are_never_renamed() -> None:
    """The user's H is the input's height, and the notation that would call the kernel's size H gives way."""
    line = forward(Conv2d(kernel_size=("k", "q"), input_size=("H", "W"), stride="t"), "wu")
    assert r"\sum_{i=0}^{k-1} \sum_{j=0}^{q-1}" in line
    assert r"\times t" in line
    clash = forward(Conv2d(input_size=("H", "W")), "wu")
    assert r"\sum_{i=0}^{k_1-1}" in clash


def test_an_index_gives_way_to_a_size_of_the_same_name() -> None:
    line = gradient(Conv2d(stride="y"), "K", "oxford")
    assert r"\sum_{y'=0}^{H_O-1}" in line
    assert r"\mathbf{I}[y y' + j][y x + k]" in line


def test_depth_comes_first_in_three_dimensions() -> None:
    line = forward(Conv3d(), "wu")
    assert r"\sum_{i=0}^{T-1} \sum_{j=0}^{H-1} \sum_{k=0}^{W-1}" in line
    sizes = [write_latex(row) for row in where_boxes(Conv3d().definition, get_notation("pytorch"))]
    assert sizes[0] == r"D_{\mathrm{out}} = D_{\mathrm{in}} - \mathrm{kD} + 1"
