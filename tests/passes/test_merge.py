"""The pass merge: which heads and values it merges, and the necessity of each condition."""

import operator

import pytest
from daily import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from rewriting import FLOATS, MIXED, NUMBERS, WORDS, as_graph, differing, everything, ge, gt, le, length, lt, words

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.analysis import Analysis
from raspir.ir import Graph, verify
from raspir.passes import merge
from raspir.passes.base import PassContext
from raspir.passes.merge import Merge
from raspir.rewriting import joins
from raspir.rewriting.algebra import Algebra

same = key(tokens) == query(tokens)
is_a = key(tokens) == query("a")
is_b = key(tokens) == query("b")
A, B = where(tokens == "a", 1, 0), where(tokens == "b", 2, 0)


def merged(program, vocab=None):
    """Return the graph before and after, and the names of the rules that were applied."""
    graph = program if isinstance(program, Graph) else raspir.lower(program, vocab)
    context = PassContext()
    result = verify(Merge().run(graph, context))
    assert Merge().run(result, PassContext()) is result
    assert result.stats().layers <= graph.stats().layers
    return graph, result, {remark.rule for remark in context.remarks}


def heads(graph):
    return graph.stats().heads


def values(graph):
    return graph.stats().values


def selectors(graph):
    return sum(str(node.type) == "selector" for node in graph)


def becomes(program, count, expected, inputs=WORDS, rule=None, vocab=None):
    before, after, rules = merged(program, vocab)
    assert (count(before), count(after)) == expected
    assert rule is None or rule in rules
    assert not differing(before, after, inputs)


def stays(program, naive, inputs, vocab=None):
    """Check that nothing is merged, and that the naive way of doing so would be wrong."""
    before, after, rules = merged(program, vocab)
    assert after is before
    assert not rules
    assert differing(before, as_graph(naive, vocab), inputs)


EQUAL = [
    (lt, query(indices) > key(indices)),
    (lt, ~ge),
    (lt, le & (key(indices) != query(indices))),
    (le, lt | (key(indices) == query(indices))),
    (lt, key(indices + 1) < query(indices + 1)),
    (lt, key(indices + 1) <= query(indices)),
    (key(-indices) > query(-indices), lt),
    (is_a, query("a") == key(tokens)),
    (is_a, ~(key(tokens) != query("a"))),
    (is_a, key(tokens == "a") == query(True)),
    (is_a, key(where(tokens == "a", 5, 3)) == query(5)),
    (lt & same, same & lt),
    (lt & (same | is_a), (lt & is_a) | (lt & same)),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_selectors_are_one_head(one, other):
    before, after, _ = merged(raspir.lower({"x": one.value(A), "y": other.mean(indices, 5)}))
    assert heads(after) == 1
    for given_input in WORDS:
        assert raspir.compile(after, "reference", optimize=False)(given_input) == raspir.compile(
            before, "reference", optimize=False
        )(given_input)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lt, le), (lt, gt), (is_a & lt, is_b), (is_a, same), (lt, key(indices) < query(indices + 1)),
        (key(tokens) < query("a"), lt & (key(tokens) < query("b"))), (select(tokens, tokens, operator.lt), ~same),
    ],
)  # fmt: skip
def test_other_selectors_are_not(one, other):
    before, after, rules = merged(raspir.lower({"x": one.value(1), "y": other.value(1)}))
    assert heads(after) == heads(before) == 2
    assert not rules
    assert differing(as_graph(one.value(1)), as_graph(other.value(1)), WORDS)


@pytest.mark.parametrize(
    ("selector", "fewer"),
    [
        ((lt & le) & (le & lt), 1),
        ((lt | (key(indices) == query(indices))) & (le | lt), 1),
        ((is_a & lt) | (is_a & ge), 1),
        (~(~is_a & ~is_a), 1),
        ((same & le) & (same | gt), 3),
    ],
)
def test_comparisons_merge(selector, fewer):
    program = selector.value(indices + 1, -1)
    becomes(program, selectors, (selectors(raspir.lower(program)), fewer))


