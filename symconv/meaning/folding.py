"""Spellings made one before anything is read: inline derivatives, ``dW``, words of several known letters."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.meaning.names import is_transpose, key, letters
from symconv.meaning.rows import is_sign
from symconv.meaning.symbols import Symbols
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Box, Fence, Fraction, Row, Script, Symbol

D = (r"\partial", r"\mathrm{d}")


def folded(symbols: Symbols, items: Sequence[Box]) -> list[Box]:
    """The boxes side by side, with ``∂L/∂w_m`` as a fraction and ``xA^T`` as x and A^T."""
    return _words(symbols, _inline(list(items)))


def _inline(items: list[Box]) -> list[Box]:
    found: list[Box] = []
    at = 0
    while at < len(items):
        taken = _derivative(items, at)
        if taken is None:
            found.append(items[at])
            at += 1
        else:
            found.append(taken[0])
            at = taken[1]
    return found


def _derivative(items: list[Box], at: int) -> tuple[Fraction, int] | None:
    """``\\partial L / \\partial w_{m,n}`` and ``dL/dw_{m,n}`` that begin at a place, and where they end."""
    above = _after_d(items, at)
    if above is None:
        return None
    inner, slash = above
    while slash < len(items) and not is_sign(items[slash], ("/",)):
        if not isinstance(items[slash], (Fence, Script, Symbol)) or slash > at + 4:
            return None
        inner = [*inner, items[slash]]
        slash += 1
    if slash >= len(items):
        return None
    below = _after_d(items, slash + 1)
    if below is None or not inner:
        return None
    under, end = below
    if not under:
        if end >= len(items):
            return None
        under, end = [items[end]], end + 1
    while end < len(items) and isinstance(items[end], Fence) and items[end].open in ("(", "["):  # type: ignore[union-attr]
        if isinstance(under[-1], Script) and under[-1].sub is not None:
            break
        under = [*under, items[end]]
        end += 1
    sign = Symbol(r"\partial")
    return Fraction(Row((sign, *inner)), Row((sign, *under))), end


def _after_d(items: list[Box], at: int) -> tuple[list[Box], int] | None:
    """What belongs to a ∂ or d at that place so far, and where the next box stands; None where there is none."""
    if at >= len(items):
        return None
    item = items[at]
    if isinstance(item, Symbol) and item.name in D:
        return [], at + 1
    base = item.base if isinstance(item, Script) else item
    if isinstance(base, Symbol) and base.name.startswith("d") and len(base.name) == 2 and base.name.isalpha():
        rest = Symbol(base.name[1:], base.primes)
        return [Script(rest, item.sub, item.sup) if isinstance(item, Script) else rest], at + 1
    return None


def _words(symbols: Symbols, items: list[Box]) -> list[Box]:
    """``AXB`` as A, X and B, where every letter is known and the word is not."""
    found: list[Box] = []
    for item in items:
        base = item.base if isinstance(item, Script) else item
        if isinstance(base, Symbol) and _is_run(symbols, base, item):
            found += letters(item)
        else:
            found.append(item)
    return found


def _is_run(symbols: Symbols, base: Symbol, item: Box) -> bool:
    name = key(write_latex(base))
    if len(base.name) < 2 or not base.name.isalpha() or symbols.meaning(name) is not None:
        return False
    whole = key(write_latex(item))
    if name in symbols.sizes or whole in symbols.sizes or name in symbols.losses:
        return False
    parts = letters(base)
    known = [symbols.meaning(key(write_latex(part))) is not None for part in parts]
    sized = [key(write_latex(part)) in symbols.sizes for part in parts]
    scripted = isinstance(item, Script) and (item.sub is not None or not is_transpose(item.sup))
    if scripted and not all(known):
        return False
    return len(parts) > 1 and all(k or s for k, s in zip(known, sized, strict=True)) and any(known)
