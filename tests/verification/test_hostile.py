"""Hostile formulas and contexts: each gets a verdict with one clear sentence, in time, and no exception.

``tools/fuzz.py`` looks for more of them; its findings belong here.
"""

from __future__ import annotations

import re
from random import Random
from time import process_time, sleep
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv as sc
from symconv.verification.decide import decide
from tools.fuzz import LIMIT, LONGEST_MESSAGE, examine
from tools.hostile import Case, hostile_case

FORWARD = r"O_i = \sum_m K_m I_{i+m}"
NINES = "9" * 400
NAMED = [
    pytest.param(r"\input{/etc/passwd}", r"\\input is not mathematics.* files and programs are never read", id="input"),
    pytest.param(r"O_i = \input{/etc/passwd}", r"\\input is not mathematics", id="input inside"),
    pytest.param(r"\write18{rm -rf /}", r"\\write is not mathematics.* programs are never read", id="write18"),
    pytest.param(r"O_i = \immediate\write18{ls}", r"\\immediate is not mathematics", id="immediate write18"),
    pytest.param(r"\def\x{\x\x}\x", r"\\def is not mathematics", id="definition"),
    pytest.param(r"\csname input\endcsname", r"\\csname is not mathematics", id="csname"),
    pytest.param("{" * 10**6 + "}" * 10**6, "at most 20000 characters, this one has 2000000", id="a million braces"),
    pytest.param("{" * 10**6, "at most 20000 characters, this one has 1000000", id="a million open braces"),
    pytest.param("O_i = " + "{" * 9000 + "x" + "}" * 9000, "more than 60 brackets, braces", id="9000 braces"),
    pytest.param("O_i = " + "(" * 9000 + "x" + ")" * 9000, "more than 60 brackets, braces", id="9000 brackets"),
    pytest.param("O_i = " + r"\sqrt" * 3000 + "x", "", id="3000 roots without braces"),
    pytest.param("O_i = " + "-" * 19_000 + "I_i", "", id="19000 signs"),
    pytest.param("O_i = I" + "_i^j" * 4000, "", id="4000 scripts"),
    pytest.param("O_i = I" + "'" * 19_000, "", id="19000 primes"),
    pytest.param("O_i = " + "+".join(["I_i"] * 4000), "", id="4000 terms"),
    pytest.param("O_i = " + "I_i" * 6000, "", id="6000 factors"),
    pytest.param("O_i" + "=I_i" * 4000, "", id="4000 sides"),
    pytest.param("O_i = I_{" + ",".join("i" * 9000) + "}", "", id="9000 indices"),
    pytest.param(f"O_i = {NINES} I_i", "a number has at most 20 digits, this one has 400", id="400 digits"),
    pytest.param(rf"O_i = \sum_{{m=0}}^{{{NINES}}} K_m I_{{i+m}}", "at most 20 digits", id="400 digits in a limit"),
    pytest.param(f"O_i = K_0 I_{{i+{NINES}}}", "at most 20 digits", id="400 digits in an index"),
    pytest.param(f"O_i = I_i^{{{NINES}}}", "at most 20 digits", id="400 digits in an exponent"),
    pytest.param(rf"O_i = 0.{NINES} I_i", "at most 20 digits", id="400 digits behind the point"),
    pytest.param("O_i = 99999999999 I_i", "at most 9 digits", id="11 digits"),
    pytest.param("O_i = 9^{9^{9^9}} I_i", "9", id="tower of powers"),
    pytest.param(r"O_i = k_1^{999999999} I_i", "", id="a size to a large power"),
    pytest.param(r"O_i = I_i^{999999999}", "", id="an entry to a large power"),
    pytest.param(r"O_i = \sum_{m=0}^{10^{12}} K_m I_{i+m}", "", id="10^12 terms, as a power"),
    pytest.param(r"O_i = \sum_{m=0}^{999999999999} K_m I_{i+m}", "at most 9 digits", id="10^12 terms, in digits"),
    pytest.param(r"O_i = \sum_{a=1}^{1000000}\sum_{b=1}^{1000000} K_0 I_i", "", id="10^12 terms, in two sums"),
    pytest.param("O_i = " + r"\sum_{a=0}^{9}" * 12 + "K_0 I_i", "", id="10^12 terms, in twelve sums"),
    pytest.param(r"O_i = \max_{a \le 1000000} \max_{b \le 1000000} I_{i+a+b}", "", id="10^12 terms, under max"),
    pytest.param("O_i = \u200bI_i", r"U\+200B cannot be seen", id="zero-width space"),
    pytest.param("O_i = \u200dI_i", r"U\+200D cannot be seen", id="zero-width joiner"),
    pytest.param("O_i = \u202eI_i\u202c", r"U\+202E cannot be seen", id="right-to-left override"),
    pytest.param("O_i = \u2066I_i\u2069", r"U\+2066 cannot be seen", id="left-to-right isolate"),
    pytest.param("\ufeffO_i = I_i", r"U\+FEFF cannot be seen", id="byte order mark"),
    pytest.param("O\U000e0041_i = I_i", r"U\+E0041 cannot be seen", id="tag character"),
    pytest.param("O_i = \x00I_i", r"U\+0000 cannot be seen", id="null"),
    pytest.param("O_i = \x1b[31mI_i", r"U\+001B cannot be seen", id="escape sequence"),
    pytest.param("O_i = \ud800", r"U\+D800 cannot be seen", id="half a surrogate pair"),
    pytest.param("\u041e_i = I_i", r"U\+041E", id="Cyrillic O"),
    pytest.param("O_i = I\u0301_i", r"U\+0301", id="combining accent"),
    pytest.param("O\u034f_i = I_i", r"U\+034F", id="grapheme joiner"),
    pytest.param("O_i = \u3164I_i", r"U\+3164", id="Hangul filler"),
    pytest.param("", "there is no formula here", id="nothing"),
]  # fmt: skip


