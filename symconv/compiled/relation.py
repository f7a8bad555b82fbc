"""The relation form of a term: ``target[outputs(x)] += coefficient · [guards] · Π factors`` for all x in a box.

A solved form such as ``Σ_i δ[i]·K[(u + p − s·i)/d]`` with limits is turned back into the relation
``u = s·i + d·m − p`` that it came from: quotients become indices of their own, limits become inequalities, and the
free index is solved for. Then every entry is read at, and every result added to, linear positions: strided views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.compiled.bounds import Interval, binder_ranges, hull, linear
from symconv.expr.nodes import Access, Expr, Scalar
from symconv.expr.walk import fresh, substitute
from symconv.index.affine import Affine, Atom, Extremum, Quotient, extremum_args
from symconv.index.domain import AtMost, Divides, Equal, Guard, substitute_guard
from symconv.rewrite.normal import Term


@dataclass(frozen=True, slots=True)
class Relation:
    """``target[outputs] += coefficient · [guards] · Π factors`` over the box; what falls outside is dropped."""

    ranges: Mapping[str, Interval]
    outputs: tuple[Affine, ...]
    coefficient: Scalar
    guards: tuple[Guard, ...]
    factors: tuple[Expr, ...]


def relate(term: Term, targets: Mapping[str, Interval]) -> Relation | None:
    """The relation form of a term with integer sizes and bounded binders; None where its positions are not linear.

    A relation over an empty range stands for a term that is zero.
    """
    return _Builder.of(term, targets).build()


@dataclass
class _Builder:
    """The relation under construction: equations and inequalities are forms that are ``= 0`` and ``≥ 0``."""

    ranges: dict[str, Interval]
    outputs: dict[str, Affine]
    coefficient: Scalar
    factors: list[Expr]
    equations: list[Affine] = field(default_factory=list)
    inequalities: list[Affine] = field(default_factory=list)
    divisibilities: list[Divides] = field(default_factory=list)
    masks: list[Guard] = field(default_factory=list)
    limits: list[tuple[str, Affine, Affine]] = field(default_factory=list)

    @staticmethod
    def of(term: Term, targets: Mapping[str, Interval]) -> _Builder:
        """Every binder over its interval; limits that are not numbers become inequalities."""
        builder = _Builder(
            binder_ranges(term, targets),
            {name: Affine.of(name) for name in targets},
            term.coefficient,
            list(term.factors),
        )
        for binder in term.binders:
            index = Affine.of(binder.index)
            assert binder.lo is not None
            assert binder.hi is not None
            lows = [index - low for low in extremum_args(binder.lo, "max") if low.constant is None]
            highs = [high - index for high in extremum_args(binder.hi, "min") if high.constant is None]
            builder.inequalities += lows + highs
        for guard in term.guards:
            if isinstance(guard, Divides):
                builder.divisibilities.append(guard)
            elif isinstance(guard, Equal):
                builder.equations.append(guard.left - guard.right)
            else:
                builder.inequalities.append(guard.right - guard.left)
        return builder

    def build(self) -> Relation | None:
        """Quotients, equations, divisibilities, inequalities: each may solve for a free index."""
        self.inequalities = [simple for form in self.inequalities for simple in without_rounding(form)]
        if not self._quotients_to_indices():
            return None
        self._solve_equations()
        self._divisibilities_to_indices()
        self._inequalities_to_indices()
        self._tighten()
        outputs = tuple(self.outputs.values())
        reads = [factor.indices for factor in self.factors if isinstance(factor, Access)]
        if any(linear(form) is None for forms in (outputs, *reads) for form in forms):
            return None
        return Relation(self.ranges, outputs, self.coefficient, tuple(dict.fromkeys(self.masks)), tuple(self.factors))

    def _new_index(self, name: str, interval: Interval) -> Affine:
        name = fresh(name, self.ranges.keys() | self.outputs.keys())
        self.ranges[name] = interval
        return Affine.of(name)

    def _quotients_to_indices(self) -> bool:
        """``⌊n/d⌋`` is the index q of ``n = d·q + r``, ``0 ≤ r < d``; an exact quotient has r = 0."""
        values: dict[Atom, Affine] = {}
        forms = [index for factor in self.factors if isinstance(factor, Access) for index in factor.indices]
        for form in [*forms, *self.equations]:
            for atom in form.atoms():
                if not isinstance(atom, str) and atom not in values:
                    if not isinstance(atom, Quotient) or linear(atom.num) is None or not atom.den.constant:
                        return False
                    values[atom] = self._quotient_index(atom.num, atom.den.constant, atom.rounding)
        if values:
            self.factors = [
                Access(factor.tensor, tuple(_replace(index, values) for index in factor.indices))
                if isinstance(factor, Access)
                else factor
                for factor in self.factors
            ]
            self.equations = [_replace(form, values) for form in self.equations]
        return True

    def _quotient_index(self, num: Affine, den: int, rounding: str) -> Affine:
        if rounding == "ceil":
            num = num + den - 1
        low, high = hull(num, self.ranges)
        if rounding == "exact":
            whole = self._new_index("q", (-(-low // den), high // den))
            self.equations.append(num - den * whole)
            return whole
        whole = self._new_index("q", (low // den, high // den))
        self.equations.append(num - den * whole - self._new_index("r", (0, den - 1)))
        return whole

    def _solve_equations(self) -> None:
        """Solve for a free index if one has coefficient ±1, else for a binder; keep what is left as a mask."""
        while self.equations:
            form = self.equations.pop(0)
            parts = linear(form)
            if parts is None:
                self.masks.append(Equal(form, Affine.of(0)))
                continue
            units = [name for name, factor in parts[0].items() if abs(factor) == 1]
            free = [name for name in units if name in self.outputs]
            if units:
                self._solve((free or sorted(units, key=self._extent, reverse=True))[0], form, bool(free))
            elif form.terms:
                self.masks.append(Equal(form, Affine.of(0)))

    def _extent(self, name: str) -> int:
        low, high = self.ranges[name]
        return high - low

    def _solve(self, name: str, form: Affine, free: bool) -> None:
        factor = form.coefficient(name).constant
        assert factor in (1, -1)
        value = -factor * form.without(name)
        low, high = self.ranges.pop(name)
        if not free:
            # a free index outside its range is a position outside the target: dropped there
            self.inequalities += [value - low, high - value]
        self._substitute({name: value})

    def _substitute(self, values: Mapping[str, Affine]) -> None:
        self.outputs = {name: form.substitute(values) for name, form in self.outputs.items()}
        self.coefficient = Scalar(self.coefficient.num.substitute(values), self.coefficient.den.substitute(values))
        self.factors = [substitute(factor, values) for factor in self.factors]
        self.equations = [form.substitute(values) for form in self.equations]
        self.inequalities = [form.substitute(values) for form in self.inequalities]
        self.masks = [substitute_guard(guard, values) for guard in self.masks]
        changed = (substitute_guard(guard, values) for guard in self.divisibilities)
        self.divisibilities = [guard for guard in changed if isinstance(guard, Divides)]

    def _divisibilities_to_indices(self) -> None:
        """``d ∣ n`` says ``n = d·q``: that relation may solve for a free index; if it holds anyway, nothing is left."""
        while self.divisibilities:
            guard = self.divisibilities.pop(0)
            divisor, parts = guard.divisor.constant, linear(guard.value)
            if divisor is None or parts is None:
                self.masks.append(guard)
                continue
            factors, constant = parts
            if all(factor % divisor == 0 for factor in (*factors.values(), constant)):
                continue
            if self._solvable(factors):
                self._quotient_index(guard.value, divisor, "exact")
                self._solve_equations()
            else:
                self.masks.append(guard)

    def _solvable(self, factors: Mapping[str, int]) -> bool:
        """Whether a free index that is still its own position has coefficient ±1."""
        return any(name in self.outputs and name in self.ranges for name in factors if abs(factors[name]) == 1)

    def _inequalities_to_indices(self) -> None:
        """``0 ≤ e`` becomes the range of a new index m = e, solved for a free index: e.g. ``u = s·i + m − p``."""
        while True:
            found = next((form for form in self.inequalities if self._window(form)), None)
            if found is None:
                return
            self.equations.append(found - self._new_index("m", (0, self._reach(found))))
            self._solve_equations()

    def _window(self, form: Affine) -> bool:
        parts = linear(form)
        if parts is None or len(parts[0]) < 2 or not self._solvable(parts[0]) or hull(form, self.ranges)[0] >= 0:
            return False
        free = max(self._extent(name) for name in parts[0] if name in self.outputs and name in self.ranges)
        return self._reach(form) < free

    def _reach(self, form: Affine) -> int:
        """The largest value of the form, by its own bounds or by another inequality ``form ≤ c``."""
        sums = [(form + other).constant for other in self.inequalities]
        return max(0, min([hull(form, self.ranges)[1], *(value for value in sums if value is not None)]))

    def _tighten(self) -> None:
        """Inequalities of one index into its range; those that always hold away; the others into masks."""
        waiting = list(dict.fromkeys(self.inequalities))
        for form in waiting:
            parts = linear(form)
            if parts is not None and len(parts[0]) == 1:
                ((name, factor),), rest = parts[0].items(), parts[1]
                low, high = self.ranges[name]
                # factor·v + rest ≥ 0
                low, high = (max(low, -(rest // factor)), high) if factor > 0 else (low, min(high, rest // -factor))
                self.ranges[name] = (low, high)
        for form in waiting:
            if all(low <= high for low, high in self.ranges.values()) and hull(form, self.ranges)[0] < 0:
                self.masks.append(AtMost(Affine.of(0), form))


def without_rounding(form: Affine) -> list[Affine]:
    """Inequalities ``≥ 0`` without quotients and extrema that say the same as ``form ≥ 0``, as far as there are any.

    >>> from symconv.index.affine import ceil_div
    >>> [str(part) for part in without_rounding(Affine.of("i") - ceil_div(Affine.of("u") - 2, 3))]
    ['2 + 3*i - u']
    """
    for atom in form.atoms():
        if isinstance(atom, str):
            continue
        factor, rest = _split(form, atom)
        if factor is None:
            continue
        if isinstance(atom, Extremum):
            if (factor > 0) == (atom.kind == "min"):
                return [simple for arg in atom.args for simple in without_rounding(rest + factor * arg)]
        elif abs(factor) == 1 and atom.den.constant:
            slack = atom.den - 1 if (factor > 0) == (atom.rounding == "ceil") and atom.rounding != "exact" else 0
            return without_rounding(factor * atom.num + atom.den * rest + slack)
    return [form]


def _split(form: Affine, atom: Atom) -> tuple[int | None, Affine]:
    """``form = factor·atom + rest`` with an integer factor; None where the atom occurs otherwise."""
    factor: int | None = None
    rest: list[tuple[tuple[Atom, ...], int]] = []
    for monomial, number in form.terms:
        if monomial == (atom,):
            factor = number
        elif atom in monomial:
            return None, form
        else:
            rest.append((monomial, number))
    return factor, Affine(tuple(rest))


def _replace(form: Affine, values: Mapping[Atom, Affine]) -> Affine:
    total = Affine.of(0)
    for monomial, factor in form.terms:
        product = Affine.of(factor)
        for atom in monomial:
            product = product * (values[atom] if atom in values else Affine(((((atom,)), 1),)))
        total = total + product
    return total
