"""Counterexamples of the solver as values that a reader can follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import z3

from raspir.ir import Atom, Node
from raspir.ir.atoms import show
from raspir.ir.types import BOOL, FLOAT, SELECTOR, STR
from raspir.validation.encoding import Encoding
from raspir.validation.values import LIMIT, UNLIMITED, Term, Value, fraction, integer, nearest


@dataclass(frozen=True)
class Counterexample:
    """Inputs on which a rewrite is wrong.

    Attributes:
        length: how long they are.
        inputs: the rows of inputs, by their names; also the entries of selectors by opaque predicates, row by row.
        before: what the program yields; ``None`` where it fails.
        after: what the rewritten program yields; ``None`` where it fails.
        real: whether all floats round as Python's do; else the solver made up some sum or product.
        limit: the least integer that is too large for a product, if that matters; it is smaller than Python's own.
    """

    length: int
    inputs: dict[str, list[str]]
    before: list[str] | None
    after: list[str] | None
    real: bool = True
    limit: int | None = None

    def __str__(self) -> str:
        given = ", ".join(f"{name} = [{', '.join(row)}]" for name, row in self.inputs.items())
        rows = ["fails" if row is None else f"[{', '.join(row)}]" for row in (self.before, self.after)]
        limit = f", where integers from {self.limit} on are too large" if self.limit is not None else ""
        return f"n = {self.length}{': ' if given else ''}{given}: {rows[0]} becomes {rows[1]}{limit}"


def shown(encoding: Encoding, model: z3.ModelRef, before: Node, after: Node, real: bool = True) -> Counterexample:
    """Return what a model of the solver says of the inputs, and of both programs."""
    reader = Reader(encoding, model)
    inputs: dict[str, list[str]] = {}
    for node in encoding.order:
        if node.operation.name == "input":
            inputs[str(node["name"])] = [show(atom) for atom in reader.atoms(node)]
        elif node.operation.name == "select.by":
            inputs[f"@{node['function']}"] = reader.entries(node)
    results = [reader.result(root) for root in (before, after)]
    return Counterexample(encoding.n, inputs, results[0], results[1], real, reader.limit)


class Reader:
    """Reads values from a model of the solver.

    Args:
        encoding: what the solver was asked about.
        model: its answer.
    """

    def __init__(self, encoding: Encoding, model: z3.ModelRef) -> None:
        self._encoding, self._model = encoding, model
        places = {self._place(value) for row in encoding.rows.values() for value in row if STR in value.cases}
        self._texts = _texts(encoding, places - {None})

    @property
    def limit(self) -> int | None:
        """The least integer that is too large, ``None`` where none is, or the programs have no such limit."""
        limited = self._model[UNLIMITED] is not None and not self._holds(UNLIMITED)
        return integer(self._model.eval(LIMIT, model_completion=True)) if limited else None

    def atoms(self, node: Node) -> list[Atom]:
        """Return the atoms of a sequence."""
        return [self._atom(value) for value in self._encoding.rows[node]]

    def entries(self, node: Node) -> list[str]:
        """Return the rows of a selector, as zeros and ones."""
        return ["".join("1" if self._holds(entry) else "0" for entry in row) for row in self._encoding.matrices[node]]

    def result(self, root: Node) -> list[str] | None:
        """Return what a program yields, ``None`` where it fails."""
        if not self._holds(self._encoding.succeeds(root)):
            return None
        return self.entries(root) if root.type is SELECTOR else [show(atom) for atom in self.atoms(root)]

    def _holds(self, term: Term) -> bool:
        return bool(z3.is_true(self._model.eval(term, model_completion=True)))

    def _atom(self, value: Value) -> Atom:
        for kind, (guard, payload) in value.cases.items():
            if self._holds(guard):
                if kind is BOOL:
                    return self._holds(payload)
                if kind is STR:
                    return self._texts[self._place(value)]
                number = fraction(self._model.eval(payload, model_completion=True))
                if kind is not FLOAT:
                    return int(number)
                return -0.0 if self._holds(value.minus) else nearest(number)
        raise AssertionError(value)

    def _place(self, value: Value) -> Fraction | None:
        """Return the place of the string that a value is, ``None`` if it is none."""
        guard, payload = value.cases[STR]
        return fraction(self._model.eval(payload, model_completion=True)) if self._holds(guard) else None


def _texts(encoding: Encoding, places: Iterable[Fraction | None]) -> dict[Fraction | None, str]:
    """Return a string for each place: the one that a program names there, or one that comes right after it."""
    found: dict[Fraction | None, str] = {}
    last = ""
    for place in sorted(place for place in places if place is not None):
        named = encoding.strings.named(place)
        last = named if named is not None else max(last, encoding.strings.below(place)) + "\0"
        found[place] = last
    return found
