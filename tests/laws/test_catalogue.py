"""The table of layers is complete: every operation, and every field of every operation."""

from __future__ import annotations

from dataclasses import fields

import pytest

from symconv.ops.catalogue import OPERATIONS
from tests.catalogue import ENTRIES


def test_ids_are_unique() -> None:
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


def test_every_operation_is_in_the_table() -> None:
    assert {entry.kind for entry in ENTRIES} == set(OPERATIONS)


#: operations of one family share their fields: what varies in one rank need not vary in the others
FAMILIES = {
    "convolution": ("conv1d", "conv2d", "conv3d"),
    "transposed convolution": ("convtranspose1d", "convtranspose2d", "convtranspose3d"),
    "max pooling": ("maxpool1d", "maxpool2d", "maxpool3d"),
    "average pooling": ("avgpool1d", "avgpool2d", "avgpool3d"),
    "power pooling": ("lppool1d", "lppool2d", "lppool3d"),
    "dense": ("dense", "linear"),
    "pad": ("pad",),
    "flatten": ("flatten",),
}


def test_every_operation_has_a_family() -> None:
    assert {kind for kinds in FAMILIES.values() for kind in kinds} == set(OPERATIONS)


@pytest.mark.parametrize("kinds", FAMILIES.values(), ids=FAMILIES)
def test_every_field_takes_another_value_than_its_default(kinds: tuple[str, ...]) -> None:
    given = {(name, repr(value)) for entry in ENTRIES if entry.kind in kinds for name, value in entry.options.items()}
    wanted = {item.name: item.default for kind in kinds for item in fields(OPERATIONS[kind])}
    varied = {name for name, value in given if name in wanted and value != repr(wanted[name])}
    assert varied == set(wanted)


CHOICES = {
    "padding": ("same", "valid", "full"),
    "padding_mode": ("zeros", "reflect", "replicate", "circular"),
    "mode": ("constant", "reflect", "replicate", "circular"),
    "bias": (True, "channel", "entry"),
    "ties": ("first", "split", "all"),
    "norm_type": (1, 2, 3, "q"),
    "dims": (1, 3),
}


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_of_a_field_is_in_the_table(name: str) -> None:
    assert set(CHOICES[name]) <= {entry.options[name] for entry in ENTRIES if name in entry.options}
