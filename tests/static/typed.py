"""Programs with the types that a type checker and an editor see; test_typing.py checks them, and runs them."""

from collections.abc import Callable
from typing import Any, assert_type

import raspir
from raspir import (
    Selector,
    Sequence,
    SOp,
    aggregate,
    apply,
    elementwise,
    identity,
    indices,
    key,
    library,
    query,
    raw,
    select,
    tokens,
    where,
)
from raspir.ir import Atom
from raspir.library import flip, hist, length, shift, sort
from raspir.tracr import causal_eval, lib, rasp

# Sources.
assert_type(tokens, SOp)
assert_type(identity, SOp)
assert_type(indices, SOp)
assert_type(raw([1, "a", True, 0.5]), SOp)

# Operators, with a program on either side or on both.
assert_type(tokens + 1, SOp)
assert_type(1 + tokens, SOp)
assert_type("a" + tokens, SOp)
assert_type(tokens - indices, SOp)
assert_type(10 - tokens, SOp)
assert_type(tokens * 2, SOp)
assert_type(2 * tokens, SOp)
assert_type(tokens / 2, SOp)
assert_type(2 / tokens, SOp)
assert_type(tokens // 2, SOp)
assert_type(2 // tokens, SOp)
assert_type(tokens % 2, SOp)
assert_type(2 % tokens, SOp)
assert_type(tokens**2, SOp)
assert_type(2**tokens, SOp)
assert_type(-tokens, SOp)
assert_type(abs(tokens), SOp)
assert_type(round(tokens), SOp)
assert_type(tokens == "a", SOp)
assert_type(tokens != "a", SOp)
assert_type(tokens < 2, SOp)
assert_type(tokens <= 2, SOp)
assert_type(tokens < 2, SOp)
assert_type(tokens >= indices, SOp)
assert_type((tokens == "a") | (indices == 1), SOp)
assert_type((tokens == "a") & ~(indices == 1), SOp)
assert_type(True & (indices == 1), SOp)
assert_type(where(tokens == "a", tokens, "_"), SOp)
assert_type(where((tokens > 1) & (tokens < 5), 1, 0), SOp)

# Methods of programs.
assert_type(tokens.map(lambda atom: ord(atom) - ord("0")), SOp)
assert_type(tokens.map(str.upper).name("upper"), SOp)
assert_type(tokens.round(), SOp)
assert_type(tokens.has("aeiou"), SOp)
assert_type(tokens.has([1, 2]), SOp)
assert_type(tokens.layers, int)

# Selectors: a comparison of a key with a query is no bool.
assert_type(key(tokens) == query(tokens), Selector)
assert_type(key(tokens) != query("a"), Selector)
assert_type(key(indices) < query(indices), Selector)
assert_type(key(indices) <= query(indices - 1), Selector)
assert_type(query(indices) > key(indices), Selector)
assert_type(query(indices) >= key(indices), Selector)
assert_type(select(tokens, tokens, lambda k, q: k == q), Selector)
same = key(tokens) == query(tokens)
before = key(indices) < query(indices)
assert_type(same & before, Selector)
assert_type(same | ~before, Selector)
assert_type(same.name("same"), Selector)
rows: list[list[bool]] = same("aba")
assert_type(rows[0][0], bool)

# Aggregates.
assert_type(same.value(1), SOp)
assert_type((key(1) == query(1)).value(1).name("length").layers, int)
assert_type(before.mean(tokens, default="_"), SOp)
assert_type(before.best(tokens, indices, ties="right", default="_", pick="lowest"), SOp)
assert_type(before.width() + 1, SOp)
assert_type(aggregate(same, 1, default=0), SOp)
assert_type(same.value(1, default=None).or_else(0), SOp)
assert_type(tokens.is_none(), SOp)
assert_type(tokens.map(str, none="skip"), SOp)
assert_type(apply(max, tokens, indices, 3), SOp)
assert_type(SOp.zip(max, tokens, indices), SOp)


@elementwise
def larger(a: int, b: int) -> int:
    return max(a, b)


@elementwise(none="skip")
def next_one(a: int) -> int:
    return a + 1


assert_type(larger(tokens, indices), SOp)
assert_type(next_one(tokens), SOp)
assert_type(aggregate(sel=same, vallike=tokens, name="sum"), SOp)  # RASPy's names
assert_type(where(pred=tokens == 1, t=tokens, f=[1, 2, 3]), SOp)
assert_type(same.value(val=1), SOp)

# Results are sequences of atoms.
result = tokens("hello")
assert_type(result, Sequence)
assert_type(tokens.input([5, 2]), Sequence)
assert_type(result[0], Atom)
assert_type(result[1:], Sequence)
assert_type(len(result), int)
assert_type([str(atom) for atom in result], list[str])
assert_type(result == ["h"], bool)
assert_type(result.tolist(), list[Atom])


# Functions of programs.
def slide(seq: SOp = tokens, match: SOp | None = None) -> SOp:
    """Replace each value that does not match by the closest match to its right."""
    matching = tokens != "<" if match is None else match
    count = (key(indices) <= query(indices)).value(matching)
    following: Selector = (key(matching) == query(True)) & (key(count) == query(count + 1))
    return where(matching, seq, following.value(seq))


assert_type(slide()("a<b"), Sequence)
assert_type(flip(), SOp)
assert_type(flip(sort(tokens, key=-hist())), SOp)
assert_type(shift(tokens, by=1, default="_")("ab"), Sequence)
assert_type(length - 1 - indices, SOp)

# The library.
assert_type(library.length, SOp)
assert_type(library.argmax(), SOp)
assert_type(library.argmin(), SOp)
assert_type(library.argsort(reverse=True), SOp)
assert_type(library.balance(tokens, opener="({", closer=")}"), SOp)
assert_type(library.compact(tokens, tokens != "_", default=""), SOp)
assert_type(library.contains(tokens, "a"), SOp)
assert_type(library.count(tokens, indices), SOp)
assert_type(library.cumcount(tokens, "a"), SOp)
assert_type(library.cummax(), SOp)
assert_type(library.cummean(), SOp)
assert_type(library.cummin(), SOp)
assert_type(library.cumsum(length), SOp)
assert_type(library.detect_pattern(tokens, "ab"), SOp)
assert_type(library.distinct(), SOp)
assert_type(library.double_hist(), SOp)
assert_type(library.dyck(tokens, ["()", "{}"]), SOp)
assert_type(library.exists(tokens == "a"), SOp)
assert_type(library.first(indices, tokens == "l", default=99), SOp)
assert_type(library.first_occurrence(), SOp)
assert_type(library.flip(tokens), SOp)
assert_type(library.forall(tokens == indices), SOp)
assert_type(library.fraction(tokens, "a"), SOp)
assert_type(library.hist(), SOp)
assert_type(library.index(tokens, -1), SOp)
assert_type(library.index_of(tokens, "a"), SOp)
assert_type(library.induction(tokens, default="_"), SOp)
assert_type(library.is_balanced(), SOp)
assert_type(library.is_palindrome(), SOp)
assert_type(library.is_sorted(hist()), SOp)
assert_type(library.kth_smallest(tokens, 1), SOp)
assert_type(library.last(tokens, tokens != "a"), SOp)
assert_type(library.last_index_of(tokens, "a", default=99), SOp)
assert_type(library.last_occurrence(), SOp)
assert_type(library.maximum(), SOp)
assert_type(library.mean(), SOp)
assert_type(library.median(), SOp)
assert_type(library.minimum(), SOp)
assert_type(library.most_frequent(), SOp)
assert_type(library.occurrence(), SOp)
assert_type(library.ralign(tokens, pad="_", default="-"), SOp)
assert_type(library.rank(reverse=True), SOp)
assert_type(library.repeat(tokens, 2), SOp)
assert_type(library.rotate(tokens, 1), SOp)
assert_type(library.same(tokens, flip()), SOp)
assert_type(library.segment(tokens, 1, 3), SOp)
assert_type(library.shift(tokens, by=indices), SOp)
assert_type(library.shuffle_dyck(), SOp)
assert_type(library.slide(tokens, tokens != "<", side="left"), SOp)
assert_type(library.sort(tokens, key=hist(), reverse=True), SOp)
assert_type(library.sort_by_frequency(), SOp)
assert_type(library.split_first(tokens, "+"), SOp)
assert_type(library.split_second(tokens, "+"), SOp)
assert_type(library.swap(tokens, 0, 1), SOp)
assert_type(library.total(), SOp)
assert_type(library.window_sum(tokens, 3), SOp)

# Tools.
graph = raspir.optimize(slide(), vocab="ab<", max_length=5, attention="best", passes=None, time_budget=5)
assert_type(graph, raspir.Graph)
assert_type(raspir.lower({"out": slide(), "length": length}), raspir.Graph)
assert_type(raspir.parse(str(graph)), raspir.Graph)
assert_type(graph.stats(), raspir.Stats)
assert_type(graph.stats().heads_per_layer, list[int])
ran = raspir.compile(slide(), vocab="ab<")("a<b")
assert_type(ran, Sequence | dict[str, Sequence])
emitted: str | bytes = raspir.emit(slide(), "text")
drawn: str | bytes = raspir.draw(slide(), format="dot", optimize=True)
raspir.show(slide(), "a<b")
model = raspir.to_transformer(slide(), "ab<", 5, dtype="float64", strict=True)
assert_type(model("a<b"), Sequence | dict[str, Sequence])
assert_type(model.check(budget=100).ok, bool)
page: str = raspir.report(slide(), ["a<b"])
assert_type(raspir.load("examples/puzzles.py", "smallest"), Any)  # what it is depends on the file
extension: tuple[Callable[[Any], None], ...] = (raspir.load_ipython_extension, raspir.unload_ipython_extension)
assert_type(raspir.backends(), tuple[str, ...])
assert_type(raspir.__version__, str)
raspir.set_example("hello")

errors: tuple[type[raspir.RaspirError], ...] = (
    raspir.BackendError,
    raspir.EvaluationError,
    raspir.GraphError,
    raspir.InputError,
    raspir.LoadError,
    raspir.ProgramError,
    raspir.TextError,
)
warned: tuple[type[raspir.RaspirWarning], ...] = (
    raspir.BudgetWarning,
    raspir.SlowWarning,
    raspir.StringWarning,
    raspir.VocabularyWarning,
)
try:
    tokens([0.5, None])
except raspir.InputError as error:
    assert_type(error.message, str)

# Tracr's dialect.
alike = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
assert_type(rasp.SelectorWidth(alike).named("hist"), rasp.SelectorWidth)
assert_type(~alike & alike, rasp.Selector)
assert_type((rasp.tokens == "a") | ~rasp.sop_not(rasp.indices), rasp.SOp)
assert_type(rasp.numerical(2 * rasp.indices - rasp.length / 3), rasp.SOp)
counts = rasp.SequenceMap(max, rasp.indices, rasp.Map(lambda x: len(x), rasp.tokens))
assert_type(rasp.Aggregate(alike, counts, default=0).default, rasp.Value)
assert_type(lib.make_hist()("abca"), list[Any])
assert_type(causal_eval.evaluate(alike, "abca"), list[Any])
assert_type(alike("abca"), list[list[bool]])
assert_type(raspir.optimize(lib.make_hist(), vocab="ab", causal=True), raspir.Graph)
mixed = rasp.Aggregate(key(tokens) == query("a"), rasp.indices)
assert_type((key(mixed) < query(rasp.indices)).value(counts), SOp)
