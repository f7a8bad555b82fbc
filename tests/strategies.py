"""Random index forms, guards, terms and definitions of operations, for property tests of the calculus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from symconv.expr.nodes import Access, Binder, Bracket, Expr, Mul, Scalar, Sum, binder
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import ONE, Affine, ceil_div, extremum, floor_div
from symconv.index.domain import Assumptions, AtMost, Divides, Equal, Guard, Range
from symconv.rewrite.normal import Term
from symconv.rewrite.rule import Context

of = Affine.of
LOWER = {"H": 1, "k": 1, "s": 1, "d": 1, "p": 0}
"""Size symbols and their minima; p may be 0."""

ASSUMPTIONS = Assumptions(LOWER, (of("H") + 2 * of("p") - of("k"), of("H") - of("s")))
"""Two facts: the window fits into the padded input, and the stride is at most the size."""

FREE = {"u": Range(of(0), of("H") - 1), "v": Range(of(0), of("k") - 1)}
"""Free indices and their ranges."""

BOUND = ("i", "m", "n")


def all_sizes(top: int = 3) -> Iterator[dict[str, int]]:
    """Every choice of sizes up to ``top`` that satisfies the assumptions."""
    for values in product(*(range(low, top + 1) for low in LOWER.values())):
        sizes = dict(zip(LOWER, values, strict=True))
        if all(fact.value(sizes) >= 0 for fact in ASSUMPTIONS.facts):
            yield sizes


def environments(sizes: Mapping[str, int], ranges: Mapping[str, Range]) -> Iterator[dict[str, int]]:
    """Every position of the indices, each range's ends being evaluated under the sizes."""
    spans = []
    for span in ranges.values():
        assert span.lo is not None
        assert span.hi is not None
        spans.append(range(span.lo.value(sizes), span.hi.value(sizes) + 1))
    for at in product(*spans):
        yield {**sizes, **dict(zip(ranges, at, strict=True))}


small = st.integers(-4, 4)


@st.composite
def forms(draw: st.DrawFn, names: tuple[str, ...] = ("H", "k", "s", "d", "p"), terms: int = 4) -> Affine:
    """A polynomial of degree at most 2 in the names."""
    total = of(draw(small))
    for _ in range(draw(st.integers(0, terms))):
        factor = of(draw(small))
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)):
            factor = factor * name
        total = total + factor
    return total


divisors = st.sampled_from([of(1), of(2), of(3), of("s"), of("d"), of("k"), of("s") * 2, of("s") * "d"])
"""Forms that are at least 1."""


@st.composite
def compounds(draw: st.DrawFn, inner: st.SearchStrategy[Affine]) -> Affine:
    """Forms with quotients, minima and maxima."""
    kind = draw(st.sampled_from(["plain", "floor", "ceil", "min", "max"]))
    if kind == "plain":
        return draw(inner)
    if kind in ("floor", "ceil"):
        divide = floor_div if kind == "floor" else ceil_div
        return divide(draw(inner), draw(divisors)) * draw(st.sampled_from([1, 1, -1, 2])) + draw(inner)
    return extremum("min" if kind == "min" else "max", [draw(inner), draw(inner)]) + draw(small)


@st.composite
def linear(draw: st.DrawFn, indices: tuple[str, ...]) -> Affine:
    """``Σ c·index + size part``: affine in every index, each coefficient a size, a number or 0."""
    total = draw(forms(("H", "p", "k"), terms=1))
    for index in indices:
        factor = draw(st.sampled_from([of(0), of(0), of(1), of(1), of(-1), of(2), of(3), of("s"), -of("s"), of("d")]))
        total = total + factor * index
    return total


@st.composite
def guards(draw: st.DrawFn, indices: tuple[str, ...]) -> Guard:
    """An equation, an inequality or a divisibility between forms affine in the indices."""
    kind = draw(st.sampled_from(["equal", "equal", "at most", "at most", "divides"]))
    left, right = draw(linear(indices)), draw(linear(indices))
    if kind == "equal":
        return Equal(left, right)
    return AtMost(left, right) if kind == "at most" else Divides(draw(divisors), left)


