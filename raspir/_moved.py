"""Modules that have moved: their old names still import, with a warning that names the new one."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader, MetaPathFinder
    from types import ModuleType
else:
    Loader = MetaPathFinder = object  # importlib.abc is slow to import, and every program imports this module

MOVED = {
    "raspir.batch": "raspir.cli.batch",
    "raspir.backends.calling": "raspir.backends.adapter",
    "raspir.backends.inputs": "raspir.runtime.inputs",
    "raspir.backends.messages": "raspir.runtime.messages",
    "raspir.backends.reference": "raspir.runtime.reference",
    "raspir.backends.support": "raspir.backends.capabilities",
    "raspir.frontends.embedded": "raspir.frontends.python.embedded",
    "raspir.frontends.python.expressions": "raspir.frontends.expressions",
    "raspir.frontends.python.lowering": "raspir.frontends.lowering",
    "raspir.frontends.python.source": "raspir.frontends.source",
    "raspir.ir.critical": "raspir.analysis.critical_path",
    "raspir.ir.describe": "raspir.ir.text.describe",
    "raspir.ir.forking": "raspir._forking",
    "raspir.ir.parser": "raspir.ir.text.parser",
    "raspir.ir.printer": "raspir.ir.text.printer",
    "raspir.ir.rules": "raspir.ir.typing",
    "raspir.ir.scalar": "raspir.ir.evaluation",
    "raspir.ir.sequence": "raspir.runtime.sequence",
    "raspir.options": "raspir.plugins.options",
    "raspir.passes.algebra": "raspir.rewriting.algebra",
    "raspir.passes.rewrite": "raspir.rewriting.graphs",
    "raspir.pictures": "raspir.viz",
    "raspir.progress": "raspir.cli.progress",
    "raspir.registry": "raspir.plugins.registry",
    "raspir.reports": "raspir.viz.report",
    "raspir.tables": "raspir.cli.tables",
    "raspir.testing.minimise": "raspir.testing.minimize",
    "raspir.verification": "raspir.validation",
    "raspir.verification.validation": "raspir.validation.translation",
}
"""The new name of each old one that plugins and tools may import; modules of a package moved with it."""


def moved(name: str) -> str | None:
    """Return the new name of a module, ``None`` if it has not moved."""
    if name in MOVED:
        return MOVED[name]
    package, _, module = name.rpartition(".")
    return f"{MOVED[package]}.{module}" if package in MOVED else None


class _Alias(Loader):
    """Gives an old name to the module of the new name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        from importlib import import_module

        module = import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has put that of the old name there


class _Finder(MetaPathFinder):
    """Finds modules that have moved. It is asked first: a package under its old name finds its modules itself, anew."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        new = moved(name)
        if new is None:
            return None
        import warnings

        warnings.warn(f"the module {name} has moved: import {new}", DeprecationWarning, stacklevel=2)
        return ModuleSpec(name, _Alias(new))


def find_moved() -> None:
    """Let the old names be imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
