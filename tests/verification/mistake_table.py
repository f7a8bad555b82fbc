"""Writes docs/mistakes.md: the library of mistakes with an example of each."""

from __future__ import annotations

from pathlib import Path

from symconv.verification.mistakes.library import LIBRARY
from tests.verification.mistake_cases import ENTRIES
from tests.verification.more_mistake_cases import COMPARED, SIZES

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"
HEAD = """# Mistakes

Of a refuted formula symconv says which mistake it has, if undoing one or two of these mistakes makes it right. They are
tried in this order; a mistake that was made on all axes counts as one. The corrected formula is in your own notation,
and it has been proved like any other.

| mistake | what is right | wrong | corrected |
|---|---|---|---|
"""


def page() -> str:
    """The page: one row for each mistake, with the first of its test cases."""
    rows = []
    for mistake in LIBRARY:
        case = next(case for case in (*ENTRIES, *SIZES, *COMPARED) if case.mistake == mistake.id)
        law = " ".join(mistake.law.split())
        rows.append(f"| `{mistake.id}` | {law} | ${case.wrong}$ | ${case.right}$ |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
