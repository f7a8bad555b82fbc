r"""Hostile cases for ``verify``: mutated formulas, random layers, contexts that may be right or nonsense.

A case is drawn from one ``random.Random``, so that its number and the seed give it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import symconv as sc
from symconv.meaning.words import KINDS, ROLES
from tools.records import context_of, options_of

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT.parent / "shared" / "formulas" / "dev.json"
CORPUS = ROOT / "tests" / "parse" / "data" / "formulas.json"
_PAIR = {
    "kernel_size": (None, 1, 3, "k", "2k+1", ("k_1", "k_2"), (3, 2)), "stride": (1, 2, "s", ("s_1", "s_2"), "k"),
    "padding": (0, 1, "p", ("p_1", "p_2"), "same"), "input_size": (None, 5, ("H", "W"), ("n_H", "n_W"), 224),
}  # fmt: skip
_ONE = {"kernel_size": (None, 1, 3, "k", "2k+1"), "stride": (1, 2, "s", "k"), "padding": (0, 1, "p", "k-1", "full"),
        "input_size": (None, 5, "n", "W")}  # fmt: skip
_CONV: dict[str, tuple[Any, ...]] = {
    "dilation": (1, 2, "d"), "groups": (1, "g", 2), "channels": (False, True), "batch": (False, True),
    "bias": (False, True), "flip": (False, True), "in_channels": (None, "C", 4), "out_channels": (None, "F", 4),
}  # fmt: skip
_POOL: dict[str, tuple[Any, ...]] = {"channels": (False, True), "batch": (False, True), "dilation": (1, "d")}
LAYERS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "Conv1d": {**_ONE, **_CONV}, "Conv2d": {**_PAIR, **_CONV}, "MaxPool1d": {**_ONE, **_POOL},
    "MaxPool2d": {**_PAIR, **_POOL}, "AvgPool2d": {**_PAIR, "channels": (False, True), "batch": (False, True)},
    "Dense": {"batch": (False, True), "bias": (False, True), "input_size": (None, "n", 3),
              "output_size": (None, "m", 2)},
    "ConvTranspose1d": {**_ONE, "output_padding": (0, 1)}, "ConvTranspose2d": {**_PAIR, "channels": (False, True)},
    "Conv3d": {"stride": (1, "s")}, "LPPool2d": {"norm_type": (2, 3)}, "Flatten": {},
}  # fmt: skip
_WEIGHTS = {"Conv2d": 8, "Conv1d": 6, "MaxPool2d": 3, "Dense": 3, "AvgPool2d": 2}
TOKENS = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]|[0-9]+|\s+|.", re.DOTALL)
SNIPPETS = r"""
\frac{a}{b} \frac \sqrt{2} \sqrt[3]{x} \sum_{m} \sum_{m=0}^{k-1} \sum_i\sum_j \max_{m,n} \arg\max_{m} \left( \right) |
\| { } [ ] ( ) _ ^ ' & \\ \text{if } \begin{cases}1&i=j\\0&\text{else}\end{cases} \begin{pmatrix}a&b\\c&d\end{pmatrix}
\operatorname{vec}(X) \delta \delta_{i,j} \partial \nabla_K \frac{\partial\,L}{\partial\,K_{m,n}} I_{i+m,j+n} K_{m,n}
\lfloor \rfloor \lceil \rceil \bmod \mathbb{1}[i=j] \odot \otimes \star * \ast ^\top ^{-1} ^2 ^{l} ^{(l+1)} = \neq \le +
- / \cdot \times , ; \sigma(z) f'(z) \cdots \ldots W H O_1 k_1 s p d \log \exp( e^{x} 0 1 2 \infty \rot_{180}(K) \pi i
""".split()  # noqa: SIM905
UNICODE = (
    "\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\ud800", "\u0301", "О", "ı", "²", "ᵢ", "∑", "∂", "δ", "′",
    "\U0001f4a9", "\u00a0", "\u2028", "−", "×", "𝐱", "\u034f", "\x1b[31m", "\r", "ﬁ", "١", "㎡", "½",
)  # fmt: skip
NUMBERS = ("0", "1", "-1", "00", "0.5", "1e9", "64", "65", "100", "1000", "99999", "999999999", "9999999999",
           "1" + "0" * 12, "9" * 20, "9" * 400)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A formula, the layer's name and arguments (or None), and the context: what ``verify`` is called with."""

    latex: str
    layer: str | None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)

    def operation(self) -> Any:
        """The layer, made anew; None where there is none or where the arguments do not go together."""
        try:
            return None if self.layer is None else getattr(sc, self.layer)(**self.arguments)
        except (sc.SymconvError, AttributeError, TypeError):
            return None

    def verdict(self) -> sc.Verdict:
        """What ``verify`` says of it."""
        return sc.verify(self.latex, self.operation(), **self.context)

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        layer = "None" if self.operation() is None else f"sc.{self.layer}({given})"
        context = "".join(f", {name}={_short(value)}" for name, value in self.context.items())
        return f"sc.verify({_short(self.latex)}, {layer}{context})"


