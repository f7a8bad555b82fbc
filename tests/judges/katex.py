"""KaTeX in strict mode as a judge: which formulas does it refuse, and why."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "katex"


class JudgeMissing(RuntimeError):
    """The tool that judges is not installed; the tests that need it fail, they are not skipped."""


def refused_by_katex(formulas: Sequence[str]) -> dict[int, str]:
    """The positions of the formulas that KaTeX refuses, with its messages; all are checked in one process."""
    node = shutil.which("node")
    if node is None:
        raise JudgeMissing("KaTeX needs Node.js, and there is no `node` on the path: install it (Debian: nodejs, npm)")
    if not (TOOL / "node_modules" / "katex").is_dir():
        raise JudgeMissing("KaTeX is not installed: run `npm ci --prefix tools/katex`")
    run = subprocess.run(
        [node, str(TOOL / "check.mjs")], input=json.dumps(list(formulas)), capture_output=True, text=True, timeout=600
    )
    if run.returncode != 0:
        raise RuntimeError(f"the KaTeX check failed: {run.stderr.strip()}")
    answers: list[str | None] = json.loads(run.stdout)
    assert len(answers) == len(formulas)
    return {at: answer for at, answer in enumerate(answers) if answer is not None}
