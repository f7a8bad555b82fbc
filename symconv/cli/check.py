"""``symconv check``: the formulas of documents, verified where they stand."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from symconv.cli.output import show_json

if TYPE_CHECKING:
    from symconv.documents.finding import Finding

EXAMPLES = r"""
  symconv check notes.tex
  symconv check lecture.md exercises.ipynb --jobs 4
  symconv check notes.tex --strict
  symconv check notes.tex --json

A comment names the layer of the formulas after it:

  % symconv: conv2d stride=s padding=p          in LaTeX
  <!-- symconv: conv2d stride=s | wrt=K -->     in Markdown and notebooks
  % symconv: off                                ends it"""


@click.command("check", epilog=f"\b\nExamples:{EXAMPLES.replace(chr(10) * 2, chr(10) * 2 + chr(8) + chr(10))}")
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="processes that verify")
@click.option("--strict", is_flag=True, help="exit code 1 also where a formula with a layer is not understood")
@click.option("--verbose", is_flag=True, help="show every formula with a layer, and how it was read")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def check_command(documents: tuple[str, ...], jobs: int, strict: bool, verbose: bool, as_json: bool) -> int:
    """Find the formulas of LaTeX (.tex), Markdown (.md) and notebook (.ipynb) files that speak of a layer, and verify
    each one for all sizes.

    The exit code is 1 if a formula is refuted, 2 for a file that cannot be read or a layer that is not understood.
    """
    from symconv.documents.check import findings
    from symconv.documents.report import count, describe, is_shown, summary

    found: list[Finding] = []
    hidden = 0
    with ExitStack() as stack:
        executor = None
        if jobs > 1:
            from concurrent.futures import ProcessPoolExecutor

            executor = stack.enter_context(ProcessPoolExecutor(jobs))
        for finding in findings(documents, executor):
            found.append(finding)
            if not is_shown(finding, all_=verbose or strict):
                hidden += 1
            elif not as_json:
                click.echo(describe(finding, verbose=verbose))
    counted = count(found)
    if as_json:
        show_json({"findings": [finding.as_dict() for finding in found], "summary": counted})
    else:
        click.echo("\n".join(summary(found, hidden)))
    return 1 if counted["refuted"] or (strict and counted["not_understood"]) else 0
