r"""Lines of cells as equations: where the left side ends, which lines go on with the line before them, and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.parse import tables
from symconv.parse.places import Places
from symconv.typeset.layout import Box, Display, Line, Row, Sign, Symbol, Text
from symconv.typeset.symbols import read_name

_QUADS = (Sign("\\quad"), Sign("\\qquad"))
Cells = Sequence[Sequence[Box]]


def lines_box(lines: Sequence[Cells], places: Places, environment: str) -> Box:
    r"""One formula as a row, one equation as a :class:`Line`, several as a :class:`Display`.

    - A line is divided at the relation beside its ``&``, or else at its first equality, or else at its first relation.
    - A line that begins with a sign or indented, or that comes after an open end, goes on with the line before it.
    - Words in parentheses at the end of a line, or alone under it, are its reason.
    """
    if len(lines) == 1 and len(lines[0]) == 1 and len(lines[0][0]) == 1 and isinstance(lines[0][0][0], Display | Line):
        return lines[0][0][0]
    made: list[_Draft] = []
    for cells in lines:
        for draft in _equations(cells) if any(cells) else ():
            if draft.left or draft.relation or draft.right:
                _add(made, draft, separate=environment in tables.SEPARATE)
    boxes = [draft.line(places) for draft in made]
    if len(boxes) == 1:
        only = boxes[0]
        return only.right if only.relation is None and only.left is None and not only.reason else only
    return places.over(Display(tuple(boxes)), boxes) if boxes else places.put(Row(()), 0, 0)


class _Draft:
    """A line while it grows."""

    def __init__(self, left: Sequence[Box] | None, relation: Sign | None, right: Sequence[Box], indented: bool) -> None:
        self.left = left
        self.relation = relation
        self.right = list(right)
        self.reason: list[str] = []
        self.reason_boxes: list[Box] = []
        self.indented = indented

    def line(self, places: Places) -> Line:
        parts: list[Box] = [*(self.left or ()), *self.right, *self.reason_boxes]
        if self.relation is not None:
            parts.append(self.relation)
        left = None if self.left is None else places.row(self.left, places.span(parts[0]).start)
        end = places.span(self.relation or parts[-1]).end
        right = places.row(self.right, end)
        made = Line(left, self.relation, right, " ".join(self.reason)[1:-1])
        places.over(made, parts)
        return made

    def give_reason(self, words: str, boxes: Sequence[Box]) -> None:
        self.reason.append(words)
        self.reason_boxes.extend(boxes)

    def open_reason(self) -> bool:
        return bool(self.reason) and not self.reason[-1].endswith(")")


def _equations(cells: Cells) -> Iterator[_Draft]:
    """The equations of one line: with more than two cells, every two of them are a left and a right side."""
    merged = [list(cell) for cell in cells]
    if len(merged) > 2 and len(merged[1]) == 1 and _is_relation(merged[1][0]):
        # eqnarray has a column for the relation.
        merged[1:3] = [merged[1] + merged[2]]
    pairs = [(merged[at], merged[at + 1] if at + 1 < len(merged) else None) for at in range(0, len(merged), 2)]
    pending: _Draft | None = None
    for left, right in pairs:
        draft = _divided(left, right)
        if pending is not None and draft.relation is None:
            # A remark in a column of its own, such as a reason or a range of indices.
            pending.right += [*(draft.left or ()), *draft.right]
            _take_reason(pending, column=True)
            continue
        if pending is not None:
            yield pending
        pending = draft
        _take_reason(pending)
    if pending is not None:
        yield pending


def _divided(left: list[Box], right: list[Box] | None) -> _Draft:
    if right is None:
        return _at_first_relation(left)
    indented = not left and bool(right) and right[0] in _QUADS
    while not left and right and right[0] in _QUADS:
        right = right[1:]
    if right and _is_relation(right[0]):
        first = right[0]
        assert isinstance(first, Sign)
        return _Draft(left or None, first, right[1:], indented)
    if left and _is_relation(left[-1]):
        last = left[-1]
        assert isinstance(last, Sign)
        return _Draft(left[:-1] or None, last, right, indented)
    draft = _at_first_relation([*left, *right]) if left else _Draft(None, None, right, indented)
    draft.indented = indented
    return draft


def _at_first_relation(items: list[Box]) -> _Draft:
    indented = bool(items) and items[0] in _QUADS
    while items and items[0] in _QUADS:
        items = items[1:]
    for signs in (tables.EQUALITIES, tables.RELATIONS):
        for at, item in enumerate(items):
            if isinstance(item, Sign) and item.name in signs:
                return _Draft(items[:at] or None, item, items[at + 1 :], indented)
    return _Draft(None, None, items, indented)


def _add(made: list[_Draft], draft: _Draft, separate: bool) -> None:
    before = made[-1] if made and not separate else None
    if before is None:
        made.append(draft)
        return
    words = _words(draft.right) if draft.left is None and draft.relation is None else ""
    if words and before.open_reason():
        before.give_reason(words, draft.right)
        return
    if words.startswith("(") and not before.reason:
        before.give_reason(words, draft.right)
        return
    if draft.left is None and draft.relation is not None and before.relation is None:
        # The left side had lines of its own.
        draft.left = before.right
        made[-1] = draft
    elif draft.left is None and draft.relation is None and _goes_on(before, draft):
        before.right += draft.right
        _take_reason(before)
    else:
        made.append(draft)


def _goes_on(before: _Draft, draft: _Draft) -> bool:
    if before.reason:
        return False
    first, last = draft.right[0] if draft.right else None, before.right[-1] if before.right else before.relation
    return draft.indented or _is_sign(first) or _is_sign(last)


def _take_reason(draft: _Draft, column: bool = False) -> None:
    r"""``… \qquad \text{(reason)}``, or such words in a column of their own."""
    begin = next((at for at in range(len(draft.right) - 1, 0, -1) if _opens(draft.right[at])), 0)
    words = _words(draft.right[begin:])
    apart = begin > 0 and draft.right[begin - 1] in _QUADS
    if begin and (apart or column) and words.endswith(")"):
        draft.give_reason(words, draft.right[begin:])
        del draft.right[begin:]
        while draft.right and draft.right[-1] in _QUADS:
            draft.right.pop()


def _opens(box: Box) -> bool:
    return isinstance(box, Text) and box.text.startswith("(")


def _words(items: Sequence[Box]) -> str:
    """Words with names between them as plain text; nothing if there is mathematics among them."""
    if not any(isinstance(item, Text) for item in items) or not all(isinstance(item, Text | Symbol) for item in items):
        return ""
    return "".join(item.text if isinstance(item, Text) else read_name(item.name).text for item in items)  # type: ignore[union-attr]


def _is_relation(box: Box) -> bool:
    return isinstance(box, Sign) and box.name in tables.RELATIONS


def _is_sign(box: Box | None) -> bool:
    return isinstance(box, Sign) and (box.name in tables.BINARY or box.name in tables.RELATIONS)
