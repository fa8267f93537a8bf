"""Lines of text pictures on a terminal, in color, or in a file or pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from raspir.viz.grid import Line
from raspir.viz.theme import TERMINAL

_PLAIN = str.maketrans({"·": ".", "→": ">", "…": "~", "✗": "x", "∅": "-", "–": "-", "␣": "_", "␤": "_"})
"""The marks of pictures where the encoding of the output lacks them: each as wide as the original."""


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines of a picture; in color if stdout is a terminal and the environment variable NO_COLOR is not set."""
    from rich.console import Console  # slow to import
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    colored = console.is_terminal and not console.no_color
    for line in lines:
        spans = [(_encodable(text), TERMINAL[part] if colored and part is not None else "") for text, part in line]
        shown = Text.assemble(*spans)
        shown.rstrip()
        console.print(shown)


def _encodable(text: str) -> str:
    """Return ``text`` with a substitute for each character that stdout cannot encode."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text
