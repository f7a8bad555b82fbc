r"""Mistakes in operators and matrices: rot180, ⋆ and ∗, full and valid, transposes, activation derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Number, Row, Script, Sign, Symbol, Text
from symconv.verification.mistakes.arithmetic import items_of_terms, terms_of
from symconv.verification.mistakes.edit import Edit, Path, Splice, apply, at_path, listed, row_items
from symconv.verification.mistakes.formula import Formula, names_in
from symconv.verification.mistakes.mistake import mistake, shown, splice_edit
from symconv.verification.mistakes.names import is_layer_mark, key, name_of

STARS = ("*", r"\ast", r"\star", r"\circledast", r"\otimes")
FLIPS = ("rot", "flip", "rotate")
MODES = ("full", "valid", "same")


def rights(formula: Formula) -> Iterator[tuple[Path, tuple[Box, ...]]]:
    """The rows that stand on right sides; a left side in the same row is no row of its own."""
    for path, items in formula.rows:
        if not formula.is_left(path):
            yield path, items


def _is_flip(box: Box) -> bool:
    """``\\operatorname{rot180}``, ``\\text{rot}_{180}``, ``flip``."""
    base = box.base if isinstance(box, Script) else box
    return isinstance(base, (Symbol, Text)) and key(write_latex(base)).removeprefix("\\").startswith(FLIPS)


def _flips_at(items: tuple[Box, ...], at: int) -> int | None:
    """Where the argument of a flip stands that begins at that place: behind ``rot180`` or ``rot 180``."""
    if not _is_flip(items[at]):
        return None
    behind = at + 1
    if behind < len(items) and items[behind] == Number("180"):
        behind += 1
    return behind if behind < len(items) and isinstance(items[behind], Fence) else None


@mistake("double_flip", "The kernel is flipped twice: {old} must be {new}, as the operator flips already.")
def double_flip(formula: Formula) -> Iterator[Edit]:
    """δ ∗ K, the true convolution, flips the kernel already; with rot180 it is a cross-correlation again."""
    for path, items in rights(formula):
        for at in range(len(items)):
            behind = _flips_at(items, at)
            if behind is not None:
                fence = items[behind]
                assert isinstance(fence, Fence)
                old, inner = items[at : behind + 1], row_items(fence.body)
                new: tuple[Box, ...] = inner if len(inner) == 1 else (Fence("(", fence.body, ")"),)
                yield from splice_edit(old, Splice(path, at, behind + 1, new), "bare")


@mistake("missing_flip", "The kernel must be flipped: {new}, not {old}.")
def missing_flip(formula: Formula) -> Iterator[Edit]:
    """The gradient by the input is a full cross-correlation with the flipped kernel, δ ⋆ rot180(K). Of a layer that
    flips its kernel, the gradient by the kernel comes out flipped.
    """
    for entry in formula.right_entries:
        if entry.word.role in ("kernel", "weight") and not _inside_flip(formula, entry.row):
            boxes = entry.boxes(formula.box)
            new = (Symbol(r"\operatorname{rot180}"), Fence("(", Row(boxes), ")"))
            yield from splice_edit(boxes, Splice(entry.row, entry.start, entry.stop, new), "flip")
    for path, start, stop in formula.rights if formula.words.flips else ():
        items = row_items(at_path(formula.box, path))[start:stop]
        if any(_is_operator(item) for item in items):
            new = (Symbol(r"\operatorname{rot180}"), Fence("(", Row(items), ")"))
            yield from splice_edit(items, Splice(path, start, stop, new), "result")


def _is_star(item: Box) -> bool:
    sign = item.base if isinstance(item, Script) else item
    return isinstance(sign, Sign) and sign.name in STARS


def _is_operator(item: Box) -> bool:
    return _is_star(item) or "conv" in (name_of(item) or "")


def _inside_flip(formula: Formula, path: Path) -> bool:
    return any(
        path[: len(where) + 1] == (*where, behind)
        for where, items in formula.rows
        for at in range(len(items))
        if (behind := _flips_at(items, at)) is not None
    )


@mistake("rot_of_sum", "rot180 belongs to the kernel alone, not to the whole result: {new}.")
def rot_of_sum(formula: Formula) -> Iterator[Edit]:
    """Turning the result of a cross-correlation turns δ as well; rot180 acts on the kernel."""
    for path, items in rights(formula):
        for at in range(len(items)):
            behind = _flips_at(items, at)
            fence = items[behind] if behind is not None else None
            if behind is None or not isinstance(fence, Fence):
                continue
            inner = row_items(fence.body)
            yield from _of_sums(formula, path, Splice(path, at, behind + 1, items[at : behind + 1]), fence)
            for place, part in enumerate(inner):
                word = formula.words.tensors.get(_tensor_name(part) or "")
                if word is not None and word.role in ("kernel", "weight") and len(inner) > 1:
                    turned = (*items[at:behind], replace(fence, body=part))
                    new = (*inner[:place], *turned, *inner[place + 1 :])
                    words = {"new": shown(*new)}
                    yield Edit((Splice(path, at, behind + 1, new),), ("rot",), words)


def _of_sums(formula: Formula, path: Path, whole: Splice, fence: Fence) -> Iterator[Edit]:
    """``rot180(Σ_m δ_{i+m} K_m)`` as ``Σ_m δ_{i−m} K_m``."""
    here = (*path, whole.stop - 1)
    summed = {name for each in formula.sums if each.path[: len(here)] == here for name in each.names}
    splices: list[Splice] = []
    for entry in formula.right_entries:
        for slot in entry.slots if entry.role == "upstream" and entry.row[: len(here)] == here else ():
            terms = terms_of(slot.items) or ()
            new = [term.negated if set(names_in(term.items)) & summed else term for term in terms]
            splices.append(replace(slot.put(items_of_terms(new)), path=slot.path[len(here) :]))
    if splices:
        turned = apply(fence, splices)
        assert isinstance(turned, Fence)
        items = row_items(turned.body)
        words = {"new": "without it, " + listed([shown(*splice.items) for splice in splices]) + " are read"}
        yield Edit((replace(whole, items=items),), ("sum",), words)


def _tensor_name(box: Box) -> str | None:
    return name_of(box) or (_tensor_name(box.base) if isinstance(box, Script) else None)


@mistake("wrong_operator", "{old} is the wrong operator here: {new} is right (⋆ does not flip the kernel, ∗ does).")
def wrong_operator(formula: Formula) -> Iterator[Edit]:
    """⋆ is the cross-correlation, ∗ the true convolution."""
    places = [(path, items) for path, items in rights(formula) if any(_is_star(item) for item in items)]
    for path, items in places or formula.rows:
        for at, item in enumerate(items):
            sign = item.base if isinstance(item, Script) else item
            if isinstance(sign, Sign) and sign.name in STARS:
                for other in (r"\star", r"\ast") if sign.name not in ("*", r"\ast") else (r"\star",):
                    new: Box = replace(item, base=Sign(other)) if isinstance(item, Script) else Sign(other)
                    yield from splice_edit((item,), Splice(path, at, at + 1, (new,)), other)


@mistake("wrong_mode", "The convolution must be {new}, not {old}.")
def wrong_mode(formula: Formula) -> Iterator[Edit]:
    """The gradient by the input is as large as the input: each output reaches k positions (full)."""
    for path, items in rights(formula):
        for at, item in enumerate(items):
            word = name_of(item)
            mode = next((mode for mode in MODES if word is not None and word.removeprefix("\\") == mode), None)
            if mode is not None and isinstance(item, (Symbol, Text)):
                for other in MODES:
                    if other != mode:
                        new: Box = (
                            replace(item, name=item.name.replace(mode, other))
                            if isinstance(item, Symbol)
                            else Text(other)
                        )
                        yield from splice_edit((item,), Splice(path, at, at + 1, (new,)), other)


@mistake("operands_swapped", "The operands are exchanged: {new}, not {old}.")
def operands_swapped(formula: Formula) -> Iterator[Edit]:
    """I ⋆ δ slides δ over the input; δ ⋆ I is its mirror image."""
    for path, items in rights(formula):
        for at, item in enumerate(items):
            sign = item.base if isinstance(item, Script) else item
            if isinstance(sign, Sign) and sign.name in STARS and 0 < at < len(items) - 1:
                low, high = _operand_before(items, at), _operand_behind(items, at)
                old = items[low:high]
                new = (*items[at + 1 : high], item, *items[low:at])
                yield from splice_edit(old, Splice(path, low, high, new), "swapped")


def _operand_before(items: tuple[Box, ...], at: int) -> int:
    low = at
    while low and not isinstance(items[low - 1], Sign):
        low -= 1
    return low


def _operand_behind(items: tuple[Box, ...], at: int) -> int:
    high = at + 1
    while high < len(items) and not isinstance(items[high], Sign):
        high += 1
    return high


@mistake("missing_dilated_upstream", "With the stride {stride}, zeros go between the entries of {old}: {new}.")
def missing_dilated_upstream(formula: Formula) -> Iterator[Edit]:
    """For the stride s the upstream gradient is spread, s − 1 zeros between its entries, before it is convolved."""
    stride = next((axis.stride for axis in formula.words.axes if axis.stride is not None), None)
    for entry in formula.right_entries:
        if stride is not None and entry.role == "upstream" and not entry.slots:
            boxes = entry.boxes(formula.box)
            new = (Script(Symbol(r"\operatorname{dil}"), stride), Fence("(", Row(boxes), ")"))
            yield from splice_edit(boxes, Splice(entry.row, entry.start, entry.stop, new), "dil", stride=shown(stride))


@mistake("wrong_layer_mark", "The layer is wrong: {new}, not {old}.")
def wrong_layer_mark(formula: Formula) -> Iterator[Edit]:
    """δ of layer l + 1 is passed to layer l by the weights of layer l + 1 and the derivative at layer l."""
    marked = [
        (path, at, item)
        for path, items in rights(formula)
        for at, item in enumerate(items)
        if isinstance(item, Script) and item.sup is not None
    ]
    # the gradients of a layer are said of its own δ: what is multiplied by it has the wrong mark rather
    for path, at, item in sorted(marked, key=lambda each: write_latex(each[2].base) == r"\delta"):
        for mark in _marks(item.sup):
            new = replace(item, sup=mark)
            yield from splice_edit((item,), Splice(path, at, at + 1, (new,)), f"{shown(mark)} {path} {at}")


def _marks(sup: Box | None) -> Iterator[Box]:
    """The mark of the layer before and behind, as the author writes marks."""
    if sup is None:
        return
    fenced = isinstance(sup, Fence)
    inner = sup.body if isinstance(sup, Fence) else sup
    if not is_layer_mark(write_latex(sup)) and write_latex(inner).replace(" ", "") not in (r"\ell+l", "l+l"):
        return
    letter = row_items(inner)[0]
    for tail in ((), (Sign("+"), Number("1")), (Sign("-"), Number("1"))):
        body: Box = Row((letter, *tail)) if tail else letter
        if body != inner and not isinstance(letter, Number):
            yield replace(sup, body=body) if fenced and isinstance(sup, Fence) else body
