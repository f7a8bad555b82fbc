"""A derivation as lines to read: what each rule did, why, and under which conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from symconv.expr.nodes import Access, Bracket, Expr, Winner
from symconv.expr.tensor import Definition, Tensor
from symconv.expr.walk import accesses, free_names, walk
from symconv.gradient.derivation import Derivation
from symconv.index.affine import Affine
from symconv.index.domain import Guard, Range, guard_parts
from symconv.rewrite.normal import Term, from_terms, to_terms
from symconv.typeset.affine_boxes import EQUALS, guards_box
from symconv.typeset.build import definition_box, expression_box, where_boxes
from symconv.typeset.layout import Box, Cases, Display, Line, Number, Text
from symconv.typeset.notation import Notation
from symconv.typeset.ranges import OUTSIDE_SENTENCE, display_terms, reads_outside
from symconv.typeset.rebase import rebase
from symconv.typeset.scope import Scope, scope_for
from symconv.typeset.windows import TIE_SENTENCES, apart

DEFINITION_SENTENCE = "The definition of the layer."
RESULT_SENTENCES = {
    "brackets": "The sums run over all positions, and the brackets hold what is left of the conditions.",
    "implicit": "Conditions that only keep an entry inside its tensor are left out: outside it is zero.",
    "cases": "",
    "limits": "",
}
FOLDED_SENTENCES = {
    "reflect": "Outside its range the {} is continued by reflection at its first and last entry, "
    "which are not repeated.",
    "replicate": "Outside its range the {} is continued by its first and last entry.",
    "circular": "Outside its range the {} is continued periodically.",
}


@dataclass(frozen=True)
class Narration:
    """A derivation in a notation: its lines, the sizes that they mention, and the conventions in words."""

    display: Display
    where: tuple[Line, ...]
    conventions: tuple[str, ...]

    @property
    def whole(self) -> Display:
        """One display: the conventions join the reason of the last line, and the sizes follow it."""
        *lines, last = self.display.lines
        reason = " ".join(part for part in (last.reason, *self.conventions) if part)
        return Display((*lines, replace(last, reason=reason), *self.where))


def narrate(derivation: Derivation, notation: Notation, *, steps: bool = True) -> Narration:
    """The lines from the definition to the result (or the result alone), with their sizes and conventions."""
    if notation.plain_targets and not steps:
        derivation = with_plain_target(derivation)
    result = displayed_result(derivation, notation)
    scope = derivation_scope(derivation, notation)
    left = expression_box(derivation.target, notation, scope)
    final = result_box(derivation, notation, scope)
    lines: list[Line] = []
    if steps:
        lines.append(replace(definition_box(derivation.definition, notation, scope), reason=DEFINITION_SENTENCE))
        lines += _step_lines(derivation, notation, scope, left)
        if lines[-1].right != final:
            lines.append(Line(None, EQUALS, final, RESULT_SENTENCES[notation.ranges]))
    else:
        lines.append(Line(left, EQUALS, final))
    shown = [derivation.definition.body, result] if steps else [result]
    names = tuple(next(iter(index.names())) for index in derivation.target.indices)
    ranges = {**derivation.definition.output.ranges(), **derivation.target.tensor.ranges(names)}
    terms = [term for expr in shown for term in to_terms(expr)]
    return Narration(
        Display(tuple(lines)),
        where_lines(derivation.definition, notation, scope, shown),
        tuple(conventions(derivation.definition, terms, ranges)),
    )


def derivation_display(derivation: Derivation, notation: Notation) -> Display:
    """The lines from the definition to the result, each with its reason; then the sizes that they mention."""
    return narrate(derivation, notation).whole


def with_plain_target(derivation: Derivation) -> Derivation:
    """The bare result, its entry named by unprimed indices wherever the result does not use them otherwise."""
    used = frozenset().union(*(term.names() for term in derivation.terms))
    used |= derivation.definition.assumptions.lower.keys()
    names: dict[str, Affine] = {}
    for index in derivation.target.indices:
        (name,) = index.names()
        stem = name.rstrip("'")
        if stem not in used:
            names[name] = Affine.of(stem)
    target = Access(derivation.target.tensor, tuple(index.substitute(names) for index in derivation.target.indices))
    terms = tuple(term.substitute(names) for term in derivation.terms)
    return replace(derivation, target=target, steps=(), terms=terms)


def derivation_scope(derivation: Derivation, notation: Notation) -> Scope:
    """One scope for all lines, so that a name looks the same on each of them."""
    definition = derivation.definition
    output = Access(definition.output, tuple(map(Affine.of, definition.indices)))
    result = [derivation.target, displayed_result(derivation, notation)]
    steps = [output, definition.body, *(step.after for step in derivation.steps)] if derivation.steps else []
    exprs = [*steps, *result]
    return scope_for(notation, definition, [apart(expr) for expr in exprs])


def displayed_result(derivation: Derivation, notation: Notation) -> Expr:
    """The result with its range conditions as the notation shows them."""
    return from_terms(display_terms(derivation.terms, derivation.definition, notation.ranges))


def result_box(derivation: Derivation, notation: Notation, scope: Scope) -> Box:
    """The right-hand side of the result; under ``cases``, conditions on the free indices alone stand behind a brace."""
    terms = display_terms(derivation.terms, derivation.definition, notation.ranges)
    if notation.ranges == "cases" and len(terms) == 1:
        term = terms[0]
        outside = tuple(guard for guard in term.guards if not _mentions(guard, term))
        if outside:
            inside = tuple(guard for guard in term.guards if guard not in outside)
            value = expression_box(from_terms((replace(term, guards=inside),)), notation, scope)
            condition = rebase(Bracket(outside), scope)
            assert isinstance(condition, Bracket)
            return Cases(((value, guards_box(condition.guards, scope)), (Number("0"), Text("otherwise"))))
    return expression_box(from_terms(terms), notation, scope)


def _step_lines(derivation: Derivation, notation: Notation, scope: Scope, left: Box) -> Iterator[Line]:
    before: Box = left
    first = True
    for step in derivation.steps:
        box = expression_box(step.after, notation, scope)
        if box == before:
            continue
        yield Line(left if first else None, EQUALS, box, step.why)
        before, first = box, False


def where_lines(definition: Definition, notation: Notation, scope: Scope, shown: Iterable[Expr]) -> tuple[Line, ...]:
    """The derived sizes that the shown expressions mention, one line each."""
    mentioned = frozenset().union(*(free_names(expr) for expr in shown))
    lines = where_boxes(definition, notation, scope)
    return tuple(line for name, line in zip(definition.derived, lines, strict=True) if name in mentioned)


def conventions(definition: Definition, terms: Iterable[Term], ranges: Mapping[str, Range]) -> Iterator[str]:
    """What the formulas take for granted, in words: zeros outside, and the tie rule."""
    shown = tuple(terms)
    if any(reads_outside(term, definition, ranges) for term in shown):
        yield OUTSIDE_SENTENCE
    for tensor in dict.fromkeys(definition.inputs):
        if tensor.outside in FOLDED_SENTENCES and any(_reads(term, tensor) for term in shown):
            yield FOLDED_SENTENCES[tensor.outside].format(tensor.role)
    nodes = [node for term in shown for factor in term.factors for node in walk(factor)]
    for rule in sorted({node.window.ties for node in nodes if isinstance(node, Winner)}):
        yield TIE_SENTENCES[rule]


def _reads(term: Term, tensor: Tensor) -> bool:
    return any(access.tensor.name == tensor.name for factor in term.factors for access in accesses(factor))


def _mentions(guard: Guard, term: Term) -> bool:
    first, second = guard_parts(guard)
    return bool((first.names() | second.names()) & term.bound)
