"""Formulas with words, conditions or scripts that change what they say: none of them may be proved or checked.

Each row was once read as if the words, the condition or the script were not there.
"""

from __future__ import annotations

import symconv as sc

LINE, PLANE, DENSE, BIASED = sc.Conv1d(), sc.Conv2d(), sc.Dense(), sc.Dense(bias=True)
STRIDED, PADDED = sc.Conv1d(stride="s"), sc.Conv1d(stride="s", padding="p")
MAX1, MAX2, MEAN = sc.MaxPool1d(), sc.MaxPool2d(), sc.AvgPool2d()
SIZES = sc.Conv2d(kernel_size=("k_1", "k_2"), input_size=("H", "W"), output_size=("H_{out}", "W_{out}"))
CHANNELS = sc.Conv2d(channels=True, output_size=("H_{out}", "W_{out}"), input_size=("H", "W"))
SIZE, COUNT, NUMBER, FIELD = ({"what": each} for each in ("output_size", "parameters", "arithmetic", "receptive_field"))
STACKED = sc.Conv1d(kernel_size="k_l", stride="s_l")
LEARNED = sc.Conv2d(channels=True, bias=True)
DI1 = r"\frac{\partial O_i}{\partial I_u} ="
DI2 = r"\frac{\partial L}{\partial I_{u,v}} = \begin{cases}\delta_{i,j} & "
ELSE = r" \\ 0 & \text{otherwise}\end{cases}"
SUM = r"\sum_{m=0}^{k_1-1}"
FIRST = rf"O_i = {SUM} K_m I_m"  # right for i = 0 only

