"""The algebra: the rewrite rules of each operation, and the builder that applies them.

Every rule preserves values exactly, including their types, on all inputs on which the original is defined.
"""

from __future__ import annotations

from collections.abc import Mapping

from raspir.ir.operations import COMPARISONS
from raspir.rewriting.builder import COMPLEMENT, Builder, Row, outcome
from raspir.rewriting.rules import attention, comparisons, logic, numbers

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

RULES: dict[str, tuple[Row, ...]] = {
    **dict.fromkeys(("add", "sub", "neg"), (numbers.constant, numbers.sum_)),
    "mul": (numbers.constant, numbers.sum_, numbers.masked),
    **dict.fromkeys(("truediv", "mod", "abs", "has"), (numbers.constant,)),
    "round": (numbers.constant, numbers.rounded_mean),
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
    "best": (attention.default, attention.one_value, attention.by_position, numbers.constant),
    **{f"select.{comparison}": (attention.selects_all, attention.shallower) for comparison in COMPARISONS},
    "select.by": (attention.selects_all,),
    **dict.fromkeys(("selector.and", "selector.or", "selector.not"), _COMBINED),
}
"""The rules for each operation, in the order in which they are tried."""


def rule_name(rule: Row) -> str:
    """Return the user-visible name of a rule: "by position" for ``by_position``."""
    return rule.__name__.strip("_").replace("_", " ")


class Algebra(Builder):
    """A builder that applies :data:`RULES`."""

    @property
    def rules(self) -> Mapping[str, tuple[Row, ...]]:
        """The rules for each operation."""
        return RULES
