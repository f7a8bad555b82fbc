"""Refutation: both expressions are evaluated exactly on all small configurations, the smallest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Any, Literal

from symconv.errors import SymconvError
from symconv.evaluate.dependence import needs_floats
from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.nodes import Expr, Reduce, Winner
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import walk
from symconv.index.domain import Guard, Range
from symconv.time_limit import OutOfTime, time_limit
from symconv.verification.configurations import configurations
from symconv.verification.entries import Kind, tensors_of, values_for
from symconv.verification.outside import padded_tensors
from symconv.verification.products import Products
from symconv.verification.reads import first_read_outside, free_positions
from symconv.verification.work import work_at

_TOLERANCE = 1e-9
_SHOWN = 4
_MOST_WORK = 300_000


@dataclass(frozen=True)
class Counterexample:
    """The smallest configuration at which the claim is wrong, the entry, and both values there.

    ``claim`` and ``truth`` are the values when the tensors' entries are the primes 2, 3, 5, … in order (or, where those
    happen to agree, large random numbers). ``surplus`` are the products that the claim has and the truth lacks,
    ``missing`` the other way round. ``problem`` says why the claim has no value, if it has none.
    """

    sizes: Mapping[str, int]
    entry: Mapping[str, int]
    claim: str
    truth: str
    surplus: str = "0"
    missing: str = "0"
    problem: str | None = None

    @property
    def total(self) -> int:
        """The sum of the sizes and hyperparameters: what “smallest” refers to."""
        return sum(self.sizes.values())

    def as_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return {
            "sizes": dict(self.sizes),
            "entry": dict(self.entry),
            "claim": self.claim,
            "truth": self.truth,
            "surplus": self.surplus,
            "missing": self.missing,
            "problem": self.problem,
        }

    def __str__(self) -> str:
        sizes = ", ".join(f"{name} = {value}" for name, value in self.sizes.items())
        entry = ", ".join(f"{name} = {value}" for name, value in self.entry.items())
        parts = [part for part in (sizes, entry and f"entry {entry}") if part]
        where = f"at {', '.join(parts)}: " if parts else ""
        if self.problem:
            return f"{where}{self.problem}"
        sides = [f"{verb} {what}" for verb, what in (("has", self.surplus), ("lacks", self.missing)) if what != "0"]
        return f"{where}the claim gives {self.claim}, right is {self.truth}" + (
            f" (the claim {' and '.join(sides)})" if sides else ""
        )


@dataclass(frozen=True)
class Search:
    """What a search found, the number of configurations that it examined, and why it ended."""

    counterexample: Counterexample | None
    configurations: int
    seconds: float
    ended: Literal["refuted", "time", "number", "work"]


def refute(
    claim: Expr,
    truth: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    *,
    outside: Literal["zero", "forbidden"] = "zero",
    given: Sequence[Guard] = (),
    seconds: float = 1.0,
    most: int = 5_000,
    skip: int = 0,
) -> Search:
    """Search for the smallest configuration at which the two expressions differ at some position of ``ranges``.

    Configurations come in order of the sum of all sizes and hyperparameters, then of their values; the search stops at
    the first difference, before an evaluation of more than 300,000 reads, after ``seconds``, or after ``most``
    configurations. Under ``outside="forbidden"``, a read of the claim beyond a tensor that the layer does not pad
    counts as a failure. ``skip`` leaves out as many of the first configurations (which an earlier search has examined).
    Where the truth itself has no value, nothing is compared.
    """
    start, examined = monotonic(), skip

    def ended(why: Literal["refuted", "time", "number", "work"], found: Counterexample | None = None) -> Search:
        return Search(found, examined, monotonic() - start, why)

    with time_limit(seconds) as limit:
        try:
            allowed = padded_tensors(definition) if outside == "forbidden" else None
            comparison = _Comparison(claim, truth, ranges, allowed)
            smallest = configurations(definition, given=given, seconds=seconds, most=skip + most)
            for configuration in islice(smallest, skip, None):
                if comparison.work(configuration.sizes) > _MOST_WORK:
                    return ended("work")
                found, compared = comparison.at(configuration.sizes)
                examined += compared
                if found is not None:
                    return ended("refuted", found)
        except OutOfTime:
            return ended("time")
        return ended("time" if limit.over else "number")


def differs_at(claim: Expr, truth: Expr, ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> bool:
    """Whether the two expressions differ at these sizes, at any position and for generic entries."""
    return _Comparison(claim, truth, ranges, None).at(sizes)[0] is not None


@dataclass(frozen=True)
class _Comparison:
    claim: Expr
    truth: Expr
    ranges: Mapping[str, Range]
    allowed: frozenset[str] | None

    def at(self, sizes: Mapping[str, int]) -> tuple[Counterexample | None, bool]:
        """The first difference at these sizes, and whether anything was compared (the truth had a value)."""
        compared = False
        if self.allowed is not None:
            try:
                read = first_read_outside(self.claim, self.ranges, sizes, self.allowed)
            except (ArithmeticError, KeyError, SymconvError):
                read = None  # the comparison below finds and words it
            if read is not None:
                return Counterexample(sizes, dict(read.at), "", "", problem=str(read)), True
        tensors = tensors_of(self.claim, self.truth)
        for kind, seed in self._draws():
            values = values_for(tensors, sizes, kind, seed)
            for at in free_positions(self.ranges, sizes):
                env = Environment(sizes, values, {}, at)
                right = _value(self.truth, env)
                if isinstance(right, str) or right != right:
                    continue  # the truth itself has no value
                compared = True
                found = _value(self.claim, env)
                if isinstance(found, str):
                    return Counterexample(sizes, at, "", str(right), problem=found), True
                if not _agree(found, right):
                    return self._explained(tensors, sizes, at, (found, right), kind), True
        return None, compared

    def work(self, sizes: Mapping[str, int]) -> int:
        """About how many entries an evaluation of both sides reads."""
        return work_at(self.claim, self.ranges, sizes) + work_at(self.truth, self.ranges, sizes)

    def _draws(self) -> Iterator[tuple[Kind, int]]:
        nodes = [*walk(self.claim), *walk(self.truth)]
        roots = needs_floats(self.claim) or needs_floats(self.truth)
        yield ("moderate" if roots else "generic"), 1
        if roots:
            yield "moderate", 2
            yield from (("signed", 5), ("signed", 6), ("signed", 7))
        if any(isinstance(node, (Reduce, Winner)) for node in nodes):
            yield "tied", 3
            yield "tied", 4

    def _explained(
        self,
        tensors: Mapping[str, Tensor],
        sizes: Mapping[str, int],
        at: Mapping[str, int],
        values: tuple[Any, Any],
        kind: Kind,
    ) -> Counterexample:
        found, right = values
        if kind != "tied":
            env = Environment(sizes, values_for(tensors, sizes, "small"), {}, at)
            small = _value(self.claim, env), _value(self.truth, env)
            if not any(isinstance(each, str) for each in small) and not _agree(*small):
                found, right = small
        surplus, missing = _products(self.claim, self.truth, tensors, sizes, at)
        return Counterexample(sizes, at, str(found), str(right), surplus, missing)


def _value(expr: Expr, env: Environment) -> Any:
    """The value, or a sentence that says why there is none."""
    try:
        found = evaluate(expr, env)
        return "a root of a negative number" if isinstance(found, complex) else found
    except ZeroDivisionError:
        return "a divisor is zero"
    except (ArithmeticError, SymconvError) as error:
        return str(error)
    except KeyError as error:
        return f"nothing is known of {error.args[0]}"


def _agree(found: Any, right: Any) -> bool:
    if isinstance(found, float) or isinstance(right, float):
        return bool(abs(found - right) <= _TOLERANCE * max(1.0, abs(found), abs(right)))
    return bool(found == right)


def _products(
    claim: Expr, truth: Expr, tensors: Mapping[str, Tensor], sizes: Mapping[str, int], at: Mapping[str, int]
) -> tuple[str, str]:
    """The first products that one side has and the other lacks; none where a side is no polynomial."""
    env = Environment(sizes, values_for(tensors, sizes, "products"), {}, at)
    try:
        gap = Products.of(evaluate(claim, env)) - Products.of(evaluate(truth, env))
    except (
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        SymconvError,
    ):  # a root or an extremum: no polynomial
        return "0", "0"
    return _first({p: f for p, f in gap.terms.items() if f > 0}), _first({p: -f for p, f in gap.terms.items() if f < 0})


def _first(terms: dict[tuple[str, ...], Fraction]) -> str:
    shown = dict(sorted(terms.items(), key=lambda item: (len(item[0]), item[0]))[:_SHOWN])
    return Products(shown).text() + (" + …" if len(terms) > _SHOWN else "")
