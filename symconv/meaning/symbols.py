"""Which symbol of a formula stands for which tensor or size of the layer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from symconv.errors import NameLookupError
from symconv.expr.tensor import Definition, Tensor
from symconv.gradient.derivation import gradient_of
from symconv.index.affine import Affine
from symconv.index.read import read_size
from symconv.meaning.errors import MeaningError
from symconv.meaning.names import Mark, key
from symconv.meaning.rows import items_of
from symconv.meaning.words import ROLES
from symconv.parse.read import read_latex
from symconv.typeset.layout import Box, Fence, Row, Sign

CUSTOMARY: Mapping[str, tuple[str, ...]] = {
    "kernel": ("w", "W", "k", "K", "f", "F", "h", r"\theta", r"\omega", "kernel", "weight", "weights", "filter"),
    "input": ("x", "X", "I", "a", "A", "h", "u", "v", "input", "src", "image", "in"),
    "output": ("y", "Y", "z", "Z", "o", "O", "s", "S", "output", "dst", "out"),
    "bias": ("b", "B", r"\beta", "bias"),
    "upstream": (r"\delta", "g", "G", r"\Delta"),
}
LOSSES = frozenset({"L", r"\mathcalL", r"\ell", "J", "E", "C", "z", "Loss", "loss"})


@dataclass(frozen=True)
class Meaning:
    """What a symbol stands for.

    ``low`` is what it is with a mark of the lower layer, ``high`` with one of the upper layer: an activation is the
    layer's input in the one case and its output in the other. Most symbols mean the same with every mark.
    """

    role: str
    low: Tensor
    high: Tensor

    def at(self, mark: Mark | None, levels: tuple[Mark, ...], default: str) -> Tensor:
        """The tensor for a mark, ``levels`` being all marks of the formula in order."""
        if self.low == self.high:
            return self.low
        if mark is not None and len(levels) > 1:
            return self.high if mark == levels[-1] else self.low
        return self.high if default == "high" else self.low


@dataclass(frozen=True)
class Symbols:
    """The meanings by the key of their symbol, the loss symbols, the sizes by key, and the activation in front.

    ``before`` is the pre-activation z of an activation f that stands before the layer (its input is f(z)), ``slope``
    the array of the f'(z). ``levels`` are the marks of layers in the formula, in order; ``outputs``
    what the user says in brackets is the output, such as ``(I \\ast K)``.
    """

    definition: Definition
    meanings: Mapping[str, Meaning]
    losses: frozenset[str]
    sizes: Mapping[str, Affine]
    indicators: frozenset[str] = frozenset()
    activation: str | None = None
    before: Tensor | None = None
    slope: Tensor | None = None
    levels: tuple[Mark, ...] = ()
    named_levels: Mapping[str, Mark] = field(default_factory=dict)
    outputs: frozenset[Box] = frozenset()
    told: frozenset[str] = field(default=frozenset())

    def meaning(self, name: str) -> Meaning | None:
        """What the symbol of that key stands for; ``dW`` and ``\\bar W`` are the derivatives of the loss by W."""
        found = self.meanings.get(name)
        if found is not None or name in self.sizes or name in self.losses:
            return found
        for mark in ("d", r"\bar", r"\overline", "grad_"):
            inner = self.meanings.get(name.removeprefix(mark)) if name.startswith(mark) else None
            if inner is not None and inner.role not in ("upstream", "gradient"):
                low, high = (self._gradient(tensor) for tensor in (inner.low, inner.high))
                return Meaning("upstream" if inner.role == "output" else "gradient", low, high)
        return None

    def _gradient(self, tensor: Tensor) -> Tensor:
        if tensor.role in ("upstream", "gradient"):
            return tensor
        return self.definition.upstream if tensor == self.definition.output else gradient_of(tensor)

    def size(self, name: str) -> Affine | None:
        """The size of that key, in the definition's sizes."""
        return self.sizes.get(name)

    @property
    def input(self) -> Tensor:
        """The layer's input. Errors: :class:`MeaningError` without a layer."""
        if not self.definition.inputs:
            raise MeaningError("the formula speaks of the input of a layer, but no layer is given")
        return self.definition.inputs[0]


def of_role(definition: Definition, role: str) -> Tensor | None:
    """The layer's tensor of a role; kernel and weight are one."""
    if role == "output":
        return definition.output
    if role == "upstream":
        return definition.upstream
    for tensor in definition.inputs:
        if role in (tensor.role, tensor.name) or {role, tensor.role} == {"kernel", "weight"}:
            return tensor
    return None


