"""Solver proofs of the rules of merge and fuse: each is proved, and needs all of its conditions."""

import ast
import inspect

import pytest
from daily import first
from proofs import all_needed, by_rule, cases, holds, is_needed, name, needed_name

from raspir.passes import masking
from raspir.passes import merge as merging
from raspir.rewriting import joins
from raspir.testing.proofs.cases import fuse, merge

PROVABLE = (*merge.RULES, *fuse.RULES)


@pytest.mark.parametrize("case", cases(PROVABLE), ids=name)
def test_it_is_proved(case):
    holds(case, 2)


@pytest.mark.parametrize("needed", first(all_needed(PROVABLE), by_rule), ids=needed_name)
def test_each_condition_is_needed(needed):
    assert is_needed(needed)


def rules_named(source):
    """Yield what the code calls its rules in remarks."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in calls:
        if getattr(call.func, "attr", "") == "_remark" and isinstance(call.args[1], ast.Constant):
            yield call.args[1].value


def test_every_rule_is_in_the_catalog():
    named = {*rules_named(inspect.getsource(merging)), masking.RULE, joins.UNION, joins.DIFFERENCE}
    assert named == {rule.name for rule in merge.RULES}
    assert [(rule.pass_, rule.name) for rule in fuse.RULES] == [("fuse", "fuse")]
    assert all(rule.cases and rule.algebra for rule in PROVABLE)
