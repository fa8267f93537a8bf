"""The one-way import structure, and the names exported by ``from raspir import *``."""

import ast
import builtins
import importlib
import inspect
import subprocess
import sys

import pytest
import rooms

import raspir
from raspir._moved import MOVED

MAY_IMPORT = {  # each room, and the rooms below it
    "ir": set(),
    "plugins": {"ir"},
    "analysis": {"ir"},
    "rewriting": {"ir", "analysis"},
    "passes": {"ir", "plugins", "analysis", "rewriting"},
    "viz": {"ir", "analysis", "passes", "_version"},
    "runtime": {"ir", "viz"},
    "backends": {"ir", "plugins", "analysis", "rewriting", "viz", "runtime", "_version"},
    "frontends": {"ir", "runtime", "backends"},
    "library": {"ir", "frontends"},
    "api": {"ir", "passes", "viz", "runtime", "backends", "frontends"},
    "validation": {"ir", "analysis", "runtime", "backends"},
    "testing": {
        "ir", "plugins", "analysis", "rewriting", "passes", "runtime", "backends", "frontends", "api", "validation",
    },
    "cli": {
        "ir", "plugins", "analysis", "passes", "viz", "runtime", "backends", "frontends", "api", "validation",
        "testing", "raspir",
    },
}  # fmt: skip


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    graph = rooms.room_graph()
    found = set(graph.successors(room)) if room in graph else set()
    assert found <= MAY_IMPORT[room]


def test_every_room_is_held():
    found = {rooms.room_of(module) for module in rooms.FILES}
    assert found - {"raspir", "_version", "_moved"} == set(MAY_IMPORT)


def test_no_file_imports_itself_through_others():
    assert not rooms.cycles(rooms.file_graph())
    assert not rooms.cycles(rooms.room_graph())


@pytest.mark.parametrize(("old", "new"), [*MOVED.items(), ("raspir.pictures.trace", "raspir.viz.trace")])
@pytest.mark.filterwarnings("ignore:the module .* has moved:DeprecationWarning")  # of the package, in this process
def test_modules_that_have_moved_are_found(old, new):
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=rf"the module {old} has moved: import {new}"):
        assert importlib.import_module(old) is importlib.import_module(new)
    assert importlib.import_module(new).__spec__.name == new


def test_names_that_plugins_may_import():
    """What the pages and the template of a plugin import, under the names from before modules moved."""
    code = """
from raspir.backends.base import Level, Support
from raspir.backends.reference import Reference
from raspir.backends.tracing import traced
from raspir.ir import Atom, Graph, Head, Layer, LayeredProgram, Mlp, Node, Role, build
from raspir.ir.atoms import show
from raspir.ir.describe import Describer
from raspir.ir.scalar import MEANING, checked, function_of
from raspir.ir.types import INT
from raspir.passes.base import PassContext, Remark
from raspir.passes.rewrite import translated
from raspir.pictures.attention import head_svg
from raspir.pictures.trace import Trace
from raspir.testing import Setting, conformance, difference, inputs_for, programs
from raspir.verification.validation import validate
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_star_import_brings_the_language_and_shadows_nothing():
    names = set(raspir.__all__)
    assert names == set("tokens indices identity key query where select aggregate raw SOp Selector Sequence".split())
    assert not names & set(dir(builtins))


def test_public_names_are_exported_explicitly():
    """As mypy --strict requires of an installed package: a name is in ``__all__``, or imported as itself."""
    imports = [each for each in ast.walk(ast.parse(inspect.getsource(raspir))) if isinstance(each, ast.ImportFrom)]
    names = {alias.name: alias.asname for each in imports if each.module != "__future__" for alias in each.names}
    assert names["compile"] == "compile"
    implicit = {name for name, alias in names.items() if alias is None}
    assert implicit - {"TYPE_CHECKING"} == set(raspir.__all__)


def test_backends_is_a_function_and_a_package():
    import raspir.runtime.reference as module

    assert raspir.backends() == ("graphviz", "numpy", "reference", "text")
    assert raspir.runtime.reference is module


@pytest.mark.parametrize("module", ["raspir", "raspir.cli"])
def test_numpy_comes_only_with_the_backend(module):
    code = f"import sys, {module}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
