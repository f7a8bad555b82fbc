"""Planted mistakes: formulas that are wrong in one place, as people write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import symconv as sc
from symconv.expr.nodes import Access, Expr, Scalar, binder
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import derive
from symconv.index.affine import ONE, ZERO, Affine, floor_div
from symconv.index.domain import Range
from symconv.rewrite.normal import Term, from_term, scalar_product

of = Affine.of


@dataclass(frozen=True)
class Planted:
    """A mistake: the claim, the truth, and where they are claimed."""

    id: str
    claim: Expr
    truth: Expr
    definition: Definition
    ranges: dict[str, Range]


def _plant(name: str, operation: object, wrt: str, change: object, eliminate: str = "auto") -> Planted:
    derivation = derive(operation, wrt, eliminate=eliminate)  # type: ignore[arg-type]
    (term,) = derivation.terms
    names = tuple(map(str, derivation.target.indices))
    claim = from_term(change(term))  # type: ignore[operator]
    ranges = derivation.target.tensor.ranges(names)
    return Planted(name, claim, derivation.result, derivation.definition, ranges)


def _entry(term: Term, name: str, axis: int, form: Affine) -> Term:
    """The term with one index of one tensor replaced."""
    factors = []
    for factor in term.factors:
        if isinstance(factor, Access) and factor.tensor.name == name:
            factor = replace(factor, indices=(*factor.indices[:axis], form, *factor.indices[axis + 1 :]))
        factors.append(factor)
    return replace(term, factors=tuple(factors))


def _read(term: Term, name: str, axis: int = -1) -> Affine:
    return next(f.indices[axis] for f in term.factors if isinstance(f, Access) and f.tensor.name == name)


def _limits(term: Term, index: str, lo: Affine | None = None, hi: Affine | None = None) -> Term:
    old = term.binder(index)
    new = replace(old, lo=old.lo if lo is None else lo, hi=old.hi if hi is None else hi)
    return replace(term, binders=tuple(new if each is old else each for each in term.binders))


@cache
def planted() -> tuple[Planted, ...]:
    """A dozen mistakes in gradients of one- and two-dimensional layers."""
    strided = sc.Conv1d(stride="s", padding="p")
    dilated = sc.Conv1d(dilation="d")
    plain = sc.Conv1d()
    square = sc.Conv2d()
    pooled = sc.AvgPool1d(kernel_size="k", stride="s")
    o = of("O_1")
    return (
        _plant("kernel not flipped", plain, "I", lambda t: _entry(t, "K", 0, of("i") - "u")),
        _plant("limit one too small", plain, "K", lambda t: _limits(t, "i", hi=o - 2)),
        _plant("first position left out", plain, "K", lambda t: _limits(t, "i", lo=ONE)),
        _plant("stride missing", strided, "K", lambda t: _entry(t, "I", 0, _read(t, "I").substitute({"s": ONE}))),
        _plant("padding missing", strided, "K", lambda t: _entry(t, "I", 0, _read(t, "I").substitute({"p": ZERO}))),
        _plant("padding sign", strided, "I", lambda t: _entry(t, "K", 0, _read(t, "K").substitute({"p": -of("p")}))),
        _plant("dilation missing", dilated, "K", lambda t: _entry(t, "I", 0, _read(t, "I").substitute({"d": ONE}))),
        _plant("divisibility missing", strided, "I", _rounded_down, "output"),
        _plant("axes swapped", square, "K", _swapped),
        _plant("one sum missing", square, "K", lambda t: t.drop("j").substitute({"j": ZERO})),
        _plant("factor 1/k missing", pooled, "I", lambda t: replace(t, coefficient=Scalar(ONE))),
        _plant("window too wide", pooled, "I", lambda t: replace(t, binders=(binder("i", o),), guards=())),
        _plant("sign wrong", plain, "I", lambda t: replace(t, coefficient=scalar_product(Scalar(-ONE), t.coefficient))),
    )


def _swapped(term: Term) -> Term:
    """The two positions in the input have changed places."""
    return _entry(_entry(term, "I", 0, _read(term, "I", 1)), "I", 1, _read(term, "I", 0))


def _rounded_down(term: Term) -> Term:
    """The divisibility condition is forgotten, and the quotient rounded down."""
    form = _read(term, r"\delta")
    (atom,) = (atom for atom in form.atoms() if not isinstance(atom, str))
    assert not isinstance(atom, str)
    rounded = floor_div(atom.num, atom.den)  # type: ignore[union-attr]
    return replace(_entry(term, r"\delta", 0, rounded), guards=())
