"""Jupyter notebooks: the Markdown cells, and the entry ``symconv`` of the metadata. No cell is run."""

from __future__ import annotations

import json
import re
from typing import Any

from symconv.documents.places import DocumentError, Page


def read_notebook(path: str, text: str) -> tuple[tuple[Page, ...], Any, int]:
    r"""The pages, one for each Markdown cell; the metadata's entry ``symconv`` (None without one), and its place.

    >>> cells = '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "source": ["a\\n", "$b$"]}]}'
    >>> read_notebook("n.ipynb", cells)
    ((Page(path='n.ipynb', cell=1, text='a\n$b$'),), None, 0)
    """
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}:{error.lineno}:{error.colno}: this is not a notebook: {error.msg}") from None
    except RecursionError:
        raise DocumentError(f"{path}: this is not a notebook: it is nested too deeply") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise DocumentError(f"{path}: this is not a notebook of format 4: it has no list of cells")
    pages = [
        Page(path, number, _source(path, number, cell))
        for number, cell in enumerate(cells, start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    ]
    about = notebook.get("metadata")
    bound = about.get("symconv") if isinstance(about, dict) else None
    found = re.search(r'"symconv"\s*:', text) if bound is not None else None
    return tuple(pages), bound, found.start() if found else 0


def _source(path: str, number: int, cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise DocumentError(f"{path}: cell {number} has no text as its source")
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
