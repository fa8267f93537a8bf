"""The registry of backends, and choosing one.

A backend runs programs, writes them, draws them, or several of these; :mod:`raspir.backends.protocols` says what it has
for that. Installed packages add backends through the entry-point group ``raspir.backends``: the entry's name is the
backend's, and its value an object, or a class to be called without arguments, that keeps the protocols.
"""

from __future__ import annotations

from raspir.backends.adapter import BackendAdapter, FaultyBackendError
from raspir.backends.capabilities import Capabilities, Support
from raspir.backends.protocols import (
    Backend,
    Draws,
    Executable,
    Explains,
    Level,
    Reports,
    Runs,
    Strategy,
    Streams,
    Writes,
    violation,
)
from raspir.ir import BackendError
from raspir.ir.atoms import show
from raspir.ir.errors import reason
from raspir.plugins.options import chosen
from raspir.plugins.registry import Registry

__all__ = [
    "BACKENDS",
    "Backend",
    "BackendAdapter",
    "Capabilities",
    "Draws",
    "Executable",
    "Explains",
    "FaultyBackendError",
    "Level",
    "Reports",
    "Runs",
    "Strategy",
    "Streams",
    "Support",
    "Writes",
    "choose",
    "drawer",
    "explainer",
    "runner",
    "writer",
]

BACKENDS: Registry[Backend] = Registry(
    "backend",
    "raspir.backends",
    {
        "graphviz": "raspir.backends.graphviz:Graphviz",
        "numpy": "raspir.backends.numpy:NumPy",
        "reference": "raspir.runtime.reference:Reference",
        "text": "raspir.backends.text:Text",
    },
    Backend,
    violation,
)
"""All backends."""


def choose(backend: str | Backend) -> BackendAdapter:
    """Return a backend as raspir calls it: with what it is given and what it answers looked at.

    Args:
        backend: its name, with options in braces as in ``mermaid{direction=LR}``; or a backend that need not be
            installed.

    Raises:
        BackendError: if there is none of that name, it cannot be used, it has no such option or value, or the object is
            no backend.
    """
    if isinstance(backend, str):
        found = chosen(BACKENDS, backend)
        return BackendAdapter(found, BACKENDS.origin_of(found), found.name in BACKENDS.built_in)
    broken = "it is a class: give an object of it" if isinstance(backend, type) else _broken(backend)
    if broken is not None:
        raise BackendError(f"{show(backend)} is not a backend: {broken}")
    return BackendAdapter(backend, "", False)


def _broken(backend: object) -> str | None:
    """Say how an object is no backend, whatever happens when it is looked at; ``None`` where it is one."""
    try:
        return BACKENDS.violation(backend)
    except Exception as error:  # its attributes may be computed
        return f"it cannot be looked at: {reason(error)}"


def runner(backend: str | Backend) -> BackendAdapter:
    """Return the backend that ``backend`` chooses, which runs programs.

    Raises:
        BackendError: as :func:`choose` does, and if it does not run programs.
    """
    return _able(backend, Runs, "does not run programs")


def writer(backend: str | Backend) -> BackendAdapter:
    """Return the backend that ``backend`` chooses, which writes programs.

    Raises:
        BackendError: as :func:`choose` does, and if it does not write programs.
    """
    return _able(backend, Writes, "writes nothing")


def explainer(backend: str | Backend) -> BackendAdapter:
    """Return the backend that ``backend`` chooses, which says how it evaluates selectors.

    Raises:
        BackendError: as :func:`choose` does, and if it has no plan.
    """
    return _able(backend, Explains, "has no plan that it could show")


def drawer(backend: str | Backend) -> BackendAdapter:
    """Return the backend that ``backend`` chooses, which draws programs.

    Raises:
        BackendError: as :func:`choose` does, and if it draws nothing.
    """
    return _able(backend, Draws, "draws nothing")


def _able(backend: str | Backend, protocol: type, lack: str) -> BackendAdapter:
    found = choose(backend)
    if not isinstance(found.backend, protocol):
        raise BackendError(f"backend {found.name!r} {lack} ({found.summary})")
    return found
