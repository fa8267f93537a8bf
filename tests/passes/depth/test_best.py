"""Fetches by rank and marks within a run, rewritten to best-score heads."""

import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    FLOATS,
    MIXED,
    NUMBERS,
    WORDS,
    alone,
    as_graph,
    breaks,
    differing,
    everything,
    layers,
    le,
    length,
    lowered,
    lt,
    stays,
    words,
)  # fmt: skip

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.analysis.ranks import Rank
from raspir.passes.depth import best
from raspir.passes.depth.best import RULES
from raspir.testing.proofs.cases.best import ANY_CHECK, MEMBER, NEXT, NOT_OPAQUE, first_or_last, placed

BY_RANK, IN_RUN = RULES
same = key(tokens) == query(tokens)
LESS, MORE = operator.lt, operator.gt
TEXTS = [*WORDS, "bca", "cba", "baab"]
defaults = st.sampled_from([0, 1, -3, 0.5, True, "_", ""])


def rank(of, first=LESS, ties=LESS, form=0, inclusive=False):
    """Count what comes before each position in the order of ``of``, in one of the ways to write it."""
    before = ties(key(indices), query(indices))
    if inclusive:
        before = before | (key(indices) == query(indices))
    ahead = first(key(of), query(of))
    equal = key(of) == query(of)
    return [
        (before & equal) | ahead,
        ahead | (equal & before),
        ahead | ((ahead | equal) & before),
        ~(~ahead & ~(equal & before)),
    ][form].value(1)


ORDERS = st.tuples(st.sampled_from([LESS, MORE]), st.sampled_from([LESS, MORE]), st.integers(0, 3), st.booleans())
BY = st.sampled_from(
    [tokens, indices * 2 % 5, where(tokens == "a", indices, 99), tokens == "a", where(tokens == "b", 1.5, -1)]
)


@examples(80)
@given(ORDERS, BY, st.booleans(), defaults, st.sampled_from([tokens, indices, tokens == "b"]), words)
def test_the_first_and_the_last_in_any_order(order, by, last, default, value, word):
    counted = rank(by, *order)
    inclusive = order[-1]
    place = (length - 1 if last else 0) + inclusive
    before, after = alone(BY_RANK, (key(counted) == query(place)).value(value, default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *TEXTS[:8], *NUMBERS[:4]])


EITHER = (tokens == "a") | (tokens == "b")
COUNTED, SO_FAR = ((side(key(indices), query(indices))).value(where(EITHER, 1, 0)) for side in (LESS, operator.le))
AFTER = (key(indices) > query(indices)).value(EITHER)


@pytest.mark.parametrize(
    "program",
    [
        everything.value(where(EITHER & (COUNTED == 0), indices, 0)),
        everything.value(where(((tokens == "b") | (tokens == "a")) & (SO_FAR == 1), indices, 0)),
        everything.value(where(EITHER & (AFTER == 0), indices, 0)),
        everything.value(where(SO_FAR == 0, 1, 0)),
        ((key(COUNTED) == query(0)) & (key(EITHER) == query(True))).value(tokens, "_"),
        ((key(COUNTED) == query(SO_FAR)) & (key(EITHER) == query(True))).value(indices, -1),
        ((key(SO_FAR) == query(everything.value(EITHER))) & (key(EITHER) == query(True))).value(indices, -1),
        (key(where(EITHER, COUNTED, -1)) == query(0)).value(indices),
    ],
)
def test_members_of_two_kinds(program):
    optimized = raspir.optimize(program, attention="best")
    assert optimized.stats().layers == 1
    assert not differing(as_graph(program), optimized, TEXTS)


def test_members_of_several_kinds_stay():
    other = (key(indices) < query(indices)).value(where((tokens == "a") | (tokens == "c"), 1, 0))
    for program in (
        everything.value(where(EITHER & (COUNTED == 1), indices, 0)),
        everything.value(where(EITHER & (other == 0), indices, 0)),
        ((key(COUNTED) == query(0)) & (key(tokens) == query("a"))).value(indices) * 1,
    ):
        optimized = raspir.optimize(program, attention="best")
        assert not differing(as_graph(program), optimized, TEXTS)


@pytest.mark.parametrize("inputs", [TEXTS, NUMBERS, FLOATS])
def test_a_minimum_of_anything_that_is_ordered(inputs):
    lowered(BY_RANK, (key(rank(tokens)) == query(0)).value(tokens), (2, 1), inputs)


