"""Formulas that have no meaning, and the sentence that each is refused with."""

from __future__ import annotations

import symconv as sc

LINE, PLANE, CHANNELS = sc.Conv1d(), sc.Conv2d(), sc.Conv2d(channels=True)
PADDED, DENSE, SQUARE = sc.Conv2d(padding="p"), sc.Dense(), sc.Dense(in_features="n", out_features="n")
HALVES, POOLED = sc.MaxPool1d(kernel_size=2), sc.MaxPool2d(kernel_size="k", stride="s")
STACKED = sc.Conv1d(kernel_size="k_l", stride="s_l")
FIELD, SIZE, NUMBER = {"what": "receptive_field"}, {"what": "output_size"}, {"what": "arithmetic"}
FRONT = {"roles": {"z": "pre_activation", "f": "activation"}}
PICKS = {"roles": {"x": "input", "y": "output", "S": "indicator"}}
DI2 = r"\frac{\partial L}{\partial I_{u,v}} ="

# What a user reads first: the whole first line, with the place where there is one.
FIRST_LINES = [
    # numbers and indices
    (r"O_i = \sum_m K_m I_{i+}", LINE, {}, "something is missing beside a sign"),
    (
        r"O_i = \sum_{m=0}^{1234567890} K_m I_{i+m}",
        LINE,
        {},
        "line 1, column 19: 1234567890 is not an integer of at most 9 digits",
    ),
    (r"O_i = \sum_m K_m I_{i+\frac{m}{0}}", LINE, {}, "line 1, column 23: a division by zero"),
    (r"O_i = \sum_m K_m I_{\sum(i,m)}", LINE, {}, "line 1, column 25: (i, m) is no list of sizes and indices"),
    (r"O_i = \sum_m K_m I_{i+\cdot m}", LINE, {}, "line 1, column 23: the sign · stands between no two factors"),
    (
        r"O_i = Q_i",
        LINE,
        {},
        "line 1, column 7: Qᵢ is neither an index nor a size here; known are O_1, W, i, k_1",
    ),
    (
        r"O_i = \sum_{m=0}^{Q} K_m I_{i+m}",
        LINE,
        {},
        "Q is neither an index nor a size here; known are O_1, W, i, k_1, m",
    ),
    # sums and maxima
    (r"O_i = \sum K_m I_{i+m}", LINE, {}, "line 1, column 7: the sign sum has no index"),
    (r"O_i = \sum_{m+1} K_m I_{i+m}", LINE, {}, "line 1, column 14: + is not the name of an index"),
    (
        r"O_i = \sum_{m \le 3} K_m I_{i+m}",
        LINE,
        {},
        "line 1, column 13: m ≤ 3 under a sign is no range: write m=0 or 0 ≤ m < k",
    ),
    (
        r"O_i = \sum_{m+1, m=i} K_m I_{i+m}",
        LINE,
        {},
        "line 1, column 13: m + 1 , m = i under a sign is no range: write m=0 or 0 ≤ m < k",
    ),
    (r"O_i = \sum_m", LINE, {}, "line 1, column 7: there is nothing behind the sum sign"),
    (r"y_i = \sum_k W_{ij}", DENSE, {}, "the sum over k has no limits, and no entry shows how far it runs"),
    (r"O_i = \max_{m} I", HALVES, {}, "line 1, column 7: the maximum of an array is not understood"),
    (r"O_i = \max_{m : m \ne 1} I_{2i+m}", HALVES, {}, "line 1, column 7: the condition below max is not understood"),
    (r"O_i = \max_{m \in foo} I_{2i+m}", HALVES, {}, "foo is no set of positions that is understood"),
    (r"O_{i,j} = \max_{m \in \Omega(i,j)} I_{m,m}", POOLED, {}, "a window has one index for each spatial axis"),
    (r"O_i = \prod_m K_m", LINE, {}, "line 1, column 7: the sign prod has no meaning here"),
    # signs
    (r"O_i = K_0 +", LINE, {}, "something is missing beside a sign"),
    (r"O_i = K_0 \cdot", LINE, {}, "line 1, column 11: a product ends with a sign"),
    (r"O_i = \cdot K_0", LINE, {}, "line 1, column 7: the sign · has nothing before it"),
    (r"O_i = K_0 /", LINE, {}, "line 1, column 11: a slash has nothing beside it"),
    (r"O_i = \frac{K_0 I_i}{0}", LINE, {}, "a division by zero"),
    (r"O_i = K_0 I_i + \dots", LINE, {}, "line 1, column 17: an ellipsis is not understood: write the sum"),
    (r"O_i = K_0 \wedge I_i", LINE, {}, "line 1, column 11: the sign ∧ has no meaning between entries here"),
    (r"O_i = |K_0| I_i", LINE, {}, "line 1, column 7: an absolute value is not understood here"),
    # brackets, matrices
    (r"y = (W x)^2", DENSE, {}, "a power of an array is not understood"),
    (r"y = (W x)^{(3)}", DENSE, {}, "line 1, column 5: the superscript of (W x)⁽³⁾ is not understood"),
    (r"O_i = (I \star K)_{i,i}", LINE, {}, "the array in brackets has 1 axis, but 2 indices are written"),
    (r"y = \begin{pmatrix} 1 & \\ 2 & 3 \end{pmatrix} x", DENSE, {}, "line 1, column 5: a cell of the matrix is empty"),
    (
        r"y = \begin{pmatrix} \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} & 1 \\ 1 & 1 \end{pmatrix} x",
        DENSE,
        {},
        "line 1, column 21: a matrix of matrices is not understood",
    ),
    (r"y = W + x", DENSE, {}, "a sum of arrays of different sizes: they have 2 and 1 axes"),
    (r"y = W x + \operatorname{vec}(W)", DENSE, {}, "a sum of arrays of different sizes: m against n·m"),
    (r"y = x W", DENSE, {}, "a matrix product of sizes that do not fit: a column times a matrix"),
    (r"y = \operatorname{diag}(W) x", DENSE, {}, "diag takes a vector, not a matrix"),
    (r"y = W \otimes x", DENSE, {"infix": {r"\otimes": "kronecker"}}, "⊗ between a matrix and a column"),
    (r"O = I^T", CHANNELS, {}, "an array with 3 axes has no transpose"),
    (
        "+".join("ABCDEFGHJKMNOPQRSUVWXYZ") + " = A",
        None,
        {},
        "the sizes of the matrices cannot be found out",
    ),
    (
        r"A_{i} = \begin{cases} 1 & X_i = \max \text{ in the window} \\ 0 & \text{otherwise} \end{cases}",
        None,
        {},
        "the formula speaks of the input of a layer, but no layer is given",
    ),
    # two sides
    ("O_i", LINE, {}, "there is no equation here: a formula needs both sides"),
    (r"\text{nothing}", LINE, {}, "there is no equation here"),
    (r"O_i \approx K_0 I_i", LINE, {}, "an approximation is neither right nor wrong: write an equation"),
    ("y = W", DENSE, {}, "the left side has 1 axis, the right side 2 axes"),
    ("y = x^T", SQUARE, {}, "the left side is a column, the right side a row"),
    ("O = K", PLANE, {}, "the left side has O_1 entries along an axis, the right side k_1"),
    (r"\operatorname{vec}(A) = \mathbf{b}", None, {}, "the two sides are vectors of different make-up"),
    (
        "Q_i = I_i",
        LINE,
        {},
        "line 1, column 1: Qᵢ is neither an entry of a tensor of the layer nor a derivative: say in roles what it is",
    ),
    (r"O_{i,j} = I_i", LINE, {}, "the left side: O has 1 axis (O1), but 2 indices: i j"),
    (r"O_{2i} = I_{2i}", LINE, {}, "the left side has an index that no entry names alone"),
    (r"O_{-1} = I_0", LINE, {}, "the left side names position -1 of an axis with O_1 entries (counted from 0)"),
    (r"O_i = I_{i,i}", LINE, {}, "I has 1 axis (S1), but 2 indices: i i"),
    (r"O_i = q I_i", LINE, {}, "the index q is bound by no sum and does not stand on the left side"),
    (
        r"O_i = \sum_m K_m I_{i+m} \text{ for } 0 \le m < k_1 \text{ and } 0 \text{ otherwise}",
        LINE,
        {},
        "the condition for 0 ≤ m < k₁ is not understood",
    ),
    # conditions
    (
        r"O_i = \begin{cases} I_i & i \\ 0 & \text{otherwise} \end{cases}",
        LINE,
        {},
        "line 1, column 27: i is no condition",
    ),
    (
        r"O_i = \begin{cases} I & i = 0 \\ 0 & \text{otherwise} \end{cases}",
        LINE,
        {},
        "line 1, column 21: a case has an array as its value",
    ),
    (r"O_i = [i \notin k_1] I_i", LINE, {}, r"the relation \notin has no meaning between positions"),
    (r"O_i = [i \in foo] I_i", LINE, {}, "line 1, column 14: foo is no set of positions that is understood"),
    # where a maximum is taken
    (rf"{DI2} [(u,v) = (u^*, v^*)]", POOLED, {}, "it is not clear which window is meant"),
    (
        rf"{DI2} \sum_{{i,j}} \delta_{{i,j}} [u = \arg\max_{{(a,b) \in \Omega(i,j)}} I_{{a,b}}]",
        POOLED,
        {},
        "line 1, column 64: a position in the input has one index for each spatial axis",
    ),
    (
        rf"{DI2} \sum_{{i,j}} \delta_{{i,j}} [(u,v) = \arg\max_{{(a,b) \in \Omega(i,j)}} I_{{b,a}}]",
        POOLED,
        {},
        "line 1, column 105: the maximum over (a, b) of I_{b,a} is not one over the window's entries",
    ),
    (r"O_i = [K_i = \max_m I_{2i+m}]", sc.Conv1d(stride=2), {}, "line 1, column 8: Kᵢ is no entry of the input"),
    (r"O_i = [I_i = \max_m K_m]", LINE, {}, "the maximum is taken over another tensor than the entry's"),
    (
        r"O_i = [I_i = \max_{0 \le m < 2, 0 \le n < 2} I_{i+m+n}]",
        LINE,
        {},
        "an index of the maximum's window stands beside another one in one position",
    ),
    (r"O_i = [I_i = \max]", HALVES, {}, "line 1, column 14: max: it is not clear which maximum is meant"),
    (
        r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i [I_u = \max_m I_{2i+m} + 1]",
        HALVES,
        {},
        "line 1, column 58: the maximum is not understood",
    ),
    (r"O_i = [I_u = O_i]", LINE, {}, "this layer takes no maximum"),
    (
        r"1 = [I_{c,u,v} = O_{c,i,j}]",
        sc.MaxPool2d(channels=True),
        {},
        "it is not clear which channel the window belongs to",
    ),
    (
        r"\frac{\partial L}{\partial I_u} = \sum_i \frac{\delta_i}{|\arg\max_{0 \le m < 2} I_{2i+m}|}",
        HALVES,
        {},
        "line 1, column 35: the number of largest entries stands without the entries that share",
    ),
    # derivatives
    (
        r"\frac{\partial L}{\partial K_m} = \frac{\partial}{\partial K_m}",
        LINE,
        {},
        "there is nothing behind the derivative sign",
    ),
    (
        r"\frac{\partial L}{\partial K_m} = \frac{\partial O_i}{\partial (K_m + I_m)}",
        LINE,
        {},
        "line 1, column 64: a derivative by (Kₘ + Iₘ) is not understood",
    ),
    (
        r"\frac{\partial L}{\partial 3} = 3",
        LINE,
        {},
        "the loss is differentiated by something that is no tensor of the layer",
    ),
    (r"\frac{\partial L}{\partial \delta_i} = O_i", LINE, {}, "the derivative by the gradient dI is not understood"),
    (r"\frac{\partial I_i}{\partial O_j} = 3", LINE, {}, "a derivative by O is not understood"),
    (r"\nabla_W^2 L = W", DENSE, {}, "line 1, column 1: ∇²_{W}: a second derivative is not understood"),
    (
        r"\delta^{l}_u = f''(z^{l}_u)",
        DENSE,
        FRONT,
        "line 1, column 16: a second derivative of the activation is not understood",
    ),
    (
        r"\delta^{l}_u = f'(z_u + 1)",
        LINE,
        FRONT,
        "line 1, column 19: the activation f is understood of the pre-activation only",
    ),
    # marks of layers
    (r"\delta^{l} = W^T \delta^{L+1}", DENSE, {}, "the marks of layers in the formula have different letters"),
    (
        r"z^{l} = W x^{l+1}",
        DENSE,
        {"roles": {"z": "output", "x": "input"}},
        "the input has the mark of a later layer than what is computed from it",
    ),
    (
        r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(z^{l-1})",
        DENSE,
        FRONT,
        "the marks of layers in the formula are not those of two layers that follow each other",
    ),
    (
        r"\delta^{l} = (W^{l+5})^T \delta^{l+1} \odot f'(z^{l})",
        DENSE,
        FRONT,
        "a symbol has the mark of a layer that the others do not speak of",
    ),
    # functions
    (r"O = \operatorname{rot180}(I, K)", LINE, {}, "line 1, column 27: rot180 takes one array, here are 2: I, K"),
    (r"O = \operatorname{rot}_{90}(I)", LINE, {}, "line 1, column 25: 90 at rot180 is not understood"),
    (r"O_i = \operatorname{rot180}(3)", LINE, {}, "rot180 turns an array, not a number"),
    (
        r"\operatorname{vec}(O) = \operatorname{rot180}(\operatorname{vec}(I))",
        PLANE,
        {},
        "rot180 of a vector of several digits is not understood",
    ),
    (r"O = \operatorname{vec}", LINE, {}, "line 1, column 5: vec needs an argument"),
    (
        r"O = \operatorname{vec}_3(I)",
        PLANE,
        {},
        "line 1, column 24: vec with 3 below it is neither by columns (c) nor by rows (r)",
    ),
    (r"O = \phi(K)", PLANE, {}, "the matrix of windows is that of a layer's input"),
    (r"O = \operatorname{dil}(I)", LINE, {}, "the function needs a size below it"),
    (r"O = \operatorname{tr}(I)", LINE, {}, "the function trace is not understood"),
    (r"O = \operatorname{conv2}(I)", LINE, {}, "conv takes two arrays, and perhaps full, valid or same"),
    (r"O = \operatorname{conv2}_{foo}(I, K)", LINE, {}, "foo at conv is none of full, valid, same and a stride"),
    (
        r"O = \operatorname{conv2}_{stride=2}(I, K)",
        LINE,
        {},
        "a stride at conv is understood for arrays of given sizes only",
    ),
    (
        r"O = \operatorname{conv2}(\operatorname{vec}(I), K)",
        PLANE,
        {},
        "a sliding window over 1 axes has a kernel with 2",
    ),
    (
        r"\operatorname{vec}(y) = S(y) \operatorname{vec}(x)",
        POOLED,
        PICKS,
        "line 1, column 27: y is not the layer's input",
    ),
    (
        r"O_i = I_{-i} * K_m",
        LINE,
        {"infix": {"*": "correlation"}},
        "an array turned about its origin is understood as the second operand only",
    ),
    (
        r"\frac{\partial L}{\partial I_{i,j}} = \delta_{i,j} *_{full} w_{-m,-n}",
        PLANE,
        {"infix": {"*": "correlation"}},
        "the full part is not defined for an array that is turned about its origin",
    ),
    (
        r"O_{f,i,j} = \sum_{m,n} K^{rot180}_{m,n} I_{i+m,j+n}",
        CHANNELS,
        {"layout": {"kernel": "HW", "input": "HW"}},
        "a part of a rotated kernel is not understood",
    ),
    # sizes, counts, regions, receptive fields
    ("q = 3", LINE, NUMBER, "line 1, column 1: q is no size of the layer, and no other quantity that is known"),
    ("k_1", LINE, NUMBER, "there is no equation here"),
    ("o = 3", None, SIZE, "a formula of the kind output_size needs a layer"),
    (r"\text{nothing}", LINE, SIZE, "there is no size here"),
    (
        "Q = W - k_2 + 1",
        sc.Conv2d(output_size=("A", "B")),
        SIZE,
        "line 1, column 1: Q is no size of the layer; its output sizes are A, B",
    ),
    ("i s \\le r < i s + k_1", DENSE, FIELD, "the layer has no window over its input"),
    (
        "i s \\le r < i s + k_1",
        sc.Conv2d(stride="s"),
        FIELD,
        "the layer has 2 spatial axes, the formula 1 chains of inequalities",
    ),
    (
        "i s \\le r + j < i s + k_1",
        sc.Conv1d(stride="s"),
        FIELD,
        "line 1, column 1: it is not clear which names are the positions of input and output",
    ),
    ("RF_l = q", STACKED, FIELD, "q is neither RF, J nor a number of the layer"),
    ("RF_l = q_l", STACKED, FIELD, "qₗ is neither RF, J nor a number of the layer"),
    ("RF_l = RF_{l-7}", STACKED, FIELD, "RFₗ₋₇ speaks of a layer that there is not"),
    ("q = 3", STACKED, FIELD, "the left side is the receptive field of a number of layers, such as RF_l"),
    ("RF_l = RF_{l-1} +", STACKED, FIELD, "something is missing beside a sign"),
    (r"RF_l = 1 + \sum_i k_i", STACKED, FIELD, "the sign sum needs an index and both limits"),
    ("RF_l = RF_{l-1} / (s_l - s_l)", STACKED, FIELD, "a division by zero"),
    (r"RF_l = \sum_{i=1}^{l/2} k_i", STACKED, FIELD, "the limits of the sign sum are whole numbers"),
    # what is said beside the formula
    (
        "O_i = I_i",
        LINE,
        {"roles": {"q": "foo"}},
        "roles: 'q' has the role 'foo'; the roles are input, kernel, weight, bias, output, upstream, loss, "
        "pre_activation, activation, target, indicator",
    ),
    (
        "O_i = I_i",
        LINE,
        {"sizes": {"q": "foo"}},
        "sizes: 'q' is said to be foo, but foo is no size of the layer: O_1, W, k_1",
    ),
]