def symbols_for(
    definition: Definition,
    roles: Mapping[str, str] | None,
    sizes: Mapping[str, str] | None,
    *,
    activation: str | None = None,
    before: str | None = None,
    levels: tuple[Mark, ...] = (),
    named_levels: Mapping[str, Mark] | None = None,
    moving: frozenset[str] = frozenset(),
) -> Symbols:
    """The layer's own names, what the user says of others, and the customary letters for what is not said.

    ``moving`` are symbols that stand with the marks of two layers.

    Errors: :class:`NameLookupError` for a role that there is not, or a size that the layer does not have.
    """
    told = {key(symbol): _checked(symbol, role) for symbol, role in (roles or {}).items()}
    front = activation is not None or "pre_activation" in told.values()
    entry = definition.inputs[0]
    named = before or next((name for name, role in told.items() if role == "pre_activation"), "z")
    z = replace(entry, name=named, outside="zero") if front else None
    slope = replace(entry, name=f"{activation or 'f'}'({named})", outside="zero") if front else None
    meanings: dict[str, Meaning] = {}
    for tensor in (*definition.inputs, definition.output):
        meanings[key(tensor.name)] = Meaning(tensor.role, tensor, tensor)
    meanings["layeroutput"] = Meaning("output", definition.output, definition.output)
    lower = gradient_of(z if z is not None else entry)
    upstream = Meaning("upstream", lower, definition.upstream)
    meanings.setdefault(key(r"\delta"), upstream)
    losses = set(LOSSES) - {name for name in meanings if name not in told}
    indicators = {name for name, role in told.items() if role == "indicator"}
    losses |= {name for name, role in told.items() if role == "loss"}
    for name, role in told.items():
        made = _meaning(definition, role, z, upstream, told.values())
        if made is not None:
            meanings[name] = made
            losses.discard(name)
        elif role in ("loss", "indicator", "target"):
            meanings.pop(name, None)
    if "loss" in told.values():
        losses = {name for name, role in told.items() if role == "loss"}
    covered = {meaning.role for name, meaning in meanings.items() if name in told}
    for role, customary in CUSTOMARY.items():
        own = of_role(definition, role)
        if own is None or role in covered or own.role in covered:
            continue
        for letter in customary:
            if letter not in meanings and letter not in told and not (letter in losses and letter != "z"):
                meanings[letter] = upstream if role == "upstream" else Meaning(role, own, own)
                if letter in ("a", "h", "A") and role == "input" and levels:
                    meanings[letter] = Meaning(role, own, definition.output)
                losses.discard(letter)
    for name in moving & meanings.keys():
        # x^{l} and x^{l+1}: what the layer gets and what it gives
        if meanings[name].low == meanings[name].high and meanings[name].role in ("input", "output"):
            meanings[name] = Meaning(meanings[name].role, z if z is not None else entry, definition.output)
    known = {key(name): Affine.of(name) for name in definition.assumptions.lower}
    for symbol, size in (sizes or {}).items():
        known[key(symbol)] = _size(definition, symbol, size)
    return Symbols(
        definition, meanings, frozenset(losses), known, frozenset(indicators), activation, z, slope, levels,
        named_levels or {}, _bracketed(roles or {}), frozenset(told),
    )  # fmt: skip


def _bracketed(roles: Mapping[str, str]) -> frozenset[Box]:
    """The roles' symbols in brackets that are outputs, as boxes with one sign for convolution."""
    found = [
        read_latex(symbol) for symbol, role in roles.items() if role == "output" and symbol.lstrip().startswith("(")
    ]
    return frozenset(one_star(box) for box in found)


def one_star(box: Box) -> Box:
    """The box with every ``*`` as ``\\ast``."""
    if isinstance(box, Fence):
        return replace(
            box, body=Row(tuple(Sign(r"\ast") if item == Sign("*") else item for item in items_of(box.body)))
        )
    return box


def symbols_of_letters(definition: Definition, letters: Mapping[str, Tensor], roles: Mapping[str, str]) -> Symbols:
    """The symbols of a formula of no layer."""
    told = {key(symbol): _checked(symbol, role) for symbol, role in roles.items()}
    losses = frozenset(name for name, role in told.items() if role == "loss") or (LOSSES - letters.keys())
    meanings = {name: Meaning(tensor.role, tensor, tensor) for name, tensor in letters.items() if name not in losses}
    indicators = frozenset(name for name, role in told.items() if role == "indicator")
    return Symbols(definition, meanings, losses, {}, indicators, told=frozenset(told))


def _size(definition: Definition, symbol: str, text: str) -> Affine:
    form = read_size(str(text), f"sizes: {symbol!r}")
    unknown = sorted(form.names() - definition.assumptions.lower.keys())
    if unknown:
        known = ", ".join(sorted(definition.assumptions.lower)) or "none, all are numbers"
        raise NameLookupError(
            f"sizes: {symbol!r} is said to be {text}, but {unknown[0]} is no size of the layer: {known}"
        )
    return form


def _checked(symbol: str, role: str) -> str:
    if role not in ROLES:
        raise NameLookupError(f"roles: {symbol!r} has the role {role!r}; the roles are {', '.join(ROLES)}")
    return role


def _meaning(
    definition: Definition, role: str, z: Tensor | None, upstream: Meaning, told: Collection[str]
) -> Meaning | None:
    if role == "upstream":
        return upstream
    if role == "activation":
        low = definition.output if "input" in told else definition.inputs[0]
        return Meaning(role, low, definition.inputs[0] if "output" in told else definition.output)
    if role == "pre_activation":
        assert z is not None
        return Meaning(role, z, definition.output)
    tensor = of_role(definition, role)
    return None if tensor is None else Meaning(role, tensor, tensor)
