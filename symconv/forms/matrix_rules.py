"""Named rules on matrix expressions: their laws, and the rewriting that each allows."""

from __future__ import annotations

from collections.abc import Callable

from symconv.forms.matrix_algebra import (
    Gradient,
    Identity,
    Jacobian,
    Kronecker,
    Matrix,
    Named,
    Order,
    Plus,
    Product,
    Transposed,
    Vec,
    cols,
    rows,
)
from symconv.rewrite.rule import Rule

CHAIN = Rule(
    "chain rule",
    r"∂z/∂v = (∂y/∂vᵀ)ᵀ ∂z/∂y",
    "Every output entry contributes by its derivative; for column vectors this is the transposed Jacobian matrix.",
)
DEFINITION = Rule("definition", "Y := …", "Insert the layer as a product of matrices.")
BIAS = Rule("constant term", "∂(u + c)/∂v = ∂u/∂v", "The other term does not depend on it.")
IDENTITY = Rule("identity", "A = A I = I A", "A product with the identity matrix changes nothing.")
VEC_COLUMN = Rule("vec of a product", "vec(AXB) = (Bᵀ ⊗ A) vec(X)", "vec, column by column, of a product of three.")
VEC_ROW = Rule("vec of a product", "vec(AXB) = (A ⊗ Bᵀ) vec(X)", "vec, row by row, of a product of three.")
INDICATOR = Rule(
    "indicator matrix", "vec(φ(x)) = M vec(x)", "Every entry of φ is a copy of an entry of the input, and M says which."
)
LINEAR = Rule("linear map", "∂(A v)/∂vᵀ = A", "The Jacobian matrix of a linear map is its matrix.")
SELECTION = Rule(
    "selection",
    "∂(S(v) v)/∂vᵀ = S(v)",
    "S only marks which entries are chosen, and the choice stays the same under a small change.",
)
TRANSPOSED_PRODUCT = Rule("transpose of a product", "(AB)ᵀ = Bᵀ Aᵀ", "The transpose turns the order around.")
TRANSPOSED_KRONECKER = Rule(
    "transpose of a Kronecker product", "(A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ", "The transpose of a Kronecker product keeps the order."
)
TRANSPOSES = Rule(
    "transposes", "Iᵀ = I, (Aᵀ)ᵀ = A", "The identity is symmetric, and transposing twice changes nothing."
)
GRADIENT_OF_VEC = Rule(
    "gradient by a vec", "∂z/∂vec(Y) = vec(∂z/∂Y)", "The gradient is arranged like the entries that it belongs to."
)
UNVEC = Rule("equal vecs", "vec(A) = vec(B) ⟹ A = B", "Matrices with equal vecs are equal.")
GRADIENT_OF_TRANSPOSE = Rule(
    "gradient by a transpose", "∂z/∂W = (∂z/∂Wᵀ)ᵀ", "The gradient is arranged like the entries that it belongs to."
)

MatrixRewrite = Callable[[Matrix], Matrix | None]


def everywhere(matrix: Matrix, rewrite: MatrixRewrite) -> Matrix:
    """Rewrite every part that fits, outermost first; products stay flat."""
    changed = rewrite(matrix)
    if changed is not None:
        return _flat(changed)
    match matrix:
        case Product(factors):
            return _flat(Product(tuple(everywhere(factor, rewrite) for factor in factors)))
        case Plus(terms):
            return Plus(tuple(everywhere(term, rewrite) for term in terms))
        case Transposed(of):
            return Transposed(everywhere(of, rewrite))
        case Kronecker(left, right):
            return Kronecker(everywhere(left, rewrite), everywhere(right, rewrite))
        case Vec(of, order):
            return Vec(everywhere(of, rewrite), order)
        case Jacobian(of, by):
            return Jacobian(everywhere(of, rewrite), by)
        case _:
            return matrix


def _flat(matrix: Matrix) -> Matrix:
    if not isinstance(matrix, Product):
        return matrix
    factors: list[Matrix] = []
    for factor in matrix.factors:
        factors.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def vec(matrix: Matrix, order: Order) -> Matrix:
    """The vec of a matrix; a column vector is its own."""
    return matrix if not cols(matrix) else Vec(matrix, order)


def transposed_kronecker(matrix: Matrix) -> Matrix | None:
    """(A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ."""
    match matrix:
        case Transposed(Kronecker(left, right)):
            return Kronecker(Transposed(left), Transposed(right))
        case _:
            return None


def transposed_product(matrix: Matrix) -> Matrix | None:
    """(A B)ᵀ = Bᵀ Aᵀ."""
    match matrix:
        case Transposed(Product(factors)):
            return Product(tuple(Transposed(factor) for factor in reversed(factors)))
        case _:
            return None


def simple_transposes(matrix: Matrix) -> Matrix | None:
    """Iᵀ = I and (Aᵀ)ᵀ = A."""
    match matrix:
        case Transposed(Identity() as identity):
            return identity
        case Transposed(Transposed(of)):
            return everywhere(of, simple_transposes)
        case _:
            return None


def linear_map(matrix: Matrix) -> Matrix | None:
    """∂(A v)/∂vᵀ = A, for an A that does not hold v, or only chooses entries of it; ∂v/∂vᵀ is the identity."""
    match matrix:
        case Jacobian(of, by) if of == by:
            return Identity(rows(by))
        case Jacobian(Product(factors), by) if factors[-1] == by:
            return _flat(Product(factors[:-1]))
        case _:
            return None


def gradient_of_vec(matrix: Matrix) -> Matrix | None:
    """∂z/∂vec(Y) = vec(∂z/∂Y)."""
    match matrix:
        case Gradient(Vec(of, order)):
            return Vec(Gradient(of), order)
        case _:
            return None


def without_identities(matrix: Matrix) -> Matrix | None:
    """I A = A = A I in a product."""
    match matrix:
        case Product(factors) if any(isinstance(factor, Identity) for factor in factors):
            return Product(tuple(factor for factor in factors if not isinstance(factor, Identity)))
        case _:
            return None


def vec_of_product(order: Order) -> MatrixRewrite:
    """vec(A X B) as a Kronecker product times vec(X), for products of exactly three."""

    def rewrite(matrix: Matrix) -> Matrix | None:
        of = matrix.of if isinstance(matrix, Vec) else matrix
        if not isinstance(of, Product) or len(of.factors) != 3 or (of is matrix and cols(of)):
            return None
        a, x, b = of.factors
        if order == "column":
            return Product((Kronecker(Transposed(b), a), vec(x, order)))
        return Product((Kronecker(a, Transposed(b)), vec(x, order)))

    return rewrite


def product_of_vec(order: Order) -> MatrixRewrite:
    """The same identity from right to left: a Kronecker product times vec(X) as vec(A X B)."""

    def rewrite(matrix: Matrix) -> Matrix | None:
        match matrix:
            case Product((*front, Kronecker(left, right), (Vec() | Gradient() | Named()) as vector)):
                x = vector.of if isinstance(vector, Vec) else vector
                a, b = (right, Transposed(left)) if order == "column" else (left, Transposed(right))
                return Product((*front, Vec(Product((a, x, b)), order)))
            case _:
                return None

    return rewrite
