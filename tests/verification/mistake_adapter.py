"""What the diagnosis is given: the vocabulary of a case, and the question whether an edited formula is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symconv.errors import SymconvError
from symconv.meaning.claim import Context
from symconv.meaning.sums import AS_FAR
from symconv.meaning.symbols import symbols_for
from symconv.meaning.unbound import GUESSED
from symconv.parse.read import read, read_latex
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Symbol
from symconv.verification.formula import judge
from symconv.verification.mistakes.of_definition import vocabulary_of
from symconv.verification.mistakes.vocabulary import TensorWord, Vocabulary
from tests.parse.canonical import canonical
from tests.verification.mistake_case import Case


def vocabulary(case: Case) -> Vocabulary:
    """The words of the wrong formula, read with the layer."""
    definition = case.op.definition
    symbols = symbols_for(definition, case.context.get("roles"), case.context.get("sizes"))
    words = vocabulary_of(symbols, definition, case.base, read_latex(case.wrong))
    extra = {name: TensorWord(Symbol(name), role, ()) for name, role in case.extra.items()}
    return replace(words, tensors={**words.tensors, **extra})


def verifier(case: Case) -> Callable[[Box], int]:
    """Whether symconv proves a formula under the reading of the case, for all sizes (2; 1 with a strained reading)."""

    def holds(box: Box) -> int:
        context = Context(case.op.definition, index_base=case.base, **case.context)
        try:
            verdict, _ = judge(read(write_latex(box)), context)
        except SymconvError:
            return 0
        if any(GUESSED in sentence for sentence in verdict.reading):
            return 0
        if not verdict or any("divides" in assumption for assumption in verdict.assumptions):
            return 0
        return 1 if any(AS_FAR in sentence for sentence in verdict.reading) else 2

    return holds


def comparer(case: Case) -> Callable[[Box], bool]:
    """Whether a formula is the expected one (for kinds of formulas that only the diagnosis reads)."""
    wanted = same(case.right)
    return lambda box: same(write_latex(box)) == wanted


def same(latex: str) -> Box:
    """The boxes without what does not matter: ``si`` is ``s i``."""
    return canonical(read_latex(latex))
