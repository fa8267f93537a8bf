"""Displays of objects in notebooks."""

from __future__ import annotations


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
