"""How programs of schemas for the pass fold are written, and rows of the algebra put to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from raspir.ir import Node
from raspir.rewriting.algebra import Algebra, rule_name
from raspir.rewriting.algebra import Row as Rule
from raspir.testing.proofs.proving import Assumed, Condition, GuardMutation, ProofCase, Provable

Case = tuple[Any, ...]
"""A text, a program, and any number of conditions."""


class Row:
    """A row of the algebra on its own, to be put to programs.

    Args:
        rule: its function.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.name = rule_name(rule)

    def __call__(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield what the row makes of a program, if anything."""
        new = self._rule(Algebra(analysis), node)
        if new is not None:
            yield new

    def schema(
        self,
        text: str,
        node: Node,
        *conditions: Condition,
        unchecked: Sequence[GuardMutation] = (),
        functions: Mapping[str, Callable[..., Any]] | None = None,
        layers: Mapping[Node, int] | None = None,
        rounds: bool = False,
    ) -> ProofCase:
        """Return the row on a program, of whose atoms the kinds must stay.

        Args:
            text: what becomes what.
            node: the program.
            conditions: what the row needs.
            unchecked: what it checks.
            functions: opaque functions that it may call.
            layers: of leaves that stand for what is deeper.
            rounds: whether the solver is told how floats round.
        """
        told = {leaf: {"layer": layer} for leaf, layer in (layers or {}).items()}
        return ProofCase(
            self.name,
            text,
            node,
            self,
            conditions,
            tuple(unchecked),
            told=told,
            exact=True,
            functions=functions or {},
            rounds=rounds,
        )

    def provable(self, *schemas: ProofCase, unencoded: str = "") -> Provable:
        """Return the catalogue's entry of the row."""
        doc = self._rule.__doc__ or ""
        return Provable("fold", self.name, doc.splitlines()[0], schemas, unencoded)
