"""What the tests of proved rules share: schemas put to the solver, and its counterexamples to the reference backend."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterable

from rewriting import exact

import raspir
from raspir.ir import Graph, Node, build
from raspir.ir.types import SELECTOR
from raspir.verification.proving import Provable, Schema, proved, rewritten, switched_off, unguarded, withheld
from raspir.verification.shown import Counterexample

SECONDS = 30


def schemas(rules: Iterable[Provable]) -> list[Schema]:
    return [schema for rule in rules for schema in rule.schemas]


def name(schema: Schema) -> str:
    return f"{schema.rule}: {schema.text}"


def holds(schema: Schema, longest: int) -> None:
    """Check that a schema is proved at all lengths up to one, or up to the longest that it allows."""
    verdict = proved(schema, longest, SECONDS)
    assert verdict.counterexample is None, str(verdict.counterexample)
    assert verdict.unknown is None
    last = longest if schema.most is None else min(longest, schema.most)
    assert verdict.lengths == tuple(range(schema.least, last + 1))


def needs_all(schema: Schema) -> None:
    """Check that no condition can be withheld and no check switched off, by values that the reference confirms."""
    for condition in schema.conditions:
        found = withheld(schema, condition, 3, SECONDS).counterexample
        assert found is not None, f"{name(schema)} without: {condition.text}"
        confirmed(schema, schema.node, rewritten(schema, schema.node), found)
    for unchecked in schema.unchecked:
        found = switched_off(schema, unchecked, 3, SECONDS).counterexample
        assert found is not None, f"{name(schema)} unchecked: {unchecked.text}"
        confirmed(schema, unchecked.node, unguarded(schema, unchecked), found)


def confirmed(schema: Schema, before: Node, found: list[Node], example: Counterexample) -> None:
    """Check that values on which the solver says that a rewrite is wrong are such when they are run."""
    assert example.real, str(example)
    assert example.length <= 3
    expected = _run(schema, before, example)
    assert expected is not None, str(example)
    assert any(_run(schema, after, example) != expected for after in found), str(example)


def _run(schema: Schema, node: Node, example: Counterexample) -> list | None:
    """Return the atoms that a program yields on the values of a counterexample, ``None`` where it fails."""
    if node.type is SELECTOR:  # each row as a number
        values = build("raw", values=tuple(2**j for j in range(example.length)))
        node = build("sum", node, values, default=0)
    rows = {given: [literal_eval(atom) for atom in row] for given, row in example.inputs.items() if given[0] != "@"}
    functions = dict(schema.functions)
    for given, matrix in example.inputs.items():
        if given[0] == "@":
            functions[given[1:]] = lambda key, query, matrix=matrix: matrix[query][key] == "1"
    graph = Graph({"result": node}, functions=functions)
    given = {source: rows[source] for source in graph.inputs}
    try:
        one = next(iter(given.values()), [0] * example.length)
        atoms = raspir.compile(graph, "reference", optimize=False)(given if len(given) > 1 else one)
    except raspir.EvaluationError:
        return None
    return exact(atoms) if schema.exact else list(atoms)
