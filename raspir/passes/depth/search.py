"""The search for fewer layers: the rewrites of each value, and the choice of the profitable ones.

Values are settled in post-order: each is rebuilt on the shallowest forms of its operands, and the rules propose other
forms, which are settled in turn. The form by the first rule that saves layers is kept, or the value as written if none
does: such a form has itself been searched, so other rules seldom do better. A layer is one more than a maximum, so a
shallower operand never makes a deeper result, and settling each value once suffices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from itertools import islice, product
from math import inf
from typing import Any, Generic, TypeGuard, TypeVar

from raspir.ir import GraphError, Node
from raspir.ir.node import operands_of
from raspir.ir.types import INT, SELECTOR
from raspir.ir.views import Aggregate, Sum
from raspir.ir.walks import postorder, preorder
from raspir.passes.depth.budget import Budget
from raspir.passes.options import Attention
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.builder import WorkError

N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Rule(Generic[N]):
    """A rule that may make a value shallower.

    Attributes:
        name: the name in remarks.
        algebra: the identity, in one line.
        view: the class of the nodes to which it applies.
        propose: yields nodes that are equal to a node wherever it has a value; the search compares their layers.
        attention: the required kind of heads.
        max_nesting: how deep its proposals may nest, since each can lead to several more.
        accept_ties: whether to keep an equally deep form with no more heads, which can enable other rules.
        by_cases: whether it puts several heads in place of one, so that it is tried only after all others.
    """

    name: str
    algebra: str
    view: type[N]
    propose: Callable[[Search, N], Iterator[Node]]
    attention: Attention = "select"
    max_nesting: int = 6
    accept_ties: bool = False
    by_cases: bool = False

    def takes(self, node: Node) -> TypeGuard[N]:
        """Return whether ``node`` is of the class to which the rule applies."""
        return isinstance(node, self.view)


@dataclass(frozen=True)
class SearchLimits:
    """The limits of the search.

    Attributes:
        attention: the available kind of heads.
        max_heads: the maximum number of heads that may replace one whose query has few values.
    """

    attention: Attention = "select"
    max_heads: int = 16


@dataclass(frozen=True)
class Step:
    """The rewrite that made a value shallower.

    Attributes:
        rule: the applied rule.
        candidate: the node that the rule proposed.
        plain: the value rebuilt on the shallowest forms of its operands.
    """

    rule: Rule[Any]
    candidate: Node
    plain: Node


_WEIGHED = 400  # values visited to compare the heads of two forms
_NESTED = 5  # maximum nesting depth of proposals


Rules = tuple[Rule[Any], ...]
"""Rules on nodes of various classes."""


class Search:
    """A search for the shallowest forms of nodes.

    Args:
        algebra: the builder of nodes.
        rules: the rules, in the order in which they are tried.
        limits: the limits.
        bool_int_agnostic: the values whose users cannot distinguish a boolean from the equal integer.
        budget: the work that the search may do, shared by several searches; unlimited if ``None``.
    """

    def __init__(
        self,
        algebra: Algebra,
        rules: Rules,
        limits: SearchLimits,
        bool_int_agnostic: Set[Node] = frozenset(),
        budget: Budget | None = None,
    ) -> None:
        self.algebra = algebra
        self.facts = algebra.facts
        self.limits = limits
        self.bool_int_agnostic = bool_int_agnostic
        self.steps: dict[Node, Step] = {}
        self.budget = Budget() if budget is None else budget
        self._counted = algebra.built
        usable = [rule for rule in rules if rule.attention in ("select", limits.attention)]
        self._rules = [[rule for rule in usable if rule.by_cases is by_cases] for by_cases in (False, True)]
        self.results: dict[Node, Node] = {}
        """The memo: the shallowest form found for each node, in post-order."""
        self.unsearched: set[Node] = set()
        """The nodes that were kept as written without a search."""
        self._open: set[Node] = set()
        self._following: dict[str, int] = {}
        self.memo: dict[object, Any] = {}
        """The memo of the rules, each with its own keys."""

    def layer(self, node: Node) -> int:
        """Return the layer of ``node``."""
        return self.facts[node].layer

    def shallowest(self, root: Node) -> Node:
        """Return the shallowest node found that equals ``root``."""
        if root not in self.results:
            with self.algebra.limited(inf):  # a proposal may ask for it, but the result is for all
                for node in postorder(root, operands_of, self.results):
                    self.results[node] = self._settle(node)
                    self.algebra.replaces(node, self.results[node])
        return self.results[root]

    def keep(self, node: Node) -> None:
        """Keep ``node`` as written, unless its shallowest form is known; its operands come first."""
        if node not in self.results:
            self.results[node] = node
            self.unsearched.add(node)

    def adds_integers(self, aggregate: Aggregate) -> bool:
        """Return whether ``aggregate`` adds integers with default 0, or may be rewritten to do so.

        A sum of booleans qualifies if its users cannot distinguish ``True`` from ``1``, unless it is a fetch.
        """
        domain = self.facts[aggregate.value].domain
        integers = domain.kinds is INT
        is_fetched = domain.boolean and self.facts.at_most_one(aggregate.selector)
        bool_int_agnostic = aggregate in self.bool_int_agnostic and domain.integral and not is_fetched
        default = aggregate.default
        zero = default == 0 and (type(default) is int or (bool_int_agnostic and not isinstance(default, str | float)))
        return isinstance(aggregate, Sum) and zero and (integers or bool_int_agnostic)

    def _settle(self, node: Node) -> Node:
        plain = self.algebra.rebuilt(node, [self.results[operand] for operand in node.operands])
        # Folding may have made a new node with new operands.
        if any(operand not in self.results for operand in plain.operands) and len(self._open) < _NESTED:
            plain = self._guarded(node, lambda: self.shallowest(plain))
        if self.layer(plain) > self.layer(node):
            plain = node
        best = plain
        if node.type is not SELECTOR and self.layer(plain) > 0:
            best = self._guarded(node, lambda: self._improved(node, plain))
        self.results.setdefault(best, best)
        return best

    def _guarded(self, node: Node, settle: Callable[[], Node]) -> Node:
        self._open.add(node)
        try:
            return settle()
        finally:
            self._open.discard(node)

    def _improved(self, node: Node, plain: Node) -> Node:
        """Return the shallowest rewrite of ``node``; ``plain`` is its form without rules."""
        best = plain
        forms = dict.fromkeys((plain, node))
        for rules, form in product(self._rules, forms):
            for rule in rules:
                following = self._following.get(rule.name, 0)
                if not rule.takes(form) or len(self._open) > _NESTED or following >= rule.max_nesting:
                    continue
                for candidate in self._proposals(rule, form):
                    self._following[rule.name] = following + 1
                    found = self.shallowest(candidate)
                    self._following[rule.name] = following
                    if self._is_better(found, best, plain, rule):
                        best = found
                        self.steps[node] = Step(rule, candidate, plain)
                if self.layer(best) < self.layer(plain):
                    return best
        return best

    def _is_better(self, found: Node, best: Node, plain: Node, rule: Rule[Any]) -> bool:
        """Return whether ``found`` is shallower than ``best``, or as shallow with fewer heads, and is not ``plain``."""
        if self.layer(found) != self.layer(best):
            return self.layer(found) < self.layer(best)
        if best is plain:
            return rule.accept_ties and self._weight(found)[0] <= self._weight(best)[0]
        return self._weight(found) < self._weight(best)

    def _weight(self, root: Node) -> tuple[int, int]:
        """Return the number of aggregates, and of values, that ``root`` needs, up to the limit."""
        found = list(islice(preorder([root], operands_of), _WEIGHED + 1))
        return sum(isinstance(node, Aggregate) for node in found), len(found)

    def _proposals(self, rule: Rule[Any], node: Node) -> Iterator[Node]:
        proposals = rule.propose(self, node)
        while not self._is_spent():
            try:
                with self.algebra.limited(self.budget.left):
                    candidate = next(proposals, None)
            except GraphError:  # ill-typed proposal: the program fails there anyway
                return
            except WorkError:
                continue
            if candidate is None:
                return
            if candidate is not node and self._is_followed(candidate):
                yield candidate

    def _is_spent(self) -> bool:
        """Return whether the budget is spent, after adding the nodes built since the last call."""
        built, self._counted = self.algebra.built - self._counted, self.algebra.built
        return self.budget.is_spent(built)

    def _is_followed(self, root: Node) -> bool:
        """Return whether to follow a proposal.

        Reject it if settling it would need a node that is being settled, or if a new node in it could be too large to
        compute, such as a product of values that are only added as written.
        """
        for node in preorder([root], lambda node: () if node in self.results else node.operands):
            if node in self._open:
                return False
            if node not in self.results and self.facts.may_be_too_large(node):
                return False
        return True
