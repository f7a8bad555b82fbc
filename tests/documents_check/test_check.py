"""``sc.check``: formulas with their bindings, places and verdicts; in one process and in several."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

import symconv as sc
from symconv.documents import check as checking
from symconv.documents import document, places
from symconv.documents.bindings import Binding
from symconv.documents.places import DocumentError
from symconv.documents.report import is_shown
from symconv.verification.verdict import Verdict

GOOD = r"O_i = \sum_m K_m I_{si+m}"
BAD = r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}"


def write(folder: Path, name: str, text: str, before: str = "") -> Path:
    path = folder / name
    path.write_text(before + text, encoding="utf-8")
    return path


def statuses(path: Path) -> list[tuple[int, str, str | None]]:
    return [(finding.line, finding.status, finding.layer) for finding in sc.check(path)]


def test_verdicts_and_places(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tex", f"% symconv: conv1d stride=s\n\\[ {GOOD} \\]\nand ${BAD}$.\n")
    first, second = sc.check(path)
    assert (first.path, first.cell, first.line, first.column, first.display) == (str(path), None, 2, 4, True)
    assert (first.latex, first.layer, first.status) == (GOOD, "conv1d stride=s", "proved")
    assert (second.line, second.column, second.display, second.status) == (3, 6, False, "refuted")
    assert second.verdict is not None
    assert second.verdict.counterexample is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"$${GOOD}$$\n% symconv: conv1d stride=s\n$${GOOD}$$\n% symconv: conv1d stride=s dilation=d\n$${GOOD}$$\n",
            [(1, "unbound", None), (3, "proved", "conv1d stride=s"), (5, "refuted", "conv1d stride=s dilation=d")],
            id="a binding holds until the next one",
        ),
        pytest.param(
            f"% symconv: conv1d stride=s\n$${GOOD}$$\n% symconv: off\n$${GOOD}$$\n",
            [(2, "proved", "conv1d stride=s")],
            id="off",
        ),
        pytest.param(f"${GOOD}$", [], id="no question about formulas in a line"),
        pytest.param(r"$$\eta = 0.1$$", [], id="no question about other formulas"),
        pytest.param(
            "% symconv: conv1d stride=s\n$x$, $s = 2$, $K_m$, $(k_1, W) = (3, 9)$, $n \\le 3$",
            [],
            id="no claim in a line",
        ),
        pytest.param(
            "% symconv: conv1d stride=s\n\\[ s = 2 \\]\n\\[ 1 + \\]",
            [(3, "not_understood", "conv1d stride=s")],
            id="display",
        ),
        pytest.param(
            f"\\[\n% symconv: conv1d stride=s\n{GOOD}\n\\]", [(2, "proved", "conv1d stride=s")], id="inside a display"
        ),
    ],
)
def test_bindings(text: str, expected: list[tuple[int, str, str | None]], tmp_path: Path) -> None:
    assert statuses(write(tmp_path, "a.tex", text)) == expected


def test_the_front_matter_binds_the_document(tmp_path: Path) -> None:
    text = "---\nsymconv: {layer: conv1d, stride: s}\n---\n"
    text += f"$${GOOD}$$\n<!-- symconv: conv1d flip stride=s -->\n$${GOOD}$$\n"
    assert statuses(write(tmp_path, "a.md", text)) == [
        (4, "proved", "conv1d stride=s"),
        (6, "refuted", "conv1d flip stride=s"),
    ]
    off = write(tmp_path, "b.md", f"---\nsymconv: off\n---\n$${GOOD}$$\n")
    assert sc.check(off) == ()


def test_arguments_reach_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly those that the binding gives."""
    given: list[dict[str, Any]] = []

    def verify(latex: str, op: Any, **arguments: Any) -> Verdict:
        given.append(arguments)
        return Verdict("proved")

    monkeypatch.setattr(checking, "verify", verify)
    write(
        tmp_path,
        "a.md",
        "<!-- symconv: conv1d -->\n$$a = b c$$\n<!-- symconv: conv1d | infix *=correlation -->\n$$a=b c$$",
    )
    sc.check(tmp_path / "a.md")
    assert given == [{}, {"infix": {"*": "correlation"}}]


def test_a_setting_is_a_claim_where_the_binding_says_so(tmp_path: Path) -> None:
    text = "% symconv: conv1d kernel_size=3 input_size=9 | what=output_size\n\\[ O_1 = 7 \\]\n\\[ O_1 = 8 \\]"
    assert [status for _, status, _ in statuses(write(tmp_path, "a.tex", text))] == ["proved", "refuted"]


