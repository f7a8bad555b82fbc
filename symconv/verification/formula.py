"""``verify``: a formula in LaTeX against a layer, from reading to verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import monotonic

from symconv.errors import SymconvError
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import HasDefinition
from symconv.meaning.chains import Statement, statement_of
from symconv.meaning.choices import Attempt, Choices, readings
from symconv.meaning.claim import Context
from symconv.meaning.errors import BoundTwiceError, MeaningError, RankError, ShapeError
from symconv.meaning.extent import check_extent, count
from symconv.meaning.formulas import Claims, claims_of
from symconv.meaning.given import check_context, definition_of
from symconv.meaning.region import is_region
from symconv.meaning.starts import Base
from symconv.parse.places import Reading
from symconv.parse.read import read
from symconv.time_limit import OutOfTime, limit_of, time_limit
from symconv.verification.claims import decide_all
from symconv.verification.stacks import decide_receptive
from symconv.verification.verdict import Verdict

# Only a net under a stranger's formula: tools/fuzz.py reports every formula that falls into it as a defect of ours.
NO_VALUE = "under this reading some part of the formula has no value for the layer"
MOST_DIAGNOSED = 200
"""Symbols, signs and brackets of a formula whose mistake is sought."""
SECONDS = 1.2
"""The time for all readings of a formula together."""
ALTOGETHER = 1.8
"""The time for the readings and for finding the mistake."""
TRYING = 1.0
"""After this time no further reading is tried."""
TOO_LONG = f"the formula could not be judged in {SECONDS} seconds"
NOT_FOUND = "the time was over before a mistake was found"
NOT_ALL = "there are other ways to read the formula, which there was no time to try"


def verify(
    latex: str,
    op: HasDefinition | Definition | None,
    what: str | None = None,
    wrt: str | None = None,
    roles: Mapping[str, str] | None = None,
    sizes: Mapping[str, str] | None = None,
    layout: Mapping[str, str] | None = None,
    index_base: Base | None = None,
    infix: Mapping[str, str] | None = None,
) -> Verdict:
    r"""Whether a formula written by hand is right for the layer, for all sizes.

    ``op`` is the layer, or None for an identity between matrices. ``what`` is the kind of the formula (forward,
    gradient, recursion, output_size, parameters, receptive_field, matrix, identity, derivative, arithmetic); it is
    needed for sizes and counts, elsewhere the left side tells. ``wrt`` is the tensor of a gradient; ``roles`` maps a
    symbol to input, kernel, weight, bias, output, upstream, loss, pre_activation, activation, target or indicator;
    ``sizes`` a size as written to one of the layer's or to an expression in them; ``layout`` a role to the order of its
    axes (``{"input": "HWC"}``; an axis left out is one that the formula does not speak of); ``index_base`` says where
    positions are counted from, for all arrays or by symbol; ``infix`` what an operator sign is where the source defines
    it (``{"*": "full convolution"}``).

    What is not said is inferred, and the verdict's ``reading`` tells how the formula was read. Where it can be read in
    several ways, all are tried; the verdict is that of the reading under which it holds, and tells of the others.

    >>> import symconv as sc
    >>> verdict = sc.verify(r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i-m}", sc.Conv1d())
    >>> verdict.status, verdict.diagnosis.corrected
    ('refuted', '\\frac{\\partial L}{\\partial K_m} = \\sum_i \\delta_i I_{i+m}')
    """
    start = monotonic()
    try:
        context = Context(definition_of(op), what, wrt, roles, sizes, layout, index_base, infix)
        reading = read(latex)
        best, made = judge(reading, context)
    except SymconvError as error:
        return Verdict("not_understood", message=str(error), seconds=monotonic() - start)
    if best.status == "refuted" and what != "receptive_field" and count(reading.box) <= MOST_DIAGNOSED:
        from symconv.verification.diagnosing import diagnosis_of  # as long to import as all the rest of a proof

        left = ALTOGETHER - (monotonic() - start)
        found = diagnosis_of(reading.box, context, made, best, seconds=left)
        over = found is None and monotonic() - start >= ALTOGETHER
        best = replace(best, diagnosis=found, reading=(*best.reading, NOT_FOUND) if over else best.reading)
    return replace(best, seconds=monotonic() - start)


Judged = tuple[Verdict, Mapping[str, object]]
"""A verdict, and the answers to what the formula leaves open under which it was given."""


def judge(reading: Reading, context: Context) -> Judged:
    """The verdict on a formula without a diagnosis.

    Errors: :class:`~symconv.errors.SymconvError` where the context itself is wrong.
    """
    check_context(context)
    check_extent(reading.box)
    judged: list[Judged] = []
    with time_limit(SECONDS):
        try:
            for each in _verdicts(reading, statement_of(reading.box), context):
                judged.append(each)
        except OutOfTime:
            if not judged:
                raise MeaningError(TOO_LONG) from None
            best, made = _best(judged)
            return best if best.status == "proved" else replace(best, reading=(*best.reading, NOT_ALL)), made
    best, made = _best(judged)
    return replace(best, reading=(*_remarks(reading), *best.reading)), made


def _remarks(reading: Reading) -> Iterator[str]:
    """What stands over and under braces and relations, told because it is not read; not numbers and labels."""
    for remark in reading.remarks:
        text = remark.text.strip()
        if text and not text.startswith((r"\tag", r"\label")):
            yield f"{text} is no part of the formula"


def _verdicts(reading: Reading, statement: Statement, context: Context) -> Iterator[Judged]:
    if context.what == "receptive_field" and not is_region(statement):
        if context.definition is None:
            raise MeaningError("a formula of the kind receptive_field needs a layer")
        yield decide_receptive(statement, context.definition), {}
        return
    enough = limit_of(TRYING)
    for number, attempt in enumerate(readings(lambda choices: _claims(statement, context, choices))):
        if number and enough.over:
            raise OutOfTime
        yield _verdict(reading, attempt, context), attempt.made


def _claims(statement: Statement, context: Context, choices: Choices) -> Claims:
    try:
        return claims_of(statement, context, choices)
    except RecursionError:
        raise MeaningError("the parts of the formula stand too deep in each other") from None
    except (ArithmeticError, LookupError, ValueError):
        raise MeaningError(NO_VALUE) from None


def _verdict(reading: Reading, attempt: Attempt[Claims], context: Context) -> Verdict:
    if attempt.value is None:
        assert attempt.error is not None
        status = "refuted" if _is_mistake(attempt.error, context) else "not_understood"
        return Verdict(status, message=_placed(reading, attempt.error), reading=attempt.sentences)  # type: ignore[arg-type]
    try:
        return replace(decide_all(attempt.value, context.definition), reading=attempt.sentences)
    except SymconvError as error:
        return Verdict("not_understood", message=str(error), reading=attempt.sentences)
    except (ArithmeticError, LookupError, ValueError, RecursionError):
        return Verdict("not_understood", message=NO_VALUE, reading=attempt.sentences)


def _is_mistake(error: MeaningError, context: Context) -> bool:
    """Whether a formula without meaning is wrong for that reason: matrices that do not fit, one index too many.

    Or an index that stands on the left side and below a sum.
    """
    spatial = context.definition is not None and any(kind[0] in "SO" for kind in context.definition.output.axes)
    return (isinstance(error, ShapeError) and (error.certain or not spatial)) or isinstance(
        error, (BoundTwiceError, RankError)
    )


def _placed(reading: Reading, error: MeaningError) -> str:
    """The message, with line, column and a caret where the error knows its place."""
    if error.box is not None and reading.knows(error.box):
        return str(reading.error(error.box, str(error)))
    return str(error)


def _best(judged: list[Judged]) -> Judged:
    """The reading under which the formula holds, if there is one; the other readings are mentioned."""
    order = {"proved": 0, "checked": 1, "refuted": 2, "not_understood": 3}
    best, made = min(judged, key=lambda pair: order[pair[0].status])
    said = []
    for other, _ in judged:
        differing = [sentence for sentence in other.reading if sentence not in best.reading]
        if other.status not in (best.status, "not_understood") and differing:
            said.append(f"otherwise ({'; '.join(differing)}): {other.status}")
    return replace(best, reading=(*best.reading, *dict.fromkeys(said))), made
