"""Reads displayed boxes back as a person would, and computes their value: the judge of what is on the paper.

It knows the notation's names and index base, and nothing of the code that made the boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor
from typing import Any

from symconv.typeset.layout import (
    Big,
    Box,
    Break,
    Cases,
    Fence,
    Number,
    Root,
    Row,
    Script,
    Sign,
    Symbol,
    Text,
)
from symconv.typeset.layout import Fraction as Over

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    r"\le": lambda a, b: a <= b,
    r"\mid": lambda a, b: b % a == 0,
}
Values = Mapping[Box, Any]


class Paper:
    """``names``: boxes of names → values; ``entry``: (tensor's boxes, positions above, positions below) → value."""

    def __init__(self, entry: Callable[[Box, tuple[Any, ...]], Any], tensors: frozenset[Box]) -> None:
        self.entry, self.tensors = entry, tensors

    def value(self, box: Box, names: Values) -> Any:
        if isinstance(box, Cases):
            for value, when in box.rows:
                if isinstance(when, Text) or self.holds(when, names):
                    return self.value(value, names)
        total, sign, term = 0, 1, []
        for item in [*items(box), Sign("+")]:
            if item in (Sign("+"), Sign("-")):
                if term:
                    total += sign * self.product(term, names)
                    term = []
                sign = -1 if item == Sign("-") else 1
            else:
                term.append(item)
        return total

    def product(self, parts: list[Box], names: Values) -> Any:
        total: Any = 1
        position = 0
        while position < len(parts):
            if not total and position:
                return 0
            item, rest = parts[position], parts[position + 1 :]
            if item in (Sign(r"\cdot"), Sign(r"\times")):
                position += 1
            elif item == Sign(r"\bmod"):
                return total % self.product(rest, names)
            elif isinstance(item, Big) and item.under is not None:
                assert item.name in ("sum", "max", "min")
                found = [self.product(rest, inner) for inner in self.bound(item, names)]
                return total * (sum(found) if item.name == "sum" else max(found) if item.name == "max" else min(found))
            elif isinstance(item, Big):
                values = [self.value(part, names) for part in commas(rest[0].body)]
                total *= max(values) if item.name == "max" else min(values)
                position += 2
            elif item == Symbol(r"\mathbf{1}"):
                total *= int(self.holds(rest[0].body, names))
                position += 2
            else:
                used, value = self.factor(item, rest, names)
                total *= value
                position += 1 + used
        return total

    def factor(self, item: Box, rest: list[Box], names: Values) -> tuple[int, Any]:
        if item in names:
            return 0, names[item]
        match item:
            case Number(text):
                return 0, int(text)
            case Fence("lfloor", body, _):
                return 0, floor(self.value(body, names))
            case Fence("lceil", body, _):
                return 0, ceil(self.value(body, names))
            case Fence("[", Over(num, den), _) if derivative(num):
                raise AssertionError("a bracketed derivative has a subscript")
            case Fence("[", body, _) | Fence("llbracket", body, _):
                return 0, int(self.holds(body, names))
            case Fence("|", body, _):
                return 0, len(self.winners(items(body), names))
            case Fence("(", body, _) if item not in self.tensors:
                return 0, self.value(body, names)
            case Root(body, None):
                return 0, float(self.value(body, names)) ** 0.5
            case Over(num, den) if derivative(num):
                parts = items(den)
                assert parts[0] == Symbol(r"\partial")
                name, at, used, _ = self.indexed(parts[1], parts[2:], names)
                assert used == len(parts) - 2
                return 0, self.entry(Row((Symbol(r"\partial"), name)), at)
            case Over(num, den):
                above, below = self.value(num, names), self.value(den, names)
                return 0, Fraction(above) / below if isinstance(below, (int, Fraction)) else float(above) / below
            case Script(Row() | Fence() as base, None, sup) if sup is not None and item not in self.tensors:
                if not (isinstance(base, Fence) and base in self.tensors):
                    return 0, self.value(base, names) ** self.value(sup, names)
        name, at, used, power = self.indexed(item, rest, names)
        return used, self.entry(name, at) ** power

    def indexed(self, item: Box, rest: list[Box], names: Values) -> tuple[Box, tuple[Any, ...], int, int]:
        """The tensor's name, its positions as written (those above first), how many boxes were used, and the power."""
        match item:
            case Script(Fence("[", Over(num, den), _), sub, None) if sub is not None and derivative(num):
                below = items(den)
                name = below[1] if len(below) == 2 else Row(tuple(below[1:]))
                return Row((Symbol(r"\partial"), name)), self.positions(sub, names), 0, 1
            case Script(base, sub, sup):
                above = commas(sup) if sup is not None else []
                plain = Script(base, None, above[0]) if above else base
                if plain in self.tensors:
                    at = tuple(self.value(part, names) for part in above[1:])
                    power = 1
                elif base in self.tensors:
                    assert len(above) < 2
                    plain, at, power = base, (), self.value(above[0], names) if above else 1
                elif Script(base, sub, None) in names:
                    return Symbol(""), (), 0, self.value(above[0], names)
                else:
                    raise AssertionError(f"unknown {item}")
                return plain, at + (self.positions(sub, names) if sub is not None else ()), 0, power
        assert item in self.tensors, f"unknown {item}"
        used, at = 0, ()
        while used < len(rest) and isinstance(rest[used], Fence):
            fence = rest[used]
            if used and fence.open == "(":
                break
            at += tuple(self.value(part, names) for part in commas(fence.body))
            used += 1
            if fence.open == "(":
                break
        return item, at, used, 1

    def positions(self, sub: Box, names: Values) -> tuple[Any, ...]:
        parts = commas(sub)
        if len(parts) == 1 and isinstance(sub, Row) and all(part in names for part in sub.items):
            return tuple(names[part] for part in sub.items)
        return tuple(self.value(part, names) for part in parts)

    def holds(self, body: Box, names: Values) -> bool:
        found = items(body)
        if any(isinstance(item, Big) and item.name in ("argmax", "argmin") for item in found):
            return self.wins(found, names)
        return all(self.relation(items(part), names) for part in commas(body))

    def relation(self, found: list[Box], names: Values) -> bool:
        signs = [place for place, item in enumerate(found) if isinstance(item, Sign) and item.name in RELATIONS]
        assert signs
        edges = [-1, *signs, len(found)]
        values = [self.value(Row(tuple(found[a + 1 : b])), names) for a, b in pairwise(edges)]
        return all(RELATIONS[found[place].name](values[n], values[n + 1]) for n, place in enumerate(signs))

    def wins(self, found: list[Box], names: Values) -> bool:
        """``(m, n) = arg max I``: the first extreme position in row-major order, or with ∈ any of them."""
        big = next(place for place, item in enumerate(found) if isinstance(item, Big))
        left, sign = found[: big - 1], found[big - 1]
        several = len(left) == 1 and isinstance(left[0], Fence) and left[0].open == "("
        inner = left[0].body if several else Row(tuple(left))
        at = tuple(self.value(part, names) for part in commas(inner))
        winners = self.winners(found[big:], names)
        return at == winners[0] if sign == Sign("=") else at in winners

    def winners(self, found: list[Box], names: Values) -> list[tuple[Any, ...]]:
        """The extreme positions of ``arg max I``, in row-major order."""
        big = found[0]
        assert isinstance(big, Big)
        variables, found_at = list(self.spans(big, names)[0]), {}
        for scope in self.bound(big, names):
            found_at[tuple(scope[name] for name in variables)] = self.product(found[1:], scope)
        best = (max if big.name == "argmax" else min)(found_at.values())
        return [place for place, value in found_at.items() if value == best]

    def bound(self, big: Big, names: Values) -> list[dict[Box, Any]]:
        """The names with every choice of the indices that the operator binds."""
        spans, conditions = self.spans(big, names)
        scopes = [{**names, **dict(zip(spans, at, strict=True))} for at in product(*spans.values())]
        return [scope for scope in scopes if all(self.relation(part, scope) for part in conditions)]

    def spans(self, big: Big, names: Values) -> tuple[dict[Box, range], list[list[Box]]]:
        assert big.under is not None
        if big.over is not None:
            (name, equals, *low) = items(big.under)
            assert equals == Sign("=")
            return {name: range(whole(self.value(Row(tuple(low)), names)), whole(self.value(big.over, names)) + 1)}, []
        spans: dict[Box, range] = {}
        conditions: list[list[Box]] = []
        for part in map(items, commas(big.under)):
            new = len(part) > 4 and part[1] == Sign(r"\le") and part[3] in (Sign(r"\le"), Sign("<"))
            if new and part[2] not in names and part[2] not in spans:
                top = whole(self.value(Row(tuple(part[4:])), names)) + (part[3] == Sign(r"\le"))
                spans[part[2]] = range(whole(self.value(part[0], names)), top)
            else:
                conditions.append(part)
        return spans, conditions


def whole(value: Any) -> int:
    assert value == int(value)
    return int(value)


def derivative(num: Box) -> bool:
    return isinstance(num, Row) and num.items[0] == Symbol(r"\partial")


def items(box: Box) -> list[Box]:
    if isinstance(box, Row):
        return [part for item in box.items for part in items(item)]
    return [] if isinstance(box, Break) else [box]


def commas(box: Box) -> list[Box]:
    parts: list[list[Box]] = [[]]
    for item in items(box):
        if item == Sign(","):
            parts.append([])
        else:
            parts[-1].append(item)
    return [part[0] if len(part) == 1 else Row(tuple(part)) for part in parts]
