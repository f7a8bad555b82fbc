"""A size formula as one line of text, in letters or with the numbers filled in."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.expr.tensor import Definition
from symconv.index.affine import Affine, Atom, Extremum, Quotient
from symconv.typeset.order import arrange, arrange_atoms
from symconv.typeset.presets import get_notation
from symconv.typeset.scope import Scope, scope_for

MARKS = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "exact": ("", "")}


def size_formula(form: Affine, definition: Definition, values: Mapping[str, Affine] | None = None) -> str:
    """``⌊(H + 2p - k_1)/s⌋ + 1``, or with values ``⌊(200 + 2·0 - 40)/2⌋ + 1``."""
    return _text(form, scope_for(get_notation("default"), definition), values)


def _text(form: Affine, scope: Scope, values: Mapping[str, Affine] | None) -> str:
    parts: list[str] = []
    for position, piece in enumerate(arrange(form, scope)):
        factors = [] if abs(piece.factor) == 1 and (piece.atoms or piece.inner) else [str(abs(piece.factor))]
        factors += [_atom(atom, scope, values) for atom in arrange_atoms(piece.atoms, scope)]
        if piece.inner is not None:
            factors.append(f"({_text(piece.inner, scope, values)})")
        sign = ("-" if piece.factor < 0 else "") if not position else (" - " if piece.factor < 0 else " + ")
        parts.append(sign + ("" if values is None else "·").join(factors))
    return "".join(parts) or "0"


def _atom(atom: Atom, scope: Scope, values: Mapping[str, Affine] | None) -> str:
    if isinstance(atom, str):
        return atom if values is None or atom not in values else _value(values[atom])
    if isinstance(atom, Extremum):
        return f"{atom.kind}({', '.join(_text(arg, scope, values) for arg in atom.args)})"
    assert isinstance(atom, Quotient)
    opening, closing = MARKS[atom.rounding]
    num = _text(atom.num, scope, values)
    return f"{opening}({num})/{_text(atom.den, scope, values)}{closing}"


def _value(value: Affine) -> str:
    text = str(value)
    return text if value.constant is not None or len(value.terms) == 1 else f"({text})"
