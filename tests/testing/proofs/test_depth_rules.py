"""Solver proofs of the pass depth's rules: each is proved, and unsound without any of its conditions."""

import pytest
from proofs import holds, is_needed

from raspir.passes.depth import RULES
from raspir.testing.proofs.cases import best, closed_forms, gathers, shifts, split, uniform

PROVABLE = [each for module in (gathers, closed_forms, uniform, shifts, best, split) for each in module.RULES]
SCHEMAS = {each.name: each.schemas for each in PROVABLE}


def test_every_rule_is_in_the_catalog():
    assert [(each.pass_, each.name, each.algebra) for each in PROVABLE] == [
        ("depth", rule.name, rule.algebra) for rule in RULES
    ]
    assert all(each.schemas and not each.unencoded for each in PROVABLE)
    for name, schemas in SCHEMAS.items():
        assert len({schema.text for schema in schemas}) == len(schemas), name


@pytest.mark.parametrize("rule", SCHEMAS)
def test_all_schemas_are_proved_on_short_inputs(rule):
    for schema in SCHEMAS[rule]:
        holds(schema, 2)


@pytest.mark.parametrize("rule", SCHEMAS)
def test_each_condition_and_each_guard_is_needed(rule):
    confirmed = [is_needed((schema, needed)) for schema in SCHEMAS[rule] for needed in schema.assumptions]
    assert any(confirmed), "the reference backend sees none of them"
