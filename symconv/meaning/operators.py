"""What an operator sign between two operands means: told by the user, or shown by the operands, or tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from symconv.expr.walk import accesses
from symconv.index.affine import ONE, ZERO, Affine, Quotient
from symconv.meaning.arrays import Array, Axis
from symconv.meaning.choices import Option
from symconv.meaning.context import State
from symconv.meaning.convolve import WORDS, Kind, Window, slide, spatial, window_of
from symconv.meaning.errors import MeaningError
from symconv.meaning.layer import Hyper, hyper_of
from symconv.meaning.names import key
from symconv.meaning.whole import widenable, widened
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Script, Sign, Symbol

SLIDING = ("*", r"\ast", r"\star", r"\circledast", "**", r"\otimes")
MULTIPLIES = (r"\cdot", r"\times", r"\bullet")
ENTRYWISE = (r"\odot", r"\circ")
MATRIX = (r"\cdot", r"\times")
SIGNS = (*SLIDING, *ENTRYWISE, *MATRIX)
MEANINGS = (
    "correlation", "convolution", "product", "matmul", "hadamard", "kronecker",
    *(f"{mode} {kind}" for mode in ("valid", "full", "same") for kind in ("correlation", "convolution")),
)  # fmt: skip
_WORDS = {
    "matrix product": "matmul", "times": "product", "multiplication": "product", "scalar product": "product",
    "entrywise": "hadamard", "entrywise product": "hadamard", "elementwise": "hadamard",
    "cross-correlation": "correlation", "true convolution": "convolution",
}  # fmt: skip


@dataclass(frozen=True)
class Operator:
    """A sign with what stands below it: ``*_{full}``."""

    name: str
    mode: str = ""


def operator_of(item: Box) -> Operator | None:
    """The operator that a box is, if it is one."""
    match item:
        case Sign(name) if name in SIGNS:
            return Operator(name)
        case Script(Sign(name), sub, sup) if name in SIGNS:
            words = [key(write_latex(script)) for script in (sub, sup) if script is not None]
            return Operator(name, words[0]) if len(words) == 1 and words[0] in ("full", "valid", "same") else None
        case Symbol(r"\operatorname{conv}"):
            return Operator(r"\ast")
        case _:
            return None


def told(infix: Mapping[str, str], name: str) -> str:
    """What the user says of a sign, in our words."""
    return meaning_of(next((value for sign, value in infix.items() if key(sign) == key(name)), ""))


def meaning_of(said: str) -> str:
    """A user's word for a sign in our words; a word that is not known stays as it is."""
    said = _WORDS.get(said.strip().lower(), said.strip().lower().replace("cross-correlation", "correlation"))
    return said.replace("true convolution", "convolution")


def combine(state: State, operator: Operator | None, left: Array, right: Array) -> Array:
    """``left ∘ right``; None for operands side by side."""
    algebra = state.algebra
    chained = _chain(state, left, right) if operator is None or operator.name in MULTIPLIES else None
    if chained is not None:
        return chained
    said = told(state.infix, operator.name) if operator else ""
    if (
        operator
        and operator.name in SLIDING
        and said not in ("product", "hadamard")
        and _named_arrays(state, left, right)
    ):
        left, right = widened(state, left), widened(state, right)
    if left.rank == 0 or right.rank == 0:
        if operator and operator.mode:
            raise MeaningError(f"{operator.mode} at an operator between numbers is not understood")
        return algebra.hadamard(left, right)
    if said == "kronecker" or (operator and operator.name == r"\otimes" and not said and not _sliding(left, right)):
        if left.rank == right.rank == 1 and left.orientation == right.orientation and said != "kronecker":
            state.choices.say("⊗ of two vectors is their outer product, a matrix")
            return algebra.matmul(replace(left, orientation="column"), replace(right, orientation="row"))
        return algebra.kron(left, right)
    if said == "hadamard" or (operator and operator.name in ENTRYWISE):
        return algebra.hadamard(left, right)
    if said == "product" and all(_single(side) for side in (left, right)):
        left, right = (Array((), side.at([ZERO] * len(side.digits))) for side in (left, right))
        return algebra.hadamard(left, right)
    if said == "matmul":
        return _product(state, left, right)
    if operator and operator.name in SLIDING and said != "product":
        if _sliding(left, right):
            return convolved(state, operator, said, left, right)
        state.choices.say(f"{operator.name} is the matrix product")
        return _product(state, left, right)
    return _product(state, left, right)


