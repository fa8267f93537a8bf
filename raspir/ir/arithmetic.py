"""Scalar arithmetic with Python's semantics and limits on size.

Python's integers and strings are bounded only by memory, which a line as short as ``x ** x`` can exhaust. So operations
whose result can be much larger than their operands are limited by :data:`MOST_BITS` and :data:`MOST_CHARACTERS`, and
fail before computing a result beyond the limit.
"""

from __future__ import annotations

import re
from typing import Any

MOST_BITS = 1 << 20
"""Limit on the bits of products, powers and the operands of divisions, which would take minutes beyond it."""

MOST_CHARACTERS = 1 << 20
"""Limit on the length of concatenated, repeated and formatted strings."""

# The width and the precision of a conversion. Every part is optional, which rules out backtracking.
_CONVERSION = re.compile(r"%[-+ #0]*([0-9]*)(?:\.([0-9]*))?")


def _fits(bits: int) -> None:
    if bits > MOST_BITS:
        raise OverflowError(f"the result would have more than {MOST_BITS} bits")


def _brief(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise OverflowError(f"the result would have more than {MOST_CHARACTERS} characters")


def added(a: Any, b: Any) -> Any:
    """Return ``a + b``.

    Raises:
        OverflowError: if the result is a string of more than :data:`MOST_CHARACTERS`.
    """
    if type(a) is type(b) is str:
        _brief(len(a) + len(b))
    return a + b


def multiplied(a: Any, b: Any) -> Any:
    """Return ``a * b``.

    Raises:
        OverflowError: if the result exceeds :data:`MOST_BITS` or :data:`MOST_CHARACTERS`.
    """
    if isinstance(a, int) and isinstance(b, int):
        longest = a.bit_length() + b.bit_length()
        if longest <= MOST_BITS or not (a and b):
            return a * b
        _fits(longest - 1)  # lower bound on the bits of the product
        result = a * b
        _fits(result.bit_length())
        return result
    if isinstance(a, str) and isinstance(b, int):
        _brief(len(a) * b)
    elif isinstance(b, str) and isinstance(a, int):
        _brief(len(b) * a)
    return a * b


def raised(a: Any, b: Any) -> Any:
    """Return ``a ** b``.

    Raises:
        OverflowError: if the result exceeds :data:`MOST_BITS`.
    """
    if not (isinstance(a, int) and isinstance(b, int)) or b <= 0:
        return a**b
    _fits((abs(a).bit_length() - 1) * b + 1 if a else 0)  # lower bound on the bits of the power
    result = a**b
    _fits(result.bit_length())
    return result


def quotient(a: Any, b: Any) -> Any:
    """Return ``a // b``.

    Raises:
        OverflowError: if an integer operand exceeds :data:`MOST_BITS`.
    """
    if isinstance(a, int) and isinstance(b, int):
        _divides(a, b)
    return a // b


def remainder(a: Any, b: Any) -> Any:
    """Return ``a % b``: the remainder of numbers, or a formatted string.

    Raises:
        OverflowError: if an integer operand exceeds :data:`MOST_BITS`, or the result :data:`MOST_CHARACTERS`.
    """
    if isinstance(a, str):
        return _formatted(a, b)
    if isinstance(a, int) and isinstance(b, int):
        _divides(a, b)
    return a % b


def _divides(a: int, b: int) -> None:
    if a.bit_length() > MOST_BITS or b.bit_length() > MOST_BITS:
        raise OverflowError(f"integers of more than {MOST_BITS} bits cannot be divided")


def _formatted(text: str, value: Any) -> str:
    """Return ``text % value``, after checking the widths and precisions in ``text`` against the limit."""
    for match in _CONVERSION.finditer(text):
        for digits in match.groups():
            if digits and (len(digits) > 12 or int(digits) > MOST_CHARACTERS):
                _brief(MOST_CHARACTERS + 1)
    result: str = text % value
    _brief(len(result))
    return result


def logical_not(a: Any) -> Any:
    """Return ``not a`` for a boolean, and Python's ``~a`` for any other atom."""
    return (not a) if type(a) is bool else ~a


def to_int(a: Any) -> Any:
    """Return ``int(a)``."""
    return int(a)


def to_float(a: Any) -> Any:
    """Return ``float(a)``."""
    return float(a)


def to_str(a: Any) -> Any:
    """Return ``str(a)``."""
    return str(a)


def to_bool(a: Any) -> Any:
    """Return ``bool(a)``."""
    return bool(a)


def unchanged(a: Any) -> Any:
    """Return ``a``."""
    return a


def choose(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` if ``condition`` is truthy, else ``b``."""
    return a if condition else b


def power_size(a: Any, b: Any) -> int:
    """Return an estimate of the bits of ``a ** b``."""
    return atom_size(a) * abs(b) if isinstance(a, int) and isinstance(b, int) else 0


def repetition_size(a: Any, b: Any) -> int:
    """Return an estimate of the bits of a repeated string ``a * b``; 0 for a product of numbers, which is cheap."""
    text, times = (a, b) if isinstance(a, str) else (b, a)
    return atom_size(text) * times if isinstance(text, str) and isinstance(times, int) else 0


def atom_size(atom: Any) -> int:
    """Return an estimate of the bits of an atom."""
    if isinstance(atom, str):
        return 8 * len(atom)
    return atom.bit_length() if isinstance(atom, int) else 64