def in_time(*arguments: Any, **context: Any) -> sc.Verdict:
    """The verdict, which must not take two seconds of the processor."""
    start = process_time()
    verdict = sc.verify(*arguments, **context)
    assert process_time() - start < LIMIT
    return verdict


def is_one_sentence(message: str) -> bool:
    """One line that can be shown; a place in the source adds the line of the source and the caret below it."""
    sentence, *place = message.split("\n")
    return (
        0 < len(sentence) <= LONGEST_MESSAGE
        and len(place) in (0, 2)
        and all(char.isprintable() for line in (sentence, *place) for char in line)
    )


@pytest.mark.parametrize("layer", [sc.Conv1d(), None], ids=["Conv1d", "no layer"])
@pytest.mark.parametrize(("latex", "words"), NAMED)
def test_named_input(latex: str, words: str, layer: sc.Operation | None) -> None:
    verdict = in_time(latex, layer)
    # without meaning, too large to evaluate, or simply wrong: never proved
    assert verdict.status in (("not_understood",) if words else ("not_understood", "checked", "refuted"))
    if verdict.status != "refuted":
        assert is_one_sentence(verdict.message), verdict.message[:2000]
    if words:
        assert re.search(words, verdict.message)


@pytest.mark.parametrize("latex", [None, 3, b"x = y", ["x"], object()], ids=repr)
def test_formula_that_is_no_text(latex: Any) -> None:
    verdict = in_time(latex, sc.Conv1d())
    assert verdict.status == "not_understood"
    assert "a formula is a string of LaTeX, got a" in verdict.message


@pytest.mark.parametrize("layer", ["conv1d", 3, sc.Conv1d, [], object()], ids=str)
def test_layer_that_is_none(layer: Any) -> None:
    verdict = in_time(FORWARD, layer)
    assert verdict.status == "not_understood"
    assert is_one_sentence(verdict.message)


def test_a_sum_over_too_much_says_so() -> None:
    verdict = in_time(r"O_i = \sum_{a=1}^{1000000}\sum_{b=1}^{1000000} K_0 I_i", sc.Conv1d())
    assert verdict.status in ("checked", "not_understood")
    assert "terms" in verdict.message
    assert "too many" in verdict.message or "too much" in verdict.message


# Contexts -------------------------------------------------------------------------------------------------------------

WRONG_TYPES: list[Any] = [3, 1.5, ["I"], "I", b"x", {3: "input"}, {"I": ["input"]}, {"I": None}, {None: "input"}]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
@pytest.mark.parametrize("name", ["roles", "sizes", "layout", "infix"])
def test_context_of_a_wrong_type(name: str, value: Any) -> None:
    verdict = in_time(FORWARD, sc.Conv1d(), **{name: value})
    assert verdict.status == "not_understood"
    assert name in verdict.message
    assert is_one_sentence(verdict.message)


