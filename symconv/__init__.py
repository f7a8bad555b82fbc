"""symconv: exact, step-by-step gradients of convolutional layers: derived, typeset, validated.

>>> import symconv as sc
>>> d = sc.derive(sc.Conv1d(stride="s"), wrt="K")
>>> [step.rule.name for step in d.steps]
['chain rule', 'definition', 'differentiate', 'brackets', 'one sum', 'sift']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.documents.check import check as check
    from symconv.documents.finding import Finding as Finding
    from symconv.errors import SymconvError as SymconvError
    from symconv.evaluate.check import validate as validate
    from symconv.evaluate.report import Report as Report
    from symconv.expr.bridge_back import from_sympy as from_sympy
    from symconv.expr.tensor import Definition as Definition
    from symconv.expr.tensor import Tensor as Tensor
    from symconv.forms.explicit import explicit as explicit
    from symconv.forms.kronecker import matrix_derivation as matrix_derivation
    from symconv.forms.recognise import recognise as recognise
    from symconv.forms.structured import explicit_matrix as explicit_matrix
    from symconv.forms.structured import im2col as im2col
    from symconv.forms.structured import im2row as im2row
    from symconv.forms.structured import indicator as indicator
    from symconv.forms.structured import pooling_matrix as pooling_matrix
    from symconv.forms.structured import toeplitz as toeplitz
    from symconv.gradient.derivation import Derivation as Derivation
    from symconv.gradient.derivation import derive as derive
    from symconv.gradient.sympy_form import to_sympy as to_sympy
    from symconv.ops.convolution import Conv1d as Conv1d
    from symconv.ops.convolution import Conv2d as Conv2d
    from symconv.ops.convolution import Conv3d as Conv3d
    from symconv.ops.dense import Dense as Dense
    from symconv.ops.dense import Linear as Linear
    from symconv.ops.operation import Operation as Operation
    from symconv.ops.pooling_ranks import AvgPool1d as AvgPool1d
    from symconv.ops.pooling_ranks import AvgPool2d as AvgPool2d
    from symconv.ops.pooling_ranks import AvgPool3d as AvgPool3d
    from symconv.ops.pooling_ranks import LPPool1d as LPPool1d
    from symconv.ops.pooling_ranks import LPPool2d as LPPool2d
    from symconv.ops.pooling_ranks import LPPool3d as LPPool3d
    from symconv.ops.pooling_ranks import MaxPool1d as MaxPool1d
    from symconv.ops.pooling_ranks import MaxPool2d as MaxPool2d
    from symconv.ops.pooling_ranks import MaxPool3d as MaxPool3d
    from symconv.ops.shaping import Flatten as Flatten
    from symconv.ops.shaping import Pad as Pad
    from symconv.ops.transposed import ConvTranspose1d as ConvTranspose1d
    from symconv.ops.transposed import ConvTranspose2d as ConvTranspose2d
    from symconv.ops.transposed import ConvTranspose3d as ConvTranspose3d
    from symconv.typeset.api import latex as latex
    from symconv.typeset.api import mathml as mathml
    from symconv.typeset.api import unicode as unicode
    from symconv.typeset.notation import Notation as Notation
    from symconv.typeset.presets import notations as notations
    from symconv.verification.formula import verify as verify
    from symconv.verification.verdict import Verdict as Verdict

# name → the module that holds it, and its name there: importing symconv imports none of them
_RANKED = {
    "convolution": ("Conv1d", "Conv2d", "Conv3d"),
    "transposed": ("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
    "pooling_ranks": (
        *("MaxPool1d", "MaxPool2d", "MaxPool3d"),
        *("AvgPool1d", "AvgPool2d", "AvgPool3d"),
        *("LPPool1d", "LPPool2d", "LPPool3d"),
    ),
    "dense": ("Dense", "Linear"),
    "shaping": ("Flatten", "Pad"),
    "operation": ("Operation",),
}
_MATRICES = ("explicit_matrix", "im2col", "im2row", "indicator", "pooling_matrix", "toeplitz")
_PUBLIC = {
    **{name: (f"symconv.ops.{module}", name) for module, names in _RANKED.items() for name in names},
    **{name: ("symconv.forms.structured", name) for name in _MATRICES},
    "explicit": ("symconv.forms.explicit", "explicit"),
    "matrix_derivation": ("symconv.forms.kronecker", "matrix_derivation"),
    "recognise": ("symconv.forms.recognise", "recognise"),
    "derive": ("symconv.gradient.derivation", "derive"),
    "Derivation": ("symconv.gradient.derivation", "Derivation"),
    "to_sympy": ("symconv.gradient.sympy_form", "to_sympy"),
    "from_sympy": ("symconv.expr.bridge_back", "from_sympy"),
    "SymconvError": ("symconv.errors", "SymconvError"),
    "validate": ("symconv.evaluate.check", "validate"),
    "Report": ("symconv.evaluate.report", "Report"),
    "Definition": ("symconv.expr.tensor", "Definition"),
    "Tensor": ("symconv.expr.tensor", "Tensor"),
    "latex": ("symconv.typeset.api", "latex"),
    "mathml": ("symconv.typeset.api", "mathml"),
    "unicode": ("symconv.typeset.api", "unicode"),
    "verify": ("symconv.verification.formula", "verify"),
    "check": ("symconv.documents.check", "check"),
    "Finding": ("symconv.documents.finding", "Finding"),
    "Verdict": ("symconv.verification.verdict", "Verdict"),
    "Notation": ("symconv.typeset.notation", "Notation"),
    "notations": ("symconv.typeset.presets", "notations"),
}
__version__ = "0.1.0"
__all__ = [*sorted(_PUBLIC), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
