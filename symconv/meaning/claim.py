"""What is claimed, and what the user says beside a formula: data that leaves the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from symconv.expr.nodes import Expr
from symconv.expr.rename import rename
from symconv.expr.tensor import Definition
from symconv.expr.walk import accesses, bound_names, free_names, fresh
from symconv.index.affine import Affine
from symconv.index.domain import Assumptions, Guard, Range, substitute_guard
from symconv.meaning.arithmetic import GUESS, INDEX
from symconv.meaning.errors import UnboundError
from symconv.meaning.generic import nothing
from symconv.meaning.starts import Base


@dataclass(frozen=True)
class Context:
    """What a user says of a formula beside the formula itself."""

    definition: Definition | None
    what: str | None = None
    wrt: str | None = None
    roles: Mapping[str, str] | None = None
    sizes: Mapping[str, str] | None = None
    layout: Mapping[str, str] | None = None
    index_base: Base | None = None
    infix: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Claim:
    """``claim = truth`` for all ``ranges`` of the free indices, in line ``line`` of the formula.

    ``guards`` are the positions that the claim speaks of: elsewhere both sides are 0. ``assumptions`` are sentences
    that the reading needs; ``unbound`` are indices that the formula leaves unbound: it is read as a claim for all
    their values. ``unused`` is a condition that was not understood: the claim is made without it.
    """

    claim: Expr
    truth: Expr
    ranges: Mapping[str, Range]
    line: int
    assumptions: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    definition: Definition = field(default_factory=nothing)
    guards: tuple[Guard, ...] = ()
    unused: str = ""


def of_no_layer(claim: Claim) -> Claim:
    """The claim with a definition that only says that every size of its arrays is at least 1."""
    tensors = {node.tensor.name: node.tensor for side in (claim.claim, claim.truth) for node in accesses(side)}
    sizes = {name for tensor in tensors.values() for size in tensor.shape for name in size.names()}
    sizes |= {n for side in (claim.claim, claim.truth) for n in free_names(side) if not n.startswith(INDEX)}
    sizes |= {n for span in claim.ranges.values() for end in (span.lo, span.hi) if end is not None for n in end.names()}
    lower = {name: 1 for name in sorted(sizes) if not name.startswith(INDEX)}
    own = replace(claim.definition, inputs=tuple(tensors.values()), assumptions=Assumptions(lower))
    return replace(claim, definition=own)


def public(claim: Claim) -> Claim:
    """The claim with the author's index names without their mark, primed where a size has the name already."""
    taken = set(claim.definition.assumptions.lower)
    names: dict[str, str] = {}
    everything = {*claim.ranges, *bound_names(claim.claim), *bound_names(claim.truth)}
    everything |= free_names(claim.claim) | free_names(claim.truth)
    taken |= {name for name in everything if name[:1] not in (INDEX, GUESS)}  # indices of the layer's own sums
    for marked in sorted(everything):
        if marked.startswith(INDEX):
            plain = marked.removeprefix(INDEX).replace(".", "v").replace(":", "w")
            names[marked] = fresh(plain, taken)
            taken.add(names[marked])
        if marked.startswith(GUESS):
            raise UnboundError(f"{marked.removeprefix(GUESS)} is no size of the layer")
    moved = {old: Affine.of(new) for old, new in names.items()}
    ranges = {
        names.get(name, name): Range(
            None if span.lo is None else span.lo.substitute(moved),
            None if span.hi is None else span.hi.substitute(moved),
        )
        for name, span in claim.ranges.items()
    }
    return replace(
        claim, claim=rename(claim.claim, names), truth=rename(claim.truth, names), ranges=ranges,
        unbound=tuple(names.get(name, name) for name in claim.unbound),
        guards=tuple(substitute_guard(guard, moved) for guard in claim.guards),
    )  # fmt: skip
