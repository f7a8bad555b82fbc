"""From boxes to arrays over the tensors of a layer: sums of terms, terms of factors."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.expr.nodes import UNIT, Access, Bracket, Derivative, Expr, Pow, Scalar
from symconv.expr.tensor import Tensor
from symconv.index.affine import ONE, Affine
from symconv.index.domain import Equal
from symconv.meaning.arithmetic import Scope
from symconv.meaning.arrays import Array, Digit, scalar
from symconv.meaning.choices import Option
from symconv.meaning.conditions import NO_TIES, cases, has_relation, indicator
from symconv.meaning.context import Read, State
from symconv.meaning.convolve import padded, rotated
from symconv.meaning.derivatives import derivative, is_derivative, nabla
from symconv.meaning.elementwise import activation_at
from symconv.meaning.entries import run_together
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.folding import folded
from symconv.meaning.functions import apply, argument_after, function_of, vec_order
from symconv.meaning.generic import IDENTITIES, closed
from symconv.meaning.layer import hyper_of, reduction_of
from symconv.meaning.names import is_dots, is_number, is_transpose, key, letters
from symconv.meaning.operators import Operator, combine, operator_of
from symconv.meaning.references import Reference, reference_of
from symconv.meaning.rows import is_sign, items_of, signed_terms, split
from symconv.meaning.sums import reduced, summed
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Cases, Fence, Fraction, Matrix, Number, Root, Row, Script, Sign, Symbol, Text

LOOSE = (r"\otimes", r"\odot")
INDICATORS = frozenset({r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\mathds{1}", r"\mathbf{I}", r"\chi", r"\mathbb{𝟏}"})


def read_items(state: State, items: Sequence[Box], scope: Scope) -> Array:
    """A sum of terms."""
    total: Array | None = None
    for sign, term in signed_terms(folded(state.symbols, items)):
        value = _term(state, term, scope)
        value = value if sign > 0 else state.algebra.negate(value)
        total = value if total is None else state.algebra.add(total, value)
    assert total is not None
    return total


def _read(state: State) -> Read:
    return lambda items, scope: read_items(state, items, scope)


def _term(state: State, items: Sequence[Box], scope: Scope) -> Array:
    """A product; a sum sign reaches to the end of it."""
    if not items:
        raise MeaningError("something is missing beside a sign")
    looser = [n for n, item in enumerate(items) if is_sign(item, LOOSE) and 0 < n < len(items) - 1]
    if looser and not any(isinstance(item, Big) for item in items[: looser[-1]]):
        # the product beside ⊗ and ⊙ comes first: A B ⊗ C is (A B) ⊗ C
        left, right = items[: looser[-1]], items[looser[-1] + 1 :]
        return combine(state, operator_of(items[looser[-1]]), _term(state, left, scope), _term(state, right, scope))
    result: Array | None = None
    operator: Operator | None = None
    at = 0
    while at < len(items):
        item = items[at]
        found = operator_of(item)
        if found is not None:
            if result is None or operator is not None:
                raise MeaningError(f"the sign {shown(item)} has nothing before it", item)
            operator, at = found, at + 1
            continue
        if is_sign(item, ("/",)):
            if at + 1 >= len(items) or result is None:
                raise MeaningError("a slash has nothing beside it", item)
            value = state.arithmetic(scope).scalar([items[at + 1]])
            result, at = state.algebra.scale(Scalar(value.den, value.num), result), at + 2
            continue
        factor, at = _factor(state, items, at, scope)
        result = factor if result is None else combine(state, operator, result, factor)
        operator = None
    if result is None or operator is not None:
        raise MeaningError("a product ends with a sign", items[-1])
    return result


def _factor(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int]:
    item = items[at]
    read = _read(state)
    match item:
        case Big():
            return _big(state, item, items, at, scope)
        case Cases():
            return scalar(cases(state, read, item, scope)), at + 1
        case Matrix():
            return _matrix(state, item, scope), at + 1
        case Fraction():
            if is_derivative(item):
                return derivative(state, read, item, items[at + 1 :], scope, at)
            return _fraction(state, item, scope), at + 1
        case Root(body, degree):
            power = ONE * 2 if degree is None else state.arithmetic(scope).form(degree)
            inner = read(items_of(body), scope)
            return _powered(inner, Scalar(ONE, power)), at + 1
        case Sign() if is_dots(item):
            raise MeaningError("an ellipsis is not understood: write the sum", item)
        case Sign():
            raise MeaningError(f"the sign {shown(item)} has no meaning between entries here", item)
    for attempt in (_named, _gradient_sign, _indicator, _call, _activation, _entry, _fence):
        found = attempt(state, items, at, scope)
        if found is not None:
            return found
    return _scalar(state, item, scope), at + 1


def _scalar(state: State, item: Box, scope: Scope) -> Array:
    if isinstance(item, Number) and "." in item.text:
        whole, _, rest = item.text.partition(".")
        if len(whole) + len(rest) <= 9:
            return scalar(Scalar(Affine.of(int(whole + rest)), Affine.of(10 ** len(rest))))
    try:
        return scalar(state.arithmetic(scope).scalar([item]))
    except MeaningError:
        if key(write_latex(item)) not in IDENTITIES or isinstance(item, Number):
            raise
    state.identities += 1
    size = closed(Affine.of(f"n_{{I,{state.identities}}}"), state.sizes)
    state.choices.say(f"{shown(item)} is the identity matrix")
    return state.algebra.identity((Digit(state.algebra.fresh(), size, "M"),))


def _big(state: State, item: Big, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int]:
    read, rest = _read(state), items[at + 1 :]
    if item.name == "sum":
        return summed(state, read, item, rest, scope), len(items)
    if item.name in ("max", "min"):
        if item.under is None and rest and isinstance(rest[0], Fence):
            return scalar(state.arithmetic(scope).scalar([item, rest[0]])), at + 2
        return scalar(reduced(state, read, item, rest, scope)), len(items)
    raise MeaningError(f"the sign {item.name} has no meaning here", item)


def _matrix(state: State, item: Matrix, scope: Scope) -> Array:
    rows: list[list[Expr]] = []
    for cells in item.rows:
        entries: list[Expr] = []
        for cell in cells:
            if cell is None:
                raise MeaningError("a cell of the matrix is empty", item)
            value = _cell(state, cell, scope)
            if value.rank:
                raise MeaningError("a matrix of matrices is not understood", cell)
            entries.append(value.body)
        rows.append(entries)
    if item.open == "|":
        state.choices.say("bars around a matrix are its brackets, not a determinant")
    return state.algebra.explicit(rows)


def _cell(state: State, cell: Box, scope: Scope) -> Array:
    """A cell; a letter that names a whole tensor is a number of its own there."""
    kept, state.in_matrix = state.in_matrix, True
    try:
        return read_items(state, items_of(cell), scope)
    finally:
        state.in_matrix = kept


def _fraction(state: State, item: Fraction, scope: Scope) -> Array:
    try:
        return scalar(state.arithmetic(scope).scalar([item]))
    except MeaningError:
        above = read_items(state, items_of(item.num), scope)
    try:
        below = state.arithmetic(scope).scalar(item.den)
    except MeaningError:
        under = read_items(state, items_of(item.den), scope)
        return state.algebra.hadamard(above, _powered(under, Scalar(Affine.of(-1))))
    if not below.num.terms:
        raise MeaningError("a division by zero", item)
    return state.algebra.scale(Scalar(below.den, below.num), above)


def _powered(base: Array, exponent: Scalar) -> Array:
    if base.rank:
        raise MeaningError("a power of an array is not understood")
    return scalar(base.body if exponent == UNIT else Pow(base.body, exponent))


# Names ----------------------------------------------------------------------------------------------------------------


def _named(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """A name that the formula itself explains (``where \\tilde x = pad(x, p)``), with its indices."""
    item = items[at]
    base = item.base if isinstance(item, Script) else item
    if not isinstance(base, (Symbol, Text)) or not state.named:
        return None
    value = state.named.get(key(write_latex(base)))
    if value is None:
        return None
    value = state.algebra.renamed(value)
    if not isinstance(item, Script) or item.sub is None:
        return value, at + 1
    parts = [part for part in split(items_of(item.sub), (",",)) if part]
    if len(parts) < value.rank:
        parts = [piece for part in parts for piece in run_together(part, value.rank - len(parts) + 1)]
    return _taken(state, value, parts, scope), at + 1


def _gradient_sign(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\nabla_K L`` and ``\\partial_K L``."""
    item = items[at]
    if isinstance(item, Script) and isinstance(item.base, Symbol) and item.base.name in (r"\nabla", r"\partial"):
        if item.sub is None or at + 1 >= len(items):
            raise MeaningError(f"{shown(item)} needs below it what it differentiates by, and a function after it", item)
        made = nabla(state, _read(state), item.sub, items[at + 1], scope)
        following = items[at + 2] if at + 2 < len(items) else None
        if isinstance(following, Fence) and following.open in ("(", "[") and made.rank:
            parts = [part for part in split(items_of(following.body), (",",)) if part]
            if len(parts) == made.rank:
                return _taken(state, made, parts, scope), at + 3
            return made, at + 3  # the arguments of the loss
        return made, at + 2
    return None


