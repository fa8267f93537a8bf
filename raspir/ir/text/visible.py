"""Text that a terminal or an editor shows as it is: names and atoms may hold any character."""

from __future__ import annotations

import re

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""What turns the direction of the text around it, as ranges of a regular expression."""

_STEERING = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{BIDIRECTIONAL}]")


def visible(text: str) -> str:
    """Return ``text`` on one line, with Python's escapes for what would steer a terminal or cannot be encoded.

    These are control characters, with which colours, cursors and titles are set, ends of lines, marks that turn the
    direction of text, and lone surrogates.
    """
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
