"""Programs of the depth benchmark that are deeper than they need be, each with an equal one that shows its minimum.

The equal program has the least number of layers as written. Fewer are impossible: what depends on other positions needs
one layer, and where two remain, a position must first find out where to look.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from measured import Inputs, Measured, numbers, of_atoms, words_or_numbers

import raspir
from raspir import SOp, indices, key, query, tokens, where
from raspir.ir import Graph
from raspir.passes.options import Attention

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import causal
import tracr


@dataclass(frozen=True)
class Minimum:
    """A program whose least number of layers is known.

    Attributes:
        name: the name in the tables.
        program: the program.
        form: an equal program with the least number of layers.
        drawn: draws inputs; ``None`` for texts over the vocabulary, or else of a few letters.
        attention: the kind of heads that the form needs.
        vocab: the atoms assumed; ``None`` for no assumption.
        before: the number of layers to which raspir optimized the program before it knew the principles below.
        causal: whether no position attends to a later one.
    """

    name: str
    program: SOp
    form: SOp
    drawn: Inputs | None = None
    attention: Attention = "select"
    vocab: tuple[Any, ...] | str | None = None
    before: int = 2
    causal: bool = False

    @property
    def inputs(self) -> Inputs:
        """Draws inputs that satisfy the assumptions."""
        return self.drawn or of_atoms(self.vocab or "abx")

    @property
    def written(self) -> Graph:
        """The program as written, under its assumptions."""
        return raspir.lower(self.program, self.vocab, causal=self.causal)

    @property
    def reached(self) -> Graph:
        """The form, under the same assumptions."""
        return raspir.lower(self.form, self.vocab, causal=self.causal)

    def measured(self) -> Measured:
        """Return the program for the tables of both kinds of attention; each bound is one that the form reaches."""
        best = self.reached.stats().layers
        select = best if self.attention == "select" else self.written.stats().layers
        return Measured(self.name, self.program, select, best, self.inputs, self.vocab, causal=self.causal)


# Selectors and functions that the programs share

everywhere = key(1) == query(1)
before = key(indices) < query(indices)
up_to_here = key(indices) <= query(indices)
from_here = key(indices) >= query(indices)
after = key(indices) > query(indices)
same = key(tokens) == query(tokens)
first_five = key(indices) < query(5)
of_two = (key(indices) >= query(indices - 1)) & up_to_here

length = everywhere.value(1)
hist = same.value(1)


def at(values: SOp, place: Any, default: Any = 0) -> SOp:
    """Return the value at a position."""
    return (key(indices) == query(place)).value(values, default)


def cum(values: Any) -> SOp:
    """Return the sum up to each position."""
    return up_to_here.value(values)


def total(values: Any) -> SOp:
    """Return the sum of all values."""
    return everywhere.value(values)


def flip(values: SOp) -> SOp:
    """Return the values in reverse."""
    return at(values, length - 1 - indices)


def rank(values: SOp) -> SOp:
    """Return each position's place in the order of the values; of equal ones, the earlier is first."""
    return ((key(values) < query(values)) | ((key(values) == query(values)) & before)).value(1)


def sort(values: SOp) -> SOp:
    """Return the values in order."""
    return (key(rank(values)) == query(indices)).value(values)


def one_if(condition: SOp) -> SOp:
    """Return 1 where a condition holds, and 0 elsewhere."""
    return where(condition, 1, 0)


def by_token(of: SOp, at_a: SOp, at_b: SOp) -> SOp:
    """Return one of two values by a token, and 0 where there is none."""
    return where(of == "a", at_a, where(of == "b", at_b, 0))


def in_order(first: str, second: str, third: str) -> SOp:
    """Return the tokens in order, of which there are three."""
    ones, twos = total(one_if(tokens == first)), total(one_if(tokens == second))
    return where(indices < ones, first, where(indices < ones + twos, second, third))


def placed_before(own: SOp, others: SOp, earlier: SOp) -> SOp:
    """Return how many of the others come first by descending frequency; of as many, the earlier ones."""
    return where(others > own, others, where(others == own, earlier, 0))


def sum_below(end: SOp) -> SOp:
    """Return the sum of the positions before one."""
    return end * (end - 1) // 2


