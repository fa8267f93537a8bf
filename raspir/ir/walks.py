"""Traversals of directed acyclic graphs, iterative because deep programs would exceed the recursion limit."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, MutableMapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def postorder(root: K, parts: Callable[[K], Iterable[K]], done: Container[K]) -> Iterator[K]:
    """Yield the nodes reachable from ``root`` in post-order, from left to right.

    Args:
        root: the last node of the walk.
        parts: returns the successors of a node, which are yielded before it.
        done: the visited nodes. The caller adds each yielded node before resuming.
    """
    stack = [root]
    while stack:
        node = stack[-1]
        waiting = [] if node in done else [part for part in parts(node) if part not in done]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if node not in done:
            yield node


def computed(root: K, parts: Callable[[K], Iterable[K]], compute: Callable[[K], V], memo: MutableMapping[K, V]) -> V:
    """Return the value of ``root``, computing the missing values of its successors into ``memo`` in post-order."""
    for node in postorder(root, parts, memo):
        memo[node] = compute(node)
    return memo[root]


def preorder(roots: Iterable[K], parts: Callable[[K], Iterable[K]]) -> Iterator[K]:
    """Lazily yield the nodes reachable from ``roots``, each once and before its successors.

    ``parts`` is called on a node only after the node has been yielded, so the caller can stop early.
    """
    seen: set[K] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(parts(node))
