"""Mistakes in the limits of a sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from symconv.typeset.layout import Big, Box, Fence, Number, Row, Sign
from symconv.verification.mistakes.arithmetic import Items, Term, collected, items_of_terms, shifted, terms_of
from symconv.verification.mistakes.edit import Edit, Splice, listed, row_items
from symconv.verification.mistakes.formula import Formula, SumSign, names_in
from symconv.verification.mistakes.mistake import mistake, shown, splice_edit
from symconv.verification.mistakes.names import name_of
from symconv.verification.mistakes.vocabulary import Vocabulary


@mistake(
    "limit_one_too_large",
    "The sum{index:/s} over {index} {index:runs/run} one too far: {index:it ends/they end} at {new}, not at {old}.",
)
def limit_one_too_large(formula: Formula) -> Iterator[Edit]:
    """Counted from 0, n positions end at n − 1."""
    yield from _ends(formula, -1)


@mistake(
    "limit_one_too_small",
    "The sum{index:/s} over {index} {index:ends/end} one too early: {index:it goes/they go} to {new}, not to {old}.",
)
def limit_one_too_small(formula: Formula) -> Iterator[Edit]:
    """Counted from 1, n positions end at n; counted from 0, at n − 1."""
    yield from _ends(formula, 1)


def _ends(formula: Formula, by: int) -> Iterator[Edit]:
    for each in formula.sums:
        if each.high is None:
            continue
        index = _index(formula, each)
        loose = Sign("<") if by < 0 else Sign(r"\le")
        sign = Splice(each.strict[:-1], each.strict[-1], each.strict[-1] + 1, (loose,)) if each.strict else None
        if sign is not None and _sign_at(each) != loose:
            old, new = _sign_at(each), loose
            limit = each.high.items
            words = {"index": index, "old": shown(old, *limit), "new": shown(new, *limit)}
            yield Edit((sign,), (_class(formula.words, each), str(by)), words)
        yield from _shifted(formula, each, each.high, by)


def _sign_at(each: SumSign) -> Box:
    assert each.strict is not None
    assert each.big.under is not None
    return row_items(each.big.under)[each.strict[-1]]


@mistake("lower_limit_off_by_one", "The sum{index:/s} over {index} {index:begins/begin} at {new}, not at {old}.")
def lower_limit_off_by_one(formula: Formula) -> Iterator[Edit]:
    """A sum over n positions runs from 0 to n − 1 or from 1 to n."""
    for each in formula.sums:
        if each.low is not None:
            for by in (1, -1):
                yield from _shifted(formula, each, each.low, by)


def _shifted(formula: Formula, each: SumSign, limit: Splice, by: int) -> Iterator[Edit]:
    for place, items in _moved(limit.items, by):
        kind = (place, _class(formula.words, each), str(by))
        yield from splice_edit(limit.items, _with(limit, items), *kind, index=_index(formula, each))


def _moved(limit: Items, by: int) -> Iterator[tuple[str, Items]]:
    """The limit one more or less: of ``max(0, i − k)`` first each argument alone."""
    for at, item in enumerate(limit[1:], 1):
        before = limit[at - 1]
        if isinstance(before, Big) and before.name in ("max", "min") and isinstance(item, Fence):
            arguments, start = row_items(item.body), 0
            for stop in [place for place, part in enumerate(arguments) if part == Sign(",")] + [len(arguments)]:
                new = shifted(arguments[start:stop], by) if stop > start else None
                if new is not None:
                    inside = Row((*arguments[:start], *new, *arguments[stop:]))
                    yield f"argument {start > 0}", (*limit[:at], replace(item, body=inside), *limit[at + 1 :])
                start = stop + 1
    whole = shifted(limit, by)
    if whole is not None:
        yield "whole", whole


def _with(limit: Splice, items: Items) -> Splice:
    return Splice(limit.path, limit.start, limit.stop, items)


def _index(formula: Formula, each: SumSign) -> str:
    return listed([shown(formula.spelling[name]) if name in formula.spelling else name for name in each.names])


def _class(words: Vocabulary, each: SumSign) -> str:
    """What a sum runs over, as its limit shows: the kernel, the output, …"""
    if each.high is None:
        return ""
    names = set(names_in(each.high.items))
    for axis in words.axes:
        for kind, size in (("K", axis.kernel), ("O", axis.output), ("S", axis.input)):
            if size is not None and names & set(names_in(row_items(size))):
                return kind
    return shown(*each.high.items)


@mistake(
    "wrong_limits",
    "The sum{index:/s} over {index} {index:has a wrong limit: it "
    "goes/have wrong limits: they go} to {new}, not to {old}.",
)
def wrong_limits(formula: Formula) -> Iterator[Edit]:
    """A sum over the positions of the output ends with the output's size, a sum over the kernel with the kernel's."""
    start = formula.words.start
    for each in formula.sums:
        if each.high is None:
            continue
        for number, axis in enumerate(formula.words.axes):
            for kind, size in (("O", axis.output), ("K", axis.kernel), ("S", axis.input)):
                if size is not None:
                    yield from _to(formula, each, row_items(size), start, kind, str(number))
        for letter, size in formula.words.sizes.items():
            yield from _to(formula, each, row_items(size), start, letter, letter)


def _to(formula: Formula, each: SumSign, size: Items, start: int, *kind: str) -> Iterator[Edit]:
    assert each.high is not None
    strict = each.strict is not None and _sign_at(each) == Sign("<")
    end = size if (start == 1) != strict or strict else shifted(size, -1)
    if end is not None:
        group = (
            kind[0],
            _class(formula.words, each),
            "" if len(formula.words.axes) == 1 else _place(formula, each, kind),
        )
        yield from splice_edit(each.high.items, _with(each.high, end), *group, index=_index(formula, each))


def _place(formula: Formula, each: SumSign, kind: tuple[str, ...]) -> str:
    """Whether the n-th sum of its class gets the size of axis n: then all of them may be changed at once."""
    mine = [other for other in formula.sums if _class(formula.words, other) == _class(formula.words, each)]
    return "own" if str(mine.index(each)) == kind[1] else f"other {kind[1]} {mine.index(each)}"


@mistake("limits_swapped", "The limits of two sums are exchanged: the sum over {index} goes to {new}, not to {old}.")
def limits_swapped(formula: Formula) -> Iterator[Edit]:
    """The index of the rows runs over k₁ positions, that of the columns over k₂."""
    ended = [each for each in formula.sums if each.high is not None]
    for one, two in combinations(ended, 2):
        if one.high is not None and two.high is not None and one.high.items != two.high.items:
            yield Edit(
                (_with(one.high, two.high.items), _with(two.high, one.high.items)),
                (_class(formula.words, one), _class(formula.words, two)),
                {"index": _index(formula, one), "old": shown(*one.high.items), "new": shown(*two.high.items)},
            )


@mistake(
    "limits_not_reversed",
    "Changing the sign of {index} turns the limits of the sum{index:/s} "
    "round: {index:it runs/they run} from {new}, not from {old}.",
)
def limits_not_reversed(formula: Formula) -> Iterator[Edit]:
    """Putting −m for m turns the limits round as well: 0 … k − 1 becomes −(k − 1) … 0."""
    for each in formula.sums:
        if each.low is None or each.high is None or each.strict is not None:
            continue
        low, high = terms_of(each.high.items), terms_of(each.low.items)
        if low is None or high is None:
            continue
        new_low = _negative(low)
        new_high = items_of_terms(collected([term.negated for term in high]))
        old, new = (each.low.items, each.high.items), (new_low, new_high)
        if old == new:
            continue
        yield Edit(
            (_with(each.low, new_low), _with(each.high, new_high)),
            ("reversed",),
            {"index": _index(formula, each), "old": _range(*old), "new": _range(*new)},
        )


def _negative(terms: tuple[Term, ...]) -> Items:
    """Minus the sum: ``k − 1`` as ``−(k − 1)``."""
    items = items_of_terms(terms)
    if len(terms) == 1:
        return items_of_terms(collected([terms[0].negated]))
    return (Sign("-"), Fence("(", Row(items), ")"))


def _range(low: Items, high: Items) -> str:
    return f"{shown(*low)} to {shown(*high)}"


@mistake("wrong_bound_index", "The sum{new:/s} must run over {new}, which nothing binds, not over {old}.")
def wrong_bound_index(formula: Formula) -> Iterator[Edit]:
    """Each index is either free on the left side or bound by one sum; a sum binds the index that its summand has."""
    unbound = unbound_names(formula)
    for each in formula.sums:
        under = row_items(each.big.under or Number("0"))
        for at, item in enumerate(under):
            name = name_of(item)
            if name in each.names:
                for place, other in enumerate(unbound):
                    box = formula.spelling[other]
                    splice = Splice((*each.path, 0), at, at + 1, (box,))
                    kind = str(place - formula.sums.index(each))
                    yield Edit((splice,), (kind,), {"old": shown(item), "new": shown(box)})


def unbound_names(formula: Formula) -> tuple[str, ...]:
    """The names in the indices of the right side that nothing binds and that are no sizes."""
    found: list[str] = []
    bound = {*formula.names, *formula.words.known}
    for entry in formula.right_entries:
        for slot in entry.slots:
            found += [name for name in names_in(slot.items) if name not in bound and name in formula.spelling]
    return tuple(dict.fromkeys(found))
