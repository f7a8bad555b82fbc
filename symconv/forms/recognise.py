"""Recognises operators in the normal form, and accepts one only if it lowers back to the same normal form.

The spatial axes of the result and of two operands are tied by one equation each, ``X = a·Y + b·Z − p``. The position
X that has coefficient 1 is the long one: the result's for a (full) convolution, an operand's for a (valid)
cross-correlation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symconv.expr.nodes import Access, Binder
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import fresh
from symconv.forms.operator import ONES, AxisForm, Operand, OperatorForm, OperatorPart, lower_part
from symconv.forms.same import same_terms
from symconv.gradient.derivation import Derivation, HasDefinition, forward_terms
from symconv.index.affine import ONE, ZERO, Affine, Quotient
from symconv.index.domain import AtMost, Guard, guard_parts
from symconv.rewrite.normal import Term, to_terms
from symconv.rewrite.rule import Context, Eliminate
from symconv.rewrite.sums import sift, simplify


def recognise(what: Derivation | Definition | HasDefinition) -> OperatorForm | None:
    """The operator that a gradient (or a forward definition) is, or None.

    >>> from symconv.gradient.derivation import derive
    >>> from symconv.expr.nodes import Mul, Sum, binder
    >>> i, m = Affine.of("i"), Affine.of("m")
    >>> x = Tensor("I", "input", (Affine.of("W"),), ("u",), ("S1",))
    >>> k = Tensor("K", "kernel", (Affine.of("k"),), ("m",), ("K1",))
    >>> y = Tensor("O", "output", (Affine.of("O_1"),), ("i",), ("O1",))
    >>> conv = Definition("conv", y, Sum(Mul((Access(k, (m,)), Access(x, (2 * i + m,)))), (binder("m", "k"),)), (x, k))
    >>> part = recognise(derive(conv, "K")).parts[0]
    >>> part.kind, part.left.tensor.name, part.right.tensor.name, str(part.axes[0].dilation)
    ('cross-correlation', 'I', '\\\\delta', '2')
    """
    if isinstance(what, Derivation):
        definition, target, terms = what.definition, what.target, what.terms
    else:
        definition = what if isinstance(what, Definition) else what.definition
        target = Access(definition.output, tuple(map(Affine.of, definition.indices)))
        terms = forward_terms(definition)
    if not terms:
        return None
    result = _operand(target)
    parts: list[OperatorPart] = []
    for term in terms:
        candidates = _candidates(term, target, definition)
        part = next((part for part in candidates if _proved(part, term, target, definition)), None)
        if part is None:
            return None
        parts.append(part)
    return OperatorForm(result, target.indices, tuple(parts), definition)


def _operand(access: Access) -> Operand:
    """The access without its spatial indices."""
    axes = access.tensor.axes
    return Operand(
        access.tensor,
        tuple(None if _is_spatial(axis) else index for index, axis in zip(access.indices, axes, strict=True)),
    )


def _is_spatial(axis: str) -> bool:
    return axis[0] in "SOK"


def _spatial(access: Access) -> dict[str, Affine]:
    """Spatial axis number → index."""
    pairs = zip(access.tensor.axes, access.indices, strict=True)
    return {axis[1:]: index for axis, index in pairs if _is_spatial(axis)}


def _spatial_names(access: Access) -> set[str]:
    return {name for index in _spatial(access).values() for name in index.names()}


def _candidates(term: Term, target: Access, definition: Definition) -> Iterator[OperatorPart]:
    factors = [factor for factor in term.factors if isinstance(factor, Access)]
    coefficient_names = term.coefficient.num.names() | term.coefficient.den.names()
    free = {name for index in target.indices for name in index.names()}
    if len(factors) != len(term.factors) or coefficient_names & (term.bound | free):
        return
    if len(factors) == 1:
        yield from _single(term, factors[0])
        yield from _averages(term, factors[0], target, definition)
    elif len(factors) == 2:
        first, second = factors
        if not _spatial(target) and not _spatial(first) and not _spatial(second):
            yield _plain("product", term, first, second)
        yield from _bilinear(term, target, first, second)


def _plain(kind: str, term: Term, first: Access, second: Access | None = None) -> OperatorPart:
    left = Operand(first.tensor, first.indices)
    right = None if second is None else Operand(second.tensor, second.indices)
    if kind == "product":
        return OperatorPart("product", left, right, (), term.binders, term.guards, term.coefficient)
    return OperatorPart("sum" if term.binders else "entry", left, None, (), term.binders, term.guards, term.coefficient)


def _single(term: Term, access: Access) -> Iterator[OperatorPart]:
    """A sum over whole axes, or an entry: every index is a bare name, and a bound one runs over its axis."""
    bound = {binder.index: binder for binder in term.binders}
    for index, size in zip(access.indices, access.tensor.shape, strict=True):
        name = _name(index)
        if name is None or (name in bound and bound[name] != Binder(name, ZERO, size - 1)):
            return
    if not term.guards and bound.keys() <= {_name(index) for index in access.indices}:
        yield _plain("sum", term, access)


def _averages(term: Term, access: Access, target: Access, definition: Definition) -> Iterator[OperatorPart]:
    """A window of ones over the input, and its adjoint, which is what the definition's own window gives."""
    taps = [(axis, _tap(index, term)) for axis, index in _spatial(access).items()]
    binders = [binder for _, binder in taps if binder is not None]
    if taps and len(binders) == len(taps):
        ones = _ones(binders, [axis for axis, _ in taps])
        yield from _bilinear(term, target, access, Access(ones, tuple(Affine.of(b.index) for b in binders)))
    elif access.tensor.role == "upstream":
        for forward in forward_terms(definition):
            reads = [factor for factor in forward.factors if isinstance(factor, Access)]
            if len(reads) == 1:
                output = Access(definition.output, tuple(map(Affine.of, definition.indices)))
                for part in _averages(forward, reads[0], output, definition):
                    yield from _adjoint(part, term, access, target)


