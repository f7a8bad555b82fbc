"""Claims about sizes: output sizes and parameter counts, one formula for each axis or for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symconv.expr.nodes import Scalar
from symconv.expr.tensor import Definition
from symconv.forms.count import LEARNED, parameters
from symconv.index.domain import Guard
from symconv.meaning.arithmetic import Arithmetic, Scope
from symconv.meaning.chains import Chain, Member, Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Context
from symconv.meaning.conditions import relations_of
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.names import written_name
from symconv.meaning.prose import FIELD, is_joining, words
from symconv.meaning.rows import is_sign, items_of, split, tuple_of, without_brackets
from symconv.meaning.symbols import Symbols, symbols_for
from symconv.parse.places import walk
from symconv.typeset.layout import Box, Fence, Number, Row, Script, Sign, Text

TIMES = (r"\times",)
OTHER_SIZES = words("in input inputs pad padding stride kernel filter dilation inputsize")
OTHER_NUMBERS = words("macs mac flops flop madds ops operations multiplications additions out output height")
WEIGHTS, BIASES = words("weights weight kernels kernel filters w"), words("biases bias b")
COUNTED = words("biases parameters params total learnable trainable learned")


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
    found: list[SizeClaim] = []
    for chain in statement.chains:
        for claim in _claims(chain, context, symbols, arithmetic):
            found.append(replace(claim, given=(*claim.given, *given_in(statement, claim.line, arithmetic))))
    if not found:
        raise MeaningError("there is no size here")
    return tuple(found)


def given_in(statement: Statement, line: int, arithmetic: Arithmetic) -> tuple[Guard, ...]:
    """The conditions beside the formula that speak of a line."""
    here = [list(each.items) for each in statement.conditions if each.line in (None, line)]
    return tuple(guard for items in here for guard in relations_of(arithmetic, without_brackets(items)))


def _claims(chain: Chain, context: Context, symbols: Symbols, arithmetic: Arithmetic) -> Iterator[SizeClaim]:
    members = chain.members
    if context.what == "parameters":
        yield from _counts(members, symbols, arithmetic)
        return
    names: list[list[Box]] = []
    members = tuple(replace(member, items=tuple(_in_times(member.items))) for member in members)
    values = members
    if len(members) > 1 and _is_named(members[0].items):
        names, values = split(list(members[0].items), TIMES), members[1:]
    elif len(members) > 1 and not any(is_sign(item, TIMES) for member in members for item in member.items):
        left = arithmetic.scalar(_without_words(members[0].items))
        if not left.num.names() & symbols.definition.derived.keys():
            # a size of the output and what it is equal to; 2 O_1 = 2 (W − k_1 + 1) has the output size itself
            yield SizeClaim(left, _truth(symbols.definition, left), members[0].line)
        yield from (SizeClaim(arithmetic.scalar(_without_words(m.items)), left, m.line) for m in members[1:])
        return
    for member in values:
        items = _without_words(member.items)
        parts = split(items, TIMES) if len(names) != 1 else [items]
        if len(parts) > 1 and len(names) == len(parts):
            for name, part in zip(names, parts, strict=True):
                yield _of_name(name, part, member.line, symbols, arithmetic, known=_known(names, symbols))
        elif len(names) == 1:
            yield _of_name(names[0], items, member.line, symbols, arithmetic)
        else:
            if names and _known(names, symbols):
                raise MeaningError("the two sides have different numbers of sizes with × between them")
            yield from _by_place(
                parts if _places(symbols.definition, len(parts)) else [items], member, symbols, arithmetic
            )


def _counts(members: Sequence[Member], symbols: Symbols, arithmetic: Arithmetic) -> Iterator[SizeClaim]:
    """Numbers of parameters; a name on the left is that of the number."""
    values = members
    roles: tuple[str, ...] = LEARNED
    if len(members) > 1 and _is_named(members[0].items):
        name = written_name(members[0].items[0]) if len(members[0].items) == 1 else None
        power = is_power(members[0].items[0])
        if name is None or power or symbols.size(name) is not None or symbols.meaning(name) is not None:
            raise MeaningError(f"{shown(*members[0].items)} is no number of parameters", members[0].items[0])
        first = members[0].items[0]
        found = set(parts_of_name(first.text if isinstance(first, Text) else name))
        if found & (OTHER_SIZES | OTHER_NUMBERS):
            raise MeaningError(f"{shown(*members[0].items)} is no number of parameters", members[0].items[0])
        weights, biases = bool(found & WEIGHTS), bool(found & BIASES)
        if weights != biases:
            roles = ("kernel", "weight") if weights else ("bias",)
            arithmetic.choices.say(f"{shown(*members[0].items)} counts the {'weights' if weights else 'biases'} only")
        values = members[1:]
    for member in values:
        value = arithmetic.scalar(_without_words(member.items))
        yield SizeClaim(value, Scalar(parameters(symbols.definition, roles)), member.line)


def is_power(box: Box) -> bool:
    """Whether a number stands above the box: ``H_{out}^2`` is no name."""
    return isinstance(box, Script) and box.sup is not None and any(isinstance(part, Number) for part in walk(box.sup))


def _in_times(items: Sequence[Box]) -> list[Box]:
    """``(H, W)`` as H × W."""
    parts = tuple_of(items)
    if len(parts) < 2:
        return list(items)
    return [item for part in parts for item in (Sign(TIMES[0]), *part)][1:]


def parts_of_name(name: str) -> list[str]:
    """The words of a name in lower case: ``N_{weights}`` as n and weights."""
    spaced = name.lower()
    for sign in ("{", "}", "_", "\\", "^", "(", ")"):
        spaced = spaced.replace(sign, " ")
    return spaced.split()


def _known(names: Sequence[Sequence[Box]], symbols: Symbols) -> bool:
    """Whether any of the names is a size of the layer."""
    written = [written_name(name[0]) for name in names if len(name) == 1]
    return any(name is not None and symbols.size(name) is not None for name in written)


def _of_name(
    name: Sequence[Box], value: Sequence[Box], line: int, symbols: Symbols, arithmetic: Arithmetic,
    known: bool = False,
) -> SizeClaim:  # fmt: skip
    """``H_{out} = …``; a name that the layer does not have is one of its output sizes, if it gives them no names."""
    written = written_name(name[0]) if len(name) == 1 else None
    size = symbols.size(written) if written is not None else None
    if written is None or (size is None and is_power(name[0])):
        raise MeaningError(f"{shown(*name)} is no size of the output", name[0])
    own = sorted(symbols.definition.derived.keys() - symbols.definition.size_roles.keys())
    if size is None and (own or known):
        what = f"no size of the layer; its output sizes are {', '.join(own)}" if own else "no size of the layer"
        raise MeaningError(f"{shown(*name)} is {what}", name[0])
    found = arithmetic.scalar(value)
    if size is not None:
        return SizeClaim(found, Scalar(size), line)
    if set(parts_of_name(written)) & OTHER_SIZES:
        raise MeaningError(f"{shown(*name)} is no size of the output", name[0])
    truth = _truth(symbols.definition, found, written.lstrip("\\")[:1].lower())
    arithmetic.choices.say(f"{shown(*name)} is the output size {truth.num}")
    return SizeClaim(found, truth, line)


def _by_place(
    parts: Sequence[Sequence[Box]], member: Member, symbols: Symbols, arithmetic: Arithmetic
) -> Iterator[SizeClaim]:
    """The sizes of the output in order, or one of them."""
    definition = symbols.definition
    if len(parts) == 1:
        value = arithmetic.scalar(parts[0])
        yield SizeClaim(value, _truth(definition, value), member.line)
        return
    for place, part in zip(_places(definition, len(parts)), parts, strict=True):
        truth = Scalar(definition.output.shape[place].substitute(definition.derived))
        yield SizeClaim(arithmetic.scalar(part), truth, member.line)


def _is_named(items: Sequence[Box]) -> bool:
    """Whether the left side is a name, or names with × between them, and no value."""
    return all(written_name(item) is not None or is_sign(item, TIMES) for item in items)


def _without_words(items: Sequence[Box]) -> list[Box]:
    """Without remarks such as ``\\text{ (weights)}``."""
    kept: list[Box] = []
    for item in items:
        if isinstance(item, Text) and item.text.strip().startswith("(") and item.text.strip().endswith(")"):
            inside: list[Box] = [item]
        else:
            inside = items_of(item.body) if isinstance(item, Fence) else []
        if inside and all(is_joining(each, FIELD | COUNTED) for each in inside):
            continue
        kept.append(item)
    return items_of(Row(tuple(kept)))


def _places(definition: Definition, count: int) -> list[int]:
    axes = [at for at, axis in enumerate(definition.output.axes) if axis[0] in "OS"]
    channels = [at for at, axis in enumerate(definition.output.axes) if axis[0] in "FC"]
    return {len(axes): axes, len(axes) + len(channels): [*axes, *channels]}.get(count, [])


def _truth(definition: Definition, value: Scalar, letter: str = "") -> Scalar:
    """The size of the output axis that h or w is the letter of, or whose formula has names in common with the claim."""
    shape = definition.output.shape
    sizes = [size for size, kind in zip(shape, definition.output.axes, strict=True) if kind[0] in "SO"] or list(shape)
    formulas = [size.substitute(definition.derived) for size in sizes]
    if len(formulas) == 2 and letter in ("h", "w"):
        return Scalar(formulas["hw".index(letter)])
    names = value.num.names() | value.den.names()
    fitting = [formula for formula in formulas if names & formula.names()] or formulas
    return Scalar(fitting[0])
