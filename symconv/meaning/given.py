"""What a user says beside a formula, checked before anything is read: types, lengths, and the words that are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from reprlib import repr as short

from symconv.expr.tensor import Definition
from symconv.meaning.claim import Context
from symconv.meaning.errors import MeaningError
from symconv.meaning.operators import MEANINGS, meaning_of
from symconv.meaning.words import KINDS, ROLES

MAX_NAME = 200
"""Characters of a name, size or order of axes."""
MAX_ENTRIES = 200
"""Names that roles, sizes, layout, infix or index_base may speak of."""
_OTHER_SIGNS = {"floor": "[]"}


def check_context(context: Context) -> None:
    """Raise :class:`~symconv.meaning.errors.MeaningError` with one sentence for the first thing that is not right.

    >>> check_context(Context(None, infix={"*": "correlation"}))
    >>> check_context(Context(None, infix={"*": "addition"}))
    Traceback (most recent call last):
    symconv.meaning.errors.MeaningError: infix: '*' is said to be 'addition'; the meanings are correlation, ...
    """
    if context.what is not None:
        what = _text(context.what, "what: the kind of formula")
        if what not in KINDS:
            raise MeaningError(f"there is no kind of formula {short(what)}; the kinds are {', '.join(KINDS)}")
    _mapping(context.roles, "roles", "symbols to roles")
    _mapping(context.sizes, "sizes", "sizes as written to sizes of the layer")
    _mapping(context.layout, "layout", "roles to orders of axes")
    _mapping(context.infix, "infix", "signs to meanings")
    for name in context.layout or {}:
        _known(name, ROLES, f"layout: there is no role {short(name)}; the roles are")
    for sign, said in (context.infix or {}).items():
        if said not in _OTHER_SIGNS:
            _known(meaning_of(said), MEANINGS, f"infix: {short(sign)} is said to be {short(said)}; the meanings are")
    _check_wrt(context)
    _check_base(context.index_base)


def definition_of(op: object) -> Definition | None:
    """The definition of a layer; None for None.

    Errors: :class:`~symconv.meaning.errors.MeaningError` for what is no layer.
    """
    if op is None or isinstance(op, Definition):
        return op
    definition = getattr(op, "definition", None)
    if isinstance(definition, Definition):
        return definition
    raise MeaningError(f"the layer is an operation such as Conv1d(), a Definition or None, got {short(op)}")


def _check_wrt(context: Context) -> None:
    if context.wrt is None:
        return
    wrt = _text(context.wrt, "wrt")
    tensors = context.definition.inputs if context.definition else ()
    own = dict.fromkeys((*(tensor.role for tensor in tensors), *(tensor.name for tensor in tensors)))
    if wrt not in own and wrt not in ROLES and wrt not in (context.roles or {}):
        raise MeaningError(f"wrt: {short(wrt)} is no tensor of the layer; the tensors are {', '.join(own) or 'none'}")


def _check_base(base: object) -> None:
    if base is None:
        return
    if not isinstance(base, Mapping):
        _number(base)
        return
    if len(base) > MAX_ENTRIES:
        raise MeaningError(f"index_base speaks of at most {MAX_ENTRIES} symbols, this one of {len(base)}")
    for symbol, start in base.items():
        _text(symbol, "index_base: a symbol")
        if not isinstance(start, Mapping):
            _number(start)
            continue
        for axis, first in start.items():
            _known(axis, tuple("NCFDHW"), f"index_base: {short(axis)} is no axis; the axes are")
            _number(first)


def _number(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value not in (0, 1):
        raise MeaningError(
            f"index_base is 0 or 1, where positions are counted from, or one of them by symbol; got {short(value)}"
        )


def _mapping(value: object, field: str, what: str) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise MeaningError(f"{field} maps {what}, got {short(value)}")
    if len(value) > MAX_ENTRIES:
        raise MeaningError(f"{field} has at most {MAX_ENTRIES} entries, this one has {len(value)}")
    for name, said in value.items():
        _text(name, field)
        _text(said, f"{field}: what {short(name)} is")


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise MeaningError(f"{field} is a text, got {short(value)}")
    if len(value) > MAX_NAME:
        raise MeaningError(f"{field} has at most {MAX_NAME} characters, got {len(value)}")
    if not value.isprintable():
        raise MeaningError(f"{field} holds a character that cannot be seen: {short(value)}")
    return value


def _known(value: object, known: Collection[str], sentence: str) -> None:
    if value not in known:
        raise MeaningError(f"{sentence} {', '.join(known)}")