@examples(100)
@given(
    st.sampled_from([LESS, MORE, operator.le, operator.ge]),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from([None, tokens, where(tokens == "a", 1, 0)]),
    st.booleans(),
    st.sampled_from([None, LESS, MORE, operator.le, operator.ge]),
    defaults,
    words,
)
def test_the_next_and_the_previous(side, step, within, masked, there, default, word):
    mask = tokens == "a"
    selector = side(key(indices), query(indices))
    found = None
    if within is not None:
        selector = selector & (key(within) == query(within))
        found = key(within) == query(within)
    counted = selector.value(where(mask, 1, 0) if masked else 1)
    selected = key(counted) == query(counted + step)
    if masked:
        selected = selected & (key(mask) == query(True))
    if found is not None:
        selected = selected & found
    if there is not None:
        selected = selected & there(key(indices), query(indices))
    before, after = alone(BY_RANK, selected.value(indices, default))
    assert layers(before) == (2,)
    assert layers(after) <= (2,)
    if not masked and there is None and not (step == 0 and within is None):
        assert layers(after) <= (1,)
    assert not differing(before, after, [word, "abba", *TEXTS[:6]])


@pytest.mark.parametrize(("side", "step"), [(le, 1), (le, 0), (lt, 0), (lt, -1)])
def test_members_next_to_the_query(side, step):
    counted = side.value(tokens == "a")
    selected = (key(counted) == query(counted + step)) & (key(tokens) == query("a"))
    lowered(BY_RANK, selected.value(indices, -1), (2, 1), TEXTS)


@pytest.mark.parametrize(("side", "step"), [(le, 2), (le, -1), (lt, 1), (lt, -2)])
def test_members_further_away(side, step):
    counted = side.value(tokens == "a")
    selected = (key(counted) == query(counted + step)) & (key(tokens) == query("a"))
    program = selected.value(indices, -1)
    stays(BY_RANK, program, TEXTS)
    breaks(BY_RANK, program, TEXTS, NEXT)


@pytest.mark.parametrize(("later", "own", "last"), [(True, True, False), (False, False, True), (False, True, True)])
def test_whether_a_member_counts_itself_matters(later, own, last):
    counted = le.value(tokens == "a")
    program = ((key(counted) == query(counted + 1)) & (key(tokens) == query("a"))).value(indices, -1)
    breaks(BY_RANK, program, TEXTS, placed(later, own, last))


def test_what_is_found_must_be_a_member():
    counted = lt.value(tokens == "a")
    program = (key(counted) == query(0)).best(indices, -indices, default=-1)
    assert differing(as_graph(program), alone(BY_RANK, program)[1], TEXTS) == []
    by_count = ((key(counted) == query(0)) & (key(tokens) == query("b"))).mean(indices, -1)
    stays(BY_RANK, by_count, TEXTS)
    breaks(BY_RANK, by_count, TEXTS, MEMBER)


@pytest.mark.parametrize("place", [1, 2, length - 2, length - 3, indices])
def test_only_the_first_and_the_last_are_best(place):
    program = (key(rank(tokens)) == query(place)).value(tokens)
    stays(BY_RANK, program, TEXTS)
    naive = (key(rank(tokens)) == query(0)).value(tokens)
    assert differing(as_graph(program), as_graph(naive), TEXTS)
    breaks(BY_RANK, program, TEXTS, first_or_last(False))


def test_the_last_of_some_is_not_counted_by_the_length():
    counted = lt.value(tokens == "a")
    program = ((key(counted) == query(length - 1)) & (key(tokens) == query("a"))).value(indices, -1)
    stays(BY_RANK, program, TEXTS)
    breaks(BY_RANK, program, TEXTS, first_or_last(True))


@pytest.mark.parametrize("counted", [
    (key(tokens) < query(tokens)).value(1),
    (key(tokens) <= query(tokens)).value(1),
    ((key(indices) < query(indices)) | (key(tokens) < query(tokens))).value(1),
    ((key(indices) < query(indices)) & (key(tokens) < query(tokens))).value(1),
    lt.value(where(tokens == "a", 2, 0)),
    lt.value(1, 1),
])  # fmt: skip
def test_counts_that_are_no_ranks(counted):
    selected = key(counted) == query(0)
    stays(BY_RANK, selected.value(indices, -1), TEXTS)
    naive = (key(rank(tokens)) == query(0)).value(indices, -1)
    assert differing(as_graph(selected.value(indices, -1)), as_graph(naive), TEXTS)


@pytest.mark.parametrize("check", [
    key(tokens) == query("b"), key(tokens) != query(tokens), key(indices) > query(1), key(tokens) == query(tokens),
    key(indices) <= query(indices),
])  # fmt: skip
def test_conditions_besides_are_checked(check):
    program = ((key(rank(tokens, MORE)) == query(0)) & check).value(tokens, "_")
    lowered(BY_RANK, program, (2, 1), [*TEXTS, *NUMBERS])
    breaks(BY_RANK, program, TEXTS, *ANY_CHECK)


