"""An independent judge of ``proved``: the reference evaluator on random configurations."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from symconv.errors import SymconvError
from symconv.evaluate.dependence import needs_floats
from symconv.evaluate.reference import Environment, evaluate
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import Expr
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses
from symconv.index.domain import Range


def differs(
    claim: Expr,
    truth: Expr,
    definition: Definition,
    ranges: Mapping[str, Range],
    *,
    configurations: int,
    seed: int,
    entries: int = 2,
) -> str | None:
    """Where the two expressions differ on random admitted sizes, at a few random entries each; None if nowhere."""
    rng = Random(seed)
    roots = needs_floats(claim) or needs_floats(truth)
    tensors = {entry.tensor.name: entry.tensor for side in (claim, truth) for entry in accesses(side)}
    done = 0
    for _ in range(3 * configurations):
        sizes = sample_sizes(definition, rng, work=2000)
        if sizes is None:
            continue
        top = rng.choice((2, 1000, 2**40)) if not roots else 1000
        values = {
            name: _filled([size.value(sizes) for size in tensor.shape], rng, top) for name, tensor in tensors.items()
        }
        for _ in range(entries):
            at = {}
            for name, span in ranges.items():
                assert span.lo is not None
                assert span.hi is not None
                at[name] = rng.randint(span.lo.value(sizes), span.hi.value(sizes))
            env = Environment(sizes, values, {}, at)
            try:
                right = evaluate(truth, env)
            except (SymconvError, ArithmeticError):
                continue
            if right != right:
                continue
            try:
                found = evaluate(claim, env)
            except (SymconvError, ArithmeticError) as error:
                return f"{sizes} {at}: {error!r}"
            if not (abs(found - right) <= 1e-9 * max(1, abs(right)) if roots else found == right):
                return f"{sizes} {at}: {found} != {right}"
        done += 1
        if done == configurations:
            return None
    assert done, "no admitted sizes were found"
    return None


def _filled(shape: list[int], rng: Random, top: int) -> Any:
    if not shape:
        return rng.randint(1, top)
    return [_filled(shape[1:], rng, top) for _ in range(shape[0])]
