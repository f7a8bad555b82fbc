"""The state of one reading: what is known of the layer and the author's conventions, and what was noticed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from symconv.index.affine import ZERO, Affine
from symconv.meaning.arithmetic import Arithmetic, Scope
from symconv.meaning.arrays import Algebra, Array
from symconv.meaning.choices import Choices
from symconv.meaning.entries import Entries
from symconv.meaning.errors import MeaningError
from symconv.meaning.starts import Place, Starts
from symconv.meaning.symbols import Symbols
from symconv.typeset.layout import Box

Read = Callable[[Sequence[Box], Scope], Array]
"""Reads neighbouring boxes as an expression."""


@dataclass
class State:
    """One reading of one formula.

    ``infix`` says what an operator sign means where the source defines it. ``guesses`` are sizes that the layer does
    not name, ``noticed`` the lower limits of sums that run along an axis, ``unbound`` the indices that nothing binds,
    ``window`` the output position that a part of the formula speaks of, ``channels`` its sample and channel;
    ``default`` is the layer that a symbol without a mark belongs to; ``by_place`` the sums that say nothing of their
    range, the outermost first; ``named`` the arrays that the formula itself gives a name; ``letters`` the symbol
    that custom takes for a tensor, by the tensor's name; ``indices`` every name that
    is an index somewhere in the formula, ``written`` every name in it; ``shared`` the maximum whose entries
    share a gradient, where 1/|argmax …| was read and the entries are still to come.
    """

    symbols: Symbols
    choices: Choices
    algebra: Algebra
    starts: Starts
    entries: Entries
    infix: Mapping[str, str] = field(default_factory=dict)
    guesses: dict[str, Affine] = field(default_factory=dict)
    noticed: dict[Place, Affine] = field(default_factory=dict)
    unbound: dict[str, None] = field(default_factory=dict)
    window: tuple[Affine, ...] | None = None
    channels: dict[str, Affine] = field(default_factory=dict)
    by_place: list[str] = field(default_factory=list)
    default: str = "high"
    order: list[str] = field(default_factory=list)
    free: frozenset[str] = frozenset()
    in_matrix: bool = False
    shared: tuple[Box, ...] | None = None
    indices: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    named: dict[str, Array] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    position: tuple[tuple[str, Affine, Affine], ...] = ()
    sizes: Mapping[str, Affine] = field(default_factory=dict)
    identities: int = 0
    assumed: list[str] = field(default_factory=list)

    def arithmetic(self, scope: Scope, *, limit: bool = False) -> Arithmetic:
        """The reader of index arithmetic; in a limit unknown sizes may be guessed from the sum's body."""
        brackets = self.infix.get("[]", "")
        return Arithmetic(self.symbols, scope, self.choices, self.guesses, limit, self.unbound, brackets)

    @contextmanager
    def tentative(self) -> Iterator[None]:
        """What is read inside may fail: then its unbound indices are forgotten. The error goes on.

        What was chosen stays chosen, and told: a choice is made once in a reading.
        """
        unbound = dict(self.unbound)
        try:
            yield
        except MeaningError:
            self.forget(unbound)
            raise

    def forget(self, unbound: Mapping[str, None]) -> None:
        """Go back to the unbound indices of before."""
        self.unbound.clear()
        self.unbound.update(unbound)

    def assume(self, sentence: str) -> None:
        """Note a condition that the reading needs and that no size can state (a unique maximum)."""
        if sentence not in self.assumed:
            self.assumed.append(sentence)

    def starts_of(self, array: Array) -> list[Affine]:
        """Where the positions of an array's axes are counted from: like the axes of the layer that they are."""
        definition = self.symbols.definition
        found: dict[str, Affine] = {}
        for tensor in (*definition.inputs, definition.output):
            found |= dict(zip(tensor.axes, self.starts.of(tensor), strict=True))
        return [found.get(axis[0].kind.replace("P", "O"), ZERO) for axis in array.axes]
