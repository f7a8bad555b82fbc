"""Identities between matrices of no layer, against numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Identity:
    """A formula whose left side is ``value`` of the arrays by their letters; ``wrong`` are slips."""

    id: str
    latex: str
    value: Callable[..., np.ndarray]
    context: Mapping[str, Any] = field(default_factory=dict)
    wrong: tuple[tuple[str, str], ...] = ()


def f(array: np.ndarray) -> np.ndarray:
    """vec by columns."""
    return array.reshape(-1, order="F")


def c(array: np.ndarray) -> np.ndarray:
    """vec by rows."""
    return array.reshape(-1)


IDENTITIES = (
    Identity("vec of a product", r"\operatorname{vec}(AXB) = (B^T \otimes A) \operatorname{vec}(X)",
             lambda A, X, B: f(A @ X @ B), wrong=(("B^T", "B"), ("AXB", "BXA"), (r"\otimes A", r"\otimes A^T"))),
    Identity("vec of a product, by rows", r"\operatorname{vec}_r(AXB) = (A \otimes B^T) \operatorname{vec}_r(X)",
             lambda A, X, B: c(A @ X @ B), wrong=((r"A \otimes B^T", r"B^T \otimes A"), ("vec}_r(X)", "vec}_c(X)"))),
    Identity("vec of two", r"\operatorname{vec}_c(AX) = (I \otimes A) \operatorname{vec}_c(X)", lambda A, X: f(A @ X),
             wrong=((r"I \otimes A", r"A \otimes I"),)),
    Identity("vec of two, the other", r"\mathrm{vec}_c(XB) = (B^\top \otimes I) \mathrm{vec}_c(X)",
             lambda X, B: f(X @ B), wrong=((r"B^\top", "B"), (r"B^\top \otimes I", r"I \otimes B^\top"))),
    Identity("the mixed product", r"(A \otimes B)(C \otimes D) = (AC) \otimes (BD)",
             lambda A, B, C, D: np.kron(A, B) @ np.kron(C, D), {"roles": {"C": "input"}}, wrong=(("(AC)", "(CA)"),
             (r"(AC) \otimes (BD)", r"(BD) \otimes (AC)"))),
    Identity("the transpose of ⊗", r"(A \otimes B)^T = A^T \otimes B^T", lambda A, B: np.kron(A, B).T,
             wrong=((r"A^T \otimes B^T", r"B^T \otimes A^T"), ("= A^T", "= A"))),
    Identity("the transpose of a product", r"(AB)^T = B^T A^T", lambda A, B: (A @ B).T, wrong=(("B^T A^T", "A^T B^T"),
             ("B^T A^T", "A B"))),
    Identity("a product is associative", r"A (B X) = (A B) X", lambda A, B, X: A @ B @ X,
             wrong=(("(A B) X", "(B A) X"),)),
    Identity("a diagonal is an entrywise product", r"\operatorname{diag}(\mathbf{a}) \mathbf{b} = \mathbf{a} \odot "
             r"\mathbf{b}", lambda a, b: a * b, wrong=((r"\odot", "+"), (r"\odot \mathbf{b}", r"\odot \mathbf{a}"))),
    Identity("an outer product", r"\mathbf{a} \otimes \mathbf{b} = \mathbf{a} \mathbf{b}^T",
             lambda a, b: np.outer(a, b), wrong=((r"\mathbf{a} \mathbf{b}^T", r"\mathbf{b} \mathbf{a}^T"),)),
    Identity("vec of an outer product", r"\operatorname{vec}_c(\mathbf{a} \mathbf{b}^T) = \mathbf{b} \otimes "
             r"\mathbf{a}", lambda a, b: f(np.outer(a, b)), {"infix": {r"\otimes": "kronecker"}},
             wrong=((r"= \mathbf{b} \otimes \mathbf{a}", r"= \mathbf{a} \otimes \mathbf{b}"),)),
    Identity("a linear form", r"\frac{\partial (\mathbf{a}^T \mathbf{x})}{\partial \mathbf{x}} = \mathbf{a}",
             lambda a: a, wrong=((r"= \mathbf{a}", r"= \mathbf{x}"), (r"= \mathbf{a}", r"= 2 \mathbf{a}"))),
    Identity("a linear map", r"\frac{\partial (A \mathbf{x})}{\partial \mathbf{x}} = A", lambda A: A,
             wrong=(("= A", "= 2 A"), ("= A", r"= A \odot A"))),
    Identity("a quadratic form", r"\frac{\partial}{\partial \mathbf{x}} \mathbf{x}^T A \mathbf{x} = (A + A^T) "
             r"\mathbf{x}", lambda A, x: (A + A.T) @ x, wrong=(("(A + A^T)", "2 A"), ("(A + A^T)", "(A - A^T)"))),
    Identity("a sum by entries", r"(A B)_{ij} = \sum_k A_{ik} B_{kj}", lambda A, B: A @ B,
             wrong=(("B_{kj}", "B_{jk}"), ("A_{ik}", "A_{ki}"))),
    Identity("a matrix by entries", r"\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} a \\ b "
             r"\end{pmatrix} = " r"\begin{pmatrix} a + 2b \\ b \end{pmatrix}", lambda a, b: np.array([a + 2 * b, b]),
             wrong=(("a + 2b", "2a + b"),)),
)  # fmt: skip
"""Of no layer: the sizes of the letters follow from how they are combined."""
