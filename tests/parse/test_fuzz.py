"""Random and mutated sources: read, or refused with the package's own error, in time; nothing read is lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import SymconvError
from symconv.parse.places import walk
from symconv.parse.read import read
from symconv.parse.tables import FORBIDDEN
from tests.parse.test_corpus import FORMULAS, letters, written

_WORDS = r"""
\frac \sqrt \sum \max \left( \right) \left. \right. \left| \right| \bigl \big| | || \| { } [ ] ( ) _ ^ ' & \\ % $
\text{if } \text{$x$} \mathbf \bar \over \begin{cases} \end{cases} \begin{matrix} \end{matrix} \begin{aligned}
\end{aligned} \substack{a\\b} \operatorname{vec} \arg\max \pmod \overset \underbrace \bf \, \quad , ; . 1 x ab
\_ \* \[ \] \prime \limits \not = \le := -> \tag{1} \color{red} \sqrt[3] [\![ ]\!] ᵢ ² ′ ∂ ∑ − \u200b \input é
"""
SNIPPETS = [*_WORDS.split(), " ", "\n", "\u202e", "\u200b", "\\", "\x00"]
pieces = st.lists(st.sampled_from(SNIPPETS), max_size=25).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A published formula with some parts cut out, doubled, swapped or replaced by snippets."""
    source = draw(st.sampled_from(FORMULAS))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, len(source))), draw(st.integers(0, len(source)))))
        last = min(last, first + draw(st.integers(0, 12)))
        middle = draw(st.one_of(st.just(""), st.sampled_from(SNIPPETS), st.just(source[first:last] * 2)))
        source = source[:first] + middle + source[last:]
    return source


def check(source: str) -> None:
    start = time.perf_counter()
    try:
        reading = read(source)
    except SymconvError:
        pass
    else:
        assert letters(reading.box) == written(reading)
        assert all(reading.span(box).start <= len(source) for box in walk(reading.box))
    assert time.perf_counter() - start < 2.0


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_mutated_formulas(source: str) -> None:
    check(source)


@settings(max_examples=400, deadline=None)
@given(pieces)
def test_token_soup(source: str) -> None:
    check(source)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text(source: str) -> None:
    check(source)


@pytest.mark.parametrize("command", sorted(FORBIDDEN))
def test_no_forbidden_command_is_read(command: str) -> None:
    with pytest.raises(SymconvError, match=re.escape(command)):
        read(f"x + {command} y")
