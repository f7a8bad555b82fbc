r"""Macros without arguments are put in, within bounds, and every character knows its place in the source."""

from __future__ import annotations

import pytest

from symconv.documents.macros import DEFINITION, Macros


def expand(definitions: str, text: str) -> str:
    return macros(definitions).expand(text).text


def macros(definitions: str) -> Macros:
    known, at = Macros(), 0
    while (match := DEFINITION.search(definitions, at)) is not None:
        at = known.define(definitions, match)
    return known


CASES = [
    pytest.param(r"\newcommand{\x}{ab}", r"\x + \xy + \x", r"ab + \xy + ab", id="a longer name is another one"),
    pytest.param(r"\newcommand\x{ab}", r"\x", "ab", id="newcommand without braces"),
    pytest.param(r"\def\x{ab}", r"\x", "ab", id="def"),
    pytest.param(r"\def\x#1{a#1}", r"\x b", r"\x b", id="def with an argument is left alone"),
    pytest.param(r"\newcommand{\x}[1]{a#1}", r"\x{b}", r"\x{b}", id="with an argument"),
    pytest.param(r"\newcommand{\x}{a}\renewcommand{\x}{b}", r"\x", "b", id="the later one counts"),
    pytest.param(r"\newcommand{\x}{a}\providecommand{\x}{b}", r"\x", "a", id="providecommand gives way"),
    pytest.param(r"\newcommand{\x}{a}\renewcommand{\x}[1]{b}", r"\x", r"\x", id="redefined with an argument"),
    pytest.param(r"\DeclareMathOperator{\dil}{dil}", r"\dil x", r"\operatorname{dil} x", id="an operator"),
    pytest.param(r"\newcommand{\x}{\ensuremath{a}\xspace}", r"\x", "{a}", id="helpers for text are taken out"),
    pytest.param(r"\def\x{\y\y}\def\y{b}", r"\x", "bb", id="a macro in a macro"),
    pytest.param(r"\def\x{\partial}", r"\x L", r"\partial L", id="a command before a space"),
    pytest.param(r"\def\x{\partial}", r"\x{}L \x", r"\partial{}L \partial", id="a command before a brace"),
    pytest.param(r"\def\x{\partial L}", r"\frac\x{y}", r"\frac{\partial L}{y}", id="an argument of a fraction"),
    pytest.param(r"\def\x{ab}", r"\frac{\x}\x", r"\frac{ab}{ab}", id="the second argument"),
    pytest.param(r"\def\x{ab}", r"y_\x^\x \hat\x {c}\x", r"y_{ab}^{ab} \hat{ab} {c}ab", id="scripts"),
    pytest.param(r"\def\x{a}", "b \\\\x % \\x\n\\x", "b \\\\x % \\x\na", id="a new line, and a comment"),
    # within bounds
    pytest.param(r"\def\x{\x}", r"\x", r"\x", id="a macro that contains itself"),
    pytest.param(r"\def\x{\y}\def\y{\x}", r"\x", r"\x", id="two that contain each other"),
    pytest.param(
        "".join(rf"\def\{a}{{\{b}\{b}}}" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True))
        + r"\def\q{xx}",
        r"\a",
        r"\a",
        id="a macro that doubles sixteen times",
    ),
    pytest.param(r"\newcommand{\x}{a", r"\x", r"\x", id="a definition without end"),
]


@pytest.mark.parametrize(("definitions", "text", "expected"), CASES)
def test_expansion(definitions: str, text: str, expected: str) -> None:
    assert expand(definitions, text) == expected


def test_places() -> None:
    r"""a\x+\x b: what comes from a macro is at the macro's place, everything else at its own."""
    reading = macros(r"\def\x{123}").expand(r"a\x+\x b")
    assert reading.text == "a123+123 b"
    assert [reading.source_of(at) for at in range(11)] == [0, 1, 1, 1, 3, 4, 4, 4, 6, 7, 8]
