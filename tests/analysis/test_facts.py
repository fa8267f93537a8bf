"""All analysis facts about generated programs, checked against the values of runs."""

from itertools import pairwise
from random import Random

import pytest
from daily import examples
from facts import Checked
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import atoms, build, numbers, programs

import raspir
from raspir.ir.atoms import distinct

lengths = st.integers(0, 5)


@st.composite
def assumed(draw):
    """Return two inputs of one length, and a vocabulary and a maximum length that they keep, or none."""
    n = draw(lengths)
    of = draw(st.sampled_from([atoms, numbers, numbers, st.sampled_from("abc"), st.integers(-2, 3), st.booleans()]))
    first, second = (draw(st.lists(of, min_size=n, max_size=n)) for _ in range(2))
    vocab = distinct([*first, *second, draw(of)]) if draw(st.booleans()) else None
    return (first, second), vocab, max(n, draw(st.integers(0, 6))) if draw(st.booleans()) else None


@examples(300)
@given(programs(max_size=20), assumed())
def test_every_fact_holds_of_the_values(program, given_input):
    inputs, vocab, longest = given_input
    try:
        checked = Checked(raspir.lower(build(program)), vocab, longest)
    except raspir.ProgramError:
        assume(False)
    _hold(checked, inputs)


def _hold(checked, inputs):
    found = []
    for each in inputs:
        try:
            found.append(checked.check(each))
        except raspir.EvaluationError:
            continue
    for first, second in pairwise(found):
        if len(next(iter(first.values()))) == len(next(iter(second.values()))):
            checked.both(first, second)
    return len(found)


@pytest.mark.parametrize("seed", range(8))
def test_every_fact_holds_in_realistic_programs(seed):
    from raspir.testing import generate

    random = Random(f"facts {seed}")
    for _ in range(20):
        made = generate.program(random)
        vocab = made.vocab if random.random() < 0.6 else None
        checked = Checked(made.graph, vocab, made.longest if random.random() < 0.4 else None)
        n = random.randint(0, min(made.longest, 6))
        _hold(checked, [random.choices(made.vocab, k=n) for _ in range(2)] + [made.input(random)])
