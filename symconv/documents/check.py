"""``check``: every formula of documents that a layer is bound to, verified; one after another or by an executor."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from functools import lru_cache

from symconv.documents.bindings import Binding
from symconv.documents.document import Found, read_document
from symconv.documents.finding import FAILED, Finding
from symconv.documents.places import DocumentError
from symconv.errors import SymconvError
from symconv.ops.operation import Operation
from symconv.verification.formula import verify
from symconv.verification.verdict import Verdict

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
_PLACE = re.compile(r"line ([0-9]+), column ([0-9]+): ")


def check(paths: Paths, executor: Executor | None = None) -> tuple[Finding, ...]:
    """The formulas of LaTeX, Markdown and notebook files that a layer is bound to, each with its verdict, in order.

    Displays that look like formulas of a layer and have no binding are among the findings; their ``verdict`` is None.
    ``executor`` runs the verifications: any ``concurrent.futures`` executor, also that of a Dask client
    (``client.get_executor()``). DocumentError where a file cannot be read or a binding is wrong.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notes = pathlib.Path(folder, "notes.tex")
    ...     _ = notes.write_text("% symconv: conv1d stride=s\\n\\\\[ O_i = \\\\sum_m K_m I_{i+m} \\\\]")
    ...     (finding,) = check(notes)
    >>> finding.line, finding.column, finding.status, finding.layer
    (2, 4, 'refuted', 'conv1d stride=s')
    """
    return tuple(findings(paths, executor))


def findings(paths: Paths, executor: Executor | None = None) -> Iterator[Finding]:
    """The findings of :func:`check` one by one, as soon as they are known. All documents are read first."""
    names = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    found = [formula for name in names for formula in read_document(os.fspath(name))]
    futures: dict[tuple[str, Binding], Future[Verdict]] = {}
    if executor is not None:
        for formula in found:
            if formula.binding is not None and (task := (formula.formula.reading.text, formula.binding)) not in futures:
                futures[task] = executor.submit(verify_bound, *task)
    known: dict[tuple[str, Binding], Verdict] = {}
    try:
        for formula in found:
            verdict = None
            if formula.binding is not None:
                task = (formula.formula.reading.text, formula.binding)
                if task not in known:
                    known[task] = futures[task].result() if task in futures else verify_bound(*task)
                verdict = _placed(known[task], formula)
            yield _finding(formula, verdict)
    except BrokenExecutor:
        raise DocumentError("a worker process ended before it was done; try fewer jobs") from None
    finally:
        for future in futures.values():
            future.cancel()


def verify_bound(latex: str, binding: Binding) -> Verdict:
    """The verdict on a formula, in any process: both arguments and the verdict can be pickled."""
    try:
        return verify(latex, _operation(binding), **binding.arguments())
    except SymconvError as error:
        return Verdict("not_understood", message=str(error))
    except Exception as error:  # a bug; the other formulas of the documents must not lose their verdicts by it
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return Verdict("not_understood", message=f"{FAILED} ({said}); please report the formula")


@lru_cache(maxsize=64)
def _operation(binding: Binding) -> Operation:
    return binding.operation()


def _finding(found: Found, verdict: Verdict | None) -> Finding:
    place = found.page.place(found.formula.start)
    return Finding(
        place.path,
        place.cell,
        place.line,
        place.column,
        found.formula.text,
        found.formula.display,
        None if found.binding is None else str(found.binding),
        verdict,
        found.likely,
    )


def _placed(verdict: Verdict, found: Found) -> Verdict:
    """The verdict; where its message names a place in the formula, it names that place in the document."""
    match = _PLACE.match(verdict.message)
    if match is None:
        return verdict
    reading = found.formula.reading
    lines = reading.text.split("\n")[: int(match[1]) - 1]
    at = min(sum(len(line) + 1 for line in lines) + int(match[2]) - 1, len(reading.text))
    place = found.page.place(found.formula.start + reading.source_of(at))
    said = f"line {place.line}, column {place.column}: {verdict.message[match.end() :]}"
    return replace(verdict, message=said)
