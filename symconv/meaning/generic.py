"""Formulas of no layer: letters as matrices, vectors and numbers whose sizes are found out as they are combined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from symconv.expr.nodes import NOTHING
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine
from symconv.index.domain import Assumptions
from symconv.meaning.errors import MeaningError
from symconv.meaning.functions import function_name
from symconv.meaning.names import ARROWS, Mark, is_transpose, key, letters, mark_of, plain
from symconv.meaning.rows import items_of, split
from symconv.parse.places import walk
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Fraction, Script, Symbol

VECTORS = frozenset("abdefghopqruvwxyz")
"""Small letters that may be columns; the others mostly are numbers or indices."""
IDENTITIES = frozenset({"I", r"\mathbf{I}", "1"})


class Unify(Exception):
    """A size that was still open must be equal to another one; the reading starts again with it."""

    def __init__(self, name: str, size: Affine) -> None:
        super().__init__(name)
        self.name, self.size = name, size


def nothing() -> Definition:
    """The definition of no layer."""
    output = Tensor(r"\operatorname{nothing}", "output", (), (), ())
    return Definition("identity", output, NOTHING, (), Assumptions({}))


def is_open(size: Affine) -> str | None:
    """The name of a size that is still open."""
    names = size.names()
    name = next(iter(names)) if len(names) == 1 else None
    return name if name is not None and name.startswith("n_{") and size == Affine.of(name) else None


def letters_in(boxes: Sequence[Box], roles: Mapping[str, str], sizes: Mapping[str, Affine]) -> dict[str, Tensor]:
    """The tensors that the letters of a formula stand for, by key; a role makes letters of one role one tensor.

    ``sizes`` are those that were found out so far.
    """
    told = {plain(symbol): role for symbol, role in roles.items()}
    _check_marks(boxes)
    columns = _columns(boxes)
    ranks: dict[str, int] = {}
    indices: set[str] = set()
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Script) and isinstance(part.base, Symbol):
                name = plain(part.base.name)
                count = 0 if function_name(name) is not None else _count(part.sub)
                if count:
                    ranks[name] = max(count, ranks.get(name, 0))
                    assert part.sub is not None
                    indices |= {key(write_latex(letter)) for item in items_of(part.sub) for letter in letters(item)}
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Symbol) and _is_letter(part, indices):
                for letter in letters(part):
                    assert isinstance(letter, Symbol)
                    name = plain(letter.name)
                    ranks.setdefault(name, 1 if name in columns else _rank(letter.name))
    named = {told.get(name, name): rank for name, rank in sorted(ranks.items(), key=lambda item: item[1])}
    found: dict[str, Tensor] = {}
    written: dict[str, list[str]] = {}
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Symbol):
                written.setdefault(plain(part.name), []).append(key(part.name))
    for name, rank in ranks.items():
        if name in IDENTITIES and name not in told:
            continue
        role = told.get(name, "")
        if role == "loss":
            continue
        shared = role if role and list(told.values()).count(role) > 1 else ""
        rank = named.get(role, rank) if shared else rank
        own = {"upstream": "output"}.get(role, role) if role in ("output", "upstream") else (shared or name)
        shape = tuple(closed(Affine.of(f"n_{{{own},{axis}}}"), sizes) for axis in range(1, rank + 1))
        shown = r"\delta" if role == "upstream" else (shared or name)
        kinds = (
            tuple(f"S{n}" for n in range(1, rank + 1))
            if role in ("kernel", "input", "output", "upstream")
            else ("M",) * rank
        )
        kind = {"output": "output", "upstream": "upstream"}.get(role, "input")
        tensor = Tensor(shown, kind, shape, tuple("ijkl"[:rank]), kinds)  # type: ignore[arg-type]
        found |= dict.fromkeys([name, *written.get(name, [])], tensor)
    return found


def closed(size: Affine, sizes: Mapping[str, Affine]) -> Affine:
    """A size with everything put in that was found out."""
    while size.names() & sizes.keys():
        size = size.substitute(sizes)
    return size


def _count(sub: Box | None) -> int:
    if sub is None:
        return 0
    parts = [part for part in split(items_of(sub), (",",)) if part]
    if len(parts) == 1:
        return sum(len(letters(item)) for item in parts[0] if not isinstance(item, (Fence, Fraction)))
    return len(parts)


def _is_letter(symbol: Symbol, indices: set[str]) -> bool:
    name = plain(symbol.name)
    if function_name(name) is not None:
        return False
    known = name.startswith("\\") and name not in (r"\delta", r"\phi", r"\theta")
    return not known and name not in indices and not is_transpose(symbol) and mark_of(symbol) is None and name != "d"


def _columns(boxes: Sequence[Box]) -> frozenset[str]:
    """Small letters where one of them is transposed: then they are columns, except those that mostly are numbers."""
    small: set[str] = set()
    transposed = False
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Symbol):
                small |= {name for each in letters(part) if (name := plain(write_latex(each))) in VECTORS}
            if isinstance(part, Script) and isinstance(part.base, Symbol) and is_transpose(part.sup):
                transposed |= plain(part.base.name) in VECTORS
    return frozenset(small) if transposed else frozenset()


def _check_marks(boxes: Sequence[Box]) -> None:
    """That no letter stands with a mark here and without it, or with another, there: A^{(2)} is not A."""
    total: Counter[str] = Counter()
    marked: dict[str, Counter[Mark]] = {}
    for box in boxes:
        for part in walk(box):
            if isinstance(part, Symbol):
                total.update(plain(each.name) for each in letters(part) if isinstance(each, Symbol))
            if isinstance(part, Script) and isinstance(part.base, Symbol) and (mark := mark_of(part.sup)) is not None:
                last = letters(part.base)[-1]
                if isinstance(last, Symbol):
                    marked.setdefault(plain(last.name), Counter())[mark] += 1
    for name, marks in marked.items():
        if len(marks) > 1 or total[name] != marks.total():
            raise MeaningError(f"{name} stands with different marks above it")


def _rank(name: str) -> int:
    if name.startswith(ARROWS) or (name.startswith((r"\mathbf", r"\boldsymbol")) and key(name)[:1].islower()):
        return 1
    bare = key(name)
    return 2 if bare[:1].isupper() else 0
