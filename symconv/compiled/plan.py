"""What each term of a normal form becomes for given sizes: a contraction of strided views, or a sum over a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from symconv.compiled.bounds import Interval, binder_ranges, bounded, linear
from symconv.compiled.relation import Relation, relate
from symconv.errors import SizeError
from symconv.expr.nodes import Access, Bracket, Expr, Mul, Pow, Scalar, Winner
from symconv.expr.tensor import Tensor
from symconv.expr.walk import accesses, free_names, walk
from symconv.index.affine import ONE, Affine
from symconv.rewrite.normal import Term, from_term

Box: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Contraction:
    """``target[outputs] += num/den · Σ Π groups`` over the box.

    ``outputs`` gives for each axis of the target its coefficients by box axis and the constant. ``groups`` are one or
    two products of factors; ``keep`` are the box axes that the target depends on, and ``loops`` those of them
    over which results overlap, so that they are added one after another. ``masked`` says that
    brackets keep entries apart, which a matrix product can only do for finite ones.
    """

    box: Box
    outputs: tuple[tuple[tuple[int, ...], int], ...]
    num: int
    den: int
    groups: tuple[Expr, ...]
    keep: frozenset[int]
    loops: tuple[int, ...]
    masked: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each index of the box."""
        return tuple(max(0, high - low + 1) for _, low, high in self.box)


@dataclass(frozen=True, slots=True)
class GridSum:
    """The term as it stands, evaluated on the whole grid of target indices and binders (in blocks)."""

    term: Term
    ranges: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class TermPlan:
    """The general ``grid``, right for all entries, and where there is one a ``contraction``.

    ``correlation`` is another contraction that reads zeros beside the upstream gradient instead of
    adding overlapping results; it is right where the entries that meet those zeros, of the ``exposed`` tensors,
    are finite.
    """

    grid: GridSum
    contraction: Contraction | None = None
    correlation: Contraction | None = None
    exposed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """Array code for a normal form at given sizes, to be run on any number of arrays."""

    target: Access
    shape: tuple[int, ...]
    tensors: Mapping[str, tuple[int, ...]]
    terms: tuple[TermPlan, ...]
    fractional: bool


def plan(terms: tuple[Term, ...], target: Access, sizes: Mapping[str, int]) -> Plan:
    """Compile ``target[indices] = Σ terms`` for concrete sizes.

    The target's indices are distinct names. Errors: :class:`~symconv.errors.SizeError` where a size has no value.

    >>> from symconv.expr.tensor import Tensor
    >>> n, i = Affine.of("n"), Affine.of("i")
    >>> x, y = (Tensor(name, "input", (n,), ("i",), ("S1",)) for name in "xy")
    >>> term = Term(Scalar(2 * n), factors=(Access(x, (i,)),))
    >>> plan((term,), Access(y, (i,)), {"n": 3}).terms[0].contraction.num
    6
    """
    names = [str(index) for index in target.indices]
    shape = _shape(target.tensor, sizes)
    ranges = {name: (0, size - 1) for name, size in zip(names, shape, strict=True)}
    entries = [access for term in terms for factor in term.factors for access in accesses(factor)]
    tensors = {access.tensor.name: access.tensor for access in entries}
    plans = tuple(_plan_term(term, ranges, sizes) for term in terms)
    return Plan(
        target,
        shape,
        {name: _shape(tensor, sizes) for name, tensor in tensors.items()},
        tuple(item for item in plans if item is not None),
        any(item is not None and _is_fractional(item.grid.term) for item in plans),
    )


def _shape(tensor: Tensor, sizes: Mapping[str, int]) -> tuple[int, ...]:
    missing = sorted(frozenset().union(*(size.names() for size in tensor.shape)) - sizes.keys())
    if missing:
        raise SizeError(f"the size {missing[0]} of the tensor {tensor.name} has no value: give an integer for it")
    return tuple(size.value(sizes) for size in tensor.shape)


