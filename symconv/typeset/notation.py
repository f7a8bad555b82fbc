r"""Notation: one record of every choice that a text makes about how its formulas look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal, get_args, get_origin, get_type_hints

from symconv.errors import SymconvError
from symconv.rewrite.rule import Eliminate
from symconv.typeset.names import name_box

IndexStyle = Literal["subscript", "brackets", "call", "tight"]
DerivativeStyle = Literal["fraction", "bracket", "delta", "bar"]
RangeStyle = Literal["limits", "brackets", "cases", "implicit"]
BracketStyle = Literal["square", "double", "indicator"]
SumStyle = Literal["each", "joint"]
Side = Literal["first", "last"]
VecOrder = Literal["row", "column"]
ProductSign = Literal["", r"\cdot", r"\times"]
TransposeSign = Literal["T", r"\top", r"\intercal"]
OperatorSign = Literal[r"\star", r"\ast"]

Base = Literal[0, 1]

#: The canonical index names and the kind of axis that each runs along.
CANONICAL_KINDS: Mapping[str, str] = MappingProxyType(
    {
        r"\nu": "N", "c": "C", "f": "F", r"\gamma": "G", r"\phi": "C",
        "i": "O", "j": "O", "l": "O", "m": "K", "n": "K", "r": "K", "u": "S", "v": "S", "w": "S",
    }
)  # fmt: skip
KINDS: Mapping[str, str] = MappingProxyType(
    {"N": "batch", "C": "input channels", "F": "output channels", "G": "groups",
     "S": "input positions", "O": "output positions", "K": "kernel positions"}
)  # fmt: skip
SYMBOL_ROLES = ("input", "kernel", "weight", "bias", "output", "upstream")


def _frozen(mapping: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True)
class Notation:
    r"""How formulas look: names, index base and style, order, derivatives, ranges and signs.

    ``symbols`` names tensors by their role (``input``, ``kernel``, ``weight``, ``bias``, ``output``, ``upstream``) or
    by their name. ``indices`` maps canonical index names (``\nu`` batch, ``c`` ``f`` channels, ``i`` ``j`` ``l`` output
    positions, ``m`` ``n`` ``r`` kernel positions, ``u`` ``v`` ``w`` input positions, ``\gamma`` ``\phi`` groups) to
    displayed ones; a primed index keeps its primes. ``sizes`` maps the role of a size that the operation named itself
    (``input_1``, ``kernel_2``, ``stride``, …; ``input_0`` for the depth in three dimensions) to the displayed name;
    sizes that a user named are never renamed.

    ``base`` is where indices start; ``bases`` overrides it by kind of axis (a letter of :data:`KINDS`).
    The batch and channel axes can go ``last``; ``kernel_axes`` orders the kernel's, as in ``("K", "C", "F")``;
    ``superscripts`` maps a role to the letters of the axes that are written above. With ``plain_targets`` a result that
    stands alone names the entry by unprimed indices wherever they are free.

    >>> Notation(name="mine", indices={"i": "x"}, base=1).index("i")
    'x'
    >>> Notation(name="mine", base=2)
    Traceback (most recent call last):
    symconv.errors.SymconvError: base of notation 'mine' must be one of 0, 1, got 2
    """

    name: str = "custom"
    symbols: Mapping[str, str] = field(default_factory=dict)
    indices: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, str] = field(default_factory=dict)
    loss: str = "L"
    base: Base = 0
    bases: Mapping[str, Base] = field(default_factory=dict)
    index_style: IndexStyle = "subscript"
    index_styles: Mapping[str, IndexStyle] = field(default_factory=dict)
    index_product: ProductSign = ""
    index_first: bool = False
    channels: Side = "first"
    batch: Side = "first"
    kernel_axes: tuple[str, ...] = ()
    superscripts: Mapping[str, str] = field(default_factory=dict)
    plain_targets: bool = False
    upstream: DerivativeStyle = "fraction"
    gradient: DerivativeStyle = "fraction"
    factor_order: tuple[str, ...] = ("upstream", "kernel", "weight", "input", "bias")
    bias: Side = "last"
    product: ProductSign = ""
    sums: SumStyle = "each"
    ranges: RangeStyle = "limits"
    bracket: BracketStyle = "square"
    eliminate: Eliminate = "auto"
    operator: OperatorSign = r"\star"
    vec: VecOrder = "row"
    transpose: TransposeSign = r"\top"

    def __post_init__(self) -> None:
        """Check every field, so that a slip in a notation is reported where it is made."""
        hints = get_type_hints(Notation)
        for item in fields(self):
            value, hint = getattr(self, item.name), hints[item.name]
            if get_origin(hint) is Literal and value not in get_args(hint):
                self._refuse(item.name, get_args(hint), value)
        for table in ("symbols", "indices", "sizes", "bases", "index_styles", "superscripts"):
            given = getattr(self, table)
            if not isinstance(given, Mapping):
                raise SymconvError(f"{table} of notation {self.name!r} must be a mapping, got {given!r}")
            object.__setattr__(self, table, _frozen(given))
        for table, allowed in (("indices", tuple(CANONICAL_KINDS)), ("bases", tuple(KINDS))):
            for key in getattr(self, table):
                if key not in allowed:
                    self._refuse(f"a key of {table}", allowed, key)
        for kind, base in self.bases.items():
            if base not in (0, 1):
                self._refuse(f"bases[{kind!r}]", (0, 1), base)
        for role, style in self.index_styles.items():
            if style not in get_args(IndexStyle):
                self._refuse(f"index_styles[{role!r}]", get_args(IndexStyle), style)
        if self.gradient == "delta":
            self._refuse("gradient", ("fraction", "bracket", "bar"), self.gradient)
        if self.kernel_axes and sorted(self.kernel_axes) != ["C", "F", "K"]:
            raise SymconvError(
                f"kernel_axes of notation {self.name!r} must hold the letters C, F and K once each, "
                f"got {self.kernel_axes!r}"
            )
        if self.bracket == "square" and "brackets" in (self.index_style, *self.index_styles.values()):
            raise SymconvError(
                f"bracket of notation {self.name!r} must be double or indicator, because its indices stand in brackets"
            )
        for text in (self.loss, *self.symbols.values(), *self.indices.values(), *self.sizes.values()):
            name_box(text)

    def __hash__(self) -> int:
        return hash((self.name, self.loss, self.base, self.index_style, self.ranges))

    def _refuse(self, what: str, allowed: tuple[object, ...], value: object) -> None:
        choices = ", ".join(repr(choice) if choice == "" else str(choice) for choice in allowed)
        raise SymconvError(f"{what} of notation {self.name!r} must be one of {choices}, got {value!r}")

    def base_of(self, kind: str) -> int:
        """Where the indices of that kind of axis start (a letter such as ``O``, or an axis name such as ``O1``)."""
        return self.bases.get(kind[:1], self.base)

    def index(self, name: str) -> str:
        """The displayed name of a canonical index name without primes."""
        return self.indices.get(name, name)

    def symbol(self, name: str, role: str) -> str:
        """The displayed name of a tensor: by its own name, else by its role, else its own name."""
        return self.symbols.get(name, self.symbols.get(role, name))

    def style(self, name: str, role: str) -> IndexStyle:
        """How the indices of a tensor are written."""
        return self.index_styles.get(name, self.index_styles.get(role, self.index_style))
