"""Which formulas may speak of a layer: those with a relation, and among them those that look like gradients, say."""

from __future__ import annotations

import re

_BRACES = re.compile(r"\{[^{}]*\}")
_RELATION = re.compile(r"=|\\(?:equiv|triangleq|coloneqq|coloneq)(?![A-Za-z])")
_SET_ON = re.compile(r"\{\s*=\s*\}")
r"""The sign in ``\overset{!}{=}``."""
_INEQUALITY = re.compile(r"[<>!]=|\\(?:not|neq?)\s*=?")
_DERIVATIVE = re.compile(
    r"\\[dt]?frac\s*\{[^{}]*(?:\\partial|\\mathrm\s*\{d\}|\bd\s*\\?[A-Za-z])|\\partial.*?/.*?\\partial|\\nabla",
    re.DOTALL,
)
_LIMITS = re.compile(r"\\sum\s*(?:\\(?:no)?limits)?\s*(?:[_^]\s*(?:\\?[A-Za-z0-9]+|\{(?:[^{}]|\{[^{}]*\})*\})\s*)*")
_FLOOR = re.compile(r"\\[lr]floor|\\[lr]ceil|⌊|⌈")
_DIVISION = re.compile(r"/|\\[dt]?frac|\\div|\\over(?![a-z])")
_CONVOLVES = re.compile(
    r"\\(?:star|ast|circledast|oast)(?![A-Za-z])|(?<![\^_{\s*])\s*\*\s*(?![}*])"
    r"|\\(?:operatorname\*?|mathrm|text)\s*\{\s*(?:x?corr|conv|full|im2|col2)[^{}]*\}"
)
_LETTER = (
    r"(?:[A-Za-z]+|\\(?:alpha|beta|gamma|delta|varepsilon|epsilon|eta|theta|kappa|lambda|mu|nu|rho|sigma|tau|phi|omega)"
    r"(?![A-Za-z]))"
)
_NAME = rf"(?:{_LETTER}'*(?:\s*[_^]\s*(?:\{{[^{{}}=+]*\}}|{_LETTER}|[0-9]+))*|[0-9.]+)"
_SPACE = r"(?:[\s,()]|\\[,;:! ]|\\q?quad(?![A-Za-z])|\\(?:times|ldots|dots)(?![A-Za-z]))*"
_SETTING = re.compile(rf"{_SPACE}{_NAME}{_SPACE}(?:(?:=|:=|,|\\times|\(){_SPACE}{_NAME}{_SPACE})*[.;]?\s*")


def is_setting(formula: str) -> bool:
    r"""Whether the formula only gives names to values or to each other, as in ``s = 2`` or ``k_1 = k_2 = 3``.

    >>> is_setting(r"s = 2,\ p = 0"), is_setting("(k_1, k_2) = (3, 5)"), is_setting("O_1 = W - k_1 + 1")
    (True, True, False)
    """
    return _SETTING.fullmatch(formula) is not None


def has_relation(formula: str) -> bool:
    r"""Whether an equality sign stands in the formula itself, not only in the limits of a sum.

    >>> has_relation(r"\sum_{i=0}^{n} x_i"), has_relation(r"y = \sum_{i=0}^{n} x_i"), has_relation(r"i \le n")
    (False, True, False)
    """
    plain = _SET_ON.sub("=", _INEQUALITY.sub(" ", formula))
    shorter = _BRACES.sub("", plain)
    while shorter != plain:
        plain, shorter = shorter, _BRACES.sub("", shorter)
    return _RELATION.search(plain) is not None


def looks_like_a_layer(formula: str) -> bool:
    r"""Whether the formula has a derivative, a sum of an indexed product, a rounded quotient or a convolution.

    >>> looks_like_a_layer(r"y_i = \sum_m w_m x_{i+m}"), looks_like_a_layer(r"\eta = 0.1")
    (True, False)
    """
    if not has_relation(formula):
        return False
    if _DERIVATIVE.search(formula) or _CONVOLVES.search(formula):
        return True
    if _FLOOR.search(formula) and _DIVISION.search(formula):
        return True
    sums = _LIMITS.split(formula)
    return len(sums) > 1 and sum(part.count("_") + part.count("[") for part in sums[1:]) >= 2
