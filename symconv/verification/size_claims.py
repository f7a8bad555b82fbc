"""Claims about sizes: output sizes, parameter counts, receptive fields, as identities between integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from time import monotonic

from symconv.expr.nodes import Scalar
from symconv.expr.tensor import Definition
from symconv.index.affine import ONE, Affine, Quotient
from symconv.index.domain import Divides, Guard
from symconv.rewrite.normal import reduced
from symconv.verification.conditions import Zero, compounds, exact_quotients, exactness, floored
from symconv.verification.configurations import configurations
from symconv.verification.domain import Domain
from symconv.verification.prove import Proof, proof_in_time
from symconv.verification.refute import Counterexample, Search
from symconv.verification.verdict import Verdict, sentence_of


def prove_size(
    claim: Scalar,
    truth: Scalar,
    definition: Definition,
    *,
    given: tuple[Guard, ...] = (),
    timeout_ms: int = 1000,
) -> Proof:
    """Prove ``claim = truth`` for all admitted sizes, floors and quotients included.

    Both sides must have a value wherever ``given`` holds: divisors of floors at least 1, a fraction's divisor not
    0, exact quotients whole. Derived sizes may be named (``O_1``) or written out.

    >>> import symconv as sc
    >>> definition = sc.Conv1d(stride="s", padding="p").definition
    >>> wrong = Scalar(Affine.of("W") + 2 * Affine.of("p") - "k_1" + "s", Affine.of("s"))
    >>> right = Scalar(definition.derived["O_1"])
    >>> prove_size(wrong, right, definition).status, prove_size(right, Scalar(Affine.of("O_1")), definition).status
    ('unknown', 'proved')
    """
    domain = Domain(definition, {}, given)
    return proof_in_time(lambda: _why_not(claim, truth, domain), given, timeout_ms)


def _why_not(claim: Scalar, truth: Scalar, domain: Domain) -> str | None:
    domain.check()
    forms = [claim.num, claim.den, truth.num, truth.den]
    unknown = frozenset().union(*(form.names() for form in forms)) - domain.sizes
    if unknown:
        return f"nothing is known of {', '.join(sorted(unknown))}"
    for form in forms:
        for atom in compounds(form):
            if isinstance(atom, Quotient) and not domain.positive(atom.den):
                return f"the divisor {atom.den} is not known to be at least 1"
    theory = domain.theory()
    for atom in exact_quotients(forms):
        if atom not in domain.exact_sizes and not theory.proves(exactness(atom)):
            return f"{atom.den} may not divide {atom.num}"
    for side in (claim, truth):
        if not domain.positive(side.den):
            return f"the divisor {side.den} may be zero"
    left, right = floored(claim.num) * floored(truth.den), floored(truth.num) * floored(claim.den)
    return None if theory.proves(Zero(left - right)) else "no proof that the two sizes are equal"


def refute_size(
    claim: Scalar,
    truth: Scalar,
    definition: Definition,
    *,
    given: Sequence[Guard] = (),
    seconds: float = 0.3,
    most: int = 3_000,
) -> Search:
    """The smallest admitted sizes at which the two values differ, or at which the claim has none."""
    start, examined = monotonic(), 0
    for configuration in configurations(definition, given=given, seconds=seconds, most=most):
        sizes = configuration.sizes
        right = _value(truth, sizes)
        examined += 1
        if isinstance(right, str):
            continue
        found = _value(claim, sizes)
        if found != right:
            problem = found if isinstance(found, str) else None
            counterexample = Counterexample(sizes, {}, "" if problem else str(found), str(right), problem=problem)
            return Search(counterexample, examined, monotonic() - start, "refuted")
    spent = monotonic() - start
    return Search(None, examined, spent, "time" if spent > seconds else "number")


def _value(side: Scalar, sizes: Mapping[str, int]) -> Fraction | str:
    try:
        return Fraction(side.num.value(sizes), side.den.value(sizes))
    except ZeroDivisionError:
        return "a divisor is zero"
    except ArithmeticError as error:
        return str(error)
    except KeyError as error:
        return f"nothing is known of {error.args[0]}"


def decide_size(
    claim: Scalar,
    truth: Scalar,
    definition: Definition,
    *,
    given: tuple[Guard, ...] = (),
    seconds: float = 0.3,
    timeout_ms: int = 1000,
) -> Verdict:
    """Whether two sizes are equal; where they are only if some division leaves no rest, that is the assumption.

    >>> import symconv as sc
    >>> definition = sc.Conv1d(stride="s", padding="p").definition
    >>> claim = Scalar(Affine.of("W") + 2 * Affine.of("p") - "k_1" + "s", Affine.of("s"))
    >>> verdict = decide_size(claim, Scalar(definition.derived["O_1"]), definition)
    >>> verdict.status, verdict.assumptions
    ('proved', ('s divides W - k_1 + 2*p',))
    >>> str(verdict.counterexample)
    'at O_1 = 1, W = 2, k_1 = 1, p = 0, s = 2: the claim gives 3/2, right is 1'
    """
    start = monotonic()
    search = refute_size(claim, truth, definition, given=given, seconds=seconds)
    if search.counterexample is None:
        proof = prove_size(claim, truth, definition, given=given, timeout_ms=timeout_ms)
        proved = bool(proof) and search.configurations > 0
        return Verdict(
            "proved" if proved else "checked",
            assumptions=tuple(map(sentence_of, given)) if proved else (),
            message="" if proved else "the proof timed out" if proof.timed_out else proof.why,
            configurations=search.configurations,
            timed_out=proof.timed_out,
            seconds=monotonic() - start,
        )
    for condition in _conditions(claim, definition):
        known = (*given, condition)
        if refute_size(claim, truth, definition, given=known, seconds=seconds).counterexample is not None:
            continue
        proof = prove_size(claim, truth, definition, given=known, timeout_ms=timeout_ms)
        if proof and next(iter(configurations(definition, given=known, seconds=seconds, most=1)), None):
            return Verdict(
                "proved",
                assumptions=tuple(map(sentence_of, known)),
                counterexample=search.counterexample,
                configurations=search.configurations,
                seconds=monotonic() - start,
            )
    return Verdict(
        "refuted",
        counterexample=search.counterexample,
        configurations=search.configurations,
        seconds=monotonic() - start,
    )


def _conditions(claim: Scalar, definition: Definition) -> Iterator[Divides]:
    """That a division in the claim leaves no rest: the fraction's own, then each quotient's.

    A claim without any division may be the layer's own, solved for another size: n = s·(o − 1) + k − 2p.
    """
    candidates = [(claim.den, claim.num)] if claim.den != ONE else []
    candidates += [(atom.den, atom.num) for form in (claim.num, claim.den) for atom in exact_quotients([form])]
    if not candidates and not any(True for form in (claim.num, claim.den) for _ in compounds(form)):
        own = [atom for form in definition.derived.values() for atom in compounds(form) if isinstance(atom, Quotient)]
        candidates += [(atom.den, atom.num) for atom in own if atom.rounding == "floor"]
    for den, num in dict.fromkeys(candidates):
        rest = _rest(num, den)
        if rest.terms:
            yield Divides(den, rest)


def _rest(num: Affine, den: Affine) -> Affine:
    """``num`` without the terms that ``den`` divides."""
    kept = [term for term in num.terms if reduced(Affine((term,)), den).den != ONE]
    return Affine(tuple(kept))
