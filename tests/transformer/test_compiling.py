"""Programs as transformers: equal outputs on all inputs, construct by construct and on generated programs."""

import random
import warnings

import attention
import numpy as np
import pytest
import tracr

import raspir
from raspir import indices, key, query, tokens, where
from raspir.library import prefixes
from raspir.testing.generate import program
from raspir.transformer.compile import compiled
from raspir.transformer.errors import TransformerError
from raspir.transformer.inputs import CheckedInputs

everywhere = key(1) == query(1)
length = everywhere.width()
CUMSUM = prefixes.cumsum()
earlier = key(indices) < query(indices)
same = key(tokens) == query(tokens)


def model(written, vocab, longest, dtype="float32", **target):
    return compiled(raspir.optimize(written, vocab=vocab, max_length=longest, **target), dtype)


def equal(found, expected):
    if isinstance(expected, dict):
        return all(equal(found[name], expected[name]) for name in expected)
    return len(found) == len(expected) and all(map(equal_atoms, found, expected))


def equal_atoms(a, b):
    if type(a) is not type(b):
        return False
    return a == b or (isinstance(a, float) and abs(a - b) <= 1e-9 * max(abs(a), abs(b)))


def wrong(made, graph, budget=2000):
    """Return the inputs on which a transformer yields something else than its program, and how many were compared."""
    reference = raspir.compile(graph, backend="reference", optimize=False)
    inputs = list(CheckedInputs(graph, budget))
    found, compared = [], 0
    for each, got in zip(inputs, made.batch(inputs), strict=True):
        try:
            expected = reference(each)
        except raspir.EvaluationError:
            continue
        compared += 1
        if not equal(got, expected):
            found.append((each, got, expected))
    return found, compared


def holds(written, vocab="abc", longest=4, **target):
    made = model(written, vocab, longest, **target)
    found, compared = wrong(made, made.graph)
    assert not found
    assert compared
    return made


CONSTRUCTS = {
    "fetch": (key(indices) == query(indices - 1)).value(tokens, default="_"),
    "fetch of the next": (key(indices) == query(indices + 1)).value(tokens, default=None),
    "reverse": (key(indices) == query(length - 1 - indices)).value(tokens),
    "width": same.width(),
    "length": length,
    "width of everything else": (~same).width(),
    "sum": (same & earlier).value(indices, default=0),
    "sum with a default": (same & earlier).value(indices, default=-3),
    "sum of booleans": earlier.value(tokens == "a", default=False),
    "mean": earlier.mean(indices, default=0),
    "mean of booleans": earlier.mean(tokens == "a", default=None),
    "mean with a default of its own kind": (same & earlier).mean(indices, default="none"),
    "highest": everywhere.best(tokens, indices),
    "lowest, from the right": same.best(indices, indices % 2, ties="right", pick="lowest"),
    "best of a token's score": earlier.best(indices, tokens, default=-1),
    "union": (same | earlier).width(),
    "negation": (~(same & earlier)).value(1),
    "two conditions on keys": ((key(tokens) == query("a")) & (key(indices) > query(1))).width(),
    "tokens and positions": where(tokens == "a", indices, -1),
    "tokens and positions in a query": (key(indices) == query(where(tokens == "a", indices, 0))).value(tokens),
    "sum and position": same.width() * indices,
    "choice by a count": where(same.width() > 1, earlier.width(), tokens),
    "two layers": (key(same.width()) == query(same.width())).width(),
    "three layers": (key(same.width()) > query(same.width())).best(tokens, (earlier & same).width(), default="-"),
    "mixed atoms": where(indices == 0, None, where(indices == 1, True, where(indices == 2, 1, 1.0))),
    "constant": tokens == tokens,
}


@pytest.mark.parametrize("name", CONSTRUCTS)
@pytest.mark.parametrize("causal", [False, True])
def test_a_construct(name, causal):
    holds(CONSTRUCTS[name], causal=causal)


def test_several_outputs_and_inputs():
    graph = raspir.parse("""raspir 1
max_length 3
%0 = input name="first" vocab=["a", "b"] : str
%1 = input name="second" vocab=[0, 1] : int
%2 = select.eq %1, 1 : selector
%3 = sum %2, 1 default=0 : int
%4 = eq %1, 1 : bool
%5 = where %4, %0, "-" : str
output both = %5
output counted = %3
""")
    found, compared = wrong(compiled(graph), graph)
    assert not found
    assert compared == 1 + 4 + 16 + 64


