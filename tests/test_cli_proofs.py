"""``raspir verify-rules``: its table, counterexamples, and reports on rules that are unsound or unproved."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from daily import first
from test_cli import output, refused
from typer.testing import CliRunner

from raspir.cli import app
from raspir.passes import depth
from raspir.rewriting import algebra
from raspir.testing.proofs import cases as proof_cases
from raspir.testing.proofs import findings as found
from raspir.testing.proofs import proving
from raspir.testing.proofs.findings import findings
from raspir.testing.proofs.generated import check
from raspir.testing.proofs.proving import Provable

UNIT, CHOICE = "unit", "uniform condition"


def rule(name):
    (only,) = (each for each in proof_cases.RULES if each.name == name)
    return only


def judged(*rules, longest=2, generated=20):
    return list(findings(rules, longest, 20.0, generated))


def test_the_table_and_the_counterexamples():
    shown = output("verify-rules", "--rule", UNIT, "--longest", "2", "--jobs", "1", "--generated", "0")
    assert "lengths 0 to 2, 3 programs" in shown
    assert "generated program " not in shown
    assert "6 of 6 needed" in shown
    assert shown.count("n = 1: u = ") == 6
    assert shown.splitlines()[-1].startswith("1 rule in ")


def test_as_json():
    (finding,) = json.loads(output("verify-rules", "--rule", CHOICE, "--longest", "2", "--jobs", "2", "--json"))
    assert (finding["pass"], finding["rule"], finding["holds"], finding["problems"]) == ("depth", CHOICE, True, [])
    assert finding["lengths"] == [0, 1, 2]
    assert all(each["counterexample"] for each in finding["without"])
    assert finding["generated"]["programs"] == 100


def test_every_rule_is_in_the_catalog():
    names = {(each.pass_, each.name) for each in proof_cases.RULES}
    rows = {algebra.rule_name(row) for given in algebra.RULES.values() for row in given}
    assert {("fold", row) for row in rows} <= names
    assert {("depth", each.name) for each in depth.RULES} <= names
    assert len(names) == len(proof_cases.RULES)


def test_a_wrong_rule_is_refuted(monkeypatch):
    def wrong(case):
        return replace(case, rewrite=lambda facts, node: [node.operands[1]])

    broken = replace(rule(UNIT), cases=tuple(map(wrong, rule(UNIT).cases)))
    monkeypatch.setattr(proof_cases, "RULES", (broken,))
    (finding,) = judged(broken)
    assert not finding.holds
    assert finding.lengths == ()
    assert " becomes " in finding.problems[0]
    done = CliRunner().invoke(app, ["verify-rules", "--jobs", "1", "--longest", "1"])
    assert done.exit_code == 1
    assert "not proved" in done.output


def test_a_condition_that_nothing_needs_is_told(monkeypatch):
    idle = replace(rule(UNIT).cases[0].conditions[0], text="nothing at all", formula=lambda encoding: True, facts={})
    case = rule(UNIT).cases[0]
    broken = replace(rule(UNIT), cases=(replace(case, conditions=(*case.conditions, idle)),))
    monkeypatch.setattr(proof_cases, "RULES", (broken,))
    (finding,) = judged(broken)
    assert not finding.holds
    assert finding.lengths == (0, 1, 2)
    assert [need.text for need in finding.needs if need.counterexample is None] == ["nothing at all"]


def test_a_rule_without_an_encoding_is_held_against_generated_programs(monkeypatch):
    bare = Provable("fold", "selects all", "a selector of everything", unencoded="for a test")
    monkeypatch.setattr(proof_cases, "RULES", (bare,))
    monkeypatch.setattr(found, "_ALONE", 40)
    (finding,) = judged(bare, generated=0)
    assert finding.holds
    assert finding.checks.applied > 5
    assert finding.checks.compared > 20
    shown = CliRunner().invoke(app, ["verify-rules", "--jobs", "1", "--generated", "0"]).output
    assert "not encoded" in shown
    assert "for a test" in shown


@pytest.mark.parametrize("each", proof_cases.RULES, ids=lambda each: f"{each.pass_} {each.name}")
def test_any_rule_can_be_held_against_generated_programs(each):
    finding = check(each, 25, seed=3)
    assert finding.difference is None
    assert finding.compared <= 4 * finding.applied


def test_generated_programs_find_a_wrong_rule(monkeypatch):
    rows = dict(algebra.RULES)

    def selector_algebra(of, node):
        return node.operands[0]

    rows["selector.and"] = (selector_algebra,)
    monkeypatch.setattr(algebra, "RULES", rows)
    finding = check(Provable("fold", "selector algebra", ""), 200)
    assert finding.difference is not None
    assert finding.difference.startswith("on ")


def test_proved_rules_are_held_against_generated_programs_too(monkeypatch):
    (finding,) = judged(rule("selects all"), longest=1, generated=40)
    assert finding.lengths == (0, 1)
    assert finding.checks.applied > 5
    rows = dict(algebra.RULES)

    def selects_all(of, node):
        return node.operands[0]

    rows["selector.and"] = (selects_all,)
    monkeypatch.setattr(algebra, "RULES", rows)
    (finding,) = judged(rule("selects all"), longest=1, generated=200)
    assert finding.checks.difference is not None
    assert not finding.holds


def test_a_rule_is_proved_at_the_lengths_that_were_asked_for():
    """Also below those at which something can be wrong without its conditions."""
    asked = []
    honest = proving.differing

    def differing(n, *rest):
        asked.append(n)
        return honest(n, *rest)

    (case,) = (each for given in proof_cases.RULES for each in given.cases if each.least == 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "differing", differing)
        assert proving.proved(case, 1, 20.0).lengths == (0, 1)
        assert set(asked) == {0, 1}
        assert proving.refuted(case, case.conditions[0], 1, 20.0).counterexample is None
        assert set(asked) == {0, 1}


def test_a_length_too_small_for_counterexamples_is_told():
    done = CliRunner().invoke(app, ["verify-rules", "--rule", CHOICE, "--longest", "0", "--jobs", "1"])
    assert done.exit_code == 1
    last = done.output.splitlines()[-1]
    assert "0 proved" in last
    assert last.endswith("no counterexample up to length 0")


@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent as signals")
@pytest.mark.parametrize("jobs", first(["2", "1"]))
def test_an_interrupt_stops_it_cleanly(jobs):
    handled = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell may have it ignored
    code = f"{handled}; from raspir.cli import main; main()"
    started = subprocess.Popen(
        [sys.executable, "-c", code, "verify-rules", "--longest", "6", "--seconds", "600", "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    time.sleep(8)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to all processes
    try:
        out, errors = started.communicate(timeout=60)
    finally:  # one that does not stop would compute on beside all other tests
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
    assert started.returncode == 130
    last = errors.removeprefix(errors.partition("\n")[0] + "\n")  # after the estimate
    assert re.fullmatch(r"raspir: interrupted: \d+ of \d+ rules were checked\n", last)
    assert last.startswith("raspir: interrupted: 0 of") == (out == "")


def test_mistakes():
    assert "positive ones" in refused("verify-rules", "--seconds", "inf")
    assert "positive ones" in refused("verify-rules", "--seconds", "nan")
    assert "there is no rule 'unitt' (did you mean unit" in refused("verify-rules", "--rule", "unitt")
    assert "natural numbers" in refused("verify-rules", "--longest", "-1")


def test_without_the_solver_it_says_what_to_install():
    code = "import sys; sys.modules['z3'] = None; from raspir.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "verify-rules"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "raspir: verify-rules needs an SMT solver: pip install 'raspir-toolchain[proofs]'\n"


@pytest.mark.evidence
def test_processes_find_the_same():
    rules = [rule(UNIT), rule("power"), rule(CHOICE)]
    here, elsewhere = judged(*rules, longest=1), list(found.findings(rules, 1, 20.0, 20, jobs=2))
    for one, other in zip(
        here, elsewhere, strict=True
    ):  # which counterexample is found depends on what was asked before
        assert (one.rule, one.lengths, one.checks, one.holds) == (other.rule, other.lengths, other.checks, other.holds)
        assert [need.text for need in one.needs] == [need.text for need in other.needs]