def _indicator(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\mathbb{1}[…]``, ``1_{…}``, ``\\delta_{a,b}`` of Kronecker."""
    item = items[at]
    read = _read(state)
    base = item.base if isinstance(item, Script) and (item.sup is None or is_transpose(item.sup)) else item
    name = write_latex(base).strip() if isinstance(base, (Symbol, Number)) else ""
    is_one = name in INDICATORS or (isinstance(base, Symbol) and key(base.name) in state.symbols.indicators)
    if isinstance(base, Symbol) and name.startswith(r"\delta") and isinstance(item, Script) and item.sub is not None:
        pair = _kronecker(state, base, item.sub)
        if pair is not None:
            arithmetic = state.arithmetic(scope)
            return scalar(Bracket((Equal(*(arithmetic.form(part) for part in pair)),))), at + 1
    if isinstance(item, Script) and item.sub is not None and (is_one or name == "1") and has_relation(item.sub):
        inner = items_of(item.sub)
        body = inner[0].body if len(inner) == 1 and isinstance(inner[0], Fence) else item.sub
        return scalar(indicator(state, read, body, scope)), at + 1
    if not is_one and not (isinstance(base, Number) and base.text == "1"):
        return None
    argument = argument_after(items, at + 1)
    if argument is not None and has_relation(argument) and not isinstance(item, Script):
        return scalar(indicator(state, read, argument, scope)), at + 2
    if is_one and reduction_of(state.symbols.definition) is not None:
        following = items[at + 1] if at + 1 < len(items) else None
        if argument is not None:
            return selection(state), at + 2
        if isinstance(following, Script) and isinstance(following.base, Fence) and is_transpose(following.sup):
            return state.algebra.transpose(selection(state)), at + 2
    return None


def selection(state: State) -> Array:
    """S(x): the matrix that picks the largest entry of every window; vec(y) = S(x)·vec(x)."""
    definition = state.symbols.definition
    order = vec_order(state)
    output, entry = state.entries.whole(definition.output), state.entries.whole(definition.inputs[0])
    assert isinstance(entry.body, Access)
    rows, columns = (state.algebra.vec(side, order).axes[0] for side in (output, entry))
    state.assume(NO_TIES)
    return Array((rows, columns), Derivative(output.body, entry.body))


def _kronecker(state: State, base: Symbol, sub: Box) -> tuple[list[Box], list[Box]] | None:
    """The two sides of Kronecker's δ; None where δ is the upstream gradient."""
    name = key(base.name)
    parts = [part for part in split(items_of(sub), (",",)) if part]
    if len(parts) == 1:
        pieces = [letter for box in parts[0] for letter in letters(box)]
        parts = [[piece] for piece in pieces]
    if len(parts) != 2:
        return None
    meaning = state.symbols.meaning(name)
    if name in state.symbols.indicators or meaning is None:
        return parts[0], parts[1]
    return None


def _call(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``rot180(K)``, ``\\operatorname{vec}(X)``, ``\\operatorname{rot}_{180} K``."""
    item = items[at]
    base = item.base if isinstance(item, Script) else item
    if isinstance(base, (Symbol, Text)) and state.symbols.meaning(key(write_latex(base))) is not None:
        return None
    function = function_of(item)
    if function is None:
        return None
    transposed = is_transpose(function.sup)
    argument = argument_after(items, at + 1)
    end = at + 2
    if argument is None and at + 1 < len(items):
        following = items[at + 1]
        if isinstance(following, Script) and isinstance(following.base, Fence) and following.sub is None:
            # vec(F)^T
            argument, transposed = following.base.body, transposed != is_transpose(following.sup)
        else:
            argument = following
    if argument is None:
        raise MeaningError(f"{shown(item)} needs an argument", item)
    value = apply(state, _read(state), function, argument, scope)
    return (state.algebra.transpose(value) if transposed else value), end


def _activation(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``\\sigma(z)`` and ``f'(z_{i,j})``."""
    argument = argument_after(items, at + 1)
    if argument is None or state.symbols.before is None:
        return None
    made = activation_at(state, _read(state), items[at], argument, scope)
    return None if made is None else (made, at + 2)


def _entry(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """A tensor: one entry, a part, or the whole."""
    item = items[at]
    if isinstance(item, Fence) and item.open == "[" and at + 1 < len(items):
        return None if not isinstance(items[at + 1], Fence) else _indexed(state, items, at, scope)
    found = reference_of(state, item, state.default)
    if found is None:
        return None
    at += 1
    groups = list(found.groups)
    while at < len(items) and isinstance(fence := items[at], Fence) and not _is_whole(state, found, groups):
        if (fence.open, fence.close) not in (("(", ")"), ("[", "]")):
            break
        if has_relation(fence.body) or (groups and not _speaks_of_axes(state, found, groups)):
            break
        if _is_argument(state, fence, scope):
            at += 1
            break
        groups.append(fence.body)
        at += 1
        if fence.open == "(":
            break
    following = items[at] if at < len(items) else None
    if isinstance(following, Script) and isinstance(following.base, Fence) and not groups and found.tensor.rank:
        if is_transpose(following.sup) and _is_argument(state, following.base, scope):
            return state.algebra.transpose(_referred(state, found, groups, scope)), at + 1
    if state.in_matrix and not groups and found.tensor.rank:
        name = write_latex(item).strip()
        return scalar(Access(Tensor(name, "input", (), (), ()), ())), at
    return _referred(state, found, groups, scope), at


def _is_whole(state: State, found: Reference, groups: Sequence[Box]) -> bool:
    """Whether no index can follow: the tensor is a number."""
    return found.tensor.rank == 0


def _speaks_of_axes(state: State, found: Reference, groups: Sequence[Box]) -> bool:
    """``X_c(i, j)``: the indices below are fewer than the axes."""
    written = sum(len([part for part in split(items_of(group), (",",)) if part]) for group in groups)
    return written < found.tensor.rank


def _is_argument(state: State, fence: Fence, scope: Scope) -> bool:
    """``\\phi(x^l)``: what stands in the brackets is an array that the symbol is made of, no index."""
    items = items_of(fence.body)
    if len(items) != 1:
        return False
    reference = reference_of(state, items[0], state.default)
    if reference is None or reference.groups:
        return False
    name = key(write_latex(items[0].base if isinstance(items[0], Script) else items[0]))
    if name in state.symbols.told:
        return name in scope.names and reference.tensor.rank > 1
    return name not in scope.names


def _referred(state: State, found: Reference, groups: Sequence[Box], scope: Scope) -> Array:
    value = state.entries.read(found.tensor, groups, state.arithmetic(scope))
    if found.rotated:
        if found.renamed and value.rank == 0:
            value = _exchanged(state, found.tensor, value)
        if value.rank == 0 and found.tensor.rank:
            whole = rotated(state.algebra, state.entries.whole(found.tensor))
            value = _at_entry(state, found.tensor, whole, value)
        else:
            value = rotated(state.algebra, value)
    if found.padded:
        value = _padded(state, found, value)
    if found.transposed:
        value = state.algebra.transpose(value)
    return value if found.power == 1 else _powered(value, Scalar(Affine.of(found.power)))


def _exchanged(state: State, tensor: Tensor, entry: Array) -> Array:
    """A kernel of another name on the left: turned, and perhaps with its channel axes exchanged."""
    if not {"C", "F"} <= set(tensor.axes):
        return entry
    swap = state.choices.pick(
        "exchanged", [Option(False), Option(True, "its channel axes are exchanged, too")]
    )
    if not swap:
        return entry
    assert isinstance(entry.body, Access)
    forms = list(entry.body.indices)
    c, f = tensor.axes.index("C"), tensor.axes.index("F")
    forms[c], forms[f] = forms[f], forms[c]
    return scalar(Access(tensor, tuple(forms)))


def _at_entry(state: State, tensor: object, whole: Array, entry: Array) -> Array:
    assert isinstance(entry.body, Access)
    if len(whole.digits) != len(entry.body.indices):
        raise MeaningError("a part of a rotated kernel is not understood")
    return scalar(whole.at(entry.body.indices))


def _padded(state: State, found: Reference, value: Array) -> Array:
    """``x^{pad}``: the padded input; the input itself where the layer has no padding."""
    hyper = hyper_of(state.symbols.definition)
    if hyper is None or not any(pad.terms for pad in hyper.before):
        state.choices.say("the padded input is the layer's input, which has no padding")
        return value
    if value.rank:
        return padded(state.algebra, value, hyper.before, hyper.before)
    assert isinstance(value.body, Access)
    tensor, forms = value.body.tensor, list(value.body.indices)
    spatial = [axis for axis, kind in enumerate(tensor.axes) if kind[0] == "S"]
    for axis, pad in zip(spatial, hyper.before, strict=True):
        forms[axis] = forms[axis] - pad
    return scalar(Access(tensor, tuple(forms)))


# Brackets -------------------------------------------------------------------------------------------------------------


def _fence(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    item = items[at]
    read = _read(state)
    if isinstance(item, Script) and isinstance(item.base, (Fence, Row, Matrix)):
        return _scripted_fence(state, item, scope), at + 1
    if not isinstance(item, Fence):
        return None
    if has_relation(item.body) and item.open in ("[", "(", "llbracket", "{"):
        return scalar(indicator(state, read, item.body, scope)), at + 1
    indexed = _indexed(state, items, at, scope)
    if indexed is not None:
        return indexed
    if item.open == "|" and item.close == "|":
        inner = read(items_of(item.body), scope)
        if inner.rank != 2:
            raise MeaningError("an absolute value is not understood here", item)
        state.choices.say("bars around a matrix are its brackets")
        return inner, at + 1
    if (item.open, item.close) in (("(", ")"), ("[", "]"), ("{", "}")):
        try:
            return read(items_of(item.body), scope), at + 1
        except MeaningError as problem:
            try:
                # arithmetic in brackets, such as a mod
                return scalar(state.arithmetic(scope).scalar([item])), at + 1
            except MeaningError:
                raise problem from None
    return None


def _indexed(state: State, items: Sequence[Box], at: int, scope: Scope) -> tuple[Array, int] | None:
    """``(x * k)(r, c)`` and ``[\\mathbf{X}][i][j]``: an array in brackets with its indices behind it."""
    item = items[at]
    if not isinstance(item, Fence) or at + 1 >= len(items):
        return None
    groups: list[Box] = []
    end = at + 1
    while end < len(items) and isinstance(fence := items[end], Fence) and (fence.open == "[" or not groups):
        if fence.open not in ("(", "["):
            break
        groups.append(fence.body)
        end += 1
        if fence.open == "(":
            break
    if not groups:
        return None
    kept, unbound = list(state.choices.sentences), dict(state.unbound)
    try:
        value = read_items(state, items_of(item.body), scope)
    except MeaningError:
        return None
    parts = [part for group in groups for part in split(items_of(group), (",",))]
    if value.rank == 0 or len(parts) != value.rank:
        state.choices.sentences[:] = kept
        state.unbound.clear()
        state.unbound.update(unbound)
        return None
    return _taken(state, value, parts, scope), end


def _scripted_fence(state: State, item: Script, scope: Scope) -> Array:
    """``(…)_{i,j}``, ``(…)^T``, ``(…)^2``."""
    base = item.base
    inner = items_of(base.body) if isinstance(base, Fence) else [base] if isinstance(base, Matrix) else items_of(base)
    if isinstance(base, Fence) and base.open in ("lfloor", "lceil"):
        return scalar(state.arithmetic(scope).scalar([item]))
    value = read_items(state, inner, scope)
    if item.sup is not None:
        if is_transpose(item.sup):
            value = state.algebra.transpose(value)
        elif is_number(item.sup):
            value = _powered(value, Scalar(Affine.of(int(item.sup.text))))  # type: ignore[union-attr]
        elif value.rank == 0 and not isinstance(item.sup, Fence):
            power = state.arithmetic(scope).scalar(item.sup)
            value = _powered(value, power)
        else:
            raise MeaningError(f"the superscript of {shown(item)} is not understood", item)
    if item.sub is not None:
        parts = [part for part in split(items_of(item.sub), (",",)) if part]
        if len(parts) < value.rank:
            parts = [piece for part in parts for piece in run_together(part, value.rank - len(parts) + 1)]
        value = _taken(state, value, parts, scope)
    return value


def _taken(state: State, value: Array, parts: Sequence[Sequence[Box]], scope: Scope) -> Array:
    """The entry of an array at the written position."""
    if len(parts) != value.rank or any(len(axis) != 1 for axis in value.axes):
        number = f"{value.rank} {'axis' if value.rank == 1 else 'axes'}"
        raise MeaningError(f"the array in brackets has {number}, but {len(parts)} indices are written")
    arithmetic = state.arithmetic(scope)
    starts = state.starts_of(value)
    forms = [arithmetic.form(part) - start for part, start in zip(parts, starts, strict=True)]
    return scalar(value.at(forms))
