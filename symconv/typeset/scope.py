"""The scope of a formula under a notation: which names are indices, and how every name and tensor is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from symconv.expr.nodes import Expr, Reduce, Sum
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses, bound_names, free_names, walk
from symconv.index.affine import Affine
from symconv.typeset.layout import Box
from symconv.typeset.names import name_box, primed
from symconv.typeset.notation import CANONICAL_KINDS, Notation


@dataclass(frozen=True)
class Scope:
    """How the names of one formula, or of all lines of one derivation, are shown.

    ``kinds`` maps each index to the kind of axis that it runs along; ``names`` every index and size to its boxes;
    ``tensors`` the tensors by name; ``derived`` the sizes that have a formula.
    """

    notation: Notation
    kinds: Mapping[str, str]
    names: Mapping[str, Box]
    tensors: Mapping[str, Tensor]
    roles: Mapping[str, str]
    definition: Definition | None = None

    def base(self, index: str) -> int:
        """Where that index starts (a name that the scope does not know stays as it is)."""
        return self.notation.base_of(self.kinds[index]) if index in self.kinds else 0

    def is_index(self, name: str) -> bool:
        """Whether the name is an index (else it is a size)."""
        return name in self.kinds

    def name(self, name: str) -> Box:
        """The boxes of an index or size."""
        return self.names[name] if name in self.names else _display(name, self.notation, self.kinds, {})


def scope_for(notation: Notation, definition: Definition | None = None, exprs: Iterable[Expr] = ()) -> Scope:
    """The scope of the expressions, given the definition that they come from (or none)."""
    shown = tuple(exprs)
    tensors = {} if definition is None else {t.name: t for t in (*definition.inputs, definition.output)}
    for expr in shown:
        for access in accesses(expr):
            tensors.setdefault(access.tensor.name, access.tensor)
    kinds = {} if definition is None else _axis_kinds((*definition.inputs, definition.output))
    used = [_names_of(expr) for expr in shown]
    sizes: set[str] = set() if definition is None else _size_names(definition)
    names = set().union(*used) | sizes
    bound = set().union(*(bound_names(expr) for expr in shown)) if shown else set()
    indices: dict[str, str] = {}
    for name in names:
        stem = name.rstrip("'")
        if stem in kinds or name in bound or (stem in CANONICAL_KINDS and name not in sizes):
            indices[name] = kinds.get(stem, CANONICAL_KINDS.get(stem, "O"))
    size_roles = {} if definition is None else _displayed_roles(definition.size_roles, notation)
    shown_names = _distinct_names(names, notation, indices, size_roles)
    return Scope(
        _with_clear_tensors(notation, tensors.values(), set(shown_names.values())),
        indices,
        shown_names,
        tensors,
        {name: tensor.role for name, tensor in tensors.items()},
        definition,
    )


def _with_clear_tensors(notation: Notation, tensors: Iterable[Tensor], taken: Collection[Box]) -> Notation:
    """The notation, but no tensor looks like a size or an index: ``k(a + k)`` would read as a product."""
    symbols: dict[str, str] = {}
    for tensor in tensors:
        symbol = notation.symbol(tensor.name, tensor.role)
        if tensor.of is None and name_box(symbol) in taken:
            choices = (tensor.name, tensor.name.upper(), f"{symbol}'")
            symbols[tensor.name] = next((name for name in choices if name_box(name) not in taken), f"{symbol}''")
    return replace(notation, symbols={**notation.symbols, **symbols}) if symbols else notation


def _axis_kinds(tensors: Iterable[Tensor]) -> dict[str, str]:
    return {index: axis[:1] for tensor in tensors for index, axis in zip(tensor.indices, tensor.axes, strict=True)}


def _names_of(expr: Expr) -> set[str]:
    found = set(free_names(expr))
    for node in walk(expr):
        found |= free_names(node)
        if isinstance(node, (Sum, Reduce)):
            found |= {binder.index for binder in node.binders}
    return found


def _size_names(definition: Definition) -> set[str]:
    forms: list[Affine] = [size for t in (*definition.inputs, definition.output) for size in t.shape]
    forms += definition.derived.values()
    names = {name for form in forms for name in form.names()} | set(definition.derived)
    return names | set(definition.assumptions.lower)


def _displayed_roles(roles: Mapping[str, str], notation: Notation) -> Mapping[str, str]:
    """In three dimensions the first axis is the depth: role ``input_0`` where the notation has a name for it."""
    if "input_3" not in roles.values() or "input_0" not in notation.sizes:
        return roles
    axes = {f"{kind}_{axis}": f"{kind}_{axis - 1}" for kind in ("input", "kernel", "output") for axis in (1, 2, 3)}
    return {name: axes.get(role, role) for name, role in roles.items()}


def _distinct_names(
    names: Collection[str], notation: Notation, kinds: Mapping[str, str], roles: Mapping[str, str]
) -> dict[str, Box]:
    """A different look for each name: sizes that the user named first, then renamed sizes, then indices."""
    shown: dict[str, Box] = {}
    taken: set[Box] = set()

    def give(name: str, wanted: Box) -> None:
        while wanted in taken:
            wanted = primed(wanted, 1)
        shown[name] = wanted
        taken.add(wanted)

    ordered = sorted(names)
    for name in ordered:
        if name not in kinds and roles.get(name) not in notation.sizes:
            give(name, name_box(name))
    for name in ordered:
        if name not in kinds and roles.get(name) in notation.sizes:
            wanted = name_box(notation.sizes[roles[name]])
            give(name, name_box(name) if wanted in taken else wanted)
    for name in sorted((name for name in ordered if name in kinds), key=lambda name: (name.count("'"), name)):
        give(name, _display(name, notation, kinds, roles))
    return shown


def _display(name: str, notation: Notation, kinds: Mapping[str, str], roles: Mapping[str, str]) -> Box:
    stem = name.rstrip("'")
    return primed(name_box(notation.index(stem)), len(name) - len(stem))
