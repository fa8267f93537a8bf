"""Solver proofs of the pass depth's rules: each is proved, and unsound without any of its conditions."""

import pytest
from daily import first
from proofs import by_rule, holds, is_needed, name, schemas

from raspir.passes.depth import RULES
from raspir.testing.proofs.cases import best, closed_forms, gathers, shifts, split, uniform
from raspir.testing.proofs.proving import Condition

CATALOGUE = [each for module in (gathers, closed_forms, uniform, shifts, best, split) for each in module.RULES]
SCHEMAS = {each.name: each.schemas for each in CATALOGUE}


def test_every_rule_is_in_the_catalogue():
    assert [(each.pass_, each.name, each.algebra) for each in CATALOGUE] == [
        ("depth", rule.name, rule.algebra) for rule in RULES
    ]
    assert all(each.schemas and not each.unencoded for each in CATALOGUE)
    for rule, cases in SCHEMAS.items():
        assert len({case.text for case in cases}) == len(cases), rule


@pytest.mark.parametrize("schema", first(schemas(CATALOGUE), by_rule), ids=name)
def test_all_schemas_are_proved_on_short_inputs(schema):
    holds(schema, 2)


@pytest.mark.parametrize("rule", SCHEMAS)
def test_a_guard_of_each_rule_is_needed(rule):
    needed = [(schema, needed) for schema in SCHEMAS[rule] for needed in schema.assumptions]
    is_needed(min(needed, key=lambda pair: isinstance(pair[1], Condition)))


@pytest.mark.evidence
@pytest.mark.parametrize("rule", SCHEMAS)
def test_each_condition_and_each_guard_is_needed(rule):
    confirmed = [is_needed((schema, needed)) for schema in SCHEMAS[rule] for needed in schema.assumptions]
    assert any(confirmed), "the reference backend sees none of them"
