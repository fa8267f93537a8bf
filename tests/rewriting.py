"""Shared helpers for tests of rules: application of a single rule, and equivalence of graphs on inputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

import raspir
from raspir import SOp, indices, key, query
from raspir.analysis import Analysis
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.ir import Graph, verify
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.search import Rule, Search, SearchLimits
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.proving import Patch, replaced

le, lt, ge, gt = (
    key(indices) <= query(indices), key(indices) < query(indices),
    key(indices) >= query(indices), key(indices) > query(indices),
)  # fmt: skip
everything = key(1) == query(1)
length = everything.value(1)

WORDS = ["", "a", "b", "ab", "ba", "aab", "abc", "bbab", "cabab", "aabbcc"]
NUMBERS = [[], [3], [1, 2], [2, 1], [5, 5, 1], [0, -2, 7, 7], [4, 1, 0, 2, 1]]
FLOATS = [[], [0.5], [1e16, 1.0], [1e16, 1.0, -1e16], [0.1, 0.2, 0.3, 0.4], [1.5, -0.0, 2.5]]
MIXED = [[], ["a"], ["a", 1], [1, True, "a"], [True, 1, 1.0, False], ["b", 0.5, -0.0, 0, "b"]]

words = st.text("abc", max_size=7)


def exact(values):
    """Return keys that tell apart what ``==`` does not."""
    return [raspir.ir.atoms.atom_key(value) for value in values]


def as_graph(program, vocab=None, max_length=None):
    return program.assume(vocab, max_length) if isinstance(program, Graph) else raspir.lower(program, vocab, max_length)


def alone(
    rule: Rule | None, program: SOp | Graph, vocab=None, max_length=None, attention="best", budget=None, **options
) -> tuple[Graph, Graph]:
    """Return the graph of a program before and after a search with one rule, or with none: then it is folded."""
    graph = as_graph(program, vocab, max_length)
    rules = () if rule is None else (rule,)
    limits = SearchLimits(attention, **options)
    search = Search(Algebra(Analysis.of(graph)), rules, limits, bool_int_agnostic(graph), budget)
    found, _ = extracted(graph, search)
    return graph, verify(found)


def layers(*graphs: Graph) -> tuple[int, ...]:
    return tuple(graph.stats().layers for graph in graphs)


def result(graph: Graph, given):
    """Return what ``graph`` yields, ``None`` where it fails."""
    try:
        return raspir.compile(graph, "reference", optimize=False)(given)
    except raspir.EvaluationError:
        return None


def differing(before: Graph, after: Graph, inputs: Iterable) -> list:
    """Return the inputs on which ``before`` yields a result, and ``after`` fails or yields another one."""
    found, compared = [], 0
    for given in inputs:
        expected = result(before, given)
        if expected is not None:
            compared += 1
            if result(after, given) != expected:
                found.append(given)
    assert compared, "the program fails on all inputs"
    return found


_known = Analysis.__getitem__


def _uniform_facts(self, node):
    facts = _known(self, node)
    return replace(facts, uniform=facts.uniform or facts.layer > 0)


ALL_UNIFORM: Patch = (Analysis, "__getitem__", _uniform_facts)
"""The analysis says of every sequence of layer 1 and up that it is the same at all positions."""


def lowered(rule: Rule, program, expected: tuple[int, int], inputs, **how) -> None:
    """Check that a rule takes a program from so many layers to so many, and keeps its results."""
    before, after = alone(rule, program, **how)
    assert layers(before, after) == expected
    assert not differing(before, after, inputs)


def stays(rule: Rule, program, inputs, **how) -> None:
    """Check that a rule gains no layers over what folding does anyway."""
    before, after = alone(rule, program, **how)
    folded = alone(None, program, **how)[1]
    assert layers(after) == layers(folded)
    assert not differing(before, after, inputs)


def breaks(rule: Rule, program, inputs, *patches: Patch) -> None:
    """Check that a rule changes what a program yields where some of its guards are replaced."""
    with replaced(patches):
        before, after = alone(rule, program)
    assert differing(before, after, inputs)
