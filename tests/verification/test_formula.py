"""Formulas in LaTeX against layers: right ones are proved, planted mistakes refuted, the rest refused with a reason."""

from __future__ import annotations

import json

import pytest

import symconv as sc
from symconv.cli import main

STRIDED = sc.Conv2d(stride="s", padding="p")
FULL = sc.Conv2d(stride="s", padding="p", dilation="d", channels=True, batch=True)

RIGHT = [
    pytest.param(
        STRIDED, r"O_{i,j} = \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} K_{m,n} I_{si+m-p, sj+n-p}", {}, id="forward"
    ),
    pytest.param(
        STRIDED,
        r"O_{ij} = \sum_{m=1}^{k_1}\sum_{n=1}^{k_2} K_{mn} \cdot I_{s(i-1)+m-p, s(j-1)+n-p}",
        {},
        id="forward, counted from 1, indices run together",
    ),
    pytest.param(
        STRIDED,
        r"\frac{\partial L}{\partial K_{m',n'}} = \sum_{i,j} \frac{\partial L}{\partial O_{i,j}} I_{si+m'-p, sj+n'-p}",
        {},
        id="kernel gradient, sums without limits",
    ),
    pytest.param(
        FULL,
        r"\frac{\partial L}{\partial K_{f,c,m,n}} = \sum_{b=0}^{N-1} \sum_{i=0}^{O_1-1} \sum_{j=0}^{O_2-1} "
        r"\delta_{b,f,i,j} I_{b,c,si+dm-p,sj+dn-p}",
        {},
        id="kernel gradient, everything symbolic",
    ),
    pytest.param(
        sc.Conv1d(stride="s"),
        r"\frac{\partial L}{\partial x_u} = \sum_{i=\max(0,\lceil (u-k+1)/s\rceil)}^{\min(O_1-1,\lfloor u/s\rfloor)} "
        r"\delta_i w_{u-si}",
        {"roles": {"x": "input", "w": "kernel"}, "sizes": {"k": "k_1"}},
        id="input gradient with limits, other names",
    ),
    pytest.param(
        sc.Conv2d(kernel_size=("k_1", "k_2"), output_size=("c_1", "c_2"), stride="s"),
        r"\frac{\partial L}{\partial K_{m',n'}} = \sum_{i=1}^{c_1}\sum_{j=1}^{c_2} "
        r"\frac{\partial L}{\partial O_{i,j}} I_{s(i-1)+m', s(j-1)+n'}",
        {},
        id="deepteaching's kernel gradient, completed",
    ),
    pytest.param(
        sc.AvgPool2d(),
        r"O_{i,j} = \frac{1}{k_1 k_2} \sum_{m=0}^{k_1-1} \sum_{n=0}^{k_2-1} I_{k_1i+m,k_2j+n}",
        {},
        id="average",
    ),
    pytest.param(sc.Dense(bias=True), r"\frac{\partial L}{\partial W_{ij}} = \delta_i x_j", {}, id="dense layer"),
]
WRONG = [
    pytest.param(sc.Conv1d(), r"O_i = \sum_{m=0}^{k_1} K_m I_{i+m+1}", {}, id="an input entry too far"),
    pytest.param(
        sc.Conv1d(stride="s"),
        r"\frac{\partial L}{\partial K_m} = \sum_{i=0}^{O_1-1} \delta_i I_{i+m}",
        {},
        id="stride missing",
    ),
    pytest.param(
        sc.Conv1d(),
        r"\frac{\partial L}{\partial I_u} = \sum_{i=0}^{O_1-1} \delta_i K_{u+i}",
        {},
        id="kernel not flipped",
    ),
    pytest.param(
        sc.Conv1d(channels=True),
        r"\frac{\partial L}{\partial I_{c,u}} = \sum_{i=0}^{O_1-1} \delta_{c,i} K_{c,c,u-i}",
        {},
        id="sum over output channels missing",
    ),
    pytest.param(sc.AvgPool1d(), r"O_i = \sum_{m=0}^{k_1-1} I_{k_1 i+m}", {}, id="divisor missing"),
]


@pytest.mark.parametrize(("op", "formula", "context"), RIGHT)
def test_right_formulas_are_proved(op: sc.Operation, formula: str, context: dict[str, dict[str, str]]) -> None:
    verdict = sc.verify(formula, op, **context)
    assert verdict.status == "proved", verdict


@pytest.mark.parametrize(("op", "formula", "context"), WRONG)
def test_wrong_formulas_are_refuted(op: sc.Operation, formula: str, context: dict[str, dict[str, str]]) -> None:
    verdict = sc.verify(formula, op, **context)
    assert verdict.status == "refuted", verdict
    assert verdict.counterexample is not None


