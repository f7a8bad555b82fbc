"""Law 5: what evaluates knows nothing of what rewrites. Law 6: derivations are made of the rewriter's own rules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

import symconv.gradient
import symconv.rewrite
from symconv.rewrite.rule import Rule
from tests.catalogue import PAIRS
from tests.laws.cases import derivation

EVALUATE = ("check", "reference", "dual", "sample", "windows", "dependence", "elements", "report")


@pytest.mark.parametrize("module", EVALUATE)
def test_evaluation_does_not_import_rewriting(module: str) -> None:
    code = f"import sys, symconv.evaluate.{module}; print(*sorted(m for m in sys.modules if m.startswith('symconv.')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert f"symconv.evaluate.{module}" in loaded
    allowed = ("symconv.evaluate", "symconv.expr", "symconv.index", "symconv.errors", "symconv.time_limit")
    assert [name for name in loaded if not name.startswith(allowed)] == []


def test_every_module_of_evaluate_is_looked_at() -> None:
    import symconv.evaluate

    assert {module.name for module in iter_modules(symconv.evaluate.__path__)} == set(EVALUATE)


def _rules() -> Iterator[Rule]:
    """The rules that the modules of ``rewrite`` and ``gradient`` hold as constants."""
    for package in (symconv.rewrite, symconv.gradient):
        for module in iter_modules(package.__path__):
            held = vars(import_module(f"{package.__name__}.{module.name}"))
            yield from (value for value in held.values() if isinstance(value, Rule))


def test_steps_name_the_rules_that_were_applied() -> None:
    known = {id(rule) for rule in _rules()}
    used = {id(step.rule): step.rule for entry, wrt in PAIRS for step in derivation(entry, wrt, "auto").steps}
    assert [rule.name for rule in used.values() if id(rule) not in known] == []
    assert len(used) >= 8


def test_every_rule_has_a_law_and_a_sentence() -> None:
    for rule in _rules():
        assert rule.name
        assert rule.law
        assert rule.sentence.endswith("."), rule
