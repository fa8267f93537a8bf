"""``make demo`` and ``make test`` as in a checkout, without installing anything."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("make") is None, reason="there is no make")


def script(path, command):
    path.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    path.chmod(0o755)


def make(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        ["make", "-s", *arguments], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.evidence
def test_the_demo_is_short_and_ends_with_links(tmp_path):
    bin = tmp_path / "environment" / "bin"
    bin.mkdir(parents=True)
    script(bin / "python", f"exec '{sys.executable}' \"$@\"")
    script(bin / "raspir", f"exec '{sys.executable}' -c 'from raspir.cli import main; main()' \"$@\"")
    for stamp in ("python.stamp", "base.stamp"):
        (tmp_path / "environment" / stamp).touch()
    done = make("demo", f"VENV={tmp_path / 'environment'}", f"DEMO={tmp_path / 'shown'}")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "[0, 0, 0, 1, 0, 2, 8]" in lines
    assert len(lines) <= 40
    linked = {Path(unquote(urlparse(line).path)) for line in lines if line.startswith("file://")}
    assert linked == {*(tmp_path / "shown").iterdir()}
    assert lines[-1].endswith("/add.html")


def test_the_demo_has_one_kind_of_attention_throughout():
    recipe = make("-n", "demo").stdout
    commands = re.findall(r"^\S*/raspir (\w+) (.*)$", recipe, re.MULTILINE)
    assert {command for command, _ in commands} == {"run", "stats", "opt", "draw", "report"}
    assert all("--attention best" in options for _, options in commands)


def test_an_environment_with_the_former_distribution_is_cleared_of_it_first(tmp_path):
    """Both would own the command ``raspir``, so that uninstalling the former one later would remove it."""
    bin = tmp_path / "environment" / "bin"
    bin.mkdir(parents=True)
    (tmp_path / "environment" / "python.stamp").touch()
    script(bin / "python", f"echo \"$@\" >> '{tmp_path / 'calls'}'")
    assert make(str(tmp_path / "environment" / "base.stamp"), f"VENV={tmp_path / 'environment'}").returncode == 0
    first, second = (tmp_path / "calls").read_text().splitlines()
    assert first.startswith("-m pip uninstall -qq ")
    assert first.endswith(" raspir")
    assert second.startswith("-m pip install ")
