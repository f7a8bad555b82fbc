"""The indices and limits of a big operator: ``\\sum_{m=0}^{k-1}``, ``\\sum_{i,j}``, ``\\max_{0 \\le m < k}``.

Also sums over a set of positions, ``\\sum_{i,j \\in \\Omega(k,l)}``, and conditions behind a colon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from symconv.index.affine import ONE, Affine
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import is_dots, letters, written_name
from symconv.meaning.prose import is_joining, words
from symconv.meaning.rows import is_sign, items_of, split
from symconv.typeset.layout import Big, Box, Fence, Row, Sign, Text

AT_MOST, LESS = (r"\le", r"\leq", r"\leqslant"), ("<",)
MORE, AT_LEAST = (">",), (r"\ge", r"\geq")
RELATIONS = ("=", *AT_MOST, *LESS, *MORE, *AT_LEAST, r"\in")
SUCH_THAT = (":", r"\mid", "|", r"\colon", ";")
Form = Callable[[Box | Sequence[Box]], Affine]


PLACES = words("pixel pixels position positions entry entries tap taps window windows index indices")


@dataclass(frozen=True)
class Limits:
    """One bound index as written, in the author's counting; None where nothing is said."""

    index: str
    lo: Affine | None = None
    hi: Affine | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Bound:
    """What stands under and over a sign: indices, sets that positions run over, and further conditions."""

    limits: tuple[Limits, ...] = ()
    sets: tuple[tuple[tuple[str, ...], Box], ...] = ()
    conditions: tuple[tuple[Box, ...], ...] = field(default=())


def bound_of(big: Big, form: Form, words: frozenset[str] = frozenset()) -> Bound:
    """The bound indices of a big operator; ``form`` reads a limit, ``words`` are names of several letters in its body.

    ``\\sum_{ij}`` binds i and j, unless the body has an index ij.
    """
    if big.under is None:
        raise MeaningError(f"the sign {big.name} has no index", big)
    hi = None if big.over is None or _is_infinite(big.over, ("+",)) else form(big.over)
    items, conditions = _such_that(items_of(big.under))
    found = Bound(conditions=tuple(conditions))
    for part in _conditions(items):
        found = _with(found, part, hi, form, words)
    return found


def _such_that(items: list[Box]) -> tuple[list[Box], list[tuple[Box, ...]]]:
    for at, item in enumerate(items):
        if _divides(items, at):
            last = max(n for n in range(at) if is_sign(items[n], (",",)))
            return items[:last], [tuple(part) for part in split(items[last + 1 :], (",",)) if part]
        if is_sign(item, SUCH_THAT) or (isinstance(item, Text) and item.text.strip() in ("s.t.", "with", "such that")):
            return items[:at], [tuple(part) for part in split(items[at + 1 :], (",", r"\wedge")) if part]
    return items, []


def _divides(items: Sequence[Box], at: int) -> bool:
    """Whether ``\\mid`` says that one number divides another: ``m=0, s \\mid u-m``."""
    before = split(items[:at], (",",))
    related = [any(is_sign(item, RELATIONS) for item in part) for part in before]
    return is_sign(items[at], (r"\mid",)) and any(related) and not related[-1]


