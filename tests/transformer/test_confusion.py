"""Refusals of values that depend on which of several atoms of one number another value is."""

import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir.transformer.compile import _compiled, _prepared
from raspir.transformer.domains import Domains
from raspir.transformer.errors import TransformerError

every = key(1) == query(1)
earlier = key(indices) < query(indices)


@pytest.mark.parametrize(
    ("program", "vocab", "pair"),
    [
        (every.value(tokens), [1, 1.0], "1 and 1.0"),
        (every.value(tokens).map(repr), [True, 1, 2], "1 and True|True and 1"),
        (every.mean(tokens), [1, 2], "1 and 1.0"),
        (earlier.value(tokens, default=0.0), [-1, 1], "0 and 0.0"),
        (every.value(tokens) * 2 + every.value(tokens * 0.5), [-0.0, 0.0], "-0.0 and 0.0"),
    ],
)
def test_atoms_of_one_number(program, vocab, pair):
    graph = _prepared(raspir.lower(program, vocab, 3))
    with pytest.raises(TransformerError, match=f"depends on which of ({pair}) `.*` is, for which one number stands"):
        _compiled(graph, graph, Domains(graph), "float32", None)
    raspir.to_transformer(program, vocab, 3)  # from a sum and a width
