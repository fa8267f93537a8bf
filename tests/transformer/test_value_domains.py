import itertools
import math
from random import Random

import pytest

import raspir
from raspir import apply, indices, key, query, raw, tokens, where
from raspir.frontends.lowering import lower
from raspir.ir import Graph, RaspirError, build
from raspir.ir.atoms import atom_key
from raspir.ir.types import SELECTOR
from raspir.runtime.reference import trace
from raspir.testing.generate import program
from raspir.testing.quiet import quiet
from raspir.transformer.domains import Domains
from raspir.transformer.errors import TransformerError
from raspir.transformer.inputs import CheckedInputs

same = key(tokens) == query(tokens)
before = key(indices) < query(indices)
all_ = key(1) == query(1)
length = all_.value(1)


def graph_of(value, vocab="abc", longest=4, causal=None):
    return lower(value).assume(vocab, longest, causal)


def domain(value, vocab="abc", longest=4, **options):
    graph = graph_of(value, vocab, longest)
    (node,) = graph.outputs.values()
    return Domains(graph, **options)[node]


def keys(atoms):
    return [atom_key(atom) for atom in atoms]


def has(value, wanted, vocab="abc", longest=4):
    """Check a domain, the kinds and the order of its atoms included."""
    assert keys(domain(value, vocab, longest)) == keys(wanted)


def met(graph):
    """Return the atoms that each value has on all inputs on which the program succeeds, and how many those are."""
    found = {node: {} for node in graph if node.type is not SELECTOR}
    succeeding = 0
    for given in CheckedInputs(graph):
        try:
            values = trace(graph, given)
        except RaspirError:
            continue
        succeeding += len(values[next(iter(graph.inputs.values()))]) > 0
        for node, atoms in found.items():
            atoms.update((atom_key(atom), atom) for atom in values[node])
    return found, succeeding


# Sources and elementwise work


def test_sources():
    has(tokens, ["a", "b", "c"])
    has(tokens, [None, False, True, 0.5, 1, 1.0, "", "x"], ["x", "", 1.0, 1, True, False, None, 0.5])
    has(tokens, [0, -0.0, 0.0], [0.0, -0.0, 0])
    has(indices, [0, 1, 2, 3])
    has(tokens == raw("abb"), [False, True])
    has(where(tokens == raw("abb"), indices, indices), [0, 1, 2])


def test_work_on_one_value_is_evaluated_jointly():
    has(tokens - tokens, [0], [1, 5])
    has(where(tokens > 2, tokens, 10) * tokens, [9, 10, 20, 25], [1, 2, 3, 5])
    has(apply(lambda a, b: a + b, tokens, tokens), ["aa", "bb"], "ab")


def test_the_position_and_the_length_bound_each_other():
    has(length - 1 - indices, [0, 1, 2, 3])
    has((length - 1 - indices) * (length - 1 - indices), [0, 1, 4, 9])
    has(length * 10 + indices, [10, 20, 21, 30, 31, 32, 40, 41, 42, 43])
    has((before & same).width() - indices, [-3, -2, -1, 0])


