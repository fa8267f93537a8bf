"""Transformers with weights made by hand: running, batches, activations and sizes."""

import itertools

import numpy as np
import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir.ir import InputError
from raspir.transformer.model import Transformer
from raspir.transformer.weights import MLP, Block, Head, Weights

LONGEST = 4
ATOMS = ("a", "b", "c")
BOS, TOKEN, PLACE, SQUARE, LENGTH, FOUND = range(6)
LABELS = ("BOS", "the token's number", "indices", "indices squared", "length - 1", "the mirrored token's number")
GAP = 182  # 128 score units after the division by the square root of 2

length = (key(1) == query(1)).value(1)
flip = (key(length - indices - 1) == query(indices)).value(tokens)


def matrix(rows, columns, entries):
    made = np.zeros((rows, columns), np.float32)
    for place, value in entries.items():
        made[place] = value
    return made


def head(d_head, query=None, key=None, value=None, output=None, serves=""):
    inputs = [matrix(len(LABELS), d_head, each or {}) for each in (query, key, value)]
    biases = [np.zeros(d_head, np.float32) for _ in range(3)]
    return Head(*inputs, matrix(d_head, len(LABELS), output or {}), *biases, serves)


def reciprocal_to_length():
    """Return an MLP that reads y = 1 / (n + 1), and writes n - 1 in its place, by ReLUs of 1 / k - y and of y."""
    places = [1 / (n + 1) for n in range(LONGEST + 1)]
    slopes = [1 / (a - b) for a, b in itertools.pairwise(places)]
    changes = [slope - before for before, slope in itertools.pairwise([0, *slopes])]
    w_in, w_out = matrix(len(LABELS), LONGEST + 1, {}), matrix(LONGEST + 1, len(LABELS), {})
    w_in[LENGTH] = [*[-1] * LONGEST, 1]
    w_out[:, LENGTH] = [*changes, -1]
    bias = np.array([*places[:LONGEST], 0], np.float32)
    return MLP(w_in, bias, w_out, matrix(1, len(LABELS), {(0, LENGTH): -1})[0])


def flipping(causal=False):
    table = matrix(len(ATOMS) + 1, len(LABELS), {(-1, BOS): 1, **{(n, TOKEN): n for n in range(len(ATOMS))}})
    places = matrix(LONGEST + 1, len(LABELS), {})
    places[1:, PLACE], places[0, PLACE] = range(LONGEST), -2 * LONGEST
    places[:, SQUARE] = places[:, PLACE] ** 2
    count = head(1, value={(BOS, 0): 1}, output={(0, LENGTH): 1}, serves="length")
    fetch = head(
        2,
        query={(LENGTH, 0): 2 * GAP, (PLACE, 0): -2 * GAP},
        key={(PLACE, 0): 1, (SQUARE, 1): 1},
        value={(TOKEN, 0): 1},
        output={(0, FOUND): 1},
        serves="flip",
    )
    fetch.b_Q[1] = -GAP
    zeros = np.zeros(len(LABELS), np.float32)
    unembedding = matrix(len(LABELS), len(ATOMS), {(FOUND, n): 2 * n for n in range(len(ATOMS))})
    squares = -(np.arange(len(ATOMS), dtype=np.float32) ** 2)
    blocks = (Block((count,), zeros, reciprocal_to_length()), Block((fetch,), zeros))
    graph = raspir.lower(flip, ATOMS, LONGEST)
    weights = Weights({"tokens": table}, places, blocks, unembedding, squares, LABELS, causal)
    return Transformer(graph, weights, {"out": ATOMS})


def texts(longest=LONGEST):
    return ["".join(each) for n in range(longest + 1) for each in itertools.product(ATOMS, repeat=n)]


def test_all_inputs_one_by_one_and_as_a_batch():
    model = flipping()
    expected = [list(reversed(text)) for text in texts()]
    assert [model(text) for text in texts()] == expected
    assert model.batch(texts()) == expected
    assert model.batch([]) == []
    assert type(model("ab")) is raspir.Sequence


def test_a_batch_is_computed_in_parts(monkeypatch):
    monkeypatch.setattr("raspir.transformer.model.CHUNK", 3 * (LONGEST + 1) ** 2)
    assert flipping().batch(texts(2)) == [list(reversed(text)) for text in texts(2)]


def test_activations():
    result, kept = flipping().run_with_cache("abc")
    assert result == ["c", "b", "a"]
    pattern = kept["blocks.1.attn.hook_pattern"]
    assert pattern.shape == (1, 4, 4)
    assert np.allclose(pattern[0, 1:, 1:], np.eye(3)[::-1], atol=1e-6)
    assert np.allclose(kept["blocks.0.attn.hook_pattern"], 0.25)
    assert np.allclose(kept["blocks.0.hook_resid_post"][:, LENGTH], 2, atol=1e-5)
    assert kept["blocks.1.attn.hook_q"].shape == (4, 1, 2)
    assert kept["blocks.0.mlp.hook_post"].shape == (4, LONGEST + 1)
    shapes = {name: array.shape for name, array in kept.items() if "." not in name}
    assert shapes == {"hook_embed": (4, len(LABELS)), "hook_pos_embed": (4, len(LABELS))}
    sums = kept["blocks.0.hook_resid_pre"] + kept["blocks.0.hook_attn_out"] + kept["blocks.0.hook_mlp_out"]
    assert np.allclose(sums, kept["blocks.0.hook_resid_post"], atol=1e-6)
    assert np.array_equal(kept["blocks.0.hook_resid_post"], kept["blocks.1.hook_resid_pre"])


def test_causal_attention_sees_no_later_position():
    _, kept = flipping(causal=True).run_with_cache("abca")
    for name in ("blocks.0.attn.hook_pattern", "blocks.1.attn.hook_pattern"):
        assert np.array_equal(np.triu(kept[name][0], 1), np.zeros((5, 5)))


def test_sizes():
    model = flipping()
    assert (model.layers, model.blocks, model.heads, model.d_model) == (2, 2, 2, 6)
    assert model.config.d_head == ((1,), (2,))
    assert model.config.d_mlp == (LONGEST + 1, 0)
    assert model.config.n_ctx == LONGEST + 1
    assert model.labels == LABELS
    heads = sum(4 * 6 * k + 3 * k for k in (1, 2))
    mlp = 2 * 6 * (LONGEST + 1) + (LONGEST + 1) + 6
    assert model.core_parameters == heads + mlp + 2 * 6 + 6 * (len(ATOMS) + LONGEST + 2)
    assert model.parameters == model.core_parameters + len(ATOMS) * (6 + 1)


def test_logits_may_decode_to_one_atom():
    model = flipping()
    twice = Transformer(model.graph, model.weights, {"out": ("a", "b", "a")})
    assert twice("abc") == ["a", "b", "a"]
    assert twice.core_parameters == model.core_parameters + 7


@pytest.mark.parametrize(
    ("given", "why"),
    [("abd", "which is not in the assumed vocabulary"), ("aaaaa", "the assumed maximum length is 4"), (5, "sequence")],
)
def test_bad_input(given, why):
    with pytest.raises(InputError, match=why):
        flipping()(given)
    with pytest.raises(InputError, match=why) as caught:
        flipping().batch(["ab", given])
    assert caught.value.input == 1
