"""Operators on programs of Tracr's dialect: what each computes of two atoms, and the operation of the IR that it is.

Where an operator is not its operation, it is a function: one that stands here, so that programs can be pickled, the
optimizer can read it, and it has a name in drawings.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from raspir.ir.operations import COMPARISONS
from raspir.ir.types import BOOL, NONE, Type


def both(a: Any, b: Any) -> Any:
    """Return Python's ``a and b``."""
    return a and b


def either(a: Any, b: Any) -> Any:
    """Return Python's ``a or b``."""
    return a or b


def negated(a: Any) -> bool:
    """Return Python's ``not a``."""
    return not a


def linear(first: Any, second: Any, a: Any, b: Any) -> Any:
    """Return ``first * a + second * b``."""
    return first * a + second * b


def plus(b: Any, a: Any) -> Any:
    """Return ``a + b``."""
    return a + b


def minus(b: Any, a: Any) -> Any:
    """Return ``a - b``."""
    return a - b


def times(b: Any, a: Any) -> Any:
    """Return ``a * b``."""
    return a * b


def divided_by(b: Any, a: Any) -> Any:
    """Return ``a / b``."""
    return a / b


def equal_to(b: Any, a: Any) -> Any:
    """Return ``a == b``."""
    return a == b


def different_from(b: Any, a: Any) -> Any:
    """Return ``a != b``."""
    return a != b


def less_than(b: Any, a: Any) -> Any:
    """Return ``a < b``."""
    return a < b


def at_most(b: Any, a: Any) -> Any:
    """Return ``a <= b``."""
    return a <= b


def greater_than(b: Any, a: Any) -> Any:
    """Return ``a > b``."""
    return a > b


def at_least(b: Any, a: Any) -> Any:
    """Return ``a >= b``."""
    return a >= b


def and_also(b: Any, a: Any) -> Any:
    """Return Python's ``a and b``."""
    return a and b


def or_else(b: Any, a: Any) -> Any:
    """Return Python's ``a or b``."""
    return a or b


_LOGIC = {"and": both, "or": either}

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", *COMPARISONS)},
    **_LOGIC,
}
"""The function of two atoms of each operator, by the name of its operation."""

_WITH_SECOND: dict[str, Callable[[Any, Any], Any]] = {
    "add": plus, "sub": minus, "mul": times, "truediv": divided_by, "and": and_also, "or": or_else,
    "eq": equal_to, "ne": different_from, "lt": less_than, "le": at_most, "gt": greater_than, "ge": at_least,
}  # fmt: skip
"""The same functions, which take the second atom first."""


def with_value(name: str, other: Any, reflected: bool) -> Callable[[Any], Any]:
    """Return the function of one atom that applies an operator to it and ``other``, which comes first if reflected."""
    return partial(BINARY[name] if reflected else _WITH_SECOND[name], other)


def is_closed(name: str, *types: Type) -> bool:
    """Return whether an operator is the operation of the IR of its name on operands of these types.

    Python's ``and`` and ``or`` return one of their operands, the operations a boolean; on booleans that is the same.
    """
    return name not in _LOGIC or all(type_ in BOOL | NONE for type_ in types)
