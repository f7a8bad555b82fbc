r"""A formula as the mistakes see it: its entries with their indices, its sums, its products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fence, Fraction, Line, Number, Row, Script, Sign, Symbol, Text
from symconv.verification.mistakes.arithmetic import Items
from symconv.verification.mistakes.edit import Path, Splice, at_path, children, rebuilt, row_items, walk
from symconv.verification.mistakes.names import is_d, is_layer_mark, is_sign, letters, name_of
from symconv.verification.mistakes.vocabulary import TensorWord, Vocabulary

COMMA = Sign(",")
TURNED = ("T", r"\top", r"\intercal", "'")
RELATIONS = ("=", r"\le", r"\leq", r"\leqslant", "<")


@dataclass(frozen=True)
class Slot:
    """One index of an entry: where it stands, and the axis that it counts.

    ``close`` says that it stands beside the next one without a comma, as in ``K_{mn}``.
    """

    path: Path
    start: int
    stop: int
    items: Items
    axis: str
    close: bool = False

    def put(self, items: Items) -> Splice:
        """The index replaced; where indices stand without commas, they get them."""
        if self.close and len(items) > 1:
            items = (*([COMMA] if self.start else []), *items, COMMA)
        return Splice(self.path, self.start, self.stop, items)


@dataclass(frozen=True)
class Entry:
    """An entry of a tensor: ``row`` and ``start``/``stop`` say which boxes it takes up, ``symbol`` where its name is.

    ``derived`` says that it stands below ∂L/∂ (then these are the boxes of the fraction), ``left`` that it stands on
    the left side.
    """

    word: TensorWord
    symbol: Path
    row: Path
    start: int
    stop: int
    slots: tuple[Slot, ...]
    derived: bool = False
    left: bool = False

    @property
    def role(self) -> str:
        """The tensor's role; ∂L/∂O is the upstream gradient."""
        return "upstream" if self.derived and self.word.role == "output" else self.word.role

    def boxes(self, box: Box) -> Items:
        """What it looks like in the formula."""
        return row_items(at_path(box, self.row))[self.start : self.stop]


@dataclass(frozen=True)
class SumSign:
    """A big operator: where it stands and what it binds. ``low`` and ``high`` are None where nothing is said.

    ``strict`` says that the upper limit is written ``<``.
    """

    path: Path
    row: Path
    at: int
    big: Big
    names: tuple[str, ...]
    low: Splice | None
    high: Splice | None
    strict: Path | None = None


