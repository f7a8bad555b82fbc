"""``symconv check``: what it prints, its JSON and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from symconv.cli import main
from symconv.documents import check as checking
from symconv.documents.finding import Finding
from symconv.documents.report import describe
from symconv.verification.verdict import Diagnosis, Verdict

GOOD = r"O_i = \sum_m K_m I_{si+m}"
BAD = r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}"
BOUND = "% symconv: conv1d stride=s\n"


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(["check", *arguments])
    captured = capsys.readouterr()
    assert isinstance(done.value.code, int)
    return done.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        pytest.param(f"{BOUND}\\[ {GOOD} \\]", [], 0, id="proved"),
        pytest.param(f"{BOUND}\\[ {GOOD} \\] \\[ {BAD} \\]", [], 1, id="refuted"),
        pytest.param(f"{BOUND}\\[ O_i = \\foo \\]", [], 0, id="not understood"),
        pytest.param(f"{BOUND}\\[ O_i = \\foo \\]", ["--strict"], 1, id="not understood, strictly"),
        pytest.param(f"{BOUND}\\[ {GOOD} \\]", ["--strict"], 0, id="proved, strictly"),
        pytest.param(f"\\[ {BAD} \\]", ["--strict"], 0, id="without a layer"),
        pytest.param("% symconv: conf1d", [], 2, id="an unknown layer"),
        pytest.param("", [], 0, id="nothing"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--json"], ["--verbose"]], ids=" ".join)
def test_exit_codes(
    text: str, options: list[str], code: int, more: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.tex").write_text(text)
    assert run(["a.tex", *options, *more], capsys)[0] == code


def test_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.tex").write_text(f"\\[ {GOOD} \\]\n{BOUND}\\[ {GOOD} \\]\n\\[ {BAD} \\]\n$\\eta = \\foo$\n")
    code, out, err = run(["a.tex"], capsys)
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[:4] == ["a.tex:1:4: no layer", f"  {GOOD}", "a.tex:3:4: proved for all sizes", lines[3]]
    assert lines[3].startswith("a.tex:4:4: refuted")
    assert lines[4] == f"  {BAD}"
    assert any("the claim gives 47, right is 69" in line for line in lines[5:])
    assert lines[-2:] == [
        "3 formulas with a layer: 1 proved, 1 refuted, 1 not understood (1 of them not shown; --verbose shows them)",
        "1 without a layer; name it in a comment before them, such as % symconv: conv2d stride=s",
    ]
    _, out, _ = run(["a.tex", "--verbose"], capsys)
    assert "a.tex:5:2: not understood: line 5, column 9: the command \\foo is not understood" in out
    assert "  layer: conv1d stride=s" in out
    assert "not shown" not in out


def test_mistake_and_corrected_formula() -> None:
    """The mistake stands behind the verdict, the corrected formula below it."""
    diagnosis = Diagnosis("missing_stride", "neighbouring outputs see windows that are s apart", r"O_i = K_m I_{s i}")
    verdict = Verdict("refuted", diagnosis=diagnosis, reading=("indices are counted from 0",))
    finding = Finding("a.tex", None, 4, 2, BAD, True, "conv1d", verdict, True)
    assert describe(finding).splitlines() == [
        "a.tex:4:2: refuted: neighbouring outputs see windows that are s apart",
        f"  {BAD}",
        r"  right is: O_i = K_m I_{s i}",
        "  read as: indices are counted from 0",
    ]


def test_jobs_print_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.tex").write_text(f"{BOUND}\\[ {GOOD} \\] ${BAD}$")
    (folder / "b.md").write_text(f"$${GOOD}$$")
    alone = run(["a.tex", "b.md"], capsys)
    assert run(["a.tex", "b.md", "--jobs", "2"], capsys) == alone
    assert "% symconv: conv2d stride=s or <!-- symconv: conv2d stride=s -->" not in alone[1]
    assert alone[1].endswith("such as <!-- symconv: conv2d stride=s -->\n")


FIELDS = ["path", "cell", "line", "column", "status", "latex", "display", "likely", "layer", "verdict"]
VERDICT = [
    *("status", "assumptions", "counterexample", "diagnosis", "reading", "message"),
    *("configurations", "timed_out", "seconds"),
]


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fields that docs/documents.md lists, in that order."""
    (folder / "a.md").write_text(f"$${GOOD}$$\n<!-- symconv: conv1d stride=s -->\n$${BAD}$$ $\\eta = \\foo$")
    code, out, _ = run(["a.md", "--json"], capsys)
    data: dict[str, Any] = json.loads(out)
    assert code == 1
    assert list(data) == ["findings", "summary"]
    assert data["summary"] == {"proved": 0, "checked": 0, "refuted": 1, "not_understood": 1, "unbound": 1}
    unbound, refuted, hidden = data["findings"]
    assert list(refuted) == FIELDS
    assert list(refuted["verdict"]) == VERDICT
    del refuted["verdict"]
    assert refuted == {
        "path": "a.md",
        "cell": None,
        "line": 3,
        "column": 3,
        "status": "refuted",
        "latex": BAD,
        "display": True,
        "likely": True,
        "layer": "conv1d stride=s",
    }
    assert (unbound["status"], unbound["layer"], unbound["verdict"]) == ("unbound", None, None)
    assert (hidden["status"], hidden["likely"], hidden["display"]) == ("not_understood", False, False)
    page = Path(__file__).parents[2] / "docs" / "documents.md"
    assert all(f"| `{field}` |" in page.read_text(encoding="utf-8") for field in [*FIELDS, *data["summary"]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a % symconv: conv2d strid=s", "a.tex:1:21: Conv2d has no hyperparameter 'strid'; did", id="word"),
        pytest.param(None, "a.tex: cannot read it: No such file or directory", id="no file"),
    ],
)
def test_bad_input_gets_one_sentence(
    text: str | None, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (folder / "a.tex").write_text(text)
    code, out, err = run(["a.tex"], capsys)
    assert (code, out) == (2, "")
    assert err.startswith(f"symconv: {message}")
    assert err.count("\n") == 1


def test_nothing_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run([], capsys)
    assert code == 2
    assert "Missing argument 'DOCUMENT…'" in err


def test_no_file_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "a.tex"
    path.write_text(f"{BOUND}\\[ {BAD} \\]")
    before = path.read_bytes(), path.stat().st_mtime_ns
    run(["a.tex", "--jobs", "2"], capsys)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(folder.iterdir()) == [path]


def test_findings_are_printed_as_they_come(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.tex").write_text(f"{BOUND}\\[ {GOOD} \\] \\[ {BAD} \\]")
    seen: list[str] = []

    def verify(latex: str, op: Any, **arguments: Any) -> Verdict:
        seen.append(capsys.readouterr().out)
        return Verdict("proved")

    monkeypatch.setattr(checking, "verify", verify)
    run(["a.tex"], capsys)
    assert seen == ["", "a.tex:2:4: proved for all sizes\n"]


def test_help_has_examples_and_imports_little() -> None:
    code = (
        "import sys\nfrom symconv.cli import main\ntry:\n    main(['check', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'sympy', 'z3', 'yaml', 'numpy', 'lark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "symconv check lecture.md exercises.ipynb --jobs 4" in done.stdout
    assert "% symconv: off" in done.stdout
    assert done.stdout.endswith("[]\n")
