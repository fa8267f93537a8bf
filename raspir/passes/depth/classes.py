"""Rule 8: sums by classes, where what is summed depends on an aggregate whose query has few atoms.

An aggregate whose query has few atoms is a choice by that query among aggregates that do not depend on it: how often
the own token occurs is how often "a" occurs where the token is "a", and so on. This form is as deep, but a sum over one
class of positions sees only one of these, which is often the same everywhere, or a running count of the class.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import prod

from raspir.ir import Atom, Node
from raspir.ir.layers import comparisons
from raspir.ir.views import Aggregate, Elementwise, Sum
from raspir.ir.walks import preorder
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.passes.depth.split import Split, substituted
from raspir.rewriting.graphs import all_or_none

_CONE = 64  # values between the sum and the aggregates


def by_query(search: Search, aggregate: Aggregate) -> tuple[Node, Mapping[Node, Sequence[Atom]]] | None:
    """Return ``aggregate`` as a choice among aggregates whose queries are computed from the position alone.

    Also return the values that decide the choice, with their atoms. ``None`` if these are too many, or none.
    """
    key = ("by query", aggregate)
    if key not in search.memo:
        split = Split(search, lambda query: not search.facts[query].position_computable)
        chosen = split.chosen(aggregate)
        search.memo[key] = (chosen, split.values) if chosen is not None and split.values else None
    found: tuple[Node, Mapping[Node, Sequence[Atom]]] | None = search.memo[key]
    return found


def by_classes(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum over each class of positions by itself."""
    deepest = search.layer(aggregate) - 1
    if deepest < 1 or not search.adds_integers(aggregate):
        return
    roots = [aggregate.value, *(select.key for select in comparisons(aggregate.selector))]
    inner = _inner(search, [root for root in roots if search.layer(root) == deepest], deepest)
    if not inner:
        return
    forms = all_or_none(by_query(search, each) for each in inner)
    if forms is None:
        return
    atoms: dict[Node, Sequence[Atom]] = {}
    for _, deciding in forms:
        atoms.update(deciding)
    if prod(map(len, atoms.values())) > search.limits.max_heads or not all(map(_distinguishes_all, atoms.values())):
        return
    chosen = dict(zip(inner, (form for form, _ in forms), strict=True))
    sums = [_of_class(search, aggregate, chosen, dict(zip(atoms, each, strict=True))) for each in _combinations(atoms)]
    known = all_or_none(sums)
    if known is not None:
        yield _added(search, known)


def _distinguishes_all(atoms: Sequence[Atom]) -> bool:
    """Return whether comparison distinguishes all atoms, unlike ``1 == True``."""
    return len(set(atoms)) == len(atoms)


def _combinations(atoms: Mapping[Node, Sequence[Atom]]) -> Iterator[tuple[Atom, ...]]:
    return itertools.product(*atoms.values())


def _added(search: Search, parts: list[Node]) -> Node:
    total = parts[0]
    for part in parts[1:]:
        total = search.algebra("add", total, part)
    return total


def _inner(search: Search, roots: list[Node], deepest: int) -> list[Aggregate] | None:
    """Return the aggregates that are not uniform in that layer from which elementwise maps compute ``roots``.

    ``None`` if there are too many values in between.
    """
    found: list[Aggregate] = []

    def parts(node: Node) -> tuple[Node, ...]:
        if search.facts[node].uniform:
            return ()
        if isinstance(node, Aggregate):
            found.append(node)
        return tuple(each for each in node.operands if search.layer(each) == deepest) if _is_map(node) else ()

    visited = sum(1 for _ in islice(preorder(roots, parts), _CONE + 1))
    return found if visited <= _CONE else None


def _is_map(node: Node) -> bool:
    return isinstance(node, Elementwise)


def _of_class(
    search: Search, aggregate: Sum, chosen: Mapping[Aggregate, Node], atoms: Mapping[Node, Atom]
) -> Node | None:
    """Return the sum over the positions where the deciding values are ``atoms``; ``None`` if it could fail."""
    algebra = search.algebra
    constants: dict[Node, Node | None] = {node: algebra.const(atom) for node, atom in atoms.items()}
    known = dict(constants)
    for inner, form in chosen.items():
        known[inner] = substituted(search, form, constants)

    def at_key(root: Node) -> Node | None:
        return substituted(search, root, known)

    value = at_key(aggregate.value)
    selector = with_sides(algebra, aggregate.selector, at_key, lambda query: query, meets=False)
    if value is None or selector is None:
        return None
    for node, constant in constants.items():
        assert constant is not None
        selector = algebra("selector.and", selector, algebra("select.eq", node, constant))
    return algebra("sum", selector, value, default=0)


RULES: Rules = (
    Rule(
        "sum by classes",
        "sum(s, v(count[x])) = sum(s & x = c1, v(count of c1)) + sum(s & x = c2, …) + …",
        Sum,
        by_classes,
        max_nesting=2,
    ),
)
