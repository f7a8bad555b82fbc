"""Numbers for sizes and tensors: what a user gives, completed and checked against a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from symconv.errors import NameLookupError, ShapeError, SizeError
from symconv.expr.tensor import Definition, Tensor
from symconv.forms.entries import Lookup, Variable
from symconv.index.domain import guard_parts, holds

UPSTREAM_NAMES = ("upstream", "delta", r"\delta")


def complete_sizes(definition: Definition, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes with the derived ones computed, checked against what the definition assumes of them.

    Raises :class:`~symconv.errors.SizeError` where a size is missing, contradicts its derivation or is not allowed.
    """
    known = dict(sizes)
    shapes = [size for tensor in (*definition.inputs, definition.output) for size in tensor.shape]
    needed = {name for form in (*shapes, *definition.derived.values()) for name in form.names()}
    missing = sorted(needed - known.keys() - definition.derived.keys())
    if missing:
        raise SizeError(
            f"the explicit form needs a number for every size: {', '.join(missing)} "
            f"{'have' if len(missing) > 1 else 'has'} none; give for example {missing[0]}=5"
        )
    for name, form in definition.derived.items():
        value = form.value(known)
        if known.setdefault(name, value) != value:
            raise SizeError(f"the size {name} = {known[name]} contradicts the other sizes, which give {value}")
    for constraint in definition.constraints:
        first, second = guard_parts(constraint.guard)
        known_parts = first.names() | second.names() <= known.keys()
        if known_parts and not holds(constraint.guard, known):
            raise SizeError(constraint.sentence.format(first.value(known), second.value(known)))
    for name, least in definition.assumptions.lower.items():
        if name in known and known[name] < least:
            raise SizeError(f"the size {name} = {known[name]} is not allowed; it must be at least {least}")
    for fact in definition.assumptions.facts:
        if fact.names() <= known.keys() and fact.value(known) < 0:
            raise SizeError(f"the sizes do not fit together: {fact} is {fact.value(known)} and must not be negative")
    return known


def find_any_tensor(definition: Definition, name: str) -> Tensor:
    """A tensor of the definition by name or role, its upstream gradient included."""
    upstream = definition.upstream
    if name in (*UPSTREAM_NAMES, upstream.name):
        return upstream
    for tensor in definition.inputs:
        if name in (tensor.name, tensor.role):
            return tensor
    allowed = ", ".join([*(tensor.name for tensor in definition.inputs), "upstream"])
    raise NameLookupError(f"{definition.name} has no tensor {name!r}; arrays may be given for {allowed}")


class NumberTable:
    """The given tensors' numbers, by tensor name and index.

    A plain number given for a tensor stands for an array that holds it everywhere.
    """

    def __init__(self, definition: Definition, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        self.sizes = dict(sizes)
        self.numbers: dict[Variable, Any] = {}
        given = {find_any_tensor(definition, name): nested(array) for name, array in arrays.items()}
        for tensor, array in given.items():
            self._infer(tensor, array)
        self.sizes = complete_sizes(definition, self.sizes)
        for tensor, array in given.items():
            self._store(tensor, array)

    def _infer(self, tensor: Tensor, array: Any) -> None:
        """A size that is one symbol is read off the array's shape."""
        if not isinstance(array, list):
            return
        shape = shape_of(array)
        if len(shape) != tensor.rank:
            raise ShapeError(
                f"the array for {tensor.name} has {len(shape)} axes, shape {shape}; "
                f"{tensor.name} has {tensor.rank} axes"
            )
        for form, size in zip(tensor.shape, shape, strict=True):
            names = form.names()
            if len(names) == 1 and form.terms == (((name := next(iter(names)),), 1),):
                self.sizes.setdefault(name, size)

    def _store(self, tensor: Tensor, array: Any) -> None:
        shape = tuple(size.value(self.sizes) for size in tensor.shape)
        if isinstance(array, list) and shape_of(array) != shape:
            raise ShapeError(
                f"the array for {tensor.name} has shape {shape_of(array)}; the sizes ask for shape {shape}"
            )
        for index in product(*map(range, shape)):
            value = array
            for position in index if isinstance(array, list) else ():
                value = value[position]
            self.numbers[tensor.name, index] = value

    @property
    def lookup(self) -> Lookup:
        """The number of a variable."""
        return self.numbers.__getitem__


def nested(array: Any) -> Any:
    """An array, matrix or nested sequence as nested lists; a number stays a number."""
    if hasattr(array, "tolist"):
        return array.tolist()
    if isinstance(array, Sequence) and not isinstance(array, str):
        return [nested(item) for item in array]
    return array


def shape_of(array: Any) -> tuple[int, ...]:
    """The shape of nested lists; raises :class:`~symconv.errors.ShapeError` where they are ragged.

    >>> shape_of([[1, 2, 3], [4, 5, 6]])
    (2, 3)
    """
    if not isinstance(array, list):
        return ()
    shapes = {shape_of(item) for item in array}
    if len(shapes) > 1:
        raise ShapeError(f"an array is ragged: its rows have the shapes {sorted(shapes)}, and they must be equal")
    return (len(array), *(shapes.pop() if shapes else ()))


def fold(cells: Sequence[Any], shape: Sequence[int]) -> Any:
    """A row-major sequence as nested lists of the shape (a single item for the empty shape).

    >>> fold([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    return _fold(iter(cells), tuple(shape))


def _fold(cells: Iterator[Any], shape: tuple[int, ...]) -> Any:
    return [_fold(cells, shape[1:]) for _ in range(shape[0])] if shape else next(cells)
