"""Fuzzing of ``verify``: hostile cases, each with a limit of time and memory; what goes wrong, each kind once.

``python -m tools.fuzz --number 10000 --seed 0`` (``make fuzz``). A case is given back by its seed and number:
``--seed 0 --only 123`` runs it alone, ``--profile`` says where its time goes. The cases run in a process of their own,
so that a crash or a hang outside Python is a finding like any other. The exit code is 1 if there is a finding.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import multiprocessing
import pstats
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import monotonic, process_time
from types import FrameType
from typing import Any

import symconv as sc
from symconv.verification.formula import NO_VALUE
from tools.hostile import TOKENS, Case, hostile_case

LIMIT = 2.0
"""Seconds for one formula."""
PATIENCE = 15.0
"""After so many seconds a case is stopped, and after twice as many its process."""
MEMORY = 1 << 30
"""Bytes that the process may take."""
LONGEST_MESSAGE = 1500
STATUSES = ("proved", "checked", "refuted", "not_understood")
_ROOM = "symconv/verification"
_PLANNING = tuple(f"{_ROOM}/{each}.py" for each in ("formula", "claims", "conditional", "decide", "diagnosing"))
PACKAGE = str(Path(sc.__file__).parent)


class StoppedError(BaseException):
    """A case took longer than the patience."""


@dataclass(frozen=True)
class Finding:
    """What went wrong, where (the innermost frame of the package), and the case that shows it."""

    kind: str
    where: str
    case: str
    number: int
    seconds: float = 0.0
    cpu: float = 0.0


class Watch:
    """Notes where the package is when the limit is over, and stops it when the patience is."""

    def __init__(self) -> None:
        self.where = ""
        self.start = 0.0

    def __enter__(self) -> Watch:
        self.where, self.start = "", monotonic()
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, LIMIT, 1.0)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _: int, frame: FrameType | None) -> None:
        if not self.where:
            frames = _frames(frame)
            self.where = f"{_stage(frames)} (in {frames[0]})" if frames else "outside the package"
        if monotonic() - self.start > PATIENCE:
            raise StoppedError


def _frames(frame: FrameType | None) -> list[str]:
    found = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(PACKAGE):
            found.append(_place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return found


def _stage(frames: list[str]) -> str:
    """The way from ``verify`` through the rooms that plan the work, and the first step outside of them."""
    names: list[str] = []
    for frame in reversed(frames):
        names.append(frame.rsplit(" ", 1)[1])
        if not frame.startswith(_PLANNING):
            break
    return " > ".join(names)


def _place(file: str, line: int | None, name: str) -> str:
    return f"symconv{file.removeprefix(PACKAGE)}:{line} {name}"


def _innermost(error: BaseException) -> str:
    places = [
        _place(each.filename, each.lineno, each.name)
        for each in traceback.extract_tb(error.__traceback__)
        if each.filename.startswith(PACKAGE)
    ]
    return places[-1] if places else "outside the package"


def examine(case: Case, number: int) -> tuple[str, list[Finding]]:
    """The status that a case gets, and what is wrong with it."""
    found: list[Finding] = []
    status = "exception"
    start, cpu, memory = monotonic(), process_time(), _peak()
    watch = Watch()
    try:
        with watch:
            verdict = case.verdict()
            complaints = list(complaints_on(verdict))
        status = verdict.status
        found += [Finding(kind, where, str(case), number) for kind, where in complaints]
    except StoppedError:
        status = "stopped"
    except sc.SymconvError as error:
        found.append(Finding(f"raised {type(error).__name__}: {error}"[:300], _innermost(error), str(case), number))
    except Exception as error:
        found.append(Finding(f"{type(error).__name__}: {error}"[:300], _innermost(error), str(case), number))
    seconds, cpu = monotonic() - start, process_time() - cpu
    if seconds > LIMIT:
        kind = f"stopped after {PATIENCE:.0f} s" if status == "stopped" else f"slow ({status})"
        found.append(Finding(kind, watch.where, str(case), number, seconds, cpu))
    if _peak() > MEMORY and _peak() > memory:
        found.append(Finding("memory over 1 GB", f"{_peak() >> 20} MB", str(case), number))
    return status, found


def complaints_on(verdict: object) -> Iterator[tuple[str, str]]:
    """What is wrong with a verdict as such: with what it says, not with whether it is true."""
    if not isinstance(verdict, sc.Verdict) or verdict.status not in STATUSES:
        yield "no verdict", repr(verdict)[:100]
        return
    said = str(verdict)
    verdict.to_json()
    if verdict.status in ("checked", "not_understood") and not verdict.message.strip():
        yield f"{verdict.status} without a reason", ""
    if verdict.status == "refuted" and not (verdict.message or verdict.counterexample):
        yield "refuted without a counterexample or a reason", ""
    if len(verdict.message) > LONGEST_MESSAGE:
        yield "a message of more than 1500 characters", verdict.message[:60]
    if verdict.message.startswith(NO_VALUE):
        yield "an exception of Python's own while reading or deciding", ""
    unseen = next((char for char in said if not (char.isprintable() or char == "\n")), None)
    if unseen is not None:
        yield f"the verdict prints U+{ord(unseen):04X}", ""
    for sign in (
        "Traceback",
        "object at 0x",
        "Affine(",
        "Symbol(name",
        "Row(items",
        "NoneType",
        "KeyError",
        "index out of",
    ):
        if sign in said:
            yield f"the verdict prints {sign}", ""


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# Processes ------------------------------------------------------------------------------------------------------------


def _work(seed: str, numbers: range, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (4 * MEMORY, 4 * MEMORY))
    for number in numbers:
        case = hostile_case(Random(f"{seed}/{number}"))
        pipe.send((number, "begun", [], 0))
        status, found = examine(case, number)
        pipe.send((number, status, found, _peak()))
    pipe.close()


def run(seed: str, numbers: range) -> tuple[list[Finding], Counter[str], int]:
    """All findings, the number of cases by status, and the peak of memory in bytes."""
    found: list[Finding] = []
    statuses: Counter[str] = Counter()
    peak, begun = 0, numbers.start
    while begun < numbers.stop:
        here, there = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(seed, range(begun, numbers.stop), there), daemon=True
        )
        process.start()
        there.close()
        why = ""
        try:
            while here.poll(2 * PATIENCE):
                number, status, more, memory = here.recv()
                if status == "begun":
                    begun = number
                    continue
                found += more
                statuses[status] += 1
                peak, begun = max(peak, memory), number + 1
                if sys.stderr.isatty():
                    print(f"\r{begun} of {numbers.stop}", end="", file=sys.stderr)
            why = "hangs outside Python"
        except EOFError:
            pass
        if why:
            process.kill()
        process.join()
        if begun < numbers.stop:
            why = why or f"the process died (exit code {process.exitcode})"
            found.append(Finding(why, "", str(hostile_case(Random(f"{seed}/{begun}"))), begun))
            statuses["died"] += 1
            begun += 1
    return found, statuses, peak


# The report -----------------------------------------------------------------------------------------------------------


def deduplicated(found: list[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Findings by kind (the exception's type) and innermost frame, the shortest case first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding.kind.split(":")[0], finding.where.split(" (in ")[0]), []).append(finding)
    for group in groups.values():
        group.sort(key=lambda finding: len(finding.case))
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def smaller(finding: Finding, case: Case, seconds: float = 20.0) -> Case:
    """A case with fewer tokens and less context that fails in the same way, as far as it is found in the time."""
    start = monotonic()

    def fails(other: Case) -> bool:
        _, found = examine(other, finding.number)
        return any(
            each.kind.split(":")[0] == finding.kind.split(":")[0] and each.where == finding.where for each in found
        )

    if not fails(case):
        return case  # the code has changed meanwhile
    for name in case.context:
        if fails(other := replace(case, context={n: value for n, value in case.context.items() if n != name})):
            case = other
    for name in case.arguments:
        if fails(other := replace(case, arguments={n: value for n, value in case.arguments.items() if n != name})):
            case = other
    tokens = TOKENS.findall(case.latex)
    size = max(1, len(tokens) // 2)
    while monotonic() - start < seconds:
        at = 0
        while at < len(tokens) and monotonic() - start < seconds:
            shorter = tokens[:at] + tokens[at + size :]
            if fails(other := replace(case, latex="".join(shorter))):
                case, tokens = other, shorter
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return case


def profile_of(case: Case, lines: int = 25) -> str:
    """Where the time of a case goes."""
    profile = cProfile.Profile()
    try:
        with Watch():
            profile.runcall(case.verdict)
    except (StoppedError, Exception):
        pass
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(r"symconv|z3core|fractions", lines)
    return text.getvalue().replace(PACKAGE, "symconv")


def report(seed: str, found: list[Finding], statuses: Counter[str], peak: int) -> None:
    """Prints each kind of finding once, with its shortest example."""
    print(", ".join(f"{count} {status}" for status, count in statuses.most_common()), f"| peak {peak >> 20} MB")
    for (kind, _), group in deduplicated(found).items():
        first = group[0]
        print(f"\n{len(group)} × {kind} at {first.where}")
        if first.kind != kind:
            print(f"  {first.kind}")
        if first.seconds:
            worst = max(group, key=lambda each: each.cpu)
            over = ", ".join(f"{sum(each.cpu > most for each in group)} over {most} s" for most in (2, 3, 4, 6, 10))
            print(f"  {first.seconds:.1f} s, {first.cpu:.1f} s of CPU; of CPU: {over}")
            print(f"  worst: {worst.seconds:.1f} s, {worst.cpu:.1f} s of CPU, number {worst.number}: {worst.case}")
        print(f"  number {first.number}: {first.case}")
        if not first.seconds and not first.kind.startswith(("the process", "hangs", "memory")):
            print(f"  made smaller: {smaller(first, hostile_case(Random(f'{seed}/{first.number}')))}")


def main() -> int:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--number", type=int, default=10_000, help="cases [default: 10000]")
    parser.add_argument("--first", type=int, default=0, help="number of the first case [default: 0]")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--only", type=int, help="run the case of this number alone, in this process")
    parser.add_argument("--profile", action="store_true", help="with --only: say where the time goes")
    options = parser.parse_args()
    if options.only is not None:
        case: Any = hostile_case(Random(f"{options.seed}/{options.only}"))
        print(case)
        if options.profile:
            print(profile_of(case))
        start = process_time()
        print(case.verdict())
        print(f"{process_time() - start:.2f} s of CPU")
        return 0
    found, statuses, peak = run(options.seed, range(options.first, options.first + options.number))
    report(options.seed, found, statuses, peak)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
