"""Writing results: to the terminal, as JSON, or to a file that is not overwritten without being asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from symconv.errors import SymconvError


class OutputError(SymconvError):
    """A file could not be written."""


def write_file(path: str, text: str, *, force: bool) -> None:
    """Write the text; an existing file needs ``--force``."""
    target = Path(path)
    try:
        with target.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise OutputError(f"--output: {path} exists; give another name, or --force to overwrite it") from None
    except OSError as error:
        raise OutputError(f"--output: cannot write {path}: {error.strerror or error}") from None


def show_json(data: dict[str, Any]) -> None:
    """Print the data as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
