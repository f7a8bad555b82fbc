"""Validation of a derivation on random sizes and data, as exactly as its dependence on the tensor allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, Protocol

from symconv.errors import SizeError, UnsupportedError
from symconv.evaluate.dependence import Dependence, dependence, needs_floats
from symconv.evaluate.elements import Element
from symconv.evaluate.reference import Environment, evaluate, gradient, tabulate
from symconv.evaluate.report import Failure, Report
from symconv.evaluate.sample import sample_sizes, size_symbols
from symconv.expr.nodes import Access, Expr
from symconv.expr.tensor import Definition, Tensor

Progress = Callable[[int, int], None]

TOLERANCE = 1e-9
_STEP = Fraction(1, 10**15)
_COMPLEX_STEP = 1e-30
# the slower comparisons run on every fifth case
_OFTEN = 5
_ENTRIES = 2


class StepLike(Protocol):
    """A recorded step: ``before = after``."""

    @property
    def before(self) -> Expr: ...  # noqa: D102
    @property
    def after(self) -> Expr: ...  # noqa: D102


class DerivationLike(Protocol):
    """What is validated: the gradient of a definition's loss by one tensor, with its steps."""

    @property
    def definition(self) -> Definition: ...  # noqa: D102
    @property
    def wrt(self) -> Tensor: ...  # noqa: D102
    @property
    def target(self) -> Access: ...  # noqa: D102
    @property
    def result(self) -> Expr: ...  # noqa: D102
    @property
    def steps(self) -> Sequence[StepLike]: ...  # noqa: D102


def validate(derivation: DerivationLike, cases: int = 200, seed: int = 0, progress: Progress | None = None) -> Report:
    """Check a derived gradient numerically, L being Σ_o upstream[o] · O[o] with random upstream.

    Where the output is linear in the tensor: ``L(T + E) − L(T) = ⟨∂L/∂T, E⟩`` in exact integers. Where it is an
    extremum of linear forms: the same difference with a rational step so small that no winner changes, exactly,
    and tied inputs against dual numbers under the same tie rule. Otherwise: the complex step, to a relative
    :data:`TOLERANCE`. Every fifth case also compares every entry with dual numbers and every step with the one before.
    ``progress(done, cases)`` is called after each case.

    Errors: :class:`SizeError` where no admitted sizes were found.
    """
    _admit(derivation, cases)
    kind = dependence(derivation.definition.body, derivation.wrt.name)

    def check(case: _Case) -> Iterator[Failure]:
        yield from case.difference(kind)
        if kind == Dependence.PIECEWISE:
            yield from case.tied().entries("tied entries against dual numbers")
        if case.number % _OFTEN == 0:
            yield from case.entries("entries against dual numbers")
            yield from (case.tied() if kind == Dependence.PIECEWISE else case).steps()

    name, wrt = derivation.definition.name, derivation.wrt.name
    how = (_HOW[kind], *_HOW_ELSE[kind], f"every {_OFTEN}th case: every step equals the step before it")
    return _run(derivation, f"∂L/∂{wrt} of {name}", check, how, cases, seed, progress)


def _admit(derivation: object, cases: object) -> None:
    if not all(hasattr(derivation, name) for name in ("definition", "wrt", "target", "steps")):
        raise UnsupportedError(f"validate takes a derivation, as derive gives it, got {type(derivation).__name__}")
    if isinstance(cases, bool) or not isinstance(cases, int) or cases < 1:
        raise SizeError(f"cases must be an integer of at least 1, got {cases!r}")


