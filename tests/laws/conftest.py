"""Counts the (operation, tensor, notation) triples whose steps and displayed formulas were evaluated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Triple = tuple[str, str, str]
_SEEN = pytest.StashKey[dict[Triple, bool]]()


@pytest.fixture
def covered(request: pytest.FixtureRequest) -> Callable[[Triple, bool], None]:
    """Records a triple and whether every number agreed."""
    seen = request.config.stash.setdefault(_SEEN, {})

    def record(triple: Triple, agreed: bool) -> None:
        seen[triple] = agreed

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seen = terminalreporter.config.stash.get(_SEEN, {})
    if seen:
        wrong = sum(not agreed for agreed in seen.values())
        terminalreporter.write_line(f"laws: {len(seen)} (operation, tensor, notation) triples, {wrong} mismatches")
