"""Tensor entries in a formula: ``I_{i,j}``, ``I[i][j]``, ``x(r+a, c+b)``, ``w^{l+1,f'}_{i,j,f}``, ``X_c``, ``X``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symconv.expr.nodes import Access
from symconv.expr.tensor import Tensor
from symconv.index.affine import ONE, ZERO, Affine
from symconv.meaning.arithmetic import Arithmetic
from symconv.meaning.arrays import Algebra, Array, Digit
from symconv.meaning.errors import MeaningError, RankError, shown
from symconv.meaning.names import letters, written_name
from symconv.meaning.rows import items_of, split
from symconv.meaning.starts import Starts, axis_letter, from_zero
from symconv.typeset.layout import Box, Fence, Number, Script, Symbol, Text

IMPLICIT = {"N": "@sample", "F": "@channel", "C": "@channel"}
"""Names of the indices of axes that a formula leaves out: it speaks of one sample, one channel."""


@dataclass(frozen=True)
class Entries:
    """Reads entries of the layer's tensors.

    ``layout`` gives the author's axes of a tensor, by its role; ``bound`` are the names that some sum binds.
    """

    algebra: Algebra
    starts: Starts
    layout: Mapping[str, str]
    bound: frozenset[str] = frozenset()

    def read(self, tensor: Tensor, groups: Sequence[Box], arithmetic: Arithmetic) -> Array:
        """The entry, or the array that is left where fewer indices are written than there are axes.

        Errors: :class:`RankError` where there are more.
        """
        order = self.order(tensor)
        parts = [part for group in groups for part in split(items_of(group), (",", ";"))]
        if not all(parts) and len(parts) > 1:
            raise MeaningError("an index is empty: a comma has nothing on one side")
        parts = [part for part in parts if part]
        parts = [piece for part in parts for piece in self._spread(part, arithmetic)]
        known = sum(place is not None for place in order)
        if len(parts) < known:
            parts = self._apart(parts, known, arithmetic)
        if not parts:
            return self.whole(tensor)
        for each in parts:
            arithmetic.form(each)  # what is no index at all is no matter of rank
        placed = self._placed(tensor, order, parts)
        start = self.starts.of(tensor)
        forms: list[Affine | None] = []
        for axis, part in enumerate(placed):
            if part is None:
                forms.append(self._left_out(tensor, axis, order, len(parts)))
            else:
                forms.append(from_zero(arithmetic.form(part), start[axis]))
        return self.partial(tensor, forms)

    def whole(self, tensor: Tensor) -> Array:
        """The tensor as an array, without the axes that the layout leaves out."""
        order = self.order(tensor)
        forms = [None if place is not None else self._implied(tensor, axis) for axis, place in enumerate(order)]
        made = self.partial(tensor, forms)
        written = [place for place in order if place is not None]
        axes = [made.axes[written.index(place)] for place in sorted(written)]
        return Array(tuple(axes), made.body)

    def partial(self, tensor: Tensor, forms: Sequence[Affine | None]) -> Array:
        """The array over the axes for which no form is given."""
        axes: list[tuple[Digit, ...]] = []
        position: list[Affine] = []
        for axis, form in enumerate(forms):
            if form is None:
                digit = Digit(self.algebra.fresh(), tensor.shape[axis], tensor.axes[axis])
                axes.append((digit,))
                form = Affine.of(digit.index)
            position.append(form)
        return Array(tuple(axes), Access(tensor, tuple(position)))

    def order(self, tensor: Tensor) -> tuple[int | None, ...]:
        """For each axis of the tensor, the place where the author writes its index; None for an axis left out."""
        role = {"upstream": "output"}.get(tensor.role, tensor.role)
        if tensor.role == "gradient":
            role = next(
                (each.role for each in self.starts.symbols.definition.inputs if each.name == tensor.of), "input"
            )
        letters_ = self.layout.get(role) or (self.layout.get("kernel") if role == "weight" else None)
        if letters_ is None and role == "bias" and "output" in self.layout:
            # a formula of one channel has one bias
            return tuple(at if kind in self.layout["output"] else None for at, kind in enumerate(tensor.axes))
        if letters_ is None:
            return tuple(range(tensor.rank))
        wanted = [axis_letter(tensor, axis) for axis in range(tensor.rank)]
        if (
            "C" in wanted
            and "F" in wanted
            and "C" in letters_
            and "F" not in letters_
            and self._size_one(tensor.shape[wanted.index("C")])
        ):
            letters_ = letters_.replace("C", "F")  # depthwise: the output channel is the input channel
        if role == "output" and "F" in wanted and "F" not in letters_ and "C" in letters_:
            letters_ = letters_.replace("C", "F")
        if role == "output" and "C" in wanted and "C" not in letters_ and "F" in letters_:
            letters_ = letters_.replace("F", "C")
        if "N" in letters_ and "N" not in wanted:
            self.starts.choices.say("the layer has no batch: the axis N of the layout is left out")
            letters_ = letters_.replace("N", "")
        if len(set(letters_)) != len(letters_) or not set(letters_) <= set(wanted):
            raise MeaningError(f"layout: {role} has the axes {''.join(wanted)}, got {letters_!r}")
        return tuple(letters_.index(letter) if letter in letters_ else None for letter in wanted)

    # Indices as written -----------------------------------------------------------------------------------------------

    def _spread(self, part: list[Box], arithmetic: Arithmetic) -> list[list[Box]]:
        """``p``, where p is a position of several coordinates, as its coordinates; ``(i,j)`` as i and j."""
        if len(part) == 1:
            item = part[0]
            if isinstance(item, Symbol) and item.name in arithmetic.scope.several and not item.primes:
                return [[Symbol(name)] for name in arithmetic.scope.several[item.name]]
            if isinstance(item, Fence) and item.open == "(" and len(inner := split(items_of(item.body), (",",))) > 1:
                return inner
        return [part]

    def _apart(self, parts: list[list[Box]], known: int, arithmetic: Arithmetic) -> list[list[Box]]:
        """Indices that were written without commas, as far as there are too few of them."""
        for at, part in enumerate(parts):
            missing = known - len(parts)
            if missing <= 0:
                break
            pieces = run_together(part, missing + 1)
            if len(pieces) > 1:
                return self._apart([*parts[:at], *pieces, *parts[at + 1 :]], known, arithmetic)
        return parts

    def _placed(
        self, tensor: Tensor, order: Sequence[int | None], parts: Sequence[list[Box]]
    ) -> list[list[Box] | None]:
        """For each axis what is written for it; None for an axis left out."""
        known = sum(place is not None for place in order)
        if len(parts) == known:
            return [None if place is None else parts[place] for place in order]
        several = [
            axis for axis, place in enumerate(order) if place is not None and not self._size_one(tensor.shape[axis])
        ]
        if len(parts) == len(several) < known:
            ranked = sorted(several, key=lambda axis: order[axis] or 0)
            placed = dict(zip(ranked, parts, strict=True))
            return [placed.get(axis) for axis in range(tensor.rank)]
        channels = [axis for axis, kind in enumerate(tensor.axes) if kind[0] not in "SOK" and order[axis] is not None]
        spatial = [axis for axis, kind in enumerate(tensor.axes) if kind[0] in "SOK" and order[axis] is not None]
        if len(parts) < known:
            for chosen in (channels, channels[-1:] if len(channels) > 1 else [], spatial):
                if len(parts) == len(chosen):
                    ranked = sorted(chosen, key=lambda axis: order[axis] or 0)
                    placed = dict(zip(ranked, parts, strict=True))
                    return [placed.get(axis) for axis in range(tensor.rank)]
        label = written_name(parts[0][0]) if len(parts) == 1 and len(parts[0]) == 1 else None
        if (
            label is not None
            and len(label) == 1
            and label.islower()
            and label not in self.bound
            and not channels
            and len(spatial) > 1
        ):
            self.starts.choices.say(f"{shown(*parts[0])} names one map of several: the layer has one")
            return [None] * tensor.rank
        if len(parts) > known and tensor.role == "bias" and tensor.rank in (0, 1):
            # an untied bias in the formula, one number for each position: the layer has one for each channel
            self.starts.choices.say(f"the position at the bias {tensor.name} is left out: the layer has one number")
            return [None if place is None else parts[place] for place in order]
        axes = f"{known} {'axis' if known == 1 else 'axes'}" + (f" ({', '.join(tensor.axes)})" if known else "")
        number = f"{len(parts)} {'index' if len(parts) == 1 else 'indices'}"
        raise RankError(f"{tensor.name} has {axes}, but {number}: {shown(*(box for part in parts for box in part))}")

    def _left_out(self, tensor: Tensor, axis: int, order: Sequence[int | None], written: int) -> Affine | None:
        """What an axis is at which nothing is written: an implied position, or the axis of an array (None)."""
        known = sum(place is not None for place in order)
        if order[axis] is None:
            return self._implied(tensor, axis)
        several = [a for a, place in enumerate(order) if place is not None and not self._size_one(tensor.shape[a])]
        if written == len(several) < known and axis not in several:
            return ZERO
        spatial = all(kind[0] in "SOK" for kind in tensor.axes[axis:])
        if written < known and tensor.axes[axis][0] not in "SOK" and self._only_spatial(tensor, written):
            return self._implied(tensor, axis)
        return ZERO if spatial and tensor.shape[axis] == ONE else None

    def _only_spatial(self, tensor: Tensor, written: int) -> bool:
        return written == sum(kind[0] in "SOK" for kind in tensor.axes)

    def _implied(self, tensor: Tensor, axis: int) -> Affine:
        kind = tensor.axes[axis]
        if self._size_one(tensor.shape[axis]):
            return ZERO
        if kind[0] in IMPLICIT:
            words = {"N": "one sample of the batch", "F": "one output channel", "C": "one input channel"}[kind[0]]
            self.starts.choices.say(f"the formula speaks of {words}")
            return Affine.of(IMPLICIT[kind[0]] + kind[0])
        raise MeaningError(
            f"layout: the axis {kind} of {tensor.name} is left out, but it has {tensor.shape[axis]} entries"
        )

    def _size_one(self, size: Affine) -> bool:
        definition = self.starts.symbols.definition
        return size.substitute(definition.derived) == ONE or size == ONE


def run_together(part: Sequence[Box], most: int) -> list[list[Box]]:
    """``ij`` or ``(1+i)j`` as at most so many single indices; a part that does not fall apart so stays one."""
    if not all(isinstance(item, (Symbol, Number, Fence, Script, Text)) for item in part):
        return [list(part)]
    for pieces in (list(part), [letter for item in part for letter in letters(item)]):
        if 1 < len(pieces) <= most:
            return [[piece] for piece in pieces]
    return [list(part)]
