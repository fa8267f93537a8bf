"""Mistakes in programs of Tracr's dialect: one line each, with the author's line."""

import math

import pytest

import raspir
from raspir import EvaluationError, ProgramError, RaspirError, library
from raspir.tracr import causal_eval, lib, rasp

tokens, indices = rasp.tokens, rasp.indices
everything = rasp.Select(tokens, tokens, rasp.Comparison.TRUE)
missing = rasp.Aggregate(rasp.Select(indices, indices, rasp.Comparison.LT), tokens)


def after_the_first_line(number):
    raise KeyError(number)


BUILT = [
    (
        lambda: tokens == indices,
        "`==` compares a program with a value; between two programs it would compare each value",
    ),
    (lambda: tokens < indices, r"rasp.SequenceMap\(lambda x, y: x < y, a, b\)"),
    (lambda: tokens == [1, 2], r"`==`: \[1, 2\] is not an atom"),
    (lambda: tokens + math.nan, "`[+]`: NaN is not an atom"),
    (lambda: tokens + everything, "`[+]` takes a program or a value, not a selector"),
    (lambda: tokens % 2, r"`%` is no operator of Tracr's programs: write rasp.Map\(lambda x: …, a\)"),
    (lambda: -tokens, "`-`: a program has no such operation"),
    (lambda: bool(tokens), "a program is neither true nor false until it runs on an input: use rasp.Map or"),
    (lambda: len(tokens), "rasp.length computes it"),
    (lambda: list(tokens), "cannot be iterated over"),
    (lambda: tokens[0], "rasp.Aggregate"),
    (lambda: "a" in tokens, r"rasp.Map\(lambda x: x in values, …\) tests membership"),
    (lambda: tokens.map(abs), r"`.map`: a program has no such operation; rasp.Map\(f, program\)"),
    (lambda: tokens("a", "b"), "a program takes one input"),
    (lambda: rasp.SOp(), r"SOp\(…\) does not make a program"),
    (lambda: rasp.Selector(), r"rasp.Select\(keys, queries, predicate\) makes one"),
    (lambda: rasp.Map(tokens, abs), "rasp.Map takes a function of one value first, not a program"),
    (lambda: rasp.Map(lambda x, y: x, tokens), "cannot be called with 1 argument, one atom each"),
    (lambda: rasp.Map(abs, 3), r"rasp.Map takes a program, not 3: write rasp.Full\(3\) for the same value everywhere"),
    (lambda: rasp.Map(abs, everything), r"not a selector: aggregate with it, as in rasp.Aggregate\(selector, rasp.tok"),
    (lambda: rasp.Map(abs, [1]), r"such as rasp.tokens, not \[1\]"),
    (lambda: rasp.SequenceMap(abs, tokens, tokens), "cannot be called with 2 arguments"),
    (lambda: rasp.LinearSequenceMap(tokens, tokens, "a", 1), "a factor must be a number, not 'a'"),
    (lambda: rasp.Full([1]), r"rasp.Full: \[1\] is not an atom"),
    (lambda: rasp.Full((0, 0)), r"rasp.Full: \(0, 0\) is a tuple, which can only be the result or an argument of"),
    (lambda: rasp.Aggregate(everything, tokens, default=("a", 1)), r"the default: \('a', 1\) is a tuple, which"),
    (lambda: rasp.ConstantSOp(5), "rasp.ConstantSOp: 5 is not a sequence"),
    (lambda: rasp.ConstantSOp([{}]), "rasp.ConstantSOp: position 0: {} is not an atom"),
    (lambda: rasp.Select(tokens, tokens, "=="), "rasp.Select takes a predicate of two values last"),
    (lambda: rasp.Select(tokens, 1, rasp.Comparison.EQ), "rasp.Select takes a program, not 1"),
    (lambda: rasp.Select(tokens, tokens, lambda key: key), "cannot be called with 2 arguments"),
    (lambda: rasp.ConstantSelector([[1, 2], [0, 1]]), "an entry must be True or False, not 2"),
    (lambda: rasp.ConstantSelector([[True, False]]), "each row needs an entry for each of its rows"),
    (lambda: rasp.ConstantSelector(3), "takes rows of booleans, not 3"),
    (lambda: everything & True, "`&`: a selector can only be combined with a selector, not with True"),
    (lambda: everything + everything, "a selector has no values and no arithmetic"),
    (lambda: rasp.SelectorWidth(tokens), "rasp.SelectorWidth takes a selector, not a program"),
    (
        lambda: rasp.Aggregate(tokens, everything),
        "a selector first and then a program, not a program; here they are swapped",
    ),
    (lambda: rasp.Aggregate(everything, tokens, default=[]), r"rasp.Aggregate: the default: \[\] is not an atom"),
    (lambda: rasp.numerical(everything), "rasp.numerical takes a program of Tracr's dialect, not a selector"),
    (lambda: tokens.named(5), "a name must be a non-empty str, not 5"),
    (lambda: rasp.annotate(raspir.tokens, a=1), "only expressions of Tracr's dialect have annotations"),
    (lambda: rasp.evaluate(5, "a"), "only a program or a selector is evaluated, not 5"),
    (lambda: lib.make_shuffle_dyck([]), "at least one pair"),
    (lambda: lib.make_shuffle_dyck(["("]), "not '\\('"),
    (lambda: lib.detect_pattern(tokens, ""), "at least one value"),
    (lambda: lib.detect_pattern(tokens, 5), "a sequence of values to search for, not 5"),
    (lambda: lib.detect_pattern("a", "b"), "detect_pattern takes a program of Tracr's dialect, not 'a'"),
    (lambda: lib.make_pair_balance("a", "(", ")"), "make_pair_balance takes a program of Tracr's dialect, not 'a'"),
    (lambda: lib.make_frac_prevs(raspir.tokens), "make_frac_prevs takes .* not a program of another dialect"),
    (lambda: lib.make_reverse(2), "make_reverse takes a program, not 2"),
    (lambda: lib.shift_by(tokens, 1), "shift_by takes a program, not 1"),
    (lambda: lib.make_sort_unique(tokens, "a"), "make_sort_unique takes a program, not 'a'"),
    (lambda: lib.make_sort("a", tokens, max_seq_len=5, min_key=1), "make_sort takes a program, not 'a'"),
    (lambda: lib.make_count(everything, "a"), "make_count takes a program, not a selector"),
    (lambda: lib.make_nary_sequencemap(max, tokens, 1), "make_nary_sequencemap takes a program, not 1"),
    (lambda: lib.make_shuffle_dyck(5), "takes pairs of brackets, such as .*, not 5"),
    (lambda: lib.make_nary_sequencemap(max), "a function first and then programs"),
    (
        lambda: raspir.optimize(rasp.length - 1, causal=True),
        "rasp.length is the number of all positions, which no causal",
    ),
    (lambda: library.shift(tokens, 1), "shift takes programs of raspir's own language, not of another dialect"),
    (lambda: raspir.lower(everything), r"aggregate with it, as in rasp.Aggregate\(selector, rasp.tokens\)"),
]


