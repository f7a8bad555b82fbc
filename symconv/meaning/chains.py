"""A formula as chains of equalities: ``a = b = c`` over several lines, several formulas side by side, remarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symconv.meaning.errors import MeaningError
from symconv.meaning.names import is_dots
from symconv.meaning.prose import FIELD, is_joining, words
from symconv.meaning.rows import is_sign, items_of, split
from symconv.parse.places import walk
from symconv.typeset.layout import Big, Box, Break, Display, Fence, Line, Number, Row, Script, Sign, Symbol, Text
from symconv.typeset.layout import row as row_of

EQUALS = ("=", r"\equiv", r":=", r"\triangleq", r"\coloneqq", r"\doteq", "+=", r"\leftarrow")
RELATIONS = (*EQUALS, r"\in", r"\le", r"\ge", "<", ">", r"\ne", r"\approx", r"\propto", r"\sim", r"\Rightarrow", r"\to")
JOINS = ("and", "so", "hence", "thus", "therefore", "then", "also", "but", "i.e.", "und")
OPENING = words("we get obtain find forward backward pass similarly likewise recall note define rule chain")
DIFFERENTIATES = (r"\partial", r"\nabla", r"\mathrm{d}")
IMPLIES = (r"\Rightarrow", r"\implies", r"\Longrightarrow")
BEGINNINGS = ("where", "for", "with", "if", "when", "otherwise", "s.t.", "mit", "unless", "except", "only", "provided")
QUADS = (r"\quad", r"\qquad")


@dataclass(frozen=True)
class Member:
    """One side of an equality, and the line that it stands in."""

    items: tuple[Box, ...]
    line: int


@dataclass(frozen=True)
class Chain:
    """Members that are claimed to be equal; a chain without a left side has one member."""

    members: tuple[Member, ...]


@dataclass(frozen=True)
class Condition:
    """A condition beside a formula, and the line that it speaks of; None where it speaks of all."""

    items: tuple[Box, ...]
    line: int | None = None


@dataclass(frozen=True)
class Statement:
    """The chains of a formula, the conditions beside them, and words that are no part of the mathematics."""

    chains: tuple[Chain, ...]
    conditions: tuple[Condition, ...] = ()
    remarks: tuple[str, ...] = ()


def statement_of(box: Box) -> Statement:
    """The parts of a formula."""
    lines = box.lines if isinstance(box, Display) else (box if isinstance(box, Line) else Line(None, None, box),)
    chains: list[Chain] = []
    conditions: list[Condition] = []
    remarks: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.reason:
            remarks.append(line.reason)
        raw = [item for item in (line.left, line.relation, line.right) if item is not None]
        whole = row_of(*raw)
        flat = list(whole.items) if isinstance(whole, Row) else [whole]
        conditional = False
        for position, clause in enumerate(_clauses(flat)):
            if _explains(clause) or _joins(clause):
                clause = clause[1:]
            if clause and _is_forall(clause[0]):
                clause = [Text("for all"), *clause[1:]]
            _check(clause, position == 0)
            kind = _kind(clause)
            if kind == "condition" and _speaks_of_arrays(clause):
                clause, kind = _opened(clause), "equation"
            elif kind == "equation" and conditional and not _speaks_of_arrays(clause):
                kind = "condition"
            conditional = conditional or (kind == "condition" and _begins_condition(clause))
            implied = [at for at, item in enumerate(clause) if is_sign(item, IMPLIES)]
            if implied:
                conditions.append(Condition(tuple(clause[: implied[0]]), number))
                clause, kind = clause[implied[0] + 1 :], "equation"
            if kind == "words":
                remarks.append(" ".join(item.text.strip() for item in clause if isinstance(item, Text)))
            elif kind == "condition" and (position or chains):
                # one that has a line of its own speaks of all lines
                conditions.append(Condition(tuple(clause), number if position else None))
            elif kind != "number":
                _extend(chains, clause, number, first=position == 0)
    if len(chains) == 1:
        # a = b = c, for all i: it does not matter in which line the condition stands, if it stands behind them
        last = chains[0].members[-1].line
        conditions = [Condition(each.items, None if each.line == last else each.line) for each in conditions]
    return Statement(tuple(chains), tuple(conditions), tuple(remark for remark in remarks if remark))


def _check(clause: Sequence[Box], begins: bool) -> None:
    """Errors: :class:`MeaningError` for an approximation, and for a line that goes on with ≤ or ≠."""
    if any(is_sign(item, (r"\approx", r"\propto", r"\sim")) for item in clause):
        raise MeaningError("an approximation is neither right nor wrong: write an equation")
    if begins and is_sign(clause[0], RELATIONS) and not is_sign(clause[0], (*EQUALS, *IMPLIES)):
        raise MeaningError("a line that goes on with another sign than = is not understood", clause[0])


def _extend(chains: list[Chain], clause: list[Box], line: int, first: bool) -> None:
    parts = [_trimmed(part) for part in split(clause, EQUALS)]
    begins = bool(parts[0])
    if not all(parts[1:]):
        raise MeaningError("a side of an equation is empty")
    members = tuple(Member(tuple(part), line) for part in parts if part)
    if not members:
        return
    goes_on = first and chains and (not begins or len(parts) == 1)
    if goes_on:
        chains[-1] = Chain((*chains[-1].members, *members))
    else:
        chains.append(Chain(members))


def _clauses(items: Sequence[Box]) -> Iterator[list[Box]]:
    """The parts between wide spaces, and between commas where both parts are relations of their own."""
    part: list[Box] = []
    for at, item in enumerate(items):
        if isinstance(item, Break):
            continue
        wide = is_sign(item, QUADS) or (isinstance(item, Text) and _begins_remark(item)) or _is_forall(item)
        comma = is_sign(item, (",", ";")) and _related(part) and _related(_until_comma(items[at + 1 :]))
        if comma and isinstance(part[0], Text) and not _speaks_of_arrays(_until_comma(items[at + 1 :])):
            comma = False  # a condition goes on: 0 ≤ i, j < n
        if wide or comma:
            if items_of(Row(tuple(part))):
                yield items_of(Row(tuple(part)))
            part = [item] if isinstance(item, Text) or _is_forall(item) else []
        else:
            part.append(item)
    if items_of(Row(tuple(part))):
        yield items_of(Row(tuple(part)))


def _is_forall(item: Box) -> bool:
    return isinstance(item, (Sign, Symbol)) and item.name == r"\forall"


def _until_comma(items: Sequence[Box]) -> list[Box]:
    found: list[Box] = []
    for item in items:
        if is_sign(item, (",", ";", *QUADS)):
            break
        found.append(item)
    return found


def _related(items: Sequence[Box]) -> bool:
    return any(is_sign(item, RELATIONS) for item in items)


def _explains(clause: Sequence[Box]) -> bool:
    """``where \\tilde x = …``: an array with an accent gets its meaning, no condition is stated."""
    if len(clause) < 4 or not isinstance(clause[0], Text) or clause[0].text.strip().lower() != "where":
        return False
    name = clause[1].name if isinstance(clause[1], Symbol) else ""
    return name.startswith((r"\tilde", r"\hat", r"\widetilde", r"\widehat")) and is_sign(clause[2], EQUALS)


def _opened(clause: list[Box]) -> list[Box]:
    """``where \\delta_i = …``, ``We get O_i = …``: the formula behind words that only lead to it.

    Errors: :class:`MeaningError` for other words.
    """
    first = clause[0]
    if isinstance(first, Text) and not is_joining(first, FIELD | OPENING):
        raise MeaningError(f"“{first.text.strip()}” before a formula is not understood", first)
    return clause[1:] if isinstance(first, Text) else clause


def _joins(clause: Sequence[Box]) -> bool:
    """``and …``, ``hence …``: what follows is a formula or a condition like any other."""
    first = clause[0]
    return len(clause) > 1 and isinstance(first, Text) and first.text.strip(" ,.:").lower() in JOINS


def _speaks_of_arrays(clause: Sequence[Box]) -> bool:
    """Whether the clause is an equation that sums or differentiates: a formula of its own, whatever stands before."""
    signs = (r"\star", r"\ast", r"\odot", r"\circledast")
    if not any(is_sign(item, EQUALS) for item in clause):
        return False
    return any(
        isinstance(part, Big) or is_sign(part, signs) or (isinstance(part, Symbol) and part.name in DIFFERENTIATES)
        for item in clause
        for part in walk(item)
    )


def _begins_condition(clause: Sequence[Box]) -> bool:
    """Whether the clause begins with “for” or “if”: then so do the clauses behind the commas that follow."""
    first = clause[0]
    return isinstance(first, Text) and first.text.strip().lower() in ("for", "if", "when", "with")


def _begins_remark(item: Text) -> bool:
    return _begins(item, (*JOINS, *BEGINNINGS))


def _begins(item: Box, words: Sequence[str]) -> bool:
    """Whether the first word of a text is one of these."""
    found = item.text.lower().split() if isinstance(item, Text) else []
    return bool(found) and found[0].strip(",.:") in words


def _kind(clause: Sequence[Box]) -> str:
    items = [item for item in clause if not is_sign(item, (",", ".", ";", ":"))]
    if len(items) == 1 and isinstance(items[0], Fence) and isinstance(items[0].body, Number):
        return "number"
    if len(items) == 1 and isinstance(items[0], Fence) and _related(items_of(items[0].body)):
        return "condition"
    if all(isinstance(item, Text) for item in items):
        # “and others” goes on with what stands before
        return "condition" if items and _begins(items[0], JOINS) else "words"
    if _is_range(clause):
        return "condition"
    if any(is_sign(item, EQUALS) for item in items) and not isinstance(items[0], Text):
        return "equation"
    if _related(items) and not any(is_sign(item, EQUALS) for item in items):
        return "condition"
    return "condition" if isinstance(items[0], Text) else "equation"


def _is_range(items: Sequence[Box]) -> bool:
    """``i = 0, …, n``: names, and a list with dots."""
    sides = split(items, ("=",))
    if len(sides) != 2 or not any(is_sign(item, (",",)) for item in sides[1]):
        return False
    names = all(len(part) == 1 and isinstance(part[0], (Symbol, Script)) for part in split(sides[0], (",",)))
    return names and any(is_dots(item) for item in sides[1])


def _trimmed(items: list[Box]) -> list[Box]:
    while items and is_sign(items[-1], (",", ".", ";", ":")):
        items = items[:-1]
    while items and is_sign(items[0], (",",)):
        items = items[1:]
    return [item for item in items if not (isinstance(item, Sign) and item.name in QUADS)]