def _short(value: object, most: int = 1200) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


@cache
def formulas() -> tuple[Case, ...]:
    """Published formulas, each with its layer and context where they are known."""
    if not PUBLISHED.exists():
        return tuple(Case(latex, None) for latex in json.loads(CORPUS.read_text(encoding="utf-8")))
    (entries,) = json.loads(PUBLISHED.read_text(encoding="utf-8")).values()
    return tuple(_published(entry) for entry in entries)


def _published(entry: Mapping[str, Any]) -> Case:
    op = entry.get("op") or {}
    return Case(entry["latex"], op.get("name"), options_of(op), context_of(entry))


def hostile_case(random: Random) -> Case:
    """A mutated formula with its own layer, or a random one; with its own context, or a random one."""
    case = random.choice(formulas())
    latex = mutated(random, case.latex)
    name, arguments = (case.layer, case.arguments) if random.random() < 0.7 else random_layer(random)
    chance = random.random()
    context = case.context if chance < 0.6 else random_context(random) if chance < 0.85 else {}
    return Case(latex, name, arguments, context)


def random_layer(random: Random) -> tuple[str | None, dict[str, Any]]:
    """The name of a layer and arguments that go together, or None."""
    for _ in range(20):
        if random.random() < 0.1:
            return None, {}
        name = random.choices(list(LAYERS), [_WEIGHTS.get(each, 1) for each in LAYERS])[0]
        known = LAYERS[name]
        arguments = {
            each: random.choice(known[each])
            for each in random.sample(sorted(known), random.randint(0, min(4, len(known))))
        }
        try:
            getattr(sc, name)(**arguments).definition  # noqa: B018
        except sc.SymconvError:
            continue
        return name, arguments
    return None, {}


# Contexts -------------------------------------------------------------------------------------------------------------

_SYMBOLS = (
    "I",
    "K",
    "O",
    "x",
    "y",
    "W",
    "b",
    "L",
    "L_0",
    "z",
    "a",
    r"\delta",
    "X",
    "Y",
    "k",
    "",
    "é",
    "I_{i}",
    r"\frac",
)
_SIZES = ("W", "k_1", "O_1", "2k_1+1", "H-", "0", "s")
_AXES = ("HWC", "CHW", "HW", "NCHW", "W", "FC", "XY", "")
_PRODUCTS = ("full convolution", "correlation", "convolution", "product", "floor", "nothing")
NONSENSE: tuple[Any, ...] = (
    3, -1, 1.5, True, b"x", object, (), [], ["I"], "", "I", "x" * 100_000, {"I": 3}, {3: "input"}, {"I": None},
    {"I": "nothing"}, {"": ""}, {"x" * 50_000: "y" * 50_000}, {"I": ["input"]}, {None: None}, {"\u202e": "\u202e"},
    {"input": "ZZ"}, {"input": "HWHW"}, {"\\input": "input"}, {"{": "}"}, {"K": "9" * 400}, {"K": "9**9**9"},
    {"n": "n"}, {"n": "((" * 50}, 10**30, float("nan"),
)  # fmt: skip


def random_context(random: Random) -> dict[str, Any]:
    """Some arguments of ``verify`` beside the formula and the layer; one in twenty is nonsense."""
    makers: dict[str, Callable[[Random], Any]] = {
        "what": lambda r: r.choice((*KINDS, "proof")),
        "wrt": lambda r: r.choice(("input", "kernel", "weight", "bias", "I", "K", "Q")),
        "roles": lambda r: {r.choice(_SYMBOLS): r.choice((*ROLES, "Input")) for _ in range(r.randint(0, 4))},
        "sizes": lambda r: {r.choice(("n", "f", "k", "c", "M")): r.choice(_SIZES)},
        "layout": lambda r: {r.choice(("input", "kernel", "output", "bias", "q")): r.choice(_AXES)},
        "index_base": lambda r: r.choice((0, 1, 2, -1, {"I": 1}, {"K": 0, "I": 1}, {"Q": 1})),
        "infix": lambda r: {r.choice(("*", r"\star", r"\circledast", "[]", "conv", "+")): r.choice(_PRODUCTS)},
    }  # fmt: skip
    chosen = random.sample(sorted(makers), random.randint(1, 3))
    return {name: random.choice(NONSENSE) if random.random() < 1 / 20 else makers[name](random) for name in chosen}