def _single(array: Array) -> bool:
    """Whether an array has one entry."""
    return all(digit.size == ONE for digit in array.digits)


def _named_arrays(state: State, left: Array, right: Array) -> bool:
    """Whether both operands are arrays, or entries whose indices only name an array."""
    if left.rank == 0 and right.rank == 0:
        return widenable(state, left) and widenable(state, right)
    return all(side.rank or widenable(state, side) for side in (left, right))


def _sliding(left: Array, right: Array) -> bool:
    """Whether one operand can slide over the other: both have the same number of spatial axes."""
    a, b = spatial(left), spatial(right)
    if not a or len(a) != len(b) or any(len(axis) != 1 for axis in (*a, *b)):
        return False
    named = [axis[0].kind for axis in (*a, *b)]
    return left.orientation == right.orientation and all(kind != "M" for kind in named)


def _chain(state: State, left: Array, right: Array) -> Array | None:
    """``∂L/∂y · ∂y/∂x``: the Jacobian applied to the gradient, summed over all entries of y."""
    algebra = state.algebra
    for outer, inner in ((left, right), (right, left)):
        number = inner.numerator
        if not number or outer.rank == 0 or outer.numerator == 0:
            continue
        mine = outer.rank if outer.numerator is None else outer.rank - outer.numerator
        first = 0 if outer.numerator is None else outer.numerator
        if mine != number or inner.rank == number:
            continue
        pairs = [(first + at, at) for at in range(number)]
        if all(algebra.fits(outer.axes[a], inner.axes[b]) for a, b in pairs):
            state.choices.say("a product of derivatives is the chain rule: it is summed over all entries between them")
            made = algebra.contract(outer, inner, pairs, "the chain rule")
            return Array(made.axes, made.body, "column", outer.numerator)
    return None


def _product(state: State, left: Array, right: Array) -> Array:
    """The matrix product, or entry by entry where the sizes fit only so."""
    algebra = state.algebra
    left, right = _reshaped(left, right)
    try:
        return algebra.matmul(left, right)
    except MeaningError as problem:
        try:
            made = algebra.hadamard(left, right)
        except MeaningError:
            raise problem from None
        state.choices.say("a product of arrays of one size is taken entry by entry")
        return made


def _reshaped(left: Array, right: Array) -> tuple[Array, Array]:
    """A kernel or output beside a matrix whose columns or rows are made of its axes, as a matrix of those."""
    if left.rank == 2 and len(left.axes[1]) > 1 and right.rank != 1:
        right = regrouped(right, left.axes[1]) or right
    elif right.rank == 2 and len(right.axes[0]) > 1 and left.rank != 1:
        made = regrouped(left, right.axes[0])
        left = left if made is None else replace(made, axes=made.axes[::-1])
    return left, right


def regrouped(array: Array, axis: Axis) -> Array | None:
    """The array with the axes of those kinds put together to one, the others to a second one."""
    digits = {digit.kind: digit for digit in array.digits}
    kinds = [digit.kind for digit in axis]
    if len(digits) != len(array.digits) or not set(kinds) <= digits.keys() or "" in kinds:
        return None
    rest = tuple(digit for digit in array.digits if digit.kind not in kinds)
    together = tuple(digits[kind] for kind in kinds)
    return Array((together, rest), array.body) if rest else Array((together,), array.body)


# Convolutions ---------------------------------------------------------------------------------------------------------


