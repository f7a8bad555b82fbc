"""Running an operation on arrays: whatever comes in (NumPy, nested lists, SymPy), the like goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from symconv.errors import NameLookupError, ShapeError
from symconv.expr.nodes import Access
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses
from symconv.gradient.derivation import Derivation, derive
from symconv.index.affine import Affine
from symconv.ops.binding import bind_sizes
from symconv.rewrite.normal import to_terms

if TYPE_CHECKING:
    import numpy as np

    from symconv.ops.operation import Operation


@dataclass(frozen=True, slots=True)
class Given:
    """An array as the user passed it: its NumPy form, and how to give the like back."""

    array: np.ndarray[Any, Any]
    like: Callable[[np.ndarray[Any, Any]], Any]


def forward(op: Operation, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """The output; see :meth:`Operation.forward`."""
    from symconv.compiled.arrays import compute

    definition = op.definition
    given = _named(definition, arrays)
    missing = [tensor.name for tensor in definition.inputs if tensor.name not in given]
    if missing:
        raise ShapeError(f"forward of {definition.name} needs {', '.join(missing)}")
    values = bind_sizes(definition, {name: g.array.shape for name, g in given.items()}, sizes)
    target = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    plain = {name: g.array for name, g in given.items()}
    result = compute(to_terms(definition.body), target, values, plain)
    return _like_all(list(given.values()))(result)


def backward(op: Operation, upstream: Any, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """The gradients; see :meth:`Operation.backward`."""
    from symconv.compiled.arrays import compute

    definition = op.definition
    given = _named(definition, arrays)
    seed = as_array(upstream, definition.output.rank)
    shapes = {name: g.array.shape for name, g in given.items()} | {definition.output.name: seed.array.shape}
    values = bind_sizes(definition, shapes, sizes)
    plain = {name: g.array for name, g in given.items()} | {definition.upstream.name: seed.array}
    gradients: dict[str, Any] = {}
    for tensor in definition.inputs:
        derivation = _relation_form(op, tensor.name)
        needed = {entry.tensor.name for term in derivation.terms for f in term.factors for entry in accesses(f)}
        missing = sorted(needed - plain.keys())
        if missing:
            raise ShapeError(f"backward of {definition.name} needs {', '.join(missing)} for ∂L/∂{tensor.name}")
        result = compute(derivation.terms, derivation.target, values, plain)
        like = given[tensor.name].like if tensor.name in given else seed.like
        gradients[tensor.name] = like(result)
    return gradients


@lru_cache(maxsize=256)
def _relation_form(op: Operation, wrt: str) -> Derivation:
    """The gradient with strided positions left as relations, which array code scatters along."""
    return derive(op, wrt, eliminate="none")


def _named(definition: Definition, arrays: Mapping[str, Any]) -> dict[str, Given]:
    """The arrays by tensor name; a role may stand for the name."""
    found: dict[str, Given] = {}
    for key, value in arrays.items():
        tensor = _find(definition, key)
        if tensor.name in found:
            raise NameLookupError(f"{definition.name} got the tensor {tensor.name} twice: as {key!r} and by its name")
        found[tensor.name] = as_array(value, tensor.rank)
    return found


def _find(definition: Definition, key: str) -> Tensor:
    for tensor in definition.inputs:
        if key in (tensor.name, tensor.role):
            return tensor
    allowed = ", ".join(f"{tensor.name} ({tensor.role})" for tensor in definition.inputs)
    raise NameLookupError(f"{definition.name} has no tensor {key!r}; its tensors are {allowed}")


def as_array(value: Any, rank: int) -> Given:
    """NumPy arrays, nested lists, numbers, SymPy matrices and arrays as a NumPy array of the tensor's rank."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return Given(value, lambda array: array)
    if type(value).__module__.startswith("sympy") and hasattr(value, "shape"):
        return _from_sympy(value, rank)
    array = np.asarray(value) if not _has_objects(value) else _object_array(value)
    if array.dtype.kind in "USVmM" or (
        array.dtype.kind == "O" and any(isinstance(entry, (str, bytes)) for entry in array.flat)
    ):
        raise ShapeError(f"an array's entries must be numbers or SymPy expressions, got {value!r:.60}")
    if isinstance(value, (list, tuple)):
        return Given(array, lambda result: result.tolist())
    return Given(array, lambda result: result[()] if result.ndim == 0 else result)


def _has_objects(value: Any) -> bool:
    """Whether NumPy would try to make numbers of entries that are none (SymPy expressions, fractions)."""
    if isinstance(value, (list, tuple)):
        return any(map(_has_objects, value))
    return not isinstance(value, (int, float, complex)) and not hasattr(value, "dtype")


def _object_array(value: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    shape: list[int] = []
    probe = value
    while isinstance(probe, (list, tuple)):
        shape.append(len(probe))
        probe = probe[0] if probe else None
    array = np.empty(tuple(shape), dtype=object)

    def fill(part: Any, at: tuple[int, ...]) -> None:
        if len(at) == len(shape):
            array[at] = part
            return
        if not isinstance(part, (list, tuple)) or len(part) != shape[len(at)]:
            raise ShapeError(f"nested lists must have equal lengths: expected {shape[len(at)]} entries at {at}")
        for position, item in enumerate(part):
            fill(item, (*at, position))

    fill(value, ())
    return array


def _from_sympy(value: Any, rank: int) -> Given:
    """A SymPy matrix or array; a row or column matrix stands for a tensor with one axis."""
    import numpy as np
    import sympy

    shape = tuple(int(n) for n in value.shape)
    flat = np.empty(int(np.prod(shape)), dtype=object)
    flat[:] = list(value) if len(shape) < 2 or isinstance(value, sympy.MatrixBase) else list(_flat(value))
    if isinstance(value, sympy.MatrixBase):
        if rank == 1 and 1 in shape:
            return Given(flat, _to_row if shape[1] != 1 else _to_matrix)
        return Given(flat.reshape(shape), _to_matrix)
    return Given(flat.reshape(shape), lambda result: sympy.Array(list(result.ravel()), result.shape))


def _flat(value: Any) -> list[Any]:
    return [entry for part in value for entry in (_flat(part) if hasattr(part, "shape") else [part])]


def _to_row(result: np.ndarray[Any, Any]) -> Any:
    return _to_matrix(result).T if result.ndim == 1 else _to_matrix(result)


def _to_matrix(result: np.ndarray[Any, Any]) -> Any:
    import sympy

    if result.ndim == 2:
        return sympy.Matrix(*result.shape, list(result.ravel()))
    if result.ndim == 1:
        return sympy.Matrix(result.shape[0], 1, list(result))
    return sympy.Array(list(result.ravel()), result.shape)


def _like_all(given: list[Given]) -> Callable[[np.ndarray[Any, Any]], Any]:
    """The output is like the first array, the input."""
    return given[0].like if given else lambda array: array