def _plan_term(term: Term, targets: Mapping[str, Interval], sizes: Mapping[str, int]) -> TermPlan | None:
    """The term with its sizes substituted, and its contraction; None for a term that is zero."""
    hidden = term.bound | targets.keys()
    values = {name: Affine.of(size) for name, size in sizes.items() if name not in hidden}
    term = term.substitute(values)
    missing = sorted(term.names() - hidden)
    if missing:
        raise SizeError(f"the size {missing[0]} has no value: give an integer for it")
    term = bounded(term, targets, values)
    ranges = binder_ranges(term, targets)
    if any(low > high for low, high in ranges.values()) or not term.coefficient.num.terms:
        return None
    grid = GridSum(term, ranges)
    relation = relate(term, targets)
    if relation is None:
        return TermPlan(grid)
    if any(low > high for low, high in relation.ranges.values()):
        return None
    contraction = _contraction(relation)
    turned = _correlated(relation, targets, values) if contraction.loops else None
    if turned is None:
        return TermPlan(grid, contraction)
    padded = [old for old, new in zip(relation.factors, turned.factors, strict=True) if old != new]
    names = [access.tensor.name for factor in relation.factors for access in accesses(factor) if [factor] != padded]
    return TermPlan(grid, contraction, _cheaper(_contraction(turned), contraction), frozenset(names))


def _contraction(relation: Relation) -> Contraction:
    box: Box = tuple((name, low, high) for name, (low, high) in relation.ranges.items())
    names = [name for name, _, _ in box]
    outputs: list[tuple[tuple[int, ...], int]] = []
    for form in relation.outputs:
        parts = linear(form)
        assert parts is not None
        outputs.append((tuple(parts[0].get(name, 0) for name in names), parts[1]))
    keep = frozenset(axis for axis in range(len(box)) if any(factors[axis] for factors, _ in outputs))
    num, den = relation.coefficient.num.constant, relation.coefficient.den.constant
    factors: list[Expr] = list(relation.factors)
    if num is None or den is None:
        factors.append(relation.coefficient)
        num = den = 1
    factors += [Bracket((guard,)) for guard in relation.guards]
    extents = [high - low + 1 for _, low, high in box]
    return Contraction(
        box,
        tuple(outputs),
        num,
        den,
        _grouped(factors, names, extents),
        keep,
        _overlapping(outputs, extents),
        bool(relation.guards),
    )


def _overlapping(outputs: list[tuple[tuple[int, ...], int]], extents: list[int]) -> tuple[int, ...]:
    """The axes to loop over so that distinct values of the others go to distinct positions of the target.

    Positions Σ c·v are distinct if every |c| exceeds what the smaller ones reach (a mixed radix); the choice with the
    most values is taken.
    """
    loops: set[int] = set()
    for factors, _ in outputs:
        axes = sorted((axis for axis, factor in enumerate(factors) if factor), key=lambda axis: abs(factors[axis]))
        best: tuple[int, tuple[int, ...]] = (0, ())
        for choice in range(1 << len(axes)):
            chosen = [axis for bit, axis in enumerate(axes) if choice >> bit & 1]
            reach, count = 0, 1
            for axis in chosen:
                if abs(factors[axis]) <= reach and extents[axis] > 1:
                    break
                reach += abs(factors[axis]) * (extents[axis] - 1)
                count *= extents[axis]
            else:
                best = max(best, (count, tuple(chosen)))
        loops |= set(axes) - set(best[1])
    return tuple(sorted(loops))


def used_axes(expr: Expr, names: list[str], extents: list[int]) -> frozenset[int]:
    """The axes of the box on which an expression depends."""
    free = free_names(expr)
    return frozenset(axis for axis, name in enumerate(names) if name in free and extents[axis] > 1)


def _grouped(factors: list[Expr], names: list[str], extents: list[int]) -> tuple[Expr, ...]:
    """At most two products: a factor joins the smallest one that it adds no axis to, then the smallest pairs join."""
    groups: list[tuple[frozenset[int], tuple[Expr, ...]]] = []

    def values(axes: frozenset[int]) -> int:
        size = 1
        for axis in axes:
            size *= extents[axis]
        return size

    for factor in sorted(factors, key=lambda factor: -values(used_axes(factor, names, extents))):
        axes = used_axes(factor, names, extents)
        hosts = [at for at, (other, _) in enumerate(groups) if axes <= other]
        if hosts and (len(groups) > 1 or isinstance(factor, (Bracket, Scalar)) or axes == groups[hosts[0]][0]):
            at = min(hosts, key=lambda at: values(groups[at][0]))
            groups[at] = (groups[at][0], (*groups[at][1], factor))
        else:
            groups.append((axes, (factor,)))
    while len(groups) > 2:
        pairs = [(values(a[0] | b[0]), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups) if i < j]
        _, i, j = min(pairs)
        joined = (groups[i][0] | groups[j][0], groups[i][1] + groups[j][1])
        groups = [group for at, group in enumerate(groups) if at not in (i, j)] + [joined]
    products = tuple(parts[0] if len(parts) == 1 else Mul(parts) for _, parts in groups)
    return products or (Scalar(ONE),)


