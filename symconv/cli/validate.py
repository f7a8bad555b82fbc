"""``symconv validate``: the derived gradients and every step of them, checked by numbers."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any

import click

from symconv.cli.groups import OperationGroup
from symconv.cli.output import show_json
from symconv.evaluate.check import validate
from symconv.gradient.derivation import derive
from symconv.ops.operation import Operation

EXAMPLES = """
symconv validate {name}
symconv validate {name} --cases 1000 --seed 1
"""


def _validate(op: Operation, *, wrt: tuple[str, ...], cases: int, seed: int, as_json: bool) -> int:
    names = wrt or tuple(tensor.name for tensor in op.definition.inputs)
    derivations = [derive(op, name) for name in names]
    reports = []
    with _bar(len(names) * cases, quiet=as_json) as advance:
        for derivation in derivations:
            reports.append(validate(derivation, cases=cases, seed=seed, progress=advance))
    if as_json:
        tensors = [{"tensor": n, **report.as_dict()} for n, report in zip(names, reports, strict=True)]
        show_json({"operation": op.name, "passed": all(r.passed for r in reports), "gradients": tensors})
    else:
        for report in reports:
            click.echo(str(report))
    return 0 if all(report.passed for report in reports) else 1


def _bar(total: int, *, quiet: bool) -> Any:
    """A progress bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return nullcontext(None)
    return _rich_bar(total)


def _rich_bar(total: int) -> Any:
    from contextlib import contextmanager

    from rich.console import Console
    from rich.progress import Progress

    @contextmanager
    def running() -> Any:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("validating", total=total)
            yield lambda *_: progress.advance(task)

    return running()


validate_command = OperationGroup(
    _validate,
    [
        click.Option(["--wrt"], multiple=True, metavar="TENSOR", help="the tensor [default: all]"),
        click.Option(["--cases"], type=click.IntRange(1, 100_000), default=200, show_default=True, help="random cases"),
        click.Option(["--seed"], type=int, default=0, show_default=True, help="seed of the random cases"),
        click.Option(["--json", "as_json"], is_flag=True, help="print JSON"),
    ],
    EXAMPLES,
    name="validate",
    help="Check the derived gradients and every step on random sizes, hyperparameters and integers.",
)
