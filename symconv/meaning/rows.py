"""Rows of boxes cut at their signs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symconv.typeset.layout import Box, Break, Fence, Number, Row, Sign, Symbol

SPACES = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", "~"})


def items_of(box: Box) -> list[Box]:
    """The boxes side by side, without breaks, spaces and the number of the equation behind a wide space."""
    items = list(box.items) if isinstance(box, Row) else [box]
    if len(items) > 2 and _is_space(items[-2]) and _is_number_label(items[-1]):
        items = items[:-2]
    return [
        item
        for item in items
        if not isinstance(item, Break) and not (isinstance(item, (Sign, Symbol)) and item.name in SPACES)
    ]


def _is_space(box: Box) -> bool:
    return isinstance(box, (Sign, Symbol)) and box.name in (r"\quad", r"\qquad")


def _is_number_label(box: Box) -> bool:
    """``(15)`` behind a wide space: the number of the equation."""
    return isinstance(box, Fence) and box.open == "(" and isinstance(box.body, Number)


def is_sign(box: Box, names: Collection[str]) -> bool:
    """Whether the box is one of the signs."""
    return isinstance(box, Sign) and box.name in names


def split(items: Sequence[Box], names: Collection[str]) -> list[list[Box]]:
    """The items between the signs."""
    parts: list[list[Box]] = [[]]
    for item in items:
        if is_sign(item, names):
            parts.append([])
        else:
            parts[-1].append(item)
    return parts


def signed_terms(items: Sequence[Box]) -> list[tuple[int, list[Box]]]:
    """The terms of a sum with their signs. A sign after another sign or at the start belongs to its term."""
    terms: list[tuple[int, list[Box]]] = []
    sign, current = 1, list[Box]()
    for position, item in enumerate(items):
        if is_sign(item, ("+", "-")):
            before = items[position - 1] if position else None
            if current and not (before is not None and is_sign(before, PRODUCT)):
                terms.append((sign, current))
                sign, current = 1, []
            sign = -sign if item.name == "-" else sign  # type: ignore[union-attr]
        else:
            current.append(item)
    return [*terms, (sign, current)]


PRODUCT = (r"\cdot", r"\times", r"\ast", "*", "/")


def tuple_of(items: Sequence[Box]) -> list[list[Box]]:
    """``(i, j)`` as its parts; nothing for anything else."""
    if len(items) == 1 and isinstance(items[0], Fence) and items[0].open in ("(", "["):
        return split(items_of(items[0].body), (",",))
    return []


def without_brackets(items: Sequence[Box]) -> list[Box]:
    """``(s = 2)`` as s = 2."""
    if len(items) == 1 and isinstance(items[0], Fence) and items[0].open == "(":
        return items_of(items[0].body)
    return list(items)
