"""Looking at the parse tree: its tokens, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Union[Tree[Token], Token]


def children(node: Node) -> Sequence[Node]:
    """The parts of a node that is no token."""
    assert not isinstance(node, str)
    return node.children


def first(node: Node) -> Token:
    """The first token of a node."""
    while not isinstance(node, str):
        node = node.children[0]
    return node


def core(node: Node) -> Token | None:
    """The token that a node is, or that its scripts stand at."""
    if isinstance(node, str):
        return node
    if node.data == "scripted" and isinstance(node.children[0], str):
        return node.children[0]
    return None


def in_word(token: Token) -> bool:
    """Whether the token is a letter as words have them, not a Greek one or a sign."""
    return token.type == "LETTER" and (len(token) == 1 or token == "\\_")


def start(node: Node) -> int:
    """Where a node begins in the source."""
    return first(node).start_pos or 0


def end(token: Node) -> int:
    """Where a token ends in the source."""
    assert isinstance(token, str)
    return token.end_pos or 0
