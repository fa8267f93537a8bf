"""Whole programs: several outputs and inputs, names, layers, inputs of all lengths, batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from random import Random
from typing import Any

from raspir.frontends.lowering import lower
from raspir.frontends.python.embedded import SOp, indices, key, query, raw, tokens, where
from raspir.ir import EvaluationError, Graph, parse
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features.common import BEFORE, EVERYTHING, SAME, SO_FAR
from raspir.testing.conformance.features.moving import moves

OUTPUTS, INPUTS, LAYERS, LENGTHS, BATCHES = (
    "several outputs", "several inputs", "layers", "lengths of inputs", "batches",
)  # fmt: skip
LONG = (0, 1, 2, 7, 33, 257)
TWO = """raspir 1
%a = input name="a" : atom
%b = input name="b" : atom
%sum = add %a, %b : int|float|str
%same = select.eq %a, %b : selector
%found = sum %same, %b default="none" : atom
"""
"""A program with two inputs: their sum, and the elements of the second that equal each element of the first."""


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _outputs()
    yield from _inputs()
    yield from _layers()
    yield from _lengths()
    yield from _long()
    yield from _batches()


def typical() -> dict[str, SOp]:
    """Return programs built from the most common constructs."""
    rank = ((BEFORE & SAME) | (key(tokens) < query(tokens))).value(1)
    return {
        "count of all": EVERYTHING.value(1),
        "count of the same": SAME.value(1),
        "count of the same before": (BEFORE & SAME).value(1),
        "sum so far": SO_FAR.value(tokens),
        "mean so far": SO_FAR.mean(indices),
        "sorted": (key(rank) == query(indices)).value(tokens),
        "rank": rank,
        "most frequent": EVERYTHING.best(tokens, SAME.value(1), "right"),
        "latest same": (BEFORE & SAME).best(indices, indices, default=-1),
        "larger than all before": where(BEFORE.best(tokens, tokens, default=-1) < tokens, tokens, "no"),
        "window": ((key(indices) > query(indices - 3)) & SO_FAR).value(tokens),
        "elementwise alone": (tokens * 3 + indices) % 7,
        **moves(),
    }


def _outputs() -> Iterator[Case]:
    count = SAME.value(1)
    inputs = ["hello", "", "a", [1, True, 2.0]]
    graph = lower({"count": count, "tokens": tokens, "before": BEFORE.value(count), "twice": count * 2})
    yield Case(OUTPUTS, "of several layers", (trial(graph, inputs),))
    swapped = [{"z": [0, 1], "a": ["x", "y"]}, {"z": [], "a": []}]
    yield Case(OUTPUTS, "keep their order and names", (trial({"z": indices, "a": tokens}, ["xy", ""], swapped),))
    shared = trial({"first": count, "second": count}, ["aa"], [{"first": [2, 2], "second": [2, 2]}])
    yield Case(OUTPUTS, "of one value", (shared,))
    names = ["ü", "two words", '"quoted"', "out", "output", "class", "\U0001f600", "%1", "a.b", "0"]
    many = lower({name: tokens + number for number, name in enumerate(names)})
    wanted = [{name: [number + 5] for number, name in enumerate(names)}]
    yield Case(OUTPUTS, "of any name", (trial(many, [[5]], wanted),))
    one = trial({"alone": count}, ["aab"], [[2, 2, 1]])
    yield Case(OUTPUTS, "one output is a sequence whatever its name", (one,))
    called = (count + 1).name("count").name("def").name("a name with spaces")
    yield Case(OUTPUTS, "names of values have no effect", (trial(called, ["aab", ""], [[3, 3, 2], []]),))
    failing = trial({"fine": tokens, "failing": 1 // tokens}, [[1, 2], [0]])
    yield Case(OUTPUTS, "one that fails", (failing,))


def two(*outputs: str) -> Graph:
    """Return the program with two inputs, restricted to the given outputs."""
    return parse(TWO + "".join(f"output {name} = %{name}\n" for name in outputs))


def _inputs() -> Iterator[Case]:
    given = [
        {"a": [1, 2, 3], "b": [3, 0.5, 1]},
        {"b": "xyz", "a": "zzx"},
        {"a": "", "b": []},
        {"a": (True, 2**64), "b": [1, 2.0**64]},
    ]
    yield Case(INPUTS, "two", (Trial(two("found"), tuple(given)), Trial(two("sum", "found"), tuple(given))))
    hand = Trial(two("found"), tuple(given[:2]), ([1, "none", 3], EvaluationError))
    yield Case(INPUTS, "two by hand", (hand,))
    unused = parse('raspir 1\n%a = input name="a" : atom\n%b = input name="b" : atom\noutput out = %b\n')
    yield Case(INPUTS, "one that is not used", (Trial(unused, ({"a": [1], "b": [2]},), ([2],)),))
    single = lower(tokens + 1)
    mapped = Trial(single, ({"tokens": [1, 2]}, [5]), ([2, 3], [6]))
    yield Case(INPUTS, "one by its name", (mapped,))


def _layers() -> Iterator[Case]:
    deep: list[tuple[str, Any, int]] = [
        ("tokens", tokens, 0),
        ("elementwise work", tokens == indices * 2, 0),
        ("one aggregate", EVERYTHING.value(1) + indices, 1),
        ("two aggregates, one after the other", EVERYTHING.value(EVERYTHING.value(1)), 2),
        ("two aggregates beside each other", EVERYTHING.value(1) + EVERYTHING.value(indices), 1),
    ]
    chain: Any = tokens
    for _ in range(6):
        chain = (key(indices) == query(indices - 1)).value(chain, "_")
    for name, program, layers in [*deep, ("six aggregates", chain, 6)]:
        yield Case(LAYERS, f"of {name}", (trial(program, ["", [1, 0]], layers=layers),))
    both = lower({"shallow": tokens, "deep": chain})
    yield Case(LAYERS, "of several outputs", (trial(both, ["ab", "abcdefgh"]),))


def _lengths() -> Iterator[Case]:
    random = Random(7)
    digits = [[random.choice((0, 1, 2, 3, 7)) for _ in range(n)] for n in LONG]
    texts = ["".join(random.choices("abcd", k=n)) for n in LONG]
    for name, program in typical().items():
        graph = lower(program)
        runs_on_text = not name.startswith(("sum", "window", "larger", "elementwise"))
        trials = [trial(graph, digits), *([trial(graph, texts)] if runs_on_text else [])]
        yield Case(LENGTHS, name, tuple(trials), kind="mixed")


def _long() -> Iterator[Case]:
    """Yield cases on inputs too long for the reference, with results known independently."""
    programs = typical()
    inputs = [[each * 7 % 10 for each in range(n)] for n in (1030, 2050)]
    wanted = {
        "sum so far": [list(accumulate(atoms)) for atoms in inputs],
        "count of the same": [[atoms.count(atom) for atom in atoms] for atoms in inputs],
        "flip": [atoms[::-1] for atoms in inputs],
    }
    for name, results in wanted.items():
        closed = replace(trial(programs[name], inputs, results), closed=True)
        yield Case(LENGTHS, f"over a thousand: {name}", (closed,), kind="int")


def _batches() -> Iterator[Case]:
    random = Random(9)
    for size in (33, 65, 300):
        many = [random.choices((0, 1, 2, -1), k=random.randrange(6)) for _ in range(size)]
        trials = tuple(trial(typical()[name], many) for name in ("count of the same before", "sum so far"))
        yield Case(BATCHES, f"of {size} inputs", trials)
    for name, program in typical().items():
        ragged: list[Any] = [[], [5], [], [3, 1, 2], [2] * 9, (1, 2), [], [1, 0]]
        ragged += [random.choices((0, 1, 2, -1), k=random.randrange(13)) for _ in range(12)]
        random.shuffle(ragged)
        yield Case(BATCHES, f"ragged: {name}", (trial(program, ragged),))
    counts = SAME.value(1)
    mixed: list[Any] = ["aab", ["a", 1, True], (0.5, 0.5), "", [2**64, 2.0**64], ["long", "long"], "é", [-0.0, 0]]
    yield Case(BATCHES, "of str, list and tuple, of all kinds", (trial(counts, mixed), trial(moves()["flip"], mixed)))
    yield Case(BATCHES, "of nothing", (trial(counts, []), trial(raw([1, "a"]), [])))
    yield Case(BATCHES, "of empty inputs only", (trial(counts, ["", [], ()]),))
    yield Case(BATCHES, "of repeated inputs", (trial(counts, ["ab", [1, 1], ["long"]] * 3),))
    fails = trial(1 // tokens, [[1, 2], [], [4, 0], [0], [3]], [[1, 0], [], EvaluationError, EvaluationError, [0]])
    early = trial(1 // tokens, [[0], [1]], [EvaluationError, [1]])
    yield Case(BATCHES, "an error has the index of its input", (fails, early))
    strings = trial(EVERYTHING.value(tokens), [[1, 2], "a", "ab", [0]])
    yield Case(BATCHES, "an error of an aggregate has the index of its input", (strings,))
    outputs = trial({"count": counts, "tokens": tokens}, ["aab", "", "b"])
    yield Case(BATCHES, "of a program with several outputs", (outputs,))
    inputs = ({"a": [1], "b": [1]}, {"a": "", "b": ""}, {"a": "ab", "b": "ba"})
    yield Case(BATCHES, "of a program with several inputs", (Trial(two("found"), inputs),))
