"""Matrix derivations by named rules on ``vec`` and the Kronecker product.

The gradients of a product ``Y = A·X·B`` follow from ``vec(AXB) = (Bᵀ ⊗ A) vec(X)`` (column-major) or
``(A ⊗ Bᵀ) vec(X)`` (row-major) and the chain rule; so do ``∂z/∂F = φ(x)ᵀ ∂z/∂Y`` and
``∂z/∂vec(x) = Mᵀ vec(∂z/∂Y Fᵀ)`` for a convolution, and ``δ xᵀ`` and ``Wᵀ δ`` for a dense layer.
"""

from __future__ import annotations

from dataclasses import dataclass

from symconv.errors import UnsupportedError
from symconv.expr.nodes import Access
from symconv.expr.tensor import Definition
from symconv.forms.matrix_algebra import (
    Axis,
    Gradient,
    Identity,
    Jacobian,
    Matrix,
    MatrixEquation,
    Named,
    Ones,
    Order,
    Plus,
    Product,
    Transposed,
    Vec,
    cols,
    rows,
)
from symconv.forms.matrix_rules import (
    BIAS,
    CHAIN,
    DEFINITION,
    GRADIENT_OF_TRANSPOSE,
    GRADIENT_OF_VEC,
    IDENTITY,
    INDICATOR,
    LINEAR,
    SELECTION,
    TRANSPOSED_KRONECKER,
    TRANSPOSED_PRODUCT,
    TRANSPOSES,
    UNVEC,
    VEC_COLUMN,
    VEC_ROW,
    MatrixRewrite,
    everywhere,
    gradient_of_vec,
    linear_map,
    product_of_vec,
    simple_transposes,
    transposed_kronecker,
    transposed_product,
    vec,
    vec_of_product,
    without_identities,
)
from symconv.forms.operator import Operand, matrix_product
from symconv.forms.recognise import recognise
from symconv.forms.structured import (
    filters,
    im2row,
    im2row_equation,
    indicator,
    outputs,
    pooling_equation,
    vec_of,
)
from symconv.gradient.derivation import HasDefinition, find_tensor
from symconv.index.affine import Affine
from symconv.rewrite.rule import Rule


@dataclass(frozen=True, slots=True)
class MatrixStep:
    """One recorded application: ``before = after`` by ``rule``."""

    rule: Rule
    before: Matrix
    after: Matrix

    @property
    def why(self) -> str:
        """The sentence for the reader."""
        return self.rule.sentence


@dataclass(frozen=True, slots=True)
class MatrixDerivation:
    """``start = … = steps[-1].after``, and where vecs were compared, the ``conclusion`` about the matrices themselves.

    ``given`` are the equations that the derivation uses.
    """

    start: Matrix
    steps: tuple[MatrixStep, ...]
    given: tuple[MatrixEquation, ...]
    conclusion: tuple[MatrixStep, ...] = ()

    @property
    def result(self) -> MatrixEquation:
        """The gradient and what it equals."""
        if self.conclusion:
            return MatrixEquation(self.conclusion[0].before, self.conclusion[-1].after)
        return MatrixEquation(self.start, self.steps[-1].after)


class Recorder:
    """Applies rules to a matrix expression, one after the other, and records those that change it."""

    def __init__(self, start: Matrix) -> None:
        self.start = start
        self.current = start
        self.steps: list[MatrixStep] = []

    def apply(self, rule: Rule, rewrite: MatrixRewrite) -> None:
        """Rewrite every part that the rule fits."""
        self.become(rule, everywhere(self.current, rewrite))

    def become(self, rule: Rule, after: Matrix) -> None:
        """Record a new expression."""
        if after != self.current:
            self.steps.append(MatrixStep(rule, self.current, after))
            self.current = after


