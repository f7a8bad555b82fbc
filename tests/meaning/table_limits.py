"""What is refused before a formula is read: contexts of a wrong type, formulas that are too large."""

from __future__ import annotations

from typing import Any

KINDS = (
    "forward, gradient, recursion, output_size, parameters, receptive_field, matrix, identity, derivative, arithmetic"
)
ROLES = "input, kernel, weight, bias, output, upstream, loss, pre_activation, activation, target, indicator"
CONTEXTS: list[tuple[dict[str, Any], str]] = [
    ({"what": "proof"}, f"there is no kind of formula 'proof'; the kinds are {KINDS}"),
    ({"what": 3}, "what: the kind of formula is a text, got 3"),
    ({"wrt": "q"}, "wrt: 'q' is no tensor of the layer; the tensors are input, kernel, I, K"),
    ({"layout": {"foo": "HW"}}, f"layout: there is no role 'foo'; the roles are {ROLES}"),
    ({"layout": {"input": "HQ"}}, "layout: input has the axes W, got 'HQ'"),
    ({"layout": ["HW"]}, "layout maps roles to orders of axes, got ['HW']"),
    ({"infix": {"*": 3}}, "infix: what '*' is is a text, got 3"),
    ({"index_base": {"I": {"Q": 1}}}, "index_base: 'Q' is no axis; the axes are N, C, F, D, H, W"),
    ({"roles": ["I"]}, "roles maps symbols to roles, got ['I']"),
    ({"sizes": {f"n_{n}": "W" for n in range(201)}}, "sizes has at most 200 entries, this one has 201"),
    ({"sizes": {"n" * 201: "W"}}, "sizes has at most 200 characters, got 201"),
    ({"roles": {"\u202eI": "input"}}, "roles holds a character that cannot be seen: '\\u202eI'"),
    ({"index_base": 7}, "index_base is 0 or 1, where positions are counted from, or one of them by symbol; got 7"),
    ({"index_base": {f"x_{n}": 1 for n in range(201)}}, "index_base speaks of at most 200 symbols, this one of 201"),
]
EXTENTS = [
    ("O_i = " + "+".join(["I_i"] * 400), "a formula has at most 1000 symbols, signs and brackets, this one has 1605"),
    ("O_i" + "=I_i" * 50, "a formula has at most 40 sides, this one has 51"),
    ("O_i = I" + "'" * 12, "a symbol has at most 9 primes"),
    ("O_i = " + r"\frac{1}{" * 9 + "2" + "}" * 9, "more than 8 fractions stand in each other"),
    ("O_i = (I_i + K_0)^{20}", "multiplied out, a part of the formula has more than 1000 terms"),
    ("O_i = ((I_i)^{20})^{20}", "a term of the formula has more than 100 factors"),
    ("O_i = " + r"\sum_m " * 13 + "I_i", "a term of the formula has more than 12 sums, maxima and convolutions"),
    (
        "O_i = " + r"\begin{cases} " * 4 + "I_i" + r" & i = 0 \\ 0 & i > 0 \end{cases}" * 4,
        "more than 3 cases stand in each other",
    ),
]
LAYERS = [("conv1d", "the layer is an operation such as Conv1d(), a Definition or None, got 'conv1d'")]
SIDES = [("O_i = I_i =", "a side of an equation is empty")]
LIMITS = tuple(sentence for table in (CONTEXTS, EXTENTS, LAYERS, SIDES) for _, sentence in table)
