"""Mistakes in the size of an output and in the number of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.typeset.layout import Box, Fence, Fraction, Number, Row, Sign
from symconv.verification.mistakes.arithmetic import (
    Items,
    Term,
    fenced,
    items_of_terms,
    plus,
    shifted,
    terms_of,
    times,
    without_factor,
)  # fmt: skip
from symconv.verification.mistakes.edit import Edit, Path, Splice, at_path, row_items
from symconv.verification.mistakes.factors import divisors
from symconv.verification.mistakes.formula import Formula
from symconv.verification.mistakes.mistake import mistake, shown, splice_edit
from symconv.verification.mistakes.names import name_of
from symconv.verification.mistakes.vocabulary import AxisWords


def is_size(formula: Formula) -> bool:
    """Whether the formula speaks of sizes only: no entry stands in it."""
    return not any(entry.slots for entry in formula.entries) and not formula.sums


def sums_of(formula: Formula) -> Iterator[tuple[Path, int, int, tuple[Term, ...]]]:
    """The sums in a formula of sizes: right sides, numerators, contents of parentheses."""
    if not is_size(formula):
        return
    for path, start, stop in formula.rights:
        terms = terms_of(row_items(at_path(formula.box, path))[start:stop])
        if terms is not None:
            yield path, start, stop, terms
    for path, items in formula.rows:
        inner = path and isinstance(at_path(formula.box, path[:-1]), (Fence, Fraction))
        terms = terms_of(items)
        if inner and terms is not None and not formula.is_left(path):
            yield path, 0, len(items), terms


def _axes(formula: Formula) -> Iterator[AxisWords]:
    yield from dict.fromkeys(formula.words.axes)


@mistake("missing_floor", "The quotient must be rounded down: {new}, not {old}.")
def missing_floor(formula: Formula) -> Iterator[Edit]:
    """Where the stride does not fit, the rest of the input is left out: ⌊(n + 2p − k)/s⌋ + 1."""
    if not is_size(formula):
        return
    for path, items in formula.rows:
        if formula.is_left(path) or _rounded(formula, path):
            continue
        for at, item in enumerate(items):
            if isinstance(item, Fraction):
                new = Fence("lfloor", item, "rfloor")
                yield from splice_edit((item,), Splice(path, at, at + 1, (new,)), "floor")
            if item == Sign("/") and 0 < at < len(items) - 1:
                quotient = items[at - 1 : at + 2]
                new = Fence("lfloor", Row(quotient), "rfloor")
                yield from splice_edit(quotient, Splice(path, at - 1, at + 2, (new,)), "floor")


def _rounded(formula: Formula, path: Path) -> bool:
    above = at_path(formula.box, path[:-1]) if path else None
    return isinstance(above, Fence) and above.open in ("lfloor", "lceil")


@mistake("ceil_for_floor", "The quotient is rounded the wrong way: {new}, not {old}.")
def ceil_for_floor(formula: Formula) -> Iterator[Edit]:
    """A window that does not fit whole is left out (floor); only pooling with ceil_mode rounds up."""
    other = {"lfloor": Fence("lceil", Row(()), "rceil"), "lceil": Fence("lfloor", Row(()), "rfloor")}
    for path, items in formula.rows:
        for at, item in enumerate(items):
            if isinstance(item, Fence) and item.open in other:
                new = replace(other[item.open], body=item.body)
                yield from splice_edit((item,), Splice(path, at, at + 1, (new,)), "rounded")


@mistake("size_off_by_one", "The size is off by one: {new}, not {old}.")
def size_off_by_one(formula: Formula) -> Iterator[Edit]:
    """The first window counts too: there are ⌊(n − k)/s⌋ + 1 positions."""
    for path, start, stop, terms in sums_of(formula):
        items = items_of_terms(terms)
        for by in (1, -1):
            new = shifted(items, by)
            if new is not None:
                yield from splice_edit(items, Splice(path, start, stop, new), str(by))
        for at, term in enumerate(terms):
            for place, item in enumerate(term.items):
                less = shifted((item,), -1) if len(term.items) > 1 and name_of(item) is not None else None
                if less is not None:
                    inner = (*term.items[:place], Fence("(", Row(less), ")"), *term.items[place + 1 :])
                    new = items_of_terms((*terms[:at], replace(term, items=inner), *terms[at + 1 :]))
                    yield from splice_edit(items, Splice(path, start, stop, new), "inside", str(place))


@mistake("one_inside_fraction", "The +1 stands behind the quotient, not in it: {new}, not {old}.")
def one_inside_fraction(formula: Formula) -> Iterator[Edit]:
    """The stride divides the way that the window can go, n − k, and the first window is added after that."""
    if not is_size(formula):
        return
    for path, items in formula.rows:
        for at, item in enumerate(items):
            fraction = item.body if isinstance(item, Fence) and item.open in ("lfloor", "lceil") else item
            above = row_items(fraction.num) if isinstance(fraction, Fraction) else ()
            terms = terms_of(above)
            if not isinstance(fraction, Fraction) or terms is None or not any(term.number for term in terms):
                continue
            less = shifted(above, -1)
            if less is not None:
                inner: Box = replace(fraction, num=Row(less))
                new = (replace(item, body=inner) if isinstance(item, Fence) else inner, Sign("+"), Number("1"))
                yield from splice_edit((item,), Splice(path, at, at + 1, new), "out")


@mistake("single_padding", "The padding counts on both sides: {new}, not {old}.")
def single_padding(formula: Formula) -> Iterator[Edit]:
    """Padding of p adds p positions in front and p behind."""
    for axis in _axes(formula):
        for path, start, stop, terms in sums_of(formula):
            for at, term in enumerate(terms):
                if axis.padding is not None and term.items == row_items(axis.padding):
                    twice = replace(term, items=(Number("2"), *row_items(axis.padding)))
                    new = items_of_terms((*terms[:at], twice, *terms[at + 1 :]))
                    yield from splice_edit(items_of_terms(terms), Splice(path, start, stop, new), "twice")


@mistake("missing_padding_in_size", "The padding {padding} is missing in the size: {new}, not {old}.")
def missing_padding_in_size(formula: Formula) -> Iterator[Edit]:
    """The window moves over the padded input of n + 2p positions."""
    for axis in _axes(formula):
        for path, start, stop, terms in sums_of(formula):
            if axis.padding is not None and len(terms) > 1:
                items = items_of_terms(terms)
                added = (Term(terms[0].sign, terms[0].items), Term(1, times(Number("2"), row_items(axis.padding))))
                new = items_of_terms((*added, *terms[1:]))
                words = {"padding": shown(axis.padding)}
                yield from splice_edit(items, Splice(path, start, stop, new), "padding", **words)


@mistake("missing_dilation_in_size", "A kernel that is dilated by {dilation} covers more: {new}, not {old}.")
def missing_dilation_in_size(formula: Formula) -> Iterator[Edit]:
    """A kernel of k entries that lie d apart covers d(k − 1) + 1 positions."""
    for axis in _axes(formula):
        if axis.dilation is None or axis.kernel is None:
            continue
        less = shifted(row_items(axis.kernel), -1)
        wide = None if less is None else times(axis.dilation, less)
        for path, start, stop, terms in sums_of(formula):
            for at, term in enumerate(terms):
                together = {row_items(axis.kernel)}
                together |= {(*row_items(axis.dilation), *row_items(axis.kernel))}
                together |= {(*row_items(axis.kernel), *row_items(axis.dilation))}
                if wide is not None and term.items in together:
                    rest = [*terms[:at], Term(term.sign, wide), *terms[at + 1 :]]
                    new = shifted(items_of_terms(rest), term.sign)
                    if new is not None:
                        words = {"dilation": shown(axis.dilation)}
                        yield from splice_edit(items_of_terms(terms), Splice(path, start, stop, new), "wide", **words)


@mistake("missing_stride_in_size", "The stride {stride} is missing in the size: {new}, not {old}.")
def missing_stride_in_size(formula: Formula) -> Iterator[Edit]:
    """Windows that are s apart fit ⌊(n − k)/s⌋ + 1 times."""
    for axis in _axes(formula):
        for path, start, stop, terms in sums_of(formula):
            if axis.stride is None or len(terms) < 2:
                continue
            items = items_of_terms(terms)
            less = shifted(items, -1)
            if less is not None:
                floor: Items = (Fence("lfloor", Fraction(Row(less), axis.stride), "rfloor"), Sign("+"), Number("1"))
                yield from splice_edit(items, Splice(path, start, stop, floor), "floor", stride=shown(axis.stride))


@mistake("same_padding_without_stride", "With the stride {stride}, the same size needs the padding {new}, not {old}.")
def same_padding_without_stride(formula: Formula) -> Iterator[Edit]:
    """The output has as many positions as the input if 2p = (n − 1)s − n + k; that is k − 1 for stride 1 only."""
    for axis in _axes(formula):
        if axis.stride is None or axis.kernel is None or axis.input is None or not is_size(formula):
            continue
        before = shifted(row_items(axis.input), -1)
        way = None if before is None else times(axis.stride, before)
        for path, start, stop in formula.rights:
            old = row_items(at_path(formula.box, path))[start:stop]
            if way is not None and start < stop:
                kernel = terms_of(row_items(axis.kernel)) or ()
                size = terms_of(row_items(axis.input)) or ()
                total = items_of_terms((Term(1, way), *(term.negated for term in size), *kernel))
                new = (Fraction(Row(total), Number("2")),)
                yield from splice_edit(old, Splice(path, start, stop, new), "same", stride=shown(axis.stride))


@mistake("missing_bias", "The biases are forgotten: each of the {filters} filters has one.")
def missing_bias(formula: Formula) -> Iterator[Edit]:
    """A layer with F filters has F biases beside its weights."""
    filters = formula.words.sizes.get("F")
    for path, start, stop in formula.rights:
        if is_size(formula) and filters is not None:
            old = row_items(at_path(formula.box, path))[start:stop]
            new = plus(old, row_items(filters))
            if new is not None:
                yield Edit((Splice(path, start, stop, new),), ("bias",), {"filters": shown(filters)})


@mistake("extra_bias", "The biases {old} are too much.")
def extra_bias(formula: Formula) -> Iterator[Edit]:
    """A layer without biases has its weights only, and with biases each filter has one of them, not two."""
    filters = formula.words.sizes.get("F")
    for path, start, stop, terms in sums_of(formula):
        for at, term in enumerate(terms):
            few = without_factor(term.items, filters) if filters is not None else None
            bias = few in ((Number("1"),), (Number("2"),)) or term.number is not None
            if len(terms) > 1 and bias:
                rest = [*terms[:at], *terms[at + 1 :]]
                words = {"old": shown(*term.items)}
                yield Edit((Splice(path, start, stop, items_of_terms(rest)),), (), words)
                if few == (Number("2"),):
                    half = replace(term, items=row_items(filters) if filters is not None else ())
                    yield Edit((Splice(path, start, stop, items_of_terms([*rest, half])),), (), words)


@mistake("one_bias_only", "Each filter has a bias of its own: {new}, not {old}.")
def one_bias_only(formula: Formula) -> Iterator[Edit]:
    """There are as many biases as output channels, F, not one."""
    filters = formula.words.sizes.get("F")
    for path, start, stop, terms in sums_of(formula):
        for at, term in enumerate(terms):
            if filters is not None and len(terms) > 1 and term.number == 1:
                new = items_of_terms((*terms[:at], Term(1, row_items(filters)), *terms[at + 1 :]))
                yield from splice_edit(items_of_terms(terms), Splice(path, start, stop, new), "filters")


@mistake("missing_channels", "The factor {factor} is missing: every filter has weights for every input channel.")
def missing_channels(formula: Formula) -> Iterator[Edit]:
    """The kernel of a layer has F · C · k₁ · k₂ entries."""
    for axis in ("C", "F"):
        size = formula.words.sizes.get(axis)
        for path, start, stop, terms in sums_of(formula):
            for at, term in enumerate(terms):
                if size is not None and without_factor(term.items, size) is None:
                    dot = any(isinstance(item, Sign) for item in term.items)
                    more = (*term.items, *((Sign(r"\cdot"),) if dot else ()), fenced(size))
                    new = items_of_terms((*terms[:at], replace(term, items=more), *terms[at + 1 :]))
                    yield Edit((Splice(path, start, stop, new),), (), {"factor": shown(size)})


@mistake("leading_order_only", "This is the leading order only: the kernel has {new} entries, not {old}.")
def leading_order_only(formula: Formula) -> Iterator[Edit]:
    """A kernel that reaches from −Δ to Δ has 2Δ + 1 entries in each direction; 2Δ are too few."""
    for path, start, stop in formula.rights:
        old = row_items(at_path(formula.box, path))[start:stop]
        for number in divisors(formula):
            if is_size(formula) and any(isinstance(axis.kernel, Row) for axis in formula.words.axes):
                yield from splice_edit(old, Splice(path, start, stop, row_items(number)), "all")


@mistake("wrong_size_symbol", "A wrong symbol: it must be {new}, not {old}.")
def wrong_size_symbol(formula: Formula) -> Iterator[Edit]:
    """Each size is the one of its axis: the rows of the input go with the rows of the kernel."""
    symbols: list[Box] = [size for axis in formula.words.axes for size in _sizes(axis)]
    symbols += formula.words.sizes.values()
    for path, start, stop, terms in sums_of(formula):
        items = items_of_terms(terms)
        for at, item in enumerate(items):
            for symbol in dict.fromkeys(symbols):
                if item != symbol and not isinstance(item, (Sign, Number, Fence, Fraction)):
                    new = (*items[:at], fenced(symbol), *items[at + 1 :])
                    words = {"old": shown(item), "new": shown(symbol)}
                    yield Edit((Splice(path, start, stop, new),), (shown(item), shown(symbol)), words)


def _sizes(axis: AxisWords) -> Iterator[Box]:
    for size in (axis.kernel, axis.input, axis.output, axis.stride, axis.padding, axis.dilation):
        if size is not None:
            yield size
