"""Formulas judged as ``verify`` does, without the search for the mistake, which takes most of its time."""

from __future__ import annotations

from typing import Any

from symconv.errors import SymconvError
from symconv.gradient.derivation import HasDefinition
from symconv.meaning.claim import Context
from symconv.parse.read import read
from symconv.verification.formula import judge
from symconv.verification.verdict import Verdict


def judged(formula: str, op: HasDefinition | None, **context: Any) -> Verdict:
    """The verdict without a diagnosis."""
    try:
        return judge(read(formula), Context(None if op is None else op.definition, **context))[0]
    except SymconvError as error:
        return Verdict("not_understood", message=str(error))
