"""pdfTeX as a judge: which bodies do not compile, and which lines run into the margin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from symconv.typeset.document import display, standalone
from tests.judges.katex import JudgeMissing

TOLERANCE = 10.0
"""Points that a line may run into the margin."""

_MARK = "symconv-item"
_EVENT = re.compile(
    rf"^{_MARK} (?P<item>\d+)"
    r"|^(?P<overfull>Overfull \\[hv]box \((?P<excess>[\d.]+)pt too (?:wide|high)\).*)"
    r"|^! (?P<error>.*)"
)


@dataclass(frozen=True)
class Finding:
    """What pdfTeX complains about in one item: ``excess`` is 0 for an error."""

    item: int
    message: str
    excess: float = 0.0


def compile_document(source: str, directory: Path, *, draft: bool = False) -> tuple[bool, str]:
    """Run pdfTeX once on a document, as ``job.tex`` in the directory; success and the log."""
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        raise JudgeMissing("there is no `pdflatex` on the path: install it (Debian: texlive-latex-base)")
    (directory / "job.tex").write_text(source, encoding="utf-8")
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", *(["-draftmode"] if draft else []), "job.tex"]
    run = subprocess.run(
        command, cwd=directory, env=os.environ | {"max_print_line": "1000"}, capture_output=True, timeout=600
    )
    return run.returncode == 0, (directory / "job.log").read_text(encoding="utf-8", errors="replace")


def refused_by_pdftex(bodies: Sequence[str], *, tolerance: float = TOLERANCE, room: int = 345) -> list[Finding]:
    """Errors, and lines more than ``tolerance`` points too wide or pages too high, by item.

    All bodies go into one document, in lines of ``room`` points; after an error it goes on with the item behind it.
    """
    findings: list[Finding] = []
    narrow = (
        "".join(f"\\{length}={room}pt" for length in ("textwidth", "columnwidth", "linewidth", "hsize")) + "\\relax"
    )
    begin = 0
    while begin < len(bodies):
        # Every item has pages of its own, so that a page that is too high is charged to it.
        marked = [
            f"\\clearpage\\typeout{{{_MARK} {at}}}\n{display(body)}\n" for at, body in enumerate(bodies[begin:], begin)
        ]
        with tempfile.TemporaryDirectory() as directory:
            fine, log = compile_document(standalone([narrow, *marked, "\\clearpage"]), Path(directory), draft=True)
        found, failed = _read_log(log, begin, tolerance)
        findings += found
        if fine:
            break
        if failed is None:
            raise RuntimeError(f"pdfTeX failed and did not say at which item:\n{log[-2000:]}")
        begin = failed + 1
    return findings


def _read_log(log: str, begin: int, tolerance: float) -> tuple[list[Finding], int | None]:
    findings: list[Finding] = []
    item, failed = begin, None
    for line in log.splitlines():
        event = _EVENT.match(line)
        if event is None:
            continue
        if event["item"] is not None:
            item = int(event["item"])
        elif event["error"] is not None:
            if failed is None:
                findings.append(Finding(item, event["error"]))
                failed = item
        elif float(event["excess"]) > tolerance:
            findings.append(Finding(item, event["overfull"], float(event["excess"])))
    return findings, failed
