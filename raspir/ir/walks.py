"""Walks over directed acyclic graphs: each node once, and without recursion, since programs can be deep."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, MutableMapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def postorder(root: K, parts: Callable[[K], Iterable[K]], done: Container[K]) -> Iterator[K]:
    """Yield the nodes that ``root`` is made of, parts before wholes, from left to right.

    Args:
        root: where the walk ends.
        parts: returns the nodes that have to come before a node.
        done: the nodes that have been visited. The caller adds each node that it is given before it goes on.
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
    """Return the value of ``root``, after ``memo`` has been filled with the values of the nodes that it is made of."""
    for node in postorder(root, parts, memo):
        memo[node] = compute(node)
    return memo[root]


def preorder(roots: Iterable[K], parts: Callable[[K], Iterable[K]]) -> Iterator[K]:
    """Yield ``roots`` and the nodes that they are made of, wholes before parts, each once; lazily.

    ``parts`` is asked about a node only after the node has been yielded, so the caller can stop in time.
    """
    seen: set[K] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(parts(node))
