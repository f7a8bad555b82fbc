r"""Index and size arithmetic as written: the terms of a sum, and small changes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symconv.typeset.layout import Box, Fence, Number, Row, Script, Sign
from symconv.verification.mistakes.edit import row_items
from symconv.verification.mistakes.names import is_sign

PLUS, MINUS = Sign("+"), Sign("-")
Items = tuple[Box, ...]


@dataclass(frozen=True)
class Term:
    """A signed product: ``- s i`` is ``Term(-1, (s, i))``."""

    sign: int
    items: Items

    @property
    def number(self) -> int | None:
        """The value if the term is a number."""
        match self.items:
            case (Number(text),) if text.isdigit():
                return self.sign * int(text)
            case _:
                return None

    @property
    def negated(self) -> Term:
        """The term with the other sign."""
        return replace(self, sign=-self.sign)


def terms_of(items: Sequence[Box]) -> tuple[Term, ...] | None:
    """The terms of a sum; None where something else than a sum of products stands."""
    terms: list[Term] = []
    sign, current = 1, list[Box]()
    for at, item in enumerate(items):
        if is_sign(item, ("+", "-")):
            if at and not current:
                return None
            if current:
                terms.append(Term(sign, tuple(current)))
            sign, current = (1 if is_sign(item, ("+",)) else -1), []
        elif isinstance(item, Sign) and item.name not in (r"\cdot", r"\times", r"\ast", "*", "/"):
            return None
        else:
            current.append(item)
    return (*terms, Term(sign, tuple(current))) if current else None


def items_of_terms(terms: Sequence[Term]) -> Items:
    """The terms side by side; no term is 0. A positive term is put first where there is one.

    >>> from symconv.typeset.layout import Symbol
    >>> from symconv.typeset.latex import write_latex
    >>> i, u = Term(-1, (Symbol("i"),)), Term(1, (Symbol("u"),))
    >>> print(write_latex(Row(items_of_terms([i, u]))))
    u - i
    """
    if not terms:
        return (Number("0"),)
    ordered = list(terms)
    if ordered[0].sign < 0:
        first = next((at for at, term in enumerate(ordered) if term.sign > 0), 0)
        ordered = [ordered[first], *ordered[:first], *ordered[first + 1 :]]
    out: list[Box] = []
    for at, term in enumerate(ordered):
        if term.sign < 0 or at:
            out.append(MINUS if term.sign < 0 else PLUS)
        out.extend(term.items)
    return tuple(out)


def shifted(items: Sequence[Box], by: int) -> Items | None:
    """The sum plus a number, taken together with a number that stands there already: ``(i − 1)`` plus 1 is ``i``."""
    if len(items) == 1 and isinstance(items[0], Fence) and items[0].open == "(":
        items = row_items(items[0].body)
    terms = terms_of(items)
    if terms is None:
        return None
    for at in reversed(range(len(terms))):
        number = terms[at].number
        if number is not None:
            total = number + by
            new = (Term(1 if total > 0 else -1, (Number(str(abs(total))),)),) if total else ()
            return items_of_terms((*terms[:at], *new, *terms[at + 1 :]))
    return items_of_terms((*terms, Term(1 if by > 0 else -1, (Number(str(abs(by))),))))


def times(factor: Box, items: Sequence[Box], dot: bool = False) -> Items:
    """``factor · (items)``, with parentheses where they are needed; a factor 1 goes."""
    front: Items = (fenced(factor),)
    rest = tuple(items)
    terms = terms_of(rest)
    if rest == (Number("1"),):
        return front
    if terms is None or len(terms) > 1 or terms[0].sign < 0:
        rest = (Fence("(", Row(rest), ")"),)
    # 2 · 3 must not read 23
    between: Items = (Sign(r"\cdot"),) if dot or isinstance(rest[0], Number) else ()
    return (*front, *between, *rest)


def fenced(box: Box) -> Box:
    """A sum in parentheses, so that it can be a factor."""
    terms = terms_of(box.items) if isinstance(box, Row) else None
    return Fence("(", box, ")") if terms is not None and (len(terms) > 1 or terms[0].sign < 0) else box


def minus(items: Sequence[Box], taken: Sequence[Box]) -> Items | None:
    """``items − taken``, both sums; a sum that is taken away goes in with all its signs turned."""
    left, right = terms_of(items), terms_of(taken)
    if left is None or right is None:
        return None
    return items_of_terms(collected((*left, *(term.negated for term in right))))


def collected(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms without those that cancel; the numbers are added up and stand last."""
    kept: list[Term] = []
    number = 0
    for term in terms:
        if term.number is not None:
            number += term.number
        elif term.negated in kept:
            kept.remove(term.negated)
        else:
            kept.append(term)
    last = (Term(1 if number > 0 else -1, (Number(str(abs(number))),)),) if number else ()
    return (*kept, *last)


def plus(items: Sequence[Box], added: Sequence[Box]) -> Items | None:
    """``items + added``, both sums."""
    left, right = terms_of(items), terms_of(added)
    return None if left is None or right is None else items_of_terms(collected((*left, *right)))


def without_factor(items: Sequence[Box], factor: Box) -> Items | None:
    """A product without one factor (and the sign of multiplication beside it); None where it does not stand there."""
    wanted = fenced(factor)
    for at, item in enumerate(items):
        if item in (wanted, factor):
            rest = [*items[:at], *items[at + 1 :]]
            while rest and isinstance(rest[0], Sign):
                rest = rest[1:]
            while rest and isinstance(rest[-1], Sign):
                rest = rest[:-1]
            pairs = zip(rest, [None, *rest], strict=False)
            rest = [item for item, before in pairs if not (isinstance(item, Sign) and isinstance(before, Sign))]
            return tuple(rest) or (Number("1"),)
    return None


def sums(items: Sequence[Box]) -> Iterator[tuple[int, Items]]:
    """The bodies of parentheses among the items, with their places."""
    for at, item in enumerate(items):
        if isinstance(item, Fence) and item.open in ("(", "["):
            yield at, row_items(item.body)


def squared(box: Box, power: int) -> Box:
    """``k`` as ``k^2``; the first power is the box itself."""
    return box if power == 1 else Script(fenced(box), None, Number(str(power)))
