"""The colors of the parts of all pictures, for light and dark pages.

The hues are those of Okabe and Ito's palette ("Color Universal Design", 2008), which people with any kind of color
blindness can distinguish; selected, critical and failing parts also have marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Theme = Literal["auto", "light", "dark"]
"""The colors of a picture: those for light or dark pages, or, with ``auto``, those of the page that shows it."""


class Part(StrEnum):
    """A part of a picture, with its own colors."""

    PAGE = "page"
    BAND = "band"
    SOURCE = "source"
    QUERY = "query"
    KEY = "key"
    VALUE = "value"
    RESULT = "result"
    SELECTED = "selected"
    UNSELECTED = "unselected"
    MLP = "mlp"
    DEFAULT = "default"
    CRITICAL = "critical"
    FAILURE = "failure"


@dataclass(frozen=True)
class Shade:
    """The colors of one part.

    Attributes:
        fill: its area.
        line: its border, and edges of this part.
        ink: text on its area, with a contrast to ``fill`` of at least 4.5 to 1.
    """

    fill: str
    line: str
    ink: str


_SHADES = {
    Part.PAGE: (Shade("#ffffff", "#c7ced9", "#1d2433"), Shade("#14181f", "#3d4757", "#e6eaf1")),
    Part.BAND: (Shade("#f3f5f9", "#d5dbe5", "#4a5568"), Shade("#1c222c", "#333d4c", "#aab4c3")),
    Part.SOURCE: (Shade("#e7eaf0", "#8d97a8", "#1d2433"), Shade("#2a323f", "#6e7a8d", "#e6eaf1")),
    Part.QUERY: (Shade("#d3e6f5", "#0072b2", "#0b3a5b"), Shade("#123b57", "#56b4e9", "#d8edfb")),
    Part.KEY: (Shade("#fce8c3", "#c98700", "#5c3d00"), Shade("#4a3610", "#e69f00", "#fdebc8")),
    Part.VALUE: (Shade("#cbebdf", "#00855f", "#064a37"), Shade("#0c4234", "#2dbf95", "#cff3e6")),
    Part.RESULT: (Shade("#f5dcea", "#b85c90", "#5e2446"), Shade("#4c2840", "#d98bb6", "#f9e0ee")),
    Part.SELECTED: (Shade("#1f5f99", "#174a78", "#ffffff"), Shade("#7cc0f2", "#a5d5f7", "#0b2236")),
    Part.UNSELECTED: (Shade("#f7f8fa", "#dde2ea", "#5f6b7d"), Shade("#1a202a", "#2e3745", "#8f9bad")),
    Part.MLP: (Shade("#dff1fb", "#3a9bd6", "#0f415f"), Shade("#173647", "#56b4e9", "#d5ecf8")),
    Part.DEFAULT: (Shade("#ffffff", "#8d97a8", "#4a5568"), Shade("#14181f", "#6e7a8d", "#aab4c3")),
    Part.CRITICAL: (Shade("#fbe3d3", "#d55e00", "#7a3600"), Shade("#4d2a12", "#ff8a3d", "#ffe1cc")),
    Part.FAILURE: (Shade("#fbdfe1", "#b00020", "#7d0017"), Shade("#4f1620", "#ff6b7d", "#ffdce0")),
}

LIGHT: Mapping[Part, Shade] = MappingProxyType({part: light for part, (light, _) in _SHADES.items()})
"""The colors on a light page."""

DARK: Mapping[Part, Shade] = MappingProxyType({part: dark for part, (_, dark) in _SHADES.items()})
"""The colors on a dark page."""

ON_LIGHT = (
    "[data-jp-theme-light=true]",  # JupyterLab, Notebook and pages of nbconvert
    ".vscode-light",
    ".vscode-high-contrast-light",
    "[data-theme=light]",  # Sphinx and others
    "[data-bs-theme=light]",
    ".quarto-light",
    "[theme=light]",  # Colab
)
"""CSS selectors of pages that say that their theme is light, whatever the system's preference is."""

ON_DARK = (
    "[data-jp-theme-light=false]",
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
    "[data-theme=dark]",
    "[data-bs-theme=dark]",
    ".quarto-dark",
    "[theme=dark]",
)
"""CSS selectors of pages that say that their theme is dark."""

TERMINAL: Mapping[Part, str] = MappingProxyType(
    {
        Part.PAGE: "bold",
        Part.BAND: "bold underline",
        Part.SOURCE: "",
        Part.QUERY: "blue",
        Part.KEY: "yellow",
        Part.VALUE: "green",
        Part.RESULT: "magenta",
        Part.SELECTED: "bold reverse",
        Part.UNSELECTED: "dim",
        Part.MLP: "cyan",
        Part.DEFAULT: "dim",
        Part.CRITICAL: "bold red",
        Part.FAILURE: "bold red",
    }
)
"""The style of each part on a terminal, whose user chose what the colors look like."""

MONOSPACE = ("DejaVu Sans Mono", "Menlo", "Consolas", "Liberation Mono", "monospace")
"""The font families of atoms and code, in order of preference."""

SANS = ("Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans", "sans-serif")
"""The font families of all other text."""