def _with(bound: Bound, items: list[Box], hi: Affine | None, form: Form, words: frozenset[str]) -> Bound:
    relations = [item.name for item in items if isinstance(item, Sign) and item.name in RELATIONS]
    parts = split(items, RELATIONS)
    if hi is not None and (len(relations) > 1 or r"\in" in relations):
        raise MeaningError(f"a range below a sign has its end already: {shown(*items)}", items[0])
    if relations and any(isinstance(item, Text) and item.text.strip() for item in items):
        raise MeaningError(f"words in a range are not understood: {shown(*items)}", items[0])
    more: list[Limits] = []
    sets: list[tuple[tuple[str, ...], Box]] = []
    if not relations:
        strange = next((item for item in items if isinstance(item, Text) and not is_joining(item, PLACES)), None)
        if strange is not None:
            raise MeaningError(f"“{strange.text.strip()}” under a sign is not understood", strange)
        kept = [item for item in items if not isinstance(item, Text)]
        more = [Limits(_index(each), None, hi) for each in _listed(kept, words)]
    elif relations == ["="] and not _names_only(parts[0]):
        # an equation between indices, such as s j + m = i, is a condition; names before it are bound
        before = split(parts[0], (",",))
        listed = [part for part in before[:-1] if part]
        if not all(len(part) == 1 and written_name(part[0]) is not None for part in listed):
            raise MeaningError(f"{shown(*items)} under a sign is no range: write m=0 or 0 ≤ m < k", items[0])
        declared = tuple(Limits(_index(part)) for part in listed)
        condition = (*before[-1], Sign("="), *parts[1])
        return Bound((*bound.limits, *declared), bound.sets, (*bound.conditions, condition))
    elif relations == ["="] and (enumerated := _enumerated(parts[1], form)) is not None:
        more = [Limits(_index(part), *enumerated) for part in _listed(parts[0], words)]
    elif relations == ["="]:
        if _is_infinite(Row(tuple(parts[1])), ("-",), signed=True):
            more = [Limits(_index(part), None, hi) for part in _listed(parts[0], words)]
        else:
            lo = form(parts[1])
            more = [Limits(_index(part), lo, hi) for part in _listed(parts[0], words)]
    elif relations == [r"\in"]:
        names = tuple(_index(part) for part in _listed(parts[0], words))
        ends = interval(parts[1], form)
        if ends is not None:
            more = [Limits(name, *ends) for name in names]
        else:
            sets = [(names, Row(tuple(parts[1])))]
    elif len(relations) == 2 and r"\in" not in relations and "=" not in relations and not _names_only(parts[1]):
        # a chain of inequalities for an expression in the indices is a condition
        return Bound(bound.limits, bound.sets, (*bound.conditions, tuple(items)))
    elif len(relations) == 2 and r"\in" not in relations and "=" not in relations:
        more = _chained(parts, relations, form, words)
    else:
        raise MeaningError(f"{shown(*items)} under a sign is no range: write m=0 or 0 ≤ m < k", items[0])
    return Bound((*bound.limits, *more), (*bound.sets, *sets), bound.conditions)


def _names_only(items: Sequence[Box]) -> bool:
    """Whether the boxes are names with commas between them, perhaps in brackets."""
    if len(items) == 1 and isinstance(items[0], Fence):
        items = items_of(items[0].body)
    return all(len(part) == 1 and written_name(part[0]) is not None for part in split(items, (",",)))


def _enumerated(items: Sequence[Box], form: Form) -> tuple[Affine, Affine] | None:
    """``0, …, k-1`` as its ends."""
    parts = [part for part in split(items, (",",)) if part]
    if len(parts) < 3 or not any(is_dots(box) for part in parts for box in part):
        return None
    return enumerated(items, form)


def enumerated(items: Sequence[Box], form: Form) -> tuple[Affine, Affine]:
    """The ends of a list, with dots or without. Errors: :class:`MeaningError` where it does not go in steps of 1."""
    parts = [part for part in split(items, (",",)) if part]
    dots = [at for at, part in enumerate(parts) if any(is_dots(box) for box in part)]
    listed = [form(part) if at not in dots else None for at, part in enumerate(parts)]
    lo, hi = listed[0], listed[-1]
    if len(dots) > 1 or lo is None or hi is None:
        raise MeaningError(f"{shown(*items)} is no list that is understood: write 0, …, k-1", items[0])
    if any(a is not None and b is not None and b - a != ONE for a, b in pairwise(listed)):
        raise MeaningError(f"{shown(*items)} does not go in steps of 1", items[0])
    return lo, hi


def _listed(items: Sequence[Box], words: frozenset[str]) -> list[list[Box]]:
    """``i,j`` or ``(i,j)`` as its parts."""
    if len(items) == 1 and isinstance(items[0], Fence) and items[0].open == "(":
        items = items_of(items[0].body)
    return [piece for part in split(items, (",",)) for piece in _single(part, words)]


