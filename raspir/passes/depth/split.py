"""Rule 6: case split on a query, or a uniform value, of few atoms: one answer per atom, and a choice afterwards.

This trades heads for layers, within a budget.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from raspir.analysis.domains import Domain
from raspir.ir import Atom, Node
from raspir.ir.layers import comparisons
from raspir.ir.views import Aggregate, Elementwise, SelectBy
from raspir.ir.walks import computed, preorder
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.graphs import all_or_none

_CONE = 64


def split(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Answer for each atom of the deepest queries and uniform values."""
    deepest = search.layer(aggregate) - 1
    cases = _cases(search, aggregate, deepest)
    if not cases:
        return
    total = 1
    for _, domain in cases:
        total *= len(domain.atoms or ()) if _distinguishes_all(domain) else 0
    if not 1 < total <= search.limits.max_heads:
        return
    chosen = _chosen(search, aggregate, cases)
    if chosen is not None:
        yield chosen


def _cases(search: Search, aggregate: Aggregate, deepest: int) -> list[tuple[Node, Domain]] | None:
    """Return the values of the deepest layer to split on, with their atoms, or ``None`` if splitting does not help."""
    found: dict[Node, Domain] = {}
    for select in comparisons(aggregate.selector):
        if search.layer(select.query) == deepest:
            domain = search.facts[select.query].domain
            if domain.atoms is None or isinstance(select, SelectBy):
                return None
            found[select.query] = domain
    keys = [select.key for select in comparisons(aggregate.selector)]
    for root in (*keys, *aggregate.operands[1:]):
        for leaf in _leaves(search, root, deepest):
            domain = search.facts[leaf].domain
            if domain.atoms is None or not search.facts[leaf].uniform:
                return None
            found[leaf] = domain
    return list(found.items())


def _distinguishes_all(domain: Domain) -> bool:
    """Return whether comparison distinguishes all atoms, unlike ``1 == True``."""
    return len(set(domain.atoms or ())) == len(domain.atoms or ())


def _leaves(search: Search, root: Node, layer: int) -> list[Node]:
    """Return the leaves in that layer from which elementwise maps compute ``root``: uniform parts and non-maps."""
    leaves: list[Node] = []
    visited = 0

    def parts(node: Node) -> tuple[Node, ...]:
        nonlocal visited
        visited += 1
        facts = search.facts[node]
        few = facts.uniform and facts.domain.atoms is not None
        if few or not isinstance(node, Elementwise) or visited > _CONE:
            leaves.append(node)
            return ()
        return tuple(operand for operand in node.operands if search.layer(operand) >= layer)

    for _ in preorder([root] if search.layer(root) >= layer else [], parts):
        pass
    return leaves


def _chosen(search: Search, aggregate: Aggregate, cases: list[tuple[Node, Domain]]) -> Node | None:
    """Return the choice among the aggregates for all combinations of atoms, or ``None`` if one could fail."""
    algebra = search.algebra
    result: Node | None = None
    for combination in itertools.product(*(domain.atoms or () for _, domain in cases)):
        atoms = dict(zip((node for node, _ in cases), combination, strict=True))
        answer = _answer(search, aggregate, atoms)
        if answer is None or not search.facts[answer].total:
            return None
        if result is None:
            result = answer
            continue
        holds = algebra.const(True)
        for node, atom in atoms.items():
            holds = algebra("and", holds, algebra("eq", node, algebra.const(atom)))
        result = algebra("where", holds, answer, result)
    return result


def _answer(search: Search, aggregate: Aggregate, atoms: dict[Node, Atom]) -> Node | None:
    """Return the aggregate with constants for the split values."""
    algebra = search.algebra
    constants: dict[Node, Node | None] = {node: algebra.const(atom) for node, atom in atoms.items()}

    # The atom of a query is known at the query only: the same sequence as a key stays unchanged.
    uniform = {node: constant for node, constant in constants.items() if search.facts[node].uniform}

    def replaced(root: Node) -> Node | None:
        return _replaced(search, root, uniform)

    selector = with_sides(algebra, aggregate.selector, replaced, lambda query: constants.get(query, query), meets=False)
    parts = all_or_none(map(replaced, aggregate.operands[1:]))
    return None if selector is None or parts is None else algebra.rebuilt(aggregate, [selector, *parts])


def _replaced(search: Search, root: Node, constants: dict[Node, Node | None]) -> Node | None:
    """Return the elementwise ``root`` with constants substituted, or ``None`` if it could fail on them."""
    memo = dict(constants)

    def parts(node: Node) -> tuple[Node, ...]:
        return node.operands if isinstance(node, Elementwise) else ()

    def rebuilt(node: Node) -> Node | None:
        if not isinstance(node, Elementwise):
            return node
        return _rebuilt(search, node, [memo[operand] for operand in node.operands])

    return computed(root, parts, rebuilt, memo)


def _rebuilt(search: Search, node: Node, operands: list[Node | None]) -> Node | None:
    new = all_or_none(operands)
    if new is None or tuple(new) == node.operands:
        return None if new is None else node
    return search.algebra.rebuilt(node, new) if search.facts.is_total(node, new) else None


RULES: Rules = (
    Rule(
        "split by value",
        "agg(key(k) = query(q), v) = where(q = c1, agg(key(k) = c1, v), where(q = c2, …))",
        Aggregate,
        split,
        max_nesting=1,
    ),
)
