"""Measured errors of all that transformers hold, against the bounds on them: ``python benchmarks/error_bounds.py``.

Compiles generated programs, three in four of them made to strain the bounds, runs each on inputs, and compares every
number of the residual stream with the exact one. Prints the greatest errors relative to their bounds. Exits with 1 if
a bound is exceeded, or an output wrong, with the seed of the program.
"""

from __future__ import annotations

import argparse
import operator
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
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
_LENGTHS = (3, 4, 4, 5, 6, 8, 12, 16, 24, 64)
_COMPARISONS = (operator.eq, operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
_BITS = {"float32": 24, "float64": 53}


# Programs


def straining(random: Random) -> tuple[Any, list[Any], int]:
    """Return a program of sums, means and widths of arbitrary numbers, its vocabulary, and its maximum length."""
    vocab = _vocabulary(random)
    if random.random() < 0.4:
        longest = random.choice(_LENGTHS)
        kinds = "smmwvb" if longest <= 8 else "swb"  # long means take long: their numerators and denominators are many
        return _aggregate(random, tokens, [tokens, indices], vocab, kinds), vocab, longest
    few, short = vocab[:2], random.choice((2, 3, 3))
    first = _aggregate(random, tokens, [tokens, indices], few)
    if random.random() < 0.3:
        return _aggregate(random, first, [tokens, indices, first], few), few, short
    return _combined(random, first, few), few, short


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
    for _ in range(random.choice((0, 0, 1))):
        found = random.choice((operator.and_, operator.and_, operator.or_))(found, compared())
    return ~found if random.random() < 0.15 else found


def _aggregate(random: Random, value: Any, others: list[Any], vocab: list[Any], kinds: str = "smmwvb") -> Any:
    selector = _selector(random, others, vocab)
    kind, default = random.choice(kinds), random.choice((0, 0, 0, -1, 2.5, vocab[0]))
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


def made(seed: int) -> Transformer | None:
    """Return the transformer of a generated program, of float64 for one in eleven; ``None`` if it is refused."""
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
            return compiled(graph, "float64" if seed % 11 == 0 else "float32")
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

    def include(self, other: Measured, where: str = "") -> None:
        """Include the errors of others."""
        self.exceeded += [where + each for each in other.exceeded]
        self.most |= other.most
        self.compared += other.compared

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
        found.add("direction", model.weights.labels[number], np.maximum(beyond, 0), error, size)


def _codes(domain: Any, values: Iterator[Any]) -> Any:
    known = {atom_key(atom): at for at, atom in enumerate(domain)}
    return np.array([known.get(atom_key(atom), -1) for atoms in values for atom in atoms], dtype=np.int64)


def _codes_of(root: Any, codes: Mapping[Any, Any]) -> Any:
    if not isinstance(root, Bundle):
        return codes[root]
    known = {row: at for at, row in enumerate(zip(*(c.tolist() for c in root.columns.values()), strict=True))}
    return np.array([known.get(row, -1) for row in zip(*(codes[n].tolist() for n in root.columns), strict=True)])


# The run


def of_seeds(seeds: range, budget: int) -> tuple[int, Measured]:
    """Return how many of the programs have transformers, and the errors of all these."""
    count, total = 0, Measured()
    for seed in seeds:
        model = made(seed)
        if model is not None:
            count += 1
            total.include(measured(model, budget), f"program {seed}: ")
    return count, total


def main() -> int:
    """Measure the errors of as many transformers as were asked for; return 1 if a bound is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000, help="the number of transformers (10000)")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first program (0)")
    parser.add_argument("--inputs", type=int, default=60, help="the maximum number of inputs of each (60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one per processor)")
    options = parser.parse_args()
    count, total, first = 0, Measured(), options.first
    with ProcessPoolExecutor(options.jobs) as pool:
        while count < options.models:
            some = range(first, first + options.models - count)
            first = some.stop
            chunks = [some[at : at + 50] for at in range(0, len(some), 50)]
            for own, found in pool.map(of_seeds, chunks, [options.inputs] * len(chunks)):
                count += own
                total.include(found)
    print(f"{count:,} transformers of {first - options.first:,} programs, {total.compared:,} numbers compared")
    for kind, most in total.most.items():
        print(f"the greatest error of a {kind} is {most:.2f} of its bound")
    print(*total.exceeded, sep="\n", end="\n" if total.exceeded else "")
    return int(bool(total.exceeded))


if __name__ == "__main__":
    sys.exit(main())
