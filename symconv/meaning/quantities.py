"""Claims of arithmetic about a layer: a padding that keeps the size, the effective size of a dilated kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symconv.expr.nodes import NOTHING, Scalar
from symconv.expr.tensor import Definition
from symconv.forms.count import multiply_accumulates
from symconv.index.affine import ONE, Affine, Quotient, exact_div
from symconv.index.domain import Assumptions, AtMost, Divides, Equal, Guard, guard_parts
from symconv.meaning.arithmetic import Arithmetic, Scope
from symconv.meaning.chains import Chain, Statement
from symconv.meaning.choices import Choices, Option
from symconv.meaning.claim import Context
from symconv.meaning.errors import MeaningError, shown
from symconv.meaning.layer import Hyper, hyper_of
from symconv.meaning.names import written_name
from symconv.meaning.sizes import SizeClaim, given_in, is_power
from symconv.meaning.symbols import symbols_for
from symconv.typeset.layout import Box


def read_arithmetic(statement: Statement, context: Context, choices: Choices) -> tuple[SizeClaim, ...]:
    """The claims of a formula for a hyperparameter or for another number that the layer's sizes give.

    A hyperparameter on the left is *solved for*: with the value on the right, the layer must have the output size that
    is stated for it. Other names on the left are compared with the quantities that a layer has.
    """
    definition = context.definition
    assert definition is not None
    symbols = symbols_for(definition, None, context.sizes)
    arithmetic = Arithmetic(symbols, Scope(), choices, brackets=(context.infix or {}).get("[]", ""))
    found: list[SizeClaim] = []
    for chain in statement.chains:
        for claim in _claims(chain, definition, arithmetic):
            found.append(replace(claim, given=(*claim.given, *given_in(statement, claim.line, arithmetic))))
    if not found:
        raise MeaningError("there is no equation here")
    return tuple(found)


def _claims(chain: Chain, definition: Definition, arithmetic: Arithmetic) -> Iterator[SizeClaim]:
    first, *rest = chain.members
    name = written_name(first.items[0]) if len(first.items) == 1 and not is_power(first.items[0]) else None
    values = [(arithmetic.scalar(list(member.items)), member.line) for member in rest]
    size = arithmetic.symbols.size(name) if name is not None else None
    if name is None:
        number = arithmetic.scalar(list(first.items))
        yield from (SizeClaim(value, number, line) for value, line in values)
    elif size is not None and _stated(definition, size):
        own, truth, formula = _solvable(definition, size)
        arithmetic.choices.say(f"with this {name} the layer has the output size {truth}")
        for value, line in values:
            form = value.num if value.den == ONE else exact_div(value.num, value.den)
            if form.names() & size.names():
                raise MeaningError(f"{name} stands on both sides")
            given: tuple[Guard, ...] = () if _surely_natural(own, form) else (AtMost(Affine.of(0), value.num),)
            given = (*given, *_without_rest(arithmetic.choices, form))
            yield SizeClaim(Scalar(formula.substitute({str(size): form})), Scalar(truth), line, given, own)
    elif size is not None:
        yield from (SizeClaim(value, Scalar(size), line) for value, line in values)
    else:
        words, truth = _quantity(first.items, values[0][0] if values else None, definition)
        arithmetic.choices.say(f"{name} is {words}")
        yield from (SizeClaim(value, Scalar(truth), line) for value, line in values)


def _without_rest(choices: Choices, form: Affine) -> tuple[Guard, ...]:
    """That the rounding in a formula does nothing, which is tried after the formula as it is."""
    rounded = [atom for atom in form.atoms() if isinstance(atom, Quotient) and atom.rounding != "exact"]
    if not rounded:
        return ()
    exact = choices.pick("rest", [Option(False), Option(True, "the rounding does nothing")])
    return tuple(Divides(atom.den, atom.num) for atom in rounded) if exact else ()


def _surely_natural(definition: Definition, form: Affine) -> bool:
    return definition.assumptions.nonnegative(form, {})


def _stated(definition: Definition, size: Affine) -> bool:
    """Whether an output size is stated in the layer that depends on the hyperparameter ``size``."""
    return any(size.names() & formula.names() for _, formula in _outputs(definition))


def _outputs(definition: Definition) -> list[tuple[Affine, Affine]]:
    """Output sizes as stated, with the formula of the layer."""
    found = [(Affine.of(name), formula) for name, formula in definition.derived.items()]
    found += [(c.guard.left, c.guard.right) for c in definition.constraints if isinstance(c.guard, Equal)]
    return found


def _solvable(definition: Definition, size: Affine) -> tuple[Definition, Affine, Affine]:
    """The definition without what it says of the hyperparameter, the stated output size, and the layer's formula."""
    (name,) = size.names()
    truth, formula = next(pair for pair in _outputs(definition) if name in pair[1].names())
    lower = {other: low for other, low in definition.assumptions.lower.items() if other != name}
    facts = tuple(fact for fact in definition.assumptions.facts if name not in fact.names())
    kept = tuple(c for c in definition.constraints if name not in _names(c.guard) and not isinstance(c.guard, Equal))
    own = replace(
        definition, body=NOTHING, derived={}, constraints=kept, assumptions=Assumptions(lower, facts), inputs=(),
        size_roles={}, output=replace(definition.output, shape=(), indices=(), axes=()),
    )  # fmt: skip
    return own, truth, formula


def _names(guard: Guard) -> frozenset[str]:
    return frozenset().union(*(part.names() for part in guard_parts(guard)))


def _quantity(items: Sequence[Box], value: Scalar | None, definition: Definition) -> tuple[str, Affine]:
    """The quantity of the layer that a name stands for: the one that the value equals, or that the name suggests."""
    hyper = hyper_of(definition)
    quantities = _quantities(hyper) if hyper is not None else {}
    for words, form in quantities.items():
        if value == Scalar(form):
            return words, form
    name = written_name(items[0]) or ""
    word = name.lower()
    kernels = {str(form) for form in hyper.kernel} if hyper is not None else set()
    marked = any(name == f"{mark}{kernel}" for kernel in kernels for mark in (r"\hat", r"\tilde", r"\bar"))
    if quantities and ("eff" in word or "dil" in word or word.startswith("dk") or marked or name[:-1] in kernels):
        return next(iter(quantities.items()))
    if "mac" in word or "madd" in word or "mult" in word:
        return "the number of multiply-accumulates", multiply_accumulates(definition)
    raise MeaningError(f"{shown(*items)} is no size of the layer, and no other quantity that is known", items[0])


def _quantities(hyper: Hyper) -> dict[str, Affine]:
    found: dict[str, Affine] = {}
    for dilation, kernel in zip(hyper.dilations, hyper.kernel, strict=True):
        found.setdefault("the effective size of the dilated kernel", dilation * (kernel - 1) + 1)
    return found
