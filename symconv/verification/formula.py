"""``verify``: a formula in LaTeX against a layer, from reading to verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from time import monotonic
from typing import Any

from symconv.errors import SymconvError
from symconv.expr.nodes import Access, Add, Binder, Derivative, Expr, Mul, Scalar, Sum
from symconv.expr.rename import rename
from symconv.expr.tensor import Definition
from symconv.expr.walk import bound_names, free_names, fresh, substitute, walk
from symconv.forms.count import parameters
from symconv.gradient.derivation import HasDefinition, derive
from symconv.gradient.differentiate import differentiate, resolve
from symconv.index.affine import Affine
from symconv.index.domain import Range
from symconv.parse.claim import Claim, Context, read_claims
from symconv.parse.entries import Base
from symconv.parse.errors import ReadError
from symconv.parse.meaning import MeaningError
from symconv.parse.read import read_latex
from symconv.rewrite.rule import Context as RuleContext
from symconv.typeset.layout import Big, Box, Number, Sign
from symconv.verification.decide import decide
from symconv.verification.size_claims import decide_size
from symconv.verification.verdict import Verdict

KINDS = ("forward", "gradient", "output_size", "parameters")


def verify(
    latex: str,
    op: HasDefinition | Definition,
    what: str | None = None,
    wrt: str | None = None,
    roles: Mapping[str, str] | None = None,
    sizes: Mapping[str, str] | None = None,
    layout: Mapping[str, str] | None = None,
    index_base: Base | None = None,
) -> Verdict:
    """Whether a formula written by hand is right for the layer, for all sizes.

    ``what`` is forward, gradient, output_size or parameters (read off the left side where it tells); ``wrt`` the tensor
    of a gradient; ``roles`` maps a symbol to input, kernel, weight, bias, output, upstream or loss; ``sizes`` a size
    as written to one of the layer's; ``layout`` a role to the order of its axes (``{"input": "HWC"}``).
    What is not said is inferred, and the verdict's ``reading`` tells how the formula was read.
    """
    start = monotonic()
    definition = op if isinstance(op, Definition) else op.definition
    context = Context(definition, what, wrt, roles, sizes, layout)
    try:
        if what is not None and what not in KINDS:
            raise MeaningError(f"formulas of the kind {what} are not read yet; the kinds are {', '.join(KINDS)}")
        box = read_latex(latex)
        verdicts = [_verdict(box, context, base) for base in _bases(box, index_base)]
    except (ReadError, MeaningError) as error:
        return Verdict("not_understood", message=str(error), seconds=monotonic() - start)
    return _best(verdicts, monotonic() - start)


def _bases(box: Box, given: Base | None) -> tuple[Base, ...]:
    """Where the author counts from: said, or shown by the lower limits of the sums, or both are tried."""
    if given is not None:
        return (given,)
    lows = set(_lower_limits(box))
    return (1,) if lows == {"1"} else (0,) if lows == {"0"} else (0, 1)


def _lower_limits(box: Any) -> Iterator[str]:
    for part in _boxes(box):
        if isinstance(part, Big) and part.under is not None:
            for before, after in pairwise(getattr(part.under, "items", ())):
                if before == Sign("=") and isinstance(after, Number):
                    yield after.text


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for name in getattr(box, "__dataclass_fields__", ()):
        value = getattr(box, name)
        for part in value if isinstance(value, tuple) else (value,):
            if hasattr(part, "__dataclass_fields__"):
                yield from _boxes(part)


def _best(verdicts: list[Verdict], seconds: float) -> Verdict:
    """The reading under which the formula holds, if there is one; the other readings are mentioned."""
    order = {"proved": 0, "checked": 1, "refuted": 2, "not_understood": 3}
    best = min(verdicts, key=lambda verdict: order[verdict.status])
    others = [verdict for verdict in verdicts if verdict is not best and verdict.status != best.status]
    said = tuple(f"{', '.join(other.reading)}: {other.status}" for other in others)
    return replace(best, reading=(*best.reading, *said), seconds=seconds)


def _verdict(box: Box, context: Context, base: Base) -> Verdict:
    start = str(base) if isinstance(base, int) else ", ".join(f"{number} in {name}" for name, number in base.items())
    reading = (f"indices are counted from {start}",)
    try:
        claims = read_claims(box, context, base)
        found: Verdict | None = None
        for claim in claims:
            verdict = _decide(claim, context.definition)
            if verdict.status not in ("proved", "checked"):
                where = f"line {claim.line}" if len(claims) > 1 else ""
                return replace(verdict, reading=reading, message=verdict.message or where)
            found = verdict if found is None or verdict.status == "checked" else found
        if found is None:
            raise MeaningError("there is no equation here")
        return replace(found, reading=reading)
    except MeaningError as error:
        return Verdict("not_understood", message=str(error), reading=reading)
    except SymconvError as error:
        return Verdict("not_understood", message=str(error), reading=reading)


def _decide(claim: Claim, definition: Definition) -> Verdict:
    if claim.tensor is None:
        assert isinstance(claim.expr, Scalar)
        return _decide_count(claim, definition)
    if claim.what == "forward":
        old, truth = definition.indices, definition.body
    else:
        derivation = derive(definition, claim.tensor.of or "", eliminate="none")
        old, truth = tuple(map(str, derivation.target.indices)), derivation.result
    values = {name: Affine.of(new) for name, new in zip(old, claim.indices, strict=True)}
    ranges = claim.tensor.ranges(claim.indices)
    expr = expand(claim.expr, definition, ranges)
    return decide(expr, substitute(truth, values), definition, ranges)


def _decide_count(claim: Claim, definition: Definition) -> Verdict:
    assert isinstance(claim.expr, Scalar)
    if claim.what == "parameters":
        return decide_size(claim.expr, Scalar(parameters(definition)), definition)
    if claim.axis is not None:
        size = definition.output.shape[claim.axis].substitute(definition.derived)
        return decide_size(claim.expr, Scalar(size), definition)
    names = claim.expr.num.names() | claim.expr.den.names()
    sizes = [
        size for size, axis in zip(definition.output.shape, definition.output.axes, strict=True) if axis[0] in "SO"
    ]
    formulas = [size.substitute(definition.derived) for size in sizes]
    fitting = [formula for formula in formulas if names & formula.names()] or formulas
    return decide_size(claim.expr, Scalar(fitting[0]), definition)


def expand(expr: Expr, definition: Definition, ranges: Mapping[str, Range]) -> Expr:
    """The expression with every ∂O[a]/∂T[b] worked out from the definition."""
    if not any(isinstance(node, Derivative) for node in walk(expr)):
        return expr
    match expr:
        case Derivative(Access(tensor, indices), by) if tensor.name == definition.output.name:
            values = dict(zip(definition.indices, indices, strict=True))
            body = substitute(_apart(definition.body, by), values)
            return resolve(differentiate(body, by), RuleContext(definition.assumptions, ranges))
        case Add(terms):
            return Add(tuple(expand(term, definition, ranges) for term in terms))
        case Mul(factors):
            return Mul(tuple(expand(factor, definition, ranges) for factor in factors))
        case Sum(body, binders):
            inner = {**ranges, **{binder.index: _range(binder) for binder in binders}}
            return Sum(expand(body, definition, inner), binders)
        case _:
            raise MeaningError("a derivative stands where it cannot be worked out")


def _apart(body: Expr, by: Access) -> Expr:
    """The body with bound indices that differ from every name in the entry it is differentiated by."""
    free = free_names(by)
    taken = set(bound_names(body) | free | free_names(body))
    names: dict[str, str] = {}
    for name in sorted(bound_names(body) & free):
        names[name] = fresh(name, taken)
        taken.add(names[name])
    return rename(body, names) if names else body


def _range(binder: Binder) -> Range:
    return binder.range
