"""The programs of the depth benchmark, with their inputs and depth bounds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from raspir import SOp

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import addition
import attention
import causal
import puzzles
import rasp
import tracr

Inputs = Callable[[Random], "str | list[int]"]
"""A generator of one program's random inputs."""


@dataclass(frozen=True)
class Measured:
    """A program of the depth benchmark.

    Attributes:
        name: the name in the tables.
        program: the RASP program.
        select: the maximum number of layers with plain attention.
        best: the maximum number of layers with best-score attention.
        inputs: draws inputs, mostly of the intended form, some of them odd.
        vocab: the assumed characters; ``None`` for no assumption.
        tracr: the number of layers of Tracr's program of this name, if there is one.
        causal: whether no position attends to a later one.
    """

    name: str
    program: SOp
    select: int
    best: int
    inputs: Inputs
    vocab: str | None = None
    tracr: int | None = None
    causal: bool = False


def text(characters: str, longest: int = 9) -> Inputs:
    """Return a generator of strings over ``characters``."""
    return lambda random: "".join(random.choices(characters, k=random.randint(0, longest)))


def words_or_numbers(random: Random) -> str | list[int]:
    """Draw a string with repeated characters, or a list of small numbers."""
    if random.random() < 0.5:
        return text("abclx")(random)
    return [random.randint(-4, 4) for _ in range(random.randint(0, 9))]


def numbers(random: Random) -> list[int]:
    """Draw a list of numbers."""
    return [random.randint(-9, 9) for _ in range(random.randint(0, 9))]


def sums(random: Random) -> str:
    """Draw two numbers joined by a plus sign, with frequent carries; sometimes any string over the vocabulary."""
    if random.random() < 0.1:
        return str(text("+0123456789")(random))
    digits = random.choice(["0123456789", "0459", "09"])
    first, second = (str(text(digits, longest=6)(random)) for _ in range(2))
    if random.random() < 0.3:  # nines' complement, so that a carry propagates through all columns
        second = "".join(str(9 - int(digit)) for digit in first[1:]) + random.choice("0123456789")
    return f"{first}+{second}"


def padded(random: Random) -> str:
    """Draw a string with trailing pads; sometimes with pads anywhere."""
    if random.random() < 0.2:
        return str(text("ab_")(random))
    return str(text("abc")(random)) + "_" * random.randint(0, 5)


def brackets(pairs: tuple[str, ...], other: str = "") -> Inputs:
    """Return a generator of balanced or nearly balanced strings over ``pairs``, interspersed with ``other``."""

    def draw(random: Random) -> str:
        drawn = ""
        for _ in range(random.randint(0, 5)):
            pair = random.choice(pairs)
            at = random.randint(0, len(drawn))
            to = at if random.random() < 0.6 else random.randint(at, len(drawn))
            drawn = drawn[:at] + pair[0] + drawn[at:to] + pair[1] + drawn[to:]
        if random.random() < 0.4:
            at = random.randint(0, len(drawn))
            drawn = drawn[:at] + random.choice("".join(pairs) + other) + drawn[at + random.randint(0, 1) :]
        return drawn

    return draw


SUM = "0123456789+"
BOTH = ("()", "{}")

PROGRAMS = (
    Measured("add", addition.add(), 4, 3, sums, SUM),
    Measured("split_first", puzzles.split_first, 2, 2, sums, SUM),
    Measured("slide", puzzles.slide_example, 2, 1, text("xhl<<<")),
    Measured("minimum", puzzles.smallest, 2, 1, words_or_numbers),
    Measured("first_l", puzzles.first_l, 2, 1, words_or_numbers),
    Measured("cumsum_of_length_minus_indices", attention.cumsum_of_length_minus_indices, 1, 1, words_or_numbers),
    Measured("flip of flip", attention.flip(attention.flip()), 0, 0, words_or_numbers),
    Measured("shift by 2 of shift by 3", puzzles.shift(2, seq=puzzles.shift(3)), 1, 1, words_or_numbers),
    Measured("flip", attention.flip(), 2, 2, words_or_numbers),
    Measured("hist", attention.hist, 1, 1, words_or_numbers),
    Measured("ralign", puzzles.aligned, 2, 2, padded),
    Measured("reverse", tracr.reverse, 2, 2, text("abcde"), "abcde", tracr=4),
    Measured("sort", tracr.sort, 2, 2, words_or_numbers, tracr=3),
    Measured("sort by frequency", tracr.sort_by_frequency, 3, 3, text("abcd"), "abcd", tracr=5),
    Measured("pair balance", tracr.pair_balance(), 1, 1, brackets(("()",), "x"), "()x", tracr=2),
    Measured("shuffle-dyck-2", tracr.shuffle_dyck_2(), 2, 2, brackets(BOTH), "(){}", tracr=8),
    Measured("detect a pattern of three", tracr.detect_pattern(), 1, 1, text("abc"), "abc", tracr=3),
    Measured(
        "fraction of earlier matches", tracr.fraction_of_earlier_matches(), 1, 1, text("abx"), "abx", tracr=2
    ),
    Measured("dyck2", rasp.dyck2(), 4, 3, brackets(BOTH), "(){}"),
    Measured("long addition", rasp.long_addition(), 5, 3, sums, SUM),
)  # fmt: skip
"""The challenge's puzzles, Tracr's programs (its layers measured at a maximum length of 5) and RASP's."""

AB = text("abx")

CAUSAL = tuple(
    Measured(name, program, select, best, inputs, vocab, causal=True)
    for name, program, select, best, inputs, vocab in (
        ("position", causal.position, 0, 0, words_or_numbers, None),
        ("sum of positions", causal.sum_of_positions, 0, 0, words_or_numbers, None),
        ("occurrence", causal.occurrence, 1, 1, words_or_numbers, None),
        ("is new", causal.is_new, 1, 1, words_or_numbers, None),
        ("different", causal.different, 2, 2, words_or_numbers, None),
        ("total", causal.total, 1, 1, numbers, None),
        ("fraction of x", causal.fraction_of_x, 1, 1, AB, "abx"),
        ("majority", causal.majority, 1, 1, AB, "abx"),
        ("previous", causal.previous, 1, 1, words_or_numbers, None),
        ("two before", causal.two_before, 1, 1, words_or_numbers, None),
        ("first token", causal.first_token, 1, 1, words_or_numbers, None),
        ("after last occurrence", causal.after_last_occurrence(), 2, 2, AB, "abx"),
        ("depth of brackets", causal.depth(), 1, 1, brackets(("()",), "x"), "()x"),
        ("well-formed so far", causal.well_formed(), 2, 2, brackets(("()",), "x"), "()x"),
        ("cumsum_of_length_minus_indices", attention.cumsum_of_length_minus_indices, 0, 0, words_or_numbers, None),
        ("shift by 2 of shift by 3", puzzles.shift(2, seq=puzzles.shift(3)), 1, 1, words_or_numbers, None),
        ("pair balance", tracr.pair_balance(), 1, 1, brackets(("()",), "x"), "()x"),
        ("shuffle-dyck-2", tracr.shuffle_dyck_2(), 2, 2, brackets(BOTH), "(){}"),
        ("detect a pattern of three", tracr.detect_pattern(), 1, 1, text("abc"), "abc"),
    )
)
"""Programs as causal ones, most of which write no mask: examples/causal.py, and what makes sense of the others."""
