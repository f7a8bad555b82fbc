"""The verdict on a claim: proved for all sizes, checked on some, refuted by the smallest counterexample."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from symconv.index.domain import Divides, Equal, Guard
from symconv.verification.refute import Counterexample

Status = Literal["proved", "checked", "refuted", "not_understood"]
_WORDS = {
    "proved": "proved for all sizes",
    "checked": "checked, not proved",
    "refuted": "refuted",
    "not_understood": "not understood",
}


@dataclass(frozen=True)
class Diagnosis:
    """What the mistake is: a stable id, a sentence, and the corrected formula in the reader's notation."""

    mistake: str
    sentence: str
    corrected: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return {"mistake": self.mistake, "sentence": self.sentence, "corrected": self.corrected}


@dataclass(frozen=True)
class Verdict:
    """What is known of a claim.

    ``proved`` holds for all admitted sizes under the ``assumptions`` (each a sentence); ``checked`` was exact on
    ``configurations`` small configurations and is not proved, for the reason in ``message``; ``refuted`` comes with
    a ``counterexample``; ``not_understood`` with a ``message``. A ``proved`` verdict may have a counterexample too:
    it shows what goes wrong without the assumptions. ``reading`` says how the claim was read.

    >>> print(Verdict("checked", configurations=40, message="the proof timed out"))
    checked, not proved (exact on 40 configurations: the proof timed out)
    """

    status: Status
    assumptions: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    diagnosis: Diagnosis | None = None
    reading: tuple[str, ...] = ()
    message: str = ""
    configurations: int = 0
    timed_out: bool = False
    seconds: float = 0.0

    def __bool__(self) -> bool:
        return self.status == "proved"

    def as_dict(self) -> dict[str, Any]:
        """The fields in a fixed order, of types that JSON has."""
        return {
            "status": self.status,
            "assumptions": list(self.assumptions),
            "counterexample": self.counterexample.as_dict() if self.counterexample else None,
            "diagnosis": self.diagnosis.as_dict() if self.diagnosis else None,
            "reading": list(self.reading),
            "message": self.message,
            "configurations": self.configurations,
            "timed_out": self.timed_out,
            "seconds": round(self.seconds, 6),
        }

    def to_json(self) -> str:
        """The verdict as one line of JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False)

    @property
    def head(self) -> str:
        """The status in words and why it is so; more than one line where the message shows a place in the formula."""
        if self.status == "checked":
            return f"{_WORDS[self.status]} (exact on {self.configurations} configurations: {self.message})"
        return f"{_WORDS[self.status]}: {self.message}" if self.message else _WORDS[self.status]

    @property
    def evidence(self) -> tuple[str, ...]:
        """What is assumed, and what goes wrong in numbers: a line each."""
        lines = [f"assuming: {assumption}" for assumption in self.assumptions]
        if self.counterexample:
            lines.append(f"{'without that, ' if self.status == 'proved' else ''}{self.counterexample}")
        return tuple(lines)

    def __str__(self) -> str:
        told = self.diagnosis
        lines = [*self.evidence]
        lines += [told.sentence] if told else []
        lines += [f"right is: {told.corrected}"] if told and told.corrected else []
        lines += [f"read as: {reading}" for reading in self.reading]
        return "\n  ".join([self.head, *lines])


def sentence_of(guard: Guard) -> str:
    """A condition in words, as it stands among a verdict's assumptions."""
    if isinstance(guard, Divides):
        return f"{guard.divisor} divides {guard.value}"
    return f"{guard.left} {'=' if isinstance(guard, Equal) else '≤'} {guard.right}"
