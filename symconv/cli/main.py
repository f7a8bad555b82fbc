"""The entry point: groups the commands and turns every user mistake into one sentence and exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from symconv.errors import SymconvError

# name → (module, attribute, help): a command's module is imported when the command is used
COMMANDS: dict[str, tuple[str, str, str]] = {
    "derive": ("symconv.cli.derive", "derive_command", "derive a gradient step by step and typeset it"),
    "validate": ("symconv.cli.validate", "validate_command", "check the derived gradients by numbers"),
    "verify": ("symconv.cli.verify", "verify_command", "prove or refute a formula in LaTeX, for all sizes"),
    "check": ("symconv.cli.check", "check_command", "verify the formulas of LaTeX, Markdown and notebook files"),
    "size": ("symconv.cli.size", "size_command", "output size, parameters and multiply-accumulates"),
    "ops": ("symconv.cli.lists", "ops_command", "list the operations"),
    "notations": ("symconv.cli.lists", "notations_command", "list the notation presets"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's own help, which needs no import."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, _, words) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n  symconv derive conv2d --stride s --wrt K\n  symconv validate conv2d --stride s --padding p"
    "\n  symconv size conv2d --input 200x200x3 --kernel 40x40x3 --filters 12323 --stride 2",
)
@click.version_option(package_name="symconv", message="symconv %(version)s")
def cli() -> None:
    """Exact, step-by-step gradients of convolutional layers: derived, typeset and validated."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    try:
        status = cli.main(args=arguments, prog_name="symconv", standalone_mode=False)
    except SymconvError as error:
        click.echo(f"symconv: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("symconv: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
