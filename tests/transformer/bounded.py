"""Programs that strain the error bounds of transformers, and the measured errors of all that a transformer holds."""

from __future__ import annotations

import operator
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir.atoms import atom_key
from raspir.runtime.inputs import by_name
from raspir.runtime.reference import trace
from raspir.testing.generate import program
from raspir.transformer.bundles import Bundle
from raspir.transformer.compile import compiled
from raspir.transformer.grids import nodes_of
from raspir.transformer.inputs import CheckedInputs
from raspir.transformer.model import Transformer

Exact = np.longdouble
_SLACK = 1e-15  # the relative rounding error of expected numbers, which are doubles
_SHORT, _LONG = (2, 3, 3, 4, 4, 5, 5, 6, 8), (12, 16, 24, 64)
_COMPARISONS = (operator.eq, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
_BITS = {"float32": 24, "float64": 53}


# Programs


def straining(random: Random) -> tuple[Any, list[Any], int]:
    """Return a program of sums, means and widths of arbitrary numbers, its vocabulary, and its maximum length."""
    longest = random.choice(_LONG if random.random() < 0.06 else _SHORT)
    vocab = _vocabulary(random)
    first = _aggregate(random, tokens, [tokens, indices], vocab)
    read = random.choice((first, first, _combined(random, first, vocab)))
    if random.random() < 0.3 and longest <= 8:
        return _aggregate(random, read, [tokens, indices, read], vocab), vocab, longest
    return read, vocab, longest


def _vocabulary(random: Random) -> list[Any]:
    size, most = random.choice((2, 2, 3, 3, 4)), random.choice((1, 2, 9, 100, 511))
    whole = random.sample(range(-most, most + 1), min(size, 2 * most + 1))
    return whole if random.random() < 0.7 else [each / random.choice((2, 8, 10, 7)) for each in whole]


def _selector(random: Random, others: list[Any], vocab: list[Any]) -> Any:
    def compared() -> Any:
        k = random.choice(others)
        q = random.choice((k, k, indices, random.choice(vocab)))
        q = q + random.choice((-1, 1, 2)) if k is indices and q is indices and random.random() < 0.4 else q
        return random.choice(_COMPARISONS)(key(k), query(q))

    found = compared()
    for _ in range(random.choice((0, 0, 1, 2))):
        found = random.choice((operator.and_, operator.and_, operator.or_))(found, compared())
    return ~found if random.random() < 0.15 else found


def _aggregate(random: Random, value: Any, others: list[Any], vocab: list[Any]) -> Any:
    selector = _selector(random, others, vocab)
    kind, default = random.choice("smmwvb"), random.choice((0, 0, 0, -1, 2.5, vocab[0]))
    weighed = random.choice((value, value * random.choice((3, 0.1, -7)), where(value == vocab[0], value, indices)))
    if kind == "w":
        return selector.width()
    if kind == "m":
        return selector.mean(weighed, default=default)
    if kind == "b":
        return selector.best(weighed, random.choice(others), default=default)
    return selector.value(weighed, default=default)


def _combined(random: Random, first: Any, vocab: list[Any]) -> Any:
    other = random.choice((tokens, indices, _aggregate(random, tokens, [tokens, indices], vocab)))
    return random.choice(
        (
            lambda: first + other,
            lambda: first * random.choice((2, -3)) - other,
            lambda: where(first > other, tokens, first),
            lambda: first > random.choice(vocab),
            lambda: where(tokens == vocab[0], first, other),
            lambda: first * first,
        )
    )()


def made(seed: int, dtype: str = "float32") -> Transformer | None:
    """Return the transformer of a generated program; ``None`` if it is refused."""
    random = Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if seed % 4 == 0:
                causal = seed % 8 == 0
                generated = program(random, small=True, causal=causal)
                graph = raspir.optimize(generated.graph.assume(generated.vocab[:3], 3, causal or None))
            else:
                written, vocab, longest = straining(random)
                graph = raspir.lower(written, vocab, longest, causal=random.random() < 0.3)
            return compiled(graph, dtype)
        except raspir.RaspirError:
            return None


# Measurements


@dataclass
class Measured:
    """The errors of a transformer.

    Attributes:
        exceeded: what is off by more than its bound.
        most: the greatest error of each kind, relative to its bound.
        compared: how many numbers were compared.
    """

    exceeded: list[str] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)
    compared: int = 0

    def add(self, kind: str, what: str, off: Any, bound: Any, slack: Any) -> None:
        """Compare some errors with bounds on them."""
        off, bound, slack = np.broadcast_arrays(off, bound, slack)
        self.compared += off.size
        over = ~(off <= bound + slack)
        if over.any():
            at = int(np.flatnonzero(over)[0])
            self.exceeded.append(f"{kind} `{what}`: off by {float(off.flat[at]):.3g}, not {float(bound.flat[at]):.3g}")
        if (real := bound > slack).any():
            self.most[kind] = max(self.most[kind], float((off[real] / bound[real]).max()))


