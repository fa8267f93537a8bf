"""Solver proofs of the pass depth's rules: each is proved, and unsound without any of its conditions."""

import ast
from contextlib import ExitStack
from unittest import mock

import pytest
from proofs import limited

from raspir.ir import EvaluationError, Graph
from raspir.ir.atoms import atom_key, show
from raspir.ir.graph import topological
from raspir.ir.types import INT
from raspir.passes.depth import RULES
from raspir.runtime.reference import steps
from raspir.testing.proofs.cases import best, closed_forms, gathers, shifts, split, uniform
from raspir.testing.proofs.leaves import leaf
from raspir.testing.proofs.proving import proved, rewritten, switched_off, withheld

CATALOGUE = [each for module in (gathers, closed_forms, uniform, shifts, best, split) for each in module.RULES]
SCHEMAS = {each.name: each.schemas for each in CATALOGUE}


def test_every_rule_is_in_the_catalogue():
    assert [(each.pass_, each.name, each.algebra) for each in CATALOGUE] == [
        ("depth", rule.name, rule.algebra) for rule in RULES
    ]
    assert all(each.schemas and not each.unencoded for each in CATALOGUE)
    for name, schemas in SCHEMAS.items():
        assert len({schema.text for schema in schemas}) == len(schemas), name


@pytest.mark.parametrize("rule", SCHEMAS)
def test_all_schemas_are_proved_on_short_inputs(rule):
    for schema in SCHEMAS[rule]:
        verdict = proved(schema, 2, 10)
        assert verdict.counterexample is None, (schema.text, str(verdict.counterexample))
        assert verdict.lengths == (0, 1, 2), schema.text


@pytest.mark.parametrize("rule", SCHEMAS)
def test_each_condition_and_each_check_is_needed(rule):
    needed = [*without_conditions(rule), *without_checks(rule)]
    for text, _, _, found in needed:
        assert found is not None, text
    seen = [replayed(before, after, found) for _, before, after, found in needed]
    assert any(seen), "the reference backend sees none of them"


def without_conditions(rule):
    """Yield what the solver finds when it is not told of each condition, with the program and what it becomes."""
    for schema in SCHEMAS[rule]:
        for condition in schema.conditions:
            found = withheld(schema, condition, 3, 40).counterexample
            yield condition.text, schema.node, rewritten(schema, schema.node), found


def without_checks(rule):
    """Yield what the solver finds when each check is switched off, with the program and what it becomes."""
    for schema in SCHEMAS[rule]:
        for check in schema.unchecked:
            with ExitStack() as stack:
                for subject, name, instead in check.patches:
                    stack.enter_context(mock.patch.object(subject, name, instead))
                after = rewritten(schema, check.node)
            yield check.text, check.node, after, switched_off(schema, check, 3, 10).counterexample


def replayed(before, proposals, found):
    """Check that the reference finds the same difference, where the solver shows values that are known exactly."""
    try:
        inputs = {name: list(map(ast.literal_eval, row)) for name, row in found.inputs.items() if name[0] != "@"}
    except ValueError:  # a string that the program does not name, of which only the place in the order is known
        return False
    operations = {each.operation.name for root in (before, *proposals) for each in topological([root])}
    if operations & {"mean"} or any(isinstance(atom, float) for row in inputs.values() for atom in row):
        return False  # what floats yield is left open
    if "select.by" in operations and None in (found.before, found.after):
        return False  # so is where a predicate fails
    with limited(found):
        results = [outcome(each, inputs, found) for each in (before, *proposals)]
    assert results[0] == found.before
    assert found.after in results[1:]
    return True


def outcome(node, inputs, found):
    """Return what a program yields, as the solver shows it; ``None`` where it fails."""
    selects = [each for each in topological([node]) if each.operation.name == "select.by"]
    functions = {each["function"]: predicate(each, inputs, found) for each in selects}
    graph = Graph({"out": node}, [leaf("length", INT)], functions)
    try:
        values = dict(steps(graph, {"length": [0] * found.length, **inputs}))
    except EvaluationError:
        return None
    return [show(atom) for atom in values[node]]


def predicate(select, inputs, found):
    """Return the opaque predicate that the solver has chosen."""
    keys, queries = (inputs[operand["name"]] for operand in select.operands)
    rows = found.inputs[f"@{select['function']}"]
    chosen = {
        (atom_key(key), atom_key(query)): entry == "1"
        for query, row in zip(queries, rows, strict=True)
        for key, entry in zip(keys, row, strict=True)
    }
    return lambda key, query: chosen[atom_key(key), atom_key(query)]