@dataclass(frozen=True)
class Formula:
    """A formula with its vocabulary; ``box`` has been made ready by :func:`spread`."""

    box: Box
    words: Vocabulary

    @cached_property
    def rights(self) -> tuple[tuple[Path, int, int], ...]:
        """The right sides: a path to a row and the part of it."""
        found: list[tuple[Path, int, int]] = []
        for path, part in walk(self.box):
            if isinstance(part, Line):
                items = row_items(part.right)
                cuts = [-1, *(at for at, item in enumerate(items) if is_sign(item, ("=",))), len(items)]
                found += [((*path, 1), low + 1, high) for low, high in pairwise(cuts)]
        return tuple(found) or (((), 0, len(row_items(self.box))),)

    @cached_property
    def rows(self) -> tuple[tuple[Path, Items], ...]:
        """Every group of boxes side by side, except rows that stand in rows."""
        return tuple(_rows(self.box))

    def is_left(self, path: Path) -> bool:
        """Whether a place is on a left side."""
        box = self.box
        for step in path:
            if isinstance(box, Line):
                return step == 0
            part = children(box)[step]
            if part is None:
                return False
            box = part
        return False

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry of a known tensor. A letter in an index is an index, even if a tensor is called the same."""
        found = tuple(entry for path, items in self.rows for entry in self._entries(path, items))
        inside = {slot.path for entry in found for slot in entry.slots}
        inside |= {path for path, part in walk(self.box) if isinstance(part, Big)}
        return tuple(
            entry for entry in found if entry.slots or not any(entry.row[: len(path)] == path for path in inside)
        )

    @property
    def right_entries(self) -> tuple[Entry, ...]:
        """The entries on right sides."""
        return tuple(entry for entry in self.entries if not entry.left)

    @cached_property
    def sums(self) -> tuple[SumSign, ...]:
        """The big operators with an index."""
        return tuple(
            found
            for path, items in self.rows
            for at, item in enumerate(items)
            if isinstance(item, Big) and (found := _sum(path, items, at, item)) is not None
        )

    @cached_property
    def left_names(self) -> tuple[str, ...]:
        """The names of the indices on the left side."""
        slots = [slot for entry in self.entries if entry.left for slot in entry.slots]
        return tuple(dict.fromkeys(name for slot in slots for name in names_in(slot.items)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all indices: those of the left side and those that are summed over."""
        return tuple(dict.fromkeys((*self.left_names, *(name for each in self.sums for name in each.names))))

    @cached_property
    def spelling(self) -> dict[str, Box]:
        """How the name of each index is written."""
        found: dict[str, Box] = {}
        for _, part in walk(self.box):
            name = name_of(part)
            if name is not None:
                found.setdefault(name, part)
        return found

    def _entries(self, path: Path, items: Items) -> Iterator[Entry]:
        single = len(items) == 1 and not isinstance(at_path(self.box, path), Row)
        for at, item in enumerate(items):
            found = self._tensor(item, path if single else (*path, at))
            if found is None:
                continue
            word, symbol, groups = found
            stop = at + 1
            while not groups and word.axes and stop < len(items) and _is_group(items[stop]):
                groups, stop = self._groups(path, items, stop)
            if groups and stop < len(items) and _is_group(items[stop]):
                more, behind = self._groups(path, items, stop)
                if len(tuple(_slots([*groups, *more], ()))) == len(word.axes):  # X_c(i, j)
                    groups, stop = [*groups, *more], behind
            slots = tuple(_slots(groups, word.axes))
            above = self._derivative(path)
            if above is not None:
                where, place = above
                yield Entry(word, symbol, where, place, place + 1, slots, True, self.is_left(symbol))
            else:
                yield Entry(word, symbol, path, at, stop, slots, False, self.is_left(symbol))

    def _groups(self, path: Path, items: Items, at: int) -> tuple[list[tuple[Path, Box]], int]:
        """The indices of ``x(i, j)`` or ``x[i][j]``, which begin at that place, and where they end."""
        groups: list[tuple[Path, Box]] = []
        while at < len(items) and isinstance(fence := items[at], Fence) and _is_group(fence):
            if groups and fence.open != "[":
                break
            groups.append(((*path, at, 0), fence.body))
            at += 1
            if fence.open == "(":
                break
        return groups, at

    def _derivative(self, path: Path) -> tuple[Path, int] | None:
        """The row and place of the fraction ∂L/∂… whose denominator the path leads to."""
        if not path or path[-1] != 1:
            return None
        fraction = at_path(self.box, path[:-1])
        if not isinstance(fraction, Fraction) or not is_d(row_items(fraction.den)[0]):
            return None
        above = row_items(fraction.num)
        if len(above) != 2 or name_of(above[1]) not in self.words.losses:
            return None
        outer = path[:-1]
        if outer and isinstance(at_path(self.box, outer[:-1]), Row):
            return outer[:-1], outer[-1]
        return outer, 0

    def _tensor(self, item: Box, path: Path) -> tuple[TensorWord, Path, list[tuple[Path, Box]]] | None:
        name = name_of(item)
        if name is not None and name in self.words.tensors:
            return self.words.tensors[name], path, []
        if isinstance(item, Script) and name not in self.words.known:
            inner = self._tensor(item.base, (*path, 0))
            if inner is None or inner[2]:
                return None
            groups: list[tuple[Path, Box]] = []
            if item.sup is not None and not is_layer_mark(write_latex(item.sup)) and name_of(item.sup) not in TURNED:
                groups.append(((*path, 2), item.sup))
            if item.sub is not None:
                groups.append(((*path, 1), item.sub))
            return inner[0], inner[1], groups
        return None


def spread(box: Box, words: Vocabulary) -> Box:
    r"""Letters that were run together apart: ``si`` as s and i, so that factors can be told.

    >>> from symconv.parse.read import read_latex
    >>> words = Vocabulary({"I": TensorWord(Symbol("I"), "input", ("S1",))})
    >>> print(write_latex(spread(read_latex("I_{si}"), words)))
    I_{s i}
    """
    known = {*words.known, *words.tensors}
    bound = {name for each in Formula(box, words).sums if each.low is not None for name in each.names}
    seen = {name for _, part in walk(box) if (name := name_of(part)) is not None} | known

    def visit(part: Box, script: bool) -> Box:
        name = name_of(part)
        if name is not None and name in known | bound:
            return part
        if isinstance(part, Script) and name is not None and name_of(part.base) not in words.tensors:
            return part  # the index belongs to a name: k_{in}
        if isinstance(part, Symbol):
            pieces = letters(part)
            told = all(name_of(piece) in seen for piece in pieces) or (script and len(pieces) == 2)
            return Row(tuple(pieces)) if told and len(pieces) > 1 else part
        inside = [
            None
            if each is None
            else visit(each, script or isinstance(part, Big) or (isinstance(part, Script) and at > 0))
            for at, each in enumerate(children(part))
        ]
        return rebuilt(part, inside) if inside else part

    return visit(box, False)


