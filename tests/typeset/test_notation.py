"""Notations refuse what they cannot mean, in one clear sentence, and are found by name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from symconv.errors import NameLookupError, SymconvError
from symconv.typeset.layout import Fence, Script, Symbol
from symconv.typeset.names import name_box, primed
from symconv.typeset.notation import Notation
from symconv.typeset.presets import DEFAULT, get_notation, notations

BAD_FIELDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"base": 2}, "base of notation 'mine' must be one of 0, 1, got 2"),
    ({"bases": {"O": 3}}, "bases['O'] of notation 'mine' must be one of 0, 1, got 3"),
    ({"bases": {"X": 1}}, "a key of bases of notation 'mine' must be one of N, C, F, G, S, O, K, got 'X'"),
    ({"index_style": "x"}, "index_style of notation 'mine' must be one of subscript, brackets, call, tight, got 'x'"),
    ({"index_styles": {"input": "x"}}, "index_styles['input'] of notation 'mine' must be one of subscript"),
    ({"product": "x"}, r"product of notation 'mine' must be one of '', \cdot, \times, got 'x'"),
    ({"gradient": "delta"}, "gradient of notation 'mine' must be one of fraction, bracket, bar, got 'delta'"),
    ({"indices": {"x": "y"}}, "a key of indices of notation 'mine' must be one of"),
    ({"kernel_axes": ("K", "C")}, "kernel_axes of notation 'mine' must hold the letters C, F and K once each"),
    ({"index_style": "brackets"}, "bracket of notation 'mine' must be double or indicator"),
    ({"symbols": "I"}, "symbols of notation 'mine' must be a mapping, got 'I'"),
    ({"loss": "L_"}, "the name 'L_' is not a LaTeX name"),
    ({"sizes": {"stride": "s;"}}, "';' cannot stand in a name"),
    ({"eliminate": "all"}, "eliminate of notation 'mine' must be one of auto, tap, output, none, got 'all'"),
)


@pytest.mark.parametrize(("fields", "message"), BAD_FIELDS, ids=lambda value: str(value)[:40])
def test_bad_field_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SymconvError) as caught:
        Notation(name="mine", **fields)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tables_cannot_be_changed_afterwards() -> None:
    table = {"i": "x"}
    notation = Notation(indices=table)
    table["i"] = "y"
    assert notation.index("i") == "x"
    with pytest.raises(TypeError):
        notation.indices["i"] = "z"  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        notation.base = 1  # type: ignore[misc]
    assert notation in {notation}


def test_symbol_by_name_then_role() -> None:
    notation = Notation(symbols={"input": "x", "K2": "q"}, index_styles={"x": "call"})
    assert notation.symbol("I", "input") == "x"
    assert notation.symbol("K2", "kernel") == "q"
    assert notation.symbol("K", "kernel") == "K"
    assert notation.style("x", "input") == "call"
    assert Notation(base=1, bases={"O": 0}).base_of("O1") == 0
    assert Notation(base=1, bases={"O": 0}).base_of("K") == 1


def test_the_issue_asks_for_these() -> None:
    assert set(notations) >= {"default", "deepteaching", "simple-cnn", "oxford", "gatech", "wu", "pytorch"}
    assert all(get_notation(name).name == name for name in notations)
    assert get_notation(DEFAULT) is DEFAULT


def test_unknown_notation_suggests_the_nearest() -> None:
    with pytest.raises(NameLookupError, match="no notation 'deepteching': did you mean 'deepteaching'"):
        get_notation("deepteching")
    with pytest.raises(NameLookupError, match="no notation 'qqq'; there are default, "):
        get_notation("qqq")


def test_names() -> None:
    assert name_box("k_1") == Script(Symbol("k"), sub=name_box("1"))
    assert name_box(r"\mathbf I") == name_box(r"\mathbf{I}") == Symbol(r"\mathbf{I}")
    assert name_box("n_{H_{prev}}") == Script(Symbol("n"), Script(Symbol("H"), Symbol("prev")))
    assert isinstance(name_box("(I*K)"), Fence)
    assert primed(name_box("x^{l}"), 1) == Script(Symbol("x", 1), sup=Symbol("l"))
    for bad in ("", "x^^2", "x_", "{x", "x}", "(x", r"\mathbf", "a$", "'", "x_{}", "_x"):
        with pytest.raises(SymconvError, match="is not a LaTeX name"):
            name_box(bad)
