"""The order in which a reader expects the terms of an index and the factors of a product."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from symconv.expr.nodes import Access, Binder, Bracket, Derivative, Expr, Mul, Pow, Reduce, Scalar, Sum, Winner
from symconv.index.affine import ZERO, Affine, Atom, Monomial, Quotient
from symconv.typeset.scope import Scope

_KIND_RANK = {"S": 0, "O": 1, "K": 2, "C": 3, "F": 3, "N": 4, "G": 2}
_SIZE_RANK, _COMPOUND_RANK, _CONSTANT_RANK = 10, 20, 30


@dataclass(frozen=True, slots=True)
class Modulo:
    """``num mod den``, for ``num − den·⌊num/den⌋``."""

    num: Affine
    den: Affine


@dataclass(frozen=True, slots=True)
class Piece:
    """One term as it is written: ``factor · atoms · (inner)``, the factor an integer other than 0."""

    factor: int
    atoms: Monomial
    inner: Affine | None = None
    modulo: Modulo | None = None

    @property
    def is_constant(self) -> bool:
        """Whether the term is a plain integer."""
        return not self.atoms and self.inner is None and self.modulo is None


def arrange(form: Affine, scope: Scope) -> tuple[Piece, ...]:
    """The terms in reading order, with common factors taken out: ``s(i − 1) + m − p``, ``H + 2p − d(k − 1) − 1``."""
    pieces: list[Piece] = []
    rest = form
    for split in (_take_modulo, _take_size_factor, _take_base_factor):
        while True:
            found = split(rest, scope)
            if found is None:
                break
            piece, rest = found
            pieces.append(piece)
    pieces += [Piece(factor, monomial) for monomial, factor in rest.terms]
    return _ordered(pieces, scope)


def _take_modulo(form: Affine, scope: Scope) -> tuple[Piece, Affine] | None:
    """``e − c⌊e/c⌋`` is ``e mod c``."""
    for monomial, _ in form.terms:
        for atom in monomial:
            if not isinstance(atom, Quotient) or atom.rounding != "floor":
                continue
            quotient = Affine((((atom,), 1),))
            for sign in (1, -1):
                rest = form - sign * (atom.num - atom.den * quotient)
                gone = {monomial for monomial, _ in atom.num.terms if monomial}
                if len(rest.terms) < len(form.terms) and gone.isdisjoint(monomial for monomial, _ in rest.terms):
                    return Piece(sign, (), modulo=Modulo(atom.num, atom.den)), rest
    return None


def _take_size_factor(form: Affine, scope: Scope) -> tuple[Piece, Affine] | None:
    """``d·k − d`` is ``d(k − 1)``: where a size stands both alone and times something, it is taken out."""
    for monomial, alone in form.terms:
        if len(monomial) != 1 or not isinstance(monomial[0], str) or scope.is_index(monomial[0]):
            continue
        size = monomial[0]
        group = {((), alone)}
        partners: list[tuple[Monomial, int]] = []
        for other, factor in form.terms:
            if len(other) == 2 and size in other and other != (size, size):
                left = (other[1],) if other[0] == size else (other[0],)
                if factor % alone == 0 or alone % factor == 0:
                    partners.append((left, factor))
        if not partners:
            continue
        common = gcd(alone, *(factor for _, factor in partners))
        if partners[0][1] < 0:
            common = -common
        inner = Affine(tuple(sorted((left, factor // common) for left, factor in [*group, *partners])))
        return Piece(common, (size,), inner), form - Affine.of(size) * inner * common
    return None


def _take_base_factor(form: Affine, scope: Scope) -> tuple[Piece, Affine] | None:
    """``2i − 2 + m`` is ``2(i − 1) + m`` where i counts from 1."""
    constant = next((factor for monomial, factor in form.terms if not monomial), 0)
    for monomial, factor in form.terms:
        index = monomial[0] if len(monomial) == 1 else None
        if not isinstance(index, str) or not scope.is_index(index) or scope.base(index) == 0:
            continue
        if abs(factor) > 1 and abs(constant + factor) < abs(constant):
            inner = Affine.of(index) - 1
            return Piece(factor, (), inner), form - factor * inner
    return None


def _ordered(pieces: list[Piece], scope: Scope) -> tuple[Piece, ...]:
    def key(piece: Piece) -> tuple[int, int, str]:
        return _rank(piece, scope)

    constant = [piece for piece in pieces if piece.is_constant]
    others = [piece for piece in pieces if not piece.is_constant]
    plus = sorted((piece for piece in others if piece.factor > 0), key=key)
    minus = sorted((piece for piece in others if piece.factor < 0), key=key)
    if not plus and constant and constant[0].factor > 0:
        return (*constant, *minus)
    if any(not _has_index(piece, scope) for piece in plus) and all(_has_index(piece, scope) for piece in minus):
        # the last position of an axis reads as one: k − 1 − m
        return (*plus, *constant, *minus)
    return (*plus, *minus, *constant)


def _has_index(piece: Piece, scope: Scope) -> bool:
    inner = piece.inner or ZERO
    return any(scope.is_index(name) for name in Affine(((piece.atoms, 1),)).names() | inner.names())


def _rank(piece: Piece, scope: Scope) -> tuple[int, int, str]:
    if piece.is_constant:
        return (_CONSTANT_RANK, 0, "")
    if piece.modulo is not None:
        return (_COMPOUND_RANK, 0, str(piece.modulo.num))
    names = Affine(((piece.atoms, 1),)).names() | (piece.inner or ZERO).names()
    kinds = [_KIND_RANK.get(scope.kinds[name][:1], 5) for name in names if scope.is_index(name)]
    text = "*".join(sorted(map(str, piece.atoms), key=str.swapcase)) + str(piece.inner or "")
    compound = any(not isinstance(atom, str) for atom in piece.atoms)
    if kinds:
        return (min(kinds), 0 if compound else 1, text)
    product = piece.inner is not None or len(piece.atoms) > 1
    return (_COMPOUND_RANK if compound else _SIZE_RANK, 0 if text[:1].isupper() else 1 if product else 2, text)


def arrange_atoms(atoms: Monomial, scope: Scope) -> tuple[Atom, ...]:
    """The atoms of one term: sizes before indices (or after, as the notation says), fractions last."""
    index_first = scope.notation.index_first

    def key(atom: Atom) -> tuple[int, str]:
        if not isinstance(atom, str):
            if isinstance(atom, Quotient) and atom.rounding == "exact":
                return (3, str(atom))
            return (0 if index_first and any(map(scope.is_index, Affine((((atom,), 1),)).names())) else 2, str(atom))
        return (int(scope.is_index(atom) != index_first), str(atom).swapcase())

    return tuple(sorted(atoms, key=key))


def arrange_factors(factors: tuple[Expr, ...], scope: Scope) -> tuple[Expr, ...]:
    """Numbers, brackets, entries (upstream gradient first), roots and powers, derivatives, windows, sums."""
    order = scope.notation.factor_order

    def position(factor: Expr) -> int:
        match factor:
            case Scalar():
                return 0
            case Bracket():
                return 1
            case Access(tensor, _):
                return 2 + (order.index(tensor.role) if tensor.role in order else len(order))
            case Pow(Access(tensor, _), _):
                return 2 + (order.index(tensor.role) if tensor.role in order else len(order))
            case Pow() | Mul():
                return 20
            case Derivative():
                return 21
            case Reduce():
                return 22
            case Winner():
                return 23
            case Sum():
                return 24
            case _:
                return 19

    return tuple(sorted(factors, key=position))


def arrange_binders(binders: tuple[Binder, ...], scope: Scope) -> tuple[Binder, ...]:
    """The sums of one node in reading order: over channels last, where the notation lists the channels last."""
    if scope.notation.channels == "first":
        return binders
    return tuple(sorted(binders, key=lambda binder: scope.kinds.get(binder.index, "")[:1] == "C"))