def _tap(index: Affine, term: Term) -> Binder | None:
    names = index.names() & term.bound
    return term.binder(next(iter(names))) if len(names) == 1 and len(index.names()) > 1 else None


def _ones(binders: Sequence[Binder], axes: Sequence[str]) -> Tensor:
    sizes = tuple(b.hi + 1 for b in binders if b.hi is not None)
    return Tensor(ONES, "kernel", sizes, tuple(b.index for b in binders), tuple(f"K{axis}" for axis in axes))


def _adjoint(part: OperatorPart, term: Term, access: Access, target: Access) -> Iterator[OperatorPart]:
    """The full convolution that is the adjoint of a cross-correlation with ones."""
    if part.kind != "cross-correlation" or part.right is None:
        return
    left = _operand(access)
    spatial = _spatial_names(access)
    results = [next(iter(index.names())) for index in _spatial(target).values()]
    taken = set(term.names()) | set(results)
    axes: list[AxisForm] = []
    for axis, result in zip(part.axes, results, strict=True):
        left_name = fresh(axis.result, taken)
        taken.add(left_name)
        right_name = fresh(axis.right, taken)
        taken.add(right_name)
        axes.append(
            AxisForm(
                result, left_name, right_name, left_dilation=axis.stride, dilation=axis.dilation, offset=axis.offset
            )
        )
    kept = tuple(binder for binder in term.binders if binder.index not in spatial)
    yield OperatorPart("convolution", left, part.right, tuple(axes), kept, (), term.coefficient)