# Formulas -------------------------------------------------------------------------------------------------------------


def mutated(random: Random, latex: str) -> str:
    """The formula after some edits, gentle or not; now and then a text of random tokens."""
    if random.random() < 0.04:
        return "".join(random.choice((*SNIPPETS, *UNICODE, " ")) for _ in range(random.randint(0, 30)))
    if random.random() < 0.02:
        return "".join(chr(random.choice((random.randrange(32, 127), random.randrange(0x3000)))) for _ in range(40))
    if random.random() < 0.6:
        for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
            latex = random.choice(GENTLE)(random, latex)
        return latex
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        latex = random.choices(EDITS, [5, 5, 5, 6, 6, 6, 2, 2, 3, 3, 3, 2, 2, 1])[0](random, latex)
    return latex[:60_000]


def _characters(random: Random, latex: str) -> str:
    at, last = random.randint(0, len(latex)), random.choice((0, 1, 1, 3))
    return (
        latex[:at]
        + random.choice(("", latex[at : at + 1] * 2, random.choice("{}[]()_^&,+-=0123kis\\")))
        + latex[at + last :]
    )


def _deletion(random: Random, latex: str) -> str:
    tokens = TOKENS.findall(latex) or [""]
    at = random.randrange(len(tokens))
    return "".join(tokens[:at] + tokens[at + random.randint(1, 4) :])


def _doubling(random: Random, latex: str) -> str:
    tokens = TOKENS.findall(latex) or [""]
    at, end = random.randrange(len(tokens)), random.randint(1, 12)
    return "".join(tokens[:at] + tokens[at : at + end] * random.choice((2, 2, 3, 6)) + tokens[at + end :])


def _swap(random: Random, latex: str) -> str:
    tokens = TOKENS.findall(latex) or [""]
    one, two = random.randrange(len(tokens)), random.randrange(len(tokens))
    tokens[one], tokens[two] = tokens[two], tokens[one]
    return "".join(tokens)


def _replacement(random: Random, latex: str) -> str:
    """One token by one of the formula's own tokens or of the snippets."""
    tokens = TOKENS.findall(latex) or [""]
    tokens[random.randrange(len(tokens))] = random.choice((random.choice(tokens), random.choice(SNIPPETS)))
    return "".join(tokens)


def _insertion(random: Random, latex: str) -> str:
    tokens = TOKENS.findall(latex) or [""]
    tokens.insert(random.randrange(len(tokens) + 1), " " + random.choice(SNIPPETS) + " ")
    return "".join(tokens)


def _splice(random: Random, latex: str) -> str:
    other = random.choice(formulas()).latex
    return latex[: random.randint(0, len(latex))] + other[random.randint(0, len(other)) :]


def _right_side(random: Random, latex: str) -> str:
    """The right side in another connection: added, multiplied, divided, raised, chained, or that of another formula."""
    left, _, right = latex.partition("=")
    other = random.choice(formulas()).latex.partition("=")[2]
    form = random.choice(
        (
            "{0}+{1}",
            "{0}{1}",
            r"\frac{{{0}}}{{{1}}}",
            "{0}={1}",
            "({0})^2",
            "-({0})",
            "{1}",
            "({0})({0})",
            r"\left({0}\right)\odot\left({1}\right)",
        )
    )
    return f"{left}={form.format(right, other)}"


def _nesting(random: Random, latex: str) -> str:
    before, after = random.choice(
        ((r"\frac{1}{", "}"), ("{", "}"), ("(", ")"), (r"\sqrt{", "}"), ("x_{", "}"), ("2^{", "}"),
         (r"\left(", r"\right)"), ("-", ""), ("I_{", "}"), (r"\max(0,", ")"), (r"\operatorname{vec}(", ")"),
         (r"\lfloor ", r"/2\rfloor "), ("1+(", ")"),
         ("(", ")^2"), ("2(", ")^{9}"), (r"\sum_m ", ""), ("(1+i)", ""),
         (r"\begin{cases} ", r"& i=0\\ 0 & i>0 \end{cases}"))
    )  # fmt: skip
    depth = random.choice((1, 2, 5, 15, 40, 58, 70, 1000))
    at, end = sorted((random.randint(0, len(latex)), random.randint(0, len(latex))))
    return latex[:at] + before * depth + latex[at:end] + after * depth + latex[end:]


