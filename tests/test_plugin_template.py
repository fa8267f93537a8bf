"""The plugin template and guide, followed as a user would: fresh environment, pip, command line.

Nothing is downloaded: raspir's dependencies come from the test environment, and everything else is built and installed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the guide shows a POSIX shell")
ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "examples" / "plugin_backend"
GUIDE = (ROOT / "docs" / "backends.md").read_text(encoding="utf-8")
ADD = "examples/addition.py:add"


class Fresh:
    """A virtual environment with raspir installed from a copy of this checkout."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        scripts = "Scripts" if os.name == "nt" else "bin"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}
        self.environment = {
            **inherited,
            "PATH": os.pathsep.join([str(folder / scripts), os.environ["PATH"]]),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_COLOR": "1",
            "PIP_NO_INDEX": "1",  # so what is needed and not there would be an error
            "PIP_NO_BUILD_ISOLATION": "false",  # this is how pip spells that the build needs nothing fetched
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_WARN_SCRIPT_LOCATION": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        self._borrow(folder / "borrowed")

    def _borrow(self, folder):
        """Let the environment find what is installed beside raspir here, but nothing of raspir or its plugins."""
        folder.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if "raspir" not in path.name and path.suffix != ".pth":
                (folder / path.name).symlink_to(path)
        (self.site / "borrowed.pth").write_text(f"{folder}\n", encoding="utf-8")

    @property
    def site(self):
        """Return where the environment has its packages."""
        [found] = [path for path in self.folder.rglob("site-packages") if path.is_dir()]
        return found

    def run(self, command, cwd, code=0):
        done = subprocess.run(
            command,
            shell=isinstance(command, str),
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return a fresh environment with raspir, and a copy of the examples to build in."""
    folder = tmp_path_factory.mktemp("fresh")
    environment = Fresh(folder / "venv")
    source = folder / "raspir"
    unused = shutil.ignore_patterns("__pycache__", ".*", "dist", "build")
    for name in ("raspir", "examples"):
        shutil.copytree(ROOT / name, source / name, ignore=unused)
    for name in ("pyproject.toml", "_raspir_main.py", "_raspir_pytest.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    environment.run("pip install --quiet --no-deps .", source)
    where = environment.run(["python", "-c", "import raspir; print(raspir.__file__)"], folder)
    assert Path(where.strip()).is_relative_to(environment.site)
    environment.source = source
    return environment


@pytest.fixture(scope="module")
def installed(fresh):
    """Return the environment with the template in it, which needs nothing but raspir and so fetches nothing."""
    fresh.run("pip install --quiet ./examples/plugin_backend", fresh.source)
    return fresh


def test_the_template_writes_flowcharts(installed):
    written = installed.run(["raspir", "emit", ADD, "--backend", "mermaid"], installed.source)
    assert written.startswith('---\ntitle: "sum: ')
    assert "flowchart TB\n" in written
    assert "subgraph layer1" in written
    options = ["--backend", "mermaid{direction=LR}", "--input", "683+345", "--no-optimize"]
    shown = installed.run(["raspir", "emit", ADD, *options], installed.source)
    assert "flowchart LR\n" in shown
    assert "→ '683+345'" in shown
    assert shown.count("subgraph layer") == 7
    line = installed.run(["raspir", "emit", ADD, "-b", "mermaid{direction=up}"], installed.source, code=2)
    assert line == "raspir: the option direction of backend mermaid takes TB or BT or LR or RL, not 'up'\n"
    line = installed.run(["raspir", "emit", ADD, "-b", "mermaid{shown=0}"], installed.source, code=2)
    assert line == "raspir: backend mermaid: shown must be positive, not 0\n"
    line = installed.run(["raspir", "run", ADD, "-b", "mermaid", "-i", "1+1"], installed.source, code=2)
    assert line.startswith("raspir: backend 'mermaid' does not run programs (writes the program as a Mermaid")


def test_the_template_is_listed_with_what_it_is(installed):
    listed = json.loads(installed.run(["raspir", "backends", "--json"], installed.source))
    names = [each["name"] for each in listed]
    assert names == ["graphviz", "numpy", "reference", "text", "transformer", "mermaid"]
    assert listed[-1] == {
        "name": "mermaid",
        "summary": "writes the program as a Mermaid flowchart of its layers and heads",
        "package": "raspir-mermaid 0.1.0",
        "problem": None,
        "options": [
            {"name": "direction", "type": "TB or BT or LR or RL", "default": "TB"},
            {"name": "shown", "type": "int", "default": 12},
        ],
        "level": "layered",
        "runs": False,
        "writes": [".mmd", ".mermaid"],
        "draws": [],
        "supports": "everything",
    }
    table = installed.run(["raspir", "backends"], installed.source)
    assert all(part in table for part in ("mermaid", "layered", "writes .mmd .mermaid", "shown: int = 12"))
    names = "import raspir; print(*raspir.backends())"
    assert installed.run(["python", "-c", names], installed.source).split()[-1] == "mermaid"


def test_the_shell_completes_the_template(installed):
    words = "raspir emit x --backend me"
    completing = {"_RASPIR_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "4"}
    command = ["env", *(f"{name}={value}" for name, value in completing.items()), "raspir"]
    assert installed.run(command, installed.source).split() == ["mermaid"]


def test_the_tests_of_the_template_pass(installed):
    folder = installed.source / "examples" / "plugin_backend"
    assert " passed" in installed.run("python -m pytest -q -p no:cacheprovider", folder)


def files_of_the_guide():
    """Yield the files that the guide shows: blocks that begin with a comment that names one."""
    for block in re.findall(r"^```(?:py|toml)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE):
        named = re.match(r"# ([\w/]+\.\w+)\n", block)
        if named:
            yield named[1], block


def commands_of_the_guide():
    """Yield each command that the guide shows, and what it prints."""
    for block in re.findall(r"^```console\n\$ (.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE):
        for part in block.split("\n$ "):
            yield part.partition("\n")[::2]


@pytest.fixture(scope="module")
def guide(fresh, tmp_path_factory):
    """Return a folder in which the guide has been followed from its first line to its last."""
    tmp_path = tmp_path_factory.mktemp("guide")
    (tmp_path / "raspir_guide").mkdir()
    (tmp_path / "raspir_guide" / "__init__.py").touch()
    for name, content in files_of_the_guide():
        (tmp_path / name).write_text(content, encoding="utf-8")
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"pyproject.toml", "program.py", "test_guide.py", "raspir_guide"}
    commands = [*commands_of_the_guide()]
    assert len(commands) >= 8
    checker, flags = OutputChecker(), ELLIPSIS | NORMALIZE_WHITESPACE
    for command, printed in commands:
        fails = printed.startswith("raspir: ")
        got = fresh.run(command, tmp_path, code=2 if fails else 0)
        assert checker.check_output(printed.replace("…", "..."), got, flags), f"$ {command}\n{got}"
    return tmp_path


def test_the_guide_from_its_first_line_to_its_last(fresh, guide):
    once = "raspir emit program.py:flip --backend 'outline{bullet=*}'"
    assert fresh.run(once, guide).startswith("* layer 0: ")
    listed = json.loads(fresh.run("raspir backends --json", guide))
    [layers] = [each for each in listed if each["name"] == "layers"]
    assert layers["runs"]
    assert layers["supports"]["aggregates"] == ["sum"]
    assert "select.by" not in layers["supports"]["operations"]


@pytest.mark.evidence
def test_the_backend_of_the_guide_conforms(fresh, guide):
    held = "python -m pytest -q -p _raspir_pytest -p no:cacheprovider --pyargs raspir.testing.conformance"
    message = fresh.run(f"{held} --backend layers --programs 5 -k 'not lengths'", guide)
    assert "layers conforms in " in message
