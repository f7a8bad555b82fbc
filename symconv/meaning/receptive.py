"""Formulas for the receptive field of a stack of layers: ``RF_l = RF_{l-1} + (k_l - 1) d_l \\prod_{i<l} s_i``.

They speak of a sequence of layers, so that they are compared on stacks: RF_0 = 1 and J_0 = 1, and layer l with kernel
k, stride s and dilation d makes RF_l = RF_{l−1} + (k − 1)·d·J_{l−1} and J_l = J_{l−1}·s. (A. Araujo, W. Norris, J. Sim,
“Computing receptive fields of convolutional neural networks”, Distill 2019, equations 1 and 2.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from random import Random

from symconv.expr.tensor import Definition
from symconv.meaning.arithmetic import check_signs
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.layer import hyper_of
from symconv.meaning.names import key, name_of
from symconv.meaning.rows import PRODUCT, is_sign, items_of, signed_terms, split
from symconv.parse.places import walk
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fence, Number, Row, Script, Symbol, Text
from symconv.typeset.layout import Fraction as Over

FIELD, JUMP = frozenset({"RF", "R", "r", "rf", "RFS"}), frozenset({"J", "j", "S", "jump"})
_INDEXED = re.compile(r"(.+?)_\{?([A-Za-z\\]+)\}?")
LAYERS, MOST = 5, 400
TOP = "#top"
"""Stands for the last layer where a formula counts r_l from there."""


@dataclass(frozen=True)
class Stack:
    """The numbers of every layer from 1 on; position 0 stands for no layer."""

    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]

    def field(self, layers: int) -> int:
        """RF of that many layers."""
        total, jump = 1, 1
        for at in range(1, layers + 1):
            total += (self.kernels[at] - 1) * self.dilations[at] * jump
            jump *= self.strides[at]
        return total

    def seen(self, layer: int, top: int) -> int:
        """How many entries of a layer's output one entry of the output of layer ``top`` sees."""
        total, jump = 1, 1
        for at in range(layer + 1, top + 1):
            total += (self.kernels[at] - 1) * self.dilations[at] * jump
            jump *= self.strides[at]
        return total

    def jump(self, layers: int) -> int:
        """The distance in the input between neighbouring outputs."""
        product = 1
        for at in range(1, layers + 1):
            product *= self.strides[at]
        return product


@dataclass(frozen=True)
class Sequences:
    """The letters of the layer's numbers, and whether they carry the number of the layer."""

    letters: Mapping[str, str]
    fixed: frozenset[str]

    def value(self, name: str, stack: Stack) -> tuple[int, ...]:
        """The sequence that a letter stands for."""
        return {"k": stack.kernels, "s": stack.strides, "d": stack.dilations}[self.letters[name]]


def sequences_of(definition: Definition) -> Sequences:
    """Kernel ``K_l`` is K with the layer's number; kernel ``k`` is one number for all layers."""
    hyper = hyper_of(definition)
    if hyper is None:
        raise MeaningError("the layer has no window over its input")
    letters: dict[str, str] = {}
    fixed: set[str] = set()
    for role, form in (("k", hyper.kernel[0]), ("s", hyper.strides[0]), ("d", hyper.dilations[0])):
        if form.constant is not None:
            letters[f"#{role}"] = role
            fixed.add(role)
            continue
        name = str(form)
        found = _INDEXED.fullmatch(key(name))
        letters[found[1] if found else key(name)] = role
        if not found:
            fixed.add(role)
    return Sequences(letters, frozenset(fixed))


def stacks(definition: Definition, seed: int = 0) -> list[Stack]:
    """Random stacks, small numbers first."""
    rng, hyper = Random(seed), hyper_of(definition)
    assert hyper is not None
    sequences = sequences_of(definition)
    found: list[Stack] = []
    for number in range(MOST):
        top = 2 + number // 40
        made: dict[str, tuple[int, ...]] = {}
        for role, form in (("k", hyper.kernel[0]), ("s", hyper.strides[0]), ("d", hyper.dilations[0])):
            one = form.constant if form.constant is not None else rng.randint(1, top)
            each = [one if role in sequences.fixed else rng.randint(1, top) for _ in range(LAYERS + 1)]
            made[role] = tuple(each)
        found.append(Stack(made["k"], made["s"], made["d"]))
    return found


def evaluate(box: Sequence[Box], sequences: Sequences, stack: Stack, names: Mapping[str, int]) -> Fraction:
    """The value of an expression in RF, J and the numbers of the layers; ``names`` are l and bound indices."""
    total = Fraction(0)
    for sign, term in signed_terms(list(box)):
        total += sign * _term(term, sequences, stack, names)
    return total


def _term(items: Sequence[Box], sequences: Sequences, stack: Stack, names: Mapping[str, int]) -> Fraction:
    if not items:
        raise MeaningError("something is missing beside a sign")
    check_signs(items)
    product, divide = Fraction(1), False
    for at, item in enumerate(items):
        if is_sign(item, PRODUCT):
            divide = is_sign(item, ("/",))
            continue
        if isinstance(item, Big):
            value = _big(item, items[at + 1 :], sequences, stack, names)
            if divide and not value:
                raise MeaningError("a division by zero", item)
            return product / value if divide else product * value
        value = _atom(item, sequences, stack, names)
        if divide and not value:
            raise MeaningError("a division by zero", item)
        product = product / value if divide else product * value
        divide = False
    return product