# Sentences of a reading that is not the one that the verdict speaks of, or of one that was tried on the way.
OF_SOME_READING = [
    (r"O_i = \sum_{0 \le m < k_1}^{5} K_m I_{i+m}", LINE, {}, "a range below a sign has its end already: 0 ≤ m < k₁"),
    (
        r"O_i = \sum_{m = \text{not } 0}^{k_1-1} K_m I_{i+m}",
        LINE,
        {},
        "words in a range are not understood: m = not  0",
    ),
    (
        r"\frac{\partial L}{\partial K_{,m}} = \sum_i \delta_i I_{i+m}",
        LINE,
        {},
        "an index is empty: a comma has nothing on one side",
    ),
    (
        r"O = \operatorname{pad}(I, 1, 7) \star K",
        LINE,
        {},
        "one size or one for each axis of space is needed: here are 2 for 1",
    ),
    (
        r"\frac{\partial L}{\partial K_0} = \operatorname{sum}(\delta)^2",
        LINE,
        {},
        "a power of a function is not understood: write it around the function",
    ),
    (r"O_i = \sum_m K^T_{m} I_{i+m}", LINE, {}, "an entry of the transposed K is understood of a matrix only"),
    (
        r"\frac{\partial L}{\partial I} = \delta^{\mathrm{pad}} \ast K",
        PADDED,
        {},
        "the label pad is understood at the input of a layer, not at \\delta",
    ),
    (r"O_i = [q(i) \in foo] I_i", LINE, {}, "foo is no set of positions that is understood"),
    (
        r"\frac{\partial L}{\partial I} = \delta * \operatorname{rot180}(K), "
        r"\quad \frac{\partial L}{\partial K} = I * \delta",
        PADDED,
        {},
        "the full, cut by the padding, cross-correlation does not exist here",
    ),
    (r"O_i = I_i", PLANE, {"layout": {"output": "H"}}, "layout: the axis O2 of O is left out, but it has O_2 entries"),
    (r"O_i = I_i", PLANE, {"layout": {"output": "HC"}}, "layout: output has the axes HW, got 'HC'"),
    (r"O_i = I_i \quad \text{for } i \in foo", LINE, {}, "i ∈ foo is no condition on sizes"),
    (r"O_i = I_i \quad \text{for } i \ne 1", LINE, {}, "i ≠ 1 is no condition on sizes"),
    (r"\nabla_W = W", DENSE, {}, "∇_{W} needs below it what it differentiates by, and a function after it"),
    (r"O_{i,i} = I_{i,i}", PLANE, {}, "the left side has the same index twice"),
    (r"O_i = \sum_m K_m I_{i+m} \quad \text{where } q = 2", LINE, {}, "q is neither an index nor a size here"),
    ("p = k_1 - 1 - p", sc.Conv1d(padding="p", output_size="o"), NUMBER, "p stands on both sides"),
]

# Sentences that other tests of this room reach by calling a function; formulas do not come there.
BY_CALLS = (
    "the layer has no tensor q",  # test_resolve
    "⊗ between a matrix and a column",  # test_arrays
)
# Sentences that nothing seems to reach, with the reason.
OUT_OF_REACH = {
    "the index {…} is bound by no sum, and no entry shows how far it runs": "unbound.bind refuses the index before",
    "{…} is no size of the layer": "claim.public: a guessed size is found out or refused where its sum is read",
    "this layer has no window over its input": "windows.in_window: whoever calls it knows the window already",
    "the layer has no axis {…}": "unbound: only axes that the layer's own tensors have are ever left out",
}
