"""``raspir fuzz``: output and saved files, a faulty pass from an installed package, and Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import raspir
from plugins import install as packages
from test_cli import output, refused
from test_cli_passes import find, install

WRONG = """
from raspir.ir import build


class Wrong:
    name = "wrong"
    summary = "selects its own position, too"

    def run(self, graph, context):
        made = {}
        for node in graph.nodes:
            attributes = {name: node[name] for name, _ in node.operation.attributes}
            name = "select.le" if node.operation.name == "select.lt" else node.operation.name
            made[node] = build(name, *(made[operand] for operand in node.operands), **attributes)
        outputs = {name: made[node] for name, node in graph.outputs.items()}
        return graph.derived(outputs=outputs)
"""


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    install(tmp_path, "wrongly", WRONG, "wrong = wrongly:Wrong\n")
    find(tmp_path, monkeypatch)
    return tmp_path


def without_times(text):
    return re.sub(r"; \d+ cases/s, \d+ in a second of one core", "", text)


def test_it_says_what_was_covered():
    lines = output("fuzz", "--cases", "120", "--seed", "4", "--jobs", "2").splitlines()
    assert re.match(r"passes: .*\bdefault \d", lines[0])
    assert any(line.startswith("strategies: ") for line in lines)
    assert re.fullmatch(
        r"120 cases, no difference; \d+ cases/s, \d+ in a second of one core; on numpy, reference", lines[-1]
    )


def test_the_same_for_one_seed_whatever_the_processes():
    one, two = (raspir("fuzz", "--cases", "90", "--seed", "9", "--jobs", jobs) for jobs in "12")
    assert (one.returncode, two.returncode) == (0, 0)
    assert without_times(one.stdout) == without_times(two.stdout)


def test_a_wrong_pass_is_found_made_small_saved_and_shown(wrong):
    found = raspir("fuzz", "--cases", "4000", "--seed", "1", "--jobs", "2", cwd=wrong)
    assert found.returncode == 1, found
    (saved,) = wrong.glob("raspir-fuzz-1-*.py")
    code = saved.read_text(encoding="utf-8")
    assert found.stdout.startswith(code)
    assert f"Saved in {saved.name}: run it with python {saved.name}\n" in found.stdout
    assert re.search(r"^\d+ cases, 1 difference; ", found.stdout.splitlines()[-1])
    assert "wrong" in re.search(r"SETTING = (.*)", code)[1]
    assert code.count("\n%") <= 5
    shown = subprocess.run([sys.executable, saved.name], cwd=wrong, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "unoptimized it yields" in shown.stdout
    assert shown.stdout.startswith("on [")
    (wrong / "wrongly.py").write_text(WRONG.replace("select.le", "select.lt"), encoding="utf-8")
    shown = subprocess.run([sys.executable, saved.name], cwd=wrong, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (0, "no difference\n")


def test_a_difference_found_again_is_saved_beside_the_first(wrong):
    arguments = ("fuzz", "--cases", "400", "--passes", "wrong", "--backend", "reference", "--jobs", "1", "-o", "at.py")
    assert raspir(*arguments, cwd=wrong).returncode == 1
    again = raspir(*arguments, cwd=wrong)
    assert again.returncode == 1
    assert "Saved in at-2.py" in again.stdout
    assert (wrong / "at.py").read_text() == (wrong / "at-2.py").read_text()


REFUSES = """
from raspir import BackendError
from raspir.backends.base import Support


class Refuses:
    name = "refuses"
    summary = "runs nothing"

    def compile(self, graph, /):
        raise BackendError("not today")


class Unfinished:
    name = "unfinished"
"""


def test_to_compare_nothing_is_no_success(tmp_path, monkeypatch):
    packages(tmp_path, "refuses", REFUSES, backends="refuses = refuses:Refuses\nunfinished = refuses:Unfinished")
    find(tmp_path, monkeypatch)
    message = "nothing was compared on backend refuses: it supports none of the programs"
    done = raspir("fuzz", "--cases", "20", "--jobs", "1", "--backend", "refuses", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"raspir: {message}\n")
    done = raspir("fuzz", "--cases", "60", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == f"raspir: left out, since they cannot be used: backend unfinished\nraspir: {message}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backend", "nowhere"], "there is no backend 'nowhere'"),
        (["--backend", "graphviz"], "does not run programs"),
        (["--passes", "fold,nowhere"], "there is no pass 'nowhere'"),
        (["--cases", "0"], "--cases is a positive number, not 0"),
        (["--jobs", "-1"], "--jobs is a positive number, not -1"),
        (["--output", "no/such/folder/x.py"], "cannot write no/such/folder/x.py: No such file or directory"),
        (["--time-limit", "0"], "--time-limit is a positive number of seconds, not 0"),
        (["--time-limit", "inf"], "--time-limit is a positive number of seconds, not inf"),
        (["--failures", "0"], "--failures is a positive number, not 0"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    assert message in refused("fuzz", *arguments)


@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent as signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_stops_it_cleanly(jobs, tmp_path):
    handled = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell may have it ignored
    code = f"{handled}; from raspir.cli import main; main()"
    started = subprocess.Popen(
        [sys.executable, "-c", code, "fuzz", "--cases", "10000000", "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    time.sleep(4)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to all processes
    try:
        out, errors = started.communicate(timeout=60)
    finally:  # one that does not stop would compute on beside all other tests
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
    assert started.returncode == 130
    assert "Traceback" not in errors
    assert out.splitlines()[-1].startswith("stopped after ")
