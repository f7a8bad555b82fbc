"""How verification does on published formulas whose truth is known.

``python -m tools.formulas`` runs every formula of ``../shared/formulas/dev.json`` (or of another file) whose layer
symconv has through ``sc.verify``, and compares the verdict with the truth: ``proved`` and ``checked`` say that a
formula is right, ``refuted`` that it is wrong, ``not_understood`` says nothing. It prints a table by kind, one by
source, and every formula that is not understood or wrongly judged. ``--write docs/formulas.md`` writes the tables into
a page.

The exit code is 1 if a formula is judged wrongly or fewer than 95 % are understood, and 2 if the file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import symconv as sc
from symconv.ops.catalogue import OPERATIONS
from tools.records import context_of, options_of

ROOT = Path(__file__).parent.parent
FILE = Path("..") / "shared" / "formulas" / "dev.json"
UNDERSTOOD = 95.0
"""The percentage of formulas that must be understood."""
LEFT_OUT = frozenset({"activation_grad", "loss_grad", "batchnorm_grad"})
"""Kinds of formulas about layers that symconv does not have."""
LAYERS = {kind.__name__: kind for kind in OPERATIONS.values()}
HEADS = ("records", "understood", "judged rightly", "judged wrongly", "median s")

Record = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """A record's truth and its verdict."""

    id: str
    kind: str
    source: str
    truth: str
    status: str
    reason: str = ""
    seconds: float = 0.0

    @property
    def understood(self) -> bool:
        """Whether there is a verdict."""
        return self.status != "not_understood"

    @property
    def right(self) -> bool:
        """Whether the verdict agrees with the truth."""
        return self.understood and (self.status == "refuted") == (self.truth == "wrong")

    @property
    def wrong(self) -> bool:
        """Whether the verdict contradicts the truth."""
        return self.understood and not self.right


def layer_of(record: Record) -> Record | None:
    """The layer of a record, ``{"name", "kwargs"}``; None for a formula without one.

    An activation before a layer is left away: the roles pre_activation and upstream say that it stands there.
    """
    op: Record | None = record["op"]
    if op is not None and op["name"] == "Sequential" and len(op["layers"]) == 2:
        first, second = op["layers"]
        if first["name"] == "Activation":
            return dict(second)
    return op


def is_run(record: Record) -> bool:
    """Whether symconv has the layer of a record."""
    layer = layer_of(record)
    return record["kind"] not in LEFT_OUT and (layer is None or layer["name"] in LAYERS)


def outcome(record: Record) -> Outcome:
    """The verdict on a record."""
    layer = layer_of(record)
    try:
        made = None if layer is None else LAYERS[layer["name"]](**options_of(layer))
        verdict = sc.verify(record["latex"], made, **context_of(record))
    except sc.SymconvError as error:
        status, seconds, reason = "not_understood", 0.0, str(error)
    else:
        status, seconds, reason = verdict.status, verdict.seconds, _reason(verdict)
    return Outcome(record["id"], record["kind"], shortened(record["source"]), record["truth"], status, reason, seconds)


def _reason(verdict: sc.Verdict) -> str:
    if verdict.message:
        return verdict.message
    return str(verdict.counterexample or "")


def shortened(source: str) -> str:
    """A source in a few letters: the repository, the site or the number of a file."""
    if source.startswith("github:"):
        return source.split(":")[1]
    if "://" in source:
        return source.split("/")[2]
    return source.split(":")[0].removeprefix("references/").removesuffix(".txt").removeprefix("public ")


