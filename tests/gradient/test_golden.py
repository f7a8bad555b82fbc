"""The exact limits, guards and values that known derivations end with."""

from __future__ import annotations

import pytest

from symconv.errors import NameLookupError
from symconv.evaluate.check import validate
from symconv.evaluate.reference import Environment, tabulate
from symconv.expr.nodes import Access, Scalar, Sum, binder
from symconv.expr.tensor import Definition
from symconv.gradient.derivation import Derivation, derive, target_indices
from symconv.index.affine import ONE, ceil_div, exact_div, extremum, floor_div
from symconv.index.domain import Assumptions, Divides
from symconv.ops.convolution import Conv1d
from symconv.ops.pooling_ranks import AvgPool1d
from symconv.rewrite.normal import Term
from tests.samples import average_blocks, conv, conv2d, flatten, grouped, vector
from tests.strategies import of

u = of("u")


def only(derivation: Derivation) -> Term:
    """The result's only term."""
    (term,) = derivation.terms
    return term


def reads(term: Term) -> dict[str, list[str]]:
    """Tensor name → the indices that it is read at, as text."""
    return {f.tensor.name: [str(index) for index in f.indices] for f in term.factors if isinstance(f, Access)}


def test_kernel_of_a_strided_dilated_padded_convolution() -> None:
    term = only(derive(conv("s", "d", "p"), "K"))
    assert term.binders == (binder("i", "O"),)
    assert term.guards == ()
    assert reads(term) == {r"\delta": ["i"], "I": ["d*m' + i*s - p"]}


def test_input_of_a_convolution() -> None:
    term = only(derive(conv(), "I"))
    (i,) = term.binders
    assert i.lo == extremum("max", [of(0), u - "k" + 1])
    assert i.hi == extremum("min", [of("O") - 1, u])
    assert term.guards == ()
    assert reads(term) == {r"\delta": ["i"], "K": ["-i + u"]}


def test_input_of_a_strided_padded_convolution() -> None:
    term = only(derive(conv("s", 1, "p"), "I"))
    (i,) = term.binders
    assert i.lo == extremum("max", [of(0), ceil_div(u + "p" - "k" + 1, "s")])
    assert i.hi == extremum("min", [of("O") - 1, floor_div(u + "p", "s")])
    assert term.guards == ()
    assert reads(term) == {r"\delta": ["i"], "K": ["-i*s + p + u"]}


def test_input_of_a_dilated_convolution_keeps_the_divisibility() -> None:
    term = only(derive(conv("s", "d", "p"), "I"))
    (i,) = term.binders
    offset = u + "p" - of("s") * "i"
    assert i.index == "i"
    assert term.guards == (Divides(of("d"), offset),)
    assert reads(term) == {r"\delta": ["i"], "K": [str(exact_div(offset, "d"))]}


def test_blocks_pin_to_the_block_of_the_entry() -> None:
    term = only(derive(average_blocks(), "I"))
    assert term == Term(Scalar(ONE, of("k")), (), (), (Access(average_blocks().upstream, (floor_div(u, "k"),)),))


def test_groups_pin() -> None:
    term = only(derive(grouped(), "K"))
    assert term.binders == ()
    assert term.guards == ()
    assert reads(term) == {r"\delta": ["f'"], "I": ["floor((f')/(e))"]}


def test_flatten_is_inverted() -> None:
    term = only(derive(flatten(), "I"))
    assert (term.binders, term.guards) == ((), ())
    assert reads(term) == {r"\delta": ["H*W*c' + W*u' + v'"]}


def test_padding_maps_give_a_term_for_each_way_in() -> None:
    for outside in ("reflect", "replicate", "circular"):
        assert len(derive(conv("s", "d", "p", outside), "I").terms) == 3
        assert len(derive(conv("s", "d", 0, outside), "I").terms) == 1


def test_the_steps_in_order() -> None:
    derivation = derive(conv("s", "d", "p"), "I")
    names = [step.rule.name for step in derivation.steps]
    assert names == ["chain rule", "definition", "differentiate", "brackets", "one sum", "sift with division", "limits"]
    assert derivation.steps[0].before == derivation.target
    for earlier, later in zip(derivation.steps, derivation.steps[1:], strict=False):
        assert earlier.after == later.before
    assert all(step.why for step in derivation.steps)


def test_a_size_named_like_an_axis_is_not_confused_with_it() -> None:
    """The input's axis index u meets a size u: the result's free index must be another name."""
    x = vector("I", "input", of("u") * 2, "u")
    body = Sum(Access(x, (of("i") * "u" + "m",)), (binder("m", "u"),))
    known = Assumptions({"u": 1, "O": 2}, (of(2) - "O",))
    definition = Definition("halves", vector("O", "output", "O", "i"), body, (x,), known)
    assert target_indices(definition, x) == (of("u'"),)


def test_an_unknown_tensor_is_named_with_those_that_there_are() -> None:
    with pytest.raises(NameLookupError, match=r"conv has no tensor 'Z'; its tensors are I \(input\), K \(kernel\)"):
        derive(conv(), "Z")
    assert derive(conv(), "kernel").wrt.name == "K"


# The exercise of deepteaching.org, "Convolutional neural networks: by hand"; stride 2
IMAGE = [[1, 1, -2, 0, 1], [1, 0, 0, 2, 1], [0, 1, 0, 5, -1], [-2, 1, 0, -1, 1], [0, 1, 0, 5, -1]]
KERNEL = [[0, 1, 1], [1, 0, 0], [0, 1, 0]]


def test_the_exercise_by_hand() -> None:
    definition = conv2d(2)
    sizes = {"H": 5, "W": 5, "k_1": 3, "k_2": 3, "O_1": 2, "O_2": 2}
    env = Environment(sizes, {"I": IMAGE, "K": KERNEL, r"\delta": [[1, 1], [1, 1]]})
    assert tabulate(definition, env) == [[1, 6], [0, 9]]
    kernel, image = derive(definition, "K"), derive(definition, "I")
    assert tabulate((kernel.target.indices, kernel.result, kernel.wrt.shape), env) == [
        [-1, 7, -2],
        [-1, 2, 2],
        [0, 12, -2],
    ]
    assert tabulate((image.target.indices, image.result, image.wrt.shape), env) == [
        [0, 1, 1, 1, 1],
        [1, 0, 1, 0, 0],
        [0, 2, 1, 2, 1],
        [1, 0, 1, 0, 0],
        [0, 1, 0, 1, 0],
    ]


@pytest.mark.parametrize("stride", ["2k+1", "k+1"])
def test_a_stride_that_is_a_sum_has_exact_limits(stride: str) -> None:
    derivation = derive(Conv1d(kernel_size=3, stride=stride), "I")
    (term,) = derivation.terms
    assert term.guards == ()
    assert all(binder.lo is not None and binder.hi is not None for binder in term.binders)
    assert validate(derivation, cases=40).passed


def test_non_overlapping_windows_of_a_sum_are_pinned() -> None:
    (term,) = derive(AvgPool1d("2k+1"), "I").terms
    assert term.binders == ()
