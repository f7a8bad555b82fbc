"""From the boxes of a formula to what it claims, by the kind of the formula."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from symconv.meaning.chains import Chain, Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.claims import read_claims
from symconv.meaning.errors import MeaningError
from symconv.meaning.names import key, written_name
from symconv.meaning.prose import ELSE, is_joining
from symconv.meaning.quantities import read_arithmetic
from symconv.meaning.region import is_region, read_region
from symconv.meaning.sizes import SizeClaim, read_sizes
from symconv.typeset.layout import Script, Text

Claims: TypeAlias = tuple[Claim | SizeClaim, ...]


def claims_of(statement: Statement, context: Context, choices: Choices) -> Claims:
    """What a formula claims under one reading.

    Errors: :class:`~symconv.meaning.errors.MeaningError` where something has no meaning.
    """
    for remark in statement.remarks:
        if not is_joining(Text(remark), frozenset(ELSE)):
            choices.say(f"the words “{remark}” are no part of the formula")
    match context.what:
        case "output_size" | "parameters":
            return read_sizes(statement, context, choices)
        case "arithmetic" if context.definition is not None:
            return read_arithmetic(statement, context, choices)
        case "receptive_field" if is_region(statement):
            return read_region(statement, context, choices)
        case _:
            sizes = tuple(chain for chain in statement.chains if _is_size(chain, context))
            others = tuple(chain for chain in statement.chains if not any(chain is size for size in sizes))
            if sizes and not others and context.what is None:
                try:
                    return read_sizes(statement, replace(context, what="output_size"), choices)
                except MeaningError:  # O_1 = K_0 I_1 + …: an entry
                    return read_claims(statement, context, choices)
            if not sizes or not others:
                return read_claims(statement, context, choices)
            named = read_sizes(replace(statement, chains=sizes), replace(context, what="output_size"), choices)
            return (*read_claims(replace(statement, chains=others), context, choices), *named)


def _is_size(chain: Chain, context: Context) -> bool:
    """``O_1 = W - k_1 + 1`` beside a formula for entries: the left side is the name of a size."""
    first = chain.members[0].items
    if context.definition is None or len(first) != 1 or not isinstance(first[0], Script):
        return False
    written = {key(name) for name in context.definition.derived} | {key(name) for name in context.sizes or {}}
    return written_name(first[0]) in written
