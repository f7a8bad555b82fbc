"""Random sizes for a definition: small, admitted by everything that is known of them, degenerate ones included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from random import Random

from symconv.evaluate.windows import all_hold, positions
from symconv.expr.nodes import Access, Expr, Reduce, Scalar, Sum, Winner
from symconv.expr.tensor import Definition
from symconv.expr.walk import bound_names, children, free_names, walk
from symconv.index.affine import Affine, Quotient, parts_of
from symconv.index.domain import holds

# how far above its minimum a size is drawn, small ones more often: k = 1, H = 1, O = 1 and s > k must be common
_STEPS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4)
_ATTEMPTS = 400


def size_symbols(definition: Definition) -> tuple[str, ...]:
    """Every size and hyperparameter that the definition names, derived ones included, in alphabetical order."""
    tensors = (definition.output, *definition.inputs)
    shapes = [size.names() for tensor in tensors for size in tensor.shape]
    used = free_names(definition.body) - set(definition.indices)
    known = definition.assumptions
    defined = [form.names() for form in (*definition.derived.values(), *known.equal.values(), *known.facts)]
    return tuple(sorted(used.union(known.lower, definition.derived, known.equal, *shapes, *defined)))


def sample_sizes(
    definition: Definition, rng: Random, *, work: int = 400, smallest: str | None = None
) -> dict[str, int] | None:
    """Random values for all size symbols, or None where none were found.

    Every value is at least its lower bound, every fact is ≥ 0, every constraint and rewriting of a size holds,
    every exact quotient divides, no window is empty, and the forward pass takes at most ``work`` products.

    Symbols are drawn in random order, each within what the facts leave of it once the others are known; so with O
    drawn first, H is one of the sizes that give this O, and the tail that a stride skips is as likely as
    none. ``smallest`` names a symbol to be held at its minimum.
    """
    symbols = size_symbols(definition)
    for _ in range(_ATTEMPTS):
        sizes = _draw(definition, symbols, rng, smallest)
        if sizes is None or not admitted(definition, sizes) or work_of(definition, sizes) > work:
            continue
        if _windows_filled(definition, sizes):
            return sizes
    return None


def _draw(definition: Definition, symbols: tuple[str, ...], rng: Random, smallest: str | None) -> dict[str, int] | None:
    known = definition.assumptions
    given = {**known.equal, **definition.derived}
    computed = {name: form for name, form in given.items() if name not in form.names()}
    order = [name for name in symbols if name not in computed]
    rng.shuffle(order)
    order.sort(key=lambda name: name != smallest)
    sizes: dict[str, int] = {}
    for name in order:
        low, high = _interval(name, known.facts, sizes, known.lower.get(name, 1))
        if high is not None and high < low:
            return None
        value = low if name == smallest else low + rng.choice(_STEPS)
        sizes[name] = value if high is None else min(value, rng.randint(low, high) if value > high else value)
    return complete_sizes(computed, sizes)


def complete_sizes(derived: Mapping[str, Affine], sizes: Mapping[str, int]) -> dict[str, int] | None:
    """The sizes with the derived ones computed; None where an exact quotient does not divide.

    Errors: :class:`KeyError` where the derived sizes need a symbol that has no value.
    """
    result = dict(sizes)
    waiting = {name: form for name, form in derived.items() if name not in result}
    while waiting:
        ready = [name for name, form in waiting.items() if form.names() <= result.keys()]
        if not ready:
            raise KeyError(", ".join(sorted(waiting)))
        try:
            result.update({name: waiting.pop(name).value(result) for name in ready})
        except ArithmeticError:
            return None
    return result


def _interval(name: str, facts: Iterable[Affine], sizes: Mapping[str, int], low: int) -> tuple[int, int | None]:
    """What the facts whose other names are known leave of a symbol."""
    high: int | None = None
    for fact in facts:
        if name not in fact.names() or not fact.is_affine_in(name) or not fact.names() <= {*sizes, name}:
            continue
        slope, rest = fact.coefficient(name).value(sizes), fact.without(name).value(sizes)
        if slope > 0:
            low = max(low, -(rest // slope))
        elif slope < 0:
            high = rest // -slope if high is None else min(high, rest // -slope)
    return low, high


def admitted(definition: Definition, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes satisfy everything that is known or demanded of them, and every shape is at least 1."""
    known = definition.assumptions
    tensors = (definition.output, *definition.inputs)
    try:
        for atom in _size_quotients(definition, sizes.keys()):
            if atom.rounding == "exact" and atom.num.value(sizes) % atom.den.value(sizes):
                return False
        return (
            all(sizes[name] >= low for name, low in known.lower.items())
            and all(fact.value(sizes) >= 0 for fact in known.facts)
            and all(sizes[name] == form.value(sizes) for name, form in {**known.equal, **definition.derived}.items())
            and all(holds(constraint.guard, sizes) for constraint in definition.constraints)
            and all(size.value(sizes) >= 1 for tensor in tensors for size in tensor.shape)
        )
    except ArithmeticError:
        return False


