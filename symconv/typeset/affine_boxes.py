"""Index arithmetic as boxes: ``s i + d m - p``, floors, ceilings, quotients, minima and maxima."""

from __future__ import annotations

from symconv.index.affine import Affine, Atom, Extremum, Quotient
from symconv.index.domain import AtMost, Divides, Equal, Guard
from symconv.typeset.layout import Big, Box, Break, Fence, Fraction, Number, Sign, Symbol, row
from symconv.typeset.order import Piece, arrange, arrange_atoms
from symconv.typeset.scope import Scope

PLUS, MINUS, EQUALS, LESS, AT_MOST, COMMA = (Sign(name) for name in ("+", "-", "=", "<", r"\le", ","))


def affine_box(form: Affine, scope: Scope, *, small: bool = True) -> Box:
    """The form in reading order; ``small`` writes fractions with a slash, for subscripts and limits."""
    pieces = arrange(form, scope)
    if not pieces:
        return Number("0")
    items: list[Box] = []
    for position, piece in enumerate(pieces):
        if piece.factor < 0:
            items.append(MINUS)
        elif position:
            items.append(PLUS)
        items.append(_piece_box(piece, scope, small, alone=len(pieces) == 1))
    return row(*items)


def affine_factor(form: Affine, scope: Scope, *, small: bool = True) -> Box:
    """The form as a factor: in parentheses where it has more than one term, or a sign."""
    box = affine_box(form, scope, small=small)
    return Fence("(", box, ")") if needs_fence(form, scope) else box


def needs_fence(form: Affine, scope: Scope) -> bool:
    """Whether the form would be torn apart by a product sign next to it."""
    pieces = arrange(form, scope)
    return len(pieces) > 1 or any(piece.factor < 0 or piece.modulo is not None for piece in pieces)


def _piece_box(piece: Piece, scope: Scope, small: bool, alone: bool) -> Box:
    if piece.modulo is not None:
        modulo = piece.modulo
        sides = [affine_factor(side, scope, small=small) for side in (modulo.num, modulo.den)]
        left, right = (Fence("(", side, ")") if isinstance(side, Fraction) else side for side in sides)
        box = row(left, Sign(r"\bmod"), right)
        return box if alone and piece.factor == 1 else Fence("(", box, ")")
    factors: list[Box] = []
    if abs(piece.factor) != 1 or (not piece.atoms and piece.inner is None):
        factors.append(Number(str(abs(piece.factor))))
    atoms = arrange_atoms(piece.atoms, scope)
    boxes = [_atom_box(atom, scope, small) for atom in atoms]
    slashes = sum(isinstance(box, Fraction) and box.inline for box in boxes)
    factors += [Fence("(", box, ")") if slashes > 1 and isinstance(box, Fraction) else box for box in boxes]
    sign = _product_sign(piece, scope)
    if piece.inner is None:
        return _product(factors, sign)
    inner: Box = Fence("(", affine_box(piece.inner, scope, small=small), ")")
    if scope.notation.index_first and any(map(scope.is_index, piece.inner.names())):
        return _product([inner, *factors], sign)
    return _product([*factors, inner], sign)


def _product(factors: list[Box], sign: str) -> Box:
    """The factors side by side, with the sign between them."""
    items: list[Box] = []
    for position, factor in enumerate(factors):
        if position and sign:
            items.append(Sign(sign))
        items.append(factor)
    return row(*items)


def _product_sign(piece: Piece, scope: Scope) -> str:
    """The notation's sign in a term that holds an index or a name of several letters; ``HW`` needs none."""
    names = Affine(((piece.atoms, 1),)).names() | (piece.inner.names() if piece.inner else frozenset())
    words = any(_is_word(scope.name(name)) for name in names)
    return scope.notation.index_product if words or any(map(scope.is_index, names)) else ""


def _is_word(box: Box) -> bool:
    return isinstance(box, Symbol) and box.name.startswith(r"\mathrm{") and len(box.name) > len(r"\mathrm{x}")


def _atom_box(atom: Atom, scope: Scope, small: bool) -> Box:
    if isinstance(atom, str):
        return scope.name(atom)
    if isinstance(atom, Extremum):
        args = [affine_box(arg, scope, small=small) for arg in atom.args]
        return row(Big(atom.kind), Fence("(", separated(args), ")"))
    return _quotient_box(atom, scope, small)


