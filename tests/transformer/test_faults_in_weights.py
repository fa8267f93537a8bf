"""Faults in finished weights: each number of small transformers is changed, one at a time.

A change that no check finds must leave the residual stream as it was, to within the bounds on errors, at all positions
of all inputs, and all outputs right. Such are: biases of keys, which move all scores of a query alike; numbers that
are multiplied by 0, or that matter only at BOS, whose outputs nobody reads; gaps that grow; and logits that stay in
their order.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from daily import rest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.transformer.inputs import CheckedInputs
from raspir.transformer.model import Transformer

everywhere = key(1) == query(1)
earlier = key(indices) < query(indices)
same = key(tokens) == query(tokens)
PROGRAMS = {
    "fetch": (key(indices) == query(indices - 1)).value(tokens, default="_"),
    "sum": same.width(),
    "mean": earlier.mean(tokens == "a", default=0),
    "best": same.best(indices, indices % 2, ties="right", pick="lowest"),
    "choice": where(same.width() > 1, earlier.width(), tokens),
    "two layers": (key(indices) == query(everywhere.width() - 1 - indices)).value(tokens),
    "two heads": (same | earlier).width(),
    "a table": (key(tokens) == query(where(indices == 1, "a", "b"))).value(1),
}


def faulty(model: Transformer, name: str, index: tuple[int, ...], number: float) -> Transformer:
    """Return a transformer with another number at a place of an array."""
    weights, changed = model.weights, dict(model.weights.arrays())[name].copy()
    changed[index] = number

    def own(prefix, arrays):
        return {each: changed if name == f"{prefix}.{each}" else array for each, array in arrays.items()}

    blocks = tuple(
        replace(
            block,
            heads=tuple(
                replace(head, **own(f"blocks.{at}.attn.{number}", head.arrays()))
                for number, head in enumerate(block.heads)
            ),
            mlp=block.mlp and replace(block.mlp, **own(f"blocks.{at}.mlp", block.mlp.arrays())),
        )
        for at, block in enumerate(weights.blocks)
    )
    tables = {each: own(f"embed.{each}", {"W_E": table})["W_E"] for each, table in weights.W_E.items()}
    ends = own("unembed", {"W_U": weights.W_U, "b_U": weights.b_U})
    positions = own("pos_embed", {"W_pos": weights.W_pos})
    weights = replace(weights, W_E=tables, blocks=blocks, **positions, **ends)
    return Transformer(model.graph, weights, model.outputs, construction=model.construction)


def faults(model: Transformer) -> Iterator[tuple[str, Transformer]]:
    """Yield transformers with one number that is increased, decreased or 0, with its array's name."""
    for name, array in model.weights.arrays():
        step = float(np.abs(array).max(initial=0)) or 1.0
        for index in np.ndindex(array.shape):
            for number in {array[index] + step, array[index] - step, 0.0} - {array[index]}:
                yield name, faulty(model, name, index, number)


def held(model, inputs):
    """Return the final residual stream at all positions of inputs but BOS."""
    kept = {}
    model.logits([{"tokens": each} for each in inputs], kept)
    stream = kept[f"blocks.{model.blocks - 1}.hook_resid_post"]
    return np.concatenate([stream[n, 1 : len(each) + 1] for n, each in enumerate(inputs)]).astype(np.float64)


@pytest.mark.parametrize("name", [name if name in ("fetch", "sum", "choice") else rest(name) for name in PROGRAMS])
def test_every_number_that_matters_is_checked(name):
    model = raspir.to_transformer(PROGRAMS[name], "ab", 3)
    inputs = list(CheckedInputs(model.graph, 100))
    expected = [raspir.compile(model.graph, backend="reference")(each) for each in inputs]
    right = held(model, inputs)
    bounds = np.array(
        [2 * sum(abs(float(c)) * each.error for each, c in group.items()) for group in model.construction.basis.groups]
    )
    close = bounds + 1e-6 * np.maximum(np.abs(right), 1)
    found, count = Counter(), Counter()
    for array, other in faults(model):
        kind = array.rpartition(".")[2]
        count[kind] += 1
        if not other.check().ok:
            found[kind] += 1
            continue
        assert [list(each) for each in other.batch(inputs)] == [list(each) for each in expected]
        assert (np.abs(held(other, inputs) - right) <= close).all()
    assert set(+found) >= set(count) - {"b_K"}
    assert found.total() > count.total() / 2
