"""Index and size arithmetic in a formula: ``s(i-1)+m-p``, ``\\lfloor (H-k)/s \\rfloor + 1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from symconv.expr.nodes import Scalar
from symconv.index.affine import ONE, ZERO, Affine, Quotient, exact_div, extremum, floor_div, quotient
from symconv.meaning.choices import Choices, Option
from symconv.meaning.errors import MeaningError, UnboundError, shown
from symconv.meaning.names import key, letters, name_of, written_name
from symconv.meaning.prose import FIELD, is_joining
from symconv.meaning.rows import PRODUCT, is_sign, items_of, signed_terms, split
from symconv.meaning.symbols import Symbols
from symconv.parse.tables import ACCENTS, GREEK
from symconv.rewrite.normal import reduced
from symconv.time_limit import check_time
from symconv.typeset.latex import write_latex
from symconv.typeset.layout import Big, Box, Fence, Fraction, Number, Row, Script, Sign, Symbol, Text

INDEX = "@"
"""Marks the names of the author's indices, so that none is taken for a size of the same name."""
GUESS = "?"
"""Marks a name in a limit that no size of the layer has; the sum's body shows which size is meant."""
MAX_POWER = 4
MAX_DIGITS = 9
FLOORS = frozenset({"floor", r"\operatornamefloor"})
CEILINGS = frozenset({"ceil", "ceiling"})
MOD = (r"\bmod", r"\%")


@dataclass(frozen=True)
class Scope:
    """The author's indices that are in scope, by key; ``several`` are single letters that stand for a position."""

    names: frozenset[str] = frozenset()
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_names(self, names: Sequence[str]) -> Scope:
        """The scope with more indices."""
        return Scope(self.names | frozenset(names), self.several)


