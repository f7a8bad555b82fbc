"""Verdicts on formulas for receptive fields: compared on many stacks of layers."""

from __future__ import annotations

from time import monotonic

from symconv.expr.tensor import Definition
from symconv.meaning.chains import Statement
from symconv.meaning.errors import MeaningError
from symconv.meaning.prose import is_joining
from symconv.meaning.receptive import LAYERS, TOP, evaluate, left_of, sequences_of, stacks
from symconv.typeset.layout import Text
from symconv.verification.refute import Counterexample
from symconv.verification.verdict import Verdict

WHY = "a number of layers stands for any, and only stacks of up to five layers were compared"


def decide_receptive(statement: Statement, definition: Definition) -> Verdict:
    """Whether a formula for the receptive field holds on all stacks that are tried."""
    start, examined = monotonic(), 0
    beside = [*statement.conditions, *(remark for remark in statement.remarks if not is_joining(Text(remark)))]
    if beside:
        raise MeaningError("words and conditions beside a receptive field are not understood")
    sequences = sequences_of(definition)
    for chain in statement.chains:
        if len(chain.members) < 2:
            raise MeaningError("there is no equation here: a formula needs both sides")
        left = left_of(chain.members[0].items, chain.members[1].items, sequences)
        letter = left.letter
        for stack in stacks(definition):
            for layers in range(1, LAYERS + 1):
                names = {letter: layers}
                if left.downwards:
                    names[TOP] = layers if left.whole else LAYERS
                right = evaluate(list(chain.members[0].items), sequences, stack, names)
                examined += 1
                for member in chain.members[1:]:
                    found = evaluate(list(member.items), sequences, stack, names)
                    if found != right:
                        sizes = {letter: layers}
                        for word, each in (("k", stack.kernels), ("s", stack.strides), ("d", stack.dilations)):
                            sizes |= {f"{word}_{at}": each[at] for at in range(1, layers + 1)}
                        wrong = Counterexample(sizes, {}, str(found), str(right))
                        return Verdict(
                            "refuted", counterexample=wrong, configurations=examined, seconds=monotonic() - start
                        )
    return Verdict("checked", message=WHY, configurations=examined, seconds=monotonic() - start)
