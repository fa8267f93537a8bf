"""The best by ranks and running counts, and values at the ends of selections."""

import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
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
)

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth import ends, scores
from raspir.testing.proofs.cases.ends import ADDS_MEMBERS, FINDS_SOME
from raspir.testing.proofs.proving import always

(SCORE,), (ONE, END, MEMBER) = scores.RULES, ends.RULES
isa = tokens == "a"
A, B = where(isa, 1, 0), where(tokens == "b", 1, 0)
IS_A = key(isa) == query(True)
same = key(tokens) == query(tokens)
ge, gt = key(indices) >= query(indices), key(indices) > query(indices)
SIDES = {"lt": lt, "le": le, "gt": gt, "ge": ge}
TEXTS = [*WORDS, "abba", "bab", "cabac"]
defaults = st.sampled_from([0, -1, 7, True, "_", None])
picks, ties = st.sampled_from(["highest", "lowest"]), st.sampled_from(["left", "right"])


def rank(of, first=operator.lt, side=lt):
    return (first(key(of), query(of)) | ((key(of) == query(of)) & side)).value(1)


RANKS = st.builds(
    rank, st.just(tokens), st.sampled_from([operator.lt, operator.gt]), st.sampled_from([*SIDES.values()])
)
SCALES = st.sampled_from([lambda r: r, lambda r: -r, lambda r: 2 * r + 1, lambda r: length - r, lambda r: r * length])
SELECTORS = st.sampled_from([everything, le, gt, IS_A, IS_A & le, same])


@examples(80)
@given(RANKS, SCALES, SELECTORS, picks, ties, defaults, words)
def test_the_best_by_any_rank(ranked, scale, selector, pick, side, default, word):
    program = selector.best(tokens, scale(ranked), pick=pick, ties=side, default=default)
    before, after = alone(SCORE, program)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *TEXTS, *NUMBERS[:4]])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("pick", ["highest", "lowest"])
def test_the_best_member_by_a_count_of_members(side, pick):
    count = (SIDES[side] & IS_A).value(1)
    lowered(SCORE, IS_A.best(tokens, count, pick=pick), (2, 1), TEXTS)
    lowered(SCORE, (IS_A & le).best(indices, -count, pick=pick, default=-1), (2, 1), TEXTS)
    counted = (SIDES[side] & same).value(1)
    lowered(SCORE, same.best(indices, counted, pick=pick), (2, 1), TEXTS)
    lowered(SCORE, (key(tokens) == query("b")).best(indices, counted, pick=pick, default="_"), (2, 1), TEXTS)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("pick", "tie"), [(pick, tie) for pick in ("highest", "lowest") for tie in ("left", "right")])
def test_the_best_by_a_monotone_score(side, pick, tie):
    count = SIDES[side].value(A)
    rising = side in ("lt", "le")
    at_end = tie == ("right" if (pick == "highest") == rising else "left")
    for selector in (everything, le, same):
        by_count = selector.best(tokens, count, pick=pick, ties=tie, default="_")
        before, after = alone(SCORE, by_count)
        assert not at_end or layers(before, after) == (2, 1)
        assert not differing(before, after, TEXTS)
        own = selector.best(count * 2 + 1, count + length, pick=pick, ties=tie, default=-1)
        after = alone(SCORE, own)[1]
        assert "indices" in str(after)
        assert not differing(alone(None, own)[0], after, TEXTS)


@pytest.mark.parametrize("selector", [everything, le, lt])
def test_the_first_of_the_highest_running_count(selector):
    lowered(SCORE, selector.best(tokens, le.value(A), default="_"), (2, 1), TEXTS)
    stays(SCORE, selector.best(tokens, lt.value(A), default="_"), TEXTS)
    stays(SCORE, (selector & ge).best(tokens, le.value(B), default="_"), TEXTS)
    lowered(SCORE, gt.best(tokens, ge.value(A), ties="right", default="_"), (2, 1), TEXTS)


