"""Factors that are missing, too much, or the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from symconv.typeset.layout import Big, Box, Cases, Fence, Fraction, Number, Row, Script, Sign, Symbol
from symconv.verification.mistakes.arithmetic import Items, items_of_terms, squared, terms_of
from symconv.verification.mistakes.edit import Edit, Path, Splice, at_path, row_items, walk
from symconv.verification.mistakes.formula import COMMA, Entry, Formula, names_in
from symconv.verification.mistakes.mistake import mistake, shown, splice_edit
from symconv.verification.mistakes.names import is_d, is_sign, name_of

TIMES = (r"\cdot", r"\times", r"\ast", "*", r"\odot", "/")


def products(formula: Formula) -> Iterator[tuple[Path, int, int, Items]]:
    """The terms of the right sides: where each stands in its row, behind the sign before it."""
    for path, start, stop in formula.rights:
        items = row_items(at_path(formula.box, path))
        cuts = [at for at in range(start, stop) if is_sign(items[at], ("+", "-"))]
        for low, high in zip([start - 1, *cuts], [*cuts, stop], strict=True):
            if high > low + 1:
                yield path, low + 1, high, items[low + 1 : high]


@mistake("missing_upstream", "The upstream gradient {new} is missing.")
def missing_upstream(formula: Formula) -> Iterator[Edit]:
    """Chain rule: ∂L/∂T sums ∂L/∂O times ∂O/∂T over all outputs O."""
    upstream = formula.words.word("upstream")
    output = formula.words.word("output")
    if output is None or any(entry.role == "upstream" for entry in formula.right_entries):
        return
    if not any(isinstance(part, Fraction) and formula.is_left(path) for path, part in walk(formula.box)):
        return  # no gradient
    symbol = formula.words.word("upstream")
    rank = len(output.axes)
    for names in _index_names(formula, output.axes):
        indices = _joined([formula.spelling[name] for name in names])
        loss = next((formula.spelling[name] for name in formula.words.losses if name in formula.spelling), Symbol("L"))
        partial = Symbol(r"\partial")
        entries: list[Box] = []
        fraction = Fraction(Row((partial, loss)), Row((partial, *_indexed(formula, output.symbol, indices))))
        entries.append(fraction)
        if symbol is not None and upstream is not None and name_of(upstream.symbol) is not None:
            entries.append(Script(upstream.symbol, indices) if rank else upstream.symbol)
        for entry in reversed(entries) if _writes_delta(formula) else entries:
            yield from _upstream(formula, entry)


def _writes_delta(formula: Formula) -> bool:
    return not any(isinstance(item, Fraction) for _, items in formula.rows for item in items)


def _upstream(formula: Formula, entry: Box) -> Iterator[Edit]:
    for path, start, stop, items in products(formula):
        place = next((at for at, item in enumerate(items) if not isinstance(item, Big)), 0)
        if stop > start:
            insert = Splice(path, start + place, start + place, (entry,))
            yield Edit((insert,), (), {"new": shown(entry)})
            yield from _with_loss_left(formula, insert, entry)


def _with_loss_left(formula: Formula, insert: Splice, entry: Box) -> Iterator[Edit]:
    """The left side ``∂O_i/∂K_m`` becomes ``∂L/∂K_m`` as well: the outputs are summed over on the right."""
    loss = next((formula.spelling[name] for name in formula.words.losses if name in formula.spelling), Symbol("L"))
    for path, items in formula.rows:
        for at, item in enumerate(items):
            if isinstance(item, Fraction) and formula.is_left((*path, at)) and is_d(row_items(item.num)[0]):
                here = (*path, at) if len(items) > 1 else path
                above = row_items(item.num)
                if len(above) > 1 and name_of(above[1]) not in formula.words.losses:
                    left = Splice((*here, 0), 1, len(above), (loss,))
                    yield Edit((left, insert), (), {"new": shown(entry)})


def _index_names(formula: Formula, axes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Which indices the upstream gradient has, the likely ones first: each at an axis where it stands in another entry,
    and the summed ones before the free ones.
    """
    summed = [name for each in formula.sums for name in each.names if name in formula.spelling]
    free = [name for name in formula.left_names if name in formula.spelling]
    stands: dict[str, set[str]] = {}
    for entry in formula.entries:
        for slot in entry.slots:
            for name in names_in(slot.items):
                stands.setdefault(name, set()).add(slot.axis[1:] or slot.axis)
    unsure = [name for name in formula.spelling if name in _in_slots(formula) and name not in (*summed, *free)]
    pool = list(dict.fromkeys([*summed, *unsure, *free]))

    def misplaced(names: tuple[str, ...]) -> int:
        here = sum((axis[1:] or axis) not in stands.get(name, ()) for name, axis in zip(names, axes, strict=True))
        return 2 * here + sum(name not in names for name in summed) + sum(name not in summed for name in names)

    alone = [tuple(summed)] if len(summed) == len(axes) else []
    found = permutations(pool, len(axes)) if len(pool) < 8 else alone
    yield from sorted(found, key=misplaced)[:40]


