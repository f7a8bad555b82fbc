"""Which symbol of a formula stands for which tensor or size of the layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from symconv.errors import NameLookupError
from symconv.expr.tensor import Definition, Tensor
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Number, Script, Symbol, Text

_STYLE = re.compile(r"\\(mathrm|mathbf|mathit|mathsf|boldsymbol|text|textrm|textit|operatorname|displaystyle)\b|[{}\s]")
_LAYER = re.compile(r"[(\[]?[lL\\el]+([+-]\d+)?[)\]]?|[(\[]?\d+[)\]]")
ROLES = ("input", "kernel", "weight", "bias", "output", "upstream", "loss")
OTHER_ROLES = ("pre_activation", "activation", "target", "indicator")


def key(name: str) -> str:
    r"""A name without style and braces, so that ``H_{\mathrm{out}}`` and ``H_{out}`` meet.

    >>> key(r"H_{\mathrm{out}}")
    'H_out'
    """
    return _STYLE.sub("", name)


def name_of(box: Box) -> str | None:
    """The key of a symbol, a word or a symbol with subscript; None for anything else."""
    match box:
        case Symbol() | Text():
            return key(write_latex(box))
        case Script(base, _, None) if name_of(base) is not None:
            return key(write_latex(box))
        case _:
            return None


def written_name(box: Box) -> str | None:
    """Like :func:`name_of`, but a superscript may belong to the name too, as in ``i^{l+1}``."""
    if isinstance(box, Script) and box.sup is not None and name_of(box.base) is not None:
        return key(write_latex(box))
    return name_of(box)


def letters(box: Box) -> list[Box]:
    """``ij`` as i and j, ``11`` as 1 and 1; anything else stays one box."""
    match box:
        case Symbol(name, primes) if len(name) > 1 and name.isascii() and name.isalpha():
            return [*(Symbol(letter) for letter in name[:-1]), Symbol(name[-1], primes)]
        case Number(text) if len(text) > 1 and text.isdigit():
            return [Number(digit) for digit in text]
        case _:
            return [box]


def is_layer_mark(text: str) -> bool:
    """Whether a superscript only says which layer is meant: ``l``, ``(l)``, ``l+1``."""
    return _LAYER.fullmatch(key(text)) is not None


@dataclass(frozen=True)
class Symbols:
    """The tensors by the key of their symbol, the loss symbols, and the sizes by key."""

    tensors: Mapping[str, Tensor]
    losses: frozenset[str]
    sizes: Mapping[str, str]
    definition: Definition

    def size(self, name: str) -> str | None:
        """The definition's name of a size."""
        return self.sizes.get(name)


def symbols_for(definition: Definition, roles: Mapping[str, str] | None, sizes: Mapping[str, str] | None) -> Symbols:
    """The layer's own names, and what the user says of others."""
    named = {tensor.name: tensor for tensor in (*definition.inputs, definition.output)}
    tensors = {key(name): tensor for name, tensor in named.items()}
    tensors[key(r"\delta")] = definition.upstream
    losses = {"L", r"\mathcalL", r"\ell", "J", "E", "C", "z"} - tensors.keys()
    for symbol, role in (roles or {}).items():
        if role not in (*ROLES, *OTHER_ROLES):
            raise NameLookupError(f"roles: {symbol!r} has the role {role!r}; the roles are {', '.join(ROLES)}")
        if role == "loss":
            losses = {key(symbol)}
            continue
        tensor = _of_role(definition, role)
        if tensor is not None:
            tensors[key(symbol)] = tensor
            losses.discard(key(symbol))
    known = {key(name): name for name in definition.assumptions.lower}
    for symbol, name in (sizes or {}).items():
        known[key(symbol)] = name
    return Symbols(tensors, frozenset(losses), known, definition)


def _of_role(definition: Definition, role: str) -> Tensor | None:
    if role == "output":
        return definition.output
    if role == "upstream":
        return definition.upstream
    for tensor in definition.inputs:
        if role == tensor.role or {role, tensor.role} == {"kernel", "weight"}:
            return tensor
    return None
