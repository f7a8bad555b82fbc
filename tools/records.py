"""Records of formulas: the context of ``verify`` and the layer of a record, as ``../shared/formulas`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAID = ("what", "wrt", "roles", "sizes", "layout", "index_base", "infix")
"""The fields of a record that are arguments of ``verify``."""


def context_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``verify`` that a record gives."""
    return {name: record[name] for name in SAID if record.get(name) is not None}


def options_of(layer: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a layer, ``{"name", "kwargs"}``: JSON has lists where Python has tuples.

    >>> options_of({"name": "Conv2d", "kwargs": {"kernel_size": ["k_1", 3]}})
    {'kernel_size': ('k_1', 3)}
    """
    return {name: _tuples(value) for name, value in (layer.get("kwargs") or {}).items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
