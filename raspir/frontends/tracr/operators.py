"""Operators on programs of Tracr's dialect: what each computes of two atoms, and the operation of the IR that it is.

A function of one atom and a fixed value is a :class:`functools.partial` of functions that stand here, so that programs
can be pickled and the optimizer can read it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

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


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
}
LOGIC: dict[str, Callable[[Any, Any], Any]] = {"and": both, "or": either}
ORDER: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
BINARY = {**ARITHMETIC, **LOGIC, **ORDER}
"""The function of two atoms of each operator, by the name of its operation."""


def _on_left(function: Callable[[Any, Any], Any], other: Any, atom: Any) -> Any:
    return function(atom, other)


def with_value(name: str, other: Any, reflected: bool) -> Callable[[Any], Any]:
    """Return the function of one atom that applies an operator to it and ``other``, which comes first if reflected."""
    function = BINARY[name]
    return partial(function, other) if reflected else partial(_on_left, function, other)


def is_closed(name: str, *types: Type) -> bool:
    """Return whether an operator is the operation of the IR of its name on operands of these types.

    Python's ``and`` and ``or`` return one of their operands, the operations a boolean; on booleans that is the same.
    """
    return name not in LOGIC or all(type_ in BOOL | NONE for type_ in types)
