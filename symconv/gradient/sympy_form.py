r"""Definitions and derivations as SymPy objects with which SymPy computes the right numbers.

The gradient ∂L/∂I of a strided convolution has limits with floor and ceiling, and with dilation a quotient as an
index. SymPy reads such a formula rightly, but ``lambdify`` makes floats of the quotients, and a float is
neither a limit nor an index. So the form that is meant for computing (``form="sum"``) keeps the relation as it stands
before it is solved, over full ranges and with nothing but integer polynomials in limits and indices::

    ∂L/∂I[u] = Σ_i Σ_m δ[i]·K[m] where s·i + d·m − p = u, else 0

A quotient of sizes (the channels C/g of a group) is cleared the same way, by a relation and one more sum.
``form="limits"`` is the derivation's result itself, for reading: right under ``doit`` and ``subs``, and under
``lambdify`` with ``modules="math"`` (numpy's floor gives a float, which ``range`` refuses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from symconv.errors import SizeError, UnsupportedError
from symconv.expr.bridge import to_sympy as expression_to_sympy
from symconv.expr.nodes import NODES, Access, Binder, Expr, binder
from symconv.expr.sympy_index import has_quotient
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import fresh
from symconv.gradient.derivation import Derivation, HasDefinition, derive, forward_terms
from symconv.index.affine import Affine, Quotient, extremum, floor_div
from symconv.index.domain import AtMost, Equal, guard_parts, holds
from symconv.rewrite.normal import Term, from_terms, to_terms

Form = Literal["sum", "limits"]


def to_sympy(
    what: Expr | Definition | Derivation | HasDefinition, sizes: Mapping[str, int] | None = None, form: Form = "sum"
) -> Any:
    r"""A derivation's result, a definition's right-hand side, or an expression as a SymPy object.

    Tensors are ``IndexedBase`` objects and sizes and indices integer symbols, all of their LaTeX names: the upstream
    gradient is ``IndexedBase(r"\delta")``, the stride ``Symbol("s", integer=True)``. ``sizes`` are put in, and the
    sizes that follow from them (``O_1``) are worked out; without ``sizes``, whoever substitutes gives ``O_1`` too.
    Free indices must lie in their tensor's range. For ``form`` see the module.

    >>> from symconv.ops.convolution import Conv1d
    >>> from symconv.expr.sympy_index import symbol
    >>> gradient = to_sympy(derive(Conv1d(kernel_size=2, stride=2, input_size=5), "I"))
    >>> gradient
    Sum(Piecewise((K[m]*\delta[i], Eq(u, 2*i + m)), (0, True)), (i, 0, 1), (m, 0, 1))
    >>> [gradient.subs(symbol("u"), u).doit() for u in (3, 4)]
    [K[1]*\delta[1], 0]

    Errors: :class:`SizeError` for sizes that the operation does not have or allow; :class:`UnsupportedError` for a
    maximum over a window whose size is not an integer.
    """
    if form not in ("sum", "limits"):
        raise UnsupportedError(f"form of to_sympy must be 'sum' or 'limits', got {form!r}")
    if isinstance(what, NODES):
        return expression_to_sympy(cast(Expr, what), sizes)
    if isinstance(what, Derivation):
        names = tuple(str(index) for index in what.target.indices)
        if form == "sum":
            relations = derive(what.definition, what.wrt.name, eliminate="none")
            return _terms_to_sympy(relations.terms, what.definition, what.target.tensor, names, sizes, form)
        return _terms_to_sympy(what.terms, what.definition, what.target.tensor, names, sizes, form)
    definition = what if isinstance(what, Definition) else getattr(what, "definition", None)
    if not isinstance(definition, Definition):
        raise UnsupportedError(
            f"to_sympy takes an expression, a definition, a derivation or an operation, got {type(what).__name__}"
        )
    terms = to_terms(definition.body) if form == "sum" else forward_terms(definition)
    return _terms_to_sympy(terms, definition, definition.output, definition.indices, sizes, form)


def _terms_to_sympy(
    terms: tuple[Term, ...],
    definition: Definition,
    target: Tensor,
    names: tuple[str, ...],
    sizes: Mapping[str, int] | None,
    form: Form,
) -> Any:
    values = complete(definition, sizes or {})
    if form == "sum":
        known = {name: Affine.of(value) for name, value in values.items()}
        terms = tuple(_polynomial(_with_sizes(term, known)) for term in terms)
    return expression_to_sympy(
        from_terms(terms),
        values,
        assumptions=definition.assumptions,
        ranges=target.ranges(names),
        clamp=form == "sum",
    )


def complete(definition: Definition, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes with those that follow from them, checked against what the operation demands."""
    known, derived = definition.assumptions.lower, definition.derived
    values: dict[str, int] = {}
    for name, value in sizes.items():
        if name not in known:
            raise SizeError(f"sizes: {definition.name} has no size {name!r}; its sizes are {', '.join(sorted(known))}")
        if int(value) != value or value < known[name]:
            raise SizeError(f"sizes: {name} must be an integer of at least {known[name]}, got {value}")
        values[name] = int(value)
    for _ in derived:  # a derived size may need another one
        for name, formula in derived.items():
            if formula.names() <= values.keys():
                value = formula.value(values)
                if values.setdefault(name, value) != value:
                    raise SizeError(f"sizes: {name} must be {value} for the other sizes, got {values[name]}")
    for constraint in definition.constraints:
        first, second = guard_parts(constraint.guard)
        if first.names() | second.names() <= values.keys() and not holds(constraint.guard, values):
            raise SizeError(constraint.sentence.format(first.value(values), second.value(values)))
    return values


