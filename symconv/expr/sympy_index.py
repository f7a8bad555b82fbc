r"""Names, index arithmetic and guards as SymPy objects.

SymPy's ``lambdify`` writes a bound index into Python source as it is, so the index of a sum is given a name that is
both a Python identifier and printed well by ``sympy.latex``: ``\nu`` is called ``nu`` and ``m'`` is called
``mprime``. Free indices, sizes and tensors keep their LaTeX names, which ``lambdify`` replaces by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import Any, TypeAlias

from symconv.expr.tensor import Outside
from symconv.index.affine import Affine, Atom, Quotient, cancel_exact
from symconv.index.domain import AtMost, Divides, Equal, Guard, guard_parts

# SymPy has no type annotations that mypy could use
Sympy: TypeAlias = Any
Names: TypeAlias = Mapping[str, Sympy]


def symbol(name: str) -> Sympy:
    r"""The integer symbol that stands for a size or a free index of that LaTeX name.

    >>> symbol(r"\nu'").name, symbol("k_1").is_integer
    ("\\nu'", True)
    """
    import sympy

    return sympy.Symbol(name, integer=True)


def indexed_base(name: str) -> Sympy:
    r"""The ``IndexedBase`` that stands for a tensor of that LaTeX name.

    >>> indexed_base("K")[0, 1]
    K[0, 1]
    """
    import sympy

    return sympy.IndexedBase(name)


def bound_symbol(name: str, taken: Collection[str]) -> Sympy:
    r"""The integer symbol for the index of a sum: an identifier, unlike every name in ``taken``.

    >>> [bound_symbol(name, {"i"}).name for name in ("i", r"\nu", "m'", r"\lambda")]
    ['i_1', 'nu', 'mprime', 'lamda']
    """
    plain = name.replace(r"\lambda", "lamda").replace("'", "prime")
    plain = re.sub(r"\W+", "_", plain.replace("\\", "")).strip("_") or "index"
    if not plain.isidentifier() or iskeyword(plain):
        plain = f"i_{plain}"
    found, number = plain, 0
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    return symbol(found)


def affine_to_sympy(form: Affine, names: Names) -> Sympy:
    """The integer form; an exact quotient of unknown sizes is a floor, which SymPy knows to be an integer.

    >>> from symconv.index.affine import ceil_div
    >>> affine_to_sympy(ceil_div(Affine.of("u") + 1, "s") * 2, {})
    2*ceiling((u + 1)/s)
    """
    import sympy

    terms = []
    for monomial, factor in form.terms:
        terms.append(sympy.Mul(sympy.Integer(factor), *(_atom(atom, names) for atom in monomial)))
    return sympy.Add(*terms)


def _atom(atom: Atom, names: Names) -> Sympy:
    import sympy

    if isinstance(atom, str):
        return names[atom] if atom in names else symbol(atom)
    if isinstance(atom, Quotient):
        ratio = affine_to_sympy(atom.num, names) / affine_to_sympy(atom.den, names)
        if atom.rounding == "exact" and ratio.is_Rational:
            return ratio
        return sympy.ceiling(ratio) if atom.rounding == "ceil" else sympy.floor(ratio)
    args = [affine_to_sympy(arg, names) for arg in atom.args]
    return sympy.Min(*args) if atom.kind == "min" else sympy.Max(*args)


def without_quotients(guard: Guard) -> Guard:
    """An equation or inequality multiplied by the divisors of its exact quotients (a floor stays as it is).

    >>> from symconv.index.affine import exact_div
    >>> relation = without_quotients(AtMost(Affine.of("c") + 1, exact_div(Affine.of("C"), Affine.of("g"))))
    >>> str(relation.left), str(relation.right)
    ('c*g + g', 'C')
    """
    first, second = guard_parts(guard)
    if isinstance(guard, Divides) or not any(map(has_quotient, (first, second))):
        return guard
    form = second - first
    while exact := [atom for atom in form.atoms() if isinstance(atom, Quotient) and atom.rounding == "exact"]:
        form = cancel_exact(form * exact[0].den)
        if exact[0] in form.atoms():
            return guard
    left = Affine(tuple((monomial, -factor) for monomial, factor in form.terms if factor < 0))
    return type(guard)(left, form + left)


def has_quotient(form: Affine) -> bool:
    """Whether a quotient occurs in the form (not inside a minimum or maximum)."""
    return any(isinstance(atom, Quotient) for atom in form.atoms())


def guard_to_sympy(guard: Guard, names: Names) -> Sympy:
    """The relation as a SymPy condition; a divisibility is ``Eq(Mod(value, divisor), 0)``."""
    import sympy

    guard = without_quotients(guard)
    first, second = (affine_to_sympy(part, names) for part in guard_parts(guard))
    if isinstance(guard, Equal):
        return sympy.Eq(first, second)
    if isinstance(guard, AtMost):
        return sympy.Le(first, second)
    return sympy.Eq(sympy.Mod(second, first), 0)


def indicator(guard: Guard, names: Names) -> Sympy:
    """1 where the relation between integers holds, else 0, without a ``Piecewise``.

    A sum inside another one must not hold a ``Piecewise``: SymPy would fold it out of the inner sum, index and all.
    """
    import sympy

    guard = without_quotients(guard)
    first, second = (affine_to_sympy(part, names) for part in guard_parts(guard))
    if isinstance(guard, AtMost):
        return sympy.Min(1, sympy.Max(0, second - first + 1))
    gap = sympy.Mod(second, first) if isinstance(guard, Divides) else sympy.Abs(first - second)
    return 1 - sympy.Min(1, gap)


def padded_index(read: Sympy, size: Sympy, outside: Outside) -> Sympy:
    """The entry that a read at any position of a padded axis shows (PyTorch's meanings).

    >>> [padded_index(at, 4, "reflect") for at in (-2, 1, 4)]
    [2, 1, 2]
    """
    import sympy

    if outside == "reflect":
        last = size - 1
        return last - sympy.Abs(last - sympy.Abs(read))
    if outside == "circular":
        return sympy.Mod(read, size)
    return sympy.Max(0, sympy.Min(size - 1, read))
