"""Rendering of SVG as PNG and PDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from raspir._distribution import installing
from raspir.ir import BackendError
from raspir.ir.atoms import is_one_of, show

FORMATS = ("svg", "png", "pdf", "dot")
"""The formats of diagrams."""

RENDERERS = ("auto", "wasm", "dot")
"""The layout engines that may be named: there is one, and the last two names are those of former ones."""


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


_PAGE = '#set page(width:auto,height:auto,margin:0pt)\n#image(bytes(sys.inputs.svg), format:"svg")'
_STYLE = re.compile("<style>.*?</style>", re.DOTALL)
_SIDE = 14_000  # the most pixels of a PNG's longer side


def converted(svg: str, format: str) -> bytes:
    """Return a finished SVG as ``png`` or ``pdf``, in light colors unless it is dark on every page.

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
