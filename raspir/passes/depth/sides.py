"""Selectors on other keys and queries, for the rules of the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from raspir.ir import Node
from raspir.ir.layers import selector_parts
from raspir.ir.types import NONE, NUMBER, STR
from raspir.ir.views import Select, SelectBy
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import all_or_none


def with_sides(
    algebra: Algebra,
    selector: Node,
    key: Callable[[Node], Node | None],
    query: Callable[[Node], Node | None],
    meets: bool = True,
    known: Mapping[Node, Node] | None = None,
) -> Node | None:
    """Return ``selector`` with ``key`` applied to its keys and ``query`` to its queries.

    Return ``None`` if either yields ``None``.

    Args:
        algebra: the builder of nodes.
        selector: the selector to rewrite.
        key: the rewrite of a key.
        query: the rewrite of a query.
        meets: whether each pair of new operands to compare also occurs among the old ones; if not, a comparison that
            could fail on the new operands alone yields ``None``.
        known: the rewrites of some of its comparisons.
    """
    made = dict(known or {})
    for part in selector_parts(selector):
        if part in made:
            continue
        if isinstance(part, Select):
            operands = all_or_none([key(part.key), query(part.query)])
            if operands is None or not (meets or _compares(algebra, part, operands)):
                return None
        else:
            operands = [made[operand] for operand in part.operands]
        made[part] = algebra.rebuilt(part, operands)
    return made[selector]


def _compares(algebra: Algebra, select: Select, operands: list[Node]) -> bool:
    """Return whether ``select`` succeeds on all of ``operands`` wherever it succeeds on its own."""
    changed = [(old, new) for old, new in zip(select.operands, operands, strict=True) if old is not new]
    if not changed or select.none == "value":
        return True
    if isinstance(select, SelectBy):
        return False
    kinds = [algebra.facts[old].domain.kinds | algebra.facts[new].domain.kinds for old, new in changed]
    if select.none == "error":
        return not any(NONE in each for each in kinds)
    return all(each in NUMBER or each is STR for each in kinds)
