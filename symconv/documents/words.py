"""The words of a binding, with their places: from one line of text, or from a mapping in YAML or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symconv.documents.places import BindingError

PAIRS = {"role": "roles", "size": "sizes", "layout": "layout", "infix": "infix"}
"""How a pair is called in a line of text, and the argument of ``verify`` (and key of a mapping) that takes it."""
SINGLE = ("what", "wrt", "index_base")
LONGEST = 2_000
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Word:
    """``name``, ``name=value`` or ``name symbol=value``, and the character of the source where it begins."""

    name: str
    value: str | None
    at: int
    symbol: str | None = None


@dataclass(frozen=True)
class Words:
    """A layer, its hyperparameters, and what is said of the formulas."""

    layer: Word
    options: tuple[Word, ...]
    context: tuple[Word, ...]


def read_line(text: str, start: int = 0) -> Words:
    """The words of ``conv2d stride=s bias | wrt=K, role x=input``; ``start`` is the place of the text in its source.

    >>> words = read_line("conv2d stride=s bias | wrt=K, role x=input")
    >>> words.layer.name, [(word.name, word.value) for word in words.options]
    ('conv2d', [('stride', 's'), ('bias', None)])
    >>> words.context[1]
    Word(name='role', value='input', at=30, symbol='x')
    """
    if len(text) > LONGEST:
        raise BindingError(start, f"a binding has at most {LONGEST} characters, this one has {len(text)}")
    parts = list(_split(text, 0, "|", start))
    if len(parts) > 2:
        raise BindingError(start + parts[2][0] - 1, "a binding has one bar: the layer | what is said of its formulas")
    at, layer = parts[0]
    words = [_option(word, start + place) for place, word in _split(layer, at, " \t\n", start) if word.strip()]
    if not words:
        raise BindingError(start, "a binding names a layer, for example symconv: conv2d stride=s")
    if words[0].value is not None:
        raise BindingError(words[0].at, f"a binding begins with a layer, such as conv2d, not with {words[0].name}=…")
    context: list[Word] = []
    for at, part in parts[1:]:
        for place, item in _split(part, at, ",", start):
            if item.strip():
                context.append(_context(item.strip(), start + place + len(item) - len(item.lstrip())))
            elif part.strip():
                raise BindingError(start + place, "there is nothing between two commas")
    return Words(words[0], tuple(words[1:]), tuple(context))


def _option(text: str, at: int) -> Word:
    name, equals, value = text.partition("=")
    if equals and not (name and value):
        raise BindingError(at, f"a hyperparameter is written name=value, without spaces, got {text!r}")
    return Word(name, _bare(value) if equals else None, at)


def _context(text: str, at: int) -> Word:
    left, equals, value = text.partition("=")
    name, _, symbol = left.strip().partition(" ")
    if not (equals and value.strip() and name):
        raise BindingError(at, f"after the bar stand wrt=kernel, role x=input and the like, got {text!r}")
    return Word(name, _bare(value.strip()), at, symbol.strip() or None)


def _bare(value: str) -> str:
    """The value without quotation marks, and a tuple without its parentheses."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    inner = value[1:-1]
    if value[:1] == "(" and value[-1:] == ")" and "," in inner and "(" not in inner:
        return inner
    return value


def _split(text: str, start: int, separators: str, shift: int) -> Iterator[tuple[int, str]]:
    """The parts between separators that are not in brackets or quotation marks, with their places."""
    begin, quoted = 0, -1
    expected: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if char == '"':
            quoted = at if quoted < 0 else -1
        elif quoted >= 0:
            continue
        elif char in _CLOSING:
            expected.append((_CLOSING[char], at))
        elif expected and char == expected[-1][0]:
            expected.pop()
        elif char in separators and not expected:
            yield start + begin, text[begin:at]
            begin = at + 1
    if quoted >= 0:
        raise BindingError(shift + start + quoted, 'a quotation mark " is not closed')
    if expected:
        closer, at = expected[-1]
        raise BindingError(shift + start + at, f"a bracket is not closed: {closer} is missing")
    yield start + begin, text[begin:]
