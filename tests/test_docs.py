"""Consistency of the documentation's tables with the code."""

import os
import re
import subprocess
import sys
import tomllib
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import depth
import pytest
from programs import CAUSAL, PROGRAMS

from raspir._distribution import DISTRIBUTION
from raspir.passes.base import PASSES
from raspir.passes.depth import RULES
from raspir.passes.pipeline import DEFAULT

ROOT = Path(__file__).parent.parent


def test_the_readme_has_the_measured_depths():
    for programs in (PROGRAMS, CAUSAL):
        rows = [depth.measure(program, inputs=1, seed=0) for program in programs]
        assert depth.markdown(rows) in (ROOT / "README.md").read_text()


def test_the_optimizer_page_has_all_rules_and_passes():
    page = (ROOT / "docs" / "optimizer.md").read_text()
    for rule in RULES:
        best = " (best)" if rule.attention == "best" else ""
        algebra = rule.algebra.replace("|", "\\|")
        assert f"| {rule.name}{best} | `{algebra}` |" in page
    for name in PASSES.names():
        assert f"| `{name}` |" in page
    assert f"`{','.join(DEFAULT)}`" in page


def commands():
    """Yield what the pages show of the command line: the page, a command, and what it prints."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"^```\n(\$ .*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE):
            for part in block.removeprefix("$ ").split("\n$ "):
                command, _, printed = part.partition("\n")
                yield pytest.param(command, printed, id=f"{page.name}: {command}")


@pytest.mark.skipif(os.name != "posix", reason="the pages show a POSIX shell")
@pytest.mark.parametrize(("command", "printed"), [*commands()])
def test_what_the_pages_show_of_the_command_line(command, printed, tmp_path):
    script = tmp_path / "raspir"
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'from raspir.cli import main; main()' \"$@\"\n")
    script.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONIOENCODING": "utf-8"}
    options = {"cwd": ROOT, "env": environment, "text": True, "encoding": "utf-8"}
    got = subprocess.run(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options
    ).stdout
    if printed:
        flags = ELLIPSIS | NORMALIZE_WHITESPACE  # pages may show fewer spaces between columns
        assert OutputChecker().check_output(printed.replace("…", "..."), got, flags), got
    else:
        assert got.startswith("raspir 1\n"), got  # a page need not show all of a program


def texts():
    """Yield the files of the project in which people and tools read what to install."""
    for pattern in ("*.md", "*.toml", "*.py", "*.ipynb", "Makefile"):
        for folder in ("", "docs", "examples", "raspir", "benchmarks"):
            found = (ROOT / folder).rglob(pattern) if folder else ROOT.glob(pattern)
            yield from (path for path in found if not path.name.startswith("."))


def test_everything_names_the_distribution_that_is_raspir():
    """On the package index, ``raspir`` is another project; extras and requirements of that name would fetch it."""
    name = r"(?<![\w./-])raspir(?![\w./-])"
    other = re.compile(rf"""\braspir\[\w+\]|\b(?:pipx?|tool) install\b[^`#\n]*{name}|["']raspir\s*[<>=~!]""")
    assert other.search("$ pip install -q 'raspir'")
    assert other.search("it needs raspir[proofs]")
    assert other.search('dependencies = ["raspir>=0.1"]')
    assert not other.search("pip install 'raspir-toolchain[proofs]' ./raspir")
    assert [(path, found[0]) for path in texts() for found in other.finditer(path.read_text(encoding="utf-8"))] == []


def test_extras_that_messages_name_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    extras = set(project["optional-dependencies"])
    naming = re.compile(r"installing\(.(\w+).\)|raspir-toolchain\[(\w+)\]")
    pairs = [pair for path in texts() for pair in naming.findall(path.read_text(encoding="utf-8"))]
    found = {extra for pair in pairs for extra in pair if extra}
    assert {"pictures", "proofs", "testing"} <= found <= extras