def test_conditions_that_order_fetched_strings_are_left():
    stays(BY_RANK, ((key(rank(indices, MORE)) == query(0)) & (key(tokens) < query(tokens))).value(indices), TEXTS)


def test_plain_attention_has_no_best():
    program = (key(rank(tokens)) == query(0)).value(tokens)
    before, after = alone(BY_RANK, program, attention="select")
    assert after == before


MARK, STOP = tokens == "b", tokens == "a"
RUNS = [*TEXTS, "acb", "acbca", "bcab", "cacbcb", "abcabc", "cccb", "accba"]


@examples(80)
@given(
    st.sampled_from([LESS, MORE, operator.le, operator.ge]),
    st.sampled_from([LESS, MORE]),
    st.sampled_from([
        lambda s, m: s.value(m), lambda s, m: s.mean(m), lambda s, m: (s & (key(m) == query(True))).value(1),
    ]),
    st.sampled_from([
        lambda x: x > 0, lambda x: x != 0, lambda x: x == 0, lambda x: x <= 0, lambda x: x > 0, lambda x: ~(x == 0),
        lambda x: x >= 0, lambda x: x < 0,
    ]),
    st.sampled_from([MARK, where(MARK, 1, 0), (MARK | STOP), MARK & (indices > 1), tokens.has(["b", "c"])]),
    st.text("abc", max_size=8),
)  # fmt: skip
def test_marks_in_a_run(count, there, aggregate, asks, mark, word):
    counted = count(key(indices), query(indices)).value(where(STOP, 1, 0))
    run = there(key(indices), query(indices)) & (key(counted) == query(counted))
    before, after = alone(IN_RUN, asks(aggregate(run, mark)))
    assert layers(after) <= layers(before) <= (2,)
    assert not differing(before, after, [word, *RUNS])


@pytest.mark.parametrize("count", [LESS, MORE, operator.le, operator.ge])
@pytest.mark.parametrize("there", [LESS, MORE])
@pytest.mark.parametrize("asks", [lambda x: x > 0, lambda x: x == 0, lambda x: x >= 1, lambda x: x < 1])
def test_all_kinds_of_runs_take_one_layer(count, there, asks):
    counted = count(key(indices), query(indices)).value(STOP)
    run = there(key(indices), query(indices)) & (key(counted) == query(counted))
    lowered(IN_RUN, asks(run.value(MARK)), (2, 1), RUNS)


COUNTED = le.value(STOP)
RUN = (key(indices) > query(indices)) & (key(COUNTED) == query(COUNTED))


def test_where_a_run_ends_matters():
    program = RUN.value(MARK) > 0
    late = (key(indices) > query(indices)) & (key(lt.value(STOP)) == query(lt.value(STOP)))
    both = (MARK | STOP).name("mark")
    for run in (RUN, late):
        lowered(IN_RUN, run.value(both) > 0, (2, 1), RUNS)
    assert differing(as_graph(RUN.value(both) > 0), as_graph(late.value(both) > 0), RUNS)
    original = best._in_run

    def other(search, aggregate, clause, pair):
        (term,) = pair.key.terms
        rank = search.facts.rank(term)
        search.facts._ranks[term] = Rank(rank.members, rank.order, not rank.inclusive)
        return original(search, aggregate, clause, pair)

    breaks(IN_RUN, RUN.value(both) > 0, RUNS, (best, "_in_run", other))
    assert layers(as_graph(program)) == (2,)


@pytest.mark.parametrize("program", [
    RUN.value(MARK) > 1, RUN.value(where(MARK, 2, 1)) > 0, RUN.value(MARK, 1) > 0, RUN.value(where(MARK, -1, 0)) > 0,
    RUN.value(where(MARK, 1, -1)) > 0, RUN.mean(MARK) >= 1, RUN.value(MARK) == 1,
])  # fmt: skip
def test_only_whether_there_is_a_mark(program):
    stays(IN_RUN, program, RUNS)
    assert differing(as_graph(program), as_graph(RUN.value(MARK) > 0), RUNS)


@pytest.mark.parametrize("run", [
    (key(indices) >= query(indices)) & (key(COUNTED) == query(COUNTED)),
    key(COUNTED) == query(COUNTED),
    (key(indices) > query(indices + 1)) & (key(COUNTED) == query(COUNTED)),
    (key(indices) > query(indices)) & (key(COUNTED) == query(COUNTED + 1)),
    (key(indices) > query(indices)) & (key(COUNTED) == query(COUNTED)) & same,
])  # fmt: skip
def test_other_runs_are_left(run):
    stays(IN_RUN, run.value(MARK) > 0, RUNS)
    assert differing(as_graph(run.value(MARK) > 0), as_graph(RUN.value(MARK) > 0), RUNS)


