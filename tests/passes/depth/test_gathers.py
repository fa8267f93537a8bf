"""Composition of gathers, gathers at computed positions, and gathers from the last position."""

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

from raspir import indices, key, query, tokens, where
from raspir.passes.depth import gathers
from raspir.passes.depth.gathers import RULES
from raspir.testing.proofs.cases.gathers import ALWAYS_FINDS, DEFAULT_OUTSIDE, OWN_EVERYWHERE, SAFE, WITHIN
from raspir.testing.proofs.cases.programs import AT_MOST_ONE, IS_TOTAL

COMPOSE, FOUND, LAST = RULES
ALL = [*WORDS, *NUMBERS, *FLOATS, *MIXED]
FORMS = [
    lambda by: key(indices) == query(indices - by),
    lambda by: key(indices + by) == query(indices),
    lambda by: query(indices) == key(by + indices),
    lambda by: (key(indices) <= query(indices - by)) & (key(indices) >= query(indices - by)),
    lambda by: (key(indices - 1) == query(indices - by - 1)) & (key(indices) < query(indices - by + 1)),
]
defaults = st.sampled_from([0, 1, -3, 0.5, -0.0, True, False, "_", "", "ab", 2**70])
offsets = st.integers(-3, 3).filter(bool)


def at(position, value=tokens, default=0):
    return (key(indices) == query(position)).value(value, default)


def first_a(missing, value=indices):
    """Return where the first "a" is, as far as ``value`` says it."""
    before = lt.value(tokens == "a")
    return ((key(before) == query(0)) & (key(tokens) == query("a"))).value(value, missing)


def flip(value, default=0):
    return at(length - 1 - indices, value, default)


AROUND = [lambda x: x, lambda x: x == "a", lambda x: where(x == 0, "z", x), lambda x: x.has(["a", 1, True])]


@examples(80)
@given(
    offsets, offsets, defaults, defaults, st.sampled_from(FORMS), st.sampled_from(FORMS), st.sampled_from(AROUND), words
)
def test_a_shift_of_a_shift_is_one_layer(first, second, default, other, form, again, around, word):
    program = again(second).value(around(form(first).value(tokens, default)), other)
    before, after = alone(COMPOSE, program)
    assert layers(before) == (2,)
    assert layers(after) <= (1,)
    assert not differing(before, after, [word, *MIXED, *FLOATS])


@pytest.mark.parametrize("default", [0, "_", 2.5, True])
def test_a_flip_of_a_flip(default):
    lowered(COMPOSE, flip(flip(tokens, default)), (3, 0), ALL)


@examples(80)
@given(st.integers(-2, 3).filter(bool), st.integers(-2, 2), defaults, st.sampled_from([1, 0, -1]), words)
def test_what_positions_and_the_length_give_is_not_fetched(scale, offset, default, by, word):
    value = scale * indices + length + offset
    program = at(indices - by, value, default)
    before, after = alone(COMPOSE, program)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, "", "a", "ab"])


def test_a_fetch_within_a_where_that_keeps_strings():
    lowered(COMPOSE, at(indices - 1, where(at(indices + 1) == "b", tokens, 0), "_"), (2, 1), ALL)


def test_only_what_selects_one_position_is_a_fetch():
    program = le.value(indices + length)
    stays(COMPOSE, program, WORDS)
    breaks(COMPOSE, program, WORDS, AT_MOST_ONE)


def test_outside_the_input_there_is_the_default():
    program = at(indices - 1, indices + length, 7)
    lowered(COMPOSE, program, (2, 1), WORDS)
    breaks(COMPOSE, program, WORDS, WITHIN)


@pytest.mark.parametrize("default", [0, 5, "_"])
def test_a_default_further_outside_must_be_the_same(default):
    program = at(indices - 1, at(indices - 1, tokens, "_"), default)
    lowered(COMPOSE, program, (2, 1), ALL)
    before, after = alone(COMPOSE, program)
    assert (len(after) < len(before)) == (default == "_")
    if default != "_":
        breaks(COMPOSE, program, ALL, DEFAULT_OUTSIDE)


def test_one_must_be_further_outside_than_the_other():
    program = at(indices - 1, at(indices + 1, tokens, "_"), "_")
    lowered(COMPOSE, program, (2, 0), ALL)
    back_and_on = at(indices - 2, at(indices + 1, tokens, "_"), "_")
    lowered(COMPOSE, back_and_on, (2, 1), ALL)
    breaks(COMPOSE, back_and_on, ALL, DEFAULT_OUTSIDE)


