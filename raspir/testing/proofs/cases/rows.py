"""Proof cases of the pass fold, from rows of the algebra."""

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
    """A row of the algebra, applied on its own.

    Args:
        rule: the function of the row.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.name = rule_name(rule)

    def __call__(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield the rewrite of a program by the row, if it applies."""
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
        """Return the proof case of the row on a program, with the kinds of atoms preserved.

        Args:
            text: the rewrite in words.
            node: the program.
            conditions: the side conditions of the row.
            unchecked: the guards of the row.
            functions: the opaque functions that it may call.
            layers: the layers of leaves that stand for deeper values.
            rounds: whether to give the solver axioms on the rounding of floats.
        """
        facts = {leaf: {"layer": layer} for leaf, layer in (layers or {}).items()}
        return ProofCase(
            self.name,
            text,
            node,
            self,
            conditions,
            tuple(unchecked),
            told=facts,
            exact=True,
            functions=functions or {},
            rounds=rounds,
        )

    def provable(self, *schemas: ProofCase, unencoded: str = "") -> Provable:
        """Return the catalog entry of the row."""
        doc = self._rule.__doc__ or ""
        return Provable("fold", self.name, doc.splitlines()[0], schemas, unencoded)
