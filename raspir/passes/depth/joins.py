"""Two sums of one value as a sum over the union or the difference of their selectors, which may need no attention."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeGuard

from raspir.ir import Node
from raspir.ir.atoms import is_zero
from raspir.ir.types import INT
from raspir.ir.views import Elementwise, Sum
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.joins import Join, joined, pairs, with_join

_TERMS = 8  # sums compared with each other


def join_sums(search: Search, node: Elementwise) -> Iterator[Node]:
    """Join two sums in a linear combination whose layer is theirs."""
    if node.operation.name not in ("add", "sub"):
        return
    algebra, deepest = search.algebra, search.layer(node)

    def is_deepest(term: Node) -> TypeGuard[Sum]:
        if not isinstance(term, Sum) or search.layer(term) < deepest:
            return False
        return search.facts[term.value].domain.kinds is INT and is_zero(term.default)

    form = search.facts.linear(node)
    sums = dict(islice(((term, factor) for term, factor in form.terms.items() if is_deepest(term)), _TERMS))
    for a, b in pairs(sums):
        join = _simple(search, a, b, sums[a], sums[b])
        if join is not None:
            yield algebra.linear(with_join(algebra, form, a, b, join))


def _simple(search: Search, a: Sum, b: Sum, factor: int, other: int) -> Join | None:
    """Return the join of two sums over a selector of at most one position or of the same ones in each row.

    Others are seldom shallower, and there are many.
    """
    key = ("join", a, b, factor, other)
    if key not in search.memo:
        algebra = search.algebra
        join = joined(algebra, a, b, factor, other)
        if join is not None and len(join.selector) > max(len(algebra.formula(each) or ()) for each in (a, b)):
            join = None
        selector = None if join is None else algebra.selector(join.selector)
        if selector is not None and not (search.facts[selector].uniform or search.facts.at_most_one(selector)):
            join = None
        search.memo[key] = join
    found: Join | None = search.memo[key]
    return found


RULES: Rules = (
    Rule(
        "sums unite",
        "sum(s, v) + sum(t, v) = sum(s | t, v) for disjoint s and t; sum(s, v) - sum(t, v) = sum(s & ~t, v) for t in s",
        Elementwise,
        join_sums,
    ),
)
