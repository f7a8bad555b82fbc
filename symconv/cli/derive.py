"""``symconv derive``: a gradient, its steps and its forms, as text, LaTeX, MathML or JSON."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any

import click

from symconv.cli.groups import OperationGroup
from symconv.cli.output import OutputError, show_json, write_file
from symconv.errors import SizeError
from symconv.gradient.derivation import Derivation, derive
from symconv.ops.operation import Operation
from symconv.typeset.api import FORMS, boxes_of
from symconv.typeset.build import expression_box
from symconv.typeset.document import display, fragment, standalone
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box
from symconv.typeset.mathml import write_mathml
from symconv.typeset.narrate import derivation_scope
from symconv.typeset.notation import Notation
from symconv.typeset.presets import get_notation
from symconv.typeset.unicode import write_unicode

EXAMPLES = """
symconv derive {name} --wrt I
symconv derive {name} --latex --notation wu
symconv derive {name} --output gradient.tex --standalone
symconv derive {name} --json
"""


def _text(box: Box) -> str:
    """Text as wide as the terminal."""
    return write_unicode(box, max(60, shutil.get_terminal_size((100, 24)).columns))


WRITERS: dict[str, Callable[[Box], str]] = {"text": _text, "latex": write_latex, "mathml": write_mathml}


def _derive(
    op: Operation,
    *,
    wrt: tuple[str, ...],
    form: str,
    notation: str,
    steps: bool,
    markup: str,
    output: str | None,
    alone: bool,
    force: bool,
    sizes: tuple[str, ...],
    eliminate: str | None,
    as_json: bool,
) -> None:
    if markup == "mathml" and (output is not None or alone):
        raise OutputError("--output and --standalone are for LaTeX: leave out --mathml, or redirect its output")
    markup = "latex" if alone else markup
    style = get_notation(notation)
    values = read_sizes(sizes)
    names = wrt or tuple(tensor.name for tensor in op.definition.inputs)
    rule: Any = eliminate or style.eliminate
    derivations = [derive(op, name, eliminate=rule) for name in names]
    boxes = [boxes_of(derivation, form, style, steps, values) for derivation in derivations]
    if as_json:
        gradients = [_as_dict(*pair, style) for pair in zip(derivations, boxes, strict=True)]
        show_json({"operation": op.name, "notation": notation, "form": form, "gradients": gradients})
    if output is not None:
        bodies = [display(write_latex(box)) for box in boxes]
        text = standalone(bodies, f"Gradients of {op.name}") if alone else fragment("\n\n".join(bodies))
        write_file(output, text, force=force)
        click.echo(f"wrote {output}", err=as_json)
    elif not as_json:
        blocks = [WRITERS[markup](box) for box in boxes]
        if markup == "latex" and alone:
            blocks = [standalone([display(block) for block in blocks], f"Gradients of {op.name}")]
        click.echo("\n\n".join(blocks))


def _as_dict(derivation: Derivation, box: Box, style: Notation) -> dict[str, Any]:
    scope = derivation_scope(derivation, style)
    return {
        "tensor": derivation.wrt.name,
        "latex": write_latex(box),
        "text": write_unicode(box),
        "steps": [
            {
                "rule": step.rule.name,
                "why": step.why,
                "before": write_latex(expression_box(step.before, style, scope)),
                "after": write_latex(expression_box(step.after, style, scope)),
            }
            for step in derivation.steps
        ],
    }


def read_sizes(texts: tuple[str, ...]) -> dict[str, int]:
    """``name=integer`` options as a mapping."""
    values: dict[str, int] = {}
    for text in texts:
        match = re.fullmatch(r"\s*([^=\s]{1,60})\s*=\s*([0-9]{1,9})\s*", text)
        if match is None:
            raise SizeError(f"--size takes name=integer, for example --size H=5, got {text!r}")
        values[match[1]] = int(match[2])
    return values


derive_command = OperationGroup(
    _derive,
    [
        click.Option(["--wrt"], multiple=True, metavar="TENSOR", help="the tensor (I, K, b, …, or input, kernel, …)"),
        click.Option(["--form"], type=click.Choice(FORMS), default="sum", show_default=True, help="the form"),
        click.Option(["--notation"], default="default", show_default=True, help="a preset; see symconv notations"),
        click.Option(["--steps/--no-steps"], default=True, help="show the steps [default: shown]"),
        click.Option(["--text", "markup"], flag_value="text", default=True, help="text for the terminal [default]"),
        click.Option(["--latex", "markup"], flag_value="latex", help="LaTeX"),
        click.Option(["--mathml", "markup"], flag_value="mathml", help="MathML"),
        click.Option(["-o", "--output"], metavar="FILE", help="write LaTeX to a file"),
        click.Option(["--standalone", "alone"], is_flag=True, help="a complete LaTeX document"),
        click.Option(["--force"], is_flag=True, help="overwrite the file if it exists"),
        click.Option(["--size", "sizes"], multiple=True, metavar="NAME=INT", help="a size for the explicit form"),
        click.Option(
            ["--eliminate"],
            type=click.Choice(["auto", "tap", "output", "none"]),
            help="which index an equation removes [default: the notation's]",
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="print JSON"),
    ],
    EXAMPLES,
    name="derive",
    help="Derive the gradients of an operation from its forward definition, step by step.",
)
