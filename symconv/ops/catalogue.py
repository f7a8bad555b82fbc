"""The catalogue: one line for each operation. The command line and the tests take every entry from here."""

from __future__ import annotations

import difflib

from symconv.errors import NameLookupError
from symconv.ops.convolution import Conv1d, Conv2d, Conv3d
from symconv.ops.dense import Dense, Linear
from symconv.ops.operation import Operation
from symconv.ops.pooling_ranks import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from symconv.ops.shaping import Flatten, Pad
from symconv.ops.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d

OPERATIONS: dict[str, type[Operation]] = {
    "conv1d": Conv1d,
    "conv2d": Conv2d,
    "conv3d": Conv3d,
    "convtranspose1d": ConvTranspose1d,
    "convtranspose2d": ConvTranspose2d,
    "convtranspose3d": ConvTranspose3d,
    "maxpool1d": MaxPool1d,
    "maxpool2d": MaxPool2d,
    "maxpool3d": MaxPool3d,
    "avgpool1d": AvgPool1d,
    "avgpool2d": AvgPool2d,
    "avgpool3d": AvgPool3d,
    "lppool1d": LPPool1d,
    "lppool2d": LPPool2d,
    "lppool3d": LPPool3d,
    "dense": Dense,
    "linear": Linear,
    "pad": Pad,
    "flatten": Flatten,
}


def find_operation(name: str) -> type[Operation]:
    """The operation of that name; the error suggests the nearest one.

    >>> find_operation("Conv2d").__name__
    'Conv2d'
    """
    key = name.lower().replace("_", "").replace("-", "")
    if key in OPERATIONS:
        return OPERATIONS[key]
    near = difflib.get_close_matches(key, OPERATIONS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; the operations are {', '.join(OPERATIONS)}"
    raise NameLookupError(f"there is no operation {name!r}{hint}")