X = Tensor("x", "input", (of("H"), of("k")), ("u", "v"), ("S1", "S2"))
Y = Tensor("y", "kernel", (of("H"),), ("u",), ("S1",))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A term over up to three binders with bounded ranges, and guards of every kind."""
    bound = BOUND[: draw(st.integers(0, 3))]
    indices = (*bound, *FREE)
    binders = tuple(
        Binder(index, draw(st.sampled_from([of(0), of(1), of("u"), -of("p")])), draw(forms(("H", "k"), terms=1)))
        for index in bound
    )
    conditions = draw(st.lists(guards(indices), max_size=3))
    if bound and draw(st.booleans()):
        conditions += draw(pinning(bound[0], indices[1:]))
    factors: list[Expr] = [Access(X, (draw(linear(indices)), draw(linear(indices))))]
    if draw(st.booleans()):
        factors.append(Access(Y, (draw(linear(indices)),)))
    coefficient = draw(st.sampled_from([Scalar(ONE), Scalar(of(3)), Scalar(of("k")), Scalar(ONE, of("s") * 2)]))
    return Term(coefficient, binders, tuple(draw(st.permutations(conditions))), tuple(factors))


@st.composite
def pinning(draw: st.DrawFn, index: str, others: tuple[str, ...]) -> list[Guard]:
    """``0 ≤ e − c·index ≤ c − 1``."""
    factor, rest = draw(st.sampled_from([of(2), of("s"), of("k"), of("k") * "s"])), draw(linear(others))
    return [AtMost(factor * index, rest), AtMost(rest - factor * index, factor - 1)]


CONTEXT = Context(ASSUMPTIONS, FREE, taps=("m", "n"), outputs=("i",))


@dataclass(frozen=True)
class Axis:
    """One axis of a random operation: what it adds to the shapes, indices, binders and guards."""

    input: tuple[Affine, Affine] | None
    kernel: tuple[Affine, Affine] | None
    output: tuple[str, Affine] | None
    binders: tuple[Binder, ...] = ()
    guards: tuple[Guard, ...] = ()
    lower: tuple[tuple[str, int], ...] = ()
    facts: tuple[Affine, ...] = ()
    derived: tuple[tuple[str, Affine], ...] = ()


def window_facts(size: Affine, span: Affine, stride: Affine, out: Affine) -> tuple[Affine, ...]:
    """What defines out = ⌊(size − span)/stride⌋ + 1, and size ≥ span."""
    return (size - span - stride * (out - 1), stride * out - 1 - (size - span), size - span)


@st.composite
def hyperparameters(draw: st.DrawFn, n: int) -> tuple[Affine, Affine, Affine, dict[str, int]]:
    """Stride, dilation and padding of axis n, each a number or a symbol."""
    stride = draw(st.sampled_from([of(1), of(2), of(3), of(f"s{n}")]))
    dilation = draw(st.sampled_from([of(1), of(1), of(2), of(f"d{n}")]))
    padding = draw(st.sampled_from([of(0), of(1), of(f"p{n}")]))
    lower = {f"s{n}": 1, f"d{n}": 1, f"p{n}": 0}
    used = stride.names() | dilation.names() | padding.names()
    return stride, dilation, padding, {name: low for name, low in lower.items() if name in used}


@st.composite
def axes(draw: st.DrawFn, n: int) -> Axis:
    """A convolved, transposed, blocked, grouped, shared or contracted axis."""
    kind = draw(st.sampled_from(["convolved", "convolved", "transposed", "blocks", "groups", "shared", "contracted"]))
    out, tap = of(f"i{n}"), of(f"m{n}")
    size, kernel, result = of(f"H{n}"), of(f"k{n}"), of(f"O{n}")
    lower = {f"H{n}": 1, f"k{n}": 1, f"O{n}": 1}
    if kind in ("convolved", "transposed"):
        stride, dilation, padding, extra = draw(hyperparameters(n))
        span = dilation * (kernel - 1) + 1
        read = stride * out + dilation * tap - padding
        facts = window_facts(size + 2 * padding, span, stride, result)
        derived = ((f"O{n}", floor_div(size + 2 * padding - span, stride) + 1),)
        low = tuple({**lower, **extra}.items())
        taps = binder(f"m{n}", kernel)
        if kind == "convolved":
            return Axis((size, read), (kernel, tap), (f"i{n}", result), (taps,), (), low, facts, derived)
        # the adjoint: the input has O entries, the output H, and a relation places each product
        place = of(f"o{n}")
        where = Equal(place, read)
        both = (binder(f"i{n}", result), taps)
        return Axis((result, out), (kernel, tap), (f"o{n}", size), both, (where,), low, facts, derived)
    if kind == "blocks":
        blocks = Axis((kernel * result, kernel * out + tap), None, (f"i{n}", result), (binder(f"m{n}", kernel),))
        return Axis(blocks.input, None, blocks.output, blocks.binders, (), ((f"k{n}", 1), (f"O{n}", 1)))
    if kind == "groups":
        group, member = of(f"g{n}"), of(f"e{n}")
        belongs = Equal(out, group * kernel + member)
        both = (binder(f"g{n}", result), binder(f"e{n}", kernel))
        low = ((f"k{n}", 1), (f"O{n}", 1))
        return Axis((result, group), (kernel * result, out), (f"i{n}", kernel * result), both, (belongs,), low)
    if kind == "shared":
        return Axis((size, out), None, (f"i{n}", size), (), (), ((f"H{n}", 1),))
    return Axis((size, tap), (size, tap), None, (binder(f"m{n}", size),), (), ((f"H{n}", 1),))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A random operation, linear in a kernel w and in an input x, over one or two axes."""
    parts = [draw(axes(n)) for n in range(1, draw(st.integers(1, 2)) + 1)]
    reads = [part.input for part in parts if part.input is not None]
    weights = [part.kernel for part in parts if part.kernel is not None]
    outputs = [part.output for part in parts if part.output is not None]
    x = tensor("x", "input", [size for size, _ in reads])
    w = tensor("w", "kernel", [size for size, _ in weights])
    shape, names = tuple(size for _, size in outputs), tuple(name for name, _ in outputs)
    y = Tensor("y", "output", shape, names, axis_names(outputs))
    conditions = tuple(guard for part in parts for guard in part.guards)
    factors = (Access(w, tuple(at for _, at in weights)), Access(x, tuple(at for _, at in reads)))
    binders = tuple(each for part in parts for each in part.binders)
    product_ = Mul((Bracket(conditions), *factors) if conditions else factors)
    known = Assumptions(
        {name: low for part in parts for name, low in part.lower}, tuple(fact for part in parts for fact in part.facts)
    )
    derived = {name: form for part in parts for name, form in part.derived}
    return Definition("random", y, Sum(product_, binders) if binders else product_, (x, w), known, derived)


def axis_names(axes_: list[tuple[str, Affine]]) -> tuple[str, ...]:
    """Axis labels S1, S2, …"""
    return tuple(f"S{number}" for number in range(1, len(axes_) + 1))


def tensor(name: str, role: str, shape: list[Affine]) -> Tensor:
    """A tensor of the shape with indices of its own."""
    indices = tuple(f"{name}_{number}" for number in range(1, len(shape) + 1))
    labels = tuple(f"S{number}" for number in range(1, len(shape) + 1))
    return Tensor(name, "input" if role == "input" else "kernel", tuple(shape), indices, labels)
