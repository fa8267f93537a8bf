"""The backend registry and backend selection.

A backend runs, writes or draws programs, or several of these; :mod:`raspir.backends.protocols` defines the protocols.
Installed packages add backends through the entry-point group ``raspir.backends``: the entry point is named after the
backend, and its value is an object that implements the protocols, or a class to be called without arguments.
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
from raspir.ir.tracebacks import public
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
        "transformer": "raspir.transformer.backend:Weighted",
    },
    Backend,
    violation,
)
"""The registry of all backends."""


@public
def choose(backend: str | Backend) -> BackendAdapter:
    """Return a backend wrapped in an adapter that validates its inputs and results.

    Args:
        backend: the name of a backend, with options in braces as in ``mermaid{direction=LR}``; or a backend object,
            which need not be installed.

    Raises:
        BackendError: if the name is unknown, the backend is unusable, an option or its value is invalid, or the object
            is not a backend.
    """
    if isinstance(backend, str):
        member = chosen(BACKENDS, backend)
        return BackendAdapter(member, BACKENDS.origin_of(member), member.name in BACKENDS.built_in)
    problem = "it is a class: pass an instance" if isinstance(backend, type) else _broken(backend)
    if problem is not None:
        raise BackendError(f"{show(backend)} is not a backend: {problem}")
    return BackendAdapter(backend, "", False)


def _broken(backend: object) -> str | None:
    """Return why an object is not a backend, even if inspecting it fails; ``None`` if it is one."""
    try:
        return BACKENDS.violation(backend)
    except Exception as error:  # computed attributes may raise anything
        return f"it cannot be inspected: {reason(error)}"


@public
def runner(backend: str | Backend) -> BackendAdapter:
    """Return the chosen backend, which must run programs.

    Raises:
        BackendError: as for :func:`choose`, and if it does not run programs.
    """
    return _able(backend, Runs, "does not run programs")


@public
def writer(backend: str | Backend) -> BackendAdapter:
    """Return the chosen backend, which must write programs.

    Raises:
        BackendError: as for :func:`choose`, and if it does not write programs.
    """
    return _able(backend, Writes, "does not write programs")


@public
def explainer(backend: str | Backend) -> BackendAdapter:
    """Return the chosen backend, which must explain its evaluation of selectors.

    Raises:
        BackendError: as for :func:`choose`, and if it cannot explain its evaluation of selectors.
    """
    return _able(backend, Explains, "does not explain its evaluation of selectors")


@public
def drawer(backend: str | Backend) -> BackendAdapter:
    """Return the chosen backend, which must draw programs.

    Raises:
        BackendError: as for :func:`choose`, and if it does not draw programs.
    """
    return _able(backend, Draws, "does not draw programs")


def _able(backend: str | Backend, protocol: type, lack: str) -> BackendAdapter:
    adapter = choose(backend)
    if not isinstance(adapter.backend, protocol):
        raise BackendError(f"backend {adapter.name!r} {lack} ({adapter.summary})")
    return adapter
