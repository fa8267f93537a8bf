"""Handwritten programs of Tracr's dialect, as benchmarks and courses have them, with the values that they yield."""

import pickle

import naive_rasp as naive
import pytest

import raspir
from raspir.tracr import causal_eval, lib, rasp


def everywhere(rasp):
    return rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)


def vowels(rasp):
    is_vowel = rasp.Map(lambda x: x in ("a", "e", "i", "o", "u"), rasp.tokens)
    return rasp.SelectorWidth(rasp.Select(is_vowel, is_vowel, lambda k, q: k))


def second_token(rasp):
    at = rasp.Select(rasp.indices, rasp.Full(1), rasp.Comparison.EQ)
    return rasp.Aggregate(at, rasp.tokens, default="?")


def running_parity(rasp):
    ones = rasp.SelectorWidth(
        rasp.Select(rasp.tokens, rasp.Full(1), rasp.Comparison.EQ)
        & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
    )
    return rasp.Map(lambda n: n % 2 == 1, ones)


def replaced(rasp):
    return rasp.Map(lambda x: "-" if x == " " else x, rasp.tokens)


def is_first(rasp):
    same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
    before = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
    return rasp.SelectorWidth(rasp.SelectorAnd(same, before)) == 0


def by_length(rasp):
    sizes = rasp.Map(len, rasp.tokens)
    earlier = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
    same = rasp.Select(sizes, sizes, rasp.Comparison.EQ)
    place = rasp.SelectorWidth(rasp.Select(sizes, sizes, rasp.Comparison.LT) | (same & earlier))
    return rasp.Aggregate(rasp.Select(place, rasp.indices, rasp.Comparison.EQ), rasp.tokens)


def balance(rasp):
    steps = rasp.Map(lambda x: {"(": 1, ")": -1}.get(x, 0), rasp.tokens)
    so_far = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
    means = rasp.numerical(rasp.Aggregate(so_far, rasp.numerical(steps), default=0))
    return rasp.SequenceMap(lambda mean, i: round(mean * (i + 1)), means, rasp.indices)


def fraction_of_a(rasp):
    return rasp.Aggregate(everywhere(rasp), rasp.numerical(rasp.tokens == "a"), default=0)


def shifted_or_zero(rasp):
    before = rasp.Select(rasp.indices, rasp.indices - 1, rasp.Comparison.EQ)
    shifted = rasp.Aggregate(before, rasp.tokens)
    return rasp.Map(lambda x: "none" if x is None else x, rasp.Map(lambda x: x, shifted, simplify=False))


def seen_by_outer(rasp):
    return rasp.Map(lambda x: "none" if x is None else x, rasp.Map(lambda x: None if x == "a" else x, rasp.tokens))


def reverse(rasp):
    return rasp.Aggregate(
        rasp.Select(rasp.indices, rasp.length - rasp.indices - 1, rasp.Comparison.EQ), rasp.tokens
    ).named("reverse")


PROGRAMS = [
    (vowels, "queue", [4, 4, 4, 4, 4]),
    (second_token, "abc", ["b", "b", "b"]),
    (second_token, "a", ["?"]),
    (running_parity, [1, 0, 1, 1], [True, True, False, True]),
    (replaced, "a b", ["a", "-", "b"]),
    (is_first, "abca", [True, True, True, False]),
    (by_length, ["ccc", "a", "bb", "d"], ["a", "d", "bb", "ccc"]),
    (balance, "(())(", [1, 2, 1, 0, 1]),
    (fraction_of_a, "aab ", [0.5, 0.5, 0.5, 0.5]),
    (shifted_or_zero, "ab", [None, "a"]),
    (seen_by_outer, "ab", ["none", "b"]),
    (reverse, "abc", ["c", "b", "a"]),
]


@pytest.mark.parametrize(("build", "xs", "expected"), PROGRAMS)
def test_programs(build, xs, expected):
    program = build(rasp)
    assert program(xs) == rasp.evaluate(program, xs) == expected == naive.evaluate(build(naive), xs)
    assert list(map(type, program(xs))) == list(map(type, expected))
    assert raspir.compile(program)(xs) == expected
    assert raspir.compile(program, vocab=sorted(set(xs)), max_length=len(xs))(xs) == expected


@pytest.mark.parametrize(("build", "xs"), [(build, xs) for build, xs, _ in PROGRAMS])
def test_programs_causally(build, xs):
    assert causal_eval.evaluate(build(rasp), xs) == naive.evaluate(build(naive), xs, causal=True)


def test_selectors_are_rows_of_queries():
    selector = rasp.Select(rasp.indices, rasp.Full(1), rasp.Comparison.LT)
    assert selector("abc") == [[True, False, False]] * 3
    assert causal_eval.evaluate(~selector, "abc") == [[False] * 3, [False, True, False], [False, True, True]]


