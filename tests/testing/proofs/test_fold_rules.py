"""Solver proofs of the pass fold's rules: each is proved, and needs all of its conditions."""

import pytest
from daily import first
from proofs import all_needed, by_rule, cases, holds, is_needed, name, needed_name

from raspir.rewriting import algebra
from raspir.testing.proofs.cases import fold_conversions, fold_missing, fold_numbers, fold_selectors, fold_truths

PROVABLE = (
    *fold_conversions.RULES,
    *fold_missing.RULES,
    *fold_numbers.RULES,
    *fold_truths.RULES,
    *fold_selectors.RULES,
)


@pytest.mark.parametrize("case", cases(PROVABLE), ids=name)
def test_it_is_proved(case):
    holds(case, 2)


@pytest.mark.parametrize("needed", first(all_needed(PROVABLE), by_rule), ids=needed_name)
def test_each_condition_is_needed(needed):
    assert is_needed(needed)


def test_every_row_of_the_algebra_is_in_the_catalog():
    rows = {algebra.rule_name(row) for rules in algebra.RULES.values() for row in rules}
    assert rows == {rule.name for rule in PROVABLE}
    assert all(rule.cases and rule.pass_ == "fold" and rule.algebra for rule in PROVABLE)
