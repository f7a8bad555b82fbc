"""What is known of one formula of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symconv.documents.places import Place
from symconv.verification.verdict import Verdict

FAILED = "symconv itself failed at this formula"
"""How the message of a verdict begins that is owed to a bug."""


@dataclass(frozen=True)
class Finding:
    """A formula, where it begins, and its verdict.

    ``line`` and ``column`` count from 1 (in a notebook within the Markdown cell number ``cell``); they are the place of
    the first character of ``latex``, which is the formula as it stands in the document, without the signs that enclose
    it (an environment stays with it). ``layer`` is the binding in one line, and ``verdict`` the answer of ``verify``;
    both are None for a display that looks like a formula of a layer and has no binding. ``likely`` says whether the
    formula looks like one of a layer: those that are not understood are reported if they do.

    >>> finding = Finding("notes.md", None, 3, 1, "x = y", True, None, None, True)
    >>> finding.place, finding.status
    ('notes.md:3:1', 'unbound')
    """

    path: str
    cell: int | None
    line: int
    column: int
    latex: str
    display: bool
    layer: str | None
    verdict: Verdict | None
    likely: bool

    @property
    def place(self) -> str:
        """``file:line:column``, or ``file:cell N:line:column``."""
        return str(Place(self.path, self.cell, self.line, self.column))

    @property
    def status(self) -> str:
        """proved, checked, refuted, not_understood, or unbound where there is no binding."""
        return self.verdict.status if self.verdict is not None else "unbound"

    def as_dict(self) -> dict[str, Any]:
        """The fields in a fixed order, of types that JSON has."""
        return {
            "path": self.path,
            "cell": self.cell,
            "line": self.line,
            "column": self.column,
            "status": self.status,
            "latex": self.latex,
            "display": self.display,
            "likely": self.likely,
            "layer": self.layer,
            "verdict": self.verdict.as_dict() if self.verdict is not None else None,
        }
