"""An operation from the texts of its hyperparameters, as an option or a document gives them; nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from symconv.errors import SizeError
from symconv.ops.operation import Operation
from symconv.ops.padding import WORDS

TEXT_FIELDS = frozenset({"padding_mode", "mode", "ties"})
_COMMA = re.compile(r",(?![^{}]*\})|(?<=[0-9])x(?=[0-9])")
"""Between two sizes; a comma in braces belongs to a name such as ``k_{1,2}``."""


def build_operation(
    operation: type[Operation], values: Mapping[str, Any], shown: Callable[[str], str] = str
) -> Operation:
    """The operation with the values that were given; its own checks speak for what is wrong.

    ``shown`` is the name of a field as the user wrote it, for the messages.

    >>> from symconv.ops.convolution import Conv1d
    >>> build_operation(Conv1d, {"stride": "s", "padding": "1:2"}).padding
    ((1, 2),)
    """
    arguments: dict[str, Any] = {}
    for field in fields(operation):
        value = values.get(field.name)
        if value is None or not field.init:
            continue
        arguments[field.name] = read_value(field.name, value, shown) if isinstance(value, str) else value
    return operation(**arguments)


def read_value(name: str, text: str, shown: Callable[[str], str] = str) -> Any:
    """The text of an option as the value of a field: a word, a number, a size or a tuple of sizes.

    >>> read_value("kernel_size", "3x5"), read_value("stride", "s"), read_value("kernel_size", "k_{1,2}, 3")
    ((3, 5), 's', ('k_{1,2}', 3))
    """
    text = text.strip()
    if name in TEXT_FIELDS:
        return text
    if name == "bias":
        return {"true": True, "false": False}.get(text.lower(), text)
    if name == "dims":
        return _integer(shown(name), text)
    if name == "value":
        return _number(shown(name), text)
    if name == "padding":
        padding = _sizes(text, _padding_axis)
        alone = isinstance(padding, tuple) and "," not in text and ":" in text
        return (padding,) if alone else padding  # 1:2 is the pair of one axis
    return _sizes(text, _size)


def _sizes(text: str, read: Callable[[str], Any]) -> Any:
    """``3``, ``3,5`` or ``3x5`` (a single name such as ``x`` stays a name)."""
    parts = _COMMA.split(text)
    return read(parts[0]) if len(parts) == 1 else tuple(map(read, parts))


def _size(text: str) -> int | str:
    text = text.strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,10}", text) else text


def _padding_axis(text: str) -> Any:
    if text.strip() in WORDS:
        return text.strip()
    before, colon, after = text.partition(":")
    return (_size(before), _size(after)) if colon else _size(text)


def _integer(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise SizeError(f"{name} must be an integer, got {text!r}")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text) if len(text) <= 30 else float("nan")
    except ValueError:
        raise SizeError(f"{name} must be a number, got {text!r}") from None
