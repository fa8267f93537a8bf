"""Values as Python that makes them."""

from __future__ import annotations

import math

from raspir.ir.atoms import show

_DECIMAL_BITS = 2000
"""Integers of more bits are written by the power of two that they are near, or in hexadecimal."""
_NEAR_BITS = 64


def literal(value: object) -> str:
    """Return Python that makes ``value``: an atom, ``None``, or a list, tuple or dict of such."""
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if type(value) is int and value.bit_length() > _DECIMAL_BITS:
        return _near_power(value) or hex(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(held)}' for key, held in value.items())}}}"
    return repr(value)


def short(value: object) -> str:
    """Return an atom as :func:`literal` writes it, and the middle of an integer of too many digits left out."""
    large = type(value) is int and value.bit_length() > _DECIMAL_BITS
    return (_near_power(value) or show(value)) if large else literal(value)  # type: ignore[arg-type]


def _near_power(value: int) -> str:
    """Return an integer as a power of two and a few more or less; nothing where it is near none."""
    sign, length = ("-" if value < 0 else ""), abs(value).bit_length()
    for power in (length - 1, length):
        more = abs(value) - (1 << power)
        if more.bit_length() <= _NEAR_BITS:
            rest = -more if sign else more
            return f"{sign}2**{power}" + (f" {'-' if rest < 0 else '+'} {abs(rest)}" if rest else "")
    return ""
