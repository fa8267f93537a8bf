"""Counterexamples: solver models decoded to readable values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import z3

from raspir.ir import Atom, Node
from raspir.ir.atoms import show
from raspir.ir.types import BOOL, FLOAT, NONE, SELECTOR, STR
from raspir.ir.views import Input, SelectBy
from raspir.validation.encoding import Encoding
from raspir.validation.values import LIMIT, UNLIMITED, Term, Value, fraction, integer, nearest


@dataclass(frozen=True)
class Counterexample:
    """Inputs on which a rewrite is unsound.

    Attributes:
        length: the length of the inputs.
        inputs: the input rows, by name; also the entries of selectors by opaque predicates, row by row.
        before: the result of the program; ``None`` if it fails.
        after: the result of the rewritten program; ``None`` if it fails.
        real: whether all floats round as in Python; otherwise the solver has invented a sum or product.
        limit: the least integer beyond the limit of products, if relevant; it is smaller than the actual limit.
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
    """Return the inputs and the results of both programs, decoded from a solver model."""
    reader = Reader(encoding, model)
    inputs: dict[str, list[str]] = {}
    for node in encoding.order:
        if isinstance(node, Input):
            inputs[node.name] = [show(atom) for atom in reader.atoms(node)]
        elif isinstance(node, SelectBy):
            inputs[f"@{node.function}"] = reader.entries(node)
    results = [reader.result(root) for root in (before, after)]
    return Counterexample(encoding.n, inputs, results[0], results[1], real, reader.limit)


class Reader:
    """A decoder of values from a solver model.

    Args:
        encoding: the encoded programs.
        model: the model.
    """

    def __init__(self, encoding: Encoding, model: z3.ModelRef) -> None:
        self._encoding, self._model = encoding, model
        places = {self._place(value) for row in encoding.rows.values() for value in row if STR in value.cases}
        self._texts = _texts(encoding, places - {None})

    @property
    def limit(self) -> int | None:
        """The least integer beyond the limit, ``None`` if there is none or the programs do not depend on the limit."""
        limited = self._model[UNLIMITED] is not None and not self._holds(UNLIMITED)
        return integer(self._model.eval(LIMIT, model_completion=True)) if limited else None

    def atoms(self, node: Node) -> list[Atom]:
        """Return the atoms of a sequence."""
        return [self._atom(value) for value in self._encoding.rows[node]]

    def entries(self, node: Node) -> list[str]:
        """Return the rows of a selector as strings of zeros and ones."""
        return ["".join("1" if self._holds(entry) else "0" for entry in row) for row in self._encoding.matrices[node]]

    def result(self, root: Node) -> list[str] | None:
        """Return the result of a program, ``None`` if it fails."""
        if not self._holds(self._encoding.succeeds(root)):
            return None
        return self.entries(root) if root.type is SELECTOR else [show(atom) for atom in self.atoms(root)]

    def _holds(self, term: Term) -> bool:
        return bool(z3.is_true(self._model.eval(term, model_completion=True)))

    def _atom(self, value: Value) -> Atom:
        for kind, (guard, payload) in value.cases.items():
            if self._holds(guard):
                if kind is NONE:
                    return None
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
        """Return the place of a string value in the order of strings, ``None`` for any other value."""
        guard, payload = value.cases[STR]
        return fraction(self._model.eval(payload, model_completion=True)) if self._holds(guard) else None


def _texts(encoding: Encoding, places: Iterable[Fraction | None]) -> dict[Fraction | None, str]:
    """Return a string for each place: the literal at that place, or an immediate successor of the preceding string."""
    found: dict[Fraction | None, str] = {}
    last = ""
    for place in sorted(place for place in places if place is not None):
        named = encoding.strings.named(place)
        last = named if named is not None else max(last, encoding.strings.below(place)) + "\0"
        found[place] = last
    return found
