"""The programs of the depth benchmark, with their inputs and depth bounds."""

from __future__ import annotations

import sys
from pathlib import Path

import minima
from measured import Measured, brackets, numbers, padded, sums, text, words_or_numbers

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import addition
import attention
import causal
import puzzles
import rasp
import tracr

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
    Measured("sort by frequency", tracr.sort_by_frequency, 2, 2, text("abcd"), "abcd", tracr=5),
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

CAUSAL = (
    *(
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
    ),
    *(each.measured() for each in minima.CAUSAL),
)  # fmt: skip
"""Programs as causal ones, most of which write no mask: examples/causal.py, and what makes sense of the others."""
