"""Every mistake gets one sentence that names the option and what is allowed, exit code 2, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from symconv.cli import main

CASES = [
    pytest.param(
        ["size", "conv2d", "--input", "5", "--kernel", "7"],
        "kernel_size of Conv2d: the kernel spans 7 entries on spatial axis 1, more than the 5 of the padded input",
        id="kernel larger than the padded input",
    ),
    pytest.param(["derive", "conv2d", "--stride", "0"], "stride of Conv2d must be at least 1, got 0", id="stride 0"),
    pytest.param(
        ["derive", "conv2d", "--stride", "-2"], "stride of Conv2d must be at least 1, got -2", id="negative stride"
    ),
    pytest.param(
        ["derive", "maxpool2d", "--kernel", "3", "--padding", "2"],
        "padding of MaxPool2d must be at most half of the kernel size: twice the padding is 4, the kernel spans 3",
        id="pooling padding above half of the kernel",
    ),
    pytest.param(
        ["derive", "conv2d", "--groups", "2", "--in-channels", "3"],
        "groups of Conv2d must divide in_channels: 2 does not divide 3",
        id="groups that do not divide",
    ),
    pytest.param(
        ["derive", "conv1d", "--padding", "5", "--padding-mode", "reflect", "--input-size", "5"],
        "padding of Conv1d must be smaller than the input size under reflect padding: "
        "the padding is 5, at most 4 is allowed",
        id="reflect padding not smaller than the input",
    ),
    pytest.param(
        ["derive", "conv2d", "--padding-mode", "mirror"],
        "padding_mode of Conv2d must be one of zeros, reflect, replicate, circular, got 'mirror'",
        id="unknown padding mode",
    ),
    pytest.param(
        ["derive", "conv2d", "--wrt", "Q"],
        "Conv2d has no tensor 'Q'; its tensors are I (input), K (kernel)",
        id="unknown tensor",
    ),
    pytest.param(
        ["derive", "conw2d"], "there is no operation 'conw2d'; did you mean 'conv2d'?", id="unknown operation"
    ),
    pytest.param(
        ["derive", "conv2d", "--notation", "wuu"],
        "no notation 'wuu': did you mean 'wu'? There are default, deepteaching, simple-cnn, oxford, oxford-layers, "
        "gatech, wu, pytorch",
        id="unknown notation",
    ),
    pytest.param(
        ["derive", "conv2d", "--stride", "s+"],
        "stride of Conv2d: 's+' is not a size expression: expected a number, a name or '(' at column 3; "
        "write for example 3, s, k_1 or 2k+1",
        id="half an expression",
    ),
    pytest.param(
        ["derive", "conv2d", "--stride", "__import__('os')"],
        "stride of Conv2d: \"__import__('os')\" is not a size expression: expected a number, a name or '(' "
        "at column 1; write for example 3, s, k_1 or 2k+1",
        id="never evaluated",
    ),
    pytest.param(
        ["derive", "conv2d", "--kernel", "2,3,4"], "kernel_size of Conv2d takes one value or 2, got 3", id="axes"
    ),
    pytest.param(
        ["derive", "conv2d", "--padding", "same", "--stride", "2"],
        "padding of Conv2d 'same' needs stride 1, got stride 2, 2",
        id="same padding with a stride",
    ),
    pytest.param(
        ["derive", "conv2d", "--size", "H"],
        "--size takes name=integer, for example --size H=5, got 'H'",
        id="a size without a value",
    ),
    pytest.param(
        ["size", "conv2d", "--input", "8x8x3", "--kernel", "3x3x4"],
        "--kernel: the kernel has 4 channels, the input has 3",
        id="channels that differ",
    ),
]


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(arguments)
    captured = capsys.readouterr()
    assert isinstance(done.value.code, int)
    return done.value.code, captured.out, captured.err


@pytest.mark.parametrize(("arguments", "sentence"), CASES)
def test_one_clear_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(arguments, capsys)
    assert (code, out, err) == (2, "", f"symconv: {sentence}\n")


def test_an_existing_file_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "mine.tex"
    target.write_text("mine")
    code, _, err = run(["derive", "conv1d", "--output", str(target)], capsys)
    assert code == 2
    assert err == f"symconv: --output: {target} exists; give another name, or --force to overwrite it\n"
    assert target.read_text() == "mine"
    code, _, _ = run(["derive", "conv1d", "--output", str(target), "--force"], capsys)
    assert code == 0
    assert r"\begin{align*}" in target.read_text()


def test_an_unwritable_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "no" / "such" / "folder.tex"
    code, _, err = run(["derive", "conv1d", "--output", str(target)], capsys)
    assert (code, err) == (2, f"symconv: --output: cannot write {target}: No such file or directory\n")


def test_unknown_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["derivee"], capsys)
    assert code == 2
    assert "No such command 'derivee'" in err
    code, _, err = run(["derive", "dense", "--stride", "2"], capsys)
    assert code == 2
    assert "No such option" in err
    assert "--stride" in err
