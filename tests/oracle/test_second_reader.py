"""A second reader: latex2sympy2 reads the explicit entries that symconv writes, and SymPy finds them right.

Each entry of a gradient stands on the paper as a sum of products of symbols. Read back, it is compared with SymPy's own
``diff`` of the loss, which is the definition evaluated by plain loops on symbols. The input is called x, because
the reader takes I for the imaginary unit.
"""

from __future__ import annotations

from itertools import islice, product
from random import Random
from typing import Any

import pytest
import sympy
from latex2sympy2 import latex2sympy

from symconv.evaluate.reference import Environment, tabulate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.tensor import Tensor
from symconv.forms.explicit import explicit
from symconv.typeset.explicit_boxes import EntryWriter
from symconv.typeset.latex import write_latex
from symconv.typeset.notation import Notation
from tests.catalogue import AVERAGES, CONVOLUTIONS, OTHERS, POWERS, TRANSPOSED, Entry
from tests.laws.cases import derivation

pytestmark = pytest.mark.oracle

NOTATION = Notation(name="second reader", symbols={"input": "x"})
READABLE = (*CONVOLUTIONS, *TRANSPOSED, *AVERAGES, *POWERS, *OTHERS)
WORK, ENTRIES = 40, 5


def named(tensor: Tensor, at: tuple[int, ...]) -> sympy.Symbol:
    name = "x" if tensor.role == "input" else "delta" if tensor.role == "upstream" else tensor.name
    return sympy.Symbol(f"{name}_{','.join(map(str, at))}" if at else name, positive=True)


def read(text: str) -> Any:
    """What the second reader makes of it; its symbols with braces left out of their names."""
    found = latex2sympy(text)
    names = {
        each: sympy.Symbol(each.name.replace("{", "").replace("}", ""), positive=True) for each in found.free_symbols
    }
    return found.subs(names)


def symbols(tensor: Tensor, sizes: dict[str, int]) -> Any:
    shape = [size.value(sizes) for size in tensor.shape]

    def fill(at: tuple[int, ...]) -> Any:
        return (
            [fill((*at, position)) for position in range(shape[len(at)])] if len(at) < len(shape) else named(tensor, at)
        )

    return fill(())


def flat(nested: Any) -> list[Any]:
    return [entry for part in nested for entry in flat(part)] if isinstance(nested, list) else [nested]


@pytest.mark.parametrize("entry", READABLE, ids=lambda entry: entry.id)
def test_the_second_reader_agrees_with_diff(entry: Entry) -> None:
    definition, rng = entry.operation.definition, Random(entry.id)
    sizes = sample_sizes(definition, rng, work=WORK) or sample_sizes(definition, rng)
    assert sizes is not None
    tensors = {tensor.name: symbols(tensor, sizes) for tensor in (*definition.inputs, definition.upstream)}
    output = tabulate(definition, Environment(sizes, tensors))
    loss = sum(slope * out for slope, out in zip(flat(tensors[definition.upstream.name]), flat(output), strict=True))
    given = {name: value for name, value in sizes.items() if name not in definition.derived}
    for tensor in definition.inputs:
        form = explicit(derivation(entry, tensor.name, "auto"), given)
        writer = EntryWriter(form, NOTATION)
        places = list(product(*map(range, form.shape)))
        rng.shuffle(places)
        for at in islice(places, ENTRIES):
            text = write_latex(writer.symbols(form.entry(*at)))
            expected = sympy.diff(loss, named(tensor, at))
            assert same(read(text), expected), f"{tensor.name}{at}: {text}, expected {expected}, for {sizes}"


def same(found: Any, expected: Any) -> bool:
    """Equal as polynomials, or (roots) equal at a point, to 25 digits."""
    gap = sympy.expand(found - expected)
    if gap == 0:
        return True
    point = {each: sympy.Rational(number + 3, 7) for number, each in enumerate(sorted(gap.free_symbols, key=str))}
    return abs(sympy.N(gap.subs(point), 30)) < sympy.Float("1e-25")


def test_a_wrong_formula_is_seen() -> None:
    x, y = sympy.symbols("x_0 x_1", positive=True)
    assert same(read(r"x_{0} x_{1}"), x * y)
    assert not same(read(r"x_{0} x_{0}"), x * y)
    assert not same(read(r"\frac{x_0}{\sqrt{x_0^2+x_1^2}}"), x / sympy.sqrt(x**2 + 2 * y**2))
