"""Predicates of tuples, expressed as predicates of the atoms that the tuples are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from raspir.ir import Function, Node
from raspir.ir.composition import Composed, Part
from raspir.ir.packing import Packing, unpack
from raspir.ir.views import Map


@dataclass(frozen=True)
class Predicate:
    """A predicate of some atoms of the key and some of the query.

    Attributes:
        function: the function of these atoms, those of the key first.
        operands: their sequences.
        keys: how many of them are the key's.
        symbols: the symbols of the functions of which it consists.
    """

    function: Function
    operands: tuple[Node, ...]
    keys: int
    symbols: tuple[str, ...]


def taken_apart(symbol: str, operands: Sequence[Node], functions: Mapping[str, Function]) -> Predicate:
    """Return the predicate of that symbol on a key and a query, composed with the functions that make tuples for it."""
    function = functions[symbol]
    if not isinstance(function, Composed) or len(function.parts) != len(operands):
        return Predicate(function, tuple(operands), 1, (symbol,))
    parts: list[Part] = []
    atoms: list[Node] = []
    counts: list[int] = []
    symbols = [symbol]
    for part, operand in zip(function.parts, operands, strict=True):
        made = functions.get(operand.function) if part.function is unpack and isinstance(operand, Map) else None
        if isinstance(made, Packing) and isinstance(operand, Map):
            parts.append(Part(made.function, len(operand.operands), str(operand.none)))
            atoms += operand.operands
            counts.append(len(operand.operands))
            symbols.append(operand.function)
        else:
            parts.append(part)
            atoms.append(operand)
            counts.append(1)
    return Predicate(Composed(function.function, tuple(parts), function.none), tuple(atoms), counts[0], tuple(symbols))