def test_scores_that_do_not_order_as_shallower_ones():
    stays(SCORE, IS_A.best(tokens, (le & (key(tokens) == query("b"))).value(1)), TEXTS)
    stays(SCORE, everything.best(tokens, same.value(1)), TEXTS)
    stays(SCORE, everything.best(tokens, le.value(tokens)), NUMBERS)
    breaks(SCORE, everything.best(indices, (le & IS_A).value(1)), TEXTS, (scores, "_are_members", always(True)))
    breaks(SCORE, everything.best(indices, le.value(A)), TEXTS, (scores, "_depends_on_score", always(True)))


def test_equal_scores_of_several_types_have_values_of_several_types():
    """The first count of booleans is a boolean, and the equal ones after it are integers."""
    count = le.value(isa)
    for program in (everything.best(count, count).map(str), everything.best(count.map(str), count)):
        stays(SCORE, program, TEXTS)
    highest = raspir.optimize(everything.best(count, count), attention="best")
    assert layers(highest) == (1,)
    assert not differing(as_graph(everything.best(count, count)), highest, TEXTS)


def test_an_inequality_of_one_position():
    for at_last in (key(indices) >= query(length - 1), key(indices) > query(length - 2)):
        program = at_last.value(ge.value(A))
        before, after = as_graph(program), raspir.optimize(program, attention="best")
        assert layers(before, after) == (2, 1)
        assert not differing(before, after, TEXTS)
    stays(ONE, (key(indices) >= query(length - 2)).value(tokens, "_"), TEXTS)


@pytest.mark.parametrize("pick", ["highest", "lowest"])
@pytest.mark.parametrize("side", SIDES)
def test_a_value_at_an_end(pick, side):
    value = SIDES[side].value(A)
    for selector in (everything, le, ge, gt, (key(indices) >= query(1)) & le):
        before, after = alone(END, selector.best(value, indices, pick=pick, default="_"))
        assert layers(after) <= layers(before)
        assert not differing(before, after, TEXTS)
    needed = {("highest", "gt"): 0, ("lowest", "lt"): 0, ("highest", "lt"): 2, ("highest", "ge"): 2}.get(
        (pick, side), 1
    )
    lowered(END, everything.best(value, indices, pick=pick), (2, needed), TEXTS)


def test_an_interval_may_be_empty():
    lowered(END, gt.best(le.value(A), indices, pick="lowest", default="_"), (2, 1), TEXTS)
    lowered(END, gt.best(everything.value(A) + indices, indices, default="_"), (2, 1), TEXTS)
    breaks(END, gt.best(everything.value(A) + indices, indices, default="_"), TEXTS, FINDS_SOME)
    stays(END, IS_A.best(le.value(A), indices), TEXTS)


@pytest.mark.parametrize("pick", ["highest", "lowest"])
@pytest.mark.parametrize("side", SIDES)
def test_a_running_sum_at_a_member(pick, side):
    for value in (SIDES[side].value(A), (SIDES[side] & IS_A).value(indices) * 2 - indices):
        before, after = alone(MEMBER, IS_A.best(value, indices, pick=pick, default=-1))
        assert layers(before) == (2,)
        assert layers(after) <= (1,)
        assert not differing(before, after, TEXTS)


def test_what_is_no_sum_over_members():
    for value in (le.value(indices), (le & (key(tokens) == query("b"))).value(1), le.mean(A), (le & same).value(1)):
        stays(MEMBER, IS_A.best(value, indices), TEXTS)
    stays(MEMBER, (IS_A & ge).best(le.value(A), indices), TEXTS)
    lowered(MEMBER, (IS_A & le).best(le.value(A), indices, default="_"), (2, 1), TEXTS)
    breaks(MEMBER, IS_A.best(le.value(indices), indices), TEXTS, ADDS_MEMBERS)