IS_A = key(tokens) == query("a")


@pytest.mark.parametrize("program", [
    at(indices - 1, (le & IS_A).value(indices + 1)),
    at(indices - 2, (lt & IS_A).value(1, 5), 5),
    at(indices + 1, ((key(indices) > query(indices)) & IS_A).value(1)),
    at(indices - 1, ((key(indices) <= query(indices - 1)) & IS_A).best(tokens, indices, default="_"), "_"),
    at(length - indices, ((key(indices) < query(length - 1 - indices)) & IS_A).value(1)),
])  # fmt: skip
def test_what_selects_nothing_outside_needs_no_check(program):
    before, after = alone(COMPOSE, program)
    assert layers(after) < layers(before)
    assert "where" not in str(after)
    assert not differing(before, after, ALL)


@pytest.mark.parametrize("program", [
    at(indices + 1, (le & IS_A).value(indices + 1)),
    at(indices - 1, (le & IS_A).value(indices + 1), 5),
    at(indices - 1, (le & IS_A).value(indices + 1, 5)),
    at(indices - 1, ((key(indices) <= query(indices + 1)) & IS_A).value(indices + 1)),
    at(indices - 1, ((key(indices) >= query(indices)) & IS_A).value(indices + 1)),
    at(indices - 1, ((le | (key(indices) == query(2))) & IS_A).value(indices + 1)),
])  # fmt: skip
def test_what_selects_something_outside_needs_one(program):
    before, after = alone(COMPOSE, program)
    assert layers(after) < layers(before)
    assert not differing(before, after, ALL)
    breaks(COMPOSE, program, ALL, DEFAULT_OUTSIDE)