def names_in(items: Items) -> tuple[str, ...]:
    """The names in the boxes, in their order."""
    found: list[str] = []
    for item in items:
        name = name_of(item)
        if name is not None:
            found.append(name)
        else:
            found += [name for part in children(item) if part is not None for name in names_in(row_items(part))]
    return tuple(dict.fromkeys(found))


def _rows(box: Box, path: Path = ()) -> Iterator[tuple[Path, Items]]:
    yield path, row_items(box)
    if isinstance(box, Row):
        for at, item in enumerate(box.items):
            yield from _below(item, (*path, at))
    else:
        yield from _below(box, path)


def _below(box: Box, path: Path) -> Iterator[tuple[Path, Items]]:
    if isinstance(box, Row):
        yield from _rows(box, path)
        return
    for at, part in enumerate(children(box)):
        # the base of a script belongs to it: x_i is an entry, x alone is not
        if part is not None and not (isinstance(box, Script) and at == 0 and name_of(part) is not None):
            yield from _rows(part, (*path, at))


def _is_group(box: Box) -> bool:
    return isinstance(box, Fence) and (box.open, box.close) in (("(", ")"), ("[", "]"))


def _slots(groups: list[tuple[Path, Box]], axes: tuple[str, ...]) -> Iterator[Slot]:
    found: list[Slot] = []
    for path, group in groups:
        items, start = row_items(group), 0
        for at, item in enumerate((*items, COMMA)):
            if item == COMMA:
                if at > start:
                    found.append(Slot(path, start, at, items[start:at], ""))
                start = at + 1
    if len(found) < len(axes):
        wanted = len(axes) - len(found) + 1
        found = [piece for slot in found for piece in _apart(slot, wanted)]
    if len(found) == len(axes):
        found = [Slot(s.path, s.start, s.stop, s.items, axis, s.close) for s, axis in zip(found, axes, strict=True)]
    elif len(found) < len(axes):
        # X_c stands for a whole channel: the positions are left out
        channels = [axis for axis in axes if axis in ("N", "C", "F")]
        some = next((part for part in (channels, channels[-1:]) if len(part) == len(found)), [])
        found = [
            Slot(s.path, s.start, s.stop, s.items, axis, s.close) for s, axis in zip(found, some, strict=False)
        ] or found
    yield from found


def _apart(slot: Slot, wanted: int) -> list[Slot]:
    plain = all(isinstance(item, (Symbol, Number, Fence, Script, Text)) for item in slot.items)
    if wanted < 2 or len(slot.items) != wanted or not plain:
        return [slot]
    return [
        Slot(slot.path, slot.start + at, slot.start + at + 1, (item,), "", True) for at, item in enumerate(slot.items)
    ]


def _sum(path: Path, items: Items, at: int, big: Big) -> SumSign | None:
    if big.under is None:
        return None
    here = (*path, at) if len(items) > 1 else path
    under = row_items(big.under)
    signs = [place for place, item in enumerate(under) if is_sign(item, RELATIONS)]
    if not signs:
        names = names_in(under)
        return SumSign(here, path, at, big, names, None, None) if names else None
    if len(signs) == 1 and is_sign(under[signs[0]], ("=",)):
        low = Splice((*here, 0), signs[0] + 1, len(under), under[signs[0] + 1 :])
        high = None if big.over is None else Splice((*here, 1), 0, len(row_items(big.over)), row_items(big.over))
        return SumSign(here, path, at, big, names_in(under[: signs[0]]), low, high)
    if len(signs) == 2:
        low = Splice((*here, 0), 0, signs[0], under[: signs[0]])
        high = Splice((*here, 0), signs[1] + 1, len(under), under[signs[1] + 1 :])
        return SumSign(here, path, at, big, names_in(under[signs[0] + 1 : signs[1]]), low, high, (*here, 0, signs[1]))
    return None
