"""What a reader of the terminal is told of the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from symconv.documents.document import SUFFIXES
from symconv.documents.finding import FAILED, Finding

SHOWN = 100
HINTS = {
    "tex": "% symconv: conv2d stride=s",
    "markdown": "<!-- symconv: conv2d stride=s -->",
    "notebook": "<!-- symconv: conv2d stride=s -->",
}
_WORDS = {
    "proved": "proved",
    "checked": "checked, not proved",
    "refuted": "refuted",
    "not_understood": "not understood",
}


def is_shown(finding: Finding, *, all_: bool) -> bool:
    """Whether a finding is printed: formulas that nothing is understood of only if they look like one of a layer."""
    failed = finding.verdict is not None and finding.verdict.message.startswith(FAILED)
    return all_ or failed or finding.likely or finding.status != "not_understood"


def describe(finding: Finding, *, verbose: bool = False) -> str:
    """The place and the verdict, the mistake, the corrected formula and the counterexample.

    >>> from symconv.verification.verdict import Verdict
    >>> print(describe(Finding("a.tex", None, 3, 1, "y = x", True, "conv1d", Verdict("proved"), True), verbose=True))
    a.tex:3:1: proved for all sizes
      y = x
      layer: conv1d
    """
    verdict = finding.verdict
    if verdict is None:
        return f"{finding.place}: no layer\n  {one_line(finding.latex)}"
    head, *place = verdict.head.splitlines()  # a reading error shows the formula itself
    diagnosis, wrong = verdict.diagnosis, finding.status in ("refuted", "not_understood")
    lines = [f"{finding.place}: {head}"]
    if diagnosis is not None:
        lines[0] += f": {diagnosis.sentence}"
    if (wrong or verbose) and not place:
        lines.append(f"  {one_line(finding.latex)}")
    if verbose:
        lines.append(f"  layer: {finding.layer}")
    if diagnosis is not None and diagnosis.corrected:
        lines.append(f"  right is: {one_line(diagnosis.corrected, None)}")
    lines += [*place, *(f"  {line}" for line in verdict.evidence)]
    if verbose or finding.status == "refuted":
        lines += [f"  read as: {reading}" for reading in verdict.reading]
    return "\n".join(lines)


def one_line(latex: str, longest: int | None = SHOWN) -> str:
    """A formula in one line, cut where it is long."""
    text = " ".join(latex.split())
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each status, in a fixed order."""
    counted = Counter(finding.status for finding in findings)
    return {status: counted[status] for status in (*_WORDS, "unbound")}


def summary(findings: Iterable[Finding], hidden: int) -> list[str]:
    """The last lines: how many formulas got which verdict, and how to bind those without a layer."""
    findings = list(findings)
    counted = count(findings)
    total = sum(counted.values()) - counted["unbound"]
    said = [f"{counted[status]} {words}" for status, words in _WORDS.items() if counted[status]]
    lines = [f"{total} formula{'' if total == 1 else 's'} with a layer" + (f": {', '.join(said)}" if said else "")]
    if hidden:
        lines[0] += f" ({hidden} of them not shown; --verbose shows them)"
    kinds = {SUFFIXES[Path(finding.path).suffix.lower()] for finding in findings if finding.status == "unbound"}
    if kinds:
        hints = " or ".join(dict.fromkeys(HINTS[kind] for kind in sorted(kinds, reverse=True)))
        lines.append(f"{counted['unbound']} without a layer; name it in a comment before them, such as {hints}")
    return lines
