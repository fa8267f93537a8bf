"""Transformers under the names of Tracr's assembled models: encoders, parameters, and the results of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Atom, InputError
from raspir.ir.atoms import atom_key, read_sequence, show
from raspir.ir.tracebacks import public_methods
from raspir.transformer.model import Transformer
from raspir.transformer.weights import Array, Block, Weights

Parameters = dict[str, dict[str, Array]]
"""Arrays by the names of Tracr's layers, then ``w`` and ``b``, or ``embeddings``."""


@dataclass(frozen=True)
class Config:
    """The shape of a model, in Tracr's terms; heads and MLPs that are smaller are padded with zeros in the parameters.

    Attributes:
        num_heads: the number of heads of each layer.
        num_layers: the number of layers, each of attention and then an MLP.
        key_size: the size of each head.
        mlp_hidden_size: the number of neurons of each layer.
        causal: whether no position attends to a later one.
        dropout_rate: 0.
        layer_norm: ``False``.
    """

    num_heads: int
    num_layers: int
    key_size: int
    mlp_hidden_size: int
    causal: bool
    dropout_rate: float = 0.0
    layer_norm: bool = False

    def activation_function(self, x: Array) -> Array:
        """Return the ReLU of each number."""
        return np.maximum(x, 0)


@public_methods
class Encoder:
    """Numbers for values: those of the tokens, or those that an output is decoded from.

    Args:
        values: the value of each number.
        bos: the token at the beginning, which has the next number, if there is one.
        pad: the token at the end of a shorter input, which has the number after that.
    """

    def __init__(self, values: Iterable[Atom], bos: str | None = None, pad: str | None = None) -> None:
        self.values: tuple[Atom, ...] = (*values, *(each for each in (bos, pad) if each is not None))
        self.bos_token, self.pad_token = bos, pad
        self._numbers: dict[object, int] = {}
        for number, value in enumerate(self.values):
            self._numbers.setdefault(atom_key(value), number)

    @property
    def vocab_size(self) -> int:
        """The number of numbers."""
        return len(self.values)

    @property
    def encoding_map(self) -> dict[Atom, int]:
        """The number of each value."""
        return {self.values[number]: number for number in self._numbers.values()}

    @property
    def bos_encoding(self) -> int | None:
        """The number of the token at the beginning."""
        return None if self.bos_token is None else self._numbers[atom_key(self.bos_token)]

    @property
    def pad_encoding(self) -> int | None:
        """The number of the token at the end of a shorter input."""
        return None if self.pad_token is None else self._numbers[atom_key(self.pad_token)]

    def encode(self, inputs: Sequence[Atom]) -> list[int]:
        """Return the number of each value.

        Raises:
            InputError: if a value has none, or the first one is not the token at the beginning.
        """
        atoms = read_sequence(inputs)
        if self.bos_token is not None and atoms[:1] != [self.bos_token]:
            first = show(atoms[0]) if atoms else "no token"
            raise InputError(f"an input begins with the token {show(self.bos_token)} (compiler_bos), not {first}")
        for position, atom in enumerate(atoms):
            if atom_key(atom) not in self._numbers:
                known = ", ".join(map(show, self.values[:12])) + (", …" if len(self.values) > 12 else "")
                raise InputError(f"position {position} holds {show(atom)}, which is not one of the tokens {known}")
        return [self._numbers[atom_key(atom)] for atom in atoms]

    def decode(self, encodings: Iterable[int]) -> list[Atom]:
        """Return the value of each number.

        Raises:
            InputError: if a number has no value.
        """
        numbers = [int(each) for each in encodings]
        for number in numbers:
            if not 0 <= number < len(self.values):
                raise InputError(f"{number} stands for no value: there are {len(self.values)}")
        return [self.values[number] for number in numbers]


@dataclass(frozen=True, eq=False)
class Output:
    """What a model computes on an input; arrays have a first axis of size 1, for the batch.

    Attributes:
        decoded: the token at the beginning, and then the output at each position.
        unembedded: the number of the output at each position, which the output encoder decodes.
        layer_outputs: what each attention layer and each MLP adds to the residual stream.
        residuals: the residual stream after each of them.
        attn_logits: the attention scores of each layer, of shape [1, head, query, key].
        transformer_output: the residual stream at the end.
        input_embeddings: the sum of the token and position embeddings.
    """

    decoded: list[Atom]
    unembedded: NDArray[np.integer[Any]]
    layer_outputs: list[Array]
    residuals: list[Array]
    attn_logits: list[Array]
    transformer_output: Array
    input_embeddings: Array


