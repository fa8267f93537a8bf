"""The predicates of selectors in Tracr's dialect: comparisons, and where predicates fail."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import NONE, NUMBER, STR

Predicate = Callable[[Any, Any], Any]
"""A function of a key's value and a query's value, whose result is true where the query selects the key."""


class Comparison(Enum):
    """A comparison of a key with a query, as the predicate of a selector. One with ``None`` is an error."""

    EQ = "=="
    LT = "<"
    LEQ = "<="
    GT = ">"
    GEQ = ">="
    NEQ = "!="
    TRUE = "True"
    FALSE = "False"

    def __call__(self, key: Any, query: Any) -> bool:
        """Return whether the comparison holds.

        Raises:
            ValueError: if the key or the query is ``None``.
        """
        if key is None or query is None:
            raise ValueError("None, which stands for a missing value, cannot be compared")
        if self.operation is None:
            return self is Comparison.TRUE
        return bool(getattr(operator, self.operation)(key, query))

    @property
    def operation(self) -> str | None:
        """The name of the operation; ``None`` for the comparisons that do not compare."""
        return _OPERATIONS.get(self)


_OPERATIONS = {
    Comparison.EQ: "eq", Comparison.LT: "lt", Comparison.LEQ: "le",
    Comparison.GT: "gt", Comparison.GEQ: "ge", Comparison.NEQ: "ne",
}  # fmt: skip

_PLAIN = tuple((getattr(operator, name), name) for name in COMPARISONS)
"""The functions of the standard library that are comparisons, with the name of each."""


def comparison_of(predicate: Predicate) -> tuple[str | None, str]:
    """Return the name of a comparison, if ``predicate`` is one, and how it treats ``None``."""
    if isinstance(predicate, Comparison):
        return predicate.operation, "error"
    return next((name for function, name in _PLAIN if predicate is function), None), "value"


def fails_only_with(
    second: Predicate, sides: Sequence[Expression], first: Predicate, first_sides: Sequence[Expression]
) -> bool:
    """Return whether one predicate can fail on an input only if another one fails on the same input.

    Args:
        second: the predicate.
        sides: the keys and the queries that it is asked of.
        first: the other predicate, which is asked of all pairs of positions.
        first_sides: the keys and the queries of the other predicate.
    """
    name, none = comparison_of(second)
    if name is None:
        return isinstance(second, Comparison)
    first_name, first_none = comparison_of(first)
    if name not in _EQUALITY:
        if any(all(side.type in kind for side in sides) for kind in _ORDERED):
            return True
        pairs = zip(sides, first_sides, strict=True)
        return (
            first_name is not None and first_name not in _EQUALITY and all(_is_compared_alike(*each) for each in pairs)
        )
    missing = [] if none == "value" else [side for side in sides if NONE in side.type]
    refuses_none = first_name is not None and (first_none == "error" or first_name not in _EQUALITY)
    # Every position is a key as well as a query, so it does not matter on which side the first one has the program.
    return not missing or (refuses_none and all(any(side is each for each in first_sides) for side in missing))


def _is_compared_alike(a: Expression, b: Expression) -> bool:
    """Return whether ordering values of ``a`` fails exactly where ordering those of ``b`` does."""
    return a is b or any(a.type in kind and b.type in kind for kind in _ORDERED)


_EQUALITY = ("eq", "ne")
_ORDERED = (NUMBER, STR)
"""The kinds of values within which any two can be ordered."""
