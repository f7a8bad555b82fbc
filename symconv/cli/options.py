"""Options of a command from the fields of an operation: a new operation gets its options without a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import click

from symconv.ops import texts
from symconv.ops.operation import Operation

HELP: Mapping[str, str] = {
    "kernel_size": "kernel size; left out: symbols k_1, k_2, …",
    "stride": "stride",
    "padding": "padding: a value, one per axis (1,2), a pair per axis (1:2,0:1), or same, valid, full",
    "dilation": "dilation",
    "groups": "number of groups",
    "in_channels": "channels in",
    "out_channels": "channels out (number of kernels)",
    "channels": "with channels",
    "batch": "with a batch axis",
    "bias": "with a bias (one number per output channel)",
    "padding_mode": "zeros, reflect, replicate or circular",
    "flip": "true convolution (the kernel is flipped)",
    "input_size": "input size; left out: symbols",
    "output_size": "names for the output sizes",
    "output_padding": "rows and columns added at the end of the output",
    "ceil_mode": "round the output size up",
    "count_include_pad": "count padded entries in the average",
    "divisor_override": "the divisor of the average",
    "norm_type": "the power of L_q pooling",
    "ties": "who gets the gradient of tied maxima: first, split or all",
    "mode": "zeros, constant, reflect, replicate or circular",
    "value": "the constant to pad with",
    "dims": "number of spatial axes",
    "in_features": "inputs of the layer",
    "out_features": "outputs of the layer",
}


def option_name(field_name: str) -> str:
    """``kernel_size`` → ``--kernel-size``."""
    return "--" + field_name.replace("_", "-")


def operation_options(operation: type[Operation]) -> list[click.Option]:
    """One option for each hyperparameter of the operation."""
    return [_option(field) for field in fields(operation) if field.init]


def _option(field: Field[Any]) -> click.Option:
    name, default = option_name(field.name), None if field.default is MISSING else field.default
    words = HELP.get(field.name, field.name.replace("_", " "))
    if isinstance(default, bool) and field.name != "bias":
        declaration = f"{name}/--no-{name[2:]}" if default else name
        return click.Option([declaration, field.name], is_flag=True, default=default, help=words)
    if field.name == "bias":
        return click.Option([name, field.name], is_flag=False, flag_value="channel", default=None, help=words)
    shown = f" [default: {default}]" if default is not None else ""
    extra = ("--kernel",) if field.name == "kernel_size" else ()
    return click.Option([name, *extra, field.name], default=None, metavar="SIZE", help=words + shown)


def build_operation(operation: type[Operation], values: Mapping[str, Any]) -> Operation:
    """The operation with the options that were given; its own checks speak for what is wrong."""
    return texts.build_operation(operation, values, option_name)
