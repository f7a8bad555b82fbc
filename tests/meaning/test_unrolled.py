"""The matrix φ(X) of a layer's windows, entry by entry against loops, and the arrays that indices only name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np
import pytest

import symconv as sc
from symconv.evaluate.sample import sample_sizes
from symconv.expr.nodes import Access
from symconv.expr.tensor import Tensor
from symconv.index.affine import Affine
from symconv.meaning.arithmetic import INDEX
from symconv.meaning.arrays import Array, scalar
from symconv.meaning.errors import MeaningError
from symconv.meaning.functions import unrolled
from symconv.meaning.whole import SAID, about_origin, of_position, widenable, widened
from tests.meaning.by_numbers import computed, entries, shape_of
from tests.meaning.states import state_of


@dataclass(frozen=True)
class Numbers:
    """A layer's hyperparameters for each axis of space, as names of sizes or numbers, for the loops."""

    kernel: tuple[str | int, ...]
    stride: tuple[str | int, ...]
    dilation: tuple[str | int, ...]
    padding: tuple[str | int, ...]
    output: tuple[str, ...]
    flip: bool = False


ONES, NONE, TAPS, OUTS = (1, 1), (0, 0), ("k_1", "k_2"), ("O_1", "O_2")
LAYERS = {
    "1-D": (sc.Conv1d(stride="s", padding="p", dilation="d"), Numbers(("k_1",), ("s",), ("d",), ("p",), ("O_1",))),
    "2-D": (sc.Conv2d(), Numbers(TAPS, ONES, ONES, NONE, OUTS)),
    "2-D, everything": (
        sc.Conv2d(stride="s", padding="p", dilation="d"), Numbers(TAPS, ("s", "s"), ("d", "d"), ("p", "p"), OUTS)
    ),
    "2-D, per axis": (
        sc.Conv2d(kernel_size=(2, 3), stride=(1, 2), padding=(0, 1)), Numbers((2, 3), (1, 2), ONES, (0, 1), OUTS)
    ),
    "2-D, flipped": (sc.Conv2d(flip=True, stride="s"), Numbers(TAPS, ("s", "s"), ONES, NONE, OUTS, flip=True)),
    "channels": (
        sc.Conv2d(channels=True, stride="s", padding="p"), Numbers(TAPS, ("s", "s"), ONES, ("p", "p"), OUTS)
    ),
    "batch": (sc.Conv1d(channels=True, batch=True, padding="p"), Numbers(("k_1",), (1,), (1,), ("p",), ("O_1",))),
}  # fmt: skip


@pytest.mark.parametrize("order", ["row", "column"])
@pytest.mark.parametrize("name", LAYERS)
def test_unrolled(name: str, order: str) -> None:
    """A row for each output position, a column for each tap and channel, row-major or column-major throughout."""
    layer, numbers = LAYERS[name]
    definition = layer.definition
    entry = definition.inputs[0]
    rng = Random(name)
    for seed in range(4):
        sizes = sample_sizes(definition, rng, work=200)
        assert sizes is not None
        x = entries(np.random.default_rng(seed), *(size.value(sizes) for size in entry.shape))
        state = state_of(layer, vec=order)
        made = unrolled(state, state.entries.whole(entry))
        right = _by_loops(x, entry, sizes, numbers, order)
        assert shape_of(made, sizes) == right.shape
        assert computed(made, {entry.name: x}, sizes).tolist() == right.tolist()


def _by_loops(x: np.ndarray, entry: Tensor, sizes: dict[str, int], layer: Numbers, order: str) -> np.ndarray:
    spatial = [axis for axis, kind in enumerate(entry.axes) if kind[0] == "S"]
    channel = entry.axes.index("C") if "C" in entry.axes else None
    samples = range(x.shape[entry.axes.index("N")]) if "N" in entry.axes else [None]
    outs, taps, *numbers = (
        [sizes[each] if isinstance(each, str) else each for each in values]
        for values in (layer.output, layer.kernel, layer.stride, layer.dilation, layer.padding)
    )
    places, columns = list(product(*map(range, outs))), list(product(*map(range, taps)))
    channels = range(x.shape[channel]) if channel is not None else [None]
    if order == "column":
        # the first index runs fastest, over the rows and over the columns
        places = list(product(*map(range, outs[::-1])))
        places = [place[::-1] for place in places]
        columns = [column[::-1] for column in product(*map(range, taps[::-1]))]
        full = [(c, column) for column in columns for c in channels]
    else:
        full = [(c, column) for c in channels for column in columns]
    made = []
    for sample, place in product(samples, places):
        line = []
        for c, column in full:
            at = [0] * x.ndim
            for axis, s, i, d, m, k, p in zip(
                spatial, numbers[0], place, numbers[1], column, taps, numbers[2], strict=True
            ):
                tap = k - 1 - m if layer.flip else m
                at[axis] = s * i + d * tap - p
            if channel is not None:
                at[channel] = c
            if sample is not None:
                at[entry.axes.index("N")] = sample
            inside = all(0 <= a < size for a, size in zip(at, x.shape, strict=True))
            line.append(int(x[tuple(at)]) if inside else 0)
        made.append(line)
    return np.array(made)


