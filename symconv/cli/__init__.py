"""The command line: arguments in, text or JSON out, and an exit code (0 fine, 1 the answer is no, 2 bad input)."""

from symconv.cli.main import main

__all__ = ["main"]
