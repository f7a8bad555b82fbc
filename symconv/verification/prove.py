"""Proof that two expressions are equal for all admitted sizes, all indices in their ranges and all tensors.

The argument is in ``docs/soundness.md``. In short: both sides are sums of terms  c · Σ_b [guards] Π_j F_j(a_j).
Two terms with the same heads F_j are equal if each assignment b of the one that contributes meets exactly one
assignment b' of the other with the same coordinates and the same coefficient, and the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from symconv.expr.nodes import Expr
from symconv.expr.tensor import Definition
from symconv.index.affine import Affine
from symconv.index.domain import Guard, Range
from symconv.rewrite.normal import to_terms
from symconv.time_limit import OutOfTime, time_limit
from symconv.verification.conditions import Zero
from symconv.verification.domain import Domain
from symconv.verification.outside import reads_outside
from symconv.verification.relations import Relation, Solved, counted, relation_of, solve, undefined
from symconv.verification.skeleton import Head, UnprovableError
from symconv.verification.totals import equal_totals

Reading = Literal["zero", "forbidden"]
_MOST_PAIRS, _MOST_TOTALS = 30, 6
_LOOSE = 2


@dataclass(frozen=True)
class Proof:
    """``proved``, or ``unknown`` with the reason; ``timed_out`` says that the time ran out on the way.

    ``assumptions`` are conditions that the statement needs besides the definition's own.
    """

    status: Literal["proved", "unknown"]
    why: str = ""
    assumptions: tuple[Guard, ...] = ()
    timed_out: bool = False

    def __bool__(self) -> bool:
        return self.status == "proved"


def prove(
    claim: Expr,
    truth: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    *,
    outside: Reading = "zero",
    given: tuple[Guard, ...] = (),
    timeout_ms: int = 2000,
) -> Proof:
    """Prove ``claim = truth`` for all sizes that the definition admits and all free indices in ``ranges``.

    ``outside`` says what a read beyond a zero-padded tensor is: ``zero``, or ``forbidden`` (then the claim must also
    never read there). ``given`` are further conditions on sizes under which the claim is to be proved. The status
    ``unknown`` says nothing about the claim.

    >>> from symconv.expr.nodes import Access, Sum, binder
    >>> from symconv.expr.tensor import Tensor
    >>> from symconv.index.domain import Assumptions
    >>> n, i, zero = Affine.of("n"), Affine.of("i"), Affine.of(0)
    >>> x = Tensor("x", "input", (n,), ("i",), ("S1",))
    >>> y = Tensor("y", "output", (), (), ())
    >>> forward = Sum(Access(x, (i,)), (binder("i", "n"),))
    >>> backward = Sum(Access(x, (n - 1 - i,)), (binder("i", "n"),))
    >>> prove(backward, forward, Definition("sum", y, forward, (x,), Assumptions({"n": 1})), {}).status
    'proved'
    """
    domain = Domain(definition, ranges, given)
    return proof_in_time(lambda: _why_not(claim, truth, domain, outside), given, timeout_ms)


def proof_in_time(why_not: Callable[[], str | None], given: tuple[Guard, ...], timeout_ms: int) -> Proof:
    """A proof where ``why_not`` finds no reason against it in the time."""
    with time_limit(timeout_ms / 1000) as limit:
        try:
            reason = why_not()
        except UnprovableError as error:
            reason = str(error)
        except OutOfTime:
            reason = "the time is over"
    if reason is None:
        return Proof("proved", assumptions=given)
    return Proof("unknown", reason, given, limit.over)


def _why_not(claim: Expr, truth: Expr, domain: Domain, outside: Reading) -> str | None:
    domain.check()
    if outside == "forbidden":
        reading = reads_outside(claim, domain.definition, domain.ranges, given=domain.given)
        if reading.status != "never":
            return "an entry outside its tensor may be read"
    sides = [
        [relation_of(counted(term), domain, mark) for term in to_terms(side)]
        for side, mark in ((claim, "a"), (truth, "b"))
    ]
    for relation in (relation for side in sides for relation in side):
        if reason := undefined(relation, domain):
            return reason
    for head in dict.fromkeys(relation.heads for side in sides for relation in side):
        left, right = ([relation for relation in side if relation.heads == head] for side in sides)
        if not _equal_groups(left, right, domain):
            return f"no proof that the terms in {_names(head)} are equal"
    return None


def _names(heads: tuple[Head, ...]) -> str:
    return "·".join(str(head[1]) if head[0] == "entry" else str(head[0]) for head in heads) or "numbers"


def _equal_groups(left: list[Relation], right: list[Relation], domain: Domain) -> bool:
    """Whether the sums of two lists of terms with the same heads are equal."""
    if max(len(left), len(right)) > _MOST_PAIRS:
        return False
    left, right = _without_pairs(left, right, domain)
    left, right = ([each for each in side if not _empty(each, domain)] for side in (left, right))
    if not left and not right:
        return True
    return max(len(left), len(right)) <= _MOST_TOTALS and equal_totals(left, right, domain)


def _without_pairs(
    left: list[Relation], right: list[Relation], domain: Domain
) -> tuple[list[Relation], list[Relation]]:
    """What is left after taking out pairs of equal terms."""
    rest: list[Relation] = []
    for relation in left:
        partner = next((other for other in right if _same(relation, other, domain)), None)
        if partner is None:
            rest.append(relation)
        else:
            right = [other for other in right if other is not partner]
    return rest, right


def _empty(relation: Relation, domain: Domain) -> bool:
    return domain.theory(*relation.conditions, indices=relation.indices).contradictory()


def _same(left: Relation, right: Relation, domain: Domain) -> bool:
    """Whether two terms are equal, in some order of the factors that have the same head."""
    return any(_covers(left, arranged, domain) and _covers(arranged, left, domain) for arranged in right.arrangements())


def _covers(left: Relation, right: Relation, domain: Domain) -> bool:
    """Whether each contributing assignment of ``left`` has exactly one partner in ``right``.

    Indices that the coordinates leave open on both sides are paired with each other, as further coordinates.
    """
    solved = solve(right, left.place, domain)
    if not solved.loose:
        return _follows(left, solved, domain)
    own = solve(left, right.place, domain).loose
    endless = {*left.endless, *right.endless} & {*own, *solved.loose}
    if len(own) != len(solved.loose) or len(own) > _LOOSE or endless:
        return False
    return any(_follows(left, _paired(solved, order), domain) for order in permutations(own))


def _paired(solved: Solved, partners: tuple[str, ...]) -> Solved:
    values = {name: Affine.of(partner) for name, partner in zip(solved.loose, partners, strict=True)}
    return Solved(
        tuple(type(each)(each.form.replace(values)) for each in solved.conditions),
        solved.num.replace(values),
        solved.den.replace(values),
        (),
    )


def _follows(left: Relation, solved: Solved, domain: Domain) -> bool:
    theory = domain.theory(*left.conditions, indices=left.indices)
    same = Zero(left.num * solved.den - solved.num * left.den)
    return all(theory.proves(condition) for condition in (*solved.conditions, same))