def table(outcomes: Iterable[Outcome], head: str, group: Callable[[Outcome], str]) -> str:
    """One row for each group, the largest first, and one for all."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(group(one), []).append(one)
    every = [one for members in groups.values() for one in members]
    rows = [_row(name, groups[name]) for name in sorted(groups, key=lambda name: (-len(groups[name]), name))]
    rows.append(_row("all", every))
    lines = [f"| {head} | {' | '.join(HEADS)} |", "|---|" + "---:|" * len(HEADS)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _row(name: str, members: Sequence[Outcome]) -> list[str]:
    counts = (
        sum(one.understood for one in members),
        sum(one.right for one in members),
        sum(one.wrong for one in members),
    )
    time = f"{median(one.seconds for one in members):.2f}" if members else "–"
    return [name, str(len(members)), *map(str, counts), time]


def listed(outcomes: Iterable[Outcome]) -> str:
    """One line for each outcome: id, what is true, what was said, and the first line of the reason."""
    lines = [
        f"- `{one.id}` ({one.kind}, {one.truth}): {one.status}{': ' + first if first else ''}"
        for one in outcomes
        for first in [one.reason.strip().partition("\n")[0]]
    ]
    return "\n".join(lines or ["None."]) + "\n"


@dataclass(frozen=True)
class Totals:
    """What is asked of all formulas together."""

    records: int
    understood: int
    right: int
    wrong: int
    false_proofs: int

    @property
    def fine(self) -> bool:
        """Whether nothing is judged wrongly and enough is understood."""
        return self.wrong == 0 and self.false_proofs == 0 and self.understood * 100 >= UNDERSTOOD * self.records

    def __str__(self) -> str:
        return (
            f"{self.records} formulas: understood {_percent(self.understood, self.records)}, judged rightly "
            f"{_percent(self.right, self.records)}, judged wrongly {self.wrong}, wrong `proved`: {self.false_proofs}"
        )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part})" if whole else "0 of 0"


def totals(outcomes: Sequence[Outcome]) -> Totals:
    """The counts over all outcomes."""
    return Totals(
        len(outcomes),
        sum(one.understood for one in outcomes),
        sum(one.right for one in outcomes),
        sum(one.wrong for one in outcomes),
        sum(one.wrong and one.status == "proved" for one in outcomes),
    )


def report(outcomes: Sequence[Outcome], left_out: int) -> str:
    """The tables, the lists and the totals."""
    return "\n".join(
        [
            "## By kind\n",
            table(outcomes, "kind", lambda one: one.kind),
            "## By source\n",
            table(outcomes, "source", lambda one: one.source),
            "## Not understood\n",
            listed(one for one in outcomes if not one.understood),
            "## Judged wrongly\n",
            listed(one for one in outcomes if one.wrong),
            "## Totals\n",
            f"{totals(outcomes)}; left out {left_out}, whose layer symconv does not have.\n",
        ]
    )


INTRODUCTION = """# Published formulas

Formulas from lecture notes, books, blogs and documentation, each run through `sc.verify`. Their truth was established
before, by numbers or by hand, and without symconv. *Understood* means that there is a verdict. A formula is *judged
rightly* if it is right and the verdict is `proved` or `checked`, or if it is wrong and the verdict is `refuted`. Some
are right only under a condition (an entry outside its range is 0, no ties, …); they count as right, and whether the
verdict names the condition is not counted here.

With each formula symconv is told what a reader of its source knows: the layer, and, where the source says them, the
roles of symbols, the order of axes, where indices begin, and what an operator sign means. The formulas were at hand
while symconv was written, so the figures do not say how it does on formulas that nobody has looked at.

`make formulas` runs them; it fails if one is judged wrongly, or if fewer than 95 % are understood. This page is
written by `python -m tools.formulas --write docs/formulas.md`. The times are from a machine with two cores.
"""


def read_records(path: Path) -> list[Record]:
    """The records of a file.

    Errors: OSError where it cannot be read, ValueError where it is no list of records.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    records = found.get("records") if isinstance(found, dict) else None
    if not isinstance(records, list):
        raise ValueError("it has no list of records")
    return records


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 fine, 1 not good enough, 2 no file."""
    parser = argparse.ArgumentParser(prog="formulas", description="Published formulas against their truth.")
    parser.add_argument(
        "file", nargs="?", type=Path, default=(ROOT / FILE).resolve(), help=f"the records [default: {FILE}]"
    )
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the tables into this page, too")
    given = parser.parse_args(arguments)
    try:
        records = read_records(given.file)
    except FileNotFoundError:
        where = f"there is no file {given.file}"
        print(f"formulas: {where}: ../shared lies beside the checkout, or name another file", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"formulas: {given.file} is no file of formulas: {error}", file=sys.stderr)
        return 2
    chosen = [record for record in records if is_run(record)]
    outcomes = [outcome(record) for record in chosen]
    text = report(outcomes, len(records) - len(chosen))
    print(text, end="")
    if given.write:
        given.write.write_text(f"{INTRODUCTION}\n{text}", encoding="utf-8")
    return 0 if totals(outcomes).fine else 1


if __name__ == "__main__":
    sys.exit(main())
