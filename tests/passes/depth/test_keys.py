"""Fetches by a key with the head that finds the key."""

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    NUMBERS,
    WORDS,
    alone,
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
from raspir.passes.depth import keys
from raspir.testing.proofs.cases.programs import AT_MOST_ONE
from raspir.testing.proofs.proving import always

(BY_KEY,) = keys.RULES
RANK = ((key(tokens) < query(tokens)) | ((key(tokens) == query(tokens)) & lt)).value(1)
isa = tokens == "a"
IS_A, same = key(isa) == query(True), key(tokens) == query(tokens)
COUNT = (le & IS_A).value(1)
TEXTS = [*WORDS, "abba", "bab", "cabac"]
defaults = st.sampled_from([0, -1, 2, True])
FINDERS = st.sampled_from(
    [
        lambda k, d: le.best(k, indices, default=d),
        lambda k, d: lt.best(k, tokens, pick="lowest", ties="right", default=d),
        lambda k, d: IS_A.best(k, indices, default=d),
        lambda k, d: (key(indices) == query(indices - 1)).value(k, d),
        lambda k, d: (key(indices) == query(length - 1)).value(k, d),
    ]
)
KEYS = st.sampled_from([RANK, 2 * RANK + 1, -RANK, RANK + length, 3 * indices + length])


@examples(80)
@given(KEYS, FINDERS, defaults, st.sampled_from([0, "_", None]), st.booleans(), words)
def test_a_fetch_by_the_key_found(by, finder, missing, default, masked, word):
    selector = key(by) == query(finder(by, missing))
    before, after = alone(BY_KEY, (selector & IS_A if masked else selector).value(tokens, default))
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, *TEXTS, *NUMBERS[:4]])


def test_a_running_maximum():
    found = le.best(RANK, RANK)
    lowered(BY_KEY, (key(RANK) == query(found)).value(tokens), (3, 2), [*TEXTS, *NUMBERS])
    running = raspir.optimize((key(RANK) == query(found)).value(tokens), attention="best")
    assert running.stats().layers == 1


@pytest.mark.parametrize("default", [0, 1, 5, -1])
def test_the_count_of_a_member(default):
    found = (IS_A & lt).best(COUNT, indices, default=default)
    needed = 2 if default in (0, 1, 5) else 1
    lowered(BY_KEY, ((key(COUNT) == query(found)) & IS_A).value(indices, -1), (3, needed), TEXTS)
    breaks(
        BY_KEY, ((key(COUNT) == query(lt.best(COUNT, indices, default=default))) & IS_A).value(indices, -1), TEXTS,
        (raspir.analysis.Conjunct, "implies", always(True)),
    )  # fmt: skip


def test_what_does_not_tell_the_position():
    found = lt.best(RANK, indices, default=-1)
    stays(BY_KEY, (key(RANK) == query(found + 1)).value(tokens), TEXTS)
    stays(BY_KEY, (key(RANK) == query(2 * found)).value(tokens), TEXTS)
    stays(BY_KEY, (key(RANK) == query(le.best(RANK + indices, tokens) - indices)).value(tokens), TEXTS)
    stays(BY_KEY, (key(RANK) == query(lt.best(RANK + 1, indices))).value(tokens), TEXTS)
    stays(BY_KEY, ((key(COUNT) == query(lt.best(COUNT, indices))) & IS_A).value(tokens, "_"), TEXTS)
    stays(BY_KEY, (key(same.value(1)) == query(lt.best(same.value(1), indices))).value(1), TEXTS)
    stays(BY_KEY, ((key(RANK) == query(found)) & (key(tokens) < query(tokens))).value(tokens, "_"), TEXTS)
    stays(BY_KEY, (key(RANK) == query(where(isa, found, 0))).value(tokens), TEXTS)
    breaks(BY_KEY, (key(RANK) == query(everything.value(RANK))).value(tokens, "_"), TEXTS, AT_MOST_ONE)
    breaks(
        BY_KEY, (key(RANK) == query(lt.best(RANK, indices))).value(tokens), TEXTS, (keys, "always_finds", always(True))
    )
