"""Domains of aggregates, alone and together with others of the same head."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from raspir.analysis import Analysis
from raspir.ir import Atom, build
from raspir.ir.layers import attention_of
from raspir.ir.views import Aggregate, Average, Best, Mean
from raspir.transformer.atomsets import Atoms, described, joined, size
from raspir.transformer.bundles import Bundle, bundled
from raspir.transformer.grids import Root, combinations, nodes_of
from raspir.transformer.reachable import Reach, means, sums
from raspir.transformer.selection import Known, reaches


class TooManyError(Exception):
    """A domain that is too large: its message says of what."""


class Heads:
    """What the aggregates of a graph may yield.

    Args:
        known: what is known about the values of lower layers.
        facts: the analysis of the graph.
        limit: the most atoms of a domain, except for an arithmetic progression of integers.
        most: the most combinations of a bundle.
    """

    def __init__(self, known: Known, facts: Analysis, limit: int, most: int) -> None:
        self._known = known
        self._facts = facts
        self._limit = limit
        self._most = most
        self._bundles: dict[tuple[Aggregate, ...], Bundle | None] = {}

    def atoms(self, node: Aggregate) -> Atoms:
        """Return the domain of an aggregate: what it yields of the values that each query may select.

        Raises:
            TooManyError: if it is too large.
        """
        counts = self._counts(node)
        parts: list[Atoms] = [] if self._facts.selects_some(node.selector) else [(node.default,)]
        reached = reaches(self._known, node, self._facts)
        if reached is None:
            reached = [Reach(self._known[node.value], self._known.lengths[-1])]
        for reach in reached:
            found = self._of_counts(node, reach, range(counts.start, min(counts.stop, reach.most + 1)))
            if found is None:
                raise TooManyError(f"combinations of {described(reach.values)} at up to {counts[-1]} positions")
            parts.append(found)
        whole = joined(parts, self._limit)
        if whole is None:
            raise TooManyError(f"combinations of {described(self._known[node.value])} at up to {counts[-1]} positions")
        return whole

    def most(self, node: Aggregate) -> int:
        """Return the most positions that a query selects."""
        counts = self._counts(node)
        reached = reaches(self._known, node, self._facts)
        most = counts.stop - 1 if reached is None else max((each.most for each in reached), default=0)
        return min(most, counts.stop - 1)

    def _counts(self, node: Aggregate) -> range:
        """Return the positive numbers of positions of which an aggregate yields anything."""
        width = build("sum", node.selector, build("const", value=1), default=0)
        low, high = self._facts.bounds(self._facts.linear(width))
        most = min(high, self._known.lengths[-1], 1 if self._facts.at_most_one(node.selector) else inf)
        if not isinstance(node, Best) and not any(_is_summand(node, atom) for atom in self._known[node.value]):
            most = min(most, 1)  # several such values have neither a sum nor a mean
        return range(max(1, int(low)), int(most) + 1)

    def _of_counts(self, node: Aggregate, reach: Reach, counts: range) -> Atoms | None:
        """Return what an aggregate makes of ``reach`` where it selects ``counts`` positions; ``None`` if too much."""
        if isinstance(node, Best):
            return reach.values if counts else ()
        return (means if isinstance(node, Mean) else sums)(reach, counts, self._limit)

    # Bundles

    def merged(self, roots: Iterable[Root]) -> list[Root]:
        """Return ``roots`` with the aggregates of each head among them as one bundle, where that is affordable."""
        kept: list[Root] = []
        heads: dict[tuple[object, ...], list[Root]] = {}
        for root in roots:
            first = nodes_of(root)[0]
            if isinstance(first, Aggregate):
                heads.setdefault(attention_of(first), []).append(root)
            else:
                kept.append(root)
        for parts in heads.values():
            bundle = self._bundle(parts) if len(parts) > 1 else None
            kept += parts if bundle is None else [bundle]
        return kept

    def _bundle(self, parts: Iterable[Root]) -> Bundle | None:
        members = dict.fromkeys(node for part in parts for node in nodes_of(part))
        key = tuple(node for node in members if isinstance(node, Aggregate))
        if key not in self._bundles:
            self._bundles[key] = self._made(key)
        return self._bundles[key]

    def _made(self, members: tuple[Aggregate, ...]) -> Bundle | None:
        domain = self._known.__getitem__
        values = self._known.joint([member.value for member in members])
        if values is None or any(size(domain(member)) > self._most for member in members):
            return None
        counts = min((self._counts(member) for member in members), key=len)
        if isinstance(members[0], Best):
            counts = range(1, 2)  # one of the selected positions
        may_be_empty = not self._facts.selects_some(members[0].selector)
        return bundled(members, domain, combinations(values.columns)[0], counts, may_be_empty, self._most)


def _is_summand(node: Aggregate, atom: Atom) -> bool:
    return type(atom) in (int, float) if isinstance(node, Average) else isinstance(atom, int | float)
