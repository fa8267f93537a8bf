"""The algebra: the rewrite rules of each operation, and the builder that applies them.

Every rule preserves values exactly, including their types, on all inputs on which the original is defined.
"""

from __future__ import annotations

from collections.abc import Iterable

from raspir.ir import Node
from raspir.ir.operations import COMPARISONS, OPERATIONS
from raspir.rewriting.builder import COMPLEMENT, Builder, Row, has_default_none, outcome
from raspir.rewriting.rules import attention, comparisons, conversions, logic, missing, numbers

__all__ = ["COMPLEMENT", "RULES", "Algebra", "Row", "outcome", "rule_name"]

_COMPARED = (
    numbers.constant,
    comparisons.compared_to_itself,
    comparisons.constant_last,
    comparisons.bounded,
    comparisons.truth,
    comparisons.compared_choice,
)
_COMBINED = (attention.selects_all, attention.selector_algebra, attention.shallower)

_OF_VALUES: dict[str, tuple[Row, ...]] = {
    **dict.fromkeys(("add", "sub", "neg"), (numbers.constant, numbers.sum_)),
    "mul": (numbers.constant, numbers.sum_, numbers.masked),
    **dict.fromkeys(("truediv", "mod", "abs", "has"), (numbers.constant,)),
    "round": (numbers.constant, numbers.rounded_mean),
    "to_int": (numbers.constant, conversions.converted, conversions.counted),
    **dict.fromkeys(("to_float", "to_str"), (numbers.constant, conversions.converted)),
    "to_bool": (numbers.constant, conversions.converted, conversions.tested),
    "one_type": (conversions.unchecked,),
    "item": (numbers.constant, conversions.table_of_items),
    "floordiv": (numbers.constant, numbers.unit),
    "pow": (numbers.constant, numbers.unit, numbers.power),
    **dict.fromkeys(COMPARISONS, _COMPARED),
    "not": (numbers.constant, logic.not_),
    **dict.fromkeys(("and", "or"), (numbers.constant, logic.and_or)),
    "where": (numbers.constant, logic.choice, logic.boolean_choice),
    "map": (numbers.table,),
    "lookup": (numbers.constant, numbers.identity_table),
    "sum": (attention.default, attention.own_value, numbers.constant),
    "mean": (attention.default, attention.one_value, numbers.constant),
    "average": (conversions.unchecked_mean,),
    "best": (attention.default, attention.one_value, attention.by_position, numbers.constant),
    **{f"select.{comparison}": (attention.selects_all, attention.shallower) for comparison in COMPARISONS},
    "select.by": (attention.selects_all,),
    **dict.fromkeys(("selector.and", "selector.or", "selector.not"), _COMBINED),
}

RULES: dict[str, tuple[Row, ...]] = {
    name: (missing.never_none, *rows) if ("none" in dict(OPERATIONS[name].attributes)) else rows
    for name, rows in _OF_VALUES.items()
}
"""The rules for each operation, in the order in which they are tried."""

_EVALUATING = ("never none", "constant", "table")
"""The names of the rules that evaluate a node, and so apply however it treats ``None``."""


def rule_name(rule: Row) -> str:
    """Return the user-visible name of a rule: "by position" for ``by_position``."""
    return rule.__name__.strip("_").replace("_", " ")


class Algebra(Builder):
    """A builder that applies :data:`RULES`."""

    def rules(self, node: Node) -> Iterable[Row]:
        """Return the rules for ``node``, in the order in which they are tried."""
        rows = RULES.get(node.operation.name, ())
        return rows if has_default_none(node) else [row for row in rows if rule_name(row) in _EVALUATING]
