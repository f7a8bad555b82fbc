"""Tensor entries in a formula: ``I_{i,j}``, ``I[i][j]``, ``x(r+a, c+b)``, ``w^{l+1,f'}_{i,j,f}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symconv.expr.nodes import Access
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.parse.arithmetic import Arithmetic
from symconv.parse.meaning import MeaningError, shown
from symconv.parse.rows import items_of, split
from symconv.parse.symbols import Symbols, is_layer_mark, key, letters, name_of
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Number, Script, Symbol, Text

Base = int | Mapping[str, int]
SPATIAL = {1: "WHL", 2: "HW", 3: "DHW"}


@dataclass(frozen=True)
class Entries:
    """Reads entries of the layer's tensors.

    ``layout`` gives the axis order of a tensor by role (letters N, C, F, D, H, W); ``base`` says where the positions of
    a tensor start, for all tensors or by symbol.
    """

    symbols: Symbols
    layout: Mapping[str, str]
    base: Base

    def take(self, items: Sequence[Box], at: int, indices: frozenset[str]) -> tuple[Access, int] | None:
        """The entry that begins at that place, and where it ends; None where no tensor stands there."""
        found = self.tensor_at(items[at])
        if found is None:
            return None
        tensor, groups = found
        at += 1
        while not groups and tensor.rank and at < len(items) and _is_group(items[at]):
            fence = items[at]
            assert isinstance(fence, Fence)
            groups, at = [fence.body], at + 1
            while fence.open == "[" and at < len(items) and isinstance(following := items[at], Fence):
                if following.open != "[":
                    break
                groups, at = [*groups, following.body], at + 1
        return Access(tensor, self.positions(tensor, groups, indices)), at

    def tensor_at(self, box: Box) -> tuple[Tensor, list[Box]] | None:
        """The tensor that a box names, and the groups of indices that it carries as scripts."""
        match box:
            case Symbol() | Text():
                tensor = self.symbols.tensors.get(name_of(box) or "")
                return None if tensor is None else (tensor, [])
            case Fence("[", body, "]") if len(items_of(body)) == 1:
                return self.tensor_at(items_of(body)[0])
            case Script(base, sub, sup):
                whole = name_of(box)
                if whole is not None and whole in self.symbols.tensors:
                    return self.symbols.tensors[whole], []
                inner = self.tensor_at(base)
                if inner is None or inner[1]:
                    return None
                return inner[0], [*_above(sup), *([sub] if sub is not None else [])]
            case _:
                return None

    def positions(self, tensor: Tensor, groups: Sequence[Box], indices: frozenset[str]) -> tuple[Affine, ...]:
        """The index forms in the tensor's own axis order, counted from 0."""
        parts = [part for group in groups for part in split(items_of(group), (",",)) if part]
        if len(parts) < tensor.rank:
            parts = [piece for part in parts for piece in _run_together(part, tensor.rank - len(parts) + 1)]
        if len(parts) != tensor.rank:
            raise MeaningError(
                f"{tensor.name} has {tensor.rank} {'axis' if tensor.rank == 1 else 'axes'} ({', '.join(tensor.axes)}), "
                f"but {len(parts)} {'index' if len(parts) == 1 else 'indices'}: {shown(*groups) if groups else 'none'}"
            )
        arithmetic = Arithmetic(self.symbols, indices)
        start = self.base_of(tensor)
        written = [arithmetic.form(part) - start for part in parts]
        order = self.order(tensor)
        return tuple(written[place] for place in order)

    def base_of(self, tensor: Tensor) -> int:
        """Where the author counts the tensor's positions from; the upstream gradient is counted like the output."""
        if isinstance(self.base, int):
            return self.base
        named = tensor.of or tensor.name
        found = [start for symbol, start in self.base.items() if self._stands_for(symbol, named)]
        return found[0] if found else 0

    def _stands_for(self, symbol: str, name: str) -> bool:
        tensor = self.symbols.tensors.get(key(symbol))
        return tensor is not None and name in (tensor.name, tensor.of)

    def order(self, tensor: Tensor) -> tuple[int, ...]:
        """For each axis of the tensor, the place where the author writes its index."""
        role = {"upstream": "output", "gradient": "output"}.get(tensor.role, tensor.role)
        letters = self.layout.get(role) or self.layout.get("kernel" if role == "weight" else role)
        if letters is None:
            return tuple(range(tensor.rank))
        rank = sum(axis[0] in "SOK" for axis in tensor.axes)
        wanted = [_letter(axis, rank) for axis in tensor.axes]
        if sorted(letters) != sorted(wanted):
            raise MeaningError(f"layout: {role} has the axes {''.join(wanted)}, got {letters!r}")
        return tuple(letters.index(letter) for letter in wanted)


def _letter(axis: str, rank: int) -> str:
    return SPATIAL[rank][int(axis[1:]) - 1] if axis[0] in "SOK" else axis


def _is_group(box: Box) -> bool:
    return isinstance(box, Fence) and (box.open, box.close) in (("(", ")"), ("[", "]"))


def _above(sup: Box | None) -> list[Box]:
    """The indices in a superscript: what is left beside the layer mark."""
    if sup is None or is_layer_mark(write_latex(sup)):
        return []
    parts = split(items_of(sup), (",",))
    kept = [part for part in parts if part and not is_layer_mark("".join(map(write_latex, part)))]
    return [part[0] for part in kept if len(part) == 1]


def _run_together(part: Sequence[Box], wanted: int) -> list[list[Box]]:
    """``ij`` or ``(1+i)j`` as that many indices; a part that does not fall apart so stays one."""
    plain = all(isinstance(item, (Symbol, Number, Fence, Script)) for item in part)
    for pieces in (list(part), [letter for item in part for letter in letters(item)]):
        if plain and len(pieces) == wanted and wanted > 1:
            return [[piece] for piece in pieces]
    return [list(part)]
