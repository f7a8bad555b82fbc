"""Values for the size symbols, from the shapes of the arrays that a user passes and from what the user states."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.errors import ShapeError, SizeError
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine, Quotient
from symconv.index.domain import guard_parts, holds


def bind_sizes(
    definition: Definition, shapes: Mapping[str, tuple[int, ...]], given: Mapping[str, int]
) -> dict[str, int]:
    """A value for every size symbol; raises where a shape contradicts another, or a size stays unknown.

    ``shapes`` are keyed by tensor name (the output's name stands for the upstream gradient's shape too).
    """
    sizes = _given(definition, given)
    tensors = {tensor.name: tensor for tensor in (*definition.inputs, definition.output)}
    for name, shape in shapes.items():
        if len(shape) != tensors[name].rank:
            raise ShapeError(f"{_shape_words(definition, tensors[name])}, got shape {shape}")
    changed = True
    while changed:
        changed = _derive(definition, sizes)
        for name, shape in shapes.items():
            changed |= _unify(definition, tensors[name], shape, sizes)
    _check_known(definition, sizes)
    _check_constraints(definition, sizes)
    for name, shape in shapes.items():
        _check_shape(definition, tensors[name], shape, sizes)
    return sizes


def _given(definition: Definition, given: Mapping[str, int]) -> dict[str, int]:
    known = set(definition.assumptions.lower)
    sizes: dict[str, int] = {}
    for name, value in given.items():
        if name not in known:
            raise SizeError(f"sizes: {definition.name} has no size {name!r}; its sizes are {', '.join(sorted(known))}")
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise SizeError(f"sizes: {name} must be an integer, got {value!r}")
        minimum = definition.assumptions.lower[name]
        if int(value) < minimum:
            raise SizeError(f"sizes: {name} of {definition.name} must be at least {minimum}, got {value}")
        sizes[name] = int(value)
    return sizes


def _derive(definition: Definition, sizes: dict[str, int]) -> bool:
    found = False
    for name, formula in definition.derived.items():
        if name not in sizes and formula.names() <= sizes.keys():
            sizes[name] = _value(formula, sizes, name, definition)
            found = True
    return found


def _value(formula: Affine, sizes: Mapping[str, int], what: str, definition: Definition) -> int:
    try:
        return formula.value(sizes)
    except ArithmeticError as error:
        raise SizeError(f"{what} of {definition.name} is not an integer for these sizes: {error}") from None


def _unify(definition: Definition, tensor: Tensor, shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    """Learn each size that is the only unknown of its axis."""
    found = False
    for form, length in zip(tensor.shape, shape, strict=True):
        form = form.substitute(definition.derived) if tensor.role == "output" else form
        form, length = _without_quotient(form, length, sizes)
        unknown = form.names() - sizes.keys()
        if len(unknown) != 1:
            continue
        (name,) = unknown
        factor = form.coefficient(name)
        if not factor.terms or not form.is_affine_in(name) or not factor.names() <= sizes.keys():
            continue
        scale, rest = factor.value(sizes), length - form.without(name).value(sizes)
        value, left = divmod(rest, scale) if scale else (0, 1)
        if left or value < definition.assumptions.lower.get(name, 0):
            raise ShapeError(
                f"{_shape_words(definition, tensor)}, got shape {shape}: no size {name} makes {form} equal to {length}"
            )
        sizes[name] = value
        found = True
    return found


def _without_quotient(form: Affine, length: int, sizes: Mapping[str, int]) -> tuple[Affine, int]:
    """``F/g = n`` as ``F = n·g``, where g is known."""
    for atom in form.atoms():
        whole = isinstance(atom, Quotient) and atom.rounding == "exact" and form == Affine((((atom,), 1),))
        if whole and isinstance(atom, Quotient) and atom.den.names() <= sizes.keys():
            return atom.num, length * atom.den.value(sizes)
    return form, length


def _check_known(definition: Definition, sizes: Mapping[str, int]) -> None:
    needed = set(definition.assumptions.lower) - sizes.keys()
    if needed:
        first = sorted(needed - definition.derived.keys()) or sorted(needed)
        raise SizeError(
            f"{definition.name}: no array determines the size {', '.join(first)}; "
            f"pass sizes={{{', '.join(f'{name!r}: …' for name in first)}}} or the array that has it"
        )


def _check_constraints(definition: Definition, sizes: Mapping[str, int]) -> None:
    for constraint in definition.constraints:
        first, second = (part.value(sizes) for part in guard_parts(constraint.guard))
        if not holds(constraint.guard, sizes):
            raise SizeError(constraint.sentence.format(first, second))


def _check_shape(definition: Definition, tensor: Tensor, shape: tuple[int, ...], sizes: Mapping[str, int]) -> None:
    expected = tuple(form.value(sizes) for form in tensor.shape)
    if expected != shape:
        what = "upstream" if tensor.role == "output" else tensor.name
        raise ShapeError(
            f"{what} of {definition.name} must have shape {expected} "
            f"({', '.join(map(str, tensor.shape))}), got shape {shape}"
        )


def _shape_words(definition: Definition, tensor: Tensor) -> str:
    axes = ", ".join(map(str, tensor.shape))
    count = f"{tensor.rank} {'axis' if tensor.rank == 1 else 'axes'}"
    what = "upstream" if tensor.role == "output" else tensor.name
    return f"{what} of {definition.name} must have {count} ({axes})"
