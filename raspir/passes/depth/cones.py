"""Cones: the values on which others depend through elementwise maps, up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from raspir.ir import Node
from raspir.ir.layers import comparisons
from raspir.ir.views import Aggregate, Elementwise
from raspir.ir.walks import preorder

_MOST = 64


def cone(roots: Iterable[Node], enters: Callable[[Node], bool]) -> Iterator[Node]:
    """Yield ``roots`` and the operands of elementwise maps among them that ``enters`` admits, each once, and so on."""

    def parts(node: Node) -> tuple[Node, ...]:
        return node.operands if isinstance(node, Elementwise) and enters(node) else ()

    return islice(preorder(roots, parts), _MOST)


def read_at_keys(aggregate: Aggregate) -> list[Node]:
    """Return what an aggregate reads at the keys' positions: its value, its score if any, and its keys."""
    return [*aggregate.operands[1:], *(select.key for select in comparisons(aggregate.selector))]
