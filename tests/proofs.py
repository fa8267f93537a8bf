"""Shared helpers for tests of proved rules: solver schemas, and their counterexamples on the reference backend."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterable
from contextlib import AbstractContextManager
from unittest import mock

from rewriting import exact

import raspir
from raspir.backends.base import runner
from raspir.ir import Graph, Node, build, make
from raspir.ir import evaluation as scalar
from raspir.ir.graph import topological
from raspir.ir.types import ATOM, SELECTOR
from raspir.testing.proofs.leaves import leaf
from raspir.testing.proofs.proving import (
    Condition,
    GuardMutation,
    ProofCase,
    Provable,
    proved,
    rewritten,
    switched_off,
    unguarded,
    withheld,
)
from raspir.validation.counterexamples import Counterexample

SECONDS = 30


def schemas(rules: Iterable[Provable]) -> list[ProofCase]:
    return [schema for rule in rules for schema in rule.schemas]


def name(schema: ProofCase) -> str:
    return f"{schema.rule}: {schema.text}"


def holds(schema: ProofCase, longest: int) -> None:
    """Check that a schema is proved at all lengths up to one, or up to the longest that it allows."""
    verdict = proved(schema, longest, SECONDS)
    assert verdict.counterexample is None, str(verdict.counterexample)
    assert verdict.unknown is None
    last = longest if schema.most is None else min(longest, schema.most)
    assert verdict.lengths == tuple(range(last + 1))


Needed = tuple[ProofCase, Condition | GuardMutation]
"""A condition of a schema, or a check of its rule's code."""


def all_needed(rules: Iterable[Provable]) -> list[Needed]:
    """Return each condition and each check of each rule, with the first schema that has it."""
    found = {
        (schema.rule, needed.text): (schema, needed)
        for schema in reversed(schemas(rules))
        for needed in (*schema.conditions, *schema.unchecked)
    }
    return list(found.values())[::-1]


def needed_name(needed: Needed) -> str:
    schema, what = needed
    return f"{name(schema)}, if not: {what.text}"


def is_needed(needed: Needed) -> None:
    """Check that a rewrite is wrong without a condition or a check, by values that the reference confirms."""
    schema, what = needed
    if isinstance(what, GuardMutation):
        before, found = what.node, unguarded(schema, what)
        verdict = switched_off(schema, what, 3, SECONDS)
    else:
        before, found = schema.node, rewritten(schema, schema.node)
        verdict = withheld(schema, what, 3, SECONDS)
    assert verdict.counterexample is not None
    confirmed(schema, before, found, verdict.counterexample)


def confirmed(schema: ProofCase, before: Node, found: list[Node], example: Counterexample) -> None:
    """Check that values on which the solver says that a rewrite is wrong are such when they are run."""
    assert example.real, str(example)
    assert example.length <= 3
    with limited(example):
        expected = _run(schema, before, example)
        assert expected is not None, str(example)
        assert any(_run(schema, after, example) != expected for after in found), str(example)


def limited(example: Counterexample) -> AbstractContextManager[object]:
    """Have integers fail from the limit of a counterexample on, which is one that it can show."""
    bits = scalar.MOST_BITS if example.limit is None else example.limit.bit_length() - 1
    return mock.patch.object(scalar, "MOST_BITS", bits)


def _retyped(root: Node) -> Node:
    """Return a program whose inputs may hold anything, as those of programs may unless a vocabulary is promised."""
    made: dict[Node, Node] = {}
    for node in topological([root]):
        operands = [made[operand] for operand in node.operands]
        kinds = node.operation.infer(tuple(operand.type for operand in operands), node.attributes)
        made[node] = make(node.operation, operands, node.attributes, kinds)
    return made[root]


def _run(schema: ProofCase, node: Node, example: Counterexample) -> list | None:
    """Return the atoms that a program yields on the values of a counterexample, ``None`` where it fails."""
    if node.type is SELECTOR:  # each row as a number
        values = build("raw", values=tuple(2**j for j in range(example.length)))
        node = build("sum", node, values, default=0)
    rows = {given: [literal_eval(atom) for atom in row] for given, row in example.inputs.items() if given[0] != "@"}
    functions = dict(schema.functions)
    for given, matrix in example.inputs.items():
        if given[0] == "@":
            functions[given[1:]] = lambda key, query, matrix=matrix: matrix[query][key] == "1"
    length = _retyped(leaf("any", ATOM))  # a constant has no input of its own to take the length from
    graph = Graph({"result": _retyped(node)}, [length], functions=functions)
    given = {source: rows.get(source, [0] * example.length) for source in graph.inputs}
    try:
        atoms = runner("reference").compile(graph)(given if len(given) > 1 else given["any"])
    except raspir.EvaluationError:
        return None
    return exact(atoms) if schema.exact else list(atoms)
