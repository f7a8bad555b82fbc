"""An independent judge of claims that were read from formulas: the reference evaluator on random configurations."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from symconv.errors import SymconvError
from symconv.evaluate.dependence import needs_floats
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import Access, Add, Bracket, Expr, Mul, Pow, Scalar, Sum
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses
from symconv.index.affine import Quotient
from symconv.index.domain import Divides, Guard, Range, holds
from symconv.meaning.claim import Claim
from symconv.meaning.sizes import SizeClaim


def claim_difference(claim: Claim, *, configurations: int, seed: int, entries: int = 2) -> str | None:
    """Where the two sides differ on random admitted sizes, at a few positions each; None if nowhere.

    Entries at positions that are not whole numbers count as zero. Sizes at which an axis has no position, as those of a
    window longer than the array that it moves over, say nothing.
    """
    rng, left = Random(seed), at_whole_positions(claim.claim)
    roots = needs_floats(claim.claim) or needs_floats(claim.truth)
    tensors = {entry.tensor.name: entry.tensor for side in (left, claim.truth) for entry in accesses(side)}
    done = 0
    for _ in range(20 * configurations):
        sizes = sample_sizes(claim.definition, rng, work=2000)
        spans = None if sizes is None else _spans(claim.ranges, sizes)
        if sizes is None or spans is None:
            continue
        top = 1000 if roots else rng.choice((2, 1000, 2**40))
        values = {
            name: _filled([size.value(sizes) for size in tensor.shape], rng, top) for name, tensor in tensors.items()
        }
        for _ in range(entries):
            at = {name: rng.choice(span) for name, span in spans.items()}
            found = _compared(left, claim.truth, Environment(sizes, values, {}, at), roots)
            if found is not None:
                return f"{sizes} {at}: {found}"
        done += 1
        if done == configurations:
            return None
    assert done, "no admitted sizes were found"
    return None


def _spans(ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> dict[str, range] | None:
    found = {}
    for name, span in ranges.items():
        assert span.lo is not None
        assert span.hi is not None
        found[name] = range(span.lo.value(sizes), span.hi.value(sizes) + 1)
    return found if all(found.values()) else None


def _compared(claim: Expr, truth: Expr, env: Environment, roots: bool) -> str | None:
    try:
        right = evaluate(truth, env)
    except (SymconvError, ArithmeticError):
        return None
    if right != right:
        return None
    try:
        found = evaluate(claim, env)
    except (SymconvError, ArithmeticError) as error:
        return repr(error)
    equal = abs(found - right) <= 1e-9 * max(1, abs(right)) if roots else found == right
    return None if equal else f"{found} != {right}"


def size_difference(
    claim: SizeClaim, definition: Definition, *, without_rest: bool, configurations: int, seed: int
) -> str | None:
    """Where two sizes differ although every condition holds; None if nowhere.

    A formula that is assumed to leave no rest (``without_rest``) is compared where it is a whole number.
    """
    rng, definition = Random(seed), claim.definition or definition
    done = 0
    for _ in range(20 * configurations):
        sizes = sample_sizes(definition, rng, work=10**6)
        if sizes is None or not all(holds(guard, sizes) for guard in claim.given):
            continue
        found, right = (_size(side, sizes) for side in (claim.claim, claim.truth))
        if without_rest and (found is None or found != int(found)):
            continue
        if found != right:
            return f"{sizes}: {found} != {right}"
        done += 1
        if done == configurations:
            return None
    assert done, "no sizes were found at which the formula says something"
    return None


def _size(side: Scalar, sizes: Mapping[str, int]) -> Any:
    try:
        return evaluate(side, Environment(sizes))
    except ArithmeticError:
        return None


def at_whole_positions(expr: Expr) -> Expr:
    """The expression with a bracket at every entry whose index has an exact quotient."""
    match expr:
        case Access(_, indices):
            atoms = {atom for index in indices for atom in index.atoms() if isinstance(atom, Quotient)}
            guards: list[Guard] = [Divides(atom.den, atom.num) for atom in atoms if atom.rounding == "exact"]
            return Mul((Bracket(tuple(guards)), expr)) if guards else expr
        case Add(terms):
            return Add(tuple(map(at_whole_positions, terms)))
        case Mul(factors):
            return Mul(tuple(map(at_whole_positions, factors)))
        case Sum(body, binders):
            return Sum(at_whole_positions(body), binders)
        case Pow(base, exponent):
            return Pow(at_whole_positions(base), exponent)
        case _:
            return expr


def _filled(shape: list[int], rng: Random, top: int) -> Any:
    if not shape:
        return rng.randint(1, top)
    return [_filled(shape[1:], rng, top) for _ in range(shape[0])]
