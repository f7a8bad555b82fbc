"""From boxes to an expression over the tensors of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from symconv.expr.nodes import UNIT, Access, Add, Binder, Bracket, Derivative, Expr, Mul, Reduce, Scalar, Sum
from symconv.expr.tensor import Tensor
from symconv.expr.walk import accesses
from symconv.index.affine import Affine
from symconv.index.domain import AtMost, Divides, Equal, Guard
from symconv.parse.arithmetic import INDEX, Arithmetic
from symconv.parse.binders import AT_MOST, LESS, Limits, limits_of
from symconv.parse.entries import Base, Entries
from symconv.parse.meaning import MeaningError, shown
from symconv.parse.rows import PRODUCT, is_sign, items_of, signed_terms, split
from symconv.parse.symbols import Symbols, name_of
from symconv.typeset.layout import Big, Box, Fence, Fraction, Sign, Symbol

TIMES = (*PRODUCT, r"\odot")
MORE, AT_LEAST = (">",), (r"\ge", r"\geq")


@dataclass(frozen=True)
class Reader:
    """Reads expressions; ``base`` is where the author counts from, ``layout`` the author's axis order."""

    symbols: Symbols
    base: Base = 0
    layout: dict[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> Entries:
        """The reader of entries."""
        return Entries(self.symbols, self.layout, self.base)

    def expression(self, items: Sequence[Box], indices: frozenset[str]) -> Expr:
        """A sum of products."""
        terms = [self._signed(sign, term, indices) for sign, term in signed_terms(list(items))]
        return terms[0] if len(terms) == 1 else Add(tuple(terms))

    def _signed(self, sign: int, items: Sequence[Box], indices: frozenset[str]) -> Expr:
        product = self.product(items, indices)
        return product if sign > 0 else Mul((Scalar(Affine.of(-1)), product))

    def product(self, items: Sequence[Box], indices: frozenset[str]) -> Expr:
        """A product; a sum sign reaches to the end of it."""
        if not items:
            raise MeaningError("something is missing beside a sign")
        factors: list[Expr] = []
        at = 0
        while at < len(items):
            item = items[at]
            if is_sign(item, TIMES) and not is_sign(item, ("/",)):
                at += 1
            elif isinstance(item, Big):
                factors.append(self._big(item, items[at + 1 :], indices))
                break
            elif is_sign(item, ("/",)):
                value = Arithmetic(self.symbols, indices).scalar([items[at + 1]]) if at + 1 < len(items) else UNIT
                factors.append(Scalar(value.den, value.num))
                at += 2
            else:
                factor, at = self._factor(items, at, indices)
                factors.append(factor)
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def _factor(self, items: Sequence[Box], at: int, indices: frozenset[str]) -> tuple[Expr, int]:
        item = items[at]
        if isinstance(item, Fraction):
            return self._fraction(item, indices), at + 1
        entry = self.entries.take(items, at, indices)
        if entry is not None:
            return entry
        if isinstance(item, Fence) and _has_relation(item.body):
            return Bracket(self._guards(item.body, indices)), at + 1
        if isinstance(item, Fence) and (item.open, item.close) in (("(", ")"), ("[", "]"), ("{", "}")):
            return self.expression(items_of(item.body), indices), at + 1
        if isinstance(item, Sign):
            raise MeaningError(f"the sign {shown(item)} has no meaning between entries here")
        return Arithmetic(self.symbols, indices).scalar([item]), at + 1

    def _fraction(self, item: Fraction, indices: frozenset[str]) -> Expr:
        derivative = self.derivative(item, indices)
        if derivative is not None:
            return derivative
        try:
            return Arithmetic(self.symbols, indices).scalar([item])
        except MeaningError:
            below = Arithmetic(self.symbols, indices).scalar(item.den)
            return Mul((Scalar(below.den, below.num), self.expression(items_of(item.num), indices)))

    def derivative(self, item: Fraction, indices: frozenset[str]) -> Expr | None:
        """``∂L/∂O_{i,j}`` as an entry of the upstream gradient, ``∂O_{i,j}/∂K_{m,n}`` as a derivative."""
        parts = derivative_parts(item)
        if parts is None:
            return None
        above, below = parts
        by = self.entries.take(below, 0, indices)
        if by is None or by[1] != len(below):
            raise MeaningError(f"{shown(*below)} is no entry of a tensor of the layer")
        tensor = by[0].tensor
        if len(above) == 1 and name_of(above[0]) in self.symbols.losses:
            if tensor.role == "output":
                return Access(self.symbols.definition.upstream, by[0].indices)
            raise MeaningError(
                f"the derivative by {tensor.name} stands on the right side; it is what the formula defines"
            )
        of = self.entries.take(above, 0, indices)
        if of is None or of[1] != len(above):
            raise MeaningError(f"{shown(*above)} is neither the loss nor an entry of the output")
        return Derivative(of[0], by[0])

    def _big(self, big: Big, rest: Sequence[Box], indices: frozenset[str]) -> Expr:
        limits = limits_of(big, Arithmetic(self.symbols, indices))
        inner = indices | {limit.index for limit in limits}
        if any(limit.index in indices for limit in limits):
            twice = ", ".join(limit.index for limit in limits if limit.index in indices)
            raise MeaningError(f"the index {twice} is bound by a sum and also stands outside of it")
        if big.name == "sum":
            body = self.product(rest, inner)
            return Sum(body, tuple(self._binder(limit, body) for limit in limits))
        if big.name in ("max", "min"):
            body = self.product(rest, inner)
            binders = tuple(self._binder(limit, body) for limit in limits)
            return Reduce("max" if big.name == "max" else "min", body, binders, (), "first")
        raise MeaningError(f"the sign {big.name} has no meaning here")

    def _binder(self, limit: Limits, body: Expr) -> Binder:
        name = INDEX + limit.index
        lo, hi = limit.lo, limit.hi
        if lo is None or hi is None:
            natural = self._natural_range(name, body)
            if natural is None:
                raise MeaningError(f"the sum over {limit.index} has no limits, and no entry shows how far it runs")
            lo = natural[0] if lo is None else lo
            hi = natural[1] if hi is None else hi
        return Binder(name, lo, hi)

    def _natural_range(self, name: str, body: Expr) -> tuple[Affine, Affine] | None:
        """The positions of the axis along which the index runs alone; upstream gradient and output show it best."""
        found: list[tuple[int, int, Affine]] = []
        for entry in accesses(body):
            start = self.entries.base_of(entry.tensor)
            found += [
                (_rank(entry.tensor), start, size)
                for index, size in zip(entry.indices, entry.tensor.shape, strict=True)
                if index + start == Affine.of(name)
            ]
        if not found:
            return None
        _, start, size = min(found, key=lambda item: item[0])
        return Affine.of(start), size - 1 + start

    def _guards(self, body: Box, indices: frozenset[str]) -> tuple[Guard, ...]:
        return tuple(
            guard for part in split(items_of(body), (",", r"\land", r"\wedge")) for guard in self._chain(part, indices)
        )

    def _chain(self, items: Sequence[Box], indices: frozenset[str]) -> Iterator[Guard]:
        signs = [item.name for item in items if isinstance(item, Sign) and item.name in _RELATIONS]
        parts = split(items, _RELATIONS)
        arithmetic = Arithmetic(self.symbols, indices)
        forms = [arithmetic.form(part) for part in parts]
        for name, left, right in zip(signs, forms, forms[1:], strict=False):
            if name == "=":
                yield Equal(left, right)
            elif name == r"\mid":
                yield Divides(left, right)
            elif name in (*AT_MOST, *LESS):
                yield AtMost(left + (1 if name in LESS else 0), right)
            else:
                yield AtMost(right + (1 if name in MORE else 0), left)


_RELATIONS = ("=", r"\mid", *AT_MOST, *LESS, *MORE, *AT_LEAST)


def derivative_parts(item: Fraction) -> tuple[list[Box], list[Box]] | None:
    """What stands behind the two ∂ of a derivative; None for a plain fraction."""
    above, below = _behind_d(items_of(item.num)), _behind_d(items_of(item.den))
    if not (above and below and _is_d(above[0]) and _is_d(below[0])):
        return None
    return above[1:], below[1:]


def _behind_d(items: list[Box]) -> list[Box]:
    """``dL`` as d and L."""
    if items and isinstance(items[0], Symbol) and len(items[0].name) > 1 and items[0].name.startswith("d"):
        return [Symbol(r"\mathrm{d}"), Symbol(items[0].name[1:], items[0].primes), *items[1:]]
    return items


def _is_d(box: Box) -> bool:
    return isinstance(box, Symbol) and box.name in (r"\partial", r"\mathrm{d}", "d")


def _has_relation(box: Box) -> bool:
    return any(is_sign(item, _RELATIONS) for item in items_of(box))


def _rank(tensor: Tensor) -> int:
    return {"upstream": 0, "output": 0, "kernel": 1, "weight": 1}.get(tensor.role, 2)
