"""Words beside mathematics: those that join it, and those of the field that change nothing; all others are refused.

A word that is left out must not matter: “for all i” says no more than “i”, but “unless i = 0” and “for even i” do.
"""

from __future__ import annotations

from symconv.typeset.layout import Box, Text

ELSE = ("otherwise", "else", "sonst", "elsewhere")


def words(text: str) -> frozenset[str]:
    """A set of words, written with spaces between them."""
    return frozenset(text.split())


JOINING = words("""
a all also an and any are at be by each every for forall given have here if in is its let of on our over so such
that the their there these this to we when where whenever which with wherever then assuming provided s.t. i.e.
alle der die das den für falls gilt ist mit und wenn wobei wo jede jedes jeden
""")
FIELD = words("""
activation axes axis batch bias channel channels column columns convolution cross-correlation depth dilation dimension
dimensions entries entry feature filter filters gradient groups height image index indices input inputs integer
integers kernel kernels layer layers map maps num number out output outputs padding pixel pixels pool pooling position
positions row rows sample samples size sizes spatial stride strides tensor units upstream valid weight weights width
window windows filtergröße schrittweite größe bild kern
""")


def words_of(text: str) -> list[str]:
    """The words in lower case; numbers and other signs count as words of their own."""
    found = []
    for piece in text.lower().replace("~", " ").split():
        bare = piece.strip(",;:()[]") if piece.strip(",;:()[]") in JOINING else piece.strip(",;:()[].")
        found += [bare] if bare else []
    return found


def is_joining(box: Box, more: frozenset[str] = frozenset()) -> bool:
    """Whether the box is text of which no word changes what stands beside it; ``more`` are words that do not here.

    >>> is_joining(Text("for all")), is_joining(Text("for all output positions"), FIELD), is_joining(Text("unless"))
    (True, True, False)
    """
    known = JOINING | more
    return isinstance(box, Text) and all(word in known for word in words_of(box.text))
