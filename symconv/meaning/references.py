"""Which tensor a written symbol is, with the marks, labels and indices that it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import gradient_of
from symconv.meaning.context import State
from symconv.meaning.names import Mark, is_number, is_transpose, key, mark_of, name_of, plain
from symconv.meaning.rows import is_sign, items_of, split
from symconv.meaning.symbols import Meaning
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Row, Script, Sign, Symbol, Text

ROTATED = frozenset({"rot", "rot180", "flip", "flipped", "rotated", "180", r"180^\circ", r"180^{\circ}"})
PADDED = frozenset({"pad", "padded"})


@dataclass(frozen=True)
class Reference:
    """A tensor, the groups of indices that are written at it, and what its labels say."""

    tensor: Tensor
    groups: tuple[Box, ...] = ()
    transposed: bool = False
    rotated: bool = False
    padded: bool = False
    power: int = 1
    exponent: Box | None = None
    renamed: bool = False
    name: str = ""
    """The symbol, where only custom says what it stands for."""


def reference_of(state: State, box: Box, default: str = "high") -> Reference | None:
    """The tensor that a box names; None where it names none. ``default`` is the layer for a symbol without mark."""
    match box:
        case Symbol() | Text():
            return _named(state, box, None, (), default)
        case Row(items) if len(items) == 1:
            return reference_of(state, items[0], default)
        case Fence("[", body, "]") if len(items_of(body)) == 1:
            return reference_of(state, items_of(body)[0], default)
        case Script(base, sub, sup):
            whole = name_of(box)
            if whole is not None and state.symbols.meaning(whole) is not None:
                return _named(state, box, None, (), default)
            if isinstance(base, (Symbol, Text)):
                return _scripted(state, base, sub, sup, default)
            inner = reference_of(state, base, default)
            if inner is None or inner.groups:
                return _around(inner, sub, sup)
            return _merged(inner, sub, sup)
        case _:
            return None


def _around(inner: Reference | None, sub: Box | None, sup: Box | None) -> Reference | None:
    """A transpose sign outside of braces: ``{x_i}^T``."""
    if inner is not None and sub is None and is_transpose(sup):
        return replace(inner, transposed=not inner.transposed)
    return None


def _merged(inner: Reference, sub: Box | None, sup: Box | None) -> Reference | None:
    groups = () if sub is None else (sub,)
    if sup is not None and not is_transpose(sup) and mark_of(sup) is None:
        return None
    return replace(inner, groups=groups, transposed=inner.transposed != is_transpose(sup))


def _named(state: State, box: Box, mark: Mark | None, groups: Sequence[Box], default: str) -> Reference | None:
    turned = _turned(state, box) if state.symbols.meaning(key(write_latex(box))) is None else None
    if turned is not None:
        tensor = turned.at(mark, state.symbols.levels, default)
        return Reference(tensor, tuple(groups), rotated=True, renamed=True)
    meaning = state.symbols.meaning(key(write_latex(box))) or state.symbols.meaning(plain(write_latex(box)))
    if meaning is None:
        return None
    own = _guessed(state, box)
    return Reference(meaning.at(mark, state.symbols.levels, default), tuple(groups), name=own)


def _guessed(state: State, base: Box) -> str:
    """The letter of a symbol that the user has said nothing of."""
    name = key(write_latex(base))
    return "" if name in state.symbols.told else plain(name)


def _scripted(state: State, base: Box, sub: Box | None, sup: Box | None, default: str) -> Reference | None:
    meaning = state.symbols.meaning(key(write_latex(base)))
    turned = _turned(state, base) if meaning is None else None
    meaning = meaning or turned or state.symbols.meaning(plain(write_latex(base)))
    if meaning is None:
        return None
    mark, indices, labels, transposed, power = _superscript(sup)
    if is_number_box(sup) and any(level.numeric for level in state.symbols.levels):
        mark, power = Mark(power, True), 1
    groups = list(indices)
    rotated = padded = False
    below: list[Box] = []
    if sub is not None:
        if is_label(sub):
            labels.append(sub)
        else:
            below = [sub]
    tensor = None
    if below and meaning.role == "upstream" and (named := _of_tensor(state, below[0])) is not None:
        tensor, below = named
    if below:
        level = state.symbols.named_levels.get(key(write_latex(below[0])))
        if level is not None:
            mark, below = level, []
    for label in labels:
        level = state.symbols.named_levels.get(key(write_latex(label)))
        if level is not None:
            mark = level
            continue
        word = key(write_latex(label))
        rotated |= word in ROTATED
        padded |= word in PADDED
        if word not in ROTATED | PADDED:
            state.choices.say(f"{word} at {key(write_latex(base))} is part of the name")
    if tensor is None:
        tensor = meaning.at(mark, state.symbols.levels, default)
    rotated |= turned is not None
    exponent = None
    if groups and below and tensor.rank and _count(below[0]) >= tensor.rank:
        exponent, groups = sup, []  # all axes have an index below: what stands above is a power
    return Reference(
        tensor,
        (*groups, *below),
        transposed,
        rotated,
        padded,
        power,
        exponent,
        turned is not None,
        _guessed(state, base),
    )


def _count(sub: Box) -> int:
    """How many indices a subscript has, as far as commas tell."""
    return len([part for part in split(items_of(sub), (",",)) if part])


def _turned(state: State, base: Box) -> Meaning | None:
    """``\\tilde W`` beside a kernel W that has no such accent: the kernel turned by 180°."""
    name = key(write_latex(base))
    for accent in (r"\tilde", r"\widetilde", r"\hat", r"\widehat"):
        if name.startswith(accent):
            meaning = state.symbols.meaning(name.removeprefix(accent))
            if meaning is not None and meaning.low.role in ("kernel", "weight"):
                state.choices.say(f"{name} is the kernel turned by 180°")
                return meaning
    return None


def is_number_box(sup: Box | None) -> bool:
    """Whether a superscript is a numeral."""
    return sup is not None and is_number(sup)


def _superscript(sup: Box | None) -> tuple[Mark | None, list[Box], list[Box], bool, int]:
    """Mark, indices, labels, whether “transposed” stands there, and the power."""
    if sup is None:
        return None, [], [], False, 1
    if is_transpose(sup):
        return None, [], [], True, 1
    mark = mark_of(sup)
    if mark is not None:
        return mark, [], [], False, 1
    if is_number(sup):
        return None, [], [], False, int(sup.text)  # type: ignore[union-attr]
    if is_label(sup):
        return None, [], [sup], False, 1
    items = items_of(sup)
    transposed = len(items) > 1 and is_transpose(items[-1]) and not is_sign(items[-2], ("+", "-", ","))
    if transposed:
        items = items[:-1]
    indices: list[Box] = []
    for part in split(items, (",",)):
        box = part[0] if len(part) == 1 else Row(tuple(part))
        found = mark_of(box)
        if found is not None and mark is None:
            mark = found
        elif part:
            indices.append(box)
    return mark, indices, [], transposed, 1


def is_label(box: Box) -> bool:
    """Whether a script is a word in upright letters (``pad``, ``\\mathrm{rot}``), which is part of a name."""
    if isinstance(box, Text):
        return True
    if not isinstance(box, Symbol):
        return isinstance(box, Script) and isinstance(box.base, (Text, Symbol)) and key(write_latex(box)) in ROTATED
    name = key(box.name)
    upright = box.name.startswith((r"\mathrm", r"\operatorname", r"\text"))
    long = box.name.isalpha() and len(name) > 2
    return (upright and len(name) > 1) or long or name in ROTATED | PADDED


def _of_tensor(state: State, sub: Box) -> tuple[Tensor, list[Box]] | None:
    """``\\delta_{x,ij}``: the derivative by x, with indices; x must be a symbol of the layer."""
    parts = split(items_of(sub), (",",))
    name = name_of(parts[0][0]) if len(parts[0]) == 1 else None
    meaning = state.symbols.meaning(name or "")
    if meaning is None or name not in state.symbols.told:
        return None
    rest: list[Box] = [Row(tuple(part)) for part in parts[1:]]
    below: list[Box] = [Row(tuple(item for part in rest for item in (*items_of(part), Sign(",")))[:-1])] if rest else []
    if meaning.role in ("output", "activation"):
        return state.symbols.definition.upstream, below
    return gradient_of(meaning.low), below
