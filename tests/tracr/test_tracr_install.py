"""``raspir.tracr.install``: in processes of their own, as it changes what is imported from then on."""

import subprocess
import sys

import pytest

IMPORTS = """
import tracr
import tracr.rasp.rasp
from tracr.rasp import rasp
from tracr.rasp import causal_eval
from tracr.compiler import compiling
from tracr.compiler import lib
"""


@pytest.fixture
def real(tmp_path):
    """A package like the real one, on the path of ``run``."""
    for package in ("tracr", "tracr/rasp", "tracr/compiler"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "tracr/rasp/rasp.py").write_text("real = True\n")
    (tmp_path / "tracr/compiler/lib.py").write_text("real = True\n")
    return tmp_path


@pytest.fixture
def run(tmp_path):
    def run(code):
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_imports_find_raspirs(run):
    out = run(
        f"import raspir.tracr\nraspir.tracr.install()\n{IMPORTS}\n"
        "import importlib.util\n"
        "print(rasp is raspir.tracr.rasp is tracr.rasp.rasp, causal_eval is raspir.tracr.causal_eval)\n"
        "print(compiling is raspir.tracr.compiling is tracr.compiler.compiling, lib is raspir.tracr.lib)\n"
        "print(importlib.util.find_spec('tracr').name)\n"
        "print(lib.make_reverse(rasp.tokens)('abc'))\n"
    )
    assert out == "True True\nTrue True\ntracr\n['c', 'b', 'a']\n"


def test_uninstall_leaves_no_trace(run):
    code = (
        "import sys, raspir, raspir.tracr\nbefore = dict(sys.modules)\n"
        "raspir.tracr.uninstall()\nraspir.tracr.install()\nraspir.tracr.install()\n"
        f"{IMPORTS}\nraspir.tracr.uninstall()\nprint(sys.modules == before)\n"
        "try:\n    import tracr\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    )
    assert run(code) == "True\nNo module named 'tracr'\n"


def test_what_has_no_counterpart_is_not_found(run):
    code = "import raspir\nraspir.tracr.install()\ntry:\n    import tracr.craft\n"
    assert run(code + "except ModuleNotFoundError as error:\n    print(error)") == "No module named 'tracr.craft'\n"


@pytest.mark.parametrize("imported", ["", "import tracr.rasp.rasp\n"])
def test_the_real_one_is_not_hidden_by_accident(run, real, imported):
    code = (
        f"import sys, raspir.tracr\n{imported}before = dict(sys.modules)\n"
        "try:\n    raspir.tracr.install()\nexcept raspir.RaspirError as error:\n    print(error)\n"
        "print(sys.modules == before)"
    )
    message = (
        f"<string>:{5 if imported else 4}: Tracr itself is installed, and `import tracr` would no longer find it: "
        "raspir.tracr.install(replace=True) hides it until raspir.tracr.uninstall()"
    )
    assert run(code) == f"{message}\nTrue\n"


@pytest.mark.parametrize("imported", ["", "import tracr.rasp.rasp\n"])
def test_the_real_one_is_hidden_and_comes_back(run, real, imported):
    out = run(
        f"import sys, raspir.tracr\n{imported}before = dict(sys.modules)\n"
        "raspir.tracr.install(replace=True)\nfrom tracr.rasp import rasp\nprint(rasp is raspir.tracr.rasp)\n"
        "raspir.tracr.uninstall()\nprint(sys.modules == before)\nfrom tracr.rasp import rasp\nprint(rasp.real)\n"
    )
    assert out == "True\nTrue\nTrue\n"


def test_a_file_of_the_users_own_is_no_obstacle(run, tmp_path):
    (tmp_path / "tracr.py").write_text("")
    out = run("import raspir\nraspir.tracr.install()\nfrom tracr.rasp import rasp\nprint(rasp is raspir.tracr.rasp)")
    assert out == "True\n"
