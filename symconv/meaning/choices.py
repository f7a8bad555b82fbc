"""Where a formula can be read in more than one way: choices, and every consistent way to make them.

An elaboration asks ``choices.pick(key, options)`` wherever the text leaves something open. :func:`readings` runs it
again and again, each time with other answers, until every combination has been tried. A key is answered once in a
run, so that “counted from 1” cannot hold in one place and fail in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from symconv.meaning.errors import MeaningError
from symconv.time_limit import check_time

T = TypeVar("T")
MOST = 48
"""Combinations that are tried at most."""


@dataclass(frozen=True)
class Option(Generic[T]):
    """One way to read something, and the sentence that tells the reader (empty where it goes without saying)."""

    value: T
    says: str = ""


@dataclass
class Choices:
    """The answers of one run; ``script`` are those prescribed, the rest take the first option."""

    script: tuple[int, ...] = ()
    made: list[tuple[str, int, int]] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    def pick(self, key: str, options: Sequence[Option[T]]) -> T:
        """The value of the option that this run takes for ``key``."""
        if key in self.values:
            return self.values[key]  # type: ignore[return-value]
        taken = 0
        if len(options) > 1:
            taken = self.script[len(self.made)] if len(self.made) < len(self.script) else 0
            self.made.append((key, taken, len(options)))
        chosen = options[taken]
        self.values[key] = chosen.value
        self.say(chosen.says)
        return chosen.value

    def say(self, sentence: str) -> None:
        """Note how something was read."""
        if sentence and sentence not in self.sentences:
            self.sentences.append(sentence)


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """One run: the value, or why it has none; the sentences that tell the reading, and the answers by key."""

    value: T | None
    sentences: tuple[str, ...]
    error: MeaningError | None = None
    made: Mapping[str, object] = field(default_factory=dict)


def readings(elaborate: Callable[[Choices], T]) -> Iterator[Attempt[T]]:
    """Every way to read, the most likely first; the last choice varies fastest.

    >>> def pair(choices: Choices) -> str:
    ...     return choices.pick("a", [Option("x"), Option("y")]) + choices.pick("b", [Option("1"), Option("2")])
    >>> [attempt.value for attempt in readings(pair)]
    ['x1', 'x2', 'y1', 'y2']
    """
    script: tuple[int, ...] | None = ()
    for _ in range(MOST):
        if script is None:
            return
        check_time()
        choices = Choices(script)
        try:
            value: T | None = elaborate(choices)
            error = None
        except MeaningError as problem:
            value, error = None, problem
        yield Attempt(value, tuple(choices.sentences), error, choices.values)
        script = _next(choices.made)


def _next(made: Sequence[tuple[str, int, int]]) -> tuple[int, ...] | None:
    for place in range(len(made) - 1, -1, -1):
        _, taken, count = made[place]
        if taken + 1 < count:
            return (*(each for _, each, _ in made[:place]), taken + 1)
    return None
