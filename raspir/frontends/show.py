"""Showing a selector in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.ir import Atom

_SHOWN = 40  # rows and columns of a matrix that a terminal can show
_WIDTH = 8  # characters of one atom


def selector_table(tokens: Sequence[Atom], matrix: Sequence[Sequence[bool]]) -> str:
    """Return the matrix as text: queries at the left, keys on top, a dot where a position is not attended to."""
    labels = [_label(token) for token in tokens[:_SHOWN]]
    width = max(map(len, labels), default=1)
    lines = [" ".join([" " * width, *(f"{label:>{width}}" for label in labels)])]
    for label, row in zip(labels, matrix[:_SHOWN], strict=False):
        marks = (f"{'1' if selected else '·':>{width}}" for selected in row[:_SHOWN])
        lines.append(" ".join([f"{label:>{width}}", *marks]))
    if len(tokens) > _SHOWN:
        lines.append(f"… and {len(tokens) - _SHOWN} more rows and columns")
    return "\n".join(lines)


def _label(token: Atom) -> str:
    text = token if isinstance(token, str) and token.isprintable() else repr(token)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
