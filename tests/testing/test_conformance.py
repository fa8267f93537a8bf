"""The conformance suite: which backends pass, which faults it detects, its report, and its pytest plugin."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from daily import first, rest
from faulty import (
    FAULTS,
    FIXED,
    AddsOneAboveThree,
    Faulty,
    FromTheRight,
    Integers,
    NeedsAssumptions,
    Numbers,
    Picky,
    RefusesAll,
    WithoutNone,
)
from test_golden import CHALLENGES, PROGRAMS

import raspir
from raspir import indices, key, query, tokens
from raspir.ir.operations import OPERATIONS
from raspir.testing.conformance import NonconformityError, Outcome, cases, check, generated, run, trial
from raspir.testing.conformance.case import Case
from raspir.testing.conformance.features import challenges
from raspir.testing.rounding import order_matters

ROOT = Path(raspir.__file__).parent.parent
KIT = ROOT / "raspir" / "testing" / "conformance"


def in_group(group):
    return [case for case in cases() if case.group == group]


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_where_it_is(name):
    backend, caught_by = FAULTS[name]
    report = run(backend(), in_group(caught_by.partition(":")[0]), programs=0)
    found = [f"{entry.group}: {entry.name}" for entry in report.failed]
    if name in FIXED:
        assert report.conforms, found
        return
    assert any(each.startswith(caught_by) for each in found), found
    assert not report.conforms


def test_documentation_lists_the_faults():
    rows = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8").rpartition("|---|---|\n")[2].splitlines()
    for row, (name, (_, caught_by)) in zip(rows, FAULTS.items(), strict=True):
        found_by = row.split(" | ")[1].strip("`| ")
        if name in FIXED:
            assert found_by == "raspir itself"
        else:
            assert found_by in set(map(str, cases()))
            assert found_by.startswith(caught_by)


@pytest.mark.parametrize("backend", [Faulty, FromTheRight])
def test_what_has_no_fault_conforms(backend):
    chosen = [case for group in ("sums", "means", "floats", "mistakes") for case in in_group(group)]
    report = run(backend(), chosen, programs=4)
    assert report.conforms, report.failed
    assert ("sums of floats" in str(report)) == (backend is FromTheRight)


@pytest.mark.parametrize(
    "name", ["MeanForSum", "OffByOneCausalMask", "WrongDefault", "BoolsAddedAsBools", "MaskOneTooWide"]
)
def test_generated_programs_find_faults_too_and_are_made_small(name):
    backend, _ = FAULTS[name]
    judge = generated.Judge(backend())
    for number in range(60):
        try:
            generated.check(judge, number, 0, generated.VERSIONS[0], generated.Patience(seconds=5))
        except NonconformityError as error:
            text = str(error)
            break
    assert "\nwanted " in text
    assert "\ngot    " in text
    graph = raspir.parse(text[text.index("raspir 1\n") :])
    assert len(graph) <= 8, text


def test_generated_programs_are_the_same_every_time():
    first = generated.case_of(5, 1, generated.VERSIONS[1])
    generated.generated.cache_clear()
    assert generated.case_of(5, 1, generated.VERSIONS[1]).trials == first.trials


def test_what_is_unsupported_is_no_failure_and_is_told():
    groups = ("sums", "best", "where, has, lookup, map", "sources")
    report = run(Picky(), [case for group in groups for case in in_group(group)], programs=0)
    assert report.conforms
    operations = report.operations()
    assert set(operations["best"].values()) == set(operations["map"].values()) == {Outcome.UNSUPPORTED}
    assert set(operations["sum"].values()) == {Outcome.PASSED}
    assert "no best" in str(report)
    assert report.verdict().startswith("in what was run, Picky conforms in what it supports: ")


RESTRICTED = ("selector algebra", "sums", "moving atoms", "several inputs")


@pytest.mark.parametrize("restricted", [Integers, NeedsAssumptions, Numbers, WithoutNone])
def test_restricted_backends_are_tried_on_what_they_support(restricted):
    chosen = [case for group in RESTRICTED for case in in_group(group)]
    report = run(restricted(), chosen, programs=6)
    assert report.conforms, report.failed
    tried = {entry.group for entry in report.entries if entry.outcome is Outcome.PASSED}
    assert tried >= {*RESTRICTED, "generated, as written"}


def test_a_backend_without_missing_values_runs_all_other_programs():
    groups = ("missing values", "functions of several sequences", "where, has, lookup, map")
    report = run(WithoutNone(), [case for group in groups for case in in_group(group)], programs=0)
    assert report.conforms, report.failed
    outcomes = {group: {entry.outcome for entry in report.entries if entry.group == group} for group in groups}
    assert outcomes["where, has, lookup, map"] == {Outcome.PASSED}
    several = [entry for entry in report.entries if entry.group == "functions of several sequences"]
    for entry in several:  # tables are lowered to comparisons, as far as these tell their keys apart
        assert entry.outcome is Outcome.UNSUPPORTED or entry.name.startswith("lookup")
    assert {entry.outcome for entry in several} == {Outcome.PASSED, Outcome.UNSUPPORTED}
    assert {entry.missing for entry in report.entries} == {
        "",
        "backend 'WithoutNone' does not support values of type none",
        "backend 'WithoutNone' does not support map of several operands",
        "backend 'WithoutNone' does not support lookup of several operands",
    }
    fails = next(entry for entry in report.entries if entry.name == "add fails")
    assert (fails.outcome, fails.left_out != "") == (Outcome.PASSED, True)


def is_wrong_on_generated(judge, number):
    try:
        generated.check(judge, number, 0, generated.VERSIONS[0], generated.Patience(0))
    except NonconformityError:
        return True
    return False


@pytest.mark.parametrize("restricted", first([Integers, NeedsAssumptions, Numbers]))
def test_faults_of_restricted_backends_are_found(restricted):
    class Broken(restricted):
        step = AddsOneAboveThree

    report = run(Broken(), in_group("operators"), programs=0)
    found = {entry.name for entry in report.failed if entry.operations}
    assert found >= {"add int int", "mul int int"}
    assert all(name.startswith(("add", "mul")) for name in found)
    assert any(is_wrong_on_generated(generated.Judge(Broken()), number) for number in range(60))


def test_mistakes_in_a_call_are_told():
    for call in (run, lambda backend: check(backend, cases()[0])):
        with pytest.raises(raspir.BackendError, match="did you mean numpy"):
            call("nunpy")
        with pytest.raises(raspir.BackendError, match="does not run programs"):
            call("graphviz")
        with pytest.raises(raspir.BackendError, match="is not a backend"):
            call(object())
    with pytest.raises(raspir.BackendError, match="0 or more, not -3"):
        run("reference", [], programs=-3)
    nothing = run("reference", [], programs=0)
    assert not nothing.conforms
    assert nothing.verdict() == "reference was not tested: no case was run"


def test_reasons_are_told_by_what_is_missing():
    report = run(Integers(), in_group("unary operators"), programs=0)
    notes = [line for line in str(report).splitlines() if line.startswith("unsupported")]
    assert 0 < len(notes) <= 5
    assert len({entry.left_out or entry.message for entry in report.entries}) >= len(
        {e.missing for e in report.entries}
    )
    assert all("which" not in entry.missing and "needs" not in entry.missing for entry in report.entries)


def test_who_supports_nothing_does_not_conform():
    report = run(RefusesAll(), [*in_group("sums"), *in_group("mistakes")], programs=2)
    assert not report.failed
    assert report.supports_nothing
    assert not report.conforms
    assert "supports none" in report.verdict()


def test_every_operation_has_cases():
    about = {name for case in cases() for name in case.operations}
    assert about == set(OPERATIONS)


def test_names_of_cases_are_their_own_and_plain():
    names = list(map(str, cases()))
    assert len(set(names)) == len(names)
    assert all(name.isascii() and "\n" not in name for name in names)


def test_challenges_are_those_of_the_golden_results():
    held = json.loads((KIT / challenges.DATA).read_text(encoding="utf-8"))
    assert held.keys() == CHALLENGES.keys()
    for name, challenge in held.items():
        assert raspir.parse(challenge["program"]) == raspir.lower(PROGRAMS[name])
        assert challenge["layers"] == CHALLENGES[name]["layers"]
        assert all(case in CHALLENGES[name]["cases"] for case in challenge["cases"])


def test_the_reference_is_held_to_what_is_written_by_hand():
    wrong = Case("own", "case", (trial((key(indices) <= query(indices)).value(tokens), [[1, 2]], [[1, 4]]),))
    with pytest.raises(NonconformityError, match="handwritten"):
        check("reference", wrong)


@pytest.mark.parametrize(
    ("row", "matters"),
    [
        ([0.5] * 9, False),
        ([0.1, 0.2], False),
        ([0.1, 0.2, 0.3], True),
        ([2.0**52, 1.0, -1.0], False),
        ([1e16, 1.0, -1e16], True),
        ([1e308, 1e308, -1e308], True),
        ([float("inf"), 1.0, 2.0], False),
        ([2**53 + 1, 1.0], True),
        ([10**400, 10**400, 1], False),
        ([True, 0.25, 3], False),
        (["a", 0.1, 0.2], False),
        ([], False),
    ],
)
def test_when_the_order_of_adding_matters(row, matters):
    assert order_matters(row) is matters


class Nearly(Faulty):
    """Adds something to each sum of floats."""

    def __init__(self, by):
        class Step(Faulty.step):
            def _combined(self, i, selected, value):
                return super()._combined(i, selected, value) + by

        self.step = Step


@pytest.mark.parametrize(("by", "passes"), [(2.0**-52, True), (1e-12, False)])
def test_sums_that_round_are_held_to_rounding(by, passes):
    case = Case("own", "case", (trial((key(1) == query(1)).value(tokens), [[0.1, 0.2, 0.3, 0.4]]),))
    if passes:
        assert check(Nearly(by), case).rounded
    else:
        with pytest.raises(NonconformityError):
            check(Nearly(by), case)


def test_tables_fit_80_columns_and_ascii():
    report = run(Picky(), [*in_group("best"), *in_group("sums")], programs=1)
    for output in (report.render(ascii_only=True), str(report)):
        assert max(map(len, output.splitlines())) <= 80
    assert report.render(ascii_only=True).replace("·", "").isascii()
    assert "\x1b[" in report.render(color=True)


# The kit under pytest, as a user runs it. What an installed raspir adds to pytest is given as a plugin here, so that
# the tests also run from a checkout.


def pytest_run(folder, *arguments):
    paths = os.pathsep.join(map(str, (folder, ROOT)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-p", "_raspir_pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def kit(folder, *arguments):
    return pytest_run(folder, "-W", "error", "--pyargs", "raspir.testing.conformance", *arguments)


@pytest.fixture
def installed(tmp_path):
    """A folder as if a package with backends were installed there."""
    held = tmp_path / "faulty_backends-1.0.dist-info"
    held.mkdir()
    (held / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-backends\nVersion: 1.0\n")
    names = ("MeanForSum", "Picky", "RefusesAll")
    lines = "".join(f"{name} = faulty:{name}\n" for name in names)
    (held / "entry_points.txt").write_text(f"[raspir.backends]\n{lines}broken = faulty:nothing\n")
    source = Path(__file__).with_name("faulty.py").read_text()
    source += '\nMeanForSum = FAULTS["MeanForSum"][0]\n'
    (tmp_path / "faulty.py").write_text(source)
    return tmp_path


@pytest.mark.parametrize(
    ("backend", "chosen", "programs"),
    [("numpy", "not lengths", "5"), rest("numpy", "", "25"), rest("reference", "not lengths", "25")],
)
def test_built_in_backends_conform(backend, chosen, programs, tmp_path):
    code, output = kit(tmp_path, "--backend", backend, "--programs", programs, "--exact-errors", "-q", "-k", chosen)
    assert code == 0, output
    assert f"{backend} conforms: all " in output
    assert (f"in what was run, {backend}" in output) == bool(chosen)
    assert "selector.not" in output


def test_a_faulty_backend_fails_under_pytest_and_the_name_of_the_test_says_where(installed):
    code, output = kit(installed, "--backend", "MeanForSum", "--programs", "0", "-k", "sums or best", "-q")
    assert code == 1, output
    assert "FAILED" in output
    assert "test_feature[sums: sum by hand]" in output
    assert "MeanForSum does not conform" in output
    assert "WRONG" in output


def test_a_backend_that_supports_nothing_fails_under_pytest(installed):
    code, output = kit(installed, "--backend", "RefusesAll", "--programs", "1", "-k", "layers or written", "-q")
    assert code == 1, output
    assert "supports none" in output
    assert "not today" in output


@pytest.mark.evidence
def test_what_is_unsupported_is_skipped_also_with_several_processes(installed):
    pytest.importorskip("xdist")
    code, output = kit(
        installed, "--backend", "Picky", "--programs", "2", "-k", "best", "-q", "-p", "xdist", "-n", "2", "-rs"
    )
    assert code == 0, output
    assert "unsupported: no best" in output
    assert re.search(r"in what was run, Picky conforms in the [12] of ", output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "choose a backend to test: --backend NAME (backends that run programs: numpy, reference"),
        rest(("--backend", "numpy", "--programs", "-3"), "--programs must be 0 or more, not -3"),
        rest(("--backend", "graphviz"), "backend 'graphviz' does not run programs"),
        (("--backend", "nunpy"), "did you mean numpy?"),
        (("--backend", "broken"), "cannot be loaded: AttributeError: module 'faulty' has no attribute 'nothing'"),
    ],
)
def test_mistakes_of_the_command_line(arguments, message, installed):
    code, output = kit(installed, *arguments)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert message in output
    assert "Traceback" not in output


def test_others_tests_know_nothing_of_the_kit(tmp_path):
    (tmp_path / "test_own.py").write_text(
        "def test_own(request):\n    assert not hasattr(request.config.option, 'backend')\n"
    )
    code, output = pytest_run(tmp_path, "-q", "test_own.py")
    assert code == 0, output
    loaded = "import sys, _raspir_pytest; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "raspir" not in done.stdout.split()
