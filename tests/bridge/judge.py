"""Numbers from SymPy's own ``lambdify``, ``subs`` and ``doit``, to be compared with the plain loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
import sympy

from symconv.evaluate.reference import Environment, gradient, tabulate
from symconv.evaluate.sample import sample_sizes, size_symbols
from symconv.expr.sympy_index import indexed_base, symbol
from symconv.expr.tensor import Definition, Tensor
from symconv.gradient.derivation import Derivation, derive
from symconv.gradient.sympy_form import to_sympy
from symconv.ops.operation import Operation

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Case:
    """One operation with random sizes and entries; ``values`` are drawn from for the entries."""

    op: Operation
    seed: int = 0
    values: Sequence[int] = range(-4, 5)
    work: int = 60

    @property
    def definition(self) -> Definition:
        return self.op.definition

    @cached_property
    def sizes(self) -> dict[str, int]:
        work = self.work
        while (sizes := sample_sizes(self.definition, Random(self.seed), work=work)) is None:
            work *= 2
            assert work < 1000
        return sizes

    @cached_property
    def arrays(self) -> dict[str, Any]:
        rng = Random(self.seed)
        found: dict[str, Any] = {}
        for tensor in (*self.definition.inputs, self.definition.upstream):
            array = np.zeros(tuple(size.value(self.sizes) for size in tensor.shape), dtype=int)
            for position in np.ndindex(*array.shape):
                array[position] = rng.choice(self.values)
            found[tensor.name] = array
        return found

    @property
    def environment(self) -> Environment:
        return Environment(self.sizes, {name: array.tolist() for name, array in self.arrays.items()})

    @property
    def tensors(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in (*self.definition.inputs, self.definition.upstream)}

    def formulas(self) -> Iterator[Formula]:
        """The forward definition and the gradient by every input."""
        output = self.definition.output
        yield Formula(self, self.definition, output.indices, tabulate(self.definition, self.environment))
        for tensor in self.definition.inputs:
            derivation = derive(self.op, tensor.name)
            names = tuple(str(index) for index in derivation.target.indices)
            yield Formula(self, derivation, names, gradient(self.definition, tensor, self.environment))


@dataclass(frozen=True)
class Formula:
    """A formula, its free indices, and its value by plain loops (for a gradient: by dual numbers)."""

    case: Case
    what: Definition | Derivation
    indices: tuple[str, ...]
    expected: Any

    def by_lambdify(self, form: str, modules: str | None, *, sizes_first: bool = False) -> int:
        """Compare every entry; the number of entries."""
        case, expected = self.case, np.array(self.expected, dtype=float)
        expr = to_sympy(self.what, case.sizes if sizes_first else None, form=form)  # type: ignore[arg-type]
        sizes = size_symbols(case.definition)
        bases = [indexed_base(name) if array.ndim else sympy.Symbol(name) for name, array in case.arrays.items()]
        arguments = [*map(symbol, sizes), *map(symbol, self.indices), *bases]
        function = sympy.lambdify(arguments, expr, modules=modules) if modules else sympy.lambdify(arguments, expr)
        values = [case.sizes[name] for name in sizes]
        arrays = [array if array.ndim else int(array) for array in case.arrays.values()]
        for position in np.ndindex(*expected.shape):
            self._compare(function(*values, *position, *arrays), expected[position], position, expr)
        return expected.size

    def by_doit(self, form: str, entries: int) -> None:
        """Compare some entries, first with symbols for the tensors' entries and then with numbers."""
        case, expected = self.case, np.array(self.expected, dtype=float)
        expr = to_sympy(self.what, form=form)  # type: ignore[arg-type]
        positions = list(np.ndindex(*expected.shape))
        Random(case.seed).shuffle(positions)
        numbers: dict[Any, int] = {}
        for name, array in case.arrays.items():
            for at in np.ndindex(*array.shape):
                numbers[indexed_base(name)[at] if array.ndim else sympy.Symbol(name)] = int(array[at])
        for position in positions[:entries]:
            names = {**case.sizes, **dict(zip(self.indices, position, strict=True))}
            written_out = expr.subs({symbol(name): value for name, value in names.items()}).doit()
            assert not written_out.has(sympy.Sum)
            self._compare(written_out.subs(numbers), expected[position], position, expr)

    def _compare(self, found: Any, expected: float, position: tuple[int, ...], expr: Any) -> None:
        close = abs(float(found) - expected) <= TOLERANCE * (1 + abs(expected))
        assert close, f"{self.case.op} {self.case.sizes} at {position}: SymPy {found}, loops {expected}: {expr}"