@pytest.mark.parametrize(("build", "message"), BUILT)
def test_mistakes_of_building(build, message):
    with pytest.raises(ProgramError, match=message) as caught:
        build()
    line = build.__code__.co_firstlineno
    assert str(caught.value).startswith(f"tests/tracr/test_tracr_mistakes.py:{line}: ")
    assert "\n" not in str(caught.value)


RUN = [
    (lambda: rasp.Aggregate(everything, tokens), "ab", r"`mean` failed at position [01]: .*include a string"),
    (lambda: rasp.Aggregate(everything, missing & 1), "ab", "include None"),
    (
        lambda: rasp.SelectorWidth(rasp.Select(missing, tokens, rasp.Comparison.EQ)),
        "ab",
        "failed at query position 0 and key pos",
    ),
    (lambda: rasp.SelectorWidth(rasp.Select(tokens, missing, rasp.Comparison.LT)), "ab", "on key 'a' and query None"),
    (lambda: rasp.SelectorWidth(rasp.Select(tokens, tokens, lambda k, q: k < q)), ["a", 1], "not supported between"),
    (lambda: rasp.Map(lambda x: x + 1, tokens), "a", r"`map\(lambda\)` failed at position 0 on 'a'"),
    (
        lambda: rasp.Map(after_the_first_line, indices),
        "a",
        r"`map\(after_the_first_line\)` failed at position 0 on 0: KeyError",
    ),
    (lambda: rasp.Map(lambda x: [x], tokens), "a", r"the result \['a'\] is not an atom"),
    (lambda: rasp.Map(lambda x: x, rasp.Map(ord, tokens)) + "a", "a", "unsupported operand"),
    (lambda: rasp.ConstantSOp([1, 2]), "a", "has 2 atoms but the input has 1"),
    (lambda: rasp.ConstantSelector([[True]]), "ab", "has 1 atoms but the input has 2"),
    (lambda: rasp.ConstantSelector([[True]]) & everything, "ab", "has 1 atoms but the input has 2"),
    (lambda: tokens < 3, "a", "not supported between"),
]


@pytest.mark.parametrize("run", [rasp.evaluate, causal_eval.evaluate])
@pytest.mark.parametrize(("build", "xs", "message"), RUN)
def test_mistakes_of_running(build, xs, message, run):
    with pytest.raises(EvaluationError, match=message) as caught:
        run(build(), xs)
    assert str(caught.value).startswith(f"tests/tracr/test_tracr_mistakes.py:{build.__code__.co_firstlineno}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("xs", [5, None, [[1]], [float("nan")], {"a"}])
def test_inputs_that_are_no_sequence_of_values(xs):
    with pytest.raises(RaspirError, match=r"not a sequence|not an atom|NaN"):
        tokens(xs)
    with pytest.raises(RaspirError, match=r"not a sequence|not an atom|NaN"):
        causal_eval.evaluate(tokens, xs)
