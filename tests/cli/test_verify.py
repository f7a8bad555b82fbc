"""``symconv verify``: options that only tell ``verify`` what it takes from Python, and the exit codes."""

from __future__ import annotations

import pytest

from symconv.cli import main

ROTATED = r"\frac{\partial L}{\partial I} = \delta * \operatorname{rot180}(K)"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["verify", *arguments])
    return int(done.value.code or 0)


@pytest.mark.parametrize(("meaning", "code"), [("full correlation", 0), ("full convolution", 1)])
def test_what_a_sign_means(meaning: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("conv2d", "--infix", f"*={meaning}", ROTATED) == code
    assert capsys.readouterr().out.startswith("refuted" if code else "proved")


def test_a_sign_without_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("conv2d", "--infix", "*", ROTATED) == 2
    said = "symconv: --infix takes two names, for example --infix '*=full convolution', got '*'\n"
    assert capsys.readouterr().err == said


def test_what_is_not_understood_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("conv2d", r"\frac{") == 2
    assert capsys.readouterr().out.startswith("not understood: line 1, column")
