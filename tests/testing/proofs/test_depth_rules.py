"""Solver proofs of the pass depth's rules: each is proved, and unsound without any of its conditions."""

import pytest
from daily import first
from proofs import by_rule, cases, holds, is_needed, name

from raspir.passes.depth import RULES
from raspir.testing.proofs.cases import RULES as PROVED
from raspir.testing.proofs.proving import Condition

PROVABLE = [each for each in PROVED if each.pass_ == "depth"]
CASES = {each.name: each.cases for each in PROVABLE}
UNCONDITIONAL = {"default apart"}
"""Rules whose sides are equal whatever their parts; they apply where that can help."""


def test_every_rule_is_in_the_catalog():
    assert {each.name: each.algebra for each in PROVABLE} == {rule.name: rule.algebra for rule in RULES}
    assert all(each.cases and not each.unencoded for each in PROVABLE)
    for rule, of_rule in CASES.items():
        assert len({case.text for case in of_rule}) == len(of_rule), rule


@pytest.mark.parametrize("case", first(cases(PROVABLE), by_rule), ids=name)
def test_all_cases_are_proved_on_short_inputs(case):
    holds(case, 2)


@pytest.mark.parametrize("rule", CASES)
def test_a_guard_and_a_condition_of_each_rule_are_needed(rule):
    needed = [(case, needed) for case in CASES[rule] for needed in case.assumptions]
    first_of_kind = {isinstance(what, Condition): (case, what) for case, what in reversed(needed)}
    for each in first_of_kind.values():
        is_needed(each)


@pytest.mark.evidence
@pytest.mark.parametrize("rule", CASES)
def test_each_condition_and_each_guard_is_needed(rule):
    confirmed = [is_needed((case, needed)) for case in CASES[rule] for needed in case.assumptions]
    assert any(confirmed) == (rule not in UNCONDITIONAL), "the reference backend sees none of them"
