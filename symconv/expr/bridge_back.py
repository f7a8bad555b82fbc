"""SymPy objects read back as expressions; whatever has no meaning there is refused by the name of its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from symconv.errors import NameLookupError, ShapeError, UnsupportedError
from symconv.expr.nodes import NOTHING, Access, Add, Binder, Bracket, Expr, Mul, Pow, Scalar, Sum
from symconv.expr.sympy_index import Sympy
from symconv.expr.tensor import Tensor
from symconv.index.affine import ONE, ZERO, Affine, ceil_div, exact_div, extremum, floor_div
from symconv.index.domain import AtMost, Divides, Equal, Guard


def from_sympy(expr: Sympy, tensors: Mapping[str, Tensor]) -> Expr:
    """A SymPy expression in entries of the given tensors (by name) as an expression.

    It may hold ``Add``, ``Mul``, ``Pow``, ``Sum``, ``Indexed``, numbers and integer symbols; in scalars, limits and
    indices also ``floor``, ``ceiling``, ``Mod``, ``Min``, ``Max`` and ``Abs``; and a ``Piecewise`` whose first branch
    stands under relations between integers and whose second is 0: the brackets that ``to_sympy`` writes. A divisor
    is taken to be positive, and a quotient used as an index to be an integer. A sum whose limits cross is empty, as
    everywhere in this package.

    >>> import sympy
    >>> i, n = sympy.symbols("i n", integer=True)
    >>> x = Tensor("x", "input", (Affine.of("n"),), ("i",), ("S1",))
    >>> read = from_sympy(sympy.Sum(sympy.IndexedBase("x")[i] ** 2, (i, 0, n - 1)), {"x": x})
    >>> type(read).__name__, read.binders[0].index
    ('Sum', 'i')

    Errors: :class:`UnsupportedError` for any other class, :class:`NameLookupError` for an unknown tensor,
    :class:`ShapeError` for an entry with the wrong number of indices.
    """
    import sympy

    try:
        read = sympy.sympify(expr, strict=True)  # strict: text is not evaluated but refused
    except sympy.SympifyError:
        raise UnsupportedError(f"{expr!r:.60} is a {type(expr).__name__}, not a SymPy expression") from None
    return _Reader(tensors).value(read)


@dataclass(frozen=True, slots=True)
class _Reader:
    tensors: Mapping[str, Tensor]

    def value(self, expr: Sympy) -> Expr:
        import sympy

        if self._is_scalar(expr):
            return _scalar(expr)
        match expr:
            case sympy.Symbol():
                return Access(self.tensors[expr.name], ())
            case sympy.Indexed():
                return self._entry(expr)
            case sympy.Add():
                return Add(tuple(map(self.value, expr.args)))
            case sympy.Mul():
                return self._product(expr)
            case sympy.Pow():
                return self._power(expr)
            case sympy.Sum():
                return self._sum(expr)
            case sympy.Piecewise():
                return _bracketed(expr, self)
            case _:
                raise _refused(expr, "among the entries of tensors")

    def _is_scalar(self, expr: Sympy) -> bool:
        """Whether the expression reads no entry (a tensor without axes is read as a plain symbol)."""
        import sympy

        single = any(s.name in self.tensors and not self.tensors[s.name].rank for s in expr.free_symbols if s.is_Symbol)
        rational = not any(power.exp.is_Integer is not True for power in expr.atoms(sympy.Pow))
        return rational and not single and not expr.has(sympy.Indexed, sympy.Sum, sympy.Piecewise)

    def _entry(self, expr: Sympy) -> Expr:
        name = str(expr.base.label)
        if name not in self.tensors:
            known = ", ".join(self.tensors) or "none"
            raise NameLookupError(f"the SymPy expression reads the tensor {name}; the tensors given are: {known}")
        tensor = self.tensors[name]
        if len(expr.indices) != tensor.rank:
            raise ShapeError(f"{expr} has {len(expr.indices)} indices, but the tensor {name} has {tensor.rank} axes")
        return Access(tensor, tuple(map(to_affine, expr.indices)))

    def _product(self, expr: Sympy) -> Expr:
        import sympy

        scalars = [arg for arg in expr.args if self._is_scalar(arg)]
        rest = [self.value(arg) for arg in expr.args if not self._is_scalar(arg)]
        front: list[Expr] = [_scalar(sympy.Mul(*scalars))] if scalars else []
        return Mul((*front, *rest))

    def _power(self, expr: Sympy) -> Expr:
        return Pow(self.value(expr.base), _scalar(expr.exp))

    def _sum(self, expr: Sympy) -> Expr:
        """Limits from the inside out; one that names another index of the same ``Sum`` opens a sum around."""
        body = self.value(expr.function)
        group: list[Binder] = []
        for limit in expr.limits:
            binder = _binder(expr, limit)
            if any(binder.index in _names(inner) for inner in group):
                body, group = Sum(body, tuple(group)), []
            group.append(binder)
        return Sum(body, tuple(group))


def _binder(expr: Sympy, limit: Sympy) -> Binder:
    import sympy

    if len(limit) != 3:
        raise UnsupportedError(f"the index {limit[0]} of a SymPy Sum needs a lower and an upper limit")
    index, lo, hi = limit
    low = None if lo == -sympy.oo else to_affine(lo)
    high = None if hi == sympy.oo else to_affine(hi)
    if low is not None and high is not None and (length := (high - low + 1).constant) is not None and length < 0:
        raise UnsupportedError(f"SymPy counts {expr} with negative terms, because its limits run backwards")
    return Binder(index.name, low, high)


def _names(binder: Binder) -> frozenset[str]:
    return frozenset().union(*(end.names() for end in (binder.lo, binder.hi) if end is not None))


def _bracketed(expr: Sympy, reader: _Reader) -> Expr:
    import sympy

    if len(expr.args) != 2 or expr.args[1] != (0, True):
        raise UnsupportedError("a SymPy Piecewise can be read where it has one branch and is 0 otherwise")
    body, condition = expr.args[0]
    parts = condition.args if isinstance(condition, sympy.And) else (condition,)
    return Mul((Bracket(tuple(map(_guard, parts))), reader.value(body)))


def _guard(condition: Sympy) -> Guard:
    """A relation between integers; ``Eq(Mod(e, d), 0)`` is d ∣ e."""
    import sympy

    if not isinstance(condition, (sympy.Eq, sympy.Le, sympy.Lt, sympy.Ge, sympy.Gt)):
        raise _refused(condition, "as a condition")
    left, right = condition.args
    for value, other in ((left, right), (right, left)):
        if isinstance(condition, sympy.Eq) and isinstance(value, sympy.Mod) and other == 0:
            return Divides(to_affine(value.args[1]), to_affine(value.args[0]))
    # SymPy divides a relation by common factors, which may leave fractions: 2*k >= i becomes k >= i/2
    scale = sympy.fraction(sympy.together(left - right))[1]
    first, second = (to_affine(sympy.expand(scale * side)) for side in (left, right))
    match condition:
        case sympy.Eq():
            return Equal(first, second)
        case sympy.Le():
            return AtMost(first, second)
        case sympy.Lt():
            return AtMost(first + 1, second)
        case sympy.Ge():
            return AtMost(second, first)
        case _:
            return AtMost(second + 1, first)


def _scalar(expr: Sympy) -> Scalar:
    import sympy

    if isinstance(expr, sympy.Float):
        ratio = Fraction(float(expr))
        return Scalar(Affine.of(ratio.numerator), Affine.of(ratio.denominator))
    num, den = sympy.fraction(sympy.together(expr))
    return Scalar(to_affine(num), to_affine(den)) if num != 0 else NOTHING


def to_affine(expr: Sympy) -> Affine:
    """Integer index arithmetic as an affine form.

    >>> import sympy
    >>> u, s = sympy.symbols("u s", integer=True)
    >>> str(to_affine(2 * sympy.floor((u + 1) / s) - sympy.Mod(u, 3)))
    '-u + 2*floor((1 + u)/(s)) + 3*floor((u)/(3))'
    """
    import sympy

    match expr:
        case sympy.Integer():
            return Affine.of(int(expr))
        case sympy.Symbol():
            if expr.is_integer is not True:
                raise UnsupportedError(
                    f"the SymPy symbol {expr} must be an integer to stand in a limit, index or scalar: "
                    f"make it Symbol({expr.name!r}, integer=True)"
                )
            return Affine.of(expr.name)
        case sympy.Mod():
            value, divisor = map(to_affine, expr.args)
            return value - divisor * floor_div(value, divisor)
        case sympy.floor() | sympy.ceiling():
            num, den = map(to_affine, sympy.fraction(sympy.together(expr.args[0])))
            return floor_div(num, den) if isinstance(expr, sympy.floor) else ceil_div(num, den)
        case sympy.Min() | sympy.Max():
            return extremum("min" if isinstance(expr, sympy.Min) else "max", list(map(to_affine, expr.args)))
        case sympy.Abs():
            value = to_affine(expr.args[0])
            return extremum("max", [value, -value])
        case sympy.Pow() if expr.exp.is_Integer and expr.exp > 0:
            return to_affine(expr.base) ** int(expr.exp)
        case sympy.Add() | sympy.Mul() | sympy.Rational() | sympy.Pow():
            return _composed(expr)
        case _:
            raise _refused(expr, "in a limit, index or scalar")


def _composed(expr: Sympy) -> Affine:
    import sympy

    num, den = sympy.fraction(sympy.together(expr))
    if den != 1:
        return exact_div(to_affine(num), to_affine(den))
    if not isinstance(num, (sympy.Add, sympy.Mul)):
        if num == expr:
            raise _refused(expr, "in a limit, index or scalar")
        return to_affine(num)
    result = ZERO if isinstance(num, sympy.Add) else ONE
    for arg in map(to_affine, num.args):
        result = result + arg if isinstance(num, sympy.Add) else result * arg
    return result


def _refused(expr: Sympy, where: str) -> UnsupportedError:
    return UnsupportedError(f"the SymPy class {type(expr).__name__} ({expr!s:.60}) cannot be read {where}")
