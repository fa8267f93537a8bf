"""Values as Python that makes them."""

from __future__ import annotations

import math


def literal(value: object) -> str:
    """Return Python that makes ``value``: an atom, ``None``, or a list, tuple or dict of such."""
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(held)}' for key, held in value.items())}}}"
    return repr(value)
