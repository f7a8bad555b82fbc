"""From the boxes of a formula to what it claims, by the kind of the formula."""

from __future__ import annotations

from typing import TypeAlias

from symconv.meaning.chains import Statement
from symconv.meaning.choices import Choices
from symconv.meaning.claim import Claim, Context
from symconv.meaning.claims import read_claims
from symconv.meaning.prose import ELSE, is_joining
from symconv.meaning.quantities import read_arithmetic
from symconv.meaning.region import is_region, read_region
from symconv.meaning.sizes import SizeClaim, read_sizes
from symconv.typeset.layout import Text

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
            return read_claims(statement, context, choices)