def interval(items: Sequence[Box], form: Form) -> tuple[Affine, Affine] | None:
    """``{0, …, k-1}`` or ``[0, k)`` as its ends."""
    if len(items) != 1 or not isinstance(items[0], Fence):
        return None
    fence = items[0]
    if fence.open == "{":
        return _enumerated(items_of(fence.body), form)
    parts = [part for part in split(items_of(fence.body), (",",)) if part]
    if fence.open == "[" and len(parts) == 2:
        return form(parts[0]), form(parts[1]) - (1 if fence.close == ")" else 0)
    return None


def _conditions(items: Sequence[Box]) -> list[list[Box]]:
    """The parts between commas, joined again where a part has no relation of its own (``m,n=0``)."""
    parts = split(items, (",", r"\wedge"))
    if not any(is_sign(item, RELATIONS) for item in items):
        return [list(items)]
    joined: list[list[Box]] = []
    waiting: list[Box] = []
    parts = _with_dots(parts)
    for part in parts:
        waiting = [*waiting, Sign(","), *part] if waiting else list(part)
        if any(is_sign(item, RELATIONS) for item in part) and _closed(waiting):
            joined.append(waiting)
            waiting = []
    return [*joined, waiting] if waiting else joined


def _with_dots(parts: list[list[Box]]) -> list[list[Box]]:
    """``m = 0, …, k-1`` put together again."""
    found: list[list[Box]] = []
    for at, part in enumerate(parts):
        follows = (
            at
            and any(is_dots(box) for box in (*part, *parts[at - 1]))
            and not any(is_sign(box, RELATIONS) for box in part)
        )
        if (follows and found) or (
            at + 1 < len(parts)
            and found
            and not any(is_sign(b, RELATIONS) for b in part)
            and any(is_dots(b) for b in parts[at + 1])
        ):
            found[-1] = [*found[-1], Sign(","), *part]
        else:
            found.append(part)
    return found


def _closed(items: Sequence[Box]) -> bool:
    """Whether the relation is complete: an equation, or a chain with both ends (``0 ≤ m,n < k`` waits for its end)."""
    names = [item.name for item in items if isinstance(item, Sign) and item.name in RELATIONS]
    return "=" in names or r"\in" in names or len(names) == 2


def _chained(parts: list[list[Box]], relations: list[str], form: Form, words: frozenset[str]) -> list[Limits]:
    if (relations[0] in (*MORE, *AT_LEAST)) != (relations[1] in (*MORE, *AT_LEAST)):
        raise MeaningError("the two relations of a range point in different directions", parts[0][0])
    if relations[0] in (*MORE, *AT_LEAST):
        parts, relations = parts[::-1], [{">": "<"}.get(name, r"\le") for name in relations[::-1]]
    lo = form(parts[0]) + (1 if relations[0] in LESS else 0)
    hi = form(parts[2]) - (1 if relations[1] in LESS else 0)
    return [Limits(_index(part), lo, hi) for part in _listed(parts[1], words)]


def _single(items: Sequence[Box], words: frozenset[str]) -> list[list[Box]]:
    """``ij`` without a comma is i and j."""
    return [[piece] for item in items for piece in ([item] if written_name(item) in words else letters(item))]


def _index(items: Sequence[Box]) -> str:
    name = written_name(items[0]) if len(items) == 1 else None
    if name is None:
        raise MeaningError(f"{shown(*items)} is not the name of an index", items[0] if items else None)
    return name


def _is_infinite(box: Box, signs: tuple[str, ...], signed: bool = False) -> bool:
    """Whether the box is ∞ with one of the signs, or, unless it must be ``signed``, without."""
    items = items_of(box)
    if not items or getattr(items[-1], "name", "") != r"\infty":
        return False
    return is_sign(items[0], signs) if len(items) == 2 else len(items) == 1 and not signed
