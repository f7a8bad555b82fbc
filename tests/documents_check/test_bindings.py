"""The language of bindings: what it says, and the sentence and place for everything that it does not."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from symconv.documents.bindings import Binding, bind
from symconv.documents.document import read_document
from symconv.documents.front_matter import front_matter
from symconv.documents.places import BindingError, DocumentError
from symconv.documents.words import read_line
from symconv.ops.convolution import Conv2d


def bound(text: str) -> Binding:
    return bind(read_line(text))


def test_a_layer_with_everything() -> None:
    binding = bound(
        "conv2d stride=s kernel_size=k_1,k_2 channels bias flip | wrt=kernel, index_base=1, role x=input, "
        "role w=kernel, size c_1=O_1, layout input=HWC, infix *=full convolution"
    )
    assert binding.operation() == Conv2d(
        stride="s", kernel_size=("k_1", "k_2"), channels=True, bias="channel", flip=True
    )
    assert binding.arguments() == {
        "wrt": "kernel",
        "index_base": 1,
        "roles": {"x": "input", "w": "kernel"},
        "sizes": {"c_1": "O_1"},
        "layout": {"input": "HWC"},
        "infix": {"*": "full convolution"},
    }
    assert pickle.loads(pickle.dumps(binding)) == binding


def test_a_binding_can_be_written_again() -> None:
    text = "conv2d stride=s channels | wrt=K, role x=input"
    assert str(bound(text)) == text
    assert bound(str(bound(text))) == bound(text)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        pytest.param("Conv2d", "stride", 1, id="only a layer, in any case"),
        pytest.param("conv2d kernel=3x5", "kernel_size", (3, 5), id="a short name"),
        pytest.param("conv2d kernel=(k_1,k_2)", "kernel_size", ("k_1", "k_2"), id="parentheses"),
        pytest.param("conv2d kernel-size=3", "kernel_size", 3, id="as on the command line"),
        pytest.param("conv2d stride=2k+1", "stride", "2k+1", id="an expression"),
        pytest.param('conv2d stride="2 k"', "stride", "2 k", id="a value with spaces"),
        pytest.param("conv2d kernel_size=k_{1,1},k_{1,2}", "kernel_size", ("k_{1,1}", "k_{1,2}"), id="commas in names"),
        pytest.param("conv2d padding=1:2,0:1", "padding", ((1, 2), (0, 1)), id="a pair for each axis"),
        pytest.param("conv1d padding=1:2", "padding", ((1, 2),), id="a pair for the only axis"),
        pytest.param("conv2d padding=same", "padding", "same", id="a word"),
        pytest.param("conv2d channels=false", "channels", False, id="a flag that is said to be off"),
        pytest.param("conv2d bias", "bias", "channel", id="a bias"),
        pytest.param("conv2d bias=entry", "bias", "entry", id="a bias of another kind"),
        pytest.param("avgpool2d count_include_pad=false", "count_include_pad", False, id="a flag that is on"),
        pytest.param("conv2d\n  stride=2\n  |\n  wrt=K", "stride", 2, id="over lines"),
    ],
)
def test_hyperparameters(text: str, field: str, value: object) -> None:
    assert getattr(bound(text).operation(), field) == value


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("conv1d | index_base w=1, index_base x=0", {"index_base": {"w": 1, "x": 0}}),
        ("conv1d | what=gradient, wrt=I", {"what": "gradient", "wrt": "I"}),
        (
            r"conv1d | role \delta=upstream, role z^{(l+1)}=output",
            {"roles": {r"\delta": "upstream", "z^{(l+1)}": "output"}},
        ),
        (r"conv1d | infix \star=correlation", {"infix": {r"\star": "correlation"}}),
        ("conv1d | size x_{i,j}=2k_1", {"sizes": {"x_{i,j}": "2k_1"}}),
        ("conv1d |", {}),
    ],
)
def test_what_is_said_of_the_formulas(text: str, arguments: dict[str, object]) -> None:
    assert bound(text).arguments() == arguments


MISTAKES = [
    # text, column of the mistake, sentence
    ("conf2d", 1, "there is no operation 'conf2d'; did you mean 'conv2d'?"),
    ("", 1, "a binding names a layer, for example symconv: conv2d stride=s"),
    ("stride=2 conv2d", 1, "a binding begins with a layer, such as conv2d, not with stride=…"),
    ("conv2d strid=2", 8, "Conv2d has no hyperparameter 'strid'; did you mean 'stride'?"),
    ("conv2d bar", 8, "Conv2d has no hyperparameter 'bar'"),
    ("conv2d stride", 8, "stride needs a value: stride=…"),
    ("conv2d stride= 2", 8, "a hyperparameter is written name=value, without spaces, got 'stride='"),
    ("conv2d stride=0", 8, "stride of Conv2d must be at least 1, got 0"),
    ("conv2d bias stride=s+", 13, "stride of Conv2d: 's+' is not a size expression"),
    ("conv2d kernel=3,4,5", 8, "kernel_size of Conv2d takes one value or 2, got 3"),
    ("conv2d padding=1:2", 8, "padding of Conv2d takes one value or 2, got 1"),
    ("conv2d channels=yes", 8, "channels is true or false, got 'yes'"),
    ("conv2d stride=2 stride=3", 17, "stride is given twice"),
    ("conv2d kernel=2 kernel_size=3", 17, "kernel_size is given twice"),
    ("conv2d wrt=K", 8, "wrt stands after a bar: conv2d … | wrt=K"),
    ("conv2d roles=K", 8, "roles stands after a bar: conv2d … | wrt=K"),
    ("conv2d stride=(s", 15, "a bracket is not closed: ) is missing"),
    ('conv2d stride="s', 15, 'a quotation mark " is not closed'),
    ("conv2d stride=__import__('os')", 8, "stride of Conv2d: \"__import__('os')\" is not a size expression"),
    ("conv2d | wrt=Q", 10, "Conv2d has no tensor 'Q'; its tensors are I (input), K (kernel)"),
    ("conv2d | wrtt=K", 10, "'wrtt' is not understood; did you mean 'wrt'?"),
    ("conv2d | foo=K", 10, "'foo' is not understood; there are what, wrt, index_base, role, size, layout, infix"),
    ("conv2d | wrt", 10, "after the bar stand wrt=kernel, role x=input and the like, got 'wrt'"),
    ("conv2d | wrt=K, wrt=I", 17, "wrt is given twice"),
    ("conv2d | wrt=K,, what=gradient", 16, "there is nothing between two commas"),
    ("conv2d | wrt=K | what=gradient", 16, "a binding has one bar: the layer | what is said of its formulas"),
    ("conv2d | what=gradiant", 10, "what is one of forward, gradient"),
    ("conv2d | index_base=2", 10, "index_base is one of 0, 1, not '2'"),
    ("conv2d | index_base=1, index_base x=0", 24, "index_base is one number, or one for each symbol, not both"),
    ("conv2d | role x=imput", 10, "the role of x is one of input, kernel, weight, bias, output, upstream, loss"),
    ("conv2d | role=input", 10, "role is written role x=input"),
    ("conv2d | wrt x=K", 10, "wrt is written wrt=…"),
    ("conv2d | size c_1=Q", 10, "the sizes of Conv2d are H, O_1, O_2, W, k_1, k_2, not 'Q'"),
    ("conv2d | size c_1=2+", 10, "size c_1: '2+' is not a size expression"),
    ("conv2d | layout input=HWQ", 10, "layout is an order of the axes N, C, F, D, H, W, L, such as HWC, got 'HWQ'"),
    ("conv2d | layout imput=HWC", 10, "layout is for input, kernel, output, not 'imput'; did you mean 'input'?"),
    ("conv2d " + "x" * 2000, 1, "a binding has at most 2000 characters, this one has 2007"),
]


@pytest.mark.parametrize(("text", "column", "sentence"), MISTAKES)
def test_mistakes(text: str, column: int, sentence: str) -> None:
    with pytest.raises(BindingError) as error:
        bound(text)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)
    assert error.value.at + 1 == column


def test_near_matches() -> None:
    with pytest.raises(BindingError, match=r"not 'imput'; did you mean 'input'\?"):
        bound("conv2d | role x=imput")


@pytest.mark.parametrize(
    "yaml",
    [
        "symconv: {layer: conv2d, stride: s, channels: true, wrt: K, roles: {x: input}, index_base: 1}",
        "title: My notes\nsymconv:\n  layer: conv2d\n  stride: s\n  channels: true\n  wrt: K\n  roles:\n    x: input\n"
        "  index_base: 1",
        "symconv: conv2d stride=s channels | wrt=K, role x=input, index_base=1",
        "symconv: 'conv2d stride=s channels | wrt=K, role x=input, index_base=1'",
    ],
)
def test_front_matter(yaml: str) -> None:
    words, body = front_matter(f"---\n{yaml}\n---\nText")
    assert words is not None
    assert bind(words) == bound("conv2d stride=s channels | wrt=K, role x=input, index_base=1")
    assert f"---\n{yaml}\n---\nText"[body:] == "Text"


def test_lists_in_front_matter() -> None:
    words, _ = front_matter("---\nsymconv: {layer: conv2d, kernel_size: [3, k], padding: [[1, 2], 0]}\n---\n")
    assert words is not None
    operation = bind(words).operation()
    assert operation == Conv2d(kernel_size=(3, "k"), padding=((1, 2), 0))


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        pytest.param("Text", 0, id="no front matter"),
        pytest.param("---\ntitle: [\n---\nText", 17, id="broken, but not about us"),
        pytest.param("---\ntitle: x\n...\nText", 17, id="ended by dots"),
        pytest.param("\n---\nsymconv: conv2d\n---\n", 0, id="not at the beginning"),
        pytest.param("---\nsymconv: conv2d\n", 0, id="without end"),
        pytest.param("---\na: {symconv: conv2d}\n---\nText", 29, id="a key further inside"),
    ],
)
def test_other_front_matter(text: str, begin: int) -> None:
    assert front_matter(text) == (None, begin)


DOCUMENTS = [
    # name, text, the whole message after the folder
    ("a.tex", "a\n b % symconv: conv2d strid=2\n", "a.tex:2:22: Conv2d has no hyperparameter 'strid'"),
    ("a.md", "<!--\nsymconv:\n  conf2d -->", "a.md:3:3: there is no operation 'conf2d'"),
    ("a.md", "---\nsymconv:\n  layer: conf2d\n---\n", "a.md:3:10: there is no operation 'conf2d'"),
    ("a.md", "---\nsymconv:\n  layer: conv2d\n  strid: 2\n---\n", "a.md:4:3: Conv2d has no hyperparameter 'strid'"),
    ("a.md", "---\nsymconv:\n  stride: 2\n---\n", "a.md:3:3: a binding names one layer, for example layer: conv2d"),
    ("a.md", "---\nsymconv: [conv2d]\n---\n", "a.md:2:10: symconv is a mapping with a layer, or one line of text"),
    (
        "a.md",
        "---\nsymconv: {layer: conv2d, roles: x}\n---\n",
        "a.md:2:26: roles is a mapping, for example roles: {x: …}",
    ),
    ("a.md", "---\nsymconv: {layer: conv2d, wrt: [K]}\n---\n", "a.md:2:31: this is one word or number, not a list"),
    ("a.md", "---\nsymconv: {layer: conv2d\n---\n", "a.md:3:1: this is not YAML: expected ',' or '}'"),
    ("a.md", "---\nsymconv: conv2d strid=2\n---\n", "a.md:2:17: Conv2d has no hyperparameter 'strid'"),
    ("a.md", "---\nsymconv: " + "[" * 5000 + "\n---\n", "a.md:2:1: this is not YAML: "),
    ("a.md", "---\nsymconv: !!python/object:os.system {}\n---\n", "a.md:2:10: a binding names one layer"),
    ("a.tex", "\u00e4\u2211 % symconv: conf2d\n", "a.tex:1:15: there is no operation 'conf2d'"),
]


@pytest.mark.parametrize(("name", "text", "message"), DOCUMENTS)
def test_places_in_documents(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        read_document(str(tmp_path / name))
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("yaml", "sentence"),
    [
        ("symconv: {layer: conv2d, stride: {a: b}}", "this is one word or number, not a list or a mapping"),
        ("symconv: {layer: [conv2d]}", "this is one word or number, not a list or a mapping"),
        (f"symconv: conv2d\nx: {'a' * 60_000}", "a front matter has at most 50,000 characters, this one has 60,020"),
    ],
)
def test_mistakes_in_front_matter(yaml: str, sentence: str) -> None:
    with pytest.raises(BindingError) as error:
        front_matter(f"---\n{yaml}\n---\n")
    assert error.value.message == sentence
