"""The examples after Tracr and RASP, each against a plain Python implementation."""

from collections import Counter
from fractions import Fraction

import pytest
import rasp
import tracr
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir

few = settings(max_examples=80, deadline=None)
words = st.text("abcx", max_size=9)
numbers = st.lists(st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -1.5, True])), max_size=9)


@st.composite
def mostly_balanced(draw, shuffled):
    """Draw a text of brackets that is balanced, or nearly so: random brackets hardly ever are."""
    text = ""
    for pair in draw(st.lists(st.sampled_from(["()", "{}"]), max_size=4)):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, len(text))) if shuffled or draw(st.booleans()) else at
        text = text[:at] + pair[0] + text[at:to] + pair[1] + text[to:]
    for _ in range(draw(st.integers(0, 1))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from("(){}")) + text[at + draw(st.integers(0, 1)) :]
    return text


def reduced(text):
    """Return what is left of ``text`` once all adjacent pairs have been taken out."""
    shorter = text.replace("()", "").replace("{}", "")
    return text if shorter == text else reduced(shorter)


def prefixes(text):
    return [text[: end + 1] for end in range(len(text))]


LAYERS = [
    (tracr.reverse, 2),
    (tracr.sort, 2),
    (tracr.sort_by_frequency, 3),
    (tracr.pair_balance(), 1),
    (tracr.shuffle_dyck_2(), 2),
    (tracr.detect_pattern(), 1),
    (tracr.fraction_of_earlier_matches(), 1),
    (rasp.dyck2(), 4),
    (rasp.long_addition(), 5),
]


@pytest.mark.parametrize(("program", "layers"), LAYERS)
def test_layers_as_written(program, layers):
    assert program.layers == layers
    assert raspir.lower(program).stats().layers == layers


@few
@given(st.one_of(words, numbers))
def test_reverse_and_sort(given_input):
    assert tracr.reverse(given_input) == list(reversed(given_input))
    assert tracr.sort(given_input) == sorted(given_input)


@few
@given(st.one_of(words, numbers))
def test_sort_by_frequency(given_input):
    count = Counter(given_input)
    assert tracr.sort_by_frequency(given_input) == sorted(given_input, key=lambda token: -count[token])


@few
@given(st.text("()x", max_size=9))
def test_fractions(text):
    balance = tracr.pair_balance()(text)
    openers = tracr.fraction_of_earlier_matches("(")(text)
    for length, read in enumerate(prefixes(text), start=1):
        assert balance[length - 1] == pytest.approx(float(Fraction(read.count("(") - read.count(")"), length)))
        assert openers[length - 1] == pytest.approx(float(Fraction(read.count("("), length)))


@few
@given(mostly_balanced(shuffled=True))
def test_shuffle_dyck_2(text):
    left = [reduced("".join(c for c in text if c in pair)) for pair in ("()", "{}")]
    assert tracr.shuffle_dyck_2()(text) == [left == ["", ""]] * len(text)


@few
@given(words, st.text("abc", min_size=1, max_size=3))
def test_detect_pattern(text, pattern):
    assert tracr.detect_pattern(pattern)(text) == [read.endswith(pattern) for read in prefixes(text)]


@few
@given(mostly_balanced(shuffled=False))
def test_dyck2(text):
    def verdict(read):
        left = reduced(read)
        return "T" if not left else "F" if ")" in left or "}" in left else "P"

    assert rasp.dyck2()(text) == [verdict(read) for read in prefixes(text)]


near_carries = st.text("0123456789", max_size=6) | st.text("0459", max_size=9)


@few
@given(near_carries, near_carries)
def test_long_addition(a, b):
    text = f"{a}+{b}"
    total = (int(a or 0) + int(b or 0)) % 10 ** len(text)
    assert rasp.long_addition()(text) == [int(d) for d in f"{total:0{len(text)}d}"]
