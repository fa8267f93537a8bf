"""The programs of the text that introduced the language, verbatim."""

from raspir import *


def test_flip():
    def flip():
        length = (key(1) == query(1)).value(1)
        flip = (key(length - indices - 1) == query(indices)).value(tokens)
        return flip

    assert flip() ("hello") == list("olleh")
    assert flip().layers == 2


def test_sources():
    assert repr(tokens) == repr(list("hello"))
    assert tokens.input([5, 2, 4, 5, 2, 2]) == [5, 2, 4, 5, 2, 2]
    sop = indices
    assert sop.input("goodbye") == list(range(7))


def test_feed_forward():
    assert (tokens == "l")("hello") == [False, False, True, True, False]
    model = tokens * 2  - 1
    assert model.input([1, 2, 3, 5, 2]) == [1, 3, 5, 9, 3]
    model = tokens - 5 + indices
    assert model.input([1, 2, 3, 5, 2]) == [-4, -2, 0, 3, 1]
    assert ((tokens == "l") | (indices == 1))("hello") == [False, True, True, True, False]
    assert where((tokens == "h") | (tokens == "l"), tokens, "q")("hello") == list("hqllq")
    atoi = tokens.map(lambda x: ord(x) - ord('0'))
    assert atoi.input("31234") == [3, 1, 2, 3, 4]

    def atoi(seq=tokens):
        return seq.map(lambda x: ord(x) - ord('0'))

    op = (atoi(where(tokens == "-", "0", tokens)) + 2)
    assert op.input("02-13") == [2, 4, 2, 3, 5]


def test_attention():
    eq = (key(tokens) == query(tokens))
    offset = (key(indices) == query(indices - 1))
    before = key(indices) < query(indices)
    after = key(indices) > query(indices)
    assert eq("aba") == [[True, False, True], [False, True, False], [True, False, True]]
    assert offset("ab") == [[False, False], [True, False]]
    assert after("ab") == [[False, True], [False, False]]
    assert (before & eq)("aa") == [[False, False], [True, False]]
    assert (key(tokens) == query(tokens)).value(1)("hello") == [1, 1, 2, 2, 1]

    length = (key(1) == query(1)).value(1)
    length = length.name("length")
    assert length("hello") == [5] * 5

    WINDOW = 3
    s1 = (key(indices) >= query(indices - WINDOW + 1))
    s2 = (key(indices) <= query(indices))
    sel = s1 & s2
    sum2 = sel.value(tokens)
    assert sum2.input([1, 3, 2, 2, 2]) == [1, 4, 6, 7, 6]

    def cumsum(seq=tokens):
        x = (before | (key(indices) == query(indices))).value(seq)
        return x

    assert cumsum().input([3, 1, -2, 3, 1]) == [3, 4, 2, 5, 6]
    x = cumsum(length - indices)
    assert x.input([3, 2, 3, 5]) == [4, 7, 9, 10]
    assert x.layers == 2