def _numbers(random: Random, latex: str) -> str:
    places = [match.span() for match in re.finditer(r"\d+|(?<![A-Za-z\\])[a-z](?![A-Za-z])", latex)]
    at, end = random.choice(places) if places else (0, 0)
    number = random.choice(NUMBERS)
    return (
        latex[:at]
        + random.choice((number, "{" + number + "}", latex[at:end] + "+" + number, number + latex[at:end]))
        + latex[end:]
    )


def _exponents(random: Random, latex: str) -> str:
    power = random.choice(
        ("2", "3", "17", "64", "100", "999999999", "k_1", "s", "-1", "-2", "0", "i", "1/2", "9^9", "n^n")
    )
    at = random.choice([match.end() for match in re.finditer(r"[A-Za-z0-9)}]", latex)] or [0])
    return f"{latex[:at]}^{{{power}}}{latex[at:]}"


def _sums(random: Random, latex: str) -> str:
    """Sums over much, or many of them, before the right side."""
    name, most = (
        random.choice("abcmnijtr"),
        random.choice(("", "^{9}", "^{k_1-1}", "^{1000000}", "^{999999999}", "^{O_1}", "^{m}", r"^{\infty}")),
    )
    low = random.choice(("", "=0", "=1", "=-5", "=m", r" \le i", r"\mid 2", "=-999999999"))
    left, sign, right = latex.partition("=")
    return left + sign + rf"\sum_{{{name}{low}}}{most}" * random.choice((1, 1, 2, 3, 8, 40)) + " " + right


def _unicode(random: Random, latex: str) -> str:
    at = random.randint(0, len(latex))
    return latex[:at] + random.choice(UNICODE) + latex[at:]


def _lines(random: Random, latex: str) -> str:
    """Many lines, terms, factors or indices."""
    count = random.choice((2, 5, 30, 200))
    form = random.choice((r"\begin{{aligned}}{0}\end{{aligned}}", "{0}"))
    left, _, right = latex.partition("=")
    joined = random.choice(
        ("=".join((left, *[right] * count)), f"{left}=" + "+".join([right] * count), left + "=" + right * count,
         r"\\".join([latex] * count), left + "=" + right + "I_{" + ",".join("i" * count) + "}")
    )  # fmt: skip
    return form.format(joined)


def _alike(random: Random, latex: str) -> str:
    """A letter, number, sign or bracket in place of another of the formula's own: mostly still a formula."""
    for kind in random.sample(
        (r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", r"\d+", r"[-+=]|\\cdot|\\times", r"\\[A-Za-z]+"), 4
    ):
        found = list(re.finditer(kind, latex))
        if found:
            place, other = random.choice(found), random.choice(found).group()
            if kind == r"\d+":
                other = str(random.randint(0, 12))
            elif kind.startswith("[-+=]"):
                other = random.choice("+-")
            return latex[: place.start()] + other + latex[place.end() :]
    return latex


def _shifted(random: Random, latex: str) -> str:
    """A number, size or factor added to an index, a limit or a term."""
    places = [match.end() for match in re.finditer(r"[}_^{,]\s*[a-z](?=[,}+\s-])|\d(?!\d)", latex)]
    if not places:
        return latex
    at = random.choice(places)
    return (
        latex[:at]
        + random.choice(("+1", "-1", "+2", "-k_1", "+p", "+s", " s", "/2", "-10", "+W", " i", "+j"))
        + latex[at:]
    )


def _term(random: Random, latex: str) -> str:
    """One more term or factor at the end."""
    more = (
        r"\sum_m K_m", "1", "0", "k_1", r"\frac{1}{2}", "b", r"\max(0, 1)", r"\frac{\partial L}{\partial O_i}", "x^2",
        r"\delta_{i,j}", r"\sum_{t=1}^{3} t", r"\operatorname{rot}_{180}(K)", "K^T", "[i = 0]", "(1 - 1)", r"\sqrt{2}",
        "2^{64}",
    )  # fmt: skip
    return (
        latex
        + random.choice((" + ", " - ", " ", r" \cdot ", " = ", r" \odot ", r" \otimes ", " * "))
        + random.choice(more)
    )


def _exchanged(random: Random, latex: str) -> str:
    """The right side of another formula, or both sides exchanged."""
    left, sign, right = latex.partition("=")
    return random.choice((right + sign + left, left + sign + random.choice(formulas()).latex.partition("=")[2]))


GENTLE = (_alike, _alike, _alike, _shifted, _shifted, _term, _exchanged, _sums, _exponents)
EDITS: tuple[Callable[[Random, str], str], ...] = (
    _characters, _deletion, _doubling, _swap, _replacement, _insertion, _splice, _right_side, _nesting, _numbers,
    _exponents, _sums, _unicode, _lines,
)  # fmt: skip
