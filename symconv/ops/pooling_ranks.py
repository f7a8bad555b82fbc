"""The pooling layers by number of spatial axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symconv.ops.pooling import AveragePooling, MaxPooling, PowerPooling


@dataclass(frozen=True)
class MaxPool1d(MaxPooling):
    """Max pooling over one axis; see :class:`MaxPooling`.

    >>> MaxPool1d(kernel_size=2, input_size=5, ceil_mode=True).output_size
    (3,)
    """

    rank: ClassVar[int] = 1


@dataclass(frozen=True)
class MaxPool2d(MaxPooling):
    """Max pooling over two axes; see :class:`MaxPooling`.

    >>> MaxPool2d(kernel_size=3, stride=2, input_size=5).output_size
    (2, 2)
    """

    rank: ClassVar[int] = 2


@dataclass(frozen=True)
class MaxPool3d(MaxPooling):
    """Max pooling over three axes; see :class:`MaxPooling`.

    >>> MaxPool3d(kernel_size=2, input_size=4).output_size
    (2, 2, 2)
    """

    rank: ClassVar[int] = 3


@dataclass(frozen=True)
class AvgPool1d(AveragePooling):
    """Average pooling over one axis; see :class:`AveragePooling`.

    >>> AvgPool1d(kernel_size=3, stride=1, padding=1, input_size=5).output_size
    (5,)
    """

    rank: ClassVar[int] = 1


@dataclass(frozen=True)
class AvgPool2d(AveragePooling):
    """Average pooling over two axes; see :class:`AveragePooling`.

    >>> AvgPool2d(kernel_size=2, input_size=(4, 6)).output_size
    (2, 3)
    """

    rank: ClassVar[int] = 2


@dataclass(frozen=True)
class AvgPool3d(AveragePooling):
    """Average pooling over three axes; see :class:`AveragePooling`.

    >>> AvgPool3d(kernel_size=2, input_size=5).output_size
    (2, 2, 2)
    """

    rank: ClassVar[int] = 3


@dataclass(frozen=True)
class LPPool1d(PowerPooling):
    """L_q pooling over one axis; see :class:`PowerPooling`.

    >>> LPPool1d(norm_type=2, kernel_size=2, input_size=6).output_size
    (3,)
    """

    rank: ClassVar[int] = 1


@dataclass(frozen=True)
class LPPool2d(PowerPooling):
    """L_q pooling over two axes; see :class:`PowerPooling`.

    >>> LPPool2d(norm_type=2, kernel_size=2, input_size=6).output_size
    (3, 3)
    """

    rank: ClassVar[int] = 2


@dataclass(frozen=True)
class LPPool3d(PowerPooling):
    """L_q pooling over three axes; see :class:`PowerPooling`.

    >>> LPPool3d(norm_type=2, kernel_size=2, input_size=6).output_size
    (3, 3, 3)
    """

    rank: ClassVar[int] = 3