def _big(big: Big, rest: Sequence[Box], sequences: Sequences, stack: Stack, names: Mapping[str, int]) -> Fraction:
    if big.under is None or big.over is None or big.name not in ("sum", "prod"):
        raise MeaningError(f"the sign {big.name} needs an index and both limits", big)
    ends = split(items_of(big.under), ("=",))
    if len(ends) != 2 or not all(ends):
        raise MeaningError(f"the sign {big.name} needs an index and both limits", big)
    left, right = ends
    index = name_of(left[0])
    low, high = evaluate(right, sequences, stack, names), evaluate(items_of(big.over), sequences, stack, names)
    if low.denominator != 1 or high.denominator != 1:
        raise MeaningError(f"the limits of the sign {big.name} are whole numbers", big)
    total = Fraction(0 if big.name == "sum" else 1)
    for number in range(int(low), min(int(high), LAYERS) + 1):
        value = _term(rest, sequences, stack, {**names, index or "": number})
        total = total + value if big.name == "sum" else total * value
    return total


def _atom(item: Box, sequences: Sequences, stack: Stack, names: Mapping[str, int]) -> Fraction:
    match item:
        case Number(text) if text.isdigit() and len(text) < 6:
            return Fraction(int(text))
        case Fence("lfloor", body, "rfloor"):
            return Fraction(floor(evaluate(items_of(body), sequences, stack, names)))
        case Fence("lceil", body, "rceil"):
            return Fraction(ceil(evaluate(items_of(body), sequences, stack, names)))
        case Fence("(", body, ")") | Fence("[", body, "]") | Fence("{", body, "}"):
            return evaluate(items_of(body), sequences, stack, names)
        case Over(num, den):
            below = evaluate(items_of(den), sequences, stack, names)
            if not below:
                raise MeaningError("a division by zero", item)
            return evaluate(items_of(num), sequences, stack, names) / below
        case Row():
            return evaluate(items_of(item), sequences, stack, names)
        case Script(base, sub, None) if sub is not None and isinstance(base, (Symbol, Text)):
            return _indexed(item, key(write_latex(base)), sub, sequences, stack, names)
        case Symbol() | Text():
            name = key(write_latex(item))
            if name in names:
                return Fraction(names[name])
            if name in FIELD and TOP not in names:
                return Fraction(stack.field(max(names.values())))
            if name in sequences.letters and sequences.letters[name] in sequences.fixed:
                return Fraction(sequences.value(name, stack)[0])
    raise MeaningError(f"{shown(item)} is neither RF, J nor a number of the layer", item)


def _indexed(item: Box, base: str, sub: Box, sequences: Sequences, stack: Stack, names: Mapping[str, int]) -> Fraction:
    layer = evaluate(items_of(sub), sequences, stack, names)
    if layer.denominator != 1 or not 0 <= layer <= LAYERS:
        raise MeaningError(f"{shown(item)} speaks of a layer that there is not", item)
    if base in sequences.letters and sequences.letters[base] not in sequences.fixed:
        return Fraction(sequences.value(base, stack)[int(layer)])
    if base in FIELD:
        from_top = names.get(TOP)
        return Fraction(stack.field(int(layer)) if from_top is None else stack.seen(int(layer), from_top))
    if base in JUMP:
        return Fraction(stack.jump(int(layer)))
    raise MeaningError(f"{shown(item)} is neither RF, J nor a number of the layer", item)


@dataclass(frozen=True)
class Left:
    """The left side: the letter of the number of layers, whether fields are counted from the last layer down, and
    whether the letter is the number of all layers.
    """

    letter: str
    downwards: bool = False
    whole: bool = False


def left_of(items: Sequence[Box], right: Sequence[Box], sequences: Sequences) -> Left:
    """What a left side ``RF_l``, ``r_{l-1}``, ``r_0`` or ``RF`` says.

    ``r_{l-1} = s_l r_l + (k_l − s_l)`` and ``r_0 = …`` count downwards: r_l is what one entry of the last layer sees of
    layer l, and r_0 the receptive field.
    """
    item = items[0] if len(items) == 1 else None
    base = item.base if isinstance(item, Script) else item
    named = isinstance(base, (Symbol, Text)) and key(write_latex(base)) in FIELD | JUMP
    if named and isinstance(item, Script) and item.sub is not None:
        name = name_of(item.sub)
        if name is not None and not isinstance(item.sub, Number):
            return Left(name)
        inner = items_of(item.sub)
        if len(inner) == 3 and is_sign(inner[1], ("-",)) and (name := name_of(inner[0])) is not None:
            return Left(name, True)
        letters = _free(right, sequences)
        if isinstance(item.sub, Number) and item.sub.text == "0" and len(letters) == 1:
            return Left(letters[0], True, True)
    if named and not isinstance(item, Script) and len(letters := _free(right, sequences)) == 1:
        return Left(letters[0])
    raise MeaningError("the left side is the receptive field of a number of layers, such as RF_l")


def _free(boxes: Sequence[Box], sequences: Sequences) -> list[str]:
    """Letters that are no numbers of a layer and that no sign binds."""
    bound = {name_of(first) for box in boxes for part in walk(box)
             if isinstance(part, Big) and part.under is not None for first in items_of(part.under)[:1]}  # fmt: skip
    found: dict[str, None] = {}
    for box in boxes:
        for part in walk(box):
            name = key(part.name) if isinstance(part, Symbol) else None
            if name and name not in bound | set(sequences.letters) | FIELD | JUMP:
                found[name] = None
    return list(found)