@pytest.mark.parametrize(("selector", "expected"), [(lt | ge, length), (lt & ge, 0 * indices), (same | ~same, length)])
def test_complements_and_contradictions(selector, expected):
    before, after, _ = merged(selector.value(1))
    assert not differing(before, after, WORDS)
    assert not differing(as_graph(expected), after, WORDS)
    assert heads(after) <= 1
    assert selectors(after) <= 1


@examples(60)
@given(
    st.sampled_from([le, same, lt & is_a, everything]), st.sampled_from([-3, -1, 1]), st.sampled_from([-2, 1, 3]),
    st.sampled_from([0, indices, length]), words,
)  # fmt: skip
def test_sums_of_one_selector_are_one_value(selector, p, q, rest, word):
    program = p * selector.value(A) + rest - q * selector.value(B + indices)
    before, after, rules = merged(program)
    assert "sums are linear" in rules
    assert values(after) < values(before)
    assert not differing(before, after, [word, *WORDS])


def test_sums_that_something_else_uses_stay():
    a, b = le.value(A), le.value(B)
    program = raspir.lower({"sum": a + b, "one": a, "other": b})
    before, after, _ = merged(program)
    assert after is before
    naive = raspir.lower({"sum": le.value(A + B), "one": a, "other": b})
    assert values(naive) > values(before)


@pytest.mark.parametrize("default", [1, -2, 0.0, False])
def test_defaults_that_are_not_zero(default):
    program = (lt.value(A, default) + lt.value(B, default)).map(str)
    stays(
        program, lt.value(A + B).map(str) if default is not False else lt.value(A + B, False).map(str), ["", "ab", "ba"]
    )


def test_floats_are_not_reassociated():
    small, large = where(tokens == "a", 0.1, 0.2), where(tokens == "a", 0.3, 1e16)
    stays(le.value(small) + le.value(large), le.value(small + large), ["ab", "aab", "abab", "aaaa"])
    stays(le.value(tokens) + le.value(tokens * 2), le.value(tokens + tokens * 2), FLOATS)
    mixed = where(tokens == "a", 0.1, 0.2)
    stays(
        (lt & is_a).value(mixed) + (lt & is_b).value(mixed),
        (lt & (is_a | is_b)).value(mixed),
        ["abba", "babab", "babba"],
    )


def test_booleans_are_added_as_integers():
    program = (le.value(tokens == "a") + le.value(tokens == "b")).map(str)
    before, after, _ = merged(program)
    assert not differing(before, after, WORDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [(lt, gt), (lt & is_a, gt), (le & is_a, le & ~is_a), (same & is_a, ~same), (key(indices) < query(indices - 1), ge)],
)
def test_disjoint_selectors_of_one_value_unite(one, other):
    becomes(one.value(A + indices) + other.value(A + indices), heads, (2, 1), rule="disjoint selectors unite")
    becomes(3 * one.value(A) + 3 * other.value(A) + 1, heads, (2, 1), rule="disjoint selectors unite")


@pytest.mark.parametrize(("one", "other"), [(lt, le), (is_a, lt), (same, is_a), (le, ge)])
def test_overlapping_selectors_do_not(one, other, monkeypatch):
    program = one.value(A + 1) + other.value(A + 1)
    stays(program, (one | other).value(A + 1), WORDS)
    before = as_graph(program)
    monkeypatch.setattr(joins.normal, "both", lambda a, b: joins.normal.NOTHING)
    after = merge._Merging(before, Algebra(Analysis.of(before), before)).graph()
    monkeypatch.undo()
    assert differing(before, after, WORDS)


def test_disjoint_selectors_of_other_values_do_not():
    stays(lt.value(A) + gt.value(B), (lt | gt).value(A), WORDS)
    stays(2 * lt.value(A) + gt.value(A), 2 * (lt | gt).value(A), WORDS)
    stays(lt.value(A) - gt.value(A), (lt | gt).value(A), WORDS)
    stays(lt.value(A, 1) + gt.value(A), (lt | gt).value(A), WORDS)


def test_layers_do_not_grow_for_heads():
    deep = key(indices + length - length) < query(indices)
    before, after, _ = merged(raspir.lower({"x": deep.value(A), "y": lt.value(B)}))
    assert after.stats().layers <= before.stats().layers


