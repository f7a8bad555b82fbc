"""The vocabulary of a formula, from the layer's definition and from how the author writes its symbols."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.errors import SymconvError
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine
from symconv.meaning.arrays import Algebra
from symconv.meaning.choices import Choices
from symconv.meaning.entries import Entries
from symconv.meaning.layer import Hyper, hyper_of
from symconv.meaning.names import key, name_of
from symconv.meaning.starts import Base, Starts
from symconv.meaning.symbols import Meaning, Symbols
from symconv.parse.read import read_latex
from symconv.typeset.affine_boxes import affine_box
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Row
from symconv.typeset.names import name_box
from symconv.typeset.presets import notations
from symconv.typeset.scope import scope_for
from symconv.verification.mistakes import edit
from symconv.verification.mistakes.axes import renamed
from symconv.verification.mistakes.vocabulary import AxisWords, TensorWord, Vocabulary


def vocabulary_of(
    symbols: Symbols, definition: Definition, base: Base, box: Box, layout: Mapping[str, str] | None = None
) -> Vocabulary:
    """The words of the formula ``box``; what it does not mention is written as the definition names it."""
    written: dict[str, Box] = {}
    inside: edit.Path | None = None
    for path, part in edit.walk(box):
        if inside is not None and path[: len(inside)] == inside and path != inside:
            continue  # the k of k_1 is no tensor
        name = name_of(part)
        if name is not None:
            written.setdefault(name, part)
            inside = path if name in symbols.sizes else None
    starts = Starts(symbols, Choices(), base)
    entries = Entries(Algebra(lambda left, right: left == right), starts, layout or {})
    tensors: dict[str, TensorWord] = {}
    own = {key(tensor.name) for tensor in (*definition.inputs, definition.output)}
    for name, meaning in symbols.meanings.items():
        if name not in symbols.told | own and (name in symbols.sizes or _known_otherwise(meaning, symbols, written)):
            continue  # a customary letter that is a size here, or not needed
        tensor = meaning.high if meaning.role in ("upstream", "output") else meaning.low
        symbol = written.get(name) or (_name(name) if name == key(tensor.name) else None)
        if symbol is not None:
            role = "pre_activation" if meaning.role == "pre_activation" else tensor.role
            tensors[name] = TensorWord(symbol, role, _order(tensor, entries))
    shapes = _shapes(definition)
    writer = _Writer(definition, symbols, written)
    sizes = {axis: writer.size(size) for axis, size in shapes.items() if axis in ("N", "C", "F")}
    rank = sum(axis[0] == "O" for axis in definition.output.axes)
    hyper = hyper_of(definition)
    axes = tuple(writer.axis(number, shapes, hyper) for number in range(1, rank + 1))
    return Vocabulary(
        tensors,
        axes,
        sizes,
        frozenset(symbols.sizes),
        symbols.losses,
        base if isinstance(base, int) else {name: start for name, start in base.items() if isinstance(start, int)},
        hyper is not None and hyper.flipped,
        "Pool" in definition.name,
    )


def _known_otherwise(meaning: Meaning, symbols: Symbols, written: Mapping[str, Box]) -> bool:
    """Whether the formula writes the tensor by a name that is no guess."""
    sure = symbols.told | {key(tensor.name) for tensor in (*symbols.definition.inputs, symbols.definition.output)}
    return any(other in written and symbols.meanings[other] == meaning for other in sure & symbols.meanings.keys())


class _Writer:
    """Writes forms in the author's symbols."""

    def __init__(self, definition: Definition, symbols: Symbols, written: Mapping[str, Box]) -> None:
        self.definition = definition
        self.scope = scope_for(notations["default"], definition)
        self.names = {str(form): written[known] for known, form in symbols.sizes.items() if known in written}
        self.keys = {key(name): box for name, box in self.names.items()}

    def size(self, form: Affine) -> Box:
        """The form, in the author's symbols where the formula has them."""
        whole = self.names.get(str(form))
        if whole is not None:
            return whole
        box = read_latex(write_latex(affine_box(form, self.scope, small=False)))
        return _box(renamed(edit.row_items(box), self.keys))

    def axis(self, number: int, shapes: Mapping[str, Affine], hyper: Hyper | None) -> AxisWords:
        """The words of one spatial axis: hyperparameters where a window moves over the input, and sizes."""
        at = number - 1
        return AxisWords(
            self._unless(hyper.strides[at] if hyper else None, 1),
            self._unless(hyper.before[at] if hyper else None, 0),
            self._unless(hyper.dilations[at] if hyper else None, 1),
            self._unless(hyper.kernel[at] if hyper else shapes.get(f"K{number}"), None),
            self._unless(shapes.get(f"O{number}"), None),
            self._unless(shapes.get(f"S{number}"), None),
        )

    def _unless(self, form: Affine | None, usual: int | None) -> Box | None:
        return None if form is None or (usual is not None and form == Affine.of(usual)) else self.size(form)


def _box(items: tuple[Box, ...]) -> Box:
    return items[0] if len(items) == 1 else Row(items)


def _shapes(definition: Definition) -> dict[str, Affine]:
    tensors = (*definition.inputs, definition.output)
    return {axis: size for tensor in tensors for axis, size in zip(tensor.axes, tensor.shape, strict=True)}


def _order(tensor: Tensor, entries: Entries) -> tuple[str, ...]:
    """The tensor's axes in the author's order."""
    try:
        places = entries.order(tensor)
    except SymconvError:
        return tensor.axes
    written = [(place, axis) for place, axis in zip(places, tensor.axes, strict=True) if place is not None]
    return tuple(axis for _, axis in sorted(written))


def _name(name: str) -> Box | None:
    try:
        return name_box(name)
    except SymconvError:
        return None
