"""The one-way imports of the design, and what `from raspir import *` brings."""

import ast
import builtins
import subprocess
import sys
from pathlib import Path

import pytest

import raspir

PACKAGE = Path(raspir.__file__).parent
MAY_IMPORT = {  # each room, and the rooms below it
    "ir": set(),
    "frontends": {"ir"},
    "analysis": {"ir"},
    "passes": {"ir", "analysis", "registry", "options"},
    "registry": {"ir"},
    "options": {"ir", "registry"},
    "pictures": {"ir"},
    "backends": {"ir", "analysis", "pictures", "registry", "options", "_version"},
    "tables": {"ir", "passes", "backends", "pictures", "registry", "options", "verification"},
    "reports": {"ir", "passes", "pictures", "backends", "_version"},
    "progress": set(),
    "batch": {"ir", "backends"},
    "api": {"ir", "frontends", "passes", "backends", "reports", "pictures"},
    "testing": {"ir", "frontends", "passes", "backends", "registry", "options", "api"},
    "verification": {"ir", "analysis", "passes", "backends", "frontends", "testing", "api"},
    "cli": {
        "ir", "frontends", "passes", "backends", "registry", "options", "api", "tables", "progress", "batch", "testing",
        "verification", "__version__",
    },
}  # fmt: skip


def rooms_imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "raspir":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("raspir.")}
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    files = list((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]
    for file in files:
        assert rooms_imported(file) <= MAY_IMPORT[room] | {room}, file


def test_every_room_is_held():
    rooms = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert rooms - {"__pycache__", "__init__", "_version"} == set(MAY_IMPORT)


def test_star_import_brings_the_language_and_shadows_nothing():
    names = set(raspir.__all__)
    assert names == set("tokens indices identity key query where select aggregate raw SOp Selector Sequence".split())
    assert not names & set(dir(builtins))


def test_backends_is_a_function_and_a_package():
    import raspir.runtime.reference as module

    assert raspir.backends() == ("graphviz", "numpy", "reference", "text")
    assert raspir.runtime.reference is module


@pytest.mark.parametrize("module", ["raspir", "raspir.cli"])
def test_numpy_comes_only_with_the_backend(module):
    code = f"import sys, {module}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