def _quotient_box(atom: Quotient, scope: Scope, small: bool) -> Box:
    num, den = atom.num, atom.den
    inner = den.terms[0][0][0] if len(den.terms) == 1 and den.terms[0][1] == 1 and len(den.terms[0][0]) == 1 else ""
    if isinstance(inner, Quotient) and inner.rounding == "exact" and len(num.terms) == 1:
        # n/(F/g) reads better as g n/F
        num, den = num * inner.den, inner.num
    fraction = Fraction(affine_box(num, scope), affine_box(den, scope), inline=small)
    if atom.rounding == "exact":
        return fraction
    return Fence("lfloor", fraction, "rfloor") if atom.rounding == "floor" else Fence("lceil", fraction, "rceil")


def separated(items: list[Box], breaking: bool = False) -> Box:
    """The items with commas between them, after which a long line may break."""
    boxes: list[Box] = []
    for position, item in enumerate(items):
        if position:
            boxes += [COMMA, Break(1)] if breaking else [COMMA]
        boxes.append(item)
    return row(*boxes)


def guards_box(guards: tuple[Guard, ...], scope: Scope) -> Box:
    """The conjunction of the guards; ``a ≤ x`` and ``x ≤ b`` are written as ``a ≤ x ≤ b``."""
    boxes: list[Box] = []
    left = list(guards)
    while left:
        guard = left.pop(0)
        if isinstance(guard, AtMost):
            chained = next((g for g in left if isinstance(g, AtMost) and g.left == guard.right), None)
            if chained is not None:
                left.remove(chained)
                boxes.append(chain(guard.left, guard.right, chained.right, scope))
                continue
        boxes.append(guard_box(guard, scope))
    return separated(boxes, breaking=True)


def guard_box(guard: Guard, scope: Scope) -> Box:
    """One guard as a relation, without terms that stand on both sides."""
    match guard:
        case Equal(first, second):
            return row(*_joined(*_balanced(first, second), EQUALS, scope))
        case AtMost(first, second):
            left, right = _balanced(first, second)
            above = right + 1
            if len(above.terms) < len(right.terms):
                return row(*_joined(left, above, LESS, scope))
            return row(*_joined(left, right, AT_MOST, scope))
        case Divides(divisor, value):
            return row(affine_box(divisor, scope), Sign(r"\mid"), affine_box(value, scope))


def _joined(left: Affine, right: Affine, sign: Sign, scope: Scope) -> tuple[Box, Sign, Box]:
    return affine_box(left, scope), sign, affine_box(right, scope)


def _balanced(left: Affine, right: Affine) -> tuple[Affine, Affine]:
    """The relation with what stands on both sides, and what is only negative, moved: ``−u ≤ −1`` is ``1 ≤ u``."""
    if left.names() & right.names() or (left.terms and all(factor < 0 for _, factor in left.terms)):
        form = right - left
        left = Affine(tuple((monomial, -factor) for monomial, factor in form.terms if monomial and factor < 0))
        right = Affine(tuple((monomial, factor) for monomial, factor in form.terms if monomial and factor > 0))
        constant = _constant(form)
        if right.terms and (constant > 0 or left.terms):
            return left, right + constant
        return left - constant, right
    shared = _constant(left) if right.terms and left.constant is None else 0
    return left - shared, right - shared


def _constant(form: Affine) -> int:
    return next((factor for monomial, factor in form.terms if not monomial), 0)


def chain(low: Affine, middle: Affine, high: Affine, scope: Scope) -> Box:
    """``low ≤ middle ≤ high``, or ``low ≤ middle < high + 1`` where that is shorter."""
    if len(middle.terms) == 2 and low.constant is not None:
        shift = _constant(middle)
        low, middle, high = low - shift, middle - shift, high - shift
    left = row(affine_box(low, scope), AT_MOST, affine_box(middle, scope))
    above = high + 1
    if len(above.terms) < len(high.terms):
        return row(left, LESS, affine_box(above, scope))
    return row(left, AT_MOST, affine_box(high, scope))


def iverson(body: Box, scope: Scope) -> Box:
    """An Iverson bracket in the notation's style."""
    if scope.notation.bracket == "double":
        return Fence("llbracket", body, "rrbracket")
    if scope.notation.bracket == "indicator":
        return row(Symbol(r"\mathbf{1}"), Fence("(", body, ")"))
    return Fence("[", body, "]")
