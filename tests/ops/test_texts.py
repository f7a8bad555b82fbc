"""Options as texts: what is no number is refused with its option."""

from __future__ import annotations

import pytest

from symconv.errors import SizeError
from symconv.ops.texts import read_value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("dims", "2.5", "dims must be an integer, got '2.5'"),
        ("dims", "1" * 11, "dims must be an integer, got '11111111111'"),
        ("value", "much", "value must be a number, got 'much'"),
    ],
)
def test_what_is_no_number(name: str, text: str, sentence: str) -> None:
    with pytest.raises(SizeError) as error:
        read_value(name, text)
    assert str(error.value).replace("-", "_").replace("__", "").endswith(sentence)