def matrix_derivation(op: HasDefinition | Definition, wrt: str, order: Order = "column") -> MatrixDerivation:
    """The gradient by ``wrt`` in matrix form, with every step.

    For a convolution ``∂z/∂F = φ(I)ᵀ ∂z/∂Y`` and ``∂z/∂vec(I) = Mᵀ vec(∂z/∂Y Fᵀ)``, for a dense layer ``δ xᵀ`` and
    ``Wᵀ δ``, for a bias ``(∂z/∂Y)ᵀ 1``, for a layer that averages, moves or chooses entries
    ``∂z/∂vec(I) = S(I)ᵀ ∂z/∂vec(O)``.
    Raises UnsupportedError where the layer is no such product.
    """
    definition = op if isinstance(op, Definition) else op.definition
    tensor = find_tensor(definition, wrt)
    if tensor.role == "bias":
        return _by_bias(definition, order)
    if tensor.role == "weight" or any(other.role == "weight" for other in definition.inputs):
        return _dense(definition, tensor.name, order)
    if tensor.role == "kernel":
        return _by_filters(definition, order)
    if tensor.role == "input" and any(other.role == "kernel" for other in definition.inputs):
        return _by_input(definition, order)
    if tensor.role == "input":
        return _by_linear_map(definition, order)
    raise UnsupportedError(f"{definition.name} has no matrix derivation of the gradient by {tensor.name}")


def _chain(
    start: Matrix, output: Matrix, by: Matrix, given: MatrixEquation, order: Order, position: int = 0
) -> Recorder:
    """∂z/∂v by the chain rule, the layer inserted, all of its terms dropped but the one that holds v."""
    recorder = Recorder(start)
    target = vec(output, order)
    recorder.become(CHAIN, Product((Transposed(Jacobian(target, by)), Gradient(target))))
    inserted = vec(given.right, order)

    def insert(matrix: Matrix) -> Matrix | None:
        return Jacobian(inserted, by) if isinstance(matrix, Jacobian) else None

    recorder.apply(DEFINITION, insert)
    if isinstance(given.right, Plus):
        linear = vec(given.right.terms[position], order)
        recorder.apply(BIAS, lambda matrix: Jacobian(linear, by) if isinstance(matrix, Jacobian) else None)
    return recorder


def _pad(recorder: Recorder, x: Matrix, order: Order) -> None:
    """Write a product of two as ``I X B`` or ``A X I``, and apply the identity for vec."""

    def pad(matrix: Matrix) -> Matrix | None:
        match matrix:
            case Product((first, second)) if second == x:
                return Product((first, second, Identity(cols(second))))
            case Product((first, second)) if first == x:
                return Product((Identity(rows(first)), first, second))
            case _:
                return None

    recorder.apply(IDENTITY, pad)
    recorder.apply(VEC_COLUMN if order == "column" else VEC_ROW, vec_of_product(order))


def _finish(recorder: Recorder, order: Order) -> None:
    """From a transposed Jacobian of a linear map to a vec of a product."""
    recorder.apply(LINEAR, linear_map)
    recorder.apply(TRANSPOSED_PRODUCT, transposed_product)
    recorder.apply(TRANSPOSED_KRONECKER, transposed_kronecker)
    recorder.apply(TRANSPOSES, simple_transposes)
    recorder.apply(GRADIENT_OF_VEC, gradient_of_vec)
    recorder.apply(VEC_COLUMN if order == "column" else VEC_ROW, product_of_vec(order))
    recorder.apply(TRANSPOSES, simple_transposes)
    recorder.apply(IDENTITY, without_identities)


def _unvec(by: Matrix, result: Matrix) -> tuple[MatrixStep, ...]:
    """The conclusion from ``vec(∂z/∂X) = vec(R)``; for a transposed X also the gradient by X itself."""
    inner = result.of if isinstance(result, Vec) else result
    if not isinstance(by, Transposed):
        return (MatrixStep(UNVEC, Gradient(by), inner),)
    recorder = Recorder(Gradient(by.of))
    recorder.become(GRADIENT_OF_TRANSPOSE, Transposed(Gradient(by)))
    recorder.become(UNVEC, Transposed(inner))
    recorder.apply(TRANSPOSED_PRODUCT, transposed_product)
    recorder.apply(TRANSPOSES, simple_transposes)
    return tuple(recorder.steps)


def _by_factor(given: MatrixEquation, by: Matrix, order: Order, position: int = 0) -> MatrixDerivation:
    """The gradient by one of the two factors of a term ``A·B`` of Y, or by a term itself."""
    if not cols(by) and not isinstance(by, Transposed):
        recorder = _chain(Gradient(by), given.left, by, given, order, position)
        _finish(recorder, order)
        return MatrixDerivation(recorder.start, tuple(recorder.steps), (given,))
    recorder = _chain(Gradient(vec(by, order)), given.left, vec(by, order), given, order, position)
    _pad(recorder, by, order)
    _finish(recorder, order)
    return MatrixDerivation(recorder.start, tuple(recorder.steps), (given,), _unvec(by, recorder.current))


