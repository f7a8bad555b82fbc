"""Quick refutation of an inequality: a small admitted choice of sizes for which it fails.

Only saves the time of proofs that cannot succeed; no claim is ever made from a witness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

from symconv.index.affine import Affine

ATTEMPTS, WANTED, SPREAD = 100, 3, 9


class Ends(Protocol):
    """A range with two ends."""

    @property
    def lo(self) -> Affine | None: ...  # noqa: D102
    @property
    def hi(self) -> Affine | None: ...  # noqa: D102


def find_witnesses(
    lower: Mapping[str, int], derived: Mapping[str, Affine], facts: Sequence[Affine]
) -> tuple[dict[str, int], ...]:
    """Up to three choices of integers for the size symbols under which every fact holds, the most generic first.

    Generic is what refutes most: sizes above their minimum, facts with room to spare.
    """
    rng = Random(0)
    found: list[tuple[int, dict[str, int]]] = []
    for _ in range(ATTEMPTS):
        env = {name: least + rng.randrange(SPREAD) for name, least in lower.items() if name not in derived}
        try:
            for name, formula in derived.items():
                env[name] = formula.value(env)
            room = [fact.value(env) for fact in facts] + [env[name] - least for name, least in lower.items()]
        except (KeyError, ArithmeticError):
            continue
        if min(room, default=0) >= 0:
            found.append((sum(map(bool, room)), env))
    found.sort(key=lambda scored: -scored[0])
    return tuple(env for _, env in found[:WANTED])


def fails(form: Affine, ranges: Mapping[str, Ends], witness: Mapping[str, int]) -> bool:
    """Whether ``form < 0`` at a corner of the ranges, for the witness's sizes.

    An index with a coefficient takes the end that makes the form smallest; those inside quotients only are all
    tried at their lower, then at their upper ends.
    """
    env: dict[str, int] = dict(witness)
    inner: dict[str, int] = {}
    try:
        for name in form.names() & ranges.keys():
            lo, hi = ranges[name].lo, ranges[name].hi
            if lo is None or hi is None:
                return False
            env[name], high = lo.value(env), hi.value(env)
            if env[name] > high:
                return False
            factor = form.coefficient(name)
            if not factor.terms:
                inner[name] = high
            elif factor.value(env) < 0:
                env[name] = high
        return form.value(env) < 0 or (bool(inner) and form.value({**env, **inner}) < 0)
    except (KeyError, ArithmeticError):
        return False
