"""The input positions that an output sees, stated by inequalities: ``i·s ≤ r < i·s + k``."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import UNIT, Binder, Bracket, Expr, Mul, Sum
from symconv.index.affine import ZERO, Affine
from symconv.index.domain import Equal, Range
from symconv.meaning.arithmetic import INDEX, Arithmetic, Scope
from symconv.meaning.chains import Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context, public
from symconv.meaning.conditions import relations_of
from symconv.meaning.conjunctions import conjunction
from symconv.meaning.errors import MeaningError
from symconv.meaning.heads import names_in
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import name_of
from symconv.meaning.prose import is_joining
from symconv.meaning.rows import is_sign, items_of, split
from symconv.meaning.symbols import symbols_for
from symconv.typeset.layout import Box, Row, Text

BELOW = (r"\le", "<")


def is_region(statement: Statement) -> bool:
    """Whether the formula consists of inequalities only."""
    parts = [item for chain in statement.chains for member in chain.members for item in member.items]
    return any(is_sign(item, BELOW) for item in parts) and all(len(chain.members) == 1 for chain in statement.chains)


def read_region(statement: Statement, context: Context, choices: Choices) -> tuple[Claim, ...]:
    """``[the inequalities hold] = [output (i, j) reads position (r, c)]`` for all positions."""
    definition = context.definition
    hyper = hyper_of(definition) if definition is not None else None
    if definition is None or hyper is None:
        raise MeaningError("the layer has no window over its input")
    symbols = symbols_for(definition, None, context.sizes)
    parts = [part for chain in statement.chains for member in chain.members for part in conjunction(member.items)]
    parts += [part for condition in statement.conditions for part in conjunction(condition.items)]
    strange = next((remark for remark in statement.remarks if not is_joining(Text(remark))), None)
    if strange is not None:
        raise MeaningError(f"“{strange}” beside a region is not understood")
    if len(parts) != len(hyper.places):
        raise MeaningError(
            f"the layer has {len(hyper.places)} spatial axes, the formula {len(parts)} chains of inequalities"
        )
    base = context.index_base if isinstance(context.index_base, int) else 0
    choices.say(f"positions are counted from {base}")
    ranges: dict[str, Range] = {}
    brackets: list[Expr] = []
    reads: list[Expr] = []
    entry, output = definition.inputs[0], definition.output
    sizes = [size for size, kind in zip(output.shape, output.axes, strict=True) if kind[0] == "O"]
    lengths = [size for size, kind in zip(entry.shape, entry.axes, strict=True) if kind[0] == "S"]
    for at, part in enumerate(parts):
        position, place = _names(part, frozenset(symbols.sizes))
        scope = Scope(frozenset({position, place}))
        guards = tuple(relations_of(Arithmetic(symbols, scope, choices), part))
        brackets.append(Bracket(guards))
        tap = f"@tap{at}"
        read = hyper.position(at, Affine.of(INDEX + place) - base, Affine.of(tap))
        same = Equal(read, Affine.of(INDEX + position) - base)
        reads.append(Sum(Bracket((same,)), (Binder(tap, ZERO, hyper.kernel[at] - 1),)))
        ranges[INDEX + place] = Range(Affine.of(base), sizes[at] - 1 + base)
        ranges[INDEX + position] = Range(Affine.of(base), lengths[at] - 1 + base)
    if len(ranges) < 2 * len(parts):
        raise MeaningError("each axis has positions of its own in input and output")
    claim = Claim(Mul(tuple(brackets)), Mul((UNIT, *reads)), ranges, 1, definition=definition)
    return (public(claim),)


def _names(part: Sequence[Box], sizes: frozenset[str]) -> tuple[str, str]:
    """The input position, which stands alone between the relations, and the output position."""
    sides = split(part, BELOW)
    alone = [name_of(side[0]) for side in sides if len(side) == 1]
    position = next((name for name in alone if name is not None and name not in sizes), None)
    others = {name for side in sides for name in names_in(items_of(Row(tuple(side)))) if name not in sizes}
    others.discard(position or "")
    if position is None or len(others) != 1:
        raise MeaningError("it is not clear which names are the positions of input and output", part[0])
    return position, others.pop()
