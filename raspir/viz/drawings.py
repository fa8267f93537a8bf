"""Finished drawings: text or bytes that display themselves in a notebook and can be saved to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

from raspir.ir import RaspirError
from raspir.ir.tracebacks import public

_FORMATS = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".png": "png", ".pdf": "pdf", ".html": "html", ".txt": "text"}
_FRAME = "width:100%;height:640px;border:0"


class Drawing(str):
    """A drawing as text: a ``str`` that displays itself in a notebook.

    Attributes:
        kind: its format, such as ``svg``, ``dot`` or ``html``.
    """

    kind: str

    def __new__(cls, content: str, kind: str) -> Self:
        """Return this content as a drawing."""
        self = super().__new__(cls, content)
        self.kind = kind
        return self

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # those of __new__
        return (str(self), self.kind)

    def __repr__(self) -> str:
        return f"<drawing: {self.kind}, {len(self):,} characters>"

    def _repr_svg_(self) -> str | None:
        return str(self) if self.kind == "svg" else None

    def _repr_html_(self) -> str | None:
        """Return the notebook rendering, in the colors of the notebook's theme; a page gets a frame of its own."""
        shown = {"svg": embedded, "html": framed}.get(self.kind)
        return None if shown is None else shown(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the source of formats that a notebook cannot draw."""
        printer.text(repr(self) if self.kind in ("svg", "html") else str(self))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing to a file.

        Raises:
            RaspirError: if the suffix of ``path`` is that of another format, or the file cannot be written.
        """
        save(self.encode(), self.kind, path)


class BinaryDrawing(bytes):
    """A drawing as bytes: a ``bytes`` that displays itself in a notebook.

    Attributes:
        kind: its format, such as ``png`` or ``pdf``.
    """

    kind: str

    def __new__(cls, content: bytes, kind: str) -> Self:
        """Return this content as a drawing."""
        self = super().__new__(cls, content)
        self.kind = kind
        return self

    def __getnewargs__(self) -> tuple[bytes, str]:  # type: ignore[override]  # those of __new__
        return (bytes(self), self.kind)

    def __repr__(self) -> str:
        return f"<drawing: {self.kind}, {len(self):,} bytes>"

    def _repr_png_(self) -> bytes | None:
        return bytes(self) if self.kind == "png" else None

    def _repr_pdf_(self) -> bytes | None:
        return bytes(self) if self.kind == "pdf" else None

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing to a file.

        Raises:
            RaspirError: if the suffix of ``path`` is that of another format, or the file cannot be written.
        """
        save(self, self.kind, path)


def drawing(content: str | bytes, kind: str) -> Drawing | BinaryDrawing:
    """Return a drawing in this format as one that displays itself."""
    return Drawing(content, kind) if isinstance(content, str) else BinaryDrawing(content, kind)


def embedded(svg: str) -> str:
    """Return an SVG document as HTML that follows the theme of the page, and scrolls if it is wider than the page."""
    from raspir.viz.svg import page_styles  # deferred until a picture is displayed

    return f'<div class="raspir" style="overflow-x:auto"><style>{page_styles(svg)}</style>{svg}</div>'


def framed(page: str) -> str:
    """Return an HTML page as part of another one, whose theme it follows: a frame keeps their styles apart."""
    from html import escape  # likewise

    from raspir.viz.svg import SCHEMES

    frame = f'<iframe srcdoc="{escape(page)}" style="{_FRAME}"></iframe>'
    return f'<div class="raspir"><style>{SCHEMES}</style>{frame}</div>'


def format_of(path: str | os.PathLike[str]) -> str | None:
    """Return the format that the suffix of a path stands for, ``None`` if it is unknown."""
    return _FORMATS.get(Path(path).suffix.lower())


def save(content: bytes, kind: str, path: str | os.PathLike[str]) -> None:
    """Write a drawing to a file.

    Raises:
        RaspirError: if the suffix of ``path`` is that of another format, or the file cannot be written.
    """
    if format_of(path) not in (None, kind):
        raise RaspirError(f"cannot save {kind} as {os.fspath(path)}: the suffix is that of {format_of(path)}")
    try:
        Path(path).write_bytes(content)
    except (OSError, ValueError) as error:  # a path may contain a null character
        raise RaspirError(f"cannot write {os.fspath(path)}: {getattr(error, 'strerror', None) or error}") from None
