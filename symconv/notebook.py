"""Rich display in Jupyter: definitions, derivations and steps show as mathematics.

Registered above everything else, so that no class of the lower rooms knows how it is displayed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symconv.gradient.derivation import Derivation
from symconv.expr.nodes import NODES
from symconv.expr.tensor import Definition
from symconv.index.affine import Affine
from symconv.ops.operation import Operation
from symconv.rewrite.rule import Step
from symconv.typeset.api import latex, mathml, unicode

SHOWN: tuple[type, ...] = (Derivation, Definition, Step, Operation, Affine, *NODES)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext symconv.notebook``: show what symconv returns as LaTeX, MathML and plain text."""
    writers: dict[str, Callable[[Any], str]] = {
        "text/latex": as_latex,
        "text/html": as_html,
        "text/plain": unicode,
    }
    for mime, write in writers.items():
        formatter = shell.display_formatter.formatters[mime]
        for shown in SHOWN:
            formatter.for_type(shown, _plain(write) if mime == "text/plain" else write)


def as_latex(value: Any) -> str:
    """LaTeX between display marks, with the steps of a derivation."""
    body = latex(value, steps=isinstance(value, Derivation))
    return body if body.startswith(r"\begin{align") else f"$$\\displaystyle {body}$$"


def as_html(value: Any) -> str:
    """MathML, which browsers and screen readers read without a script."""
    return mathml(value, steps=isinstance(value, Derivation))


def _plain(write: Callable[[Any], str]) -> Callable[[Any, Any, bool], None]:
    def show(value: Any, printer: Any, cycle: bool) -> None:
        printer.text("…" if cycle else write(value))

    return show
