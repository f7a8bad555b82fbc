"""Sizes and hyperparameters: reading them, naming those left open, and what is known about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from symconv.errors import SizeError
from symconv.expr.nodes import Expr
from symconv.expr.rename import rename, rename_tensor
from symconv.expr.tensor import Constraint, Definition, Tensor
from symconv.expr.walk import bound_names, fresh
from symconv.index.affine import ONE, Affine, Atom, Monomial, Quotient, ceil_div, exact_div, extremum
from symconv.index.domain import Assumptions, AtMost, Divides, Equal, Guard, guard_parts, holds, substitute_guard
from symconv.index.read import read_size

if TYPE_CHECKING:
    import sympy

Size: TypeAlias = Union[int, str, Affine, "sympy.Expr", None]
Sizes: TypeAlias = Union[Size, tuple[Size, ...], list[Size]]

MAX_INTEGER = 10**9
GIVEN, OPEN = "‹", "«"


@dataclass(slots=True)
class Ledger:
    """Collects, while one operation is being defined, its size symbols and what is known of them.

    Until :meth:`definition` every symbol carries a mark: ``‹`` for a name that the user chose, ``«`` for one left open.
    So a user's name never captures an index or a symbol that was meant to be fresh: those give way in the end.
    """

    owner: str
    lower: dict[str, int] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    derived: dict[str, Affine] = field(default_factory=dict)
    equal: dict[str, Affine] = field(default_factory=dict)
    facts: list[Affine] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)

    def read(self, value: Size, option: str, *, default: str, role: str, minimum: int = 1) -> Affine:
        """The value as an affine form; None is a fresh symbol of the default name."""
        option = f"{option} of {self.owner}"
        if value is None:
            self.roles[OPEN + default] = role
            form = Affine.of(OPEN + default)
        else:
            form = _marked(to_affine(value, option))
        if form.constant is not None and form.constant < minimum:
            raise SizeError(f"{option} must be at least {minimum}, got {form.constant}")
        single = len(form.terms) == 1 and form.terms[0][1] == 1 and isinstance(_only(form.terms[0][0]), str)
        for name in form.names():
            self.lower[name] = max(self.lower.get(name, 0), minimum if single else 0)
        if not single and form.constant is None:
            self._require_exact(form, option)
            self.require(AtMost(Affine.of(minimum), form), f"{option} must be at least {{0}}, got {{1}}")
        return form

    def per_axis(
        self,
        value: Sizes,
        option: str,
        rank: int,
        *,
        defaults: tuple[str, ...],
        roles: tuple[str, ...],
        minimum: int = 1,
    ) -> tuple[Affine, ...]:
        """One form per spatial axis: a single value serves all axes, a tuple gives each its own."""
        values = spread(value, f"{option} of {self.owner}", rank)
        return tuple(
            self.read(each, option, default=name, role=role, minimum=minimum)
            for each, name, role in zip(values, defaults, roles, strict=True)
        )

    def require(self, guard: Guard, sentence: str) -> None:
        """Demand the guard: now, where its sides are integers, else whenever the sizes get values."""
        first, second = guard_parts(guard)
        if first.constant is not None and second.constant is not None:
            if not holds(guard, {}):
                raise SizeError(sentence.format(first.constant, second.constant))
            return
        self.constraints.append(Constraint(guard, sentence))
        if isinstance(guard, AtMost):
            self.facts.append(second - first)

    def divide(self, whole: Affine, parts: Affine, sentence: str) -> Affine:
        """``whole/parts``, demanding that parts divides whole."""
        if parts == ONE:
            return whole
        self.require(Divides(parts, whole), sentence)
        share = exact_div(whole, parts)
        if share.constant is None and any(isinstance(atom, Quotient) for atom in share.atoms()):
            self.facts.append(share - 1)
            if len(whole.terms) == 1 and len(whole.names()) == 1 and whole == Affine.of(next(iter(whole.names()))):
                self.equal[next(iter(whole.names()))] = parts * share
        return share

    def output(self, given: Size, name: str, role: str, formula: Affine, facts: tuple[Affine, ...]) -> Affine:
        """A derived size: an integer where the formula is one, else a symbol that stands for it."""
        option = f"output_size of {self.owner}"
        if formula.constant is not None and (given is None or to_affine(given, option).constant is not None):
            if given is not None and to_affine(given, option) != formula:
                raise SizeError(f"{option} is {formula.constant}, got {given}")
            return formula
        if given is None:
            name = OPEN + name
            self.roles[name] = role
        else:
            form = _marked(to_affine(given, option))
            name = str(form)
            if self.derived.get(name) == formula:
                return form
            if form != Affine.of(name) or name in self.lower:
                return self._tied(form, formula, option)
        symbol = Affine.of(name)
        self.lower[name] = 1
        self.derived[name] = formula
        if all(isinstance(atom, str) for atom in formula.atoms()):
            self.equal[name] = formula
        self.facts.extend(fact.substitute({"$O": symbol}) for fact in facts)
        return symbol

    def _tied(self, form: Affine, formula: Affine, option: str) -> Affine:
        """An output size that is stated in other sizes (``same`` padding: the input's): the two must be equal."""
        for name in form.names():
            self.lower.setdefault(name, 1)
        self.require(Equal(form, formula), f"{option} is stated as {{0}}, but the layer gives {{1}}")
        self.facts += [form - formula, formula - form, form - 1]
        return form

    def definition(self, output: Tensor, body: Expr, inputs: tuple[Tensor, ...]) -> Definition:
        """The definition with everything that was collected about its sizes, under their public names."""
        names = self._public_names({*output.indices, *(i for t in inputs for i in t.indices), *bound_names(body)})
        values = {old: Affine.of(new) for old, new in names.items()}

        def shown(forms: Mapping[str, Affine]) -> dict[str, Affine]:
            return {names[name]: form.substitute(values) for name, form in forms.items()}

        derived = shown(self.derived)
        lower = {names[name]: minimum for name, minimum in self.lower.items()}
        facts = tuple(dict.fromkeys(fact.substitute(values) for fact in self.facts))
        equal = {names[name]: form.replace(values) for name, form in self.equal.items()}
        return Definition(
            self.owner,
            rename_tensor(output, names),
            rename(body, names),
            tuple(rename_tensor(tensor, names) for tensor in inputs),
            Assumptions(lower, facts, equal, derived),
            derived,
            {names[name]: role for name, role in self.roles.items()},
            tuple(Constraint(substitute_guard(c.guard, values), c.sentence) for c in self.constraints),
        )

    def _public_names(self, indices: set[str]) -> dict[str, str]:
        """A user's names as they are; the symbols left open, then the indices, get primes where they collide."""
        names = {marked: marked[1:] for marked in self.lower if marked.startswith(GIVEN)}
        taken = set(names.values())
        for marked in self.lower:
            if marked.startswith(OPEN):
                names[marked] = fresh(marked[1:], taken)
                taken.add(names[marked])
        for index in sorted(indices & taken):
            names[index] = fresh(index, taken | indices)
            taken.add(names[index])
        return names

    def _require_exact(self, form: Affine, option: str) -> None:
        for atom in form.atoms():
            if isinstance(atom, Quotient) and atom.rounding == "exact":
                self.require(Divides(atom.den, atom.num), f"{option}: {{0}} must divide {{1}}")


def window_output(
    ledger: Ledger, axis: int, given: Size, size: Affine, span: Affine, stride: Affine, before: Affine, after: Affine
) -> Affine:
    """``O = ⌊(H + p₁ + p₂ − span)/s⌋ + 1``, with s(O−1) ≤ H + p₁ + p₂ − span < sO (PyTorch, Conv2d and pooling)."""
    slack = size + before + after - span
    kernel_fits(ledger, axis, size + before + after, span)
    out = Affine.of("$O")
    facts = (slack - stride * (out - 1), stride * out - 1 - slack)
    return ledger.output(given, f"O_{axis}", f"output_{axis}", rounded(slack, stride, "floor") + 1, facts)


def ceil_output(
    ledger: Ledger, axis: int, given: Size, size: Affine, span: Affine, stride: Affine, before: Affine, after: Affine
) -> Affine:
    """PyTorch's ``ceil_mode``: the last window may hang over the end but starts before it (left padding counts)."""
    slack = size + before + after - span
    kernel_fits(ledger, axis, size + before + after, span)
    out = Affine.of("$O")
    formula = extremum("min", [rounded(slack, stride, "ceil") + 1, ceil_div(size + before, stride)])
    facts = (size + before - 1 - stride * (out - 1), slack - 1 - stride * (out - 2))
    return ledger.output(given, f"O_{axis}", f"output_{axis}", formula, facts)


def kernel_fits(ledger: Ledger, axis: int, padded: Affine, span: Affine) -> None:
    """Demand that the (dilated) kernel is no larger than the padded input."""
    ledger.require(
        AtMost(span, padded),
        f"kernel_size of {ledger.owner}: the kernel spans {{0}} entries on spatial axis {axis}, "
        "more than the {1} of the padded input",
    )


def rounded(num: Affine, den: Affine, rounding: str) -> Affine:
    """The quotient as the formula states it: nothing is pulled out unless it is an integer or den is 1."""
    from symconv.index.affine import quotient

    assert rounding in ("floor", "ceil")
    if den == ONE or (num.constant is not None and den.constant is not None):
        return quotient(num, den, "floor" if rounding == "floor" else "ceil")
    return Affine((((Quotient(num, den, "floor" if rounding == "floor" else "ceil"),), 1),))


def spread(value: Sizes, option: str, rank: int) -> tuple[Size, ...]:
    """One value per spatial axis."""
    if not isinstance(value, (tuple, list)):
        return (value,) * rank
    if len(value) != rank:
        raise SizeError(f"{option} takes one value or {rank}, got {len(value)}")
    return tuple(value)


def _only(monomial: Monomial) -> Atom | None:
    return monomial[0] if len(monomial) == 1 else None


def _marked(form: Affine) -> Affine:
    return form.substitute({name: Affine.of(GIVEN + name) for name in form.names()})


def unmarked(form: Affine) -> str:
    """The form as a user wrote it, for messages."""
    return str(form).replace(GIVEN, "").replace(OPEN, "")


def to_affine(value: object, option: str) -> Affine:
    """An int, a size expression as text, a SymPy expression or an affine form as an affine form."""
    if isinstance(value, Affine):
        return value
    if isinstance(value, str):
        return read_size(value, option)
    if isinstance(value, bool):
        raise SizeError(f"{option} must be an integer, a name or an expression in names, got {value}")
    try:
        integer = value.__index__()  # type: ignore[attr-defined]
    except AttributeError:
        if type(value).__module__.startswith("sympy"):
            return _from_sympy(value, option)
        raise SizeError(
            f"{option} must be an integer, a name or an expression in names, got {type(value).__name__} {value!r}"
        ) from None
    except TypeError:
        return _from_sympy(value, option)
    if abs(integer) > MAX_INTEGER:
        raise SizeError(f"{option} must be at most {MAX_INTEGER}, got {integer}")
    return Affine.of(int(integer))


def _from_sympy(value: Any, option: str) -> Affine:
    import sympy

    if isinstance(value, sympy.Integer):
        return to_affine(int(value), option)
    if isinstance(value, sympy.Symbol):
        return read_size(value.name, option)
    if isinstance(value, (sympy.Add, sympy.Mul)):
        num, den = value.as_numer_denom()
        if den != 1:
            return exact_div(_from_sympy(num, option), _from_sympy(den, option))
        parts = [_from_sympy(arg, option) for arg in value.args]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if isinstance(value, sympy.Add) else total * part
        return total
    if isinstance(value, sympy.Pow) and value.exp.is_Integer and 0 <= int(value.exp) <= 4:
        return _from_sympy(value.base, option) ** int(value.exp)
    if isinstance(value, sympy.floor):
        num, den = value.args[0].as_numer_denom()
        from symconv.index.affine import floor_div

        return floor_div(_from_sympy(num, option), _from_sympy(den, option))
    raise SizeError(f"{option}: the SymPy expression {value} is not an integer polynomial in names")
