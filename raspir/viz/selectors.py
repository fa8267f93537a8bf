"""What a selector is made of, and what it selects, for those who draw it and those who are told of it."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.ir import Node
from raspir.ir.layers import comparisons
from raspir.ir.operations import Role
from raspir.viz.shown import Shown
from raspir.viz.trace import Trace
from raspir.viz.widths import atom_told

_MOST = 6  # comparisons whose keys and queries are drawn; that many seldom stand in one selector
_ROWS, _KEYS, _WIDTH = 12, 12, 14  # rows, keys of a row and characters of an atom that a description holds


@dataclass(frozen=True)
class Sides:
    """The keys and the queries that a selector compares, each sequence once, in order.

    Attributes:
        keys: the sequences on the side of the keys.
        queries: those on the side of the queries.
        hidden: how many of both are left out, where they are very many.
    """

    keys: tuple[Node, ...]
    queries: tuple[Node, ...]
    hidden: int = 0

    @staticmethod
    def of(selector: Node) -> Sides:
        """Return the two sides of all comparisons in ``selector``."""
        compared = comparisons(selector)
        keys = list(dict.fromkeys(node.operands[0] for node in compared))
        queries = list(dict.fromkeys(node.operands[1] for node in compared))
        hidden = max(len(keys) - _MOST, 0) + max(len(queries) - _MOST, 0)
        return Sides(tuple(keys[:_MOST]), tuple(queries[:_MOST]), hidden)


def drawable(trace: Trace, selector: Node) -> bool:
    """Tell whether the entries of ``selector`` can be asked for: its sequences are known, and it does not fail."""
    failure = trace.failure
    if failure is not None and failure.node is None:  # then it may be any of the selectors of that layer and above
        aggregates = (node for node in trace.values if node.operation.role is Role.AGGREGATE)
        return any(node.operands[0] is selector for node in aggregates)
    return trace.known(selector)


def told(trace: Trace, selector: Node, shown: Shown) -> str:
    """Say in words what a selector selects, of as many positions as one can listen to."""
    matrix = trace.matrix(selector, shown.positions[:_ROWS], shown.positions)
    queries = Sides.of(selector).queries
    parts = [f"attention of {trace.n} queries over {trace.n} keys"]
    for position, entries in zip(shown.positions, matrix, strict=False):
        atoms = ", ".join(atom_told(trace.values[query][position], _WIDTH) for query in queries)
        chosen = [key for key, entry in zip(shown.positions, entries, strict=True) if entry]
        parts.append(f"query {position} {atoms} selects {_listed(chosen)}")
    if len(parts) - 1 < trace.n:
        parts.append("and so on")
    return "; ".join(parts)


def _listed(keys: list[int]) -> str:
    if not keys:
        return "nothing"
    rest = len(keys) - _KEYS
    listed = ", ".join(map(str, keys[:_KEYS])) + (f" and {rest} more" if rest > 0 else "")
    return f"{'key' if len(keys) == 1 else 'keys'} {listed}"