@dataclass(frozen=True)
class Arithmetic:
    """Reads arithmetic in the sizes of a layer and in the indices that are in scope (by their key).

    ``guesses`` collects unknown names in limits (None: unknown names are refused); ``unbound`` collects indices that
    nothing binds (None: they are refused).
    """

    symbols: Symbols
    scope: Scope
    choices: Choices
    guesses: dict[str, Affine] | None = None
    limit: bool = False
    unbound: dict[str, None] | None = None
    brackets: str = ""

    def scalar(self, box: Box | Sequence[Box]) -> Scalar:
        """The quotient of forms that the boxes mean."""
        items = list(box) if isinstance(box, (list, tuple)) else items_of(box)  # type: ignore[arg-type]
        items = items_of(Row(tuple(items)))
        total = Scalar(ZERO)
        for sign, term in signed_terms(items):
            value = self._product(term)
            total = reduced(total.num * value.den + sign * value.num * total.den, total.den * value.den)
        return total

    def form(self, box: Box | Sequence[Box]) -> Affine:
        """The integer form that the boxes mean; a fraction left over is an exact quotient."""
        value = self.scalar(box)
        return value.num if value.den == ONE else exact_div(self._in_groups(value.num), value.den)

    def _in_groups(self, form: Affine) -> Affine:
        """F as g · (F/g) where the layer knows that g divides F, so that F/g in a product is a whole number."""
        equal = self.symbols.definition.assumptions.equal
        whole = {name: size for name, size in equal.items() if any(isinstance(atom, Quotient) for atom in size.atoms())}
        return form.replace(whole) if whole else form

    def _product(self, items: Sequence[Box]) -> Scalar:
        check_time()
        if not items:
            raise MeaningError("something is missing beside a sign")
        for at, item in enumerate(items):
            if is_sign(item, MOD) and at:
                left, right = self.form(items[:at]), self.form(items[at + 1 :])
                return Scalar(left - right * floor_div(left, right))
        num, den = ONE, ONE
        divide = False
        pieces = [piece for written in in_thousands(items) for piece in self._known(written)]
        check_signs(pieces)
        skip = -1
        for position, item in enumerate(pieces):
            if position == skip:
                continue
            if is_sign(item, PRODUCT):
                divide = item.name == "/"  # type: ignore[union-attr]
                continue
            following = pieces[position + 1] if position + 1 < len(pieces) else None
            if isinstance(item, Big) and item.under is None and isinstance(following, Fence):
                value, skip = Scalar(self._extremum(item, following)), position + 1
            elif _word(item) in FLOORS | CEILINGS and isinstance(following, Fence):
                value, skip = self._rounded(following.body, "floor" if _word(item) in FLOORS else "ceil"), position + 1
            elif isinstance(item, (Text, Symbol)) and _described(item, following):
                continue  # height (f_k): a word, and its symbol in parentheses
            else:
                value = self._atom(item)
            num, den = (num * value.den, den * value.num) if divide else (num * value.num, den * value.den)
            divide = False
        return reduced(num, den)

    def _known(self, item: Box) -> list[Box]:
        """``kS`` as k times S, unless a name of several letters is known."""
        name = written_name(item)
        whole = name is None or name in self.scope.names or name in self.symbols.sizes
        parts = [item] if whole or isinstance(item, Number) else letters(item)
        if whole or all(self._is_known(part) for part in parts):
            return parts
        if isinstance(item, Symbol) and len(parts) > 1:
            # sx with s a size and x an index nobody bound, or H_{...}W: longest known beginnings
            return self._cut(item) or [item]
        return [item]

    def _cut(self, item: Symbol) -> list[Box] | None:
        """A word as known names of several letters side by side (``kHH``)."""
        text, found = item.name, list[Box]()
        if not text.isalpha():
            return None
        while text:
            size = next((n for n in range(len(text), 0, -1) if self._is_known(Symbol(text[:n]))), 0)
            if not size:
                return None
            found.append(Symbol(text[:size]))
            text = text[size:]
        last = found[-1]
        if item.primes and isinstance(last, Symbol):
            found[-1] = Symbol(last.name, item.primes)
        return found

    def _is_known(self, item: Box) -> bool:
        name = written_name(item)
        return name is not None and (name in self.scope.names or name in self.symbols.sizes)

    def _atom(self, item: Box) -> Scalar:
        match item:
            case Number(text):
                if not text.isdigit() or len(text) > MAX_DIGITS:
                    raise MeaningError(f"{text} is not an integer of at most {MAX_DIGITS} digits", item)
                return Scalar(Affine.of(int(text)))
            case Fraction(num, den):
                top, bottom = self.scalar(num), self.scalar(den)
                if not bottom.num.terms:
                    raise MeaningError("a division by zero", item)
                return reduced(top.num * bottom.den, top.den * bottom.num)
            case Fence("lfloor", body, "rfloor"):
                return self._rounded(body, "floor")
            case Fence("lceil", body, "rceil"):
                return self._rounded(body, "ceil")
            case Fence("[", body, "]") if self._brackets_round(item):
                return self._rounded(body, "floor")
            case Fence("(", body, ")") | Fence("{", body, "}") | Fence("[", body, "]"):
                return self.scalar(body)
            case Row():
                return self.scalar(item)
            case Script(base, sub, sup) if sub is not None and sup is not None and self._is_size(item):
                return self._atom(Script(Row((Script(base, sub, None),)), None, sup))
            case Script(base, None, sup) if sup is not None and self._is_power(base, sup):
                value, power = self._atom(base), int(sup.text) if isinstance(sup, Number) else 1
                return Scalar(value.num**power, value.den**power)
            case _:
                return Scalar(self._name(item))

    def _brackets_round(self, item: Fence) -> bool:
        """Whether ``[x]`` is a floor: told by the user, or tried where a quotient stands in it."""
        if self.brackets:
            return self.brackets == "floor"
        if not any(isinstance(part, Fraction) or is_sign(part, ("/",)) for part in items_of(item.body)):
            return False
        return self.choices.pick("brackets", [Option(False, "[…] is a parenthesis"), Option(True, "[…] is the floor")])

    def _is_power(self, base: Box, sup: Box) -> bool:
        name = written_name(base)
        known = name is not None and (name in self.scope.names or name in self.symbols.sizes)
        return (
            isinstance(sup, Number)
            and sup.text.isdigit()
            and int(sup.text) <= MAX_POWER
            and (known or isinstance(base, (Fence, Number)))
        )

    def _is_size(self, item: Script) -> bool:
        """Whether ``k_1^2`` is a power of the size k_1, and no name."""
        whole, bare = written_name(item), written_name(Script(item.base, item.sub, None))
        named = whole is not None and (whole in self.scope.names or whole in self.symbols.sizes)
        return not named and isinstance(item.sup, Number) and bare is not None and bare in self.symbols.sizes

    def _rounded(self, body: Box, rounding: str) -> Scalar:
        value = self.scalar(body)
        return Scalar(
            quotient(
                self._in_groups(value.num) if value.den != ONE else value.num,
                value.den,
                "floor" if rounding == "floor" else "ceil",
            )
        )

    def _name(self, item: Box) -> Affine:
        name = written_name(item)
        if name is not None:
            if name in self.scope.names:
                return Affine.of(INDEX + name)
            size = self.symbols.size(name)
            if size is not None:
                return size
            if self.guesses is not None and name in self.guesses:
                return self.guesses[name]
            if self.limit and self.guesses is not None and _looks_like_size(item):
                return Affine.of(GUESS + name)
            if self.unbound is not None and not self.limit and _looks_like_index(item) and not self._is_tensor(item):
                self.unbound[name] = None
                return Affine.of(INDEX + name)
        known = ", ".join(sorted({*self.scope.names, *self.symbols.sizes}))
        message = f"{shown(item)} is neither an index nor a size here; known are {known or 'none'}"
        raise (UnboundError if _looks_like_index(item) else MeaningError)(message, item)

    def _is_tensor(self, item: Box) -> bool:
        base = item.base if isinstance(item, Script) else item
        own = isinstance(base, Symbol) and key(write_latex(base)) in self.symbols.told
        return own and isinstance(item, Script)

    def _extremum(self, big: Big, body: Fence) -> Affine:
        """``\\max(0, …)`` of sizes and indices."""
        if big.name not in ("max", "min"):
            raise MeaningError(f"{shown(body)} is no list of sizes and indices", body)
        parts = split(items_of(body.body), (",",))
        return extremum("max" if big.name == "max" else "min", [self.form(part) for part in parts])


