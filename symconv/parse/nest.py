r"""Pairs the delimiters of a formula: which bracket closes which, and where ``&`` and ``\\`` end a cell or a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from symconv.parse.errors import ReadError
from symconv.parse.scan import Piece
from symconv.parse.tables import PARTNER

MAX_DEPTH: Final = 60
_OPERAND_ENDS = frozenset(["LETTER", "DIGIT", "TEXT", "RBRACE", "CLOSE", "END", "PRIME", "BIG"])
_QUADS = frozenset(["\\quad", "\\qquad"])
_LATEX = {
    "{": "\\{", "}": "\\}", "lfloor": "\\lfloor", "rfloor": "\\rfloor", "lceil": "\\lceil", "rceil": "\\rceil",
    "langle": "\\langle", "rangle": "\\rangle", "llbracket": "\\llbracket", "rrbracket": "\\rrbracket",
    "Vert": "\\|", "": ".",
}  # fmt: skip

Frame = Literal["brace", "substack", "fence", "left", "option", "environment"]


@dataclass(frozen=True, slots=True)
class _Open:
    frame: Frame
    piece: Piece


def nest(text: str, pieces: list[Piece]) -> list[Piece]:
    r"""The pieces with every opening one paired; a line break inside a bracket is no end of a line.

    ``\left`` and ``\right`` become plain ``OPEN`` and ``CLOSE``; the optional argument of ``\sqrt`` gets its own types;
    a prime with nothing before it becomes the letter ``\prime``.
    """
    return _Nest(text, pieces).run()


class _Nest:
    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        self.stack: list[_Open] = []
        self.out: list[Piece] = []
        self.broken = False
        """The last piece was a line break inside a bracket: the indentation after it is dropped, too."""

    def run(self) -> list[Piece]:
        at = 0
        while at < len(self.pieces):
            piece = self.pieces[at]
            at += 1
            if self.broken and piece.type == "SIGN" and piece.value in _QUADS:
                continue
            match piece.type:
                case "LBRACE":
                    after = self.out[-1].type if self.out else ""
                    self.push("substack" if after == "SUBSTACK" else "brace", piece)
                case "OPEN" | "LEFT":
                    if piece.value == "[" and piece.type == "OPEN" and self.out and self.out[-1].type == "SQRT":
                        self.push("option", replace(piece, type="LOPT"))
                    else:
                        self.push("left" if piece.type == "LEFT" else "fence", replace(piece, type="OPEN"))
                case "RBRACE" | "CLOSE" | "END":
                    self.close(piece)
                case "RIGHT":
                    resumed = self.resumed(at) if piece.value == "" else 0
                    if resumed:
                        at = resumed
                    else:
                        self.close(piece)
                case "BEGIN_MATRIX" | "BEGIN_CASES" | "BEGIN_LINES":
                    self.push("environment", piece)
                case "AMP" | "NEWLINE":
                    self.end_of_cell(piece)
                    continue
                case "PRIME":
                    self.prime(piece)
                case _:
                    self.out.append(piece)
            self.broken = False
        if self.stack:
            opened = self.stack[-1]
            raise self.error(opened.piece, f"{_shown(opened)} is never closed")
        self.check_scripts()
        return self.out

    def error(self, piece: Piece, message: str) -> ReadError:
        return ReadError(self.text, piece.start, message)

    def push(self, frame: Frame, piece: Piece) -> None:
        self.stack.append(_Open(frame, piece))
        if len(self.stack) > MAX_DEPTH:
            raise self.error(piece, f"more than {MAX_DEPTH} brackets, braces and environments are open here")
        self.out.append(piece)

    def close(self, piece: Piece) -> None:
        shown = _latex(piece)
        if not self.stack:
            raise self.error(piece, f"{shown} closes nothing")
        opened = self.stack[-1]
        if not _fits(opened, piece):
            if piece.type == "CLOSE" and opened.frame in ("brace", "substack", "environment"):
                raise self.error(piece, f"{shown} closes nothing: no bracket is open since {_shown(opened)}")
            raise self.error(piece, f"{shown} cannot close {_shown(opened)}, which is still open")
        self.stack.pop()
        kind = "ROPT" if opened.frame == "option" else "CLOSE" if piece.type == "RIGHT" else piece.type
        self.out.append(replace(piece, type=kind))

    def resumed(self, at: int) -> int:
        r"""The index behind ``\right. \\ & \left.``, which is one bracket that goes on in the next line; else 0."""
        lines = 0
        while at < len(self.pieces):
            piece = self.pieces[at]
            at += 1
            if piece.type == "LEFT" and piece.value == "" and lines:
                return at
            if piece.type == "NEWLINE":
                lines += 1
            elif piece.type != "AMP" and piece.value not in _QUADS:
                return 0
        return 0

    def end_of_cell(self, piece: Piece) -> None:
        """A cell or line ends here; inside a bracket of a display the line only breaks."""
        top = self.stack[-1] if self.stack else None
        if top is None or top.frame == "environment" or (top.frame == "substack" and piece.type == "NEWLINE"):
            self.out.append(piece)
            self.broken = False
            return
        holder = next((opened for opened in reversed(self.stack) if opened.frame not in ("fence", "left")), None)
        if holder is not None and holder.piece.type != "BEGIN_LINES":
            raise self.error(piece, f"{_latex(piece)} cannot stand here, {_shown(top)} is still open")
        self.broken = True

    def prime(self, piece: Piece) -> None:
        before = self.out[-1] if self.out else None
        orphan = before is not None and before.type == "LETTER" and before.value == "\\prime"
        if before is not None and before.type in _OPERAND_ENDS and not orphan:
            self.out.append(piece)
        elif orphan or (before is not None and before.type in ("LBRACE", "SUP")):
            self.out.append(replace(piece, type="LETTER", value="\\prime"))
        elif before is not None and before.type == "SIGN":
            self.out.append(piece)
        else:
            raise self.error(piece, "a prime stands after a name, and there is none before it")

    def check_scripts(self) -> None:
        """``x_12`` has only 1 in the subscript, and nobody who writes it means that."""
        for script, first, second in zip(self.out, self.out[1:], self.out[2:], strict=False):
            if script.type in ("SUB", "SUP") and first.type == second.type == "DIGIT" and first.end == second.start:
                raise self.error(
                    script,
                    f"LaTeX takes only {first.value} as the script; if that is meant, leave a space after it, and "
                    f"else write {script.value}{{{first.value}{second.value}…}}",
                )


def _fits(opened: _Open, piece: Piece) -> bool:
    match opened.frame:
        case "brace" | "substack":
            return piece.type == "RBRACE"
        case "environment":
            return piece.type == "END" and piece.value == opened.piece.value
        case "left":
            return piece.type == "RIGHT"
        case "option":
            return piece.type == "CLOSE" and piece.value == "]"
        case "fence":
            if piece.type != "CLOSE":
                return False
            # A half-open interval is [a, b) or (a, b].
            if opened.piece.value in ("(", "["):
                return piece.value in (")", "]")
            return piece.value == PARTNER.get(opened.piece.value)


def _latex(piece: Piece) -> str:
    match piece.type:
        case "BEGIN_MATRIX" | "BEGIN_CASES" | "BEGIN_LINES":
            return f"\\begin{{{piece.value}}}"
        case "END":
            return f"\\end{{{piece.value}}}"
        case "RIGHT":
            return f"\\right{_LATEX.get(piece.value, piece.value)}"
        case "LBRACE" | "RBRACE":
            return piece.value
        case _:
            return _LATEX.get(piece.value, piece.value)


def _shown(opened: _Open) -> str:
    left = "\\left" if opened.frame == "left" else ""
    return f"{left}{_latex(opened.piece)}"