def test_length_is_not_masked_and_a_count_is():
    assert causal_eval.evaluate(rasp.length, "abc") == [3, 3, 3]
    assert causal_eval.evaluate(lib.make_length(), "abc") == [1, 2, 3]
    assert causal_eval.evaluate(rasp.Aggregate(everywhere(rasp), rasp.length - rasp.indices), "abc") == [3, 2.5, 2]


LIBRARY = [
    (lib.make_length(), "abcd", [4, 4, 4, 4]),
    (lib.make_reverse(rasp.tokens), "Hello", ["o", "l", "l", "e", "H"]),
    (lib.make_pair_balance(rasp.tokens, "(", ")"), "a()b(c))", [0, 1 / 2, 0, 0, 1 / 5, 1 / 6, 0, -1 / 8]),
    (lib.make_shuffle_dyck(["()"]), "(())", [True] * 4),
    (lib.make_shuffle_dyck(["()"]), "())(", [False] * 4),
    (lib.make_shuffle_dyck2(), "({)}", [True] * 4),
    (lib.make_shuffle_dyck2(), "(){)}", [False] * 5),
    (lib.make_hist(), "abac", [2, 1, 2, 1]),
    (lib.make_sort_unique(rasp.tokens, rasp.tokens), [2, 4, 3, 1], [1, 2, 3, 4]),
    (lib.make_sort(rasp.tokens, rasp.tokens, max_seq_len=5, min_key=1), [2, 4, 1, 2], [1, 2, 2, 4]),
    (lib.make_sort_freq(5), [2, 4, 2, 1], [2, 2, 4, 1]),
    (lib.make_frac_prevs(rasp.tokens == "l"), "hello", [0, 0, 1 / 3, 1 / 2, 2 / 5]),
    (lib.shift_by(2, rasp.tokens), "abcd", [None, None, "a", "b"]),
    (lib.detect_pattern(rasp.tokens, "abc"), "abcabc", [None, None, True, False, False, True]),
    (lib.make_count_less_freq(2), list("aaabbc"), [3] * 6),
    (lib.make_count_less_freq(2), list("aacbbc"), [6] * 6),
    (lib.make_count(rasp.tokens, "a"), "aaabbc", [3] * 6),
    (
        lib.make_nary_sequencemap(lambda x, i, n: f"{x}{i}/{n}", rasp.tokens, rasp.indices, rasp.length),
        "ab",
        ["a0/2", "b1/2"],
    ),
]


@pytest.mark.parametrize(("program", "xs", "expected"), LIBRARY)
def test_the_library(program, xs, expected):
    assert program(xs) == expected
    assert raspir.compile(program)(xs) == expected


@pytest.mark.parametrize(
    ("program", "layers"),
    [
        (lib.make_reverse(rasp.tokens), 2),
        (lib.make_shuffle_dyck(["()"]), 2),
        (lib.make_shuffle_dyck2(), 2),
        (lib.make_sort(rasp.tokens, rasp.tokens, max_seq_len=10, min_key=1), 2),
        (lib.make_sort_freq(10), 3),
        (lib.detect_pattern(rasp.tokens, "abc"), 1),
        (lib.make_frac_prevs(rasp.tokens == "a"), 1),
        (lib.make_pair_balance(rasp.tokens, "(", ")"), 1),
    ],
)
def test_layers_of_the_library(program, layers):
    assert raspir.optimize(program).stats().layers == layers


def test_closed_operations_are_not_opaque():
    """Operators on programs are operations that the optimizer and the backends understand, not functions."""
    a = rasp.tokens == "a"
    logic = (a & (rasp.indices < 3)) | ~a
    sums = rasp.LinearSequenceMap(rasp.indices + 1, rasp.length, 2, -1) / 3 - rasp.indices
    assert not raspir.lower({"logic": logic, "sums": sums}).functions


def test_functions_of_operators_are_recognized():
    chained = rasp.Map(lambda x: x * 2, rasp.Map(lambda x: x + 1, rasp.indices)) + 3
    either = rasp.Map(lambda x: x, rasp.tokens) | "a"
    graph = raspir.optimize({"chained": chained, "either": either})
    assert not graph.functions