def test_the_empty_input():
    assert holds(same.width())("") == []


@pytest.mark.parametrize(
    ("written", "layers", "most"),
    [(attention.hist, 1, 150), (tracr.sort, 1, 320), (tracr.reverse, 2, 240), (CUMSUM, 1, 500)],
    ids=["hist", "sort", "reverse", "cumsum"],
)
def test_sizes(written, layers, most):
    vocab = range(10) if written is CUMSUM else "abcx"
    made = compiled(raspir.optimize(written, vocab=vocab).assume(None, 10))
    assert made.layers <= layers
    assert made.core_parameters <= most


def test_means_are_read_from_sum_and_count():
    made = holds((key(indices) <= query(indices)).mean(tokens == "a"), "ab", 8)
    assert (made.layers, made.config.d_mlp) == (1, (0,))
    assert len(made.outputs["out"]) == len({*map(repr, made.outputs["out"])})


def test_a_sum_needs_no_layer_of_its_own():
    made = holds(earlier.value(where(tokens == "a", 2, 1)), longest=6)
    assert (made.layers, made.blocks, made.config.d_mlp) == (1, 1, (0,))


def test_float64():
    made = model(same.width(), "abc", 5, "float64")
    assert made.config.dtype == "float64"
    assert wrong(made, made.graph)[0] == []


def test_values_without_a_finite_domain_are_refused_by_name():
    grown = tokens
    for _ in range(5):
        grown = everywhere.value(grown * 1000003)
    with pytest.raises(
        TransformerError, match=r"test_compiling\.py:\d+: .*(no known domain|cannot be computed|too close)"
    ):
        model(grown, range(100), 8)


@pytest.mark.parametrize("far", [float("inf"), 10**400], ids=["inf", "huge"])
def test_values_that_no_floats_add_up(far):
    assert model((key(indices) == query(indices - 1)).value(tokens), [1, far], 3)([far, 1]) == [0, far]
    with pytest.raises(TransformerError, match=r"adds up values such as (inf|1000*…0*), which no weights can"):
        model((same & earlier).value(tokens), [1, far], 3)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("chunk", range(8))
def test_generated_programs_on_all_inputs(chunk, causal):
    refused = []
    for seed in range(10 * chunk, 10 * chunk + 10):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            generated = program(random.Random(seed), small=True, causal=causal)
            graph = raspir.optimize(generated.graph.assume(generated.vocab[:3], 3, causal or None))
        try:
            made = compiled(graph)
        except TransformerError as error:
            refused.append(error)
        else:
            assert wrong(made, graph)[0] == []
    assert len(refused) <= 2


WINDOWS = [(0, 1), (0, 3), (-1, 1), (1, 2), (-2, -1), (-3, 0), (0, 4)]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("after", "behind"), WINDOWS)
def test_windows_of_positions(after, behind, causal):
    positions = key(indices)
    window = (positions <= query(indices - after)) & (positions >= query(indices - behind))
    made = holds(window.value(tokens, default=0), [0, 1, 2], 7, causal=causal)
    assert made.core_parameters < 280


def test_nothing_at_all_is_stored_in_vain():
    made = model(same.width(), "abc", 5)
    assert all(np.isfinite(array).all() for _, array in made.weights.arrays())
    assert made.parameters == sum(array.size for _, array in made.weights.arrays())


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_units_are_off_at_bos(name):
    made = raspir.to_transformer(CONSTRUCTS[name], "abc", 4)
    for text in ("", "a", "abca", "cccc"):
        _, kept = made.run_with_cache(text)
        assert not any(array[0].any() for activation, array in kept.items() if activation.endswith("mlp.hook_post"))


def test_many_disjunctions_are_not_multiplied_out():
    selector = same | earlier
    for number in range(6):
        selector = selector & (same | (key(indices) != query(number)))
    holds(selector.width(), "ab", 3)


def test_an_atom_that_matters_in_some_combinations_only():
    later = key(indices) > query(indices + 1)
    made = compiled(raspir.lower(later.value(where(tokens == -1, tokens, indices), default=-1), [-1, 0], 16))
    found, compared = wrong(made, made.graph, 100)
    assert not found
    assert compared == 100


def test_a_constant_needs_no_direction():
    made = compiled(raspir.lower(tokens == tokens, "ab", 2))
    assert made.d_model == len(made.construction.basis) == 0
    assert made.check().ok
