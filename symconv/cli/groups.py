"""A group with one subcommand for each operation of the catalogue, built when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from symconv.cli.options import build_operation, operation_options
from symconv.ops.catalogue import OPERATIONS, find_operation
from symconv.ops.operation import Operation

Action = Callable[..., "int | None"]


class OperationGroup(click.Group):
    """``symconv derive OPERATION …``: the operation's hyperparameters and the command's own options."""

    def __init__(self, action: Action, extra: list[click.Parameter], examples: str, **attributes: Any) -> None:
        super().__init__(subcommand_metavar="OPERATION [OPTIONS]", **attributes)
        self.action, self.extra, self.examples = action, extra, examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the catalogue."""
        return list(OPERATIONS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The subcommand of an operation; an unknown name is answered with the nearest one."""
        operation = find_operation(cmd_name)

        def run(**values: Any) -> int | None:
            own = {name: values.pop(name) for name in {parameter.name for parameter in self.extra} if name}
            return self.action(build_operation(operation, values), **own)

        return click.Command(
            cmd_name.lower(),
            callback=run,
            params=[*self.extra, *operation_options(operation)],
            help=_help(operation, self.examples.format(name=cmd_name.lower())),
            short_help=_first_line(operation),
        )


def _first_line(operation: type[Operation]) -> str:
    return (operation.__doc__ or "").strip().splitlines()[0].split(";")[0]


def _help(operation: type[Operation], examples: str) -> str:
    shown = "\n".join(f"  {line}" for line in examples.strip().splitlines())
    return f"{_first_line(operation)}.\n\n\b\nExamples:\n{shown}"
