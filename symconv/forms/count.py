"""Counts that follow from the definition: parameters and multiply-accumulates."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from symconv.expr.nodes import Access, Binder
from symconv.expr.tensor import Definition
from symconv.index.affine import ONE, Affine
from symconv.index.domain import Equal, Guard
from symconv.rewrite.normal import Term, to_terms

LEARNED = ("kernel", "weight", "bias")


def parameters(definition: Definition, roles: Collection[str] = LEARNED) -> Affine:
    """The number of learned entries: those of kernel, weight and bias, or of the tensors of some of these roles."""
    total = Affine.of(0)
    for tensor in definition.inputs:
        if tensor.role in roles:
            count = ONE
            for size in tensor.shape:
                count = count * size
            total = total + count
    return total


def multiply_accumulates(definition: Definition) -> Affine:
    """Products of two entries that the forward definition adds up, over all output entries (padding included).

    Each term contributes the number of its index tuples: free indices times sums, one index fewer for
    each equation.
    """
    return sum((_tuples(term, definition) for term in to_terms(definition.body) if _is_product(term)), Affine.of(0))


def _is_product(term: Term) -> bool:
    return sum(isinstance(factor, Access) for factor in term.factors) > 1


def _tuples(term: Term, definition: Definition) -> Affine:
    sizes = dict(zip(definition.indices, definition.output.shape, strict=True))
    sizes |= {binder.index: _length(binder) for binder in term.binders}
    for guard in term.guards:
        solved = _solved(guard, sizes)
        if solved is not None:
            del sizes[solved]
    count = ONE
    for size in sizes.values():
        count = count * size
    return count


def _solved(guard: Guard, sizes: Mapping[str, Affine]) -> str | None:
    """The index that stands alone on the left of an equation."""
    if not isinstance(guard, Equal):
        return None
    return next((name for name in sizes if guard.left == Affine.of(name)), None)


def _length(binder: Binder) -> Affine:
    assert binder.lo is not None
    assert binder.hi is not None
    return binder.hi - binder.lo + 1
