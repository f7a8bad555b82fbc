"""``symconv ops`` and ``symconv notations``: what there is."""

from __future__ import annotations

import click

from symconv.cli.output import show_json
from symconv.gradient.derivation import derive
from symconv.ops.catalogue import OPERATIONS
from symconv.typeset.api import boxes_of
from symconv.typeset.presets import notations
from symconv.typeset.unicode import write_line


@click.command("ops", epilog="\b\nExamples:\n  symconv ops\n  symconv ops --json")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def ops_command(as_json: bool) -> None:
    """List the operations with their tensors."""
    rows = []
    for name, operation in OPERATIONS.items():
        op = operation()
        tensors = {tensor.name: tensor.role for tensor in op.tensors.values()}
        rows.append(
            {"name": name, "tensors": tensors, "definition": write_line(boxes_of(op, "sum", "default", False, {}))}
        )
    if as_json:
        show_json({"operations": rows})
        return
    width = max(map(len, OPERATIONS))
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['definition']}")


@click.command("notations", epilog="\b\nExamples:\n  symconv notations\n  symconv notations --json")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def notations_command(as_json: bool) -> None:
    """List the notation presets, each with a convolution and its kernel gradient."""
    op = OPERATIONS["conv2d"](stride=None)  # type: ignore[call-arg]
    rows = []
    for name, notation in notations.items():
        gradient = derive(op, "kernel", eliminate=notation.eliminate)
        samples = [write_line(boxes_of(shown, "sum", notation, False, {})) for shown in (op, gradient)]
        rows.append({"name": name, "forward": samples[0], "kernel_gradient": samples[1]})
    if as_json:
        show_json({"notations": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}\n  {row['forward']}\n  {row['kernel_gradient']}")