def test_zeros_outside_are_an_assumption() -> None:
    """Without limits the input gradient of the textbooks is right only if entries outside are zero."""
    verdict = sc.verify(r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i K_{u-i}", sc.Conv1d())
    assert verdict.status == "proved"
    assert verdict.assumptions == ("entries of K outside its range are read as zero",)
    assert verdict.counterexample is not None


def test_zeros_outside_are_an_assumption_where_all_sizes_are_numbers() -> None:
    verdict = sc.verify(
        r"\frac{\partial L}{\partial I_u} = \sum_{m=0}^{1} \delta_{u-m} K_m", sc.Conv1d(kernel_size=2, input_size=4)
    )
    assert verdict.status == "proved"
    assert verdict.assumptions == (r"entries of \delta outside its range are read as zero",)
    assert str(verdict.counterexample) == r"at entry u = 0: \delta[-1] is read, and \delta has shape (3,) (u = 0)"


def test_a_size_that_holds_only_without_a_rest() -> None:
    op = sc.Conv1d(stride="s", padding="p", kernel_size="k", input_size="n")
    exact = sc.verify(r"o = \left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1", op, what="output_size")
    assert (exact.status, exact.assumptions) == ("proved", ())
    loose = sc.verify(r"o = \frac{n+2p-k}{s} + 1", op, what="output_size")
    assert (loose.status, loose.assumptions) == ("proved", ("s divides -k + n + 2*p",))


def test_a_times_sign_in_a_size() -> None:
    """A product inside one size, and a product of the sizes of the axes."""
    transposed = sc.ConvTranspose2d(kernel_size="k", stride="s", padding="p", input_size="H", output_size="H_{out}")
    one = sc.verify(r"H_{out} = (H - 1) \times s - 2p + k", transposed, what="output_size")
    assert one.status == "proved"
    layer = sc.Conv2d(kernel_size=("a", "b"), input_size=("H", "W"))
    both = sc.verify(r"(H - a + 1) \times (W - b + 1)", layer, what="output_size")
    assert both.status == "proved"
    assert sc.verify(r"(H - a + 1) \times (W - a + 1)", layer, what="output_size").status == "refuted"


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        (r"O_i = \foo", r"line 1, column 7: the command \foo is not understood"),
        (r"O_i = \sum_{m=0}^{q} K_m I_{i+m}", "q is neither an index nor a size here"),
        (r"O_{i,j} = K_0", "the left side: O has 1 axis (O1), but 2 indices: i j"),
        (r"Q_i = \sum_{m} K_m I_{i+m}", "Q_i is neither an entry of a tensor of the layer nor a derivative"),
    ],
)
def test_what_has_no_meaning_is_refused(formula: str, part: str) -> None:
    verdict = sc.verify(formula, sc.Conv1d())
    assert verdict.status == "not_understood"
    assert part.replace("Q_i", "Qᵢ") in verdict.message


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        (r"O_i = K_m I_{i+m}", "the index m is bound by no sum and not on the left side"),
        (r"O_i = \sum_{i=0}^{3} K_i", "i: bound by a sum, and also an index outside of it"),
        (r"O_i = \sum_m K_m I_{i,m}", "I has 1 axis (S1), but 2 indices: i m"),
    ],
)
def test_unbound_indices_and_wrong_ranks_are_verdicts_of_their_own(formula: str, part: str) -> None:
    verdict = sc.verify(formula, sc.Conv1d())
    assert verdict.status == "refuted"
    assert part in str(verdict)


@pytest.mark.parametrize(
    ("formula", "op", "context", "message"),
    [
        ("RF_l = 1", None, {"what": "receptive_field"}, "a formula of the kind receptive_field needs a layer"),
        (
            r"O_1 = W - k_1+1 \quad \text{for } W = k_1 - 1",
            sc.Conv1d(),
            {"what": "output_size"},
            "the conditions of the formula hold for no small sizes of the layer",
        ),
        (
            r"O_i = \sum_m K_m I_{i+m} \quad \text{for } i = O_1",
            sc.Conv1d(),
            {"index_base": 0},
            "the formula speaks of positions that do not exist for any small sizes",
        ),
        (
            r"O_i = \sum_{m=0}^{99999999} \sum_{n=0}^{99999999} K_m I_{i+m}",
            sc.Conv1d(),
            {},
            "the formula could not be compared at any sizes: its sums have too many terms, or no small sizes fit",
        ),
    ],
)
def test_what_cannot_be_decided_says_why(
    formula: str, op: sc.Operation | None, context: dict[str, object], message: str
) -> None:
    verdict = sc.verify(formula, op, **context)  # type: ignore[arg-type]
    assert (verdict.status, verdict.message) == ("not_understood", message)


def test_the_chain_of_a_derivation_is_checked_line_by_line() -> None:
    right = (
        r"\begin{align*} \frac{\partial L}{\partial K_m} &= \sum_i \frac{\partial L}{\partial O_i} "
        r"\frac{\partial O_i}{\partial K_m} \\ &= \sum_i \delta_i I_{i+m} \end{align*}"
    )
    assert sc.verify(right, sc.Conv1d()).status == "proved"
    wrong = sc.verify(right.replace("I_{i+m}", "I_{i-m}"), sc.Conv1d())
    assert (wrong.status, wrong.message) == ("refuted", "line 2 is the first that is wrong")


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    for formula, code in ((r"O_i = \sum_{m=0}^{k_1-1} K_m I_{2i+m}", 0), (r"O_i = \sum_{m=0}^{k_1-1} K_m I_{i+m}", 1)):
        with pytest.raises(SystemExit) as done:
            main(["verify", "conv1d", "--stride", "2", "--json", formula])
        assert done.value.code == code
        assert json.loads(capsys.readouterr().out)["status"] == ("refuted" if code else "proved")
