"""Rules under proof: each makes the proof cases of its programs, and its entry among all rules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

from raspir.analysis import Analysis
from raspir.ir import Graph, Node
from raspir.passes.base import Pass, PassContext
from raspir.passes.depth.search import Rule, Search, SearchLimits
from raspir.rewriting.algebra import Algebra, rule_name
from raspir.rewriting.algebra import Row as RowFunction
from raspir.testing.proofs.proving import Assumed, Condition, GuardMutation, ProofCase, Provable


class Proved(ABC):
    """A rule under proof.

    Args:
        pass_: the pass of the rule.
        name: its name in remarks, or of its row in the algebra.
        algebra: the identity, in one line.
    """

    exact = True
    """Whether the rule preserves the kinds of atoms, beyond equality in Python."""

    def __init__(self, pass_: str, name: str, algebra: str) -> None:
        self.pass_, self.name, self.algebra = pass_, name, algebra

    @abstractmethod
    def rewrite(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield the rewrites of a program by the rule's code."""

    def case(
        self,
        text: str,
        node: Node,
        *conditions: Condition,
        mutations: Iterable[GuardMutation] = (),
        layers: Mapping[Node, int] | None = None,
        **others: Any,
    ) -> ProofCase:
        """Return the proof case of the rule on a program.

        Args:
            text: the rewrite in words.
            node: the program.
            conditions: the side conditions of the rule.
            mutations: the mutations of guards that this program depends on.
            layers: the layers of leaves that stand for deeper values.
            others: other fields of the proof case.
        """
        facts = {leaf: {"layer": layer} for leaf, layer in (layers or {}).items()}
        fields = {"rewrite": self.rewrite, "mutations": tuple(mutations), "facts": facts, "exact": self.exact, **others}
        return ProofCase(self.name, text, node, conditions=conditions, **fields)

    def provable(self, *cases: ProofCase, mutations: Iterable[GuardMutation] = ()) -> Provable:
        """Return the rule with its proof cases, the first of which gets the mutations of guards of all."""
        first = replace(cases[0], mutations=(*cases[0].mutations, *mutations))
        return Provable(self.pass_, self.name, self.algebra, (first, *cases[1:]))


class Row(Proved):
    """A row of the algebra, applied on its own.

    Args:
        function: the function of the row.
    """

    def __init__(self, function: RowFunction) -> None:
        super().__init__("fold", rule_name(function), (function.__doc__ or "").splitlines()[0])
        self._function = function

    def rewrite(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield the result of the row, if it applies."""
        new = self._function(Algebra(analysis), node)
        if new is not None:
            yield new


class Searched(Proved):
    """A rule of the pass depth, in a search without other rules."""

    def __init__(self, rule: Rule[Any]) -> None:
        super().__init__("depth", rule.name, rule.algebra)
        self._rule = rule

    def rewrite(self, analysis: Assumed, node: Node, agnostic: frozenset[Node] = frozenset()) -> Iterator[Node]:
        """Yield the proposals of the rule; users of ``agnostic`` cannot tell a boolean from the equal integer."""
        if self._rule.takes(node):
            search = Search(Algebra(analysis), (self._rule,), SearchLimits("best", 16), agnostic)
            yield from self._rule.propose(search, node)

    def agnostic_case(self, text: str, node: Node, *conditions: Condition, **others: Any) -> ProofCase:
        """Return a proof case on a program of which no user can tell a boolean from the equal integer."""
        rewrite = partial(self.rewrite, agnostic=frozenset([node]))
        return self.case(text, node, *conditions, rewrite=rewrite, exact=False, **others)


class WholePass(Proved):
    """A rule of a pass that is run as a whole and reports the rule in its remarks."""

    def __init__(self, chosen: Pass, name: str, algebra: str, exact: bool = False) -> None:
        super().__init__(chosen.name, name, algebra)
        self._pass, self.exact = chosen, exact

    def rewrite(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield the result of the pass, if it applies the rule."""
        context = PassContext()
        with mock.patch.object(Analysis, "of", return_value=analysis):
            made = self._pass.run(Graph({"result": node}, functions=analysis.functions), context)
        if any(remark.rule == self.name for remark in context.remarks):
            yield made.outputs["result"]
