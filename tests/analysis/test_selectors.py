"""Selector normal forms against matrices, and facts about selected positions."""

import itertools
import operator

from daily import examples
from facts import Checked
from hypothesis import given
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, raw, select, tokens, where
from raspir.analysis import Analysis, Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.ir import build
from raspir.ir.types import SELECTOR

INDICES, INPUT = build("indices"), build("input", name="tokens", vocab=None)
BY_POSITION = Linear({INDICES: 1})
PAIRS = (
    Comparison("int", BY_POSITION, BY_POSITION),
    Comparison("int", Linear({INPUT: 1}), BY_POSITION),
    Comparison("cmp", INPUT, INDICES),
    Comparison("by", INPUT, INDICES, "f"),
    Comparison("col", INPUT, None),
)
WORLDS = tuple(itertools.product((-2, 0, 1), (-1, 0, 2), (-1, 0, 1), (0, 1), (0, 1)))
"""What may be the case of each pair, at some query and key."""

intervals = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=2).map(IntSet)
leaves = st.builds(normal.condition, st.sampled_from(PAIRS), intervals)


def _combined(inner):
    return st.one_of(
        st.builds(normal.both, inner, inner), st.builds(normal.either, inner, inner), inner.map(normal.complement)
    )


formulas = st.recursive(leaves, _combined, max_leaves=8)


def selected(formula):
    return {
        world
        for world in WORLDS
        if any(all(world[PAIRS.index(p)] in allowed for p, allowed in c.sets.items()) for c in formula)
    }


@examples(300)
@given(formulas, formulas)
def test_formulas_combine_as_what_they_select(a, b):
    if a is None or b is None:
        assert normal.both(a, b) is normal.either(a, b) is None
        return
    for found, expected in (
        (normal.both(a, b), selected(a) & selected(b)),
        (normal.either(a, b), selected(a) | selected(b)),
        (normal.complement(a), set(WORLDS) - selected(a)),
    ):
        assert found is None or selected(found) == expected


@given(formulas)
def test_a_formula_and_its_complement(a):
    found = normal.complement(a)
    if found is not None:
        assert normal.both(a, found) == normal.NOTHING


def test_comparisons_of_one_key_and_query_are_one_condition():
    lower, upper = (normal.condition(PAIRS[0], IntSet.where(c, 1)) for c in ("ge", "le"))
    assert normal.both(lower, upper) == (Conjunct({PAIRS[0]: IntSet([(1, 1)])}),)
    assert normal.either(lower, upper) == normal.EVERYTHING
    assert normal.complement(lower) == normal.condition(PAIRS[0], IntSet.where("lt", 1))


# What is known of programs

length = (key(1) == query(1)).value(1)
count = (key(indices) < query(indices)).value(1)
same = key(tokens) == query(tokens)
earlier = key(indices) < query(indices)
rank = (same & earlier).value(1)


def facts_of(selector, **assumptions):
    """Return the facts and the node of a selector, whose aggregate is checked on an input too."""
    checked = Checked(raspir.lower(selector.value(1)), **assumptions)
    checked.check("ab" if assumptions.get("max_length") is None else "a")
    return checked.facts, next(node for node in reversed(checked.graph.nodes) if node.type is SELECTOR)


def holds(fact, selector, **assumptions):
    facts, node = facts_of(selector, **assumptions)
    return getattr(facts, fact)(node)