def _windows_filled(definition: Definition, sizes: Mapping[str, int]) -> bool:
    """Whether every window that an extremum is taken over has an entry (a dilated one may miss a short input)."""
    reductions = [node for node in walk(definition.body) if isinstance(node, Reduce) and node.guards]
    spans = [range(size.value(sizes)) for size in definition.output.shape]
    for at in product(*spans) if reductions else ():
        names = {**sizes, **dict(zip(definition.indices, at, strict=True))}
        for node in reductions:
            if free_names(node) <= names.keys() and not any(
                all_hold(node.guards, inner) for inner in positions(node.binders, node.guards, names)
            ):
                return False
    return True


def _size_quotients(definition: Definition, known: Iterable[str]) -> Iterable[Quotient]:
    """Every quotient of sizes alone in the shapes and in the body."""
    forms = [size for tensor in (definition.output, *definition.inputs) for size in tensor.shape]
    forms += [form for node in walk(definition.body) for form in _forms(node)]
    names = set(known) - set(definition.indices) - bound_names(definition.body)
    return [atom for form in forms for atom in _quotients(form) if atom.num.names() | atom.den.names() <= names]


def _forms(node: Expr) -> tuple[Affine, ...]:
    match node:
        case Scalar(num, den):
            return (num, den)
        case Access(_, indices) | Winner(_, indices):
            return indices
        case Sum(_, binders) | Reduce(_, _, binders, _, _):
            return tuple(end for binder in binders for end in (binder.lo, binder.hi) if end is not None)
        case _:
            return ()


def _quotients(form: Affine) -> list[Quotient]:
    found: list[Quotient] = []
    for atom in form.atoms():
        if not isinstance(atom, str):
            found += [atom] if isinstance(atom, Quotient) else []
            found += [inner for part in parts_of(atom) for inner in _quotients(part)]
    return found


def work_of(definition: Definition, sizes: Mapping[str, int]) -> int:
    """How often the innermost entries are read to compute every output entry (an upper estimate)."""
    outputs = 1
    for size in definition.output.shape:
        outputs *= size.value(sizes)
    # limits that depend on the output position are taken at its first and its last value
    last = dict(zip(definition.indices, (size.value(sizes) - 1 for size in definition.output.shape), strict=True))
    corners = ({**sizes, **dict.fromkeys(last, 0)}, {**sizes, **last})
    return outputs * max(1, *(_reads(definition.body, corner) for corner in corners))


def _reads(expr: Expr, names: Mapping[str, int]) -> int:
    if isinstance(expr, Access):
        return 1
    inner = dict(names)
    times = 1
    if isinstance(expr, (Sum, Reduce)):
        for binder in expr.binders:
            inner[binder.index] = 0
            if binder.lo is not None and binder.hi is not None:
                times *= max(0, binder.hi.value(names) - binder.lo.value(names) + 1)
    return times * sum(_reads(child, inner) for child in children(expr))
