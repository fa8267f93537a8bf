"""``compile_rasp_to_model``: Tracr's library as models, against evaluation; what runs return; and mistakes."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from raspir import ProgramError, RaspirError
from raspir.ir import InputError
from raspir.tracr import causal_eval, compiling, lib, rasp
from raspir.tracr.models import Encoder
from raspir.transformer.errors import TransformerError

LONGEST = 3
BOS = "BOS"
tokens = rasp.tokens

PROGRAMS = {
    "make_length": (lib.make_length(), "ab"),
    "make_reverse": (lib.make_reverse(tokens), "abc"),
    "make_hist": (lib.make_hist(), "abc"),
    "make_frac_prevs": (lib.make_frac_prevs(tokens == "a"), "ab"),
    "make_pair_balance": (lib.make_pair_balance(tokens, "(", ")"), "()x"),
    "make_shuffle_dyck": (lib.make_shuffle_dyck(["()"]), "()"),
    "make_shuffle_dyck2": (lib.make_shuffle_dyck2(), "(){}"),
    "make_sort_unique": (lib.make_sort_unique(tokens, tokens), (1, 2, 3)),
    "make_sort": (lib.make_sort(tokens, tokens, max_seq_len=LONGEST, min_key=1), (1, 2, 3)),
    "make_sort_freq": (lib.make_sort_freq(LONGEST), "ab"),
    "shift_by": (lib.shift_by(1, tokens), "abc"),
    "detect_pattern": (lib.detect_pattern(tokens, "ab"), "abc"),
    "make_count_less_freq": (lib.make_count_less_freq(2), "abc"),
    "make_count": (lib.make_count(tokens, "a"), "abc"),
    "make_nary_sequencemap": (lib.make_nary_sequencemap(lambda *x: f"{x}", tokens, rasp.indices, lib.length), "ab"),
}

CASES = list(itertools.product(PROGRAMS, [False, True]))


def inputs(vocab, longest=LONGEST):
    return [list(each) for n in range(longest + 1) for each in itertools.product(vocab, repeat=n)]


def model_of(name, causal=False):
    program, vocab = PROGRAMS[name]
    return compiling.compile_rasp_to_model(program, vocab, LONGEST, causal, compiler_bos=BOS)


def test_the_whole_library_is_compared():
    names = {name for name in vars(lib) if name.startswith("make_") or name in ("shift_by", "detect_pattern")}
    assert set(PROGRAMS) == names


@pytest.mark.parametrize(("name", "causal"), CASES)
def test_models_compute_what_evaluation_does(name, causal):
    program, vocab = PROGRAMS[name]
    model = model_of(name, causal)
    assert model.model_config.causal is causal
    evaluate = causal_eval.evaluate if causal else rasp.evaluate
    for given in inputs(vocab):
        assert model.apply([BOS, *given]).decoded == [BOS, *evaluate(program, given)]


def by_hand(model, given):
    """Return the output computed from ``params`` as conversions to other libraries take them."""
    params, config = model.params, model.model_config
    ids = model.input_encoder.encode(given)
    x = params["token_embed"]["embeddings"][ids] + params["pos_embed"]["embeddings"][: len(ids)]
    hidden = np.triu(np.full((len(ids), len(ids)), -np.inf), 1) if config.causal else 0

    def linear(name, x):
        return x @ params[name]["w"] + params[name]["b"]

    for layer in (f"transformer/layer_{at}/" for at in range(config.num_layers)):
        q, k, v = (
            linear(f"{layer}attn/{name}", x).reshape(len(ids), config.num_heads, config.key_size).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(config.key_size) + hidden
        raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
        z = raised / raised.sum(axis=-1, keepdims=True) @ v
        x = x + linear(f"{layer}attn/linear", z.transpose(1, 0, 2).reshape(len(ids), -1))
        x = x + linear(f"{layer}mlp/linear_2", config.activation_function(linear(f"{layer}mlp/linear_1", x)))
    return model.output_encoder.decode(linear("unembed", x).argmax(axis=-1)[1:])


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", ["make_reverse", "make_hist", "make_sort_freq", "detect_pattern", "make_shuffle_dyck"])
def test_parameters_compute_the_same(name, causal):
    model = model_of(name, causal)
    for given in inputs(PROGRAMS[name][1]):
        assert by_hand(model, [BOS, *given]) == model.apply([BOS, *given]).decoded[1:]


def test_parameters_have_tracrs_names_and_shapes():
    model = model_of("make_reverse")
    config, params, d = model.model_config, model.params, len(model.residual_labels)
    width, hidden = config.num_heads * config.key_size, config.mlp_hidden_size
    assert params["token_embed"]["embeddings"].shape == (model.input_encoder.vocab_size, d) == (5, d)
    assert params["pos_embed"]["embeddings"].shape == (LONGEST + 1, d)
    assert params["unembed"]["w"].shape == (d, model.output_encoder.vocab_size)
    shapes = {"attn/query": (d, width), "attn/key": (d, width), "attn/value": (d, width), "attn/linear": (width, d)}
    shapes |= {"mlp/linear_1": (d, hidden), "mlp/linear_2": (hidden, d)}
    for layer in range(config.num_layers):
        for name, shape in shapes.items():
            arrays = params[f"transformer/layer_{layer}/{name}"]
            assert (arrays["w"].shape, arrays["b"].shape) == (shape, shape[1:])
    assert len(params) == 3 + len(shapes) * config.num_layers


def test_what_a_run_returns():
    model = model_of("make_sort_freq")
    output = model.apply([BOS, "b", "a", "a"])
    layers, d = model.model_config.num_layers, len(model.residual_labels)
    assert "BOS" in model.residual_labels
    assert [each.shape for each in output.residuals] == [(1, 4, d)] * 2 * layers
    streams = [output.input_embeddings, *output.residuals]
    for (before, after), added in zip(itertools.pairwise(streams), output.layer_outputs, strict=True):
        assert np.allclose(before + added, after, rtol=1e-4, atol=1e-4)
    assert np.array_equal(output.transformer_output, output.residuals[-1])
    assert [each.shape[0] for each in output.attn_logits] == [1] * layers
    assert {each.shape[2:] for each in output.attn_logits} == {(4, 4)}
    assert model.output_encoder.decode(output.unembedded[0])[1:] == output.decoded[1:] == ["a", "a", "b"]


def test_a_model_without_attention():
    model = compiling.compile_rasp_to_model(tokens == "a", "ab", 2)
    output = model.apply(["compiler_bos", "a", "b"])
    assert output.decoded == ["compiler_bos", True, False]
    assert [each.shape for each in output.attn_logits] == [(1, 0, 3, 3)] * model.model_config.num_layers
    assert by_hand(model, ["compiler_bos", "a", "b"]) == [True, False]


def test_tokens_at_the_end_may_be_pads():
    model = compiling.compile_rasp_to_model(lib.make_hist(), {1, 2}, 4, compiler_bos=BOS, compiler_pad="PAD")
    assert model.apply([BOS, 1, 2, 1, "PAD", "PAD"]).decoded == [BOS, 2, 1, 2, "PAD", "PAD"]
    assert model.apply([BOS, "PAD"]).decoded == [BOS, "PAD"]
    assert model.apply([BOS]).decoded == [BOS]


def test_encoders():
    encoder = model_of("make_reverse").input_encoder
    assert encoder.encoding_map == {"a": 0, "b": 1, "c": 2, BOS: 3, "compiler_pad": 4}
    assert (encoder.bos_encoding, encoder.pad_encoding, encoder.vocab_size) == (3, 4, 5)
    assert encoder.encode([BOS, "c", "a"]) == [3, 2, 0]
    assert encoder.decode(np.array([3, 2, 0])) == [BOS, "c", "a"]
    outputs = Encoder([True, 1, "a", 1])
    assert (outputs.bos_encoding, outputs.pad_encoding) == (None, None)
    assert outputs.encode([1, True, "a"]) == [1, 0, 2]
    assert outputs.decode([3, 0]) == [1, True]
    for number in (-1, 4):
        with pytest.raises(InputError, match=f"{number} stands for no value"):
            outputs.decode([number])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a", "b"], r"begins with the token 'BOS' \(compiler_bos\), not 'a'"),
        ([], "begins with the token 'BOS' .*, not no token"),
        ([BOS, "a", "z"], "position 2 holds 'z', which is not one of the tokens 'a', 'b', 'c', 'BOS', 'compiler_pad'"),
        ([BOS, "a", "compiler_pad", "b"], "position 2 holds 'compiler_pad', a pad, among the others"),
        ([BOS, "a", BOS], "position 2 holds 'BOS', the token at the beginning, among the others"),
        ([BOS, *"aaaa"], "has 4 positions, but the assumed maximum length is 3"),
        (5, "5 is not a sequence"),
    ],
)
def test_bad_inputs(given, message):
    with pytest.raises(InputError, match=message):
        model_of("make_hist").apply(given)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"program": 5}, ProgramError, "5"),
        ({"program": rasp.length, "causal": True}, ProgramError, "rasp.length is the number of all positions"),
        ({"vocab": []}, InputError, "at least one"),
        ({"vocab": ["a", BOS]}, InputError, "the vocabulary holds 'BOS', which is compiler_bos: give another"),
        ({"vocab": ["a", "compiler_pad"]}, InputError, "holds 'compiler_pad', which is compiler_pad: give another"),
        ({"compiler_bos": "compiler_pad"}, InputError, "two different strings, not 'compiler_pad' and 'compiler_pad'"),
        ({"compiler_bos": 1}, InputError, "two different strings, not 1 and"),
        ({"max_seq_len": -1}, InputError, "must be a natural number, not -1"),
        ({"max_seq_len": None}, TransformerError, "needs a maximum length"),
        ({"causal": "no"}, InputError, "causal must be True or False"),
    ],
)
def test_mistakes(changed, error, message):
    arguments = {"program": lib.make_hist(), "vocab": "ab", "max_seq_len": 3, "compiler_bos": BOS} | changed
    with pytest.raises(RaspirError, match=message) as caught:
        compiling.compile_rasp_to_model(**arguments)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def test_programs_are_read_without_numpy():
    code = "import sys; from raspir.tracr import compiling; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
