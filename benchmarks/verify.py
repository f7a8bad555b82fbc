"""Proofs with everything symbolic: how long it takes to prove each form of a gradient equal to the others.

Sizes, stride, padding and dilation are symbols; two dimensions with channels and batch. Run
``python -m benchmarks.verify``. The figures are medians of 9 in one process, after import. The median of all must be
below 50 ms, and none may take 500 ms.

A second table has the whole of ``sc.verify`` from the LaTeX of the forward formula and of each form of the gradients:
reading, all meanings that it can have, search for a counterexample, proof. Its figures are medians of 5, or one run
where that takes more than a second. ``proved (if)`` is proved under an assumption.
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter

import symconv as sc
from benchmarks.timing import seconds
from symconv.expr.nodes import Expr
from symconv.gradient.derivation import derive, forward_terms
from symconv.gradient.differentiate import KRONECKER
from symconv.ops.operation import Operation
from symconv.rewrite.normal import from_terms
from symconv.rewrite.rule import Eliminate
from symconv.verification.prove import prove

MEDIAN, WORST = 50e-3, 500e-3
SYMBOLS = {"stride": "s", "padding": "p", "dilation": "d", "batch": True, "channels": True}
LAYERS: dict[str, Operation] = {
    "convolution": sc.Conv2d(**SYMBOLS, bias=True),
    "convolution in groups": sc.Conv2d(**SYMBOLS, groups="g", bias=True),
    "transposed convolution": sc.ConvTranspose2d(**SYMBOLS, bias=True),
    "average pooling": sc.AvgPool2d("k", stride="s", padding="p", batch=True, channels=True),
    "max pooling": sc.MaxPool2d("k", stride="s", padding="p", dilation="d", batch=True, channels=True),
}
FORMS: dict[str, tuple[Eliminate, Eliminate]] = {
    "limits = brackets": ("auto", "none"),
    "limits = divisibility": ("auto", "output"),
    "divisibility = brackets": ("output", "none"),
}
WAYS: dict[str, Eliminate] = {"limits": "auto", "divisibility": "output", "brackets": "none"}


def main() -> int:
    failed = proofs()
    print()
    from_latex()
    return int(failed)


def from_latex() -> None:
    times: list[float] = []
    print(f"{'layer':24}{'formula':10}{'form':26}{'verdict':16}{'readings':>9}{'ms':>8}")
    for layer, operation in LAYERS.items():
        written = {("forward", "definition"): sc.latex(operation.definition)}
        for tensor in operation.definition.inputs:
            for name, way in WAYS.items():
                latex = sc.latex(derive(operation, tensor.name, eliminate=way), steps=False)
                if latex not in written.values():
                    written[f"∂L/∂{tensor.name}", name] = latex
        for (formula, form), latex in written.items():
            start = perf_counter()
            verdict = sc.verify(latex, operation)
            time = perf_counter() - start
            if time < 1:
                time = seconds(lambda latex=latex, operation=operation: sc.verify(latex, operation), repeats=5)
            times.append(time)
            said = verdict.status.replace("_", " ") + " (if)" * bool(verdict.assumptions)
            print(f"{layer:24}{formula:10}{form:26}{said:16}{max(1, len(verdict.reading)):9}{time * 1e3:8.0f}")
    print(f"{'':77}median {median(times) * 1e3:.0f} ms, worst {max(times) * 1e3:.0f} ms")


def proofs() -> bool:
    times: list[float] = []
    failed = False
    print(f"{'layer':24}{'formula':10}{'forms':26}{'result':9}{'ms':>8}")

    def row(
        layer: str, formula: str, forms: str, operation: Operation, left: Expr, right: Expr, by: str | None
    ) -> None:
        nonlocal failed
        definition = operation.definition
        if by is None:
            ranges = definition.output.ranges()
        else:
            target = derive(operation, by).target
            ranges = target.tensor.ranges(tuple(map(str, target.indices)))
        proof = prove(left, right, definition, ranges)
        time = seconds(lambda: prove(left, right, definition, ranges))
        times.append(time)
        failed |= proof.status != "proved"
        print(f"{layer:24}{formula:10}{forms:26}{proof.status:9}{time * 1e3:8.1f}")

    for layer, operation in LAYERS.items():
        definition = operation.definition
        solved = from_terms(forward_terms(definition))
        row(layer, "forward", "definition = solved", operation, definition.body, solved, None)
        for tensor in definition.inputs:
            derivation = derive(operation, tensor.name)
            start = next(step.after for step in derivation.steps if step.rule is KRONECKER)
            row(layer, f"∂L/∂{tensor.name}", "chain rule = result", operation, start, derivation.result, tensor.name)
            for name, (first, second) in FORMS.items():
                left, right = (derive(operation, tensor.name, eliminate=way).result for way in (first, second))
                if left != right:
                    row(layer, f"∂L/∂{tensor.name}", name, operation, left, right, tensor.name)
    print(f"{'':69}median {median(times) * 1e3:.1f} ms, worst {max(times) * 1e3:.1f} ms")
    return failed or median(times) > MEDIAN or max(times) > WORST


if __name__ == "__main__":
    sys.exit(main())
