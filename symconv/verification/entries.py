"""Values for tensors at given sizes: generic ones that no wrong formula fits by accident, and small ones to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, product
from random import Random
from typing import Any, Literal

from symconv.expr.nodes import Expr
from symconv.expr.tensor import Tensor
from symconv.expr.walk import accesses
from symconv.time_limit import check_time
from symconv.verification.products import Products

Kind = Literal["generic", "tied", "small", "products", "moderate", "signed"]
_GENERIC = 2**61


def tensors_of(*exprs: Expr) -> dict[str, Tensor]:
    """Every tensor that the expressions read, by name."""
    return {entry.tensor.name: entry.tensor for expr in exprs for entry in accesses(expr)}


def values_for(tensors: Mapping[str, Tensor], sizes: Mapping[str, int], kind: Kind, seed: int = 0) -> dict[str, Any]:
    """Nested lists for every tensor.

    ``generic``: random integers of 61 bits, so that two different polynomials of degree r with small coefficients agree
    with probability at most r/2⁶⁰ (Schwartz and Zippel). ``tied``: 1 or 2, so that windows have several
    largest entries. ``moderate``: random integers up to 1000, for formulas with roots, ``signed``
    such of both signs. ``small``: the primes in order,
    one for each entry. ``products``: each entry a symbol of its own.
    """
    rng, primes = Random(seed), _primes()

    def value(name: str, at: tuple[int, ...]) -> Any:
        check_time()
        match kind:
            case "generic":
                return rng.randrange(1, _GENERIC)
            case "tied":
                return rng.randint(1, 2)
            case "moderate":
                return rng.randint(1, 1000)
            case "signed":
                return rng.choice((-1, 1)) * rng.randint(1, 1000)
            case "small":
                return next(primes)
            case "products":
                return Products.entry(f"{name}[{','.join(map(str, at))}]" if at else name)

    found = {}
    for name, tensor in sorted(tensors.items()):
        shape = tuple(size.value(sizes) for size in tensor.shape)
        found[name] = _nested({at: value(name, at) for at in product(*map(range, shape))}, shape)
    return found


def _nested(values: Mapping[tuple[int, ...], Any], shape: tuple[int, ...], at: tuple[int, ...] = ()) -> Any:
    if len(at) == len(shape):
        return values[at]
    return [_nested(values, shape, (*at, index)) for index in range(shape[len(at)])]


def _primes() -> Iterator[int]:
    known: list[int] = []
    for number in count(2):
        if all(number % prime for prime in known if prime * prime <= number):
            known.append(number)
            yield number