def _in_slots(formula: Formula) -> set[str]:
    return {name for entry in formula.right_entries for slot in entry.slots for name in names_in(slot.items)}


def _joined(boxes: Sequence[Box]) -> Box:
    return Row(tuple(part for box in boxes for part in (COMMA, box))[1:]) if len(boxes) > 1 else Row(tuple(boxes))


def _indexed(formula: Formula, symbol: Box, indices: Box) -> Items:
    """In the author's style: ``O_{i,j}`` or ``O(i, j)``."""
    called = any(isinstance(item, Fence) for entry in formula.entries for item in entry.boxes(formula.box)[1:])
    if indices == Row(()):
        return (symbol,)
    return (symbol, Fence("(", indices, ")")) if called else (Script(symbol, indices),)


@mistake("output_for_upstream", "The chain rule needs the derivative by the output, {new}, not {old} itself.")
def output_for_upstream(formula: Formula) -> Iterator[Edit]:
    """The loss depends on the output, so ∂L/∂O stands in the chain rule, not O."""
    loss = next((formula.spelling[name] for name in formula.words.losses if name in formula.spelling), Symbol("L"))
    partial = Symbol(r"\partial")
    for entry in formula.right_entries:
        if entry.word.role == "output" and not entry.derived:
            boxes = entry.boxes(formula.box)
            new: Box = Fraction(Row((partial, loss)), Row((partial, *boxes)))
            yield from splice_edit(boxes, Splice(entry.row, entry.start, entry.stop, (new,)), "derivative")


@mistake("wrong_tensor", "The wrong tensor: it must be {new}, not {old}.")
def wrong_tensor(formula: Formula) -> Iterator[Edit]:
    """By the product rule the gradient by the kernel has the input as its factor, and the other way round."""
    for entry in formula.right_entries:
        for word in formula.words.tensors.values():
            if word.role != entry.word.role and len(word.axes) == len(entry.word.axes):
                yield from _replaced(formula, entry, word.symbol)


def _replaced(formula: Formula, entry: Entry, symbol: Box) -> Iterator[Edit]:
    old = at_path(formula.box, entry.symbol)
    words = {"old": shown(old), "new": shown(symbol)}
    yield Edit((Splice(entry.symbol, 0, len(row_items(old)), (symbol,)),), (entry.role, words["new"]), words)


@mistake("missing_divisor", "The divisor is missing: a mean divides by the number of entries, {divisor}.")
def missing_divisor(formula: Formula) -> Iterator[Edit]:
    """Average pooling divides by the size of its window, k₁k₂, in the layer and in the gradient alike."""
    for divisor in divisors(formula) if formula.right_entries else ():
        fraction = Fraction(Number("1"), divisor)
        for path, start, _, items in products(formula):
            if not any(isinstance(item, Cases) for item in items):
                yield Edit((Splice(path, start, start, (fraction,)),), (), {"divisor": shown(divisor)})


@mistake("wrong_divisor", "A mean divides by the number of entries of its window, {new}, not by {old}.")
def wrong_divisor(formula: Formula) -> Iterator[Edit]:
    """A window of k × k has k² entries."""
    for path, items in formula.rows:
        for at, item in enumerate(items):
            here = (*path, at) if len(items) > 1 else path
            if isinstance(item, Fraction) and not formula.is_left(here) and not is_d(row_items(item.den)[0]):
                for divisor in divisors(formula):
                    old = row_items(item.den)
                    yield from splice_edit(old, Splice((*here, 1), 0, len(old), row_items(divisor)), "divisor")


@mistake("extra_divisor", "The factor {old} is too much: this is a sum, not a mean.")
def extra_divisor(formula: Formula) -> Iterator[Edit]:
    """A convolution adds its products up; only a mean divides."""
    for path, start, _, items in products(formula):
        for at, item in enumerate(items):
            if isinstance(item, Fraction) and row_items(item.num) == (Number("1"),):
                yield Edit((Splice(path, start + at, start + at + 1, ()),), (), {"old": shown(item)})


