r"""Rich display in Jupyter: after ``%load_ext symconv.notebook`` whatever symconv typesets shows as mathematics.

Registered above everything else, so that no class of the lower rooms knows how it is displayed. Two formats are
given: LaTeX, which the notebook typesets, and plain text for a terminal. MathML is left out on purpose: JupyterLab
and GitHub prefer ``text/html`` to LaTeX, and both remove MathML from notebooks that they do not trust.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from symconv.expr.tensor import Definition
from symconv.ops.operation import Operation
from symconv.typeset.api import latex, to_box, unicode
from symconv.typeset.notation import Notation

# the modules that define operations, or register further types with to_box, when they are imported
_REGISTERING = ("symconv.ops.catalogue", "symconv.typeset.forms")


def shown_types() -> tuple[type, ...]:
    """Every type that can be typeset: operations and what :func:`symconv.typeset.api.to_box` knows.

    Every operation is listed on its own: IPython prefers the ``__repr__`` of a class to the printer of its base.
    """
    for module in _REGISTERING:
        import_module(module)
    return (*_with_subclasses(Operation), *(known for known in to_box.registry if known is not object))


def _with_subclasses(kind: type[Any]) -> tuple[type[Any], ...]:
    below = (found for subclass in kind.__subclasses__() for found in _with_subclasses(subclass))
    return tuple(dict.fromkeys((kind, *below)))


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


def show(
    value: Any,
    form: str = "sum",
    notation: str | Notation = "default",
    steps: bool | None = None,
    **sizes: Any,
) -> None:
    """Display the value in a form and notation of choice; the arguments are those of :func:`symconv.latex`.

    ``steps`` left out shows the steps of a derivation and the sizes of a definition.
    """
    display: Callable[..., Any] = import_module("IPython.display").display
    chosen = has_steps(value) if steps is None else steps
    body = latex(value, form=form, notation=notation, steps=chosen, **sizes)
    text = unicode(value, form=form, notation=notation, steps=chosen, **sizes)
    display({"text/latex": between_dollars(body), "text/plain": text}, raw=True)


def as_latex(value: Any) -> str:
    r"""The value's LaTeX for a notebook; a derivation comes with its steps, a layer with its sizes.

    >>> from symconv.index.affine import Affine
    >>> as_latex(Affine.of("k_1") + 1)
    '$$k_1 + 1$$'
    """
    return between_dollars(latex(value, steps=has_steps(value)))


def as_text(value: Any) -> str:
    """The same as text for a terminal."""
    return unicode(value, steps=has_steps(value))


def between_dollars(body: str) -> str:
    r"""Displayed mathematics as MathJax, KaTeX and LaTeX itself accept it.

    LaTeX refuses ``align*`` between dollars, so its lines become ``aligned``.

    >>> between_dollars(r"\begin{align*}a &= b\end{align*}")
    '$$\\begin{aligned}a &= b\\end{aligned}$$'
    """
    return f"$${body.replace('{align*}', '{aligned}')}$$"


def has_steps(value: Any) -> bool:
    """Whether the value is a derivation, or a layer whose sizes follow from others."""
    return isinstance(value, (Operation, Definition)) or hasattr(value, "steps")


def _print(value: Any, printer: Any, cycle: bool) -> None:
    printer.text("…" if cycle else as_text(value))
