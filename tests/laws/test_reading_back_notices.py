"""The law of the round trip fails where a formula says something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

import symconv as sc
from symconv.expr.nodes import Access, Expr, Mul, Pow, Scalar, Sum, binder
from symconv.expr.walk import substitute
from symconv.index.affine import ONE, Affine
from symconv.typeset.presets import notations
from tests.laws.canonical import canonical, with_own_names
from tests.laws.reading_back import problem_of_definition, problem_of_gradient

LAYER = sc.Conv1d(stride="s", padding="p", channels=True)
ENTRY = Access(LAYER.definition.inputs[1], tuple(map(Affine.of, "fcm")))


@pytest.mark.parametrize("name", notations)
def test_another_layer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formula of a layer with one more entry of padding, for the expression of this one."""
    wrong = sc.Conv1d(stride="s", padding="p+1", channels=True)
    monkeypatch.setattr("tests.laws.reading_back.latex", lambda _, **options: sc.latex(wrong, **options))
    assert problem_of_definition(LAYER.definition, notations[name]) != ""


def test_another_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = sc.derive(LAYER, "K"), sc.derive(sc.Conv1d(stride="s", channels=True), "K")
    assert problem_of_gradient(right, notations["wu"]) == ""
    monkeypatch.setattr("tests.laws.reading_back.latex", lambda _, **options: sc.latex(wrong, **options))
    assert problem_of_gradient(right, notations["wu"]) != ""


def _sum(body: Expr, size: str = "k_1") -> Expr:
    return Sum(body, (binder("m", size),))


def test_canonical_forms_differ() -> None:
    different: list[Expr] = [
        ENTRY,
        _sum(ENTRY),
        _sum(ENTRY, "s"),
        _sum(substitute(ENTRY, {"c": Affine.of("f")})),
        Pow(_sum(ENTRY), Scalar(ONE, Affine.of(2))),
        Pow(_sum(ENTRY), Scalar(Affine.of(2))),
        Pow(Pow(ENTRY, Scalar(Affine.of(2))), Scalar(ONE, Affine.of(2))),
        Mul((ENTRY, ENTRY)),
        Mul((sc.MaxPool1d().definition.body, ENTRY)),
        Mul((sc.MaxPool1d(ties="all").definition.body, ENTRY)),
    ]
    assert len({canonical(expr) for expr in different}) == len(different)


def test_names_and_starts_do_not_count() -> None:
    from_one = Sum(
        substitute(ENTRY, {"m": Affine.of("a") - 1}), (replace(binder("a", "k_1"), lo=ONE, hi=Affine.of("k_1")),)
    )
    assert canonical(with_own_names(from_one, {"a": ("m", 1)})) == canonical(_sum(ENTRY))
    assert canonical(with_own_names(from_one, {"a": ("m", 0)})) != canonical(_sum(ENTRY))