def test_counts_of_everyone_and_classes_are_left():
    ordered = rank(tokens)
    stays(IN_RUN, ((key(indices) > query(indices)) & (key(ordered) == query(ordered))).value(MARK) > 0, RUNS)
    within = (le & same).value(STOP)
    stays(IN_RUN, ((key(indices) > query(indices)) & (key(within) == query(within))).value(MARK) > 0, RUNS)


@pytest.mark.parametrize("default", [0, 5])
def test_mixed_inputs(default):
    lowered(IN_RUN, RUN.value(tokens == 1, 0) > 0, (2, 1), [*MIXED, *NUMBERS])
    lowered(BY_RANK, everything.best(tokens, rank(indices), default=default), (2, 1), MIXED)


MEMBERS = tokens == "a"
A_KEY = key(MEMBERS) == query(True)
SIDES = {"lt": lt, "le": le}


@pytest.mark.parametrize("own", SIDES)
@pytest.mark.parametrize("other", SIDES)
@pytest.mark.parametrize("among", ["members", "everyone", "class"])
@pytest.mark.parametrize("step", [-2, -1, 0, 1, 2])
def test_the_query_may_be_another_count_of_the_same(own, other, among, step):
    within = {"members": A_KEY, "everyone": everything, "class": same}[among]
    counted, asked = ((SIDES[each] & within).value(1) for each in (own, other))
    program = ((key(counted) == query(asked + step)) & within).value(indices, -1)
    ahead = step - (own == "le") + (other == "le" and among != "members")
    known = {"members": {0, -1}}.get(among, {-1, 0, 1})
    before, after = alone(BY_RANK, program)
    assert (layers(after)[0] < 2) == (ahead in known)
    assert not differing(before, after, [*TEXTS, "abaab", "cacacb"])


def test_the_query_must_count_the_same_members():
    program = ((key(lt.value(MEMBERS)) == query(lt.value(tokens == "b"))) & A_KEY).value(indices, -1)
    stays(BY_RANK, program, TEXTS)
    breaks(BY_RANK, program, TEXTS, placed(True, True, False))


def test_the_query_must_count_in_the_same_order():
    after = (key(indices) > query(indices)).value(MEMBERS)
    program = ((key(lt.value(MEMBERS)) == query(after)) & A_KEY).value(indices, -1)
    stays(BY_RANK, program, TEXTS)
    naive = ((key(lt.value(MEMBERS)) == query(lt.value(MEMBERS))) & A_KEY).value(indices, -1)
    assert differing(as_graph(program), as_graph(naive), TEXTS)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("within", [A_KEY, same, A_KEY & same, same & (key(indices) > query(0))])
def test_the_last_of_some_is_counted_by_their_number(side, within):
    counted, total = (SIDES[side] & within).value(1), within.value(1)
    place = total - (side == "lt")
    program = ((key(counted) == query(place)) & within).value(indices, -1)
    lowered(BY_RANK, program, (2, 1), [*TEXTS, *NUMBERS])
    stays(BY_RANK, ((key(counted) == query(place - 1)) & within).value(indices, -1), TEXTS)


@pytest.mark.parametrize("total", [same.value(1), (key(tokens) == query("b")).value(1), length, A_KEY.value(2)])
def test_the_number_of_others_does_not_count_the_last(total):
    program = ((key(le.value(MEMBERS)) == query(total)) & A_KEY).value(indices, -1)
    stays(BY_RANK, program, TEXTS)
    breaks(BY_RANK, program, TEXTS, first_or_last(True))


def is_even(a, b):
    return a % 2 == 0


@pytest.mark.parametrize("mark", [tokens == 5, tokens == 2])
def test_members_and_marks_that_an_opaque_predicate_tells_are_left(mark):
    even = select(tokens, 3, is_even)
    counted = ((key(indices) < query(indices)) & even).width()
    later = (key(indices) > query(indices)) & (key(counted) == query(counted))
    inputs = [[2, 5], [2, 2, 5], [1, 2, 5], [5, 2], [], [4]]
    for program in (later.value(mark) > 0, (later & even).value(mark) > 0, (RUN & even).value(MARK) > 0):
        stays(IN_RUN, program, inputs)
    breaks(IN_RUN, later.value(tokens == 5) > 0, inputs, NOT_OPAQUE)


def test_a_product_with_zeros_and_ones_is_a_condition():
    marks = where(tokens == "a", 1, 0)
    numbered = (key(indices) <= query(indices)).value(marks) * marks
    for program, attention in (
        ((key(numbered) == query(1)).value(indices), "best"),
        ((key(numbered) >= query(1)).value(1), "select"),
        ((key(numbered) == query(1)).value(1), "select"),
    ):
        before, after = raspir.lower(program), raspir.optimize(program, attention=attention)
        assert layers(before, after) == (2, 1)
        assert not differing(before, after, ["", "a", "b", "ba", "abba", "bbabaa"])
