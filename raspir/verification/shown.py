"""Counterexamples of the solver as values that a reader can follow."""

from __future__ import annotations

from dataclasses import dataclass

import z3

from raspir.ir import Atom, Node
from raspir.ir.atoms import show
from raspir.ir.graph import topological
from raspir.ir.types import BOOL, FLOAT, SELECTOR, STR
from raspir.verification.encoding import Encoding
from raspir.verification.values import Term, Value


@dataclass(frozen=True)
class Counterexample:
    """Inputs on which a rewrite is wrong.

    Attributes:
        length: how long they are.
        inputs: the rows of inputs, by their names; also the entries of selectors by opaque predicates, row by row.
        before: what the program yields; ``None`` where it fails.
        after: what the rewritten program yields; ``None`` where it fails.
    """

    length: int
    inputs: dict[str, list[str]]
    before: list[str] | None
    after: list[str] | None

    def __str__(self) -> str:
        given = ", ".join(f"{name} = [{', '.join(row)}]" for name, row in self.inputs.items())
        rows = ["fails" if row is None else f"[{', '.join(row)}]" for row in (self.before, self.after)]
        return f"n = {self.length}{': ' if given else ''}{given}: {rows[0]} becomes {rows[1]}"


def shown(encoding: Encoding, model: z3.ModelRef, before: Node, after: Node) -> Counterexample:
    """Return what a model of the solver says of the inputs, and of both programs."""
    reader = _Reader(encoding, model)
    inputs: dict[str, list[str]] = {}
    for node in encoding.order:
        if node.operation.name == "input":
            inputs[str(node["name"])] = reader.row(node)
        elif node.operation.name == "select.by":
            inputs[f"@{node['function']}"] = reader.matrix(node)
    results = [reader.result(root) for root in (before, after)]
    return Counterexample(encoding.n, inputs, *results)


class _Reader:
    def __init__(self, encoding: Encoding, model: z3.ModelRef) -> None:
        self._encoding, self._model = encoding, model
        self._texts: dict[object, str] = {}

    def result(self, root: Node) -> list[str] | None:
        succeeds = self._encoding.succeeds(*topological([root]))
        if not z3.is_true(self._model.eval(succeeds, model_completion=True)):
            return None
        return self.matrix(root) if root.type is SELECTOR else self.row(root)

    def row(self, node: Node) -> list[str]:
        return [self._atom(value) for value in self._encoding.rows[node]]

    def matrix(self, node: Node) -> list[str]:
        return ["".join("1" if self._holds(entry) else "0" for entry in row) for row in self._encoding.matrices[node]]

    def _holds(self, term: Term) -> bool:
        return bool(z3.is_true(self._model.eval(term, model_completion=True)))

    def _atom(self, value: Value) -> str:
        for kind, (guard, payload) in value.cases.items():
            if self._holds(guard):
                found = self._model.eval(payload, model_completion=True)
                if kind is BOOL:
                    return str(z3.is_true(found))
                if kind is STR:
                    return self._text(found)
                return show(_number(found, kind is FLOAT))
        return "?"

    def _text(self, place: Term) -> str:
        """Return a string: one that the program names, or else a name for it by its place among those."""
        exact = place.as_fraction() if hasattr(place, "as_fraction") else str(place)
        named = self._encoding.strings.named(exact)
        if named is not None:
            return show(named)
        return self._texts.setdefault(exact, f"text{len(self._texts) + 1}")


def _number(term: Term, real: bool) -> Atom:
    if real:
        return float(term.as_fraction()) if hasattr(term, "as_fraction") else float(str(term).rstrip("?"))
    return int(term.as_long())
