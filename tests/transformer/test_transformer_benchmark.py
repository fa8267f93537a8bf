"""The benchmark of transformers: figures, missed limits, wrong outputs, refusals, and cases that take too long."""

from dataclasses import replace

import pytest
import transformer as benchmark
from programs import addition

from raspir import tokens
from raspir.transformer.compile import compiled
from raspir.transformer.errors import TransformerError
from raspir.transformer.model import Transformer


def named(name):
    return next(task for task in benchmark.TASKS if task.name == name)


HIST = named("hist")


class Sent(list):
    """What was sent, in the place of a connection."""

    send = list.append


def test_the_figures_of_a_case():
    row = benchmark.row(HIST, 3)
    model = benchmark.transformer(HIST, 3)
    assert row.size == benchmark.Size(1, 1, 1, model.core_parameters, row.size.seconds)
    assert (row.check.wrong, row.check.compared) == (0, 1 + 4 + 16 + 64)
    assert row.check.memory > 8 * benchmark.BATCH
    assert row.missed == []


def test_missed_limits():
    size = benchmark.Size(2, 2, 3, 1_234, 0.5)
    row = benchmark.Row(HIST, 5, size, benchmark.Check(4, 50, 0.1, 100))
    assert row.missed == [
        "hist at 5: 2 layers, where the limit is 1",
        "hist at 5: 1,234 parameters, where the limit is 130",
        "hist at 5: 4 of 50 outputs are wrong",
    ]
    assert replace(row, n=7, size=replace(size, layers=1), check=None).missed == []  # no limit at this length


def test_wrong_outputs_are_counted():
    model = benchmark.transformer(HIST, 3)
    others = {name: [0 if atom == 3 else atom for atom in atoms] for name, atoms in model.outputs.items()}
    check = benchmark.checked(HIST, 3, Transformer(model.graph, model.weights, others))
    assert (check.wrong, check.compared) == (4, 85)  # three equal tokens


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [(1, 1, True), (1, 1.0, False), (True, 1, False), (0.1 + 0.2, 0.3, True), (0.3, 0.31, False), ("a", "a", True)],
)
def test_equal_atoms(given, expected, same):
    assert benchmark.is_same(given, expected) is same


def test_inputs_without_a_result_are_not_compared():
    task = benchmark.Task("digits", addition.digit("0") + tokens.map(lambda x: 1 // (x != "c")), 1, {}, {}, "abc")
    model = compiled(benchmark.raspir.optimize(task.program, vocab="abc", max_length=2))
    check = benchmark.checked(task, 2, model)
    assert (check.wrong, check.compared) == (0, 1 + 2 + 4)


def test_a_refusal_is_the_reason(monkeypatch):
    def refused(task, n):
        raise TransformerError("too close")

    monkeypatch.setattr(benchmark, "transformer", refused)
    sent = Sent()
    benchmark.measure(sent, "transformer", "hist", 3)
    assert sent == [None, "too close"]


def test_a_case_that_takes_too_long_or_dies(monkeypatch):
    monkeypatch.setattr(benchmark, "BUILDING", 0.0)
    assert benchmark.row(HIST, 3).missed == ["hist at 3: a transformer takes more than 0 s"]
    unknown = benchmark.row(replace(HIST, name="other"), 3)
    assert unknown.missed == ["other at 3: the process ended with exit code 1"]
    assert unknown.size is None


def test_the_tables_and_the_exit_code(capsys, monkeypatch):
    size = benchmark.Size(1, 2, 3, 1_120, 0.5)
    rows = {5: benchmark.Row(HIST, 5, size, benchmark.Check(0, 50, 0.1, 3 << 20)), 10: benchmark.Row(HIST, 10)}
    monkeypatch.setattr(benchmark, "row", lambda task, n: rows[n])
    assert benchmark.main(["--program", "hist", "--length", "5", "--length", "10"]) == 1
    shown = capsys.readouterr()
    assert "1,120" in shown.out
    assert "2,563 (1)" in shown.out
    assert "3 MiB" in shown.out
    assert shown.err == "hist at 5: 1,120 parameters, where the limit is 130\n"
    rows[5] = replace(rows[5], size=replace(size, parameters=100))
    assert benchmark.main(["--program", "hist", "--length", "5"]) == 0
    with pytest.raises(SystemExit):
        benchmark.main(["--program", "zork"])