def _bilinear(term: Term, target: Access, first: Access, second: Access) -> Iterator[OperatorPart]:
    """Both kinds, with either operand as the left one, the simplest description first."""
    if not _spatial(target).keys() == _spatial(first).keys() == _spatial(second).keys() or not _spatial(target):
        return
    found: list[tuple[int, int, OperatorPart]] = []
    for left, right in ((first, second), (second, first)):
        for kind in ("cross-correlation", "convolution"):
            taken = set(term.names()) | {name for index in target.indices for name in index.names()}
            axes = [
                _axis(kind, taken, *positions, sizes)
                for positions, sizes in zip(_positions(target, left, right), _sizes(target, right), strict=True)
            ]
            described = [axis for axis in axes if axis is not None]
            if len(described) < len(axes):
                continue
            spatial = _spatial_names(left) | _spatial_names(right)
            kept = tuple(binder for binder in term.binders if binder.index not in spatial)
            guards = tuple(guard for guard in term.guards if not _mentions(guard_parts(guard), spatial))
            left_, right_ = _operand(left), _operand(right)
            cost = sum(len(axis.offset.terms) + axis.flip_right + axis.flip_result for axis in described)
            order = 0 if kind == "cross-correlation" or right.tensor.role in ("kernel", "weight") else 1
            part = OperatorPart(
                "cross-correlation" if kind == "cross-correlation" else "convolution",
                left_, right_, tuple(described), kept, guards, term.coefficient,
            )  # fmt: skip
            found.append((cost, order, part))
    for _, _, part in sorted(found, key=lambda item: item[:2]):
        yield part


def _mentions(parts: tuple[Affine, ...], names: set[str]) -> bool:
    return any(part.names() & names for part in parts)


def _positions(target: Access, left: Access, right: Access) -> list[tuple[Affine, Affine, Affine]]:
    t, x, y = _spatial(target), _spatial(left), _spatial(right)
    return [(t[axis], x[axis], y[axis]) for axis in t]


def _sizes(target: Access, right: Access) -> list[tuple[Affine, Affine]]:
    found = []
    for access in (target, right):
        found.append([s for s, axis in zip(access.tensor.shape, access.tensor.axes, strict=True) if _is_spatial(axis)])
    return list(zip(found[0], found[1], strict=True))


def _axis(kind: str, taken: set[str], t: Affine, x: Affine, y: Affine, sizes: tuple[Affine, Affine]) -> AxisForm | None:
    """The axis as that kind of operator with left position x and right position y, if it is one."""
    result = next(iter(t.names()))
    relation = _relation(result, x, y)
    if relation is None:
        return None
    of_t, of_x, of_y, rest = relation
    target_size, right_size = sizes
    long = of_x if kind == "cross-correlation" else of_t
    if long != ONE:
        if long != -ONE:
            return None
        of_t, of_x, of_y, rest = -of_t, -of_x, -of_y, -rest
    # of_t·t + of_x·x + of_y·y + rest = 0, and the long position has coefficient 1
    a, b, offset = (-of_t if kind == "cross-correlation" else -of_x), -of_y, rest
    flip_right = _is_negative(b)
    if flip_right:
        b, offset = -b, offset - b * (right_size - 1)
    left_name = _name(x) or fresh("x", taken)
    taken.add(left_name)
    right_name = _name(y) or fresh("y", taken)
    taken.add(right_name)
    if kind == "convolution":
        if _is_negative(a):
            return None
        return AxisForm(
            result, left_name, right_name, left_dilation=a, dilation=b, offset=offset, flip_right=flip_right
        )
    flip_result = _is_negative(a)
    if flip_result:
        a, offset = -a, offset - a * (target_size - 1)
    return AxisForm(
        result,
        left_name,
        right_name,
        stride=a,
        dilation=b,
        offset=offset,
        flip_right=flip_right,
        flip_result=flip_result,
    )


