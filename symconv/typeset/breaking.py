"""Where a long line breaks: the cheapest way to cut a row of boxes at its :class:`Break` marks.

Lines are chosen together, not one after another, as in TeX's paragraphs: the fewest lines, cut at the best places,
evenly filled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symconv.typeset.layout import Box, Break, Fence, Number, Script, Sign, Symbol
from symconv.typeset.metrics import tall
from symconv.typeset.spacing import Delim, Item, flat, kinds

Measure = Callable[[Sequence[Item]], float]

# Levels for places that the builder of the boxes did not mark: before a sign, between factors, after a big operator.
_AT_SIGN, _AT_FACTOR, _AFTER_BIG, _IN_ENTRY, _AT_RELATION_INSIDE = 4, 6, 7, 12, 20
_OVERFULL = 1000.0


def split(box: Box, measure: Measure, first: float, rest: float) -> list[list[Item]]:
    """The row cut into lines of at most ``first`` and then ``rest`` units wide, as far as that is possible.

    Breaks that are marked are taken before places that are not marked; a fence with breaks inside is opened up only if
    nothing else helps. ``measure`` gives the width of items that follow an operand.
    """
    items: list[Item] = list(flat(box))
    whole = _without_breaks(items)
    if measure(whole) <= first:
        return [whole]
    lines = [whole]
    if len(whole) < len(items):
        lines, fits = _cheapest(items, measure, first, rest)
        if fits:
            return lines
    for loosen in (_mark_signs, _mark_factors, _open_fences, _mark_signs, _mark_factors, _open_entries):
        loosened = loosen(items)
        if len(loosened) == len(items):
            continue
        items = loosened
        lines, fits = _cheapest(items, measure, first, rest)
        if fits:
            break
    return lines


def _open_fences(items: list[Item]) -> list[Item]:
    opened: list[Item] = []
    for item in items:
        body = list(flat(item.body)) if isinstance(item, Fence) else []
        if isinstance(item, Fence) and any(isinstance(part, Break) for part in body):
            large = tall(item.body)
            inner: list[Item] = [Break(part.level + 2) if isinstance(part, Break) else part for part in body]
            opened += [Delim(item.open, True, large), *_open_fences(inner), Delim(item.close, False, large)]
        else:
            opened.append(item)
    return opened


def _open_entries(items: list[Item]) -> list[Item]:
    """Breaks between the indices of an entry: behind a comma of ``I(a, b)``, before a bracket of ``I[a][b]``."""
    opened: list[Item] = []
    for item in items:
        if isinstance(item, Fence) and Sign(",") in flat(item.body):
            large = tall(item.body)
            opened.append(Delim(item.open, True, large))
            for part in flat(item.body):
                opened += [part, Break(_IN_ENTRY)] if part == Sign(",") else [part]
            opened.append(Delim(item.close, False, large))
        elif isinstance(item, Fence) and item.open == "[" and opened and isinstance(opened[-1], Fence):
            opened += [Break(_IN_ENTRY), item]
        else:
            opened.append(item)
    return opened


def _mark_signs(items: list[Item]) -> list[Item]:
    marked: list[Item] = []
    depth = 0
    for item, kind in zip(items, kinds(items), strict=True):
        depth += (kind == "open") - (kind == "close")
        if marked and kind in ("binary", "relation") and not isinstance(marked[-1], Break):
            additive = kind == "relation" or (isinstance(item, Sign) and item.name in ("+", "-"))
            inside = kind == "relation" and depth > 0
            marked.append(Break(_AT_RELATION_INSIDE if inside else _AT_SIGN if additive else _AT_FACTOR))
        marked.append(item)
    return marked


def _mark_factors(items: list[Item]) -> list[Item]:
    marked: list[Item] = []
    before = "open"
    for item, kind in zip(items, kinds(items), strict=True):
        if marked and kind in ("ordinary", "operator", "function", "open") and not _belong(marked[-1], item):
            if before in ("ordinary", "close", "punctuation"):
                marked.append(Break(_AT_FACTOR))
            elif before == "operator":
                marked.append(Break(_AFTER_BIG))
        marked.append(item)
        before = kind
    return marked


def _belong(left: Item, right: Item) -> bool:
    """Whether two neighbours read as one: ``∂L``, ``2k``, ``I[i]``, ``vec(X)``, ``1/k``."""
    if isinstance(left, Sign) or isinstance(right, Sign):
        return True
    if isinstance(left, Number) or left == Symbol("\\partial"):
        return True
    return isinstance(right, Fence | Delim) and isinstance(left, Symbol | Script | Fence)


def _without_breaks(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not isinstance(item, Break)]


def _cheapest(items: Sequence[Item], measure: Measure, first: float, rest: float) -> tuple[list[list[Item]], bool]:
    """Dynamic programming over the breaks: cost of a line = 1 + emptiness² + the level of the break that ends it."""
    segments: list[list[Item]] = [[]]
    levels: list[int] = []
    for item in items:
        if not isinstance(item, Break):
            segments[-1].append(item)
        elif segments[-1]:
            segments.append([])
            levels.append(item.level)
    if not segments[-1]:
        segments.pop()
        levels = levels[: len(segments) - 1]
    ends = [0.0]
    for segment in segments:
        ends.append(ends[-1] + measure(segment))
    count = len(segments)
    best = [0.0] + [float("inf")] * count
    start = [0] * (count + 1)
    for end in range(1, count + 1):
        for begin in range(end - 1, -1, -1):
            room = first if begin == 0 else rest
            slack = (room - (ends[end] - ends[begin])) / room
            if slack < 0 and begin < end - 1:
                break
            last = end == count
            cost = best[begin] + 1.0 + (0.0 if last else 0.4 * levels[end - 1] + 0.5 * slack * slack)
            cost += _OVERFULL * -slack if slack < 0 else 0.0
            if cost < best[end]:
                best[end], start[end] = cost, begin
    lines: list[list[Item]] = []
    end, fits = count, True
    while end:
        begin = start[end]
        lines.insert(0, [item for segment in segments[begin:end] for item in segment])
        fits = fits and ends[end] - ends[begin] <= (rest if begin else first)
        end = begin
    return lines, fits
