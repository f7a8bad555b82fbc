"""A limit of time for everything that is computed inside a ``with`` statement.

Long computations ask :func:`check_time` at each of their steps, wherever they are called from. The limit belongs to the
context of the call (:mod:`contextvars`), so that two threads, and two formulas, never share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from time import monotonic


class OutOfTime(Exception):
    """The time of the innermost limit, or of one around it, is over."""


@dataclass(frozen=True)
class Limit:
    """Until when there is time, in seconds of the monotonic clock."""

    end: float

    @property
    def left(self) -> float:
        """Seconds left; not more than 0 where the time is over."""
        return self.end - monotonic()

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self.left <= 0


_LIMIT: ContextVar[Limit] = ContextVar("limit", default=Limit(inf))  # noqa: B039 - frozen


def limit_of(seconds: float) -> Limit:
    """From now on at most ``seconds``, and never more than a limit around it allows."""
    return Limit(min(monotonic() + seconds, _LIMIT.get().end))


@contextmanager
def time_limit(seconds: float) -> Iterator[Limit]:
    """:func:`limit_of` for everything that follows.

    >>> with time_limit(60), time_limit(3600) as inner:
    ...     round(inner.left)
    60
    """
    limit = limit_of(seconds)
    token = _LIMIT.set(limit)
    try:
        yield limit
    finally:
        _LIMIT.reset(token)


def seconds_left() -> float:
    """Seconds that the limits leave; infinite where there is none."""
    return _LIMIT.get().left


def check_time() -> None:
    """Go on, or give up. Errors: :class:`OutOfTime`."""
    if _LIMIT.get().over:
        raise OutOfTime
