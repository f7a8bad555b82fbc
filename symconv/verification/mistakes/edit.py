r"""Edits of layout boxes: a splice replaces some of the boxes that stand side by side at one place.

A *path* leads from the whole box to a part of it: the numbers of the children to step into. Several splices make one
edit, as a mistake that was made on both axes is one mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symconv.typeset.layout import (
    Big,
    Box,
    Cases,
    Display,
    Fence,
    Fraction,
    Line,
    Matrix,
    Root,
    Row,
    Script,
    Sign,
    row,
)  # fmt: skip

Path = tuple[int, ...]


@dataclass(frozen=True)
class Splice:
    """At ``path``, the boxes ``start`` to ``stop − 1`` of the row give way to ``items``.

    A box that is no row counts as a row of one. With ``start = stop`` the items are inserted.
    """

    path: Path
    start: int
    stop: int
    items: tuple[Box, ...]

    def meets(self, other: Splice) -> bool:
        """Whether the two touch the same boxes, so that they cannot be done at once."""
        if self.path == other.path:
            if self.start == self.stop == other.start == other.stop:
                return False  # two insertions stand side by side
            return (self.start < other.stop and other.start < self.stop) or self.start == other.start
        short, long = (self, other) if len(self.path) < len(other.path) else (other, self)
        if long.path[: len(short.path)] != short.path:
            return False
        # in a box that is no row (a row of one), the next step leads to a child of what is replaced
        return True if short.start == 0 and short.stop == 1 else short.start <= long.path[len(short.path)] < short.stop


@dataclass(frozen=True)
class Edit:
    """Splices done at once. ``words`` fill the mistake's sentence; edits of one ``kind`` are one mistake at several
    places, for instance on several axes: done together they make an edit that has them as its ``parts``.
    """

    splices: tuple[Splice, ...]
    kind: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Edit, ...] = ()


def children(box: Box) -> tuple[Box | None, ...]:
    """The parts of a box that are boxes themselves, in a fixed order."""
    match box:
        case Row(items):
            return items
        case Script(base, sub, sup):
            return base, sub, sup
        case Fraction(num, den):
            return num, den
        case Root(body, degree):
            return body, degree
        case Big(_, under, over):
            return under, over
        case Fence(_, body, _):
            return (body,)
        case Matrix(rows):
            return tuple(cell for cells in rows for cell in cells)
        case Cases(cases):
            return tuple(part for case in cases for part in case)
        case Line(left, _, right):
            return left, right
        case Display(lines):
            return lines
        case _:
            return ()


def rebuilt(box: Box, parts: Sequence[Box | None]) -> Box:
    """The box with other children: ``rebuilt(box, children(box)) == box``."""
    whole = [part if part is not None else Row(()) for part in parts]
    match box:
        case Row():
            return row(*whole)
        case Script():
            return replace(box, base=whole[0], sub=parts[1], sup=parts[2])
        case Fraction():
            return replace(box, num=whole[0], den=whole[1])
        case Root():
            return replace(box, body=whole[0], degree=parts[1])
        case Big():
            return replace(box, under=parts[0], over=parts[1])
        case Fence():
            return replace(box, body=whole[0])
        case Matrix(rows):
            cells = iter(parts)
            return replace(box, rows=tuple(tuple(next(cells) for _ in line) for line in rows))
        case Cases(rows):
            return Cases(tuple((whole[2 * at], whole[2 * at + 1]) for at in range(len(rows))))
        case Line():
            return replace(box, left=parts[0], right=whole[1])
        case Display():
            return Display(tuple(part for part in parts if isinstance(part, Line)))
        case _:
            return box


def walk(box: Box, path: Path = ()) -> Iterator[tuple[Path, Box]]:
    r"""Every part of a box with its path, the box itself first.

    >>> from symconv.parse.read import read_latex
    >>> [path for path, part in walk(read_latex("K_m + 1")) if part == Sign("+")]
    [(1,)]
    """
    yield path, box
    for at, part in enumerate(children(box)):
        if part is not None:
            yield from walk(part, (*path, at))


def at_path(box: Box, path: Path) -> Box:
    """The part of a box where the path leads."""
    for step in path:
        part = children(box)[step]
        assert part is not None
        box = part
    return box


def row_items(box: Box) -> tuple[Box, ...]:
    """The boxes side by side, nothing left out (places count on it)."""
    return box.items if isinstance(box, Row) else (box,)


def apply(box: Box, splices: Sequence[Splice]) -> Box:
    r"""The box after all splices, which must not meet.

    >>> from symconv.parse.read import read_latex
    >>> from symconv.typeset.latex import write_latex
    >>> print(write_latex(apply(read_latex("K_{m+n}"), [Splice((1,), 1, 3, ())])))
    K_m
    """
    inner: dict[int, list[Splice]] = {}
    for splice in splices:
        if splice.path:
            step, *rest = splice.path
            inner.setdefault(step, []).append(replace(splice, path=tuple(rest)))
    if inner:
        parts = list(children(box))
        for step, deeper in inner.items():
            part = parts[step]
            assert part is not None
            parts[step] = apply(part, deeper)
        # the rows among the new parts stay nested here, so that the numbers of the items still hold
        box = Row(tuple(part for part in parts if part is not None)) if isinstance(box, Row) else rebuilt(box, parts)
    here = sorted((splice for splice in splices if not splice.path), key=lambda splice: -splice.start)
    if not here and not isinstance(box, Row):
        return box
    items = list(row_items(box))
    for splice in here:
        items[splice.start : splice.stop] = splice.items
    return row(*_single_commas(items))


def _single_commas(items: list[Box]) -> list[Box]:
    """Indices that stood together without commas may get two of them from their two sides."""
    return [item for at, item in enumerate(items) if not (at and item == items[at - 1] == Sign(","))]


def together(edits: Sequence[Edit]) -> Iterator[Edit]:
    """The edits of one mistake: first those of the same kind at once, then those that only begin alike, then singly."""
    deepest = max((len(edit.kind) for edit in edits), default=0)
    done: set[tuple[Splice, ...]] = set()
    for depth in range(deepest, 0, -1):
        groups: dict[tuple[str, ...], list[Edit]] = {}
        for edit in edits:
            groups.setdefault(edit.kind[:depth], []).append(edit)
        for group in groups.values():
            joined = _joined(group)
            if joined is not None and joined.splices not in done:
                done.add(joined.splices)
                yield joined
    yield from edits


def _joined(group: Sequence[Edit]) -> Edit | None:
    """All of them at once; None if there is only one, or two that meet."""
    splices = [splice for edit in group for splice in edit.splices]
    if len(group) < 2 or any(one.meets(two) for at, one in enumerate(splices) for two in splices[:at]):
        return None
    words: dict[str, list[str]] = {}
    for edit in group:
        for name, word in edit.words.items():
            if word not in words.setdefault(name, []):
                words[name].append(word)
    told = {name: listed(found) for name, found in words.items()}
    return Edit(tuple(splices), group[0].kind, told, tuple(group))


def listed(words: Sequence[str]) -> str:
    """The words as an enumeration.

    >>> listed(["i", "j", "k"])
    'i, j and k'
    """
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
