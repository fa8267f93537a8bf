"""The options of diagrams, declared once as fields, which the API, the command and the backend take."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args

from raspir.ir.atoms import is_one_of
from raspir.passes.options import About, Documented, described
from raspir.viz.theme import Theme

_HEAD = re.compile(r"[1-9][0-9]{0,8}\.[1-9][0-9]{0,8}", re.ASCII)


def _is_head(value: object) -> bool:
    return value is None or (isinstance(value, str) and _HEAD.fullmatch(value) is not None)


def _is_width(value: object) -> bool:
    return value is None or (type(value) is int and value > 0)


@dataclass(frozen=True, kw_only=True)
class DiagramOptions(Documented):
    """What a diagram shows, and in which colors."""

    legend: bool = field(
        default=True,
        metadata=About(
            "whether the diagram explains its colors.",
            "Explain the colors below the diagram.",
            wanted="True or False",
            admits=lambda value: isinstance(value, bool),
        ).metadata,
    )
    theme: Theme = field(
        default="auto",
        metadata=About(
            'the colors: ``"light"``, ``"dark"``, or ``"auto"`` for those of the page where an SVG is shown, and light '
            "ones in other formats.",
            "The colors: light, dark, or, with auto, those of the page where an SVG is shown, and light ones in other "
            "formats.",
            wanted="auto, light or dark",
            admits=lambda value: is_one_of(value, get_args(Theme)),
        ).metadata,
    )
    head: str | None = field(
        default=None,
        metadata=About(
            "one head to draw alone, with the values that it reads: its layer and its number in the layer, as in "
            '``"2.1"``.',
            "Draw one head alone, with the values that it reads: its layer and its number in the layer, as in 2.1.",
            "LAYER.HEAD",
            wanted="a layer and the number of a head in it, such as '2.1'",
            admits=_is_head,
        ).metadata,
    )
    width: int | None = field(
        default=None,
        metadata=About(
            "the width in pixels above which the heads of a layer are drawn in several rows, and texts are shortened.",
            "The width above which the heads of a layer are drawn in several rows, and texts are shortened.",
            "PIXELS",
            wanted="a positive number of pixels",
            admits=_is_width,
        ).metadata,
    )

    @property
    def given(self) -> dict[str, object]:
        """The options that differ from their defaults."""
        values = {name: getattr(self, name) for name in described(DiagramOptions)}
        return {name: value for name, value in values.items() if value != getattr(DiagramOptions, name)}
