"""The weights of a transformer, and what each of its directions, heads and neurons serves.

The architecture is that of TransformerLens without normalization: token and position embeddings, blocks of attention
and then an MLP with one hidden layer of ReLUs, each of which adds to the residual stream, and an unembedding. Position
0 holds the token BOS. Heads and MLPs have sizes of their own, so that nothing is padded.

Source of the names and shapes: TransformerLens (N. Nanda and J. Bloom, 2022).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Head:
    """An attention head.

    Its scores are the products of queries and keys, divided by the square root of ``d_head`` afterwards: products of
    small integers are exact, so selected positions have the same score.

    Attributes:
        W_Q: the query weights, of shape [d_model, d_head]; W_K and W_V likewise.
        W_K: the key weights.
        W_V: the value weights.
        W_O: the output weights, of shape [d_head, d_model].
        b_Q: the query biases, of shape [d_head]; b_K and b_V likewise.
        b_K: the key biases.
        b_V: the value biases.
        serves: what the head computes, in the words of the program's author.
    """

    W_Q: Array
    W_K: Array
    W_V: Array
    W_O: Array
    b_Q: Array
    b_K: Array
    b_V: Array
    serves: str = ""

    @property
    def d_head(self) -> int:
        """The size of queries, keys and values."""
        return int(self.W_Q.shape[1])

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in ("W_Q", "W_K", "W_V", "W_O", "b_Q", "b_K", "b_V")}


@dataclass(frozen=True, eq=False)
class MLP:
    """A hidden layer of ReLUs.

    Attributes:
        W_in: the input weights, of shape [d_model, d_mlp].
        b_in: the input biases, of shape [d_mlp].
        W_out: the output weights, of shape [d_mlp, d_model].
        b_out: the output biases, of shape [d_model]; ``None`` if they are 0.
        serves: what each neuron computes.
    """

    W_in: Array
    b_in: Array
    W_out: Array
    b_out: Array | None = None
    serves: tuple[str, ...] = ()

    @property
    def d_mlp(self) -> int:
        """The number of neurons."""
        return int(self.W_in.shape[1])

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays by name."""
        arrays = {"W_in": self.W_in, "b_in": self.b_in, "W_out": self.W_out}
        return arrays if self.b_out is None else {**arrays, "b_out": self.b_out}


@dataclass(frozen=True, eq=False)
class Block:
    """Heads and then an MLP; either may be missing.

    Attributes:
        heads: the heads.
        b_O: the output bias of the heads together, of shape [d_model]; ``None`` if it is 0.
        mlp: the MLP, if any.
    """

    heads: tuple[Head, ...] = ()
    b_O: Array | None = None
    mlp: MLP | None = None

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Yield the arrays with their names within the block."""
        for number, head in enumerate(self.heads):
            for name, array in head.arrays().items():
                yield f"attn.{number}.{name}", array
        if self.b_O is not None:
            yield "attn.b_O", self.b_O
        if self.mlp is not None:
            for name, array in self.mlp.arrays().items():
                yield f"mlp.{name}", array


@dataclass(frozen=True, eq=False)
class Weights:
    """All weights of a transformer.

    Attributes:
        W_E: the token embedding of each input by name, of shape [tokens + 1, d_model]; the last row is BOS.
        W_pos: the position embedding, of shape [maximum length + 1, d_model]; row 0 is that of BOS.
        blocks: the blocks.
        W_U: the unembedding, of shape [d_model, logits].
        b_U: its bias, of shape [logits].
        labels: what each direction of the residual stream holds.
        causal: whether no position attends to a later one.
    """

    W_E: Mapping[str, Array]
    W_pos: Array
    blocks: tuple[Block, ...]
    W_U: Array
    b_U: Array
    labels: tuple[str, ...]
    causal: bool = False

    @property
    def d_model(self) -> int:
        """The number of directions of the residual stream."""
        return int(self.W_pos.shape[1])

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Yield all arrays with their names."""
        for name, array in self.W_E.items():
            yield f"embed.{name}.W_E", array
        yield "pos_embed.W_pos", self.W_pos
        for number, block in enumerate(self.blocks):
            for name, array in block.arrays():
                yield f"blocks.{number}.{name}", array
        yield "unembed.W_U", self.W_U
        yield "unembed.b_U", self.b_U

    @property
    def parameters(self) -> int:
        """The number of stored numbers."""
        return sum(array.size for _, array in self.arrays())
