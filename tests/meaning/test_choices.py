"""Every consistent way to read a formula is tried, each once, the most likely first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.meaning.choices import MOST, Choices, Option, readings
from symconv.meaning.errors import MeaningError, RankError


def asked(keys: list[str], counts: dict[str, int]) -> Callable[[Choices], tuple[int, ...]]:
    """A reading that asks for the keys in this order, each as often as it stands there."""

    def elaborate(choices: Choices) -> tuple[int, ...]:
        return tuple(choices.pick(key, [Option(n, f"{key} is {n}") for n in range(counts[key])]) for key in keys)

    return elaborate


KEYS = st.lists(st.sampled_from("abcd"), max_size=6)
COUNTS = st.fixed_dictionaries({key: st.integers(1, 3) for key in "abcd"})


@settings(max_examples=100)
@given(keys=KEYS, counts=COUNTS)
def test_every_consistent_combination_comes_once_in_order(keys: list[str], counts: dict[str, int]) -> None:
    """A key that is asked for again has its first answer; the last key varies fastest."""
    different = list(dict.fromkeys(keys))
    combinations = [
        dict(zip(different, values, strict=True)) for values in product(*(range(counts[key]) for key in different))
    ]
    right = [tuple(each[key] for key in keys) for each in combinations]
    found = [attempt.value for attempt in readings(asked(keys, counts))]
    assert found == right[:MOST]


@settings(max_examples=50)
@given(keys=KEYS, counts=COUNTS)
def test_answers_and_sentences_are_those_of_the_run(keys: list[str], counts: dict[str, int]) -> None:
    for attempt in readings(asked(keys, counts)):
        assert attempt.value is not None
        answers = dict(zip(keys, attempt.value, strict=True))
        assert attempt.made == answers
        assert attempt.sentences == tuple(f"{key} is {n}" for key, n in answers.items())
        assert attempt.error is None


def test_a_key_depends_on_an_earlier_answer() -> None:
    """What is asked only under one answer multiplies only that one."""

    def elaborate(choices: Choices) -> str:
        if choices.pick("kind", [Option("plain"), Option("other")]) == "plain":
            return "plain"
        return "other " + choices.pick("mode", [Option("x"), Option("y"), Option("z")])

    assert [attempt.value for attempt in readings(elaborate)] == ["plain", "other x", "other y", "other z"]


def test_at_most_so_many() -> None:
    """With 2^k combinations the tree is cut after MOST of them, and no reading is given out twice."""
    counts = {str(at): 2 for at in range(8)}
    found = [attempt.value for attempt in readings(asked(list(counts), counts))]
    assert len(found) == len(set(found)) == MOST


def test_nothing_to_choose() -> None:
    attempts = list(readings(lambda choices: "one"))
    assert [(attempt.value, attempt.sentences, attempt.error) for attempt in attempts] == [("one", (), None)]


def test_a_choice_of_one_is_no_choice_but_tells_its_sentence() -> None:
    attempts = list(readings(lambda choices: choices.pick("only", [Option(7, "it is 7")])))
    assert [(attempt.value, attempt.sentences) for attempt in attempts] == [(7, ("it is 7",))]


def test_errors_are_kept_and_the_others_go_on() -> None:
    problem = RankError("no such axis")

    def elaborate(choices: Choices) -> int:
        choices.say("begun")
        chosen = choices.pick("a", [Option(1, "first"), Option(2, "second"), Option(3, "third")])
        if chosen == 2:
            raise problem
        return chosen

    attempts = list(readings(elaborate))
    assert [attempt.value for attempt in attempts] == [1, None, 3]
    assert attempts[1].error is problem
    # what was understood so far is told with the error
    assert attempts[1].sentences == ("begun", "second")
    assert attempts[1].made == {"a": 2}


def test_an_error_before_a_choice_does_not_hide_other_readings() -> None:
    def elaborate(choices: Choices) -> str:
        base = choices.pick("base", [Option(0), Option(1)])
        if base == 0:
            raise MeaningError("fails before the second key is asked for")
        return f"{base}{choices.pick('sign', [Option('+'), Option('-')])}"

    assert [attempt.value for attempt in readings(elaborate)] == [None, "1+", "1-"]


def test_another_error_is_no_reading() -> None:
    def elaborate(choices: Choices) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(readings(elaborate))


def test_readings_are_made_one_by_one() -> None:
    """Whoever has found a reading that holds asks for no more."""
    made: list[int] = []

    def elaborate(choices: Choices) -> int:
        made.append(choices.pick("a", [Option(n) for n in range(10)]))
        return made[-1]

    found: Iterator[object] = readings(elaborate)
    assert len(list(islice(found, 3))) == 3
    assert made == [0, 1, 2]


def test_a_sentence_is_told_once_and_an_empty_one_never() -> None:
    choices = Choices()
    for sentence in ("a", "", "b", "a"):
        choices.say(sentence)
    assert choices.sentences == ["a", "b"]


def test_answers_that_are_given_beforehand() -> None:
    """A diagnosis reads an edited formula under the answers of the reading that was refuted."""
    choices = Choices(values={"base": 1})
    assert choices.pick("base", [Option(0, "from 0"), Option(1, "from 1")]) == 1
    assert choices.made == []
    assert choices.pick("other", [Option("x"), Option("y")]) == "x"
    assert choices.made == [("other", 0, 2)]
