r"""Rich display in Jupyter: after ``%load_ext symconv.notebook`` whatever symconv typesets shows as mathematics.

Registered above everything else, so that no class of the lower rooms knows how it is displayed. Two formats are
given: LaTeX, which the notebook typesets, and plain text for a terminal. MathML is left out on purpose: JupyterLab
and GitHub prefer ``text/html`` to LaTeX, and both remove MathML from notebooks that they do not trust.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from symconv.ops.operation import Operation
from symconv.typeset.api import latex, to_box, unicode

# the modules that register further types with to_box when they are imported
_REGISTERING = ("symconv.typeset.form_boxes", "symconv.typeset.matrix_boxes", "symconv.typeset.explicit_boxes")


def shown_types() -> tuple[type, ...]:
    """Every type that can be typeset: operations and what :func:`symconv.typeset.api.to_box` knows."""
    for module in _REGISTERING:
        import_module(module)
    return (Operation, *(known for known in to_box.registry if known is not object))


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext symconv.notebook``: show what symconv returns as LaTeX and plain text."""
    formatters = shell.display_formatter.formatters
    for shown in shown_types():
        formatters["text/latex"].for_type(shown, as_latex)
        formatters["text/plain"].for_type(shown, _print)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext symconv.notebook``: back to Python's own display."""
    formatters = shell.display_formatter.formatters
    for shown in shown_types():
        for mime in ("text/latex", "text/plain"):
            formatters[mime].pop(shown, None)


def as_latex(value: Any) -> str:
    r"""LaTeX between ``$$``, which MathJax, KaTeX and LaTeX itself accept; a derivation comes with its steps.

    ``align*`` may not stand between dollars in LaTeX, so its lines become ``aligned``.

    >>> from symconv.index.affine import Affine
    >>> as_latex(Affine.of("k_1") + 1)
    '$$k_1 + 1$$'
    """
    body = latex(value, steps=_has_steps(value))
    return f"$${body.replace('{align*}', '{aligned}')}$$"


def as_text(value: Any) -> str:
    """Text for a terminal."""
    return unicode(value, steps=_has_steps(value))


def _has_steps(value: Any) -> bool:
    return hasattr(value, "steps")


def _print(value: Any, printer: Any, cycle: bool) -> None:
    printer.text("…" if cycle else as_text(value))
