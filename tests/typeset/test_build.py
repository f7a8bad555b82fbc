"""Boxes of single nodes: every node class has a case, and what a reader would stumble over does not happen."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import UnsupportedError
from symconv.expr.nodes import (
    NODES,
    UNIT,
    Access,
    Add,
    Binder,
    Bracket,
    Derivative,
    Expr,
    Mul,
    Pow,
    Reduce,
    Scalar,
    Sum,
    Winner,
    binder,
    number,
)
from symconv.expr.tensor import Tensor
from symconv.gradient.derivation import derive
from symconv.index.affine import ONE, Affine, ceil_div, exact_div, extremum, floor_div
from symconv.index.domain import AtMost, Divides, Equal
from symconv.ops.convolution import Conv1d, Conv2d
from symconv.ops.pooling_ranks import MaxPool1d
from symconv.typeset.affine_boxes import affine_box, guard_box
from symconv.typeset.api import latex, to_box
from symconv.typeset.build import expression_box
from symconv.typeset.latex import write_latex
from symconv.typeset.narrate import derivation_display, narrate
from symconv.typeset.notation import Notation
from symconv.typeset.presets import DEFAULT, notations
from symconv.typeset.scope import scope_for
from tests.typeset.boxvalue import Paper
from tests.typeset.samples import SAMPLES, Sample

s, i, m, p, d, k, u, H = map(Affine.of, "simpdkuH")
IMAGE = Tensor("I", "input", (H,), ("u",), ("S1",))
KERNEL = Tensor("K", "kernel", (k,), ("m",), ("K1",))
READ, TAP = Access(IMAGE, (s * i + d * m - p,)), Access(KERNEL, (m,))
WINDOW = Reduce("max", Access(IMAGE, (s * i + m,)), (binder("m", k),), (), "first")

NODE_LATEX: tuple[tuple[Expr, str], ...] = (
    (Scalar(ONE, k), r"\frac{1}{k}"),
    (READ, "I_{s i+d m-p}"),
    (Add((TAP, READ)), "K_m + I_{s i+d m-p}"),
    (Add((TAP, Mul((number(-1), READ)))), "K_m - I_{s i+d m-p}"),
    (Mul((READ, UNIT, TAP)), "K_m I_{s i+d m-p}"),
    (Mul((number(-2), TAP)), "-2 K_m"),
    (Mul((Add((TAP, READ)), TAP)), r"K_m(K_m + I_{s i+d m-p})"),
    (Pow(TAP, number(2)), "K_m^2"),
    (Pow(Sum(TAP, (binder("m", k),)), Scalar(ONE, Affine.of(2))), r"\sqrt{\sum_{m=0}^{k-1}K_m}"),
    (Pow(TAP, number(-1)), r"\frac{1}{K_m}"),
    (Sum(TAP, (Binder("m", None, None),)), r"\sum_m K_m"),
    (Sum(Add((TAP, READ)), (binder("m", k),)), r"\sum_{m=0}^{k-1}(K_m + I_{s i+d m-p})"),
    (Bracket((Divides(d, u + p - s * i),)), r"[d \mid u + p - s i]"),
    (Bracket((AtMost(Affine.of(0), u), AtMost(u, H - 1))), r"[0 \le u < H]"),
    (WINDOW, r"\max_{0\le m<k} I_{s i+m}"),
    (Winner(WINDOW, (u - s * i,)), r"\left[ u - s i = \operatorname*{arg\,max}_{0\le m<k} I_{s i+m} \right]"),
    (Winner(WINDOW, (m,)), r"\left[ m = \operatorname*{arg\,max}_{0\le m'<k} I_{s i+m'} \right]"),
    (Derivative(TAP, Access(KERNEL, (Affine.of("m'"),))), r"\frac{\partial K_m}{\partial K_{m'}}"),
)  # fmt: skip


@pytest.mark.parametrize(("expr", "expected"), NODE_LATEX, ids=lambda value: str(value)[:30])
def test_nodes(expr: Expr, expected: str) -> None:
    written = write_latex(expression_box(expr, DEFAULT))
    assert written.replace(r"\sum_{m=0}^{k-1} (", r"\sum_{m=0}^{k-1}(").replace("K_m (", "K_m(") == expected


def test_every_node_class_has_a_case() -> None:
    assert {type(expr) for expr, _ in NODE_LATEX} == set(NODES) == set(get_args(Expr))
    for expr, _ in NODE_LATEX:
        assert to_box(expr, DEFAULT) == expression_box(expr, DEFAULT)


INDEX_LATEX = (
    (s * i + d * m - p, "s i+d m-p"),
    (u + p - s * i, "u+p-s i"),
    (H + 2 * p - d * (k - 1) - 1, "H+2 p-d(k-1)-1"),
    (k - 1 - m, "k-1-m"),
    (floor_div(u + p, s), r"\lfloor (u+p)/s\rfloor"),
    (ceil_div(u + 1, s), r"\lceil (u+1)/s\rceil"),
    (exact_div(u + p - s * i, d), "(u+p-s i)/d"),
    (extremum("max", [Affine.of(0), u - k]), r"\max(0,u-k)"),
    (u - k * floor_div(u, k), r"u\bmod k"),
    (u + 1 - k * floor_div(u, k), r"(u\bmod k)+1"),
    (1 - s * i, "1-s i"),
    (-p, "-p"),
    (Affine.of(0), "0"),
    (u - k + 1, "u-k+1"),
)


@pytest.mark.parametrize(("form", "expected"), INDEX_LATEX, ids=lambda value: str(value)[:30])
def test_index_terms_read_well(form: Affine, expected: str) -> None:
    read = write_latex(expression_box(Access(IMAGE, (form,)), DEFAULT)).removeprefix("I_")
    assert re.sub(r"\s*\\bmod\s*", r"\\bmod ", read.removeprefix("{").removesuffix("}")) == expected


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        (AtMost(-u, Affine.of(-1)), r"1 \le u"),
        (AtMost(H, 2 * H - 2 - u), r"u \le H - 2"),
        (Equal(2 * i - 2 + m, u - 1), "2 i + m = u + 1"),
        (AtMost(floor_div(u, k), H - 1), r"\lfloor u/k\rfloor < H"),
    ],
    ids=str,
)
def test_guards_read_well(guard: AtMost | Equal, expected: str) -> None:
    assert write_latex(guard_box(guard, scope_for(DEFAULT, None, [Bracket((guard,))]))) == expected


NAMES = ("i", "m", "u", "s", "k", "p")


def forms() -> st.SearchStrategy[Affine]:
    leaves = st.one_of(st.integers(-3, 3).map(Affine.of), st.sampled_from(NAMES).map(Affine.of))
    sizes = st.sampled_from([Affine.of("s"), Affine.of("k"), Affine.of(2)])

    def grow(inner: st.SearchStrategy[Affine]) -> st.SearchStrategy[Affine]:
        return st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
            st.tuples(inner, sizes).map(lambda pair: pair[0] * pair[1]),
            st.tuples(inner, sizes).map(lambda pair: floor_div(*pair)),
            st.tuples(inner, sizes).map(lambda pair: ceil_div(*pair)),
            st.tuples(inner, sizes).map(lambda pair: pair[0] - pair[1] * floor_div(*pair)),
            st.tuples(inner, inner).map(lambda pair: extremum("max", pair)),
            st.tuples(inner, inner).map(lambda pair: extremum("min", pair)),
        )

    return st.recursive(leaves, grow, max_leaves=6)


@settings(max_examples=300, deadline=None)
@given(forms(), st.tuples(*[st.integers(1, 5)] * len(NAMES)), st.sampled_from(list(notations.values())), st.booleans())
def test_index_arithmetic_on_paper_has_its_value(
    form: Affine, values: tuple[int, ...], notation: Notation, small: bool
) -> None:
    env = dict(zip(NAMES, values, strict=True))
    scope = scope_for(notation, None, [Scalar(form), *(number(name) for name in NAMES)])
    names = {scope.names[name]: value for name, value in env.items()}
    paper = Paper(lambda name, at: pytest.fail(f"no tensor {name}"), frozenset())
    assert paper.value(affine_box(form, scope, small=small), names) == form.value(env)


@pytest.mark.parametrize("notation", notations.values(), ids=lambda notation: notation.name)
@pytest.mark.parametrize("given", SAMPLES, ids=lambda given: given.id)
def test_no_line_has_a_slip(given: Sample, notation: Notation) -> None:
    for tensor in given.operation.definition.inputs:
        text = latex(derive(given.operation, tensor.name), notation=notation, steps=True)
        assert not re.search(r"\+\s*-|-\s*-|(?<![\d.])1 ?\\cdot|\\cdot\s*\\cdot|\\times\s*\\times", text), text
        assert "  " not in text.replace("\n", " ").replace("&", "")


def test_derivation_lines() -> None:
    derivation = derive(Conv1d(stride="s", padding="p"), "I")
    *lines, sizes = derivation_display(derivation, DEFAULT).lines
    assert write_latex(lines[0].right) == r"\sum_{m=0}^{k_1-1} K_m I_{s i+m-p}"
    assert write_latex(lines[1].left) == r"\frac{\partial L}{\partial I_u}"
    assert all(line.reason for line in lines)
    assert all(a.right != b.right for a, b in pairwise(lines))
    assert lines[-1].reason.endswith("Entries outside the range of a tensor are zero.")
    assert write_latex(sizes) == r"O_1 = \left\lfloor \frac{W+2 p-k_1}{s} \right\rfloor + 1"
    narration = narrate(derivation, DEFAULT)
    assert [write_latex(line) for line in narration.where] == [
        r"O_1 = \left\lfloor \frac{W+2 p-k_1}{s} \right\rfloor + 1"
    ]
    assert narration.conventions == ("Entries outside the range of a tensor are zero.",)


def test_tie_rule_is_stated() -> None:
    for ties, words in (("first", "row-major"), ("split", "share"), ("all", "whole")):
        narration = narrate(derive(MaxPool1d(ties=ties), "I"), DEFAULT)
        assert words in narration.conventions[-1]


def test_padding_map_is_stated() -> None:
    operation = Conv1d(padding="p", padding_mode="circular")
    expected = ("Outside its range the input is continued periodically.",)
    assert narrate(derive(operation, "K"), DEFAULT).conventions == expected


def test_cases() -> None:
    shown = latex(derive(MaxPool1d(ties="all"), "I"), notation=replace(DEFAULT, ranges="cases"), steps=False)
    assert r"= \begin{cases}" in shown
    assert r"0 & \text{otherwise}" in shown


def test_api_errors_name_what_there_is() -> None:
    operation = Conv2d()
    assert latex(operation) == latex(operation.definition)
    with pytest.raises(UnsupportedError, match="cannot typeset a int"):
        latex(3)
    with pytest.raises(UnsupportedError, match="no form 'graph'"):
        latex(operation, form="graph")


def test_step_is_a_line() -> None:
    step = derive(Conv1d(), "K").steps[-1]
    assert r"\sum_{i=0}^{O_1-1}" in latex(step)
