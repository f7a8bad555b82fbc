"""The key ``symconv`` in a YAML front matter or in a notebook's metadata."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from symconv.documents.places import BindingError
from symconv.documents.words import PAIRS, SINGLE, Word, Words, read_line

LONGEST = 50_000
_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[ \t]*(['\"]?)symconv\1[ \t]*:", re.MULTILINE)


def front_matter(text: str) -> tuple[Words | None, int]:
    r"""The words of a Markdown document's front matter (None where it binds nothing), and where its body begins.

    >>> words, body = front_matter("---\ntitle: Notes\nsymconv: {layer: conv1d, stride: s}\n---\nText\n")
    >>> words.layer.name, [(word.name, word.value, word.at) for word in words.options], body
    ('conv1d', [('stride', 's', 42)], 57)
    """
    front = _FRONT.match(text)
    if front is None:
        return None, 0
    if not _KEY.search(front[1]):
        return None, front.end()  # whatever else it says is not our business
    if len(front[1]) > LONGEST:
        raise BindingError(0, f"a front matter has at most {LONGEST:,} characters, this one has {len(front[1]):,}")
    return _words(front[1], front.start(1)), front.end()


def metadata(value: Any, at: int) -> Words | None:
    """The words of the entry ``symconv`` of a notebook's metadata; its place in the file is ``at`` as a whole."""
    try:
        words = _words(json.dumps({"symconv": value}), 0)
    except BindingError as error:
        raise BindingError(at, error.message) from None
    if words is None:
        return None
    options, context = (tuple(replace(word, at=at) for word in part) for part in (words.options, words.context))
    return Words(replace(words.layer, at=at), options, context)


def _words(text: str, start: int) -> Words | None:
    import yaml

    try:
        # the nodes of what safe_load reads, with their places; no object is made of them
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BindingError(start + (mark.index if mark else 0), f"this is not YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BindingError(start, f"this is not YAML: {' '.join(str(error).split())}") from None
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "symconv":
            return _Reader(start).binding(value)
    return None


class _Reader:
    """Reads nodes of a YAML text that begins at ``start``."""

    def __init__(self, start: int) -> None:
        self.start = start

    def at(self, node: Any) -> int:
        return self.start + int(node.start_mark.index)

    def binding(self, node: Any) -> Words:
        """A mapping ``{layer: conv2d, stride: s, roles: {x: input}}``, or a line of text."""
        if node.id == "scalar":
            return read_line(node.value, self.at(node) + (node.style in ('"', "'")))
        if node.id != "mapping":
            raise BindingError(self.at(node), "symconv is a mapping with a layer, or one line of text")
        layers: list[Word] = []
        options: list[Word] = []
        context: list[Word] = []
        for key, value in node.value:
            name = self.scalar(key)
            if name == "layer":
                layers.append(Word(self.scalar(value), None, self.at(value)))
            elif name in PAIRS.values() or (name == "index_base" and value.id == "mapping"):
                context += self.pairs(name, key, value)
            elif name in SINGLE:
                context.append(Word(name, self.scalar(value), self.at(key)))
            else:
                options.append(Word(name, self.sizes(value), self.at(key)))
        if len(layers) != 1:
            raise BindingError(self.at(node), "a binding names one layer, for example layer: conv2d")
        return Words(layers[0], tuple(options), tuple(context))

    def pairs(self, name: str, key: Any, node: Any) -> list[Word]:
        """``roles: {x: input}`` as ``role x=input``."""
        if node.id != "mapping":
            raise BindingError(self.at(key), f"{name} is a mapping, for example {name}: {{x: …}}")
        word = {keyword: word for word, keyword in PAIRS.items()}.get(name, name)
        return [Word(word, self.scalar(right), self.at(left), self.scalar(left)) for left, right in node.value]

    def scalar(self, node: Any) -> str:
        if node.id != "scalar":
            raise BindingError(self.at(node), "this is one word or number, not a list or a mapping")
        return str(node.value)

    def sizes(self, node: Any) -> str:
        """A value, or a list of values: ``[3, 5]`` is ``3,5``, and ``[[1, 2], 0]`` is ``1:2,0``."""
        if node.id != "sequence":
            return self.scalar(node)
        pairs = [
            ":".join(map(self.scalar, each.value)) if each.id == "sequence" else self.scalar(each)
            for each in node.value
        ]
        return ",".join(pairs)
