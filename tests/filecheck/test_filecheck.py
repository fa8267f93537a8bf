"""Snapshots of the optimizer's output on small programs; README.md in this folder explains their format and update."""

import shutil
import subprocess
import sys
from random import Random
from unittest import mock

import pytest
from rewriting import differing
from snapshots import EXPECTED, FOLDER, PIPELINE, cases, read, stale

from raspir.passes import depth
from raspir.rewriting import algebra
from raspir.testing.proofs.cases import RULES as CATALOG

CASES = cases()
RULES = {(rule.pass_, rule.name) for rule in CATALOG}
LENGTHS = (1, 2, 3, 5, 8)
POOLS = ("aabcde", (0, 1, 1, 2, 3), (False, True, 1, 0.5, "a"))  # what inputs without a vocabulary hold

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_case_of_a_rule = pytest.mark.parametrize(
    "case", [case for case in CASES if (case.folder, case.rule) in RULES], ids=lambda case: case.name
)


@each_case
def test_program(case):
    difference = case.difference()
    if difference:
        pytest.fail(f"{difference}\n\nIf that is what is wanted: python tests/filecheck/update.py {case.name}", False)


def test_every_rule_has_a_case():
    assert not RULES - {(case.folder, case.rule) for case in CASES}


def test_every_case_is_named_after_its_rule():
    others = {(case.folder, case.rule) for case in CASES} - RULES
    assert {folder for folder, _ in others} == {PIPELINE, "recognize", "schedule"}


def test_every_expected_program_belongs_to_a_case():
    assert not stale()


def without_rule(case):
    """Return a context in which the pass of a case lacks the rule that the case is about."""
    if case.folder == "depth":
        return mock.patch.object(depth, "RULES", tuple(rule for rule in depth.RULES if rule.name != case.rule))
    left = {
        operation: tuple(rule for rule in rules if algebra.rule_name(rule) != case.rule)
        for operation, rules in algebra.RULES.items()
    }
    return mock.patch.dict(algebra.RULES, left)


@each_case_of_a_rule
def test_rule_takes_part(case):
    if case.folder in ("fold", "depth"):
        with without_rule(case):
            assert str(case.optimized()) != case.expected()
    if case.folder != "fold":  # the rules of merge and fuse cannot be left out one by one
        remarks = []
        case.optimized(remarks=remarks)
        assert case.rule in [remark.rule for remark in remarks]


def inputs(graph):
    """Return inputs that satisfy the assumptions of ``graph``, none of them empty."""
    random = Random(0)
    vocabularies = {name: node["vocab"] for name, node in graph.inputs.items()}
    return [
        {name: random.choices(vocab or pool, k=length) for name, vocab in vocabularies.items()}
        for pool in POOLS
        for length in LENGTHS
        if graph.max_length is None or length <= graph.max_length
        for _ in range(3)
    ]


@each_case
def test_results(case):
    before, after = case.graph, case.expected_graph
    assert not differing(before, after, inputs(before))
    assert not differing(before, after, [{name: [] for name in before.inputs}])


@each_case
def test_again(case):
    assert str(case.optimized(case.expected_graph)) == case.expected()


@pytest.mark.parametrize(
    "comments", ["", "# Says what happens.\n# pass: fold\n", "# Says what happens.\n# attention: some\n"]
)
def test_comments_that_say_nothing_or_what_is_unknown(tmp_path, comments):
    path = tmp_path / "case.rir"
    path.write_text(comments + 'raspir 1\n%x = input name="x" : atom\noutput out = %x\n')
    with pytest.raises(ValueError, match="expected"):
        read(path)


def test_update(tmp_path):
    for name in ("snapshots.py", "update.py"):
        shutil.copy(FOLDER / name, tmp_path)
    shutil.copytree(FOLDER / "fold", tmp_path / "fold")
    expected = [case.expected_path.name for case in CASES if case.folder == "fold"]
    changed, missing, *others = [tmp_path / "fold" / name for name in expected]
    old = tmp_path / "fold" / f"old{EXPECTED}"
    for path in (changed, old):
        path.write_text("raspir 1\n")
    missing.unlink()
    written = [path.stat().st_mtime_ns for path in others]

    def update(*names):
        command = [sys.executable, str(tmp_path / "update.py"), *names]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    case = f"fold/{changed.name.removesuffix(EXPECTED)}"
    assert update(case).stdout == f"changed fold/{changed.name}\n"
    assert update().stdout == f"created fold/{missing.name}\ndeleted fold/{old.name}\n"
    assert update().stdout == "nothing changed\n"
    assert update("fold/nothing").stderr == "no case or folder is called fold/nothing\n"
    assert [path.name for path in sorted(old.parent.glob(f"*{EXPECTED}"))] == sorted(expected)
    assert [path.stat().st_mtime_ns for path in others] == written
