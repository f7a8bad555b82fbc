"""The space between boxes that stand side by side: which signs are prefixes, and where a reader needs a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from symconv.typeset.layout import Big, Box, Break, Delimiter, Fence, Fraction, Number, Row, Script, Sign, Symbol, Text
from symconv.typeset.symbols import Kind, glyph, read_name


@dataclass(frozen=True, slots=True)
class Delim:
    """One side of a fence that was opened up so that a line can break inside it; ``large`` if its body is tall."""

    name: Delimiter
    opening: bool
    large: bool


Item: TypeAlias = Union[Box, Delim]


def flat(box: Box) -> Iterator[Box]:
    """The boxes of a row one by one, rows inside rows opened up."""
    if isinstance(box, Row):
        for item in box.items:
            yield from flat(item)
    else:
        yield box


def kinds(items: Sequence[Item], previous: Kind = "open") -> list[Kind]:
    """The kind of every item of a row, where a sign with no left operand is a prefix (TeX's rule for ``Bin`` atoms).

    >>> kinds((Sign("-"), Symbol("x"), Sign("+"), Symbol("y")))
    ['prefix', 'ordinary', 'binary', 'ordinary']
    """
    found: list[Kind] = []
    for item in items:
        kind = _kind(item)
        if kind == "binary" and previous not in ("ordinary", "function", "close"):
            kind = "prefix"
        elif kind in ("relation", "punctuation", "close") and found and found[-1] == "binary":
            found[-1] = "ordinary"
        found.append(kind)
        if kind != "space":
            previous = kind
    if found and (found[-1] == "binary" or found == ["prefix"]):
        found[-1] = "ordinary"
    return found


def _kind(item: Item) -> Kind:
    match item:
        case Sign():
            return glyph(item).kind
        case Symbol(name) | Script(Symbol(name)):
            return "function" if read_name(name).function else "ordinary"
        case Big():
            return "operator"
        case Break():
            return "space"
        case Delim(opening=opening):
            return "open" if opening else "close"
        case _:
            return "ordinary"


def gap(left: Item, left_kind: Kind, right: Item, right_kind: Kind, tight: bool) -> bool:
    """Whether a blank stands between two neighbours in monospaced text; ``tight`` in scripts and limits.

    Signs of operations and relations have blanks on both sides, except in scripts; two factors are kept apart unless
    the first is a number or ∂ or the second is a fence (``2k``, ``∂L``, ``vec(X)``, but ``s i``).
    """
    if left_kind in ("open", "space") or right_kind in ("close", "punctuation", "space"):
        return False
    if "relation" in (left_kind, right_kind) or "binary" in (left_kind, right_kind):
        return not tight or _is_word(left) or _is_word(right)
    if left_kind == "punctuation":
        return not tight
    if left_kind == "prefix":
        return False
    if left == Big("max") or left == Big("min"):
        return not isinstance(right, Fence)
    if left_kind == "operator" or right_kind == "operator":
        return True
    if isinstance(left, Sign) or isinstance(right, Sign):
        return False
    raised = isinstance(right, Script) and isinstance(right.base, Fence) and isinstance(left, Symbol | Script)
    if isinstance(right, Fence) or right_kind == "open" or raised:
        return isinstance(left, Fraction | Text)
    if isinstance(left, Text) and left.text.endswith(" "):
        return False
    if isinstance(right, Text) and right.text.startswith(" "):
        return False
    if isinstance(left, Number) and not isinstance(right, Number | Fraction | Text):
        return False
    return not (isinstance(left, Symbol) and left.name in ("\\partial", "\\mathrm{d}"))


def _is_word(item: Item) -> bool:
    return isinstance(item, Sign) and glyph(item).char.isalpha()


def needs_parentheses(box: Box, below: bool) -> bool:
    """Whether a side of a slash must be fenced: sums always, products and fractions below it.

    A row that begins with ∂ is one name (``∂L/∂K[m]``).
    """
    if isinstance(box, Fraction):
        return True
    items = [item for item in flat(box) if not isinstance(item, Break)]
    if len(items) < 2:
        return False
    if any(isinstance(item, Big) for item in items) or {"binary", "prefix", "relation"} & set(kinds(items)):
        return True
    named = isinstance(items[0], Symbol) and (items[0].name == "\\partial" or isinstance(items[1], Fence))
    return below and not named


def condition_needs_if(when: Box) -> bool:
    """Whether "if" must be said before a condition; one that begins with words (``otherwise``) says it itself."""
    return not isinstance(next(flat(when), None), Text)