is_a, is_b = tokens == "a", tokens == "b"
is_either = is_a | is_b
a, b, c = one_if(is_a), one_if(is_b), one_if(tokens == "c")
at_a = key(is_a) == query(True)
number = tokens.round()
last_a, last_number = (everywhere.best(values, indices) for values in (a, number))
first_place, last_place = (at_a.best(indices, indices, pick=pick) for pick in ("lowest", "highest"))
previous, count_before = at(tokens, indices - 1), before.value(a)
shifted = at(a, indices - 1)
of_number = rank(number)
many, odd, third = cum(a) > 2, cum(a) % 2 == 1, cum(a) % 3
first_here = one_if((same & before).value(1) == 0)
distinct, distinct_so_far, unique = (
    sum(one_if(held(each)) for each in (a, b, c))
    for held in (lambda x: total(x) > 0, lambda x: cum(x) > 0, lambda x: total(x) == 1)
)

SUMS = (
    Minimum("cum of cum", cum(cum(a)), (indices + 1) * cum(a) - cum(a * indices)),
    Minimum("cum of cum of cum", cum(cum(cum(a))),
            ((indices + 1) * (indices + 2) * cum(a) - (2 * indices + 3) * cum(a * indices) + cum(a * indices**2)) // 2,
            before=3),
    Minimum("weighted cum of cum", cum(indices * cum(b)),
            (indices * (indices + 1) * cum(b) - cum(b * (indices * indices - indices))) // 2),
    Minimum("suffix of prefixes", after.value(cum(a)),
            (length - 1 - indices) * cum(a) + length * after.value(a) - after.value(a * indices)),
    Minimum("mean of cum", everywhere.mean(cum(a)) * length,
            (length * total(a) - total(a * indices)) / length * length),
    Minimum("windows of windows", of_two.value(of_two.value(a)), a + 2 * shifted + at(a, indices - 2)),
    Minimum("window of prefixes", ((key(indices) >= query(indices - 2)) & up_to_here).value(cum(a)),
            cum(a) + count_before + (key(indices) <= query(indices - 2)).value(a)),
    Minimum("total of the first five prefixes", first_five.value(cum(a)),
            where(length < 5, length, 5) * first_five.value(a) - first_five.value(a * indices)),
    Minimum("cum of counts with a default", cum(before.value(a, 5)),
            5 + indices * count_before - before.value(a * indices)),
    Minimum("counts before, with a default", before.value(cum(a), 5),
            where(indices == 0, 5, indices * count_before - before.value(a * indices))),
    Minimum("total of places from the end", total(where(is_a, length - indices, 0)),
            length * total(a) - total(a * indices)),
    Minimum("total of hist", total(hist), total(a) * total(a) + total(b) * total(b), vocab="ab"),
    Minimum("total of running hist", total((same & up_to_here).value(1)),
            (total(a) * (total(a) + 1) + total(b) * (total(b) + 1) + total(c) * (total(c) + 1)) // 2, vocab="abc"),
    Minimum("difference summed", total(number - at(number, indices - 1)), last_number, numbers, "best"),
    Minimum("difference accumulated", cum(number - at(number, indices - 1)), number, numbers),
    Minimum("difference to the next", total(number - at(number, indices + 1)), at(number, 0), numbers),
    Minimum("difference over two", cum(number - at(number, indices - 2)), number + at(number, indices - 1), numbers),
    Minimum("sum and shift", total(a + shifted), 2 * total(a) - last_a, attention="best"),
    Minimum("sum and shift, accumulated", cum(a + shifted), cum(a) + count_before),
    Minimum("suffix of a shift", after.value(shifted), from_here.value(a) - last_a, attention="best"),
)  # fmt: skip
"""Exchange of sums: what is summed over is summed once, with a weight for how often."""

RANKS = (
    Minimum("total rank", total(rank(tokens)), length * (length - 1) // 2, words_or_numbers),
    Minimum("squares of ranks", total(rank(tokens) * rank(tokens)), length * (length - 1) * (2 * length - 1) // 6),
    Minimum("rank of rank", rank(rank(tokens)), rank(tokens), words_or_numbers),
    Minimum("rank of reversed rank", rank(length - 1 - rank(tokens)), length - 1 - rank(tokens), words_or_numbers),
    Minimum("ranks below", (key(rank(tokens)) < query(rank(tokens))).value(1), rank(tokens), words_or_numbers),
    Minimum("ranks above", (key(rank(tokens)) > query(rank(tokens))).value(1),
            length - 1 - rank(tokens), words_or_numbers),
    Minimum("highest rank", everywhere.best(rank(tokens), rank(tokens)), length - 1, words_or_numbers),
    Minimum("sort of negated ranks", sort(-rank(tokens)), indices + 1 - length, words_or_numbers, before=3),
    Minimum("sort of squares of ranks", sort(rank(tokens) * rank(tokens)), indices * indices,
            words_or_numbers, before=3),
    Minimum("sort of halves of positions", sort(indices // 2), indices // 2, words_or_numbers),
    Minimum("sort of sort", sort(sort(tokens)), sort(tokens), words_or_numbers, before=4),
    Minimum("sort of flip", sort(flip(tokens)), sort(tokens), words_or_numbers, before=4),
    Minimum("sort of flip of sort", sort(flip(sort(tokens))), sort(tokens), words_or_numbers, before=4),
    Minimum("total of sort", total(sort(number)), total(number), numbers, before=3),
    Minimum("twice the total of sort of flip", total(sort(flip(number)) * 2), total(number) * 2, numbers, before=3),
    Minimum("best by rank", everywhere.best(tokens, rank(number)), everywhere.best(tokens, number), numbers, "best"),
    Minimum("best by lowest rank", everywhere.best(tokens, rank(number), pick="lowest"),
            everywhere.best(tokens, number, "left", pick="lowest"), numbers, "best"),
    Minimum("running maximum by rank", (key(of_number) == query(up_to_here.best(of_number, of_number))).value(number),
            up_to_here.best(number, number), numbers, "best", before=3),
    Minimum("running minimum by rank",
            (key(of_number) == query(up_to_here.best(of_number, of_number, pick="lowest"))).value(number),
            up_to_here.best(number, number, pick="lowest"), numbers, "best", before=3),
)  # fmt: skip
"""Ranks are a permutation: its sums and ranks are known, and symmetric functions do not see it."""

CHOICES = (
    Minimum("fetch by choice", at(tokens, where(many, indices, indices - 1)), where(many, tokens, previous)),
    Minimum("fetch by offset", at(tokens, indices - one_if(many)), where(many, previous, tokens)),
    Minimum("fetch by parity", at(tokens, indices + cum(a) % 2), where(odd, at(tokens, indices + 1), tokens)),
    Minimum("fetch one of three", at(tokens, indices + third - 1, "_"),
            where(third == 0, at(tokens, indices - 1, "_"), where(third == 1, tokens, at(tokens, indices + 1, "_")))),
    Minimum("fetch of a fetch by choice", at(at(tokens, where(many, indices, indices - 1)), indices - 1),
            where(count_before > 2, previous, at(tokens, indices - 2))),
    Minimum("fetch here or at the end", at(cum(a), where(many, indices, length - 1)), where(many, cum(a), total(a))),
    Minimum("fetch first or at the end", at(cum(a), where(indices > 2, 0, length - 1)),
            where(indices > 2, at(a, 0), total(a))),
    Minimum("window by choice", ((key(indices) > query(indices - where(many, 3, 1))) & up_to_here).value(b),
            where(many, b + at(b, indices - 1) + at(b, indices - 2), b)),
    Minimum("condition of the query", (up_to_here | (key(2) < query(cum(a)))).value(a),
            where(many, total(a), cum(a))),
    Minimum("condition of the query beside another",
            ((at_a & up_to_here) | ((key(2) < query(total(b))) & after)).value(1),
            where(total(b) > 2, cum(a) + after.value(1), cum(a))),
    Minimum("hist of the previous", at(hist, indices - 1), by_token(previous, total(a), total(b)), vocab="ab"),
    Minimum("running hist of the previous", at((same & up_to_here).value(1), indices - 1),
            by_token(previous, count_before, before.value(b)), vocab="ab"),
)  # fmt: skip
"""A deep choice among a few queries is a choice among their heads."""

VOCABULARIES = (
    Minimum("distinct", total(first_here), distinct, vocab="abc"),
    Minimum("distinct so far", cum(first_here), distinct_so_far, vocab="abc"),
    Minimum("unique", total(one_if(hist == 1)), unique, vocab="abc"),
    Minimum("highest count", everywhere.best(hist, hist), where(total(a) > total(b), total(a), total(b)), vocab="ab"),
    Minimum("sort bits", sort(tokens), where(indices < total(one_if(tokens == 0)), 0, 1), vocab=(0, 1)),
    Minimum("sort letters", sort(tokens), in_order("a", "b", "c"), vocab="abc"),
    Minimum("sort letters of a flip", sort(flip(tokens)), in_order("a", "b", "c"), vocab="abc", before=4),
    Minimum("sort letters downwards",
            (key(((key(tokens) > query(tokens)) | (same & before)).value(1)) == query(indices)).value(tokens),
            in_order("c", "b", "a"), vocab="abc"),
    Minimum("weighted sum of a sort", total(sort(tokens) * indices),
            2 * sum_below(length) - sum_below(total(one_if(tokens <= 1))) - sum_below(total(one_if(tokens == 0))),
            vocab=(0, 1, 2), before=3),
    Minimum("sort letters by frequency", tracr.sort_by_frequency,
            (key(by_token(tokens, count_before + placed_before(total(a), total(b), before.value(b)),
                          before.value(b) + placed_before(total(b), total(a), count_before)))
             == query(indices)).value(tokens), vocab="ab", before=3),
)  # fmt: skip
"""With a vocabulary, each class has a count of its own."""

PLACES = (
    Minimum("last of cum", at(cum(a), length - 1), total(a)),
    Minimum("last of a product", at(cum(a) * cum(b), length - 1), total(a) * total(b)),
    Minimum("all but the last", (key(indices) < query(length - 1)).value(number),
            total(number) - last_number, numbers, "best"),
    Minimum("last of prefixes", at(before.value(number), length - 1), total(number) - last_number, numbers, "best"),
    Minimum("from the last on", (key(indices) >= query(length - 1)).value(number), last_number, numbers, "best"),
    Minimum("last a by sum", at(tokens, total(where(is_a & ((after & at_a).value(1) == 0), indices, 0)), "_"),
            where(total(a) > 0, "a", at(tokens, 0, "_")), attention="best", before=3),
    Minimum("place of the first a", total(where(is_a & (count_before == 0), indices, 0)),
            first_place, attention="best"),
    Minimum("place of the first a or b", total(where(is_either & (before.value(one_if(is_either)) == 0), indices, 0)),
            (key(is_either) == query(True)).best(indices, indices, pick="lowest"), attention="best"),
    Minimum("place of the last a", total(where(is_a & (after.value(a) == 0), indices, 0)),
            last_place, attention="best"),
    Minimum("first above 2", total(where((number > 2) & (before.value(number > 2) == 0), number, 0)),
            (key(number > 2) == query(True)).best(number, indices, pick="lowest"), numbers, "best"),
    Minimum("positions before the first a", total(one_if(cum(a) == 0)),
            where(total(a) > 0, first_place, length), attention="best"),
    Minimum("positions from the last a on", total(one_if(after.value(a) == 0)),
            where(total(a) > 0, length - last_place, length), attention="best"),
)  # fmt: skip
"""First and last members: by position, by a mask, or by a count that reaches a bound."""

COUNTS = (
    Minimum("first a accumulated", cum(where(cum(a) == 1, a, 0)), one_if(cum(a) >= 1)),
    Minimum("second a accumulated", cum(where(cum(a) == 2, a, 0)), one_if(cum(a) >= 2)),
    Minimum("at most two", total(where(cum(a) <= 2, a, 0)), where(total(a) < 2, total(a), 2)),
    Minimum("an a after an a", total(one_if(count_before > 0)) > 0,
            (total(a) >= 2) | ((total(a) == 1) & (total(a * indices) < length - 1))),
    Minimum("an a after the first", total(one_if(after.value(a) > 0)) > 0, total(a) - at(a, 0) > 0),
    Minimum("an a so far", cum(one_if(cum(a) > 0)) > 0, cum(a) > 0),
    Minimum("an a before an earlier one", (before & at_a).value(one_if(cum(a) > 0)) > 0, count_before > 0),
    Minimum("a prefix of three", total(one_if(many)) > 0, total(a) > 2),
    Minimum("no prefix of two", total(one_if(cum(a) < 2)) == length, total(a) < 2),
    Minimum("mean of what holds everywhere", everywhere.mean(one_if(cum(a) > 0)) == 1, at(a, 0) > 0),
    Minimum("first a by a product", (key(cum(a) * a) == query(1)).value(1), one_if(total(a) > 0)),
    Minimum("counts below", (key(cum(a)) < query(cum(a))).value(a), where(cum(a) > 0, cum(a) - 1, 0)),
    Minimum("counts up to", (key(cum(a)) <= query(cum(a))).value(a), cum(a)),
    Minimum("counts above", (key(cum(a)) > query(cum(a))).value(a), total(a) - cum(a)),
    Minimum("equal counts", (key(cum(a)) == query(cum(a))).value(a), one_if(cum(a) > 0)),
    Minimum("best by count", at_a.best(tokens, cum(a)), at_a.best(tokens, indices), attention="best"),
    Minimum("best by count from here", at_a.best(indices, from_here.value(a)), first_place, attention="best"),
    Minimum("highest count so far", everywhere.best(cum(a), cum(a)), total(a), attention="best"),
    Minimum("lowest count", everywhere.best(cum(a), cum(a), pick="lowest"), at(a, 0), attention="best"),
    Minimum("running maximum of a count", up_to_here.best(cum(a), cum(a)), cum(a), attention="best"),
)  # fmt: skip
"""Counts that only grow: their comparisons, extremes and first positions over a bound are those of positions."""

PRINCIPLES = {
    "exchange of sums": SUMS,
    "permutations": RANKS,
    "choice": CHOICES,
    "vocabularies": VOCABULARIES,
    "order statistics": PLACES,
    "monotone counts": COUNTS,
}
"""The programs, by the principle that saves the layers."""
masked = partial(Minimum, causal=True)
so_far, position = total, indices + 1  # in a causal program

CAUSAL = (
    masked("cum of cum", so_far(so_far(a)), position * so_far(a) - so_far(a * indices)),
    masked("mean of cum", everywhere.mean(so_far(a)), (position * so_far(a) - so_far(a * indices)) / position),
    masked("sum of sums of positions", so_far(so_far(length)), position * (position + 1) * (position + 2) // 6),
    masked("windows of windows", of_two.value(of_two.value(a)), a + 2 * shifted + at(a, indices - 2)),
    masked("difference accumulated", so_far(number - at(number, indices - 1)), number, numbers),
    masked("sum and shift", so_far(a + shifted), so_far(a) + count_before),
    masked("count before", at(so_far(a), indices - 1), count_before),
    masked("fetch by choice", at(tokens, where(many, indices, indices - 1)), where(many, tokens, previous)),
    masked("fetch by parity", at(tokens, indices - so_far(a) % 2), where(odd, previous, tokens)),
    masked("condition of the query", (before | (key(2) < query(cum(a)))).value(a), where(many, cum(a), count_before)),
    masked("hist of the previous", at(hist, indices - 1),
           by_token(previous, count_before, before.value(b)), vocab="ab"),
    masked("different letters", causal.different, distinct_so_far, vocab="abc"),
    masked("highest count of a letter", everywhere.best(hist, hist),
           where(cum(a) > cum(b), cum(a), cum(b)), vocab="ab"),
    masked("first a accumulated", so_far(where(so_far(a) == 1, a, 0)), one_if(so_far(a) >= 1)),
    masked("an a before an earlier one", so_far(one_if(count_before > 0)) > 0, count_before > 0),
    masked("counts below", (key(so_far(a)) < query(so_far(a))).value(a), where(cum(a) > 0, cum(a) - 1, 0)),
    masked("running maximum of a count", everywhere.best(so_far(a), so_far(a)), so_far(a), attention="best"),
    masked("best by count", at_a.best(indices, so_far(a)), last_place, attention="best"),
    masked("place of the first a", so_far(where(is_a & (count_before == 0), indices, 0)),
           first_place, attention="best"),
    masked("positions before the first a", so_far(one_if(so_far(a) == 0)),
           where(so_far(a) > 0, first_place, position), attention="best"),
)  # fmt: skip
"""Causal programs, by the same principles."""
