"""Law 2: every node class has a case in every pass, and the pass means what the node means."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random

import numpy as np
import pytest

from symconv.compiled.arrays import compute
from symconv.errors import UnsupportedError
from symconv.evaluate.dependence import Dependence, dependence, needs_floats
from symconv.evaluate.reference import Environment, evaluate
from symconv.expr.bridge import to_sympy
from symconv.expr.nodes import NODES, UNIT, Access, Derivative, Expr, Winner
from symconv.expr.rename import rename
from symconv.expr.sympy_index import indexed_base, symbol
from symconv.expr.tensor import Tensor
from symconv.expr.walk import children, free_names, substitute, walk
from symconv.gradient.differentiate import differentiate, resolve
from symconv.rewrite.normal import Term, from_terms, to_terms
from symconv.typeset.api import latex, mathml, unicode
from symconv.typeset.layout import BOXES
from symconv.typeset.presets import notations
from symconv.typeset.rebase import rebase
from symconv.typeset.scope import scope_for
from symconv.typeset.windows import apart
from tests.rewrite.test_walk import ENTRY, EXAMPLES, WINDOW
from tests.strategies import CONTEXT, Y, of

SIZES = {"H": 3, "k": 2, "s": 1, "d": 1, "p": 0}
DATA = [5, -7, 11]
NAMES = {"u": "u_9", "i": "i_9", "v": "v_9", "H": "H_9", "k": "k_9"}


def value(expr: Expr, **indices: int) -> object:
    env = {"u": 1, "v": 0, **indices}
    return evaluate(expr, Environment({**SIZES, **env}, {Y.name: DATA}))


def renamed_value(expr: Expr) -> object:
    env = {NAMES.get(name, name): number for name, number in {**SIZES, "u": 1, "v": 0}.items()}
    return evaluate(expr, Environment(env, {Y.name: DATA}))


SAME_VALUE: dict[str, Callable[[Expr], Expr]] = {
    "substitute": lambda expr: substitute(expr, {"u": of("u") + "v"}),
    "normal form": lambda expr: from_terms(to_terms(expr)),
    "apart": apart,
    "rebase": lambda expr: rebase(expr, scope_for(notations["default"], None, [expr])),
}


@pytest.fixture(params=NODES, ids=lambda node: node.__name__)
def node(request: pytest.FixtureRequest) -> Expr:
    return EXAMPLES[request.param]


@pytest.mark.parametrize("name", SAME_VALUE)
def test_rewriting_keeps_the_value(node: Expr, name: str) -> None:
    assert value(SAME_VALUE[name](node)) == value(node)


def test_renaming_keeps_the_value(node: Expr) -> None:
    renamed = rename(node, NAMES)
    assert renamed_value(renamed) == value(node)
    assert not (free_names(renamed) | _bound(renamed)) & NAMES.keys()


def _bound(expr: Expr) -> set[str]:
    return {binder.index for each in walk(expr) for binder in getattr(each, "binders", ())}


def test_children_are_everything_below(node: Expr) -> None:
    assert list(walk(node)) == [node, *(below for child in children(node) for below in walk(child))]


def test_differentiation(node: Expr) -> None:
    by = Access(Y, (of("t"),))
    if isinstance(node, Derivative):
        with pytest.raises(TypeError, match="second derivatives"):
            differentiate(node, by)
        return
    for at in range(3):
        expected = value(Derivative(node, by), t=at)
        assert value(resolve(differentiate(node, by), CONTEXT), t=at) == expected


def test_dependence(node: Expr) -> None:
    """What is said to be constant or linear has a derivative that is 0, or the same for every value of the tensor."""
    kind = dependence(node, Y.name)
    assert dependence(node, "another") == Dependence.NONE
    assert not needs_floats(node)
    if isinstance(node, Derivative):
        return
    slopes = {
        tuple(
            evaluate(Derivative(node, Access(Y, (of(at),))), Environment({**SIZES, "u": 1, "v": 0}, {Y.name: data}))
            for at in range(3)
        )
        for data in ([1, 2, 4], [9, -3, 5], [0, 7, 3])
    }
    if kind in (Dependence.NONE, Dependence.LINEAR):
        assert len(slopes) == 1
    if kind == Dependence.NONE:
        assert slopes == {(0, 0, 0)}


def test_bridge_to_sympy(node: Expr) -> None:
    if isinstance(node, Derivative):
        with pytest.raises(UnsupportedError, match="unevaluated derivative"):
            to_sympy(node)
        return
    found = to_sympy(node, SIZES).subs({symbol("u"): 1, symbol("v"): 0}).doit()
    entries = {indexed_base(Y.name)[position]: number for position, number in enumerate(DATA)}
    assert found.subs(entries).doit() == value(node)


def test_array_code(node: Expr) -> None:
    """The node as the only factor of a term, over a whole range of u."""
    target = Access(Tensor("z", "output", (of("k"),), ("u",), ("S1",)), (of("u"),))
    term = Term(UNIT, (), (), (substitute(node, {"v": of(0)}),))
    arrays = {Y.name: np.array(DATA, dtype=object)}
    if isinstance(node, Derivative):
        with pytest.raises(UnsupportedError, match="unevaluated derivative"):
            compute((term,), target, SIZES, arrays)
        return
    assert list(compute((term,), target, SIZES, arrays)) == [value(node, u=at) for at in range(2)]


@pytest.mark.parametrize("notation", notations)
def test_writers(node: Expr, notation: str) -> None:
    for write in (latex, unicode, mathml):
        text = write(node, notation=notation)
        assert text
        assert "object at" not in text


def test_winner_and_window_are_told_apart() -> None:
    """The examples include a window whose position uses the names of its own indices."""
    winner = Winner(WINDOW, (of("i"),))
    assert {binder.index for binder in apart(winner).window.binders} == {"i'"}
    assert [value(winner, i=at) for at in range(2)] == [value(apart(winner), i=at) for at in range(2)]


def test_every_box_class_is_what_the_nodes_need() -> None:
    """Every class of boxes is built by some formula of the catalogue, or by the writers' samples."""
    from tests.typeset.writer_samples import DISPLAYS, FORMULAS

    seen: set[type] = set()

    def visit(box: object) -> None:
        if isinstance(box, BOXES):
            seen.add(type(box))
        for name in getattr(box, "__dataclass_fields__", {}):
            content = getattr(box, name)
            for part in content if isinstance(content, tuple) else (content,):
                for inner in part if isinstance(part, tuple) else (part,):
                    visit(inner)

    for box in (*DISPLAYS.values(), *(box for box, _, _ in FORMULAS.values())):
        visit(box)
    assert seen == set(BOXES)


def test_the_entry_of_the_examples_reads_the_data() -> None:
    rng = Random(3)
    places = [rng.randrange(3) for _ in range(3)]
    assert [value(ENTRY, u=at) for (at,) in product(places)] == [DATA[at] for at in places]
