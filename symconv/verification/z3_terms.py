"""Polynomials as Z3 terms: linear (each product of names one opaque integer) or with real products."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from symconv.index.affine import Affine, Monomial


def z3() -> Any:
    """The Z3 module, imported when the first proof needs it."""
    return importlib.import_module("z3")


@dataclass
class Encoder:
    """Affine forms without quotients and extrema as Z3 integers.

    With ``linear``, each product of names is an integer variable of its own. Whatever holds for all values of those
    variables holds for the products, so that unsatisfiable stays unsatisfiable; a model means nothing.

    Each encoder has a context of its own: Z3's common one must not be used by two threads.
    """

    linear: bool
    context: Any = field(default_factory=lambda: z3().Context())
    known: dict[Monomial, Any] = field(default_factory=dict)

    def monomial(self, monomial: Monomial) -> Any:
        """The Z3 term of a product of names."""
        found = self.known.get(monomial)
        if found is None:
            if self.linear or len(monomial) == 1:
                found = z3().Int("*".join(map(str, monomial)), self.context)
            else:
                found = self.monomial(monomial[:1]) * self.monomial(monomial[1:])
            self.known[monomial] = found
        return found

    def form(self, form: Affine) -> Any:
        """The Z3 term of a form."""
        solver = z3()
        parts = []
        for monomial, factor in form.terms:
            if not monomial:
                parts.append(solver.IntVal(factor, self.context))
            elif factor == 1:
                parts.append(self.monomial(monomial))
            else:
                parts.append(factor * self.monomial(monomial))
        if not parts:
            return solver.IntVal(0, self.context)
        return parts[0] if len(parts) == 1 else solver.Sum(parts)

    def nonnegative(self, form: Affine) -> Any:
        """``form ≥ 0``."""
        return self.form(form) >= 0

    def zero(self, form: Affine) -> Any:
        """``form = 0``."""
        return self.form(form) == 0


def unsatisfiable(formulas: Iterable[Any], timeout_ms: int, context: Any) -> bool:
    """Whether Z3 shows within the time that the formulas cannot hold together; False is no answer."""
    solver = z3().SimpleSolver(ctx=context)
    solver.set("timeout", max(1, timeout_ms))
    solver.add(*formulas)
    return bool(solver.check() == z3().unsat)
