"""The predicates of selectors in Tracr's dialect: comparisons, and functions of the predicates of other selectors.

The functions stand here, to be the parts of :class:`functools.partial`, so that programs can be pickled and the
optimizer can read them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from raspir.ir.operations import COMPARISONS
from raspir.ir.types import NONE, NUMBER, STR, Type

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

PLAIN = tuple((getattr(operator, name), name) for name in COMPARISONS)
"""The functions of the standard library that are comparisons, with the name of each."""


def comparison_of(predicate: Predicate) -> tuple[str | None, str]:
    """Return the name of a comparison, if ``predicate`` is one, and how it treats ``None``."""
    if isinstance(predicate, Comparison):
        return predicate.operation, "error"
    return next((name for function, name in PLAIN if predicate is function), None), "value"


def negated(predicate: Predicate, key: Any, query: Any) -> bool:
    """Return what ``predicate`` does not select."""
    return not predicate(key, query)


def both(first: Predicate, second: Predicate, key: Any, query: Any) -> Any:
    """Return ``first and second``, which asks the second only if it has to."""
    return first(key, query) and second(key, query)


def either(first: Predicate, second: Predicate, key: Any, query: Any) -> Any:
    """Return ``first or second``, which asks the second only if it has to."""
    return first(key, query) or second(key, query)


def of_key(predicate: Predicate, value: Any, key: Any, query: Any) -> Any:
    """Return a predicate of ``value`` in place of the key."""
    return predicate(value, query)


def of_query(predicate: Predicate, value: Any, key: Any, query: Any) -> Any:
    """Return a predicate of ``value`` in place of the query."""
    return predicate(key, value)


def fails_no_more(second: Predicate, first: Predicate, same: bool, kinds: Sequence[Type]) -> bool:
    """Return whether a predicate fails at most where another one, which is asked before it, fails as well.

    Args:
        second: the predicate.
        first: the other one.
        same: whether both are asked of the same keys and queries.
        kinds: the types of the keys and of the queries of the second.
    """
    if not (isinstance(first, Comparison) and isinstance(second, Comparison)):
        return False
    if second.operation is None:
        return True
    if same and first.operation is not None and (second in _EQUALITY or first not in _EQUALITY):
        return True
    if second in _EQUALITY:
        return not any(NONE in kind for kind in kinds)
    return all(kind in NUMBER for kind in kinds) or all(kind in STR for kind in kinds)


_EQUALITY = (Comparison.EQ, Comparison.NEQ)
