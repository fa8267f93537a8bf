"""Terminal-safe text: names and atoms may contain any character."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line breaks, direction marks and lone surrogates."""


def visible(text: str) -> str:
    """Return ``text`` on one line, with Python escapes for control characters and lone surrogates.

    Control characters include line breaks, direction marks, and those that set a terminal's color, cursor or title.
    """
    return CONTROLS.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