def measured(model: Transformer, budget: int) -> Measured:
    """Return the errors of all numbers, of directions at their bounds, and of outputs, on up to so many inputs."""
    found = Measured()
    names = tuple(model.program.inputs)
    inputs, traces = [], []
    construction = model.construction
    held = list({(column.key, placed.form): (column, placed) for column, placed in construction.held}.values())
    roots = dict.fromkeys(node for column, _ in held for root in column.roots for node in nodes_of(root))
    graph = construction.graph
    graph = graph.derived(outputs={**graph.outputs, **{f"value {n}": node for n, node in enumerate(roots)}})
    for each in CheckedInputs(model.graph, budget):
        try:
            trace(model.graph, each)
            traces.append(trace(graph, each))
        except raspir.EvaluationError:
            continue
        inputs.append(by_name(names, each))
    if not inputs:
        return found
    _outputs(model, inputs, found)
    kept: dict[str, Any] = {}
    model.logits(inputs, kept)
    last = f"blocks.{model.blocks - 1}.hook_resid_post"
    stream = (kept[last] if model.blocks else kept["hook_embed"] + kept["hook_pos_embed"]).astype(Exact)
    lengths = [len(next(iter(each.values()), ())) for each in inputs]
    rows = np.concatenate([stream[n, 1 : length + 1] for n, length in enumerate(lengths)])
    _directions(model, rows, found)
    codes = {node: _codes(construction.domains[node], (values[node] for values in traces)) for node in roots}
    for column, placed in held:
        read = construction.basis.read(placed.form)
        if read is None:
            continue
        number = np.full(len(rows), Exact(float(placed.form.constant)))
        size = np.full(len(rows), abs(Exact(float(placed.form.constant))))
        for at, weight in read.items():
            number = number + Exact(weight) * rows[:, at]
            size = size + abs(Exact(weight) * rows[:, at])
        index = tuple(_codes_of(root, codes) for root in column.roots)
        expected = np.broadcast_to(column.values[index], (len(rows),)).astype(Exact)
        known = ~np.isnan(expected)
        for each in index:
            if (each < 0).any():
                found.exceeded.append(f"an unknown atom of `{column.what}`")
        found.add(
            "number", column.what, abs(number - expected)[known], placed.error, _SLACK * (size + abs(expected))[known]
        )
    return found


def _outputs(model: Transformer, inputs: list[Any], found: Measured) -> None:
    reference = raspir.compile(model.graph, backend="reference", optimize=False)
    for each, got in zip(inputs, model.batch(inputs), strict=True):
        expected = reference(each)
        pairs = expected.items() if isinstance(expected, dict) else [("out", expected)]
        for name, atoms in pairs:
            own = got[name] if isinstance(got, dict) else got
            if not all(map(same, own, atoms)):
                found.exceeded.append(f"output {name} on {each}: {list(own)}, not {list(atoms)}")


def same(a: Any, b: Any) -> bool:
    """Return whether two atoms count as equal outputs."""
    return type(a) is type(b) and (
        a == b or a != a or (isinstance(a, float) and abs(a - b) <= 1e-9 * max(abs(a), abs(b)))
    )


def _directions(model: Transformer, rows: Any, found: Measured) -> None:
    """Compare directions with what they may hold at positions."""
    for number, group in enumerate(model.construction.basis.groups):
        ends = [sorted(float(c) * end for end in (each.low, each.high)) for each, c in group.items()]
        low, high = sum(each[0] for each in ends), sum(each[1] for each in ends)
        error = sum(abs(float(c)) * each.error for each, c in group.items())
        size = 8 * 2.0 ** -_BITS[model.config.dtype] * max(abs(low), abs(high), 1e-30)
        beyond = np.maximum(low - rows[:, number], rows[:, number] - high)
        found.add("range of", model.weights.labels[number], np.maximum(beyond, 0), error, size)


def _codes(domain: Any, values: Iterator[Any]) -> Any:
    known = {atom_key(atom): at for at, atom in enumerate(domain)}
    return np.array([known.get(atom_key(atom), -1) for atoms in values for atom in atoms], dtype=np.int64)


def _codes_of(root: Any, codes: Mapping[Any, Any]) -> Any:
    if not isinstance(root, Bundle):
        return codes[root]
    known = {row: at for at, row in enumerate(zip(*(c.tolist() for c in root.columns.values()), strict=True))}
    return np.array([known.get(row, -1) for row in zip(*(codes[n].tolist() for n in root.columns), strict=True)])
