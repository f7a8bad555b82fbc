"""Random sizes: admitted, small, the same for the same seed, and with every degenerate case."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from symconv.evaluate.sample import admitted, complete_sizes, sample_sizes, size_symbols, work_of
from symconv.expr.nodes import Access, Mul
from symconv.expr.tensor import Constraint, Definition
from symconv.index.affine import exact_div, floor_div
from symconv.index.domain import Assumptions, AtMost
from tests.samples import conv, flatten, grouped, maximum, vector
from tests.strategies import of


def test_every_kind_of_window_is_drawn() -> None:
    definition, rng = conv("s", "d", "p"), Random(0)
    seen: Counter[str] = Counter()
    for _ in range(200):
        sizes = sample_sizes(definition, rng)
        assert sizes is not None
        assert admitted(definition, sizes)
        assert work_of(definition, sizes) <= 400
        h, k, o, s, d, p = (sizes[name] for name in ("H", "k", "O", "s", "d", "p"))
        assert o == (h + 2 * p - d * (k - 1) - 1) // s + 1
        seen["tail"] += (h + 2 * p - d * (k - 1) - 1) % s != 0
        seen["k = 1"] += k == 1
        seen["s > k"] += s > k
        seen["p ≥ k"] += p >= k
        seen["d > 1"] += d > 1 and k > 1
        seen["H = 1"] += h == 1
        seen["O = 1"] += o == 1
        seen["all at once"] += s > 1 and k > 1 and p > 0 and d > 1 and o > 1
    assert all(
        seen[name] >= 8 for name in ("tail", "k = 1", "s > k", "p ≥ k", "d > 1", "H = 1", "O = 1", "all at once")
    )


def test_the_same_seed_draws_the_same_sizes() -> None:
    draws = [[sample_sizes(conv("s"), rng) for _ in range(5)] for rng in (Random(4), Random(4), Random(5))]
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize("name", size_symbols(conv("s", "d", "p")))
def test_a_size_can_be_held_at_its_minimum(name: str) -> None:
    definition = conv("s", "d", "p")
    rng = Random(1)
    drawn = [sizes for _ in range(20) if (sizes := sample_sizes(definition, rng, smallest=name))]
    assert drawn
    if name not in definition.derived:
        assert {sizes[name] for sizes in drawn} == {definition.assumptions.lower[name]}


def test_exact_quotients_divide_and_rewritten_sizes_agree() -> None:
    x = vector("x", "input", exact_div("F", "g"), "i")
    body = Access(x, (of("i"),))
    known = Assumptions({"F": 1, "g": 2, "C": 1, "e": 1}, equal={"C": of("g") * "e"})
    definition = Definition("groups", vector("y", "output", exact_div("F", "g"), "i"), body, (x,), known)
    for seed in range(20):
        sizes = sample_sizes(definition, Random(seed))
        assert sizes is not None
        assert sizes["F"] % sizes["g"] == 0
        assert sizes["C"] == sizes["g"] * sizes["e"]


def test_constraints_are_kept() -> None:
    x = vector("x", "input", "n", "i")
    constraint = Constraint(AtMost(of("q") * 2, of("n")), "q must be at most half of n")
    definition = Definition(
        "halves", vector("y", "output", "n", "i"), Access(x, (of("i") - "q",)), (x,), Assumptions({"n": 1, "q": 0}),
        constraints=(constraint,),
    )  # fmt: skip
    drawn = [sample_sizes(definition, Random(seed)) for seed in range(20)]
    assert all(sizes is not None and 2 * sizes["q"] <= sizes["n"] for sizes in drawn)


def test_windows_are_never_empty() -> None:
    """A dilated window can step over a short input: such sizes are not drawn."""
    definition = maximum("first", padding="p")
    for seed in range(30):
        sizes = sample_sizes(definition, Random(seed))
        assert sizes is not None
        for i in range(sizes["O"]):
            assert any(0 <= sizes["s"] * i + m - sizes["p"] < sizes["H"] for m in range(sizes["k"]))


def test_impossible_demands_give_none() -> None:
    x = vector("x", "input", "n", "i")
    definition = Definition(
        "never", vector("y", "output", "n", "i"), Access(x, (of("i"),)), (x,), Assumptions({"n": 1}, (of(0) - "n",))
    )
    assert sample_sizes(definition, Random(0)) is None


def test_derived_sizes() -> None:
    derived = {"O": floor_div(of("H"), 2), "P": of("O") + 1}
    assert complete_sizes(derived, {"H": 7}) == {"H": 7, "O": 3, "P": 4}
    assert complete_sizes({"O": exact_div("H", 2)}, {"H": 7}) is None
    with pytest.raises(KeyError, match="O, P"):
        complete_sizes(derived, {})


def test_work() -> None:
    assert work_of(conv(), {"H": 5, "k": 3, "O": 3}) == 18
    assert work_of(grouped(), {"g": 2, "e": 3}) == 6 * 6 * 2
    assert work_of(flatten(), {"C": 1, "H": 2, "W": 2}) == 16
    squares = Mul((Access(vector("x", "input", "n", "i"), (of("i"),)),))
    assert work_of(Definition("s", vector("y", "output", "n", "i"), squares, ()), {"n": 4}) == 4
