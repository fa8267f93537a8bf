"""The rules of the pass fold, put to the solver: each holds, and needs all of its conditions."""

import pytest
from proofs import holds, name, needs_all, schemas

from raspir.passes import algebra
from raspir.verification.schemas import fold_numbers, fold_selectors, fold_truths
from raspir.verification.schemas.rows import title

CATALOGUE = (*fold_numbers.RULES, *fold_truths.RULES, *fold_selectors.RULES)
SCHEMAS = schemas(CATALOGUE)


@pytest.mark.parametrize("schema", SCHEMAS, ids=name)
def test_it_is_proved(schema):
    holds(schema, 2)


@pytest.mark.parametrize("schema", [each for each in SCHEMAS if each.conditions or each.unchecked], ids=name)
def test_it_needs_its_conditions(schema):
    needs_all(schema)


def test_every_row_of_the_algebra_is_in_the_catalogue():
    rows = {title(row.__name__) for rules in algebra.RULES.values() for row in rules}
    assert rows == {rule.name for rule in CATALOGUE}
    assert all(rule.schemas and rule.pass_ == "fold" and rule.algebra for rule in CATALOGUE)
