"""The notations of the reference texts, and how to find one by name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from symconv.errors import NameLookupError
from symconv.typeset.notation import Notation

DEFAULT = Notation(name="default")

#: Voigt, "Convolutional Neural Networks - Pen & Paper" (deep.TEACHING): everything counts from 1, the output is I*K.
DEEPTEACHING = Notation(
    name="deepteaching",
    symbols={"output": "(I*K)"},
    indices={"u": "m'", "v": "n'", "w": "r'"},
    sizes={"output_1": "c_1", "output_2": "c_2", "output_3": "c_3",
           "input_1": "i_1", "input_2": "i_2", "input_3": "i_3"},
    base=1,
    index_styles={"output": "tight"},
    product=r"\cdot",
    operator=r"\ast",
)  # fmt: skip

#: "02 Convolutional NN", a layer at a time: vectors a (input), k (kernel), r (result) and b (bias), counted from 1.
SIMPLE_CNN = Notation(
    name="simple-cnn",
    symbols={"input": "a", "kernel": "k", "output": "r", "weight": "W", "bias": "b"},
    base=1,
    product=r"\cdot",
    operator=r"\ast",
)

#: "Machine Learning MT23, Convolutional neural networks": outputs count from 0, filters from 1.
OXFORD = Notation(
    name="oxford",
    symbols={"input": r"\mathbf{I}", "kernel": r"\mathbf{F}", "bias": r"\mathbf{B}", "output": r"\mathbf{O}"},
    indices={"f": "u", "i": "y", "j": "x", "l": "z", "c": "i", "m": "j", "n": "k", "r": "l",
             "u": "v", "v": "w", "w": "t"},
    sizes={"in_channels": "C_I", "out_channels": "C_O", "input_1": "H_I", "input_2": "W_I", "kernel_1": "H_F",
           "kernel_2": "W_F", "output_1": "H_O", "output_2": "W_O",
           "input_0": "D_I", "kernel_0": "D_F", "output_0": "D_O"},
    loss=r"\ell",
    base=1,
    bases={"O": 0},
    index_style="brackets",
    factor_order=("upstream", "input", "kernel", "weight", "bias"),
    bias="first",
    plain_targets=True,
    product=r"\times",
    bracket="indicator",
)  # fmt: skip

#: The same notes, a layer between l and l+1: a^l, w^{l+1,f'}, z^{l+1}, counted from 1, the channels last.
OXFORD_LAYERS = Notation(
    name="oxford-layers",
    symbols={"input": "a^{l}", "kernel": "w^{l+1}", "bias": "b^{l+1}", "output": "z^{l+1}"},
    indices={"i": "i'", "j": "j'", "l": "k'", "f": "f'", "m": "i", "n": "j", "r": "k", "c": "f",
             "u": "u", "v": "v", "w": "w"},
    sizes={"in_channels": "F_l", "channels": "F_l", "out_channels": "F_{l+1}", "kernel_1": "W_f", "kernel_2": "H_f",
           "input_1": "m_l", "input_2": "n_l", "output_1": "m_{l+1}", "output_2": "n_{l+1}"},
    loss=r"\ell",
    base=1,
    channels="last",
    kernel_axes=("K", "C", "F"),
    superscripts={"kernel": "F", "bias": "F"},
    plain_targets=True,
    factor_order=("upstream", "input", "kernel", "weight", "bias"),
    bias="first",
    product=r"\cdot",
    bracket="indicator",
)  # fmt: skip

#: Kira, "Convolutional Neural Networks" (CS 4803-DL / 7643-A): y(r, c), x(r, c), k(a, b), counted from 0.
GATECH = Notation(
    name="gatech",
    symbols={"input": "x", "kernel": "k", "output": "y", "bias": "b"},
    indices={"i": "r", "j": "c", "l": "t", "m": "a", "n": "b", "r": "e", "u": "r'", "v": "c'", "w": "t'",
             "c": "q", "f": "o"},
    sizes={"output_1": "H_y", "output_2": "W_y"},
    index_style="call",
    factor_order=("upstream", "input", "kernel", "weight", "bias"),
    ranges="implicit",
    eliminate="output",
    operator=r"\ast",
)  # fmt: skip

#: Wu, "Introduction to Convolutional Neural Networks": x^l is H^l x W^l x D^l, indices from 0, channels last, loss z.
WU = Notation(
    name="wu",
    symbols={"input": "x^{l}", "kernel": "f", "output": "y", "bias": "b"},
    indices={"i": "i^{l+1}", "j": "j^{l+1}", "l": "k^{l+1}", "u": "i^{l}", "v": "j^{l}", "w": "k^{l}",
             "m": "i", "n": "j", "r": "k", "c": "d^{l}", "f": "d", r"\nu": "n"},
    sizes={"input_1": "H^{l}", "input_2": "W^{l}", "in_channels": "D^{l}", "channels": "D^{l}", "out_channels": "D",
           "kernel_1": "H", "kernel_2": "W", "output_1": "H^{l+1}", "output_2": "W^{l+1}",
           "input_0": "T^{l}", "kernel_0": "T", "output_0": "T^{l+1}"},
    loss="z",
    index_product=r"\times",
    index_first=True,
    channels="last",
    batch="last",
    kernel_axes=("K", "C", "F"),
    plain_targets=True,
    upstream="bracket",
    gradient="bracket",
    product=r"\times",
    bracket="double",
    operator=r"\ast",
    vec="column",
    transpose="T",
)  # fmt: skip

#: The documentation of torch.nn: words for tensors and hyperparameters, N, C_in, C_out, H_in, kH.
PYTORCH = Notation(
    name="pytorch",
    symbols={"input": r"\mathrm{input}", "kernel": r"\mathrm{weight}", "weight": r"\mathrm{weight}",
             "bias": r"\mathrm{bias}", "output": r"\mathrm{out}"},
    indices={r"\nu": "b", "i": "h", "j": "w", "l": "d", "w": "t", "c": "c", "f": "o"},
    sizes={"batch": "N", "in_channels": r"C_{\mathrm{in}}", "out_channels": r"C_{\mathrm{out}}", "channels": "C",
           "input_1": r"H_{\mathrm{in}}", "input_2": r"W_{\mathrm{in}}", "output_1": r"H_{\mathrm{out}}",
           "output_2": r"W_{\mathrm{out}}", "kernel_1": r"\mathrm{kH}", "kernel_2": r"\mathrm{kW}",
           "stride": r"\mathrm{stride}", "padding": r"\mathrm{padding}", "dilation": r"\mathrm{dilation}",
           "groups": r"\mathrm{groups}", "input_0": r"D_{\mathrm{in}}", "kernel_0": r"\mathrm{kD}",
           "output_0": r"D_{\mathrm{out}}"},
    index_style="call",
    index_product=r"\times",
    factor_order=("upstream", "kernel", "weight", "input", "bias"),
    bias="first",
    product=r"\cdot",
    operator=r"\star",
)  # fmt: skip

notations: Mapping[str, Notation] = MappingProxyType(
    {
        preset.name: preset
        for preset in (DEFAULT, DEEPTEACHING, SIMPLE_CNN, OXFORD, OXFORD_LAYERS, GATECH, WU, PYTORCH)
    }
)  # fmt: skip


def get_notation(notation: str | Notation) -> Notation:
    """The notation itself, or the preset of that name.

    >>> get_notation("wu").channels
    'last'
    >>> get_notation("oxfrod")
    Traceback (most recent call last):
    symconv.errors.NameLookupError: no notation 'oxfrod': did you mean 'oxford'? There are default, deepteaching, ...
    """
    if isinstance(notation, Notation):
        return notation
    if isinstance(notation, str) and notation in notations:
        return notations[notation]
    near = get_close_matches(str(notation), notations, n=1, cutoff=0.5)
    hint = f": did you mean {near[0]!r}? There are" if near else "; there are"
    raise NameLookupError(f"no notation {notation!r}{hint} {', '.join(notations)}")