def _correlated(relation: Relation, targets: Mapping[str, Interval], sizes: Mapping[str, Affine]) -> Relation | None:
    """``u = i + m − p`` solved for the position i instead of the target index u, where the one entry that i selects is
    zero outside its range: a correlation with the padded entries, whose results do not overlap.
    """
    ranges, outputs, factors = dict(relation.ranges), list(relation.outputs), list(relation.factors)
    for axis, (form, (target, interval)) in enumerate(zip(relation.outputs, targets.items(), strict=True)):
        parts = linear(form)
        assert parts is not None
        if len(parts[0]) < 2:
            continue
        units = [name for name, factor in parts[0].items() if abs(factor) == 1]
        others = [out for at, out in enumerate(outputs) if at != axis]
        turned = next(
            (
                name
                for name in sorted(units, key=lambda name: -(ranges[name][1] - ranges[name][0]))
                if not any(name in out.names() for out in others) and _selects(relation, name, ranges[name], sizes)
            ),
            None,
        )
        if turned is None:
            return None
        factor = parts[0][turned]
        value = factor * (Affine.of(target) - form.without(turned))
        del ranges[turned]
        ranges[target] = interval
        outputs[axis] = Affine.of(target)
        factors = [
            Access(item.tensor, tuple(index.substitute({turned: value}) for index in item.indices))
            if isinstance(item, Access)
            else item
            for item in factors
        ]
    return replace(relation, ranges=ranges, outputs=tuple(outputs), factors=tuple(factors))


def _selects(relation: Relation, name: str, interval: Interval, sizes: Mapping[str, Affine]) -> bool:
    """Whether the index occurs once, alone and over its whole range, in an entry that is zero outside."""
    elsewhere = free_names(Bracket(relation.guards)) | free_names(relation.coefficient)
    readers = [factor for factor in relation.factors if name in free_names(factor)]
    if name in elsewhere or len(readers) != 1 or not isinstance(readers[0], Access):
        return False
    tensor, indices = readers[0].tensor, readers[0].indices
    found = [(index, size) for index, size in zip(indices, tensor.shape, strict=True) if name in index.names()]
    if tensor.outside != "zero" or len(found) != 1:
        return False
    index, size = found[0]
    return index == Affine.of(name) and interval == (0, (size.substitute(sizes).constant or 0) - 1)


def _cheaper(correlation: Contraction, scatter: Contraction) -> Contraction | None:
    """The correlation, if it is cheaper: measured, a copy of the kernel costs twice that of the entries per value."""
    sizes = sorted(_values(correlation, group) for group in correlation.groups)
    copied = sizes[-1] + 2 * sum(sizes[:-1])
    added = 1
    for axis in scatter.keep:
        added *= scatter.shape[axis]
    return correlation if 5 * copied <= 11 * added else None


def _values(item: Contraction, group: Expr) -> int:
    size = 1
    for axis in used_axes(group, [name for name, _, _ in item.box], list(item.shape)):
        size *= item.shape[axis]
    return size


def _is_fractional(term: Term) -> bool:
    """Whether integers do not stay integers: a divisor, a root, a negative power, or shares of a tie."""
    return any(map(_node_is_fractional, walk(from_term(term))))


def _node_is_fractional(node: Expr) -> bool:
    match node:
        case Scalar(_, den):
            return den != ONE
        case Pow(_, exponent):
            return exponent.den != ONE or (exponent.num.constant or 0) < 0
        case Winner(window, _):
            return window.ties == "split"
        case _:
            return False