def in_thousands(items: Sequence[Box]) -> list[Box]:
    """``1\\,000`` as one number. Errors: :class:`MeaningError` for two numbers side by side that are no such thing."""
    found: list[Box] = []
    for item in items:
        last = found[-1] if found else None
        if isinstance(item, Number) and isinstance(last, Number):
            if not (len(item.text) == 3 and (last.text + item.text).isdigit()):
                raise MeaningError(f"the numbers {last.text} and {item.text} stand side by side: write a sign", item)
            found[-1] = Number(last.text + item.text)
        else:
            found.append(item)
    return found


def check_signs(items: Sequence[Box]) -> None:
    """That every sign of a product stands between two factors.

    Errors: :class:`MeaningError` where it does not.
    """
    for at, item in enumerate(items):
        if is_sign(item, PRODUCT) and (at in (0, len(items) - 1) or is_sign(items[at + 1], PRODUCT)):
            raise MeaningError(f"the sign {shown(item)} stands between no two factors", item)


def _word(item: Box) -> str:
    return key(write_latex(item)) if isinstance(item, (Symbol, Text)) else ""


def _described(item: Box, following: Box | None) -> bool:
    """A word of the field before its symbol in parentheses, as in ``height (f_h)``."""
    words = _word(item).lower().replace("\\_", " ").replace("_", " ")
    return (
        len(words) > 3
        and is_joining(Text(words), FIELD)
        and isinstance(following, Fence)
        and following.open == "("
        and name_of(following.body) is not None
    )


def _looks_like_index(item: Box) -> bool:
    """A small letter, perhaps with primes or a word below it."""
    base = item.base if isinstance(item, Script) and item.sup is None else item
    if isinstance(item, Script) and not isinstance(item.sub, (Symbol, Text, Number)):
        return False
    if not isinstance(base, Symbol):
        return False
    plain = key(base.name)
    greek = plain in GREEK or any(plain == f"{accent}{letter}" for accent in ACCENTS for letter in "ijklmnuv")
    return (plain.islower() and len(plain) == 1) or greek


def _looks_like_size(item: Box) -> bool:
    """A symbol or a word, perhaps with something below it."""
    if isinstance(item, Script) and item.sup is not None:
        return False
    base = item.base if isinstance(item, Script) else item
    return isinstance(base, (Symbol, Text)) and not isinstance(base, Sign)
