"""Every command, example and formula in the documents is real: it is run, and its output must be what is printed.

How the documents are read is described in ``tools/documents.py``, which also rewrites them. ``sh`` blocks
(installation) are not run, but every ``make`` target in them must exist.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.judges.katex import refused_by_katex
from tests.judges.pdftex import refused_by_pdftex
from tools.documents import (
    DOCUMENTS,
    NOTEBOOKS,
    ROOT,
    Command,
    Recorder,
    blocks,
    bring_examples,
    commands,
    examples,
    run,
    timeless,
)

RECIPE = ROOT / "tests" / "test_adding_an_operation.py"
REFUTED = r"^(?:\S+:\d+:\d+: )?refuted|^  \"status\": \"refuted\""
"""What a command prints that answers no: its exit code is 1."""
LANGUAGES = {"console", "pycon", "math", "sh", "python"}
ALL_COMMANDS = [command for document in DOCUMENTS for command in commands(document)]
NUMBERS = [f"{command.block} {command.line}" for command in ALL_COMMANDS]


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=NUMBERS)
def test_command_prints_what_the_document_shows(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bring_examples(tmp_path)
    printed, code = run(command.line)
    assert timeless(printed) == timeless(command.output)
    refuted = re.search(REFUTED, printed, re.MULTILINE) is not None
    assert code == (2 if printed.startswith("symconv: ") else int(refuted))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_example_prints_what_the_document_shows(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bring_examples(tmp_path)
    test, recorder = examples(document), Recorder()
    recorder.run(test, out=lambda text: None)
    assert [(f"line {example.lineno + 1}: {example.source}", got) for example, got in recorder.printed] == []


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "symconv", "derive", "conf2d"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == "symconv: there is no operation 'conf2d'; did you mean 'conv2d'?\n"


def test_there_is_something_to_run() -> None:
    assert len(ALL_COMMANDS) >= 15
    assert len(examples(ROOT / "README.md").examples) >= 15


def test_a_wrong_output_is_found(tmp_path: Path) -> None:
    """The reader of documents itself: commands with outputs, a formula behind a command, an example."""
    document = tmp_path / "page.md"
    document.write_text(
        "```console\n$ symconv ops\nno\n$ symconv notations\n```\n\n```math\nx\n```\n\n```pycon\n>>> 1 + 1\n3\n```\n",
        encoding="utf-8",
    )
    assert [(found.line, found.output) for found in commands(document)] == [
        ("symconv ops", "no\n"),
        ("symconv notations", "x\n"),
    ]
    recorder = Recorder()
    recorder.run(examples(document), out=lambda text: None)
    assert [(example.lineno + 1, got) for example, got in recorder.printed] == [(12, "2\n")]


def test_formulas_stand_behind_commands() -> None:
    """No formula is written by hand: every ``math`` block follows a command that prints it."""
    for document in DOCUMENTS:
        listed = blocks(document)
        assert {block.language for block in listed} <= LANGUAGES
        for before, block in zip([None, *listed], listed, strict=False):
            if block.language == "math":
                assert before is not None, f"{block}: no command prints this"
                assert before.language == "console", f"{block}: no command prints this"


@pytest.mark.documents
def test_formulas_are_valid() -> None:
    formulas = [block.text.strip() for document in DOCUMENTS for block in blocks(document) if block.language == "math"]
    assert len(formulas) >= 10
    assert refused_by_katex(formulas) == {}
    assert refused_by_pdftex(formulas) == []


@pytest.mark.documents
def test_formulas_of_notebooks_are_valid() -> None:
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in NOTEBOOKS]
    outputs = [out for notebook in notebooks for cell in notebook["cells"] for out in cell.get("outputs", ())]
    formulas = ["".join(out.get("data", {}).get("text/latex", ())).strip("$") for out in outputs]
    formulas = [formula for formula in formulas if formula]
    assert len(formulas) >= 20
    assert refused_by_katex(formulas) == {}


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = [
        re.findall(r"^make (\w+)", b.text, re.MULTILINE) for d in DOCUMENTS for b in blocks(d) if b.language == "sh"
    ]
    assert {target for listed in named for target in listed} - targets == set()
    assert any("demo" in listed for listed in named)


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert re.match(r"https?://", target) or (document.parent / target).exists(), f"{document.name}: {target}"


def test_recipe_is_the_tested_one() -> None:
    """CONTRIBUTING shows exactly the operation that tests/test_adding_an_operation.py adds, with its imports."""
    source = RECIPE.read_text(encoding="utf-8")
    tested = re.search(r"^# \[begin.*?\]\n(.*?)\n+^# \[end\]", source, re.MULTILINE | re.DOTALL)
    assert tested is not None
    imports, recipe = (block.text for block in blocks(ROOT / "CONTRIBUTING.md") if block.language == "python")
    assert recipe.rstrip("\n") == tested[1]
    assert set(imports.splitlines()) <= set(source.splitlines())
