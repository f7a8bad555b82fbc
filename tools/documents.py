"""The documents' commands, examples and formulas: read by ``tests/test_readme.py``, rewritten by this command.

``python -m tools.documents`` puts what the commands, examples and notebooks print today into README.md,
CONTRIBUTING.md, docs/*.md and notebooks/*.ipynb. Look at the difference before you commit it.

``console`` blocks hold ``$ symconv …`` commands with their output; a command without output is followed by a ``math``
block, which is the LaTeX that it prints. ``pycon`` blocks are doctests, all of one document in one namespace. Both find
the files of ``docs/examples`` under that name.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from symconv.cli import main

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = ROOT / "docs" / "examples"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and where the text begins (line, and position in the document)."""

    document: Path
    language: str
    text: str
    line: int
    begin: int

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command line, the output that the document prints, and where that output stands."""

    block: Block
    line: str
    output: str
    begin: int


def blocks(document: Path) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    return [Block(document, m[1], m[2], text.count("\n", 0, m.start(2)) + 1, m.start(2)) for m in FENCED.finditer(text)]


def commands(document: Path) -> Iterator[Command]:
    """The commands of the ``console`` blocks with their outputs."""
    listed = blocks(document)
    for block, following in zip_longest(listed, listed[1:]):
        if block.language != "console":
            continue
        if not block.text.startswith("$ "):
            raise ValueError(f"{block}: a console block starts with a command")
        for found in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            command = Command(block, found[1], found[2], block.begin + found.start(2))
            if not found[2] and following is not None and following.language == "math":
                command = Command(block, found[1], following.text, following.begin)
            yield command


def bring_examples(folder: str | Path) -> None:
    """Copy the files of docs/examples to the same place in a folder where commands run."""
    shutil.copytree(EXAMPLES, Path(folder, "docs", "examples"))


def run(line: str) -> tuple[str, int]:
    """What a command prints, errors included, and its exit code."""
    printed = io.StringIO()
    program, *arguments = shlex.split(line)
    if program != "symconv":
        raise ValueError(f"a document's command must be symconv, got {program!r}")
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            main(arguments)
        except SystemExit as done:
            return printed.getvalue(), int(done.code or 0)
    raise AssertionError("the command line always exits")


def examples(document: Path) -> doctest.DocTest:
    """All ``pycon`` blocks of a document as one doctest, each example at its line in the document."""
    lines: list[str] = []
    for block in blocks(document):
        if block.language == "pycon":
            lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    return doctest.DocTestParser().get_doctest("\n".join(lines) + "\n", {}, document.name, str(document), 0)


class Recorder(doctest.DocTestRunner):
    """Runs examples and keeps what each of them prints."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS)
        self.printed: list[tuple[doctest.Example, str]] = []

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        """Say nothing."""

    def report_success(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """The example stays as it is."""

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """The example prints something else."""
        self.printed.append((example, got))

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        """The example fails."""
        message = f"{exc_info[0].__module__}.{exc_info[0].__qualname__}: {exc_info[1]}"
        self.printed.append((example, f"Traceback (most recent call last):\n{message}\n"))


def refresh_examples(document: Path) -> None:
    """Put what the examples print into the document."""
    test, recorder = examples(document), Recorder()
    recorder.run(test, out=lambda text: None)
    lines = document.read_text(encoding="utf-8").splitlines()
    for example, got in reversed(recorder.printed):
        begin = example.lineno + example.source.count("\n")
        shown = [line or "<BLANKLINE>" for line in got.rstrip("\n").splitlines()]
        lines[begin : begin + example.want.count("\n")] = shown
    document.write_text("\n".join(lines) + "\n", encoding="utf-8")


def refresh_commands(document: Path) -> None:
    """Put what the commands print into the document."""
    text = document.read_text(encoding="utf-8")
    for command in reversed(list(commands(document))):
        printed, _ = run(command.line)
        if timeless(printed) != timeless(command.output):
            text = text[: command.begin] + printed + text[command.begin + len(command.output) :]
    document.write_text(text, encoding="utf-8")


def refresh_notebook(path: Path) -> None:
    """Execute a notebook and store what it displays."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", coalesce_streams=True).execute(
        env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    for cell in notebook.cells:
        cell.metadata.clear()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def timeless(text: str) -> str:
    """The text without durations, and without what depends on them, which differ from run to run."""
    text = re.sub(r'("seconds"|"configurations"): [0-9.]+', r"\1: …", text)
    return re.sub(r"\d+\.\d+ s\b", "… s", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        bring_examples(folder)
        for document in DOCUMENTS:
            refresh_commands(document)
            refresh_examples(document)
    for notebook in NOTEBOOKS:
        refresh_notebook(notebook)
