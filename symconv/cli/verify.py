"""``symconv verify``: is a formula written by hand right for the layer, for all sizes?"""

from __future__ import annotations

import re
from typing import Any

import click

from symconv.cli.groups import OperationGroup
from symconv.cli.output import show_json
from symconv.errors import SizeError
from symconv.meaning.words import KINDS
from symconv.ops.operation import Operation

EXAMPLES = r"""
symconv verify {name} '\frac{{\partial L}}{{\partial I_{{u,v}}}} = \ldots'
symconv verify {name} --infix '*=full convolution' '…'
symconv verify {name} --json '…'
"""


def _verify(
    op: Operation,
    *,
    formula: str,
    what: str | None,
    wrt: str | None,
    roles: tuple[str, ...],
    renamed: tuple[str, ...],
    layouts: tuple[str, ...],
    base: int | None,
    infixes: tuple[str, ...],
    as_json: bool,
) -> int:
    from symconv.verification.formula import verify  # --help and bad options need none of it

    verdict = verify(
        formula,
        op,
        what=what,
        wrt=wrt,
        roles=_pairs(roles, "--role"),
        sizes=_pairs(renamed, "--size"),
        layout=_pairs(layouts, "--layout"),
        index_base=base,
        infix=_pairs(infixes, "--infix", "'*=full convolution'"),
    )
    if as_json:
        show_json(verdict.as_dict())
    else:
        click.echo(str(verdict))
    return {"proved": 0, "checked": 0, "refuted": 1}.get(verdict.status, 2)


def _pairs(texts: tuple[str, ...], option: str, example: str = "X=input") -> dict[str, str] | None:
    pairs: dict[str, Any] = {}
    for text in texts:
        match = re.fullmatch(r"\s*(.{1,60}?)\s*=\s*(.{1,60}?)\s*", text)
        if match is None:
            got = text if len(text) <= 130 else f"{text[:130]}…"
            raise SizeError(f"{option} takes two names, for example {option} {example}, got {got!r}")
        pairs[match[1]] = match[2]
    return pairs or None


verify_command = OperationGroup(
    _verify,
    [
        click.Argument(["formula"]),
        click.Option(
            ["--what"], type=click.Choice(KINDS), help="what the formula is [default: read off its left side]"
        ),
        click.Option(["--wrt"], metavar="TENSOR", help="the tensor of a gradient"),
        click.Option(["--role", "roles"], multiple=True, metavar="SYMBOL=ROLE", help="what a symbol stands for"),
        click.Option(["--size", "renamed"], multiple=True, metavar="WRITTEN=SIZE", help="the layer's name of a size"),
        click.Option(["--layout", "layouts"], multiple=True, metavar="ROLE=AXES", help="the order of a tensor's axes"),
        click.Option(["--index-base", "base"], type=click.IntRange(0, 1), help="where indices are counted from"),
        click.Option(["--infix", "infixes"], multiple=True, metavar="SIGN=MEANING", help="what an operator sign means"),
        click.Option(["--json", "as_json"], is_flag=True, help="print JSON"),
    ],
    EXAMPLES,
    name="verify",
    help="Prove a formula for all sizes, or find the smallest counterexample and the mistake.",
)
