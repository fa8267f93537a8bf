"""Case split on deep values of few atoms that queries, or everything, depend on: one answer for each case.

A query may depend on such a value through elementwise maps, as on the condition of a choice; a comparison of a uniform
key with a query is itself a value of two atoms. This trades heads for layers, within a budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from raspir.analysis.domains import Domain
from raspir.analysis.selectors import NOTHING
from raspir.ir import Atom, Node
from raspir.ir.layers import comparisons
from raspir.ir.types import INT
from raspir.ir.views import Aggregate, Elementwise, Select, SelectBy, Where
from raspir.ir.walks import computed, preorder
from raspir.passes.depth.cones import cone
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.builder import has_default_none
from raspir.rewriting.graphs import all_or_none

_CONE = 64
_PARTLY = 24  # values that decide queries, if part of what they depend on may stay
_CASES = 8  # aggregates tried for each head that is allowed


def split(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Answer for each case of the values of the deepest layer."""
    deepest = search.layer(aggregate) - 1

    def is_deepest(node: Node) -> bool:
        return search.layer(node) >= deepest

    if deepest > 0:
        chosen = Split(search, is_deepest, is_deepest).chosen(aggregate)
        if chosen is None and _has_small_queries(aggregate, is_deepest):
            chosen = Split(search, is_deepest, partly=True).chosen(aggregate)
    elif search.facts[aggregate.value].position_computable:  # without some conditions, no attention may be needed
        chosen = Split(search, lambda _: False, conditions=True).chosen(aggregate)
    else:
        return
    if chosen is not None and chosen is not aggregate:
        yield chosen


def _has_small_queries(aggregate: Aggregate, is_deepest: Callable[[Node], bool]) -> bool:
    """Return whether few deepest values decide the queries, as answers to many cases take long to build."""
    queries = [select.query for select in comparisons(aggregate.selector)]
    return sum(map(is_deepest, cone(queries, is_deepest))) <= _PARTLY


@dataclass(frozen=True)
class Case:
    """A value to split on.

    Attributes:
        value: the value at the query.
        atoms: the atoms that it may have.
        condition: the comparison that has this truth value in each row, if it is one.
    """

    value: Node
    atoms: Sequence[Atom]
    condition: Select | None = None


class Split:
    """The choice among the answers for all cases.

    Args:
        search: the source of facts and limits.
        at_query: whether no answer may contain a value in its queries.
        everywhere: whether no answer may contain a value in its keys, values or scores; by default, all may.
        conditions: whether to split on all comparisons of uniform keys.
        partly: whether queries of answers may contain such values that are uniform, or in a branch of a choice.

    Attributes:
        values: the values that were split on.
    """

    def __init__(
        self,
        search: Search,
        at_query: Callable[[Node], bool],
        everywhere: Callable[[Node], bool] = lambda _: False,
        conditions: bool = False,
        partly: bool = False,
    ) -> None:
        self._search = search
        self._partly = partly
        self._conditions = conditions
        self._at_query = at_query
        self._everywhere = everywhere
        self._answers: set[Node] = set()
        self._chosen: dict[Aggregate, Node | None] = {}
        self._by: dict[Node, tuple[Node, dict[Atom, Node]]] = {}
        self.values: dict[Node, Sequence[Atom]] = {}

    def chosen(self, aggregate: Aggregate) -> Node | None:
        """Return the choice among the answers; ``None`` if a case could fail, or if they take too many heads."""
        if aggregate not in self._chosen:
            few = len(self._chosen) < _CASES * self._search.limits.max_heads
            self._chosen[aggregate] = self._chosen_by(aggregate) if few else None
        return self._chosen[aggregate]

    def _chosen_by(self, aggregate: Aggregate) -> Node | None:
        cases = self._cases(aggregate)
        if cases is None and not (self._partly and self.values):
            return None
        if not cases:
            self._answers.add(aggregate)
            return aggregate if len(self._answers) <= self._search.limits.max_heads else None
        case = cases[0]
        self.values[case.value] = case.atoms
        algebra = self._search.algebra
        answers: dict[Atom, Node] = {}
        restricted: dict[Atom, Node] = {}
        for atom in case.atoms:
            answer = _answer(self._search, aggregate, case, algebra.const(atom))
            if answer is None or answer is aggregate:
                return None
            restricted[atom] = answer
            if isinstance(answer, Aggregate):
                answer = self.chosen(answer)
            if answer is None or not _is_same(answer, answers.setdefault(atom, answer)):
                return None
        result, *others = answers.items()
        chosen = result[1]
        self._by[aggregate] = case.value, restricted
        for atom, answer in others:
            chosen = algebra("where", algebra("eq", case.value, algebra.const(atom)), answer, chosen)
        return chosen

    def answer(self, aggregate: Aggregate, atoms: Mapping[Node, Atom]) -> Node:
        """Return the answer to ``aggregate``, which was chosen, where the values that were split on are ``atoms``."""
        found: Node = aggregate
        while found in self._by:
            value, answers = self._by[found]
            found = answers[atoms[value]]
        return found

    def _cases(self, aggregate: Aggregate) -> list[Case] | None:
        """Return the values to split on, or ``None`` if there are others to be rid of than those of few atoms."""
        found: dict[Node, Case] = {}
        keys: list[Node] = []
        for select in comparisons(aggregate.selector):
            is_unwanted = self._at_query(select.query) or self._everywhere(select.key)
            condition = self._condition(select) if is_unwanted or self._conditions else None
            if condition is not None:
                found[condition.value] = condition
            if condition is not None or not is_unwanted:
                continue
            keys.append(select.key)
            queries = self._leaves(select.query, self._at_query, everywhere=False)
            if queries is None or (queries and isinstance(select, SelectBy)):
                return None
            found.update((case.value, case) for case in queries)
        for root in (*keys, *aggregate.operands[1:]):
            uniform = self._leaves(root, self._everywhere, everywhere=True)
            if uniform is None:
                return None
            found.update((case.value, case) for case in uniform)
        return list(found.values())

    def _condition(self, select: Select) -> Case | None:
        """Return a comparison of a uniform key with a query as a truth value at the query."""
        if not self._search.facts[select.key].uniform or isinstance(select, SelectBy) or not has_default_none(select):
            return None
        value = self._search.algebra(select.comparison, select.key, select.query)
        return Case(value, (False, True), select) if self._search.facts[value].domain.single is None else None

    def _leaves(self, root: Node, unwanted: Callable[[Node], bool], everywhere: bool) -> list[Case] | None:
        """Return the unwanted values of few atoms from which elementwise maps compute ``root``; ``None`` if of many.

        They have to be uniform if their atoms are to be known everywhere.
        """
        found: list[Case] = []
        others = visited = 0

        def parts(node: Node) -> tuple[Node, ...]:
            nonlocal others, visited
            visited += 1
            facts = self._search.facts[node]
            atoms = self._few(facts.domain) if facts.uniform or not everywhere else None
            if atoms is not None:
                found.append(Case(node, atoms))
                return ()
            if self._partly and not everywhere and facts.uniform:
                return ()
            if self._partly and isinstance(node, Where):
                return (node.condition,)
            if not isinstance(node, Elementwise) or visited > _CONE:
                others += 1
                return ()
            return tuple(filter(unwanted, node.operands))

        for _ in preorder([root] if unwanted(root) else [], parts):
            if others:
                return None
        return None if others else found

    def _few(self, domain: Domain) -> Sequence[Atom] | None:
        """Return the atoms of ``domain`` if they are few; of a truth value in an order that leaves it as the test."""
        atoms: Sequence[Atom] = (False, True) if domain.boolean and domain.single is None else domain.atoms or ()
        most = self._search.limits.max_heads
        if domain.atoms is None and domain.kinds is INT and domain.high - domain.low < most:
            atoms = range(int(domain.low), int(domain.high) + 1)
        return atoms if 1 < len(atoms) <= most else None