def notebook(*cells: tuple[str, str], **metadata: Any) -> str:
    listed = [{"cell_type": kind, "source": text.splitlines(keepends=True), "metadata": {}} for kind, text in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": listed})


def test_notebooks(tmp_path: Path) -> None:
    text = notebook(
        ("markdown", "# Title\n<!-- symconv: conv1d stride=s -->"),
        ("code", f"# ${GOOD}$"),
        ("markdown", f"One\n\n$${GOOD}$$"),
    )
    (finding,) = sc.check(write(tmp_path, "a.ipynb", text))
    assert (finding.cell, finding.line, finding.column, finding.status) == (3, 3, 3, "proved")
    assert finding.place.endswith("a.ipynb:cell 3:3:3")


@pytest.mark.parametrize("entry", ["conv1d stride=s", {"layer": "conv1d", "stride": "s"}])
def test_notebook_metadata(entry: object, tmp_path: Path) -> None:
    path = write(tmp_path, "a.ipynb", notebook(("markdown", f"$${GOOD}$$"), symconv=entry))
    assert [finding.status for finding in sc.check(path)] == ["proved"]


# what is not understood, with the place in the document


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param(
            "a.tex",
            "% symconv: conv1d\n\\[\n  O_i = \\foo\n\\]",
            "line 3, column 9: the command \\foo is",
            id="in a display",
        ),
        pytest.param(
            "a.tex",
            "% symconv: conv1d\n\\def\\x{\\sum_m K_m}\n\\[ O_i = \\x +\n \\x \\foo \\]",
            "line 4, column 5: the command \\foo is",
            id="after a macro",
        ),
        pytest.param(
            "a.tex",
            "% symconv: conv1d\n\\def\\x{\\sum_m \\foo}\n\\[ O_i = \\x \\]",
            "line 3, column 10: the command \\foo is",
            id="in a macro",
        ),
        pytest.param(
            "a.md",
            "<!-- symconv: conv1d -->\n> $$\n> O_i =\n>   \\foo\n> $$",
            "line 4, column 5: the command \\foo is",
            id="in a quotation",
        ),
        pytest.param(
            "a.tex",
            "% symconv: conv1d\n\\begin{align}\n  O_i &= a \\\\\n  &= \\foo\n\\end{align}",
            "line 4, column 6: the command \\foo is",
            id="in an environment",
        ),
        pytest.param(
            "a.tex", "% symconv: conv1d\r\n\r\n\\[\r\n  O_i = \\foo \\]", "line 4, column 9: the command", id="Windows"
        ),
    ],
)
def test_places_of_what_is_not_understood(name: str, text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    (finding,) = sc.check(path)
    assert finding.verdict is not None
    assert finding.status == "not_understood"
    assert finding.verdict.message.startswith(message)
    assert finding.verdict.message.splitlines()[2].endswith("^")


def test_an_error_of_verify_is_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(latex: str, op: Any, **arguments: Any) -> Verdict:
        raise sc.SymconvError("no")

    monkeypatch.setattr(checking, "verify", verify)
    (finding,) = sc.check(write(tmp_path, "a.tex", f"% symconv: conv1d\n$${GOOD}$$"))
    assert finding.verdict == Verdict("not_understood", message="no")


def test_a_bug_of_verify_is_told_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(latex: str, op: Any, **arguments: Any) -> Verdict:
        if latex == GOOD:
            return Verdict("proved")
        raise ArithmeticError("2 does not\ndivide 1")

    monkeypatch.setattr(checking, "verify", verify)
    failed, good = sc.check(write(tmp_path, "a.tex", f"% symconv: conv1d\n$x = 2y$ $${GOOD}$$"))
    assert failed.verdict is not None
    assert failed.verdict.message == (
        "symconv itself failed at this formula (ArithmeticError: 2 does not divide 1); please report the formula"
    )
    assert is_shown(failed, all_=False)
    assert good.status == "proved"


# executors


def timeless(findings: tuple[sc.Finding, ...]) -> list[dict[str, Any]]:
    """Without what depends on the machine: the time taken, and how many configurations were searched in it."""
    listed = [finding.as_dict() for finding in findings]
    for each in listed:
        if each["verdict"]:
            del each["verdict"]["seconds"], each["verdict"]["configurations"]
    return listed


def test_processes_give_the_same(tmp_path: Path) -> None:
    first = write(tmp_path, "a.tex", f"% symconv: conv1d stride=s\n\\[ {GOOD} \\] ${BAD}$ \\[ O_i = \\foo \\]\n")
    second = write(tmp_path, "b.md", f"$${GOOD}$$\n<!-- symconv: conv1d flip stride=s -->\n$${GOOD}$$ $${GOOD}$$")
    alone = sc.check([first, second])
    with ProcessPoolExecutor(2) as executor:
        assert timeless(sc.check([first, second], executor)) == timeless(alone)
    with ThreadPoolExecutor(2) as executor:
        assert timeless(sc.check([first, second], executor=executor)) == timeless(alone)
    assert [finding.status for finding in alone] == [
        *("proved", "refuted", "not_understood"),
        *("unbound", "refuted", "refuted"),
    ]
    assert pickle.loads(pickle.dumps(alone)) == alone


class Recording(Executor):
    """Takes what any executor takes, Dask's for example: a function of a module and arguments that can be pickled."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Any, ...]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = pickle.loads(pickle.dumps((fn, args, kwargs)))
        self.tasks.append(task)
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        return future


def test_what_is_submitted(tmp_path: Path) -> None:
    """A formula that stands in a document twice is verified once."""
    executor = Recording()
    path = write(tmp_path, "a.tex", f"% symconv: conv1d stride=s\n\\[ {GOOD} \\] ${GOOD}$ ${BAD}$\n")
    findings = sc.check([path], executor)
    assert [task[1][0] for task in executor.tasks] == [GOOD, BAD]
    assert {task[0] for task in executor.tasks} == {checking.verify_bound}
    assert [finding.status for finding in findings] == ["proved", "proved", "refuted"]


class Broken(Executor):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("it ended"))
        return future


def test_a_worker_that_ends(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tex", f"% symconv: conv1d\n\\[ {GOOD} \\]")
    with pytest.raises(DocumentError, match="a worker process ended before it was done; try fewer jobs"):
        sc.check(path, Broken())


def test_bindings_are_small_enough_to_send() -> None:
    assert len(pickle.dumps(Binding("conv2d", (("stride", "s"),), (("role", "x", "input"),)))) < 400


# bad input


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param("a.txt", b"x", "a.txt: a document to check is one of .tex, .ltx", id="another kind of file"),
        pytest.param("a.tex", None, "a.tex: cannot read it: No such file or directory", id="no file"),
        pytest.param("a.md", b"one\ntw\xe4 x", "a.md:2:3: this is not UTF-8; save the document as UTF-8", id="Latin-1"),
        pytest.param("a.ipynb", b'{"cells": [\n}', "a.ipynb:2:1: this is not a notebook: ", id="no JSON"),
        pytest.param("a.ipynb", b"[]", "a.ipynb: this is not a notebook of format 4: it has no", id="a list"),
        pytest.param("a.ipynb", b"[" * 100_000, "a.ipynb: this is not a notebook: it is nested too deeply", id="deep"),
        pytest.param(
            "a.ipynb",
            b'{"cells": [{"cell_type": "markdown", "source": 3}]}',
            "a.ipynb: cell 1 has no text as its source",
            id="a cell without text",
        ),
        pytest.param(
            "a.ipynb",
            b'{"cells": [],\n "metadata": {"symconv": "conf1d"}}',
            "a.ipynb:2:15: there is no operation 'conf1d'",
            id="metadata",
        ),
        pytest.param(
            "a.ipynb",
            b'{"cells": [{"cell_type": "markdown", "source": "a\\n<!-- symconv: conf1d -->"}]}',
            "a.ipynb:cell 1:2:15: there is no operation 'conf1d'",
            id="a binding in a cell",
        ),
    ],
)
def test_bad_input(name: str, data: bytes | None, message: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentError) as error:
        sc.check(tmp_path / name)
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(message)


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.tex").mkdir()
    with pytest.raises(DocumentError, match=r"a\.tex: cannot read it: Is a directory"):
        sc.check(tmp_path / "a.tex")


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LARGEST", 1_000)
    monkeypatch.setattr(document, "MOST", 2)
    with pytest.raises(DocumentError, match=r"a.tex: a document has at most 1,000 bytes, this one has 1,001"):
        sc.check(write(tmp_path, "a.tex", "x" * 1_001))
    with pytest.raises(DocumentError, match=r"a.tex: a document has at most 2 formulas to check, this one has 3"):
        sc.check(write(tmp_path, "a.tex", f"$${GOOD}$$" * 3))


def test_a_byte_order_mark_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + f"---\nsymconv: conv1d stride=s\n---\n$${GOOD}$$".encode())
    assert statuses(tmp_path / "a.md") == [(4, "proved", "conv1d stride=s")]


def test_all_documents_are_read_before_the_first_is_verified(tmp_path: Path) -> None:
    good = write(tmp_path, "a.tex", f"% symconv: conv1d\n\\[ {GOOD} \\]")
    with pytest.raises(DocumentError):
        next(checking.findings([good, tmp_path / "no.tex"]))