def _by_filters(definition: Definition, order: Order) -> MatrixDerivation:
    return _by_factor(im2row_equation(definition, order), filters(definition, order), order)


def _by_input(definition: Definition, order: Order) -> MatrixDerivation:
    tensor = next(tensor for tensor in definition.inputs if tensor.role == "input")
    phi, given = im2row(definition, order), im2row_equation(definition, order)
    vector, matrix = vec_of(tensor, tensor.indices, order), indicator(definition, order)
    recorder = _chain(Gradient(vector), outputs(definition, order), vector, given, order)
    _pad(recorder, phi, order)

    def insert(part: Matrix) -> Matrix | None:
        return Product((matrix, vector)) if part == Vec(phi, order) else None

    recorder.apply(INDICATOR, insert)
    _finish(recorder, order)
    equation = MatrixEquation(Vec(phi, order), Product((matrix, vector)))
    return MatrixDerivation(recorder.start, tuple(recorder.steps), (given, equation))


def _by_linear_map(definition: Definition, order: Order) -> MatrixDerivation:
    """``vec(O) = S·vec(I)``: S averages, moves entries, or (S(I)) marks the winners of the windows."""
    given = pooling_equation(definition, order)
    matrix, vector = _factors(given.right)
    recorder = _chain(Gradient(vector), given.left, vector, given, order)
    chooses = isinstance(matrix, Named) and matrix.argument is not None
    recorder.apply(SELECTION if chooses else LINEAR, linear_map)
    return MatrixDerivation(recorder.start, tuple(recorder.steps), (given,))


def _factors(matrix: Matrix) -> tuple[Matrix, Matrix]:
    assert isinstance(matrix, Product)
    first, second = matrix.factors
    return first, second


def _by_bias(definition: Definition, order: Order) -> MatrixDerivation:
    """From ``Y = … + 1·bᵀ``, or ``y = … + b``."""
    dense = any(tensor.role == "weight" for tensor in definition.inputs)
    given = dense_equation(definition) if dense else im2row_equation(definition, order)
    constant = given.right.terms[1] if isinstance(given.right, Plus) else given.right
    match constant:
        case Named():
            return _by_factor(given, constant, order, position=1)
        case Product((Ones(), Transposed() as turned)):
            return _by_factor(given, turned, order, position=1)
        case _:
            raise UnsupportedError(f"{definition.name} has no matrix derivation of the gradient by its bias")


def dense_equation(op: HasDefinition | Definition) -> MatrixEquation:
    """``y = W x`` or, for a batch, ``Y = X Wᵀ``, plus the bias."""
    definition = op if isinstance(op, Definition) else op.definition
    form = recognise(definition)
    linear = None if form is None else matrix_product(form)
    if form is None or linear is None:
        raise UnsupportedError(f"{definition.name} is no product of two matrices")
    left, right, output = _leaf(linear.left), _leaf(linear.right), _leaf(form.target)
    product = Product((
        Transposed(left) if linear.left_transposed else left,
        Transposed(right) if linear.right_transposed else right,
    ))  # fmt: skip
    bias = [_leaf(part.left) for part in form.parts if part.kind == "entry"]
    if not bias:
        return MatrixEquation(output, product)
    constant = Product((Ones(rows(output)), Transposed(bias[0]))) if cols(output) else bias[0]
    return MatrixEquation(output, Plus((product, constant)))


def _leaf(operand: Operand) -> Named:
    """A tensor of one or two axes as a column vector or matrix."""
    tensor = operand.tensor
    axes = tuple(Axis(index, size) for index, size in zip(tensor.indices, tensor.shape, strict=True))
    return Named(tensor.name, axes[:1], axes[1:], Access(tensor, tuple(map(Affine.of, tensor.indices))))


def _dense(definition: Definition, name: str, order: Order) -> MatrixDerivation:
    given = dense_equation(definition)
    linear = given.right.terms[0] if isinstance(given.right, Plus) else given.right
    assert isinstance(linear, Product)
    for factor in linear.factors:
        leaf = factor.of if isinstance(factor, Transposed) else factor
        if isinstance(leaf, Named) and leaf.name == name:
            return _by_factor(given, factor, order)
    raise UnsupportedError(f"{definition.name} has no matrix derivation of the gradient by {name}")