NOT_PROVED = [
    # what stands before and behind an argmax
    (rf"{DI1} [u - k_1 i = 2\arg\max_{{0 \le m<k_1}} I_{{k_1 i + m}}]", MAX1, {}),
    (rf"{DI1} [u - k_1 i = 1 + \arg\max_{{0 \le m<k_1}} I_{{k_1 i + m}}]", MAX1, {}),
    (rf"{DI1} [u - k_1 i = -\arg\max_{{0 \le m<k_1}} I_{{k_1 i + m}}]", MAX1, {}),
    (rf"{DI2} (u,v)=\arg\max (-I) {ELSE}", MAX2, {}),
    (rf"{DI2} (u,v)=\arg\max \delta {ELSE}", MAX2, {}),
    (rf"{DI2} (u,v)=2\arg\max(I) {ELSE}", MAX2, {}),
    (rf"{DI2} (u,v)=(j^*,i^*) {ELSE}", MAX2, {}),
    (rf"{DI2} (u,v)=(v^*,u^*) {ELSE}", MAX2, {}),
    (rf"{DI2} I_{{u,v}} = \max \text{{ outside the pool window}} {ELSE}", MAX2, {}),
    # words in a condition
    *(
        (rf"{FIRST} \quad {words}", LINE, {})
        for words in (
            r"\text{unless } i=0", r"\text{except } i=0", r"\text{if not } i=0", r"\text{for } i \text{ not } = 0",
            r"\text{for } i=0 \text{ or } 1", r"\text{for all } i \text{ but } i=0",
        )
    ),
    (r"H_{out} = W-k_2+1 \quad \text{unless } H-k_1 = W-k_2", SIZES, SIZE),
    # the condition of a line says nothing of the others
    (rf"\begin{{align}} O_i &= {SUM} K_m I_{{i+m}}, \quad \text{{for }} i=0 \\ {FIRST} \end{{align}}", LINE, {}),
    (rf"\begin{{align}} O_i &= {SUM} K_m I_{{si+m}} \quad \text{{if }} s=1 \\ O_i &= {SUM} K_m I_{{i+m}} \end{{align}}",
     STRIDED, {}),
    (rf"{FIRST}, \quad \text{{for }} i=0, \quad \frac{{\partial L}}{{\partial K_m}} = \sum_i \delta_i I_m", LINE, {}),
    # steps, words and directions under a sign
    (r"O_i = \sum_{m \in \{0,2,\dots,k_1-1\}} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{m=0,2,\dots,k_1-1} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{m \text{ even}} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{\text{odd } m} K_m I_{i+m}", LINE, {}),
    (r"O_i = \max_{m \text{ even}} I_{k_1 i+m}", MAX1, {}),
    (r"O_i = \sum_{0 \le m \ge k_1-1} K_m I_{i+m}", LINE, {}),
    *((rf"O_i = \sum_{{m={low}}}^{{{high}}} K_m I_{{i+m}}", LINE, {})
      for low, high in ((r"-\infty", r"-\infty"), (r"\infty", r"\infty"), ("0", r"2\infty"), ("0", r"-\infty"))),
    # words before brackets, powers inside braces
    *((rf"O_i = {SUM} K_m I_{{{inner}}}", LINE, {})
      for inner in (r"\log(i)+m", r"\sin(i)+m", r"\operatorname{double}(i)+m")),
    (r"H_{out}=\log(H)-k_1+1", SIZES, SIZE),
    (r"N = \text{half of}(k_1) k_2 C F", CHANNELS, COUNT),
    (r"N = \text{twice}(k_1) k_2", PLANE, COUNT),
    (rf"O_i = {SUM} {{K^2}}_m I_{{i+m}}", LINE, {}),
    (rf"O_i = {SUM} K_m {{I^3}}_{{i+m}}", LINE, {}),
    (r"\frac{\partial L}{\partial W} = \delta {x^2}^T", DENSE, {}),
    # sets that are no window
    *((rf"\frac{{\partial L}}{{\partial I_{{u,v}}}} = \frac{{1}}{{k_1 k_2}} "
       rf"\sum_{{i,j: (u,v) \in {name}(i,j)}} \delta_{{i,j}}", MEAN, {})
      for name in (r"\text{outside}", r"\bar\Omega", r"\text{not window}")),
    # sizes on the left side, words in brackets
    (r"W_{out} \times H_{out} = (H-k_1+1) \times (W-k_2+1)", SIZES, SIZE),
    (r"H_{out} \times H_{out} = (H-k_1+1) \times (W-k_2+1)", SIZES, SIZE),
    (r"H \times W = (H-k_1+1) \times (W-k_2+1)", SIZES, SIZE),
    (r"k_1 \times k_2 = (H-k_1+1) \times (W-k_2+1)", SIZES, SIZE),
    (r"H_{out} \times W_{out} \times C = (H-k_1+1) \times (W-k_2+1) \times F", CHANNELS, SIZE),
    (r"F = C F k_1 k_2", sc.Conv2d(channels=True), COUNT),
    (r"k_1 = k_1 k_2", PLANE, COUNT),
    (r"N = k_1 k_2 (\text{F})", PLANE, COUNT),
    (r"H_{out} = (H-k_1+1)(\text{two})", SIZES, SIZE),
    # regions and numbers
    (r"\text{not } s i - p \le r < s i - p + k_1", PADDED, FIELD),
    (r"s i - p \le r < s i - p + k_1 \text{ fails}", PADDED, FIELD),
    (r"s i - p \le r < s i - p + k_1 \quad \text{never}", PADDED, FIELD),
    (r"2 = 2 \quad \text{and } 1 + 1 = 3", LINE, NUMBER),
    (r"2 = 2 \text{ and } 1+1=3", LINE, NUMBER),
    (r"1\,000 = 0", LINE, NUMBER),
    (r"2\,3 = 6", LINE, NUMBER),
    # letters of no layer
    (r"x^T y = y x^T", None, {}),
    (r"x^T A = A x^T", None, {}),
    (r"x y^T = y^T x", None, {}),
    (r"A^{(2)} = A", None, {}),
    # marks of layers
    (r"\frac{\partial L}{\partial b^{l}} = \delta^{l-1}", BIASED, {}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l-1} x^T", DENSE, {}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l+5} x^T", DENSE, {}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l} \sigma(z^{l})^T", DENSE,
     {"roles": {"z": "pre_activation", r"\sigma": "activation"}}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l} (a^{l})^T", DENSE, {"roles": {"a": "activation"}}),
    (r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^{l+1})", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"O_i = \sum_m K^{l}_m I^{l+5}_{i+m}", LINE, {}),
    (r"O_i = \sum_m K_m^{(2)} I_{i+m}^{(3)}", LINE, {}),
    (r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(b^l)", BIASED, {}),
    (r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(y^l)", DENSE, {}),
    # the loss of something else, other definitions of the upstream gradient
    (r"\frac{\partial L(2x)}{\partial x} = W^T \delta", DENSE, {}),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}, \quad "
     r"\text{where } \delta = 2\frac{\partial L}{\partial O}", LINE, {}),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}, \quad "
     r"\text{where } \delta_i = \frac{\partial L}{\partial I_i}", LINE, {}),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}, \quad \text{with } \delta_i := O_i - t_i", LINE, {}),
    (rf"O_i = {SUM} K_m I_{{i+m}} \quad \text{{so }} \frac{{\partial L}}{{\partial K_m}} = \sum_i \delta_i I_{{i-m}}",
     LINE, {}),
    # a full convolution is not cut by the padding unless it is said
    (r"\frac{\partial L}{\partial I} = \delta *_{full} \operatorname{rot180}(K)", sc.Conv1d(padding="p"), {}),
    # cases, roles and names that contradict each other
    (r"\frac{\partial L}{\partial I_u} = \sum_i \begin{cases} \delta_i K_{u-i} & \text{otherwise} "
     r"\\ 0 & 0 \le u-i < k_1 \end{cases}", LINE, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_i \begin{cases} \delta_i K_{u-i} & \text{otherwise never} "
     r"\\ 0 & 0 \le u-i < k_1 \end{cases}", LINE, {}),
    (r"\frac{\partial L}{\partial O_m} = \sum_i \delta_i I_{i+m}", LINE, {"wrt": "K"}),
    (r"\frac{\partial L}{\partial b_m} = \sum_i \delta_i I_{i+m}", sc.Conv1d(bias=True), {"wrt": "K"}),
    (r"\frac{\partial L}{\partial b} = \sum_{n,i} \delta_{n,f,i}", sc.Conv1d(channels=True, batch=True, bias=True), {}),
    (r"O^T = \sum_{m,n} K_{m,n} I_{i+m,j+n}", PLANE, {}),
    (r"y^T = \sum_j W_{ij} x_j", DENSE, {}),
    (r"\frac{\partial L}{\partial W} = \delta_i x_j", DENSE, {}),
    # lists behind “for”: not only the first value counts
    *((rf"O_i = K_0 I_0 + K_1 I_1 + K_2 I_2 \quad \text{{for }} {listed}", sc.Conv1d(kernel_size=3, input_size=5), {})
      for listed in ("i = 0, 1, 2", r"i = 0, \dots, 2", r"i = 0 \text{ and } 1")),
    *((rf"{FIRST}, \quad {words}", LINE, {})
      for words in (r"\text{for } i = 0, 1, \dots, O_1-1", r"\text{for } i = 0, \dots, O_1-1",
                    r"\text{starting with } i = 0", r"\text{from } i=0", r"\text{e.g. } i=0",
                    r"\text{for } i = 0 \text{ is excluded}", r"\text{for } i \le 0 \text{ and others}",
                    r"\text{for } i = 0; 1")),
    (r"O_{ij} = \sum_{m=-1}^{1}\sum_{n=-1}^{1} K_{m+1,n} I_{i+m,j+n}", sc.Conv2d(kernel_size=3, padding=1), {}),
    (r"\frac{\partial L}{\partial K} = \frac{\partial L}{\partial O} \odot \frac{\partial O}{\partial K}", LINE, {}),
    # lines that go on with another sign
    *((rf"\begin{{align}} O_i &= {SUM} K_m I_{{i+m}} \\ &{sign} 5 \end{{align}}", LINE, {})
      for sign in (r"\approx", r"\neq", r"\le")),
    (rf"O_i = {SUM} K_m I_{{i+m}} \qquad (O_i = 5)", LINE, {}),
    (rf"O_i = {SUM} K_m I_{{i+m}} \qquad (1 = 2)", LINE, {}),
    # one mark for both layers
    (r"\frac{\partial L}{\partial K^l} = f(z^{l}) * \delta^{l}", PLANE, {"roles": {"z": "pre_activation"}}),
    (r"z^l_i = \sum_m K^l_m f(z^l_{i+m})", LINE, {"roles": {"z": "pre_activation"}}),
    (r"\frac{\partial z^l_i}{\partial z^l_u} = K_{u-i} f'(z^l_u)", LINE, {"roles": {"z": "pre_activation"}}),
    (r"z^l = W^l f(z^l)", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"\frac{\partial L}{\partial W^l_{ij}} = \delta^l_i f(z^l_j)", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"\frac{\partial L}{\partial z^l} = W^T \delta^l \odot f'(z^l)", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"\delta^{l} = (W^{l})^T \delta^{l} \odot f'(z^{l})", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"y^{l} = W^l x^{l+1}", DENSE, {}),
    (r"y^{l-1} = W^l x^{l}", DENSE, {}),
    (r"y^{(3)} = W^{(7)} x^{(1)}", DENSE, {}),
    (r"\frac{\partial L}{\partial K^{(2)}_m} = \sum_i \delta^{(5)}_i I^{(9)}_{i+m}", LINE, {}),
    # operators that are not the layer's
    *((rf"(I {sign} K)_i = {SUM} K_m I_{{i+m}}", LINE, {})
      for sign in (r"*_{full}", r"*_{same}", r"\circ", r"\cdot", r"\times")),
    (r"\frac{\partial (I *_{full} K)_i}{\partial K_m} = I_{i+m}", LINE, {}),
    # sizes of another axis
    *((rf"{name} = W-k_2+1", PLANE, SIZE) for name in ("H_{out}", "H'", r"\hat H")),
    *((rf"{name} = H-k_1+1", PLANE, SIZE) for name in ("H_{in}", r"\text{input size}", r"\text{padding}", "W_{out}")),
    (r"H-k_1+1 = W - k_2 + 1", PLANE, SIZE),
    (r"H_{out} = H - 2 \quad \text{for } k_1 = 3, 5, 7", PLANE, SIZE),
    # scripts at names that the formula explains, at activations, at sets
    (r"\frac{\partial L}{\partial K_m} = \sum_i e_i^2 I_{i+m}, \quad e = \frac{\partial L}{\partial O}", LINE, {}),
    (r"\frac{\partial L}{\partial W} = e^T x^T, \quad e = \delta", DENSE, {}),
    (r"\frac{\partial L}{\partial x} = V^T \delta, \quad V = W^T", DENSE, {}),
    *((rf"\delta^{{l}} = (W^{{l+1}})^T \delta^{{l+1}} \odot {slope}(z^{{l}})", DENSE,
       {"roles": {"z": "pre_activation"}})
      for slope in (r"f'^2", r"f^{\prime 2}", r"f'^{-1}", "f''")),
    (r"\frac{\partial L}{\partial W_{ij}} = \delta_i f^{-1}(z_j)", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"\frac{\partial L}{\partial W_{ij}} = \delta_i g(z_j)+\delta_i f(z_j)-\delta_i h(z_j)", DENSE,
     {"roles": {"z": "pre_activation"}}),
    *((rf"\frac{{\partial L}}{{\partial I_{{u,v}}}} = \frac{{1}}{{k_1 k_2}} "
       rf"\sum_{{i,j: (u,v) \in {name}_{{i,j}}}} \delta_{{i,j}}", MEAN, {}) for name in (r"\Omega^c", r"\emptyset")),
    # operations on space do nothing to vectors without space
    *((f"y = {side}", DENSE, {}) for side in (
        r"W \operatorname{rot180}(x)", r"\operatorname{rot180}(W) x", r"W \operatorname{pad}_2(x)",
        r"W \operatorname{dil}_2(x)", r"W^{rot} x")),
    # arguments behind the loss
    (r"\frac{\partial L}{\partial K} = \nabla_K L (2)", PLANE, {}),
    (r"\nabla_W L (2W) = \delta x^T", DENSE, {}),
    # indices that the formula explains wrongly, or that a closed sum has bound
    (r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i K_m, \quad m = u + i", LINE, {}),
    (r"\frac{\partial L}{\partial I_u} = \delta_i \cdot \sum_m K_m", LINE, {}),
    (rf"O_i \overset{{\text{{not}}}}{{=}} {SUM} K_m I_{{i+m}}", LINE, {}),
    (rf"O_i = \sqrt{{({SUM} K_m I_{{i+m}})^2}}", LINE, {}),
    # what is counted
    *((rf"{name} = C F k_1 k_2 + F", LEARNED, COUNT)
      for name in ("N_{weights}", "N_{bias}", r"\text{number of biases}", r"\text{MACs}", "H_{out}", "K", "b",
                   r"\text{stride}", r"\text{FLOPs}")),
    # letters that would be one tensor by custom
    *((formula, DENSE, {}) for formula in (
        "y = z", "x = a", "W = F", r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial a}",
        r"\frac{\partial L}{\partial W} = \delta x^T + \delta (a - u)^T")),
    *((formula, LINE, {}) for formula in (
        r"O_i = \sum_m w_m x_{i+m} + y_i - z_i", r"O_i = \sum_m K_m I_{i+m} + \theta_0 - \omega_0",
        r"O_i = \sum_m K_m I_{i+m} + x_0 - a_0")),
    # ranges that go too far
    *((rf"O_i = {SUM} K_m I_{{i+m}} \quad \text{{for }} {span}", LINE, {"index_base": 0}) for span in (
        r"i = 0, \dots, W", r"i = 0, \dots, W-k_1+1", r"0 \le i \le O_1", r"i \in [0, O_1]", r"-5 \le i")),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m} \quad \text{for } m = 0, \dots, k_1", LINE,
     {"index_base": 0}),
    (r"O_i = \sum_m K_m q_{i+m}, \quad q = 2I, \quad q = I", LINE, {}),
    # bars and floors are no parentheses
    *((formula, DENSE, {}) for formula in (
        r"\|W x\|_i = \sum_j W_{ij} x_j", r"y_i = \|W x\|_i", r"y_i = \sum_j W_{ij} |x|_j",
        r"\frac{\partial L}{\partial x} = |W|^T \delta")),
    *((formula, LINE, {}) for formula in (
        r"O_i = \sum_m |K_m|^1 I_{i+m}", r"O_i = \sum_m |K|_m I_{i+m}", r"|I * K|_i = \sum_m K_m I_{i+m}",
        r"\lfloor I * K \rfloor_i = \sum_m K_m I_{i+m}")),
    (r"O_i = \sqrt[3]{\sum_m |I_{si+m}|^3}", sc.LPPool1d(3, kernel_size="k", stride="s"), {}),
    *((formula, None, {}) for formula in (
        "|x|^3 = x^3", r"\sqrt{x^2} = x", "|A| = A", r"A + B = B + A \text{ and } AB = BA",
        r"A+B = B+A, \quad AB = BA")),
    # other formulas that are no definitions
    (r"y = Wx, \quad xW = y", DENSE, {}),
    (r"\begin{align} y &= Wx \\ Wy &= x \end{align}", DENSE, {}),
    *((rf"\frac{{\partial L}}{{\partial K_m}} = \sum_i \delta_i I_{{i+m}}, {tail}", LINE, {}) for tail in (
        r"\quad L = \sum_m K_m^2", r"\quad L = K_0", r"\quad \text{where } L = \sum_i O_i + \sum_m K_m^2")),
    # a symbol with the marks of two layers is two arrays
    *((rf"\frac{{\partial L}}{{\partial {name}^l}} = \frac{{\partial L}}{{\partial {name}^{{l+1}}}}", layer, {})
      for name, layer in (("z", DENSE), ("x", DENSE), ("K", LINE), ("I", PLANE), ("O", PLANE))),
    (r"O^l_i = O^{l+1}_i", LINE, {}),
    ("x^{l} = x^{l+1}", PLANE, {}),
    (r"O_1 = W - k_1", LINE, {}),
    # regions with one name for both axes, words at a stack's field
    (r"s i - p \le r < s i - p + k_1, s i - p \le q < s i - p + k_2", sc.Conv2d(stride="s", padding="p"), FIELD),
    (r"s i - p \le r < s i - p + k_1, s j - p \le r < s j - p + k_2", sc.Conv2d(stride="s", padding="p"), FIELD),
    *((rf"RF_l = RF_{{l-1}} + (k_l-1) j_{{l-1}} {tail}", STACKED, FIELD)
      for tail in (r"\quad \text{unless } l = 1", r"\quad \text{never}")),
    # what goes on behind a word, powers at a name, marks in letters run together
    *((rf"O_i = \sum_m K_m I_{{i+m}} {tail}", LINE, {})
      for tail in (r"\text{ with } + b", r"\text{ for } + 5", r"\text{ if } \cdot 2")),
    (r"y = Wx + b \text{ where } + 2b", BIASED, {}),
    (r"H_{out}^2 = H - k_1 + 1", PLANE, SIZE),
    (r"\Delta H = H - k_1 + 1", PLANE, SIZE),
    (r"k_{eff}^2 = d(k-1)+1", sc.Conv1d(kernel_size="k", dilation="d"), NUMBER),
    (r"N^2 = k_1 k_2", PLANE, COUNT),
    (r"O_i = \sum_{m=0}^{k_1^{-1}-1} K_m I_{i+m}", LINE, {}),
    (r"\operatorname{vec}(AX^{(2)}B) = (B^T \otimes A)\operatorname{vec}(X)", None, {}),
    *((rf"\delta^{{l}} = (W^{{l+1}})^T \delta^{{l+1}} \odot {slope}(z^{{l}})", DENSE,
       {"roles": {"z": "pre_activation"}}) for slope in (r"\bar f'", r"f'^{(2)}")),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \bar\delta_i I_{i+m}", LINE, {}),
    # words before and in a formula
    *((formula, LINE, {}) for formula in (
        r"\text{ReLU} (O_i) = \sum_m K_m I_{i+m}", r"\text{Forward: } O_i = \text{ReLU } \sum_m K_m I_{i+m}",
        r"\text{We get } O_i = \sum_m K_m I_{i+m} \text{ plus one}", r"\text{half of }O_i = \sum_m K_m I_{i+m}",
        r"\text{minus }O_i = \sum_m K_m I_{i+m}", r"\text{2}O_i = \sum_m K_m I_{i+m}",
        r"\text{It is false that } O_i = \sum_m K_m I_{i+m}",
        r"\frac{\partial' L}{\partial' K_m} = \sum_i \delta_i I_{i+m}",
        r"\text{mean } \frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}")),
    *((rf"\frac{{\partial L}}{{\partial K_m}} = \sum_i \delta_i I_{{i+m}} \quad \text{{{word} }} "
       r"O_i = \sum_m K_m I_{i+m}", LINE, {}) for word in ("unless", "but not", "except", "instead of", "never", "or")),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m} \quad "
     r"\text{where } O_i = \text{ReLU}\Big(\sum_m K_m I_{i+m}\Big)", LINE, {}),
    # one mark, without roles
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l} (a^{l})^T", DENSE, {}),
    ("z^l = W^l a^{l}", DENSE, {}),
    (r"\delta^{l} = (W^{l+1})^T \delta^{l+1} \odot f'(L)", DENSE, {}),
    # hyperparameters that the layer does not have, sizes that it does not have
    (rf"O_i = {SUM} K_m I_{{i+m}} \quad (s = 2)", LINE, {}),
    (rf"O_i = {SUM} K_m I_{{i+m}}, \quad O_1 = W - k_1", LINE, {}),
    # words at a maximum and below a sum
    *((rf"{DI2} I_{{u,v}} = \max \text{{ {words} }} {ELSE}", MAX2, {}) for words in (
        "in the image", "in the row", "over the batch", "over all inputs", "of the gradient")),
    *((rf"{DI2} (u,v) = \arg\max {what} {ELSE}", MAX2, {}) for what in (
        r"\text{ of all weights}", r"\text{ over the image}", "I_{0,0}")),
    (r"O_i = \sum_{\text{stride } m} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{\text{samples } m} K_m I_{i+m}", LINE, {}),
]  # fmt: skip