def divisors(formula: Formula) -> Iterator[Box]:
    """The number of entries of the window: k₁k₂, or k² for a square one."""
    kernels = [axis.kernel for axis in formula.words.axes if axis.kernel is not None]
    if kernels and len(kernels) == len(formula.words.axes):
        if len(set(kernels)) == 1:
            yield squared(kernels[0], len(kernels))
        else:
            yield Row(tuple(Fence("(", k, ")") if isinstance(k, Row) else k for k in kernels))


@mistake("wrong_sign", "A sign is wrong: {new}, not {old}.")
def wrong_sign(formula: Formula) -> Iterator[Edit]:
    """The gradients of linear layers have no minus signs."""
    for path, start, stop in formula.rights:
        items = row_items(at_path(formula.box, path))[start:stop]
        for at, item in enumerate(items):
            if is_sign(item, ("+", "-")):
                other = Sign("-" if is_sign(item, ("+",)) else "+")
                new: Items = () if at == 0 else (other,)
                words = {"old": shown(*items[at : at + 2]), "new": shown(*new, *items[at + 1 : at + 2])}
                yield Edit((Splice(path, start + at, start + at + 1, new),), ("sign",), words)
        if items and not is_sign(items[0], ("+", "-")):
            words = {"old": shown(items[0]), "new": shown(Sign("-"), items[0])}
            yield Edit((Splice(path, start, start, (Sign("-"),)),), ("minus",), words)
    yield from _signs_below(formula)


def _signs_below(formula: Formula) -> Iterator[Edit]:
    """The signs in fractions and parentheses of a right side."""
    for path, items in formula.rows:
        for at, item in enumerate(items):
            below = (
                path and isinstance(at_path(formula.box, path[:-1]), (Fraction, Fence)) and not formula.is_left(path)
            )
            if below and is_sign(item, ("+", "-")):
                new = Sign("-" if is_sign(item, ("+",)) else "+")
                words = {"old": shown(*items), "new": shown(*items[:at], *([new] if at else []), *items[at + 1 :])}
                yield Edit((Splice(path, at, at + 1, (new,) if at or new == Sign("-") else ()),), ("below",), words)


@mistake("bias_inside_sum", "The bias {bias} is added once, behind the sums, not in each summand.")
def bias_inside_sum(formula: Formula) -> Iterator[Edit]:
    """Each output gets its bias once; in the sum over the kernel it would count k₁k₂ times."""
    for path, start, stop in formula.rights:
        items = row_items(at_path(formula.box, path))[start:stop]
        for at, item in enumerate(items):
            terms = terms_of(row_items(item.body)) if isinstance(item, Fence) and item.open == "(" else None
            for term in terms or ():
                bias = any(entry.role == "bias" and entry.boxes(formula.box) == term.items for entry in formula.entries)
                if terms is not None and bias and len(terms) > 1:
                    rest = items_of_terms([each for each in terms if each is not term])
                    kept: Items = rest if len(terms) == 2 else (Fence("(", Row(rest), ")"),)
                    sign = Sign("+" if term.sign > 0 else "-")
                    new = (*items[:at], *kept, *items[at + 1 :], sign, *term.items)
                    yield Edit((Splice(path, start, stop, new),), (), {"bias": shown(*term.items)})


@mistake("extra_factor", "The factor{old:/s} {old} {old:does/do} not belong here.")
def extra_factor(formula: Formula) -> Iterator[Edit]:
    """Each factor of a product has its reason; one that is too much changes the result."""
    for path, items in formula.rows:
        if formula.is_left(path) or any(is_sign(item, ("=", ",")) for item in items):
            continue
        terms = terms_of(items) or ()
        for at, term in enumerate(terms):
            for place, item in enumerate(term.items):
                if len(term.items) < 2 or isinstance(item, (Sign, Big)):
                    continue
                low, high = place, place + 1
                if low and is_sign(term.items[low - 1], TIMES):
                    low -= 1
                elif high < len(term.items) and is_sign(term.items[high], TIMES):
                    high += 1
                rest = type(term)(term.sign, (*term.items[:low], *term.items[high:]))
                if rest.items:
                    new = items_of_terms((*terms[:at], rest, *terms[at + 1 :]))
                    yield Edit((Splice(path, 0, len(items), new),), (shown(item),), {"old": shown(item)})
