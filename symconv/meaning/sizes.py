"""Claims about sizes: output sizes and parameter counts, one formula for each axis or for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symconv.expr.nodes import Scalar
from symconv.expr.tensor import Definition
from symconv.forms.count import parameters
from symconv.index.affine import Affine
from symconv.index.domain import Guard
from symconv.meaning.arithmetic import Arithmetic, Scope
from symconv.meaning.chains import Chain, Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Context
from symconv.meaning.conditions import relations_of
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import written_name
from symconv.meaning.rows import is_sign, items_of, split
from symconv.meaning.symbols import Symbols, symbols_for
from symconv.typeset.layout import Box, Fence, Row, Text


@dataclass(frozen=True)
class SizeClaim:
    """``claim = truth`` for all admitted sizes under the ``given`` conditions."""

    claim: Scalar
    truth: Scalar
    line: int
    given: tuple[Guard, ...] = ()
    definition: Definition | None = None


def read_sizes(statement: Statement, context: Context, choices: Choices) -> tuple[SizeClaim, ...]:
    """The claims of a formula for an output size (``what`` output_size) or a number of parameters."""
    if context.definition is None:
        raise MeaningError(f"a formula of the kind {context.what} needs a layer")
    symbols = symbols_for(context.definition, None, context.sizes)
    arithmetic = Arithmetic(symbols, Scope(), choices, brackets=(context.infix or {}).get("[]", ""))
    given = tuple(guard for part in statement.conditions for guard in relations_of(arithmetic, list(part)))
    found: list[SizeClaim] = []
    for chain in statement.chains:
        found += _claims(chain, context, symbols, arithmetic, given)
    if not found:
        raise MeaningError("there is no size here")
    return tuple(found)


def _claims(
    chain: Chain, context: Context, symbols: Symbols, arithmetic: Arithmetic, given: tuple[Guard, ...]
) -> Iterator[SizeClaim]:
    definition, members = symbols.definition, chain.members
    size: Affine | None = None
    values = members
    if len(members) > 1 and _is_named(members[0].items):
        name = written_name(members[0].items[0]) if len(members[0].items) == 1 else None
        size, values = symbols.size(name) if name else None, members[1:]
        given_names = sorted(symbols.definition.derived.keys() - symbols.definition.size_roles.keys())
        if name and size is None and given_names and context.what == "output_size":
            what = f"no size of the layer; its output sizes are {', '.join(given_names)}"
            raise MeaningError(f"{shown(members[0].items[0])} is {what}", members[0].items[0])
    several = len(values) == len(members) or any(is_sign(item, (r"\times",)) for item in members[0].items)
    for member in values:
        items = _without_words(member.items)
        if context.what == "parameters":
            yield SizeClaim(arithmetic.scalar(items), Scalar(parameters(definition)), member.line, given)
            continue
        parts = split(items, (r"\times",)) if several else [items]
        places = _places(definition, len(parts))
        if len(parts) > 1 and places:
            for place, part in zip(places, parts, strict=True):
                truth = Scalar(definition.output.shape[place].substitute(definition.derived))
                yield SizeClaim(arithmetic.scalar(part), truth, member.line, given)
        else:
            value = arithmetic.scalar(items)
            yield SizeClaim(value, Scalar(size) if size is not None else _truth(definition, value), member.line, given)


def _is_named(items: Sequence[Box]) -> bool:
    """Whether the left side is a name, or names with × between them, and no value."""
    return all(written_name(item) is not None or is_sign(item, (r"\times",)) for item in items)


def _without_words(items: Sequence[Box]) -> list[Box]:
    """Without remarks such as ``\\text{ (weights)}``."""
    kept: list[Box] = []
    for item in items:
        if isinstance(item, Text) and item.text.strip().startswith("(") and item.text.strip().endswith(")"):
            continue
        if isinstance(item, Fence) and items_of(item.body) and all(isinstance(i, Text) for i in items_of(item.body)):
            continue
        kept.append(item)
    return items_of(Row(tuple(kept)))


def _places(definition: Definition, count: int) -> list[int]:
    axes = [at for at, axis in enumerate(definition.output.axes) if axis[0] in "OS"]
    channels = [at for at, axis in enumerate(definition.output.axes) if axis[0] in "FC"]
    return {len(axes): axes, len(axes) + len(channels): [*axes, *channels]}.get(count, [])


def _truth(definition: Definition, value: Scalar) -> Scalar:
    """The size of the output axis whose formula has names in common with the claim."""
    shape = definition.output.shape
    sizes = [size for size, kind in zip(shape, definition.output.axes, strict=True) if kind[0] in "SO"] or list(shape)
    formulas = [size.substitute(definition.derived) for size in sizes]
    names = value.num.names() | value.den.names()
    fitting = [formula for formula in formulas if names & formula.names()] or formulas
    return Scalar(fitting[0])
