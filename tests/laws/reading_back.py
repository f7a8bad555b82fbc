"""What a reader is told of a notation, and whether a formula on paper is read back as the expression it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symconv.errors import SymconvError
from symconv.expr.nodes import Access, Expr
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import free_names, substitute
from symconv.gradient.derivation import Derivation
from symconv.index.affine import Affine
from symconv.index.domain import Range
from symconv.meaning.chains import statement_of
from symconv.meaning.choices import Choices
from symconv.meaning.claims import Claim, Context, read_claims
from symconv.meaning.names import key
from symconv.meaning.rebase import rebased
from symconv.meaning.starts import axis_letter
from symconv.parse.read import read
from symconv.typeset.api import latex
from symconv.typeset.entries import axis_permutation
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Script
from symconv.typeset.names import name_box
from symconv.typeset.narrate import derivation_scope, displayed_result, with_plain_target
from symconv.typeset.notation import Notation
from symconv.typeset.scope import Scope, scope_for
from symconv.typeset.windows import apart
from symconv.verification.conditional import decide_under
from tests.laws.canonical import Names, canonical, with_own_names
from tests.verification.judge import differs

SPATIAL = {1: "W", 2: "HW", 3: "DHW"}
CONFIGURATIONS = 3


def context_of(scope: Scope, definition: Definition) -> dict[str, Any]:
    """What an author who writes in the notation would tell ``verify`` of it: its keywords."""
    notation = scope.notation
    tensors = {_symbol(notation.symbol(t.name, t.role)): t for t in (*definition.inputs, definition.output)}
    return {
        "roles": {_symbol(notation.loss): "loss", **{symbol: tensor.role for symbol, tensor in tensors.items()}},
        "sizes": {
            write_latex(box): name
            for name, box in scope.names.items()
            if not scope.is_index(name) and name in definition.assumptions.lower
        },
        "layout": {tensor.role: _layout(tensor, notation) for tensor in tensors.values()},
        "index_base": _bases(notation, tensors),
        "infix": {r"\ast": "correlation"},
    }


def _symbol(name: str) -> str:
    """The symbol without the mark of its layer: ``a`` of ``a^{l}``."""
    box = name_box(name)
    return write_latex(box.base if isinstance(box, Script) and box.sub is None else box)


def _layout(tensor: Tensor, notation: Notation) -> str:
    """The letters of the axes in the order in which the notation writes their indices; those above come first."""
    order = axis_permutation(tensor.axes, notation)
    above = [at for at in order if tensor.axes[at][:1] in notation.superscripts.get(tensor.role, "")]
    rank = sum(axis[0] in "SOK" for axis in tensor.axes)
    letters = [SPATIAL[rank][int(axis[1:]) - 1] if axis[0] in "SOK" else axis for axis in tensor.axes]
    return "".join(letters[at] for at in (*above, *(at for at in order if at not in above)))


def _bases(notation: Notation, tensors: Mapping[str, Tensor]) -> int | dict[str, dict[str, int]]:
    """One base for everything, or one for each axis of each tensor."""
    if not notation.bases:
        return notation.base
    return {
        symbol: {axis_letter(tensor, at): notation.base_of(axis) for at, axis in enumerate(tensor.axes)}
        for symbol, tensor in tensors.items()
    }


def problem_of_gradient(derivation: Derivation, notation: Notation) -> str:
    """What goes wrong when the result line of a derivation is read; empty where it is read as the gradient."""
    shown = with_plain_target(derivation) if notation.plain_targets else derivation
    source = latex(derivation, notation=notation, steps=False)
    original = displayed_result(derivation, notation)
    return _problem(source, derivation.definition, derivation_scope(shown, notation), derivation.target, original)


def problem_of_definition(definition: Definition, notation: Notation) -> str:
    """The same for the forward definition."""
    left = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    scope = scope_for(notation, definition, [left, definition.body])
    return _problem(latex(definition, notation=notation), definition, scope, left, definition.body)


def _problem(source: str, definition: Definition, scope: Scope, target: Access, original: Expr) -> str:
    own = {
        key(write_latex(box)): (f"own {name}", scope.base(name))
        for name, box in scope.names.items()
        if scope.is_index(name)
    }
    try:
        context = Context(definition, **context_of(scope, definition))
        (claim,) = read_claims(statement_of(read(source).box), context, Choices())
        return not_the_same(claim, target, apart(original), own)
    except SymconvError as error:
        return f"{type(error).__name__}: {error}"


def not_the_same(claim: Claim, target: Access, original: Expr, own: Names) -> str:
    """Where the claim's right side is not the original expression; empty where it is.

    The sizes along the left side's axes say which index is which. Both sides are then compared at one position, the
    bound indices under ``own`` names: as normal forms, and if these differ by proof and by numbers.
    """
    if claim.unbound:
        return f"the indices {claim.unbound} are unbound"
    spans = [(span.lo, span.hi) for span in claim.ranges.values()]
    sizes = [high - low + 1 for low, high in spans if low is not None and high is not None]
    if sizes != list(target.tensor.shape):
        return f"the left side has the sizes {[*map(str, sizes)]}"
    names = [next(iter(form.names())) for form in target.indices]
    places = [Affine.of(f"place {number}") for number in range(len(names))]
    starts = [low for low, _ in spans if low is not None]
    at = {index: place + start for index, place, start in zip(claim.ranges, places, starts, strict=True)}
    found = rebased(with_own_names(substitute(claim.claim, at), own))
    wanted = substitute(original, dict(zip(names, places, strict=True)))
    wanted = rebased(with_own_names(wanted, {name.removeprefix("own "): (name, 0) for name, _ in own.values()}))
    known = {*map(str, places), *claim.definition.assumptions.lower}
    if strange := free_names(found) - known:
        return f"{sorted(strange)} are neither sizes nor indices"
    if canonical(found) == canonical(wanted):
        return ""
    ranges = {str(place): Range(Affine.of(0), size - 1) for place, size in zip(places, sizes, strict=True)}
    verdict = decide_under(found, wanted, claim.definition, ranges)
    if verdict.status != "proved":
        return str(verdict)
    return differs(found, wanted, claim.definition, ranges, configurations=CONFIGURATIONS, seed=len(names)) or ""
