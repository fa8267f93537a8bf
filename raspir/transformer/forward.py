"""The forward pass of a transformer in NumPy, on padded batches, with all activations on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raspir.transformer.weights import Array, Block, Head, Weights

Ids = NDArray[np.integer[Any]]
Activations = dict[str, Array]
"""Activations by the names of TransformerLens, such as ``blocks.0.attn.hook_pattern``; the first axis is the batch."""


def forward(weights: Weights, tokens: Mapping[str, Ids], lengths: Ids, activations: Activations | None = None) -> Array:
    """Return the logits of a batch, of shape [batch, position, logits], BOS first.

    Args:
        weights: the weights.
        tokens: the token of each position by input, of shape [batch, position], without BOS; any beyond the length.
        lengths: the length of each input without BOS, of shape [batch].
        activations: a dictionary to which all activations are added.
    """
    kept = {} if activations is None else activations
    stream = _embedded(weights, tokens, lengths, kept)
    visible = _visible(weights.causal, lengths, stream.shape[1])
    for number, block in enumerate(weights.blocks):
        stream = _after(block, stream, visible, _Scope(kept, f"blocks.{number}.") if activations is not None else None)
    return stream @ weights.W_U + weights.b_U


class _Scope:
    """The activations of one block."""

    def __init__(self, kept: Activations, prefix: str) -> None:
        self._kept = kept
        self._prefix = prefix

    def keep(self, name: str, array: Array) -> None:
        """Keep an activation."""
        self._kept[self._prefix + name] = array


def _embedded(weights: Weights, tokens: Mapping[str, Ids], lengths: Ids, kept: Activations) -> Array:
    longest = max((ids.shape[1] for ids in tokens.values()), default=int(lengths.max(initial=0)))
    embedded = np.zeros((len(lengths), longest + 1, weights.d_model), weights.W_pos.dtype)
    for name, table in weights.W_E.items():
        bos = np.full((len(lengths), 1), len(table) - 1)
        embedded += table[np.concatenate([bos, tokens[name]], axis=1)]
    places = np.broadcast_to(weights.W_pos[: longest + 1], embedded.shape)
    kept["hook_embed"], kept["hook_pos_embed"] = embedded, places
    return embedded + places


def _visible(causal: bool, lengths: Ids, positions: int) -> NDArray[np.bool_]:
    """Return which keys each query may attend to, of shape [batch, query, key]: BOS, and its own input."""
    places = np.arange(positions)
    visible = np.broadcast_to((places <= lengths[:, None])[:, None, :], (len(lengths), positions, positions))
    return visible & (places <= places[:, None]) if causal else visible


def _after(block: Block, stream: Array, visible: NDArray[np.bool_], scope: _Scope | None) -> Array:
    """Return the residual stream after a block."""
    if scope is not None:
        scope.keep("hook_resid_pre", stream)
    if block.heads:
        attended = _attended(block, stream, visible, scope)
        stream = stream + attended
        if scope is not None:
            scope.keep("hook_attn_out", attended)
    if scope is not None:
        scope.keep("hook_resid_mid", stream)
    if block.mlp is not None:
        before = stream @ block.mlp.W_in + block.mlp.b_in
        after = np.maximum(before, 0)
        added = after @ block.mlp.W_out
        if block.mlp.b_out is not None:
            added = added + block.mlp.b_out
        stream = stream + added
        if scope is not None:
            scope.keep("mlp.hook_pre", before)
            scope.keep("mlp.hook_post", after)
            scope.keep("hook_mlp_out", added)
    if scope is not None:
        scope.keep("hook_resid_post", stream)
    return stream


def _attended(block: Block, stream: Array, visible: NDArray[np.bool_], scope: _Scope | None) -> Array:
    """Return the sum of what the heads of a block add."""
    parts = [_head(head, stream, visible) for head in block.heads]
    added: Array = sum((part["result"] for part in parts), start=np.zeros_like(stream))
    if block.b_O is not None:
        added = added + block.b_O
    if scope is not None:
        for name in ("q", "k", "v", "z"):
            scope.keep(f"attn.hook_{name}", _stacked([part[name] for part in parts]).transpose(0, 2, 1, 3))
        scope.keep("attn.hook_attn_scores", np.stack([part["scores"] for part in parts], axis=1))
        scope.keep("attn.hook_pattern", np.stack([part["pattern"] for part in parts], axis=1))
    return added


def _head(head: Head, stream: Array, visible: NDArray[np.bool_]) -> Activations:
    """Return the activations of one head, of shape [batch, position, …]."""
    q, k, v = (stream @ w + b for w, b in ((head.W_Q, head.b_Q), (head.W_K, head.b_K), (head.W_V, head.b_V)))
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(np.asarray(max(head.d_head, 1), stream.dtype))
    scores = np.where(visible, scores, np.asarray(-np.inf, stream.dtype))
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    pattern = raised / raised.sum(axis=-1, keepdims=True)
    z = pattern @ v
    return {"q": q, "k": k, "v": v, "scores": scores, "pattern": pattern, "z": z, "result": z @ head.W_O}


def _stacked(parts: Sequence[Array]) -> Array:
    """Return the parts of all heads as one array of shape [batch, head, position, d_head], padded with zeros."""
    widest = max(part.shape[-1] for part in parts)
    return np.stack([np.pad(part, ((0, 0), (0, 0), (0, widest - part.shape[-1]))) for part in parts], axis=1)