def _relation(result: str, x: Affine, y: Affine) -> tuple[Affine, Affine, Affine, Affine] | None:
    """The coefficients of result, x and y and the rest in ``α·t + β·x + γ·y + rest = 0``."""
    for plain, other, swapped in ((y, x, False), (x, y, True)):
        name = _name(plain)
        if name == result:
            continue
        if name is None:
            # non-overlapping windows: the plain position is itself a floor of the result's
            atoms = [atom for atom in plain.atoms() if isinstance(atom, Quotient)]
            if len(atoms) != 1 or plain != Affine((((atoms[0],), 1),)):
                continue
            name = "·"
            other = _replace_atom(other, atoms[0], name)
        divisor, numerator = _cleared(other)
        if numerator is None or not (numerator.is_affine_in(result) and numerator.is_affine_in(name)):
            continue
        of_t, of_plain = numerator.coefficient(result), numerator.coefficient(name)
        if not of_t.terms or not of_plain.terms:
            continue
        rest = numerator.without(result).without(name)
        return (of_t, of_plain, -divisor, rest) if swapped else (of_t, -divisor, of_plain, rest)
    return None


def _replace_atom(form: Affine, atom: Quotient, name: str) -> Affine:
    total = Affine(())
    for monomial, factor in form.terms:
        product = Affine.of(factor)
        for part in monomial:
            product = product * (Affine.of(name) if part == atom else Affine((((part,), 1),)))
        total = total + product
    return total


def _cleared(form: Affine) -> tuple[Affine, Affine | None]:
    """``(divisor, numerator)`` with form = numerator/divisor; numerator None where the form is another kind."""
    quotients = [atom for atom in form.atoms() if not isinstance(atom, str)]
    if not quotients:
        return ONE, form
    atom = quotients[0]
    if len(quotients) > 1 or not isinstance(atom, Quotient) or atom.rounding != "exact":
        return ONE, None
    rest = Affine(tuple(term for term in form.terms if atom not in term[0]))
    if form - rest != Affine((((atom,), 1),)):
        return ONE, None
    return atom.den, atom.num + atom.den * rest


def _name(form: Affine) -> str | None:
    names = form.names()
    name = next(iter(names)) if len(names) == 1 else None
    return name if name is not None and Affine.of(name) == form else None


def _is_negative(form: Affine) -> bool:
    return len(form.terms) == 1 and form.terms[0][1] < 0


def _proved(part: OperatorPart, term: Term, target: Access, definition: Definition) -> bool:
    """Whether the part, lowered and simplified by the rules, is the term that it was recognised in.

    Both are first multiplied by the conditions that every entry lies in its tensor's range along space, which
    changes nothing where an entry outside is zero; so it does not matter which of them the limits already state.
    """
    names = tuple(next(iter(index.names())) for index in target.indices)
    base = Context(definition.assumptions, target.tensor.ranges(names))
    wanted = simplify(_within_ranges(term), base)
    rights, lefts = tuple(axis.right for axis in part.axes), tuple(axis.left for axis in part.axes)
    for relational in (False, True) if part.kind == "cross-correlation" else (False,):
        lowered = to_terms(lower_part(part, _operand(target), relational=relational))
        for taps, outputs in ((rights, lefts), (lefts, rights)):
            for eliminate in _ELIMINATIONS if relational or part.kind == "convolution" else _ELIMINATIONS[:1]:
                context = replace(base, taps=taps, outputs=outputs, eliminate=eliminate)
                sifted = [new for old in lowered for new in sift(old, context)]
                final = tuple(new for old in sifted for new in simplify(_within_ranges(old), context))
                if same_terms(final, wanted):
                    return True
    return False


_ELIMINATIONS: tuple[Eliminate, ...] = ("auto", "tap", "output", "none")


def _within_ranges(term: Term) -> Term:
    guards: list[Guard] = []
    for factor in term.factors:
        if isinstance(factor, Access) and factor.tensor.outside == "zero":
            shape, kinds = factor.tensor.shape, factor.tensor.axes
            for index, size, kind in zip(factor.indices, shape, kinds, strict=True):
                # an exact quotient is cleared, so that the limits rule sees an affine form: 0 ≤ n/d is 0 ≤ n
                divisor, numerator = _cleared(index)
                if _is_spatial(kind) and numerator is not None:
                    guards += [AtMost(ZERO, numerator), AtMost(numerator, divisor * (size - 1))]
    return replace(term, guards=(*term.guards, *guards))
