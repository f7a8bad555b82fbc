"""Settings shared by all tests: property tests draw the same examples in every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
settings.load_profile("repeatable")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The outside judges of tests/oracle are imported only when they are asked for (``make oracle``)."""
    chosen = str(config.option.markexpr)
    asked = "oracle" in chosen and "not oracle" not in chosen
    return True if collection_path.name == "oracle" and collection_path.is_dir() and not asked else None
