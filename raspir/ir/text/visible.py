"""Terminal-safe text: names and atoms may contain any character."""

from __future__ import annotations

import re

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Bidirectional control characters, as ranges of a regular expression."""

_STEERING = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{BIDIRECTIONAL}]")


def visible(text: str) -> str:
    """Return ``text`` on one line, with Python escapes for control characters and lone surrogates.

    Control characters include line breaks, direction marks, and those that set a terminal's color, cursor or title.
    """
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
