"""The structured matrices of a layer, each entry computed from the layer's definition.

    vec(O) = T(K)·vec(I)      Toeplitz, doubly blocked in two dimensions
    Y = φ(I)·F                 im2row: row = output position, column = tap; im2col is its transpose
    vec(φ(I)) = M·vec(I)       the 0/1 indicator matrix
    vec(O) = S(I)·vec(I)       pooling

In row-major order axes run as stored, the last fastest. In column-major order the spatial axes run in reverse, the
first fastest, and channels stay slower than space (the convention of MATLAB's ``im2col`` and of J. Wu's notes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symconv.errors import UnsupportedError
from symconv.expr.nodes import Access, Expr
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses, free_names
from symconv.forms.concrete import NumberTable
from symconv.forms.entries import Expander
from symconv.forms.explicit import ExplicitForm
from symconv.forms.matrix_algebra import (
    Axis,
    Kronecker,
    Matrix,
    MatrixEquation,
    Named,
    Ones,
    Order,
    Plus,
    Product,
    Side,
    Transposed,
    Vec,
    rows,
)
from symconv.gradient.derivation import HasDefinition, find_tensor, target_indices
from symconv.gradient.differentiate import differentiate, resolve
from symconv.index.affine import Affine
from symconv.index.domain import Assumptions, Range
from symconv.rewrite.normal import from_terms, to_terms
from symconv.rewrite.rule import Context
from symconv.rewrite.sums import simplify


def _definition(op: HasDefinition | Definition) -> Definition:
    return op if isinstance(op, Definition) else op.definition


def side_of(tensor: Tensor, indices: Sequence[str], order: Order, without: str = "") -> Side:
    """The tensor's axes from slowest to fastest, those of kind ``without`` (``F``) left out."""
    named = list(zip(tensor.axes, indices, tensor.shape, strict=True))
    kept = [(kind, Axis(index, size)) for kind, index, size in named if kind != without]
    space = [axis for kind, axis in kept if kind[0] in "SOK"]
    rest = [axis for kind, axis in kept if kind[0] not in "SOK"]
    return (*rest, *(space if order == "row" else reversed(space)))


def vec_of(tensor: Tensor, indices: Sequence[str], order: Order) -> Named:
    """The tensor's entries in one column."""
    entry = Access(tensor, tuple(map(Affine.of, indices)))
    return Named(tensor.name, side_of(tensor, indices, order), (), entry, vectorised=True)


def jacobian(op: HasDefinition | Definition, wrt: str, order: Order = "row") -> Named:
    """``∂vec(O)/∂vec(X)ᵀ`` for the tensor X = ``wrt``, by the general rules of differentiation."""
    definition = _definition(op)
    tensor = find_tensor(definition, wrt)
    columns = target_indices(definition, tensor)
    names = tuple(next(iter(index.names())) for index in columns)
    entry = _derivative(definition, definition.body, Access(tensor, columns))
    row = side_of(definition.output, definition.indices, order)
    return Named("J", row, side_of(tensor, names, order), entry, tensor.name)


def _derivative(definition: Definition, of: Expr, by: Access) -> Expr:
    ranges: dict[str, Range] = definition.output.ranges()
    for index, size in zip(by.indices, by.tensor.shape, strict=True):
        for name in index.names():
            ranges.setdefault(name, Range(Affine.of(0), size - 1))
    context = Context(definition.assumptions, ranges)
    terms = to_terms(resolve(differentiate(of, by), context))
    return from_terms(tuple(new for term in terms for new in simplify(term, context)))


def _role(definition: Definition, *roles: str) -> Tensor:
    for tensor in definition.inputs:
        if tensor.role in roles:
            return tensor
    raise UnsupportedError(f"{definition.name} has no {roles[0]}, which this matrix is built from")


def _reads(entry: Expr, tensor: Tensor) -> bool:
    return any(access.tensor.name == tensor.name for access in accesses(entry))


