"""Names that a user chooses never capture an index or a symbol that was left open."""

from __future__ import annotations

from random import Random

import pytest

import symconv as sc
from symconv.expr.walk import bound_names


@pytest.mark.parametrize(
    "name", ["i", "j", "m", "n", "u", "v", "c", "f", "H", "W", "k_1", "O_1", "s", r"\nu", r"\gamma"]
)
def test_a_stride_of_any_name(name: str) -> None:
    op = sc.Conv2d(stride=name, channels=True, batch=True)
    definition = op.definition
    assert name in definition.assumptions.lower
    assert name not in bound_names(definition.body) | set(definition.indices)
    for tensor in ("I", "K"):
        report = sc.validate(sc.derive(op, tensor), cases=12)
        assert report.passed, report


def test_open_symbols_stay_fresh() -> None:
    """The stride H is not the input's height, which is left open."""
    size = sc.Conv1d(stride="W").output_size
    assert [str(each) for each in size] == ["1 + floor((W' - k_1)/(W))"]


def test_one_name_for_two_sizes_ties_them() -> None:
    op = sc.Conv2d(kernel_size="k", padding="p")
    assert op.tensors["K"].shape[0] == op.tensors["K"].shape[1]


def test_sizes_named_like_indices_on_random_layers() -> None:
    rng = Random(5)
    for _ in range(10):
        names = rng.sample(["i", "m", "u", "n", "w", "c", "f", "v"], 5)
        op = sc.Conv2d(
            kernel_size=(names[0], names[1]), stride=names[2], input_size=(names[3], names[4]), channels=True
        )
        assert sc.validate(sc.derive(op, "I"), cases=6).passed