@public_methods
class Model:
    """A transformer that computes a program, under the names of Tracr's assembled models.

    Args:
        transformer: the transformer, of a program with one input and one output.
        bos: the token with which each input begins.
        pad: the token with which shorter inputs may end.

    Attributes:
        transformer: the transformer.
        input_encoder: the numbers of the tokens.
        output_encoder: the numbers of the output's values.
        residual_labels: what each direction of the residual stream holds.
    """

    def __init__(self, transformer: Transformer, bos: str, pad: str) -> None:
        self.transformer = transformer
        (tokens,), (values,) = transformer.graph.inputs.values(), transformer.outputs.values()
        self._bos, self._pad = bos, pad
        self.input_encoder = Encoder(tokens.vocabulary or (), bos, pad)
        self.output_encoder = Encoder(values)
        self.residual_labels = list(transformer.labels)

    @property
    def model_config(self) -> Config:
        """The shape of the model."""
        weights = self.transformer.weights
        heads = [head for block in weights.blocks for head in block.heads]
        return Config(
            num_heads=max((len(block.heads) for block in weights.blocks), default=0),
            num_layers=len(weights.blocks),
            key_size=max((head.d_head for head in heads), default=0),
            mlp_hidden_size=max((block.mlp.d_mlp for block in weights.blocks if block.mlp is not None), default=0),
            causal=weights.causal,
        )

    @property
    def params(self) -> Parameters:
        """The weights by the names of Tracr's layers, those of all heads side by side, and the unembedding.

        The last two rows of the token embedding are those of the tokens at the beginning and at the end; the latter,
        which no position may attend to, is 0. Where heads differ in size, the padded queries are multiplied so that
        scores remain the same up to rounding.
        """
        return parameters(self.transformer.weights, self.model_config)

    def apply(self, tokens: Sequence[Atom]) -> Output:
        """Return what the model computes on tokens, which begin with that of the beginning, and may end with pads.

        Raises:
            InputError: if they begin with another token, hold one that is not in the vocabulary, hold a pad before
                another token, or are more than the maximum length admits.
        """
        atoms, pads = self._read(tokens)
        result, kept = self.transformer.run_with_cache(atoms)
        assert not isinstance(result, Mapping)
        weights, blocks = self.transformer.weights, [f"blocks.{each}." for each in range(self.transformer.blocks)]
        embedded = kept["hook_embed"] + kept["hook_pos_embed"]
        final = kept[f"{blocks[-1]}hook_resid_post"] if blocks else embedded
        nothing, unattended = np.zeros_like(embedded), np.zeros((0, len(embedded), len(embedded)), embedded.dtype)
        added, after = ("hook_attn_out", "hook_mlp_out"), ("hook_resid_mid", "hook_resid_post")
        return Output(
            decoded=[self._bos, *result, *[self._pad] * pads],
            unembedded=(final @ weights.W_U + weights.b_U).argmax(axis=-1)[None],
            layer_outputs=[kept.get(block + name, nothing)[None] for block in blocks for name in added],
            residuals=[kept[block + name][None] for block in blocks for name in after],
            attn_logits=[kept.get(f"{block}attn.hook_attn_scores", unattended)[None] for block in blocks],
            transformer_output=final[None],
            input_embeddings=embedded[None],
        )

    def _read(self, tokens: Sequence[Atom]) -> tuple[list[Atom], int]:
        """Return the tokens between that of the beginning and the pads, and the number of pads."""
        self.input_encoder.encode(tokens)
        _, *atoms = read_sequence(tokens)
        length = next((at + 1 for at in reversed(range(len(atoms))) if atoms[at] != self._pad), 0)
        for what, token in (("the token at the beginning", self._bos), ("a pad", self._pad)):
            if token in atoms[:length]:
                raise InputError(f"position {atoms.index(token) + 1} holds {show(token)}, {what}, among the others")
        return atoms[:length], len(atoms) - length


def parameters(weights: Weights, config: Config) -> Parameters:
    """Return weights by the names of Tracr's layers, padded to the sizes of ``config``."""
    (table,) = weights.W_E.values()
    found: Parameters = {
        "token_embed": {"embeddings": np.vstack([table, np.zeros_like(table[:1])])},
        "pos_embed": {"embeddings": weights.W_pos},
        "unembed": {"w": weights.W_U, "b": weights.b_U},
    }
    for number, block in enumerate(weights.blocks):
        for name, arrays in _layer(block, weights, config).items():
            found[f"transformer/layer_{number}/{name}"] = arrays
    return found


def _layer(block: Block, weights: Weights, config: Config) -> Parameters:
    """Return the parameters of a layer."""
    d, k, m, width = weights.d_model, config.key_size, config.mlp_hidden_size, config.num_heads * config.key_size
    shapes = {f"attn/{name}": (d, width) for name in ("query", "key", "value")}
    shapes |= {"attn/linear": (width, d), "mlp/linear_1": (d, m), "mlp/linear_2": (m, d)}
    dtype = weights.W_pos.dtype
    found = {name: {"w": np.zeros(shape, dtype), "b": np.zeros(shape[1], dtype)} for name, shape in shapes.items()}
    for number, head in enumerate(block.heads):
        own = slice(number * k, number * k + head.d_head)
        scale = sqrt(k / max(head.d_head, 1))
        for name, w, b in (
            ("query", scale * head.W_Q, scale * head.b_Q),
            ("key", head.W_K, head.b_K),
            ("value", head.W_V, head.b_V),
        ):
            found[f"attn/{name}"]["w"][:, own], found[f"attn/{name}"]["b"][own] = w, b
        found["attn/linear"]["w"][own] = head.W_O
    if block.b_O is not None:
        found["attn/linear"]["b"][:] = block.b_O
    if block.mlp is not None:
        own = slice(block.mlp.d_mlp)
        found["mlp/linear_1"]["w"][:, own], found["mlp/linear_1"]["b"][own] = block.mlp.W_in, block.mlp.b_in
        found["mlp/linear_2"]["w"][own] = block.mlp.W_out
        if block.mlp.b_out is not None:
            found["mlp/linear_2"]["b"][:] = block.mlp.b_out
    return found
