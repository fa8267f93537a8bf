"""Rule 6: case split on deep values of few atoms that queries, or everything, depend on: one answer for each case.

A query may depend on such a value through elementwise maps, as on the condition of a choice; a comparison of a uniform
key with a query is itself a value of two atoms. This trades heads for layers, within a budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from raspir.analysis.domains import Domain
from raspir.analysis.selectors import NOTHING
from raspir.ir import Atom, Node
from raspir.ir.layers import comparisons
from raspir.ir.types import INT
from raspir.ir.views import Aggregate, Elementwise, Select, SelectBy
from raspir.ir.walks import computed, preorder
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.builder import has_default_none
from raspir.rewriting.graphs import all_or_none

_CONE = 64


def split(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Answer for each case of the values of the deepest layer."""
    deepest = search.layer(aggregate) - 1
    if deepest < 1:
        return
    chosen = _Split(search, deepest).chosen(aggregate)
    if chosen is not None and chosen is not aggregate:
        yield chosen


@dataclass(frozen=True)
class _Case:
    """A value to split on.

    Attributes:
        value: the value at the query.
        atoms: the atoms that it may have.
        condition: the comparison that has this truth value in each row, if it is one.
    """

    value: Node
    atoms: Sequence[Atom]
    condition: Select | None = None


class _Split:
    """The choice among the answers for all cases.

    Args:
        search: the source of facts and limits.
        deepest: the layer of the values to split on.
    """

    def __init__(self, search: Search, deepest: int) -> None:
        self._search = search
        self._deepest = deepest
        self._answers: set[Node] = set()

    def chosen(self, aggregate: Aggregate) -> Node | None:
        """Return the choice among the answers; ``None`` if a case could fail, or if they take too many heads."""
        cases = self._cases(aggregate)
        if cases is None:
            return None
        if not cases:
            self._answers.add(aggregate)
            return aggregate if len(self._answers) <= self._search.limits.max_heads else None
        case = cases[0]
        result: Node | None = None
        for atom in case.atoms:
            constant = self._search.algebra.const(atom)
            answer = _answer(self._search, aggregate, case, constant)
            if isinstance(answer, Aggregate) and self._search.layer(answer) > self._deepest:
                answer = self.chosen(answer)
            elif isinstance(answer, Aggregate):
                self._answers.add(answer)
            if answer is None or len(self._answers) > self._search.limits.max_heads:
                return None
            if result is None:
                result = answer
            else:
                holds = self._search.algebra("eq", case.value, constant)
                result = self._search.algebra("where", holds, answer, result)
        return result

    def _cases(self, aggregate: Aggregate) -> list[_Case] | None:
        """Return the values of the deepest layer to split on, or ``None`` if splitting does not help."""
        found: dict[Node, _Case] = {}
        keys: list[Node] = []
        for select in comparisons(aggregate.selector):
            if self._search.layer(select) < self._deepest:
                continue
            condition = self._condition(select)
            if condition is not None:
                found[condition.value] = condition
                continue
            keys.append(select.key)
            queries = self._leaves(select.query, everywhere=False)
            if queries is None or (queries and isinstance(select, SelectBy)):
                return None
            found.update((case.value, case) for case in queries)
        for root in (*keys, *aggregate.operands[1:]):
            uniform = self._leaves(root, everywhere=True)
            if uniform is None:
                return None
            found.update((case.value, case) for case in uniform)
        return list(found.values())

    def _condition(self, select: Select) -> _Case | None:
        """Return a comparison of a uniform key with a query as a truth value at the query."""
        if not self._search.facts[select.key].uniform or isinstance(select, SelectBy) or not has_default_none(select):
            return None
        value = self._search.algebra(select.comparison, select.key, select.query)
        return _Case(value, (False, True), select)

    def _leaves(self, root: Node, everywhere: bool) -> list[_Case] | None:
        """Return the values of few atoms in the deepest layer from which elementwise maps compute ``root``.

        They have to be uniform if their atoms are to be known everywhere. ``None`` if there are others in that layer.
        """
        found: list[_Case] = []
        others = visited = 0

        def parts(node: Node) -> tuple[Node, ...]:
            nonlocal others, visited
            visited += 1
            facts = self._search.facts[node]
            atoms = self._few(facts.domain) if facts.uniform or not everywhere else None
            if atoms is not None:
                found.append(_Case(node, atoms))
                return ()
            if not isinstance(node, Elementwise) or visited > _CONE:
                others += 1
                return ()
            return tuple(operand for operand in node.operands if self._search.layer(operand) >= self._deepest)

        for _ in preorder([root] if self._search.layer(root) >= self._deepest else [], parts):
            if others:
                return None
        return None if others else found

    def _few(self, domain: Domain) -> Sequence[Atom] | None:
        """Return the atoms of ``domain`` if they are few, and comparison distinguishes all, unlike ``1 == True``."""
        atoms: Sequence[Atom] = domain.atoms or ()
        most = self._search.limits.max_heads
        if domain.atoms is None and domain.kinds is INT and domain.high - domain.low < most:
            atoms = range(int(domain.low), int(domain.high) + 1)
        return atoms if 1 < len(atoms) <= most and _distinguishes_all(atoms) else None


def _distinguishes_all(atoms: Sequence[Atom]) -> bool:
    """Return whether comparison distinguishes all atoms, unlike ``1 == True``."""
    return len(set(atoms)) == len(atoms)


def _answer(search: Search, aggregate: Aggregate, case: _Case, constant: Node) -> Node | None:
    """Return the aggregate in one case, or ``None`` if it could fail on positions where it is not the case."""
    algebra = search.algebra
    constants: dict[Node, Node | None] = {case.value: constant}
    # The atom of a query is known at the query only: the same sequence as a key stays unchanged.
    uniform = constants if search.facts[case.value].uniform else {}

    def at_key(root: Node) -> Node | None:
        return _replaced(search, root, uniform)

    def at_query(root: Node) -> Node | None:
        return _replaced(search, root, constants)

    known: dict[Node, Node] = {}
    if case.condition is not None:
        holds = constant is algebra.const(True)
        known[case.condition] = algebra.everything if holds else algebra.selector(NOTHING)
    selector = with_sides(algebra, aggregate.selector, at_key, at_query, meets=False, known=known)
    parts = all_or_none(map(at_key, aggregate.operands[1:]))
    answer = None if selector is None or parts is None else algebra.rebuilt(aggregate, [selector, *parts])
    return answer if answer is not None and search.facts[answer].total else None


def _replaced(search: Search, root: Node, constants: Mapping[Node, Node | None]) -> Node | None:
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
        max_nesting=2,
    ),
)
