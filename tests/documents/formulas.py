"""Every formula that the documents are made of: layer × tensor × form under one notation, as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from random import Random
from typing import Any, NamedTuple

from symconv.errors import UnsupportedError
from symconv.evaluate.sample import sample_sizes
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import Derivation
from symconv.ops.operation import Operation
from symconv.typeset.api import FORMS, latex
from symconv.typeset.presets import notations
from tests.catalogue import ENTRIES, Entry
from tests.laws.cases import derivation

SIDE = 10
"""Explicit matrices of up to this many rows and columns are set."""

LARGE: tuple[Entry, ...] = (
    Entry("10 by 10 input", "conv2d", {"kernel_size": 3, "stride": 3, "padding": 1, "input_size": SIDE}),
    Entry("10 by 10 kernel", "conv2d", {"kernel_size": SIDE, "input_size": SIDE + 1}),
    Entry("10 by 10 average", "avgpool2d", {"kernel_size": 2, "input_size": SIDE}),
    Entry("10 by 10 maximum", "maxpool2d", {"kernel_size": 2, "input_size": SIDE}),
    Entry("10 by 10 padded", "pad", {"padding": 1, "input_size": SIDE - 2}),
    Entry("10 by 10 weights", "dense", {"in_features": SIDE, "out_features": SIDE}),
    Entry("10 by 10 transposed", "convtranspose2d", {"kernel_size": 2, "stride": 2, "input_size": SIDE // 2}),
)


class Formula(NamedTuple):
    """What was typeset, its form, and its LaTeX."""

    id: str
    form: str
    body: str


@cache
def formulas(notation: str) -> tuple[Formula, ...]:
    """All formulas under a notation; a form that a layer does not have is left out."""
    return tuple(found for entry in (*ENTRIES, *LARGE) for found in _of_entry(entry, notation))


def _of_entry(entry: Entry, notation: str) -> Iterator[Formula]:
    targets: list[tuple[str, Operation | Derivation]] = [("definition", entry.operation)]
    targets += [(name, derivation(entry, name, notations[notation].eliminate)) for name in entry.tensors]
    for name, what in targets:
        for form in FORMS:
            for values, steps in product(_values(entry, form), (False, True)):
                numbers = ", numbers" if any(isinstance(value, list) for value in values.values()) else ""
                label = f"{entry.id}, {name}, {form}{numbers}, {'steps' if steps else 'result'}"
                try:
                    yield Formula(label, form, latex(what, form, notation, steps, **values))
                except UnsupportedError:
                    continue


@cache
def _values(entry: Entry, form: str) -> tuple[dict[str, Any], ...]:
    """What the explicit form needs: sizes alone, and sizes with arrays of integers."""
    if form != "explicit":
        return ({},)
    definition, rng = entry.operation.definition, Random(entry.id)
    every = sample_sizes(definition, rng, work=100) or sample_sizes(definition, rng, work=20_000)
    assert every is not None
    sizes: dict[str, Any] = {name: value for name, value in every.items() if name not in definition.derived}
    arrays = {tensor.name: _array(tensor, every, rng) for tensor in definition.inputs}
    return sizes, {**sizes, **arrays, "upstream": _array(definition.upstream, every, rng)}


def _array(tensor: Tensor, sizes: dict[str, int], rng: Random) -> Any:
    low = 1 if tensor.role == "input" else -9

    def fill(axes: list[int]) -> Any:
        return [fill(axes[1:]) for _ in range(axes[0])] if axes else rng.randint(low, 9)

    return fill([size.value(sizes) for size in tensor.shape])