def _is_same(answer: Node, other: Node) -> bool:
    """Return whether atoms that comparison cannot distinguish, as ``1 == True``, have the same answer."""
    return answer is other


def _answer(search: Search, aggregate: Aggregate, case: Case, constant: Node) -> Node | None:
    """Return the aggregate in one case, or ``None`` if it could fail on positions where it is not the case."""
    algebra = search.algebra
    constants: dict[Node, Node | None] = {case.value: constant}
    # The atom of a query is known at the query only: the same sequence as a key stays unchanged.
    uniform = dict(constants) if search.facts[case.value].uniform else None
    # Many aggregates share long chains of maps, few of which depend on the value.
    depends: dict[Node, bool] = search.memo.setdefault(("depends", case.value), {case.value: True})

    def enters(node: Node) -> bool:
        return computed(node, _mapped, lambda each: any(depends[part] for part in _mapped(each)), depends)

    def at_key(root: Node) -> Node | None:
        return root if uniform is None else substituted(search, root, uniform, enters)

    def at_query(root: Node) -> Node | None:
        return substituted(search, root, constants, enters)

    known: dict[Node, Node] = {}
    if case.condition is not None:
        holds = constant is algebra.const(True)
        known[case.condition] = algebra.everything if holds else algebra.selector(NOTHING)
    selector = with_sides(algebra, aggregate.selector, at_key, at_query, meets=False, known=known)
    parts = all_or_none(map(at_key, aggregate.operands[1:]))
    answer = None if selector is None or parts is None else algebra.rebuilt(aggregate, [selector, *parts])
    return answer if answer is not None and search.facts[answer].total else None


def substituted(
    search: Search, root: Node, memo: dict[Node, Node | None], enters: Callable[[Node], bool] = lambda _: True
) -> Node | None:
    """Return the elementwise ``root`` with the nodes in ``memo`` substituted, or ``None`` if it could fail then.

    The results for all nodes on the way are added to ``memo``. Nodes that ``enters`` rejects are left unchanged.
    """

    def parts(node: Node) -> tuple[Node, ...]:
        return _mapped(node) if enters(node) else ()

    def rebuilt(node: Node) -> Node | None:
        operands = parts(node)
        return _rebuilt(search, node, [memo[operand] for operand in operands]) if operands else node

    return computed(root, parts, rebuilt, memo)


def _mapped(node: Node) -> tuple[Node, ...]:
    """Return the operands of an elementwise map; none for any other node."""
    return node.operands if isinstance(node, Elementwise) else ()


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
        by_cases=True,
    ),
)
