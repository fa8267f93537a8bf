"""The rules of the passes merge and fuse, put to the solver: each holds, and needs all of its conditions."""

import ast
import inspect

import pytest
from proofs import holds, name, needs_all, schemas

from raspir.passes import merge as merging
from raspir.verification.schemas import fuse, merge

SCHEMAS = schemas((*merge.RULES, *fuse.RULES))


@pytest.mark.parametrize("schema", SCHEMAS, ids=name)
def test_it_is_proved(schema):
    holds(schema, 2)


@pytest.mark.parametrize("schema", [each for each in SCHEMAS if each.conditions or each.unchecked], ids=name)
def test_it_needs_its_conditions(schema):
    needs_all(schema)


def test_every_rule_that_merge_remarks_on_is_in_the_catalogue():
    texts = {each.value for each in ast.walk(ast.parse(inspect.getsource(merging))) if isinstance(each, ast.Constant)}
    names = {rule.name for rule in merge.RULES}
    assert names <= texts
    for calls in ("_remark",):
        named = {
            call.args[1].value
            for call in ast.walk(ast.parse(inspect.getsource(merging)))
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == calls
            if isinstance(call.args[1], ast.Constant)
        }
        assert named <= names
