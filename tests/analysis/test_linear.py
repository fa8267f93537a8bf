"""Linear forms: vector space laws, and the forms of sums."""

from math import inf

from facts import unlimited
from hypothesis import given
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis, Linear
from raspir.ir import build

TERMS = (build("indices"), *(build("input", name=name, vocab=(0, 1)) for name in "abc"))
WORLDS = ((0, 0, 1, 2), (3, -1, 5, 7), (10, 4, -6, 1))
forms = st.builds(Linear, st.dictionaries(st.sampled_from(TERMS), st.integers(-4, 4)), st.integers(-9, 9))


def value(form, world):
    return form.constant + sum(c * world[TERMS.index(term)] for term, c in form.terms.items())


@given(forms, forms, st.integers(-3, 3))
def test_forms_combine_as_their_values(a, b, factor):
    for world in WORLDS:
        assert value(a.plus(b, factor), world) == value(a, world) + factor * value(b, world)
        assert value(a.scaled(factor), world) == factor * value(a, world)
    assert a.plus(b) == b.plus(a)
    assert hash(a.plus(b)) == hash(b.plus(a))
    assert a.plus(a, -1) == Linear({})
    assert a.only(TERMS[:2]).plus(a.only(TERMS[2:])) == a.without_constant()


@given(forms, st.integers(1, 4))
def test_common_factors(a, by):
    assert a.scaled(by).divided(by) == a
    form = a.without_constant()
    assert form.factor == 0 or form.divided(form.factor).factor == 1
    assert (form.factor == 0) == (not form.terms)


length = (key(1) == query(1)).value(1)


def form_of(program, **assumptions):
    graph = raspir.lower(program, **assumptions)
    facts = Analysis.of(graph)
    (node,) = graph.outputs.values()
    return facts, node, facts.linear(node)


def test_sums_cancel():
    facts, _, form = form_of((indices + length) * 2 - (length - 3) * 2 - indices)
    assert form == Linear({build("indices"): 1}, 6)
    assert unlimited(*facts.bounds(form)) == (6, inf)


def test_booleans_are_integers_and_floats_are_terms():
    _, node, form = form_of((tokens == "a") + True)
    assert form.constant == 1
    assert len(form.terms) == 1
    _, node, form = form_of(indices + 0.5)
    assert form.is_term(node)
    _, node, form = form_of(tokens + tokens)
    assert form.is_term(node)


def test_long_sums_are_terms_themselves():
    program = tokens.has("a") + 0
    for character in "bcdefghijklm":
        program = program + tokens.has(character)
    facts, node, form = form_of(program)
    assert len(form.terms) <= 8
    assert facts[node].domain.high == 13


def test_positions_lie_within_the_length():
    facts, _, form = form_of(length - 1 - indices)
    assert unlimited(*facts.bounds(form)) == (0, inf)
    facts, _, form = form_of(indices * 2 - length * 2)
    assert facts.bounds(form)[1] == -2
    assert unlimited(*facts.bounds(form, form)) == (-inf, inf)


def test_a_maximum_length_bounds_positions():
    graph = raspir.lower(where(tokens == "a", indices, length * 2)).assume(max_length=5)
    facts = Analysis.of(graph)
    (node,) = graph.outputs.values()
    assert (facts[node].domain.low, facts[node].domain.high) == (0, 10)
