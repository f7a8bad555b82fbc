"""``symconv verify`` with hostile input: one sentence, exit code 2, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from symconv.cli import main

FORWARD = r"O_i = \sum_m K_m I_{i+m}"
REFUSED = [
    pytest.param([r"\input{/etc/passwd}"], r"\input is not mathematics", id="input"),
    pytest.param([r"\write18{rm -rf /}"], r"\write is not mathematics", id="write18"),
    pytest.param(["{" * 10**6 + "}" * 10**6], "a formula has at most 20000 characters", id="a million braces"),
    pytest.param(["O_i = " + "9" * 400], "a number has at most 20 digits", id="400 digits"),
    pytest.param([r"O_i = \sum_{m=0}^{999999999999} K_m I_{i+m}"], "at most 9 digits", id="10^12 terms"),
    pytest.param(["O_i = \u200bI_i"], "the character U+200B cannot be seen", id="zero-width space"),
    pytest.param(["O_i = \u202eI_i"], "the character U+202E cannot be seen", id="right-to-left override"),
    pytest.param(["O_i = \udcff"], "the character U+DCFF cannot be seen", id="a byte that is not UTF-8"),
    pytest.param([""], "there is no formula here", id="nothing"),
    pytest.param([FORWARD, "--role", "I=nothing"], "the roles are input, kernel", id="unknown role"),
    pytest.param([FORWARD, "--role", "I"], "--role takes two names", id="half a role"),
    pytest.param([FORWARD, "--role", "I=" + "x" * 10**5], "--role takes two names", id="enormous role"),
    pytest.param([FORWARD, "--role", "\u202eI=\u202einput"], "role", id="invisible role"),
    pytest.param([FORWARD, "--size", "n=nothing"], "nothing is no size of the layer", id="unknown size"),
    pytest.param([FORWARD, "--size", "n=" + "(" * 50], "sizes", id="size of brackets"),
    pytest.param([FORWARD, "--layout", "input=QQ"], "layout: input has the axes", id="unknown axes"),
    pytest.param([FORWARD, "--layout", "nothing=HW"], "layout", id="unknown tensor of a layout"),
    pytest.param([FORWARD, "--wrt", "nothing"], "nothing", id="unknown tensor"),
    pytest.param([FORWARD, "--what", "proof"], "'proof' is not one of", id="unknown kind"),
    pytest.param([FORWARD, "--index-base", "9" * 400], "--index-base", id="enormous base"),
    pytest.param([FORWARD, "--stride", "9" * 400], "stride", id="enormous stride"),
]


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "conv1d", *arguments])
    captured = capsys.readouterr()
    assert ended.value.code == 2
    text = captured.out + captured.err
    assert "Traceback" not in text
    assert all(char.isprintable() or char == "\n" for char in text)
    assert len(text) < 3000
    return text


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in said(arguments, capsys)


@pytest.mark.parametrize(("arguments", "words"), REFUSED[:9])
def test_refused_in_json(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = json.loads(said([*arguments, "--json"], capsys))
    assert verdict["status"] == "not_understood"
    assert words in verdict["message"]


def test_bytes_that_are_not_utf_8() -> None:
    command = [sys.executable, "-m", "symconv", "verify", "conv1d", b"O_i = \xff\xfe I_i"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"cannot be seen" in done.stdout