def test_only_the_input_of_a_layer_with_a_window_has_windows() -> None:
    state = state_of(sc.Conv1d(), vec="row")
    with pytest.raises(MeaningError, match=r"^the matrix of windows is that of a layer's input$"):
        unrolled(state, state.entries.whole(state.symbols.definition.inputs[1]))
    dense = state_of(sc.Dense(), vec="row")
    with pytest.raises(MeaningError, match=r"^the matrix of windows is that of a layer's input$"):
        unrolled(dense, dense.entries.whole(dense.symbols.input))


# whole arrays behind indices -----------------------------------------------------------------------------------------


def entry_of(tensor: Tensor, *forms: Affine) -> Array:
    return scalar(Access(tensor, forms))


AT_I, AT_J = Affine.of(INDEX + "i"), Affine.of(INDEX + "j")


@pytest.mark.parametrize(
    ("forms", "turned"),
    [
        pytest.param((AT_I, AT_J), (1, 1), id="plain"),
        pytest.param((-AT_I, -AT_J), (-1, -1), id="negative"),
        pytest.param((-AT_I, AT_J), (-1, 1), id="one of them negative"),
        pytest.param((AT_I, AT_I), None, id="one index twice is a diagonal"),
        pytest.param((AT_I + 1, AT_J), None, id="a shift is an entry"),
        pytest.param((2 * AT_I, AT_J), None, id="a stride is an entry"),
        pytest.param((Affine.of(0), AT_J), None, id="a number is an entry"),
        pytest.param((AT_I + AT_J, AT_J), None, id="a sum of two is an entry"),
    ],
)
def test_indices_that_only_name_an_array(forms: tuple[Affine, ...], turned: tuple[int, int] | None) -> None:
    state = state_of(sc.Conv2d())
    state.free = frozenset({"i", "j"})
    kernel = state.symbols.definition.inputs[1]
    entry = entry_of(kernel, *forms)
    assert widenable(state, entry) == (turned is not None)
    made = widened(state, entry)
    if turned is None:
        assert made == entry
        return
    values = {"K": np.arange(1, 7).reshape(2, 3)}
    right = values["K"][:: turned[0], :: turned[1]]
    assert computed(made, values, {"k_1": 2, "k_2": 3}).tolist() == right.tolist()
    assert state.choices.sentences[0] == SAID


def test_an_index_that_a_sum_binds_names_no_array() -> None:
    state = state_of(sc.Conv1d())
    kernel = state.symbols.definition.inputs[1]
    assert not widenable(state, entry_of(kernel, AT_I))
    state.unbound["i"] = None
    assert widenable(state, entry_of(kernel, AT_I))
    widened(state, entry_of(kernel, AT_I))
    assert "i" not in state.unbound


def test_an_index_counted_from_1_names_the_array_too() -> None:
    state = state_of(sc.Conv1d(), base=1)
    state.free = frozenset({"i"})
    kernel = state.symbols.definition.inputs[1]
    made = widened(state, entry_of(kernel, AT_I - 1))
    assert computed(made, {"K": np.array([3, 4, 5])}, {"k_1": 3}).tolist() == [3, 4, 5]


def test_an_expression_at_one_position_stands_for_the_array_of_its_values() -> None:
    state = state_of(sc.Conv1d())
    state.position = ((INDEX + "i", Affine.of(1), Affine.of("W")),)
    image = state.symbols.input
    # x_i with i from 1, and x_0, which names no position
    made = of_position(state, scalar(Access(image, (AT_I - 1,))))
    assert computed(made, {"I": np.array([2, 4, 8])}, {"W": 3}).tolist() == [2, 4, 8]
    other = scalar(Access(image, (Affine.of(0),)))
    assert of_position(state, other) == other


def test_turned_about_the_origin_twice_is_the_array() -> None:
    """Positions 0 … n − 1 go to −(n − 1) … 0 and back."""
    state = state_of(sc.Conv1d())
    twice = about_origin(about_origin(state.entries.whole(state.symbols.input)))
    assert [digit.first.value({"W": 3}) for digit in twice.digits] == [0]
    assert computed(twice, {"I": np.array([2, 4, 8])}, {"W": 3}).tolist() == [2, 4, 8]
