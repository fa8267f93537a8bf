"""Python source expressions for values."""

from __future__ import annotations

import math

from raspir.ir.atoms import show

_DECIMAL_BITS = 2000
"""The size limit in bits of decimal literals; larger integers are written relative to a power of two, or in hex."""
_NEAR_BITS = 64


def literal(value: object) -> str:
    """Return a source expression for an atom, ``None``, or a list, tuple or dict of such."""
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
    """Return an atom as :func:`literal` does, with the middle of a very long integer elided."""
    large = type(value) is int and value.bit_length() > _DECIMAL_BITS
    return (_near_power(value) or show(value)) if large else literal(value)  # type: ignore[arg-type]


def _near_power(value: int) -> str:
    """Return an integer as a power of two plus or minus a small offset; empty if it is near none."""
    sign, length = ("-" if value < 0 else ""), abs(value).bit_length()
    for power in (length - 1, length):
        more = abs(value) - (1 << power)
        if more.bit_length() <= _NEAR_BITS:
            rest = -more if sign else more
            return f"{sign}2**{power}" + (f" {'-' if rest < 0 else '+'} {abs(rest)}" if rest else "")
    return ""