def test_nothing_is_computed_outside_that_could_fail():
    program = at(indices + 1, 100 // (length - indices), -1)
    lowered(COMPOSE, program, (2, 1), WORDS)
    breaks(COMPOSE, program, WORDS, IS_TOTAL)


def test_opaque_functions_that_fail_off_their_domain_are_only_called_on_it():
    digit = at(indices - 1, at(indices - 1, tokens.map(int), 3).map(str), "_")
    before, after = alone(COMPOSE, digit)
    assert not differing(before, after, ["", "1", "12", "407"])
    underscored = at(indices - 1, at(indices + 1, tokens, "5").map(int), 0)
    before, after = alone(COMPOSE, underscored)
    assert not differing(before, after, ["", "1", "12", "_12", "_"])


def test_queries_outside_are_not_compared_where_that_could_fail():
    program = at(indices - 1, (key(tokens) < query(flip(tokens))).value(1), -1)
    before, after = alone(COMPOSE, program)
    assert layers(after) <= layers(before)
    assert not differing(before, after, [*WORDS, *NUMBERS])
    breaks(COMPOSE, program, WORDS, SAFE)


@examples(60)
@given(st.sampled_from(["a", "b"]), defaults, defaults, words)
def test_what_a_count_finds_is_fetched_by_the_head_that_finds_it(mark, default, missing, word):
    count = le.value(where(tokens == mark, 1, 0))
    place = (key(count) == query(1)) & (key(tokens) == query(mark))
    program = at(place.value(indices, -1), tokens.map(str), default)
    before, after = alone(FOUND, program)
    assert layers(before, after) == (3, 2)
    assert not differing(before, after, [word, *WORDS, ["a", 1, "b"]])


@pytest.mark.parametrize("missing", [-1, 0, 1, 3, -5])
@pytest.mark.parametrize("default", [0, "_", 1.5])
def test_where_nothing_is_found_the_position_is_what_stands_for_it(missing, default):
    rank = lt.value(tokens == "a")
    place = ((key(rank) == query(0)) & (key(tokens) == query("a"))).value(indices, missing)
    program = at(place, tokens, default)
    lowered(FOUND, program, (3, 2), ALL)
    breaks(
        FOUND, program, WORDS, (gathers, "_at_constant", lambda algebra, aggregate, position: algebra.const("wrong"))
    )


@pytest.mark.parametrize(("missing", "position"), [(True, 1), (False, 0)])
def test_a_boolean_that_stands_for_none_is_the_position_that_it_equals(missing, position):
    program = at(first_a(missing), tokens, "_")
    lowered(FOUND, program, (3, 2), ALL)
    assert not differing(as_graph(program), as_graph(at(first_a(position), tokens, "_")), ALL)


@pytest.mark.parametrize("missing", [0.0, 1.0, "_"])
def test_other_atoms_that_stand_for_none_are_no_positions(missing):
    stays(FOUND, at(first_a(missing), tokens, "_"), ALL)


@pytest.mark.parametrize("elsewhere", [99, -1, 0, 2])
def test_positions_of_members_alone(elsewhere):
    members = where(tokens == "a", indices, elsewhere)
    place = everything.best(members, where(tokens == "a", indices, 99), default=0, pick="lowest")
    lowered(FOUND, at(place, tokens, "_"), (2, 1), ALL, attention="best")


@pytest.mark.parametrize("missing", [1, 0, -1, 2, 4])
@pytest.mark.parametrize("value", [where(indices > 0, indices, 2), where(indices < 1, 2, indices)])
def test_a_position_for_none_and_another_for_elsewhere(value, missing):
    program = at(first_a(missing, value), tokens, "_")
    lowered(FOUND, program, (3, 2), [*WORDS, "acbc", "bcbcb"])
    breaks(FOUND, program, [*WORDS, "acbc"], OWN_EVERYWHERE)
    if missing != 2:  # then elsewhere is where none is, too
        breaks(FOUND, program, ["", "b", "bc", "bcb", "bcbcb"], ALWAYS_FINDS)


def test_elsewhere_the_position_must_be_constant():
    stays(FOUND, at(first_a(-1, where(indices > 0, indices, length - 1)), tokens, "_"), WORDS)
    stays(FOUND, at(first_a(-1, where(indices > 0, indices, 0.0)), tokens, "_"), WORDS)
    stays(FOUND, at(first_a(-1, where(indices > 0, indices + 1, 2)), tokens, "_"), WORDS)


@pytest.mark.parametrize("by", [-3, -1, 1, 2])
@pytest.mark.parametrize("missing", [-1, 0, 2])
@pytest.mark.parametrize("value", [indices, where(indices > 0, indices, 1)])
def test_what_stands_beside_the_position_that_is_found(by, missing, value):
    program = at(first_a(missing, value) + by, tokens, "_")
    lowered(FOUND, program, (3, 2), [*ALL, "bbbaab"])
    assert differing(as_graph(program), as_graph(at(first_a(missing, value), tokens, "_")), WORDS)
    original = gathers.fetch_at

    def beside(algebra, position):
        is_shift = algebra.facts.linear(position).without_constant().is_term(algebra.indices)
        return original(algebra, algebra.indices if is_shift else position)

    breaks(FOUND, program, [*WORDS, "bbbaab"], (gathers, "fetch_at", beside))


@pytest.mark.parametrize("position", [lambda p: 2 * p, lambda p: -p, lambda p: p + indices, lambda p: p + length - 1])
def test_other_sums_of_the_position_that_is_found(position):
    stays(FOUND, at(position(first_a(-1)), tokens, "_"), WORDS)


def test_the_finder_must_hold_its_own_position():
    rank = lt.value(tokens == "a")
    place = ((key(rank) == query(0)) & (key(tokens) == query("a"))).value(indices + 1, -1)
    stays(FOUND, at(place, tokens, "_"), WORDS)


def test_the_finder_must_find_one():
    place = (key(tokens) == query(tokens)).value(indices, -1)
    program = at(place, tokens == "a", False)
    stays(FOUND, program, WORDS)
    breaks(FOUND, program, WORDS, AT_MOST_ONE)


@examples(40)
@given(st.sampled_from([tokens, indices, tokens == "a", where(tokens == "a", 1.5, "x")]), defaults, words)
def test_the_last_position_is_the_best(value, default, word):
    lasts = [length - 1, -1 + length, 2 * length - 1 - length, everything.width() - 1]
    for last in lasts:
        lowered(LAST, at(last, value, default), (2, 1), [word, *ALL])


@pytest.mark.parametrize("position", [length, length - 2, indices, 0 * length + 1, length - 1 - indices])
def test_only_the_last_position_is(position):
    program = at(position)
    stays(LAST, program, ALL)
    best = everything.best(tokens, indices, default=0)
    assert differing(alone(LAST, program)[0], alone(LAST, best)[0], ALL)


def test_plain_attention_has_no_best():
    program = at(length - 1)
    before, after = alone(LAST, program, attention="select")
    assert after == before
