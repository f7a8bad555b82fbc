"""Several conditions in one row: between commas, ∧ and “and”, with the ends that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.meaning.binders import AT_LEAST, AT_MOST, LESS, MORE
from symconv.meaning.rows import is_sign
from symconv.typeset.layout import Box, Number, Script, Sign, Symbol, Text

RELATIONS = ("=", r"\equiv", r"\ne", r"\mid", r"\nmid", r"\in", r"\notin", *AT_MOST, *LESS, *MORE, *AT_LEAST)


def conjunction(items: Sequence[Box]) -> Iterator[list[Box]]:
    """The conditions between commas, ∧ and “and”."""
    yield from _shared_ends(list(_with_lists(list(_split_conditions(items)))))


def _with_lists(parts: list[list[Box]]) -> Iterator[list[Box]]:
    """``i = 0, 1, …, n`` and ``i, j = 0`` put together again, the second as i = 0 and j = 0."""
    waiting: list[list[Box]] = []
    current: list[Box] = []
    for part in parts:
        related = any(is_sign(item, RELATIONS) for item in part)
        if related:
            if current:
                yield current
            current = []
            equal = [at for at, item in enumerate(part) if is_sign(item, ("=",))]
            if waiting and len(equal) == 1:
                for name in waiting:
                    yield [*name, *part[equal[0] :]]
                waiting = []
            yield from waiting
            waiting = []
            if len(equal) == 1 and sum(is_sign(item, RELATIONS) for item in part) == 1:
                current = part
            else:
                yield part
        elif current:
            current = [*current, Sign(","), *part]
        elif _is_name(part):
            waiting.append(part)
        else:
            yield part
    if current:
        yield current
    yield from waiting


def _is_name(part: Sequence[Box]) -> bool:
    named = [item for item in part if not isinstance(item, Text)]
    return len(named) == 1 and isinstance(named[0], (Symbol, Script))


def _shared_ends(parts: list[list[Box]]) -> Iterator[list[Box]]:
    """``0 ≤ i, j < n`` as 0 ≤ i < n and 0 ≤ j < n; other parts as they are."""
    at = 0
    while at < len(parts):
        end = at + 1
        low, name = _one_relation(parts[at])
        while low and end < len(parts) and len(parts[end]) == 1 and isinstance(parts[end][0], (Symbol, Script)):
            end += 1
        first, last = (
            (parts[end][0], parts[end][1:]) if low and end < len(parts) and len(parts[end]) > 1 else (None, [])
        )
        closes = bool(last) and is_sign(last[0], (*AT_MOST, *LESS)) and isinstance(first, (Symbol, Script))
        if low and name is not None and closes and sum(is_sign(i, RELATIONS) for i in last) == 1:
            for index in (name, *(part[0] for part in parts[at + 1 : end + 1])):
                yield [*low, index, *last]
            at = end + 1
        else:
            yield parts[at]
            at += 1


def _one_relation(part: Sequence[Box]) -> tuple[list[Box], Box | None]:
    """``0 ≤ i`` as what stands before i, and i; nothing for anything else."""
    places = [at for at, item in enumerate(part) if is_sign(item, RELATIONS)]
    if len(places) != 1 or not is_sign(part[places[0]], (*AT_MOST, *LESS)) or places[0] != len(part) - 2:
        return [], None
    before = part[: places[0]]
    if not all(isinstance(item, (Number, Sign)) for item in before):
        return [], None
    return list(part[:-1]), part[-1]


def _split_conditions(items: Sequence[Box]) -> Iterator[list[Box]]:
    part: list[Box] = []
    for item in items:
        word = item.text.strip().lower() if isinstance(item, Text) else ""
        if is_sign(item, (",", r"\wedge", ";")) or word in ("and", "und", ", and", "&"):
            if part:
                yield part
            part = []
        else:
            part.append(item)
    if part:
        yield part
