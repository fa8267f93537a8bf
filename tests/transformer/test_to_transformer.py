"""Making transformers of programs by the public function."""

import itertools
import math

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.transformer import making
from raspir.transformer.compile import compiled
from raspir.transformer.errors import TransformerError

length = (key(1) == query(1)).value(1)
flip = (key(length - indices - 1) == query(indices)).value(tokens)
hist = (key(tokens) == query(tokens)).value(1)
latest = (key(tokens) == query("a")).best(indices, indices)
fragile = where(tokens == "a", 1, 0) // where(tokens == "b", 0, 1)


def texts(vocabulary="abc", longest=4):
    return ["".join(each) for n in range(longest + 1) for each in itertools.product(vocabulary, repeat=n)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("program", [flip, hist, tokens + "x", {"flip": flip, "hist": hist}])
def test_outputs_are_those_of_the_program(program, dtype):
    model = raspir.to_transformer(program, "abc", 4, dtype=dtype)
    assert model.batch(texts()) == raspir.compile(program, "reference").batch(texts())
    assert model.config.dtype == dtype


def test_targets_of_the_optimizer():
    model = raspir.to_transformer(latest, "abc", 4, attention="best")
    assert model.batch(texts()) == raspir.compile(latest, "reference").batch(texts())
    causal = raspir.to_transformer(hist, "abc", 4, causal=True)
    assert causal.config.causal
    assert causal("aaba") == [1, 2, 1, 3]


def test_sequences_have_the_layers_of_their_output():
    found = raspir.to_transformer({"length": length, "tokens": tokens}, "ab", 3)("ab")
    assert {name: sequence.layers for name, sequence in found.items()} == {"length": 1, "tokens": 0}


def test_fewer_layers_of_more_heads_are_left_for_fewer_parameters():
    under_length = compiled(raspir.optimize(flip, "abc", 6))
    model = raspir.to_transformer(flip, "abc", 6)
    assert model.core_parameters < under_length.core_parameters
    assert model.layers > under_length.layers


def test_of_equally_many_parameters_fewer_layers_are_taken(monkeypatch):
    class Sized:
        core_parameters = 5
        heads = 100

        def __init__(self, layers):
            self.layers = layers

        def of(self, program, strict):
            return self

    layers = iter([3, 2])
    monkeypatch.setattr(making, "compiled", lambda *call: Sized(next(layers)))
    assert raspir.to_transformer(flip, "abc", 6).layers == 2


def test_a_form_of_many_more_heads_is_not_tried(monkeypatch):
    tried = []
    monkeypatch.setattr(making, "compiled", lambda *call: tried.append(call[0]) or compiled(*call))
    raspir.to_transformer(flip, "abc", 6)
    assert [graph.stats().heads for graph in tried] == [2]


@pytest.mark.parametrize("refused", [0, 1])
def test_a_refused_variant_is_left_out(monkeypatch, refused):
    attempts = itertools.count()

    def refusing(*call):
        if next(attempts) == refused:
            raise TransformerError("no")
        return compiled(*call)

    monkeypatch.setattr(making, "compiled", refusing)
    assert raspir.to_transformer(flip, "abc", 6)("abc") == ["c", "b", "a"]


def test_the_first_refusal_is_the_error(monkeypatch):
    reasons = iter(["first", "second"])

    def refusing(*call):
        raise TransformerError(next(reasons))

    monkeypatch.setattr(making, "compiled", refusing)
    with pytest.raises(TransformerError, match=r"^first$"):
        raspir.to_transformer(flip, "abc", 6)


@pytest.mark.parametrize(
    ("program", "vocab", "n", "what"),
    [
        (hist.name("hist"), "abc", 4, r"^\S*test_to_transformer.py:16: .* the head of `hist` \(parabola\) \("),
        (length * 7, "ab", 64, r"^\S*test_to_transformer.py:\d+: .* the 64 logits of out \("),
        ((tokens * indices % 7).name("units"), [2, 3, 5], 20, r":\d+: .* \d+ hidden units of `units` \("),
        (where(tokens == "z", indices, 0), [*map(str, range(300)), "z"], 2, " the vocabulary of tokens "),
        (where(tokens == "b", indices > 1, False), "ab", 99, " the positions "),
    ],
)
def test_what_costs_most(program, vocab, n, what):
    with pytest.raises(TransformerError, match=what + r".*: a smaller vocabulary, a smaller maximum length or"):
        raspir.to_transformer(program, vocab, n, max_parameters=10)


def test_a_limit_is_passed_before_arrays_are_made(monkeypatch):
    monkeypatch.setattr("raspir.transformer.assembly.Head", None)
    with pytest.raises(TransformerError, match="more than max_parameters admits"):
        raspir.to_transformer(hist, "abc", 4, max_parameters=10)


def test_another_form_within_the_limit_is_taken():
    free = raspir.to_transformer(flip, "abc", 6)
    larger = compiled(raspir.optimize(flip, "abc", 6))
    assert free.parameters < larger.parameters
    assert raspir.to_transformer(flip, "abc", 6, max_parameters=free.parameters).parameters == free.parameters


@pytest.mark.parametrize("program", [flip, hist, latest, {"flip": flip, "hist": hist * indices % 3}])
@pytest.mark.parametrize("causal", [False, True])
def test_a_limit_on_parameters_admits_as_many(program, causal):
    options = {"vocab": "abc", "max_length": 5, "attention": "best", "causal": causal}
    least = raspir.to_transformer(program, **options, max_parameters=None).parameters
    assert raspir.to_transformer(program, **options, max_parameters=least).parameters == least
    with pytest.raises(TransformerError, match=f"has {least} parameters, 1 more than max_parameters admits"):
        raspir.to_transformer(program, **options, max_parameters=least - 1)


def test_what_the_program_refuses_is_arbitrary_unless_the_transformer_is_strict():
    lax, strict = (raspir.to_transformer(fragile, "abc", 3, strict=strict) for strict in (False, True))
    assert lax("ac") == strict("ac") == [1, 0]
    assert len(lax("ab")) == 2
    with pytest.raises(raspir.EvaluationError, match="failed at position 1 on 0 and 0") as caught:
        strict("ab")
    assert caught.value.input is None
    assert str(caught.value.location).endswith(f"{__file__.rpartition('/')[2]}:18")
    with pytest.raises(raspir.EvaluationError) as caught:
        strict.batch(["ac", "ab"])
    assert caught.value.input == 1
    with pytest.raises(raspir.EvaluationError):
        strict.run_with_cache("b")


def test_infinite_numbers():
    model = raspir.to_transformer((key(indices) == query(0)).value(tokens), [-math.inf, 1, math.inf], 2)
    assert model([math.inf, 1]) == [math.inf, math.inf]
    assert model([-math.inf, 1]) == [-math.inf, -math.inf]


def test_only_the_empty_input():
    assert raspir.to_transformer(flip, "ab", 0)("") == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"vocab": "ab"}, "needs a maximum length: give max_length"),
        ({"max_length": 3}, r"needs the vocabulary of the input .tokens.: give vocab"),
        ({"vocab": "ab", "max_length": 3, "dtype": "float16"}, "^dtype must be float32 or float64, not 'float16'$"),
        ({"vocab": "ab", "max_length": 3, "max_parameters": 0}, "^max_parameters must be a positive integer or None"),
        ({"vocab": "ab", "max_length": 3, "strict": 1}, "^strict must be True or False, not 1$"),
        ({"vocab": "ab", "max_length": 3, "attention": "all"}, "^attention must be select or best, not 'all'$"),
        ({"vocab": "ab", "max_length": -1}, "the maximum length must be a natural number, not -1"),
    ],
)
def test_bad_options(options, why):
    with pytest.raises(raspir.RaspirError, match=why):
        raspir.to_transformer(hist, **options)


def test_what_is_no_program():
    with pytest.raises(raspir.ProgramError):
        raspir.to_transformer("hist", "ab", 3)
    with pytest.raises(raspir.BackendError, match="needs the Python function @lambda"):
        raspir.to_transformer(raspir.parse(str(raspir.lower(tokens.map(lambda atom: atom.upper()).name("f")))), "ab", 3)