@pytest.mark.parametrize(
    "value", [1.5, "1", ["I"], b"x", {"I": "x"}, {"I": None}, {3: 1}, 10**30, float("nan")], ids=repr
)
def test_index_base_of_a_wrong_type(value: Any) -> None:
    verdict = in_time(FORWARD, sc.Conv1d(), index_base=value)
    assert verdict.status == "not_understood"
    assert "index_base" in verdict.message
    assert is_one_sentence(verdict.message)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", "proof"), ("what", 3), ("what", ["forward"]), ("wrt", "nothing"), ("wrt", 3),
        ("roles", {"I": "nothing"}), ("sizes", {"n": "nothing"}), ("sizes", {"n": "2k_1+"}),
        ("sizes", {"n": "9" * 400}), ("sizes", {"n": "(" * 150}), ("sizes", {"n": "9**9**9"}),
        ("layout", {"input": "QQ"}), ("layout", {"nothing": "HW"}), ("infix", {"*": "nothing"}), ("index_base", 7),
    ],
    ids=str,
)  # fmt: skip
def test_context_with_an_unknown_word(name: str, value: Any) -> None:
    verdict = in_time(r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}", sc.Conv1d(), **{name: value})
    assert verdict.status == "not_understood"
    assert {"what": "kind of formula"}.get(name, name) in verdict.message
    assert is_one_sentence(verdict.message)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", "x" * 10**6), ("wrt", "x" * 10**6), ("roles", {"I": "x" * 10**6}), ("roles", {"x" * 10**6: "input"}),
        ("roles", {f"x_{n}": "input" for n in range(10_000)}), ("sizes", {"n": "x" * 10**6}),
        ("sizes", {"x" * 10**6: "W"}), ("layout", {"input": "W" * 10**6}), ("infix", {"*": "x" * 10**6}),
        ("infix", {"x" * 10**6: "correlation"}), ("index_base", {"x" * 10**6: 1}),
        ("roles", {"\u202eI": "\u202einput"}), ("what", "\x1b[31m"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_enormous_and_invisible_context(name: str, value: Any) -> None:
    verdict = in_time(r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}", sc.Conv1d(), **{name: value})
    assert verdict.status in ("not_understood", "proved")  # a long name that does not occur does no harm
    assert verdict.status == "proved" or is_one_sentence(verdict.message)
    assert len(str(verdict)) < 3 * LONGEST_MESSAGE


# Time -----------------------------------------------------------------------------------------------------------------


NEED_Z3 = [
    pytest.param(
        r"y = \frac{1}{H \times W} \sum_{i=1}^{H} \sum_{j=1}^{W} X_{i,j}",
        sc.AvgPool2d(input_size=("H", "W"), kernel_size=("H", "W")),
        {"what": "forward", "roles": {"y": "output", "X": "input"}},
        id="global pooling",
    ),
    pytest.param(
        r"y(r, c) = \sum_{a=-\frac{H-1}{2}}^{\frac{H-1}{2}} \sum_{b=-\frac{W-1}{2}}^{\frac{W-1}{2}} x(a, b)"
        " k(r - a, c - b)",
        sc.Conv2d(input_size=("H", "W"), padding="same", flip=True),
        {"what": "forward", "roles": {"y": "output", "x": "input", "k": "kernel"}},
        id="counted from the middle",
    ),
]


@pytest.mark.parametrize(("latex", "layer", "context"), NEED_Z3)
def test_a_proof_without_time_ends_in_checked(
    latex: str, layer: sc.Operation, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sc.verify(latex, layer, **context).status == "proved"
    monkeypatch.setitem(decide.__kwdefaults__, "timeout_ms", 0)
    verdict = sc.verify(latex, layer, **context)
    assert verdict.status == "checked"
    assert verdict.timed_out
    assert verdict.configurations > 0
    assert "the proof timed out" in str(verdict)
    assert verdict.as_dict()["timed_out"]


@pytest.mark.parametrize(("latex", "layer", "context"), NEED_Z3)
def test_z3_that_runs_out_of_time_ends_in_checked(
    latex: str, layer: sc.Operation, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Z3 takes all the time that it is given and answers unknown."""
    asked = []

    def late(formulas: Any, timeout_ms: int, context: Any) -> bool:
        asked.append(timeout_ms)
        sleep(timeout_ms / 1000)
        return False

    monkeypatch.setattr("symconv.verification.theory.unsatisfiable", late)
    monkeypatch.setitem(decide.__kwdefaults__, "timeout_ms", 200)
    verdict = sc.verify(latex, layer, **context)
    assert asked
    assert max(asked) <= 200
    assert verdict.status == "checked"
    assert verdict.timed_out
    assert verdict.message == "the proof timed out"


EXPLOSIVE = [
    ("nested powers", r"O_i = ((((((I_i^{60})^{60})^{60})^{60})^{60})^{60})^{60}", "Conv1d", {}, {}),
    ("fifty squares", "O_i = " + "(" * 50 + "I_i" + ")^2" * 50, "Conv1d", {}, {}),
    ("squares of numbers", "O_i = " + "2(" * 40 + "1" + ")^2 " * 40, "Conv1d", {}, {}),
    ("forty factors", r"O_i = \sum_m K_m I_{i+m}+(1-1)" + "(K_0+I_i)" * 40, "Conv1d", {}, {}),
    ("sixteen sums",
     "O_i = " + "".join(rf"\sum_{{{c}=0}}^{{1}}" for c in "abcdefghjlnpqrst") + "I_i", "Conv1d", {}, {}),
    ("polynomial as an index", "O_i = I_{" + "(i+k_1+W+1)" * 30 + "}", "Conv1d", {}, {}),
    ("cases in cases",
     "O_i = " + r"\begin{cases} " * 12 + "I_i" + r"& i=0\\ 0 & i>0 \end{cases}" * 12, "Conv1d", {}, {}),
    ("continued fraction", "O_1 = " + r"\frac{1}{" * 28 + "1" + r"+\frac{1}{W}}" * 28, "Conv1d", {"stride": "s"},
     {"what": "output_size"}),
    ("fraction of polynomials",
     r"O_1 = \frac{" + "(k_1+k_2+s+H+W)" * 10 + "}{" + "(k_1+k_2+s+H+1)" * 10 + "}", "Conv2d",
     {"stride": "s"}, {"what": "output_size"}),
    ("hundred sides", "O_i = " * 100 + "I_i", "Conv1d", {}, {}),
    ("fifty products in brackets", "O = " + "(" * 50 + "I" + "*K)" * 50, "Conv2d", {}, {}),
    ("fifty tensor products", "A = " + "(" * 50 + "A" + r"\otimes A)" * 50, "Conv1d", {}, {}),
    ("many sums", "O_i = " + r"\sum_m " * 300 + "I_{i+m}", "Conv1d", {}, {}),
    ("many maxima", "O_i = " + r"\max_m " * 200 + "I_{i+m}", "Conv1d", {}, {}),
    ("many derivatives", "O_i = " + r"\frac{\partial}{\partial I_i} " * 200 + "L", "Conv1d", {}, {}),
    ("long product", "A = " + "AB" * 300, None, {}, {}),
    ("matrix of 3600 entries", r"O = \begin{pmatrix}" + r"\\".join(["&".join(["x_1"] * 60)] * 60) + r"\end{pmatrix}",
     "Conv1d", {}, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(Case(*each[1:]), id=each[0]) for each in EXPLOSIVE])
def test_formula_that_grows_when_it_is_expanded(case: Case) -> None:
    _, found = examine(case, 0)
    assert not [each for each in found if not each.kind.startswith("slow") or each.cpu > LIMIT]


# Anything -------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**40))
def test_mutated_formulas(seed: int) -> None:
    case = hostile_case(Random(seed))
    _, found = examine(case, seed)
    findings = [each for each in found if not each.kind.startswith("slow") or each.cpu > LIMIT]
    assert not findings, "\n".join(f"{each.kind} at {each.where}: {each.case}" for each in findings)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from([sc.Conv1d(), sc.Conv2d(stride="s"), sc.Dense(), None]))
def test_any_text(latex: str, layer: sc.Operation | None) -> None:
    verdict = in_time(latex, layer)
    assert verdict.status != "not_understood" or is_one_sentence(verdict.message)