PROVED = [
    # the same kinds of words and marks, where they are right
    (rf"{DI1} [u = k_1 i + \arg\max_{{0\le m<k_1}} I_{{k_1 i+m}}]", MAX1, {}),
    (rf"{DI2} (u,v)=\arg\max(I) {ELSE}", MAX2, {}),
    (rf"{DI2} (u,v)=(i^*,j^*) {ELSE}", MAX2, {}),
    (rf"{DI2} I_{{u,v}} = \max \text{{ in the pool window}} {ELSE}", MAX2, {}),
    (rf"{FIRST} \quad \text{{for }} i=0", LINE, {}),
    (rf"{FIRST} \quad (i = 0)", LINE, {}),
    (rf"O_i = {SUM} K_m I_{{2i+m}} \quad (s = 2)", STRIDED, {}),
    (rf"\begin{{align}} {FIRST}, \quad \text{{for }} i=0 \\ O_i &= {SUM} K_m I_{{i+m}} \end{{align}}", LINE, {}),
    (r"O_i = \sum_{m \in \{0,1,\dots,k_1-1\}} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{m=0,\dots,k_1-1} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{m=-\infty}^{\infty} K_m I_{i+m}", LINE, {}),
    (r"O_i = \sum_{\text{all } m} K_m I_{i+m}", LINE, {}),
    (r"H_{out} \times W_{out} = (H-k_1+1) \times (W-k_2+1)", SIZES, SIZE),
    (r"F \times H_{out} \times W_{out} = F \times (H-k_1+1) \times (W-k_2+1)", CHANNELS, SIZE),
    (r"2 H_{out} = 2(H-k_1+1)", SIZES, SIZE),
    (r"N = k_1 k_2 (\text{weights})", PLANE, COUNT),
    (r"1 + 1 = 2 \quad \text{and } 2 = 2", LINE, NUMBER),
    (r"1\,000 = 1000", LINE, NUMBER),
    (r"p = k-1, \quad \text{where } k = 1",
     sc.Conv1d(kernel_size="k", padding="p", input_size="n", output_size="n"), NUMBER),
    (r"x^T y = y^T x", None, {}),
    (r"\frac{\partial L}{\partial b^{l}} = \delta^{l}", BIASED, {}),
    (r"\frac{\partial L}{\partial b^{l}} = \delta^{l+1}", BIASED, {}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l} (a^{l-1})^T", DENSE, {"roles": {"a": "activation"}}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l+1} (a^{l})^T", DENSE, {"roles": {"a": "activation"}}),
    (r"\frac{\partial L}{\partial W^{l}} = \delta^{l} \sigma(z^{l-1})^T", DENSE,
     {"roles": {"z": "pre_activation", r"\sigma": "activation"}}),
    (r"\frac{\partial y_i}{\partial b_j} = \delta_{ij}", BIASED, {}),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}, \quad "
     r"\text{where } \delta_i = \frac{\partial L}{\partial O_i}", LINE, {}),
    (r"\frac{\partial L}{\partial I} = \delta *_{full} \operatorname{rot180}(K)", LINE, {}),
    *((rf"{{}}O_i = {SUM} K_m I_{{i+m}} \quad \text{{for }} {listed}".removeprefix("{}"), LINE, {})
      for listed in (r"i = 0, \dots, O_1-1", "0 \\le i < O_1", "i = 0, 1")),
    (r"O_{ij} = \sum_{m,n} K_{mn} I_{m,n} \quad \text{for } 0 \le i, j < 1", PLANE, {}),
    (r"O_{ij} = \sum_{m,n} K_{mn} I_{m,n} \quad \text{for } i, j = 0", PLANE, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_m \delta_{u+m-k_1+1} K_{k_1-1-m}", LINE, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_{i: s \mid i} \delta_{i/s} K_{u-i}", STRIDED, {}),
    (r"O_i = \frac{1}{k_1} \sum_m I_{k_1 i+m}", sc.AvgPool1d(), {}),
    (r"O_i = \frac{k_1}{k_1^2} \sum_m I_{k_1 i+m}", sc.AvgPool1d(), {}),
    (r"z^{l+1} = W^l f(z^l)", DENSE, {"roles": {"z": "pre_activation"}}),
    (r"y^{l} = W^l x^{l-1}", DENSE, {}),
    (r"(I * K)_i = \sum_{m=0}^{k_1-1} K_m I_{i+m}", LINE, {}),
    (r"H_{out} = H-k_1+1", PLANE, SIZE),
    *((rf"O_i = {SUM} K_m I_{{i+m}} {tail}", LINE, {}) for tail in (
        r"\quad (s = 1)", r"\quad \text{with } p = 0", r"\quad \text{for stride } s = 1", r"\quad (s=1, p=0)",
        r", \quad O_1 = W - k_1 + 1", r"\hfill (3.2)")),
    ("z^l = W^l a^{l-1}", DENSE, {}),
    ("x^{l+1} = W^l x^{l}", DENSE, {}),
    (r"O^{l}_i = \sum_m K^{l}_m O^{l-1}_{i+m}", LINE, {}),
    (r"O_1 = \lfloor (W-k_1)/s \rfloor + 1", STRIDED, {}),
    (r"\text{We get } O_i = \sum_m K_m I_{i+m}", LINE, {}),
    (r"O_i = \sqrt{\sum_m |I_{si+m}|^2}", sc.LPPool1d(2, kernel_size="k", stride="s"), {}),
    (r"\frac{\partial L}{\partial K} = \delta \star I", sc.ConvTranspose1d(kernel_size="k"), {}),
    (r"(H_{out}, W_{out}) = (H-k_1+1, W-k_2+1)", SIZES, SIZE),
    (r"s i - p \le r < s i - p + k_1, s j - p \le q < s j - p + k_2", sc.Conv2d(stride="s", padding="p"), FIELD),
    (r"N_{weights} = C F k_1 k_2", LEARNED, COUNT),
    (r"N_{bias} = F", LEARNED, COUNT),
    (r"N_{params} = C F k_1 k_2 + F", LEARNED, COUNT),
    (r"n = s(o-1) + k - 2p",
     sc.Conv1d(kernel_size="k", stride="s", padding="p", input_size="n", output_size="o"), SIZE),
    *((rf"O_i = {SUM} K_m I_{{i+m}}, {tail}", LINE, {}) for tail in (
        r"\quad i = 0, \dots, O_1-1", r"\qquad \forall i", r"\quad \text{for all } i")),
    (rf"O_i = {SUM} K_m I_{{i+m-1}}, \quad i = 1, \dots, O_1".replace("{m=0}^{k_1-1}", "{m=1}^{k_1}"), LINE, {}),
    (r"O_{i,j} = \sum_{m,n} K_{m,n} I_{i+m,j+n}, \; \forall (i,j)", PLANE, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_{m=0, s \mid (u-m)}^{k_1-1} \delta_{(u-m)/s} K_m", STRIDED, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_m \delta_m [I_u = O_m]", MAX1, {}),
    (r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i [I_u = O_i]", MAX1, {}),
    (r"\frac{\partial L}{\partial x} = V \delta, \quad V = W^T", DENSE, {}),
    (r"o - 1 = \left\lfloor \frac{n+2p-k}{s} \right\rfloor",
     sc.Conv1d(kernel_size="k", stride="s", padding="p", input_size="n", output_size="o"), SIZE),
    (r"W' = W-k_2+1", PLANE, SIZE),
]  # fmt: skip