def test_failing_combinations_are_left_out_and_reported():
    graph = graph_of((10 // tokens).name("ratio"), [0, 2, 5])
    domains = Domains(graph)
    (node,) = graph.outputs.values()
    assert domains[node] == (2, 5)
    assert domains.failures == {node: ((10, 0),)}
    assert Domains(graph_of(tokens)).failures == {}


def test_a_value_depends_on_values_that_fail_nowhere():
    has(where(tokens == 0, 7, tokens) + 6 // tokens, [5, 7], [0, 2, 6])


# Sums


def test_widths():
    has(length, [1, 2, 3, 4])
    has(same.width(), [1, 2, 3, 4])
    has(before.width(), [0, 1, 2, 3])
    has((same & before).width(), [0, 1, 2, 3])
    has((key(indices) == query(indices + 1)).width(), [0, 1])


def test_sums_of_few_atoms():
    has(all_.value(tokens), [0, 5, 10, 15, 20], [0, 5])
    has(before.value(tokens), [0, 5, 7, 10, 12, 14, 15, 17, 19, 21], [5, 7])
    has(before.value(tokens, 100), [5, 7, 10, 12, 14, 15, 17, 19, 21, 100], [5, 7])


def test_the_selected_value_depends_on_its_key_and_query():
    has(same.value(tokens), [3, 6, 7, 9, 12, 14, 21, 28], [3, 7])
    has((key(tokens) == query(7)).value(tokens), [0, 7, 14, 21, 28], [3, 7])
    has((key(indices) < query(2)).value(tokens), [0, 1, 2, 3, 4], [1, 2])


def test_sums_of_values_that_depend_on_the_position():
    has(same.value(indices * 10), range(0, 61, 10))
    has((key(indices) > query(indices)).value(2**indices), [0, 2, 4, 6, 8, 12, 14])
    has((key(indices) > query(tokens)).value(10**indices), [0, 10, 100, 110], [0, 9], 3)


def test_equal_values_are_summed():
    has(same.value(length), [1, 2, 3, 4, 6, 8, 9, 12, 16])
    has(same.mean(length / 3), sorted({n / 3 for n in (1, 2, 3, 4)}))


def test_one_selected_value_keeps_its_kind():
    fetched = key(indices) == query(indices - 1)
    has(fetched.value(tokens, None), [None, False, True, 0.5, "x"], ["x", True, False, 0.5])
    has(same.value(tokens == "a"), [False, True, 0, 2, 3, 4])
    has(before.value(where(tokens == "a", tokens, 2)), [0, 2, 4, 6, "a"])


def test_floats_are_added_in_order_of_position():
    values = [0.1, 0.2, -0.7, 1e16]
    found = {sum(word[1:], word[0]) for n in (1, 2, 3, 4) for word in itertools.product(values, repeat=n)}
    has(all_.value(tokens), sorted(found), values)


def test_integers_far_apart_are_added_exactly():
    values = [2**70, 1, -(2**90)]
    words = itertools.chain(*(itertools.product(values, repeat=n) for n in (1, 2, 3, 4)))
    has(all_.value(tokens), sorted(set(map(sum, words))), values)


def test_large_sums_are_lazy():
    assert domain(before.value(tokens), range(1000), 512) == range(511 * 999 + 1)
    assert domain(before.value(tokens) * 3 + 1, range(1000), 1024) == range(1, 3 * 1023 * 999 + 2)
    assert max(domain(before.value(indices * indices * 7), longest=64)) == 7 * sum(n * n for n in range(63))


# Means and the best


def test_means():
    has(all_.mean(tokens), [0, 0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1, 1.0], [0, 1])
    has(before.mean(tokens, None), [None, 5, 5.0], [5])
    with_strings = before.mean(where(tokens == "a", tokens, 2))
    has(with_strings, [0, 2, 2.0, "a"])


def test_averages_refuse_booleans():
    a = build("input", name="tokens", vocab=(False, True))
    one = build("const", value=1)
    graph = Graph({"out": build("average", build("select.eq", a, one), a, default=-1)}, max_length=3)
    assert keys(Domains(graph)[graph.outputs["out"]]) == keys([True, -1])


def test_the_best():
    a = build("input", name="tokens", vocab=(3, 1, 2))
    selector = build("select.lt", a, a)
    best = build("best", selector, a, a, pick="highest", ties="left", default=None)
    graph = Graph({"out": best}, max_length=3)
    assert Domains(graph)[best] == (None, 1, 2)


# Several aggregates of one head


def test_values_of_one_head_are_summed_together():
    up_to_here = key(indices) <= query(indices)
    opened, closed = up_to_here.value(where(tokens == "a", 1, 0)), up_to_here.value(where(tokens == "b", 1, 0))
    has(opened + closed, [0, 1, 2, 3, 4])
    has(opened * closed, [0, 1, 2, 3, 4])
    has((opened + closed) * 0 + opened - closed, [-4, -3, -2, -1, 0, 1, 2, 3, 4])
    means = up_to_here.mean(where(tokens == "a", 1, 0)) - up_to_here.mean(where(tokens == "b", 1, 0))
    quotients = {n: [(a, b) for a in range(n + 1) for b in range(n + 1 - a)] for n in (1, 2, 3, 4)}
    fractions = {a - b if n == 1 else a / n - b / n for n, pairs in quotients.items() for a, b in pairs}
    found = domain(means)
    assert set(found) == fractions
    assert len(domain(means, longest=64)) < 10_000


def test_values_fetched_together_are_of_one_position():
    before_it = key(indices) == query(indices - 1)
    has(before_it.value(tokens, 0) * 10 + before_it.value(tokens * tokens, 9), [9, 11, 24, 39], [1, 2, 3])
    both = apply(lambda a, b: f"{a}{b}", before_it.value(tokens, "-"), before_it.value(tokens == "a", "-"))
    has(both, ["--", "aTrue", "bFalse"], "ab")


# What cannot be done


def refusal(value, vocab="abc", longest=4, **options):
    with pytest.raises(TransformerError) as error:
        domain(value, vocab, longest, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_missing_assumptions():
    with pytest.raises(TransformerError, match="needs the vocabulary of the input 'tokens'"):
        Domains(lower(tokens).assume(max_length=3))
    with pytest.raises(TransformerError, match="needs a maximum length"):
        Domains(lower(tokens).assume("ab"))


def test_too_many_sums_of_floats():
    message = refusal(all_.value(tokens).name("total"), [0.1, 0.2, 0.7, 1e16], 64)
    assert "`total` has no known domain of at most 131,072 atoms" in message
    assert "a smaller vocabulary or maximum length would help" in message
    assert f"{__file__.rsplit('/', 1)[-1]}:" in message


def test_the_limit_is_an_option():
    assert "at most 4 atoms" in refusal(all_.mean(tokens), [0, 1], limit=4)
    assert len(domain(all_.mean(tokens), [0, 1], limit=16)) == 9


def test_too_many_combinations():
    many = apply(lambda a, b: f"{a}{b}", all_.value(tokens), before.value(tokens))
    assert "too many to try all" in refusal(many, range(1000), 64)


def test_functions_that_fail_everywhere_are_named():
    def broken(atom):
        raise ValueError("never")

    message = refusal(tokens.map(broken).name("x"))
    assert "`map(broken)` ('x') fails on all 3 combinations of atoms that it may meet, such as 'a': " in message
    assert "ValueError: never" in message
    assert "`map(broken)` fails on all that it may meet, 'a'" in refusal(tokens.map(broken), "a")


def test_fixed_sequences_that_fit_no_input():
    assert "the fixed sequence of 5 atoms fits no input of up to 4 positions" in refusal(tokens == raw("abcab"))
    both = (tokens == raw("abc")) & (tokens == raw("ab"))
    assert "the fixed sequence of 2 atoms fits no input of 3, as another one does, positions" in refusal(both)


def test_no_positions():
    has(length + indices, [], longest=0)
    has(tokens == raw([]), [])


def test_selectors_have_no_domain():
    graph = graph_of(same.width())
    (node,) = graph.outputs.values()
    with pytest.raises(KeyError):
        Domains(graph)[node.operands[0]]


# Soundness


@pytest.mark.parametrize("seed", range(120))
def test_every_atom_met_is_in_its_domain(seed):
    random = Random(seed)
    made = program(random, small=random.random() < 0.5, causal=seed % 3 == 0)
    vocab = made.vocab[: random.choice((2, 3, 4))]
    with quiet():
        graph = made.graph.assume(vocab, 4 if len(vocab) < 4 else 3, made.causal or None)
    found, succeeding = met(graph)
    if not succeeding:
        return
    domains = Domains(graph)
    for node, atoms in found.items():
        held = keys(domains[node])
        assert len(set(held)) == len(held)
        assert atoms.keys() <= set(held), node


@pytest.mark.parametrize("name", ["tracr.py:reverse", "tracr.py:sort", "tracr.py:sort_by_frequency", "addition.py:add"])
def test_optimized_examples_are_within_their_domains(name):
    vocab = "019+" if "add" in name else "abc"
    graph = raspir.optimize(raspir.load(f"examples/{name}"), vocab=vocab, max_length=5)
    found, _ = met(graph)
    domains = Domains(graph)
    assert all(atoms.keys() <= set(keys(domains[node])) for node, atoms in found.items())
    assert not any(math.inf in domains[node] for node in found)