def test_what_programs_are_made_of():
    doubled = rasp.Map(abs, rasp.indices)
    joined = doubled + 1
    assert isinstance(joined, rasp.Map)
    assert joined.inner is rasp.indices
    assert joined.f(-2) == 3
    assert rasp.Map(abs, doubled, simplify=False).inner is doubled
    both = rasp.SequenceMap(max, rasp.indices, rasp.length)
    assert both.f is max
    assert both.fst is rasp.indices
    assert both.snd is rasp.length
    linear = rasp.LinearSequenceMap(rasp.indices, doubled, 2, 0.5)
    assert (linear.fst_fac, linear.snd_fac, linear.f(3, 4)) == (2, 0.5, 8.0)
    select = rasp.Select(rasp.tokens, rasp.indices, rasp.Comparison.NEQ)
    assert select.keys is rasp.tokens
    assert select.queries is rasp.indices
    assert select.predicate is rasp.Comparison.NEQ
    aggregate = rasp.Aggregate(select, doubled, default=7)
    assert aggregate.selector is select
    assert aggregate.sop is doubled
    assert aggregate.default == 7
    assert [id(child) for child in aggregate.children] == [id(select), id(doubled)]
    assert rasp.SelectorWidth(select).selector is select
    assert rasp.SelectorNot(select).inner is select
    assert rasp.SelectorAnd(select, select).snd is select
    assert isinstance(~select, rasp.Select)
    assert (~select).predicate(1, 1)
    assert rasp.Full(3).fill == 3
    assert rasp.ConstantSOp([1, 2]).value == [1, 2]
    assert rasp.ConstantSelector([[True]]).value == [[True]]
    assert isinstance(rasp.tokens, rasp.TokensType)
    assert isinstance(rasp.length, rasp.SOp)
    assert isinstance(rasp.length, rasp.RASPExpr)


def test_comparisons_are_predicates():
    assert rasp.Comparison.LEQ(1, 2)
    assert not rasp.Comparison.FALSE(1, 2)
    assert rasp.Comparison("<") is rasp.Comparison.LT
    with pytest.raises(ValueError, match="None"):
        rasp.Comparison.EQ(None, 1)


def test_names_and_annotations():
    program = rasp.tokens == "a"
    named = program.named("is_a")
    assert (program.name, named.name, rasp.tokens.label) == ("map", "is_a", "tokens")
    assert named.label == f"is_a_{named.unique_id}" != named.copy().label
    assert named.annotations["encoding"] is rasp.Encoding.CATEGORICAL
    assert rasp.is_categorical(program)
    numerical = rasp.numerical(named)
    assert rasp.is_numerical(numerical)
    assert rasp.get_encoding(rasp.categorical(numerical)) is rasp.Encoding.CATEGORICAL
    assert rasp.is_categorical(named)
    assert dict(rasp.annotate(numerical, note=5).annotations) == {
        "name": "is_a",
        "encoding": rasp.Encoding.NUMERICAL,
        "note": 5,
    }
    with pytest.raises(KeyError):
        named.annotations["note"]
    assert "%is_a = eq" in str(raspir.lower(named))


def test_fixed_sequences_of_another_length():
    assert rasp.ConstantSOp([1, 2, 3], check_length=False)("ab") == [1, 2]
    assert rasp.ConstantSOp([1], check_length=False)("ab") == [1, None]
    assert rasp.ConstantSelector([[True]], check_length=False)("ab") == [[True, False], [False, False]]


def test_dialects_mix():
    ours = raspir.key(rasp.tokens) == raspir.query("l")
    assert ours.value(rasp.indices)("hello") == [5] * 5
    assert (raspir.tokens == rasp.tokens)("ab") == [True, True]
    assert rasp.Aggregate(ours, raspir.indices)("hello") == [2.5] * 5
    assert rasp.Map(str.upper, raspir.tokens)("ab") == ["A", "B"]
    assert (ours & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)).width()("hello") == [0, 0, 1, 2, 2]


@pytest.mark.parametrize("step", [lambda p: p + 1, lambda p: rasp.Map(abs, p), lambda p: ~p, lambda p: p + p])
def test_deep_chains(step):
    program = rasp.tokens
    for _ in range(3000):
        program = step(program)
    before = program([1])
    after = pickle.loads(pickle.dumps(program))
    assert after([1]) == before
    assert after.name == program.name
    assert causal_eval.evaluate(program, [1]) == before


def test_pickles_keep_what_programs_are_made_of():
    program = rasp.Aggregate(
        rasp.Select(rasp.Map(abs, rasp.indices), rasp.Map(len, rasp.tokens).named("size"), rasp.Comparison.EQ),
        rasp.tokens,
    )
    again = pickle.loads(pickle.dumps(rasp.numerical(program.named("p"))))
    assert (again.name, again.selector.queries.name, again.selector.predicate) == ("p", "size", rasp.Comparison.EQ)
    assert rasp.is_numerical(again)
    assert again(["", "a", "bb"]) == program(["", "a", "bb"])
    assert rasp.Map(abs, again.selector.keys)(["a", "b"]) == [0, 1]
