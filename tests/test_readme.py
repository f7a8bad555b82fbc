"""Every command, example and formula in the documents is real: it is run, and its output must be what is printed.

``console`` blocks hold ``$ symconv …`` commands with their output; a command without output is followed by a ``math``
block, which is the LaTeX that it prints. ``pycon`` blocks are doctests, all of one document in one namespace.
``sh`` blocks (installation) are not run, but every ``make`` target in them must exist.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest

from symconv.cli import main

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RECIPE = ROOT / "tests" / "test_adding_an_operation.py"
LANGUAGES = {"console", "pycon", "math", "sh", "python", "text"}
SECONDS = re.compile(r"\d+\.\d+ s\b")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and the line of its first line of text."""

    document: Path
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command line and the output printed below it, or in the ``math`` block behind it."""

    where: str
    line: str
    output: str


def blocks(document: Path) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(document, m[1], m[2], text.count("\n", 0, m.start(2)) + 1) for m in found]


def commands(document: Path) -> Iterator[Command]:
    """The commands of the ``console`` blocks with their outputs."""
    listed = blocks(document)
    for block, following in zip_longest(listed, listed[1:]):
        if block.language != "console":
            continue
        parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert parts[0] == "", f"{block}: a console block starts with a command"
        for part in parts[1:]:
            line, _, output = part.partition("\n")
            if not output and following is not None and following.language == "math":
                output = following.text
            yield Command(str(block), line, output)


ALL_COMMANDS = [command for document in DOCUMENTS for command in commands(document)]
NUMBERS = [f"{command.where} {command.line}" for command in ALL_COMMANDS]


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=NUMBERS)
def test_command_prints_what_the_document_shows(
    command: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command.line)
    assert program == "symconv"
    with pytest.raises(SystemExit) as done:
        main(arguments)
    printed = capsys.readouterr()
    assert done.value.code == (2 if printed.err.startswith("symconv: ") else 0)
    assert timeless(printed.out + printed.err) == timeless(command.output)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_python_examples(document: Path) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    lines: list[str] = []
    for block in blocks(document):
        if block.language == "pycon":
            lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    test = parser.get_doctest("\n".join(lines) + "\n", {}, document.name, str(document), 0)
    report: list[str] = []
    runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)


def test_formulas_stand_behind_commands() -> None:
    """No formula is written by hand: every ``math`` block follows a command that prints it."""
    for document in DOCUMENTS:
        listed = blocks(document)
        assert {block.language for block in listed} <= LANGUAGES
        for before, block in zip([None, *listed], listed, strict=False):
            if block.language == "math":
                assert before is not None, f"{block}: no command prints this"
                assert before.language == "console", f"{block}: no command prints this"


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for document in DOCUMENTS:
        for block in blocks(document):
            if block.language == "sh":
                assert set(re.findall(r"^make (\w+)", block.text, re.MULTILINE)) <= targets, str(block)


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert re.match(r"https?://", target) or (document.parent / target).exists(), f"{document.name}: {target}"


def test_recipe_is_the_tested_one() -> None:
    """CONTRIBUTING shows exactly the operation that tests/test_adding_an_operation.py adds."""
    source = RECIPE.read_text(encoding="utf-8")
    tested = re.search(r"^# \[begin.*?\]\n(.*?)\n+^# \[end\]", source, re.MULTILINE | re.DOTALL)
    assert tested is not None
    shown = [block.text.rstrip("\n") for block in blocks(ROOT / "CONTRIBUTING.md") if block.language == "python"]
    assert tested[1] in shown


def timeless(text: str) -> str:
    """The text without durations, which differ from run to run."""
    return SECONDS.sub("… s", text)
