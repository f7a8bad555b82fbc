"""The parse tree as layout boxes: words and numerals put together, scripts in one order, looks left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final, cast

from symconv.parse import tables, tree
from symconv.parse.cases import cases_box
from symconv.parse.errors import ReadError
from symconv.parse.lines import lines_box
from symconv.parse.looks import accented, styled
from symconv.parse.places import Places, walk
from symconv.parse.scan import Remark
from symconv.parse.stacks import conditions, goes_on, unstacked
from symconv.typeset.layout import (
    Big,
    BigName,
    Box,
    Delimiter,
    Fence,
    Fraction,
    Matrix,
    Number,
    Root,
    Row,
    Script,
    Sign,
    Symbol,
    Text,
)  # fmt: skip

if TYPE_CHECKING:
    from lark import Token, Tree

    from symconv.parse.tree import Node

MAX_DIGITS: Final = 20
MAX_TREE: Final = 130
r"""Commands inside commands. Braces are counted by ``nest``; this stops chains without braces (``\bar\bar\bar``)."""
_PRIME = "\\prime"


def build(text: str, parsed: Tree[Token]) -> tuple[Box, Places, list[Remark]]:
    """The boxes of a parse tree, where they stand in ``text``, and what stands beside them."""
    builder = _Builder(text)
    box = lines_box(builder.lines(parsed.children), builder.places, "")
    return box, builder.places, builder.remarks


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places()
        self.remarks: list[Remark] = []
        self.depth = 0

    def error(self, node: Node, message: str) -> ReadError:
        return ReadError(self.text, tree.start(node), message)

    # Nodes ------------------------------------------------------------------------------------------------------------

    def box(self, node: Node) -> Box:
        if isinstance(node, str):
            return self.leaf(node)
        self.depth += 1
        if self.depth > MAX_TREE:
            raise self.error(node, f"more than {MAX_TREE} commands stand in each other here")
        box = self.compound(node)
        self.depth -= 1
        return box

    def leaf(self, token: Token) -> Box:
        name = str(token)
        match token.type:
            case "LETTER" | "DIGIT":
                return self.word([token])
            case "TEXT":
                return self.at(Text(name), token)
            case "BIG":
                return self.at(Big(cast(BigName, name)), token)
            case _:
                return self.at(Sign(name), token)

    def compound(self, node: Tree[Token]) -> Box:
        parts = node.children
        match node.data:
            case "scripted":
                return self.scripted(node, None)
            case "group":
                return self.places.row(self.row(tree.children(parts[1])), tree.start(parts[0]))
            case "over":
                above, below = (self.row_box(parts[at], parts[at - 1]) for at in (1, 3))
                return self.from_to(Fraction(above, below), parts[0], parts[-1])
            case "fence":
                return self.fence(node)
            case "fraction":
                above, below = self.box(parts[1]), self.box(parts[2])
                return self.put(Fraction(above, below), parts[0], below)
            case "root":
                degree = self.row_box(parts[2], parts[1]) if len(parts) > 2 else None
                body = self.box(parts[-1])
                return self.put(Root(body, degree), parts[0], body)
            case "accent":
                return self.accent(parts[0], self.box(parts[1]))
            case "style":
                return self.style(parts[0], self.box(parts[1]))
            case "wrap" | "brace":
                return self.box(parts[1])
            case "stack":
                return self.stack(parts[0], self.box(parts[1]), self.box(parts[2]))
            case "substack":
                return conditions(self.lines(parts[2:-1]), self.places, tree.end(parts[0]))
            case "matrix":
                return self.matrix(node)
            case "cases":
                made = cases_box(self.lines(parts[1:-1]), self.places, tree.start(parts[0]))
                return self.from_to(made, parts[0], parts[-1])
            case _:
                return lines_box(self.lines(parts[1:-1]), self.places, str(parts[0]))

    # Rows -------------------------------------------------------------------------------------------------------------

    def row_box(self, row: Node, before: Node) -> Box:
        return self.places.row(self.row(tree.children(row)), tree.end(before))

    def row(self, nodes: Sequence[Node]) -> list[Box]:
        """The boxes of neighbours; letters and digits that touch make one word or numeral."""
        items: list[Box] = []
        at = 0
        while at < len(nodes):
            node = nodes[at]
            at += 1
            token = tree.core(node)
            if token is None:
                items.extend(_items(self.box(node)))
                continue
            if token.type == "SWITCH":
                rest = self.places.row(self.row(nodes[at:]), tree.end(token))
                items.extend(_items(self.style(token, rest)))
                break
            run = [token]
            while node is run[-1] and at < len(nodes) and self.continues(run, nodes, at):
                node = nodes[at]
                at += 1
                run.append(tree.first(node))
            base = self.word(run) if token.type in ("LETTER", "DIGIT") else self.leaf(token)
            items.append(base if node is run[-1] else self.scripted(node, base))
        return items

    def continues(self, run: Sequence[Token], nodes: Sequence[Node], at: int) -> bool:
        """Whether the node goes on with the word or numeral that ends right before it."""
        token = tree.core(nodes[at])
        if token is None or token.start_pos != run[-1].end_pos:
            return False
        if run[0].type == "DIGIT" and token == "." and nodes[at] is token and "." not in run:
            after = tree.core(nodes[at + 1]) if at + 1 < len(nodes) else None
            return after is not None and after.type == "DIGIT" and after.start_pos == token.end_pos
        word = tree.in_word(run[0])
        return (word and tree.in_word(token)) or (token.type == "DIGIT" and (word or run[0].type == "DIGIT"))

    def word(self, run: Sequence[Token]) -> Box:
        name = "".join(run)
        if run[0].type == "DIGIT":
            if len(name) > MAX_DIGITS:
                raise self.error(run[0], f"a number has at most {MAX_DIGITS} digits, this one has {len(name)}")
            made: Box = Number(name)
        elif name.startswith("\\_"):
            raise self.error(run[0], "an underscore joins the letters of a name, and there is none before it")
        else:
            made = Symbol(name)
        return self.from_to(made, run[0], run[-1])

    def lines(self, nodes: Sequence[Node]) -> list[list[list[Box]]]:
        r"""Lines of cells of boxes; empty lines, as after a last ``\\``, are left out."""
        found: list[list[list[Box]]] = []
        for node in nodes:
            if isinstance(node, str):
                continue
            cells = [self.row(tree.children(cell)) for cell in node.children if not isinstance(cell, str)]
            if len(cells) > 1 or cells[0]:
                found.append(cells)
        return found

    # Scripts ----------------------------------------------------------------------------------------------------------

    def scripted(self, node: Node, base: Box | None) -> Box:
        """A base with its scripts, whatever their order; ``base`` where it was read already."""
        core, *scripts = tree.children(node)
        if base is None:
            base = self.box(core)
        marks: dict[str, Box] = {}
        primes = 0
        end = self.places.span(base).end
        for script in scripts:
            mark, *argument = tree.children(script)
            assert isinstance(mark, str)
            if mark.type == "PRIME":
                if "SUP" in marks:
                    raise self.error(mark, "a prime after a superscript: write the prime first, or braces")
                primes, end = primes + 1, tree.end(mark)
                continue
            if mark.type in marks:
                which = "subscript" if mark.type == "SUB" else "superscript"
                raise self.error(mark, f"a second {which}: put braces around what both belong to")
            marks[mark.type] = box = unstacked(self.box(argument[0]), self.places)
            end = self.places.span(box).end
            if _is_label(core, mark.type):
                self.remarks.append(Remark(self.text[tree.start(mark) : end], tree.start(mark), end))
                del marks[mark.type]
        made = self.attach(base, marks.get("SUB"), marks.get("SUP"), primes)
        return made if made is base else self.places.put(made, self.places.span(base).start, end)

    def attach(self, base: Box, sub: Box | None, sup: Box | None, primes: int) -> Box:
        if isinstance(base, Big):
            if primes or (base.under is not None and sub is not None) or (base.over is not None and sup is not None):
                start = self.places.span(base).start
                raise ReadError(self.text, start, f"{base.name} has limits below and above, once each, and no primes")
            return Big(base.name, sub if base.under is None else base.under, sup if base.over is None else base.over)
        items = _items(sup) if sup is not None else []
        leading = list(takewhile(lambda item: isinstance(item, Symbol) and item.name == _PRIME, items))
        if leading:
            primes += sum(1 + item.primes for item in leading if isinstance(item, Symbol))
            items = items[len(leading) :]
            sup = self.places.row(items) if items else None
        if primes and isinstance(base, Script) and isinstance(base.base, Symbol) and base.sup is None and sub is None:
            return self.attach(base.base, base.sub, sup, primes)  # {x_i}' is x'_i
        if primes and isinstance(base, Symbol):
            base = self.places.over(replace(base, primes=base.primes + primes), [base])
        elif primes:
            end = self.places.span(base).end
            sup = self.places.row([*(self.places.put(Symbol(_PRIME), end, end + 1) for _ in range(primes)), *items])
        return base if sub is None and sup is None else Script(base, sub, sup)

    # Commands with arguments ------------------------------------------------------------------------------------------

    def accent(self, command: Node, box: Box) -> Box:
        made = accented(str(command), box, self.places)
        if made is None:
            raise self.error(command, f"{command} stands over a name, not over a whole formula")
        return self.put(made, command, box)

    def style(self, command: Node, box: Box) -> Box:
        if command == "\\pmod":
            items = [self.at(Sign("\\bmod"), command), *_items(box)]
            return self.put(Fence("(", self.places.row(items), ")"), command, box)
        made = styled(str(command), box, self.places)
        return made if made is box else self.put(made, command, box)

    def stack(self, command: Node, mark: Box, base: Box) -> Box:
        r"""``\overset``, ``\stackrel`` and ``\underset``: limits, the kind of an operator, words over a relation."""
        under = command == "\\underset"
        made: Box
        match base:
            case Big(name, low, high) if (low if under else high) is None:
                made = Big(name, mark, high) if under else Big(name, low, mark)
            case Sign(name) if name in tables.RELATIONS:
                if _negates(mark):
                    raise self.error(command, "a relation with “not” over it is not understood")
                span = self.places.span(mark)
                self.remarks.append(Remark(self.text[span.start : span.end], span.start, span.end))
                return base
            case Sign() | Text():
                made = Script(base, mark, None) if under else Script(base, None, mark)
            case Symbol(name) if name.startswith("\\operatorname") or name in tables.OPERATORS:
                made = Script(base, mark, None) if under else Script(base, None, mark)
            case _:
                raise self.error(command, f"{command} is understood around a sign or an operator only")
        return self.put(made, command, base)

    # Brackets and arrays ----------------------------------------------------------------------------------------------

    def fence(self, node: Tree[Token]) -> Box:
        left, row, right = node.children
        body = self.row_box(row, left)
        opening, closing = cast(Delimiter, str(left)), cast(Delimiter, str(right))
        made: Box = Fence(opening, body, closing)
        if isinstance(body, Matrix) and body.open == body.close == "":
            made = replace(body, open=opening, close=closing)
            if opening == "{" and not closing and len(body.rows[0]) <= 2:
                rows = [[[] if cell is None else _items(cell) for cell in cells] for cells in body.rows]
                made = cases_box(rows, self.places, tree.start(left))
            elif not opening and not closing and goes_on(body):
                return unstacked(body, self.places)
        return self.from_to(made, left, right)

    def matrix(self, node: Tree[Token]) -> Box:
        begin, *nodes, end = node.children
        lines = self.lines(nodes)
        if begin == "subarray":
            return conditions(lines, self.places, tree.end(begin))
        if not lines:
            raise self.error(begin, f"the {begin} is empty")
        columns = max(map(len, lines))
        rows = tuple(
            tuple(self.places.row(cells[at]) if at < len(cells) and cells[at] else None for at in range(columns))
            for cells in lines
        )
        left, right = tables.MATRIX_ENVIRONMENTS[str(begin)]
        return self.from_to(Matrix(rows, left, right, "small" in str(begin)), begin, end)

    # Places -----------------------------------------------------------------------------------------------------------

    def at(self, box: Box, token: Node) -> Box:
        return self.from_to(box, token, token)

    def from_to(self, box: Box, first: Node, last: Node) -> Box:
        return self.places.put(box, tree.start(first), tree.end(last))

    def put(self, box: Box, first: Node, last: Box) -> Box:
        return self.places.put(box, tree.start(first), self.places.span(last).end)


def _items(box: Box) -> list[Box]:
    return list(box.items) if isinstance(box, Row) else [box]


def _is_label(base: Node, mark: str) -> bool:
    """Whether a script at a brace is the words under or over it."""
    if isinstance(base, str) or base.data != "brace":
        return False
    return mark == ("SUB" if str(base.children[0]).startswith("\\under") else "SUP")


def _negates(mark: Box) -> bool:
    """Whether the words over a relation turn it round."""
    return any(isinstance(part, Text) and {"not", "nicht"} & set(part.text.lower().split()) for part in walk(mark))
