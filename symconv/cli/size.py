"""``symconv size``: output size with the formula filled in, parameters and multiply-accumulates."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import click

from symconv.cli.formula import size_formula
from symconv.cli.options import build_operation, operation_options
from symconv.cli.output import show_json
from symconv.errors import SizeError
from symconv.expr.tensor import Definition
from symconv.forms.count import multiply_accumulates, parameters
from symconv.index.affine import Affine
from symconv.ops.catalogue import OPERATIONS, find_operation
from symconv.ops.operation import Operation
from symconv.ops.padding import WORDS
from symconv.ops.sizes import spread, to_affine

# hyperparameters that the formula shows as letters first, and the letter where all axes share it
LETTERS = {"input_size": "", "kernel_size": "", "stride": "s", "padding": "p", "dilation": "d", "output_padding": "q"}


class SizeGroup(click.Group):
    """``symconv size OPERATION --input … --kernel …``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The operations with a spatial output."""
        return [name for name in OPERATIONS if name not in ("dense", "linear")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The subcommand of an operation."""
        operation = find_operation(cmd_name)
        extra: list[click.Parameter] = [
            click.Option(["--input", "input_"], metavar="SIZE", help="input size, H, HxW or HxWxC (channels last)"),
            click.Option(["--filters"], metavar="N", help="number of kernels (channels out)"),
            click.Option(["--json", "as_json"], is_flag=True, help="print JSON"),
        ]

        def run(**values: Any) -> None:
            _size(operation, **values)

        example = "\b\nExamples:\n  symconv size conv2d --input 200x200x3 --kernel 40x40x3 --filters 12323 --stride 2"
        options = [*extra, *operation_options(operation)]
        return click.Command(cmd_name.lower(), callback=run, params=options, help=f"Sizes of {cmd_name}.\n\n{example}")


def _size(operation: type[Operation], *, input_: str | None, filters: str | None, as_json: bool, **values: Any) -> None:
    rank = operation.rank or int(values.get("dims") or 2)
    names = {field.name for field in fields(operation)}
    if input_ is not None:
        values["input_size"], channels = _split(input_, rank, "--input")
        if channels is not None:
            values["in_channels"] = channels
    if values.get("kernel_size"):
        values["kernel_size"], channels = _split(values["kernel_size"], rank, "--kernel")
        expected = values.get("in_channels")
        if channels is not None and expected is not None and channels != expected:
            raise SizeError(f"--kernel: the kernel has {channels} channels, the input has {expected}")
        if channels is not None:
            values["in_channels"] = channels
    if filters is not None:
        if "out_channels" not in names:
            raise SizeError(f"--filters: {operation.__name__} has no kernels to count")
        values["out_channels"] = filters
    op = build_operation(operation, values)
    definition = op.definition
    letters, filled = _as_letters(op, names)
    shape = [_resolved(size, definition) for size in definition.output.shape]
    counts = {
        "parameters": _resolved(parameters(definition), definition),
        "multiply_accumulates": _resolved(multiply_accumulates(definition), definition),
    }
    if as_json:
        data = {name: _plain(value) for name, value in counts.items()}
        axes = {"axes": list(definition.output.axes), "shape": [_plain(size) for size in shape]}
        show_json({"operation": op.name, "output": axes, **data})
        return
    for name, formula in letters.derived.items():
        click.echo(f"{name} = {size_formula(formula, letters)} = {size_formula(formula, letters, filled)}", nl=False)
        value = formula.substitute(filled)
        click.echo("" if value.constant is None else f" = {value}")
    kinds = " × ".join(_axis(axis) for axis in definition.output.axes)
    click.echo(f"output ({kinds}): {' × '.join(_shown(size, definition) for size in shape)}")
    click.echo(f"parameters: {_shown(counts['parameters'], definition)}")
    click.echo(f"multiply–accumulates: {_shown(counts['multiply_accumulates'], definition)}")


def _as_letters(op: Operation, names: set[str]) -> tuple[Definition, dict[str, Affine]]:
    """The same layer with letters for its sizes and hyperparameters, and what each letter stands for."""
    open_fields = {
        name: None
        for name in LETTERS
        if name in names and (name in ("input_size", "kernel_size") or _is_shared(getattr(op, name)))
    }
    if not isinstance(getattr(op, "stride", 1), (int, str)):
        open_fields.pop("stride", None)
    if "output_size" in names:
        open_fields["output_size"] = None
    changes: dict[str, Any] = dict(open_fields)
    letters = replace(op, **changes).definition
    filled: dict[str, Affine] = {}
    for symbolic, concrete in zip(letters.inputs, op.definition.inputs, strict=True):
        for letter, value in zip(symbolic.shape, concrete.shape, strict=True):
            if len(letter.names()) == 1:
                filled[min(letter.names())] = value
    if "kernel_size" in names:
        for axis, size in enumerate(spread(vars(op)["kernel_size"], "kernel_size", op.rank), start=1):
            if size is not None:
                filled[f"k_{axis}"] = to_affine(size, "kernel_size")
    for name in open_fields:
        if LETTERS.get(name):
            filled[LETTERS[name]] = to_affine(getattr(op, name), name)
    return letters, filled


def _is_shared(value: object) -> bool:
    """Whether one value serves both ends of all axes."""
    return isinstance(value, int) or (isinstance(value, str) and value not in WORDS)


def _split(text: str, rank: int, option: str) -> tuple[Any, Any]:
    """``HxWxC`` as the spatial size and the channels (None where they are not given)."""
    parts = [part.strip() for part in re.split(r"[x×,]", text)]
    if len(parts) not in {1, rank, rank + 1} or not all(parts):
        raise SizeError(f"{option} takes {rank} sizes, or {rank + 1} with the channels last, got {text!r}")
    channels = parts.pop() if len(parts) == rank + 1 else None
    return ",".join(parts), channels


def _resolved(size: Affine, definition: Definition) -> Affine:
    """The integer where all sizes are known, else the form in the derived sizes."""
    resolved = size.substitute(definition.derived)
    return size if resolved.constant is None else resolved


def _plain(value: Affine) -> int | str:
    return str(value) if value.constant is None else value.constant


def _shown(value: Affine, definition: Definition) -> str:
    return f"{value.constant:,}" if value.constant is not None else size_formula(value, definition)


def _axis(axis: str) -> str:
    return {"N": "batch", "C": "channels", "F": "channels"}.get(axis, f"axis {axis[1:]}")


size_command = SizeGroup(
    name="size",
    subcommand_metavar="OPERATION [OPTIONS]",
    help="Output size with its formula filled in, number of parameters and multiply-accumulates.",
)
