"""The long evidence: the results of its steps, its time limit, and that every planted fault still fits the sources."""

import os
import shutil
import time

import evidence
import mutations
import pytest


@pytest.mark.parametrize("fault", mutations.EVERY, ids=lambda fault: fault.what)
def test_a_fault_can_be_planted(fault, tmp_path):
    for file in {fault.file, *(file for file, _, _ in fault.more)}:
        (tmp_path / "raspir" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(mutations.ROOT / "raspir" / file, tmp_path / "raspir" / file)
    fault.make(tmp_path)
    changed = (tmp_path / "raspir" / fault.file).read_text(encoding="utf-8")
    compile(changed, fault.file, "exec")


def test_a_fault_that_fits_nothing_is_an_error(tmp_path):
    (tmp_path / "raspir").mkdir()
    (tmp_path / "raspir" / "own.py").write_text("a = 1\nb = 1\n")
    for right in ("= 1", "= 2"):
        with pytest.raises(SystemExit, match="times, not once"):
            mutations.Fault("own", "own.py", right, "= 3").make(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="steps are stopped by signals")
def test_results_of_steps(monkeypatch, capsys):
    sleeps = ("-c", "import time; time.sleep(600)")
    monkeypatch.setattr(evidence, "STEPS", {"good": ("-c", ""), "long": sleeps, "late": ("-c", "")})
    start = time.monotonic()
    assert evidence.main(["--minutes", "0.03"]) == 0
    assert time.monotonic() - start < 60
    rows = [line.split("│")[1:3] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["good", "passed"],
        ["long", "not finished"],
        ["late", "not started"],
    ]
    monkeypatch.setattr(evidence, "STEPS", {"bad": ("-c", "import sys; sys.exit(3)"), "good": ("-c", "")})
    assert evidence.main([]) == 1
    assert "failed with exit code 3" in capsys.readouterr().out
    assert evidence.main(["--only", "good"]) == 0


@pytest.mark.skipif(os.name != "posix", reason="steps are stopped by signals")
def test_ctrl_c_stops_the_step_that_runs(monkeypatch, capsys):
    started = []

    class Interrupted(evidence.subprocess.Popen):
        def wait(self, timeout=None):
            if self not in started:
                started.append(self)
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr(evidence.subprocess, "Popen", Interrupted)
    monkeypatch.setattr(evidence, "STEPS", {"long": ("-c", "import time; time.sleep(600)"), "late": ("-c", "")})
    assert evidence.main([]) == 130
    assert [step.poll() is not None for step in started] == [True]
    shown = capsys.readouterr().out
    assert "not finished" in shown
    assert "not started" in shown


def test_steps_name_what_there_is():
    assert next(iter(evidence.STEPS)) == "tests"
    for arguments in evidence.STEPS.values():
        script = arguments[0]
        assert script.startswith("-") or (evidence.ROOT / script).is_file()