def toeplitz(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """The matrix T(K) with ``vec(O) = T(K)·vec(I)`` (plus the bias), for a layer that is linear in its input."""
    definition = _definition(op)
    tensor = _role(definition, "input")
    matrix = jacobian(definition, tensor.name, order)
    if _reads(matrix.entry, tensor):
        raise UnsupportedError(f"{definition.name} is not linear in {tensor.name}, so it is no constant matrix of it")
    kernel = [other.name for other in definition.inputs if other.role in ("kernel", "weight")]
    return Named("T", matrix.rows, matrix.cols, matrix.entry, kernel[0] if kernel else None)


def pooling_matrix(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """The matrix S with ``vec(O) = S·vec(I)``: S(I) marks each window's winner, or averages.

    Under the tie rule ``all`` every tied entry counts, so the product is no maximum, and this is refused.
    """
    definition = _definition(op)
    tensor = _role(definition, "input")
    if len(definition.inputs) != 1:
        raise UnsupportedError(f"{definition.name} has further tensors, so it is no pooling layer")
    from symconv.expr.nodes import Pow, Reduce
    from symconv.expr.walk import walk

    if any(isinstance(node, Reduce) and node.ties == "all" for node in walk(definition.body)):
        raise UnsupportedError("S(I) needs the tie rule 'first' or 'split'; under 'all' tied entries would add up")
    if any(isinstance(node, Pow) for node in walk(definition.body)):
        raise UnsupportedError(f"{definition.name} is no maximum or average, so it has no pooling matrix")
    if any(not term.factors for term in to_terms(definition.body)):
        raise UnsupportedError(f"{definition.name} adds a constant, so it is no product with a matrix")
    matrix = jacobian(definition, tensor.name, order)
    argument = tensor.name if _reads(matrix.entry, tensor) else None
    return Named("S", matrix.rows, matrix.cols, matrix.entry, argument)


def im2row(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """φ(I): the row of an output position holds the entries under the kernel's taps, so that ``Y = φ(I)·F``.

    Each entry is the coefficient of a kernel entry in the output. Its transpose is im2col. Refused for groups, where
    every group has a φ of its own.
    """
    definition = _definition(op)
    kernel, tensor = _role(definition, "kernel"), _role(definition, "input")
    names = tuple(next(iter(index.names())) for index in target_indices(definition, kernel))
    output = definition.output
    shared = dict(zip(output.axes, output.indices, strict=True))
    tied = tuple(shared[axis] if axis == "F" else name for axis, name in zip(kernel.axes, names, strict=True))
    entry = _derivative(definition, definition.body, Access(kernel, tuple(map(Affine.of, tied))))
    if "F" in shared and shared["F"] in free_names(entry):
        raise UnsupportedError(f"{definition.name} has groups, and each group has an im2row matrix of its own")
    row = side_of(output, output.indices, order, without="F")
    return Named(r"\phi", row, side_of(kernel, tied, order, without="F"), entry, tensor.name)


def im2col(op: HasDefinition | Definition, order: Order = "row") -> Transposed:
    """The transpose of φ(I): the column of an output position holds the entries under the kernel's taps."""
    return Transposed(im2row(op, order))


def filters(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """F: the kernel with one column per output channel, rows in the order of the columns of φ(I)."""
    definition = _definition(op)
    kernel = _role(definition, "kernel")
    entry = Access(kernel, tuple(map(Affine.of, kernel.indices)))
    return Named("F", side_of(kernel, kernel.indices, order, without="F"), _channels(kernel), entry)


def outputs(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """Y: the output with one column per output channel, rows in the order of the rows of φ(I)."""
    tensor = _definition(op).output
    entry = Access(tensor, tuple(map(Affine.of, tensor.indices)))
    return Named("Y", side_of(tensor, tensor.indices, order, without="F"), _channels(tensor), entry)


def _channels(tensor: Tensor) -> Side:
    named = zip(tensor.axes, tensor.indices, tensor.shape, strict=True)
    return tuple(Axis(index, size) for kind, index, size in named if kind == "F")


def indicator(op: HasDefinition | Definition, order: Order = "row") -> Named:
    """M with ``vec(φ(I)) = M·vec(I)``: 1 where the entry of φ(I) is that entry of I."""
    definition = _definition(op)
    tensor, matrix = _role(definition, "input"), im2row(definition, order)
    taken = {axis.index for axis in (*matrix.rows, *matrix.cols)}
    names = tuple(next(iter(index.names())) for index in target_indices(definition, tensor))
    clash = {name: f"{name}'" for name in names if name in taken}
    columns = tuple(clash.get(name, name) for name in names)
    ranges = Assumptions(definition.assumptions.lower, definition.assumptions.facts, definition.assumptions.equal)
    by = Access(tensor, tuple(map(Affine.of, columns)))
    context = Context(ranges, {a.index: Range(Affine.of(0), a.size - 1) for a in (*matrix.rows, *matrix.cols)})
    terms = to_terms(resolve(differentiate(matrix.entry, by), context))
    entry = from_terms(tuple(new for term in terms for new in simplify(term, context)))
    return Named("M", rows(Vec(matrix, order)), side_of(tensor, columns, order), entry)


def toeplitz_equation(op: HasDefinition | Definition, order: Order = "row") -> MatrixEquation:
    """``vec(O) = T(K)·vec(I)``, plus the bias."""
    return _input_equation(_definition(op), toeplitz(op, order), order)


def pooling_equation(op: HasDefinition | Definition, order: Order = "row") -> MatrixEquation:
    """``vec(O) = S(I)·vec(I)``."""
    return _input_equation(_definition(op), pooling_matrix(op, order), order)


def _input_equation(definition: Definition, matrix: Named, order: Order) -> MatrixEquation:
    tensor, output = _role(definition, "input"), definition.output
    linear = Product((matrix, vec_of(tensor, tensor.indices, order)))
    bias = [other for other in definition.inputs if other.role == "bias"]
    left = vec_of(output, output.indices, order)
    return MatrixEquation(left, Plus((linear, _spread(bias[0], left.rows, order))) if bias else linear)


def _spread(bias: Tensor, side: Side, order: Order) -> Matrix:
    """The bias for every row: ``1 ⊗ vec(b) ⊗ 1``, ones for the axes that it lacks."""
    vector = vec_of(bias, bias.indices, order)
    own = [place for place, axis in enumerate(side) if axis.index in bias.indices]
    before, after = side[: own[0]] if own else side, side[own[-1] + 1 :] if own else ()
    result: Matrix = vector
    if after:
        result = Kronecker(result, Ones(after))
    return Kronecker(Ones(before), result) if before else result


def im2row_equation(op: HasDefinition | Definition, order: Order = "row") -> MatrixEquation:
    """``Y = φ(I)·F``, plus ``1·bᵀ`` for a bias per output channel."""
    definition = _definition(op)
    linear = Product((im2row(definition, order), filters(definition, order)))
    left = outputs(definition, order)
    bias = [other for other in definition.inputs if other.role == "bias"]
    if not bias:
        return MatrixEquation(left, linear)
    entry = Access(bias[0], tuple(map(Affine.of, bias[0].indices)))
    if bias[0].axes in (("F",), ()):
        constant: Matrix = Product((Ones(left.rows), Transposed(Named("b", _channels(bias[0]), (), entry))))
    else:
        # one number per entry: rows without the batch axis, repeated for every example
        spatial = Named("B", side_of(bias[0], bias[0].indices, order, without="F"), _channels(bias[0]), entry)
        batch = tuple(axis for axis in left.rows if axis not in spatial.rows)
        constant = Kronecker(Ones(batch), spatial) if batch else spatial
    return MatrixEquation(left, Plus((linear, constant)))


def indicator_equation(op: HasDefinition | Definition, order: Order = "row") -> MatrixEquation:
    """``vec(φ(I)) = M·vec(I)``."""
    definition = _definition(op)
    tensor = _role(definition, "input")
    vector = vec_of(tensor, tensor.indices, order)
    return MatrixEquation(Vec(im2row(definition, order), order), Product((indicator(definition, order), vector)))


def explicit_matrix(
    matrix: Named,
    op: HasDefinition | Definition,
    sizes: Mapping[str, int] | None = None,
    arrays: Mapping[str, Any] | None = None,
    *,
    deciding: Mapping[str, Any] | None = None,
) -> ExplicitForm:
    """A structured matrix of ``op`` for given sizes, entry by entry; the arguments are those of ``explicit``."""
    definition = _definition(op)
    table = NumberTable(definition, arrays or {}, sizes or {})
    decider = table if deciding is None else NumberTable(definition, deciding, table.sizes)
    expander = Expander(table.sizes, decider.lookup if decider.numbers else None)
    axes = (*matrix.rows, *matrix.cols)
    shape = expander.shape(axis.size for axis in axes)
    entries = expander.table(to_terms(matrix.entry), [axis.index for axis in axes], shape)
    height = 1
    for size in shape[: len(matrix.rows)]:
        height *= size
    width = len(entries) // height
    return ExplicitForm(matrix, (height, width), entries, definition, table.numbers)
