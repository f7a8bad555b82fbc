"""Index and size arithmetic in a formula: ``s(i-1)+m-p``, ``\\lfloor (H-k)/s \\rfloor + 1``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symconv.expr.nodes import Scalar
from symconv.index.affine import ONE, Affine, exact_div, extremum, quotient
from symconv.parse.meaning import MeaningError, shown
from symconv.parse.rows import PRODUCT, is_sign, items_of, signed_terms, split
from symconv.parse.symbols import Symbols, letters, name_of, written_name
from symconv.rewrite.normal import reduced
from symconv.typeset.layout import Big, Box, Fence, Fraction, Number, Row, Script

INDEX = "@"
"""Marks the names of the author's indices, so that none is taken for a size of the same name."""
MAX_POWER = 4
MAX_DIGITS = 9


@dataclass(frozen=True)
class Arithmetic:
    """Reads arithmetic in the sizes of a layer and in the indices that are in scope (by their key)."""

    symbols: Symbols
    indices: frozenset[str]

    def scalar(self, box: Box | Sequence[Box]) -> Scalar:
        """The quotient of forms that the boxes mean."""
        items = items_of(box if not isinstance(box, (list, tuple)) else Row(tuple(box)))  # type: ignore[arg-type]
        total = Scalar(Affine.of(0))
        for sign, term in signed_terms(items):
            value = self._product(term)
            total = reduced(total.num * value.den + sign * value.num * total.den, total.den * value.den)
        return total

    def form(self, box: Box | Sequence[Box]) -> Affine:
        """The integer form that the boxes mean; a fraction left over is an exact quotient."""
        value = self.scalar(box)
        return value.num if value.den == ONE else exact_div(value.num, value.den)

    def _product(self, items: Sequence[Box]) -> Scalar:
        if not items:
            raise MeaningError("something is missing beside a sign")
        num, den = ONE, ONE
        divide = False
        pieces = [piece for written in items for piece in self._known(written)]
        for position, item in enumerate(pieces):
            if is_sign(item, PRODUCT):
                divide = item.name == "/"  # type: ignore[union-attr]
                continue
            before = pieces[position - 1] if position else None
            if isinstance(item, Big) and item.under is None and position + 1 < len(pieces):
                continue  # its arguments follow
            extreme = isinstance(before, Big) and isinstance(item, Fence)
            value = Scalar(self._extremum(before, item)) if extreme else self._atom(item)
            num, den = (num * value.den, den * value.num) if divide else (num * value.num, den * value.den)
            divide = False
        return reduced(num, den)

    def _known(self, item: Box) -> list[Box]:
        """``kS`` as k times S, unless a name of several letters is known."""
        name = name_of(item)
        whole = name is None or name in self.indices or name in self.symbols.sizes
        parts = [item] if whole or isinstance(item, Number) else letters(item)
        return parts if all(self._is_known(part) for part in parts) else [item]

    def _is_known(self, item: Box) -> bool:
        name = written_name(item)
        return name is not None and (name in self.indices or name in self.symbols.sizes)

    def _atom(self, item: Box) -> Scalar:
        match item:
            case Number(text):
                if not text.isdigit() or len(text) > MAX_DIGITS:
                    raise MeaningError(f"{text} is not an integer of at most {MAX_DIGITS} digits")
                return Scalar(Affine.of(int(text)))
            case Fraction(num, den):
                top, bottom = self.scalar(num), self.scalar(den)
                return reduced(top.num * bottom.den, top.den * bottom.num)
            case Fence("lfloor", body, "rfloor"):
                return self._rounded(body, "floor")
            case Fence("lceil", body, "rceil"):
                return self._rounded(body, "ceil")
            case Fence("(", body, ")") | Fence("{", body, "}") | Fence("[", body, "]"):
                return self.scalar(body)
            case Row():
                return self.scalar(item)
            case Script(base, None, sup) if sup is not None and self._is_power(base, sup):
                value, power = self._atom(base), int(sup.text) if isinstance(sup, Number) else 1
                return Scalar(value.num**power, value.den**power)
            case _:
                return Scalar(self._name(item))

    def _is_power(self, base: Box, sup: Box) -> bool:
        name = name_of(base)
        known = name is not None and (name in self.indices or name in self.symbols.sizes)
        return (
            isinstance(sup, Number)
            and sup.text.isdigit()
            and int(sup.text) <= MAX_POWER
            and (known or isinstance(base, (Fence, Number)))
        )

    def _rounded(self, body: Box, rounding: str) -> Scalar:
        value = self.scalar(body)
        assert rounding in ("floor", "ceil")
        return Scalar(quotient(value.num, value.den, "floor" if rounding == "floor" else "ceil"))

    def _name(self, item: Box) -> Affine:
        name = written_name(item)
        if name is not None:
            if name in self.indices:
                return Affine.of(INDEX + name)
            size = self.symbols.size(name)
            if size is not None:
                return Affine.of(size)
        known = ", ".join(sorted({*self.indices, *self.symbols.sizes}))
        raise MeaningError(f"{shown(item)} is neither an index nor a size here; known are {known}")

    def _extremum(self, big: Box | None, body: Box) -> Affine:
        """``\\max(0, …)`` of sizes and indices."""
        if not isinstance(big, Big) or big.name not in ("max", "min") or not isinstance(body, Fence):
            raise MeaningError(f"{shown(body)} is no list of sizes and indices")
        parts = split(items_of(body.body), (",",))
        return extremum("max" if big.name == "max" else "min", [self.form(part) for part in parts])
