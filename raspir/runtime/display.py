"""Displays of objects in notebooks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable


class Displayed:
    """Base class of objects that notebooks display as SVG, in the colors of the notebook's theme.

    A subclass defines ``_repr_svg_``, which returns ``None`` where only the ``repr`` is displayed.
    """

    __slots__ = ()

    def _repr_svg_(self) -> str | None:
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_().get("text/html")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the picture as HTML for pages with a theme, and as SVG for all others; it is drawn once for both."""
        from raspir.viz.drawings import embedded  # deferred until a picture is drawn

        svg = self._repr_svg_()
        return {} if svg is None else {"text/html": embedded(svg), "image/svg+xml": svg}


class Result(Displayed):
    """Base class of results, which notebooks display with the attention that computed them.

    Copies, and results of compiled programs, do not know how they were computed.
    """

    __slots__ = ()

    _draw: Callable[[], str]

    def drawn_by(self, draw: Callable[[], str]) -> None:
        """Display this result as the drawing that ``draw`` returns."""
        self._draw = draw

    def _repr_svg_(self) -> str | None:
        """Return the drawing of how it was computed; ``None`` if that is unknown."""
        draw = getattr(self, "_draw", None)
        if draw is not None:
            with contextlib.suppress(Exception):  # a function of the program may have changed since, and fail now
                return str(draw())
        return None
