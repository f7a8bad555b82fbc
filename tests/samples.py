"""Definitions built by hand, and the window sizes that they share."""

from __future__ import annotations

from symconv.expr.nodes import Access, Bracket, Expr, Mul, Pow, Reduce, Scalar, Sum, Ties, binder
from symconv.expr.tensor import Definition, Outside, Tensor
from symconv.index.affine import ONE, Affine, floor_div
from symconv.index.domain import Assumptions, AtMost, Equal, Guard
from tests.strategies import of, window_facts


def vector(name: str, role: str, size: Affine | str, index: str, outside: Outside = "zero") -> Tensor:
    """A tensor of one axis."""
    roles = {"input": "input", "kernel": "kernel", "output": "output"}
    return Tensor(name, roles[role], (of(size),), (index,), ("S1",), outside)  # type: ignore[arg-type]


def window(stride: Affine, dilation: Affine, padding: Affine) -> tuple[Assumptions, dict[str, Affine]]:
    """What is known of H, k and O = ⌊(H + 2p − d(k − 1) − 1)/s⌋ + 1, and O itself."""
    size, kernel = of("H"), of("k")
    span, padded = dilation * (kernel - 1) + 1, size + 2 * padding
    symbols = stride.names() | dilation.names() | padding.names()
    lower = {"H": 1, "k": 1, "O": 1, **{name: int(name != "p") for name in symbols}}
    return Assumptions(lower, window_facts(padded, span, stride, of("O"))), {"O": floor_div(padded - span, stride) + 1}


def conv(stride: object = 1, dilation: object = 1, padding: object = 0, outside: Outside = "zero") -> Definition:
    """O[i] = Σ_m K[m] · I[s·i + d·m − p]."""
    s, d, p = (of(value) for value in (stride, dilation, padding))  # type: ignore[arg-type]
    known, derived = window(s, d, p)
    if outside in ("reflect", "circular"):
        room = of("H") - p - (1 if outside == "reflect" else 0)
        known = Assumptions(known.lower, (*known.facts, room))
    x, w = vector("I", "input", "H", "u", outside), vector("K", "kernel", "k", "m")
    body = Sum(Mul((Access(w, (of("m"),)), Access(x, (s * "i" + d * "m" - p,)))), (binder("m", "k"),))
    return Definition("conv", vector("O", "output", "O", "i"), body, (x, w), known, derived)


def conv2d(stride: int = 1) -> Definition:
    """O[i,j] = Σ_m Σ_n K[m,n] · I[s·i + m, s·j + n]."""
    sizes = [("H", "k_1", "O_1"), ("W", "k_2", "O_2")]
    facts = [fact for h, k, o in sizes for fact in window_facts(of(h), of(k), of(stride), of(o))]
    derived = {o: floor_div(of(h) - k, stride) + 1 for h, k, o in sizes}
    lower = {name: 1 for names in sizes for name in names}
    x = Tensor("I", "input", (of("H"), of("W")), ("u", "v"), ("S1", "S2"))
    w = Tensor("K", "kernel", (of("k_1"), of("k_2")), ("m", "n"), ("K1", "K2"))
    o = Tensor("O", "output", (of("O_1"), of("O_2")), ("i", "j"), ("O1", "O2"))
    read = Access(x, (of("i") * stride + "m", of("j") * stride + "n"))
    body = Sum(Mul((Access(w, (of("m"), of("n"))), read)), (binder("m", "k_1"), binder("n", "k_2")))
    return Definition("conv2d", o, body, (x, w), Assumptions(lower, tuple(facts)), derived)


def blocks(body: Expr, *inputs: Tensor) -> Definition:
    """An operation on windows that do not overlap: I has k·O entries."""
    return Definition("blocks", vector("O", "output", "O", "i"), body, inputs, Assumptions({"k": 1, "O": 1}))


def average_blocks() -> Definition:
    """O[i] = 1/k · Σ_m I[k·i + m]."""
    x = vector("I", "input", of("k") * "O", "u")
    entry = Access(x, (of("k") * "i" + "m",))
    return blocks(Mul((Scalar(ONE, of("k")), Sum(entry, (binder("m", "k"),)))), x)


def maximum(ties: Ties, stride: object = "s", padding: object = 0) -> Definition:
    """O[i] = max over m of I[s·i + m − p], where the entry exists."""
    s, p = of(stride), of(padding)  # type: ignore[arg-type]
    known, derived = window(s, ONE, p)
    known = Assumptions(known.lower, (*known.facts, of("k") - 2 * p))
    x, read = vector("I", "input", "H", "u"), s * "i" + "m" - p
    guards: tuple[Guard, ...] = (AtMost(of(0), read), AtMost(read, of("H") - 1))
    body = Reduce("max", Access(x, (read,)), (binder("m", "k"),), guards, ties)
    return Definition("max", vector("O", "output", "O", "i"), body, (x,), known, derived)


def root_blocks(power: int) -> Definition:
    """O[i] = (Σ_m I[k·i + m]^q)^(1/q)."""
    x = vector("I", "input", of("k") * "O", "u")
    powers = Pow(Access(x, (of("k") * "i" + "m",)), Scalar(of(power)))
    return blocks(Pow(Sum(powers, (binder("m", "k"),)), Scalar(ONE, of(power))), x)


def grouped() -> Definition:
    """O[f] = Σ_γ Σ_φ [f = γ·e + φ] K[f] · I[γ]: f runs over g groups of e."""
    x, w = vector("I", "input", "g", "c"), vector("K", "kernel", of("g") * "e", "f")
    belongs = Bracket((Equal(of("f"), of("a") * "e" + "b"),))
    product = Mul((belongs, Access(w, (of("f"),)), Access(x, (of("a"),))))
    body = Sum(product, (binder("a", "g"), binder("b", "e")))
    out = vector("O", "output", of("g") * "e", "f")
    return Definition("grouped", out, body, (x, w), Assumptions({"g": 1, "e": 1}))


def flatten() -> Definition:
    """O[q] = Σ_c Σ_i Σ_j [q = (c·H + i)·W + j] I[c,i,j]."""
    x = Tensor("I", "input", (of("C"), of("H"), of("W")), ("c", "u", "v"), ("C", "S1", "S2"))
    place = Bracket((Equal(of("q"), (of("c") * "H" + "u") * "W" + "v"),))
    entry = Access(x, (of("c"), of("u"), of("v")))
    body = Sum(Mul((place, entry)), (binder("c", "C"), binder("u", "H"), binder("v", "W")))
    out = vector("O", "output", of("C") * "H" * "W", "q")
    return Definition("flatten", out, body, (x,), Assumptions({"C": 1, "H": 1, "W": 1}))


def squares() -> Definition:
    """O[i] = I[i]² · K[i]: smooth in I, linear in K."""
    x, w = vector("I", "input", "n", "t"), vector("K", "kernel", "n", "t")
    body = Mul((Access(x, (of("i"),)), Access(x, (of("i"),)), Access(w, (of("i"),))))
    return Definition("squares", vector("O", "output", "n", "i"), body, (x, w), Assumptions({"n": 1}))
