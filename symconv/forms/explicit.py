"""The explicit form: a gradient or output for given sizes, written out entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from symconv.errors import UnsupportedError
from symconv.expr.tensor import Definition, Tensor
from symconv.forms.concrete import NumberTable, fold
from symconv.forms.entries import Entry, Expander, Extreme, Power, Variable, value_of
from symconv.forms.matrix_algebra import Named
from symconv.gradient.derivation import Derivation, HasDefinition, forward_terms

if TYPE_CHECKING:
    pass

Explainable: TypeAlias = Union[Derivation, Definition, HasDefinition]


@dataclass(frozen=True)
class ExplicitForm:
    """Every entry of ``of`` as a sum of products, in row-major order.

    ``numbers`` holds the values of the tensors that were given; an entry whose variables all have a value
    has a value too. ``definition`` is the layer's.
    """

    of: Tensor | Named
    shape: tuple[int, ...]
    entries: tuple[Entry, ...]
    definition: Definition
    numbers: Mapping[Variable, Any] = field(default_factory=dict)

    def entry(self, *index: int) -> Entry:
        """The entry at an index."""
        position = 0
        for step, size in zip(index, self.shape, strict=True):
            if not 0 <= step < size:
                raise IndexError(f"index {index} lies outside the shape {self.shape}")
            position = position * size + step
        return self.entries[position]

    def indices(self) -> Iterator[tuple[int, ...]]:
        """The indices in row-major order."""
        return product(*map(range, self.shape))

    @property
    def is_numeric(self) -> bool:
        """Whether every variable in the entries has a number."""
        return all(variable in self.numbers for entry in self.entries for variable in variables(entry))


def explicit(
    what: Explainable,
    sizes: Mapping[str, int] | None = None,
    arrays: Mapping[str, Any] | None = None,
    *,
    deciding: Mapping[str, Any] | None = None,
) -> ExplicitForm:
    """A derivation's gradient, or a definition's output, entry by entry.

    ``sizes`` gives a number to every size symbol; what follows from others (``O_1``) or from the shape
    of an array may be left out. ``arrays`` maps tensors (name or role; ``upstream`` for ∂L/∂output)
    to numbers, of which the form keeps record; a tensor left out stays a matrix of symbols, and a
    plain number stands for a constant array. ``deciding`` gives numbers that only decide the winners of
    maximum windows, so that the entries can stay symbols.

    Raises SizeError for a missing or impossible size, ShapeError for an array of the wrong shape, and
    UnsupportedError where a winner is asked for and nothing decides it.

    >>> from symconv.expr.nodes import Access, Mul, Sum, binder
    >>> from symconv.expr.tensor import Tensor
    >>> from symconv.index.affine import Affine
    >>> m, n, i, j = map(Affine.of, "mnij")
    >>> x, w = Tensor("x", "input", (n,), ("j",), ("S1",)), Tensor("W", "weight", (m, n), ("i", "j"), ("F", "C"))
    >>> y = Tensor("y", "output", (m,), ("i",), ("F",))
    >>> dense = Definition("dense", y, Sum(Mul((Access(w, (i, j)), Access(x, (j,)))), (binder("j", "n"),)), (x, w))
    >>> explicit(dense, {"m": 1, "n": 2}).entries[0]
    ((1, (('W', (0, 0)), ('x', (0,)))), (1, (('W', (0, 1)), ('x', (1,)))))
    """
    if isinstance(what, Derivation):
        definition, tensor, terms = what.definition, what.target.tensor, what.terms
        names = tuple(next(iter(index.names())) for index in what.target.indices)
    else:
        definition = what if isinstance(what, Definition) else what.definition
        tensor, terms, names = definition.output, forward_terms(definition), definition.indices
    table = NumberTable(definition, arrays or {}, sizes or {})
    decider = table if deciding is None else NumberTable(definition, deciding, table.sizes)
    expander = Expander(table.sizes, decider.lookup if decider.numbers else None)
    shape = expander.shape(tensor.shape)
    return ExplicitForm(tensor, shape, expander.table(terms, names, shape), definition, table.numbers)


def variables(entry: Entry) -> Iterator[Variable]:
    """Every variable that an entry reads, repetitions included."""
    for _, factors in entry:
        for factor in factors:
            if isinstance(factor, Power):
                yield from variables(factor.base)
            elif isinstance(factor, Extreme):
                for inner in factor.entries:
                    yield from variables(inner)
            else:
                yield factor


def values(form: ExplicitForm) -> Any:
    """The numbers of the entries, as nested lists; exact for exact input.

    Raises UnsupportedError where a tensor that the entries read has no numbers.
    """
    missing = sorted({name for entry in form.entries for name, _ in variables(entry)} - {n for n, _ in form.numbers})
    if missing:
        raise UnsupportedError(f"the entries have no values without numbers for {', '.join(missing)}")
    lookup = form.numbers.__getitem__
    return fold([value_of(entry, lookup) for entry in form.entries], form.shape)