SAID = [
    (r"\frac{\partial L}{\partial K^l} = \frac{\partial L}{\partial K^{l+1}}", LINE, {},
     "line 1, column 28: K stands with the marks of two layers"),
    (r"s i - p \le r < s i - p + k_1, s i - p \le q < s i - p + k_2", sc.Conv2d(stride="s", padding="p"), FIELD,
     "each axis has positions of its own in input and output"),
    (r"y_i = \|W x\|_i", DENSE, {}, "line 1, column 7: ‖W x‖ with a script is not understood"),
    (r"\text{half of }O_i = \sum_m K_m I_{i+m}", LINE, {}, "“half of” before a formula is not understood"),
    (rf"O_i = {SUM} K_m I_{{i+m}} \quad (s = 2)", LINE, {},
     "line 1, column 45: the layer has another value than s = 2"),
    (r"\frac{\partial L}{\partial K_m} = \sum_i \delta_i I_{i+m}, \quad L = K_0", LINE, {},
     "line 1, column 66: the formula says what the loss is, which is not understood"),
    (r"O_i = \sum_m w_m I_{i+m} - \sum_m f_m I_{i+m}", LINE, {}, "w and f would both be K: say in roles what they are"),
    (rf"O_i = {SUM} K_m I_{{i+m}} \quad \text{{for }} i = 0, \dots, W", LINE, {"index_base": 0},
     "i has the positions 0 to -1 + O_1, the condition goes beyond"),
    (r"O_i = \sum_m K_m q_{i+m}, \quad q = 2I, \quad q = I", LINE, {},
     "line 1, column 47: the formula says twice what q is"),
    (r"O_{i-a} = \sum_a I_{i-a+b} K_b", LINE, {},
     "a: bound by a sum, and also an index outside of it; what i is, nothing says"),
    # what is wrong, and where
    (r"\frac{\partial O_i}{\partial I_u} = [u - k_1 i = 2\arg\max_{0 \le m<k_1} I_{k_1 i + m}]", MAX1, {},
     "line 1, column 50: 2 before a position of the maximum is not understood"),
    (rf"{DI2} (u,v)=\arg\max (-I) {ELSE}", MAX2, {},
     "line 1, column 84: the maximum of − I is not that of the window's entries"),
    (rf"{DI2} (u,v)=(j^*,i^*) {ELSE}", MAX2, {},
     "line 1, column 75: the position of the maximum has its indices in another order"),
    (r"H_{out} = W-k_2+1 \quad \text{unless } H-k_1 = W-k_2", SIZES, SIZE,
     "line 1, column 25: “unless” in a condition is not understood"),
    (r"O_i = \sum_{m \in \{0,2,\dots,k_1-1\}} K_m I_{i+m}", LINE, {},
     "line 1, column 21: 0 , 2 , … , k₁ − 1 does not go in steps of 1"),
    (r"O_i = \sum_{m \text{ even}} K_m I_{i+m}", LINE, {},
     "line 1, column 15: “even” under a sign is not understood"),
    (r"O_i = \sum_{0 \le m \ge k_1-1} K_m I_{i+m}", LINE, {},
     "line 1, column 13: the two relations of a range point in different directions"),
    ("F = C F k_1 k_2", CHANNELS, COUNT,
     "line 1, column 1: F is no number of parameters"),
    (r"s i - p \le r < s i - p + k_1 \quad \text{never}", PADDED, FIELD,
     "“never” beside a region is not understood"),
    (r"2\,3 = 6", LINE, NUMBER,
     "line 1, column 4: the numbers 2 and 3 stand side by side: write a sign"),
    ("A^{(2)} = A", None, {},
     "A stands with different marks above it"),
    (r"\frac{\partial L}{\partial I_u} = \sum_i \begin{cases} \delta_i K_{u-i} & \text{otherwise} "
     r"\\ 0 & 0 \le u-i < k_1 \end{cases}", LINE, {},
     "line 1, column 75: only the last of several cases is without a condition"),
    (r"\frac{\partial L}{\partial O_m} = \sum_i \delta_i I_{i+m}", LINE, {'wrt': 'K'},
     "wrt is K, but the left side differentiates by O"),
    (r"\begin{align} O_i &= \sum_{m=0}^{k_1-1} K_m I_{i+m} \\ &\neq 5 \end{align}", LINE, {},
     "a line that goes on with another sign than = is not understood"),
    ("H_{in} = H-k_1+1", PLANE, SIZE,
     "line 1, column 1: Hᵢₙ is no size of the output"),
    (r"\frac{\partial L}{\partial W_{ij}} = \delta_i g(z_j)+\delta_i f(z_j)-\delta_i h(z_j)", DENSE,
     {"roles": {"z": "pre_activation"}},
     "line 1, column 63: f and g cannot both be the activation"),
    (r"y = W \operatorname{rot180}(x)", DENSE, {},
     "rot180 needs an array with axes of space"),
    (r"\frac{\partial L}{\partial K} = \nabla_K L (2)", PLANE, {},
     "line 1, column 44: (2) behind the loss is not understood"),
    (r"\frac{\partial L}{\partial I_u} = \sum_i \delta_i K_m, \quad m = u + i", LINE, {},
     "line 1, column 62: m is an index: write what it is where it stands"),
    (r"\operatorname{vec}(O) = \operatorname{pad}(\operatorname{vec}(I), 1)", PLANE, {},
     "zeros in a vector of several digits are not understood"),
    ("O_i = K_0 *_{full} I_i", LINE, {},
     "full at an operator between numbers is not understood"),
    (r"H_{out} \times W_{out} = H-k_1+1", SIZES, SIZE,
     "the two sides have different numbers of sizes with × between them"),
    (r"O_i = \sum_{m \in \{0, 1, \dots, 4, \dots, k_1-1\}} K_m I_{i+m}", LINE, {},
     "line 1, column 21: 0 , 1 , … , 4 , … , k₁ − 1 is no list that is understood: write 0, …, k-1"),
]  # fmt: skip