def convolved(state: State, operator: Operator, said: str, left: Array, right: Array) -> Array:
    """One array slid over the other, in the kinds and modes that are said or fit."""
    kind = kind_of(state, operator, said)
    mode = operator.mode or next((word for word in ("valid", "full", "same") if word in said), "")
    roles = {role for side in (left, right) for role in _roles(side)}
    hyper = hyper_of(state.symbols.definition)
    image, kernel = _image_and_kernel(left, right, "Transpose" in state.symbols.definition.name)
    shown = operator.name.lstrip("\\")
    if image is right and kind == "correlation":
        state.choices.say("the array before the sign slides over the one behind it")
    if hyper is not None and roles >= {"input", "kernel"} and "upstream" not in roles and not mode:
        window = hyper.forward
        words = f"{shown} is {WORDS[kind]}" + (f" with the layer's {hyper.words}" if hyper.words else "")
        state.choices.say(words)
        return slide(state.algebra, image, kernel, kind, window)
    options = _windows(state, image, kernel, mode, roles, hyper)
    chosen = state.choices.pick(
        f"mode {operator.name}", [Option(name, f"{shown} is the {name} {WORDS[kind]}") for name in options]
    )
    if chosen not in options:
        raise MeaningError(f"the {chosen} {WORDS[kind]} does not exist here")
    return slide(state.algebra, image, kernel, kind, options[chosen])


def kind_of(state: State, operator: Operator, said: str) -> Kind:
    """Cross-correlation or true convolution: said, or tried."""
    if "correlation" in said:
        return "correlation"
    if "convolution" in said:
        return "convolution"
    options: list[Option[Kind]] = [Option("correlation"), Option("convolution")]
    return state.choices.pick(f"kind {operator.name}", options)


def _windows(
    state: State, image: Array, kernel: Array, mode: str, roles: set[str], hyper: Hyper | None
) -> dict[str, Window]:
    """The modes that fit, the most likely first."""
    found: dict[str, Window] = {}

    def plain(name: str) -> Window:
        assert name in ("valid", "full", "same")
        return window_of(image, kernel, name)  # type: ignore[arg-type]

    likely = ("full", "valid") if {"upstream", "kernel"} <= roles else ("valid", "full")
    turned = any(axis[0].first != ZERO for axis in spatial(kernel))
    if turned and mode:
        raise MeaningError(f"the {mode} part is not defined for an array that is turned about its origin")
    if turned:
        window = window_of(image, kernel, "aligned")
        return {"aligned": window}
    for name in (mode,) if mode else (*likely, "same"):
        try:
            found[name] = plain(name)
        except ArithmeticError:
            continue  # no middle: the kernel has an even size
        if any(_is_broken(form) for form in found[name].before):
            del found[name]
            continue
        pads = hyper.before if hyper is not None else ()
        if any(pad != ZERO for pad in pads) and len(pads) == len(found[name].before):
            full = found[name]
            if name == "full" and not mode and "kernel" in roles and hyper is not None:
                before = tuple(b - p for b, p in zip(full.before, pads, strict=True))
                found["full, cut by the padding,"] = Window(full.strides, full.dilations, before, hyper.sizes)
            if name == "valid" and roles >= {"input", "upstream"} and hyper is not None:
                before = tuple(b + p for b, p in zip(full.before, pads, strict=True))
                found["valid (input padded)"] = Window(full.strides, full.dilations, before, hyper.kernel)
    return found


def _is_broken(form: Affine) -> bool:
    """Whether a padding is half an integer."""
    return any(
        isinstance(atom, Quotient) and atom.num.constant is not None and atom.den.constant is not None
        for atom in form.atoms()
    )


def _image_and_kernel(left: Array, right: Array, transposed: bool) -> tuple[Array, Array]:
    """Cross-correlation slides the second over the first; the kernel is the one that a layer slides.

    In a transposed convolution the upstream gradient is larger than the input.
    """
    left_roles, right_roles = _roles(left), _roles(right)
    if left_roles & {"kernel", "weight"} and not right_roles & {"kernel", "weight"}:
        return right, left
    first, other = ("input", "upstream") if transposed else ("upstream", "input")
    if first in left_roles and other in right_roles and not right_roles & {"kernel", "weight"}:
        return right, left
    return left, right


def _roles(array: Array) -> set[str]:
    found = set()
    for entry in accesses(array.body):
        found.add({"weight": "kernel"}.get(entry.tensor.role, entry.tensor.role))
    return found
