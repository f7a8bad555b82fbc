"""Tensors and definitions: what an operation is, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from symconv.index.affine import Affine
from symconv.index.domain import Assumptions, Guard, Range

if TYPE_CHECKING:
    from symconv.expr.nodes import Expr

Role = Literal["input", "kernel", "weight", "bias", "output", "upstream", "gradient", "loss"]
Outside = Literal["zero", "reflect", "replicate", "circular"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named array of entries.

    ``shape`` holds the sizes and ``indices`` the canonical index name of each axis (the name a reader would
    use for it). ``axes`` says what each axis is: ``N`` batch, ``C`` channels in, ``F`` channels
    out, ``S1…`` input space, ``O1…`` output space, ``K1…`` kernel space. A read outside the shape gives
    zero, or follows a padding map (``reflect``, ``replicate``, ``circular``; PyTorch's meanings). A
    tensor of role ``gradient`` or ``upstream`` is the derivative of the loss by the tensor named ``of``.
    """

    name: str
    role: Role
    shape: tuple[Affine, ...]
    indices: tuple[str, ...]
    axes: tuple[str, ...]
    outside: Outside = "zero"
    of: str | None = None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def ranges(self, indices: tuple[str, ...] | None = None) -> dict[str, Range]:
        """Index name → ``0..size−1`` for each axis."""
        names = self.indices if indices is None else indices
        return {name: Range(Affine.of(0), size - 1) for name, size in zip(names, self.shape, strict=True)}


@dataclass(frozen=True, slots=True)
class Constraint:
    """What the operation demands of its sizes, and the sentence for a user who breaks it.

    In the sentence, ``{0}`` and ``{1}`` stand for the values of the guard's two sides.
    """

    guard: Guard
    sentence: str


@dataclass(frozen=True, slots=True)
class Definition:
    """``output[indices] := body`` for all indices in the output's shape.

    ``derived`` gives derived sizes (``O_1``) as forms in the others; ``assumptions`` what is known of the
    sizes; ``size_roles`` the meaning of the size symbols that the operation named itself (a notation may
    rename exactly those); ``constraints`` what every choice of integers must satisfy.
    """

    name: str
    output: Tensor
    body: Expr
    inputs: tuple[Tensor, ...]
    assumptions: Assumptions = field(default_factory=Assumptions)
    derived: Mapping[str, Affine] = field(default_factory=dict)
    size_roles: Mapping[str, str] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()

    @property
    def indices(self) -> tuple[str, ...]:
        """The free indices of the body: the output's."""
        return self.output.indices

    @property
    def upstream(self) -> Tensor:
        """The upstream gradient ∂L/∂output, of the output's shape."""
        out = self.output
        return Tensor(r"\delta", "upstream", out.shape, out.indices, out.axes, of=out.name)

    def tensor(self, name: str) -> Tensor:
        """The input of that name or role."""
        for tensor in self.inputs:
            if name in (tensor.name, tensor.role):
                return tensor
        raise KeyError(name)