def validate_steps(
    derivation: DerivationLike, cases: int = 40, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Check that every recorded step's two sides evaluate to the same numbers on random data.

    The first line, ∂L/∂T itself, is evaluated by dual numbers; at each case a few random entries are compared.
    """
    kind = dependence(derivation.definition.body, derivation.wrt.name)

    def check(case: _Case) -> Iterator[Failure]:
        tied = kind == Dependence.PIECEWISE and case.number % 2 == 0
        yield from (case.tied() if tied else case).steps()

    name, wrt = derivation.definition.name, derivation.wrt.name
    how = (f"both sides of each of {len(derivation.steps)} steps evaluated by plain loops at random entries",)
    return _run(derivation, f"steps of ∂L/∂{wrt} of {name}", check, how, cases, seed, progress)


_HOW = {
    Dependence.NONE: "the output does not depend on the tensor: the gradient is 0, exactly",
    Dependence.LINEAR: "each case: L(T + E) − L(T) = ⟨∂L/∂T, E⟩ for random integers, exactly (L is linear in T)",
    Dependence.PIECEWISE: "each case: L(T + hE) − L(T) = h⟨∂L/∂T, E⟩ in rational numbers, exactly "
    "(h so small that no winner changes)",
    Dependence.SMOOTH: f"each case: Im L(T + ihE)/h = ⟨∂L/∂T, E⟩ by the complex step, to {TOLERANCE:.0e} relative",
}
_ENTRYWISE = f"every {_OFTEN}th case: every entry equals its derivative by dual numbers"
_HOW_ELSE = {
    Dependence.NONE: (_ENTRYWISE,),
    Dependence.LINEAR: (_ENTRYWISE,),
    Dependence.PIECEWISE: (
        "each case: inputs with ties, every entry equals its derivative by dual numbers under the tie rule",
        _ENTRYWISE,
    ),
    Dependence.SMOOTH: (_ENTRYWISE,),
}


def _run(
    derivation: DerivationLike,
    subject: str,
    check: Callable[[_Case], Iterator[Failure]],
    how: tuple[str, ...],
    cases: int,
    seed: int,
    progress: Progress | None,
) -> Report:
    start = time.perf_counter()
    rng = Random(seed)
    symbols = size_symbols(derivation.definition)
    first: Failure | None = None
    mismatches, worst = 0, 0.0
    for number in range(cases):
        # half of the cases hold one size at its minimum, each size in turn
        smallest = symbols[number // 2 % len(symbols)] if symbols and number % 2 else None
        sizes = sample_sizes(derivation.definition, rng, smallest=smallest) or sample_sizes(derivation.definition, rng)
        if sizes is None:
            raise SizeError(f"no small sizes satisfy what {derivation.definition.name} demands of its sizes")
        case = _Case(derivation, number, sizes, rng)
        failure = next(check(case), None)
        worst = max(worst, *case.errors, 0.0)
        if failure is not None:
            mismatches += 1
            first = first or failure
        if progress is not None:
            progress(number + 1, cases)
    return Report(subject, cases, mismatches, worst, how, time.perf_counter() - start, seed, first)


class _Case:
    """One choice of sizes with random data; ``errors`` collects the differences seen that are not 0."""

    def __init__(
        self,
        derivation: DerivationLike,
        number: int,
        sizes: dict[str, int],
        rng: Random,
        draw: Callable[[], Element] | None = None,
    ) -> None:
        self.derivation, self.number, self.sizes, self.rng = derivation, number, sizes, rng
        self.errors: list[float] = []
        definition = derivation.definition
        if draw is None:
            # roots need positive numbers; elsewhere pairwise distinct integers, so that no window has a tie
            smooth = dependence(definition.body, derivation.wrt.name) == Dependence.SMOOTH
            floats = smooth or needs_floats(definition.body)
            draw = (lambda: rng.uniform(0.5, 1.5)) if floats else _distinct(rng)
        tensors = (*definition.inputs, definition.upstream)
        values = {tensor.name: self.filled(tensor, draw) for tensor in tensors}
        self.env = Environment(sizes, values, {definition.output.name: definition})

    def filled(self, tensor: Tensor, draw: Callable[[], Element]) -> Any:
        return _nested(tuple(size.value(self.sizes) for size in tensor.shape), draw)

    def tied(self) -> _Case:
        """The same sizes with few different values, so that windows have ties."""
        case = _Case(self.derivation, self.number, self.sizes, self.rng, lambda: self.rng.randint(0, 2))
        case.errors = self.errors
        return case

    def result(self) -> Any:
        derivation = self.derivation
        return tabulate((derivation.target.indices, derivation.result, derivation.wrt.shape), self.env)

    def difference(self, kind: Dependence) -> Iterator[Failure]:
        """The change of the loss along a random direction against the gradient."""
        wrt = self.derivation.wrt
        direction = self.filled(wrt, lambda: self.rng.randint(-9, 9))
        step: Element = {Dependence.PIECEWISE: _STEP, Dependence.SMOOTH: _COMPLEX_STEP * 1j}.get(kind, 1)
        base = self.env.tensors[wrt.name]
        moved_values = _zip(lambda value, change: value + step * change, base, direction)
        moved = self.loss(replace(self.env, tensors={**self.env.tensors, wrt.name: moved_values}))
        change: Element
        if kind == Dependence.SMOOTH:
            change = complex(moved).imag / _COMPLEX_STEP
        else:
            change = (moved - self.loss(self.env)) / step if step != 1 else moved - self.loss(self.env)
        found = sum(_flat(_zip(lambda slope, by: slope * by, self.result(), direction)), 0)
        if not self.agree(change, found):
            yield from self.entries("entries against dual numbers")
            yield Failure("change of the loss along a random direction", self.sizes, (), change, found)

    def loss(self, env: Environment) -> Element:
        definition = self.derivation.definition
        upstream = env.tensors[definition.upstream.name]
        return sum(_flat(_zip(lambda slope, out: slope * out, upstream, tabulate(definition, env))), 0)

    def entries(self, check: str) -> Iterator[Failure]:
        """Every entry of the result against dual numbers."""
        derivation = self.derivation
        expected = gradient(derivation.definition, derivation.wrt, self.env)
        found = self.result()
        shape = [size.value(self.sizes) for size in derivation.wrt.shape]
        for entry, one, other in zip(product(*map(range, shape)), _flat(expected), _flat(found), strict=True):
            if not self.agree(one, other):
                yield Failure(check, self.sizes, entry, one, other)

    def steps(self) -> Iterator[Failure]:
        """Each step's two sides at a few random entries."""
        derivation = self.derivation
        names = [str(index) for index in derivation.target.indices]
        for _ in range(_ENTRIES):
            entry = tuple(self.rng.randrange(size.value(self.sizes)) for size in derivation.wrt.shape)
            env = replace(self.env, indices=dict(zip(names, entry, strict=True)))
            line: Expr = derivation.target
            value = evaluate(line, env)
            for number, step in enumerate(derivation.steps):
                before = value if step.before == line else evaluate(step.before, env)
                line, value = step.after, evaluate(step.after, env)
                if not self.agree(before, value):
                    yield Failure(f"step {number + 1} of {len(derivation.steps)}", self.sizes, entry, before, value)

    def agree(self, expected: Element, found: Element) -> bool:
        """Exact equality of integers and fractions; floats to a relative tolerance."""
        if expected == found:
            return True
        if isinstance(expected, (int, Fraction)) and isinstance(found, (int, Fraction)):
            self.errors.append(abs(float(expected - found)))
            return False
        error = abs(float(expected) - float(found))
        self.errors.append(error)
        return error <= TOLERANCE * max(1.0, abs(float(expected)))


def _distinct(rng: Random) -> Callable[[], int]:
    seen: set[int] = set()

    def draw() -> int:
        while (value := rng.randint(-(10**6), 10**6)) in seen:
            pass
        seen.add(value)
        return value

    return draw


def _nested(shape: tuple[int, ...], draw: Callable[[], Element]) -> Any:
    return [_nested(shape[1:], draw) for _ in range(shape[0])] if shape else draw()


def _zip(combine: Callable[[Element, Element], Element], left: Any, right: Any) -> Any:
    if isinstance(left, list):
        return [_zip(combine, one, other) for one, other in zip(left, right, strict=True)]
    return combine(left, right)


def _flat(nested: Any) -> Iterator[Element]:
    if isinstance(nested, list):
        for part in nested:
            yield from _flat(part)
    else:
        yield nested
