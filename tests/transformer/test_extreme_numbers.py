"""Transformers of programs on negative zeros, and on numbers whose squares no float32 holds."""

import itertools
import warnings

import pytest

import raspir
from raspir import key, query, tokens, where
from raspir.ir.atoms import atom_key
from raspir.transformer.compile import compiled
from raspir.transformer.errors import TransformerError

every = key(1) == query(1)
same = key(tokens) == query(tokens)
others = key(tokens) != query(tokens)


def compared(program, vocab, n=3, dtype="float32"):
    """Compare the atoms on all inputs, of which no sum may overflow in silence."""
    graph = raspir.lower(program, vocab, n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = compiled(graph, dtype)
        reference = raspir.compile(graph, "reference")
        for length in range(n + 1):
            for given in itertools.product(vocab, repeat=length):
                assert [*map(atom_key, model(given))] == [*map(atom_key, reference(given))], given


@pytest.mark.parametrize("vocab", [[-0.0, 0.0], [-0.0, 0.0, 0], [-0.0, 1.0, -1.0], [-0.0, 1], [-0.0, True, 0]])
@pytest.mark.parametrize("selector", [every, same, others])
@pytest.mark.parametrize("pooling", ["value", "mean"])
def test_negative_zeros_are_summed(vocab, selector, pooling):
    total = getattr(selector, pooling)(tokens)
    compared(total, vocab)
    compared(total.map(repr), vocab)


@pytest.mark.parametrize(
    "vocab",
    [
        [-0.0, 2**64, "a", "b"],
        [2**64, 2**64 + 1, -(2**64), None],
        [1e20, 1e200, -1e308, float("inf"), "a"],
        [2**59, 2**59 - 1, "a", "b", True],
        [10**400, 3, "a"],
    ],
)
@pytest.mark.parametrize(
    "program",
    [tokens, where(tokens == "a", tokens, 2**62), same.value(1), (key(tokens) == query("a")).best(1, tokens)],
)
def test_large_numbers_are_moved(program, vocab):
    compared(program, vocab)


@pytest.mark.parametrize(
    ("program", "vocab"),
    [(tokens + 2**53, [-1e300, 0.1, float("inf")]), (tokens * 1e200, [-1e200, 1e200]), (tokens * tokens, [10**200, 7])],
)
def test_large_numbers_are_computed(program, vocab):
    compared(program, vocab)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", [2**63 - 1, 1e300, 10**400])
@pytest.mark.parametrize("pooling", ["value", "mean"])
def test_sums_of_large_numbers_are_refused(number, dtype, pooling):
    graph = raspir.lower({"sum": getattr(every, pooling)(tokens), "count": every.value(1)}, [1, number], 5)
    with pytest.raises(TransformerError, match=r"adds up values such as \d.*, which no weights can"):
        compiled(graph, dtype)
