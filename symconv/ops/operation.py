"""The base of the catalogue: an operation is a frozen record of its hyperparameters and its definition."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from symconv.errors import SizeError
from symconv.expr.tensor import Definition, Tensor
from symconv.index.affine import Affine
from symconv.ops.sizes import Sizes

OUTPUT = ("i", "j", "l")
TAP = ("m", "n", "r")
INPUT = ("u", "v", "w")
BATCH = r"\nu"
FLAGS = frozenset({"channels", "batch", "flip", "ceil_mode", "count_include_pad"})
INPUT_SIZES = {1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}


class OutputSize(tuple[Any, ...]):
    """The output's spatial sizes, and what was given for them: equal operations have both equal."""

    given: Sizes

    def __new__(cls, sizes: tuple[int | Affine, ...], given: Sizes) -> OutputSize:
        """The sizes, with what was given."""
        made = super().__new__(cls, sizes)
        made.given = given
        return made

    def __getnewargs__(self) -> tuple[tuple[Any, ...], Sizes]:
        return tuple(self), self.given

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, other) is True and (not isinstance(other, OutputSize) or self.given == other.given)

    def __hash__(self) -> int:
        return hash((tuple(self), self.given))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class Operation(ABC):
    """An operation: its hyperparameters (the fields) and its forward definition (:meth:`define`).

    The gradients, forms, array code and output size all follow from the definition by general rules.
    """

    rank: ClassVar[int] = 0
    if TYPE_CHECKING:
        # given as names or left open when constructed, and afterwards always the sizes themselves
        @property
        def output_size(self) -> Sizes:
            """The output's spatial sizes: integers where they are known, else formulas in the other sizes."""

    @abstractmethod
    def define(self) -> Definition:
        """The forward definition in index notation."""

    @cached_property
    def definition(self) -> Definition:
        """The forward definition; bad hyperparameters are reported here."""
        return self.define()

    def __post_init__(self) -> None:
        """Check the hyperparameters at once, so that a mistake is reported where it is made."""
        for name, value in list(vars(self).items()):
            given = value.given if isinstance(value, OutputSize) else value
            object.__setattr__(self, name, _frozen(given))
        for name in FLAGS & vars(self).keys():
            if not isinstance(vars(self)[name], bool):
                raise SizeError(f"{name} of {self.name} must be True or False, got {vars(self)[name]!r}")
        given = vars(self).get("output_size")
        object.__setattr__(self, "output_size", OutputSize(_output_size(self.definition), given))

    @property
    def name(self) -> str:
        """The class's name, as in ``Conv2d``."""
        return type(self).__name__

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Every tensor by name: the inputs, then the output."""
        definition = self.definition
        return {tensor.name: tensor for tensor in (*definition.inputs, definition.output)}

    def forward(self, *, sizes: Mapping[str, int] | None = None, **arrays: Any) -> Any:
        """The output for the given arrays, keyed by tensor name or role.

        They may be NumPy arrays of any type, nested lists, or SymPy matrices and arrays; the like comes back. ``sizes``
        gives values to symbols that no shape determines (a symbolic stride, say).
        """
        from symconv.ops.apply import forward

        return forward(self, arrays, sizes or {})

    def backward(self, upstream: Any, *, sizes: Mapping[str, int] | None = None, **arrays: Any) -> dict[str, Any]:
        """The gradient of L by every input tensor, given ∂L/∂output: ``{"I": …, "K": …}``.

        Computed by the derived formulas. An array that no gradient reads, and whose shape is not needed to know
        the sizes, may be left out.
        """
        from symconv.ops.apply import backward

        return backward(self, upstream, arrays, sizes or {})


def _output_size(definition: Definition) -> tuple[int | Affine, ...]:
    output = definition.output
    sizes = [size for size, axis in zip(output.shape, output.axes, strict=True) if axis[0] not in "NCF"]
    resolved = [size.substitute(definition.derived) for size in sizes]
    return tuple(size if size.constant is None else size.constant for size in resolved)
