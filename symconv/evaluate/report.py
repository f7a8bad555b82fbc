"""What a validation found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symconv.evaluate.elements import Element


@dataclass(frozen=True, slots=True)
class Failure:
    """One entry that came out wrong: the check, the sizes, the entry's position and both values."""

    check: str
    sizes: Mapping[str, int]
    entry: tuple[int, ...]
    expected: Element
    found: Element

    def __str__(self) -> str:
        sizes = ", ".join(f"{name} = {value}" for name, value in self.sizes.items())
        at = ", ".join(map(str, self.entry))
        return f"{self.check}: entry ({at}) is {self.found}, expected {self.expected}, for {sizes}"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of ``cases`` random cases: how they were checked, how many failed, and the first that did.

    ``worst_error`` is the largest difference between two values that should agree (0 where everything is exact).
    """

    subject: str
    cases: int
    mismatches: int
    worst_error: float
    how: tuple[str, ...]
    seconds: float
    seed: int
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether every case agreed."""
        return self.mismatches == 0

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "FAILED"
        head = f"{self.subject}: {verdict}, {self.mismatches} of {self.cases} random cases differ"
        error = "exact" if self.worst_error == 0 else f"largest error {self.worst_error:.1e}"
        lines = [f"{head} ({error}, {self.seconds:.1f} s, seed {self.seed})", *(f"  - {line}" for line in self.how)]
        return "\n".join([*lines, *([f"  first difference: {self.failure}"] if self.failure else [])])

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data for JSON; the two values of a failure are text, so that fractions stay exact."""
        failure = self.failure and {
            "check": self.failure.check,
            "sizes": dict(self.failure.sizes),
            "entry": list(self.failure.entry),
            "expected": str(self.failure.expected),
            "found": str(self.failure.found),
        }
        return {
            "subject": self.subject,
            "passed": self.passed,
            "cases": self.cases,
            "mismatches": self.mismatches,
            "worst_error": self.worst_error,
            "how": list(self.how),
            "seconds": self.seconds,
            "seed": self.seed,
            "failure": failure,
        }
