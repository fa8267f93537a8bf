"""Installation of the dialect under Tracr's own module names, in this process."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from raspir.frontends.source import mistake
from raspir.ir.tracebacks import public
from raspir.tracr import causal_eval, compiling, lib, rasp

_TRACR = "tracr"
_MODULES = {
    "tracr.rasp.rasp": rasp,
    "tracr.rasp.causal_eval": causal_eval,
    "tracr.compiler.compiling": compiling,
    "tracr.compiler.lib": lib,
}

_installed: dict[str, ModuleType] = {}
"""The modules that :func:`install` has put in place."""
_hidden: dict[str, ModuleType] = {}
"""The modules that were there before."""


@public
def install(replace: bool = False) -> None:
    """Let ``tracr.rasp`` and ``tracr.compiler`` be raspir's in all imports from here on; a second call does nothing.

    Args:
        replace: whether to hide an installation of Tracr itself, until :func:`uninstall`.

    Raises:
        ProgramError: if Tracr itself is installed, unless it is to be replaced.
    """
    if _installed:
        return
    if not replace and _is_present():
        mistake(
            "Tracr itself is installed, and `import tracr` would no longer find it: raspir.tracr.install(replace=True) "
            "hides it until raspir.tracr.uninstall()"
        )
    _hidden.update(_taken())
    for name in _hidden:
        del sys.modules[name]
    _installed.update(_packages())
    sys.modules.update(_installed)


@public
def uninstall() -> None:
    """Undo :func:`install`; without it, do nothing."""
    if not _installed:
        return
    for name in _taken():
        del sys.modules[name]
    sys.modules.update(_hidden)
    _installed.clear()
    _hidden.clear()


def _taken() -> dict[str, ModuleType]:
    """Return the modules that are imported under Tracr's names."""
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == _TRACR}


def _is_present() -> bool:
    """Return whether Tracr itself can be imported; a file or folder of the user's own may have its name."""
    try:
        spec = importlib.util.find_spec(_TRACR)
    except ValueError:  # a module that somebody else has put in its place
        return True
    folders = (spec.submodule_search_locations if spec is not None else None) or ()
    return any((Path(folder) / "rasp").is_dir() for folder in folders)


def _packages() -> dict[str, ModuleType]:
    """Return the modules by their names, and the packages above them."""
    found: dict[str, ModuleType] = dict(_MODULES)
    for name in (_TRACR, *dict.fromkeys(name.rpartition(".")[0] for name in _MODULES)):
        found[name] = module = ModuleType(name, "Tracr's names for raspir.tracr.")
        module.__spec__ = ModuleSpec(name, None, is_package=True)
        module.__path__ = []
    for name, module in found.items():
        package, _, own = name.rpartition(".")
        if package:
            setattr(found[package], own, module)
    return found