def test_at_most_one():
    for selector in (
        key(indices) == query(length - 3),
        key(indices * 3 + length) == query(length * 2),
        key(indices * indices + indices) == query(length),
        key(7 - 2 * indices) == query(indices),
        key(count) == query(3),
        (key(rank) == query(0)) & same,
        ((key(indices) == query(3)) & same) | ((key(indices) == query(3)) & (key(tokens) == query("a"))),
        same & ~same,
    ):
        assert holds("at_most_one", selector)
    assert holds("at_most_one", same, max_length=1)
    for selector in (same, key(indices // 2) == query(1), key(rank) == query(0), key(indices % 3) == query(2)):
        assert not holds("at_most_one", selector)


def test_exactly_one():
    first = ((key(tokens) < query(tokens)) | (same & earlier)).value(1)
    for selector in (
        key(indices) == query(indices),
        key(indices) == query(length - 1 - indices),
        key(indices * 5 - length) == query(indices * 5 - length),
        key(indices * indices) == query(indices * indices),
        key(indices) == query(0),
        key(first) == query(0),
        same & (key(rank) == query(0)),
    ):
        assert holds("exactly_one", selector)
    for selector in (key(indices) == query(indices - 1), key(indices) == query(length), key(first) == query(1)):
        assert not holds("exactly_one", selector)


def test_all_none_and_own():
    assert holds("selects_all", key(indices) <= query(length))
    assert holds("selects_all", (key(tokens) < query("b")) | (key(tokens) >= query("b")))
    assert holds("selects_none", key(indices) > query(length - 1))
    assert holds("selects_none", key(indices * 2) == query(indices * 2 + 1))
    assert holds("selects_own", same & (key(indices) <= query(indices)))
    assert not holds("selects_own", earlier)
    assert not holds("selects_all", same)


def test_disjoint():
    facts, a = facts_of(same & earlier)
    b = next(n for n in raspir.lower((same & ~earlier).value(1)).nodes[::-1] if n.type is SELECTOR)
    assert facts.are_disjoint(a, b)
    assert not facts.are_disjoint(a, a)


def test_keys_in_the_order_of_positions_are_positions():
    plain = facts_of(key(indices) <= query(indices))
    for selector in (
        key(indices * 2 + 1) <= query(indices * 2 + 1),
        key(indices * indices) <= query(indices * indices),
        key(-count) >= query(-count),
        key(indices * 3) < query(indices * 3 + 2),
    ):
        facts, node = facts_of(selector)
        assert facts[node].formula == plain[0][plain[1]].formula


def test_a_bound_that_decides_stands_for_a_minimum_or_maximum():
    def least(a, b):
        return where(a < b, a, b)

    def greatest(a, b):
        return where(a >= b, a, b)

    last, total = length - 1, 2 * count + 1
    for selector, equal in (
        (key(indices) <= query(least(total, last)), key(indices) <= query(total)),
        (key(indices) <= query(least(last, 5) + 1), key(indices) <= query(6)),
        (key(indices) < query(3 - greatest(-last, total)), key(indices) < query(3 - total)),
        (key(indices) >= query(greatest(total, -2)), key(indices) >= query(total)),
        (key(indices) > query(least(total, length)), key(indices) > query(total)),
        (key(indices) > query(greatest(total, length)), ~(key(1) == query(1))),
        (key(indices) <= query(greatest(total, last)), key(1) == query(1)),
        (key(indices) <= query(least(-1, total)), ~(key(1) == query(1))),
        (key(1) < query(least(2, total)), key(1) < query(total)),
    ):
        facts, node = facts_of(selector)
        other, plain = facts_of(equal)
        assert facts[node].formula == other[plain].formula
    for selector in (
        key(indices) <= query(least(total, 5)),
        key(indices) == query(least(total, last)),
        key(indices) != query(greatest(total, -1)),
        key(indices) <= query(where(count < 3, last, total)),
    ):
        facts, node = facts_of(selector)
        assert "where" in repr(facts[node].formula)


def test_orders_by_position():
    later = key(indices) > query(indices)
    for order, ahead, ties, same_as in (
        (indices // 2, operator.lt, earlier, earlier),
        (indices // 2, operator.gt, later, later),
        (-(indices // 3), operator.gt, earlier, earlier),
        (length - indices // 2, operator.lt, later, later),
        (indices // 2, operator.lt, ~later, ~later),
    ):
        by = order * 1
        facts, node = facts_of(ahead(key(by), query(by)) | ((key(by) == query(by)) & ties))
        plain, other = facts_of(same_as)
        assert facts[node].formula == plain[other].formula
    for order, ahead, ties in (
        (indices // 2, operator.lt, later),
        (indices // 2, operator.gt, earlier),
        (-(indices // 2), operator.lt, earlier),
        (indices % 2, operator.lt, earlier),
    ):
        facts, node = facts_of(ahead(key(order), query(order)) | ((key(order) == query(order)) & ties))
        assert len(facts[node].formula) == 2


def test_what_follows_a_rank_orders_as_the_rank_does():
    first = ((key(tokens) < query(tokens)) | (same & earlier)).value(1)
    up_to = ((key(tokens) < query(tokens)) | (same & ~(key(indices) > query(indices)))).value(1)
    for order in (first * first, 2 * first - length, first * (first + 1) // 2, where(first > 1, first * 3, first)):
        facts, node = facts_of(key(order) < query(order))
        plain, other = facts_of(key(first) < query(first))
        assert facts[node].formula == plain[other].formula
    facts, node = facts_of(key(3 - up_to) < query(3 - up_to))
    plain, other = facts_of(key(up_to) > query(up_to))
    assert facts[node].formula == plain[other].formula
    for order in (first * first - 3 * first, first // 2, first * indices, first % 5):
        facts, node = facts_of(key(order) < query(order))
        ((pair,),) = (clause.sets for clause in facts[node].formula)
        assert pair.same
        assert not pair.is_index


def test_a_selector_of_keys_alone_is_uniform():
    facts, node = facts_of(key(rank + indices) == query(indices + length - indices))
    assert facts[node].uniform
    facts, node = facts_of((key(tokens) == query("a")) & (key(indices) <= query(indices + length)))
    assert facts[node].uniform
    facts, node = facts_of(earlier & (key(tokens) == query("a")))
    assert not facts[node].uniform


def test_only_what_cannot_fail_is_sure():
    def total(selector, **assumptions):
        facts, node = facts_of(selector, **assumptions)
        return facts[node].total

    assert total(same)
    assert total(key(indices) < query(0.5))
    assert total(key(tokens) < query(tokens), vocab="ab")
    assert not total(key(tokens) < query(tokens))
    assert not total(select(tokens, tokens, lambda a, b: a < b))


def test_a_branch_is_not_compared_where_it_is_not_chosen():
    numbers = where(tokens.has([1, 2]), tokens, 0)
    hist = same.value(1)
    program = ((key(numbers) < query(3)) & (key(1) == query(hist))).value(1)
    graph = raspir.optimize(program)
    assert graph.stats().layers == 1
    assert raspir.compile(graph, optimize=False)(["a", 1, 1, 2]) == [4, 0, 0, 4]


def test_two_inputs():
    a, b = (build("input", name=name, vocab=(0, 1, 2)) for name in "ab")
    within = build("select.le", a, build("add", b, build("const", value=2)))
    equal = build("select.eq", build("add", a, b), b)
    both = build("selector.and", within, equal)
    graph = raspir.Graph({"out": build("sum", both, a, default=0)}, [a, b])
    checked = Checked(graph)
    values = checked.check({"a": [0, 2, 1], "b": [1, 1, 0]})
    checked.both(values, checked.check({"a": [1, 1, 1], "b": [0, 2, 0]}))
    assert checked.facts.selects_all(within)
    assert not checked.facts.at_most_one(equal)


def test_fixed_sequences():
    graph = raspir.lower((key(raw([4, 1, 0])) == query(raw([1, 1, 0]))).value(raw([5, True, "x"])))
    checked = Checked(graph)
    checked.check("abc")
    assert checked.facts.at_most_one(next(n for n in graph if n.type is SELECTOR))


def test_facts_of_an_analysis_without_the_functions():
    graph = raspir.lower((key(tokens.map(str)) == query("a")).value(1))
    facts = Analysis()
    assert [facts[node].domain.atoms for node in graph if node.operation.name == "map"] == [None]
