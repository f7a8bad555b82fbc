"""A document of any kind as its formulas, each with its place and the binding that holds for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, Union

from symconv.documents.bindings import Binding, bind
from symconv.documents.find_markdown import find_markdown
from symconv.documents.find_tex import find_tex
from symconv.documents.front_matter import front_matter, metadata
from symconv.documents.items import Formula, Item, Remark
from symconv.documents.likely import has_relation, is_setting, looks_like_a_layer
from symconv.documents.macros import Macros
from symconv.documents.notebooks import read_notebook
from symconv.documents.places import BindingError, DocumentError, Page, read_text
from symconv.documents.words import Words, read_line

Bound: TypeAlias = Union[Binding, Literal["off"], None]
MOST = 10_000
"""Formulas of one document that are verified or listed."""
SUFFIXES = {
    ".tex": "tex", ".ltx": "tex", ".latex": "tex",
    ".md": "markdown", ".markdown": "markdown",
    ".ipynb": "notebook",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A formula of a page with its binding (None: no layer is bound); ``likely`` if it looks like one of a layer."""

    page: Page
    formula: Formula
    binding: Binding | None
    likely: bool


def read_document(path: str) -> tuple[Found, ...]:
    """The formulas to verify (those with a binding and a relation), and the displays that may need a binding."""
    kind = SUFFIXES.get(Path(path).suffix.lower())
    if kind is None:
        raise DocumentError(f"{path}: a document to check is one of {', '.join(SUFFIXES)}")
    text = read_text(path)
    found = tuple(_formulas(Page(path, None, text), kind))
    if len(found) > MOST:
        raise DocumentError(f"{path}: a document has at most {MOST:,} formulas to check, this one has {len(found):,}")
    return found


def _formulas(whole: Page, kind: str) -> Iterator[Found]:
    """The formulas of a document; a binding holds until the next one, across the cells of a notebook."""
    bound: Bound = None
    pages: list[tuple[Page, list[Item]]]
    if kind == "tex":
        pages = [(whole, find_tex(whole.text))]
    elif kind == "markdown":
        with _placed(whole):
            words, body = front_matter(whole.text)
            bound = _bound(words) if words else None
        pages = [(whole, find_markdown(whole.text, body))]
    else:
        cells, entry, at = read_notebook(whole.path, whole.text)
        with _placed(whole):
            words = metadata(entry, at) if entry is not None else None
            bound = _bound(words) if words else None
        macros = Macros()
        pages = [(cell, find_markdown(cell.text, 0, macros)) for cell in cells]
    for page, items in pages:
        for item in items:
            if isinstance(item, Remark):
                with _placed(page):
                    bound = _bound(read_line(item.text, item.start))
            elif (found := _found(page, item, bound)) is not None:
                yield found


def _found(page: Page, formula: Formula, bound: Bound) -> Found | None:
    """The formula with its binding; None where there is nothing to verify and nothing to ask for."""
    text = formula.reading.text
    likely = looks_like_a_layer(text)
    if isinstance(bound, Binding):
        skipped = not (formula.display or has_relation(text)) or (is_setting(text) and not bound.says("what"))
        return None if skipped else Found(page, formula, bound, likely)
    return Found(page, formula, None, True) if likely and formula.display and bound is None else None


def _bound(words: Words) -> Bound:
    return "off" if words.layer.name == "off" and not words.options and not words.context else bind(words)


@contextmanager
def _placed(page: Page) -> Iterator[None]:
    """An error in a binding gets the place that it has in the document."""
    try:
        yield
    except BindingError as error:
        raise DocumentError(f"{page.place(error.at)}: {error.message}") from None
