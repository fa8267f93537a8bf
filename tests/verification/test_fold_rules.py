"""Solver proofs of the pass fold's rules: each is proved, and needs all of its conditions."""

import pytest
from daily import first
from proofs import all_needed, by_rule, holds, is_needed, name, needed_name, schemas

from raspir.rewriting import algebra
from raspir.testing.proofs.cases import fold_numbers, fold_selectors, fold_truths

CATALOGUE = (*fold_numbers.RULES, *fold_truths.RULES, *fold_selectors.RULES)


@pytest.mark.parametrize("schema", schemas(CATALOGUE), ids=name)
def test_it_is_proved(schema):
    holds(schema, 2)


@pytest.mark.parametrize("needed", first(all_needed(CATALOGUE), by_rule), ids=needed_name)
def test_each_condition_is_needed(needed):
    assert is_needed(needed)


def test_every_row_of_the_algebra_is_in_the_catalogue():
    rows = {algebra.rule_name(row) for rules in algebra.RULES.values() for row in rules}
    assert rows == {rule.name for rule in CATALOGUE}
    assert all(rule.schemas and rule.pass_ == "fold" and rule.algebra for rule in CATALOGUE)
