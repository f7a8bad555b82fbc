"""A binding: the layer that the formulas after it speak of, and what is said of their symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from symconv.documents.places import BindingError
from symconv.documents.words import PAIRS, SINGLE, Word, Words
from symconv.errors import SymconvError
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import find_tensor
from symconv.index.read import read_size
from symconv.meaning.words import KINDS, ROLES
from symconv.ops.catalogue import find_operation
from symconv.ops.operation import Operation
from symconv.ops.texts import build_operation

ALIASES = {"kernel": "kernel_size"}
AXES = "NCFDHWL"


@dataclass(frozen=True)
class Binding:
    """A layer by name with the texts of its hyperparameters, and arguments of ``verify``: all of it can be pickled.

    >>> from symconv.documents.words import read_line
    >>> binding = bind(read_line("conv1d stride=2 | wrt=K, role x=input"))
    >>> binding.operation().stride, binding.arguments()
    (2, {'wrt': 'K', 'roles': {'x': 'input'}})
    """

    layer: str
    options: tuple[tuple[str, str | bool], ...] = ()
    context: tuple[tuple[str, str | None, str], ...] = ()

    def operation(self) -> Operation:
        """The layer."""
        return build_operation(find_operation(self.layer), dict(self.options))

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of ``verify``; those that the binding does not give are left out."""
        found: dict[str, Any] = {}
        for name, symbol, text in self.context:
            keyword, value = PAIRS.get(name, name), int(text) if name == "index_base" else text
            if symbol is None:
                found[keyword] = value
            else:
                found.setdefault(keyword, {})[symbol] = value
        return found

    def says(self, name: str) -> bool:
        """Whether the binding gives this argument of ``verify``."""
        return any(given == name for given, _, _ in self.context)

    def __str__(self) -> str:
        options = [name if value is True else f"{name}={str(value).lower()}" for name, value in self.options]
        context = [f"{name}{'' if symbol is None else f' {symbol}'}={value}" for name, symbol, value in self.context]
        return " ".join([self.layer, *options]) + (f" | {', '.join(context)}" if context else "")


def bind(words: Words) -> Binding:
    """The binding that the words say; whatever is unknown or wrong is refused with its place."""
    try:
        operation = find_operation(words.layer.name)
    except SymconvError as error:
        raise BindingError(words.layer.at, str(error)) from None
    _no_repetition(words)
    options = tuple(_option(word, operation) for word in words.options)
    places = {name: word.at for (name, _), word in zip(options, words.options, strict=True)}
    try:
        definition = build_operation(operation, dict(options)).definition
    except SymconvError as error:
        named = re.match(r"[a-z_]+", str(error))
        raise BindingError(places.get(named[0] if named else "", words.layer.at), str(error)) from None
    context = tuple(_context(word, definition) for word in words.context)
    return Binding(words.layer.name.lower().replace("_", "").replace("-", ""), options, context)


def _no_repetition(words: Words) -> None:
    seen: set[tuple[str, str | None]] = set()
    for word in (*words.options, *words.context):
        key = (ALIASES.get(word.name, word.name.replace("-", "_")), word.symbol)
        if key in seen:
            raise BindingError(word.at, f"{word.name}{f' {word.symbol}' if word.symbol else ''} is given twice")
        seen.add(key)
    bases = [word for word in words.context if word.name == "index_base"]
    if len(bases) > 1 and any(word.symbol is None for word in bases):
        raise BindingError(bases[-1].at, "index_base is one number, or one for each symbol, not both")


def _option(word: Word, operation: type[Operation]) -> tuple[str, str | bool]:
    known = {field.name: field.default for field in fields(operation) if field.init}
    name = word.name.replace("-", "_")
    name = ALIASES.get(name, name) if name not in known else name
    if name not in known:
        if name in (*PAIRS, *SINGLE, *PAIRS.values()):
            raise BindingError(word.at, f"{word.name} stands after a bar: {operation.__name__.lower()} … | wrt=K")
        near = _near(name, [*known, *(alias for alias, full in ALIASES.items() if full in known)])
        allowed = near or f"; there are {', '.join(known)}"
        raise BindingError(word.at, f"{operation.__name__} has no hyperparameter {word.name!r}{allowed}")
    flag = isinstance(known[name], bool)
    if word.value is None:
        if not flag:
            raise BindingError(word.at, f"{word.name} needs a value: {word.name}=…")
        return name, "channel" if name == "bias" else True
    if not flag:
        return name, word.value
    truth = {"true": True, "false": False}.get(word.value.lower())
    if truth is None and name != "bias":
        raise BindingError(word.at, f"{word.name} is true or false, got {word.value!r}")
    return name, word.value if truth is None else truth


def _context(word: Word, definition: Definition) -> tuple[str, str | None, str]:
    name, value = word.name, word.value or ""
    if name not in (*PAIRS, *SINGLE):
        names = [*SINGLE, *PAIRS]
        raise BindingError(word.at, f"{name!r} is not understood{_near(name, names) or f'; there are {_list(names)}'}")
    if (name in PAIRS) != (word.symbol is not None) and not (name == "index_base" and word.symbol):
        example = {"role": "role x=input", "size": "size c_1=O_1", "layout": "layout input=HWC"}
        shown = f"{name}=…" if name in SINGLE else example.get(name, "infix *=correlation")
        raise BindingError(word.at, f"{name} is written {shown}")
    if name == "what":
        _one_of(word, value, KINDS, "what is one of")
    elif name == "wrt":
        try:
            find_tensor(definition, value)
        except SymconvError as error:
            raise BindingError(word.at, str(error)) from None
    elif name == "index_base":
        _one_of(word, value, ("0", "1"), "index_base is one of")
    elif name == "role":
        _one_of(word, value, ROLES, f"the role of {word.symbol} is one of")
    elif name == "size":
        _size(word, value, definition)
    elif name == "layout":
        roles = [*(tensor.role for tensor in definition.inputs), "output"]
        _one_of(word, word.symbol or "", roles, "layout is for")
        if set(value) - set(AXES) or len(set(value)) < len(value):
            raise BindingError(word.at, f"layout is an order of the axes {', '.join(AXES)}, such as HWC, got {value!r}")
    return name, word.symbol, value


def _size(word: Word, value: str, definition: Definition) -> None:
    try:
        unknown = sorted(read_size(value, f"size {word.symbol}").names() - definition.assumptions.lower.keys())
    except SymconvError as error:
        raise BindingError(word.at, str(error)) from None
    if unknown:
        _one_of(word, unknown[0], sorted(definition.assumptions.lower), f"the sizes of {definition.name} are")


def _one_of(word: Word, value: str, allowed: Iterable[str], what: str) -> None:
    allowed = list(allowed)
    if value not in allowed:
        raise BindingError(word.at, f"{what} {_list(allowed)}, not {value!r}{_near(value, allowed)}")


def _near(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
