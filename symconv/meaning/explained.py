"""Names that the formula itself explains: ``where \\tilde x = pad(x, p)``; and what custom alone makes of letters."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.meaning.arithmetic import Scope
from symconv.meaning.chains import Chain
from symconv.meaning.context import State
from symconv.meaning.errors import MeaningError
from symconv.meaning.heads import bound_in, index_names
from symconv.meaning.names import key, letters
from symconv.meaning.reader import read_items
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Symbol


def tell_numbers(state: State) -> None:
    """Which letters of a formula of no layer are taken for numbers."""
    names = sorted(name for name, meaning in state.symbols.meanings.items() if not meaning.low.rank)
    shown_names = [name for name in names if name in state.written]
    if shown_names:
        state.choices.say(f"{', '.join(shown_names)} {'is a number' if len(shown_names) == 1 else 'are numbers'}")


def _items(chains: Sequence[Chain]) -> list[Box]:
    return [item for chain in chains for member in chain.members for item in member.items]


def without_names(state: State, chains: Sequence[Chain]) -> list[Chain]:
    """The chains that claim something; ``\\tilde x = pad(x, p)`` only says what a name of the others stands for."""
    kept: list[Chain] = []
    indices = frozenset().union(*(index_names(chain.members[0].items) for chain in chains)) if chains else frozenset()
    for chain in chains:
        first = chain.members[0].items
        name = key(write_latex(first[0])) if len(first) == 1 and isinstance(first[0], Symbol) else None
        if name in state.symbols.losses and len(chains) > 1:
            raise MeaningError("the formula says what the loss is, which is not understood", first[0])
        free = name is not None and len(chains) > 1 and len(chain.members) == 2 and state.symbols.meaning(name) is None
        free = free and len(letters(first[0])) == 1
        if free and name is not None and name not in state.symbols.sizes and name not in indices:
            try:
                value = read_items(state, chain.members[1].items, Scope())
            except MeaningError:
                kept.append(chain)
                continue
            if name in state.named:
                raise MeaningError(f"the formula says twice what {name} is", first[0])
            if name in bound_in(_items(chains)) | index_names(_items(chains)):
                raise MeaningError(f"{name} is an index: write what it is where it stands", first[0])
            state.named[name] = value
            state.choices.say(f"{name} stands for what the formula says it does")
        else:
            kept.append(chain)
    return kept
