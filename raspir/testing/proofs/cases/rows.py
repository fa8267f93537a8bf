"""How programs of schemas for the pass fold are written, and rows of the algebra put to them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from raspir.ir import Node
from raspir.rewriting.algebra import RULES, Algebra, rule_name
from raspir.testing.proofs.proving import Assumed, Condition, GuardMutation, ProofCase, Provable
from raspir.testing.proofs.switches import Patch, without

Case = tuple[Any, ...]
"""A text, a program, and any number of conditions."""


_MODULES = {rule.__name__: sys.modules[rule.__module__] for rules in RULES.values() for rule in rules}


class Row:
    """A row of the algebra on its own, to be put to programs.

    Args:
        function: its name in its module, where it is looked up whenever it runs, so that a check in it can be switched
            off.
    """

    def __init__(self, function: str) -> None:
        self._function = function
        self._module = _MODULES[function]
        self.name = rule_name(getattr(self._module, function))

    def __call__(self, analysis: Assumed, node: Node) -> Iterator[Node]:
        """Yield what the row makes of a program, if anything."""
        new = getattr(self._module, self._function)(Algebra(analysis), node)
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

    def unchecked(self, text: str, node: Node, check: str, instead: str = "False") -> GuardMutation:
        """Return a program that fails a check in the row's code, with ``instead`` in the place of the check."""
        return GuardMutation(text, node, [self.patch(check, instead)])

    def patch(self, check: str, instead: str = "False") -> Patch:
        """Return the patch by which ``instead`` stands in the place of a check in the row's code."""
        return without(self._module, self._function, check, instead)

    def provable(self, *schemas: ProofCase, unencoded: str = "") -> Provable:
        """Return the catalogue's entry of the row."""
        doc = getattr(self._module, self._function).__doc__ or ""
        return Provable("fold", self.name, doc.splitlines()[0], schemas, unencoded)
