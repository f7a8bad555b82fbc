"""Every sentence that the room refuses a formula with: what is wrong, where, and what is allowed.

The first tables go through ``judge`` as a user's formula does; the sentence may belong to any reading that was tried.
The last test looks through the room's source: a sentence without a row fails it.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import symconv as sc
from symconv.errors import SymconvError
from symconv.meaning import errors
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import readings
from symconv.meaning.claim import Context
from symconv.meaning.formulas import claims_of
from symconv.parse.read import read
from tests.meaning.adverse import judged
from tests.meaning.table_limits import CONTEXTS, LIMITS
from tests.meaning.table_messages import BY_CALLS, FIRST_LINES, OF_SOME_READING, OUT_OF_REACH
from tests.meaning.table_words import SAID


@pytest.mark.parametrize(
    ("formula", "op", "context", "line"),
    [pytest.param(*row, id=f"{row[3][:60]}: {row[0][:40]}") for row in (*FIRST_LINES, *SAID)],
)
def test_the_first_line_of_a_refusal(formula: str, op: sc.Operation | None, context: dict[str, Any], line: str) -> None:
    verdict = judged(formula, op, **context)
    assert verdict.status in ("refuted", "not_understood")
    assert verdict.message.split("\n")[0] == line


@pytest.mark.parametrize(
    ("formula", "op", "context", "sentence"),
    [pytest.param(*row, id=f"{row[3][:60]}") for row in OF_SOME_READING],
)
def test_sentences_on_the_way(
    formula: str, op: sc.Operation | None, context: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are raised while the formula is read, though the verdict may have better to say."""
    said: list[str] = []
    make = errors.MeaningError.__init__

    def noted(self: errors.MeaningError, message: str, box: Any = None) -> None:
        said.append(message)
        make(self, message, box)

    monkeypatch.setattr(errors.MeaningError, "__init__", noted)
    statement = statement_of(read(formula).box)
    given = Context(None if op is None else op.definition, **context)
    for attempt in readings(lambda choices: claims_of(statement, given, choices)):
        assert attempt is not None
    assert sentence in said


def test_a_message_of_a_place_shows_the_line_and_a_caret() -> None:
    verdict = judged(r"O_i = \sum_m K_m \operatorname{vec} + Q_i", sc.Conv1d())
    lines = verdict.message.split("\n")
    assert re.fullmatch(r"line 1, column \d+: .*", lines[0])
    column = int(lines[0].split("column ")[1].split(":")[0])
    assert len(lines) == 3
    assert lines[2].index("^") == lines[1].index("O_i") + column - 1


OPEN = {
    # sentences with hardly a word that is fixed, and the rows that read them
    "{…}: {…} against {…}": "a sum of arrays of different sizes: m against n·m",
    "{…}: a {…} times a {…}": "a matrix product of sizes that do not fit: a column times a matrix",
    "{…} has {…}, but {…}: {…}": "I has 1 axis (S1), but 2 indices: i i",
    "{…} maps {…}, got {…}": "roles maps symbols to roles, got ['I']",
    "{…} {…}": CONTEXTS[0][1],
    "{…} is {…}": "Q is no size of the layer; its output sizes are A, B",
}


def test_every_sentence_of_the_room_has_a_row() -> None:
    rows = [line for *_, line in (*FIRST_LINES, *SAID, *OF_SOME_READING)] + list(BY_CALLS) + list(LIMITS)
    rows = [re.sub(r"^line \d+, column \d+: ", "", row) for row in rows]
    missing = []
    for place, pattern, shown in sentences():
        if shown in OUT_OF_REACH or OPEN.get(shown) in rows:
            continue
        if len(re.sub(r"\W|\.\+", "", pattern)) < 8:
            missing.append(f"{place}: {shown} needs a row in OPEN")
        if not any(
            re.fullmatch(pattern, row.removeprefix("the left side: ")) or re.fullmatch(pattern, row) for row in rows
        ):
            missing.append(f"{place}: {shown}")
    assert missing == []


def sentences() -> list[tuple[str, str, str]]:
    """Where a sentence stands in the source, a pattern that it matches, and the sentence with {…} for what varies."""
    found = []
    for path in sorted(Path(errors.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                parts = _parts(node.exc.args[0])
                if parts is not None:
                    pattern = "".join(".+" if part is None else re.escape(part) for part in parts)
                    shown = "".join("{…}" if part is None else part for part in parts)
                    found.append((f"{path.name}:{node.lineno}", pattern, shown))
    return found


def _parts(node: ast.expr) -> list[str | None] | None:
    """The fixed parts of a message, None for what varies; nothing for an argument that is no sentence."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    return None


def test_the_errors_of_the_room_are_mistakes_of_the_user() -> None:
    for kind in (errors.MeaningError, errors.RankError, errors.UnboundError, errors.ShapeError):
        assert issubclass(kind, SymconvError)