def _with_sizes(term: Term, values: Mapping[str, Affine]) -> Term:
    """The term with integers for sizes, in the shapes of its tensors too."""
    term = term.substitute({name: value for name, value in values.items() if name not in term.bound})
    factors = tuple(_shaped(factor, values) if isinstance(factor, Access) else factor for factor in term.factors)
    return replace(term, factors=factors)


def _shaped(entry: Access, values: Mapping[str, Affine]) -> Access:
    shape = tuple(size.substitute(values) for size in entry.tensor.shape)
    return Access(replace(entry.tensor, shape=shape), entry.indices)


def _polynomial(term: Term) -> Term:
    """An equal term that has no quotient in a limit or in an index: relations take their place.

    ``Σ_{c < C/g} f(c) = Σ_{c < C} [g·c ≤ C − g] f(c)``, and ``X[γ·C/g + c] = Σ_a [g·a = γ·C + g·c] X[a]`` where a
    runs over the axis of X (a read outside a zero-padded axis finds no such a, and is 0). The bridge writes
    the relations without quotients.
    """
    binders: list[Binder] = []
    guards = list(term.guards)
    for bound in term.binders:
        if bound.hi is not None and has_quotient(bound.hi):
            guards.append(AtMost(Affine.of(bound.index), bound.hi))
            bound = Binder(bound.index, bound.lo, _above(bound.hi))
        binders.append(bound)
    taken = set(term.names())
    factors: list[Expr] = []
    for factor in term.factors:
        if isinstance(factor, Access) and any(map(has_quotient, factor.indices)):
            indices: list[Affine] = []
            for form, size, name in zip(factor.indices, factor.tensor.shape, factor.tensor.indices, strict=True):
                if has_quotient(form):
                    position = fresh(name, taken)
                    taken.add(position)
                    binders.append(binder(position, _above(size)))
                    guards.append(Equal(Affine.of(position), _shown(factor.tensor, form, size)))
                    form = Affine.of(position)
                indices.append(form)
            factor = Access(factor.tensor, tuple(indices))
        factors.append(factor)
    return replace(term, binders=tuple(binders), guards=tuple(guards), factors=tuple(factors))


def _above(size: Affine) -> Affine:
    """A polynomial that is nowhere below the size: a quotient of a size by a size ≥ 1 is at most its numerator."""
    for monomial, factor in size.terms:
        for atom in monomial:
            if isinstance(atom, Quotient) and factor > 0:
                rest = list(monomial)
                rest.remove(atom)
                without = Affine(tuple(term for term in size.terms if term[0] != monomial))
                return _above(without + Affine(((tuple(rest), factor),)) * atom.num)
    return size


def _shown(tensor: Tensor, read: Affine, size: Affine) -> Affine:
    """The entry that a read shows under the tensor's padding map."""
    last = size - 1
    if tensor.outside == "reflect":
        mirrored = last - extremum("max", [read, -read])
        return last - extremum("max", [mirrored, -mirrored])
    if tensor.outside == "replicate":
        return extremum("max", [Affine.of(0), extremum("min", [last, read])])
    return read - size * floor_div(read, size) if tensor.outside == "circular" else read
