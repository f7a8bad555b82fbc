"""``tools/formulas.py`` on a made-up file: what is run, the tables, the totals and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.formulas import Outcome, is_run, layer_of, main, outcome, shortened, totals

RIGHT = r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{si+m}"
WRONG = r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}"
STRIDED = {"name": "Conv1d", "kwargs": {"kernel_size": ["k_1"], "stride": "s"}}


def record(name: str, latex: str, truth: str, op: Any = STRIDED, kind: str = "conv_grad_kernel") -> dict[str, Any]:
    return {
        "id": name,
        "source": "github:some/where:page.md",
        "latex": latex,
        "kind": kind,
        "what": "gradient",
        "op": op,
        "wrt": "kernel",
        "roles": None,
        "layout": None,
        "index_base": 0,
        "infix": None,
        "truth": truth,
    }


RECORDS = [
    record("right", RIGHT, "correct"),
    record("wrong", WRONG, "wrong"),
    record("unreadable", r"\frac{", "correct"),
    record("softmax", RIGHT, "correct", {"name": "Softmax", "kwargs": {}}, "loss_grad"),
]


def run(folder: Path, records: list[dict[str, Any]], *options: str) -> int:
    file = folder / "made-up.json"
    file.write_text(json.dumps({"records": records}), encoding="utf-8")
    return main([str(file), *options])


def test_tables_and_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, RECORDS, "--write", str(tmp_path / "page.md")) == 1
    printed = capsys.readouterr().out
    assert "| kind | records | understood | judged rightly | judged wrongly | median s |" in printed
    assert "| conv_grad_kernel | 3 | 2 | 2 | 0 | " in printed
    assert "| some/where | 3 | 2 | 2 | 0 | " in printed
    assert "- `unreadable` (conv_grad_kernel, correct): not_understood: line 1, column" in printed
    assert (
        "understood 66.7 % (2), judged rightly 66.7 % (2), judged wrongly 0, wrong `proved`: 0; left out 1," in printed
    )
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert page.startswith("# Published formulas\n")
    assert page.endswith(printed)


def test_all_is_fine_without_the_formula_that_is_not_understood(tmp_path: Path) -> None:
    assert run(tmp_path, [one for one in RECORDS if one["id"] != "unreadable"]) == 0


def test_a_wrong_verdict_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, [record("lie", RIGHT, "wrong"), record("truth", RIGHT, "correct_if")]) == 1
    printed = capsys.readouterr().out
    assert "## Judged wrongly\n\n- `lie` (conv_grad_kernel, wrong): proved\n" in printed
    assert "judged wrongly 1, wrong `proved`: 1" in printed


@pytest.mark.parametrize(
    ("truth", "status", "right", "wrong", "false_proofs"),
    [
        ("correct", "proved", 1, 0, 0),
        ("correct_if", "checked", 1, 0, 0),
        ("wrong", "refuted", 1, 0, 0),
        ("correct", "refuted", 0, 1, 0),
        ("wrong", "checked", 0, 1, 0),
        ("wrong", "proved", 0, 1, 1),
        ("wrong", "not_understood", 0, 0, 0),
    ],
)
def test_agreement(truth: str, status: str, right: int, wrong: int, false_proofs: int) -> None:
    found = totals([Outcome("id", "kind", "source", truth, status)])
    assert (found.right, found.wrong, found.false_proofs) == (right, wrong, false_proofs)
    assert found.fine == (right == 1)


def test_an_activation_before_a_layer_is_left_away() -> None:
    activation, padding = {"name": "Activation", "kwargs": {"name": "f"}}, {"name": "Pad", "kwargs": {"padding": 1}}
    after = {"name": "Sequential", "layers": [activation, STRIDED]}
    assert layer_of(record("a", RIGHT, "correct", after)) == STRIDED
    assert outcome(record("a", RIGHT, "correct", after)).status == "proved"
    assert not is_run(record("a", RIGHT, "correct", {"name": "Sequential", "layers": [padding, STRIDED]}))
    assert is_run(record("a", RIGHT, "correct", None))


def test_an_operation_that_cannot_be_built_is_not_understood() -> None:
    found = outcome(record("a", RIGHT, "correct", {"name": "Conv1d", "kwargs": {"stride": 0}}))
    assert (found.status, found.reason) == ("not_understood", "stride of Conv1d must be at least 1, got 0")


def test_no_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.startswith(
        f"formulas: there is no file {tmp_path / 'none.json'}: ../shared lies beside"
    )
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    assert main([str(tmp_path / "other.json")]) == 2
    assert capsys.readouterr().err.endswith("other.json is no file of formulas: it has no list of records\n")


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("references/wu.txt", "wu"),
        ("public file 123", "file 123"),
        ("github:d2l-ai/d2l-en:chapter/mlp.md", "d2l-ai/d2l-en"),
        ("https://ai.stackexchange.com/questions/5774", "ai.stackexchange.com"),
    ],
)
def test_sources(source: str, short: str) -> None:
    assert shortened(source) == short