@examples(100)
@given(
    st.lists(
        st.sampled_from([lt, le, gt, ge, same, is_a, everything, key(tokens) < query("b")]), min_size=2, max_size=4
    ),
    st.lists(st.sampled_from("&|~"), min_size=3, max_size=3), st.sampled_from([A, B, indices, 1, 0.1, tokens == "a"]),
    st.sampled_from([0, 0, 1, "_"]), st.sampled_from([*WORDS, *NUMBERS, *MIXED]),
)  # fmt: skip
def test_generated_combinations(given_selectors, how, value, default, given_input):
    whole = given_selectors[0]
    parts = [whole.value(value, default)]
    for selector, operation in zip(given_selectors[1:], how, strict=False):
        whole = ~whole & selector if operation == "~" else whole & selector if operation == "&" else whole | selector
        parts.append(whole.value(value, 0))
    total = parts[-1]
    for part in parts[1:-1]:
        total = total + part
    try:
        before, after, _ = merged(raspir.lower({"total": total, "first": parts[0]}))
        expected = raspir.compile(before, "reference", optimize=False)(given_input)
    except (raspir.ProgramError, raspir.EvaluationError):
        assume(False)
    assert raspir.compile(after, "reference", optimize=False)(given_input) == expected


CONTAINED = [
    (le & is_a, lt & is_a),
    (everything, is_a),
    (everything, le),
    (le, lt & is_a),
    (~is_a, is_b),
    (gt | same, gt & same),
]


@pytest.mark.parametrize(("whole", "part"), CONTAINED)
def test_contained_selectors_of_one_value_subtract(whole, part):
    becomes(whole.value(A + indices) - part.value(A + indices), heads, (2, 1), rule="contained selectors subtract")
    becomes(1 - 3 * part.value(A + 1) + 3 * whole.value(A + 1), heads, (2, 1), rule="contained selectors subtract")
    # The other way round it is less.
    becomes(part.value(A + 1) - whole.value(A + 1), heads, (2, 1), rule="contained selectors subtract")


@pytest.mark.parametrize(("whole", "part"), [(is_a, lt), (same, is_a), (le, ge), (is_a | lt, same)])
def test_selectors_that_are_not_contained_do_not(whole, part, monkeypatch):
    program = 2 * whole.value(A + 1) - 2 * part.value(A + 1)
    stays(program, 2 * (whole & ~part).value(A + 1), WORDS)
    before = as_graph(program)
    monkeypatch.setattr(joins.normal, "complement", lambda formula: joins.normal.NOTHING)
    after = merge._Merging(before, Algebra(Analysis.of(before), before)).graph()
    monkeypatch.undo()
    assert differing(before, after, WORDS)


def test_what_is_left_of_a_contained_selector_may_be_the_own_position():
    before, after, rules = merged(le.value(A + 1) - lt.value(A + 1))
    assert "contained selectors subtract" in rules
    assert (heads(before), heads(after)) == (2, 0)
    assert not differing(before, after, WORDS)


def test_contained_selectors_of_other_values_or_coefficients_do_not():
    stays(le.value(A) - lt.value(B), (le & ~lt).value(A), WORDS)
    stays(2 * le.value(A) - lt.value(A), 2 * (le & ~lt).value(A), WORDS)
    stays(le.value(A) + lt.value(A), (le & ~lt).value(A), WORDS)
    stays(le.value(A, 1) - (lt & is_a).value(A, 1), (le & ~(lt & is_a)).value(A, 1), WORDS)
    stays(everything.value(A) - is_a.value(A, 5), (~is_a).value(A), WORDS)


def test_floats_do_not_cancel():
    stays(everything.value(tokens) - lt.value(tokens), (~lt).value(tokens), [[0.1, 0.2, 0.3], [1e16, 1.0, 1.0]])


def test_two_constants_for_one_key_contradict():
    before, after, _ = merged((is_a & (key(tokens) == query(5))).value(1))
    assert (heads(before), heads(after)) == (1, 0)
    assert not differing(before, after, [*WORDS, *MIXED])
    one = (key(tokens) == query(1)) & (key(tokens) == query(True)) & le
    before, after, _ = merged(one.value(1))
    assert heads(after) == 1
    assert not differing(before, after, [*NUMBERS, *MIXED])
    assert differing(before, as_graph(0 * indices), [*NUMBERS, *MIXED])
